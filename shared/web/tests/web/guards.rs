//! Cross-site requests, headers, cookies, assets and the login page.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use berkas_store::UserRole;
use rstest::rstest;

use crate::support::{Bench, PASSWORD};

#[rstest]
#[case("/api/v1/login")]
#[case("/api/v1/logout")]
#[case("/login")]
#[case("/logout")]
#[case("/api/v1/verifier")]
#[tokio::test]
async fn what_another_site_sends_is_refused(#[case] path: &str) {
    let bench = Bench::new().await;
    bench.add_user("contoh", UserRole::Verifier).await;
    let cookie = bench.signed_in("contoh").await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = Request::post(path).header("host", "desk.example").header("cookie", &cookie);
        let answer = bench.ask(request.header(name, value).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        assert!(answer.text.contains("cross_site"), "{}", answer.text);
    }
    assert_eq!(bench.call(Method::GET, "/api/v1/user", &cookie).await.status, StatusCode::OK);
}

#[rstest]
#[case::a_place_that_cannot_be_read(Method::GET, "/number/rusak", 400, "malformed")]
#[case::a_method_that_nobody_takes(Method::DELETE, "/number/1", 405, "method_not_allowed")]
#[case::nothing_there(Method::GET, "/nowhere", 404, "not_found")]
#[tokio::test]
async fn what_the_router_refuses_by_itself_is_coded_and_repeats_nothing(
    #[case] method: Method,
    #[case] path: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let bench = Bench::new().await;
    let told = bench.call(method.clone(), &format!("/api/v1{path}"), "").await;
    assert_eq!((told.status.as_u16(), &told.json()["code"]), (status, &code.into()), "{}", told.text);
    assert_eq!(told.header("content-type"), "application/problem+json");
    assert!(!told.text.contains("rusak"), "{}", told.text);
    let shown = bench.call(method, path, "").await;
    assert_eq!(shown.status.as_u16(), status);
    assert!(
        shown.text.contains(&format!("{status} · {code}")) && shown.text.contains("<h1>"),
        "{}",
        shown.text
    );
    assert_eq!(shown.header("content-security-policy"), told.header("content-security-policy"));
    assert_eq!(told.header("allow").is_empty(), status != 405);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let bench = Bench::new().await;
    for path in ["/login", "/api/v1/me", "/nowhere", "/api/v1/nowhere"] {
        let answer = bench.call(Method::GET, path, "").await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let bench = Bench::new().await;
    bench.add_user("contoh", UserRole::Verifier).await;
    let answer = bench.login("contoh", PASSWORD).await;
    let line = answer.header("set-cookie");
    assert!(line.starts_with("__Host-berkas="), "{line}");
    for part in ["Path=/", "HttpOnly", "SameSite=Strict", "Secure", "Max-Age=36000"] {
        assert!(line.contains(part), "{line}");
    }
}

#[tokio::test]
async fn nothing_on_the_login_page_is_inline_and_its_assets_may_be_kept() {
    let bench = Bench::new().await;
    let page = bench.call(Method::GET, "/login?lang=en", "").await;
    assert_eq!(page.header("set-cookie").split(';').next(), Some("lang=en"));
    assert!(page.text.contains("Sign in") && page.text.contains("<html lang=\"en\">"));
    assert!(
        !page.text.contains(" style=") && !page.text.contains("<style") && !page.text.contains(" onclick")
    );
    let href = page
        .text
        .split("href=\"")
        .find(|part| part.starts_with("/assets/") && part.contains(".css"))
        .unwrap();
    let asset = bench.call(Method::GET, href.split('"').next().unwrap(), "").await;
    assert_eq!((asset.status, asset.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert!(asset.header("cache-control").contains("immutable"));
}

#[tokio::test]
async fn the_login_form_leads_to_the_page_that_was_asked_for_and_never_to_another_site() {
    let bench = Bench::new().await;
    bench.add_user("contoh", UserRole::Operator).await;
    let post = async |next: &str, password: &str| {
        let body = format!("login=contoh&password={}&next={next}", password.replace(' ', "+"));
        let request = Request::post("/login").header("content-type", "application/x-www-form-urlencoded");
        bench.ask(request.body(Body::from(body)).unwrap()).await
    };
    let wrong = post("/page", "salah sekali ini").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(
        wrong.text.contains("Nama pengguna atau kata sandi salah") && wrong.text.contains("value=\"/page\"")
    );
    assert!(!wrong.text.contains("salah sekali ini") && wrong.header("set-cookie").is_empty());

    let right = post("/page", PASSWORD).await;
    assert_eq!((right.status, right.header("location")), (StatusCode::SEE_OTHER, "/page"));
    assert_eq!(bench.call(Method::GET, "/page", &right.cookie()).await.text, "page");
    assert_eq!(post("//evil.example", PASSWORD).await.header("location"), "/console");
    let start = bench.call(Method::GET, "/", &right.cookie()).await;
    assert_eq!(start.header("location"), "/console");
}

#[tokio::test]
async fn pages_and_styles_are_sent_compressed_to_whoever_can_read_that() {
    let bench = Bench::new().await;
    let plain = bench.call(Method::GET, "/login", "").await;
    assert_eq!(plain.header("content-encoding"), "");
    let request = Request::get("/login").header("accept-encoding", "gzip, br").body(Body::empty()).unwrap();
    let small = bench.ask(request).await;
    assert_eq!((small.header("content-encoding"), small.header("vary")), ("gzip", "accept-encoding"));
    assert!(small.size < plain.size * 6 / 10, "{} of {} bytes", small.size, plain.size);
}
