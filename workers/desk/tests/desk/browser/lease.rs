//! Leases that run out, and two who want the same.

use berkas_desk::DeskSettings;
use berkas_domain::Clock;
use chrono::TimeDelta;

use super::site::{HELD, Site};

#[tokio::test]
async fn a_lease_that_runs_out_is_explained_and_what_was_chosen_comes_back_with_the_task() {
    let mut site = Site::with(DeskSettings { lease: TimeDelta::seconds(6), ..DeskSettings::default() }).await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    desk.until("document.querySelector('#lease').textContent.includes('0:0')").await;
    desk.keys("x").await;
    desk.until("document.activeElement?.name === 'codes'").await;
    desk.keys("2").await;
    desk.until("document.querySelector('#alert').innerText.includes('bukan milik Anda')").await;
    desk.until("document.querySelector('#pass').disabled").await;
    assert_eq!(desk.ask("return document.querySelectorAll('.judge [name=codes]:checked').length").await, 1);
    desk.picture("lease-lost").await;

    site.bench.clock.advance(TimeDelta::seconds(7));
    assert_eq!(site.bench.store.expire_leases(site.bench.clock.now()).await.unwrap(), 1);
    desk.open("/desk").await;
    desk.keys("n").await;
    desk.until("document.querySelector('#draft')").await;
    desk.sees("dipasang kembali; belum ada yang terkirim").await;
    assert_eq!(
        desk.ask("return document.querySelector('.judge [name=codes]:checked')?.value").await,
        "TIDAK_LENGKAP"
    );
    desk.picture("draft-back").await;
}

#[tokio::test]
async fn a_hand_on_the_desk_renews_the_lease_and_the_countdown_is_silent_until_its_last_two_minutes() {
    let mut site = Site::with(DeskSettings { lease: TimeDelta::minutes(4), ..DeskSettings::default() }).await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    assert_eq!(desk.ask("return document.querySelector('#lease').textContent.trim()").await, "");
    // Three minutes later, by the stopwatch that the page goes by and by the server's clock; the desk does not lock itself yet.
    site.bench.clock.advance(TimeDelta::minutes(3));
    desk.ask("const now = performance.now.bind(performance); performance.now = () => now() + 3 * 60000")
        .await;
    desk.until("document.querySelector('#lease.soon')?.textContent.includes('0:')").await;
    desk.picture("lease-soon").await;
    desk.keys("+").await;
    desk.until("document.querySelector('#lease:not(.soon)')?.textContent.trim() === ''").await;
    let expired = async |minutes| {
        site.bench.clock.advance(TimeDelta::minutes(minutes));
        site.bench.store.expire_leases(site.bench.clock.now()).await.unwrap()
    };
    assert_eq!((expired(3).await, expired(2).await), (0, 1), "it was renewed, from then on");
}

#[tokio::test]
async fn a_session_that_ended_is_told_as_that_and_not_as_a_lost_task() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(desk) = site.verifier("ani").await else { return };
    desk.keys("n").await;
    desk.until(HELD).await;
    desk.ask("await fetch('/api/v1/logout', { method: 'POST' })").await;
    // A minute of work later, by the stopwatch that the page goes by, the lease is renewed.
    desk.ask("const now = performance.now.bind(performance); performance.now = () => now() + 61000").await;
    desk.keys("+").await;
    desk.until("document.querySelector('#line').innerText.includes('Sesi Anda berakhir')").await;
    assert_eq!(desk.ask("return document.querySelector('#alert').hidden").await, true);
    assert_eq!(desk.ask("return document.querySelector('#pass').disabled").await, false);
}

#[tokio::test]
async fn of_two_who_want_the_one_task_one_gets_it_and_of_two_verdicts_one_counts() {
    let mut site = Site::new().await;
    site.dossier().await;
    let Some(ani) = site.verifier("ani").await else { return };
    let Some(budi) = site.verifier("budi").await else { return };
    tokio::join!(ani.keys("n"), budi.keys("n"));
    let gone_on = "location.pathname.startsWith('/desk/tasks/') || location.search.includes('nothing')";
    tokio::join!(ani.until(gone_on), budi.until(gone_on));
    let (holder, other) =
        if ani.path().await.starts_with("/desk/tasks/") { (&ani, &budi) } else { (&budi, &ani) };
    other.sees("Tidak ada tugas lagi").await;
    holder.until(HELD).await;

    // The lease runs out unseen: the holder's page still shows the task while somebody else has it.
    site.bench.clock.advance(TimeDelta::minutes(16));
    assert_eq!(site.bench.store.expire_leases(site.bench.clock.now()).await.unwrap(), 1);
    other.keys("n").await;
    other.until(HELD).await;
    assert_eq!(holder.path().await, other.path().await);
    let path = other.path().await;
    let task = path.rsplit('/').next().unwrap();
    tokio::join!(holder.pass_all(), other.pass_all());
    other.sees("Keputusan tersimpan.").await;
    holder.until("document.querySelector('#alert').innerText.includes('bukan milik Anda')").await;
    assert_eq!(site.bench.store.audited("task.decided", task).await.unwrap(), 1);
}
