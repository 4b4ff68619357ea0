//! Pages of scans: only for whoever may open the task, and every view is written down.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use berkas_blobs::ObjectKey;
use berkas_domain::{Sha256Hash, TaskId};
use berkas_store::{Actor, AuditEntry, PageFiles};
use berkas_web::{Problem, Verifier, scan_headers};
use schemars::JsonSchema;
use serde::Deserialize;

use super::problems::of_blob;
use crate::DeskState;

/// Which copy of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Variant {
    /// As the normalizer made it.
    #[default]
    Normalized,
    /// The small copy.
    Preview,
    /// The left page of a double page that was cut in two.
    Left,
    /// The right one.
    Right,
    /// The whole file as it was sent.
    Original,
    /// The page of that file, drawn without any of the normalizer's steps: a JPEG, for what a browser cannot show.
    OriginalPage,
}

impl Variant {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Normalized => "normalized",
            Self::Preview => "preview",
            Self::Left => "left",
            Self::Right => "right",
            Self::Original => "original",
            Self::OriginalPage => "original_page",
        }
    }
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct PageQuery {
    #[serde(default)]
    variant: Variant,
}

/// Types that a browser may be told, and under which name it saves what it cannot show in a sandbox; anything else is bytes.
const TOLD: [(&str, &str); 5] = [
    ("image/jpeg", INLINE),
    ("image/png", INLINE),
    ("image/webp", INLINE),
    ("image/tiff", "attachment; filename=\"scan.tiff\""),
    ("application/pdf", "attachment; filename=\"scan.pdf\""),
];
const INLINE: &str = "inline; filename=\"scan\"";

/// `GET /api/v1/tasks/{id}/documents/{ordinal}/pages/{page}?variant=normalized|preview|left|right|original|original_page`.
pub(crate) async fn page(
    State(state): State<DeskState>,
    Verifier(account): Verifier,
    Path((task, ordinal, page)): Path<(TaskId, i16, i32)>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let now = state.now();
    let files = state.web.store.page_files(task, account.id, ordinal, page, now).await?;
    let files = files.ok_or_else(Problem::not_found)?;
    let submission = files.submission.to_string();
    let (key, kind) = chosen(files, query.variant).ok_or_else(Problem::not_found)?;
    let entry = AuditEntry {
        actor: Actor::User(account.id),
        action: "scan.viewed",
        subject: submission,
        detail: serde_json::json!({
            "task": task, "document": ordinal, "page": page, "variant": query.variant.as_str()
        }),
    };
    // Written before the bytes leave: a view that nobody noted must not happen.
    state.web.store.audit(&entry, now).await?;
    let fetched = async || state.blobs.get(&key).await.map_err(|error| of_blob(&error));
    if query.variant != Variant::OriginalPage {
        return Ok((headers_of(&kind), fetched().await?).into_response());
    }
    let _place = state.originals.place().await?;
    let number = u32::try_from(page).map_err(|_| Problem::not_found())?;
    let drawn = state.originals.draw(fetched().await?, number).await?;
    Ok((headers_of("image/jpeg"), drawn).into_response())
}

fn chosen(files: PageFiles, variant: Variant) -> Option<(ObjectKey, String)> {
    let office = files.office;
    let derived = |sha256: Sha256Hash| ObjectKey::Derived { office: office.clone(), sha256 };
    match variant {
        Variant::Normalized => files.normalized.map(|(sha256, kind)| (derived(sha256), kind)),
        Variant::Preview => files.preview.map(|sha256| (derived(sha256), "image/jpeg".to_owned())),
        Variant::Left | Variant::Right => {
            let ([left, right], (_, kind)) = files.halves.zip(files.normalized)?;
            Some((derived(if variant == Variant::Left { left } else { right }), kind))
        }
        Variant::Original | Variant::OriginalPage => {
            Some((ObjectKey::Original { office, sha256: files.original }, files.original_type))
        }
    }
}

pub(crate) fn headers_of(kind: &str) -> HeaderMap {
    let told = TOLD.into_iter().find(|(told, _)| *told == kind);
    let (kind, disposition) = told.unwrap_or(("application/octet-stream", "attachment; filename=\"scan\""));
    scan_headers(kind, disposition)
}
