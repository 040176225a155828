//! Many patches, one after the other.

use crate::generate::patch;
use crate::invariants::{Became, broken};
use crate::random::Random;
use domain::Patch;
use domain::patch::{AllowedHosts, Refusal};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use url::Url;

/// What decides about a patch: the language, or one with a hole for a test.
pub type Check = fn(&str, &AllowedHosts) -> Result<Patch, &'static str>;

/// A patch that does what none may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its number; with the seed it can be made again.
    pub index: u64,
    /// What is wrong.
    pub what: String,
    /// The patch.
    pub json: String,
}

/// What became of all patches.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// How many were let through.
    pub valid: u64,
    /// How many of these are on the page, miss something there, or stand on a page that was not understood.
    pub applied: u64,
    /// How many miss something.
    pub missed: u64,
    /// How often the page was not understood.
    pub unsure: u64,
    /// How many were refused, by the name of the rule.
    pub refused: BTreeMap<&'static str, u64>,
    /// What must not be: the first hundred.
    pub findings: Vec<Finding>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  on the page: {} applied, {} missed, {} unsure", self.applied, self.missed, self.unsure)?;
        for (name, count) in &self.refused {
            writeln!(f, "  refused: {name} {count}")?;
        }
        for Finding { index, what, json } in &self.findings {
            writeln!(f, "  FOUND {index}: {what}\n    {json}")?;
        }
        write!(f, "  broken invariants: {}", self.findings.len())
    }
}

/// The rules of the language.
///
/// # Errors
/// The name of the first rule that is broken.
pub fn by_the_rules(json: &str, hosts: &AllowedHosts) -> Result<Patch, &'static str> {
    Patch::parse(json, hosts).map_err(|refusal| refusal.name())
}

/// The hosts of the page's owner.
#[must_use]
pub fn hosts_of_shop() -> AllowedHosts {
    AllowedHosts::new(["shop.example".to_owned()])
}

/// The rules as a browser knows them, to which all hosts are the same: whatever host is refused is allowed.
///
/// # Errors
/// The name of the first rule that is broken.
pub fn by_the_rules_of_a_browser(json: &str) -> Result<Patch, &'static str> {
    let mut hosts = BTreeSet::new();
    loop {
        let refusal = match Patch::parse(json, &AllowedHosts::new(hosts.iter().cloned())) {
            Ok(patch) => return Ok(patch),
            Err(refusal) => refusal,
        };
        let Refusal::Address(_, address) = &refusal else { return Err(refusal.name()) };
        let host = Url::parse(address.trim()).ok().and_then(|url| url.host_str().map(str::to_owned));
        if !host.is_some_and(|host| hosts.insert(host)) {
            return Err(refusal.name());
        }
    }
}

/// Makes patches, lets a check decide about them, and looks at what it let through.
#[must_use]
pub fn run(count: u64, seed: u64, check: Check) -> Tally {
    let (mut tally, hosts) = (Tally::default(), hosts_of_shop());
    for index in 0..count {
        let json = patch(&mut Random::new(seed, index)).to_string();
        let looked = catch_unwind(AssertUnwindSafe(|| check(&json, &hosts).map(|patch| broken(&patch))));
        let what = match looked {
            Ok(Err(name)) => {
                *tally.refused.entry(name).or_default() += 1;
                continue;
            }
            Ok(Ok(result)) => {
                tally.valid += 1;
                match result {
                    Ok(Became::Applied) => tally.applied += 1,
                    Ok(Became::Missed) => tally.missed += 1,
                    Ok(Became::Unsure) => tally.unsure += 1,
                    Err(_) => {}
                }
                result.err()
            }
            Err(_) => Some("a panic".to_owned()),
        };
        if let Some(what) = what.filter(|_| tally.findings.len() < 100) {
            tally.findings.push(Finding { index, what, json });
        }
    }
    tally
}
