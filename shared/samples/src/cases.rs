//! The four services: who stands on the form of each case and which papers go with it (`domain.md` 3.3 to 3.6).

mod birth;
mod death;
mod family_card;
mod identity_card;
mod scene;

use berkas_domain::Service;

use crate::plan::Plan;
use crate::rng::Rng;

pub(crate) use scene::{Draft, Look, Paper};

/// Fills the form of `plan` and lists its papers; nothing is wrong with it yet.
pub(crate) fn draft(plan: &Plan, handed_in: chrono::NaiveDate, rng: &mut Rng) -> Draft {
    let mut scene = scene::Scene::new(plan, handed_in, rng);
    match plan.service {
        Service::KtpEl => identity_card::fill(&mut scene),
        Service::KartuKeluarga => family_card::fill(&mut scene),
        Service::AktaKelahiran => birth::fill(&mut scene),
        Service::AktaKematian => death::fill(&mut scene),
    }
    scene.finish()
}
