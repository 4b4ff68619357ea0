//! Messages of offices, of the district and of workers, and forms: read or refused, and what was read is read again from
//! what is written of it.
#![no_main]

use berkas_contract::{
    DistrictMessage, OfficeMessage, WorkMessage, decode_district_message, decode_form, decode_office_message,
};
use berkas_fuzz::{begin, seeds};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(init: begin(seeds::contract), |body: &[u8]| -> Corpus {
    if let Ok(message) = decode_office_message(body) {
        let written = match &message {
            OfficeMessage::Submission(message) => message.encode(),
            OfficeMessage::Withdrawal(message) => message.encode(),
            OfficeMessage::Acknowledgement(message) => message.encode(),
        };
        assert!(decode_office_message(&written).is_ok_and(|again| again == message));
    }
    if let Ok(message) = decode_district_message(body) {
        let written = match &message {
            DistrictMessage::Accepted(message) => message.encode(),
            DistrictMessage::Rejected(message) => message.encode(),
            DistrictMessage::Decision(message) => message.encode(),
            DistrictMessage::Correction(message) => message.encode(),
            DistrictMessage::Standby(message) => message.encode(),
        };
        assert!(decode_district_message(&written).is_ok_and(|again| again == message));
    }
    if let Ok(message) = WorkMessage::decode(body) {
        assert_eq!(WorkMessage::decode(&message.encode()), Ok(message));
    }
    if let Ok(form) = decode_form(body) {
        let written = serde_json::to_vec(&form).unwrap_or_default();
        assert!(decode_form(&written).is_ok_and(|again| again == form));
    }
    Corpus::Keep
});
