//! How long the scheduled look at a site takes, on several databases in turn.
//!
//! Reads a line of JSON from standard input, `{"urls", "rounds"}`: SQLite files with one site each, prepared by the
//! example `fill_events` of the crate `store`. Prints a line with the milliseconds of every look, by database. In each round every
//! database has its turn, so that noise of the machine hits all of them alike.

use async_trait::async_trait;
use serde::Deserialize;
use service::playbook::Playbook;
use service::ports::{Clock, Entropy, Fetched, PageReader, ReadError, ResourceKind};
use service::{Lane, Ports, Service, Settings};
use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{DatabaseUrl, Store};
use time::OffsetDateTime;
use url::Url;

/// Looks that come before the first one that counts: they fill caches, and the first one moves the weights.
const WARM_UP: usize = 5;
/// A site is due again within this time.
const PAUSE: Duration = Duration::from_millis(3);

#[derive(Deserialize)]
struct Task {
    urls: Vec<String>,
    rounds: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let task: Task = serde_json::from_str(&line)?;
    let mut services = Vec::new();
    for url in &task.urls {
        services.push(open(url).await?);
    }
    let mut milliseconds = vec![Vec::new(); services.len()];
    for round in 0..WARM_UP + task.rounds {
        for (service, taken) in services.iter().zip(&mut milliseconds) {
            tokio::time::sleep(PAUSE).await;
            let begun = Instant::now();
            if !service.work_once(Lane::Quick).await? {
                return Err("no look was due".into());
            }
            if round >= WARM_UP {
                taken.push(begun.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    writeln!(io::stdout(), "{}", serde_json::to_string(&milliseconds)?)?;
    Ok(())
}

async fn open(url: &str) -> Result<Service, Box<dyn Error>> {
    let store = Store::open(&url.parse::<DatabaseUrl>()?).await?;
    let ports = Ports {
        reader: Arc::new(Offline),
        images: None,
        writer: Arc::new(Playbook),
        clock: Arc::new(Real),
        wall_clock: Arc::new(Real),
        entropy: Arc::new(Real),
    };
    Ok(Service::new(store, ports, Settings::new("http://localhost".to_owned(), vec![0; 32].into())))
}

/// Time and randomness as they are.
struct Real;

impl Clock for Real {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

impl Entropy for Real {
    fn fill(&self, buffer: &mut [u8]) {
        // Nothing secret is made here, so zeros would do as well.
        let _ = getrandom::fill(buffer);
    }
}

/// Statistics read no pages.
struct Offline;

#[async_trait]
impl PageReader for Offline {
    async fn read(&self, _: &Url, _: ResourceKind) -> Result<Fetched, ReadError> {
        Err(ReadError::Unreachable)
    }
}
