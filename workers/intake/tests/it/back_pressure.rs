//! Too much due work shuts both doors, and they open again.

use axum::body::Body;
use axum::http::Method;

use crate::bench::{on_bench, wait_until};
use crate::dossier::Dossier;

#[test]
fn a_backlog_shuts_both_doors_until_it_is_worked_off() {
    on_bench(&[("BERKAS_INTAKE__MAX_BACKLOG", "1"), ("BERKAS_INTAKE__RETRY_AFTER_S", "9")], async |bench| {
        let dossiers: Vec<Dossier> = (0..4).map(|_| Dossier::new(&bench.office.office)).collect();
        for dossier in &dossiers {
            dossier.upload(bench, &bench.office).await;
        }
        let [first, second, by_http, by_queue] = &dossiers[..] else { panic!("four dossiers") };
        let mut paths = Vec::new();
        for dossier in [first, second] {
            // The door counts at most once a second, so the second one still slips in.
            let accepted = dossier.submit(bench, &bench.office).await;
            assert_eq!(accepted.status, 202, "{accepted:?}");
            paths.push(accepted.headers["location"].to_str().unwrap().to_owned());
        }
        wait_until(async || by_http.submit(bench, &bench.office).await.status == 429).await;
        let refused = by_http.submit(bench, &bench.office).await;
        assert_eq!((refused.status.as_u16(), &refused.json["code"]), (429, &"busy".into()));
        assert_eq!(refused.headers["retry-after"], "9");

        let _consumer = bench.start_consumer();
        by_queue.publish(bench, &bench.office).await;
        bench.wait_for_depth(1).await;
        let told = bench.told(&bench.office).await;
        assert!(told.iter().all(|notice| notice.data["sender_id"] != by_queue.manifest["sender_id"]));

        for path in paths {
            assert_eq!(bench.call(&bench.office, Method::DELETE, &path, Body::empty()).await.status, 200);
        }
        wait_until(async || {
            let told = bench.told(&bench.office).await;
            told.iter().any(|notice| notice.data["sender_id"] == by_queue.manifest["sender_id"])
        })
        .await;
    });
}
