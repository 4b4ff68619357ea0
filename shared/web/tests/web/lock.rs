//! A session that is locked.

use axum::http::{Method, Request, StatusCode, header};
use berkas_store::UserRole;

use crate::support::{Bench, PASSWORD};

async fn unlock(bench: &Bench, cookie: &str, password: &str) -> StatusCode {
    let body = serde_json::json!({ "password": password }).to_string();
    let request = Request::post("/api/v1/unlock").header(header::COOKIE, cookie).body(body.into()).unwrap();
    bench.ask(request).await.status
}

#[tokio::test]
async fn a_locked_session_opens_no_door_until_the_password_is_given_and_no_other_session_is_touched() {
    let bench = Bench::new().await;
    bench.add_user("contoh", UserRole::Operator).await;
    let (left, other) = (bench.signed_in("contoh").await, bench.signed_in("contoh").await);
    assert_eq!(bench.call(Method::POST, "/api/v1/lock", &left).await.status, StatusCode::NO_CONTENT);
    let refused = bench.call(Method::POST, "/api/v1/operator", &left).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (StatusCode::LOCKED, Some("locked")));
    let page = bench.call(Method::GET, "/page?a=1&b=2", &left).await;
    assert_eq!(
        (page.status, page.header("location")),
        (StatusCode::SEE_OTHER, "/unlock?next=/page?a=1%26b=2")
    );
    assert_eq!(bench.call(Method::POST, "/api/v1/operator", &other).await.status, StatusCode::OK);

    assert_eq!(unlock(&bench, &left, "salah").await, StatusCode::FORBIDDEN);
    assert_eq!(unlock(&bench, &left, PASSWORD).await, StatusCode::NO_CONTENT);
    assert_eq!(bench.call(Method::POST, "/api/v1/operator", &left).await.status, StatusCode::OK);
    // What is open leads on, and never to another site.
    for (next, to) in [("/page", "/page"), ("//evil.example", "/console")] {
        let open = bench.call(Method::GET, &format!("/unlock?next={next}"), &left).await;
        assert_eq!((open.status, open.header("location")), (StatusCode::SEE_OTHER, to));
    }
}

#[tokio::test]
async fn whoever_is_locked_can_still_sign_out() {
    let bench = Bench::new().await;
    bench.add_user("contoh", UserRole::Operator).await;
    let cookie = bench.signed_in("contoh").await;
    bench.call(Method::POST, "/api/v1/lock", &cookie).await;
    assert_eq!(bench.call(Method::POST, "/logout", &cookie).await.header("location"), "/login");
    assert_eq!(bench.call(Method::GET, "/api/v1/user", &cookie).await.status, StatusCode::UNAUTHORIZED);
}
