//! The server is killed while senders are at work, again and again on the same SQLite file.

use super::bookkeeping::{self, Book, Live, Sender};
use super::counters::inspect;
use super::found::{Extent, Found};
use super::truth::{self, Place};
use crate::evoloop::Server;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Visitors a request of each sender; those with one send events singly.
const SENDERS: [usize; 6] = [1, 1, 1, 8, 37, 37];
/// How long the server lives: at least this, and up to so many steps more, so that it is hit at different moments.
const LIFE: Duration = Duration::from_millis(400);
const STEP: Duration = Duration::from_millis(89);
const STEPS: usize = 17;
/// How long it may take until it answers again.
const READY: Duration = Duration::from_secs(2);
/// A run ends after this, whatever it has got to.
const MOST: Duration = Duration::from_secs(20 * 60);

struct Goal {
    cycles: usize,
    events: usize,
    /// Between two requests of a sender, so that what 200 lives leave can be asked for again within minutes.
    pause: Duration,
}

/// What the cycles showed.
struct Lived {
    book: Book,
    cycles: usize,
    slowest: Duration,
    checks: usize,
    unsound: Vec<String>,
}

/// Kills and restarts the server, then asks for every acknowledged event and compares the counters.
pub(super) fn run(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    let goal = extent.pick(
        Goal { cycles: 3, events: 500, pause: Duration::ZERO },
        Goal { cycles: 200, events: 200_000, pause: Duration::from_millis(25) },
    );
    let mut site = String::new();
    let mut server = Server::start(project, binary, &[], |invoke| {
        site = bookkeeping::seed(invoke)?;
        Ok(())
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let Lived { book, cycles, slowest, checks, unsound } = live(&runtime, &mut server, &site, &goal)?;

    let mut found = Found::default();
    found.figure("times killed with SIGKILL under load", cycles);
    found.figure("events acknowledged", book.acknowledged.len());
    found.figure("events sent again because the server had died", book.unanswered);
    found.figure("of them stored already", book.stored_unanswered);
    found.figure("acknowledged events sent again on purpose", book.repeated);
    found.figure("`PRAGMA integrity_check` answered ok", checks - unsound.len());
    found.figure("ms until the server answered again, at most", slowest.as_millis());
    truth::judge(&runtime, &place(&server), &site, &book, &mut found)?;
    server.stop()?;
    for (surprise, what) in [(&book.surprises, "answers"), (&unsound, "integrity")] {
        found.demand(surprise.is_empty(), format!("{what}: {}", surprise.join(" | ")));
    }
    found.demand(cycles >= goal.cycles, format!("only {cycles} cycles, fewer than {}", goal.cycles));
    let events = book.acknowledged.len();
    found.demand(events >= goal.events, format!("only {events} events, fewer than {}", goal.events));
    let is_slow = extent == Extent::Full && slowest > READY;
    found.demand(!is_slow, format!("the server took {} ms to answer again", slowest.as_millis()));
    Ok(found)
}

fn live(runtime: &Runtime, server: &mut Server, site: &str, goal: &Goal) -> Outcome<Lived> {
    let live = Arc::<Live>::default();
    let mut senders: Vec<Sender> = SENDERS
        .iter()
        .enumerate()
        .map(|(number, visitors)| Sender::new(site, number, *visitors, goal.pause, &live))
        .collect();
    let (begun, mut slowest, mut cycles) = (Instant::now(), Duration::ZERO, 0);
    let (mut checks, mut unsound) = (0, Vec::new());
    let events = |senders: &[Sender]| senders.iter().map(|sender| sender.book.acknowledged.len()).sum::<usize>();
    while (cycles < goal.cycles || events(&senders) < goal.events) && begun.elapsed() < MOST {
        let address = server.address();
        let working: Vec<_> = senders.drain(..).map(|sender| runtime.spawn(sender.work(address))).collect();
        // While the senders work, because it is the file as the dead server left it and the living one took it over.
        let checking = check(server);
        let step = u32::try_from(cycles * 7 % STEPS)?;
        thread::sleep(LIFE + STEP * step);
        let checked = checking.join().map_err(|_| Failure::new("the check of the file broke off"))??;
        checks += 1;
        if checked != "ok" {
            unsound.push(checked);
        }
        server.kill()?;
        for sender in working {
            senders.push(runtime.block_on(sender)?);
        }
        let dead = Instant::now();
        server.restart()?;
        slowest = slowest.max(dead.elapsed());
        cycles += 1;
        if cycles % 20 == 0 || goal.cycles < 20 {
            println!("    killed {cycles} times, {} events acknowledged so far", events(&senders));
        }
    }
    let book = truth::settle(runtime, server.address(), senders, &live)?;
    Ok(Lived { book, cycles, slowest, checks, unsound })
}

fn place(server: &Server) -> Place<'_> {
    Place { server, file: server.folder().join("evoloop.db"), within: &|command| command }
}

fn check(server: &Server) -> thread::JoinHandle<Outcome<String>> {
    let file = server.folder().join("evoloop.db");
    thread::spawn(move || inspect(|command| command, &file, "PRAGMA integrity_check"))
}
