//! Bundles: what one family asks for together (a death and the new family card, say) is kept for one person, who then knows
//! the people. A bundle is known by the family card; what was accepted without one is in none.

use berkas_domain::UserId;
use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::StoreError;
use crate::task::LeasedTask;

/// Keeps those of `tasks`, which have just entered the pool, for whoever holds another task of their bundle and may have them:
/// until a while after that lease, and at that task's turn.
pub(crate) async fn keep_for_holders(
    transaction: &mut Transaction<'_, Postgres>,
    tasks: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // Held twice as long as the lease has left: the bundle waits while its holder is at the first.
    sqlx::query!(
        "update tasks t set preferred = h.assignee, reserved_until = h.until, rank = least(t.rank, h.rank)
         from (select distinct on (n.id) n.id, h.assignee, h.rank, h.lease_until + (h.lease_until - $2) as until
               from tasks n
               join tasks h on h.bundle = n.bundle and h.training = n.training and h.state = 'leased' and h.lease_until > $2
               join users u on u.id = h.assignee and u.on_duty and n.service = any(u.services)
                    and (n.look < 3 or u.role = 'supervisor')
               where n.id = any($1) and n.reserved_until is null
                 and not exists (select from task_exclusions e
                                 where e.submission_id = n.submission_id and e.user_id = u.id
                                   and (e.revision is null or e.revision = n.revision))
               order by n.id, h.lease_until desc) h
         where t.id = h.id",
        tasks,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Keeps what waits of the bundle of `pulled` for `user`, who has just got it, and brings it to the same turn. What somebody
/// else is just taking up, is kept for somebody else or may not be theirs is left alone.
pub(crate) async fn keep_together(
    transaction: &mut Transaction<'_, Postgres>,
    pulled: &LeasedTask,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let until = pulled.lease_until + (pulled.lease_until - now);
    sqlx::query!(
        "update tasks o set preferred = $2, reserved_until = $3, rank = least(o.rank, p.rank)
         from tasks p
         where p.id = $1 and o.id in (
             select s.id from tasks t join tasks s on s.bundle = t.bundle and s.training = t.training and s.id <> t.id
             join users u on u.id = $2
             where t.id = $1 and t.bundle is not null and s.state = 'open'
               and s.service = any(u.services) and (s.look < 3 or u.role = 'supervisor')
               and (s.preferred = $2 or s.reserved_until is null or s.reserved_until <= $4)
               and not exists (select from task_exclusions e
                               where e.submission_id = s.submission_id and e.user_id = u.id
                                 and (e.revision is null or e.revision = s.revision))
             for update of s skip locked)",
        pulled.id.0,
        user.0,
        until,
        now,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
