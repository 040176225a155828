//! Use cases: what an edge can ask for, and the transactions behind it.

pub mod ports;
