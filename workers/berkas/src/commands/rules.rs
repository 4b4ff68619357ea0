//! `berkas rules`: looking after the rules of completeness.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use berkas_completeness::Completeness;
use berkas_domain::{CaseCode, Clock as _, OfficeCode, RegistrationNumber, Service, SystemClock, wib};
use berkas_rules::examples::run_examples;
use berkas_rules::{Explanation, Facts, Input, Judgement, JudgementOutcome, Level, RuleSets, check_dir};
use berkas_runtime::App;
use berkas_runtime::settings::Settings;
use berkas_store::Publication;
use chrono::NaiveDate;
use clap::Subcommand;

use super::{Operator, connect, operator};
use crate::cli::{day, one_of};
use crate::output::{self, Format};
use crate::rules;

/// `berkas rules`.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Check rule files; exit code 1 when anything is wrong.
    Check {
        /// Where they are.
        #[arg(default_value = "config/rules")]
        dir: PathBuf,
    },
    /// Judge a form with page verdicts and look-ups.
    Judge {
        /// A JSON file: `{"form": …, "received": "2026-11-24T02:00:00Z"}`, and perhaps `pages`, `history` and `office`.
        facts: PathBuf,
        /// The day whose rules count; the day of `handed_in` when absent.
        #[arg(long, value_name = "DATE", value_parser = day)]
        as_of: Option<NaiveDate>,
        /// Rule files instead of the built-in ones.
        #[arg(long)]
        rules: Option<PathBuf>,
    },
    /// Put the rules of a directory in force, after every check and every example. Submissions that were judged before
    /// keep the rules that judged them.
    Publish {
        /// Where they are; the built-in ones when absent.
        dir: Option<PathBuf>,
    },
    /// Say of every requirement why it does or does not apply to a submission.
    Explain {
        /// Its registration number, for example `351706-261124-0001-7`.
        #[arg(value_parser = numbered)]
        submission: RegistrationNumber,
    },
    /// Run the examples that live beside the rules.
    Test {
        /// Where they are.
        #[arg(default_value = "config/rules")]
        dir: PathBuf,
    },
    /// Print the requirement list a clerk would hand out.
    List {
        /// The service.
        #[arg(value_parser = one_of(Service::ALL, Service::as_str))]
        service: Service,
        /// Only this case, for example `LHR-1`.
        case: Option<CaseCode>,
        /// Rule files instead of what is published; without them and without a database the built-in ones count.
        #[arg(long)]
        rules: Option<PathBuf>,
        /// The office whose nearest overlay counts; the whole district's when absent.
        #[arg(long)]
        office: Option<OfficeCode>,
    },
}

pub async fn run(
    command: RulesCommand,
    format: Format,
    settings: impl FnOnce() -> anyhow::Result<Settings>,
) -> anyhow::Result<ExitCode> {
    match command {
        RulesCommand::Publish { dir } => publish(&operator(settings()?, format).await?, dir.as_deref()).await,
        RulesCommand::Explain { submission } => explain(settings()?, &submission, format).await,
        RulesCommand::Check { dir } => check(&dir, format),
        RulesCommand::Judge { facts, as_of, rules } => judge(&facts, as_of, rules, format),
        RulesCommand::Test { dir } => test(&dir, format),
        RulesCommand::List { service, case, rules, office } => {
            let sets = match rules {
                Some(dir) => Arc::new(RuleSets::load(&dir)?),
                None => published(&settings()?).await?,
            };
            list(&sets, office.as_ref(), service, case.as_ref(), format)
        }
    }
}

/// Reads a registration number.
fn numbered(text: &str) -> Result<RegistrationNumber, String> {
    let hint = "a number on a receipt is like 351706-261124-0001-7, and its last digit checks the others";
    text.parse().map_err(|_| hint.to_owned())
}

async fn publish(operator: &Operator, dir: Option<&Path>) -> anyhow::Result<ExitCode> {
    let loaded;
    let sets = match dir {
        None => RuleSets::built_in(),
        Some(dir) => {
            if check_dir(dir).iter().any(|diagnostic| diagnostic.is_error) {
                bail!("`{0}` is not in order; `berkas rules check {0}` says what is wrong", dir.display());
            }
            if run_examples(dir)?.iter().any(|outcome| !outcome.as_expected) {
                bail!("an example fails; `berkas rules test {}` says which", dir.display());
            }
            loaded = RuleSets::load(dir)?;
            Arc::new(loaded)
        }
    };
    let now = operator.now();
    let publication = rules::publish(&operator.store, &sets, &operator.actor(), now).await?;
    if operator.format == Format::Json {
        output::json(&publication)?;
    } else if publication.changed {
        let Publication { id, added, .. } = publication;
        output::line(format_args!(
            "✔ publication {id} is in force: {added} new of {} sets",
            sets.all().count()
        ));
        output::line("  running workers follow within 15 seconds");
    } else {
        output::line(format_args!("✔ nothing changed; publication {} stays in force", publication.id));
    }
    Ok(ExitCode::SUCCESS)
}

