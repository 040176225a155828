//! Background work: its list, its progress, its failures.

pub mod api;
pub mod card;
pub mod page;

pub use page::JobsPage;
