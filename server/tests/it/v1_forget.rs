//! A visitor is erased, over HTTP: by the browser, by the owner's form and by the operator's command.

use crate::cli::run;
use crate::support::{App, event, outcome, shown, signed_in};
use axum_test::TestResponse;
use serde_json::{Value, json};
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, on_both_databases};

on_both_databases!(
    a_browser_has_its_visitor_erased,
    an_owner_has_a_visitor_erased_by_a_form,
    a_command_erases_a_visitor_and_looks_whether_it_is_gone,
);

async fn columns_with(app: &App, text: &str) -> Vec<String> {
    app.inside.database.store.columns_with(text).await.unwrap()
}

async fn counted(app: &App, site: &str) -> service::SiteCounters {
    let (counters, _) = app.inside.service.counters(site.parse().unwrap()).await.unwrap();
    let recounted = app.inside.service.recount(site.parse().unwrap()).await.unwrap();
    assert!(recounted.counts_like(&counters), "{recounted:#?} is not {counters:#?}");
    counters
}

async fn forget(app: &App, body: &Value) -> TestResponse {
    app.server.post("/v1/forget").add_header("origin", "https://customer.example").json(body).await
}

async fn a_browser_has_its_visitor_erased(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(2).await;
    let assigned = app.visit(&site.id, "v-one", |_| true).await;
    let other = app.visit(&site.id, "v-two", |_| true).await;
    let before = counted(&app, &site.id).await;
    let wish = json!({"site_id": site.id, "visitor_id": "v-one", "token": assigned["token"]});
    let with = |field: &str, value: Value| {
        let mut changed = wish.clone();
        changed[field] = value;
        changed
    };
    let refusals = [
        (with("token", other["token"].clone()), 403, "wrong_token"),
        (with("token", json!("v1.1.1.h.AAAA")), 403, "wrong_token"),
        (with("token", Value::Null), 400, "malformed"),
        (with("token", json!("x".repeat(513))), 400, "malformed"),
        (with("site_id", json!("site")), 400, "malformed"),
        (with("site_id", json!(uuid::Uuid::new_v4())), 404, "unknown_site"),
        (with("visitor_id", json!("somebody@example.com")), 400, "malformed"),
        (json!([wish]), 400, "malformed"),
    ];
    for (body, status, code) in refusals {
        let response = forget(&app, &body).await;
        assert_eq!(response.status_code().as_u16(), status, "{body}: {}", response.text());
        assert_eq!(response.content_type(), "application/problem+json");
        assert_eq!(response.header("access-control-allow-origin"), "*");
        assert_eq!(response.json::<Value>()["code"], json!(code), "{body}");
    }
    let form = app.server.post("/v1/forget").form(&[("site_id", &site.id)]).await;
    assert_eq!(form.status_code().as_u16(), 415);
    assert_eq!(app.server.get("/v1/forget").await.status_code().as_u16(), 405);
    assert!(!columns_with(&app, "v-one").await.is_empty());

    // As a beacon sends it, and once more as JSON.
    let beacon = app.server.post("/v1/forget").text(wish.to_string()).await;
    assert_eq!(shown(&beacon), "200 application/json\n{\"status\":\"accepted\"}");
    assert_eq!(beacon.header("access-control-allow-origin"), "*");
    forget(&app, &wish).await.assert_status_ok();
    app.inside.service.finish_erasures().await.unwrap();
    assert_eq!(columns_with(&app, "v-one").await, [""; 0]);
    assert!(counted(&app, &site.id).await.counts_like(&before));

    // What was in the page's queue comes too late, and is not to be sent again.
    let late = event(&assigned, "v-one", "impression");
    assert_eq!(outcome(&app.send(&late).await), json!({"result": "dropped", "reason": "forgotten"}));
    let batch = app.send(&json!({"events": [late, event(&other, "v-two", "guardrail")]})).await;
    assert_eq!(batch.json::<Value>()["results"][0]["reason"], json!("forgotten"));
    assert_eq!(batch.json::<Value>()["results"][1]["counted"], json!(true));
    assert_eq!(columns_with(&app, "v-one").await, [""; 0]);

    // Nobody can have the name that stands there now.
    for path in ["erased:1", "erased:"] {
        let path = format!("/v1/assign?site_id={}&visitor_id={path}", site.id);
        assert_eq!(app.server.get(&path).await.status_code().as_u16(), 400);
    }
    let mut forged = event(&other, "erased:0123", "impression");
    assert_eq!(app.send(&forged).await.status_code().as_u16(), 400);
    forged["visitor_id"] = json!("erase:0123");
    app.send(&forged).await.assert_status_ok();

    // Each wish is work, so a site has only so many; those that prove nothing do not use them up.
    app.inside.clock.advance(time::Duration::seconds(2));
    let mut answers = Vec::new();
    for _ in 0..7 {
        let forged = with("token", other["token"].clone());
        assert_eq!(forget(&app, &forged).await.status_code().as_u16(), 403);
        let answer = forget(&app, &wish).await;
        answers.push((answer.status_code().as_u16(), answer.maybe_header("retry-after").is_some()));
    }
    assert_eq!(answers, [[(200, false); 5].as_slice(), &[(429, true); 2]].concat());
    app.inside.clock.advance(time::Duration::seconds(1));
    forget(&app, &wish).await.assert_status_ok();
}

