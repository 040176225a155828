//! What `/v1/assign` does beside assigning: previews, targets, visitors who keep no name; and further names of paths.

use crate::support::{App, event, outcome, shown, signed_in};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use server::router::{AppState, Routes};
use server::v1::OPENAPI;
use server::v1::rate_limit::RateLimit;
use service::PublicPaths;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, TestServiceBuilder, on_both_databases};

on_both_databases!(
    previews_show_any_variant_and_count_nothing,
    only_links_of_the_site_show_previews,
    without_its_database_it_shows_no_preview,
    a_visitor_without_a_name_gets_one_for_the_day,
);

const PERSON: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const MACHINE: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36";

/// A site as its owner sees it in the dashboard.
struct Owned<'a> {
    app: &'a App,
    owner: String,
    id: String,
}

impl<'a> Owned<'a> {
    async fn new(app: &'a App, email: &str, url: &str) -> Self {
        let owner = app.sign_up(email).await;
        let site: Value = signed_in(app.server.post("/api/sites"), &owner).form(&[("url", url)]).await.json();
        app.inside.work().await;
        Self { app, owner, id: site["id"].as_str().unwrap().to_owned() }
    }

    async fn variants(&self) -> Vec<Value> {
        let path = format!("/api/variants?site_id={}", self.id);
        signed_in(self.app.server.get(&path), &self.owner).await.json()
    }

    async fn act(&self, variant: &Value, action: &str) {
        let id = variant["variant"]["id"].as_str().unwrap();
        let form = [("site_id", self.id.as_str()), ("variant_id", id), ("action", action)];
        let answer = signed_in(self.app.server.post("/api/variants/update"), &self.owner).form(&form).await;
        assert!(answer.status_code().is_success(), "{}", answer.text());
    }

    fn preview(&self, link: &Value) -> String {
        let token = link.as_str().unwrap().split("evo_preview=").nth(1).unwrap();
        format!("/v1/assign?site_id={}&preview={token}", self.id)
    }
}

