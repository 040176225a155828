//! The public pages: what Evoloop is, and how it decides.

mod how_it_works;
mod page;
mod race;
mod thompson;

pub use how_it_works::HowItWorksPage;
pub use page::LandingPage;
pub use thompson::{Shares, shares};
