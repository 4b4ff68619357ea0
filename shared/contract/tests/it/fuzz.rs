//! Whatever arrives, a reader answers and never shows what was in it.

use berkas_contract::{WorkMessage, decode_district_message, decode_form, decode_office_message};
use proptest::prelude::*;

const SAMPLE: &str = include_str!("../../golden/submission.v1.json");

proptest! {
    #[test]
    fn any_bytes_are_answered(body in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = (decode_office_message(&body), decode_district_message(&body));
        let _ = (WorkMessage::decode(&body), decode_form(&body));
    }

    #[test]
    fn a_damaged_message_is_answered_without_its_content(place in 0..SAMPLE.len(), with in "[A-Z]{12}") {
        let mut body = SAMPLE.as_bytes().to_vec();
        let end = (place + with.len()).min(body.len());
        body.splice(place..end, with.bytes());
        if let Err(error) = decode_office_message(&body) {
            let shown = format!("{error} {error:?}");
            prop_assert!(!shown.contains(&with));
        }
    }

    #[test]
    fn a_forms_own_words_never_show(name in "[a-z]{13,20}") {
        let body = format!(r#"{{"salt":"00","service":"ktp_el","case":"KTP-1","handed_in":"2026-11-24",
            "persons":{{"{name}":{{}}}},"documents":[]}}"#);
        let error = decode_form(body.as_bytes()).unwrap_err();
        let shown = format!("{error} {error:?}");
        prop_assert!(!shown.contains(&name));
    }
}
