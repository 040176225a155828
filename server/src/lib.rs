//! The binary `evoloop`: settings, routes, background work and commands.

mod assets;
pub mod cli;
pub mod config;
pub mod demo;
mod files;
pub mod layers;
pub mod listen;
mod live;
pub mod metrics;
pub mod ports;
pub mod proxy;
pub mod router;
pub mod runner;
pub mod running;
pub mod session;
mod ui;
pub mod v1;
pub mod wiring;