async fn an_owner_has_a_visitor_erased_by_a_form(database: TestDatabase) {
    let app = App::on(database);
    let (ada, eve) = (app.sign_up("ada@example.com").await, app.sign_up("eve@example.com").await);
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.json();
    let site = site["id"].as_str().unwrap();
    app.inside.work().await;
    let owner = signed_in(app.server.get(&format!("/api/sites/detail?site_id={site}")), &ada).await.json::<Value>();
    for row in owner["variants"].as_array().unwrap() {
        let form = [("site_id", site), ("variant_id", row["variant"]["id"].as_str().unwrap()), ("action", "approve")];
        signed_in(app.server.post("/api/variants/update"), &ada).form(&form).await;
    }
    app.visit(site, "v-one", |_| true).await;
    let before = counted(&app, site).await;
    // A form without any program in the browser says so, and is answered by an address.
    let erase = async |token: &str, visitor: &str| {
        let request = signed_in(app.server.post("/api/sites/erase-visitor"), token).add_header("accept", "text/html");
        let referer = format!("http://localhost/app/sites/{site}?view=settings");
        let response =
            request.add_header("referer", &referer).form(&[("site_id", site), ("visitor_id", visitor)]).await;
        let location = response.header("location").to_str().unwrap().to_owned();
        let page = location.split('#').next().unwrap().to_owned();
        let page = signed_in(app.server.get(&page), token).add_header("accept", "text/html").await;
        (location, page.text())
    };
    assert!(!erase(&eve, "v-one").await.0.contains("erased="));
    let (location, page) = erase(&ada, "v one").await;
    assert!(location.contains("__err"), "{location}");
    assert!(page.contains("A visitor&#39;s id has 1 to 64") || page.contains("A visitor's id has 1 to 64"));
    assert!(!columns_with(&app, "v-one").await.is_empty());
    let (location, page) = erase(&ada, "v-one").await;
    assert_eq!(location, format!("/app/sites/{site}?view=settings&erased=4#erase-heading"));
    assert!(page.contains("Erased. Nothing holds the id any more."));
    assert_eq!(columns_with(&app, "v-one").await, [""; 0]);
    assert!(counted(&app, site).await.counts_like(&before));
    let (_, page) = erase(&ada, "v-one").await;
    assert!(page.contains("Nothing was stored under this id."));
}

async fn a_command_erases_a_visitor_and_looks_whether_it_is_gone(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(1).await;
    app.visit(&site.id, "v-one", |_| true).await;
    app.visit(&site.id, "v-one-too", |_| false).await;
    let before = counted(&app, &site.id).await;
    let folder = tempfile::tempdir().unwrap();
    let url = app.inside.database.url_text.clone();
    let erase = async |visitor: &str, more: &[&str]| {
        let base = ["visitor", "erase", "--site", &site.id, "--visitor", visitor];
        run(&url, folder.path(), &[&base[..], more].concat()).await
    };
    let (ok, stdout, stderr) = erase("v-one", &["--json"]).await;
    assert!(ok, "{stderr}");
    let told: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(told, json!({"status": "erased", "exposures": 1, "conversions": 1, "events": 2}));
    // Another visitor's name holds this one.
    let (ok, stdout, stderr) = erase("v-one", &["--verify"]).await;
    assert!(!ok && stdout.contains("Nothing was stored under this id."), "{stdout}{stderr}");
    assert!(stderr.contains("events.visitor_id, visitors.visitor_id"), "{stderr}");
    let (ok, stdout, stderr) = erase("v-one-too", &["--verify"]).await;
    assert!(ok && stdout.contains("exposures 1, conversions 0, events 1"), "{stdout}{stderr}");
    let (ok, _, stderr) = erase("v-one", &["--verify"]).await;
    assert!(ok, "{stderr}");
    let (ok, _, stderr) = erase("nobody@example.com", &[]).await;
    assert!(!ok && stderr.contains("A visitor's id has"), "{stderr}");
    assert!(counted(&app, &site.id).await.counts_like(&before));
}
