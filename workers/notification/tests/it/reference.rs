//! Webhooks as a reference library of another language sees them (`tests/peers/webhook_verify.py`).

use std::path::Path;

use berkas_domain::{Clock, SystemClock};

use crate::bench::{OFFICE, SECRET, on_bench};
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
            assert_eq!(verified(&hit, &hit.body), "verified");
            let changed = String::from_utf8_lossy(&hit.body).replace("351709", "351710");
            assert_eq!(verified(&hit, changed.as_bytes()), "refused");
        }
    });
}

fn verified(hit: &Hit, body: &[u8]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/webhook_verify.py");
    let mut command = std::process::Command::new(PYTHON);
    command.env("PYTHONPATH", PACKAGES).arg(script).arg(SECRET);
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        command.arg(hit.header(name));
    }
    let output = command.arg(std::str::from_utf8(body).unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
