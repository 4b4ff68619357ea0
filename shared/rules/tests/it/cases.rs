//! Every case: each mandatory item removed gives exactly its code, and each alternative is accepted.

use crate::support::{Dossier, codes};
use berkas_domain::Service;

/// Case, kind that is removed, the codes that block then.
const REMOVED: &[(&str, &str, &str)] = &[
    ("KTP-1", "form_f102", "TIDAK_LENGKAP"),
    ("KTP-1", "kk", "TIDAK_LENGKAP"),
    ("KTP-2", "form_f102", "TIDAK_LENGKAP"),
    ("KTP-2", "kk", "TIDAK_LENGKAP"),
    ("KTP-2", "surat_polisi_kehilangan", "SURAT_KEHILANGAN"),
    ("KTP-3", "form_f102", "TIDAK_LENGKAP"),
    ("KTP-3", "kk", "TIDAK_LENGKAP"),
    ("KTP-3", "ktp_el_rusak", "TIDAK_LENGKAP"),
    ("KTP-4", "form_f102", "TIDAK_LENGKAP"),
    ("KTP-4", "kk", "TIDAK_LENGKAP"),
    ("KTP-4", "ktp_el", "TIDAK_LENGKAP"),
    ("KTP-4", "akta_kelahiran", "TIDAK_LENGKAP"),
    ("KTP-5", "form_f102", "TIDAK_LENGKAP"),
    ("KTP-5", "ktp_el", "TIDAK_LENGKAP"),
    ("KTP-5", "skpwni", "TIDAK_LENGKAP"),
    ("KTP-6", "form_f102", "TIDAK_LENGKAP"),
    ("KTP-6", "kk", "TIDAK_LENGKAP"),
    ("KTP-6", "paspor", "TIDAK_LENGKAP"),
    ("KTP-6", "itap", "TIDAK_LENGKAP"),
    ("KTP-7", "form_f102", "TIDAK_LENGKAP"),
    ("KTP-7", "ktp_el", "TIDAK_LENGKAP"),
    ("KTP-7", "itap", "TIDAK_LENGKAP"),
    ("KTP-8", "form_f102", "TIDAK_LENGKAP"),
    ("KTP-8", "kk", "TIDAK_LENGKAP"),
    ("KTP-8", "suket_ktp", "TIDAK_LENGKAP"),
    ("KTP-9", "ktp_el", "TIDAK_LENGKAP"),
    ("KTP-9", "surat_permohonan", "TIDAK_LENGKAP"),
    ("KK-1", "form_f102", "TIDAK_LENGKAP"),
    ("KK-1", "buku_nikah", "TIDAK_LENGKAP"),
    // Both spouses bring a card, so both are missing.
    ("KK-1", "kk", "TIDAK_LENGKAP TIDAK_LENGKAP"),
    ("KK-2", "form_f102", "TIDAK_LENGKAP"),
    ("KK-2", "kk", "TIDAK_LENGKAP"),
    ("KK-2", "akta_kematian", "TIDAK_LENGKAP"),
    ("KK-3", "form_f102", "TIDAK_LENGKAP"),
    ("KK-3", "kk", "TIDAK_LENGKAP"),
    ("KK-3", "ktp_el", "TIDAK_LENGKAP"),
    ("KK-4", "form_f102", "TIDAK_LENGKAP"),
    ("KK-4", "kk", "TIDAK_LENGKAP"),
    ("KK-4", "surat_ket_lahir", "TIDAK_LENGKAP"),
    ("KK-4", "buku_nikah", "TIDAK_LENGKAP"),
    ("KK-5", "form_f102", "TIDAK_LENGKAP"),
    ("KK-5", "kk", "TIDAK_LENGKAP"),
    ("KK-5", "skpwni", "TIDAK_LENGKAP"),
    ("KK-5", "surat_pernyataan", "TIDAK_LENGKAP"),
    ("KK-6", "form_f102", "TIDAK_LENGKAP"),
    ("KK-6", "kk", "TIDAK_LENGKAP"),
    ("KK-6", "akta_kematian", "TIDAK_LENGKAP"),
    ("KK-7", "form_f102", "TIDAK_LENGKAP"),
    ("KK-7", "form_f106", "TIDAK_LENGKAP"),
    ("KK-7", "kk", "TIDAK_LENGKAP"),
    ("KK-7", "akta_kelahiran", "TIDAK_LENGKAP"),
    ("KK-8", "form_f102", "TIDAK_LENGKAP"),
    ("KK-8", "ktp_el", "TIDAK_LENGKAP"),
    ("KK-8", "surat_polisi_kehilangan", "SURAT_KEHILANGAN"),
    ("KK-9", "form_f102", "TIDAK_LENGKAP"),
    ("KK-9", "ktp_el", "TIDAK_LENGKAP"),
    ("KK-9", "kk_rusak", "TIDAK_LENGKAP"),
    ("KK-10", "form_f102", "TIDAK_LENGKAP"),
    ("KK-10", "kk", "TIDAK_LENGKAP"),
    ("KK-10", "paspor", "TIDAK_LENGKAP"),
    ("KK-10", "itap", "TIDAK_LENGKAP"),
    ("LHR-1", "form_f201", "TIDAK_LENGKAP"),
    ("LHR-1", "surat_ket_lahir", "TIDAK_LENGKAP"),
    ("LHR-1", "buku_nikah", "TIDAK_LENGKAP"),
    ("LHR-1", "kk", "TIDAK_LENGKAP"),
    ("LHR-2", "form_f201", "TIDAK_LENGKAP"),
    ("LHR-2", "surat_ket_lahir", "TIDAK_LENGKAP"),
    ("LHR-2", "buku_nikah", "TIDAK_LENGKAP"),
    ("LHR-2", "kk", "TIDAK_LENGKAP"),
    ("LHR-3", "form_f201", "TIDAK_LENGKAP"),
    ("LHR-3", "form_f203", "TIDAK_LENGKAP"),
    ("LHR-3", "buku_nikah", "TIDAK_LENGKAP"),
    ("LHR-3", "kk", "TIDAK_LENGKAP"),
    ("LHR-4", "form_f201", "TIDAK_LENGKAP"),
    ("LHR-4", "surat_ket_lahir", "TIDAK_LENGKAP"),
    ("LHR-4", "form_f204", "TIDAK_LENGKAP"),
    ("LHR-4", "kk", "TIDAK_LENGKAP"),
    ("LHR-5", "form_f201", "TIDAK_LENGKAP"),
    ("LHR-5", "surat_ket_lahir", "TIDAK_LENGKAP"),
    ("LHR-5", "kk", "TIDAK_LENGKAP"),
    ("LHR-6", "form_f201", "TIDAK_LENGKAP"),
    ("LHR-6", "berita_acara_polisi", "TIDAK_LENGKAP"),
    ("LHR-6", "kk", "TIDAK_LENGKAP"),
    ("LHR-6", "ktp_el", "TIDAK_LENGKAP"),
    ("LHR-7", "form_f201", "TIDAK_LENGKAP"),
    ("LHR-7", "surat_ket_lahir", "TIDAK_LENGKAP"),
    ("LHR-7", "buku_nikah", "TIDAK_LENGKAP"),
    ("LHR-7", "paspor", "TIDAK_LENGKAP"),
    ("LHR-7", "ktp_el", "TIDAK_LENGKAP"),
    ("LHR-8", "form_f201", "TIDAK_LENGKAP"),
    ("LHR-8", "surat_ket_lahir", "TIDAK_LENGKAP"),
    ("LHR-8", "buku_nikah", "TIDAK_LENGKAP"),
    ("LHR-8", "kk", "TIDAK_LENGKAP"),
    // Not everybody has a diploma: a person decides.
    ("LHR-8", "ijazah", ""),
    ("MTI-1", "form_f201", "TIDAK_LENGKAP"),
    ("MTI-1", "surat_ket_kematian", "TIDAK_LENGKAP"),
    ("MTI-1", "kk", "TIDAK_LENGKAP"),
    ("MTI-2", "form_f201", "TIDAK_LENGKAP"),
    ("MTI-2", "berita_acara_polisi", "TIDAK_LENGKAP"),
    ("MTI-3", "form_f201", "TIDAK_LENGKAP"),
    ("MTI-3", "penetapan_pengadilan", "TIDAK_LENGKAP"),
    ("MTI-4", "form_f201", "TIDAK_LENGKAP"),
    ("MTI-4", "surat_maskapai", "TIDAK_LENGKAP"),
    ("MTI-5", "form_f201", "TIDAK_LENGKAP"),
    ("MTI-5", "surat_perwakilan_ri", "TIDAK_LENGKAP"),
    ("MTI-5", "paspor", "TIDAK_LENGKAP"),
    ("MTI-6", "form_f201", "TIDAK_LENGKAP"),
    ("MTI-6", "surat_ket_kematian", "TIDAK_LENGKAP"),
    ("MTI-6", "akta_kelahiran", "TIDAK_LENGKAP"),
    ("MTI-7", "form_f201", "TIDAK_LENGKAP"),
    ("MTI-7", "sptjm_kematian", "TIDAK_LENGKAP"),
    ("MTI-7", "kk", "TIDAK_LENGKAP"),
];

