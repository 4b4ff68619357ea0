//! What is posted to a gateway: JSON with placeholders inside its texts.

use serde_json::Value;

const PHONE: &str = "{phone}";
const TEXT: &str = "{text}";

/// The body as the settings have it.
#[derive(Debug, Clone)]
pub(super) struct Template(Value);

impl Template {
    /// Reads it; `None` when it is no JSON or lacks a placeholder.
    pub(super) fn read(text: &str) -> Option<Self> {
        let body: Value = serde_json::from_str(text).ok()?;
        (holds(&body, PHONE) && holds(&body, TEXT)).then_some(Self(body))
    }

    /// The body for `text` to `phone`. What is put in is escaped as JSON has it, whatever it holds.
    pub(super) fn filled(&self, phone: &str, text: &str) -> Vec<u8> {
        let mut body = self.0.clone();
        fill(&mut body, phone, text);
        body.to_string().into_bytes()
    }
}

fn holds(value: &Value, placeholder: &str) -> bool {
    match value {
        Value::String(words) => words.contains(placeholder),
        Value::Array(values) => values.iter().any(|value| holds(value, placeholder)),
        Value::Object(fields) => fields.values().any(|value| holds(value, placeholder)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn fill(value: &mut Value, phone: &str, text: &str) {
    match value {
        // The number first: it holds no placeholder.
        Value::String(words) => *words = words.replace(PHONE, phone).replace(TEXT, text),
        Value::Array(values) => values.iter_mut().for_each(|value| fill(value, phone, text)),
        Value::Object(fields) => fields.values_mut().for_each(|value| fill(value, phone, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_are_filled_wherever_they_stand_and_cannot_break_out() {
        let template =
            Template::read(r#"{"messages": [{"to": ["{phone}"], "body": "<{text}>", "flash": false}]}"#);
        let body = template.unwrap().filled("+6281200009001", "a \"b\" \\ {phone}");
        let expected = json!({ "messages": [{ "to": ["+6281200009001"], "body": "<a \"b\" \\ {phone}>", "flash": false }] });
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), expected);
    }

    #[test]
    fn a_body_that_is_no_json_or_lacks_a_placeholder_is_refused() {
        for wrong in [
            "",
            "to={phone}&text={text}",
            r#"{"to": "{phone}"}"#,
            r#"{"text": "{text}"}"#,
            r#"{"{phone}": "{text}"}"#,
        ] {
            assert!(Template::read(wrong).is_none(), "{wrong}");
        }
    }
}
