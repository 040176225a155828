//! What an owner says about the page outlives every reading, and everything that is written keeps it.

use crate::support::{App, signed_in};
use axum_test::TestResponse;
use domain::page_edits::{Anchor, fact_id};
use domain::page_model::{Element, LockReason};
use domain::{Fact, PageModel};
use serde_json::{Value, json};
use service::ports::Draft;
use std::sync::Arc;
use testkit::fakes::FakeWriter;
use testkit::service::{PAGE, PAGE_URL};
use testkit::{TestDatabase, TestServiceBuilder, on_both_databases};

on_both_databases!(edits_outlive_a_reading, what_is_written_keeps_the_owners_word, a_selector_is_looked_up);

/// An owner with a site whose page was read.
struct Owner {
    app: App,
    token: String,
    site_id: String,
}

impl Owner {
    async fn of(app: App) -> Self {
        let token = app.sign_up("ada@example.com").await;
        let site: Value = signed_in(app.server.post("/api/sites"), &token).form(&[("url", PAGE_URL)]).await.json();
        app.inside.work().await;
        Self { app, token, site_id: site["id"].as_str().unwrap().to_owned() }
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> TestResponse {
        let mut form = vec![("site_id", self.site_id.as_str())];
        form.extend(fields);
        signed_in(self.app.server.post(&format!("/api/page/{path}")), &self.token).form(&form).await
    }

    async fn edit(&self, path: &str, fields: &[(&str, &str)]) {
        let response = self.post(path, fields).await;
        assert!(response.status_code().is_success(), "{path} {fields:?}: {}", response.text());
    }

    async fn detail(&self) -> Value {
        let path = format!("/api/sites/detail?site_id={}", self.site_id);
        signed_in(self.app.server.get(&path), &self.token).await.json()
    }

    async fn page(&self) -> PageModel {
        serde_json::from_value(self.detail().await["page"].take()).unwrap()
    }

    async fn read_again(&self, html: &str) {
        self.app.inside.reader.put(PAGE_URL, Ok(html));
        self.edit("read", &[]).await;
        self.app.inside.work().await;
    }

    async fn key(&self, text: &str) -> String {
        Anchor::of(&element(&self.page().await, text)).key()
    }

    async fn fact(&self, text: &str) -> String {
        let page = self.page().await;
        let found: &Fact = page.facts.iter().find(|fact| fact.text.contains(text)).unwrap();
        fact_id(found)
    }
}

fn element(page: &PageModel, text: &str) -> Element {
    page.inventory.elements.iter().find(|element| element.text == text).unwrap().clone()
}

async fn edits_outlive_a_reading(database: TestDatabase) {
    let owner = Owner::of(App::on(database)).await;
    let read = owner.page().await;
    let heading = owner.key("Why people keep it").await;
    let ships = owner.key("Ships in one day").await;
    owner.edit("slot", &[("slot", "headline"), ("choice", &heading)]).await;
    owner.edit("slot", &[("slot", "subheadline"), ("choice", "none")]).await;
    owner.edit("slot-lock", &[("slot", "cta"), ("locked", "true")]).await;
    owner.edit("element", &[("element", &ships), ("element_kind", "text"), ("locked", "true")]).await;
    owner.edit("brand", &[("field", "language"), ("value", "de")]).await;
    owner.edit("brand", &[("field", "primary_colour"), ("value", "#1A6F4B")]).await;
    owner.edit("fact/remove", &[("fact", &owner.fact("40").await)]).await;
    owner.edit("fact", &[("text", "Used by 10,000 bakers.")]).await;
    let holds = |page: &PageModel| {
        assert_eq!((page.subheadline.as_ref(), page.lang.as_deref()), (None, Some("de")));
        assert_eq!(page.brand.primary_color.as_deref(), Some("#1a6f4b"));
        assert!(page.facts.iter().any(|fact| fact.text.contains("10,000")), "{:?}", page.facts);
        assert!(!page.facts.iter().any(|fact| fact.text.contains("40")), "{:?}", page.facts);
    };
    let page = owner.page().await;
    assert_eq!(page.headline.as_ref().unwrap().text, "Why people keep it");
    assert_eq!(element(&page, "Ships in one day").locked, Some(LockReason::Owner));
    holds(&page);

    // The heading has other words, the locked one moved, and there is something new.
    let changed = PAGE
        .replace("Why people keep it", "Why bakers love it")
        .replace("<h2>Ships in one day</h2>", "<div id=\"shipping\"><h2>Ships in one day</h2></div><h2>New here</h2>");
    owner.read_again(&changed).await;
    let page = owner.page().await;
    assert_eq!(page.headline.as_ref().unwrap().text, "Why bakers love it");
    assert_eq!(element(&page, "Ships in one day").locked, Some(LockReason::Owner));
    assert_eq!(element(&page, "New here").locked, None);
    holds(&page);
    let detail = owner.detail().await;
    assert_eq!(detail["locked_slots"], json!([["cta", "owner"]]));
    assert!(detail["edits"].as_array().unwrap().iter().all(|edit| edit["lost"].is_null()), "{}", detail["edits"]);

    // What is gone is kept and said to be gone; when it comes back, it holds again.
    owner
        .read_again("<html lang=en><body><main><h1>Closed for today</h1><p>Come back soon.</p></main></body></html>")
        .await;
    let (page, detail) = (owner.page().await, owner.detail().await);
    assert_eq!(page.headline, None, "nothing is written where the owner's element is gone");
    holds(&page);
    let lost = |detail: &Value| -> Vec<String> {
        let edits = detail["edits"].as_array().unwrap().iter().filter(|edit| edit["lost"] == "gone");
        edits.map(|edit| edit["address"].as_str().unwrap().split(':').next().unwrap().to_owned()).collect()
    };
    assert_eq!(lost(&detail), ["slot", "kind", "lock", "fact"]);
    owner.read_again(PAGE).await;
    assert_eq!(owner.page().await.headline.unwrap().text, "Why people keep it");
    assert_eq!(lost(&owner.detail().await), Vec::<String>::new());

    // Undoing all leads back to the reading.
    for edit in owner.detail().await["edits"].as_array().unwrap() {
        let address = edit["address"].as_str().unwrap();
        owner.edit("undo", &[("address", address)]).await;
        assert_eq!(owner.post("undo", &[("address", address)]).await.status_code().as_u16(), 409);
    }
    assert_eq!(owner.page().await, read);
    assert_eq!(owner.detail().await["locked_slots"], json!([]));
}

fn draft(headline: &str, cta: &str) -> Draft {
    let own = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let slots = domain::slots::SlotPatch { headline: own(headline), cta: own(cta), ..Default::default() };
    Draft { slots, reasoning: "It may convert better.".to_owned(), strategy: "proof".to_owned(), ..Draft::default() }
}

async fn what_is_written_keeps_the_owners_word(database: TestDatabase) {
    let known = draft("Uses 40 % less power than a pot", "");
    let first = vec![known.clone(), draft("", "Order yours now"), draft("Water for one cup in two minutes", "")];
    let second = vec![known, draft("", "Order it today"), draft("The kettle that 10,000 bakers use", "")];
    let writer = Arc::new(FakeWriter::new(vec![Ok(first), Ok(second)]));
    let owner = Owner::of(App::with(TestServiceBuilder::default().writer(writer).build(database))).await;
    let written = |detail: &Value| -> Vec<String> {
        let new = detail["variants"].as_array().unwrap().iter().filter(|row| row["variant"]["is_control"] == false);
        new.map(|row| row["variant"]["patch"]["ops"][0]["value"].as_str().unwrap().to_owned()).collect()
    };
    let before = owner.detail().await;
    assert!(written(&before).contains(&"Uses 40 % less power than a pot".to_owned()), "{}", before["variants"]);
    for variant in before["variants"].as_array().unwrap().iter().filter(|row| row["variant"]["is_control"] == false) {
        let id = variant["variant"]["id"].as_str().unwrap();
        let form = [("site_id", owner.site_id.as_str()), ("variant_id", id), ("action", "reject")];
        signed_in(owner.app.server.post("/api/variants/update"), &owner.token).form(&form).await;
    }
    let mode = [("site_id", owner.site_id.as_str()), ("autonomy_mode", "training_wheels")];
    signed_in(owner.app.server.post("/api/sites/update"), &owner.token).form(&mode).await;

    let count = before["rejected"].as_array().unwrap().len();
    owner.edit("fact/remove", &[("fact", &owner.fact("40").await)]).await;
    owner.edit("fact", &[("text", "Used by 10,000 bakers.")]).await;
    owner.edit("slot-lock", &[("slot", "cta"), ("locked", "true")]).await;
    let site = [("site_id", owner.site_id.as_str())];
    signed_in(owner.app.server.post("/api/variants/generate"), &owner.token).form(&site).await;
    owner.app.inside.work().await;
    let after = owner.detail().await;
    let old = written(&before);
    let new: Vec<String> = written(&after).into_iter().filter(|text| !old.contains(text)).collect();
    assert_eq!(new, ["The kettle that 10,000 bakers use"], "the added fact passes and nothing else does");
    let rejected = after["rejected"].as_array().unwrap();
    let rules: Vec<(&str, &str)> = rejected[..rejected.len() - count]
        .iter()
        .map(|draft| {
            let text = draft["slots"]["headline"].as_str().or(draft["slots"]["cta"].as_str()).unwrap();
            (text, draft["refusal"]["rule"].as_str().unwrap())
        })
        .collect();
    assert!(rules.contains(&("Uses 40 % less power than a pot", "claim")), "{rules:?}");
    assert!(rules.contains(&("Order it today", "slot")), "{rules:?}");
}

async fn a_selector_is_looked_up(database: TestDatabase) {
    let owner = Owner::of(App::on(database)).await;
    let variants = owner.detail().await["variants"].as_array().unwrap().len();
    let by = |slot: &'static str, css: &'static str| [("slot", slot), ("choice", "selector"), ("selector", css)];
    owner.edit("slot", &by("subheadline", "main h2:first-of-type")).await;
    owner.edit("slot", &by("headline", "section p")).await;
    owner.edit("slot", &by("hero_image", "#hero")).await;
    let lost = |detail: &Value, at: usize| detail["edits"][at]["lost"].clone();
    assert_eq!(lost(&owner.detail().await, 0), json!("unread"));
    owner.app.inside.work().await;
    let (page, detail) = (owner.page().await, owner.detail().await);
    assert_eq!(page.subheadline.as_ref().unwrap().text, "Why people keep it");
    assert_eq!(page.subheadline.unwrap().locator.css, "main h2:first-of-type");
    assert_eq!((page.headline, lost(&detail, 1)), (None, json!({"several": 3})));
    assert_eq!(page.hero_image.unwrap().src, "/kettle.jpg");
    assert_eq!(detail["variants"].as_array().unwrap().len(), variants, "reading again asks for no variants");
    // A page that cannot be read any more changes nothing of what is known.
    owner.app.inside.reader.put(PAGE_URL, Err(service::ports::ReadError::Status(404)));
    owner.edit("read", &[]).await;
    owner.app.inside.work().await;
    assert_eq!(owner.detail().await["summary"]["status"], json!("ready"));
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_field() {
    let priced =
        PAGE.replace("<h2>Ships in one day</h2>", "<h2>Ships in one day</h2><p class=\"price\">$49 a year</p>");
    let app = App::sqlite().await;
    app.inside.reader.put(PAGE_URL, Ok(&priced));
    let owner = Owner::of(app).await;
    let price = owner.key("$49 a year").await;
    let heading = owner.key("Why people keep it").await;
    let power = owner.fact("40").await;
    let long = "x".repeat(501);
    let wordy = "10,000 bakers ".repeat(20);
    /// A route, its form, the status of the answer and a piece of its sentence.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16, &'a str);
    let cases: &[Case<'_>] = &[
        ("slot", &[("slot", "headline"), ("choice", "selector"), ("selector", "h1 >")], 422, "selector"),
        ("slot", &[("slot", "headline"), ("choice", "selector"), ("selector", "")], 422, "selector"),
        ("slot", &[("slot", "headline"), ("choice", "selector"), ("selector", "head title")], 422, "selector"),
        ("slot", &[("slot", "headline"), ("choice", "selector"), ("selector", "p:has(b)")], 422, "selector"),
        ("slot", &[("slot", "headline"), ("choice", "selector"), ("selector", &long)], 422, "selector"),
        ("slot", &[("slot", "headline"), ("choice", "0123456789abcdef")], 422, "choice"),
        ("slot", &[("slot", "hero_image"), ("choice", &heading)], 422, "choice"),
        ("element", &[("element", "none"), ("element_kind", "text"), ("locked", "true")], 409, ""),
        ("element", &[("element", &price), ("element_kind", "text"), ("locked", "false")], 422, "sure"),
        ("brand", &[("field", "primary_colour"), ("value", "green")], 422, "value"),
        ("brand", &[("field", "language"), ("value", "klingonish")], 422, "value"),
        ("fact", &[("text", "quite nice")], 422, "text"),
        ("fact", &[("text", &wordy)], 422, "text"),
        ("fact/correct", &[("fact", &power), ("instead", "")], 422, "instead"),
        ("fact/remove", &[("fact", "unknown")], 409, ""),
        ("undo", &[("address", "slot:headline")], 409, ""),
        ("slot", &[("slot", "footer"), ("choice", "none")], 0, ""),
        ("element", &[("element", &price), ("element_kind", "castle"), ("locked", "true")], 0, ""),
    ];
    for (path, fields, status, field) in cases {
        let response = owner.post(path, fields).await;
        let answer: Value = response.json();
        match status {
            // A name that is none is no input of ours at all.
            0 => assert!(!response.status_code().is_success(), "{path} {fields:?}: {answer}"),
            status => assert_eq!(response.status_code().as_u16(), *status, "{path} {fields:?}: {answer}"),
        }
        assert_eq!(answer["field"].as_str().unwrap_or_default(), *field, "{path} {fields:?}: {answer}");
        assert!(answer["message"].as_str().is_some_and(|text| text.ends_with('.')), "{answer}");
    }
    assert_eq!(owner.detail().await["edits"], json!([]), "nothing was stored");

    // The warning that was read opens the lock; the same element cannot be two slots.
    owner
        .edit("element", &[("element", &price), ("element_kind", "text"), ("locked", "false"), ("sure", "true")])
        .await;
    assert_eq!(element(&owner.page().await, "$49 a year").locked, None);
    owner.edit("slot", &[("slot", "headline"), ("choice", &heading)]).await;
    let twice = owner.post("slot", &[("slot", "subheadline"), ("choice", &heading)]).await;
    assert_eq!((twice.status_code().as_u16(), twice.json::<Value>()["field"].clone()), (422, json!("choice")));
    // What agrees with the reading is no edit.
    owner.edit("element", &[("element", &price), ("element_kind", "text"), ("locked", "true")]).await;
    owner.edit("brand", &[("field", "language"), ("value", "en")]).await;
    assert_eq!(owner.detail().await["edits"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_locked_price_is_opened_in_its_slot_by_who_read_the_warning() {
    let app = App::sqlite().await;
    let priced = PAGE.replace("It is quiet.", "<p class=\"price\">$49 a year</p>");
    app.inside.reader.put(PAGE_URL, Ok(&priced));
    let owner = Owner::of(app).await;
    let key = owner.key("$49 a year").await;
    owner.edit("slot", &[("slot", "subheadline"), ("choice", &key)]).await;
    assert_eq!(owner.detail().await["locked_slots"], json!([["subheadline", "price"]]));
    let open = [("slot", "subheadline"), ("locked", "false")];
    let refused = owner.post("slot-lock", &open).await;
    assert_eq!((refused.status_code().as_u16(), refused.json::<Value>()["field"].clone()), (422, json!("sure")));
    owner.edit("slot-lock", &[open[0], open[1], ("sure", "true")]).await;
    assert_eq!(owner.detail().await["locked_slots"], json!([]));
}
