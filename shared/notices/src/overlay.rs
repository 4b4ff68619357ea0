//! Reading a directory of texts over the built-in ones.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::fault::Fault;
use crate::set::{FILES, built_in_tables};
use crate::words;

/// Days that may be given for a repair.
const REPAIR_DAYS: std::ops::RangeInclusive<i64> = 1..=365;

/// What a directory of texts is like.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong; when there is anything, nothing of the directory is used.
    pub faults: Vec<Fault>,
    /// Texts and numbers that it replaces.
    pub replaced: usize,
    /// What the files that are there do not name, as `FILE: KEY`: it keeps the built-in words.
    pub kept: Vec<String>,
}

/// Judges the texts in `dir` without using them.
#[must_use]
pub fn check_dir(dir: &Path) -> Checked {
    read(dir).1
}

/// The tables of all files with those of `dir` laid over them, as far as they are in order.
pub(crate) fn read(dir: &Path) -> (BTreeMap<&'static str, toml::Table>, Checked) {
    let (mut tables, mut checked) = (built_in_tables(), Checked::default());
    if let Err(error) = strangers(dir, &mut checked) {
        checked.faults.push(Fault {
            file: String::new(),
            line: None,
            message: format!("the directory cannot be read: {error}"),
        });
        return (tables, checked);
    }
    for (file, _) in FILES {
        let path = dir.join(file);
        if !path.exists() {
            continue;
        }
        let Some(table) = tables.get_mut(file) else { continue };
        match fs::read_to_string(&path) {
            Ok(text) => Judge { file, text: &text, checked: &mut checked }.file(table),
            Err(error) => {
                let message = format!("the file cannot be read: {error}");
                checked.faults.push(Fault { file: file.to_owned(), line: None, message });
            }
        }
    }
    (tables, checked)
}

/// Finds files that nobody would read: a slip in a name shall not keep the built-in words in silence.
fn strangers(dir: &Path, checked: &mut Checked) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") && !FILES.iter().any(|(file, _)| *file == name) {
            let known: Vec<&str> = FILES.iter().map(|(file, _)| *file).collect();
            let message = format!("no such file of texts; there are {}", known.join(", "));
            checked.faults.push(Fault { file: name, line: None, message });
        }
    }
    checked.faults.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(())
}

/// Judges one file and lays it over the built-in one.
struct Judge<'a> {
    file: &'static str,
    text: &'a str,
    checked: &'a mut Checked,
}

