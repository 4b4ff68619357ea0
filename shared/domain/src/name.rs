//! Names: what is the same name, what is a variant of its spelling, what is near it (`form-and-rules.md` 13).
//!
//! Nothing here decides: a near miss is shown to a person, side by side, with the similarity.

use unicode_normalization::UnicodeNormalization;

use crate::form_text::is_unprintable;
use crate::text_enum::text_enum;

text_enum! {
    /// How alike two names are.
    NameLikeness, "name likeness", {
        /// The same after case, spaces and titles are taken away.
        Same = "same",
        /// A usual variant of the spelling; a deed prints one of them, so a person looks.
        Variant = "variant",
        /// A slip, an abbreviation, or words missing or in another order.
        Near = "near",
        /// Another name.
        Different = "different",
    }
}

/// How alike two names are, and a number to show beside them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NameMatch {
    /// The kind of likeness.
    pub likeness: NameLikeness,
    /// 0 nothing in common to 1 equal: Damerau-Levenshtein over the normalised names.
    pub similarity: f64,
}

/// From here on two names may be one name with a slip.
const NEAR_FROM: f64 = 0.80;

/// Titles that stand before a name, without dots.
const FRONT_TITLES: &[&str] = &[
    "h", "hj", "kh", "dr", "drs", "dra", "drg", "drh", "ir", "prof", "ustadz", "ust", "bpk", "ibu", "sdr",
    "sdri",
];

/// Academic titles that stand after a name, without dots.
const BACK_TITLES: &[&str] = &[
    "spd", "spdi", "sag", "sh", "shi", "se", "sei", "st", "skom", "ssos", "sip", "skep", "ssi", "sfarm",
    "spsi", "shum", "sked", "sgz", "skm", "str", "ss", "sptk", "spt", "sthi", "mpd", "mpdi", "msi", "mm",
    "mh", "mkom", "mt", "msc", "ma", "mag", "mkes", "mhum", "mkn", "mba", "amd", "amdkeb", "amdkep", "phd",
    "ns", "apt", "ba", "bsc", "lc",
];

/// Spellings of one name, each with the form it is compared in.
const WORD_VARIANTS: &[(&str, &str)] = &[
    ("mohamad", "muhammad"),
    ("mohammad", "muhammad"),
    ("mohamed", "muhammad"),
    ("mohammed", "muhammad"),
    ("muhamad", "muhammad"),
    ("muhamed", "muhammad"),
    ("muhammed", "muhammad"),
    ("muchamad", "muhammad"),
    ("muchammad", "muhammad"),
    ("mochamad", "muhammad"),
    ("mochammad", "muhammad"),
    ("moh", "muhammad"),
    ("moch", "muhammad"),
    ("mhd", "muhammad"),
    ("muh", "muhammad"),
    ("mukhammad", "muhammad"),
    ("abd", "abdul"),
    ("abdoel", "abdul"),
    ("ach", "ahmad"),
    ("achmad", "ahmad"),
    ("akhmad", "ahmad"),
    ("ahmat", "ahmad"),
    ("st", "siti"),
    ("sitti", "siti"),
];

/// Letters of the old spelling, and what is written today.
const LETTER_VARIANTS: &[(&str, &str)] =
    &[("oe", "u"), ("dj", "j"), ("tj", "c"), ("sj", "sy"), ("ch", "kh"), ("nj", "ny")];

/// Takes away case, titles, dots, hyphens, apostrophes and doubled spaces; composes letters first (NFC).
///
/// The answer is for comparing only, never for printing.
#[must_use]
pub fn normalize_name(name: &str) -> String {
    let composed: String = name.nfc().collect();
    let (bare, tail) = composed.split_once(',').unwrap_or((&composed, ""));
    let mut words: Vec<&str> = bare.split_whitespace().collect();
    // What follows a comma is a title as a rule; a word that is none belongs to the name.
    words.extend(tail.split([',', ' ']).filter(|word| !word.is_empty() && !is_title(word, BACK_TITLES)));
    while words.len() > 1 && is_title(words[0], FRONT_TITLES) {
        words.remove(0);
    }
    while words.len() > 1
        && words.last().is_some_and(|word| word.contains('.') && is_title(word, BACK_TITLES))
    {
        words.pop();
    }
    let plain = words.join(" ").to_lowercase();
    let plain: String = plain.chars().map(|c| if c == '.' || c == '-' { ' ' } else { c }).collect();
    let plain: String = plain.chars().filter(|c| !is_apostrophe(*c)).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{2019}' | '\u{2018}')
}

fn is_title(word: &str, titles: &[&str]) -> bool {
    let compact = word.replace('.', "").to_lowercase();
    titles.contains(&compact.as_str())
}

