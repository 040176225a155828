//! `cargo xtask bench`: how many visitors and events one connection gets through, and how fast the statistics are.

mod report;
mod statistics;

use crate::client::{self, Client, Limits, Measured};
use crate::evoloop::{self, Server};
use crate::failure::{About, Failure, Outcome};
use crate::project::Project;
use crate::shell;
use report::Row;
use serde::Deserialize;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::thread;
use std::time::Duration;

/// Visitors whose events are measured; each is assigned first, for its token.
const VISITORS: usize = 20_000;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Most seconds that one measurement takes
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Most requests of one measurement
    #[arg(long, default_value_t = 50_000)]
    requests: usize,
    /// Cargo's profile of the server that is measured
    #[arg(long, default_value = "release")]
    profile: String,
    /// This is the optimised copy that does the measuring
    #[arg(long, hide = true)]
    optimised: bool,
}

#[derive(Deserialize)]
struct Seeded {
    site_id: String,
}

/// Measures and writes docs/benchmarks.md.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let project = Project::open()?;
    if !arguments.optimised {
        return become_optimised(&project, arguments);
    }
    let binary = evoloop::build(&project, &arguments.profile, &[])?;
    let mut site_id = String::new();
    let server = Server::start(&project, &binary, &[], |invoke| {
        site_id = seed(&shell::text(&mut invoke(&["seed", "--sites", "1", "--variants", "4"]))?)?;
        Ok(())
    })?;
    let limits = Limits { requests: arguments.requests, time: Duration::from_secs(arguments.seconds) };
    let rows = measure(&server, &site_id, limits)?;
    server.stop()?;
    let statistics = statistics::measure(&project)?;
    let page = report::page(&rows, &statistics, &arguments.profile, &report::processor());
    println!("\n{}\n{statistics}", report::table(&rows));
    let path = project.root.join("docs/benchmarks.md");
    fs::create_dir_all(project.root.join("docs"))?;
    fs::write(&path, page).about(path.display())?;
    println!("written to {}", path.display());
    Ok(())
}

/// The client must not be the slow part, so the measuring is done by a copy of this program with optimisation.
fn become_optimised(project: &Project, arguments: &Arguments) -> Outcome {
    let mut cargo = shell::cargo(&project.root);
    cargo.args(["run", "--quiet", "--release", "--package", "xtask", "--", "bench", "--optimised"]);
    cargo.args(["--profile", &arguments.profile]);
    cargo.args(["--seconds", &arguments.seconds.to_string(), "--requests", &arguments.requests.to_string()]);
    println!("==> building the client with optimisation");
    Err(Failure::from(cargo.exec()))
}

fn seed(printed: &str) -> Outcome<String> {
    let line = printed.lines().last().unwrap_or_default();
    let seeded: Seeded = serde_json::from_str(line).about("the line that `evoloop seed` printed")?;
    Ok(seeded.site_id)
}

fn measure(server: &Server, site_id: &str, limits: Limits) -> Outcome<Vec<Row>> {
    let address = server.address();
    let constant = constant_route()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut rows = Vec::new();
        let mut client = Client::connect(constant).await?;
        // The first thousand warm up both ends.
        client.measure(Limits { requests: 1_000, ..limits }, |_| client::get("/")).await?;
        let base = shell_step("a constant axum route", client.measure(limits, |_| client::get("/"))).await?;
        rows.push(Row::new("constant axum route", &base, None, &base));

        let mut client = Client::connect(address).await?;
        let assign = |number: usize| client::get(&format!("/v1/assign?site_id={site_id}&visitor_id=bench-{number}"));
        client.measure(Limits { requests: 1_000, ..limits }, assign).await?;
        let before = report::cpu_seconds(server.id());
        let measured = shell_step("GET /v1/assign", client.measure(limits, assign)).await?;
        rows.push(Row::new("GET /v1/assign", &measured, cpu_since(before, server), &base));

        let bodies = events(&mut client, site_id, limits.requests.min(VISITORS)).await?;
        let before = report::cpu_seconds(server.id());
        let limits = Limits { requests: bodies.len(), ..limits };
        let measured =
            shell_step("POST /v1/event", client.measure(limits, |number| client::post("/v1/event", &bodies[number])))
                .await?;
        rows.push(Row::new("POST /v1/event", &measured, cpu_since(before, server), &base));
        Ok(rows)
    })
}

async fn shell_step(what: &str, measuring: impl Future<Output = Outcome<Measured>>) -> Outcome<Measured> {
    println!("==> measuring: {what}");
    measuring.await
}

fn cpu_since(before: Option<f64>, server: &Server) -> Option<f64> {
    Some(report::cpu_seconds(server.id())? - before?)
}

/// Bodies of first impressions, each of another visitor, with the token that its assignment gave.
async fn events(client: &mut Client, site_id: &str, number: usize) -> Outcome<Vec<String>> {
    let mut bodies = Vec::with_capacity(number);
    for visitor in 0..number {
        let visitor_id = format!("bench-event-{visitor}");
        let answer = client.text(client::get(&format!("/v1/assign?site_id={site_id}&visitor_id={visitor_id}"))).await?;
        let assigned: serde_json::Value = serde_json::from_str(&answer).about("the answer of /v1/assign")?;
        let event = serde_json::json!({
            "site_id": site_id, "variant_id": assigned["variant_id"], "visitor_id": visitor_id,
            "type": "impression", "token": assigned["token"], "metadata": { "applied": 1, "missed": 0, "ms": 1 },
        });
        bodies.push(event.to_string());
    }
    Ok(bodies)
}

/// The least that a server of this kind can do, on a thread of its own.
fn constant_route() -> Outcome<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            let router = axum::Router::new().route("/", axum::routing::get(|| async { "ok" }));
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                // It ends with this program.
                let _ = axum::serve(listener, router).await;
            }
        });
    });
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constant_route_is_measured() -> Outcome {
        let address = constant_route()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let limits = Limits { requests: 50, time: Duration::from_secs(30) };
        let measured = runtime.block_on(async {
            let mut client = Client::connect(address).await?;
            assert_eq!(client.text(client::get("/")).await?, "ok");
            assert!(client.text(client::get("/missing")).await.is_err(), "an error is no figure");
            client.measure(limits, |_| client::get("/")).await
        })?;
        assert_eq!(measured.requests(), 50);
        Ok(())
    }

    #[test]
    fn the_seeded_site_is_read() -> Outcome {
        assert_eq!(seed("{\"site_id\":\"a\",\"variants\":[]}")?, "a");
        assert!(seed("nothing").is_err());
        Ok(())
    }
}
