//! Simulated visitors against a small stand-in for the public API.

use crate::{install_crypto, serve};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::{SiteId, VariantId};
use outbound::simulator::{Simulator, SimulatorConfig, VisitError, VisitorClient};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

const SITE: SiteId = SiteId(Uuid::from_u128(7));
const CONTROL: VariantId = VariantId(Uuid::from_u128(1));
const NAMED: VariantId = VariantId(Uuid::from_u128(2));

/// What the stand-in saw.
#[derive(Default)]
struct Seen {
    assigned: Vec<HashMap<String, String>>,
    events: Vec<Value>,
    user_agents: Vec<String>,
}

type Shared = Arc<Mutex<Seen>>;

async fn assign(
    State(seen): State<Shared>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let mut seen = seen.lock().unwrap();
    seen.user_agents.push(headers["user-agent"].to_str().unwrap().to_owned());
    let control = seen.assigned.len() % 2 == 0;
    seen.assigned.push(query.clone());
    let ops = if control { json!([]) } else { json!([{"op": "text", "target": {"css": "h1"}, "value": "New"}]) };
    Json(json!({
        "site_id": query["site_id"], "variant_id": if control { CONTROL } else { NAMED }, "is_control": control,
        "holdout": false, "epoch": 1, "patch": {"v": 1, "ops": ops}, "goals": [], "token": "v1.1.1.h.mac", "ttl_s": 60,
    }))
}

async fn event(State(seen): State<Shared>, Json(event): Json<Value>) -> Json<Value> {
    let result = json!({"id": event["id"], "result": "recorded", "counted": true});
    seen.lock().unwrap().events.push(event);
    Json(json!({"status": "recorded", "results": [result]}))
}

async fn stand_in() -> (Shared, url::Url) {
    install_crypto();
    let seen = Shared::default();
    let router =
        Router::new().route("/v1/assign", get(assign)).route("/v1/event", post(event)).with_state(seen.clone());
    let address = serve(router).await;
    (seen, format!("http://{address}/").parse().unwrap())
}

fn simulator(base_url: url::Url, seed: u64) -> Simulator {
    Simulator::new(SimulatorConfig {
        base_url,
        site_id: SITE,
        visitors_per_second: 1_000.0,
        rates: HashMap::from([(NAMED, 0.5)]),
        other_rate: Arc::new(|assigned| if assigned.is_control { 0.0 } else { 1.0 }),
        seed,
    })
    .unwrap()
}

#[tokio::test]
async fn visitors_are_assigned_exposed_and_converted_at_their_variants_rate() {
    let (seen, base) = stand_in().await;
    let simulator = simulator(base, 42);
    simulator.visit_all(0..200).await;
    let tally = simulator.tally();
    assert_eq!(tally.failed, 0);
    assert_eq!(tally.variants[&CONTROL].visitors, 100);
    assert_eq!(tally.variants[&CONTROL].conversions, 0);
    assert_eq!(tally.variants[&NAMED].visitors, 100);
    // Fixed by the seed; half of a hundred within five standard deviations.
    let conversions = tally.variants[&NAMED].conversions;
    assert!((25..=75).contains(&conversions), "{conversions}");

    let seen = seen.lock().unwrap();
    assert!(seen.user_agents.iter().all(|name| name.starts_with("Mozilla/5.0") && !name.contains("Headless")));
    let visitors: std::collections::HashSet<&String> = seen.assigned.iter().map(|query| &query["visitor_id"]).collect();
    assert_eq!(visitors.len(), 200);
    let impressions: Vec<&Value> = seen.events.iter().filter(|event| event["type"] == "impression").collect();
    assert_eq!(impressions.len(), 200);
    assert_eq!(seen.events.len() as u64, 200 + conversions);
    let named = impressions.iter().find(|event| event["variant_id"] == NAMED.to_string()).unwrap();
    assert_eq!(named["metadata"], json!({"applied": 1, "missed": 0, "ms": 1}));
    assert_eq!(named["token"], "v1.1.1.h.mac");
    assert_eq!(named["site_id"], SITE.to_string());
}

#[tokio::test]
async fn the_same_seed_means_the_same_visitors() {
    let run = async |seed| {
        let (seen, base) = stand_in().await;
        simulator(base, seed).visit_all(0..20).await;
        std::mem::take(&mut seen.lock().unwrap().events)
    };
    let (first, second, other) = (run(1).await, run(1).await, run(2).await);
    assert_eq!(first, second);
    assert_ne!(first, other);
}

#[tokio::test]
async fn a_run_goes_on_until_it_is_cancelled() {
    let (seen, base) = stand_in().await;
    let simulator = simulator(base, 3);
    let enough = async {
        while seen.lock().unwrap().assigned.len() < 50 {
            tokio::task::yield_now().await;
        }
    };
    simulator.run(enough).await;
    let tally = simulator.tally();
    let visitors: u64 = tally.variants.values().map(|variant| variant.visitors).sum();
    // Those under way at the end were waited for.
    assert_eq!(visitors, seen.lock().unwrap().assigned.len() as u64);
    assert!(visitors >= 50);
}

#[tokio::test]
async fn failures_are_counted_and_the_kept_token_is_sent() {
    let (seen, base) = stand_in().await;
    let client = VisitorClient::new(base).unwrap();
    let visitor = "visitor-1".parse().unwrap();
    client.assign(SITE, &visitor, Some("kept")).await.unwrap();
    assert_eq!(seen.lock().unwrap().assigned[0]["current"], "kept");

    let nothing = serve(Router::new()).await;
    let base: url::Url = format!("http://{nothing}").parse().unwrap();
    let client = VisitorClient::new(base.clone()).unwrap();
    let error = client.assign(SITE, &visitor, None).await.unwrap_err();
    assert!(matches!(error, VisitError::Status(404)), "{error}");
    let simulator = simulator(base, 1);
    simulator.visit_all(0..3).await;
    assert_eq!(simulator.tally().failed, 3);
}
