//! Guessing is slow.

use axum::http::StatusCode;
use berkas_store::UserRole;
use berkas_web::WebSettings;
use chrono::TimeDelta;

use crate::support::{Bench, PASSWORD};

#[tokio::test]
async fn after_five_wrong_passwords_even_the_right_one_must_wait() {
    let bench = Bench::new().await;
    let user = bench.add_user("contoh", UserRole::Verifier).await;
    for _ in 0..5 {
        let answer = bench.login("contoh", "tebakan yang salah").await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("wrong_login"))
        );
    }
    let answer = bench.login("contoh", PASSWORD).await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (StatusCode::TOO_MANY_REQUESTS, Some("throttled"))
    );
    assert_eq!(answer.header("retry-after"), "900");
    assert_eq!(bench.web.store.audited("login.failed", &user.to_string()).await.unwrap(), 5);

    bench.clock.advance(TimeDelta::minutes(15));
    assert_eq!(bench.login("contoh", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_login_is_told_the_same_and_is_throttled_the_same() {
    let bench = Bench::new().await;
    for _ in 0..5 {
        let answer = bench.login("tidak-ada", "tebakan yang salah").await;
        assert_eq!(answer.json()["code"], "wrong_login");
    }
    assert_eq!(bench.login("tidak-ada", "tebakan").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_login_that_succeeds_begins_the_count_anew() {
    let bench = Bench::new().await;
    bench.add_user("contoh", UserRole::Verifier).await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(bench.login("contoh", "tebakan yang salah").await.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(bench.login("contoh", PASSWORD).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn one_account_cannot_be_guessed_from_many_addresses() {
    let settings = WebSettings {
        account_tries: 6,
        trust_forwarded_for: true,
        password_memory_kib: 64,
        password_passes: 1,
        ..WebSettings::default()
    };
    let bench = Bench::with(settings).await;
    bench.add_user("contoh", UserRole::Verifier).await;
    let mut statuses = Vec::new();
    for address in 1..=8 {
        let body = r#"{"login": "contoh", "password": "tebakan yang salah"}"#;
        let request = axum::http::Request::post("/api/v1/login")
            .header("x-forwarded-for", format!("203.0.113.{address}"));
        statuses.push(bench.ask(request.body(body.into()).unwrap()).await.status.as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 401, 429, 429]);
}

#[tokio::test]
async fn tries_that_come_at_once_do_not_slip_through() {
    let bench = Bench::new().await;
    bench.add_user("contoh", UserRole::Verifier).await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let app = bench.app.clone();
        tries.spawn(async move {
            let body = r#"{"login": "contoh", "password": "tebakan yang salah"}"#;
            let request =
                axum::http::Request::post("/api/v1/login").body(axum::body::Body::from(body)).unwrap();
            tower::ServiceExt::oneshot(app, request).await.unwrap().status()
        });
    }
    let statuses = tries.join_all().await;
    let looked_at = statuses.iter().filter(|status| **status == StatusCode::UNAUTHORIZED).count();
    assert_eq!(looked_at, 5, "{statuses:?}");
}
