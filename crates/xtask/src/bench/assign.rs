//! Assignment: a thousand sites, many connections, beside a route that always answers the same.

use super::constant::Constant;
use super::load::{self, Pace};
use super::requests::Requests;
use super::sides::{Aim, Pair, Round, Side, Watch};
use super::sites::{self, Random};
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const SITES: usize = 1_000;
/// Different visitors; after the last one comes the first one again.
const VISITORS: usize = 50_000;
const CONNECTIONS: u32 = 64;
const ROUNDS: usize = 5;
/// Rounds at half of what was reached.
const HALF_ROUNDS: usize = 2;
const AIM: f64 = 0.75;
const AIM_P99: f64 = 3.0;

/// As fast as it goes, and at half of that.
pub(super) fn measure(project: &Project, binary: &Path, time: Duration) -> Outcome<Vec<Pair>> {
    println!("==> measuring: assignment");
    let seed = sites::start(project, binary, &[], SITES)?;
    let asked = sites::assignments(seed.server.address(), &seed.sites, VISITORS, &mut Random(1));
    let constant = Constant::start(length_of_an_answer(&asked)?)?;
    let same = Arc::new(asked.to(constant.address()));
    let asked = Arc::new(asked);
    sites::settle(&seed.server)?;
    sites::warm_up(&same, CONNECTIONS)?;
    sites::warm_up(&asked, CONNECTIONS)?;

    let round = |process: u32, requests: &Arc<Requests>, pace: Pace| -> Outcome<Round> {
        let watch = Watch { process, database: None };
        watch.round(|| load::measure(requests, CONNECTIONS, time, pace))
    };
    let (of_constant, of_product) =
        (|pace| round(constant.id(), &same, pace), |pace| round(seed.server.id(), &asked, pace));
    let full = pair(Aim::Share(AIM), "as fast as it goes");
    let full = full.alternate(ROUNDS, || of_constant(Pace::Closed), || of_product(Pace::Closed))?;
    let half = Pace::Open(full.product.per_second() / 2.0);
    let calm = pair(Aim::P99(AIM_P99), "at half of assignment's rate");
    let calm = calm.alternate(HALF_ROUNDS, || of_constant(half), || of_product(half))?;
    seed.server.stop()?;
    Ok(vec![full, calm])
}

fn pair(aim: Aim, how: &str) -> Pair {
    Pair {
        ceiling: Side::new(format!("constant route, {how}"), 1.0),
        product: Side::new(format!("GET /v1/assign, {how}"), 1.0),
        aim,
    }
}

/// The constant route answers as many bytes.
fn length_of_an_answer(asked: &Requests) -> Outcome<usize> {
    let one = Arc::new(asked.first_alone());
    let lengths = load::gather(&one, 1, |body| Ok(body.len()))?;
    lengths.first().copied().ok_or_else(|| Failure::new("there is nothing to ask"))
}
