//! Three replicas behind a proxy are restarted one after the other while visitors come: nobody notices.

use super::as_one;
use super::found::{Extent, Found};
use super::killed_database::KEY;
use super::senders::{Rules, Senders};
use super::visitors;
use crate::evoloop::{self, Server};
use crate::failure::{Failure, Outcome};
use crate::haproxy::Haproxy;
use crate::postgres::{Durability, PrivatePostgres};
use crate::project::Project;
use crate::tools;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

/// Visitors that come at the same time; half of them on a connection that stays.
const SENDERS: usize = 6;
/// Acknowledged events a restart, below which a run proves nothing.
const ENOUGH: usize = 50;
/// How long a replica says that it is about to stop; recommended in the proxy's configuration.
const DRAIN_DELAY: Duration = Duration::from_secs(2);
/// How long it may take after that until it has ended.
const DRAIN: Duration = Duration::from_secs(10);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the proxy needs to see that a replica is back.
const NOTICED: Duration = Duration::from_secs(1);

/// Restarts them in order.
pub(super) fn run(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    Replicas::start(project, binary, &[])?.restart_all(extent.pick(3, 50), extent, Server::terminate)
}

/// Kills them instead, behind a proxy that does not try again; then requests must be seen to fail.
pub(super) fn killed(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    let replicas = Replicas::start(project, binary, &[("retries 3", "retries 0"), ("option redispatch 1\n", "\n")])?;
    replicas.restart_all(6, extent, Server::kill)
}

struct Replicas {
    // Fields are dropped in this order: the database goes last.
    _proxy: Haproxy,
    servers: [Server; 3],
    front: SocketAddr,
    site: String,
    _postgres: PrivatePostgres,
}

impl Replicas {
    fn start(project: &Project, binary: &Path, changes: &[(&str, &str)]) -> Outcome<Self> {
        let postgres = PrivatePostgres::start(tools::postgres()?, Durability::Full)?;
        let front = evoloop::steady_address()?;
        let start = || {
            let environment = [
                ("EVOLOOP_ADDR", evoloop::steady_address()?.to_string()),
                ("EVOLOOP_DATABASE_URL", postgres.url()),
                ("EVOLOOP_SECRET_KEY", KEY.to_owned()),
                ("EVOLOOP_PUBLIC_URL", format!("http://{front}")),
                ("EVOLOOP_DRAIN_DELAY_MS", DRAIN_DELAY.as_millis().to_string()),
            ];
            Server::start(project, binary, &environment, |_| Ok(()))
        };
        // All at once, on an empty database: one makes the tables, the others wait.
        let servers = std::thread::scope(|scope| {
            let starting = [scope.spawn(start), scope.spawn(start), scope.spawn(start)];
            starting.map(|thread| thread.join().unwrap_or_else(|_| Err(Failure::new("a replica was not started"))))
        });
        let [first, second, third] = servers;
        let servers = [first?, second?, third?];
        let site = visitors::seed(&|arguments| servers[0].command(arguments))?;
        // Until they look for changes of others again, the site is unknown to them.
        std::thread::sleep(NOTICED);
        std::thread::sleep(NOTICED);
        let proxy = Haproxy::start(project, front, servers.each_ref().map(Server::address), changes)?;
        Ok(Self { _proxy: proxy, servers, front, site, _postgres: postgres })
    }

    fn restart_all(mut self, restarts: usize, extent: Extent, end: fn(&mut Server) -> Outcome) -> Outcome<Found> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let senders = |reconnects: bool| {
            let names: Vec<String> =
                (0..SENDERS / 2).map(|sender| format!("sender-{}-{sender}", u8::from(reconnects))).collect();
            let rules = Rules { refusals: false, reconnects, patience: PATIENCE };
            Senders::start(&runtime, self.front, &self.site, &names, rules)
        };
        let (staying, coming) = (senders(false), senders(true));
        let mut slowest = Duration::ZERO;
        for restart in 0..restarts {
            let server = &mut self.servers[restart % 3];
            let asked = Instant::now();
            end(server)?;
            slowest = slowest.max(asked.elapsed());
            server.restart()?;
            std::thread::sleep(NOTICED);
            if (restart + 1) % 10 == 0 {
                println!("    restarted {} of {restarts} times, slowest end {} ms", restart + 1, slowest.as_millis());
            }
        }
        let mut ledger = staying.stop(&runtime)?;
        ledger.add(coming.stop(&runtime)?);
        // Counted before anything is sent again, so that what is missing cannot hide.
        let counted = visitors::recounted(&self.servers[0], &self.site)?;
        let missing = runtime.block_on(visitors::missing(self.servers[0].address(), &ledger.acknowledged))?;
        let mut found = Found::default();
        found.figure("restarts", restarts);
        ledger.note(&mut found);
        found.figure("ms, slowest end of a replica", slowest.as_millis());
        found.figure("visitors counted", counted);
        found.figure("acknowledged events missing", missing);
        found.demand(missing == 0, format!("{missing} acknowledged events are missing"));
        found.demand(ledger.acknowledged.len() >= ENOUGH * restarts, "too few events to prove anything");
        if extent == Extent::Full {
            found.demand(slowest < DRAIN_DELAY + DRAIN, "a replica took long to end");
        }
        as_one::check(self.servers.each_ref(), &self.site, &mut found)?;
        Ok(found)
    }
}
