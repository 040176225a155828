//! The server through its front door: HTTP requests and commands, on both databases.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod accounts;
mod analyze;
mod cli;
mod csrf;
mod demo;
mod endpoints;
mod faults;
mod files;
mod generate;
mod install;
mod journey;
mod live;
mod metrics;
mod migrate_data;
mod page_edits;
mod pages;
mod patch;
mod pictures;
mod proxy;
mod runner;
mod simulate;
mod sockets;
mod support;
mod v1_assign;
mod v1_bad_input;
mod v1_contract;
mod v1_forget;
mod v1_guardrails;
mod v1_http;
mod v1_trust;
