//! Visiting an address to see whether it answers as it should.

use url::Url;

/// What an address should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitKind {
    /// A customer's page.
    Page,
    /// The snippet; also that of this installation itself.
    Script,
    /// The interface that the snippet talks to; also that of this installation itself.
    Interface,
}

/// Whatever an address answered that was no redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visited {
    /// Where it was found after redirects.
    pub url: Url,
    /// Status of the answer.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The beginning of its text, decoded to Unicode.
    pub text: String,
}

impl Visited {
    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}
