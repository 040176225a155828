//! The list of sites, and adding one.

pub mod api;
pub mod card;
pub mod form_text;
pub mod list;
pub mod new;

pub use list::SitesPage;
pub use new::NewSitePage;
