//! Writing new submissions, a chunk at a time.

use super::{
    AcceptedArrival, AcceptedData, Arrival, ArrivalAnswer, BTreeMap, DateTime, DueAt, DueWork, Generation,
    HashMap, NaiveDate, NoticeId, OfficeCode, OfficeMode, Postgres, RegistrationNumber, Stage, Step,
    StoreError, SubmissionId, Transaction, Utc, Uuid, Value, WorkRef, lookup,
};

/// What every writer of one `accept` needs.
pub(super) struct Context<'a> {
    pub arrivals: &'a [Arrival],
    pub modes: &'a BTreeMap<OfficeCode, OfficeMode>,
    pub accepted_data: AcceptedData<'a>,
    pub due: DueAt<'a>,
    pub now: DateTime<Utc>,
    pub day: NaiveDate,
}

impl Context<'_> {
    pub(super) fn training(&self, office: &OfficeCode) -> bool {
        self.modes.get(office) == Some(&OfficeMode::Training)
    }
}

/// An arrival with what it was given.
pub(super) struct Entry<'a> {
    pub arrival: &'a Arrival,
    pub accepted: AcceptedArrival,
    pub generation: Generation,
    pub sequence: i64,
}

/// Inserts the arrivals of revision 1 among `fresh` and puts their answers into place.
pub(super) async fn new_submissions(
    transaction: &mut Transaction<'_, Postgres>,
    context: &Context<'_>,
    fresh: &[usize],
    answers: &mut [Option<ArrivalAnswer>],
) -> Result<(), StoreError> {
    let firsts: Vec<usize> =
        fresh.iter().copied().filter(|index| context.arrivals[*index].revision.0 == 1).collect();
    if firsts.is_empty() {
        return Ok(());
    }
    let mut serials = take_serials(transaction, context, &firsts).await?;
    let mut entries = Vec::with_capacity(firsts.len());
    for index in &firsts {
        let arrival = &context.arrivals[*index];
        let serial = serials.entry(arrival.office.clone()).or_default();
        *serial += 1;
        let serial = u32::try_from(*serial).unwrap_or(u32::MAX);
        entries.push(Entry {
            arrival,
            accepted: accepted(context, arrival, SubmissionId(Uuid::now_v7()), serial),
            generation: Generation(1),
            sequence: 1,
        });
    }
    insert_submissions(transaction, context, &entries).await?;
    write_revisions(transaction, context, &entries).await?;
    for (index, entry) in firsts.into_iter().zip(entries) {
        answers[index] = Some(Ok(entry.accepted));
    }
    Ok(())
}

fn accepted(context: &Context<'_>, arrival: &Arrival, id: SubmissionId, serial: u32) -> AcceptedArrival {
    let work = WorkRef { submission: id, step: Step::Scan, generation: Generation(1) };
    AcceptedArrival {
        submission: id,
        registration_number: RegistrationNumber::compose(&arrival.office, context.day, serial),
        training: context.training(&arrival.office),
        notice: NoticeId(Uuid::now_v7()),
        received_at: context.now,
        repeated: false,
        work: Some(DueWork { work, attempts: 0, trace: arrival.trace.clone() }),
    }
}

/// Reserves the serials of a chunk; returns the last serial before the reserved ones, for each office.
async fn take_serials(
    transaction: &mut Transaction<'_, Postgres>,
    context: &Context<'_>,
    firsts: &[usize],
) -> Result<HashMap<OfficeCode, i32>, StoreError> {
    let mut counts: BTreeMap<&OfficeCode, i32> = BTreeMap::new();
    for index in firsts {
        *counts.entry(&context.arrivals[*index].office).or_default() += 1;
    }
    let codes: Vec<String> = counts.keys().map(|code| code.as_str().to_owned()).collect();
    let numbers: Vec<i32> = counts.values().copied().collect();
    let rows = sqlx::query!(
        r#"update registration_serials r set last = r.last + c.number
           from unnest($1::text[], $2::int[]) as c (office, number)
           where r.office = c.office and r.day = $3
           returning r.office, r.last - c.number as "before!""#,
        &codes,
        &numbers,
        context.day,
    )
    .fetch_all(&mut **transaction)
    .await?;
    rows.into_iter()
        .map(|row| Ok((crate::error::read_code(&row.office, "registration_serials", "office")?, row.before)))
        .collect()
}