#[test]
fn each_mandatory_item_removed_gives_exactly_its_code() {
    for (case, kind, expected) in REMOVED {
        let mut dossier = Dossier::complete(case);
        assert!(dossier.has(kind), "{case} has a {kind}");
        dossier.remove(kind);
        let judgement = dossier.judge();
        assert_eq!(codes(&judgement, "block"), *expected, "{case} without {kind}");
        let named = judgement
            .findings
            .iter()
            .all(|finding| finding.check != "X01" || finding.text_id.contains("Belum ada"));
        assert!(named, "{case} without {kind} says what is missing");
    }
}

#[test]
fn the_table_has_every_paper_of_every_complete_dossier() {
    for service in Service::ALL {
        for case in crate::support::cases(*service) {
            for document in &Dossier::complete(&case).input.form.documents {
                let listed = REMOVED.iter().any(|(c, kind, _)| *c == case && *kind == document.kind.as_str());
                assert!(listed, "{case}: {}", document.kind);
            }
        }
    }
}

#[test]
fn an_any_of_group_gives_one_finding_that_names_all_alternatives() {
    let mut dossier = Dossier::complete("LHR-1");
    dossier.remove("buku_nikah");
    let finding = dossier.judge().findings.remove(0);
    assert_eq!(
        finding.text_id,
        "Belum ada: Buku nikah, atau Akta perkawinan, atau Formulir F-2.04 (SPTJM pasangan suami istri)"
    );
    assert_eq!(
        finding.text_en,
        "Missing: marriage book, or marriage certificate, or form F-2.04 (statement on the couple)"
    );
    assert_eq!((finding.kind, finding.document), (None, None));
}

