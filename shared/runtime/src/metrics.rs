//! Every metric there is, with its name and its labels. Label values are words of enums, never text from outside, so
//! nobody's data can become one.

mod words;

use std::sync::Arc;
use std::time::Duration;

use berkas_domain::{Stage, StandbyKind, Step};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

pub use words::{Channel, JobOutcome, ParkedCause, QueueName, Word};

/// Upper bounds of `berkas_job_duration_seconds`: from a tiny page to a file at its time limit.
const DURATION_BUCKETS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0, 60.0, 300.0];

/// The media type of [`Metrics::render`].
pub const METRICS_MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One label and its value.
macro_rules! label_set {
    ($(#[$meta:meta])* $name:ident { $($label:ident),+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
        struct $name { $($label: Word),+ }
    };
}

label_set! { StageLabels { stage } }
label_set! { CauseLabels { cause } }
label_set! { QueueLabels { queue } }
label_set! { ChannelLabels { channel } }
label_set! { StepLabels { step } }
label_set! { OutcomeLabels { step, outcome } }
label_set! { RoleLabels { role } }
label_set! { KindLabels { kind } }

/// The metrics of one process. Clones share the values.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    stage_depth: Family<StageLabels, Gauge>,
    stage_oldest_age: Family<StageLabels, Gauge<f64, std::sync::atomic::AtomicU64>>,
    stage_transitions: Family<StageLabels, Counter>,
    due_unpublished: Gauge,
    parked: Family<CauseLabels, Gauge>,
    queue_depth: Family<QueueLabels, Gauge>,
    deliveries_pending: Family<ChannelLabels, Gauge>,
    deliveries_failed: Family<ChannelLabels, Gauge>,
    job_duration: Family<StepLabels, Histogram>,
    job_outcomes: Family<OutcomeLabels, Counter>,
    broker_reconnects: Counter,
    notice_unacknowledged: Gauge,
    tasks_overdue: Gauge,
    standby: Family<KindLabels, Gauge>,
}

impl Metrics {
    /// Registers every metric for a process that plays `role`, and says that it is up.
    #[must_use]
    pub fn new(role: &'static str) -> Self {
        let mut registry = Registry::with_prefix("berkas");
        let up = Family::<RoleLabels, Gauge>::default();
        up.get_or_create(&RoleLabels { role: Word::of_role(role) }).set(1);
        registry.register("up", "Whether the process is up, by the role it plays", up);
        let mut metrics = Self {
            registry: Arc::default(),
            stage_depth: Family::default(),
            stage_oldest_age: Family::default(),
            stage_transitions: Family::default(),
            due_unpublished: Gauge::default(),
            parked: Family::default(),
            queue_depth: Family::default(),
            deliveries_pending: Family::default(),
            deliveries_failed: Family::default(),
            job_duration: Family::new_with_constructor(|| Histogram::new(DURATION_BUCKETS)),
            job_outcomes: Family::default(),
            broker_reconnects: Counter::default(),
            notice_unacknowledged: Gauge::default(),
            tasks_overdue: Gauge::default(),
            standby: Family::default(),
        };
        metrics.register_flow(&mut registry);
        metrics.register_work(&mut registry);
        metrics.registry = Arc::new(registry);
        metrics
    }

    /// Where submissions and messages are.
    fn register_flow(&self, registry: &mut Registry) {
        registry.register("stage_depth", "Submissions in a stage", self.stage_depth.clone());
        registry.register(
            "stage_oldest_age_seconds",
            "How long the oldest submission has been in a stage",
            self.stage_oldest_age.clone(),
        );
        registry.register(
            "stage_transitions",
            "Entries into a stage, practice left out",
            self.stage_transitions.clone(),
        );
        registry.register(
            "due_unpublished",
            "Due work that is not with the broker yet",
            self.due_unpublished.clone(),
        );
        registry.register("parked", "Parked work by its cause", self.parked.clone());
        registry.register("queue_depth", "Messages in a queue", self.queue_depth.clone());
        registry.register(
            "deliveries_pending",
            "Notices that are not delivered on a channel",
            self.deliveries_pending.clone(),
        );
        registry.register(
            "deliveries_failed",
            "Notices that were given up on a channel and that no office acknowledged",
            self.deliveries_failed.clone(),
        );
        registry.register(
            "notice_unacknowledged",
            "Notices that were delivered and that no office acknowledged in time",
            self.notice_unacknowledged.clone(),
        );
        registry.register(
            "tasks_overdue",
            "Submissions before a person whose due time has passed",
            self.tasks_overdue.clone(),
        );
        registry.register(
            "standby",
            "Submissions that wait for the central register or for blanks, by what they wait for",
            self.standby.clone(),
        );
    }

    /// What the workers do.
    fn register_work(&self, registry: &mut Registry) {
        registry.register(
            "job_duration_seconds",
            "How long one piece of work took",
            self.job_duration.clone(),
        );
        registry.register("job_outcomes", "Pieces of work by how they ended", self.job_outcomes.clone());
        registry.register(
            "broker_reconnects",
            "Times the connection to the broker was built anew",
            self.broker_reconnects.clone(),
        );
    }

