//! Which set is in force, what an overlay changes, and that a published set is the set that was published.

use crate::support::{Dossier, codes, rules, with_overlay};
use berkas_domain::{OfficeCode, OfficeHours, Service};
use berkas_rules::examples::DAY;
use berkas_rules::{Facts, Level, RuleFile, RuleSet, RuleSets};
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn judge(set: &RuleSet, dossier: &Dossier) -> berkas_rules::Judgement {
    set.judge(&Facts::of(&dossier.input))
}

#[test]
fn the_district_overlay_is_in_force_and_named() {
    let set = rules(Service::KtpEl);
    let reference = set.reference();
    assert_eq!(reference.national, "ktp_el 2024.1.4, common 2024.1.4");
    assert_eq!(reference.overlay.as_deref(), Some("jombang 2024.1.0"));
    assert_eq!(reference.sha256, set.hash());
    assert!(RuleSets::embedded().in_force(Service::KtpEl, day("2019-09-30")).is_none());
}

#[test]
fn the_overlay_nearest_to_the_office_wins() {
    let sets = with_overlay("351709", "");
    let label = |office: &str| {
        let office: OfficeCode = office.parse().unwrap();
        sets.in_force_at(Service::KtpEl, DAY, &office).unwrap().reference().overlay.unwrap_or_default()
    };
    assert_eq!(label("351709"), "local 2024.1.0");
    assert_eq!(label("3517092001"), "local 2024.1.0");
    assert_eq!(label("351713"), "jombang 2024.1.0");
    assert_eq!(label("320101"), "");
}

#[test]
fn an_overlay_can_relax_add_reword_and_set_a_switch() {
    let sets = with_overlay(
        "351709",
        r#"
        [[off]]
        rule = "ktp.kk"
        reason = "the register is at hand"
        [[ease]]
        rule = "ktp2.police_letter"
        reason = "the police post is closed"
        [[reword]]
        rule = "ktp.f102"
        text = { id = "Formulir di loket 3", en = "The form is at counter 3" }
        reason = "people asked"
        [[setting]]
        switch = "ktp4_needs_f106"
        value = true
        reason = "the head of the office decided"
        [[requirement]]
        id = "local.rt_letter"
        cases = ["KTP-2"]
        any_of = [{ kind = "pengantar_rt_rw" }]
        title = { id = "Pengantar RT/RW", en = "Neighbourhood letter" }
        regulation = "local rule"
        "#,
    );
    let office = "351709".parse().unwrap();
    let set = sets.in_force_at(Service::KtpEl, DAY, &office).unwrap();
    let mut dossier = Dossier::complete("KTP-2");
    for kind in ["kk", "surat_polisi_kehilangan", "form_f102"] {
        dossier.remove(kind);
    }
    let judgement = judge(set, &dossier);
    let found: Vec<_> = judgement.findings.iter().map(|found| (found.level, found.rule.as_str())).collect();
    let expected = [
        (Level::Block, "ktp.f102"),
        (Level::Block, "local.rt_letter"),
        (Level::Person, "ktp2.police_letter"),
    ];
    assert_eq!(found, expected);
    assert_eq!(judgement.findings[0].text_id, "Formulir di loket 3");
    let listed = set.requirements(Some(&"KTP-2".parse().unwrap())).remove(0);
    let line = listed.requirements.iter().find(|line| line.rule == "ktp.f102").unwrap();
    assert_eq!(line.text_id.as_deref(), Some("Formulir di loket 3"), "the printed list says it too");
    assert_eq!(codes(&judge(set, &Dossier::complete("KTP-4")), "block"), "TIDAK_LENGKAP");
}

#[test]
fn a_correction_takes_the_place_of_what_it_corrects() {
    let mut files: Vec<RuleFile> = RuleSets::embedded_files();
    let (_, text) = files.iter().find(|(path, _)| path == "akta_kematian.toml").unwrap();
    let corrected = text.replace("2024.1.4", "2024.1.5");
    files.push(("akta_kematian.2024.1.5.toml".to_owned(), corrected));
    let sets = RuleSets::from_files(&files).unwrap();
    let set = sets.in_force(Service::AktaKematian, DAY).unwrap();
    assert_eq!(set.reference().national, "akta_kematian 2024.1.5, common 2024.1.4");
}

#[test]
fn a_later_version_holds_from_its_day() {
    let mut files: Vec<RuleFile> = RuleSets::embedded_files();
    let place = files.iter().position(|(path, _)| path == "ktp_el.toml").unwrap();
    let text = files[place].1.clone();
    files[place].1 =
        text.replace("valid_from = 2019-10-01", "valid_from = 2019-10-01\nvalid_to = 2026-12-31");
    let later =
        text.replace("2024.1.4", "2027.1.0").replace("valid_from = 2019-10-01", "valid_from = 2027-01-01");
    files.push(("ktp_el.2027.toml".to_owned(), later));
    let sets = RuleSets::from_files(&files).unwrap();
    let version = |date: &str| sets.in_force(Service::KtpEl, day(date)).unwrap().version();
    assert!(version("2026-12-31").starts_with("ktp_el 2024.1.4"));
    assert!(version("2027-01-01").starts_with("ktp_el 2027.1.0"));
}

