//! Verifying an installation: a customer's server on loopback, the product's own fetcher, and what the owner is told.

use crate::cli::run;
use crate::support::{App, event, signed_in};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use outbound::fetcher::{AllowedPrivateHosts, FetchPolicy, Fetcher};
use serde_json::{Value, json};
use server::router::router;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{TestDatabase, TestServiceBuilder, on_both_databases};
use tokio::net::TcpListener;

on_both_databases!(what_is_wrong_is_named, the_owner_is_shown_it);

/// What the customer's server answers.
#[derive(Clone, Default)]
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    /// The page behind its cache, where that is another one.
    fresh: Option<String>,
    /// What `/evoloop.js` answers on the customer's own host.
    script: Option<(&'static str, &'static str)>,
}

type Shared = Arc<Mutex<Answer>>;

async fn answer(State(shared): State<Shared>, uri: Uri, RawQuery(query): RawQuery) -> Response {
    let Answer { status, headers, body, fresh, script } = shared.lock().unwrap().clone();
    match (uri.path(), script) {
        ("/robots.txt", _) => return StatusCode::NOT_FOUND.into_response(),
        ("/evoloop.js", Some((kind, text))) => return ([("content-type", kind)], text).into_response(),
        ("/" | "/home", _) => {}
        _ => return StatusCode::NOT_FOUND.into_response(),
    }
    if uri.path() == "/home" {
        return ([("content-type", "text/html")], body).into_response();
    }
    let is_fresh = query.is_some_and(|query| query.contains("evo_verify="));
    let body = fresh.filter(|_| is_fresh).unwrap_or(body);
    let mut map = HeaderMap::new();
    map.insert("content-type", HeaderValue::from_static("text/html; charset=utf-8"));
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap());
    }
    (StatusCode::from_u16(status).unwrap(), map, body).into_response()
}

async fn customer() -> (String, Shared) {
    let shared = Shared::default();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new().fallback(answer).with_state(shared.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, shared)
}

/// A page with this in its head.
fn page(head: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>Kettle</title>{head}</head><body><main>\
         <h1>Boil water in two minutes</h1><p class=lead>A kettle for people who are always late.</p>\
         <a class=\"btn buy\" href=/order>Order yours today</a>\
         <h2>Why people keep it</h2><p>It is quiet, it switches itself off, and it is easy to clean.</p>\
         <p>Every kettle is made by hand, and comes with a guarantee of ten years.</p></main></body></html>"
    )
}

/// An owner whose customer's page was read, on an installation that answers on loopback too.
struct Owner {
    app: App,
    token: String,
    site_id: String,
    host: String,
    public_url: String,
    shared: Shared,
}

impl Owner {
    async fn of(database: TestDatabase) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let public_url = format!("http://{}", listener.local_addr().unwrap());
        let policy = FetchPolicy {
            allow_private: AllowedPrivateHosts::parse("127.0.0.1, localhost").unwrap(),
            unreachable_after: Duration::ZERO,
            ..FetchPolicy::default()
        };
        let builder = TestServiceBuilder::default()
            .public_url(&public_url)
            .snippet("/* snippet */")
            .page_reader(Arc::new(Fetcher::new(policy).unwrap()));
        let app = App::with(builder.build(database));
        let installation = router(app.state.clone());
        tokio::spawn(async move { axum::serve(listener, installation).await });
        let (host, shared) = customer().await;
        *shared.lock().unwrap() = Answer { status: 200, body: page(""), ..Answer::default() };
        let token = app.sign_up("ada@example.com").await;
        let form = [("url", format!("http://{host}/"))];
        let site: Value = signed_in(app.server.post("/api/sites"), &token).form(&form).await.json();
        app.inside.work().await;
        let site_id = site["id"].as_str().unwrap().to_owned();
        Self { app, token, site_id, host, public_url, shared }
    }

    fn snippet(&self) -> String {
        format!("<script async src=\"{}/evoloop.js\" data-site=\"{}\"></script>", self.public_url, self.site_id)
    }

    async fn ask(&self) {
        let form = [("site_id", self.site_id.as_str())];
        signed_in(self.app.server.post("/api/sites/verify"), &self.token).form(&form).await.assert_status_ok();
    }

    async fn detail(&self) -> Value {
        let path = format!("/api/sites/detail?site_id={}", self.site_id);
        signed_in(self.app.server.get(&path), &self.token).await.json()
    }

    /// Has the customer's server answer so, and says what was found.
    async fn verified(&self, answer: Answer) -> Value {
        *self.shared.lock().unwrap() = answer;
        self.ask().await;
        self.app.inside.work().await;
        self.detail().await["install"]["findings"].clone()
    }

    async fn html(&self, address: &str) -> String {
        signed_in(self.app.server.get(address), &self.token).add_header("accept", "text/html").await.text()
    }
}

fn fine(head: &str) -> Answer {
    Answer { status: 200, body: page(head), ..Answer::default() }
}

