//! Visiting an address tells whatever came, through the same door as reading.

use crate::{install_crypto, serve};
use async_trait::async_trait;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use outbound::fetcher::{AllowedPrivateHosts, FetchPolicy, Fetcher, NameResolver};
use service::ports::{PageReader, ReadError, VisitKind};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use url::Url;

const KINDS: [VisitKind; 3] = [VisitKind::Page, VisitKind::Script, VisitKind::Interface];

fn fetcher(allowed: &str) -> Fetcher {
    install_crypto();
    let policy = FetchPolicy {
        allow_private: AllowedPrivateHosts::parse(allowed).unwrap(),
        unreachable_after: Duration::ZERO,
        ..FetchPolicy::default()
    };
    Fetcher::new(policy).unwrap()
}

fn url(server: SocketAddr, path: &str) -> Url {
    Url::parse(&format!("http://{server}{path}")).unwrap()
}

#[tokio::test]
async fn status_headers_and_text_are_told() {
    let policies = [("content-security-policy", "default-src 'self'"), ("content-security-policy", "script-src *")];
    let refused = move || async move {
        let mut response = (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/html")], "<p>No.</p>").into_response();
        for (name, value) in policies {
            response.headers_mut().append(name, value.parse().unwrap());
        }
        response
    };
    let moved = || async { (StatusCode::FOUND, [(header::LOCATION, "/refused")]) };
    let large = || async { ([(header::CONTENT_TYPE, "text/javascript")], "x".repeat(5 << 20)) };
    let router = Router::new().route("/refused", get(refused)).route("/", get(moved)).route("/large.js", get(large));
    let server = serve(router).await;
    let fetcher = fetcher(&server.to_string());
    for kind in KINDS {
        let visited = fetcher.visit(&url(server, "/"), kind).await.unwrap();
        assert_eq!((visited.status, visited.text.as_str()), (403, "<p>No.</p>"), "{kind:?}");
        assert_eq!(visited.url, url(server, "/refused"));
        let told = visited.headers.iter().filter(|(name, _)| name == "content-security-policy");
        assert_eq!(told.map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["default-src 'self'", "script-src *"]);
    }
    // Of what is large the beginning is enough.
    let visited = fetcher.visit(&url(server, "/large.js"), VisitKind::Script).await.unwrap();
    assert_eq!(visited.text.len(), 256 * 1024);
    let visited = fetcher.visit(&url(server, "/large.js"), VisitKind::Page).await.unwrap();
    assert_eq!(visited.text.len(), 2 * 1024 * 1024);
}

#[tokio::test]
async fn manners_and_walls_hold_for_visits_too() {
    let touched = Arc::new(AtomicU64::new(0));
    let counter = touched.clone();
    let other = serve(Router::new().fallback(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        async { "secret" }
    }))
    .await;
    let location = format!("http://{other}/");
    let robots = || async { "User-agent: *\nDisallow: /closed" };
    let inward = move || async move { (StatusCode::FOUND, [(header::LOCATION, location)]) };
    let router = Router::new().route("/robots.txt", get(robots)).route("/inward", get(inward));
    let server = serve(router).await;
    let fetcher = fetcher(&server.to_string());
    for kind in KINDS {
        let closed = fetcher.visit(&url(server, "/closed"), kind).await;
        assert!(matches!(closed, Err(ReadError::Robots { .. })), "{kind:?}: {closed:?}");
        assert_eq!(fetcher.visit(&url(server, "/inward"), kind).await, Err(ReadError::Unreachable), "{kind:?}");
        assert_eq!(fetcher.visit(&url(other, "/"), kind).await, Err(ReadError::Unreachable), "{kind:?}");
    }
    assert_eq!(touched.load(Ordering::Relaxed), 0);
}

/// Leads every name into the private network, and counts how often it was asked.
struct Inward(AtomicU64);

#[async_trait]
impl NameResolver for Inward {
    async fn lookup(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(vec![[10, 0, 0, 1].into()])
    }
}

#[tokio::test]
async fn this_installation_may_be_looked_at_and_not_read_and_never_at_a_private_address() {
    install_crypto();
    for (kind, lookups) in [(VisitKind::Page, 0), (VisitKind::Script, 1), (VisitKind::Interface, 1)] {
        let policy = FetchPolicy {
            own_hosts: vec!["loop.site".to_owned()],
            unreachable_after: Duration::ZERO,
            ..FetchPolicy::default()
        };
        let resolver = Arc::new(Inward(AtomicU64::new(0)));
        let fetcher = Fetcher::with_resolver(policy, resolver.clone()).unwrap();
        let own = Url::parse("https://loop.site/evoloop.js").unwrap();
        assert_eq!(fetcher.visit(&own, kind).await, Err(ReadError::Unreachable), "{kind:?}");
        assert_eq!((resolver.0.load(Ordering::Relaxed), fetcher.connects()), (lookups, 0), "{kind:?}");
    }
}
