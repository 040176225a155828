//! The first page after signing in: what needs a person, and how every site does.

pub mod api;
pub mod page;

pub use page::OverviewPage;
