//! `berkas notices`: what offices are owed, and where it went.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use berkas_domain::{NoticeId, OfficeCalendar};
use berkas_notices::{Fault, check_dir};
use berkas_runtime::settings::Settings;
use chrono::TimeDelta;
use serde_json::json;

use super::{Operator, operator};
use crate::cli::NoticesCommand;
use crate::output::{self, Format};

pub async fn run(
    command: NoticesCommand,
    format: Format,
    settings: impl FnOnce() -> anyhow::Result<Settings>,
) -> anyhow::Result<ExitCode> {
    match command {
        NoticesCommand::Owed { office_minutes, limit } => {
            owed(&operator(settings()?, format).await?, office_minutes, limit).await?;
        }
        NoticesCommand::Show { id } => show(&operator(settings()?, format).await?, id).await?,
        NoticesCommand::Check { dir } => {
            let dir = dir.map_or_else(|| settings().map(|settings| settings.notices.dir), Ok)?;
            ensure!(!dir.as_os_str().is_empty(), "`notices.dir` is not set; name a directory");
            return check(&dir, format);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(dir: &Path, format: Format) -> anyhow::Result<ExitCode> {
    let checked = check_dir(dir);
    let is_sound = checked.faults.is_empty();
    if format == Format::Json {
        let told =
            |fault: &Fault| json!({ "file": fault.file, "line": fault.line, "message": fault.message });
        let faults: Vec<_> = checked.faults.iter().map(told).collect();
        output::json(&json!({ "faults": faults, "replaced": checked.replaced, "kept": checked.kept }))?;
    } else {
        for fault in &checked.faults {
            let place = if fault.file.is_empty() {
                format!("{}: {fault}", dir.display())
            } else {
                dir.join(fault.to_string()).display().to_string()
            };
            output::line(format_args!("✖ {place}"));
        }
        for kept in &checked.kept {
            output::line(format_args!("· {kept} keeps the built-in words"));
        }
        if is_sound {
            output::line(format_args!("✔ {} texts are replaced", checked.replaced));
        }
    }
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn owed(operator: &Operator, office_minutes: Option<u32>, limit: i64) -> anyhow::Result<()> {
    let (settings, now) = (&operator.settings, operator.now());
    let before = match office_minutes {
        Some(minutes) => {
            let calendar = OfficeCalendar::embedded(settings.office_time.hours);
            calendar.since(now, TimeDelta::minutes(minutes.into()))?
        }
        None => settings.silent_since(now),
    };
    let notices = operator.store.owed(before, limit).await?;
    let channels = operator.store.channel_faults().await?;
    if operator.format == Format::Json {
        return output::json(&serde_json::json!({ "owed": notices, "channels": channels }));
    }
    if notices.is_empty() {
        output::line("✔ every decision was acknowledged in time");
    } else {
        let mut table = output::table(&["notice", "office", "registration", "since", "channels"]);
        for notice in notices {
            table.add_row([
                notice.id.to_string(),
                format!("{} {}", notice.office, notice.office_name),
                notice.registration_number,
                output::moment(notice.created_at),
                notice.channels,
            ]);
        }
        output::line(table);
    }
    for fault in channels {
        let (office, channel, code, notices) = (fault.office, fault.channel, fault.code, fault.notices);
        output::line(format_args!("✖ {office}: {channel} does not work ({code}), {notices} given up"));
    }
    Ok(())
}

async fn show(operator: &Operator, id: NoticeId) -> anyhow::Result<()> {
    let record = operator.store.delivery_record(id).await?.context("there is no such notice")?;
    if operator.format == Format::Json {
        return output::json(&record);
    }
    let number = record.registration_number.as_deref().unwrap_or("—");
    let training = if record.training { " (training)" } else { "" };
    output::line(format_args!("{} for {} about {number}{training}", record.kind, record.office));
    let moment = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
    let read = record
        .acknowledged_at
        .map_or_else(|| "not acknowledged".to_owned(), |at| format!("acknowledged {}", moment(at)));
    output::line(format_args!("made {}, {read}", moment(record.created_at)));
    if let Some(corrects) = record.corrects {
        output::line(format_args!("corrects {corrects}"));
    }
    let mut table = output::table(&["channel", "state", "tries", "sent", "last error"]);
    for delivery in record.deliveries {
        table.add_row([
            delivery.channel,
            delivery.state,
            delivery.attempts.to_string(),
            delivery.sent_at.map(moment).unwrap_or_default(),
            delivery.last_error.unwrap_or_default(),
        ]);
    }
    output::line(table);
    for done in record.tries {
        let code = done.code.map(|code| format!(" ({code})")).unwrap_or_default();
        output::line(format_args!("{} {} {}{code}", moment(done.at), done.channel, done.outcome));
    }
    Ok(())
}
