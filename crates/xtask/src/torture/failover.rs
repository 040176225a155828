//! The database's machine is lost: its synchronous standby takes over, and has every event that was acknowledged.

mod forwarder;

use super::bookkeeping::{self, Book, Live, Sender};
use super::counters::{counters, total};
use super::found::{Extent, Found};
use super::truth;
use crate::evoloop::Server;
use crate::failure::{Failure, Outcome};
use crate::postgres::{Durability, PrivatePostgres};
use crate::project::Project;
use crate::tools;
use forwarder::Forwarder;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Visitors a request of each sender; those with one send events singly.
const SENDERS: [usize; 4] = [1, 1, 8, 37];
/// How long both databases are at work before one is lost: at least this, and a step more each time.
const LIFE: Duration = Duration::from_millis(1_000);
const STEP: Duration = Duration::from_millis(97);
/// How long the primary is cut off from its standby before it is lost.
const CUT_OFF: Duration = Duration::from_millis(1_500);
/// What was answered when the cut came may still be on its way to the senders.
const ON_ITS_WAY: Duration = Duration::from_millis(300);
/// How long a database or the server may take to do what is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the server may take to store events again once the standby is the primary.
const RECOVERY: Duration = Duration::from_secs(5);
/// What the standby calls itself.
const STANDBY: &str = "standby";
/// Shared by all servers of one Postgres, so there is no default; this one guards nothing.
const KEY: &str = "a key for servers whose database moves";

/// When the primary answers a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replication {
    /// When the standby has it on its disk.
    Synchronous,
    /// At once.
    Asynchronous,
}

/// What the failovers showed.
#[derive(Default)]
struct Seen {
    failovers: usize,
    cut_off: usize,
    answered_while_cut_off: usize,
    slowest_promotion: Duration,
    slowest_recovery: Duration,
}

/// Loses the primary again and again; each time a new standby is made of the one that took over.
pub(super) fn run(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    lose(project, binary, extent, Replication::Synchronous)
}

/// The same with a standby that nobody waits for, which must lose events.
pub(super) fn run_asynchronous(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    lose(project, binary, extent, Replication::Asynchronous)
}

