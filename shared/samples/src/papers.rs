//! The papers: plausible in layout, a copy of nothing, each with the CONTOH mark.

mod card;
mod certificate;
mod event_form;
mod family_card;
mod form_sheet;
mod letter;
mod letter_text;
mod marriage_book;
mod passport;
mod request_form;
mod statement;
mod words;

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::{Form, Person, Role};

use crate::cases::Paper;
use crate::ink::{Ink, Page, Raster, Typesetter, WHITE};
use crate::rng::Rng;

/// A drawn page before anything happened to it.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) raster: Raster,
    pub(crate) dpi: u16,
    pub(crate) marked: bool,
}

/// What stands on a paper.
pub(crate) struct Content<'a> {
    pub(crate) form: &'a Form,
    pub(crate) paper: &'a Paper,
}

static NOBODY: std::sync::LazyLock<Person> = std::sync::LazyLock::new(Person::default);

impl<'a> Content<'a> {
    /// The person in `role`; an empty one if the form names nobody there.
    pub(crate) fn person(&self, role: Role) -> &'a Person {
        self.form.person(role).unwrap_or(&NOBODY)
    }

    /// Whose paper it is.
    pub(crate) fn holder(&self) -> &'a Person {
        self.person(self.paper.of.unwrap_or(Role::Applicant))
    }

    /// The holder's name as this paper spells it.
    pub(crate) fn holder_name(&self) -> &str {
        self.name(self.paper.of.unwrap_or(Role::Applicant))
    }

    /// The name of `role` as this paper spells it.
    pub(crate) fn name(&self, role: Role) -> &str {
        self.paper.attrs.names.get(&role).unwrap_or(&self.person(role).name)
    }
}

/// Size in millimetres.
pub(crate) type Size = (f32, f32);

pub(crate) const A4: Size = (210.0, 297.0);
pub(crate) const A4_LANDSCAPE: Size = (297.0, 210.0);

/// Draws sheets at one resolution.
pub(crate) struct Press<'a> {
    pub(crate) dpi: u16,
    /// Every resolution is divided by this.
    pub(crate) shrink: u16,
    pub(crate) rng: &'a mut Rng,
    pub(crate) typesetter: &'a mut Typesetter,
}

impl Press<'_> {
    /// A sheet of `paper` tone, filled by `fill` after the faint mark was laid on it.
    pub(crate) fn sheet(&mut self, size: Size, paper: Ink, fill: impl FnOnce(&mut Page<'_>)) -> Sheet {
        self.sheet_at(self.dpi, size, paper, fill)
    }

    /// The same at another resolution, for small papers.
    pub(crate) fn sheet_at(
        &mut self,
        dpi: u16,
        size: Size,
        paper: Ink,
        fill: impl FnOnce(&mut Page<'_>),
    ) -> Sheet {
        let dpi = dpi / self.shrink;
        let mut page = Page::new(size, dpi, paper, self.rng, self.typesetter);
        page.mark();
        fill(&mut page);
        let (raster, marked) = page.finish();
        Sheet { raster, dpi, marked }
    }

    /// A page with nothing on it.
    pub(crate) fn blank(&mut self) -> Sheet {
        let dpi = self.dpi / self.shrink;
        let page = Page::new(A4, dpi, WHITE, self.rng, self.typesetter);
        let (raster, marked) = page.finish();
        Sheet { raster, dpi, marked }
    }

    /// Draws a paper, page by page.
    pub(crate) fn draw(&mut self, content: &Content<'_>) -> Vec<Sheet> {
        match content.paper.shows {
            Kind::FormF101 | Kind::FormF102 | Kind::FormF103 | Kind::FormF106 => {
                request_form::draw(self, content)
            }
            Kind::FormF201 => event_form::draw(self, content),
            Kind::FormF104
            | Kind::FormF105
            | Kind::FormF107
            | Kind::FormF203
            | Kind::FormF204
            | Kind::SptjmKematian
            | Kind::SuratPernyataan
            | Kind::SuratKuasa => statement::draw(self, content),
            Kind::Kk | Kind::KkRusak => family_card::draw(self, content),
            Kind::KtpEl | Kind::KtpElRusak | Kind::Kia => card::draw(self, content),
            Kind::BukuNikah => marriage_book::draw(self, content),
            Kind::AktaPerkawinan
            | Kind::AktaPerceraian
            | Kind::AktaKelahiran
            | Kind::AktaKematian
            | Kind::Ijazah => certificate::draw(self, content),
            Kind::Paspor | Kind::Itap | Kind::Itas => passport::draw(self, content),
            _ => letter::draw(self, content),
        }
    }
}
