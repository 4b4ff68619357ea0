//! What a rule file of one's own needs to be shown to work: an added case, a later version, a switch, a whole form.

use berkas_domain::Service;
use berkas_rules::examples::complete_form;
use berkas_rules::{Diagnostic, RuleFile, RuleSets, check_files};

use crate::support::file;

const NEW_CASE: &str = r#"[overlay]
id = "pilot"
version = "2026.1.0"
office = "351709"
valid_from = 2019-10-01
[[case]]
code = "KTP-10"
service = "ktp_el"
title = { id = "KTP-el cetak ulang di kecamatan", en = "Printed again at the kecamatan" }
roles = ["applicant", "guardian"]
[[requirement]]
id = "pilot.request"
cases = ["KTP-10"]
any_of = [{ kind = "surat_permohonan" }]
title = { id = "Surat permohonan", en = "Letter of request" }
regulation = "local rule"
[[check]]
id = "pilot.guardian"
check = "J01"
cases = ["KTP-10", "KTP-9"]
when = "guardian.age < 21"
level = "person"
code = "LAINNYA"
text = { id = "Wali belum 21 tahun", en = "The guardian is under 21" }
ask = { id = "Apakah wali sudah 21 tahun?", en = "Is the guardian 21?" }
regulation = "local rule"
"#;

/// What is said of the embedded files with others beside them, cases of the embedded ones without an example left out.
fn found_with(more: &[RuleFile], examples: &str) -> Vec<String> {
    let rules: Vec<RuleFile> = RuleSets::embedded_files().into_iter().chain(more.iter().cloned()).collect();
    let own = |found: &&Diagnostic| {
        more.iter().any(|(path, _)| *path == found.file) || found.file == "x.examples.toml"
    };
    let found = check_files(&rules, &[file("x.examples.toml", examples)]);
    found.iter().filter(own).map(ToString::to_string).collect()
}

#[test]
fn a_case_that_an_overlay_adds_has_its_papers_its_persons_and_its_passing_example() {
    let overlay = [file("overlays/pilot.toml", NEW_CASE)];
    let example = "[[example]]\nname = \"complete\"\nservice = \"ktp_el\"\ncase = \"KTP-10\"\n";
    let unsent = ["overlays/pilot.toml:7:8: error: case `KTP-10` has no example that passes"];
    assert_eq!(found_with(&overlay, ""), unsent);
    let elsewhere = found_with(&overlay, &format!("{example}expect = []\n"));
    assert!(
        elsewhere[1].contains("the example cannot be run: the rules have no case `KTP-10` on 2026-11-24"),
        "the district's rules lack it: {elsewhere:?}"
    );
    let here = format!("{example}office = \"351709\"\n");
    assert_eq!(found_with(&overlay, &format!("{here}expect = []\n")), Vec::<String>::new());
    let without = "without = [\"surat_permohonan\"]\nexpect = [\"block TIDAK_LENGKAP pilot.request\"]\n";
    assert_eq!(found_with(&overlay, &format!("{here}{without}")), unsent, "it holds, and does not pass");
    let homeless = NEW_CASE.replace("service = \"ktp_el\"\n", "");
    let found = found_with(&[file("overlays/pilot.toml", homeless)], "");
    assert!(found[0].contains("a case of an overlay says its `service`"), "{found:?}");
}

#[test]
fn each_version_that_is_ever_in_force_needs_its_own_passing_examples() {
    let mut rules = RuleSets::embedded_files();
    let place = rules.iter().position(|(path, _)| path == "akta_kematian.toml").unwrap();
    let text = rules[place].1.clone();
    rules[place].1 =
        text.replace("valid_from = 2019-10-01", "valid_from = 2019-10-01\nvalid_to = 2026-12-31");
    let later =
        text.replace("2024.1.4", "2027.1.0").replace("valid_from = 2019-10-01", "valid_from = 2027-01-01");
    rules.push(("akta_kematian.2027.toml".to_owned(), later));
    let of = |day: &str| {
        format!(
            "[[example]]\nname = \"complete\"\nservice = \"akta_kematian\"\ncase = \"MTI-1\"\nhanded_in = \"{day}\"\nexpect = []\n"
        )
    };
    let lacking = |examples: &str| -> Vec<String> {
        let found = check_files(&rules, &[file("x.examples.toml", examples)]);
        let of_case = found.iter().filter(|found| found.message.contains("`MTI-1`"));
        of_case.map(|found| format!("{}: {}", found.file, found.message)).collect()
    };
    assert_eq!(
        lacking(&of("2026-12-30")),
        ["akta_kematian.2027.toml: case `MTI-1` has no example that passes by akta_kematian 2027.1.0"]
    );
    assert_eq!(
        lacking(&of("2027-01-05")),
        ["akta_kematian.toml: case `MTI-1` has no example that passes by akta_kematian 2024.1.4"]
    );
    assert_eq!(lacking(&(of("2026-12-30") + &of("2027-01-05"))), Vec::<String>::new());
}

/// JSON as an inline value of TOML, which writes texts and numbers as JSON does.
fn inline(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Object(object) => {
            let pairs = object.iter().map(|(key, value)| format!("{key} = {}", inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        serde_json::Value::Array(list) => {
            format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[test]
fn an_example_can_set_a_switch_and_write_out_the_whole_form() {
    let mut form =
        serde_json::to_value(complete_form(Service::KtpEl, &"KTP-4".parse().unwrap(), 3).unwrap()).unwrap();
    form["documents"].as_array_mut().unwrap().retain(|paper| paper["kind"] != "kk");
    let form = inline(&form);
    let head = "[[example]]\nname = \"whole\"\nservice = \"ktp_el\"\ncase = \"KTP-4\"\n";
    let example =
        |switches: &str, expect: &str| format!("{head}{switches}expect = [{expect}]\nform = {form}\n");
    assert_eq!(found_with(&[], &example("", "\"block TIDAK_LENGKAP ktp.kk\"")), Vec::<String>::new());
    let on = "switches = { ktp4_needs_f106 = true }\n";
    let both = "\"block TIDAK_LENGKAP ktp.kk\", \"block TIDAK_LENGKAP ktp4.f106\"";
    assert_eq!(found_with(&[], &example(on, both)), Vec::<String>::new());
    for (switches, problem) in [
        ("switches = { ktp4 = true }\n", "unknown switch `ktp4`"),
        ("switches = { ktp4_needs_f106 = 3 }\n", "the switch `ktp4_needs_f106` has a value of another type"),
    ] {
        let found = found_with(&[], &example(switches, ""));
        assert!(found[0].ends_with(&format!("the example cannot be run: {problem}")), "{found:?}");
    }
}
