//! The ceiling of taking events: the product's own statements, batch after batch, without HTTP.
//!
//! Reads a line of JSON from standard input, `{"url", "site_id", "seconds", "mix", "round"}`, makes the events and
//! prints `ready`. After another line it measures and prints what it found, and it ends with its input, so that
//! `cargo xtask bench` can look at the process before and after. The events are exposures of new visitors or, when
//! mixed, of fifty events ten conversions and two repeats. Identifiers are random, as the snippet's are; `round`
//! keeps the visitors of two runs apart.

use domain::{EventId, EventType, GoalId, IncomingEvent, Outcome, SiteId, VariantId, VisitorId};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};
use store::ingest::CheckedEvent;
use store::{DatabaseUrl, Store};
use time::OffsetDateTime;
use uuid::Uuid;

/// As many as the server stores in one transaction.
const TOGETHER: usize = 256;
/// More than any machine stores in the time.
const MOST_A_SECOND: u32 = 100_000;
const ATTRIBUTION_WINDOW: time::Duration = time::Duration::hours(72);
/// Of each fifty mixed events, the last ones are repeats, and conversions before them.
const FIFTY: usize = 50;
const CONVERSIONS: usize = 10;
const REPEATS: usize = 2;

#[derive(Deserialize)]
struct Task {
    url: String,
    site_id: SiteId,
    seconds: u32,
    mix: Mix,
    round: u64,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mix {
    Exposures,
    Mixed,
}

#[derive(Serialize)]
struct Measured {
    events: usize,
    counted: usize,
    seconds: f64,
    /// Time from begin to commit of each batch.
    batch_microseconds: Vec<u64>,
}

/// What the events are about.
struct Site {
    id: SiteId,
    epoch: i64,
    variants: Vec<VariantId>,
    goal: GoalId,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let task: Task = serde_json::from_str(&next_line()?)?;
    let store = Store::open(&task.url.parse::<DatabaseUrl>()?).await?;
    let site = read(&store, task.site_id).await?;
    let number = usize::try_from(task.seconds.saturating_mul(MOST_A_SECOND))?;
    let events = events(&site, task.mix, task.round, number)?;
    writeln!(io::stdout(), "ready")?;
    next_line()?;
    let measured = measure(&store, &events, Duration::from_secs(task.seconds.into())).await?;
    writeln!(io::stdout(), "{}", serde_json::to_string(&measured)?)?;
    next_line()?;
    store.close().await?;
    Ok(())
}

fn next_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line)
}

async fn read(store: &Store, id: SiteId) -> Result<Site, Box<dyn Error>> {
    let site = store.site_for_operator(id).await?.ok_or("there is no such site")?;
    let served = store.served_site(id).await?.ok_or("there is no such site")?;
    let goal = store.goals(&site).await?.into_iter().find(|goal| goal.is_primary).ok_or("the site has no goal")?.id;
    Ok(Site { id, epoch: served.epoch, variants: served.variants.iter().map(|variant| variant.id).collect(), goal })
}

async fn measure(store: &Store, events: &[CheckedEvent], time: Duration) -> Result<Measured, Box<dyn Error>> {
    let begun = Instant::now();
    let mut measured = Measured { events: 0, counted: 0, seconds: 0.0, batch_microseconds: Vec::new() };
    for batch in events.chunks(TOGETHER) {
        if begun.elapsed() >= time {
            break;
        }
        let asked = Instant::now();
        let write = store.begin_batch().await?;
        let outcomes = write.record_events(batch, ATTRIBUTION_WINDOW).await?;
        write.commit().await?;
        measured.batch_microseconds.push(u64::try_from(asked.elapsed().as_micros())?);
        measured.events += batch.len();
        measured.counted += outcomes.iter().filter(|outcome| **outcome == Outcome::Counted).count();
    }
    measured.seconds = begun.elapsed().as_secs_f64();
    Ok(measured)
}

fn events(site: &Site, mix: Mix, round: u64, number: usize) -> Result<Vec<CheckedEvent>, Box<dyn Error>> {
    let mut random = Random(round);
    let exposed = if mix == Mix::Mixed { FIFTY - CONVERSIONS - REPEATS } else { FIFTY };
    let mut all: Vec<CheckedEvent> = Vec::with_capacity(number);
    while all.len() < number {
        let first = all.len();
        for place in 0..FIFTY {
            let before = place.checked_sub(exposed).and_then(|of| all.get(first + of)).cloned();
            let event = match before {
                Some(exposure) if place >= exposed + CONVERSIONS => exposure,
                Some(exposure) => conversion(exposure, site.goal, random.event_id()),
                None => exposure(site, place, &mut random)?,
            };
            all.push(event);
        }
    }
    Ok(all)
}

fn exposure(site: &Site, place: usize, random: &mut Random) -> Result<CheckedEvent, Box<dyn Error>> {
    let variant_id = site.variants.get(place % site.variants.len()).copied().ok_or("the site has no variant")?;
    let visitor_id: VisitorId = random.uuid().to_string().parse()?;
    let event = IncomingEvent {
        id: EventId(random.event_id()),
        site_id: site.id,
        variant_id,
        visitor_id,
        event_type: EventType::Impression,
        goal_id: None,
        value: None,
        metadata: Some(serde_json::json!({ "applied": 1, "missed": 0, "ms": 1 })),
        token: None,
        owner: None,
    };
    Ok(CheckedEvent {
        event,
        received_at: OffsetDateTime::now_utc(),
        not_counted: None,
        is_verified: true,
        epoch: site.epoch,
        is_holdout: false,
        goal: None,
        sample: None,
        visitor_mark: random.uuid(),
        token_issued_s: OffsetDateTime::now_utc().unix_timestamp(),
    })
}

fn conversion(exposure: CheckedEvent, goal: GoalId, id: Uuid) -> CheckedEvent {
    let event = IncomingEvent { id: EventId(id), event_type: EventType::Conversion, metadata: None, ..exposure.event };
    CheckedEvent { event, goal: Some((goal, true)), ..exposure }
}

/// SplitMix64: the same numbers in each run, and in no order.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One that tells the time, as the snippet's do (UUID version 7).
    fn event_id(&mut self) -> Uuid {
        let milliseconds = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        let mut tail = [0; 10];
        tail[..8].copy_from_slice(&self.next().to_be_bytes());
        let milliseconds = u64::try_from(milliseconds).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &tail).into_uuid()
    }

    fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }
}
