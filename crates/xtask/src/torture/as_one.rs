//! Several replicas behave as one: the same variant for a visitor, one session for all, and what is changed
//! on one is soon seen on the others.

use super::forms::{ask, json};
use super::found::Found;
use crate::evoloop::Server;
use crate::failure::{Failure, Outcome};
use std::thread;
use std::time::{Duration, Instant};

const VISITORS: usize = 200;
/// How long a change may take to be seen everywhere.
const SOON: Duration = Duration::from_secs(5);
const GOAL: &str = "Asked for a brochure";

/// Notes what three replicas answer.
pub(super) fn check(replicas: [&Server; 3], site: &str, found: &mut Found) -> Outcome {
    let mut different = 0;
    for visitor in 0..VISITORS {
        let path = format!("/v1/assign?site_id={site}&visitor_id=everywhere-{visitor}");
        let mut variants = Vec::new();
        for replica in replicas {
            variants.push(json(&ask(replica, "GET", &path, "", "")?)?["variant_id"].clone());
        }
        variants.dedup();
        different += usize::from(variants.len() > 1 || variants[0].is_null());
    }
    found.figure("visitors asked for on every replica", VISITORS);
    found.demand(different == 0, format!("{different} visitors get different variants on different replicas"));

    // An account on the first, a site on the second, a goal on the third.
    let [first, second, third] = replicas;
    let signed_up =
        ask(first, "POST", "/api/auth/signup", "", "email=ada%40example.com&password=a+sentence+nobody+guesses")?;
    let cookie = signed_up.cookie()?;
    let made = ask(second, "POST", "/api/sites", &cookie, "url=https%3A%2F%2Fkettle.example%2F")?;
    let own = json(&made)?["id"].as_str().unwrap_or_default().to_owned();
    let goal = format!("site_id={own}&name={}&kind=click&detail=%23buy", GOAL.replace(' ', "+"));
    let changed = ask(third, "POST", "/api/goals", &cookie, &goal)?;
    let asked = Instant::now();
    if !changed.is_good() {
        return Err(Failure::new(format!("a goal was answered with {}", changed.0)));
    }
    let id = json(&changed)?["id"].clone();
    for replica in replicas {
        let path = format!("/v1/assign?site_id={own}&visitor_id=anybody");
        loop {
            let answer = ask(replica, "GET", &path, "", "")?;
            let goals = json(&answer)?["goals"].take();
            if goals.as_array().is_some_and(|goals| goals.iter().any(|goal| goal["id"] == id)) {
                break;
            }
            if asked.elapsed() > 2 * SOON {
                return Err(Failure::new(format!("a replica never saw the new goal: {}", answer.0)));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    found.figure("ms until a change was seen on every replica", asked.elapsed().as_millis());
    found.demand(asked.elapsed() < SOON, "a change was seen late");
    let away = ask(first, "POST", "/api/auth/logout", &cookie, "")?;
    found.demand(away.is_good() || away.0.starts_with("HTTP/1.1 302"), "nobody can sign out");
    let after = ask(second, "GET", "/api/me", &cookie, "")?;
    found.demand(after.0.starts_with("HTTP/1.1 401"), "a session outlives its end on another replica");
    Ok(())
}
