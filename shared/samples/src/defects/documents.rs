//! Defects of papers. Each function says whether the defect could be put in.

use berkas_domain::DocumentKind as Kind;
use chrono::{Days, Duration};

use crate::cases::{Draft, Look, Paper};
use crate::people::kk_number;
use crate::rng::Rng;

const FORMS: [Kind; 2] = [Kind::FormF102, Kind::FormF201];

fn is_form(paper: &Paper) -> bool {
    FORMS.contains(&paper.kind)
}

/// Takes a required paper other than the form out; says which.
pub(super) fn remove(draft: &mut Draft, rng: &mut Rng) -> Option<Kind> {
    let candidates: Vec<usize> =
        indices(draft, |paper| paper.required && !is_form(paper) && alone(draft, paper));
    (!candidates.is_empty()).then(|| draft.papers.remove(rng.pick(&candidates)).kind)
}

/// Whether the dossier holds one such paper only; taking one of two would not leave it incomplete.
fn alone(draft: &Draft, wanted: &Paper) -> bool {
    draft.papers.iter().filter(|paper| (paper.kind, paper.of) == (wanted.kind, wanted.of)).count() == 1
}

fn indices(draft: &Draft, wanted: impl Fn(&Paper) -> bool) -> Vec<usize> {
    draft.papers.iter().enumerate().filter(|(_, paper)| wanted(paper)).map(|(index, _)| index).collect()
}

/// Puts the last two papers into each other's slot.
pub(super) fn swap(draft: &mut Draft) -> bool {
    let candidates = indices(draft, |paper| !is_form(paper) && paper.look == Look::Usual);
    let [.., first, second] = candidates[..] else { return false };
    let (a, b) = (draft.papers[first].shows, draft.papers[second].shows);
    (draft.papers[first].shows, draft.papers[second].shows) = (b, a);
    a != b
}

/// Gives a required paper another look; damaged cards never block for legibility, so they are left alone.
pub(super) fn look(draft: &mut Draft, look: Look, rng: &mut Rng) -> bool {
    let fits = |paper: &Paper| {
        let damaged = matches!(paper.kind, Kind::KkRusak | Kind::KtpElRusak);
        paper.required && paper.look == Look::Usual && !damaged
    };
    let candidates = indices(draft, fits);
    if candidates.is_empty() {
        return false;
    }
    draft.papers[rng.pick(&candidates)].look = look;
    true
}

pub(super) fn unsign(draft: &mut Draft) -> bool {
    form(draft, |paper| paper.signed_by = Some(Vec::new()))
}

pub(super) fn old_form(draft: &mut Draft) -> bool {
    form(draft, |paper| paper.model = Some("2010"))
}

fn form(draft: &mut Draft, change: impl FnOnce(&mut Paper)) -> bool {
    let found = draft.papers.iter_mut().find(|paper| is_form(paper));
    found.map(change).is_some()
}

pub(super) fn drop_witness(draft: &mut Draft) -> bool {
    let found = draft.papers.iter_mut().find(|paper| paper.kind == Kind::FormF201);
    let Some(witnesses) = found.and_then(|paper| paper.witnesses.as_mut()) else { return false };
    let dropped = witnesses.pop();
    if let Some(role) = dropped {
        draft.form.persons.remove(&role);
        let form = draft.papers.iter_mut().find(|paper| paper.kind == Kind::FormF201);
        if let Some(signers) = form.and_then(|paper| paper.signed_by.as_mut()) {
            signers.retain(|signer| *signer != role);
        }
    }
    dropped.is_some()
}

pub(super) fn predate_letter(draft: &mut Draft) -> bool {
    let Some(date) = draft.form.event.as_ref().and_then(|event| event.date) else { return false };
    let letters = [Kind::SuratKetLahir, Kind::SuratKetKematian];
    let found = draft.papers.iter_mut().find(|paper| letters.contains(&paper.kind));
    found.map(|paper| paper.attrs.dated = Some(date - Duration::days(3))).is_some()
}

/// In these cases the family card handed in must be the one the form names.
const OWN_CARD: [&str; 15] = [
    "KTP-1", "KTP-2", "KTP-3", "KTP-4", "KTP-8", "KK-2", "KK-3", "KK-4", "KK-6", "KK-7", "LHR-1", "LHR-2",
    "LHR-3", "LHR-4", "LHR-8",
];

pub(super) fn other_kk_number(draft: &mut Draft) -> bool {
    if !OWN_CARD.contains(&draft.form.case.as_str()) {
        return false;
    }
    let handed_in = draft.form.handed_in;
    let found = draft.papers.iter_mut().find(|paper| paper.kind == Kind::Kk && paper.attrs.number.is_some());
    let Some(paper) = found else { return false };
    let number = paper.attrs.number.take().unwrap_or_default();
    let mut rng = Rng::new(0, number.parse().unwrap_or(0));
    let recorded = handed_in - Days::new(900 + rng.next_u64() % 900);
    paper.attrs.number = Some(kk_number(number.get(..6).unwrap_or("351709"), recorded, &mut rng));
    true
}

/// Changes one digit of the serial on the card; it stays between 9000 and 9999.
pub(super) fn other_nik_on_card(draft: &mut Draft) -> bool {
    let found =
        draft.papers.iter_mut().find(|paper| paper.kind == Kind::KtpEl && !paper.attrs.niks.is_empty());
    let Some(paper) = found else { return false };
    for nik in paper.attrs.niks.values_mut() {
        let last = if nik.ends_with('7') { '3' } else { '7' };
        nik.pop();
        nik.push(last);
    }
    true
}

/// Spells one name on a paper so differently that it is no mere variant.
pub(super) fn other_spelling(draft: &mut Draft) -> bool {
    let found =
        draft.papers.iter_mut().find(|paper| !paper.attrs.names.is_empty() && paper.look == Look::Usual);
    let Some(name) = found.and_then(|paper| paper.attrs.names.values_mut().next()) else { return false };
    name.push_str(" PUTRANTI");
    true
}

pub(super) fn expire(draft: &mut Draft) -> bool {
    let yesterday = draft.form.handed_in - Days::new(1);
    let found = draft.papers.iter_mut().find(|paper| matches!(paper.kind, Kind::Itap | Kind::Itas));
    found.map(|paper| paper.attrs.valid_until = Some(yesterday)).is_some()
}
