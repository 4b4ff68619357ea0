//! Short texts that a sender chooses, with the one alphabet each may use.

/// A text that does not have the shape it must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{what}` does not have the shape of such a text")]
pub struct InvalidText {
    /// Which kind of text.
    pub what: &'static str,
}

/// Declares a newtype over `String` that is checked wherever it comes from.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident, $what:literal, $pattern:literal, $check:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidText;
            fn try_from(text: String) -> Result<Self, InvalidText> {
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(InvalidText { what: $what }) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidText;
            fn from_str(text: &str) -> Result<Self, InvalidText> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern, "description": $what })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text! {
    /// Who at the office pressed the button: an opaque id of the office's own, never a name; 1 to 64 characters of
    /// `A-Z a-z 0-9 . _ -`.
    ClerkId, "clerk id", r"^[A-Za-z0-9._-]{1,64}$",
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

checked_text! {
    /// A media type without parameters, in lower case, for example `image/jpeg`.
    MediaType, "media type", r"^[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}$",
    |text| text.split_once('/').is_some_and(|(family, kind)| is_token(family, 40) && is_token(kind, 80))
}

fn is_token(text: &str, longest: usize) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".+-".contains(&byte);
    (1..=longest).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clerk_id_is_opaque_and_short() {
        assert!("k-17.b_2".parse::<ClerkId>().is_ok());
        for wrong in ["", "Siti Aminah", "a@b", &"x".repeat(65)] {
            assert!(wrong.parse::<ClerkId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_media_type_has_two_parts_and_no_parameters() {
        assert!("image/svg+xml".parse::<MediaType>().is_ok());
        for wrong in ["", "image", "image/", "/jpeg", "Image/JPEG", "text/plain; charset=utf-8", "a/b/c"] {
            assert!(wrong.parse::<MediaType>().is_err(), "{wrong}");
        }
    }
}
