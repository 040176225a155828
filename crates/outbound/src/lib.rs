//! The only place that talks to the internet: pages are read, language models asked and
//! visitors simulated here.
//!
//! What comes from a user or a page is an address to distrust; [`fetcher`] goes to public
//! addresses only. What a model answers is text to distrust; [`llm`] checks its form, and the
//! service checks what it would do to the page. The operator's own settings are trusted.
//!
//! The process needs a rustls crypto provider installed before any client is made.

pub mod browser;
pub mod charset;
pub mod fetcher;
pub mod llm;
pub mod origin;
pub mod simulator;

/// Why a client cannot be made; a fault of the settings, found at start.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The HTTP library refuses the settings, for example a user agent that is no header value.
    #[error("the http client cannot be set up: {0}")]
    Client(#[source] reqwest::Error),
    /// An entry of the list of private hosts is not a host or `host:port`.
    #[error("`{0}` is not a host or host:port")]
    PrivateHost(String),
    /// The base address of a service is not one that can be asked.
    #[error("`{0}` is not a usable base url: it needs http or https, a host and no password")]
    BaseUrl(String),
}
