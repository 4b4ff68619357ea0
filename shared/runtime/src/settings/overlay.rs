//! Laying one set of values over another. The table below is the schema: what is not in it does not exist.

use toml::{Table, Value};

use super::SettingsError;

/// Lays `over` over `base`; `origin` is what error texts call it.
pub(super) fn table(base: &mut Table, over: Table, origin: &str) -> Result<(), SettingsError> {
    lay(base, over, "", origin)
}

fn lay(base: &mut Table, over: Table, prefix: &str, origin: &str) -> Result<(), SettingsError> {
    for (name, value) in over {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let slot = base.get_mut(&name).ok_or_else(|| SettingsError::unknown(&key, origin))?;
        match (slot, value) {
            (Value::Table(inner), Value::Table(value)) => lay(inner, value, &key, origin)?,
            (Value::Float(slot), Value::Integer(value)) => *slot = float_of(value),
            (slot, value) if slot.same_type(&value) => *slot = value,
            (slot, _) => return Err(SettingsError::wrong(&key, origin, expected(slot))),
        }
    }
    Ok(())
}

/// Reads `text` as the type that the setting has and puts it there.
pub(super) fn text(base: &mut Table, keys: &[String], text: &str, origin: &str) -> Result<(), SettingsError> {
    let key = keys.join(".");
    let slot = find(base, keys).ok_or_else(|| SettingsError::unknown(&key, origin))?;
    *slot = parse(slot, text).ok_or_else(|| SettingsError::wrong(&key, origin, expected(slot)))?;
    Ok(())
}

/// The value below `keys`; `None` when there is none or when it is a section.
fn find<'a>(table: &'a mut Table, keys: &[String]) -> Option<&'a mut Value> {
    let (last, sections) = keys.split_last()?;
    let mut table = table;
    for section in sections {
        table = table.get_mut(section)?.as_table_mut()?;
    }
    table.get_mut(last).filter(|value| !value.is_table())
}

fn parse(slot: &Value, text: &str) -> Option<Value> {
    match slot {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Float(_) => text.parse().ok().map(Value::Float),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Array(items) => {
            // An empty list in the defaults is a list of texts.
            let like = items.first().cloned().unwrap_or_else(|| Value::String(String::new()));
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| parse(&like, part)).collect::<Option<Vec<_>>>().map(Value::Array)
        }
        Value::Datetime(_) | Value::Table(_) => None,
    }
}

fn expected(slot: &Value) -> &'static str {
    match slot {
        Value::String(_) => "it must be a text",
        Value::Integer(_) => "it must be a whole number",
        Value::Float(_) => "it must be a number",
        Value::Boolean(_) => "it must be `true` or `false`",
        Value::Array(_) => "it must be a list",
        Value::Table(_) => "it is a section and takes `section.key`",
        Value::Datetime(_) => "it must be a date",
    }
}

#[expect(clippy::cast_precision_loss, reason = "settings that are fractions are small")]
const fn float_of(value: i64) -> f64 {
    value as f64
}
