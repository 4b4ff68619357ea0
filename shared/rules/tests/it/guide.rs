//! The guide for those who write rules lists every fact.

use std::fmt::Write as _;

const BEGIN: &str = "<!-- facts:";
const END: &str = "<!-- end of facts -->";

fn table() -> String {
    let mut text = String::from("\n| fact | is | meaning |\n| --- | --- | --- |\n");
    // `person` has the facts of every role.
    for fact in berkas_rules::facts().iter().filter(|fact| !fact.name.starts_with("person.")) {
        let few = fact.words.len() <= 7 && !fact.words.is_empty();
        let words = if few { format!(": `{}`", fact.words.join("`, `")) } else { String::new() };
        writeln!(text, "| `{}` | {}{words} | {} |", fact.name, fact.of, fact.meaning).unwrap();
    }
    text.push('\n');
    text
}

#[test]
fn the_guide_lists_every_fact() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/RULES.md");
    let guide = std::fs::read_to_string(&path).unwrap();
    let begin = guide.find(BEGIN).unwrap();
    let begin = begin + guide[begin..].find('\n').unwrap() + 1;
    let end = guide.find(END).unwrap();
    if std::env::var_os("UPDATE_GUIDE").is_some() {
        std::fs::write(&path, format!("{}{}{}", &guide[..begin], table(), &guide[end..])).unwrap();
        return;
    }
    assert_eq!(&guide[begin..end], table(), "run this test with UPDATE_GUIDE=1");
}
