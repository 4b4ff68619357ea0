//! Putting a verifier's note where an office reads it.

use berkas_blobs::{Seal, SealError};
use berkas_store::SealedNote;
use serde_json::Value;

/// Opens `note` and puts it into the data of the message about its decision; nothing where there is none.
///
/// # Errors
/// [`SealError`], when it was sealed with another key or changed; the data is as before.
pub fn tell_note(seal: &Seal, note: Option<&SealedNote>, data: &mut Value) -> Result<(), SealError> {
    let Some(note) = note else { return Ok(()) };
    let opened = seal.open(&note.place, &note.sealed)?;
    let text = String::from_utf8(opened).map_err(|_| SealError::Tampered)?;
    // A correction has the decision inside.
    let decision = if data.get("decision").is_some() { &mut data["decision"] } else { data };
    decision["note"] = Value::String(text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use berkas_blobs::SealKey;
    use serde_json::json;

    use super::*;

    fn seal(digit: &str) -> Seal {
        Seal::new(Some(SealKey::parse(&digit.repeat(64)).unwrap()))
    }

    fn sealed() -> SealedNote {
        let place = "notes/1/1".to_owned();
        SealedNote { sealed: seal("a").seal(&place, b"Cap desa tidak ada"), place }
    }

    #[test]
    fn a_note_stands_in_the_decision_also_in_that_of_a_correction() {
        let said = "Cap desa tidak ada";
        for (mut data, told) in [
            (json!({"outcome": "returned"}), json!({"outcome": "returned", "note": said})),
            (json!({"corrects": 1, "decision": {}}), json!({"corrects": 1, "decision": {"note": said}})),
        ] {
            tell_note(&seal("a"), Some(&sealed()), &mut data).unwrap();
            assert_eq!(data, told);
        }
        let mut data = json!({});
        tell_note(&seal("a"), None, &mut data).unwrap();
        assert_eq!(data, json!({}));
    }

    #[test]
    fn a_note_of_another_key_or_place_leaves_the_data_as_it_was() {
        let mut data = json!({});
        assert!(tell_note(&seal("b"), Some(&sealed()), &mut data).is_err());
        let moved = SealedNote { place: "notes/2/1".to_owned(), ..sealed() };
        assert_eq!(tell_note(&seal("a"), Some(&moved), &mut data), Err(SealError::Tampered));
        assert_eq!(data, json!({}));
    }
}
