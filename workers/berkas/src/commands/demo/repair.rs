//! One return, its repair and the pass as a line of time, and how long that takes.

use berkas_store::{Store, Timeline, Turnaround};
use chrono::{DateTime, Utc};

use crate::output;

/// Prints the way of one submission that was returned, repaired and passed, and the median of all.
pub async fn print(store: &Store) -> anyhow::Result<()> {
    output::line("");
    let Some(turnaround) = store.turnaround().await? else {
        output::line("No repair has passed yet.");
        return Ok(());
    };
    let timeline = store.timeline(turnaround.example.submission).await?;
    for line in story(&turnaround, &timeline) {
        output::line(line);
    }
    Ok(())
}

/// What happened to the example, in the order of time, then the medians.
fn story(turnaround: &Turnaround, timeline: &Timeline) -> Vec<String> {
    let example = &turnaround.example;
    let mut lines = vec![format!(
        "A return, its repair and the pass: {} · {}",
        example.registration_number,
        example.service.name_id()
    )];
    let moments = moments(timeline);
    let began = moments.first().map(|(at, _)| *at);
    lines.extend(moments.into_iter().map(|(at, what)| {
        let since = began.map_or(0, |began| (at - began).num_milliseconds());
        format!("  + {:>8}  {what}", duration(since))
    }));
    lines.push(format!(
        "Turnaround of {} repaired dossiers, half of them within: {} from the counter to the return, {} until the repair \
         came, {} from the counter to the pass",
        turnaround.repaired,
        median(turnaround.returned_p50_ms),
        median(turnaround.repair_p50_ms),
        median(turnaround.total_p50_ms),
    ));
    lines
}

/// What the kecamatan saw of it: receipts, decisions, notices and their acknowledgements.
fn moments(timeline: &Timeline) -> Vec<(DateTime<Utc>, String)> {
    use berkas_domain::Stage;
    let mut moments = Vec::new();
    for entered in timeline.stages.iter().filter(|entered| entered.stage == Stage::Received) {
        let what = match entered.revision.0 {
            1 => "received from the kecamatan".to_owned(),
            revision => format!("repair received (revision {revision})"),
        };
        moments.push((entered.at, what));
    }
    for decision in timeline.decisions.iter().filter(|decision| decision.undone_at.is_none()) {
        let by = if decision.decided_by.is_some() { "a verifier" } else { "the rules" };
        let codes: Vec<&str> = decision
            .reasons
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["code"].as_str())
            .collect();
        let why = if codes.is_empty() { String::new() } else { format!(": {}", codes.join(", ")) };
        moments.push((decision.decided_at, format!("{} by {by}{why}", decision.outcome)));
    }
    for notice in timeline.notices.iter().filter(|notice| notice.decision.is_some()) {
        moments.push((notice.created_at, "notice made for the kecamatan".to_owned()));
        moments.extend(notice.acknowledged_at.map(|at| (at, "acknowledged by the kecamatan".to_owned())));
    }
    moments.sort_by_key(|(at, _)| *at);
    moments
}

fn median(milliseconds: f64) -> String {
    // Far below the range in which a float has no whole numbers.
    #[expect(clippy::cast_possible_truncation, reason = "a median of times in milliseconds")]
    duration(milliseconds.round() as i64)
}

fn duration(milliseconds: i64) -> String {
    match milliseconds {
        ..10_000 => format!("{milliseconds} ms"),
        10_000..600_000 => format!("{} s", milliseconds / 1000),
        _ => format!("{} min", milliseconds / 60_000),
    }
}

#[cfg(test)]
mod tests {
    use berkas_domain::{NoticeId, Outcome, Revision, Service, Stage, SubmissionId};
    use berkas_store::{TimelineDecision, TimelineNotice, TimelineStage, TurnaroundExample};
    use chrono::TimeDelta;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        "2026-11-24T01:30:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::milliseconds(milliseconds)
    }

    fn decision(revision: i32, outcome: Outcome, when: i64) -> TimelineDecision {
        let codes: &[&str] = if outcome == Outcome::Returned { &["TIDAK_LENGKAP"] } else { &[] };
        TimelineDecision {
            id: Uuid::from_u128(revision.unsigned_abs().into()),
            revision: Revision(revision),
            outcome,
            reasons: codes.iter().map(|code| json!({ "code": code })).collect(),
            decided_by: (outcome == Outcome::Passed).then(|| "Wati".to_owned()),
            decided_at: at(when),
            undone_at: None,
            reversed_at: None,
            reversed_by: None,
            reversal_reason: None,
            replaces: None,
        }
    }

    fn notice(revision: i32, made: i64, read: i64) -> TimelineNotice {
        TimelineNotice {
            id: NoticeId(Uuid::from_u128(9)),
            kind: "id.berkas.decision.v1".to_owned(),
            sequence: Some(2),
            revision: Revision(revision),
            decision: Some(Uuid::from_u128(revision.unsigned_abs().into())),
            corrects: None,
            created_at: at(made),
            acknowledged_at: Some(at(read)),
            deliveries: Vec::new(),
        }
    }

    #[test]
    fn a_return_its_repair_and_the_pass_are_told_in_the_order_of_time_without_a_name() {
        let received = |revision, when| TimelineStage {
            at: at(when),
            stage: Stage::Received,
            revision: Revision(revision),
            waited_ms: 0,
        };
        let undone =
            TimelineDecision { undone_at: Some(at(31_000)), ..decision(2, Outcome::Refused, 30_500) };
        let timeline = Timeline {
            exclusions: Vec::new(),
            standbys: Vec::new(),
            stages: vec![received(1, 0), received(2, 20_000)],
            decisions: vec![
                decision(1, Outcome::Returned, 900),
                undone,
                decision(2, Outcome::Passed, 32_000),
            ],
            notices: vec![notice(1, 1_000, 1_500), notice(2, 700_000, 701_000)],
        };
        let turnaround = Turnaround {
            repaired: 7,
            returned_p50_ms: 1000.4,
            repair_p50_ms: 19_000.0,
            total_p50_ms: 700_000.0,
            example: TurnaroundExample {
                submission: SubmissionId(Uuid::from_u128(1)),
                registration_number: "351709-261124-0042-5".to_owned(),
                service: Service::AktaKematian,
            },
        };
        let lines = story(&turnaround, &timeline);
        assert_eq!(
            lines,
            [
                "A return, its repair and the pass: 351709-261124-0042-5 · Akta kematian",
                "  +     0 ms  received from the kecamatan",
                "  +   900 ms  returned by the rules: TIDAK_LENGKAP",
                "  +  1000 ms  notice made for the kecamatan",
                "  +  1500 ms  acknowledged by the kecamatan",
                "  +     20 s  repair received (revision 2)",
                "  +     32 s  passed by a verifier",
                "  +   11 min  notice made for the kecamatan",
                "  +   11 min  acknowledged by the kecamatan",
                "Turnaround of 7 repaired dossiers, half of them within: 1000 ms from the counter to the return, 19 s until \
                 the repair came, 11 min from the counter to the pass",
            ]
        );
    }
}