impl Judge<'_> {
    fn file(mut self, built_in: &mut toml::Table) {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            self.fault(error.span().unwrap_or_default(), error.message().to_owned());
        }
        if errors.is_empty() {
            self.table(built_in, table.get_ref(), "");
        }
    }

    fn fault(&mut self, span: Range<usize>, message: String) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = Some(before.matches('\n').count() + 1);
        self.checked.faults.push(Fault { file: self.file.to_owned(), line, message });
    }

    fn table(&mut self, built_in: &mut toml::Table, over: &DeTable<'_>, path: &str) {
        for (key, value) in over {
            let name = joined(path, key.get_ref());
            match built_in.get_mut(key.get_ref().as_ref()) {
                Some(ours) => self.value(ours, value, &name),
                None if self.file == "reasons.toml" => {
                    self.fault(key.span(), format!("`{name}` is no reason code"));
                }
                None => self.fault(key.span(), format!("unknown key `{name}`")),
            }
        }
        for key in built_in.keys().filter(|key| !over.contains_key(key.as_str())) {
            self.checked.kept.push(format!("{}: {}", self.file, joined(path, key)));
        }
    }

    fn value(&mut self, built_in: &mut toml::Value, over: &Spanned<DeValue<'_>>, path: &str) {
        match (&mut *built_in, over.get_ref()) {
            (toml::Value::Table(ours), DeValue::Table(theirs)) if is_text(ours) => {
                if let Some(text) = self.text(ours, theirs, over.span(), path) {
                    *built_in = text;
                    self.checked.replaced += 1;
                }
            }
            (toml::Value::Table(ours), DeValue::Table(theirs)) => self.table(ours, theirs, path),
            (toml::Value::Array(ours), DeValue::Array(theirs)) => {
                let like = ours.first().and_then(toml::Value::as_table).cloned().unwrap_or_default();
                let texts: Vec<toml::Value> = theirs
                    .iter()
                    .filter_map(|text| match text.get_ref() {
                        DeValue::Table(table) => self.text(&like, table, text.span(), path),
                        _ => {
                            self.fault(text.span(), format!("`{path}` is a list of texts"));
                            None
                        }
                    })
                    .collect();
                *ours = texts;
                self.checked.replaced += 1;
            }
            (toml::Value::Integer(ours), DeValue::Integer(theirs)) => {
                match i64::from_str_radix(theirs.as_str(), theirs.radix()) {
                    Ok(days) if REPAIR_DAYS.contains(&days) => {
                        *ours = days;
                        self.checked.replaced += 1;
                    }
                    _ => self.fault(over.span(), format!("`{path}` is a number of days from 1 to 365")),
                }
            }
            (ours, theirs) => {
                let wanted = match ours {
                    toml::Value::Table(_) => "a table",
                    toml::Value::Array(_) => "a list of texts",
                    _ => "a whole number",
                };
                let message = format!("`{path}` is {wanted}, not of the type {}", theirs.type_str());
                self.fault(over.span(), message);
            }
        }
    }

    /// A text, when it is in order in both languages: one of them alone would say something else than the other.
    fn text(
        &mut self,
        built_in: &toml::Table,
        over: &DeTable<'_>,
        span: Range<usize>,
        path: &str,
    ) -> Option<toml::Value> {
        let before = self.checked.faults.len();
        let words = |language| built_in.get(language).and_then(toml::Value::as_str).unwrap_or_default();
        let words = [words("id"), words("en")];
        for (key, value) in over {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("id" | "en", DeValue::String(text)) => {
                    for fault in words::faults(text, words) {
                        self.fault(value.span(), format!("`{path}.{}`: {fault}", key.get_ref()));
                    }
                }
                ("id" | "en", _) => {
                    self.fault(value.span(), format!("`{path}.{}` is a text", key.get_ref()));
                }
                (other, _) => self.fault(key.span(), format!("`{path}`: unknown language `{other}`")),
            }
        }
        for language in ["id", "en"].into_iter().filter(|language| !over.contains_key(*language)) {
            self.fault(span.clone(), format!("`{path}`: the language `{language}` is missing"));
        }
        let said = |language| over.get(language).and_then(|value| value.get_ref().as_str());
        let (id, en) = (said("id")?, said("en")?);
        let text = [("id", id), ("en", en)].map(|(key, words)| (key.to_owned(), words.into()));
        (self.checked.faults.len() == before).then(|| toml::Value::Table(text.into_iter().collect()))
    }
}

