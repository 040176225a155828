//! One site: its variants and what visitors make of them.

pub mod api;
pub mod copy_rules;
mod decision_words;
pub mod decisions;
pub mod diff;
pub mod erase;
pub mod found;
pub mod generation;
pub mod goals;
pub mod header;
pub mod holdout;
pub mod image_offer;
pub mod install;
pub mod lift;
pub mod origins;
pub mod own_visits;
pub mod page;
pub mod page_health;
pub mod parts;
pub mod pictures;
pub mod progress;
pub mod rejected;
pub mod settings;
pub mod statistics;
pub mod turned_away;
pub mod variant_card;
pub mod variants;
pub mod words;

pub use page::SitePage;
