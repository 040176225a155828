//! Random patches with planted harm: what the language lets through does none.
//!
//! The patches come from a grammar, most parts of which are honest, so that a good share of them is valid and
//! reaches the page. `cargo xtask fuzz` makes many of them; the test suites make few.

mod generate;
mod harm;
mod invariants;
mod order;
mod random;
mod run;
mod vocabulary;

pub use generate::patch;
pub use invariants::{Became, SHOP, broken};
pub use order::in_order;
pub use random::Random;
pub use run::{Check, Finding, Tally, by_the_rules, by_the_rules_of_a_browser, hosts_of_shop, run};
