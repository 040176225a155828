//! An installation moves from SQLite to Postgres, and nobody notices.

use crate::cli::run;
use crate::support::{App, event, outcome, signed_in};
use async_trait::async_trait;
use domain::copy::ModelCall;
use serde_json::{Value, json};
use service::playbook::Playbook;
use service::ports::{Brief, CopyWriter, Draft, WriteError, WritingLog};
use std::sync::Arc;
use testkit::fakes::Camera;
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, TestServiceBuilder};

const VISITORS: usize = 160;

/// What an installation answers.
#[derive(Debug, PartialEq)]
struct Answers {
    me: Value,
    pages: Vec<Value>,
    assigned: Vec<Value>,
    pictures: Vec<Vec<u8>>,
}

/// Costs something, and writes a draft that is rejected before those of the playbook.
struct Model;

#[async_trait]
impl CopyWriter for Model {
    fn name(&self) -> &str {
        "test/model"
    }

    async fn write_noting(&self, brief: &Brief, log: &WritingLog) -> Result<Vec<Draft>, WriteError> {
        log.call(ModelCall {
            model: self.name().to_owned(),
            prompt_version: "test".to_owned(),
            tokens_in: Some(1),
            tokens_out: Some(1),
            cost_micros: Some(100),
            duration_ms: 1,
            outcome: "answered",
        });
        let mut drafts = vec![Draft::default()];
        drafts.extend(Playbook.write(brief).await?);
        Ok(drafts)
    }
}

fn app(database: TestDatabase) -> App {
    let builder = TestServiceBuilder::default().burn_in(20, 72.0).holdout_fraction(0.2);
    let inside = builder.writer(Arc::new(Model)).build(database);
    inside.reader.set_camera(Some(Camera::default()));
    App::with(inside)
}

/// A site with variants, visitors, conversions, robots, jobs and decisions, all through the front door; its owner's session too.
async fn filled(app: &App) -> (String, String, Value) {
    let ada = app.sign_up("ada@example.com").await;
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.json();
    let site_id = site["id"].as_str().unwrap().to_owned();
    app.inside.work().await;
    let detail: Value = signed_in(app.server.get(&format!("/api/sites/detail?site_id={site_id}")), &ada).await.json();
    let variants: Vec<&Value> = detail["variants"].as_array().unwrap().iter().map(|row| &row["variant"]).collect();
    let waiting: Vec<&str> = variants
        .iter()
        .filter(|variant| variant["status"] == json!("pending_review"))
        .map(|variant| variant["id"].as_str().unwrap())
        .collect();
    for variant_id in &waiting {
        let form = [("site_id", site_id.as_str()), ("variant_id", variant_id), ("action", "approve")];
        signed_in(app.server.post("/api/variants/update"), &ada).form(&form).await;
    }
    let best = json!(waiting[0]);
    for number in 0..VISITORS {
        app.visit(&site_id, &format!("v{number}"), |assigned| assigned["variant_id"] == best).await;
    }
    let robot = event(&app.assign(&site_id, "robot").await, "robot", "impression");
    app.server.post("/v1/event").add_header("user-agent", "Googlebot/2.1").json(&robot).await.assert_status_ok();
    let mut foreign = event(&app.assign(&site_id, "foreign").await, "foreign", "impression");
    foreign["variant_id"] = json!(uuid::Uuid::new_v4());
    app.send(&foreign).await;
    let early = event(&app.assign(&site_id, "early").await, "early", "conversion");
    app.send(&early).await.assert_status_ok();
    let mut sample = event(&app.assign(&site_id, "v0").await, "v0", "guardrail");
    sample["metadata"] = json!({"errors": 0, "lcp": 800, "cls": 0.01});
    app.send(&sample).await.assert_status_ok();
    let gone = app.assign(&site_id, "gone").await;
    let forget = json!({"site_id": site_id, "visitor_id": "gone", "token": gone["token"]});
    app.server.post("/v1/forget").json(&forget).await.assert_status_ok();
    app.inside.service.store_requests().await.unwrap();
    app.inside.service.keep_once().await.unwrap();
    app.inside.clock.advance(time::Duration::hours(74));
    app.inside.work().await;
    let restarted = signed_in(app.server.post("/api/sites/restart"), &ada).form(&[("site_id", &site_id)]).await;
    assert!(restarted.status_code().is_success(), "{}", restarted.text());
    for number in 0..40 {
        app.visit(&site_id, &format!("w{number}"), |_| number % 4 == 0).await;
    }
    // Its token is still young when it is sent again.
    let repeated = event(&app.assign(&site_id, "twice").await, "twice", "impression");
    app.send(&repeated).await.assert_status_ok();
    (ada, site_id, repeated)
}

