//! What tests share: a fresh database each, a service with fakes for the outside world, a stub model.
//!
//! Used by tests alone; no other crate may depend on it outside `dev-dependencies`.

pub mod database;
pub mod fakes;
pub mod fault_proxy;
pub mod real_llm;
pub mod service;
pub mod stub_llm;

pub use database::TestDatabase;
pub use fakes::{FakeClock, FakeReader, FakeWriter};
pub use fault_proxy::{FaultProxy, NetworkFault};
pub use service::{TestService, TestServiceBuilder};

/// A variable by which a command changes what a test does, such as how much of it.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
