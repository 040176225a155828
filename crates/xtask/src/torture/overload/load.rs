//! The load: connections that ask as fast as they are answered, or as fast as a clock says, or a byte at a time.

use crate::failure::{Failure, Outcome};
use crate::torture::wire::{self, Wire};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Connections that get the stock ready, and those that are opened at once.
const PREPARING: usize = 16;
/// How long the answers to the last requests may take.
const LAST_ANSWERS: Duration = Duration::from_secs(30);
/// A slow connection sends a byte this often.
const DRIP: Duration = Duration::from_millis(500);
/// Wrong answers that are kept.
const TOLD: usize = 20;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Assign,
    Event,
}

/// When a connection asks again.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// As soon as it is answered.
    Closed,
    /// When its turn comes, all connections together so often a second; late when all of them wait for answers.
    Open(f64),
    /// This long after each answer.
    Paused(Duration),
}

/// Events of different visitors, each with its token; one that was refused is offered again.
pub(super) struct Stock {
    bodies: Vec<String>,
    next: AtomicUsize,
    returned: Mutex<Vec<usize>>,
    stored: Mutex<Vec<usize>>,
}

impl Stock {
    /// Has visitors assigned.
    pub(super) async fn prepare(address: SocketAddr, site: &str, count: usize) -> Outcome<Self> {
        let preparing: Vec<JoinHandle<Outcome<Vec<String>>>> = (0..PREPARING)
            .map(|part| tokio::spawn(bodies(address, site.to_owned(), part, count / PREPARING)))
            .collect();
        let mut bodies = Vec::with_capacity(count);
        for part in preparing {
            bodies.extend(part.await??);
        }
        Ok(Self { bodies, next: AtomicUsize::new(0), returned: Mutex::default(), stored: Mutex::default() })
    }

    /// The events that were acknowledged.
    pub(super) fn acknowledged(&self) -> Vec<String> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.iter().filter_map(|number| self.bodies.get(*number).cloned()).collect()
    }

    fn take(&self) -> Option<(usize, Vec<u8>)> {
        let returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let number = returned.unwrap_or_else(|| self.next.fetch_add(1, Ordering::Relaxed));
        Some((number, wire::event(self.bodies.get(number)?)))
    }

    fn note(list: &Mutex<Vec<usize>>, number: usize) {
        list.lock().unwrap_or_else(PoisonError::into_inner).push(number);
    }
}

/// What a load was answered.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How long each good answer took.
    pub(super) accepted: Vec<Duration>,
    /// How long each 503 took.
    pub(super) refused: Vec<Duration>,
    /// Any other answer.
    pub(super) surprises: Vec<String>,
    /// Good answers that came in time.
    acknowledged: u32,
}

impl Tally {
    /// Good answers a second while the load lasted.
    pub(super) fn acknowledged_per_second(&self, span: Duration) -> f64 {
        f64::from(self.acknowledged) / span.as_secs_f64()
    }

    /// Answers of any kind a second.
    pub(super) fn answers_per_second(&self, span: Duration) -> f64 {
        let answers = self.accepted.len() + self.refused.len() + self.surprises.len();
        f64::from(u32::try_from(answers).unwrap_or(u32::MAX)) / span.as_secs_f64()
    }

    fn add(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.refused.extend(other.refused);
        self.surprises.extend(other.surprises);
        self.acknowledged += other.acknowledged;
    }

    fn surprise(&mut self, text: String) {
        if self.surprises.len() < TOLD {
            self.surprises.push(text);
        }
    }
}

/// Connections that ask for one thing.
#[derive(Clone)]
pub(super) struct Load {
    pub(super) address: SocketAddr,
    pub(super) connections: usize,
    pub(super) pace: Pace,
    pub(super) kind: Kind,
    pub(super) span: Duration,
    pub(super) stock: Arc<Stock>,
    pub(super) site: String,
}

impl Load {
    /// Opens the connections, then asks until the time is over.
    pub(super) async fn run(self) -> Outcome<Tally> {
        let mut wires = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            wires.push(Wire::connect(self.address).await?);
        }
        let (begun, turns, load) = (Instant::now(), Arc::<AtomicUsize>::default(), Arc::new(self));
        let asking: Vec<_> = wires
            .into_iter()
            .enumerate()
            .map(|(number, wire)| tokio::spawn(ask(load.clone(), wire, number, begun, turns.clone())))
            .collect();
        tokio::time::sleep(if asking.is_empty() { load.span } else { Duration::ZERO }).await;
        let mut tally = Tally::default();
        for connection in asking {
            let left = (load.span + LAST_ANSWERS).saturating_sub(begun.elapsed());
            match tokio::time::timeout(left, connection).await {
                Ok(answered) => tally.add(answered?),
                Err(_) => tally.surprise("a request was never answered".to_owned()),
            }
        }
        Ok(tally)
    }
}

