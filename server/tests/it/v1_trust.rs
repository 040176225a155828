//! Who is believed, over HTTP: forged events, foreign pages, greedy sites and the owner's own visits.

use crate::support::{App, event, outcome, signed_in};
use axum_test::TestResponse;
use domain::event::Dropped;
use domain::{NotCounted, SiteId};
use serde_json::{Value, json};
use server::v1::OPENAPI;
use std::collections::BTreeMap;
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, TestServiceBuilder, on_both_databases};

on_both_databases!(
    forged_events_move_no_counter,
    only_pages_of_allowed_origins_report,
    the_list_of_origins_is_set_by_a_form,
    a_site_over_its_limit_is_told_to_wait,
    an_owners_visit_is_kept_and_not_counted,
);

/// Events that nobody may send, in batches as large as they may be.
const FORGED: usize = 10_000;
const BATCH: usize = 50;

/// A running site of somebody who is signed in.
struct Owned<'a> {
    app: &'a App,
    owner: String,
    id: String,
    variants: Vec<Value>,
}

impl<'a> Owned<'a> {
    async fn new(app: &'a App, email: &str) -> Self {
        let owner = app.sign_up(email).await;
        let site: Value = signed_in(app.server.post("/api/sites"), &owner).form(&[("url", PAGE_URL)]).await.json();
        app.inside.work().await;
        let mut owned = Self { app, owner, id: site["id"].as_str().unwrap().to_owned(), variants: Vec::new() };
        for row in owned.detail().await["variants"].as_array().unwrap() {
            let id = &row["variant"]["id"];
            owned.variants.push(id.clone());
            if row["variant"]["status"] == json!("pending_review") {
                let form =
                    [("site_id", owned.id.as_str()), ("variant_id", id.as_str().unwrap()), ("action", "approve")];
                let answer = signed_in(app.server.post("/api/variants/update"), &owned.owner).form(&form).await;
                assert!(answer.status_code().is_success(), "{}", answer.text());
            }
        }
        owned
    }

    async fn read(&self, path: &str) -> Value {
        signed_in(self.app.server.get(&format!("{path}?site_id={}", self.id)), &self.owner).await.json()
    }

    async fn detail(&self) -> Value {
        self.read("/api/sites/detail").await
    }

    /// What the dashboard tells about events that are not in the statistics: stored ones and those turned away, by reason.
    async fn told(&self) -> BTreeMap<String, i64> {
        self.app.inside.service.store_requests().await.unwrap();
        let generation = self.read("/api/sites/statistics").await["generation"].take();
        let mut told = BTreeMap::new();
        for row in generation["left_out"].as_array().unwrap() {
            let events = row["impressions"].as_i64().unwrap() + row["conversions"].as_i64().unwrap();
            *told.entry(row["reason"].as_str().unwrap().to_owned()).or_default() += events;
        }
        for row in generation["dropped"].as_array().unwrap() {
            *told.entry(row[0].as_str().unwrap().to_owned()).or_default() += row[1].as_i64().unwrap();
        }
        told
    }

    async fn save(&self, fields: &[(&str, &str)]) -> TestResponse {
        let form: Vec<_> = [("site_id", self.id.as_str())].iter().chain(fields).copied().collect();
        signed_in(self.app.server.post("/api/sites/update"), &self.owner).form(&form).await
    }

    fn site_id(&self) -> SiteId {
        self.id.parse().unwrap()
    }
}

/// A visitor whom the server knows, with the assignment.
struct Known {
    name: String,
    assigned: Value,
}

/// What an attacker has: real visitors' names and tokens, of this site and of another one.
struct Attack<'a> {
    site: &'a Owned<'a>,
    other: &'a Owned<'a>,
    /// Counted on this site.
    counted: Vec<Known>,
    /// The same names on the other site.
    elsewhere: Vec<Known>,
}