async fn insert_submissions(
    transaction: &mut Transaction<'_, Postgres>,
    context: &Context<'_>,
    entries: &[Entry<'_>],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.accepted.submission.0).collect();
    let offices: Vec<String> = entries.iter().map(|entry| entry.arrival.office.as_str().to_owned()).collect();
    let senders: Vec<Uuid> = entries.iter().map(|entry| entry.arrival.sender_id).collect();
    let numbers: Vec<String> =
        entries.iter().map(|entry| entry.accepted.registration_number.as_str().to_owned()).collect();
    let services: Vec<String> =
        entries.iter().map(|entry| entry.arrival.service.as_str().to_owned()).collect();
    let cases: Vec<String> = entries.iter().map(|entry| entry.arrival.case.as_str().to_owned()).collect();
    let trainings: Vec<bool> = entries.iter().map(|entry| entry.accepted.training).collect();
    sqlx::query!(
        "insert into submissions (id, office, sender_id, registration_number, service, case_code, training, stage,
                                  generation, revision, received_at, stage_since, due_at)
         select id, office, sender_id, number, service, case_code, training, $8, 1, 1, $9, $9, $10
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bool[])
              as s (id, office, sender_id, number, service, case_code, training)",
        &ids,
        &offices,
        &senders,
        &numbers,
        &services,
        &cases,
        &trainings,
        Stage::Received.as_str(),
        context.now,
        (context.due)(context.now, &[]),
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Writes what every accepted revision has: receipt, revision, documents, due work, log and notice.
pub(super) async fn write_revisions(
    transaction: &mut Transaction<'_, Postgres>,
    context: &Context<'_>,
    entries: &[Entry<'_>],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.accepted.submission.0).collect();
    let revisions: Vec<i32> = entries.iter().map(|entry| entry.arrival.revision.0).collect();
    let offices: Vec<String> = entries.iter().map(|entry| entry.arrival.office.as_str().to_owned()).collect();
    let senders: Vec<Uuid> = entries.iter().map(|entry| entry.arrival.sender_id).collect();
    let manifests: Vec<Vec<u8>> =
        entries.iter().map(|entry| entry.arrival.manifest_hash.as_bytes().to_vec()).collect();
    let doors: Vec<String> = entries.iter().map(|entry| entry.arrival.door.as_str().to_owned()).collect();
    let forms: Vec<Vec<u8>> = entries.iter().map(|entry| entry.arrival.form.as_bytes().to_vec()).collect();
    let clerks: Vec<Option<String>> = entries.iter().map(|entry| entry.arrival.sent_by.clone()).collect();
    let told: Vec<Option<String>> =
        entries.iter().map(|entry| entry.arrival.sms_to.map(|role| role.to_string())).collect();
    let generations: Vec<i64> = entries.iter().map(|entry| entry.generation.0).collect();
    let traces: Vec<Option<String>> = entries.iter().map(|entry| entry.arrival.trace.clone()).collect();
    sqlx::query!(
        "with e as (
             select * from unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[], $5::bytea[], $6::text[], $7::bytea[],
                                  $8::text[], $9::bigint[], $10::text[], $14::text[])
                      as e (id, revision, office, sender_id, manifest, door, form, clerk, generation, trace, sms_to)),
         receipt as (
             insert into receipts (submission_id, revision, office, sender_id, manifest_hash, door, received_at)
             select id, revision, office, sender_id, manifest, door, $11 from e),
         revised as (
             insert into revisions (submission_id, revision, form_sha256, sent_by, sms_to)
             select id, revision, form, clerk, sms_to from e),
         logged as (
             insert into stage_log (submission_id, generation, revision, from_stage, stage, waited_ms, at)
             select id, generation, revision, null, $12, 0, $11 from e)
         insert into due (submission_id, generation, step, attempts, not_before, trace, created_at)
         select id, generation, $13, 0, $11, trace, $11 from e",
        &ids,
        &revisions,
        &offices,
        &senders,
        &manifests,
        &doors,
        &forms,
        &clerks as &[Option<String>],
        &generations,
        &traces as &[Option<String>],
        context.now,
        Stage::Received.as_str(),
        Step::Scan.as_str(),
        &told as &[Option<String>],
    )
    .execute(&mut **transaction)
    .await?;
    name_uploads(transaction, entries).await?;
    write_documents(transaction, entries).await?;
    lookup::write(transaction, entries).await?;
    write_notices(transaction, context, entries).await
}

