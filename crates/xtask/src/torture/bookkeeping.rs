//! Senders that keep book: what they sent, what they were promised, and what must have been counted for it.

use super::wire::{self, Answer, Wire};
use crate::failure::{About, Failure, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Visitors and conversions of each arm; an arm is a variant or [`HOLDOUT`].
pub(super) type Counts = BTreeMap<String, [u64; 2]>;

/// The arm of visitors who always see the untouched page, as a token calls it.
pub(super) const HOLDOUT: &str = "h";
/// One visitor of this many converts, whatever they are shown, so that no arm is better than another.
const CONVERT: usize = 3;
/// One request of this many is sent again although it was answered, as by a page whose answer got lost.
const REPEAT: usize = 16;
/// How long a refused sender waits. Much less than the server asks for: this is a test.
const REFUSED_PAUSE: Duration = Duration::from_millis(20);

/// What all senders and their master see while they work.
#[derive(Default)]
pub(super) struct Live {
    /// Ends the senders after the request they are at.
    pub(super) stop: AtomicBool,
    /// Requests that were answered as stored.
    pub(super) acknowledged: AtomicUsize,
    /// Requests that were answered with 503.
    pub(super) refused: AtomicUsize,
}

/// What a sender knows.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Events that were acknowledged, as they were sent.
    pub(super) acknowledged: Vec<String>,
    /// What the counters must be for it.
    pub(super) expected: Counts,
    /// Events that were sent again because nobody had answered.
    pub(super) unanswered: usize,
    /// Those of them that turned out to be stored.
    pub(super) stored_unanswered: usize,
    /// Acknowledged events that were sent again on purpose.
    pub(super) repeated: usize,
    /// Answers that a sound server does not give.
    pub(super) surprises: Vec<String>,
}

impl Book {
    /// Takes over what another sender knows.
    pub(super) fn add(&mut self, other: Self) {
        self.acknowledged.extend(other.acknowledged);
        for (arm, [visitors, conversions]) in other.expected {
            let sum = self.expected.entry(arm).or_default();
            *sum = [sum[0] + visitors, sum[1] + conversions];
        }
        self.unanswered += other.unanswered;
        self.stored_unanswered += other.stored_unanswered;
        self.repeated += other.repeated;
        self.surprises.extend(other.surprises);
    }
}

struct Event {
    json: String,
    arm: String,
    is_conversion: bool,
}

/// Why a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    First,
    AfterSilence,
    AfterRefusal,
    Repeat,
}

struct Parcel {
    request: Vec<u8>,
    events: Vec<Event>,
    turn: Turn,
}

/// One sender. It outlives connections and servers.
pub(super) struct Sender {
    site: String,
    number: usize,
    visitors_a_request: usize,
    pause: Duration,
    visitors: usize,
    requests: usize,
    unsettled: Option<Parcel>,
    live: Arc<Live>,
    /// What it knows.
    pub(super) book: Book,
}

impl Sender {
    /// `number` makes its visitors different from those of others; with one visitor a request it sends events singly.
    pub(super) fn new(site: &str, number: usize, visitors_a_request: usize, pause: Duration, live: &Arc<Live>) -> Self {
        Self {
            site: site.to_owned(),
            number,
            visitors_a_request,
            pause,
            visitors: 0,
            requests: 0,
            unsettled: None,
            live: live.clone(),
            book: Book::default(),
        }
    }

    /// Sends until the server is gone or the senders are told to stop.
    pub(super) async fn work(mut self, address: SocketAddr) -> Self {
        let Ok(mut wire) = Wire::connect(address).await else { return self };
        while !self.live.stop.load(Ordering::Relaxed) {
            let parcel = match self.unsettled.take() {
                Some(parcel) => parcel,
                None => match self.pack(&mut wire).await {
                    Ok(parcel) => parcel,
                    Err(_) => break,
                },
            };
            match wire.ask(&parcel.request).await {
                Ok(answer) => self.settle(parcel, &answer).await,
                Err(_) => {
                    self.unsettled = Some(unanswered(parcel));
                    break;
                }
            }
            if !self.pause.is_zero() {
                tokio::time::sleep(self.pause).await;
            }
        }
        self
    }

    /// Sends once more what waits to be sent again.
    pub(super) async fn once(mut self, address: SocketAddr) -> Outcome<Self> {
        if let Some(parcel) = self.unsettled.take() {
            let answer = Wire::connect(address).await?.ask(&parcel.request).await?;
            self.settle(parcel, &answer).await;
        }
        Ok(self)
    }

    /// Whether a request waits to be sent again.
    pub(super) fn is_unsettled(&self) -> bool {
        self.unsettled.is_some()
    }

