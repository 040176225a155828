//! Events on both databases, beside the same statements without HTTP.
//!
//! Server and reference write to the same database in turn, each to a site of its own, so that both meet tables
//! of the same size, and never at the same time.

use super::bodies::{self, Mix};
use super::load::{self, Pace};
use super::programs::{self, Program};
use super::sides::{Aim, Pair, Round, Side, Watch};
use super::sites::{self, Random};
use crate::evoloop::Server;
use crate::failure::{About, Failure, Outcome};
use crate::measured::Measured;
use crate::postgres::{Durability, PrivatePostgres};
use crate::project::Project;
use crate::{shell, tools};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const ROUNDS: usize = 3;
/// What is measured on each database.
const CASES: [Case; 3] = [
    Case { mix: Mix::Single, connections: 256, aim: 0.7, name: "one event a request, 256 connections" },
    Case { mix: Mix::Batched, connections: 16, aim: 0.9, name: "50 events a request, 16 connections" },
    Case { mix: Mix::Mixed, connections: 16, aim: 0.9, name: "50 events a request, a fifth conversions" },
];
/// Requests that are ready for the first second, from which the number for later rounds follows.
const FIRST_EVENTS: usize = 60_000;
/// Later rounds may be faster.
const RESERVE: f64 = 2.0;
/// Shared by all servers of one Postgres, so there is no default; this one guards nothing.
const KEY: &str = "a key for servers that are measured for a minute";

/// One kind of load.
#[derive(Debug, Clone, Copy)]
struct Case {
    mix: Mix,
    connections: u32,
    aim: f64,
    name: &'static str,
}

/// A server with its two sites.
struct Bench<'a> {
    server: &'a Server,
    database: &'static str,
    /// The process of a database that has one.
    database_process: Option<u32>,
    /// Site of the events that are sent.
    site: &'a str,
    /// Site of the events that the reference stores.
    reference_site: &'a str,
    reference: PathBuf,
    random: Random,
    /// New visitors that were sent so far, and conversions of theirs.
    sent: (usize, usize),
}

/// What the reference prints.
#[derive(Deserialize)]
struct Reference {
    events: usize,
    counted: usize,
    seconds: f64,
    batch_microseconds: Vec<u32>,
}

/// All cases on SQLite, then on Postgres.
pub(super) fn measure(project: &Project, binary: &Path, time: Duration) -> Outcome<Vec<Pair>> {
    let mut pairs = on(project, binary, time, "SQLite", None)?;
    let postgres = PrivatePostgres::start(tools::postgres()?, Durability::Full)?;
    pairs.extend(on(project, binary, time, "Postgres", Some(&postgres))?);
    Ok(pairs)
}

fn on(
    project: &Project,
    binary: &Path,
    time: Duration,
    database: &'static str,
    postgres: Option<&PrivatePostgres>,
) -> Outcome<Vec<Pair>> {
    println!("==> measuring: events on {database}");
    let environment = postgres
        .map(|postgres| vec![("EVOLOOP_DATABASE_URL", postgres.url()), ("EVOLOOP_SECRET_KEY", KEY.to_owned())])
        .unwrap_or_default();
    let seed = sites::start(project, binary, &environment, 2)?;
    let [site, reference_site] = seed.sites.as_slice() else {
        return Err(Failure::new("`evoloop seed` made no two sites"));
    };
    let mut bench = Bench {
        server: &seed.server,
        database,
        database_process: postgres.map(PrivatePostgres::id),
        site,
        reference_site,
        reference: programs::path(binary, "record_events"),
        random: Random(2),
        sent: (0, 0),
    };
    let mut pairs = Vec::new();
    for case in CASES {
        println!("    {}", case.name);
        pairs.push(bench.case(case, time)?);
    }
    bench.recount()?;
    seed.server.stop()?;
    Ok(pairs)
}

