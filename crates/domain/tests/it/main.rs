//! The rules of the domain, as tables of cases.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
mod canonical;
mod cases;
mod copy;
mod decision;
mod event;
mod facts;
mod fresh_claims;
mod goal;
mod guard;
mod guardrail;
mod install_policies;
mod install_words;
mod names;
mod origin;
mod page_edits;
mod page_edits_merge;
mod page_edits_places;
mod page_model;
mod patch;
mod site;
mod slots;
mod token;
mod variant;
mod withdrawn;
mod word_diff;