/// What a submission names is kept for good.
async fn name_uploads(
    transaction: &mut Transaction<'_, Postgres>,
    entries: &[Entry<'_>],
) -> Result<(), StoreError> {
    let named = entries.iter().flat_map(|Entry { arrival, .. }| {
        let files = arrival.documents.iter().map(|document| document.sha256).chain([arrival.form]);
        files.map(|sha256| (arrival.office.clone(), sha256))
    });
    let (offices, hashes) = crate::blob::columns(&named.collect::<Vec<_>>());
    sqlx::query!(
        "update blobs set named = true from unnest($1::text[], $2::bytea[]) as w (office, sha256)
         where blobs.office = w.office and blobs.sha256 = w.sha256 and not blobs.named",
        &offices,
        &hashes,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn write_documents(
    transaction: &mut Transaction<'_, Postgres>,
    entries: &[Entry<'_>],
) -> Result<(), StoreError> {
    let (mut ids, mut revisions, mut ordinals, mut kinds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut roles, mut hashes, mut sizes, mut types) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut flags = Vec::new();
    for entry in entries {
        for (ordinal, document) in entry.arrival.documents.iter().enumerate() {
            ids.push(entry.accepted.submission.0);
            revisions.push(entry.arrival.revision.0);
            ordinals.push(i16::try_from(ordinal).unwrap_or(i16::MAX));
            kinds.push(document.kind.as_str().to_owned());
            roles.push(document.of_role.clone());
            hashes.push(document.sha256.as_bytes().to_vec());
            sizes.push(document.size);
            types.push(document.media_type.clone());
            flags.push(document.flagged);
        }
    }
    sqlx::query!(
        "insert into documents (submission_id, revision, ordinal, kind, of_role, sha256, size, media_type, flagged)
         select * from unnest($1::uuid[], $2::int[], $3::smallint[], $4::text[], $5::text[], $6::bytea[], $7::bigint[],
                              $8::text[], $9::bool[])",
        &ids,
        &revisions,
        &ordinals,
        &kinds,
        &roles as &[Option<String>],
        &hashes,
        &sizes,
        &types,
        &flags,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn write_notices(
    transaction: &mut Transaction<'_, Postgres>,
    context: &Context<'_>,
    entries: &[Entry<'_>],
) -> Result<(), StoreError> {
    let keys: Vec<Uuid> = entries.iter().map(|entry| entry.accepted.notice.0).collect();
    let offices: Vec<String> = entries.iter().map(|entry| entry.arrival.office.as_str().to_owned()).collect();
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.accepted.submission.0).collect();
    let revisions: Vec<i32> = entries.iter().map(|entry| entry.arrival.revision.0).collect();
    let sequences: Vec<i64> = entries.iter().map(|entry| entry.sequence).collect();
    let traces: Vec<Option<String>> = entries.iter().map(|entry| entry.arrival.trace.clone()).collect();
    let data: Vec<Value> =
        entries.iter().map(|entry| (context.accepted_data)(entry.arrival, &entry.accepted)).collect();
    sqlx::query!(
        "with n as (
             insert into notices (id, office, submission_id, revision, sequence, type, data, trace, created_at)
             select key, office, id, revision, sequence, 'id.berkas.accepted.v1', data, trace, $7
             from unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[], $5::bigint[], $6::jsonb[], $8::text[])
                  as n (key, office, id, revision, sequence, data, trace)
             returning id, office)
         insert into deliveries (notice_id, channel, state, not_before)
         select n.id, c.kind, 'pending', $7 from n join channels_on c on c.office = n.office where c.kind <> 'mail'",
        &keys,
        &offices,
        &ids,
        &revisions,
        &sequences,
        &data,
        context.now,
        &traces as &[Option<String>],
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
