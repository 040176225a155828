//! Five times as many events as the server can store, and slow connections beside them: what is refused is refused at
//! once, what is stored is as much as before, memory stays bounded and assignment goes on.

mod load;

use super::bookkeeping;
use super::counters::counters;
use super::found::{Extent, Found};
use crate::evoloop::Server;
use crate::failure::{Failure, Outcome};
use crate::measured::Measured;
use crate::project::{self, Project};
use crate::shell;
use crate::signals;
use load::{Kind, Load, Pace, Stock, Tally};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Connections that find the peak.
const MODERATE: usize = 64;
/// Connections of the overload: half as many again as the server lets wait, so that a third is always refused.
const MANY: usize = 1_536;
/// Connections that send a byte now and then.
const SLOW: usize = 500;
/// Connections on a thread of their own that tell how long an answer takes, and how often each asks: for assignments,
/// and for events, most of which wait until they are stored.
const ASSIGN_PROBES: (usize, Duration) = (8, Duration::from_millis(10));
const EVENT_PROBES: (usize, Duration) = (64, Duration::from_millis(50));
/// How much more is asked than can be stored.
const TIMES: f64 = 5.0;
/// File handles of this program and of the server.
const HANDLES: usize = 8_192;

/// Limits.
const MOST_MEMORY_MIB: u64 = 512;
const LEAST_GOODPUT_PERCENT: f64 = 80.0;
const REFUSED_WITHIN_MS: f64 = 50.0;
/// In quiet it is half a millisecond; a thread that wakes on a busy processor may wait for a slice of three more.
const ASSIGNED_WITHIN_MS: f64 = 5.0;

/// What is done to the sound server so that the part must fail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Harm {
    None,
    /// It is stopped for most of the overload, in short pieces.
    Pauses,
}

/// Overloads the server.
pub(super) fn run(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    overload(project, binary, extent, extent == Extent::Full, Harm::None)
}

/// Overloads a server that is held up, which must show in its times.
pub(super) fn run_with_pauses(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    overload(project, binary, extent, true, Harm::Pauses)
}

fn overload(project: &Project, binary: &Path, extent: Extent, is_judged: bool, harm: Harm) -> Outcome<Found> {
    let span = extent.pick(Duration::from_secs(1), Duration::from_secs(8));
    let visitors = extent.pick(40_000, 800_000);
    // Of this program; the server inherits it.
    let own = std::process::id().to_string();
    shell::go_quietly(shell::command("prlimit").args(["--pid", &own, &format!("--nofile={HANDLES}:")]))?;
    let mut site = String::new();
    let server = Server::start(project, binary, &[], |invoke| {
        site = bookkeeping::seed(invoke)?;
        Ok(())
    })?;
    let runtimes = Runtimes { load: runtime()?, probe: runtime()? };
    let stock = Arc::new(runtimes.load.block_on(Stock::prepare(server.address(), &site, visitors))?);
    let measure = |connections, pace, kind, slow| {
        let load =
            Load { address: server.address(), connections, pace, kind, span, stock: stock.clone(), site: site.clone() };
        runtimes.measure(&load, slow)
    };

    let quiet = measure(0, Pace::Closed, Kind::Assign, 0)?;
    let peak = measure(MODERATE, Pace::Closed, Kind::Event, 0)?;
    let offered = peak.load.acknowledged_per_second(span) * TIMES;
    let same = measure(MANY, Pace::Open(offered), Kind::Assign, 0)?;
    let stopping = Arc::<AtomicBool>::default();
    let harming = (harm == Harm::Pauses).then(|| pause(server.id(), stopping.clone()));
    let over = measure(MANY, Pace::Open(offered), Kind::Event, SLOW);
    stopping.store(true, Ordering::Relaxed);
    harming.map_or(Ok(()), thread::JoinHandle::join).map_err(|_| Failure::new("the pauses broke off"))?;
    let over = over?;

    let mut found = Found::default();
    figures(&mut found, span, &quiet, &peak, &same, &over);
    let memory = peak_memory_mib(server.id())?;
    found.figure("MiB of memory that the server used, at most", memory);
    found.demand(memory <= MOST_MEMORY_MIB, format!("the server used {memory} MiB"));
    judge_answers(&mut found, &[&quiet, &peak, &same, &over]);
    if is_judged {
        judge_times(&mut found, span, &peak, &over);
    }
    let acknowledged = stock.acknowledged();
    let missing = runtimes.load.block_on(bookkeeping::missing(server.address(), &acknowledged))?;
    found.figure("events acknowledged in all", acknowledged.len());
    found.figure("acknowledged events missing", missing);
    found.demand(missing == 0, format!("{missing} acknowledged events are missing"));
    let ask = |arguments: &[&str]| counters(&mut server.command(arguments));
    let (shown, recounted) = (ask(&["stats", "show", &site, "--json"])?, ask(&["recount", &site, "--json"])?);
    found.demand(shown == recounted, format!("the counters are {shown:?}, the rows say {recounted:?}"));
    server.stop()?;
    Ok(found)
}

/// What one phase showed.
struct Phase {
    load: Tally,
    assigned: Measured,
    refused: Measured,
    probe: Tally,
    slow_closed: usize,
}