    /// New visitors, assigned, with their events.
    async fn pack(&mut self, wire: &mut Wire) -> Outcome<Parcel> {
        let mut events = Vec::new();
        for _ in 0..self.visitors_a_request {
            let visitor = format!("sender-{}-{}", self.number, self.visitors);
            let answer = wire.ask(&wire::assign(&self.site, &visitor)).await?;
            events.extend(self.events(&visitor, &answer.json())?);
            self.visitors += 1;
        }
        if self.visitors_a_request == 1
            && let Some(conversion) = events.pop_if(|event| event.is_conversion)
        {
            return self.singly(wire, parcel(events), conversion).await;
        }
        Ok(parcel(events))
    }

    /// Sends the exposure, and gives the conversion to be sent.
    async fn singly(&mut self, wire: &mut Wire, exposure: Parcel, conversion: Event) -> Outcome<Parcel> {
        let answer = match wire.ask(&exposure.request).await {
            Ok(answer) => answer,
            Err(failure) => {
                self.unsettled = Some(unanswered(exposure));
                return Err(failure);
            }
        };
        self.settle(exposure, &answer).await;
        // Refused, the exposure goes first, and the conversion never happened.
        Ok(self.unsettled.take().unwrap_or_else(|| parcel(vec![conversion])))
    }

    fn events(&self, visitor: &str, assigned: &Value) -> Outcome<Vec<Event>> {
        let token = assigned["token"].as_str().ok_or_else(|| Failure::new("assign gave no token"))?;
        let arm = arm_of(token).ok_or_else(|| Failure::new("a token without an arm"))?;
        let id = |kind: u16| format!("{:08x}-{kind:04x}-4000-8000-{:012x}", self.number, self.visitors);
        let exposure = json!({
            "id": id(0), "site_id": self.site, "variant_id": assigned["variant_id"], "visitor_id": visitor,
            "type": "impression", "token": token, "metadata": {"applied": 1, "missed": 0, "ms": 1},
        });
        let mut events = vec![Event { json: exposure.to_string(), arm: arm.to_owned(), is_conversion: false }];
        if self.visitors.is_multiple_of(CONVERT) {
            let conversion = json!({
                "id": id(1), "site_id": self.site, "variant_id": assigned["variant_id"], "visitor_id": visitor,
                "type": "conversion", "token": token,
            });
            events.push(Event { json: conversion.to_string(), arm: arm.to_owned(), is_conversion: true });
        }
        Ok(events)
    }

