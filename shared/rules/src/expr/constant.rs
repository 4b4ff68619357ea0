//! Finds conditions that are always met or never: mostly a slip such as `age < 17 && age > 20`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::eval::Source;
use super::{Expr, Pair};
use crate::facts::catalogue::Type;
use crate::facts::slot::Slot;
use crate::facts::value::{Text, Value};

/// Whether a condition depends on anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Constancy {
    /// Both answers occur.
    Varies,
    Always,
    Never,
    /// Too many combinations to try.
    NotDecided,
}

/// More combinations than this are not tried: sixteen yes-or-no facts.
const MOST_COMBINATIONS: usize = 1 << 16;

/// Tries every combination of values that can make a difference, unknown left out.
pub(crate) fn constancy(expr: &Expr, type_of: &dyn Fn(Slot) -> Type) -> Constancy {
    let mut atoms = Atoms::default();
    atoms.collect(expr);
    let domains: Vec<(Atom, Vec<Value>)> = atoms
        .found
        .iter()
        .map(|(atom, mentioned)| (atom.clone(), domain(atom, mentioned, type_of)))
        .collect();
    let combinations = domains.iter().try_fold(1_usize, |all, (_, values)| all.checked_mul(values.len()));
    if combinations.is_none_or(|all| all > MOST_COMBINATIONS) {
        return Constancy::NotDecided;
    }
    enumerate(expr, &domains)
}

fn enumerate(expr: &Expr, domains: &[(Atom, Vec<Value>)]) -> Constancy {
    let (mut yes, mut no) = (false, false);
    let mut counters = vec![0; domains.len()];
    loop {
        let values =
            domains.iter().zip(&counters).map(|((atom, values), at)| (atom.clone(), values[*at].clone()));
        let guess = Guess { values: values.collect() };
        match expr.truth(&guess) {
            Some(true) => yes = true,
            // What is unknown meets no condition.
            Some(false) | None => no = true,
        }
        if (yes && no) || !advance(&mut counters, domains) {
            break;
        }
    }
    match (yes, no) {
        (true, true) => Constancy::Varies,
        (true, false) => Constancy::Always,
        _ => Constancy::Never,
    }
}

fn advance(counters: &mut [usize], domains: &[(Atom, Vec<Value>)]) -> bool {
    for (counter, (_, values)) in counters.iter_mut().zip(domains) {
        *counter += 1;
        if *counter < values.len() {
            return true;
        }
        *counter = 0;
    }
    false
}

/// Something whose value is not written in the condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Atom {
    Fact(Slot),
    Switch(String),
    Pair(Pair),
}

/// The atoms of a condition, each with the values it is set beside.
#[derive(Default)]
struct Atoms {
    found: BTreeMap<Atom, Vec<Value>>,
}

impl Atoms {
    fn collect(&mut self, expr: &Expr) {
        match expr {
            Expr::Literal(_) => {}
            Expr::Fact(slot) => self.note(Atom::Fact(*slot), None),
            Expr::Has(slot) => self.note(Atom::Fact(*slot), Some(Value::Unknown)),
            Expr::Switch(name, value) => self.note(Atom::Switch(name.clone()), Some(value.clone())),
            Expr::Pair(pair) => self.note(Atom::Pair(*pair), None),
            Expr::Not(inner) => self.collect(inner),
            Expr::If(parts) => parts.iter().for_each(|part| self.collect(part)),
            Expr::And(a, b)
            | Expr::Or(a, b)
            | Expr::Compare(_, a, b)
            | Expr::In(a, b)
            | Expr::Add(a, b)
            | Expr::Subtract(a, b) => self.beside(&[a, b]),
            Expr::Call(_, args) => self.beside(&args.iter().collect::<Vec<_>>()),
        }
    }

    /// Collects parts, and notes for every fact among them the literals that stand at its side or below.
    fn beside(&mut self, parts: &[&Expr]) {
        let literals: Vec<Value> = parts.iter().flat_map(|part| literals(part)).collect();
        for part in parts {
            self.collect(part);
            for atom in facts(part) {
                self.found.entry(atom).or_default().extend(literals.iter().cloned());
            }
        }
    }

    fn note(&mut self, atom: Atom, value: Option<Value>) {
        self.found.entry(atom).or_default().extend(value);
    }
}

fn literals(expr: &Expr) -> Vec<Value> {
    match expr {
        Expr::Literal(Value::List(list)) => {
            list.iter().cloned().map(Value::Text).chain([Value::List(list.clone())]).collect()
        }
        Expr::Literal(value) | Expr::Switch(_, value) => vec![value.clone()],
        Expr::Add(a, b) | Expr::Subtract(a, b) => {
            [a, b].into_iter().flat_map(|part| literals(part)).collect()
        }
        _ => Vec::new(),
    }
}

fn facts(expr: &Expr) -> Vec<Atom> {
    match expr {
        Expr::Fact(slot) => vec![Atom::Fact(*slot)],
        Expr::Call(_, args) => args.iter().flat_map(facts).collect(),
        Expr::Add(a, b) | Expr::Subtract(a, b) => [a, b].into_iter().flat_map(|part| facts(part)).collect(),
        _ => Vec::new(),
    }
}

