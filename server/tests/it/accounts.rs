//! Signing up, logging in and out, and what the session cookie is like.

use crate::support::{App, COOKIE, PASSWORD, signed_in};
use serde_json::{Value, json};
use testkit::{TestDatabase, on_both_databases};

on_both_databases!(a_session_lives_from_sign_up_to_log_out, strangers_and_weak_passwords_are_refused);

async fn a_session_lives_from_sign_up_to_log_out(database: TestDatabase) {
    let app = App::on(database);
    let form = [("email", "ada@example.com"), ("password", PASSWORD)];
    let response = app.server.post("/api/auth/signup").form(&form).await;
    let cookie = response.header("set-cookie").to_str().unwrap().to_owned();
    for part in ["__Host-evoloop=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age="] {
        assert!(cookie.contains(part), "{cookie} has {part}");
    }
    assert!(!cookie.contains("Domain"));
    let first = response.cookie(COOKIE).value().to_owned();
    let me: Value = signed_in(app.server.get("/api/me"), &first).await.json();
    assert_eq!(me, json!({"email": "ada@example.com", "plan": "pro"}));

    let response = app.server.post("/api/auth/login").form(&form).await;
    let second = response.cookie(COOKIE).value().to_owned();
    assert_ne!(first, second, "every login opens a session of its own");
    signed_in(app.server.post("/api/auth/logout"), &second).await;
    signed_in(app.server.get("/api/me"), &second).await.assert_status_unauthorized();
    signed_in(app.server.get("/api/me"), &first).await.assert_status_ok();

    app.inside.clock.advance(time::Duration::days(8));
    signed_in(app.server.get("/api/me"), &first).await.assert_status_unauthorized();
    signed_in(app.server.get("/api/me"), "made-up").await.assert_status_unauthorized();
}

async fn strangers_and_weak_passwords_are_refused(database: TestDatabase) {
    let app = App::on(database);
    app.sign_up("ada@example.com").await;
    let cases = [
        ("/api/auth/signup", "ada@example.com", PASSWORD, 409),
        ("/api/auth/signup", "ADA@example.com", PASSWORD, 409),
        ("/api/auth/signup", "no address", PASSWORD, 422),
        ("/api/auth/signup", "new@example.com", "short", 422),
        ("/api/auth/signup", "new@example.com", "aaaaaaaaaaaaaaaa", 422),
        ("/api/auth/login", "ada@example.com", "another long sentence", 401),
        ("/api/auth/login", "nobody@example.com", PASSWORD, 401),
        ("/api/auth/login", "no address", PASSWORD, 401),
    ];
    let mut sentences = Vec::new();
    for (path, email, password, status) in cases {
        let response = app.server.post(path).form(&[("email", email), ("password", password)]).await;
        assert_eq!(response.status_code().as_u16(), status, "{path} {email}");
        assert!(response.maybe_header("set-cookie").is_none());
        if status == 401 {
            sentences.push(response.text());
        }
    }
    sentences.dedup();
    assert_eq!(sentences.len(), 1, "which half was wrong is not told");
}

#[tokio::test]
async fn forms_without_a_program_are_answered_by_redirects() {
    let app = App::sqlite().await;
    let form = [("email", "ada@example.com"), ("password", PASSWORD)];
    let plain = |path: &str| app.server.post(path).add_header("accept", "text/html").add_header("referer", "/login");
    let response = plain("/api/auth/signup").form(&form).await;
    assert_eq!(response.status_code().as_u16(), 302);
    assert_eq!(response.header("location"), "/app");
    let wrong = [("email", "ada@example.com"), ("password", "another long sentence")];
    let response = plain("/api/auth/login").form(&wrong).await;
    assert!(response.status_code().is_redirection());
    assert!(response.header("location").to_str().unwrap().contains("/login"));
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "/app\r\nset-cookie: a=b"] {
        let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", next)];
        let response = plain("/api/auth/login").form(&form).await;
        assert_eq!(response.header("location"), "/app", "{next}");
    }
}

/// What a form says without program stands in the address of its page, and only this server may write it there.
#[tokio::test]
async fn nobody_else_writes_on_the_login_page() {
    let app = App::sqlite().await;
    let form = [("email", "nobody@example.com"), ("password", PASSWORD), ("next", "")];
    let request = app.server.post("/api/auth/login").form(&form).add_header("accept", "text/html");
    let response = request.add_header("referer", "http://localhost/login?next=%2Fapp&__seal=old").await;
    assert_eq!(response.status_code().as_u16(), 302);
    let address = response.header("location").to_str().unwrap().to_owned();
    assert!(address.starts_with("/login?next=%2Fapp&__path="), "{address}");
    let page = app.server.get(&address).await;
    page.assert_status_ok();
    assert!(page.text().contains("E-mail or password is wrong"), "{}", page.text());

    let forged = [
        address.replace("__seal=", "__seal=x"),
        address.split("&__seal").next().unwrap().to_owned(),
        address.replace("__err=", "__err=e30"),
        "/login?__err=eyJjb2RlIjoiaW52YWxpZCIsIm1lc3NhZ2UiOiJDYWxsIHVzIn0%3D&next=%2Fapp".to_owned(),
    ];
    for address in forged {
        let response = app.server.get(&address).await;
        assert_eq!(response.status_code().as_u16(), 303, "{address}");
        assert_eq!(response.header("location"), "/login?next=%2Fapp", "{address}");
    }
    let outside = app.server.get("//evil.example/?__err=a").await;
    assert_eq!(outside.header("location"), "/", "it leads nowhere else");
}