impl Bench<'_> {
    fn case(&mut self, case: Case, time: Duration) -> Outcome<Pair> {
        let mut pair = Pair {
            ceiling: Side::new(format!("{}: without HTTP, 256 events a batch", self.database), 256.0),
            product: Side::new(format!("{}: {}", self.database, case.name), case.events()),
            aim: Aim::Share(case.aim),
        };
        // The first round of both warms up, and says how many requests a round needs.
        self.reference(case, Duration::from_secs(1))?;
        let first = self.sent(case, FIRST_EVENTS / case.mix.events(), Duration::from_secs(1))?;
        let mut needed = first.1 * RESERVE;
        for _ in 0..ROUNDS {
            pair.ceiling.add(&self.reference(case, time)?);
            let number = whole(needed * time.as_secs_f64());
            let (round, per_second) = self.sent(case, number, time)?;
            pair.product.add(&round);
            needed = needed.max(per_second * RESERVE);
        }
        Ok(pair)
    }

    /// A round of the server, with its requests a second.
    fn sent(&mut self, case: Case, number: usize, time: Duration) -> Outcome<(Round, f64)> {
        let address = self.server.address();
        let requests = Arc::new(bodies::prepare(address, self.site, case.mix, number, &mut self.random)?);
        let watch = Watch { process: self.server.id(), database: self.database_process };
        let mut per_second = 0.0;
        let round = watch.round(|| {
            let measured = load::measure(&requests, case.connections, time, Pace::Closed)?;
            per_second = measured.per_second();
            Ok(measured)
        })?;
        self.sent.0 += requests.taken() * case.mix.exposures();
        self.sent.1 += requests.taken() * case.mix.conversions();
        Ok((round, per_second))
    }

    /// A round of the reference.
    fn reference(&mut self, case: Case, time: Duration) -> Outcome<Round> {
        let mix = if case.mix == Mix::Mixed { "mixed" } else { "exposures" };
        let task = json!({
            "url": self.server.database_url(), "site_id": self.reference_site, "seconds": time.as_secs(),
            "mix": mix, "round": self.random.number(),
        });
        let mut program = Program::start(&self.reference, &task)?;
        program.hear()?;
        let watch = Watch { process: program.id(), database: self.database_process };
        let round = watch.round(|| {
            program.say("go")?;
            let reference: Reference = program.hear_json()?;
            if reference.counted * 2 < reference.events {
                return Err(Failure::new(format!("of {} events only {} count", reference.events, reference.counted)));
            }
            Ok(Measured::new(reference.batch_microseconds, Duration::from_secs_f64(reference.seconds), 0.0))
        })?;
        program.end()?;
        Ok(round)
    }

    /// That the server counted what it was sent, each visitor and each conversion once.
    fn recount(&self) -> Outcome {
        let shown = shell::text(&mut self.server.command(&["stats", "show", self.site, "--json"]))?;
        let counted = counted(&serde_json::from_str(&shown).about("evoloop stats show")?);
        if counted == self.sent {
            println!("    {} visitors and {} conversions were sent and counted", counted.0, counted.1);
            Ok(())
        } else {
            Err(Failure::new(format!("visitors and conversions: {:?} were sent, but {counted:?} counted", self.sent)))
        }
    }
}

/// Visitors and conversions of all variants, as `evoloop stats show` gives them.
fn counted(shown: &Value) -> (usize, usize) {
    let sum = |name: &str| -> usize {
        let variants = shown["variants"].as_array().into_iter().flatten();
        variants.filter_map(|variant| usize::try_from(variant[name].as_u64()?).ok()).sum()
    };
    (sum("visitors"), sum("conversions"))
}

impl Case {
    fn events(self) -> f64 {
        u32::try_from(self.mix.events()).map_or(1.0, f64::from)
    }
}

/// A number of requests, one more rather than one too few.
fn whole(number: f64) -> usize {
    // Numbers of this kind are small; a duration is the library's way from a float to a whole number.
    usize::try_from(Duration::from_secs_f64(number.max(0.0)).as_secs()).unwrap_or(usize::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_added_up() {
        let shown = json!({ "variants": [{ "visitors": 3, "conversions": 1 }, { "visitors": 4, "conversions": 0 }] });
        assert_eq!(counted(&shown), (7, 1));
        assert_eq!(counted(&json!({})), (0, 0));
    }

    #[test]
    fn numbers_of_requests_are_whole() {
        for (number, expected) in [(0.0, 1), (-3.0, 1), (7.9, 8), (8.0, 9)] {
            assert_eq!(whole(number), expected, "{number}");
        }
    }
}
