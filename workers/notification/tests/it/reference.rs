//! Webhooks as a reference library of another language sees them (`tests/peers/webhook_verify.py`).

use std::path::Path;

use berkas_domain::{Clock, SystemClock};
use chrono::TimeDelta;

use crate::bench::{OFFICE, SECRET, office, on_bench};
use crate::receiver::{Hit, Receiver};
use crate::sink::PYTHON;

/// Python's packages that Debian has not: where `scripts/install-deps tests` puts them.
const PACKAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.run/tools/tests");

#[test]
fn the_reference_library_of_another_language_verifies_a_webhook_and_refuses_a_changed_one() {
    if !Path::new(PACKAGES).join("standardwebhooks").exists() {
        eprintln!("SKIPPED: Python's standardwebhooks is missing; run `scripts/install-deps tests`");
        return;
    }
    on_bench(async |mut bench| {
        // The library compares the time of the signature with this machine's.
        bench.clock.advance(SystemClock.now() - bench.clock.now());
        let receiver = Receiver::start([]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        bench.noticed(OFFICE).await;
        bench.dispatch();
        for hit in receiver.wait_for(2).await {
            assert_eq!(verified(&hit, SECRET, &hit.body), "verified");
            let changed = String::from_utf8_lossy(&hit.body).replace("351709", "351710");
            assert_eq!(verified(&hit, SECRET, changed.as_bytes()), "refused");
        }
    });
}

#[test]
fn while_a_key_is_changed_the_reference_library_verifies_with_either_and_afterwards_with_the_new_one() {
    const NEXT: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    if !Path::new(PACKAGES).join("standardwebhooks").exists() {
        eprintln!("SKIPPED: Python's standardwebhooks is missing; run `scripts/install-deps tests`");
        return;
    }
    on_bench(async |mut bench| {
        bench.clock.advance(SystemClock.now() - bench.clock.now());
        let receiver = Receiver::start([]).await;
        bench.set_webhook(&receiver.url("/hook")).await;
        let (office, now) = (office(OFFICE), bench.clock.now());
        // The present second is within the span, the next one is not.
        let until = now + TimeDelta::seconds(1);
        assert!(bench.app.store.rotate_webhook(&office, NEXT, until, now).await.unwrap());
        bench.dispatch();
        bench.accept(OFFICE).await;
        let both = receiver.wait_for(1).await.remove(0);
        assert_eq!([SECRET, NEXT].map(|secret| verified(&both, secret, &both.body)), ["verified"; 2]);
        bench.later(2);
        bench.accept(OFFICE).await;
        let one = receiver.wait_for(2).await.remove(1);
        assert_eq!([SECRET, NEXT].map(|secret| verified(&one, secret, &one.body)), ["refused", "verified"]);
    });
}

fn verified(hit: &Hit, secret: &str, body: &[u8]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/webhook_verify.py");
    let mut command = std::process::Command::new(PYTHON);
    command.env("PYTHONPATH", PACKAGES).arg(script).arg(secret);
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        command.arg(hit.header(name));
    }
    let output = command.arg(std::str::from_utf8(body).unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
