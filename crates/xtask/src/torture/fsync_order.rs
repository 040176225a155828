//! Every answer to an event comes after the log that holds it was made durable, as the system saw it: the server runs
//! under strace, which writes down its calls in their order.

mod trace;

use super::bookkeeping;
use super::found::{Extent, Found};
use super::wire::{self, Wire};
use crate::evoloop::Server;
use crate::failure::{About, Failure, Outcome};
use crate::project::Project;
use crate::signals::FolderGuard;
use crate::tools;
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};
use trace::{ALONE, Order};

/// The calls that read requests, write answers, and write and sync files.
const CALLS: &str =
    "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,pwritev2,fsync,fdatasync";
/// More than a page of the database and more than an event, so that what is written can be recognised.
const BYTES: &str = "4200";
/// Connections that send at the same time, so that a commit is shared by some of them.
const TOGETHER: usize = 8;
/// How long strace may take to write its last lines.
const LAST_LINES: Duration = Duration::from_secs(20);

/// Sends events one at a time, then on several connections, and reads the trace.
pub(super) fn run(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    let events = extent.pick(80, 1_000);
    let strace = tools::strace()?;
    let folder = FolderGuard::new(tempfile::Builder::new().prefix("evoloop-trace-").tempdir()?.keep());
    let file = folder.path().join("trace");
    let mut under = vec![strace.display().to_string()];
    // The tracer is not the parent, so the server is this program's child as always; only these calls stop it.
    under.extend(["-D", "-f", "--seccomp-bpf", "-yy", "-s", BYTES, "-e", CALLS, "-o"].map(str::to_owned));
    under.push(file.display().to_string());
    let mut site = String::new();
    let server = Server::start_under(project, binary, &[], under, |invoke| {
        site = bookkeeping::seed(invoke)?;
        Ok(())
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let address = server.address();
    let mut acknowledged = runtime.block_on(send(address, site.clone(), ALONE.to_owned(), events))?;
    let together: Vec<_> = (0..TOGETHER)
        .map(|number| runtime.spawn(send(address, site.clone(), format!("together-{number}-"), events / TOGETHER)))
        .collect();
    for sending in together {
        acknowledged += runtime.block_on(sending)??;
    }
    server.stop()?;
    wait_for_the_end(&file)?;

    let mut order = Order::default();
    for line in BufReader::new(File::open(&file)?).lines() {
        order.line(&line?);
    }
    let mut found = Found::default();
    found.figure("events acknowledged, on one connection and on eight", acknowledged);
    found.figure("answers seen after the sync of a write that holds the event", order.in_order);
    found.figure("of them with other requests in flight", order.in_order_together);
    found.figure("syncs of the write-ahead log", order.syncs);
    found.figure("answers before their event was durable", order.too_early.len());
    let shown: Vec<&str> = order.too_early.iter().take(5).map(String::as_str).collect();
    found.demand(
        order.too_early.is_empty(),
        format!("{} answers too early: {}", order.too_early.len(), shown.join(" | ")),
    );
    let seen = order.in_order + order.too_early.len();
    found.demand(seen == acknowledged, format!("the trace shows {seen} of {acknowledged} answers"));
    found.demand(acknowledged >= events, format!("only {acknowledged} acknowledgements"));
    Ok(found)
}

/// Exposures of new visitors, one at a time; how many were acknowledged.
async fn send(address: SocketAddr, site: String, prefix: String, count: usize) -> Outcome<usize> {
    let mut wire = Wire::connect(address).await?;
    for number in 0..count {
        // The dash at the end keeps one visitor's name from being the beginning of another's.
        let visitor = format!("{prefix}{number}-");
        let assigned = wire.ask(&wire::assign(&site, &visitor)).await?.json();
        let event = json!({
            "site_id": site, "variant_id": assigned["variant_id"], "visitor_id": visitor, "type": "impression",
            "token": assigned["token"], "metadata": {"applied": 1, "missed": 0, "ms": 1},
        });
        let answer = wire.ask(&wire::event(&event.to_string())).await?;
        if answer.status != 200 || answer.json()["results"][0]["counted"] != true {
            return Err(Failure::new(format!("an event was answered {}", String::from_utf8_lossy(&answer.body))));
        }
    }
    Ok(count)
}

/// The tracer notes the end of the process last.
fn wait_for_the_end(file: &Path) -> Outcome {
    let deadline = Instant::now() + LAST_LINES;
    loop {
        let mut trace = File::open(file).about(file.display())?;
        let length = trace.metadata()?.len();
        trace.seek(SeekFrom::Start(length.saturating_sub(200)))?;
        let mut tail = String::new();
        trace.read_to_string(&mut tail)?;
        if tail.trim_end().ends_with("+++ exited with 0 +++") {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(Failure::new(format!("strace did not end its file, which ends in {tail}")));
        }
        thread::sleep(Duration::from_millis(50));
    }
}
