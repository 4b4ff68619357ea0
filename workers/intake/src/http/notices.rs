//! The inbox: everything the district owes an office, for offices that have no AMQP line or have lost an answer.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use berkas_domain::NoticeId;
use berkas_store::{Acknowledged, InboxItem, InboxPlace};
use berkas_web::{Office, Problem};
use serde::{Deserialize, Serialize};

use super::Door;

/// Notices of one answer at most.
const MOST: i64 = 200;

/// What of the inbox is asked for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// Only what was not acknowledged.
    #[serde(default)]
    owed: bool,
    /// How many, the newest first; at most 200.
    #[serde(default = "most")]
    limit: i64,
    /// Only what is older than this notice: how the next page is asked for.
    before: Option<NoticeId>,
    /// In the order in which they were made, from this notice on; from the first when it is empty.
    after: Option<String>,
}

impl Wanted {
    /// Where the page begins; absent when that is no place.
    fn place(&self) -> Option<InboxPlace> {
        match (self.before, self.after.as_deref()) {
            (None, None) => Some(InboxPlace::Newest),
            (Some(notice), None) => Some(InboxPlace::Before(notice)),
            (None, Some("")) => Some(InboxPlace::Oldest),
            (None, Some(notice)) => notice.parse().ok().map(InboxPlace::After),
            (Some(_), Some(_)) => None,
        }
    }
}

const fn most() -> i64 {
    MOST
}

/// The inbox of an office.
#[derive(Serialize)]
pub(super) struct Inbox {
    notices: Vec<InboxItem>,
    /// Where it goes on; absent when these are the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// `GET /api/v1/notices?owed=true&limit=…&before=…`, or `after=…`.
pub(super) async fn inbox(
    State(door): State<Door>,
    Office(owner): Office,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Inbox>, Problem> {
    let malformed = || {
        let told = "`owed` is `true` or `false`, `limit` a number, `before` or `after` a notice's id";
        Problem::malformed(told)
    };
    let Query(wanted) = query.map_err(|_| malformed())?;
    let place = wanted.place().ok_or_else(malformed)?;
    let (owed, limit) = (wanted.owed, wanted.limit.clamp(1, MOST));
    // One more than asked for tells whether there are others.
    let mut notices = door.app.store.inbox_page(&owner.office, owed, place, limit + 1).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = notices.len() > shown;
    notices.truncate(shown);
    for item in &mut notices {
        crate::note::tell(&door.app.seal, item.note.as_ref(), &mut item.data)?;
    }
    let last = notices.last().filter(|_| more);
    let way = match place {
        InboxPlace::Newest | InboxPlace::Before(_) => "before",
        InboxPlace::Oldest | InboxPlace::After(_) => "after",
    };
    let next = last.map(|item| format!("/api/v1/notices?owed={owed}&limit={limit}&{way}={}", item.id));
    Ok(Json(Inbox { notices, next }))
}

/// `POST /api/v1/notices/{id}/acknowledgement`: 204, also when it was acknowledged before.
pub(super) async fn acknowledge(
    State(door): State<Door>,
    Office(owner): Office,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let notice = id.parse().map_err(|_| Problem::not_found())?;
    match door.app.store.acknowledge(&owner.office, notice, door.app.clock.now()).await? {
        Acknowledged::Now | Acknowledged::Before => Ok(StatusCode::NO_CONTENT),
        Acknowledged::Unknown => Err(Problem::not_found()),
    }
}
