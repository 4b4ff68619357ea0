//! The definitions file that RabbitMQ loads at each start, so that a wiped broker comes back with its users.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use berkas_contract::names;
use berkas_domain::OfficeCode;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::topology::{Argument, QueueSpec, Topology};

/// A user of the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerUser {
    /// Its name; an office's is its code.
    pub name: String,
    /// Its password, hashed.
    pub password: PasswordHash,
    /// RabbitMQ's own tags, for example `administrator` or `monitoring`.
    pub tags: Vec<String>,
    /// What it may do.
    pub rights: Rights,
}

impl BrokerUser {
    /// Makes the user of an office.
    #[must_use]
    pub fn office(office: OfficeCode, password: PasswordHash) -> Self {
        Self { name: office.to_string(), password, tags: Vec::new(), rights: Rights::Office(office) }
    }

    /// Makes a user that may do everything in the vhost: the workers'.
    #[must_use]
    pub fn service(name: impl Into<String>, password: PasswordHash) -> Self {
        Self { name: name.into(), password, tags: Vec::new(), rights: Rights::Full }
    }
}

/// What a user may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rights {
    /// Everything in the vhost.
    Full,
    /// Write its own keys at the intake, read its own return queue, make nothing.
    Office(OfficeCode),
}

/// A password as RabbitMQ stores it: base64 of a salt of four bytes and SHA-256 of salt and password.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes `password`. The salt should be random; the same one gives the same file.
    #[must_use]
    pub fn new(password: &str, salt: [u8; 4]) -> Self {
        let digest = Sha256::new().chain_update(salt).chain_update(password).finalize();
        Self(BASE64_STANDARD.encode([salt.as_slice(), digest.as_slice()].concat()))
    }

    /// Takes a hash out of a definitions file.
    #[must_use]
    pub const fn from_definitions(text: String) -> Self {
        Self(text)
    }

    /// The hash as the definitions file holds it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Composes the definitions file of a vhost. It must name every user: RabbitMQ makes no `guest` once there is one.
#[must_use]
pub fn definitions_json(topology: &Topology, vhost: &str, users: &[BrokerUser]) -> Value {
    let exchange = |exchange: &crate::ExchangeSpec| {
        json!({
            "name": exchange.name, "vhost": vhost, "type": exchange.kind.as_str(),
            "durable": true, "auto_delete": false, "internal": false, "arguments": {}
        })
    };
    let queue = |queue: &QueueSpec| {
        json!({
            "name": queue.name, "vhost": vhost, "durable": true, "auto_delete": false, "arguments": arguments(queue)
        })
    };
    let binding = |binding: &crate::Binding| {
        json!({
            "source": binding.exchange, "vhost": vhost, "destination": binding.queue, "destination_type": "queue",
            "routing_key": binding.key, "arguments": {}
        })
    };
    json!({
        "users": users.iter().map(user).collect::<Vec<_>>(),
        "vhosts": [ { "name": vhost } ],
        "permissions": users.iter().map(|user| permission(user, vhost)).collect::<Vec<_>>(),
        "topic_permissions": users.iter().filter_map(|user| topic_permission(user, vhost)).collect::<Vec<_>>(),
        "exchanges": topology.exchanges.iter().map(exchange).collect::<Vec<_>>(),
        "queues": topology.queues.iter().filter(|queue| queue.name != names::EPOCH_QUEUE).map(queue).collect::<Vec<_>>(),
        "bindings": topology.bindings.iter().filter(|bound| bound.queue != names::EPOCH_QUEUE).map(binding).collect::<Vec<_>>(),
    })
}

fn user(user: &BrokerUser) -> Value {
    json!({
        "name": user.name,
        "password_hash": user.password.as_str(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": user.tags.join(","),
        "limits": {}
    })
}

fn permission(user: &BrokerUser, vhost: &str) -> Value {
    let (configure, write, read) = match &user.rights {
        Rights::Full => (".*".to_owned(), ".*".to_owned(), ".*".to_owned()),
        Rights::Office(office) => {
            ("^$".to_owned(), format!("^{}$", names::INTAKE_EXCHANGE), format!(r"^return\.{office}$"))
        }
    };
    json!({ "user": user.name, "vhost": vhost, "configure": configure, "write": write, "read": read })
}

fn topic_permission(user: &BrokerUser, vhost: &str) -> Option<Value> {
    let Rights::Office(_) = user.rights else { return None };
    Some(json!({
        "user": user.name, "vhost": vhost, "exchange": names::INTAKE_EXCHANGE,
        "write": names::OFFICE_TOPIC_PERMISSION, "read": "^$"
    }))
}

fn arguments(queue: &QueueSpec) -> Value {
    let entry = |(name, argument): (&str, Argument)| {
        let value = match argument {
            Argument::Text(text) => Value::from(text),
            Argument::Number(number) => Value::from(number),
        };
        (name.to_owned(), value)
    };
    Value::Object(queue.arguments().into_iter().map(entry).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hashed_as_rabbitmq_documents_it() {
        // The worked example of RabbitMQ's guide to passwords: "test12", salt 908D C60A.
        let hash = PasswordHash::new("test12", [0x90, 0x8D, 0xC6, 0x0A]);
        assert_eq!(hash.as_str(), "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR");
        assert!(!format!("{hash:?}").contains("kI3G"));
    }
}
