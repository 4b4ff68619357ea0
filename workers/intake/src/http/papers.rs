//! Papers to be printed at the counter.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use berkas_domain::Revision;
use berkas_web::{Lang, Office, Problem};
use serde::Deserialize;

use super::Door;
use super::status::find;
use crate::papers::{self, Press};

/// Which revision's receipt.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// The latest when absent.
    revision: Option<Revision>,
}

/// `GET /api/v1/submissions/{number}/receipt?revision=…&lang=…`.
pub(super) async fn receipt(
    State(door): State<Door>,
    Office(owner): Office,
    lang: Lang,
    Path(number): Path<String>,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(wanted) = query.map_err(|_| Problem::malformed("`revision` must be a number"))?;
    let submission = find(&door, &owner.office, None, Some(&number)).await?;
    let revision = wanted.revision.unwrap_or(submission.revision);
    papers::receipt(&press(&door, lang), submission, revision).await
}

/// `GET /api/v1/notices/{id}/letter?lang=…`.
pub(super) async fn letter(
    State(door): State<Door>,
    Office(owner): Office,
    lang: Lang,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let notice = id.parse().map_err(|_| Problem::not_found())?;
    papers::letter(&press(&door, lang), &owner.office, notice).await
}

fn press(door: &Door, lang: Lang) -> Press<'_> {
    Press {
        store: &door.app.store,
        seal: &door.app.seal,
        rules: &door.rules,
        texts: &door.app.texts.papers,
        lang,
    }
}
