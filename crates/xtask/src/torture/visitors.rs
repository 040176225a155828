//! Visitors that remember what they were promised.

use crate::client::{self, Client};
use crate::evoloop::Server;
use crate::failure::{About, Failure, Outcome};
use hyper::StatusCode;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// Makes a running site with variants; gives its id.
pub(super) fn seed(invoke: &dyn Fn(&[&str]) -> std::process::Command) -> Outcome<String> {
    let printed = crate::shell::text(&mut invoke(&["seed", "--sites", "1", "--variants", "4"]))?;
    let line: Value = serde_json::from_str(printed.lines().last().unwrap_or_default()).about("evoloop seed")?;
    line["site_id"].as_str().map(str::to_owned).ok_or_else(|| Failure::new("evoloop seed printed no site"))
}

/// How many of the events the server does not know. An event that is there is a duplicate when it is sent again.
pub(super) async fn missing(address: SocketAddr, events: &[Value]) -> Outcome<usize> {
    let mut client = Client::connect(address).await?;
    let mut missing = 0;
    for event in events {
        let (status, results) = send(&mut client, event).await?;
        if !status.is_success() {
            return Err(Failure::new(format!("an event was answered with {status}")));
        }
        missing += usize::from(results[0]["result"] != "duplicate");
    }
    Ok(missing)
}

/// What a visitor is assigned.
pub(super) async fn assigned(client: &mut Client, site: &str, visitor: &str) -> Outcome<Value> {
    let answer = client.text(client::get(&format!("/v1/assign?site_id={site}&visitor_id={visitor}"))).await?;
    serde_json::from_str(&answer).about("the answer of /v1/assign")
}

/// The exposure of a visitor, ready to be sent.
pub(super) async fn exposure(client: &mut Client, site: &str, visitor: &str, number: usize) -> Outcome<Value> {
    let assigned = assigned(client, site, visitor).await?;
    Ok(json!({
        "id": format!("{:08x}-0000-4000-8000-{:012x}", fingerprint(visitor), number),
        "site_id": site, "variant_id": assigned["variant_id"], "visitor_id": visitor,
        "type": "impression", "token": assigned["token"], "metadata": {"applied": 1, "missed": 0, "ms": 1},
    }))
}

/// Status and results of an event.
pub(super) async fn send(client: &mut Client, event: &Value) -> Outcome<(StatusCode, Value)> {
    let (status, body) = client.answer(client::post("/v1/event", &event.to_string())).await?;
    let mut body: Value = serde_json::from_str(&body).unwrap_or_default();
    Ok((status, body["results"].take()))
}

/// That the counters equal what the raw rows say; gives the counted visitors.
pub(super) fn recounted(server: &Server, site: &str) -> Outcome<u64> {
    let report = |command: &[&str]| -> Outcome<Value> {
        serde_json::from_str(&crate::shell::text(&mut server.command(command))?).about(command.join(" "))
    };
    let (shown, recounted) = (report(&["stats", "show", site, "--json"])?, report(&["recount", site, "--json"])?);
    if shown["variants"] != recounted["variants"] {
        return Err(Failure::new(format!("the counters are {shown}, the rows say {recounted}")));
    }
    let visitors = shown["variants"].as_array().into_iter().flatten().filter_map(|row| row["visitors"].as_u64());
    Ok(visitors.sum())
}

/// Different for each visitor, the same in each run; FNV-1a.
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
