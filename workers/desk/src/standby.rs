//! Standing by: until when, and what an office is told of it.

use axum::http::StatusCode;
use berkas_contract::{Event as _, Standby};
use berkas_domain::{OfficeCalendar, StandbyKind, StandbyState, WIB_OFFSET_HOURS, wib};
use berkas_notices::StandbyTexts;
use berkas_store::ToldStandby;
use berkas_web::Problem;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::Value;

use crate::settings::StandbyTerms;

/// The beginning of `named`, when it lies ahead and not too far.
pub(crate) fn named_day(
    terms: &StandbyTerms,
    named: NaiveDate,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Problem> {
    let today = wib(now).date_naive();
    let last = today.checked_add_days(Days::new(terms.most_days.into())).unwrap_or(today);
    if named <= today || named > last {
        let told = format!("it must lie after today and be {last} at the latest");
        let title = "the day cannot be waited for";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title).fault(
            "/back_on",
            "out_of_range",
            told,
        ));
    }
    Ok(named.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(i64::from(WIB_OFFSET_HOURS)))
}

/// When something that waits for `kind` since `now` is in view again, where nobody names a day. Without a calendar for these
/// days all hours count.
pub(crate) fn in_office_time(terms: &StandbyTerms, kind: StandbyKind, now: DateTime<Utc>) -> DateTime<Utc> {
    let span = if kind == StandbyKind::Register { terms.register } else { terms.blanks };
    OfficeCalendar::embedded(terms.hours).add_office_time(now, span).unwrap_or(now + span)
}

/// The type and the data of the message that tells an office, in the words of `texts`.
pub(crate) fn message(texts: &StandbyTexts, told: &ToldStandby) -> (&'static str, Value) {
    let text = texts.told(told.standby.kind, told.state, wib(told.standby.back_at).date_naive());
    let text = if told.training { texts.training(&text) } else { text };
    let standby = Standby {
        registration_number: told.registration_number.clone(),
        submission: told.submission,
        sender_id: told.sender_id,
        revision: told.revision,
        waits_for: told.standby.kind,
        state: told.state,
        since: told.standby.since,
        back_at: (told.state == StandbyState::Waiting).then_some(told.standby.back_at),
        training: told.training,
        text_id: text.id,
        text_en: text.en,
    };
    // Plain fields only, so it is always JSON.
    (Standby::TYPE, serde_json::to_value(standby).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use berkas_domain::{Revision, SubmissionId};
    use berkas_notices::NoticeTexts;
    use rstest::rstest;
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[rstest]
    #[case(StandbyKind::KtpBlanks, StandbyState::Waiting, "blanko KTP-el sedang habis", "on 2026-12-01")]
    #[case(StandbyKind::KtpBlanks, StandbyState::Over, "Blanko KTP-el sudah", "card blanks again")]
    #[case(
        StandbyKind::AktaBlanks,
        StandbyState::Waiting,
        "diperiksa lagi 01-12-2026",
        "no certificate blanks"
    )]
    #[case(StandbyKind::AktaBlanks, StandbyState::Over, "Blanko akta sudah", "certificate blanks again")]
    fn every_state_is_told_in_both_languages_and_practice_says_so(
        #[case] kind: StandbyKind,
        #[case] state: StandbyState,
        #[case] id: &str,
        #[case] en: &str,
    ) {
        for training in [false, true] {
            let (since, back_at) = (at("2026-11-24T07:10:00Z"), at("2026-11-30T17:00:00Z"));
            let told = ToldStandby {
                registration_number: "351709-261124-0042-5".parse().unwrap(),
                submission: SubmissionId(Uuid::from_u128(1)),
                sender_id: Uuid::from_u128(2),
                revision: Revision(1),
                training,
                standby: berkas_store::Standby { kind, since, back_at },
                state,
            };
            let (name, data) = message(&NoticeTexts::built_in().standby, &told);
            let said = serde_json::from_value::<Standby>(data).unwrap();
            assert_eq!(name, "id.berkas.standby.v1");
            assert!(said.text_id.contains(id) && said.text_en.contains(en), "{said:?}");
            assert!(!said.text_id.contains('{') && !said.text_en.contains('{'), "{said:?}");
            assert_eq!(
                (said.text_id.contains("LATIHAN"), said.text_en.contains("TRAINING")),
                (training, training)
            );
            assert_eq!(said.back_at.is_some(), state == StandbyState::Waiting);
        }
    }

    #[test]
    fn a_day_may_be_named_from_tomorrow_on_and_not_too_far_ahead() {
        let terms = StandbyTerms::default();
        let now = at("2026-11-24T18:00:00Z");
        let named = |day: &str| named_day(&terms, day.parse().unwrap(), now).map_err(|problem| problem.code);
        assert_eq!(named("2026-11-25"), Err("invalid".to_owned()), "it is the 25th in Jombang already");
        assert_eq!(named("2026-11-26"), Ok(at("2026-11-25T17:00:00Z")));
        assert_eq!(named("2027-01-24"), Ok(at("2027-01-23T17:00:00Z")));
        assert_eq!(named("2027-01-25"), Err("invalid".to_owned()));
    }

    #[test]
    fn unnamed_a_task_is_back_after_an_office_day_and_blanks_are_looked_for_after_a_week() {
        let terms = StandbyTerms::default();
        let friday = at("2026-11-27T03:00:00Z");
        assert_eq!(in_office_time(&terms, StandbyKind::Register, friday), at("2026-11-30T03:00:00Z"));
        assert_eq!(in_office_time(&terms, StandbyKind::KtpBlanks, friday), at("2026-12-04T03:00:00Z"));
    }
}