async fn what_is_wrong_is_named(database: TestDatabase) {
    let owner = Owner::of(database).await;
    let snippet = owner.snippet();
    let other = uuid::Uuid::new_v4().to_string();
    let own_address = snippet.replace(&owner.public_url, "");
    let installation = owner.public_url.trim_start_matches("http://").to_owned();
    let script = format!("http://{}/evoloop.js", owner.host);
    let with = |name: &'static str, value: &str| vec![(name, value.to_owned())];
    let policy = |value: &str| Answer { headers: with("content-security-policy", value), ..fine(&snippet) };
    let cases: Vec<(&str, Answer, Value)> = vec![
        ("sound", fine(&snippet), json!([])),
        ("nothing", fine(""), json!([{"kind": "no_snippet"}])),
        (
            "another site",
            fine(&snippet.replace(&owner.site_id, &other)),
            json!([{"kind": "wrong_site", "found": other, "wanted": owner.site_id}]),
        ),
        ("twice", fine(&snippet.repeat(2)), json!([{"kind": "several_snippets", "count": 2}])),
        (
            "a policy",
            policy("default-src 'self'"),
            json!([
                {"kind": "policy_blocks_script", "origin": owner.public_url},
                {"kind": "policy_blocks_requests", "origin": owner.public_url},
            ]),
        ),
        ("a policy that allows it", policy(&format!("default-src 'self' {}", owner.public_url)), json!([])),
        ("a policy with nonces", policy("script-src 'nonce-x'"), json!([{"kind": "policy_wants_nonce"}])),
        ("robots kept out", Answer { status: 403, ..fine(&snippet) }, json!([{"kind": "bot_wall", "status": 403}])),
        ("too many", Answer { status: 429, ..fine(&snippet) }, json!([{"kind": "bot_wall", "status": 429}])),
        (
            "out of order",
            Answer { status: 502, ..fine(&snippet) },
            json!([{"kind": "temporary", "reason": "The page answered with status 502, as when it is out of order."}]),
        ),
        (
            "led elsewhere",
            Answer {
                status: 302,
                headers: with("location", &format!("http://{}/home", owner.host.replace("127.0.0.1", "localhost"))),
                ..fine(&snippet)
            },
            json!([{"kind": "redirect", "to": format!("http://{}", owner.host.replace("127.0.0.1", "localhost"))}]),
        ),
        ("an old copy", Answer { fresh: Some(page(&snippet)), ..fine("") }, json!([{"kind": "stale_cache"}])),
        (
            "a proxy that answers with pages",
            Answer { script: Some(("text/html", "<h1>Not found</h1>")), ..fine(&own_address) },
            json!([{"kind": "proxy_broken", "address": script, "answer": "a web page"}]),
        ),
        (
            "a proxy that is not there",
            fine(&own_address),
            json!([{"kind": "proxy_broken", "address": script, "answer": "an error with status 404"}]),
        ),
        (
            "a proxy for the script alone",
            Answer { script: Some(("text/javascript", "/* snippet */")), ..fine(&own_address) },
            json!([{"kind": "other_host", "host": owner.host, "wanted": installation}]),
        ),
        (
            "an old script",
            Answer { script: Some(("text/javascript", "window.evoloop={}")), ..fine(&own_address) },
            json!([
                {"kind": "other_host", "host": owner.host, "wanted": installation},
                {"kind": "old_script", "address": script},
            ]),
        ),
        (
            "a page that changed",
            Answer {
                body: page(&snippet).replace("<h1>Boil water in two minutes</h1>", "").replace("btn buy", "link"),
                ..fine("")
            },
            json!([
                {"kind": "slot_lost", "slot": "The headline", "css": "h1"},
                {"kind": "goal_unmatched", "goal": "Click on the call to action", "css": "a.buy"},
            ]),
        ),
    ];
    for (name, answer, expected) in cases {
        assert_eq!(owner.verified(answer).await, expected, "{name}");
    }
}