async fn ask(load: Arc<Load>, mut wire: Wire, number: usize, begun: Instant, turns: Arc<AtomicUsize>) -> Tally {
    let mut tally = Tally::default();
    loop {
        match load.pace {
            Pace::Closed => {}
            Pace::Open(rate) => {
                let turn = u32::try_from(turns.fetch_add(1, Ordering::Relaxed)).unwrap_or(u32::MAX);
                let due = begun + Duration::from_secs_f64(f64::from(turn) / rate.max(1.0));
                if due > begun + load.span {
                    return tally;
                }
                tokio::time::sleep_until(due.into()).await;
            }
            Pace::Paused(pause) => tokio::time::sleep(pause).await,
        }
        if begun.elapsed() >= load.span {
            return tally;
        }
        let (event, request) = match load.kind {
            Kind::Assign => (None, wire::assign(&load.site, &format!("asking-{number}"))),
            Kind::Event => match load.stock.take() {
                Some((event, request)) => (Some(event), request),
                None => {
                    tally.surprise("there were too few events".to_owned());
                    return tally;
                }
            },
        };
        let asked = Instant::now();
        match wire.ask(&request).await {
            Ok(answer) if answer.status == 200 => {
                tally.accepted.push(asked.elapsed());
                tally.acknowledged += u32::from(begun.elapsed() <= load.span);
                event.inspect(|event| Stock::note(&load.stock.stored, *event));
            }
            Ok(answer) if answer.status == 503 => {
                tally.refused.push(asked.elapsed());
                event.inspect(|event| Stock::note(&load.stock.returned, *event));
            }
            Ok(answer) => tally.surprise(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body))),
            Err(failure) => {
                tally.surprise(failure.to_string());
                return tally;
            }
        }
    }
}

/// Opens connections that never come to an end: half of them with the head of a request, half with its body.
pub(super) async fn slow(address: SocketAddr, count: usize, span: Duration) -> Outcome<Vec<JoinHandle<bool>>> {
    let mut connections = Vec::with_capacity(count);
    for number in 0..count {
        let mut wire = Wire::connect(address).await?;
        let head = "POST /v1/event HTTP/1.1\r\nhost: evoloop\r\ncontent-type: application/json\r\n";
        let end = if number % 2 == 0 { "content-length: 60000\r\n\r\n{" } else { "x-slow: " };
        wire.send(format!("{head}{end}").as_bytes()).await?;
        connections.push(tokio::spawn(async move {
            let until = Instant::now() + span;
            while Instant::now() < until {
                tokio::time::sleep(DRIP).await;
                if wire.send(b" ").await.is_err() {
                    return true;
                }
            }
            false
        }));
    }
    Ok(connections)
}

/// How many slow connections the server closed.
pub(super) async fn closed(connections: Vec<JoinHandle<bool>>) -> usize {
    let mut closed = 0;
    for connection in connections {
        closed += usize::from(connection.await.unwrap_or(true));
    }
    closed
}

async fn bodies(address: SocketAddr, site: String, part: usize, count: usize) -> Outcome<Vec<String>> {
    let mut wire = Wire::connect(address).await?;
    let mut bodies = Vec::with_capacity(count);
    for number in 0..count {
        let visitor = format!("crowd-{part}-{number}");
        let assigned = wire.ask(&wire::assign(&site, &visitor)).await?;
        if assigned.status != 200 {
            return Err(Failure::new(format!("an assignment was answered with {}", assigned.status)));
        }
        let assigned = assigned.json();
        let event = json!({
            "id": format!("{part:08x}-0000-4000-8000-{number:012x}"),
            "site_id": site, "variant_id": assigned["variant_id"], "visitor_id": visitor, "type": "impression",
            "token": assigned["token"], "metadata": {"applied": 1, "missed": 0, "ms": 1},
        });
        bodies.push(event.to_string());
    }
    Ok(bodies)
}
