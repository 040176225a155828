//! The user interface, compiled twice: for the server, which writes HTML, and for the browser,
//! which takes it over. Only this file and [`platform`] know the difference.

#![recursion_limit = "256"]

pub mod account;
pub mod chart;
pub mod error;
pub mod jobs;
pub mod landing;
pub mod layout;
pub mod live;
pub mod overview;
pub mod page_edits;
pub mod platform;
mod router;
pub mod settings;
mod shell;
pub mod site;
pub mod sites;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;

pub use router::App;
pub use shell::shell;