async fn explain(
    settings: Settings,
    number: &RegistrationNumber,
    format: Format,
) -> anyhow::Result<ExitCode> {
    // A database that is down is told sooner than a process that starts would.
    connect(&settings).await?.close().await;
    let app = App::start(settings, "operator").await?;
    let submission = app.store.submission_numbered(number).await?;
    let submission = submission.with_context(|| format!("there is no submission `{number}`"))?;
    let (live, _) = rules::start(&app.store).await?;
    let explained = Completeness::new(app, live).explain(submission).await?;
    let (rule_set, lines) = explained.with_context(|| format!("there is no submission `{number}`"))?;
    if format == Format::Json {
        output::json(&serde_json::json!({ "rule_set": rule_set, "requirements": lines }))?;
        return Ok(ExitCode::SUCCESS);
    }
    output::line(format_args!("judged by {} ({})", rule_set.national, rule_set.sha256));
    let mut table = output::table(&["rule", "requirement", "applies", "because of", "met", "papers"]);
    for line in lines {
        let applies = match line.applies {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        let met = if line.met { "✔" } else { "✖" };
        let kinds: Vec<&str> = line.met_by.iter().map(|kind| kind.as_str()).collect();
        table.add_row([line.rule.as_str(), &line.title_id, applies, &because(&line), met, &kinds.join(", ")]);
    }
    output::line(table);
    Ok(ExitCode::SUCCESS)
}

/// The condition and what decided it; of an unknown one what nobody declared.
fn because(line: &Explanation) -> String {
    let Some(when) = &line.when else { return "always needed".to_owned() };
    let when = when.split_whitespace().collect::<Vec<_>>().join(" ");
    let facts = line.decided_by.join(", ");
    match line.applies {
        None => format!("nobody declared {facts}\n{when}"),
        Some(_) => format!("{facts}\n{when}"),
    }
}

fn check(dir: &Path, format: Format) -> anyhow::Result<ExitCode> {
    let found = check_dir(dir);
    if format == Format::Json {
        output::json(&found)?;
    } else {
        for diagnostic in &found {
            output::line(diagnostic);
        }
        if found.is_empty() {
            output::line("✔ nothing is wrong");
        }
    }
    let wrong = found.iter().any(|diagnostic| diagnostic.is_error);
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Reads the facts; what is wrong with them is said with the path of the field.
fn read_facts(text: &[u8]) -> anyhow::Result<Input> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let input = serde_path_to_error::deserialize(&mut json)?;
    json.end()?;
    Ok(input)
}

fn judge(
    facts: &Path,
    as_of: Option<NaiveDate>,
    rules: Option<PathBuf>,
    format: Format,
) -> anyhow::Result<ExitCode> {
    let text = std::fs::read(facts).with_context(|| format!("reading `{}`", facts.display()))?;
    let input = read_facts(&text).with_context(|| format!("reading `{}`", facts.display()))?;
    let loaded;
    let sets = match rules {
        Some(dir) => {
            loaded = RuleSets::load(&dir)?;
            &loaded
        }
        None => RuleSets::embedded(),
    };
    let service = input.form.service;
    let set = match (as_of, &input.office) {
        (Some(day), Some(office)) => sets.in_force_at(service, day, office),
        (Some(day), None) => sets.in_force(service, day),
        (None, Some(office)) => sets.judging(service, input.form.handed_in, input.received, office),
        (None, None) => sets
            .in_force(service, input.form.handed_in)
            .or_else(|| sets.in_force(service, wib(input.received).date_naive())),
    };
    let day = as_of.unwrap_or(input.form.handed_in);
    let set = set.with_context(|| format!("no rules are in force on {day}"))?;
    let judgement = set.judge(&Facts::of(&input));
    if format == Format::Json {
        output::json(&judgement)?;
    } else {
        print_judgement(&judgement);
    }
    Ok(ExitCode::SUCCESS)
}

/// The judgement as a clerk reads it: what was found, what a person must look at, what was left out, the outcome.
fn print_judgement(judgement: &Judgement) {
    for finding in &judgement.findings {
        let level = match finding.level {
            Level::Block => "✖ dikembalikan",
            Level::Person => "? diputuskan petugas",
            Level::Information => "· informasi",
        };
        output::line(format_args!("{level}  {}  {}", finding.code, finding.text_id));
        output::line(format_args!("    {} · {}", finding.rule, finding.regulation));
    }
    for line in &judgement.checklist {
        output::line(format_args!("□ {}  {}", line.check, line.text_id));
    }
    if !judgement.not_checked.is_empty() {
        output::line(format_args!("tidak diperiksa: {}", judgement.not_checked.join(", ")));
    }
    let outcome = match judgement.outcome {
        JudgementOutcome::Passes => "Diteruskan ke petugas verifikasi",
        JudgementOutcome::Returned => "Dikembalikan ke kecamatan",
    };
    output::line(format_args!("{outcome} ({})", judgement.rule_set.national));
}

/// What is published in the database that the settings name; the built-in rules when they name none.
async fn published(settings: &Settings) -> anyhow::Result<Arc<RuleSets>> {
    if settings.database.required_url().is_err() {
        return Ok(RuleSets::built_in());
    }
    let store = connect(settings).await?;
    Ok(rules::start(&store).await?.0.current())
}

fn list(
    sets: &RuleSets,
    office: Option<&OfficeCode>,
    service: Service,
    case: Option<&CaseCode>,
    format: Format,
) -> anyhow::Result<ExitCode> {
    let today = wib(SystemClock.now()).date_naive();
    let set = match office {
        Some(office) => sets.in_force_at(service, today, office),
        None => sets.in_force(service, today),
    };
    let set = set.context("no rules are in force today")?;
    let cases = set.requirements(case);
    ensure!(!cases.is_empty(), "`{service}` has no such case");
    if format == Format::Json {
        output::json(&cases)?;
        return Ok(ExitCode::SUCCESS);
    }
    for case in &cases {
        output::line(format_args!("{} · {}", case.case, case.title_id));
        for requirement in &case.requirements {
            let condition =
                requirement.condition_id.as_ref().map(|text| format!("  ({text})")).unwrap_or_default();
            output::line(format_args!("  □ {}{condition}", requirement.papers_id));
            if let Some(text) = &requirement.text_id {
                output::line(format_args!("      {text}"));
            }
        }
        for (heading, optional) in [("Data", false), ("Data, bila ada", true)] {
            let persons = case.roles.iter().filter(|person| person.optional == optional);
            let names: Vec<&str> = persons.map(|person| person.name_id.as_str()).collect();
            if !names.is_empty() {
                output::line(format_args!("  {heading}: {}", names.join(", ")));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn test(dir: &Path, format: Format) -> anyhow::Result<ExitCode> {
    let outcomes = run_examples(dir)?;
    let failed = outcomes.iter().filter(|outcome| !outcome.as_expected).count();
    if format == Format::Json {
        output::json(&serde_json::json!({ "examples": outcomes.len(), "failed": failed }))?;
    } else {
        for outcome in outcomes.iter().filter(|outcome| !outcome.as_expected) {
            let place = format!("{}:{}", outcome.file, outcome.line);
            output::line(format_args!("✖ {place}: {}", outcome.name));
            let (expected, found) = (outcome.expected.join(", "), outcome.found.join(", "));
            match &outcome.problem {
                Some(problem) => output::line(format_args!("    {problem}")),
                None => output::line(format_args!("    expected {expected}; found {found}")),
            }
        }
        output::line(format_args!("{} examples, {failed} failed", outcomes.len()));
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_that_cannot_be_read_are_refused_by_the_path_of_the_field() {
        let facts = |birth: &str| {
            format!(
                r#"{{"form": {{"salt": "00112233445566778899aabbccddeeff", "service": "ktp_el", "case": "KTP-2",
                    "handed_in": "2026-11-24", "documents": [],
                    "persons": {{"applicant": {{"name": "BUDI CONTOH", "birth_date": "{birth}"}}}}}},
                    "received": "2026-11-24T02:00:00Z"}}"#
            )
        };
        assert!(read_facts(facts("1980-04-01").as_bytes()).is_ok());
        let error = read_facts(facts("2026-02-30").as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("form.persons.applicant"), "{error}");
    }
}
