//! A process that stands still in the middle of its work holds up nobody for long.

use std::sync::{Mutex, mpsc};
use std::time::Duration;

use berkas_store::AttemptStart;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::bench::{PATIENCE, on_bench};

#[test]
fn what_a_frozen_process_has_locked_is_free_after_its_limit_and_what_it_did_can_be_done_again() {
    on_bench(&[], async |bench| {
        let frozen = bench.store_for(Duration::from_secs(2)).await;
        let guarded = bench.submission().await;
        let attempt = frozen.start_attempt(guarded, "frozen", 3, bench.app.clock.now()).await.unwrap();
        assert!(matches!(attempt, AttemptStart::Started(_)));

        // It is frozen while it holds the row of the office's serials, which whoever accepts next needs.
        let sender = Uuid::new_v4();
        let (begun, begins) = mpsc::channel();
        let (thaw, thaws) = mpsc::channel();
        let thaws = Mutex::new(thaws);
        let handle = Handle::current();
        let freeze = || {
            begun.send(()).unwrap();
            thaws.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        };
        let ended = tokio::task::block_in_place(|| {
            std::thread::scope(|threads| {
                let standing =
                    threads.spawn(|| handle.block_on(bench.accept_through(&frozen, sender, &freeze)));
                begins.recv_timeout(PATIENCE).unwrap();
                handle.block_on(bench.submission());
                thaw.send(()).unwrap();
                standing.join().unwrap()
            })
        });
        assert!(ended.unwrap_err().is_passing(), "what it did not commit is to be tried again");
        let again = bench.accept_through(&frozen, sender, || ()).await.unwrap();
        assert!(again[0].as_ref().is_ok_and(|accepted| !accepted.repeated), "{again:?}");

        // The guard of an attempt stands still as long as its work takes, which is longer than that.
        let twin = bench.app.store.start_attempt(guarded, "twin", 3, bench.app.clock.now()).await.unwrap();
        assert!(matches!(twin, AttemptStart::Busy), "{twin:?}");
    });
}