async fn answers(app: &App, ada: &str, site_id: &str) -> Answers {
    let read = |path: String| signed_in(app.server.get(&path), ada);
    let mut pages = Vec::new();
    for path in ["sites/detail", "sites/statistics", "variants", "decisions", "goals", "jobs", "sites", "overview"] {
        let response = read(format!("/api/{path}?site_id={site_id}")).await;
        response.assert_status_ok();
        pages.push(in_one_order(response.json()));
    }
    let mut assigned = Vec::new();
    for number in 0..2 * VISITORS {
        assigned.push(app.assign(site_id, &format!("v{number}")).await);
    }
    let detail: Value = read(format!("/api/sites/detail?site_id={site_id}")).await.json();
    let mut pictures = Vec::new();
    for picture in detail["variants"][0]["pictures"].as_array().unwrap() {
        let found = read(picture["path"].as_str().unwrap().to_owned()).await;
        found.assert_status_ok();
        pictures.push(found.as_bytes().to_vec());
    }
    assert_eq!(pictures.len(), 2);
    Answers { me: read("/api/me".to_owned()).await.json(), pages, assigned, pictures }
}

/// The clock of tests stands still, and what is of the same moment may come in any order.
fn in_one_order(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(in_one_order).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => fields.into_iter().map(|(name, field)| (name, in_one_order(field))).collect(),
        plain => plain,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_on_postgres_answers_like_the_one_that_it_came_from() {
    let Some(postgres) = TestDatabase::postgres().await else { return };
    let before = app(TestDatabase::sqlite().await);
    let (ada, site_id, repeated) = filled(&before).await;
    let answered = answers(&before, &ada, &site_id).await;
    let (from, to) = (before.inside.database.url_text.clone(), postgres.url_text.clone());
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();

    // While the server has the file open nothing is moved.
    let (ok, _, stderr) = run(&from, folder, &["migrate-data", "--to", &to]).await;
    assert!(!ok && stderr.contains("stop the server first"), "{stderr}");
    before.inside.database.store.clone().close().await.unwrap();
    let counted = |url: String, command: Vec<String>| async move {
        let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        let (ok, stdout, stderr) = run(&url, folder, &arguments).await;
        assert!(ok, "{stderr}");
        serde_json::from_str::<Value>(&stdout).unwrap()
    };
    let shown = ["stats", "show", &site_id, "--json"].map(str::to_owned).to_vec();
    let recounted = ["recount", &site_id, "--json"].map(str::to_owned).to_vec();
    let stored = counted(from.clone(), shown.clone()).await;

    // The settings name the source.
    let (ok, stdout, stderr) = run(&from, folder, &["migrate-data", "--to", &to, "--json"]).await;
    assert!(ok, "{stderr}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["ok"], json!(true));
    for row in report["tables"].as_array().unwrap() {
        assert_eq!((&row["ok"], &row["source_rows"]), (&json!(true), &row["target_rows"]), "{row}");
        assert_eq!(row["source_digest"], row["target_digest"]);
        assert_eq!(row["target_digest"].as_str().unwrap().len(), 64);
        assert!(row["source_rows"].as_u64().unwrap() > 0, "this test says nothing about {}", row["table"]);
    }
    assert_eq!(counted(to.clone(), shown).await, stored);
    assert_eq!(counted(to.clone(), recounted).await, stored);

    // A second copy is refused, and the first one stays.
    let (ok, _, stderr) = run(&to, folder, &["migrate-data", "--from", &from]).await;
    assert!(!ok && stderr.contains("holds data already"), "{stderr}");
    let verify = ["migrate-data", "--verify-only", "--from", &from, "--to", &to];
    let (ok, stdout, stderr) = run("sqlite:none.db", folder, &verify).await;
    assert!(ok && stdout.lines().count() == report["tables"].as_array().unwrap().len() + 1, "{stdout}{stderr}");

    let after = app(postgres);
    after.inside.clock.advance(time::Duration::hours(74));
    after.inside.service.refresh_changed_sites().await.unwrap();
    assert_eq!(answers(&after, &ada, &site_id).await, answered);
    assert_eq!(outcome(&after.send(&repeated).await), json!({"result": "duplicate"}));
    let (ok, _, stderr) = run(&from, folder, &verify).await;
    assert!(ok, "a repeat changes nothing: {stderr}");

    // The new installation goes on, and then is another one.
    after.visit(&site_id, "new", |_| false).await;
    let (ok, stdout, stderr) = run(&from, folder, &verify).await;
    assert!(!ok && stdout.contains("target DIFFERS"), "{stdout}");
    assert!(stderr.contains("these tables differ: ") && stderr.contains("events"), "{stderr}");
    assert!(!stderr.contains("users") && !stderr.contains("sites"), "{stderr}");
}

#[tokio::test]
async fn wrong_sides_are_told_before_anything_happens() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = format!("sqlite:{}", folder.join("missing.db").display());
    let postgres = "postgres://localhost:1/x";
    let cases: [(&[&str], &str); 6] = [
        (&[], "--to postgres://"),
        (&["--to", "mysql://x"], "must start with sqlite: or postgres://"),
        (&["--to", &file], "must start with postgres://"),
        (&["--from", postgres, "--to", postgres], "must start with sqlite:"),
        (&["--to", postgres], "there is no such file"),
        (&["--verify-only", "--from", &file, "--to", postgres], "there is no such file"),
    ];
    for (arguments, expected) in cases {
        let (ok, stdout, stderr) = run(&file, folder, &[&["migrate-data"], arguments].concat()).await;
        assert!(!ok && stdout.is_empty() && stderr.contains(expected), "{arguments:?}: {stderr}");
    }
    assert!(!folder.join("missing.db").exists());
}
