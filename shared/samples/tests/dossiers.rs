//! What every dossier keeps to, whatever its case.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as loudly as the test itself")]

use std::collections::BTreeSet;

use berkas_domain::form::{Form, PersonEntry, Role};
use berkas_domain::{Service, Sha256Hash};
use berkas_samples::{Defect, Dossier, Generator, Plan, Verdict, cases, kecamatan};
use chrono::NaiveDate;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

fn plan(service: Service, case: &str, defects: &[Defect]) -> Plan {
    let office = "351711".parse().unwrap();
    Plan { service, case: case.parse().unwrap(), office, defects: defects.to_vec() }
}

/// One dossier of each case.
fn one_of_each() -> Vec<Dossier> {
    let mut generator = Generator::new(21, day()).thumbnails();
    let all =
        Service::ALL.iter().flat_map(|service| cases(*service).iter().map(|(case, _)| (*service, *case)));
    all.map(|(service, case)| generator.dossier(&plan(service, case, &[]))).collect()
}

/// Every NIK and family card number of a form, on the papers too.
fn numbers(form: &Form) -> Vec<String> {
    let people = form.persons.values().filter_map(|entry| match entry {
        PersonEntry::Person(person) => Some(person),
        PersonEntry::SameAs(_) => None,
    });
    let mut numbers: Vec<_> =
        people.flat_map(|person| [person.nik.clone(), person.kk_number.clone()]).collect();
    numbers.push(form.family.as_ref().and_then(|family| family.kk_number.clone()));
    for document in &form.documents {
        numbers.extend(document.attrs.niks.values().cloned().map(Some));
    }
    numbers.into_iter().flatten().collect()
}

#[test]
fn every_case_gives_a_form_with_a_file_for_each_paper() {
    for dossier in one_of_each() {
        let case = dossier.form.case.as_str();
        assert!(dossier.files.len() >= 2, "{case}");
        assert_eq!(dossier.files.len(), dossier.form.documents.len(), "{case}");
        assert_eq!(dossier.files.len(), dossier.truth.documents.len(), "{case}");
        for ((file, document), truth) in
            dossier.files.iter().zip(&dossier.form.documents).zip(&dossier.truth.documents)
        {
            assert_eq!(Sha256Hash::of(&file.bytes), file.sha256, "{}", file.name);
            assert_eq!((document.sha256, truth.sha256), (file.sha256, file.sha256), "{}", file.name);
            assert_eq!(document.kind, truth.kind);
            assert!(!truth.pages.is_empty());
        }
        let text = serde_json::to_string(&dossier.form).unwrap();
        assert_eq!(serde_json::from_str::<Form>(&text).unwrap(), dossier.form, "{case}");
    }
}

#[test]
fn no_number_can_belong_to_anybody() {
    for dossier in one_of_each() {
        for number in numbers(&dossier.form) {
            assert_eq!(number.len(), 16);
            let serial: u32 = number[12..].parse().unwrap();
            assert!((9_000..=9_999).contains(&serial), "{serial}");
        }
    }
}

#[test]
fn every_page_with_something_on_it_bears_the_mark() {
    for dossier in one_of_each() {
        let mut pages = dossier.truth.documents.iter().flat_map(|document| &document.pages);
        assert!(pages.all(|page| page.marked && !page.blank), "{}", dossier.form.case);
    }
}

#[test]
fn file_names_tell_nothing_about_a_person() {
    for dossier in one_of_each() {
        let words: Vec<String> = [Role::Applicant, Role::Mother, Role::Father, Role::Deceased]
            .iter()
            .filter_map(|role| dossier.form.person(*role))
            .flat_map(|person| person.name.to_lowercase().split(' ').map(str::to_owned).collect::<Vec<_>>())
            .collect();
        for file in &dossier.files {
            let parts: BTreeSet<&str> = file.name.split(['_', '-', '.']).collect();
            assert!(words.iter().all(|word| !parts.contains(word.as_str())), "{}", file.name);
            assert!(file.name.chars().filter(char::is_ascii_digit).count() <= 5, "{}", file.name);
        }
    }
}

#[test]
fn files_are_what_they_say() {
    let mut kinds = BTreeSet::new();
    for file in one_of_each().iter().flat_map(|dossier| &dossier.files) {
        let start: &[u8] = match file.media_type {
            "image/jpeg" => b"\xFF\xD8\xFF",
            "image/png" => b"\x89PNG",
            "image/tiff" => b"II*\0",
            "application/pdf" => b"%PDF-",
            _ => b"RIFF",
        };
        assert!(file.bytes.starts_with(start), "{}", file.name);
        kinds.insert(file.media_type);
    }
    assert!(kinds.contains("image/jpeg") && kinds.contains("application/pdf"), "{kinds:?}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_any_order() {
    let wanted = [
        plan(Service::KartuKeluarga, "KK-1", &[]),
        plan(Service::AktaKelahiran, "LHR-3", &[Defect::Unreadable]),
    ];
    let mut one = Generator::new(5, day());
    let first: Vec<_> = wanted.iter().map(|plan| one.dossier(plan)).collect();
    let other = Generator::new(5, day());
    for index in [1, 0] {
        let again = other.dossier_at(index as u64, &wanted[index]);
        assert_eq!(again.files, first[index].files);
        assert_eq!(again.form, first[index].form);
        assert_eq!(again.truth, first[index].truth);
    }
    assert_ne!(Generator::new(6, day()).dossier(&wanted[0]).files, first[0].files);
}

#[test]
fn no_two_files_are_the_same() {
    let mut generator = Generator::new(31, day()).thumbnails();
    let mut seen = BTreeSet::new();
    for round in 0..6 {
        let defect = if round % 2 == 0 { Defect::BlankPage } else { Defect::BlankBack };
        for file in generator.dossier(&plan(Service::AktaKematian, "MTI-1", &[defect])).files {
            assert!(seen.insert(file.sha256), "{}", file.name);
        }
    }
}

#[test]
fn an_illegible_paper_says_so_and_a_blank_back_is_counted() {
    let mut generator = Generator::new(41, day()).thumbnails();
    let dossier = generator.dossier(&plan(Service::KtpEl, "KTP-2", &[Defect::Unreadable, Defect::BlankBack]));
    let pages: Vec<_> = dossier.truth.documents.iter().flat_map(|document| &document.pages).collect();
    assert!(pages.iter().any(|page| page.expected_verdict == Verdict::Unreadable && !page.blank));
    assert_eq!(pages.iter().filter(|page| page.blank && !page.marked).count(), 1);
}

#[test]
fn a_random_plan_can_be_carried_out_for_every_kecamatan() {
    let mut generator = Generator::new(51, day()).thumbnails();
    for kecamatan in kecamatan() {
        let plan = generator.random_plan(&kecamatan.office);
        assert_eq!(plan.check(), Ok(()));
        assert_eq!(plan.office, kecamatan.office);
    }
}

#[test]
fn a_plan_for_no_such_case_or_office_is_refused() {
    let mut wrong = plan(Service::KtpEl, "LHR-1", &[]);
    assert!(wrong.check().is_err());
    wrong = plan(Service::AktaKelahiran, "LHR-1", &[]);
    wrong.office = "327309".parse().unwrap();
    assert!(wrong.check().unwrap_err().to_string().contains("327309"));
}
