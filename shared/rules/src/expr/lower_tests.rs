use super::super::compile;
use super::*;

fn check(source: &str, each: Option<Each>) -> Result<(), (usize, String)> {
    let switches = BTreeMap::from([
        ("late".to_owned(), SwitchValue::Bool(true)),
        ("days".to_owned(), SwitchValue::Int(14)),
    ]);
    compile(source, &Names { switches: &switches, each })
        .map(|_| ())
        .map_err(|error| (error.offset, error.message))
}

fn wrong(source: &str) -> (usize, String) {
    check(source, None).unwrap_err()
}

#[test]
fn what_rules_need_is_understood() {
    for source in [
        "applicant.age < 17 && !applicant.ever_married",
        "event.days_ago > 60 || switches.late",
        "form.case in [\"LHR-1\", \"LHR-2\"]",
        "\"name\" in change.elements && overlaps(change.elements, [\"name\", \"religion\"])",
        "age(mother.birth_date, event.date) < 12 + 1 - -2",
        "event.date < date(\"2026-01-31\") ? docs.kk > 0 : has(event.place_kind)",
        "same_person(witness_1, witness_2) || same_kk(witness_1, reporter)",
        "days(event.date, form.handed_in) > switches.days",
        "size(applicant.nik_codes) == 0 && applicant.sex != \"P\"",
    ] {
        assert_eq!(check(source, None), Ok(()), "{source}");
    }
    assert_eq!(check("document.asked_for && page.blank", Some(Each::Page)), Ok(()));
}

#[test]
fn a_slip_is_found_even_where_evaluation_would_not_get() {
    assert_eq!(wrong("true || applicant.agee > 1"), (8, "`applicant` has no fact `agee`".into()));
    assert_eq!(wrong("false && aplicant.age > 1"), (9, "unknown fact `aplicant.age`".into()));
    assert_eq!(wrong("has(applicant.agee)"), (4, "`applicant` has no fact `agee`".into()));
    assert_eq!(wrong("typo"), (0, "unknown fact `typo`".into()));
    assert_eq!(wrong("switches.early"), (0, "unknown switch `early`".into()));
    assert_eq!(wrong("docs.kkk > 0"), (0, "`docs` has no fact `kkk`".into()));
}

#[test]
fn types_must_fit() {
    assert_eq!(wrong("applicant.age == \"17\""), (0, "a number stands beside a text".into()));
    assert_eq!(wrong("applicant.age"), (0, "the condition is a number, not yes or no".into()));
    assert_eq!(wrong("applicant.age && true"), (0, "a number where yes or no is needed".into()));
    assert_eq!(wrong("applicant.sex == \"M\""), (17, "`M` is not a word of this fact".into()));
    assert_eq!(wrong("applicant.sex < \"P\""), (0, "a text cannot be more or less than another".into()));
    assert_eq!(
        wrong("\"date_mismtach\" in applicant.nik_codes").1,
        "`date_mismtach` is not a word of this fact"
    );
    assert_eq!(wrong("age(event.date)").1, "`age` takes 2 values, here are 1");
    assert_eq!(wrong("days(event.date, 3) > 1"), (17, "`days` takes a date here, not a number".into()));
    assert_eq!(wrong("event.date < date(\"2026-02-30\")").1, "`2026-02-30` is no date");
}

#[test]
fn what_is_not_bounded_or_not_determined_is_not_allowed() {
    assert_eq!(wrong("change.elements.exists(e, e == \"nama\")").1, "unknown function `exists`");
    assert_eq!(wrong("form.case.matches(\".*\")").1, "unknown function `matches`");
    assert_eq!(wrong("{\"a\": 1}.a == 1").1, "a fact is written as `group.name`");
    assert_eq!(
        wrong("applicant.age > 1.5").1,
        "only yes or no, whole numbers and texts can be written in a condition"
    );
    assert_eq!(wrong("applicant.age * 2 > 1").1, "unknown function `_*_`");
}

#[test]
fn what_a_rule_looks_at_must_be_declared() {
    assert_eq!(wrong("document.opened"), (0, "`document` needs a rule with `each = \"document\"`".into()));
    assert_eq!(check("person.age > 1", Some(Each::Document)).unwrap_err().0, 0);
}
