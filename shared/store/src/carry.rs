//! What is kept of a verifier's work when a submission comes back repaired: of the documents that did not change, those that
//! were found valid still are.

use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use berkas_domain::DocumentVerdict;

use crate::StoreError;

/// Gives `tasks`, which have just entered the pool or go back to it, the latest verdicts *valid* on files that an earlier revision of the same
/// submission had under the same kind for the same person. Whoever takes the task up sees them, and may judge otherwise.
pub(crate) async fn verdicts(
    transaction: &mut Transaction<'_, Postgres>,
    tasks: &[Uuid],
) -> Result<(), StoreError> {
    // The latest verdict counts: what was found valid once and not valid later is open again.
    sqlx::query!(
        "insert into document_verdicts (task_id, ordinal, verdict, codes, page, judged_at, judged_by)
         select * from (
             select distinct on (t.id, d.ordinal) t.id, d.ordinal, v.verdict, v.codes, v.page, v.judged_at, v.judged_by
             from tasks t
             join documents d on d.submission_id = t.submission_id and d.revision = t.revision
             join documents was on was.submission_id = t.submission_id and was.revision < t.revision
                  and was.sha256 = d.sha256 and was.kind = d.kind and was.of_role is not distinct from d.of_role
             join tasks judged on judged.submission_id = t.submission_id and judged.revision = was.revision
                  and judged.state = 'decided'
             join document_verdicts v on v.task_id = judged.id and v.ordinal = was.ordinal
                  and (v.judged_by = judged.assignee or v.judged_at < judged.entered_at)
             where t.id = any($1)
             order by t.id, d.ordinal, was.revision desc, v.judged_at desc) latest
         where verdict = $2
         on conflict (task_id, ordinal) do nothing",
        tasks,
        DocumentVerdict::Valid.as_str(),
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
