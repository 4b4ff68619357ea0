//! How long a judgement takes: 150 rules, 12 documents, 12 persons, facts conversion included.
//!
//! `cargo run --release -p berkas-rules --example speed`; prints median and 99th percentile.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use berkas_domain::form::{PersonEntry, Role};
use berkas_domain::{CaseCode, Service};
use berkas_rules::examples::{DAY, complete_input};
use berkas_rules::{Facts, Input, RuleSet, RuleSets};

const RULES: usize = 150;
const DOCUMENTS: usize = 12;
const PERSONS: usize = 12;
const ROUNDS: usize = 20_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let case: CaseCode = "LHR-3".parse()?;
    let input = crowded(complete_input(Service::AktaKelahiran, &case, 3).ok_or("no such case")?);
    let sets = enlarged(&case)?;
    let set = sets.in_force(Service::AktaKelahiran, DAY).ok_or("no rules in force")?;
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| judge_once(set, &input)).collect();
    times.sort_unstable();
    let micros = |part: usize| times[times.len() * part / 1000].as_secs_f64() * 1e6;
    let (documents, persons) = (input.form.documents.len(), people(&input));
    let mut out = std::io::stdout();
    writeln!(
        out,
        "rules={} documents={documents} persons={persons} rounds={ROUNDS}",
        set.rules_of_case(&case)
    )?;
    writeln!(out, "judge_us median={:.0} p99={:.0} p999={:.0}", micros(500), micros(990), micros(999))?;
    let started = Instant::now();
    RuleSets::from_files(&RuleSets::embedded_files())?;
    writeln!(out, "compile_all_ms={:.1}", started.elapsed().as_secs_f64() * 1e3)?;
    Ok(())
}

fn judge_once(set: &RuleSet, input: &Input) -> Duration {
    let started = Instant::now();
    let facts = Facts::of(std::hint::black_box(input));
    std::hint::black_box(set.judge(&facts));
    started.elapsed()
}

fn people(input: &Input) -> usize {
    input.form.persons.values().filter(|entry| matches!(entry, PersonEntry::Person(_))).count()
}

/// Repeats papers and people until there are as many as the target says.
fn crowded(mut input: Input) -> Input {
    let mut places = (0..input.form.documents.len()).cycle();
    while input.form.documents.len() < DOCUMENTS {
        let Some(place) = places.next() else { break };
        input.form.documents.push(input.form.documents[place].clone());
    }
    let mother = input.form.persons.get(&Role::Mother).cloned();
    for number in 1..=20 {
        if let Some(mother) = mother.clone().filter(|_| people(&input) < PERSONS) {
            input.form.persons.insert(Role::Member(number), mother);
        }
    }
    input
}

/// The embedded rules and as many more, of the same make, as are missing to the target.
fn enlarged(case: &CaseCode) -> Result<RuleSets, Box<dyn std::error::Error>> {
    let mut files = RuleSets::embedded_files();
    let set = RuleSets::embedded().in_force(Service::AktaKelahiran, DAY).ok_or("no rules in force")?;
    let missing = RULES.saturating_sub(set.rules_of_case(case));
    let mut more = String::from(
        "[overlay]\nid = \"more\"\nversion = \"2024.1.1\"\noffice = \"3517\"\nvalid_from = 2019-10-01\n",
    );
    for number in 0..missing {
        let when = match number % 3 {
            0 => format!(
                "age(mother.birth_date, event.date) > {number} && !mother.in_family && docs.kk > {number}"
            ),
            1 => format!("event.date > form.handed_in || history.same_child > {number} && declared.in_care"),
            _ => {
                format!("overlaps(child.name_flaws, [\"title\", \"too_long\"]) && event.days_ago < {number}")
            }
        };
        write!(
            more,
            "[[check]]\nid = \"more.{number}\"\ncheck = \"X99\"\nwhen = '''{when}'''\nlevel = \"person\"\n\
             code = \"LAINNYA\"\ntext = {{ id = \"x\", en = \"x\" }}\nregulation = \"none\"\n"
        )?;
    }
    files.retain(|(path, _)| !path.starts_with("overlays/"));
    files.push(("overlays/more.toml".to_owned(), more));
    Ok(RuleSets::from_files(&files)?)
}
