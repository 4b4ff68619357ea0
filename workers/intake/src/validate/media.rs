//! What an upload is, by its content.

use berkas_imaging::MediaType;
use serde::de::IgnoredAny;

/// What a form is.
pub(crate) const FORM_MEDIA_TYPE: &str = "application/json";

/// Recognises what may be uploaded: a scan in one of the types that the normalizer opens, or a form. `None` for
/// everything else.
pub(crate) fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match MediaType::sniff(bytes) {
        // HEIC is not part of every deployment; cameras can be told to write JPEG.
        Some(media_type) if !media_type.is_supported() => None,
        Some(media_type) => Some(media_type.mime()),
        None => is_json_object(bytes).then_some(FORM_MEDIA_TYPE),
    }
}

/// Whether a scan may be of this type: every type that [`sniff`] knows, except the form's.
pub(super) fn is_scan(media_type: &str) -> bool {
    media_type != FORM_MEDIA_TYPE
}

fn is_json_object(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    first == Some(&b'{') && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(b"\xFF\xD8\xFF\xE0rest", Some("image/jpeg"))]
    #[case(b"\x89PNG\r\n\x1A\nrest", Some("image/png"))]
    #[case(b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp"))]
    #[case(b"P6\n1 1\n255\n...", Some("image/x-portable-anymap"))]
    #[case(b"II*\0\x08\0\0\0", Some("image/tiff"))]
    #[case(b"%PDF-1.4\n", Some("application/pdf"))]
    #[case(b" {\"salt\": 1}", Some("application/json"))]
    #[case(b"\0\0\0\x18ftypheic", MediaType::Heic.is_supported().then_some("image/heic"))]
    #[case(b"{\"salt\": ", None)]
    #[case(b"[1]", None)]
    #[case(b"GIF89a", None)]
    #[case(b"<html>", None)]
    #[case(b"", None)]
    fn the_content_decides(#[case] bytes: &[u8], #[case] expected: Option<&str>) {
        assert_eq!(sniff(bytes), expected);
    }
}
