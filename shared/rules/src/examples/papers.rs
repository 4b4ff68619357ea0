//! The papers of a fictional dossier: whatever the rules in force ask for, with what stands on them declared.

use berkas_domain::form::{DocumentAttrs, Form, FormDocument, Role};
use berkas_domain::{DocumentKind, Service, Sha256Hash};
use chrono::Days;

use crate::compiled::RuleSet;
use crate::effective::ItemDef;
use crate::facts::Facts;
use crate::input::Input;

/// Adds papers until no requirement is open. A condition may look at papers that another requirement brought.
pub(crate) fn add_papers(form: &mut Form, set: &RuleSet, seed: u64) {
    const ROUNDS: usize = 3;
    for _ in 0..ROUNDS {
        let input = Input {
            form: form.clone(),
            pages: Vec::new(),
            history: None,
            received: form.handed_in.and_time(chrono::NaiveTime::MIN).and_utc(),
            office: None,
            hours: None,
        };
        let open = set.open_requirements(&Facts::of(&input));
        if open.is_empty() {
            break;
        }
        for any_of in open {
            for item in usual(form, &any_of) {
                add(form, item, seed);
            }
        }
    }
}

/// The alternative that a case is named after, else the first.
fn usual<'a>(form: &Form, any_of: &'a [Vec<ItemDef>]) -> &'a [ItemDef] {
    let wanted = match form.case.as_str() {
        "LHR-3" => Some(DocumentKind::FormF203),
        "LHR-4" => Some(DocumentKind::FormF204),
        _ => None,
    };
    let named = any_of.iter().find(|papers| papers.iter().any(|item| Some(item.kind) == wanted));
    named.or(any_of.first()).map(Vec::as_slice).unwrap_or_default()
}

fn add(form: &mut Form, item: &ItemDef, seed: u64) {
    for copy in 0..item.at_least {
        let of = item.of.unwrap_or_else(|| owner(form, item.kind, copy));
        let name = format!("fictional {} {} {seed} {}", form.service, form.case, form.documents.len());
        let document = FormDocument {
            kind: item.kind,
            of: Some(of),
            sha256: Sha256Hash::of(name.as_bytes()),
            model: is_form(item.kind).then(|| "2019".to_owned()),
            signed_by: signed_by(form, item.kind, of),
            witnesses: witnesses(item.kind),
            attrs: attrs(form, item, of),
        };
        form.documents.push(document);
    }
}

fn owner(form: &Form, kind: DocumentKind, copy: u8) -> Role {
    match (form.service, kind) {
        (_, DocumentKind::FormF105) if copy > 0 => Role::Spouse,
        (Service::KartuKeluarga, DocumentKind::SuratKetLahir) => Role::Child,
        (Service::KartuKeluarga, DocumentKind::Paspor | DocumentKind::Itap) => Role::Subject,
        (Service::KtpEl | Service::KartuKeluarga, _) => Role::Applicant,
        (Service::AktaKematian, _) => Role::Deceased,
        (_, DocumentKind::Kk | DocumentKind::BukuNikah | DocumentKind::AktaPerkawinan) => Role::Mother,
        (_, DocumentKind::KtpEl | DocumentKind::Itap | DocumentKind::Itas) => Role::Mother,
        _ => Role::Child,
    }
}

fn is_form(kind: DocumentKind) -> bool {
    kind.as_str().starts_with("form_")
}

fn signed_by(form: &Form, kind: DocumentKind, of: Role) -> Option<Vec<Role>> {
    match kind {
        DocumentKind::FormF201 => Some(vec![Role::Reporter, Role::Witness1, Role::Witness2]),
        DocumentKind::FormF203 if form.persons.contains_key(&Role::Guardian) => Some(vec![Role::Guardian]),
        DocumentKind::FormF203 | DocumentKind::FormF204 | DocumentKind::SptjmKematian => {
            Some(vec![Role::Reporter])
        }
        DocumentKind::FormF105 => Some(vec![of]),
        _ if is_form(kind) && form.persons.contains_key(&Role::Applicant) => Some(vec![Role::Applicant]),
        _ => None,
    }
}

fn witnesses(kind: DocumentKind) -> Option<Vec<Role>> {
    match kind {
        DocumentKind::FormF201 => Some(vec![Role::Witness1, Role::Witness2]),
        DocumentKind::FormF203 | DocumentKind::FormF204 | DocumentKind::SptjmKematian => {
            Some(vec![Role::SptjmWitness1, Role::SptjmWitness2])
        }
        _ => None,
    }
}

fn attrs(form: &Form, item: &ItemDef, of: Role) -> DocumentAttrs {
    let mut attrs = DocumentAttrs { purpose: item.purpose.clone(), ..DocumentAttrs::default() };
    let event = form.event.as_ref().and_then(|event| event.date);
    let person = form.person(of);
    match item.kind {
        DocumentKind::Kk | DocumentKind::KkRusak => {
            let own = person.and_then(|person| person.kk_number.clone());
            attrs.number = if of == Role::Spouse { own } else { card(form).or(own) };
        }
        DocumentKind::SuratKetLahir => {
            attrs.dated = event.or(Some(form.handed_in - Days::new(10)));
            attrs.issuer = Some("bidan".to_owned());
        }
        DocumentKind::FormF203
        | DocumentKind::BeritaAcaraPolisi
        | DocumentKind::SuratPerwakilanRi
        | DocumentKind::SuratMaskapai
        | DocumentKind::SptjmKematian => attrs.dated = event.and(Some(form.handed_in)),
        DocumentKind::SuratKetKematian => {
            attrs.dated = event;
            attrs.issuer = Some("kepala_desa".to_owned());
        }
        DocumentKind::SuratPolisiKehilangan => attrs.dated = Some(form.handed_in - Days::new(3)),
        DocumentKind::Paspor | DocumentKind::Itap | DocumentKind::Itas | DocumentKind::IzinKunjungan => {
            attrs.valid_until = form.handed_in.checked_add_days(Days::new(949));
        }
        _ => {}
    }
    let shows_person = matches!(item.kind, DocumentKind::Kk | DocumentKind::KtpEl | DocumentKind::KkRusak);
    if let Some(person) = person.filter(|_| shows_person) {
        attrs.names.insert(of, person.name.clone());
        attrs.niks.extend(person.nik.clone().map(|nik| (of, nik)));
    }
    attrs
}

fn card(form: &Form) -> Option<String> {
    form.family.as_ref().and_then(|family| family.kk_number.clone())
}