impl Attack<'_> {
    /// The event of this number, and what must become of it.
    fn forged(&self, number: usize) -> (Value, &'static str) {
        let index = number / 10 % self.counted.len();
        let victim = &self.counted[index];
        let another = &self.counted[(index + 1) % self.counted.len()];
        let is_known = (number / 400).is_multiple_of(2);
        let name = if is_known { victim.name.clone() } else { format!("ghost-{number}") };
        let kind = if (number / 800).is_multiple_of(2) { "impression" } else { "conversion" };
        let mut forged = event(&victim.assigned, &name, kind);
        let token = victim.assigned["token"].as_str().unwrap();
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let mut unverified = |field: &str, value: Value| {
            forged[field] = value;
            (forged.clone(), "unverified")
        };
        match number % 10 {
            0 => unverified("token", Value::Null),
            1 => {
                parts[4] = format!("{number:022}");
                unverified("token", json!(parts.join(".")))
            }
            // Another visitor's, as it is.
            2 => {
                let _ = unverified("variant_id", another.assigned["variant_id"].clone());
                unverified("token", another.assigned["token"].clone())
            }
            // The very visitor's, of another site.
            3 => unverified("token", self.elsewhere[index].assigned["token"].clone()),
            4 => {
                parts[1] = (parts[1].parse::<i64>().unwrap() + 1).to_string();
                unverified("token", json!(parts.join(".")))
            }
            // The arm of another variant, which the event names too.
            5 => {
                let others = self.site.variants.iter().filter(|id| **id != victim.assigned["variant_id"]);
                let shown = others.cycle().nth(number).unwrap().clone();
                shown.as_str().unwrap().clone_into(&mut parts[3]);
                let _ = unverified("variant_id", shown);
                unverified("token", json!(parts.join(".")))
            }
            6 => {
                "h".clone_into(&mut parts[3]);
                unverified("token", json!(parts.join(".")))
            }
            7 => {
                parts[2] = (parts[2].parse::<i64>().unwrap() - 1).to_string();
                unverified("token", json!(parts.join(".")))
            }
            // The visitor's own token is sound, and the variant is another site's.
            8 => {
                forged["visitor_id"] = json!(victim.name);
                forged["variant_id"] = self.other.variants[number % self.other.variants.len()].clone();
                (forged, "foreign_variant")
            }
            _ => {
                forged["token"] = json!(number);
                (forged, "malformed")
            }
        }
    }
}

async fn forged_events_move_no_counter(database: TestDatabase) {
    let app = App::on(database);
    let (site, other) = (Owned::new(&app, "ada@example.com").await, Owned::new(&app, "eve@example.com").await);
    let (mut counted, mut elsewhere) = (Vec::new(), Vec::new());
    for number in 0..40 {
        let name = format!("visitor-{number}");
        counted.push(Known { assigned: app.visit(&site.id, &name, |_| number % 2 == 0).await, name: name.clone() });
        elsewhere.push(Known { assigned: app.assign(&other.id, &name).await, name });
    }
    let (before, _) = app.inside.service.counters(site.site_id()).await.unwrap();
    let rows = before.variants.iter();
    assert_eq!(rows.fold((0, 0), |sum, row| (sum.0 + row.visitors, sum.1 + row.conversions)), (40, 20));
    assert_eq!(site.told().await, BTreeMap::new());

    let attack = Attack { site: &site, other: &other, counted, elsewhere };
    let (mut expected, mut believed) = (BTreeMap::<String, i64>::new(), Vec::new());
    for first in (0..FORGED).step_by(BATCH) {
        let (events, reasons): (Vec<_>, Vec<_>) = (first..first + BATCH).map(|number| attack.forged(number)).unzip();
        let response = app.send(&json!({"events": events})).await;
        response.assert_status_ok();
        let answer: Value = response.json();
        for ((line, reason), event) in answer["results"].as_array().unwrap().iter().zip(&reasons).zip(&events) {
            let is_stored = line["result"] == json!("recorded") && line["counted"] == json!(false);
            let is_turned_away = line["result"] == json!("dropped");
            if !(is_stored || is_turned_away) || line["reason"] != json!(reason) {
                believed.push(format!("{line} for {event}"));
            }
        }
        reasons.iter().for_each(|reason| *expected.entry((*reason).to_owned()).or_default() += 1);
    }
    let thousand = |thousands: i64| thousands * 1000;
    let kinds = [("unverified", thousand(8)), ("foreign_variant", thousand(1)), ("malformed", thousand(1))];
    assert_eq!(expected, kinds.map(|(reason, events)| (reason.to_owned(), events)).into());

    let (after, _) = app.inside.service.counters(site.site_id()).await.unwrap();
    assert!(after.counts_like(&before), "{after:#?} is not {before:#?}");
    let recounted = app.inside.service.recount(site.site_id()).await.unwrap();
    assert!(recounted.counts_like(&after), "{recounted:#?} is not {after:#?}");
    assert!(believed.is_empty(), "{} were not seen through, such as {}", believed.len(), believed[0]);
    assert_eq!(site.told().await, expected, "every one of them is told");

    // What is true still counts.
    app.visit(&site.id, "visitor-41", |_| true).await;
    let (later, _) = app.inside.service.counters(site.site_id()).await.unwrap();
    assert_eq!(later.variants.iter().map(|row| row.visitors).sum::<i64>(), 41);
}