/// The values worth trying: all of a vocabulary that are mentioned and one more, numbers at and around the mentioned
/// ones, and dates that lie days and decades apart.
fn domain(atom: &Atom, mentioned: &[Value], type_of: &dyn Fn(Slot) -> Type) -> Vec<Value> {
    let of = match atom {
        Atom::Fact(slot) => type_of(*slot),
        Atom::Pair(..) => Type::Bool,
        // A switch is what it is set to in one district and something else in another.
        Atom::Switch(_) => match mentioned.first() {
            Some(Value::Int(_)) => return mentioned.iter().take(1).cloned().collect(),
            _ => Type::Bool,
        },
    };
    let mut values: Vec<Value> = match of {
        Type::Bool => vec![true.into(), false.into()],
        Type::Int => numbers(mentioned),
        Type::Date => dates(mentioned),
        Type::Text(words) => {
            texts(mentioned, words.map(|list| list())).into_iter().map(Value::Text).collect()
        }
        Type::List(_) => {
            let single = texts(mentioned, None).into_iter().map(|text| Value::List(vec![text]));
            single.chain([Value::List(Vec::new())]).collect()
        }
    };
    if let Atom::Fact(slot) = atom
        && slot.is_count()
    {
        values.retain(|value| !matches!(value, Value::Int(..0)));
    }
    if mentioned.contains(&Value::Unknown) {
        values.push(Value::Unknown);
    }
    values
}

fn numbers(mentioned: &[Value]) -> Vec<Value> {
    let mut numbers = vec![0, 1, 1000];
    for value in mentioned {
        if let Value::Int(number) = value {
            numbers.extend([number.saturating_sub(1), *number, number.saturating_add(1)]);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(Value::Int).collect()
}

fn dates(mentioned: &[Value]) -> Vec<Value> {
    let fixed = [(1900, 1, 1), (1975, 1, 1), (2000, 1, 1), (2026, 1, 1), (2026, 1, 2), (2026, 6, 1)];
    let mut dates: Vec<NaiveDate> =
        fixed.iter().filter_map(|(y, m, d)| NaiveDate::from_ymd_opt(*y, *m, *d)).collect();
    for value in mentioned {
        if let Value::Date(date) = value {
            dates.extend([Some(*date), date.pred_opt(), date.succ_opt()].into_iter().flatten());
        }
    }
    dates.into_iter().map(Value::Date).collect()
}

fn texts(mentioned: &[Value], words: Option<Vec<String>>) -> Vec<Text> {
    let mut texts: Vec<Text> = mentioned
        .iter()
        .filter_map(|value| match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    texts.sort();
    texts.dedup();
    let other = match words {
        Some(words) => words.into_iter().map(Text::Owned).find(|word| !texts.contains(word)),
        None => Some(Text::Borrowed("?")),
    };
    texts.extend(other);
    texts
}

struct Guess {
    values: BTreeMap<Atom, Value>,
}

impl Guess {
    fn value(&self, atom: &Atom) -> Value {
        self.values.get(atom).cloned().unwrap_or_default()
    }
}

impl Source for Guess {
    fn fact(&self, slot: Slot) -> Cow<'_, Value> {
        Cow::Owned(self.value(&Atom::Fact(slot)))
    }

    fn pair(&self, pair: Pair) -> Value {
        self.value(&Atom::Pair(pair))
    }

    fn switch<'a>(&'a self, name: &str, _: &'a Value) -> Cow<'a, Value> {
        Cow::Owned(self.value(&Atom::Switch(name.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Names, compile};

    fn of(source: &str) -> Constancy {
        let switches = BTreeMap::new();
        let expr = compile(source, &Names { switches: &switches, each: None }).unwrap();
        constancy(&expr, &crate::facts::slot::type_of)
    }

    #[test]
    fn a_condition_that_depends_on_nothing_is_found() {
        assert_eq!(of("applicant.age < 17 && applicant.age > 20"), Constancy::Never);
        assert_eq!(of("applicant.age < 17 || applicant.age >= 17"), Constancy::Always);
        assert_eq!(of("docs.kk > 0 && docs.kk == 0"), Constancy::Never);
        assert_eq!(of("form.case == \"LHR-1\" && form.case == \"LHR-2\""), Constancy::Never);
        assert_eq!(of("event.date < form.handed_in && event.date > form.handed_in"), Constancy::Never);
        assert_eq!(of("true"), Constancy::Always);
        assert_eq!(of("docs.kk >= 0"), Constancy::Always);
        assert_eq!(of("docs.kk < 0"), Constancy::Never);
        assert_eq!(
            of("applicant.age < 0"),
            Constancy::Varies,
            "whoever is born after the day at the counter"
        );
    }

    #[test]
    fn a_condition_that_makes_sense_varies() {
        for source in [
            "applicant.age < 17 && !applicant.ever_married",
            "age(mother.birth_date, event.date) < 12",
            "age(mother.birth_date, event.date) > 55",
            "days(event.date, form.handed_in) > 60",
            "\"name\" in change.elements",
            "!has(applicant.age)",
            "docs.kk >= 2",
        ] {
            assert_eq!(of(source), Constancy::Varies, "{source}");
        }
    }

    #[test]
    fn too_many_combinations_are_left_open() {
        let many: Vec<String> = (0..12).map(|n| format!("docs.{} > {n}", KINDS[n])).collect();
        assert_eq!(of(&many.join(" && ")), Constancy::NotDecided);
    }

    const KINDS: [&str; 12] = [
        "kk",
        "ktp_el",
        "buku_nikah",
        "ijazah",
        "paspor",
        "itap",
        "itas",
        "skpwni",
        "skdln",
        "kia",
        "surat_kuasa",
        "form_f102",
    ];
}
