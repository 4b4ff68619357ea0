//! The names of exchanges, queues and routing keys; nobody spells one anywhere else.

use berkas_domain::{OfficeCode, Service, Step};

/// The topic exchange that offices publish to.
pub const INTAKE_EXCHANGE: &str = "intake";
/// The queue behind it.
pub const INTAKE_QUEUE: &str = "intake";
/// The direct exchange for due work; the key is the step.
pub const WORK_EXCHANGE: &str = "work";
/// Where the broker puts what was refused or delivered too often.
pub const DEAD_EXCHANGE: &str = "dead";
/// The queue behind it.
pub const DEAD_QUEUE: &str = "dead";
/// The topic exchange for what goes to offices.
pub const RETURNS_EXCHANGE: &str = "returns";

/// A queue that holds nothing and is in no definitions file: a broker without it was wiped, whatever else it came back
/// with.
pub const EPOCH_QUEUE: &str = "epoch";

const WORK_PREFIX: &str = "work.";
const RETURN_PREFIX: &str = "return.";

/// What an office may publish: its topic permission on the intake exchange; the broker puts the user in.
pub const OFFICE_TOPIC_PERMISSION: &str = r"^(submission|notice)\.{username}\.[a-z_]+$";

/// The queue of a step, for example `work.scan`.
#[must_use]
pub fn work_queue(step: Step) -> String {
    format!("{WORK_PREFIX}{step}")
}

/// The routing key of a step on [`WORK_EXCHANGE`].
#[must_use]
pub const fn work_key(step: Step) -> &'static str {
    step.as_str()
}

/// Whether a queue holds nothing but due work, which the database can emit again.
#[must_use]
pub fn is_work_queue(queue: &str) -> bool {
    queue.starts_with(WORK_PREFIX)
}

/// The queue an office reads its answers from, for example `return.351709`.
#[must_use]
pub fn return_queue(office: &OfficeCode) -> String {
    format!("{RETURN_PREFIX}{office}")
}

/// The routing key of an office on [`RETURNS_EXCHANGE`]; the same text as its queue.
#[must_use]
pub fn return_key(office: &OfficeCode) -> String {
    return_queue(office)
}

/// The office whose queue this is, if it is a return queue.
#[must_use]
pub fn office_of_return_queue(queue: &str) -> Option<OfficeCode> {
    queue.strip_prefix(RETURN_PREFIX)?.parse().ok()
}

/// The key of a submission, for example `submission.351709.akta_kelahiran`.
#[must_use]
pub fn submission_key(office: &OfficeCode, service: Service) -> String {
    format!("submission.{office}.{service}")
}

/// The key of a withdrawal, for example `submission.351709.withdrawn`.
#[must_use]
pub fn withdrawal_key(office: &OfficeCode) -> String {
    format!("submission.{office}.withdrawn")
}

/// The key of an acknowledgement, for example `notice.351709.acknowledged`.
#[must_use]
pub fn acknowledgement_key(office: &OfficeCode) -> String {
    format!("notice.{office}.acknowledged")
}

/// The office that a key at the intake names.
#[must_use]
pub fn office_of_intake_key(key: &str) -> Option<OfficeCode> {
    let mut words = key.split('.');
    let (area, office, last) = (words.next()?, words.next()?, words.next()?);
    let known = matches!(area, "submission" | "notice") && !last.is_empty() && words.next().is_none();
    if known { office.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_the_office_it_was_made_for() {
        let office: OfficeCode = "351709".parse().unwrap();
        for key in
            [submission_key(&office, Service::KtpEl), withdrawal_key(&office), acknowledgement_key(&office)]
        {
            assert_eq!(office_of_intake_key(&key), Some(office.clone()), "{key}");
        }
        assert_eq!(office_of_return_queue(&return_queue(&office)), Some(office));
        for wrong in ["", "submission", "submission.351709", "submission.351709.", "submission.351709.a.b"] {
            assert_eq!(office_of_intake_key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_the_queues_of_steps_hold_work() {
        assert!(Step::ALL.iter().all(|step| is_work_queue(&work_queue(*step))));
        assert!(![INTAKE_QUEUE, DEAD_QUEUE, "return.351709"].into_iter().any(is_work_queue));
    }
}
