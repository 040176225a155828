//! The server with seeded sites, and visitors that were never there before.

use super::load::{self, Pace};
use super::process::cpu_seconds;
use super::requests::Requests;
use crate::evoloop::Server;
use crate::failure::{About, Failure, Outcome};
use crate::project::Project;
use crate::shell;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use std::time::{SystemTime, UNIX_EPOCH};

/// Variants beside the control.
pub(super) const VARIANTS: &str = "5";
/// A server that takes less than this share of a processor has nothing to do but its rounds.
const IDLE: f64 = 0.15;
/// After a start every site is looked at once; it takes at most so long that waiting is worth it.
const SETTLE: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_millis(500);
/// Requests before a measurement, which warm up both ends.
const WARM_UP: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Seeded {
    site_id: String,
}

/// A server with running sites.
pub(super) struct Seed {
    /// The server.
    pub(super) server: Server,
    /// Its sites.
    pub(super) sites: Vec<String>,
    /// How long it took to make them.
    pub(super) took: Duration,
}

/// Starts a server with so many sites.
pub(super) fn start(
    project: &Project,
    binary: &Path,
    environment: &[(&'static str, String)],
    number: usize,
) -> Outcome<Seed> {
    println!("    seeding {number} sites");
    let (mut sites, mut took) = (Vec::new(), Duration::ZERO);
    let server = Server::start(project, binary, environment, |invoke| {
        let begun = Instant::now();
        let printed = shell::text(&mut invoke(&["seed", "--sites", &number.to_string(), "--variants", VARIANTS]))?;
        (sites, took) = (read(&printed)?, begun.elapsed());
        Ok(())
    })?;
    if sites.len() == number {
        Ok(Seed { server, sites, took })
    } else {
        Err(Failure::new(format!("`evoloop seed` made {} sites instead of {number}", sites.len())))
    }
}

/// The sites that `evoloop seed` names.
pub(super) fn read(printed: &str) -> Outcome<Vec<String>> {
    let site = |line: &str| serde_json::from_str::<Seeded>(line).about("a line that `evoloop seed` printed");
    printed.lines().map(|line| site(line).map(|seeded| seeded.site_id)).collect()
}

/// Waits until the server has done what it does after a start.
pub(super) fn settle(server: &Server) -> Outcome {
    let begun = Instant::now();
    while begun.elapsed() < SETTLE {
        let before = cpu_seconds(server.id())?;
        thread::sleep(LOOK);
        if cpu_seconds(server.id())? - before < IDLE * LOOK.as_secs_f64() {
            break;
        }
    }
    Ok(())
}

/// Lets a server answer for a moment.
pub(super) fn warm_up(requests: &Arc<Requests>, connections: u32) -> Outcome {
    load::measure(requests, connections, WARM_UP, Pace::Closed).map(drop)
}

/// Asks for the variants of new visitors, in turn on all sites, without end.
pub(super) fn assignments(address: SocketAddr, sites: &[String], number: usize, random: &mut Random) -> Requests {
    let mut requests = Requests::endless(address);
    for site in sites.iter().cycle().take(number) {
        requests.get_path(&format!("/v1/assign?site_id={site}&visitor_id={}", random.uuid()));
    }
    requests
}

/// SplitMix64: the same identifiers in each run, and in no order, as the snippet's random ones.
#[derive(Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    /// A UUID of version 4.
    pub(super) fn uuid(&mut self) -> String {
        let (high, low) = (self.number(), self.number());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            (low >> 48) & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }

    /// A UUID of version 7, as the snippet gives its events.
    pub(super) fn event_id(&mut self) -> String {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let milliseconds = u64::try_from(since.as_millis()).unwrap_or_default();
        let (high, low) = (self.number(), self.number());
        format!(
            "{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}",
            (milliseconds >> 16) & 0xffff_ffff,
            milliseconds & 0xffff,
            high & 0xfff,
            (low >> 48) & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }

    /// Any number.
    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_seeded_sites_are_read() -> Outcome {
        assert_eq!(read("{\"site_id\":\"a\",\"variants\":[]}\n{\"site_id\":\"b\"}")?, ["a", "b"]);
        assert!(read("nothing").is_err());
        Ok(())
    }

    #[test]
    fn identifiers_are_uuids_and_differ() {
        let mut random = Random(1);
        let all: HashSet<String> = (0..1_000).map(|_| random.uuid()).collect();
        assert_eq!(all.len(), 1_000);
        for id in all {
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert!(id[14..].starts_with('4') && "89ab".contains(&id[19..20]), "{id}");
        }
    }

    #[test]
    fn sites_take_turns() {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let sites = ["a".to_owned(), "b".to_owned()];
        let requests = assignments(address, &sites, 3, &mut Random(1));
        let asked: Vec<bool> = (0..4)
            .filter_map(|_| requests.take())
            .map(|(_, bytes)| String::from_utf8_lossy(bytes).contains("site_id=a"))
            .collect();
        assert_eq!(asked, [true, false, true, true]);
    }
}
