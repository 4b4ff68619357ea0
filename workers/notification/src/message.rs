//! A notice as it goes over the wire: the same bytes on every channel and at every re-send.

use berkas_contract::{Envelope, Source, SpecVersion};
use berkas_store::ClaimedDelivery;

/// Writes the envelope of a claimed delivery.
#[expect(clippy::expect_used, reason = "an envelope around a JSON value is always JSON")]
pub(crate) fn encode(delivery: &ClaimedDelivery) -> Vec<u8> {
    // A correction has it inside.
    let data = delivery.data.get("decision").unwrap_or(&delivery.data);
    let subject = data.get("registration_number").and_then(|number| number.as_str());
    let envelope = Envelope {
        specversion: SpecVersion::V1,
        id: delivery.notice.0,
        source: Source::District,
        kind: delivery.kind.clone(),
        time: delivery.created_at,
        datacontenttype: Some("application/json".to_owned()),
        subject: subject.map(str::to_owned),
        sequence: delivery.sequence,
        data: &delivery.data,
    };
    serde_json::to_vec(&envelope).expect("an envelope around a JSON value is always JSON")
}

#[cfg(test)]
mod tests {
    use berkas_contract::{Correction, Decision, Event};
    use berkas_domain::NoticeId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_stored_notice_becomes_the_envelope_of_the_contract() {
        let sample: Envelope<Decision> = serde_json::from_str(Decision::SAMPLE).unwrap();
        let delivery = ClaimedDelivery {
            notice: NoticeId(Uuid::from_u128(9)),
            office: "351709".parse().unwrap(),
            kind: Decision::TYPE.to_owned(),
            data: serde_json::to_value(&sample.data).unwrap(),
            note: None,
            sequence: Some(2),
            created_at: sample.time,
            trace: None,
            attempts: 1,
            webhook_url: None,
            webhook_secret: None,
            webhook_old_secret: None,
            mail_to: None,
        };
        let body = encode(&delivery);
        let read: Envelope<Decision> = serde_json::from_slice(&body).unwrap();
        assert_eq!(read, Envelope { id: Uuid::from_u128(9), ..sample });
        let again = ClaimedDelivery { attempts: 7, ..delivery.clone() };
        assert_eq!(encode(&again), body, "the attempt does not show");

        let sample: Envelope<Correction> = serde_json::from_str(Correction::SAMPLE).unwrap();
        let data = serde_json::to_value(&sample.data).unwrap();
        let (kind, created_at) = (Correction::TYPE.to_owned(), sample.time);
        let correction = ClaimedDelivery { kind, data, created_at, sequence: sample.sequence, ..delivery };
        let read: Envelope<Correction> = serde_json::from_slice(&encode(&correction)).unwrap();
        assert_eq!(read, Envelope { id: Uuid::from_u128(9), ..sample });
    }
}
