//! What `/v1` promises to pages: assignment, exactly-once counting, batches.

use crate::support::{App, event, outcome};
use serde_json::{Value, json};
use testkit::{TestDatabase, on_both_databases};

on_both_databases!(
    a_visitor_keeps_a_variant,
    events_count_once,
    batches_stand_for_each_event,
    machines_see_the_control
);

/// Visitors and conversions of all variants.
async fn totals(app: &App, site: &str) -> (i64, i64) {
    let (counters, _) = app.inside.service.counters(site.parse().unwrap()).await.unwrap();
    counters.variants.iter().fold((0, 0), |sum, row| (sum.0 + row.visitors, sum.1 + row.conversions))
}

async fn a_visitor_keeps_a_variant(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(3).await;
    let first = app.assign(&site.id, "visitor-1").await;
    assert_eq!(first, app.assign(&site.id, "visitor-1").await);
    assert_eq!(first["site_id"], json!(site.id));
    assert_eq!(first["holdout"], json!(false));
    assert_eq!(first["patch"]["v"], json!(1));
    assert!(first["goals"].as_array().is_some_and(|goals| goals.len() == 1));
    assert!(first["ttl_s"].as_u64().is_some_and(|seconds| seconds > 0));

    // A token of another visitor's variant is believed only from that visitor.
    let mut other = Value::Null;
    for number in 0..200 {
        other = app.assign(&site.id, &format!("other-{number}")).await;
        if other["variant_id"] != first["variant_id"] {
            break;
        }
    }
    let token = other["token"].as_str().unwrap();
    let path = format!("/v1/assign?site_id={}&visitor_id=visitor-1&current={token}", site.id);
    assert_eq!(app.server.get(&path).await.json::<Value>()["variant_id"], first["variant_id"]);
    let own = first["token"].as_str().unwrap();
    let path = format!("/v1/assign?site_id={}&visitor_id=visitor-1&current={own}", site.id);
    assert_eq!(app.server.get(&path).await.json::<Value>(), first);
}

async fn events_count_once(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(1).await;
    let assigned = app.assign(&site.id, "v1").await;
    let counted = json!({"result": "recorded", "counted": true});
    let duplicate = json!({"result": "duplicate"});
    let not = |reason: &str| json!({"result": "recorded", "counted": false, "reason": reason});

    let early = app.send(&event(&assigned, "v1", "conversion")).await;
    assert_eq!(outcome(&early), not("no_exposure"));
    let impression = event(&assigned, "v1", "impression");
    assert_eq!(outcome(&app.send(&impression).await), counted);
    assert_eq!(outcome(&app.send(&impression).await), duplicate);
    assert_eq!(outcome(&app.send(&event(&assigned, "v1", "impression")).await), duplicate);
    let conversion = event(&assigned, "v1", "conversion");
    assert_eq!(outcome(&app.send(&conversion).await), counted);
    assert_eq!(outcome(&app.send(&conversion).await), duplicate);
    assert_eq!(outcome(&app.send(&event(&assigned, "v1", "conversion")).await), duplicate);
    assert_eq!(totals(&app, &site.id).await, (1, 1));

    let mut forged = event(&assigned, "v2", "impression");
    assert_eq!(outcome(&app.send(&forged).await), not("unverified"));
    forged["token"] = Value::Null;
    forged["id"] = json!(uuid::Uuid::new_v4());
    assert_eq!(outcome(&app.send(&forged).await), not("unverified"));
    let third = app.assign(&site.id, "v3").await;
    let mut missed = event(&third, "v3", "impression");
    missed["metadata"]["missed"] = json!(1);
    assert_eq!(outcome(&app.send(&missed).await), not("missed"));
    assert_eq!(totals(&app, &site.id).await, (1, 1));

    app.inside.clock.advance(time::Duration::hours(25));
    assert_eq!(
        outcome(&app.send(&event(&third, "v3", "impression")).await),
        json!({"result": "dropped", "reason": "token_expired"})
    );
}

async fn batches_stand_for_each_event(database: TestDatabase) {
    let app = App::on(database);
    let (site, foreign) = (app.seeded(1).await, app.seeded(1).await);
    let assigned = app.assign(&site.id, "v1").await;
    let sound = event(&assigned, "v1", "impression");
    let with = |field: &str, value: Value| {
        let mut changed = event(&assigned, "v1", "impression");
        changed[field] = value;
        changed
    };
    let unknown = with("site_id", json!(uuid::Uuid::new_v4()));
    let batch = json!({"events": [
        sound,
        sound,
        with("variant_id", json!(foreign.variant)),
        unknown,
        with("type", json!("click")),
        with("goal_id", json!(uuid::Uuid::new_v4())),
        event(&assigned, "v1", "conversion"),
        7,
    ]});
    let response = app.send(&batch).await;
    response.assert_status_ok();
    let answer: Value = response.json();
    let lines: Vec<String> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let reason = line["reason"].as_str().unwrap_or_default();
            format!("{} {reason}", line["result"].as_str().unwrap()).trim().to_owned()
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    recorded
    duplicate
    dropped foreign_variant
    dropped unknown_site
    dropped malformed
    duplicate
    recorded
    dropped malformed
    ");
    assert_eq!(answer["status"], json!("recorded"));
    assert_eq!(answer["results"][4]["id"], batch["events"][4]["id"], "a faulty event is named all the same");
    assert_eq!(answer["results"][7]["id"], Value::Null);
    assert_eq!(totals(&app, &site.id).await, (1, 1));

    let nothing = app.send(&json!({"events": [{}]})).await;
    nothing.assert_status_ok();
    assert_eq!(nothing.json::<Value>()["status"], json!("dropped"));
}

async fn machines_see_the_control(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(3).await;
    let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36";
    for number in 0..20 {
        let path = format!("/v1/assign?site_id={}&visitor_id=machine-{number}", site.id);
        let assigned: Value = app.server.get(&path).add_header("user-agent", chrome).await.json();
        assert_eq!(assigned["variant_id"], json!(site.control));
        assert_eq!(assigned["token"], Value::Null);
        assert_eq!(assigned["patch"]["ops"], json!([]));
    }
    // A machine with a person's token is not counted either.
    let assigned = app.assign(&site.id, "person").await;
    let impression = event(&assigned, "person", "impression");
    let response = app.server.post("/v1/event").add_header("user-agent", chrome).json(&impression).await;
    assert_eq!(outcome(&response), json!({"result": "recorded", "counted": false, "reason": "bot"}));
    assert_eq!(totals(&app, &site.id).await, (0, 0));
}