async fn only_pages_of_allowed_origins_report(database: TestDatabase) {
    let app = App::on(database);
    let site = Owned::new(&app, "ada@example.com").await;
    site.save(&[("allowed_origins", "https://kettle.example\nhttps://*.kettle.example")]).await.assert_status_ok();
    let counted = json!({"result": "recorded", "counted": true});
    let from = async |origin: Option<&str>, body: &Value| {
        let request = app.server.post("/v1/event").json(body);
        match origin {
            Some(origin) => request.add_header("origin", origin).await,
            None => request.await,
        }
    };
    let allowed = [Some("https://kettle.example"), Some("https://www.kettle.example"), None];
    for (number, origin) in allowed.into_iter().enumerate() {
        let name = format!("v-{number}");
        let impression = event(&app.assign(&site.id, &name).await, &name, "impression");
        assert_eq!(outcome(&from(origin, &impression).await), counted, "{origin:?}");
    }
    let impression = event(&app.assign(&site.id, "v-9").await, "v-9", "impression");
    for origin in ["https://copy.example", "http://kettle.example", "https://kettle.example:8443", "null"] {
        let refused = from(Some(origin), &impression).await;
        assert_eq!(refused.status_code().as_u16(), 403, "{origin}");
        assert_eq!(refused.content_type(), "application/problem+json");
        assert_eq!(refused.header("access-control-allow-origin"), "*", "the page can read why");
        assert_eq!(refused.json::<Value>()["code"], json!("foreign_origin"));
        let batch = from(Some(origin), &json!({"events": [impression]})).await;
        batch.assert_status_ok();
        assert_eq!(outcome(&batch), json!({"result": "dropped", "reason": "foreign_origin"}));
    }
    assert_eq!(site.told().await, BTreeMap::from([("foreign_origin".to_owned(), 8)]));
    assert_eq!(outcome(&from(allowed[0], &impression).await), counted, "the same event from the right page");
}

async fn the_list_of_origins_is_set_by_a_form(database: TestDatabase) {
    let app = App::on(database);
    let site = Owned::new(&app, "ada@example.com").await;
    let settings = async || {
        let detail = site.detail().await;
        let summary = &detail["summary"];
        (detail["allowed_origins"].clone(), summary["autonomy_mode"].clone(), summary["status"].clone())
    };
    site.save(&[("autonomy_mode", "full_auto")]).await.assert_status_ok();
    site.save(&[("allowed_origins", "https://Kettle.example\r\n\r\n https://*.kettle.example ")])
        .await
        .assert_status_ok();
    let origins = json!(["https://kettle.example", "https://*.kettle.example"]);
    let full_auto = json!("full_auto");
    assert_eq!(settings().await, (origins.clone(), full_auto.clone(), json!("running")));
    site.save(&[("status", "paused")]).await.assert_status_ok();
    assert_eq!(settings().await, (origins.clone(), full_auto.clone(), json!("paused")), "other forms leave the list");

    let refused = site.save(&[("allowed_origins", "https://kettle.example\nkettle.example/shop")]).await;
    assert_eq!(refused.status_code().as_u16(), 422);
    let told: Value = refused.json();
    assert_eq!((&told["code"], &told["field"]), (&json!("invalid"), &json!("allowed_origins")));
    assert!(told["message"].as_str().unwrap().contains("`kettle.example/shop` is not an origin"), "{told}");
    assert_eq!(settings().await.0, origins);

    // Without its program a browser is led back to its page, and reads there what was wrong.
    let page = format!("/app/sites/{}?view=settings", site.id);
    let html = async |path: &str| {
        let page = signed_in(app.server.get(path), &site.owner).add_header("accept", "text/html").await;
        page.assert_status_ok();
        page.text()
    };
    let form = [("site_id", site.id.as_str()), ("allowed_origins", "nowhere")];
    let request = signed_in(app.server.post("/api/sites/update"), &site.owner).form(&form);
    let redirect =
        request.add_header("accept", "text/html").add_header("referer", format!("http://localhost{page}")).await;
    assert_eq!(redirect.status_code().as_u16(), 302, "{}", redirect.text());
    let location = redirect.header("location").to_str().unwrap().to_owned();
    let shown = html(location.strip_prefix("http://localhost").unwrap_or(&location)).await;
    assert!(shown.contains("`nowhere` is not an origin") && shown.contains("aria-invalid=\"true\""), "{shown}");
    assert_eq!(shown.matches("`nowhere` is not an origin").count(), 1, "at the field alone");
    let fresh = html(&page).await;
    assert!(fresh.contains("https://kettle.example\nhttps://*.kettle.example</textarea>"), "{fresh}");
    assert!(!fresh.contains("aria-invalid=\"true\""), "nothing is wrong any more");
    assert!(fresh.contains("evo_owner=off") && fresh.contains("Open my page as its owner"), "{fresh}");

    let patch = json!({"site_id": site.id, "allowed_origins": "https://shop.example"});
    signed_in(app.server.patch("/api/sites"), &site.owner).json(&patch).await.assert_status_ok();
    assert_eq!(settings().await.0, json!(["https://shop.example"]));
    let patch = json!({"site_id": site.id, "status": "running"});
    signed_in(app.server.patch("/api/sites"), &site.owner).json(&patch).await.assert_status_ok();
    assert_eq!(settings().await, (json!(["https://shop.example"]), full_auto, json!("running")));
    site.save(&[("allowed_origins", "")]).await.assert_status_ok();
    assert_eq!(settings().await.0, json!([]), "an emptied field means any page");
}