/// Compares two names. Texts longer than 200 characters are compared by equality only.
#[must_use]
pub fn compare_names(left: &str, right: &str) -> NameMatch {
    let (left, right) = (normalize_name(left), normalize_name(right));
    if left == right {
        return NameMatch { likeness: NameLikeness::Same, similarity: 1.0 };
    }
    // The distance takes time and room by the product of the lengths.
    const LONGEST: usize = 200;
    if left.chars().count().max(right.chars().count()) > LONGEST {
        return NameMatch { likeness: NameLikeness::Different, similarity: 0.0 };
    }
    let similarity = strsim::normalized_damerau_levenshtein(&left, &right);
    let (left, right) = (today(&left), today(&right));
    let likeness = if left == right {
        NameLikeness::Variant
    } else if strsim::normalized_damerau_levenshtein(&left, &right) >= NEAR_FROM
        || is_shortened(&left, &right)
    {
        NameLikeness::Near
    } else {
        NameLikeness::Different
    };
    NameMatch { likeness, similarity }
}

/// Rewrites a normalised name in today's spelling.
fn today(name: &str) -> String {
    let word = |word: &str| {
        let known =
            WORD_VARIANTS.iter().find(|(variant, _)| *variant == word).map(|(_, one)| (*one).to_owned());
        known.unwrap_or_else(|| {
            LETTER_VARIANTS.iter().fold(word.to_owned(), |text, (old, new)| text.replace(old, new))
        })
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Whether every word of the shorter name is a word, or the first letter of a word, of the longer one.
fn is_shortened(left: &str, right: &str) -> bool {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.split(' ').collect(), right.split(' ').collect());
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let fits = |a: &str, b: &str| a == b || (a.chars().count() == 1 && b.starts_with(a));
    // One bare letter is no evidence.
    short.iter().any(|word| word.chars().count() > 1 && long.contains(word))
        && short.iter().all(|word| long.iter().any(|other| fits(word, other) || fits(other, word)))
}

text_enum! {
    /// What breaks the rules for new names (Permendagri 73/2022, articles 4 and 5).
    NameFlaw, "name flaw", {
        /// Longer than sixty letters with spaces.
        TooLong = "too_long",
        /// Letters that are not Latin.
        NotLatin = "not_latin",
        /// Digits or punctuation.
        DigitOrPunctuation = "digit_or_punctuation",
        /// Digits.
        Digit = "digit",
        /// An apostrophe; whether the rule means it is open.
        Apostrophe = "apostrophe",
        /// A word of one letter, or one that ends in a dot.
        Abbreviated = "abbreviated",
        /// An academic or religious title.
        Title = "title",
        /// A single word; two are advised.
        OneWord = "one_word",
        /// Control characters, characters that cannot be seen, or nothing at all.
        Unprintable = "unprintable",
    }
}

/// Letters a name may have, spaces included (Permendagri 73/2022 art. 4(2)b).
const LONGEST_NAME: usize = 60;

/// Lists what breaks the rules for a new name, each flaw once, in the order of [`NameFlaw::ALL`].
#[must_use]
pub fn name_flaws(name: &str) -> Vec<NameFlaw> {
    let name: String = name.nfc().collect();
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut flaws = Vec::new();
    let mut note = |flaw, holds: bool| {
        if holds {
            flaws.push(flaw);
        }
    };
    // Latin letters with their accents, those of Vietnamese among them.
    let latin = |c: char| c.is_alphabetic() && matches!(c as u32, 0..0x250 | 0x1e00..0x1f00);
    note(NameFlaw::TooLong, name.trim().chars().count() > LONGEST_NAME);
    note(NameFlaw::NotLatin, name.chars().any(|c| c.is_alphabetic() && !latin(c)));
    note(
        NameFlaw::DigitOrPunctuation,
        name.chars()
            .any(|c| !c.is_alphabetic() && !c.is_whitespace() && !is_unprintable(c) && !is_apostrophe(c)),
    );
    note(NameFlaw::Digit, name.chars().any(char::is_numeric));
    note(NameFlaw::Apostrophe, name.chars().any(is_apostrophe));
    let front = words.len() > 1 && is_title(words[0], FRONT_TITLES);
    // Titles may stand shortened where titles may stand at all.
    let bare = name.split(',').next().unwrap_or_default().split_whitespace();
    let mut bare = bare.skip_while(|word| front && is_title(word, FRONT_TITLES));
    let is_abbreviated = |word: &str| word.chars().count() == 1 || word.ends_with('.');
    note(NameFlaw::Abbreviated, bare.any(is_abbreviated));
    let back =
        name.contains(',') && words.iter().skip(1).any(|word| is_title(word.trim_matches(','), BACK_TITLES));
    note(NameFlaw::Title, front || back);
    note(NameFlaw::OneWord, words.len() == 1);
    note(NameFlaw::Unprintable, words.is_empty() || name.chars().any(is_unprintable));
    flaws
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(left: &str, right: &str) -> NameLikeness {
        let there = compare_names(left, right);
        assert_eq!(there, compare_names(right, left), "comparing is symmetric");
        there.likeness
    }

    #[test]
    fn case_spaces_titles_and_composition_do_not_count() {
        for (left, right) in [
            ("SITI  CONTOH", "Siti Contoh"),
            ("Dr. H. Budi Contoh, S.Pd., M.M.", "BUDI CONTOH"),
            ("Hj. Siti Contoh", "Siti Contoh"),
            ("Budi Contoh S.Kom", "budi contoh"),
            ("Nur'aini", "Nuraini"),
            ("Jose\u{301} Contoh", "Jos\u{e9} Contoh"),
        ] {
            assert_eq!(likeness(left, right), NameLikeness::Same, "{left} | {right}");
        }
    }

    #[test]
    fn usual_spellings_are_variants() {
        for (left, right) in [
            ("Muhammad Contoh", "Moh. Contoh"),
            ("Mochamad Contoh", "Mohammad Contoh"),
            ("Abdul Contoh", "Abd. Contoh"),
            ("Soekarni Contoh", "Sukarni Contoh"),
            ("Djoko Contoh", "Joko Contoh"),
            ("Tjahjo Contoh", "Cahjo Contoh"),
            ("Achmad Contoh", "Ahmad Contoh"),
        ] {
            assert_eq!(likeness(left, right), NameLikeness::Variant, "{left} | {right}");
        }
    }

    #[test]
    fn slips_and_abbreviations_are_near_and_other_names_different() {
        assert_eq!(likeness("Siti Contoh", "Siti Conto"), NameLikeness::Near);
        assert_eq!(likeness("Siti Nur Contoh", "Siti N Contoh"), NameLikeness::Near);
        assert_eq!(likeness("Siti Nur Contoh", "Siti Contoh"), NameLikeness::Near);
        assert_eq!(likeness("Contoh Siti", "Siti Contoh"), NameLikeness::Near);
        assert_eq!(likeness("Siti Contoh", "Bambang Misal"), NameLikeness::Different);
        assert_eq!(likeness("A", "Ahmad Contoh"), NameLikeness::Different);
        assert_eq!(likeness("", "Ahmad Contoh"), NameLikeness::Different);
    }

    #[test]
    fn a_name_of_a_megabyte_is_answered() {
        let long = "A ".repeat(1 << 19);
        assert_eq!(likeness(&long, "Ahmad"), NameLikeness::Different);
        assert!(name_flaws(&long).contains(&NameFlaw::TooLong));
    }

    #[test]
    fn flaws_of_new_names_are_told_apart() {
        let flaws =
            |name: &str| name_flaws(name).iter().map(|flaw| flaw.as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!(flaws("Siti Contoh"), "");
        assert_eq!(flaws("Nur'aini Contoh"), "apostrophe");
        assert_eq!(flaws("Siti"), "one_word");
        assert_eq!(flaws("Siti 2 Contoh"), "digit_or_punctuation digit abbreviated");
        assert_eq!(flaws("Moh. Contoh"), "digit_or_punctuation abbreviated");
        assert_eq!(flaws("Hj Siti Contoh"), "title");
        assert_eq!(flaws("Siti Contoh, S.Pd"), "digit_or_punctuation title");
        assert_eq!(flaws("H. Budi Contoh"), "digit_or_punctuation title");
        assert_eq!(flaws("Dr. Budi Contoh, S.Pd."), "digit_or_punctuation title");
        assert_eq!(flaws("Dr. M. Contoh"), "digit_or_punctuation abbreviated title");
        assert_eq!(flaws("Nguy\u{1ec5}n Contoh"), "");
        assert_eq!(flaws("Сити Contoh"), "not_latin");
        assert_eq!(flaws("Siti\u{7} Contoh"), "unprintable");
        // Turned writing and spaces of no width make two names look like one.
        assert_eq!(flaws("Siti\u{202e} Contoh"), "unprintable");
        assert_eq!(flaws("Siti\u{200b} Contoh"), "unprintable");
        assert_eq!(flaws(""), "unprintable");
        let sixty = format!("Siti {}", "a".repeat(55));
        assert_eq!(flaws(&sixty), "");
        assert_eq!(flaws(&format!("{sixty}a")), "too_long");
    }
}
