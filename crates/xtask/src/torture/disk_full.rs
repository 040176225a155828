//! The disk is full while senders are at work, again and again: events are refused and never lost, assignment goes on,
//! and when there is room again the server goes on by itself.

use super::bookkeeping::{self, Live, Sender};
use super::found::{Extent, Found};
use super::truth::{self, Place};
use super::wire::{self, Wire};
use crate::evoloop::Server;
use crate::failure::{About, Failure, Outcome};
use crate::project::Project;
use crate::shell;
use crate::signals::FolderGuard;
use crate::tools;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Puts what is in a folder on a small disk there, seen by this process and its children alone, and becomes the server.
const MOUNT: &str = "set -e; folder=$1; shift; mkdir \"$folder.disk\"; \
    mount -t tmpfs -o size=32m,mode=0700 evoloop-torture \"$folder.disk\"; \
    cp -a \"$folder/.\" \"$folder.disk/\"; mount --bind \"$folder.disk\" \"$folder\"; exec \"$@\"";
/// Visitors a request of each sender, and how long it waits after one. The disk is small, so they are slow.
const SENDERS: [(usize, u64); 4] = [(1, 15), (1, 20), (1, 25), (8, 150)];
/// How long the server may take until a full disk shows: the log has room that is written over before it must grow.
const SHOWS: Duration = Duration::from_secs(30);
/// How long it stays full after that.
const FULL: Duration = Duration::from_millis(1_200);
/// How long there is room before and after.
const ROOM: Duration = Duration::from_millis(500);
/// How long the server may take to go on.
const RECOVERY: Duration = Duration::from_secs(5);
/// Visitors who are assigned while the disk is full.
const ASSIGNED: usize = 100;

/// What the rounds showed.
#[derive(Default)]
struct Rounds {
    done: usize,
    refused: usize,
    acknowledged: usize,
    assigned: usize,
    reassigned: usize,
    slowest: Duration,
}

