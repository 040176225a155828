//! What was found on the page, and what its owner says about it. Everything works as plain forms.

pub mod api;
pub mod brand;
pub mod editor;
pub mod elements;
pub mod facts;
pub mod list;
pub mod slots;
pub mod words;
