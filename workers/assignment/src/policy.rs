//! Who gets what next, as plain functions. The database reads the same order off its indexes; the tests compare the two.

use berkas_domain::{Service, TaskId, UserId};
use berkas_store::VerifierLoad;
use chrono::{DateTime, Utc};

/// A task that waits.
#[derive(Debug, Clone)]
pub struct WaitingTask {
    /// Its id.
    pub id: TaskId,
    /// Whose turn it takes: the office above the sender, or the sender.
    pub share: String,
    /// What is asked for.
    pub service: Service,
    /// Whether of an office in training.
    pub training: bool,
    /// Whether it is due soon or overdue, and has been given an earlier turn.
    pub urgent: bool,
    /// Its turn, see [`berkas_domain::turn`].
    pub rank: i64,
    /// Whom it is meant for.
    pub preferred: Option<UserId>,
    /// Until when it is kept for them.
    pub reserved_until: Option<DateTime<Utc>>,
    /// When the verification is due.
    pub due_at: DateTime<Utc>,
    /// Who is never given it: whoever has a stake in it, sent it, or decided otherwise before.
    pub excluded: Vec<UserId>,
    /// Whether two verifiers differ on it, so that a supervisor decides.
    pub disputed: bool,
}

/// Who pulls.
#[derive(Debug, Clone)]
pub struct Verifier {
    /// The account.
    pub user: UserId,
    /// What they are competent for.
    pub services: Vec<Service>,
    /// Whether of the trainers' pool.
    pub training: bool,
    /// Whether a supervisor.
    pub supervisor: bool,
}

/// A turn in the pool.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// Whose it is.
    pub first: &'a WaitingTask,
    /// What is done in it: the first to be due of the same office. The two then change turns.
    pub next: &'a WaitingTask,
}

/// The task that `verifier` gets next; see [`turn_for`].
#[must_use]
pub fn next<'a>(
    pool: &'a [WaitingTask],
    verifier: &Verifier,
    on_duty: &[UserId],
    now: DateTime<Utc>,
) -> Option<&'a WaitingTask> {
    turn_for(pool, verifier, on_duty, now).map(|turn| turn.next)
}

/// The turn of `verifier`, who is on duty and has room: the first in turn; between equal turns what is meant
/// for them, then the first to be due. In its place they get the first to be due of the same office, for an office's own
/// tasks are done in that order; what is urgent or kept has a turn of its own. A task that is kept for somebody else who is
/// among `on_duty` is left to them unless it is urgent. Whom a task excludes never gets it, however long it waits;
/// what is disputed only a supervisor gets.
#[must_use]
pub fn turn_for<'a>(
    pool: &'a [WaitingTask],
    verifier: &Verifier,
    on_duty: &[UserId],
    now: DateTime<Utc>,
) -> Option<Turn<'a>> {
    let mine = |task: &WaitingTask| task.preferred == Some(verifier.user);
    let kept_for_another = |task: &WaitingTask| {
        !mine(task)
            && !task.urgent
            && task.reserved_until.is_some_and(|until| until > now)
            && task.preferred.is_some_and(|user| on_duty.contains(&user))
    };
    let may = |task: &&WaitingTask| {
        task.training == verifier.training
            && verifier.services.contains(&task.service)
            && !task.excluded.contains(&verifier.user)
            && (!task.disputed || verifier.supervisor)
            && !kept_for_another(task)
    };
    let plain = |task: &WaitingTask| !task.urgent && task.reserved_until.is_none();
    let first = pool.iter().filter(may).min_by_key(|task| (task.rank, !mine(task), task.due_at, task.id))?;
    let of_its_office =
        pool.iter().filter(may).filter(|task| plain(task) && plain(first) && task.share == first.share);
    let oldest =
        of_its_office.filter(|task| task.due_at < first.due_at).min_by_key(|task| (task.due_at, task.id));
    Some(Turn { first, next: oldest.unwrap_or(first) })
}