fn lose(project: &Project, binary: &Path, extent: Extent, replication: Replication) -> Outcome<Found> {
    let mut primary = PrivatePostgres::start(tools::postgres()?, Durability::Full)?;
    let forwarder = Forwarder::start(primary.socket())?;
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", forwarder.port());
    let environment = [("EVOLOOP_DATABASE_URL", url), ("EVOLOOP_SECRET_KEY", KEY.to_owned())];
    let mut site = String::new();
    let mut server = Server::start(project, binary, &environment, |invoke| {
        site = bookkeeping::seed(invoke)?;
        Ok(())
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let live = Arc::<Live>::default();
    let senders = SENDERS.iter().enumerate().map(|(number, visitors)| {
        let sender = Sender::new(&site, number, *visitors, Duration::ZERO, &live);
        runtime.spawn(sender.work(server.address()))
    });
    let senders: Vec<_> = senders.collect();
    let mut seen = Seen::default();
    for round in 0..extent.pick(2, 10) {
        primary = fail_over(primary, &forwarder, &live, replication, round, &mut seen)?;
    }
    live.stop.store(true, Ordering::Relaxed);
    let mut returned = Vec::new();
    for sender in senders {
        returned.push(runtime.block_on(sender)?);
    }
    if !server.is_running() {
        return Err(Failure::new("the server did not survive"));
    }
    let book = truth::settle(&runtime, server.address(), returned, &live)?;
    let mut found = Found::default();
    seen.note(&live, extent, replication, &mut found);
    judge(&runtime, &server, &primary, &site, &book, &mut found)?;
    server.stop()?;
    Ok(found)
}

/// One loss of the primary; gives the server that took over.
fn fail_over(
    mut primary: PrivatePostgres,
    forwarder: &Forwarder,
    live: &Live,
    replication: Replication,
    round: u32,
    seen: &mut Seen,
) -> Outcome<PrivatePostgres> {
    let standby = primary.standby(STANDBY)?;
    if replication == Replication::Synchronous {
        primary.set("synchronous_standby_names", &format!("FIRST 1 ({STANDBY})"))?;
    }
    let wanted = if replication == Replication::Synchronous { "streaming sync" } else { "streaming async" };
    until(&format!("the standby is {wanted}"), || {
        Ok(primary.ask("SELECT state || ' ' || sync_state FROM pg_stat_replication")? == wanted)
    })?;
    let before = live.acknowledged.load(Ordering::Relaxed);
    thread::sleep(LIFE + STEP * (round % 10));
    if live.acknowledged.load(Ordering::Relaxed) == before {
        return Err(Failure::new("nothing was acknowledged while both databases were well"));
    }
    // Each second time the standby is out of reach before the primary is lost.
    if round % 2 == 1 || replication == Replication::Asynchronous {
        standby.set("primary_conninfo", "")?;
        until("the standby is cut off", || Ok(primary.ask("SELECT count(*) FROM pg_stat_replication")? == "0"))?;
        thread::sleep(ON_ITS_WAY);
        let before = live.acknowledged.load(Ordering::Relaxed);
        thread::sleep(CUT_OFF);
        seen.answered_while_cut_off += live.acknowledged.load(Ordering::Relaxed) - before;
        seen.cut_off += 1;
    }
    primary.kill()?;
    let lost = Instant::now();
    standby.promote()?;
    // It has no standby of its own yet; whoever operates it decides to go on without.
    standby.set("synchronous_standby_names", "")?;
    seen.slowest_promotion = seen.slowest_promotion.max(lost.elapsed());
    let promoted = Instant::now();
    let before = live.acknowledged.load(Ordering::Relaxed);
    forwarder.switch(standby.socket());
    until("events are stored again", || Ok(live.acknowledged.load(Ordering::Relaxed) > before))?;
    seen.slowest_recovery = seen.slowest_recovery.max(promoted.elapsed());
    seen.failovers += 1;
    Ok(standby)
}

impl Seen {
    fn note(&self, live: &Live, extent: Extent, replication: Replication, found: &mut Found) {
        found.figure("primaries killed with SIGKILL under load, standby promoted", self.failovers);
        found.figure("of them cut off from their standby before", self.cut_off);
        found.figure("requests with events stored meanwhile", self.answered_while_cut_off);
        found.figure("requests refused with 503, and sent again", live.refused.load(Ordering::Relaxed));
        found.figure("ms until the standby was the primary, at most", self.slowest_promotion.as_millis());
        found.figure("ms until events were stored again from then on, at most", self.slowest_recovery.as_millis());
        let kept = self.answered_while_cut_off == 0 || replication == Replication::Asynchronous;
        found.demand(kept, "events were acknowledged that no standby had");
        let is_slow = extent == Extent::Full && self.slowest_recovery > RECOVERY;
        found.demand(!is_slow, "the server took long to use the database that took over");
    }
}

/// It counts before anything is sent again, so that what is missing cannot hide.
fn judge(
    runtime: &Runtime,
    server: &Server,
    primary: &PrivatePostgres,
    site: &str,
    book: &Book,
    found: &mut Found,
) -> Outcome {
    let shown = counters(&mut server.command(&["stats", "show", site, "--json"]))?;
    let recounted = counters(&mut server.command(&["recount", site, "--json"]))?;
    let rows: usize = primary.ask("SELECT count(*) FROM events")?.parse()?;
    let missing = runtime.block_on(bookkeeping::missing(server.address(), &book.acknowledged))?;
    let excess = rows.saturating_sub(book.acknowledged.len() - missing);
    let [visitors, conversions] = total(&shown);
    found.figure("events acknowledged", book.acknowledged.len());
    found.figure("visitors counted", visitors);
    found.figure("conversions counted", conversions);
    found.figure("acknowledged events missing", missing);
    found.figure("events stored twice, or that nobody sent", excess);
    found.demand(missing == 0, format!("{missing} acknowledged events are missing"));
    found.demand(excess == 0, format!("{excess} of {rows} stored events are too many"));
    found.demand(shown == recounted, format!("the counters are {shown:?}, the rows say {recounted:?}"));
    found.demand(shown == book.expected, format!("the counters are {shown:?}, the senders say {:?}", book.expected));
    found.demand(book.surprises.is_empty(), format!("answers: {}", book.surprises.join(" | ")));
    Ok(())
}

fn until(what: &str, mut holds: impl FnMut() -> Outcome<bool>) -> Outcome {
    let deadline = Instant::now() + PATIENCE;
    while !holds()? {
        if Instant::now() > deadline {
            return Err(Failure::new(format!("waited {} s in vain until {what}", PATIENCE.as_secs())));
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
