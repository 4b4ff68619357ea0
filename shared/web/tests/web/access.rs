//! Who may do what, and for how long.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use berkas_domain::OfficeMode;
use berkas_store::UserRole;
use berkas_web::ApiKey;
use chrono::TimeDelta;
use rstest::rstest;
use uuid::Uuid;

use crate::support::{Bench, PASSWORD};

#[rstest]
#[case(UserRole::Verifier, [200, 403, 403, 403])]
#[case(UserRole::Supervisor, [200, 200, 403, 200])]
#[case(UserRole::Operator, [403, 403, 200, 200])]
#[case(UserRole::Viewer, [403, 403, 403, 200])]
#[tokio::test]
async fn a_role_opens_its_own_doors_and_no_others(#[case] role: UserRole, #[case] expected: [u16; 4]) {
    let bench = Bench::new().await;
    bench.add_user("contoh", role).await;
    let cookie = bench.signed_in("contoh").await;
    let doors = [
        (Method::POST, "/api/v1/verifier"),
        (Method::POST, "/api/v1/supervisor"),
        (Method::POST, "/api/v1/operator"),
        (Method::GET, "/api/v1/watcher"),
    ];
    for ((method, path), status) in doors.into_iter().zip(expected) {
        let answer = bench.call(method, path, &cookie).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        if status == 403 {
            assert_eq!(answer.json()["code"], "forbidden");
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
    }
    assert_eq!(bench.call(Method::GET, "/api/v1/user", &cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_gets_in_without_a_session_and_pages_lead_to_the_login() {
    let bench = Bench::new().await;
    for cookie in ["", "__Host-berkas=", &format!("__Host-berkas={}", "0".repeat(64))] {
        let answer = bench.call(Method::POST, "/api/v1/verifier", cookie).await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("unauthenticated"))
        );
    }
    let answer = bench.call(Method::GET, "/page?a=1&b=2", "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/login?next=/page?a=1%26b=2");
}

#[tokio::test]
async fn a_page_that_the_role_may_not_open_is_refused_as_a_page() {
    let bench = Bench::new().await;
    bench.add_user("contoh", UserRole::Verifier).await;
    let cookie = bench.signed_in("contoh").await;
    let answer = bench.call(Method::GET, "/page", &cookie).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.header("content-type").starts_with("text/html"), "{}", answer.header("content-type"));
    assert!(answer.text.contains("Tidak diizinkan") && answer.text.contains("Pegawai Contoh"));
    let english = bench.call(Method::GET, "/page?lang=en", &cookie).await;
    assert!(english.text.contains("Not allowed"));
}

#[tokio::test]
async fn a_session_ends_when_unused_and_at_the_latest_after_its_limit() {
    let bench = Bench::new().await;
    bench.add_user("contoh", UserRole::Verifier).await;
    let idle = bench.signed_in("contoh").await;
    bench.clock.advance(TimeDelta::minutes(31));
    assert_eq!(bench.call(Method::GET, "/api/v1/user", &idle).await.status, StatusCode::UNAUTHORIZED);

    let busy = bench.signed_in("contoh").await;
    for _ in 0..23 {
        bench.clock.advance(TimeDelta::minutes(25));
        assert_eq!(bench.call(Method::GET, "/api/v1/user", &busy).await.status, StatusCode::OK);
    }
    bench.clock.advance(TimeDelta::minutes(26));
    assert_eq!(bench.call(Method::GET, "/api/v1/user", &busy).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn logging_out_ends_the_session_and_logging_in_makes_a_new_one() {
    let bench = Bench::new().await;
    let user = bench.add_user("contoh", UserRole::Verifier).await;
    let first = bench.signed_in("contoh").await;
    let body = serde_json::json!({ "login": "contoh", "password": PASSWORD }).to_string();
    let again = Request::post("/api/v1/login").header("cookie", &first).body(Body::from(body)).unwrap();
    let second = bench.ask(again).await.cookie();
    assert_ne!(first, second);
    assert_eq!(bench.call(Method::GET, "/api/v1/user", &first).await.status, StatusCode::UNAUTHORIZED);

    let out = bench.call(Method::POST, "/logout", &second).await;
    assert_eq!((out.status, out.header("location")), (StatusCode::SEE_OTHER, "/login"));
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(bench.call(Method::GET, "/api/v1/user", &second).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bench.web.store.audited("login", &user.to_string()).await.unwrap(), 2);
    assert_eq!(bench.web.store.audited("logout", &user.to_string()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once_and_cannot_come_back() {
    let bench = Bench::new().await;
    let user = bench.add_user("contoh", UserRole::Operator).await;
    let cookie = bench.signed_in("contoh").await;
    let now = berkas_domain::Clock::now(&bench.clock);
    assert!(bench.web.store.disable_user(user, now).await.unwrap());
    assert!(!bench.web.store.disable_user(user, now).await.unwrap());
    assert_eq!(bench.call(Method::GET, "/api/v1/user", &cookie).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bench.login("contoh", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert!(bench.web.store.enable_user(user, now).await.unwrap());
    assert_eq!(bench.login("contoh", PASSWORD).await.status, StatusCode::OK);
    // Each change once, by whom it was made, and none that changed nothing.
    let written = bench.web.store.audit_of(&user.to_string(), 10).await.unwrap();
    let written = written.iter().map(|line| (line.by.as_str(), line.action.as_str()));
    let of_the_account: Vec<_> = written.clone().filter(|(_, action)| action.starts_with("user.")).collect();
    let expected = ["user.enabled", "user.disabled", "user.added"].map(|action| ("operator", action));
    assert_eq!(of_the_account, expected);
    assert!(written.into_iter().any(|line| line == ("user:contoh", "login")));
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let bench = Bench::new().await;
    let user = bench.add_user("contoh", UserRole::Operator).await;
    let cookie = bench.signed_in("contoh").await;
    let hash = bench.web.passwords.hash("kata sandi yang baru").unwrap();
    bench.web.store.set_password(user, &hash, berkas_domain::Clock::now(&bench.clock)).await.unwrap();
    assert_eq!(bench.call(Method::GET, "/api/v1/user", &cookie).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bench.login("contoh", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bench.login("CONTOH ", "kata sandi yang baru").await.status, StatusCode::OK);
    assert_eq!(bench.web.store.audited("user.password_set", &user.to_string()).await.unwrap(), 1);
}

#[tokio::test]
async fn an_office_is_known_by_its_key_until_the_key_is_revoked_or_the_office_stopped() {
    let bench = Bench::new().await;
    let now = berkas_domain::Clock::now(&bench.clock);
    let (key, id) = (ApiKey::draw().unwrap(), Uuid::now_v7());
    let office = "351709".parse().unwrap();
    bench.web.store.add_api_key(id, &office, "loket", key.hash(), now).await.unwrap();
    let ask = async |line: String| {
        let request = Request::get("/api/v1/office").header("authorization", line);
        bench.ask(request.body(Body::empty()).unwrap()).await
    };
    let answer = ask(format!("Bearer {}", key.reveal())).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "351709"));
    assert_eq!(ask(format!("bearer {}", key.reveal())).await.status, StatusCode::OK);
    let stranger = ask(format!("Bearer {}", ApiKey::draw().unwrap().reveal())).await;
    assert_eq!((stranger.status, stranger.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
    assert_eq!(ask(format!("Basic {}", key.reveal())).await.status, StatusCode::UNAUTHORIZED);

    bench.web.store.set_office_mode(&office, OfficeMode::Stopped, now).await.unwrap();
    assert_eq!(ask(format!("Bearer {}", key.reveal())).await.status, StatusCode::FORBIDDEN);
    bench.web.store.set_office_mode(&office, OfficeMode::Live, now).await.unwrap();
    assert!(bench.web.store.revoke_api_key(id, now).await.unwrap());
    assert_eq!(ask(format!("Bearer {}", key.reveal())).await.status, StatusCode::UNAUTHORIZED);
    assert!(!bench.web.store.revoke_api_key(id, now).await.unwrap());
    // Stopped and live again; what changed nothing is not written down.
    assert!(bench.web.store.set_office_mode(&office, OfficeMode::Live, now).await.unwrap());
    for (action, times) in [("office.key_added", 1), ("office.mode_set", 2), ("office.key_revoked", 1)] {
        assert_eq!(bench.web.store.audited(action, office.as_str()).await.unwrap(), times, "{action}");
    }
}

#[tokio::test]
async fn what_is_changed_of_the_ways_to_an_office_is_written_down_without_address_and_secret() {
    let bench = Bench::new().await;
    let (store, now) = (&bench.web.store, berkas_domain::Clock::now(&bench.clock));
    let office = "351709".parse().unwrap();
    for (url, secret) in [(Some("https://rahasia.example/hook"), Some("rahasia")), (None, None)] {
        assert!(store.set_webhook(&office, url, secret, now).await.unwrap());
    }
    for address in [Some("rahasia@kantor.example"), None] {
        assert!(store.set_mail(&office, address, now).await.unwrap());
    }
    let written = store.audit_of(office.as_str(), 10).await.unwrap();
    let told: Vec<_> = written.iter().map(|line| (line.action.as_str(), line.detail.to_string())).collect();
    let line = |action, on| (action, format!(r#"{{"on":{on}}}"#));
    let mail = [line("channel.mail", false), line("channel.mail", true)];
    assert_eq!(told[..2], mail);
    assert_eq!(told[2..], [line("channel.webhook", false), line("channel.webhook", true)]);
    assert!(written.iter().all(|line| line.by == "operator"));
}