async fn previews_show_any_variant_and_count_nothing(database: TestDatabase) {
    let app = App::on(database);
    app.inside.reader.put("https://kettle.example/?a=1&b=%20x", Ok(testkit::service::PAGE));
    let site = Owned::new(&app, "ada@example.com", "https://kettle.example/?a=1&b=%20x").await;
    let waiting = site.variants().await;
    let link = waiting[1]["preview_link"].as_str().unwrap();
    assert!(link.starts_with("https://kettle.example/?a=1&b=%20x&evo_preview=p1."), "{link}");

    // The page draws the link for whoever owns it.
    let page = signed_in(app.server.get(&format!("/app/sites/{}?view=variants", site.id)), &site.owner);
    let html = page.add_header("accept", "text/html").await.text();
    let drawn = "https://kettle.example/?a=1&amp;b=%20x&amp;evo_preview=p1.";
    assert!(html.matches(drawn).count() >= waiting.len(), "{html}");
    assert!(html.contains("Preview on your page"));

    site.act(&waiting[1], "reject").await;
    site.act(&waiting[2], "approve").await;
    site.act(&waiting[3], "approve").await;
    site.act(&waiting[3], "kill").await;
    let form = [("site_id", site.id.as_str()), ("status", "paused")];
    signed_in(app.server.post("/api/sites/update"), &site.owner).form(&form).await;
    let now = site.variants().await;
    let states: Vec<&str> = now.iter().map(|row| row["variant"]["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["active", "rejected", "active", "killed"]);
    let requests = async || {
        app.inside.service.store_requests().await.unwrap();
        let path = format!("/api/sites/statistics?site_id={}", site.id);
        let statistics: Value = signed_in(app.server.get(&path), &site.owner).await.json();
        statistics["generation"]["requests"].clone()
    };
    let before = requests().await;
    for row in &now {
        for agent in [PERSON, MACHINE] {
            for more in ["", "&visitor_id=v1", "&visitor_id=%00&stateless=1"] {
                let path = site.preview(&row["preview_link"]) + more;
                let response = app.server.get(&path).add_header("user-agent", agent).await;
                assert_eq!(response.header("cache-control"), "no-store");
                assert_eq!(response.header("access-control-allow-origin"), "*");
                let answer: Value = response.json();
                assert_eq!(answer["variant_id"], row["variant"]["id"]);
                assert_eq!(answer["patch"], row["variant"]["patch"]);
                assert_eq!((&answer["preview"], &answer["token"]), (&json!(true), &Value::Null));
                assert!(answer.get("visitor_id").is_none() && answer["targets"].is_array(), "{answer}");
            }
        }
    }
    assert_eq!(requests().await, before, "nobody asked for an assignment");
    let answer: Value = app.server.get(&site.preview(&now[1]["preview_link"])).await.json();
    let sent = app.send(&event(&answer, "v1", "impression")).await;
    assert_eq!(outcome(&sent)["counted"], json!(false), "without a token nothing counts");
    let (counters, _) = app.inside.service.counters(site.id.parse().unwrap()).await.unwrap();
    assert!(counters.variants.iter().all(|row| row.visitors == 0));
    // An assignment is no preview, and says nothing of one.
    let assigned = app.assign(&site.id, "v1").await;
    assert!(assigned.get("preview").is_none() && assigned.get("visitor_id").is_none(), "{assigned}");
}

async fn only_links_of_the_site_show_previews(database: TestDatabase) {
    let app = App::on(database);
    let site = Owned::new(&app, "ada@example.com", PAGE_URL).await;
    let other = app.seeded(1).await;
    let link = site.variants().await[1]["preview_link"].clone();
    let sound = site.preview(&link);
    let foreign = sound.replace(&site.id, &other.id);
    let changed = sound.replace(".18006", ".18007");
    let unknown = sound.replace(&site.id, "00000000-0000-4000-8000-000000000000");
    let mut answers = String::new();
    app.server.get(&sound).await.assert_status_ok();
    app.inside.clock.advance(time::Duration::days(8));
    let none = format!("/v1/assign?site_id={}&preview=", site.id);
    for path in [foreign, changed, unknown, none, "/v1/assign?preview=p1".to_owned(), sound] {
        let response = app.server.get(&path).await;
        assert_eq!(response.header("access-control-allow-origin"), "*");
        answers.push_str(&shown(&response));
        answers.push('\n');
    }
    insta::assert_snapshot!(answers, @r#"
    403 application/problem+json
    {"code":"preview_forged","detail":"This preview link was not made for this site, or was changed on its way.","status":403,"title":"Forbidden","type":"about:blank"}
    403 application/problem+json
    {"code":"preview_forged","detail":"This preview link was not made for this site, or was changed on its way.","status":403,"title":"Forbidden","type":"about:blank"}
    403 application/problem+json
    {"code":"preview_forged","detail":"This preview link was not made for this site, or was changed on its way.","status":403,"title":"Forbidden","type":"about:blank"}
    400 application/problem+json
    {"code":"malformed","detail":"`visitor_id` must be 1 to 64 letters, digits, -, _, . or :, not beginning with erased:.","status":400,"title":"Bad Request","type":"about:blank"}
    400 application/problem+json
    {"code":"malformed","detail":"`site_id` must be a UUID.","status":400,"title":"Bad Request","type":"about:blank"}
    403 application/problem+json
    {"code":"preview_expired","detail":"This preview link has expired; the dashboard has a new one.","status":403,"title":"Forbidden","type":"about:blank"}
    "#);
}

async fn without_its_database_it_shows_no_preview(database: TestDatabase) {
    let app = App::on(database);
    let site = Owned::new(&app, "ada@example.com", PAGE_URL).await;
    let link = site.variants().await[1]["preview_link"].clone();
    app.inside.database.store.clone().close().await.unwrap();
    let response = app.server.get(&site.preview(&link)).await;
    assert!(response.maybe_header("retry-after").is_some());
    insta::assert_snapshot!(shown(&response), @r#"
    503 application/problem+json
    {"code":"unavailable","detail":"The variant cannot be read from the database. Try again.","status":503,"title":"Service Unavailable","type":"about:blank"}
    "#);
    // What is not to be believed is told without it.
    let forged = app.server.get(&format!("{}x", site.preview(&link))).await;
    assert_eq!(forged.status_code().as_u16(), 403);
    app.assign(&site.id, "v1").await;
}

/// An answer to somebody at an address: by the fast path if that takes it.
async fn ask(routes: &Routes, peer: [u8; 4], path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    for (name, value) in headers {
        let name: axum::http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    answer(routes, peer, request).await
}

async fn answer(routes: &Routes, peer: [u8; 4], request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = routes.clone().answer(request, Some(IpAddr::from(peer))).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn a_visitor_without_a_name_gets_one_for_the_day(database: TestDatabase) {
    let app = App::on(database);
    let (site, other) = (app.seeded(3).await, app.seeded(1).await);
    let proxies = "10.0.0.0/8".parse().into_iter().collect();
    let state = AppState { rate_limit: Arc::new(RateLimit::new(0, proxies)), ..app.state.clone() };
    let routes = Routes::new(state);
    let path = |site: &str, more: &str| format!("/v1/assign?site_id={site}&stateless=1{more}");
    let own = path(&site.id, "");
    let asked = async |peer: [u8; 4], path: &str, headers: &[(&str, &str)]| -> Value {
        let (status, _, text) = ask(&routes, peer, path, headers).await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    };
    let browser = [("user-agent", PERSON)];
    let first = asked([192, 0, 2, 1], &own, &browser).await;
    let name = first["visitor_id"].as_str().unwrap().to_owned();
    assert_eq!(asked([192, 0, 2, 1], &own, &browser).await, first);
    // The snippet has a place for everything in its question, empty where it has nothing.
    assert_eq!(asked([192, 0, 2, 1], &path(&site.id, "&visitor_id=&current=&preview="), &browser).await, first);
    // The name is as good as one that the browser chose, and is told only when it was made here.
    let mut named = app.assign(&site.id, &name).await;
    assert_eq!(named.get("visitor_id"), None);
    named["visitor_id"] = json!(name);
    assert_eq!(named, first);
    let given = asked([192, 0, 2, 1], &path(&site.id, "&visitor_id=mine"), &browser).await;
    assert_eq!(given.get("visitor_id"), None);
    let counted = app.send(&event(&first, &name, "impression")).await;
    assert_eq!(outcome(&counted), json!({"result": "recorded", "counted": true}));

    // Who is behind a trusted proxy is told apart, and nobody else is believed.
    let through = |client: &'static str| [("user-agent", PERSON), ("x-forwarded-for", client)];
    let visitor = |answer: Value| answer["visitor_id"].as_str().unwrap().to_owned();
    assert_eq!(visitor(asked([10, 0, 0, 1], &own, &through("192.0.2.1")).await), name);
    assert_ne!(visitor(asked([10, 0, 0, 1], &own, &through("192.0.2.2")).await), name);
    assert_eq!(visitor(asked([192, 0, 2, 1], &own, &through("192.0.2.2")).await), name);
    assert_ne!(visitor(asked([192, 0, 2, 1], &own, &[("user-agent", "Other/1")]).await), name);
    assert_ne!(visitor(asked([192, 0, 2, 1], &path(&other.id, ""), &browser).await), name);
    let machine = asked([192, 0, 2, 1], &own, &[("user-agent", MACHINE)]).await;
    assert!(machine["token"].is_null() && machine["visitor_id"].is_string(), "{machine}");
    app.inside.clock.advance(time::Duration::days(1));
    assert_ne!(visitor(asked([192, 0, 2, 1], &own, &browser).await), name);

    // What is stored holds the name, and the address nowhere.
    if let Some(folder) = app.inside.database.folder() {
        let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
        let stored: Vec<Vec<u8>> = files.collect();
        let holds = |text: &str| stored.iter().any(|file| file.windows(text.len()).any(|part| part == text.as_bytes()));
        assert!(holds(&name) && !holds("192.0.2.1") && !holds("Firefox"));
    }

    let unknown = app.server.get(&own).await;
    let malformed = ask(&routes, [192, 0, 2, 1], &path(&site.id, "&visitor_id=%00"), &browser).await;
    let off = ask(&routes, [192, 0, 2, 1], &own.replace("stateless=1", "stateless=0"), &browser).await;
    insta::assert_snapshot!([shown(&unknown), malformed.2, off.2].join("\n"), @r#"
    400 application/problem+json
    {"code":"malformed","detail":"Without the client's address, `visitor_id` is needed.","status":400,"title":"Bad Request","type":"about:blank"}
    {"code":"malformed","detail":"`visitor_id` must be 1 to 64 letters, digits, -, _, . or :, not beginning with erased:.","status":400,"title":"Bad Request","type":"about:blank"}
    {"code":"malformed","detail":"`visitor_id` must be 1 to 64 letters, digits, -, _, . or :, not beginning with erased:.","status":400,"title":"Bad Request","type":"about:blank"}
    "#);
}

#[tokio::test]
async fn an_assignment_says_what_to_look_for() {
    let app = App::sqlite().await;
    let site = app.seeded(1).await;
    let mut assigned = app.assign(&site.id, "v1").await;
    let described: Value = serde_json::from_str(OPENAPI).unwrap();
    let described = &described["components"]["schemas"]["Assignment"];
    let known: BTreeSet<&str> = assigned.as_object().unwrap().keys().map(String::as_str).collect();
    let required = described["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    assert_eq!(known, required.collect::<BTreeSet<_>>());
    assert!(["visitor_id", "preview"].iter().all(|name| described["properties"][name].is_object()));
    // Seeded variants change the headline, and on the control it has to be there.
    let looked_for = if assigned["is_control"] == json!(true) { json!([{"css": "h1"}]) } else { json!([]) };
    assert_eq!(assigned["targets"], looked_for);
    for field in ["site_id", "variant_id", "token", "patch", "goals", "is_control", "targets"] {
        assigned.as_object_mut().unwrap().remove(field);
    }
    insta::assert_snapshot!(assigned, @r#"{"epoch":1,"holdout":false,"ttl_s":3600}"#);
}

fn renamed() -> PublicPaths {
    let name = |path: &str| Some(path.to_owned());
    PublicPaths { script: name("/a.js"), assign: name("/x/a"), event: name("/x/e"), forget: name("/x/f") }
}

#[tokio::test]
async fn further_names_answer_as_the_standard_ones() {
    let app = App::with(TestServiceBuilder::default().paths(renamed()).build(TestDatabase::sqlite().await));
    let site = app.seeded(2).await;
    let routes = Routes::new(app.state.clone());
    let assign = format!("?site_id={}&visitor_id=v1", site.id);
    let assigned = app.assign(&site.id, "v1").await;
    // It is stored already, so that each answer says the same of it.
    let repeated = event(&assigned, "v2", "impression");
    app.send(&repeated).await.assert_status_ok();
    let repeated = repeated.to_string();
    let with_body = |method: Method, path: &str, body: &str| {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        request.body(Body::from(body.to_owned())).unwrap()
    };
    let pairs = [("/v1/assign", "/x/a"), ("/v1/event", "/x/e"), ("/v1/forget", "/x/f"), ("/evoloop.js", "/a.js")];
    for (standard, name) in pairs {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST, Method::DELETE] {
            for (query, body) in [(assign.as_str(), ""), ("", ""), ("", repeated.as_str())] {
                let one = with_body(method.clone(), &format!("{standard}{query}"), body);
                let two = with_body(method.clone(), &format!("{name}{query}"), body);
                let mut answers =
                    [answer(&routes, [192, 0, 2, 1], one).await, answer(&routes, [192, 0, 2, 1], two).await];
                let references: BTreeSet<_> =
                    answers.iter_mut().filter_map(|(_, headers, _)| headers.remove("x-request-id")).collect();
                assert_eq!(references.len(), 2, "{method} {name}");
                assert_eq!(answers[0], answers[1], "{method} {name}{query}");
            }
        }
    }
    let (status, headers, text) = ask(&routes, [192, 0, 2, 1], &format!("/x/a{assign}"), &[]).await;
    assert_eq!((status, serde_json::from_str::<Value>(&text).unwrap()), (StatusCode::OK, assigned.clone()));
    assert_eq!(headers["access-control-allow-origin"], "*");
    let impression = event(&assigned, "v1", "impression").to_string();
    let (_, _, text) = answer(&routes, [192, 0, 2, 1], with_body(Method::POST, "/x/e", &impression)).await;
    assert!(text.contains("\"counted\":true"), "{text}");
    // Names that nobody gave are nothing, also where they begin alike.
    for path in ["/x", "/x/a/b", "/x/b"] {
        assert_eq!(app.server.get(path).await.status_code().as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_script_under_another_name_is_kept_as_long() {
    let app = App::with(TestServiceBuilder::default().paths(renamed()).build(TestDatabase::sqlite().await));
    let (standard, named) = (app.server.get("/evoloop.js").await, app.server.get("/a.js").await);
    assert_eq!(named.text(), "/* snippet */");
    for name in ["cache-control", "last-modified", "content-type", "access-control-allow-origin"] {
        assert_eq!(named.header(name), standard.header(name), "{name}");
    }
    let since = standard.header("last-modified");
    let again = app.server.get("/a.js").add_header("if-modified-since", since).await;
    assert_eq!(again.status_code().as_u16(), 304);

    // What the owner pastes leads to the further names.
    let owner = app.sign_up("ada@example.com").await;
    let site: Value = signed_in(app.server.post("/api/sites"), &owner).form(&[("url", PAGE_URL)]).await.json();
    let id = site["id"].as_str().unwrap();
    let detail: Value = signed_in(app.server.get(&format!("/api/sites/detail?site_id={id}")), &owner).await.json();
    let expected = format!(
        "<script async src=\"http://localhost/a.js\" data-site=\"{id}\" data-assign=\"/x/a\" data-event=\"/x/e\" data-forget=\"/x/f\"></script>"
    );
    assert_eq!(detail["install_snippet"], json!(expected));
}
