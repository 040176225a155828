//! A tower layer that gives a visitor's variant with the page itself, so that nothing flickers.
//!
//! It stands between a page and its visitors. A navigation is assigned by [`Assign`], and the HTML answer is
//! rewritten on its way: the patch is applied whole or not at all, the snippet's script tag is added to `head`
//! when the page has none for the site, and `<!--evoloop VARIANT_ID APPLIED-->` are the last bytes when the patch was
//! applied. The snippet finds that comment and has nothing left to do but to send the impression.
//!
//! # Cookies
//! The snippet and this layer mean the same visitor by two first-party cookies, which are not `HttpOnly` because the
//! snippet reads them: [`VISITOR_COOKIE`] (`evoloop_visitor`, the visitor's id) and [`TOKEN_COOKIE`]
//! (`evoloop_token`, the proof of the last assignment). What they say counts more there than what it has kept itself,
//! and it deletes them when the visitor takes the consent back or wants to be forgotten.
//!
//! # When in doubt
//! Everything that is not understood goes on as it came, byte by byte: other answers than a page, encodings that are
//! not known, pages that are too long or come too slowly, pages whose framework would undo the change, a patch that
//! misses. An error of the assignment is logged and changes nothing for the visitor.

mod assign;
mod body;
mod charset;
mod coding;
mod cookies;
mod csp;
mod headers;
mod held;
mod hydration;
mod layer;
mod markup;
mod rewrite;
mod room;
mod settings;
mod turn;
mod whole;

pub use assign::{Assign, Assigned, BoxError, Question};
pub use body::EvoloopBody;
pub use cookies::{TOKEN_COOKIE, VISITOR_COOKIE};
pub use layer::{Evoloop, EvoloopLayer};
pub use rewrite::{NotAPatch, Patch, Rewriter, Verdict, compile};
pub use settings::{Hydrated, Settings};
