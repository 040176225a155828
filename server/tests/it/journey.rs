//! The main job, end to end: a page goes in, and traffic moves to what converts.

use crate::support::{App, signed_in};
use serde_json::{Value, json};
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, TestServiceBuilder, on_both_databases};

on_both_databases!(a_page_goes_in_and_traffic_moves);

async fn a_page_goes_in_and_traffic_moves(database: TestDatabase) {
    // The product's burn-in asks for 300 visitors a variant; the rest of its rules hold here.
    let app = App::with(TestServiceBuilder::default().burn_in(20, 72.0).build(database));
    let ada = app.sign_up("ada@example.com").await;
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.json();
    let site_id = site["id"].as_str().unwrap();
    assert_eq!(site["status"], json!("analyzing"));

    // Nothing runs yet, so everybody sees the page as it is, and nothing would be counted.
    let assigned = app.assign(site_id, "early").await;
    assert_eq!((&assigned["is_control"], &assigned["token"]), (&json!(true), &Value::Null));

    app.inside.work().await;
    let read = |path: &str| signed_in(app.server.get(&format!("{path}?site_id={site_id}")), &ada);
    let detail: Value = read("/api/sites/detail").await.json();
    assert_eq!(detail["summary"]["status"], json!("ready"));
    assert_eq!(detail["page"]["headline"]["text"], json!("Boil water in two minutes"));
    let variants: Vec<String> = detail["variants"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["variant"]["status"] == json!("pending_review"))
        .map(|row| row["variant"]["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(variants.len(), 3);

    let act = |variant_id: &str, action: &str| {
        let form = [("site_id", site_id), ("variant_id", variant_id), ("action", action)];
        signed_in(app.server.post("/api/variants/update"), &ada).form(&form)
    };
    for variant_id in &variants {
        assert!(act(variant_id, "approve").await.status_code().is_success());
    }
    assert_eq!(act(&variants[0], "approve").await.status_code().as_u16(), 409, "approving twice is refused");

    let best = json!(variants[0]);
    let (mut shown, mut converted) = (0, 0);
    for number in 0..160 {
        let assigned = app.visit(site_id, &format!("v{number}"), |assigned| assigned["variant_id"] == best).await;
        shown += 1;
        converted += i32::from(assigned["variant_id"] == best);
    }
    // A visitor judges a variant once the attribution window is over.
    app.inside.clock.advance(time::Duration::hours(74));
    app.inside.work().await;

    let statistics: Value = read("/api/sites/statistics").await.json();
    let rows = statistics["variants"].as_array().unwrap();
    let sum = |field: &str| rows.iter().map(|row| row[field].as_i64().unwrap()).sum::<i64>();
    assert_eq!((sum("visitors"), sum("conversions")), (shown, i64::from(converted)));
    let weight = |id: &Value| rows.iter().find(|row| row["variant_id"] == *id).unwrap()["weight"].as_f64().unwrap();
    assert_eq!(statistics["generation"]["phase"], json!("confirm"));
    assert!(weight(&best) > 0.48, "traffic moves to the best: {rows:#?}");
    let mut to_best = 0;
    for number in 0..100 {
        let assigned = app.assign(site_id, &format!("later-{number}")).await;
        to_best += i32::from(assigned["variant_id"] == best);
    }
    assert!(to_best > 33, "new visitors see the best: {to_best} of 100");

    let pause = [("site_id", site_id), ("status", "paused")];
    signed_in(app.server.post("/api/sites/update"), &ada).form(&pause).await;
    let assigned = app.assign(site_id, "v1").await;
    assert_eq!((&assigned["is_control"], &assigned["patch"]["ops"]), (&json!(true), &json!([])));
    let removed = signed_in(app.server.delete("/api/sites"), &ada).add_query_param("site_id", site_id).await;
    assert!(removed.status_code().is_success());
    let gone = app.server.get(&format!("/v1/assign?site_id={site_id}&visitor_id=v1")).await;
    gone.assert_status_not_found();
}