/// The verifier on duty with the least work who is competent for `service`; between equals the first in `loads`.
///
/// Training submissions go to the trainers' pool only, and live ones never. `None` when nobody fits: the task then
/// waits for whoever comes on duty.
#[must_use]
pub fn least_loaded(loads: &[VerifierLoad], service: Service, training: bool) -> Option<UserId> {
    let fits = |load: &&VerifierLoad| load.training == training && is_competent(load, service);
    loads.iter().filter(fits).min_by_key(|load| load.effort_s).map(|load| load.user)
}

fn is_competent(load: &VerifierLoad, service: Service) -> bool {
    load.services.iter().any(|known| known == service.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn load(user: u128, services: &[Service], training: bool, effort_s: i64) -> VerifierLoad {
        let services = services.iter().map(|service| service.as_str().to_owned()).collect();
        VerifierLoad { user: UserId(Uuid::from_u128(user)), services, training, effort_s }
    }

    fn user(number: u128) -> Option<UserId> {
        Some(UserId(Uuid::from_u128(number)))
    }

    #[test]
    fn the_least_loaded_competent_verifier_of_the_right_pool_is_chosen() {
        use Service::{AktaKelahiran, AktaKematian, KtpEl};
        let loads = [
            load(1, &[KtpEl, AktaKelahiran], false, 4),
            load(2, &[KtpEl], false, 2),
            load(3, &[AktaKelahiran], false, 3),
            load(4, &[KtpEl, AktaKelahiran], true, 0),
            load(5, &[KtpEl], false, 2),
        ];
        assert_eq!(least_loaded(&loads, KtpEl, false), user(2), "the first between equals");
        assert_eq!(least_loaded(&loads, AktaKelahiran, false), user(3));
        assert_eq!(least_loaded(&loads, KtpEl, true), user(4), "training goes to the trainers' pool");
        assert_eq!(least_loaded(&loads, AktaKematian, false), None, "nobody is competent");
        assert_eq!(least_loaded(&[], KtpEl, false), None);
    }

    #[test]
    fn whom_a_task_excludes_gets_the_one_after_it_though_it_is_kept_for_them_and_urgent() {
        let now = DateTime::UNIX_EPOCH;
        let [stake, other] = [1, 2].map(|number| UserId(Uuid::from_u128(number)));
        let task = |number: u128, excluded| WaitingTask {
            id: TaskId(Uuid::from_u128(number)),
            share: "351709".to_owned(),
            service: Service::KtpEl,
            training: false,
            urgent: true,
            rank: i64::try_from(number).unwrap(),
            preferred: Some(stake),
            reserved_until: Some(now + chrono::TimeDelta::hours(1)),
            due_at: now,
            excluded,
            disputed: false,
        };
        let pool = [task(1, vec![stake]), task(2, vec![])];
        let of = |user| {
            let verifier =
                Verifier { user, services: Service::ALL.to_vec(), training: false, supervisor: false };
            next(&pool, &verifier, &[stake, other], now).map(|task| task.id.0.as_u128())
        };
        assert_eq!((of(stake), of(other)), (Some(2), Some(1)));
    }

    fn any_load() -> impl Strategy<Value = VerifierLoad> {
        let services = proptest::sample::subsequence(Service::ALL, 0..=Service::ALL.len());
        (any::<u128>(), services, any::<bool>(), 0_i64..6_000)
            .prop_map(|(id, services, training, effort_s)| load(id, &services, training, effort_s))
    }

    proptest! {
        #[test]
        fn nobody_who_fits_has_less_than_the_chosen_one(
            loads in proptest::collection::vec(any_load(), 0..12),
            service in proptest::sample::select(Service::ALL),
            training: bool,
        ) {
            let fitting: Vec<_> =
                loads.iter().filter(|load| load.training == training && is_competent(load, service)).collect();
            match least_loaded(&loads, service, training) {
                None => prop_assert!(fitting.is_empty()),
                Some(chosen) => {
                    let least = fitting.iter().map(|load| load.effort_s).min();
                    let chosen = fitting.iter().find(|load| load.user == chosen);
                    prop_assert_eq!(chosen.map(|load| load.effort_s), least);
                }
            }
        }
    }
}
