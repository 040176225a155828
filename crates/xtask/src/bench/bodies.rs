//! Events of visitors who were assigned first, ready to be sent.

use super::load;
use super::requests::Requests;
use super::sites::Random;
use crate::failure::{About, Outcome};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;

/// Connections that fetch the tokens.
const CONNECTIONS: u32 = 32;
/// Of each fifty mixed events ten are conversions and two are repeats.
const CONVERSIONS: usize = 10;
const REPEATS: usize = 2;

/// What the requests hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mix {
    /// One exposure each.
    Single,
    /// Fifty exposures each.
    Batched,
    /// Fifty events each: exposures, then conversions and repeats of them.
    Mixed,
}

impl Mix {
    /// Events in a request.
    pub(super) fn events(self) -> usize {
        if self == Self::Single { 1 } else { 50 }
    }

    /// New visitors in a request.
    pub(super) fn exposures(self) -> usize {
        if self == Self::Mixed { self.events() - CONVERSIONS - REPEATS } else { self.events() }
    }

    /// Conversions of them in a request.
    pub(super) fn conversions(self) -> usize {
        if self == Self::Mixed { CONVERSIONS } else { 0 }
    }
}

/// What `/v1/assign` says of a visitor.
#[derive(Debug, Clone, Deserialize)]
struct Assigned {
    variant_id: String,
    token: String,
}

/// So many requests, each visitor with the token of its assignment.
pub(super) fn prepare(
    address: SocketAddr,
    site: &str,
    mix: Mix,
    number: usize,
    random: &mut Random,
) -> Outcome<Requests> {
    let visitors: Vec<String> = (0..number * mix.exposures()).map(|_| random.uuid()).collect();
    let mut asked = Requests::once(address);
    for visitor in &visitors {
        asked.get_path(&format!("/v1/assign?site_id={site}&visitor_id={visitor}"));
    }
    let read = |body: &[u8]| serde_json::from_slice::<Assigned>(body).about("the answer of /v1/assign");
    let assigned = load::gather(&Arc::new(asked), CONNECTIONS, read)?;
    let exposures: Vec<Value> =
        visitors.iter().zip(&assigned).map(|(visitor, assigned)| exposure(site, visitor, assigned, random)).collect();
    let mut requests = Requests::once(address);
    for together in exposures.chunks_exact(mix.exposures()) {
        requests.post("/v1/event", &body(mix, together, random));
    }
    Ok(requests)
}

fn exposure(site: &str, visitor: &str, assigned: &Assigned, random: &mut Random) -> Value {
    json!({
        "id": random.event_id(), "site_id": site, "variant_id": assigned.variant_id, "visitor_id": visitor,
        "type": "impression", "token": assigned.token, "metadata": { "applied": 1, "missed": 0, "ms": 1 },
    })
}

fn body(mix: Mix, exposures: &[Value], random: &mut Random) -> String {
    match (mix, exposures) {
        (Mix::Single, [event]) => event.to_string(),
        (Mix::Mixed, _) => {
            let conversions = exposures.iter().take(CONVERSIONS).map(|exposure| conversion(exposure, random));
            let repeats = exposures.iter().skip(CONVERSIONS).take(REPEATS).cloned();
            let events: Vec<Value> = exposures.iter().cloned().chain(conversions).chain(repeats).collect();
            json!({ "events": events }).to_string()
        }
        _ => json!({ "events": exposures }).to_string(),
    }
}

fn conversion(exposure: &Value, random: &mut Random) -> Value {
    let mut event = exposure.clone();
    if let Some(fields) = event.as_object_mut() {
        fields.insert("id".to_owned(), random.event_id().into());
        fields.insert("type".to_owned(), "conversion".into());
        fields.remove("metadata");
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn events(mix: Mix) -> Vec<Value> {
        let mut random = Random(1);
        let assigned = Assigned { variant_id: "variant".to_owned(), token: "token".to_owned() };
        let exposures: Vec<Value> = (0..mix.exposures())
            .map(|number| exposure("site", &format!("visitor-{number}"), &assigned, &mut random))
            .collect();
        let body: Value = serde_json::from_str(&body(mix, &exposures, &mut random)).unwrap_or_default();
        body["events"].as_array().cloned().unwrap_or_else(|| vec![body])
    }

    #[test]
    fn a_request_holds_what_its_mix_says() {
        for (mix, number, conversions, repeats) in
            [(Mix::Single, 1, 0, 0), (Mix::Batched, 50, 0, 0), (Mix::Mixed, 50, 10, 2)]
        {
            let events = events(mix);
            assert_eq!((events.len(), mix.events()), (number, number), "{mix:?}");
            let ids: HashSet<String> = events.iter().map(|event| event["id"].to_string()).collect();
            assert_eq!(ids.len(), number - repeats, "{mix:?}");
            let of_type = |name: &str| events.iter().filter(|event| event["type"] == name).count();
            assert_eq!((of_type("conversion"), mix.conversions()), (conversions, conversions), "{mix:?}");
            let visitors: HashSet<String> = events.iter().map(|event| event["visitor_id"].to_string()).collect();
            assert_eq!(visitors.len(), mix.exposures(), "{mix:?}");
        }
    }
}