async fn a_site_over_its_limit_is_told_to_wait(database: TestDatabase) {
    let app = App::with(TestServiceBuilder::default().site_event_limit(3).build(database));
    let site = Owned::new(&app, "ada@example.com").await;
    let mut events = Vec::new();
    for number in 0..5 {
        let name = format!("v-{number}");
        events.push(event(&app.assign(&site.id, &name).await, &name, "impression"));
    }
    let over = json!({"result": "retry", "reason": "over_limit"});
    let batch = app.send(&json!({"events": events})).await;
    batch.assert_status_ok();
    let answer: Value = batch.json();
    assert_eq!(answer["status"], json!("recorded"));
    let again: Vec<&Value> =
        answer["results"].as_array().unwrap().iter().filter(|line| line["result"] == over["result"]).collect();
    assert_eq!(again.len(), 2, "{answer}");
    assert!(again.iter().all(|line| line["reason"] == over["reason"]), "{answer}");

    let single = app.send(&events[4]).await;
    assert_eq!(single.status_code().as_u16(), 429);
    assert_eq!(single.content_type(), "application/problem+json");
    assert_eq!(single.header("retry-after"), "1");
    assert_eq!(single.json::<Value>()["code"], json!("over_limit"));
    let whole = app.send(&json!({"events": [events[3], events[4]]})).await;
    assert_eq!(whole.json::<Value>()["status"], json!("retry"));
    assert_eq!(outcome(&whole), over);
    assert_eq!(site.told().await, BTreeMap::from([("over_limit".to_owned(), 5)]));

    // After the second that the answer asked for, the same events count.
    app.inside.clock.advance(time::Duration::seconds(1));
    for event in &events[3..] {
        assert_eq!(outcome(&app.send(event).await), json!({"result": "recorded", "counted": true}));
    }
}

async fn an_owners_visit_is_kept_and_not_counted(database: TestDatabase) {
    let app = App::on(database);
    let site = Owned::new(&app, "ada@example.com").await;
    let link = site.detail().await["owner_link"].as_str().unwrap().to_owned();
    let flag = link.strip_prefix(&format!("{PAGE_URL}?evo_owner=")).expect("the page with a flag");
    let by_owner = json!({"result": "recorded", "counted": false, "reason": "owner"});
    let assigned = app.assign(&site.id, "owner").await;
    for kind in ["impression", "conversion"] {
        let mut flagged = event(&assigned, "owner", kind);
        flagged["owner"] = json!(flag);
        assert_eq!(outcome(&app.send(&flagged).await), by_owner, "{kind}");
    }
    assert_eq!(site.told().await, BTreeMap::from([("owner".to_owned(), 2)]));
    let (counters, _) = app.inside.service.counters(site.site_id()).await.unwrap();
    assert_eq!(counters.variants.iter().map(|row| row.visitors + row.conversions).sum::<i64>(), 0);

    // A flag that nobody issued keeps nobody out, and costs nobody an event, whatever stands there.
    let made_up = [json!("1800000000.AAAAAAAAAAAAAAAAAAAAAA"), json!("off"), json!("x".repeat(600)), json!(true)];
    for (number, flag) in made_up.into_iter().enumerate() {
        let visitor = format!("v-{number}");
        let mut impression = event(&app.assign(&site.id, &visitor).await, &visitor, "impression");
        impression["owner"] = flag;
        assert_eq!(outcome(&app.send(&impression).await), json!({"result": "recorded", "counted": true}));
    }
}

#[test]
fn the_description_names_every_reason() {
    let written: Value = serde_json::from_str(OPENAPI).unwrap();
    let schemas = &written["components"]["schemas"];
    let reasons = &schemas["EventAnswer"]["properties"]["results"]["items"]["properties"]["reason"]["enum"];
    let stored = NotCounted::ALL.iter().map(|reason| reason.as_str());
    let known: Vec<&str> = stored.chain(Dropped::ALL.iter().map(|reason| reason.as_str())).collect();
    assert_eq!(*reasons, json!(known));
    assert!(schemas["Event"]["properties"]["owner"].is_object());
    let answers = &written["paths"]["/v1/event"]["post"]["responses"];
    assert!(answers["403"].is_object() && answers["429"].is_object());
}
