//! A checker for the part of JSON Schema that our schemas use; any other keyword is an error, so that nothing a schema
//! says goes unchecked by accident.

use serde_json::{Map, Value};

/// Words that say nothing about an instance.
const ANNOTATIONS: [&str; 7] = ["$schema", "$id", "$defs", "title", "description", "default", "examples"];

/// Checks `instance` against the schema `root`.
///
/// # Errors
/// Where it does not fit, or where the schema uses a keyword that this checker does not know.
pub(crate) fn fits(root: &Value, instance: &Value) -> Result<(), String> {
    check(root, root, instance, "")
}

fn check(root: &Value, schema: &Value, instance: &Value, at: &str) -> Result<(), String> {
    let rules = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Object(rules) => rules,
        _ => return Err(format!("{at}: not a schema: {schema}")),
    };
    for (keyword, value) in rules {
        if !ANNOTATIONS.contains(&keyword.as_str()) {
            rule(root, keyword, value, rules, instance, at)?;
        }
    }
    Ok(())
}

fn rule(
    root: &Value,
    keyword: &str,
    value: &Value,
    rules: &Map<String, Value>,
    instance: &Value,
    at: &str,
) -> Result<(), String> {
    let fails = || Err(format!("{at}: `{keyword}` {value} does not hold for {instance}"));
    let holds = match keyword {
        "$ref" => return check(root, resolve(root, value)?, instance, at),
        "type" => is_of_type(value, instance),
        "const" => value == instance,
        "enum" => value.as_array().is_some_and(|allowed| allowed.contains(instance)),
        "required" => {
            let names = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            names.into_iter().all(|name| instance.get(name).is_some())
        }
        "properties" => return properties(root, value, instance, at),
        "additionalProperties" => return additional(root, value, rules, instance, at),
        "items" => {
            for (index, item) in instance.as_array().into_iter().flatten().enumerate() {
                check(root, value, item, &format!("{at}[{index}]"))?;
            }
            true
        }
        "anyOf" => alternatives(root, value, instance, at) >= 1,
        "oneOf" => alternatives(root, value, instance, at) == 1,
        "allOf" => {
            for part in value.as_array().into_iter().flatten() {
                check(root, part, instance, at)?;
            }
            true
        }
        "minimum" => instance.as_f64().is_none_or(|instance| instance >= number(value)),
        "maximum" => instance.as_f64().is_none_or(|instance| instance <= number(value)),
        "minItems" => instance.as_array().is_none_or(|items| items.len() as f64 >= number(value)),
        "maxItems" => instance.as_array().is_none_or(|items| items.len() as f64 <= number(value)),
        "maxLength" => instance.as_str().is_none_or(|text| text.chars().count() as f64 <= number(value)),
        "pattern" => matches(value.as_str().unwrap_or_default(), instance.as_str().unwrap_or_default())?,
        "format" => has_format(value.as_str().unwrap_or_default(), instance)?,
        _ => return Err(format!("{at}: unknown keyword `{keyword}`")),
    };
    if holds { Ok(()) } else { fails() }
}

fn resolve<'a>(root: &'a Value, reference: &Value) -> Result<&'a Value, String> {
    let pointer = reference.as_str().and_then(|text| text.strip_prefix('#'));
    pointer.and_then(|pointer| root.pointer(pointer)).ok_or(format!("dangling reference {reference}"))
}

fn is_of_type(wanted: &Value, instance: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => instance.is_object(),
        "array" => instance.is_array(),
        "string" => instance.is_string(),
        "boolean" => instance.is_boolean(),
        "null" => instance.is_null(),
        "integer" => instance.is_i64() || instance.is_u64(),
        "number" => instance.is_number(),
        _ => false,
    };
    match wanted {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => false,
    }
}

fn properties(root: &Value, value: &Value, instance: &Value, at: &str) -> Result<(), String> {
    for (name, schema) in value.as_object().into_iter().flatten() {
        if let Some(inner) = instance.get(name) {
            check(root, schema, inner, &format!("{at}.{name}"))?;
        }
    }
    Ok(())
}

fn additional(
    root: &Value,
    value: &Value,
    rules: &Map<String, Value>,
    instance: &Value,
    at: &str,
) -> Result<(), String> {
    let known = rules.get("properties").and_then(Value::as_object);
    for (name, inner) in instance.as_object().into_iter().flatten() {
        if known.is_some_and(|known| known.contains_key(name)) {
            continue;
        }
        if value == &Value::Bool(false) {
            return Err(format!("{at}: `{name}` is not allowed"));
        }
        check(root, value, inner, &format!("{at}.{name}"))?;
    }
    Ok(())
}

fn alternatives(root: &Value, value: &Value, instance: &Value, at: &str) -> usize {
    value.as_array().into_iter().flatten().filter(|part| check(root, part, instance, at).is_ok()).count()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn has_format(name: &str, instance: &Value) -> Result<bool, String> {
    let Some(text) = instance.as_str() else { return Ok(true) };
    match name {
        "uuid" => Ok(text.parse::<uuid::Uuid>().is_ok()),
        "date-time" => Ok(chrono::DateTime::parse_from_rfc3339(text).is_ok()),
        "date" => Ok(text.parse::<chrono::NaiveDate>().is_ok()),
        "partial-date-time" | "time" | "partial-time" => Ok(true),
        // Widths of integers, which the reader enforces.
        "uint64" | "int64" | "uint32" | "int32" | "uint8" | "uint" => Ok(true),
        _ => Err(format!("unknown format `{name}`")),
    }
}

/// The few patterns there are, each told by the type that owns it.
fn matches(pattern: &str, text: &str) -> Result<bool, String> {
    use berkas_contract::{ClerkId, MediaType, Source};
    match pattern {
        r"^[A-Za-z0-9._-]{1,64}$" => Ok(text.parse::<ClerkId>().is_ok()),
        r"^[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}$" => Ok(text.parse::<MediaType>().is_ok()),
        r"^(/offices/[0-9]{6}([0-9]{4})?|/district)$" => Ok(Source::try_from(text.to_owned()).is_ok()),
        "^[A-Z]{2,3}-[0-9]{1,2}$" => Ok(text.parse::<berkas_domain::CaseCode>().is_ok()),
        "^[0-9]{6}([0-9]{4})?$" => Ok(text.parse::<berkas_domain::OfficeCode>().is_ok()),
        "^[0-9]{6}([0-9]{4})?-[0-9]{6}-[0-9]{4,}-[0-9]$" => {
            Ok(text.parse::<berkas_domain::RegistrationNumber>().is_ok())
        }
        "^[0-9a-f]{64}$" => Ok(text.parse::<berkas_domain::Sha256Hash>().is_ok()),
        "^[0-9a-f]{32}$" => Ok(text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())),
        _ => Err(format!("unknown pattern `{pattern}`")),
    }
}