async fn the_owner_is_shown_it(database: TestDatabase) {
    let owner = Owner::of(database).await;
    let address = format!("/app/sites/{}?view=install", owner.site_id);
    let before = owner.html(&address).await;
    for part in ["Verify installation", "Waiting for the first visit.", "action=\"/api/sites/verify\""] {
        assert!(before.contains(part), "{part}: {before}");
    }
    // Before the page is alive: a form, and a redirect back.
    let form = [("site_id", owner.site_id.as_str())];
    let request = signed_in(owner.app.server.post("/api/sites/verify"), &owner.token).form(&form);
    let back =
        request.add_header("accept", "text/html").add_header("referer", format!("http://localhost{address}")).await;
    assert_eq!(back.status_code(), StatusCode::FOUND);
    // One at a time.
    let twice = signed_in(owner.app.server.post("/api/sites/verify"), &owner.token).form(&form).await;
    assert_eq!(twice.status_code(), StatusCode::CONFLICT);
    assert!(owner.html(&address).await.contains("Evoloop is visiting your page"));
    owner.app.inside.work().await;
    let detail = owner.detail().await;
    let job = detail["jobs"].as_array().unwrap().iter().find(|job| job["kind"] == "verify_install").unwrap();
    let steps: Vec<&str> =
        job["steps"].as_array().unwrap().iter().map(|step| step["label"].as_str().unwrap()).collect();
    let expected = [
        "Visiting 127.0.0.1",
        "Looking past the caches",
        "Comparing with what is known of the page",
        "Storing what was found",
    ];
    assert_eq!((job["state"].as_str(), steps), (Some("done"), expected.to_vec()));
    let failed = owner.html(&address).await;
    for part in ["Verify again", "The snippet does not work yet: 1 problem to solve", "The snippet is not on the page."]
    {
        assert!(failed.contains(part), "{part}: {failed}");
    }
    assert_eq!(owner.verified(fine(&owner.snippet())).await, json!([]));
    assert!(owner.html(&address).await.contains("The snippet works"));
    assert_eq!(owner.detail().await["last_visit"], Value::Null);

    // A visit that counts.
    let variant =
        detail["variants"].as_array().unwrap().iter().find(|row| row["variant"]["is_control"] == false).unwrap();
    let id = variant["variant"]["id"].as_str().unwrap();
    let approve = [("site_id", owner.site_id.as_str()), ("variant_id", id), ("action", "approve")];
    signed_in(owner.app.server.post("/api/variants/update"), &owner.token).form(&approve).await.assert_status_ok();
    let assigned = owner.app.assign(&owner.site_id, "visitor-1").await;
    owner.app.send(&event(&assigned, "visitor-1", "impression")).await.assert_status_ok();
    assert_eq!(owner.detail().await["last_visit"], json!(1_800_000_000 / 3600 * 3600));
    assert!(owner.html(&address).await.contains("The last visitor was counted in the hour from"));
    assert_eq!(
        owner.verified(fine(&owner.snippet())).await,
        json!([{"kind": "goal_never_seen", "goal": "Click on the call to action"}])
    );
}

#[tokio::test]
async fn a_page_that_does_not_answer_is_told() {
    let owner = Owner::of(TestDatabase::sqlite().await).await;
    let closed = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let form = [("url", format!("http://{closed}/"))];
    let site: Value = signed_in(owner.app.server.post("/api/sites"), &owner.token).form(&form).await.json();
    let owner = Owner { site_id: site["id"].as_str().unwrap().to_owned(), ..owner };
    let findings = owner.verified(fine("")).await;
    assert_eq!((findings.as_array().unwrap().len(), &findings[0]["kind"]), (1, &json!("unreachable")));
}

#[tokio::test]
async fn the_snippet_is_shown_as_it_is_chosen() {
    let owner = Owner::of(TestDatabase::sqlite().await).await;
    let code = |html: &str| {
        let code = html.split("id=\"install-snippet\">").nth(1).and_then(|rest| rest.split("</code>").next()).unwrap();
        code.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("<!>", "")
    };
    let plain = format!("/app/sites/{}?view=install", owner.site_id);
    assert_eq!(code(&owner.html(&plain).await), owner.snippet());
    let html = owner.html(&format!("{plain}&consent=1&block=1")).await;
    let expected = owner.snippet().replace("async ", "").replace("></", " data-consent=\"required\" data-block></");
    assert_eq!(code(&html), expected);
    assert!(html.contains("method=\"get\"") && html.matches(" checked").count() == 2, "{html}");
}

#[tokio::test]
async fn the_operator_verifies_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}?mode=rwc", folder.path().join("new.db").display());
    let (host, shared) = customer().await;
    *shared.lock().unwrap() = fine("");
    let url = format!("http://{host}/");
    assert!(run(&database, folder.path(), &["user", "create", "ada@example.com"]).await.0);
    let (_, site, _) =
        run(&database, folder.path(), &["site", "add", &url, "--user", "ada@example.com", "--json"]).await;
    let site: Value = serde_json::from_str(&site).unwrap();
    let site = site["site_id"].as_str().unwrap();
    let verify = ["--allow-private-hosts", &host, "--public-url", "http://127.0.0.1:9", "site", "verify", site];
    let (ok, printed, stderr) = run(&database, folder.path(), &[&verify[..], &["--json"]].concat()).await;
    assert!(!ok, "{stderr}");
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&printed["works"], &printed["address"]), (&json!(false), &json!(url)));
    let finding = &printed["findings"][0];
    assert_eq!((&finding["severity"], &finding["finding"]["kind"]), (&json!("fails"), &json!("no_snippet")));
    assert_eq!(finding["problem"], json!("The snippet is not on the page."));
    let snippet = format!("<script defer src=\"http://127.0.0.1:9/evoloop.js\" data-site=\"{site}\"></script>");
    *shared.lock().unwrap() = fine(&snippet);
    let (ok, printed, stderr) = run(&database, folder.path(), &verify).await;
    assert!(ok, "{stderr} {printed}");
    assert!(printed.starts_with("The snippet works on http://") && printed.contains("warns  "), "{printed}");
    let missing = uuid::Uuid::new_v4().to_string();
    let (ok, _, stderr) = run(&database, folder.path(), &["site", "verify", &missing]).await;
    assert!(!ok && stderr.contains("there is no site"), "{stderr}");
}
