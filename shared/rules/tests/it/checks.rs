//! `rules check` says exactly what is wrong, and where.

use std::path::Path;

use berkas_rules::{Diagnostic, RuleFile, RuleSets, check_dir, check_files};

use crate::support::file;

fn rule_dir() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/rules")
}

#[test]
fn the_rules_that_are_shipped_are_in_order_and_their_examples_hold() {
    let found = check_dir(&rule_dir());
    assert_eq!(found, [], "{}", found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_rules_in_the_program_are_those_of_the_directory() {
    let sets = RuleSets::load(&rule_dir()).unwrap();
    let hashes = |sets: &RuleSets| sets.all().map(berkas_rules::RuleSet::hash).collect::<Vec<_>>();
    assert_eq!(hashes(&sets), hashes(RuleSets::embedded()));
}

const HEAD: &str = r#"[set]
id = "ktp_el"
version = "2024.1.0"
valid_from = 2019-10-01
[[case]]
code = "KTP-1"
title = { id = "baru", en = "first" }
"#;

/// A check of which parts can be replaced.
const CHECK: &str = r#"[[check]]
id = "a.rule"
check = "X11"
when = 'applicant.age < 17'
level = "person"
code = "BELUM_17"
text = { id = "ya", en = "yes" }
regulation = "none"
ask = { id = "apakah?", en = "is it?" }
"#;

/// The errors of one national file, without those about examples.
fn check_one(text: &str) -> Vec<String> {
    check_all(&[file("x.toml", text)])
}

fn check_all(files: &[RuleFile]) -> Vec<String> {
    let found = check_files(files, &[]);
    let other = |found: &&Diagnostic| !found.message.contains("has no example that passes");
    found.iter().filter(other).map(ToString::to_string).collect()
}

#[test]
fn a_file_in_order_has_only_its_case_without_an_example() {
    let found = check_files(&[file("x.toml", format!("{HEAD}{CHECK}"))], &[]);
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["x.toml:6:8: error: case `KTP-1` has no example that passes"]);
}

/// Class of error, what is replaced in the check, by what, the message with its place.
const BROKEN: &[(&str, &str, &str, &str)] = &[
    ("TOML syntax", "level = \"person\"", "level = person", "x.toml:12:9: error: not a rule file: "),
    ("unknown key", "level =", "lvl =", "x.toml:12:1: error: not a rule file: unknown field `lvl`"),
    ("CEL syntax", "< 17", "< < 17", "x.toml:11:25: error: not CEL: "),
    ("unknown fact", "applicant.age", "applicnt.age", "x.toml:11:9: error: unknown fact `applicnt.age`"),
    (
        "unknown field",
        "applicant.age",
        "applicant.agee",
        "x.toml:11:9: error: `applicant` has no fact `agee`",
    ),
    (
        "unknown kind",
        "applicant.age < 17",
        "docs.kartu > 0",
        "x.toml:11:9: error: `docs` has no fact `kartu`",
    ),
    (
        "unknown word",
        "applicant.age < 17",
        "applicant.sex == \"M\"",
        "x.toml:11:26: error: `M` is not a word of this fact",
    ),
    ("unknown code", "BELUM_17", "BELUM_18", "x.toml:13:8: error: unknown reason code `BELUM_18`"),
    ("type mismatch", "< 17", "< \"17\"", "x.toml:11:9: error: a number stands beside a text"),
    (
        "has on an unknown field",
        "applicant.age < 17",
        "has(applicant.agee)",
        "x.toml:11:13: error: `applicant` has no fact `agee`",
    ),
    (
        "not boolean",
        "applicant.age < 17",
        "applicant.age",
        "x.toml:11:9: error: the condition is a number, not yes or no",
    ),
    (
        "never met",
        "applicant.age < 17",
        "applicant.age < 17 && applicant.age > 20",
        "x.toml:11:9: error: the condition is never met",
    ),
    (
        "always met",
        "applicant.age < 17",
        "applicant.age < 17 || applicant.age > 16",
        "x.toml:11:9: error: the condition is always met",
    ),
    ("missing text", "en = \"yes\"", "en = \"\"", "x.toml:14:8: error: the English (`en`) text is missing"),
    ("missing language", ", en = \"yes\"", "", "x.toml:14:8: error: the English (`en`) text is missing"),
    (
        "never-block list",
        "check = \"X11\"\nwhen = 'applicant.age < 17'\nlevel = \"person\"",
        "check = \"X08\"\nwhen = 'applicant.age < 17'\nlevel = \"block\"",
        "x.toml:9:6: error: `X08` may never block: a disagreement there can be legal",
    ),
    (
        "never-block list under another number",
        "check = \"X11\"\nwhen = 'applicant.age < 17'\nlevel = \"person\"",
        "check = \"J02\"\nwhen = '\"sex_mismatch\" in applicant.nik_codes'\nlevel = \"block\"",
        "x.toml:9:6: error: `J02` may never block: a disagreement there can be legal",
    ),
    ("unknown switch", "applicant.age < 17", "switches.late", "x.toml:11:9: error: unknown switch `late`"),
    ("unknown case", "when =", "cases = [\"KTP-77\"]\nwhen =", "x.toml:9:6: error: unknown case `KTP-77`"),
    (
        "never-block list by a verdict that also warns",
        "when = 'applicant.age < 17'\nlevel = \"person\"",
        "when = 'applicant.nik_verdict != \"ok\"'\nlevel = \"block\"",
        "x.toml:9:6: error: `X11` may never block: a disagreement there can be legal",
    ),
    (
        "never-block list by what is no malformed number",
        "when = 'applicant.age < 17'\nlevel = \"person\"",
        "when = '!(applicant.nik_verdict == \"error\")'\nlevel = \"block\"",
        "x.toml:9:6: error: `X11` may never block: a disagreement there can be legal",
    ),
    (
        "a near miss of a name that would block",
        "when = 'applicant.age < 17'\nlevel = \"person\"",
        "when = 'applicant.typed_alike'\nlevel = \"block\"",
        "x.toml:9:6: error: `X11` may never block: a disagreement there can be legal",
    ),
    (
        "unknown role",
        "code = \"BELUM_17\"",
        "role = \"pemohon\"\ncode = \"BELUM_17\"",
        "x.toml:13:8: error: unknown role `pemohon`",
    ),
    (
        "unknown role of a pair",
        "applicant.age < 17",
        "same_desa(applicant, pemohon)",
        "x.toml:11:30: error: `pemohon` is not a role",
    ),
    (
        "a count below zero",
        "applicant.age < 17",
        "docs.kk < 0",
        "x.toml:11:9: error: the condition is never met",
    ),
    (
        "a number beyond every fact",
        "applicant.age < 17",
        "applicant.age + 9223372036854775807 > 3",
        "x.toml:11:25: error: no fact is as large as 9223372036854775807",
    ),
    (
        "a field that no form has",
        "code = \"BELUM_17\"",
        "field = \"recording_stat\"\ncode = \"BELUM_17\"",
        "x.toml:13:9: error: unknown field `recording_stat`",
    ),
    (
        "nothing to ask when the facts are unknown",
        "ask = { id = \"apakah?\", en = \"is it?\" }\n",
        "",
        "x.toml:9:6: error: a check that blocks or lets a person decide says in `ask`",
    ),
    (
        "no regulation",
        "regulation = \"none\"",
        "regulation = \" \"",
        "x.toml:15:14: error: a rule says in `regulation` where it comes from",
    ),
    (
        "unknown placeholder",
        "id = \"ya\"",
        "id = \"ya {foo}\"",
        "x.toml:9:6: error: nothing fills in `{foo}` in a text of this rule",
    ),
    (
        "placeholder of what the rule does not look at",
        "en = \"yes\"",
        "en = \"yes {document}\"",
        "x.toml:9:6: error: nothing fills in `{document}` in a text of this rule",
    ),
    (
        "scope",
        "applicant.age < 17",
        "document.opened",
        "x.toml:11:9: error: `document` needs a rule with `each = \"document\"`",
    ),
];

#[test]
fn each_class_of_error_has_its_message_and_its_place() {
    for (class, old, new, expected) in BROKEN {
        assert!(CHECK.contains(old), "{class}");
        let found = check_one(&format!("{HEAD}{}", CHECK.replace(old, new)));
        assert!(found.len() == 1 && found[0].starts_with(expected), "{class}: {found:#?}");
    }
}

#[test]
fn too_many_facts_are_information() {
    let many = DOCS.iter().map(|kind| format!("docs.{kind} > 3")).collect::<Vec<_>>().join(" && ");
    let found = check_one(&format!("{HEAD}{}", CHECK.replace("applicant.age < 17", &many)));
    assert_eq!(found, ["x.toml:11:9: info: not decided whether the condition is ever met: too many facts"]);
}

const DOCS: [&str; 12] = [
    "kk",
    "ktp_el",
    "kia",
    "itap",
    "itas",
    "skpwni",
    "skdln",
    "paspor",
    "ijazah",
    "form_f101",
    "form_f102",
    "form_f103",
];

#[test]
fn a_paper_of_which_none_is_needed_and_a_field_that_no_form_has_are_errors() {
    let requirement = r#"[[requirement]]
id = "a.paper"
any_of = [{ kind = "kk", at_least = 0 }]
title = { id = "KK", en = "Card" }
regulation = "none"
"#;
    assert_eq!(
        check_one(&format!("{HEAD}{requirement}")),
        ["x.toml:10:37: error: `at_least` is 1 or more; a paper that is not needed is not listed"]
    );
    let fields = "fields = [\"event.dat\"]\n";
    assert_eq!(check_one(&format!("{HEAD}{fields}")), ["x.toml:8:11: error: unknown field `event.dat`"]);
    let person = "[[person]]\nroles = [\"applicant\"]\nfields = [\"nama\"]\n";
    assert_eq!(check_one(&format!("{HEAD}{person}")), ["x.toml:10:11: error: unknown field `nama`"]);
}

#[test]
fn a_malformed_number_may_block_however_the_condition_writes_it() {
    for condition in [
        "applicant.nik_verdict==\"error\"",
        "\"error\" == applicant.nik_verdict",
        "!(applicant.nik_verdict != \"error\")",
        "has(applicant.nik_verdict) && applicant.nik_verdict in [\"error\"] && applicant.age > 3",
    ] {
        let rule = CHECK.replace("applicant.age < 17", condition).replace("\"person\"", "\"block\"");
        assert_eq!(check_one(&format!("{HEAD}{rule}")), Vec::<String>::new(), "{condition}");
    }
}

#[test]
fn a_paper_of_an_unknown_kind_or_of_nobody_and_a_condition_without_words_are_errors() {
    let requirement = |item: &str, more: &str| {
        let rule = format!(
            "[[requirement]]\nid = \"a.paper\"\n{more}any_of = [{{ {item} }}]\n\
             title = {{ id = \"KK\", en = \"Card\" }}\nregulation = \"none\"\n"
        );
        check_one(&format!("{HEAD}{rule}"))
    };
    assert_eq!(requirement("kind = \"kk\"", ""), Vec::<String>::new());
    let unknown = requirement("kind = \"kartu\"", "");
    assert!(
        unknown.contains(&"x.toml:10:20: error: unknown document kind `kartu`".to_owned()),
        "{unknown:?}"
    );
    let nobody = requirement("kind = \"kk\", of = \"pemohon\"", "");
    assert!(nobody.contains(&"x.toml:10:31: error: unknown role `pemohon`".to_owned()), "{nobody:?}");
    assert_eq!(
        requirement("kind = \"kk\"", "when = \"form.represented\"\n"),
        ["x.toml:9:6: error: a requirement with `when` says in `condition` when it applies"]
    );
}

#[test]
fn a_service_that_outlives_what_is_common_is_an_error() {
    let common = |to: &str| {
        let text =
            format!("[set]\nid = \"common\"\nversion = \"2024.1.0\"\nvalid_from = 2019-10-01\n{to}{CHECK}");
        file("common.toml", text.replace("a.rule", "b.rule"))
    };
    let service = file("x.toml", format!("{HEAD}{CHECK}"));
    assert_eq!(check_all(&[common(""), service.clone()]), Vec::<String>::new());
    assert_eq!(
        check_all(&[common("valid_to = 2025-12-31\n"), service]),
        ["x.toml:4:14: error: from 2026-01-01 nothing of `common` holds beside ktp_el 2024.1.0"]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_not_also_blamed_on_the_others() {
    let overlay = "[overlay]\nid = \"o\"\nversion = \"2024.1.0\"\noffice = \"3517\"\nvalid_from = 2019-10-01\n\
                   [[off]]\nrule = \"a.rule\"\nreason = \"a test\"\n";
    let broken = format!("{HEAD}{}", CHECK.replace("level =", "level"));
    let found = check_all(&[file("x.toml", broken), file("overlays/o.toml", overlay)]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("x.toml:12:7: error: not a rule file"), "{found:#?}");
}

#[test]
fn a_directory_without_rules_and_an_overlay_of_no_office_are_errors() {
    let empty = tempfile::tempdir().unwrap();
    let found: Vec<String> = check_dir(empty.path()).iter().map(ToString::to_string).collect();
    assert_eq!(found, [".:1:1: error: no rule file is here"]);
    let overlay =
        "[overlay]\nid = \"o\"\nversion = \"2024.1.0\"\noffice = \"abc\"\nvalid_from = 2019-10-01\n";
    let found = check_all(&[file("x.toml", format!("{HEAD}{CHECK}")), file("overlays/o.toml", overlay)]);
    assert_eq!(found, ["overlays/o.toml:4:10: error: `abc` is no node of the office tree, such as `3517`"]);
}

#[test]
fn a_doubled_rule_id_is_an_error() {
    let found = check_one(&format!("{HEAD}{CHECK}{CHECK}"));
    assert_eq!(found, ["x.toml:9:6: error: the rule id `a.rule` is used twice"]);
}

fn with_validity(version: &str, from: &str, to: Option<&str>) -> String {
    let to = to.map(|to| format!("valid_to = {to}\n")).unwrap_or_default();
    HEAD.replace("2024.1.0", version)
        .replace("valid_from = 2019-10-01\n", &format!("valid_from = {from}\n{to}"))
}

#[test]
fn gaps_and_overlaps_of_validity_are_found() {
    let first = file("a.toml", with_validity("2024.1.0", "2019-10-01", Some("2025-12-31")));
    let check =
        |version, from| check_all(&[first.clone(), file("b.toml", with_validity(version, from, None))]);
    assert_eq!(check("2026.1.0", "2026-01-01"), Vec::<String>::new());
    assert_eq!(
        check("2026.1.0", "2026-01-05"),
        ["b.toml:4:14: error: nothing holds from 2026-01-01 until this begins"]
    );
    assert_eq!(
        check("2026.1.0", "2025-12-31"),
        ["b.toml:4:14: error: the validity overlaps that of ktp_el 2024.1.0"]
    );
    let correction =
        "b.toml:4:14: error: a correction of ktp_el 2024.1.0 has its validity and a higher last number";
    assert_eq!(check("2024.1.1", "2026-01-01"), [correction]);
}

const OVERLAY: &str = r#"[overlay]
id = "here"
version = "2024.1.0"
office = "3517"
valid_from = 2019-10-01
"#;

#[test]
fn an_overlay_must_name_rules_and_switches_that_exist_and_its_reasons() {
    let blocking = CHECK.replace("level = \"person\"", "level = \"block\"");
    let look = "[[look]]\nid = \"a.look\"\ncheck = \"X04\"\ntext = { id = \"ya\", en = \"yes\" }\nregulation = \"none\"\n";
    let national = file("x.toml", format!("{HEAD}{blocking}{look}"));
    let check = |more: &str| check_all(&[national.clone(), file("o.toml", format!("{OVERLAY}{more}"))]);
    assert_eq!(check("[[off]]\nrule = \"a.rule\"\nreason = \"why\"\n"), Vec::<String>::new());
    assert_eq!(
        check("[[off]]\nrule = \"b.rule\"\nreason = \"why\"\n"),
        ["o.toml:7:8: error: unknown rule id `b.rule`"]
    );
    assert_eq!(
        check("[[ease]]\nrule = \"a.rule\"\nreason = \"\"\n"),
        ["o.toml:8:10: error: an overlay says the reason of each change"]
    );
    assert_eq!(
        check("[[ease]]\nrule = \"a.look\"\nreason = \"why\"\n"),
        ["o.toml:7:8: error: `a.look` blocks nothing, so there is nothing to ease"]
    );
    assert_eq!(
        check("[[setting]]\nswitch = \"late\"\nvalue = true\nreason = \"why\"\n"),
        ["o.toml:7:10: error: unknown switch `late`"]
    );
}

#[test]
fn an_overlay_is_checked_in_every_interval_it_reaches_into() {
    let old =
        file("a.toml", format!("{}{CHECK}", with_validity("2024.1.0", "2019-10-01", Some("2025-12-31"))));
    let new = file("b.toml", with_validity("2026.1.0", "2026-01-01", None));
    let change = "[[off]]\nrule = \"a.rule\"\nreason = \"why\"\n";
    let overlay = file("o.toml", format!("{OVERLAY}{change}"));
    assert_eq!(
        check_all(&[old.clone(), new.clone(), overlay]),
        ["o.toml:7:8: error: unknown rule id `a.rule`"]
    );
    let until = OVERLAY.replace("2019-10-01", "2019-10-01\nvalid_to = 2025-12-31");
    assert_eq!(check_all(&[old, new, file("o.toml", format!("{until}{change}"))]), Vec::<String>::new());
}

#[test]
fn an_example_that_does_not_hold_is_found_at_its_line() {
    let example = r#"[[example]]
name = "wrong"
service = "ktp_el"
case = "KTP-2"
without = ["kk"]
expect = []
"#;
    let found = check_files(&RuleSets::embedded_files(), &[file("x.examples.toml", example)]);
    let first = found.iter().find(|found| found.file == "x.examples.toml").unwrap();
    assert_eq!(
        (first.line, first.message.as_str()),
        (2, "the example finds [block TIDAK_LENGKAP ktp.kk], not []")
    );
}

#[test]
fn no_rule_file_makes_the_checker_panic() {
    for text in [
        "",
        "[",
        "[set]",
        "a = 1",
        "[[check]]",
        "[set]\nid = 1",
        "\u{0}",
        &"[".repeat(10_000),
        &"a.".repeat(50_000),
    ] {
        assert!(
            check_files(&[file("x.toml", text)], &[]).iter().any(|found| found.is_error),
            "{}",
            text.len()
        );
    }
}