#[test]
fn each_alternative_is_accepted() {
    let mut tried = 0;
    for service in Service::ALL {
        let set = crate::support::rules(*service);
        for listed in set.requirements(None) {
            for requirement in &listed.requirements {
                for alternative in &requirement.any_of {
                    let mut dossier = Dossier::complete(listed.case.as_str());
                    for paper in requirement.any_of.iter().flatten() {
                        dossier.remove_of(paper.kind, paper.of);
                    }
                    let before =
                        dossier.judge().findings.iter().any(|finding| finding.rule == requirement.rule);
                    for paper in alternative {
                        dossier.add(paper.kind, paper.of, paper.at_least);
                    }
                    let after =
                        dossier.judge().findings.iter().any(|finding| finding.rule == requirement.rule);
                    assert!(!after, "{}: {} with {:?}", listed.case, requirement.rule, alternative);
                    tried += usize::from(before);
                }
            }
        }
    }
    assert!(tried > 100, "{tried} alternatives were needed");
}

#[test]
fn the_case_that_was_ticked_does_not_matter_for_the_three_groups_of_births() {
    for case in ["LHR-1", "LHR-2", "LHR-3", "LHR-4", "LHR-8"] {
        for letter in ["surat_ket_lahir", "form_f203"] {
            for proof in ["buku_nikah", "akta_perkawinan", "form_f204"] {
                let mut dossier = Dossier::complete(case);
                for kind in ["surat_ket_lahir", "form_f203", "buku_nikah", "form_f204"] {
                    dossier.remove(kind);
                }
                dossier.add(letter.parse().unwrap(), None, 1);
                dossier.add(proof.parse().unwrap(), None, 1);
                assert_eq!(codes(&dossier.judge(), "block"), "", "{case} with {letter} and {proof}");
            }
        }
    }
}

