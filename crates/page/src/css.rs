//! Style sheets, as far as a page's look on its first screen needs them.

mod cascade;
pub(crate) mod colour;
mod named;
mod parse;
pub(crate) mod size;
mod space;
mod split;
mod weight;

pub(crate) use cascade::{Cascade, key};
pub(crate) use parse::{font_parts, imports};
pub(crate) use weight::Weight;
