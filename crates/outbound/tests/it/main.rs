//! The outside world, played on loopback.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a test says how much it tried, and why it is skipped")]

mod bombs;
mod browser;
mod charset;
mod fetch;
mod images;
mod llm;
mod llm_calls;
mod llm_drafts;
mod llm_faults;
mod llm_hostile;
mod manners;
mod origin;
mod payloads;
mod playbook;
mod preview;
mod samples;
mod simulator;
mod ssrf;
mod visit;

use std::net::SocketAddr;
use std::sync::Once;

/// Every client needs the process's crypto provider, which the binary installs at its start.
fn install_crypto() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // An error means that one is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// Serves a router on a free port of loopback until the test ends.
async fn serve(router: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