    /// Submissions in `stage` and how long the oldest has been there.
    pub fn set_stage(&self, stage: Stage, depth: i64, oldest: Duration) {
        let labels = StageLabels { stage: stage.into() };
        self.stage_depth.get_or_create(&labels).set(depth);
        self.stage_oldest_age.get_or_create(&labels).set(oldest.as_secs_f64());
    }

    /// `count` submissions entered `stage`.
    pub fn entered(&self, stage: Stage, count: u64) {
        self.stage_transitions.get_or_create(&StageLabels { stage: stage.into() }).inc_by(count);
    }

    /// Due rows that nobody published yet.
    pub fn set_due_unpublished(&self, count: i64) {
        self.due_unpublished.set(count);
    }

    /// Parked work of one cause.
    pub fn set_parked(&self, cause: ParkedCause, count: i64) {
        self.parked.get_or_create(&CauseLabels { cause: cause.into() }).set(count);
    }

    /// Messages in a queue; those of all offices' return queues together.
    pub fn set_queue_depth(&self, queue: QueueName, count: i64) {
        self.queue_depth.get_or_create(&QueueLabels { queue: queue.into() }).set(count);
    }

    /// Notices that were given up on `channel` and that nobody acknowledged.
    pub fn set_deliveries_failed(&self, channel: Channel, count: i64) {
        self.deliveries_failed.get_or_create(&ChannelLabels { channel: channel.into() }).set(count);
    }

    /// Notices that are not delivered on `channel` yet.
    pub fn set_deliveries_pending(&self, channel: Channel, count: i64) {
        self.deliveries_pending.get_or_create(&ChannelLabels { channel: channel.into() }).set(count);
    }

    /// One piece of work of `step` ended with `outcome` after `took`.
    pub fn job_ended(&self, step: Step, outcome: JobOutcome, took: Duration) {
        let step = Word::from(step);
        self.job_duration.get_or_create(&StepLabels { step }).observe(took.as_secs_f64());
        self.job_outcomes.get_or_create(&OutcomeLabels { step, outcome: outcome.into() }).inc();
    }

    /// The database refused to write what a piece of work of `step` came to.
    pub fn refused(&self, step: Step) {
        let labels = OutcomeLabels { step: step.into(), outcome: JobOutcome::Refused.into() };
        self.job_outcomes.get_or_create(&labels).inc();
    }

    /// The connection to the broker was built anew.
    pub fn broker_reconnected(&self) {
        self.broker_reconnects.inc();
    }

    /// Notices that wait for an office's acknowledgement longer than they should.
    pub fn set_notice_unacknowledged(&self, count: i64) {
        self.notice_unacknowledged.set(count);
    }

    /// Submissions whose due time has passed while they wait for a person or are with one.
    pub fn set_tasks_overdue(&self, count: i64) {
        self.tasks_overdue.set(count);
    }

    /// Submissions that wait for something nobody here can hurry.
    pub fn set_standby(&self, kind: StandbyKind, count: i64) {
        self.standby.get_or_create(&KindLabels { kind: kind.into() }).set(count);
    }

    /// Writes all values in the text format of OpenMetrics.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            tracing::error!("metrics cannot be written");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_the_ones_that_alerts_and_boards_are_written_for() {
        let metrics = Metrics::new("scan");
        metrics.set_stage(Stage::Waiting, 3, Duration::from_millis(1500));
        metrics.entered(Stage::Normalized, 2);
        metrics.set_due_unpublished(4);
        metrics.set_parked(ParkedCause::Crashed, 1);
        metrics.set_queue_depth(QueueName::Work(Step::Scan), 5);
        metrics.set_queue_depth(QueueName::Returns, 6);
        metrics.set_deliveries_pending(Channel::Webhook, 7);
        metrics.job_ended(Step::Scan, JobOutcome::Transient, Duration::from_millis(300));
        metrics.refused(Step::Scan);
        metrics.broker_reconnected();
        metrics.set_notice_unacknowledged(8);
        metrics.set_tasks_overdue(9);
        metrics.set_standby(StandbyKind::KtpBlanks, 10);
        let text = metrics.render();
        for line in [
            "berkas_up{role=\"scan\"} 1",
            "berkas_stage_depth{stage=\"waiting\"} 3",
            "berkas_stage_oldest_age_seconds{stage=\"waiting\"} 1.5",
            "berkas_stage_transitions_total{stage=\"normalized\"} 2",
            "berkas_due_unpublished 4",
            "berkas_parked{cause=\"crashed\"} 1",
            "berkas_queue_depth{queue=\"work.scan\"} 5",
            "berkas_queue_depth{queue=\"return\"} 6",
            "berkas_deliveries_pending{channel=\"webhook\"} 7",
            "berkas_job_duration_seconds_bucket{le=\"0.5\",step=\"scan\"} 1",
            "berkas_job_outcomes_total{step=\"scan\",outcome=\"transient\"} 1",
            "berkas_job_outcomes_total{step=\"scan\",outcome=\"refused\"} 1",
            "berkas_broker_reconnects_total 1",
            "berkas_notice_unacknowledged 8",
            "berkas_tasks_overdue 9",
            "berkas_standby{kind=\"ktp_blanks\"} 10",
        ] {
            assert!(text.lines().any(|written| written == line), "`{line}` is missing in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
