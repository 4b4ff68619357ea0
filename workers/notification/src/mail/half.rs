//! One language of a mail: Indonesian first, English below.

use berkas_contract::Reason;
use berkas_domain::wib;
use berkas_notices::{MailTexts, Text};
use chrono::{DateTime, NaiveDate, Utc};

/// One language of a mail.
pub(super) struct Half<'a> {
    english: bool,
    texts: &'a MailTexts,
}

impl<'a> Half<'a> {
    /// Both languages, in the words of `texts`.
    pub(super) fn both(texts: &'a MailTexts) -> [Self; 2] {
        [false, true].map(|english| Half { english, texts })
    }
}

impl Half<'_> {
    pub(super) fn english(&self) -> bool {
        self.english
    }

    pub(super) fn pick<'a>(&self, indonesian: &'a str, english: &'a str) -> &'a str {
        if self.english { english } else { indonesian }
    }

    pub(super) fn say<'a>(&self, text: &'a Text) -> &'a str {
        self.pick(&text.id, &text.en)
    }

    /// Where it is, what is wrong, and its code: `dokumen 2, Kartu keluarga, halaman 1: … (TIDAK_TERBACA)`.
    pub(super) fn reason(&self, reason: &Reason) -> String {
        let texts = self.texts;
        let numbered = |text: &Text, number: String| self.say(text).replace("{n}", &number);
        let place = [
            reason.document.map(|index| numbered(&texts.document, (index + 1).to_string())),
            reason.kind.map(|kind| self.pick(kind.name_id(), kind.name_en()).to_owned()),
            reason.page.map(|page| numbered(&texts.page, page.to_string())),
        ];
        let place = place.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let what = format!("{} ({})", self.pick(&reason.text_id, &reason.text_en), reason.code);
        if place.is_empty() { what } else { format!("{place}: {what}") }
    }

    pub(super) fn day(&self, day: &NaiveDate) -> String {
        day.format(self.pick("%d-%m-%Y", "%Y-%m-%d")).to_string()
    }

    pub(super) fn moment(&self, instant: &DateTime<Utc>) -> String {
        wib(*instant).format(self.pick("%d-%m-%Y %H.%M WIB", "%Y-%m-%d %H:%M WIB")).to_string()
    }
}
