//! The last judgement: what senders were promised against what is stored and counted.

use super::bookkeeping::{self, Book, Live, Sender};
use super::counters::{counters, inspect, total};
use super::found::Found;
use crate::evoloop::Server;
use crate::failure::{Failure, Outcome};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long events that wait to be sent again may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a server and its data are.
pub(super) struct Place<'a> {
    pub(super) server: &'a Server,
    /// The database.
    pub(super) file: PathBuf,
    /// Brings a command to where the file is seen.
    pub(super) within: &'a dyn Fn(Command) -> Command,
}

/// What was not answered is sent until it is, as a page would; then nobody owes anything.
pub(super) fn settle(runtime: &Runtime, address: SocketAddr, senders: Vec<Sender>, live: &Arc<Live>) -> Outcome<Book> {
    live.stop.store(false, Ordering::Relaxed);
    let (mut book, deadline) = (Book::default(), Instant::now() + PATIENCE);
    for mut sender in senders {
        while sender.is_unsettled() {
            if Instant::now() > deadline {
                return Err(Failure::new("a request that was sent again was not answered"));
            }
            sender = runtime.block_on(sender.once(address))?;
        }
        book.add(sender.book);
    }
    Ok(book)
}

/// Compares everything. It counts before anything is sent again, so that what is missing cannot hide.
pub(super) fn judge(runtime: &Runtime, place: &Place<'_>, site: &str, book: &Book, found: &mut Found) -> Outcome {
    let ask = |arguments: &[&str]| counters(&mut (place.within)(place.server.command(arguments)));
    let shown = ask(&["stats", "show", site, "--json"])?;
    let recounted = ask(&["recount", site, "--json"])?;
    let rows: usize = inspect(place.within, &place.file, "SELECT count(*) FROM events")?.parse()?;
    let missing = runtime.block_on(bookkeeping::missing(place.server.address(), &book.acknowledged))?;
    let after = ask(&["stats", "show", site, "--json"])?;
    let [visitors, conversions] = total(&shown);
    let excess = rows.abs_diff(book.acknowledged.len() - missing);
    found.figure("visitors counted", visitors);
    found.figure("conversions counted", conversions);
    found.figure("acknowledged events missing", missing);
    found.figure("rows of events more or fewer than that", excess);
    found.demand(missing == 0, format!("{missing} acknowledged events are missing"));
    found.demand(excess == 0, format!("{rows} events are stored, which are not those that were acknowledged"));
    found.demand(shown == recounted, format!("the counters are {shown:?}, the rows say {recounted:?}"));
    found.demand(shown == book.expected, format!("the counters are {shown:?}, the senders say {:?}", book.expected));
    found.demand(after == shown || missing > 0, format!("what was sent again changed {shown:?} to {after:?}"));
    Ok(())
}