#[test]
fn a_published_set_judges_as_the_files_did() {
    for service in Service::ALL {
        let set = rules(*service);
        let published = set.effective().canonical_json();
        let read = RuleSet::from_published(&published).unwrap();
        assert_eq!(read.hash(), set.hash());
        assert_eq!(read.effective().canonical_json(), published);
        for case in crate::support::cases(*service) {
            let mut dossier = Dossier::complete(&case);
            dossier.input.form.documents.truncate(1);
            assert_eq!(judge(&read, &dossier), judge(set, &dossier));
        }
    }
    let foreign = rules(Service::KtpEl)
        .effective()
        .canonical_json()
        .replace("\"facts_schema\":1", "\"facts_schema\":2");
    assert!(RuleSet::from_published(&foreign).unwrap_err()[0].message.contains("schema 2"));
    assert!(RuleSet::from_published("{}").is_err());
}

#[test]
fn a_dry_run_lists_what_it_left_out_and_reveals_nothing() {
    let mut dossier = Dossier::complete("LHR-1");
    dossier.input.history = None;
    dossier.input.pages.clear();
    let judgement = dossier.judge();
    assert_eq!(judgement.findings, []);
    assert_eq!(judgement.not_checked, ["X01", "X03", "X18", "X19", "X28"]);
}

#[test]
fn the_checklist_of_a_clerk_names_papers_persons_and_declarations() {
    let set = rules(Service::AktaKelahiran);
    let all = set.requirements(None);
    assert_eq!(all.len(), 8);
    let lhr5 = set.requirements(Some(&"LHR-5".parse().unwrap())).remove(0);
    assert_eq!(lhr5.title_id, "Anak seorang ibu");
    assert!(lhr5.requirements.iter().any(|line| line.papers_id == "Kartu keluarga (ibu)"));
    assert_eq!(lhr5.roles[1].name_id, "ibu");
    assert!(lhr5.declarations.iter().any(|line| line.name == "couple_on_kk"));
    let json = serde_json::to_value(&lhr5).unwrap();
    assert_eq!(json["requirements"][0]["any_of"][0][0]["kind"], "form_f201");
}

#[test]
fn an_explanation_names_facts_and_papers_but_no_values() {
    let mut dossier = Dossier::complete("KTP-7");
    dossier.input.form.declarations.0.remove("moved");
    let set = rules(Service::KtpEl);
    let lines = set.explain(&Facts::of(&dossier.input));
    let line = |rule: &str| lines.iter().find(|line| line.rule == rule).unwrap();
    assert_eq!((line("ktp7.move_letter").applies, line("ktp7.move_letter").met), (None, false));
    assert_eq!(line("ktp7.move_letter").unknown_facts, ["declared.moved"]);
    assert_eq!(line("ktp7.proof").applies, Some(false));
    assert_eq!((line("ktp.itap").applies, line("ktp.itap").met), (Some(true), true));
    assert_eq!(line("ktp.itap").met_by, [berkas_domain::DocumentKind::Itap]);
    assert_eq!(line("ktp7.move_letter").decided_by, ["declared.moved"]);
    assert_eq!(line("ktp7.proof").decided_by, ["declared.card_data_changes"]);
}

#[test]
fn an_explanation_names_what_decided_pairs_and_switches_among_it_and_only_papers_that_count() {
    let mut dossier = Dossier::complete("KK-1");
    let spouse = dossier.input.form.documents.iter().position(|paper| {
        paper.kind == berkas_domain::DocumentKind::Kk && paper.of == Some(berkas_domain::form::Role::Spouse)
    });
    dossier.input.form.documents.remove(spouse.unwrap());
    let lines = rules(Service::KartuKeluarga).explain(&Facts::of(&dossier.input));
    let line = |rule: &str| lines.iter().find(|line| line.rule == rule).unwrap();
    let card = line("kk1.card_of_spouse");
    assert_eq!((card.applies, card.met), (Some(true), false));
    assert_eq!(card.met_by, [], "the applicant's card is not the spouse's");
    assert_eq!(card.decided_by, ["spouse.given", "same_kk(applicant, spouse)"]);
    let proof = line("kk1.marriage");
    assert_eq!(
        (proof.applies, proof.decided_by.as_slice()),
        (Some(false), &["switches.kk_accepts_f105 = true".to_owned()][..])
    );
    assert_eq!(line("kk1.consent").decided_by, ["docs.buku_nikah"]);
}

#[test]
fn office_days_are_those_on_which_the_office_itself_is_open() {
    let settings = "[[setting]]\nswitch = \"late_counts_office_days\"\nvalue = true\nreason = \"a test\"\n\
                    [[setting]]\nswitch = \"late_after_days\"\nvalue = 50\nreason = \"a test\"\n";
    let sets = with_overlay("351709", settings);
    let set = sets.in_force_at(Service::AktaKelahiran, DAY, &"351709".parse().unwrap()).unwrap();
    // 46 office days from Monday to Friday, nine more with Saturdays.
    let mut dossier = Dossier::complete("LHR-1");
    dossier.patch(r#"{"event":{"date":"2026-09-21"},"persons":{"child":{"birth_date":"2026-09-21"}}}"#);
    let is_late =
        |dossier: &Dossier| judge(set, dossier).findings.iter().any(|finding| finding.rule == "x15.late");
    assert!(!is_late(&dossier));
    let mut hours = OfficeHours::default();
    hours.ordinary.saturday = hours.ordinary.monday_to_thursday;
    dossier.input.hours = Some(hours);
    assert!(is_late(&dossier));
    let stored = serde_json::to_string(&dossier.input).unwrap();
    assert_eq!(serde_json::from_str::<berkas_rules::Input>(&stored).unwrap(), dossier.input);
}
