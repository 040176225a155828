//! Visitors that go on sending, whatever happens to the server, and remember what they were told.

use super::found::Found;
use super::visitors;
use crate::client::Client;
use crate::failure::{Failure, Outcome};
use hyper::StatusCode;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Wait of a visitor that was refused or cut off.
const PAUSE: Duration = Duration::from_millis(50);
/// Faults that are told; of more, their number is enough.
const TOLD: usize = 5;

/// What visitors may meet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Whether an event may be answered with 503; it is sent again then.
    pub(super) refusals: bool,
    /// Whether a connection serves one visitor alone.
    pub(super) reconnects: bool,
    /// How long an answer may take.
    pub(super) patience: Duration,
}

/// What visitors were told.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Events that are stored, as the server said.
    pub(super) acknowledged: Vec<Value>,
    /// Answers 503.
    pub(super) refused: usize,
    /// Requests that were answered.
    pub(super) answered: usize,
    /// The longest wait for what became of an event.
    pub(super) slowest_event: Duration,
    /// The longest wait for an assignment.
    pub(super) slowest_assignment: Duration,
    faults: Vec<String>,
}

impl Ledger {
    /// Notes the figures, and a fault when anything happened that the rules do not allow.
    pub(super) fn note(&self, found: &mut Found) {
        found.figure("requests answered", self.answered);
        found.figure("requests failed", self.faults.len());
        found.figure("events acknowledged", self.acknowledged.len());
        found.figure("events refused with 503, and sent again", self.refused);
        found.figure("ms, slowest event", self.slowest_event.as_millis());
        found.figure("ms, slowest assignment", self.slowest_assignment.as_millis());
        let told: Vec<&str> = self.faults.iter().take(TOLD).map(String::as_str).collect();
        let faults = format!("{} requests failed, such as {}", self.faults.len(), told.join(", "));
        found.demand(self.faults.is_empty(), faults);
    }

    /// Takes over what others were told.
    pub(super) fn add(&mut self, other: Self) {
        self.acknowledged.extend(other.acknowledged);
        self.refused += other.refused;
        self.answered += other.answered;
        self.slowest_event = self.slowest_event.max(other.slowest_event);
        self.slowest_assignment = self.slowest_assignment.max(other.slowest_assignment);
        self.faults.extend(other.faults);
    }
}

/// Senders at work; they end when they are told to.
pub(super) struct Senders {
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Ledger>>,
}

impl Senders {
    /// Starts them; each has a name of its own.
    pub(super) fn start(runtime: &Runtime, address: SocketAddr, site: &str, names: &[String], rules: Rules) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let begin = |name: &String| {
            let sender = Sender { address, site: site.to_owned(), name: name.clone(), rules, stop: stop.clone() };
            runtime.spawn(sender.work())
        };
        Self { tasks: names.iter().map(begin).collect(), stop }
    }

    /// Ends them and adds up what they were told.
    pub(super) fn stop(self, runtime: &Runtime) -> Outcome<Ledger> {
        self.stop.store(true, Ordering::Release);
        let mut ledger = Ledger::default();
        for task in self.tasks {
            ledger.add(runtime.block_on(task)?);
        }
        Ok(ledger)
    }
}

struct Sender {
    address: SocketAddr,
    site: String,
    name: String,
    rules: Rules,
    stop: Arc<AtomicBool>,
}

impl Sender {
    async fn work(self) -> Ledger {
        let mut ledger = Ledger::default();
        let mut open = None;
        for number in 0.. {
            if self.stops() {
                break;
            }
            if let Err(fault) = self.visit(&mut open, number, &mut ledger).await {
                ledger.faults.push(format!("{} {number}: {fault}", self.name));
                open = None;
                tokio::time::sleep(PAUSE).await;
            }
            if self.rules.reconnects {
                open = None;
            }
        }
        ledger
    }

    /// One visitor: assigned, then exposed until the event is stored.
    async fn visit(&self, open: &mut Option<Client>, number: usize, ledger: &mut Ledger) -> Outcome {
        let client = match open {
            Some(client) => client,
            None => open.insert(self.in_time("connecting", Client::connect(self.address)).await?),
        };
        let visitor = format!("{}-{number}", self.name);
        let asked = Instant::now();
        let event = self.in_time("assigning", visitors::exposure(client, &self.site, &visitor, number)).await?;
        ledger.answered += 1;
        ledger.slowest_assignment = ledger.slowest_assignment.max(asked.elapsed());
        loop {
            let asked = Instant::now();
            let (status, results) = self.in_time("an event", visitors::send(client, &event)).await?;
            ledger.answered += 1;
            ledger.slowest_event = ledger.slowest_event.max(asked.elapsed());
            let result = results[0]["result"].as_str().unwrap_or_default();
            if status.is_success() && matches!(result, "recorded" | "duplicate") {
                ledger.acknowledged.push(event);
                return Ok(());
            }
            if status != StatusCode::SERVICE_UNAVAILABLE || !self.rules.refusals {
                return Err(Failure::new(format!("an event was answered with {status} {result}")));
            }
            ledger.refused += 1;
            if self.stops() {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn in_time<T>(&self, what: &str, answer: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        let patience = self.rules.patience;
        let late = |_| Err(Failure::new(format!("{what} took longer than {} ms", patience.as_millis())));
        tokio::time::timeout(patience, answer).await.unwrap_or_else(late)
    }

    fn stops(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}