    /// Writes down what an answer says.
    async fn settle(&mut self, parcel: Parcel, answer: &Answer) {
        if answer.status == 503 {
            self.live.refused.fetch_add(1, Ordering::Relaxed);
            self.unsettled =
                Some(if parcel.turn == Turn::First { Parcel { turn: Turn::AfterRefusal, ..parcel } } else { parcel });
            tokio::time::sleep(REFUSED_PAUSE).await;
            return;
        }
        let results = answer.json()["results"].take();
        let Some(results) =
            results.as_array().filter(|results| answer.status == 200 && results.len() == parcel.events.len())
        else {
            self.surprise(format!("status {}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
            return;
        };
        self.live.acknowledged.fetch_add(1, Ordering::Relaxed);
        let (turn, mut left) = (parcel.turn, Vec::new());
        let mut settled = Vec::new();
        for (event, result) in parcel.events.into_iter().zip(results) {
            if result["result"] == "retry" {
                left.push(event);
            } else {
                self.note(&event, result, turn);
                settled.push(event);
            }
        }
        self.requests += 1;
        if !left.is_empty() {
            self.unsettled = Some(Parcel { turn: Turn::AfterRefusal, ..self::parcel(left) });
        } else if turn != Turn::Repeat && self.requests.is_multiple_of(REPEAT) {
            self.unsettled = Some(Parcel { turn: Turn::Repeat, ..self::parcel(settled) });
        }
    }

    fn note(&mut self, event: &Event, result: &Value, turn: Turn) {
        let is_new = result["result"] == "recorded" && result["counted"] == true;
        let is_duplicate = result["result"] == "duplicate";
        let is_right = match turn {
            Turn::First => is_new,
            Turn::AfterSilence | Turn::AfterRefusal => is_new || is_duplicate,
            Turn::Repeat => is_duplicate,
        };
        if !is_right {
            self.surprise(format!("{turn:?}: {result} for {}", event.json));
        }
        if turn == Turn::Repeat {
            self.book.repeated += 1;
            return;
        }
        if turn == Turn::AfterSilence {
            self.book.unanswered += 1;
            self.book.stored_unanswered += usize::from(is_duplicate);
        }
        let counts = self.book.expected.entry(event.arm.clone()).or_default();
        counts[usize::from(event.is_conversion)] += 1;
        self.book.acknowledged.push(event.json.clone());
    }

    fn surprise(&mut self, text: String) {
        const MANY: usize = 20;
        if self.book.surprises.len() < MANY {
            self.book.surprises.push(text);
        }
    }
}

/// How many of the events the server does not know. An event that is there is a duplicate when it is sent again.
pub(super) async fn missing(address: SocketAddr, events: &[String]) -> Outcome<usize> {
    /// As many as a request may hold.
    const TOGETHER: usize = 50;
    let mut wire = Wire::connect(address).await?;
    let mut missing = 0;
    for some in events.chunks(TOGETHER) {
        let answer = wire.ask(&wire::event(&batch(some.iter()))).await?;
        let results = answer.json()["results"].take();
        let results = results.as_array().filter(|results| results.len() == some.len());
        let results = results.ok_or_else(|| Failure::new("events that were sent again were not answered"))?;
        missing += results.iter().filter(|result| result["result"] != "duplicate").count();
    }
    Ok(missing)
}

/// Makes a running site with variants and a holdout; gives its id.
pub(super) fn seed(invoke: &dyn Fn(&[&str]) -> std::process::Command) -> Outcome<String> {
    let arguments = ["seed", "--sites", "1", "--variants", "4", "--holdout", "0.1"];
    let printed = crate::shell::text(&mut invoke(&arguments))?;
    let line: Value = serde_json::from_str(printed.lines().last().unwrap_or_default()).about("evoloop seed")?;
    line["site_id"].as_str().map(str::to_owned).ok_or_else(|| Failure::new("evoloop seed printed no site"))
}

/// What was acknowledged once stays so, whatever becomes of its repeat.
fn unanswered(parcel: Parcel) -> Parcel {
    let turn = if parcel.turn == Turn::Repeat { Turn::Repeat } else { Turn::AfterSilence };
    Parcel { turn, ..parcel }
}

fn parcel(events: Vec<Event>) -> Parcel {
    let request = match &events[..] {
        [event] => wire::event(&event.json),
        events => wire::event(&batch(events.iter().map(|event| &event.json))),
    };
    Parcel { request, events, turn: Turn::First }
}

fn batch<'a>(events: impl Iterator<Item = &'a String>) -> String {
    let events: Vec<&str> = events.map(String::as_str).collect();
    format!("{{\"events\":[{}]}}", events.join(","))
}

/// `v1.<epoch>.<issued>.<arm>.<mac>`
fn arm_of(token: &str) -> Option<&str> {
    let mut parts = token.split('.').skip(3);
    let arm = parts.next()?;
    parts.next().map(|_| arm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arm_is_in_the_token() {
        let cases = [
            ("v1.3.1700000000.h.abc", Some("h")),
            ("v1.3.1700000000.84160635-64a4-4ca2-8c12-931f652ad6c7.abc", Some("84160635-64a4-4ca2-8c12-931f652ad6c7")),
            ("v1.3.1700000000.h", None),
            ("", None),
        ];
        for (token, arm) in cases {
            assert_eq!(arm_of(token), arm, "{token}");
        }
    }

    #[test]
    fn a_repeat_that_is_not_answered_is_still_a_repeat() {
        let turns = [
            (Turn::First, Turn::AfterSilence),
            (Turn::AfterRefusal, Turn::AfterSilence),
            (Turn::AfterSilence, Turn::AfterSilence),
            (Turn::Repeat, Turn::Repeat),
        ];
        for (before, after) in turns {
            assert_eq!(unanswered(Parcel { turn: before, ..parcel(Vec::new()) }).turn, after);
        }
    }

    #[test]
    fn a_wrong_answer_is_a_surprise() {
        let cases = [
            (Turn::First, json!({"result": "recorded", "counted": true}), true),
            (Turn::First, json!({"result": "recorded", "counted": false, "reason": "bot"}), false),
            (Turn::First, json!({"result": "duplicate"}), false),
            (Turn::AfterSilence, json!({"result": "duplicate"}), true),
            (Turn::AfterSilence, json!({"result": "dropped"}), false),
            (Turn::AfterRefusal, json!({"result": "recorded", "counted": true}), true),
            (Turn::Repeat, json!({"result": "recorded", "counted": true}), false),
            (Turn::Repeat, json!({"result": "duplicate"}), true),
        ];
        for (turn, result, is_right) in cases {
            let mut sender = Sender::new("site", 1, 1, Duration::ZERO, &Arc::default());
            let event = Event { json: "{}".to_owned(), arm: HOLDOUT.to_owned(), is_conversion: false };
            sender.note(&event, &result, turn);
            assert_eq!(sender.book.surprises.is_empty(), is_right, "{turn:?} {result}");
            assert_eq!(sender.book.acknowledged.len(), usize::from(turn != Turn::Repeat));
        }
    }
}