#[test]
fn two_papers_of_one_kind_are_two_files_and_not_one_that_is_listed_twice() {
    let sets = crate::support::with_overlay(
        "351709",
        "[[requirement]]\nid = \"local.two\"\ncases = [\"KTP-2\"]\nany_of = [{ kind = \"ijazah\", at_least = 2 }]\n\
         title = { id = \"Dua ijazah\", en = \"Two diplomas\" }\nregulation = \"local rule\"\n",
    );
    let set =
        sets.in_force_at(Service::KtpEl, berkas_rules::examples::DAY, &"351709".parse().unwrap()).unwrap();
    let found = |dossier: &Dossier| codes(&set.judge(&berkas_rules::Facts::of(&dossier.input)), "block");
    let mut dossier = Dossier::complete("KTP-2");
    assert_eq!(found(&dossier), "TIDAK_LENGKAP");
    dossier.add("ijazah".parse().unwrap(), None, 1);
    assert_eq!(found(&dossier), "TIDAK_LENGKAP");
    let again = dossier.input.form.documents.last().unwrap().clone();
    dossier.input.form.documents.push(again);
    assert_eq!(found(&dossier), "TIDAK_LENGKAP", "one file twice is one paper");
    dossier.add("ijazah".parse().unwrap(), None, 1);
    assert_eq!(found(&dossier), "");
}

#[test]
fn who_was_born_on_29_february_is_17_on_1_march_of_a_common_year() {
    let on = |day: &str| {
        let mut dossier = Dossier::complete("KTP-1");
        dossier.patch(&format!(
            r#"{{"handed_in":"{day}","persons":{{"applicant":{{"birth_date":"2008-02-29","nik":null}}}}}}"#
        ));
        dossier.input.received = format!("{day}T02:00:00Z").parse().unwrap();
        let findings = dossier.judge().findings;
        findings.iter().any(|finding| finding.rule == "x11.age")
    };
    assert!(on("2025-02-28"), "a day early");
    assert!(!on("2025-03-01"), "2025 has no 29 February");
}

#[test]
fn an_unknown_case_is_returned_with_its_code() {
    let mut dossier = Dossier::complete("KTP-1");
    dossier.input.form.case = "KTP-99".parse().unwrap();
    assert_eq!(codes(&dossier.judge(), "block"), "SALAH_KASUS");
}

#[test]
fn every_check_of_the_list_is_a_rule_or_a_line_of_the_checklist() {
    let mut known = std::collections::BTreeSet::new();
    for service in Service::ALL {
        let set: serde_json::Value =
            serde_json::from_str(&crate::support::rules(*service).effective().canonical_json()).unwrap();
        for list in ["checks", "looks"] {
            let rules = set[list].as_array().unwrap().iter();
            known.extend(rules.map(|rule| rule["check"].as_str().unwrap().to_owned()));
        }
        // The statement on a long gap is a requirement.
        let requirements = set["requirements"].as_array().unwrap().iter();
        known.extend(requirements.filter(|rule| rule["id"] == "x17.statement").map(|_| "X17".to_owned()));
    }
    let absent: Vec<String> =
        (1..=30).map(|n| format!("X{n:02}")).filter(|check| !known.contains(check)).collect();
    assert_eq!(absent, Vec::<String>::new());
}

#[test]
fn a_person_the_case_cannot_do_without_is_missed() {
    for (case, role) in [
        ("KTP-2", "applicant"),
        ("LHR-1", "child"),
        ("LHR-1", "mother"),
        ("MTI-1", "deceased"),
        ("MTI-1", "reporter"),
    ] {
        let mut dossier = Dossier::complete(case);
        let role = role.parse().unwrap();
        dossier.input.form.persons.remove(&role);
        let judgement = dossier.judge();
        assert!(
            judgement.findings.iter().any(|found| found.check == "N12" && found.role == Some(role)),
            "{case} {role}"
        );
    }
    let mut dangling = Dossier::complete("LHR-1");
    dangling.input.form.persons.remove(&berkas_domain::form::Role::Father);
    assert!(dangling.judge().findings.iter().any(|found| found.rule == "n10.dangling_role"));
}
