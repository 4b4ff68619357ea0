//! What a submission costs when the office has a past: the protocol's rate on ten thousand and on a million submissions.

use anyhow::Result;
use berkas_testkit::Services;

use crate::deployment::{Deployment, OFFICE};
use crate::protocol;

/// Rates after each of `sizes` finished submissions, in their order, which must rise.
pub async fn rates(services: &Services, sizes: &[u64], count: usize, window: usize) -> Result<Vec<f64>> {
    let deployment = Deployment::start(services).await?;
    let mut rates = Vec::with_capacity(sizes.len());
    let mut filled = 0;
    for &size in sizes {
        deployment.sql(&past(filled, size))?;
        deployment.sql("analyze")?;
        filled = size;
        // What filling leaves behind (dirty pages, the journal) belongs to the filling.
        deployment.sql("checkpoint")?;
        rates.push(protocol::lap_on(&deployment, count, window, None).await?.rate);
    }
    Ok(rates)
}

/// SQL that adds the finished submissions number `from` to `to`, with all the rows that each leaves: receipt, revision with its
/// facts, a document with its scan and page, what it can be found by and what it claimed, a judgement, five moves, a decided
/// task with a verdict's audit, a decision, two notices with their deliveries and tries. One of sixteen is a birth.
fn past(from: u64, to: u64) -> String {
    let id = "md5('past' || n)::uuid";
    let at = "timestamptz '2026-01-05 01:00:00+00' + n * interval '20 seconds'";
    let series = format!("generate_series({from}, {}) as n", to - 1);
    let hash = "decode(md5('h' || n) || md5('i' || n), 'hex')";
    let service = "case when n % 16 = 0 then 'akta_kelahiran' else 'kartu_keluarga' end";
    let key = |kind: &str| format!("decode(md5('{kind}' || n) || md5('{kind}i' || n), 'hex')");
    let (principal, family, mother, child) = (key("principal"), key("family"), key("mother"), key("child"));
    // A witness of a village stands for many.
    let witness = "decode(md5('witness' || n % 5000) || md5('w' || n % 5000), 'hex')";
    format!(
        "insert into submissions (id, office, sender_id, registration_number, service, case_code, training, stage,
                                  generation, revision, outcome, next_sequence, received_at, stage_since, due_at)
         select {id}, '{OFFICE}', md5('sender' || n)::uuid, 'past-' || n, {service}, 'KK-9', false, 'noticed', 6,
                1, 'passed', 3, {at}, {at}, {at} from {series};
         insert into receipts select {id}, 1, '{OFFICE}', md5('sender' || n)::uuid, {hash}, 'amqp', {at} from {series};
         insert into revisions (submission_id, revision, form_sha256, facts)
         select {id}, 1, {hash}, {hash} || {hash} from {series};
         insert into documents select {id}, 1, 0, 'kk', null, {hash}, 1000, 'image/jpeg' from {series};
         insert into scans select '{OFFICE}', {hash}, '6', 1, null, {at} from {series};
         insert into pages select '{OFFICE}', {hash}, '6', 1, {hash}, 'image/jpeg', {hash}, '{{}}' from {series};
         insert into lookups (submission_id, kind, hash)
         select {id}, kind, hash from {series} cross join lateral (values
             ('principal', {principal}), ('family', {family}), ('witness', {witness})) as k (kind, hash);
         insert into lookups select {id}, 'mother', {mother}, date '2026-01-01' from {series} where n % 16 = 0;
         insert into claims select false, {service}, {principal}, {id} from {series};
         insert into claims select false, 'child', {child}, {id} from {series} where n % 16 = 0;
         insert into judgements select {id}, 1, '{{}}', {at} from {series};
         insert into stage_log select {id}, g, 1, 'received', 'normalized', 100, {at}
         from {series}, generate_series(1, 5) as g;
         insert into tasks (id, submission_id, revision, office, service, training, state, due_at, entered_at, share, rank,
                            bundle)
         select md5('task' || n)::uuid, {id}, 1, '{OFFICE}', {service}, false, 'decided', {at}, {at}, '{OFFICE}', n * 200,
                {family}
         from {series};
         insert into audit (id, at, actor, action, subject)
         select md5('audit' || n || a)::uuid, {at}, 'user:example', a, md5('task' || n)
         from {series} cross join unnest(array['task.pulled', 'task.decided']) as a;
         insert into decisions (id, submission_id, revision, outcome, reasons, decided_at)
         select md5('decision' || n)::uuid, {id}, 1, 'passed', '[]', {at} from {series};
         insert into notices (id, office, submission_id, revision, sequence, decision_id, type, data, created_at,
                              acknowledged_at)
         select md5('notice' || n || s)::uuid, '{OFFICE}', {id}, 1, s,
                case s when 2 then md5('decision' || n)::uuid end, 'id.berkas.decision.v1', '{{}}', {at}, {at}
         from {series}, generate_series(1, 2) as s;
         insert into deliveries (notice_id, channel, state, attempts, not_before, sent_at, sends)
         select md5('notice' || n || s)::uuid, 'amqp', 'acknowledged', 1, {at}, {at}, 1
         from {series}, generate_series(1, 2) as s;
         insert into delivery_tries select md5('notice' || n || s)::uuid, 'amqp', {at}, 'sent'
         from {series}, generate_series(1, 2) as s;"
    )
}