fn is_text(table: &toml::Table) -> bool {
    table.get("id").is_some_and(toml::Value::is_str)
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use berkas_domain::{Outcome, ReasonCode};

    use super::*;
    use crate::NoticeTexts;

    fn dir_with(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (file, text) in files {
            fs::write(dir.path().join(file), text).unwrap();
        }
        dir
    }

    fn faults(file: &str, text: &str) -> Vec<String> {
        let dir = dir_with(&[(file, text)]);
        check_dir(dir.path()).faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_directory_names_is_replaced_and_everything_else_keeps_its_words() {
        let dir = dir_with(&[
            ("texts.toml", "repair_days = 30\n[refused]\nid = \"Ditolak\"\nen = \"Refused\"\n"),
            ("reasons.toml", "[GANDA]\nid = \"Sudah ada\"\nen = \"There already\"\n"),
            ("README", "not a text"),
        ]);
        let (texts, ours) = (NoticeTexts::load(dir.path()).unwrap(), NoticeTexts::built_in());
        assert_eq!(texts.steps.repair_days, 30);
        assert_eq!(texts.steps.next_step(Outcome::Refused, &[], None).id, "Ditolak");
        let returned = |texts: &NoticeTexts| texts.steps.next_step(Outcome::Returned, &[], None);
        assert_eq!(returned(&texts), returned(&ours));
        assert_eq!(texts.reason(ReasonCode::Ganda, (None, None)).en, "There already");
        assert_eq!(texts.reason(ReasonCode::NikGanda, (None, None)).id, ReasonCode::NikGanda.text_id());
        assert_eq!(texts.mail.footer, ours.mail.footer);
        let checked = check_dir(dir.path());
        assert_eq!((checked.replaced, checked.faults.len()), (3, 0));
        assert!(checked.kept.contains(&"reasons.toml: NIK_GANDA".to_owned()), "{:?}", checked.kept);
    }

    #[test]
    fn the_codes_own_words_stored_with_a_reason_give_way_to_the_directorys() {
        let dir = dir_with(&[("reasons.toml", "[GANDA]\nid = \"Sudah ada\"\nen = \"There already\"\n")]);
        let texts = NoticeTexts::load(dir.path()).unwrap();
        let code = ReasonCode::Ganda;
        let told = texts.reason(code, (Some(code.text_id()), Some(code.text_en())));
        assert_eq!((told.id.as_str(), told.en.as_str()), ("Sudah ada", "There already"));
    }

    #[test]
    fn every_fault_is_named_with_its_file_and_line() {
        let cases = [
            ("texts.toml", "\n[refused\n", "texts.toml:2: "),
            (
                "texts.toml",
                "[refused]\nid = \"Ditolak\"\n",
                "texts.toml:1: `refused`: the language `en` is missing",
            ),
            (
                "texts.toml",
                "[returned]\nid = \"Sampai {hari}\"\nen = \"By {due}\"\n",
                "texts.toml:2: `returned.id`: unknown placeholder `{hari}`; this text knows `{due}`",
            ),
            (
                "texts.toml",
                "repair_days = 0\n",
                "texts.toml:1: `repair_days` is a number of days from 1 to 365",
            ),
            ("texts.toml", "[lulus]\nid = \"a\"\nen = \"b\"\n", "texts.toml:1: unknown key `lulus`"),
            (
                "reasons.toml",
                "\n[BUTA]\nid = \"a\"\nen = \"b\"\n",
                "reasons.toml:2: `BUTA` is no reason code",
            ),
            ("mail.toml", "due = 7\n", "mail.toml:1: `due` is a table, not of the type integer"),
            (
                "mail.toml",
                "[page]\nid = \"halaman\"\nen = \"page {n}\"\n",
                "mail.toml:2: `page.id`: the placeholder `{n}` is missing",
            ),
            (
                "mail.toml",
                "[due]\nid = \"a\"\nen = \"b\"\njv = \"c\"\n",
                "mail.toml:4: `due`: unknown language `jv`",
            ),
            (
                "papers.toml",
                "[[letter.returned_steps]]\nid = \"\"\nen = \"b\"\n",
                "papers.toml:2: `letter.returned_steps.id`: the text is empty",
            ),
            (
                "standby.toml",
                "[training]\nid = \"Latihan\"\nen = \"Training: {next}\"\n",
                "standby.toml:2: `training.id`: the placeholder `{next}` is missing",
            ),
            (
                "text.toml",
                "",
                "text.toml: no such file of texts; there are texts.toml, reasons.toml, mail.toml, papers.toml",
            ),
        ];
        for (file, text, expected) in cases {
            let found = faults(file, text);
            assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}\n{expected}");
            let dir = dir_with(&[(file, text)]);
            let refused = NoticeTexts::load(dir.path()).unwrap_err().to_string();
            assert!(refused.contains(expected), "{refused}");
        }
    }

    #[test]
    fn a_directory_that_is_not_there_is_a_fault() {
        let dir = dir_with(&[]);
        assert_eq!(check_dir(&dir.path().join("absent")).faults.len(), 1);
        assert_eq!(check_dir(dir.path()).faults.len(), 0);
    }

    #[test]
    fn the_built_in_files_themselves_are_in_order_as_a_directory() {
        let checked = check_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/notices")));
        assert_eq!((checked.faults, checked.kept), (Vec::new(), Vec::new()));
    }
}
