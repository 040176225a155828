//! What stands around the pages of the dashboard.

mod dashboard;
mod navigation;
mod not_found;
pub mod theme;

pub use dashboard::Dashboard;
pub use not_found::NotFound;
