//! The AsyncAPI 3 document: which channels there are, who may write and read them, and what travels there.

use serde_json::{Map, Value, json};

use crate::names;
use crate::schema::{Direction, Published, published, reference};

const JSON_SCHEMA: &str = "application/schema+json;version=draft-2020-12";

/// Composes the document, seen from the district.
pub(crate) fn asyncapi() -> Value {
    let events = published();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Berkas: between a kecamatan and the district office",
            "version": "1.0.0",
            "license": { "name": env!("CARGO_PKG_LICENSE") },
            "description": "Form and scans are uploaded over HTTP first and named by their SHA-256. A submission is \
                accepted when `accepted` arrives on the office's return queue, or not taken when `rejected` does; \
                until then the office keeps it and sends it again after 15 minutes, which does no harm. Messages \
                are persistent, carry the AMQP property `user_id` and no header `CC` or `BCC`. Fields are only ever \
                added: ignore those you do not know."
        },
        "defaultContentType": "application/json",
        "channels": {
            "submissions": channel("submission.{office}.{service}", &["submission.v1"], "submissions and repairs"),
            "withdrawals": channel("submission.{office}.withdrawn", &["withdrawal.v1"], "submissions taken back"),
            "acknowledgements": channel("notice.{office}.acknowledged", &["acknowledgement.v1"], "notices read"),
            "returns": returns(&events),
        },
        "operations": {
            "takeSubmission": operation("receive", "submissions"),
            "takeWithdrawal": operation("receive", "withdrawals"),
            "takeAcknowledgement": operation("receive", "acknowledgements"),
            "answer": operation("send", "returns"),
        },
        "components": { "messages": messages(&events) }
    })
}

fn channel(address: &str, names: &[&str], what: &str) -> Value {
    let mut channel = json!({
        "address": address,
        "description": format!("Offices publish {what} here; the office in the key is the AMQP user."),
        "messages": message_references(names),
        "parameters": { "office": { "description": "Kemendagri code without dots, also the AMQP user, for example 351709" } },
        "bindings": { "amqp": {
            "is": "routingKey",
            "exchange": { "name": names::INTAKE_EXCHANGE, "type": "topic", "durable": true, "autoDelete": false },
            "bindingVersion": "0.3.0"
        } }
    });
    if address.contains("{service}") {
        let services: Vec<&str> =
            berkas_domain::Service::ALL.iter().map(|service| service.as_str()).collect();
        channel["parameters"]["service"] = json!({ "description": "The service", "enum": services });
    }
    channel
}

fn returns(events: &[Published]) -> Value {
    let names: Vec<&str> = events
        .iter()
        .filter(|event| event.direction == Direction::ToOffice)
        .map(|event| event.name)
        .collect();
    json!({
        "address": "return.{office}",
        "description": "The office reads its answers from this queue and acknowledges each at the broker.",
        "messages": message_references(&names),
        "parameters": { "office": { "description": "Kemendagri code without dots" } },
        "bindings": { "amqp": {
            "is": "queue",
            "queue": { "durable": true, "exclusive": false, "autoDelete": false },
            "bindingVersion": "0.3.0"
        } }
    })
}

fn message_references(names: &[&str]) -> Value {
    let entry = |name: &&str| (key(name), json!({ "$ref": format!("#/components/messages/{}", key(name)) }));
    Value::Object(names.iter().map(entry).collect())
}

/// AsyncAPI allows no dot in the name of a component.
fn key(name: &str) -> String {
    name.replace('.', "_")
}

fn operation(action: &str, channel: &str) -> Value {
    json!({ "action": action, "channel": { "$ref": format!("#/channels/{channel}") } })
}

fn messages(events: &[Published]) -> Map<String, Value> {
    let entry = |event: &Published| {
        // The golden sample, so that the document shows what the tests hold; they fail if it is not JSON.
        let sample: Value = serde_json::from_str(event.sample).unwrap_or_default();
        let message = json!({
            "name": event.kind,
            "title": event.name,
            "summary": event.summary,
            "contentType": "application/json",
            "payload": { "schemaFormat": JSON_SCHEMA, "schema": reference(event.name) },
            "examples": [ { "name": event.name, "payload": sample } ],
        });
        (key(event.name), message)
    };
    events.iter().map(entry).collect()
}