/// Fills the disk and makes room again, then compares what was promised with what is there.
pub(super) fn run(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    let rounds = extent.pick(2, 20);
    if !tools::is_root()? || !shell::succeeds(shell::command("unshare").args(["-m", "true"])) {
        return Ok(Found::impossible("a disk of its own needs the right to mount one"));
    }
    let folder = FolderGuard::new(tempfile::Builder::new().prefix("evoloop-disk-").tempdir()?.keep());
    let data = folder.path().join("data");
    fs::create_dir(&data)?;
    let environment = [
        ("EVOLOOP_DATA_DIR", data.display().to_string()),
        ("EVOLOOP_DATABASE_URL", format!("sqlite:{}?mode=rwc", data.join("evoloop.db").display())),
    ];
    let mut under = ["unshare", "-m", "sh", "-c", MOUNT, "sh"].map(str::to_owned).to_vec();
    under.push(data.display().to_string());
    let mut site = String::new();
    let mut server = Server::start_under(project, binary, &environment, under, |invoke| {
        site = bookkeeping::seed(invoke)?;
        Ok(())
    })?;
    // Seen through the process, the folder is the small disk.
    let filler = PathBuf::from(format!("/proc/{}/root{}", server.id(), data.join("filler").display()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (live, address) = (Arc::<Live>::default(), server.address());
    let working: Vec<_> = SENDERS
        .iter()
        .enumerate()
        .map(|(number, (visitors, pause))| {
            let sender = Sender::new(&site, number, *visitors, Duration::from_millis(*pause), &live);
            runtime.spawn(sender.work(address))
        })
        .collect();
    let filled = fill_and_free(&runtime, address, &site, &live, &filler, rounds);
    live.stop.store(true, Ordering::Relaxed);
    let senders = working.into_iter().map(|sender| runtime.block_on(sender)).collect::<Result<Vec<_>, _>>()?;
    let rounds_done = filled.map_err(|failure| Failure::new(format!("{failure}\n{}", server.log_tail(20))))?;
    let is_running = server.is_running();
    let book = truth::settle(&runtime, address, senders, &live)?;

    let mut found = Found::default();
    let Rounds { done, refused, acknowledged, assigned, reassigned, slowest } = rounds_done;
    found.figure("times filled to the last byte under load", done);
    found.figure("requests with events answered 503 while it was full", refused);
    found.figure("requests answered as stored between the first 503 and room", acknowledged);
    found.figure("assignments while it was full", assigned);
    found.figure("ms until events were taken again, at most", slowest.as_millis());
    found.figure("events acknowledged", book.acknowledged.len());
    let within = |inner: Command| inside(server.id(), &inner);
    let place = Place { server: &server, file: data.join("evoloop.db"), within: &within };
    truth::judge(&runtime, &place, &site, &book, &mut found)?;
    found.demand(book.surprises.is_empty(), format!("answers: {}", book.surprises.join(" | ")));
    found.demand(is_running, "the server did not survive");
    found.demand(refused >= done, "the disk was never full enough to refuse events");
    found.demand(reassigned == 0, format!("{reassigned} visitors were shown another variant while the disk was full"));
    found.demand(slowest <= RECOVERY, format!("events were taken again only after {} ms", slowest.as_millis()));
    server.stop()?;
    Ok(found)
}

fn fill_and_free(
    runtime: &Runtime,
    address: SocketAddr,
    site: &str,
    live: &Live,
    filler: &Path,
    rounds: usize,
) -> Outcome<Rounds> {
    let steady = runtime.block_on(variants(address, site))?;
    let mut found = Rounds::default();
    while found.done < rounds {
        thread::sleep(ROOM);
        let refused = live.refused.load(Ordering::Relaxed);
        fill(filler)?;
        wait_until(SHOWS, "the full disk shows", || live.refused.load(Ordering::Relaxed) > refused)?;
        let acknowledged = live.acknowledged.load(Ordering::Relaxed);
        thread::sleep(FULL);
        let now = runtime.block_on(variants(address, site))?;
        found.reassigned += now.iter().zip(&steady).filter(|(now, before)| now != before).count();
        found.assigned += now.len();
        found.refused += live.refused.load(Ordering::Relaxed) - refused;
        let before = live.acknowledged.load(Ordering::Relaxed);
        found.acknowledged += before - acknowledged;
        fs::remove_file(filler)?;
        let freed = Instant::now();
        let is_back = || live.acknowledged.load(Ordering::Relaxed) > before;
        wait_until(RECOVERY * 4, "events are taken again", is_back)?;
        found.slowest = found.slowest.max(freed.elapsed());
        found.done += 1;
    }
    thread::sleep(ROOM);
    Ok(found)
}

/// Writes until nothing more fits, in large pieces and then in small ones.
fn fill(path: &Path) -> Outcome {
    let mut file = File::create(path).about(path.display())?;
    for size in [256 * 1024, 1024] {
        let piece = vec![0; size];
        loop {
            match file.write_all(&piece) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

async fn variants(address: SocketAddr, site: &str) -> Outcome<Vec<String>> {
    let mut wire = Wire::connect(address).await?;
    let mut variants = Vec::with_capacity(ASSIGNED);
    for visitor in 0..ASSIGNED {
        let answer = wire.ask(&wire::assign(site, &format!("steady-{visitor}"))).await?;
        if answer.status != 200 {
            return Err(Failure::new(format!("an assignment was answered with {}", answer.status)));
        }
        variants.push(answer.json()["variant_id"].to_string());
    }
    Ok(variants)
}

fn wait_until(most: Duration, what: &str, holds: impl Fn() -> bool) -> Outcome {
    let deadline = Instant::now() + most;
    while !holds() {
        if Instant::now() > deadline {
            return Err(Failure::new(format!("waited {} s until {what}", most.as_secs())));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A command where the server's small disk is seen.
fn inside(process: u32, inner: &Command) -> Command {
    let enter = ["nsenter".to_owned(), format!("--target={process}"), "--mount".to_owned(), "--".to_owned()];
    shell::under(&enter, inner)
}
