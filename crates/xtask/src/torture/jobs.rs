//! The server is killed while it works on jobs, again and again on the same SQLite file.

mod pages;

use super::counters::inspect;
use super::forms::{ask, json};
use super::found::{Extent, Found};
use crate::evoloop::Server;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use pages::Pages;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Seconds until the job of a dead process may be taken over.
const LEASE: u64 = 1;
/// Jobs that killers hit by chance must not be taken for jobs that kill.
const ATTEMPTS: u32 = 100;
/// Longest life of the server after it answers, in milliseconds.
const LIFE_MS: u64 = 450;
/// How late a job may be that a dead process had, after the end of its lease.
const LATE: Duration = Duration::from_secs(5);
/// How long it may take to end what is left when the killing is over.
const PATIENCE: Duration = Duration::from_secs(120);

/// Kills, and sites whose two jobs must be done. Five jobs a life: two sites in one, three in the next.
struct Goal {
    kills: usize,
    sites: usize,
}

/// Kills and restarts the server, then looks at what became of every site.
pub(super) fn run(project: &Project, binary: &Path, extent: Extent) -> Outcome<Found> {
    let goal = extent.pick(Goal { kills: 10, sites: 25 }, Goal { kills: 200, sites: 500 });
    let pages = Pages::start()?;
    let environment = [
        ("EVOLOOP_ALLOW_PRIVATE_HOSTS", pages.host()),
        ("EVOLOOP_JOB_LEASE", LEASE.to_string()),
        ("EVOLOOP_JOB_ATTEMPTS", ATTEMPTS.to_string()),
    ];
    let mut server = Server::start(project, binary, &environment, |_| Ok(()))?;
    let account = "email=ada%40example.com&password=a+sentence+nobody+guesses";
    let cookie = ask(&server, "POST", "/api/auth/signup", "", account)?.cookie()?;
    let mut dice = Dice(u64::from(std::process::id()));
    let (mut sites, mut interrupted, mut resumed) = (0, 0, Vec::new());
    for kill in 1..=goal.kills {
        let due = goal.sites * kill / goal.kills;
        while sites < due {
            let form = format!("url=http%3A%2F%2F{}%2Fpage-{sites}", pages.host().replace(':', "%3A"));
            let made = ask(&server, "POST", "/api/sites", &cookie, &form)?;
            if json(&made)?["id"].as_str().is_none() {
                return Err(Failure::new(format!("a site was answered with {}", made.0)));
            }
            sites += 1;
        }
        thread::sleep(Duration::from_millis(dice.roll(LIFE_MS)));
        server.kill()?;
        let running = number(&server, "SELECT count(*) FROM jobs WHERE state = 'running' AND period_ms IS NULL")?;
        interrupted += running;
        server.restart()?;
        // Now and then it lives for as long as it takes to see what was interrupted go on.
        if running > 0 && kill % 5 == 0 {
            resumed.push(until_resumed(&server)?);
        }
    }
    let begun = Instant::now();
    while number(&server, OPEN)? > 0 && begun.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
    }
    let late = resumed.iter().max().copied().unwrap_or_default();
    let mut found = Found::default();
    found.figure("times killed with SIGKILL", goal.kills);
    found.figure("jobs asked for", 2 * sites);
    found.figure("jobs interrupted by a kill", interrupted);
    found.figure("pages read", pages.served());
    found.figure("ms from a start until what was interrupted went on, at most", late.as_millis());
    judge(&server, sites, &mut found)?;
    server.stop()?;
    let enough = goal.kills / 4;
    found.demand(interrupted >= enough, format!("only {interrupted} jobs were interrupted, which proves little"));
    let is_late = late > Duration::from_secs(LEASE) + LATE;
    found.demand(!is_late, format!("a job went on only {} ms after the start", late.as_millis()));
    Ok(found)
}

/// Jobs that have not ended.
const OPEN: &str = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') AND period_ms IS NULL";

/// What the database says of the effects.
fn judge(server: &Server, sites: usize, found: &mut Found) -> Outcome {
    let per_site = "SELECT count(*) AS n FROM variants WHERE is_control = 0 GROUP BY site_id";
    let written = number(server, &format!("SELECT max(n) FROM ({per_site})"))?;
    let counts = [
        ("sites without a page", "SELECT count(*) FROM sites WHERE page_model IS NULL OR status <> 'ready'".to_owned()),
        (
            "sites with more or fewer variants than one job writes",
            format!(
                "SELECT count(*) FROM sites WHERE {WRITTEN} <> (SELECT count(*) FROM variants \
             WHERE is_control = 0 AND site_id = sites.id)"
            ),
        ),
        (
            "sites without exactly one analysis and one writing of variants",
            format!(
                "SELECT count(*) FROM sites WHERE 1 <> {} OR 1 <> {}",
                jobs_of("analyze_site"),
                jobs_of("generate_variants")
            ),
        ),
        ("jobs left over", OPEN.to_owned()),
        ("jobs given up", "SELECT count(*) FROM jobs WHERE state = 'dead'".to_owned()),
    ];
    let stored = number(server, "SELECT count(*) FROM sites")?;
    found.figure("jobs done", number(server, "SELECT count(*) FROM jobs WHERE state = 'done'")?);
    found.figure("most tries of a job", number(server, "SELECT max(attempts) FROM jobs WHERE period_ms IS NULL")?);
    found.figure("variants that a job wrote", WRITTEN);
    found.demand(stored == sites, format!("{stored} sites are stored, {sites} were acknowledged"));
    found.demand(written <= WRITTEN, format!("a site has {written} variants"));
    for (what, query) in counts {
        let count = number(server, &query)?;
        found.figure(what, count);
        found.demand(count == 0, format!("{count} {what}"));
    }
    Ok(())
}

/// How many variants the playbook writes for the page of this test.
const WRITTEN: usize = 3;

fn jobs_of(kind: &str) -> String {
    format!("(SELECT count(*) FROM jobs WHERE site_id = sites.id AND kind = '{kind}' AND state = 'done')")
}

/// Waits until no job is left that a dead process had.
fn until_resumed(server: &Server) -> Outcome<Duration> {
    let begun = Instant::now();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let abandoned = format!(
        "SELECT count(*) FROM jobs WHERE state = 'running' AND period_ms IS NULL AND lease_until < {}",
        now.as_millis() + u128::from(LEASE) * 1_000
    );
    // A lease that a living process renews ends later than any that the dead one left.
    while number(server, &abandoned)? > 0 && begun.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(begun.elapsed())
}

fn number(server: &Server, query: &str) -> Outcome<usize> {
    let text = inspect(|command| command, &server.folder().join("evoloop.db"), query)?;
    Ok(text.trim().parse().unwrap_or(0))
}

/// Numbers by chance; SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}
