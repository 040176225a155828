//! The analyser on pages of every kind that its users have, and on pages that nobody should have.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod addresses;
mod brand;
mod builders;
mod cascade;
mod facts;
mod harder;
mod hostile;
mod install;
mod inventory;
mod kinds;
mod languages;
mod ledger;
mod legacy;
mod locators;
mod pictures;
mod rewrite;
mod rewrite_random;
mod selected;
mod support;