/// The load must not make the probes wait, so each has a thread.
struct Runtimes {
    load: Runtime,
    probe: Runtime,
}

impl Runtimes {
    fn measure(&self, load: &Load, slow: usize) -> Outcome<Phase> {
        // Events are only probed while events are the load, so that the peak and the quiet are what they are called.
        let probes_events = load.kind == Kind::Event && slow > 0;
        let probing =
            |kind, (connections, pause)| Load { connections, pace: Pace::Paused(pause), kind, ..load.clone() };
        let slow = self.load.block_on(load::slow(load.address, slow, load.span))?;
        let flood = self.load.spawn(load.clone().run());
        let assign = self.probe.spawn(probing(Kind::Assign, ASSIGN_PROBES).run());
        let event = probes_events.then(|| self.probe.spawn(probing(Kind::Event, EVENT_PROBES).run()));
        let load_tally = self.load.block_on(flood)??;
        let assigned = self.probe.block_on(assign)??;
        let probe = event.map_or(Ok(Ok(Tally::default())), |event| self.probe.block_on(event))??;
        let slow_closed = self.load.block_on(load::closed(slow));
        let refused = Measured::of(&probe.refused, load.span);
        let assigned_times = Measured::of(&assigned.accepted, load.span);
        let mut all = load_tally;
        all.surprises.extend(assigned.surprises);
        Ok(Phase { load: all, assigned: assigned_times, refused, probe, slow_closed })
    }
}

fn figures(found: &mut Found, span: Duration, quiet: &Phase, peak: &Phase, same: &Phase, over: &Phase) {
    let goodput = goodput(over, span);
    let all_refused = Measured::of(&over.load.refused, span);
    found.figure(
        format!("events stored a second at the peak, on {MODERATE} connections"),
        rounded(peak.load.acknowledged_per_second(span)),
    );
    found.figure(
        format!("events offered a second in the overload, on {MANY} connections"),
        rounded(over.load.answers_per_second(span)),
    );
    found.figure("events stored a second in the overload", rounded(goodput));
    found.figure("events refused a second in the overload", rounded(all_refused.per_second()));
    found.figure("ms until a 503, 99 of 100, seen by a thread of its own", milliseconds(over.refused.percentile(99)));
    found.figure("ms until a 503, 99 of 100, seen by the load itself", milliseconds(all_refused.percentile(99)));
    found.figure("ms until an assignment, 99 of 100, in quiet", milliseconds(quiet.assigned.percentile(99)));
    found.figure("the same while as many connections ask for assignments", milliseconds(same.assigned.percentile(99)));
    found.figure("the same in the overload of events", milliseconds(over.assigned.percentile(99)));
    found.figure(format!("of {SLOW} slow connections closed by the server meanwhile"), over.slow_closed);
}

fn judge_answers(found: &mut Found, phases: &[&Phase]) {
    for phase in phases {
        let mut surprises = phase.load.surprises.clone();
        surprises.extend(phase.probe.surprises.iter().cloned());
        found.demand(surprises.is_empty(), format!("{} wrong answers, as {:?}", surprises.len(), surprises.first()));
        found.demand(phase.assigned.requests() > 0, "no assignment was answered");
    }
}

fn judge_times(found: &mut Found, span: Duration, peak: &Phase, over: &Phase) {
    let percent = goodput(over, span) / peak.load.acknowledged_per_second(span) * 100.0;
    found.demand(percent >= LEAST_GOODPUT_PERCENT, format!("only {} % of the peak were stored", rounded(percent)));
    let all_refused = Measured::of(&over.load.refused, span);
    found.demand(all_refused.requests() > 0, "nothing was refused, so this was no overload");
    let refused = over.refused.percentile(99).max(all_refused.percentile(99));
    found.demand(refused <= REFUSED_WITHIN_MS, format!("a 503 took {} ms", milliseconds(refused)));
    let assigned = over.assigned.percentile(99);
    found.demand(assigned <= ASSIGNED_WITHIN_MS, format!("an assignment took {} ms", milliseconds(assigned)));
}

fn goodput(phase: &Phase, span: Duration) -> f64 {
    phase.load.acknowledged_per_second(span) + phase.probe.acknowledged_per_second(span)
}

/// Stops the process for three quarters of the time.
fn pause(process: u32, stopping: Arc<AtomicBool>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        while !stopping.load(Ordering::Relaxed) {
            signals::send(process, "STOP");
            thread::sleep(Duration::from_millis(150));
            signals::send(process, "CONT");
            thread::sleep(Duration::from_millis(50));
        }
    })
}

/// The most memory that the process ever had, as the system counts it.
fn peak_memory_mib(process: u32) -> Outcome<u64> {
    let status = project::read(Path::new(&format!("/proc/{process}/status")))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kibibytes.ok_or_else(|| Failure::new("the system does not tell the memory of the server"))?.div_ceil(1024))
}

fn rounded(number: f64) -> String {
    format!("{number:.0}")
}

fn milliseconds(milliseconds: f64) -> String {
    format!("{milliseconds:.1}")
}

fn runtime() -> Outcome<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?)
}
