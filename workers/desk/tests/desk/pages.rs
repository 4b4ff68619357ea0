//! The pages, as a browser without scripts uses them.

use crate::support::Bench;

#[tokio::test]
async fn a_whole_task_is_done_with_forms_alone() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    bench.dossier(2).await;
    let verifier = bench.verifier("ani").await;
    let queue = verifier.get("/desk?view=pool").await.is(200).text();
    assert!(queue.contains("351709-") && queue.contains("Akta kelahiran") && queue.contains("Jombang"));

    let pulled = verifier.form("/desk/next", "").await.is(303);
    let path = pulled.header("location").to_owned();
    let page = verifier.get(&path).await.is(200).text();
    for expected in
        ["SITI CONTOH", "3517 0941 0490 9001", "Nama ibu berbeda.", "Pindaian dari asli?", "≈ mirip 92 %"]
    {
        assert!(page.contains(expected), "{expected}");
    }
    let fence =
        page.split("data-fence=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();

    let judged = format!("fence={fence}&verdict=not_valid&codes=TIDAK_TERBACA&codes=BUKAN_ASLI");
    let back = verifier.form(&format!("{path}/documents/1"), &judged).await.is(303);
    let page = verifier.get(back.header("location")).await.is(200).text();
    assert!(page.contains("✕ Tidak sah"), "the verdict shows");
    let refused =
        verifier.form(&format!("{path}/decision"), &format!("fence={fence}&outcome=passed")).await.is(422);
    assert!(refused.text().contains("tidak dapat diloloskan"));

    let decided =
        verifier.form(&format!("{path}/decision"), &format!("fence={fence}&outcome=returned")).await.is(303);
    let next = decided.header("location").to_owned();
    let page = verifier.get(&next).await.is(200).text();
    assert!(page.contains("Keputusan tadi tersimpan."), "the next task is open and the last can be undone");
    let done = verifier.get("/desk?view=done").await.is(200).text();
    assert!(done.contains("Dikembalikan") && done.contains("Urungkan"));

    let undone = verifier.form(&format!("{path}/undo"), &format!("fence={fence}")).await.is(303);
    assert_eq!(undone.header("location"), path);
    let late =
        verifier.form(&format!("{path}/decision"), &format!("fence={fence}&outcome=returned")).await.is(409);
    assert!(late.text().contains("Tugas sudah lepas"));
}

#[tokio::test]
async fn the_pages_speak_english_too_and_carry_nothing_inline() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    let verifier = bench.verifier("ani").await;
    assert!(verifier.get("/desk?lang=en").await.is(200).text().contains("Your desk is empty"));
    let path = verifier.form("/desk/next", "").await.is(303).header("location").to_owned();
    let page = verifier.get(&format!("{path}?lang=en")).await.is(200).text();
    assert!(
        page.contains("The mother&#39;s name differs.") || page.contains("The mother's name differs."),
        "{page}"
    );
    assert!(
        page.contains("Birth letter · mother") && page.contains("Family card"),
        "documents are named in English: {page}"
    );
    assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick"));
    assert!(page.split("<script").skip(1).all(|script| script.contains("src=\"/assets/")));
    assert!(page.len() < 60 * 1024, "{} bytes", page.len());
}

#[tokio::test]
async fn an_empty_pool_says_so() {
    let bench = Bench::new().await;
    let verifier = bench.verifier("ani").await;
    let answer = verifier.form("/desk/next", "").await.is(303);
    assert_eq!(answer.header("location"), "/desk?nothing=true");
    let page = verifier.get("/desk?nothing=true").await.is(200).text();
    assert!(page.contains("Tidak ada tugas lagi") && page.contains("Meja Anda kosong"));
}

#[tokio::test]
async fn a_decision_stands_also_when_the_next_task_cannot_be_had() {
    let bench = Bench::new().await;
    bench.dossier(1).await;
    bench.dossier(2).await;
    let verifier = bench.verifier("ani").await;
    let (task, fence) = verifier.pull().await;
    bench.store.refuse_leases().await.unwrap();
    let page = task.replace("/api/v1", "/desk");
    let fields = format!("fence={fence}&outcome=returned&codes=GANDA");
    let decided = verifier.form(&format!("{page}/decision"), &fields).await.is(303);
    let to = decided.header("location");
    assert!(to.starts_with("/desk?undo="), "{to}");
    let queue = verifier.get(to).await.is(200).text();
    assert!(queue.contains("Keputusan tersimpan.") && !queue.contains("Tidak ada tugas lagi"), "{queue}");
    let id = task.rsplit('/').next().unwrap();
    assert_eq!(bench.store.audited("task.decided", id).await.unwrap(), 1);
    // To ask for it is refused, and that is told.
    verifier.form("/desk/next", "").await.is(500);
}

#[tokio::test]
async fn practice_is_marked_on_queue_and_task_and_is_shown_to_trainers_alone() {
    let bench = Bench::new().await;
    bench.practice(1).await;
    bench.dossier(2).await;
    let (verifier, trainer) = (bench.verifier("ani").await, bench.trainer("joko").await);
    let queue = trainer.get("/desk?view=pool").await.is(200).text();
    assert!(queue.contains(">latihan</span>") && queue.contains("351710-"), "{queue}");
    assert!(!queue.contains("351709-"), "{queue}");
    let queue = verifier.get("/desk?view=pool").await.is(200).text();
    assert!(!queue.contains(">latihan</span>") && !queue.contains("351710-"), "{queue}");
    let path = trainer.form("/desk/next", "").await.is(303).header("location").to_owned();
    assert!(trainer.get(&path).await.is(200).text().contains(">latihan</span>"));
    verifier.get(&path).await.is(404);
}
