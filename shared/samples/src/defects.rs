//! Puts the ordered defects into a draft, and says what the office should answer.

mod documents;
mod people;

use berkas_domain::{DocumentKind, Outcome, ReasonCode};

use crate::cases::Draft;
use crate::plan::Defect;
use crate::rng::Rng;
use crate::truth::{Expected, Judge};

/// What a defect leads to when it is alone.
#[derive(Debug, Clone, Copy)]
struct Effect {
    judge: Judge,
    code: ReasonCode,
}

/// Puts in those of `defects` that can occur; returns them with what should become of the dossier.
pub(crate) fn apply(draft: &mut Draft, defects: &[Defect], rng: &mut Rng) -> (Vec<Defect>, Expected) {
    let (mut applied, mut effects) = (Vec::new(), Vec::new());
    for &defect in defects {
        if applied.contains(&defect) {
            continue;
        }
        if let Some(effect) = put(draft, defect, rng) {
            applied.push(defect);
            effects.extend(effect);
        }
    }
    (applied, expected(&effects))
}

/// `None` if it cannot occur here, `Some(None)` if it did and is harmless.
fn put(draft: &mut Draft, defect: Defect, rng: &mut Rng) -> Option<Option<Effect>> {
    let missing = matches!(defect, Defect::MissingDocument).then(|| documents::remove(draft, rng));
    if let Some(removed) = missing {
        return removed.map(|kind| Some(Effect { judge: Judge::Machine, code: missing_code(kind) }));
    }
    let done = match defect {
        Defect::MissingDocument => false,
        Defect::WrongSlot => documents::swap(draft),
        Defect::Unreadable => documents::look(draft, crate::cases::Look::Illegible, rng),
        Defect::BlankPage => documents::look(draft, crate::cases::Look::BlankOnly, rng),
        Defect::BlankBack => documents::look(draft, crate::cases::Look::BlankBack, rng),
        Defect::Unsigned => documents::unsign(draft),
        Defect::OldForm => documents::old_form(draft),
        Defect::MissingWitness => documents::drop_witness(draft),
        Defect::LetterBeforeEvent => documents::predate_letter(draft),
        Defect::KkNumberDiffers => documents::other_kk_number(draft),
        Defect::NikDiffers => documents::other_nik_on_card(draft),
        Defect::NameDiffers => documents::other_spelling(draft),
        Defect::ExpiredPermit => documents::expire(draft),
        Defect::WitnessIsReporter => people::witness_is_reporter(draft),
        Defect::FutureEvent => people::future_event(draft),
        Defect::MalformedNik => people::shorten_nik(draft),
        Defect::SameNik => people::repeat_nik(draft),
        Defect::Underage => people::make_underage(draft),
        Defect::NotRecorded => people::not_recorded(draft),
        Defect::NameBreaksRules => people::digit_in_name(draft),
    };
    done.then(|| effect(defect))
}

fn missing_code(kind: DocumentKind) -> ReasonCode {
    match kind {
        DocumentKind::SuratPolisiKehilangan => ReasonCode::SuratKehilangan,
        _ => ReasonCode::TidakLengkap,
    }
}

fn effect(defect: Defect) -> Option<Effect> {
    let machine = |code| Some(Effect { judge: Judge::Machine, code });
    let verifier = |code| Some(Effect { judge: Judge::Verifier, code });
    match defect {
        Defect::BlankBack => None,
        Defect::MissingDocument => machine(ReasonCode::TidakLengkap),
        Defect::Unreadable | Defect::BlankPage => machine(ReasonCode::TidakTerbaca),
        Defect::Unsigned => machine(ReasonCode::BelumTtd),
        Defect::OldForm => machine(ReasonCode::FormulirLama),
        Defect::MissingWitness => machine(ReasonCode::SaksiKurang),
        Defect::FutureEvent | Defect::LetterBeforeEvent => machine(ReasonCode::TanggalTidakSah),
        Defect::MalformedNik => machine(ReasonCode::NikTidakSah),
        Defect::SameNik => machine(ReasonCode::NikGanda),
        Defect::KkNumberDiffers => machine(ReasonCode::KkTidakSesuai),
        Defect::Underage => machine(ReasonCode::Belum17),
        Defect::NotRecorded => machine(ReasonCode::BelumRekam),
        Defect::ExpiredPermit => machine(ReasonCode::MasaBerlakuHabis),
        Defect::NameBreaksRules => machine(ReasonCode::NamaTidakSesuaiAturan),
        Defect::WrongSlot => verifier(ReasonCode::SalahJenis),
        Defect::WitnessIsReporter => verifier(ReasonCode::SaksiTidakSah),
        Defect::NikDiffers => verifier(ReasonCode::NikTidakSesuai),
        Defect::NameDiffers => verifier(ReasonCode::NamaBerbeda),
    }
}

/// The machine returns by itself what it can see; only otherwise does a person decide.
fn expected(effects: &[Effect]) -> Expected {
    let by_machine = effects.iter().any(|effect| effect.judge == Judge::Machine);
    let judge = if by_machine { Judge::Machine } else { Judge::Verifier };
    let mut codes: Vec<_> =
        effects.iter().filter(|effect| effect.judge == judge).map(|effect| effect.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let outcome = if codes.is_empty() { Outcome::Passed } else { Outcome::Returned };
    Expected { judge, outcome, codes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_machine_returns_never_reaches_a_person() {
        let effects = [effect(Defect::WrongSlot), effect(Defect::Unsigned), effect(Defect::Unsigned)];
        let expected = expected(&effects.map(Option::unwrap));
        assert_eq!(expected.judge, Judge::Machine);
        assert_eq!(expected.codes, [ReasonCode::BelumTtd]);
    }

    #[test]
    fn a_dossier_without_defects_passes() {
        assert_eq!(expected(&[]).outcome, Outcome::Passed);
    }
}
