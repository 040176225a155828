//! One site: its variants and what visitors make of them.

pub mod api;
pub mod diff;
pub mod found;
pub mod goals;
pub mod header;
pub mod holdout;
pub mod install;
pub mod page;
pub mod parts;
pub mod progress;
pub mod settings;
pub mod statistics;
pub mod variant_card;
pub mod variants;
pub mod words;

pub use page::SitePage;
