//! `berkas migrate`: the schema, the offices, and the first rules.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use berkas_store::OfficeRecord;

use super::Operator;
use crate::output;

/// The kecamatan of Kabupaten Jombang.
const OFFICES: &str = include_str!("../../../../config/offices.csv");

pub async fn run(operator: &Operator, offices: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    operator.store.migrate().await?;
    let text = match &offices {
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?
        }
        None => OFFICES.to_owned(),
    };
    let offices = parse(&text)?;
    operator.store.add_offices(&offices).await?;
    let mut text = format!("the database is up to date; {} offices", offices.len());
    let mut published = None;
    // Only the first time: from then on a person publishes, after `rules check` and `rules test`.
    if operator.store.rule_publication().await?.is_none() {
        let built_in = berkas_rules::RuleSets::built_in();
        let publication =
            crate::rules::publish(&operator.store, &built_in, "migrate", operator.now()).await?;
        text.push_str(&format!("\npublished the built-in rules: {} sets", publication.added));
        published = Some(publication.added);
    }
    let value = serde_json::json!({ "offices": offices.len(), "published_rule_sets": published });
    output::done(operator.format, &value, text)?;
    Ok(ExitCode::SUCCESS)
}

/// Reads `code,name,parent,mode` lines; `#` begins a comment. An office must stand below its parent.
fn parse(text: &str) -> anyhow::Result<Vec<OfficeRecord>> {
    let mut offices = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("code,") {
            continue;
        }
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let [code, name, parent, mode] = fields[..] else {
            bail!("offices, line {}: four fields are needed: code,name,parent,mode", number + 1);
        };
        let at = || format!("offices, line {}", number + 1);
        offices.push(OfficeRecord {
            code: code.parse().with_context(at)?,
            name: name.to_owned(),
            parent: if parent.is_empty() { None } else { Some(parent.parse().with_context(at)?) },
            mode: mode.parse().with_context(at)?,
        });
    }
    Ok(offices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_has_the_21_kecamatan_and_three_of_them_are_live() {
        let offices = parse(OFFICES).unwrap();
        assert_eq!(offices.len(), 21);
        assert_eq!(offices.iter().filter(|office| office.mode == berkas_domain::OfficeMode::Live).count(), 3);
    }

    #[test]
    fn a_line_with_a_field_too_few_is_named() {
        let error = parse("code,name,parent,mode\n351709,Jombang,live\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
