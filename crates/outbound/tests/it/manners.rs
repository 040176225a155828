//! The fetcher as a guest: its name, robots.txt, one request at a time.

use crate::{install_crypto, serve};
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::future::join_all;
use outbound::fetcher::{AllowedPrivateHosts, FetchPolicy, Fetcher, user_agent};
use service::ports::{Fetched, PageReader, ReadError, ResourceKind};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

const HTML: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/html")];

/// A site whose robots.txt can be changed, and which counts what it is asked.
#[derive(Clone, Default)]
struct Site {
    robots: Arc<Mutex<(u16, String)>>,
    robots_asked: Arc<AtomicUsize>,
    pages_asked: Arc<AtomicUsize>,
}

impl Site {
    fn says(&self, status: u16, robots: &str) {
        *self.robots.lock().unwrap() = (status, robots.to_owned());
    }

    fn asked(&self) -> (usize, usize) {
        (self.robots_asked.load(Ordering::Relaxed), self.pages_asked.load(Ordering::Relaxed))
    }

    async fn start(&self) -> SocketAddr {
        let (robots, pages) = (self.clone(), self.clone());
        let robots = move || {
            robots.robots_asked.fetch_add(1, Ordering::Relaxed);
            let (status, text) = robots.robots.lock().unwrap().clone();
            async move { (StatusCode::from_u16(status).unwrap(), text) }
        };
        let page = move || {
            pages.pages_asked.fetch_add(1, Ordering::Relaxed);
            async { (HTML, "page") }
        };
        serve(Router::new().route("/robots.txt", get(robots)).fallback(page)).await
    }
}

fn fetcher(servers: &[SocketAddr]) -> Fetcher {
    install_crypto();
    let list: Vec<String> = servers.iter().map(SocketAddr::to_string).collect();
    let policy = FetchPolicy {
        allow_private: AllowedPrivateHosts::parse(&list.join(",")).unwrap(),
        unreachable_after: Duration::ZERO,
        user_agent: user_agent(Some(&Url::parse("https://optimiser.site/").unwrap())),
        ..FetchPolicy::default()
    };
    Fetcher::new(policy).unwrap()
}

async fn read(fetcher: &Fetcher, server: SocketAddr, path: &str) -> Result<Fetched, ReadError> {
    fetcher.read(&Url::parse(&format!("http://{server}{path}")).unwrap(), ResourceKind::Html).await
}

#[tokio::test]
async fn the_status_of_robots_txt_decides_like_its_rules() {
    let forbids = "User-agent: *\nDisallow: /";
    let table = [
        (200, "", Ok(())),
        (200, forbids, Err(true)),
        (200, "User-agent: *\nDisallow: /private", Ok(())),
        (200, "User-agent: *\nDisallow: /\n\nUser-agent: Evoloop\nAllow: /", Ok(())),
        (401, forbids, Ok(())),
        (403, forbids, Ok(())),
        (404, forbids, Ok(())),
        (410, forbids, Ok(())),
        (429, "", Err(false)),
        (500, "", Err(false)),
        (503, "", Err(false)),
    ];
    for (status, robots, expected) in table {
        let site = Site::default();
        site.says(status, robots);
        let server = site.start().await;
        let result = read(&fetcher(&[server]), server, "/a").await;
        match expected {
            Ok(()) => assert_eq!(result.unwrap().text, "page", "{status} {robots}"),
            Err(true) => assert!(matches!(result, Err(ReadError::Robots { .. })), "{status}: {result:?}"),
            Err(false) => assert_eq!(result, Err(ReadError::RobotsUnavailable(status))),
        }
        assert_eq!(site.asked(), (1, usize::from(expected.is_ok())), "{status} {robots}");
    }
}

#[tokio::test]
async fn the_owner_is_told_what_to_write() {
    let site = Site::default();
    let server = site.start().await;
    site.says(200, "User-agent: *\nDisallow: /");
    let error = read(&fetcher(&[server]), server, "/").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "http://{server}/robots.txt does not allow Evoloop to read this page. To allow it, add these two lines at its end: `User-agent: Evoloop` and `Allow: /`; then analyse the page again."
        )
    );
    site.says(200, "User-agent: *\nDisallow: /\nUser-agent: Evoloop\nAllow: /");
    assert!(read(&fetcher(&[server]), server, "/").await.is_ok());
    site.says(200, "User-agent: evoloop\nDisallow: /a\u{1b}b");
    assert!(read(&fetcher(&[server]), server, "/a").await.is_ok());
    let error = read(&fetcher(&[server]), server, "/a%1Bb?c").await.unwrap_err();
    assert!(error.to_string().contains("remove the line `Disallow: /a%1Bb` from the group for Evoloop"), "{error}");
    assert!(!error.is_transient());
}

#[tokio::test]
async fn robots_txt_is_asked_once_and_again_when_it_forbids() {
    let site = Site::default();
    site.says(200, "User-agent: *\nDisallow: /private");
    let server = site.start().await;
    let fetcher = fetcher(&[server]);
    for path in ["/", "/a", "/b?c"] {
        assert!(read(&fetcher, server, path).await.is_ok());
    }
    assert_eq!(site.asked(), (1, 3));
    assert!(read(&fetcher, server, "/private/a").await.is_err());
    assert_eq!(site.asked(), (1, 3));
    site.says(200, "");
    later(11).await;
    assert!(read(&fetcher, server, "/private/a").await.is_ok());
    assert_eq!(site.asked(), (2, 4));
    // When the site cannot tell any more, what it said last counts on.
    site.says(500, "");
    later(2 * 3_600).await;
    assert!(read(&fetcher, server, "/").await.is_ok());
    assert_eq!(site.asked(), (3, 5));
    later(25 * 3_600).await;
    assert_eq!(read(&fetcher, server, "/").await, Err(ReadError::RobotsUnavailable(500)));
}

/// Moves the clock, and only while nothing is under way.
async fn later(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn robots_txt_of_a_redirects_target_counts_too() {
    let target = Site::default();
    target.says(200, "User-agent: *\nDisallow: /");
    let other = target.start().await;
    let redirect = move || async move { to(&format!("http://{other}/a")) };
    let moved_robots = move || async move { to(&format!("http://{other}/robots.txt")) };
    let server = serve(Router::new().route("/", get(redirect)).route("/moved", get(redirect))).await;
    let result = read(&fetcher(&[server, other]), server, "/").await;
    assert!(matches!(result, Err(ReadError::Robots { .. })), "{result:?}");
    assert_eq!(target.asked(), (1, 0));
    // A robots.txt that moved counts for the site that sent us there.
    let server = serve(Router::new().route("/robots.txt", get(moved_robots)).fallback(|| async { "x" })).await;
    let result = read(&fetcher(&[server, other]), server, "/").await;
    assert!(matches!(result, Err(ReadError::Robots { .. })), "{result:?}");
    // One that leads to a private network does not lead there.
    let private = move || async move { to(&format!("http://{other}/robots.txt")) };
    let server = serve(Router::new().route("/robots.txt", get(private)).fallback(|| async { "x" })).await;
    let before = target.asked();
    assert_eq!(read(&fetcher(&[server]), server, "/").await, Err(ReadError::Unreachable));
    assert_eq!(target.asked(), before);
    // And one that never arrives is none.
    let circle = || async { to("/robots.txt") };
    let server = serve(Router::new().route("/robots.txt", get(circle)).fallback(|| async { (HTML, "page") })).await;
    assert_eq!(read(&fetcher(&[server]), server, "/").await.unwrap().text, "page");
}

fn to(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location.to_owned())]).into_response()
}

#[tokio::test]
async fn a_robots_txt_without_end_is_read_as_far_as_it_counts() {
    let robots = || async {
        let line = axum::body::Bytes::from(format!("#{}\n", "a".repeat(8_190)));
        let first = axum::body::Bytes::from_static(b"User-agent: *\nDisallow: /private\n");
        let lines = std::iter::once(first).chain(std::iter::repeat(line));
        axum::body::Body::from_stream(futures::stream::iter(lines.map(Ok::<_, std::io::Error>)))
    };
    let server = serve(Router::new().route("/robots.txt", get(robots)).fallback(|| async { (HTML, "page") })).await;
    let fetcher = fetcher(&[server]);
    assert!(read(&fetcher, server, "/").await.is_ok());
    assert!(matches!(read(&fetcher, server, "/private").await, Err(ReadError::Robots { .. })));
}

#[tokio::test]
async fn it_says_who_it_is() {
    let page = |headers: HeaderMap| async move {
        let agent = headers[header::USER_AGENT].to_str().unwrap().to_owned();
        (HTML, agent)
    };
    let server = serve(Router::new().route("/", get(page))).await;
    let agent = read(&fetcher(&[server]), server, "/").await.unwrap().text;
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(agent, format!("Mozilla/5.0 (compatible; Evoloop/{version}; +https://optimiser.site/)"));
    assert_eq!(user_agent(None), format!("Mozilla/5.0 (compatible; Evoloop/{version})"));
}

/// Many readers of one site ask it one after the other, its robots.txt included.
#[tokio::test]
async fn a_site_is_asked_one_thing_at_a_time() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let gauge = (now.clone(), most.clone());
    let page = move || {
        let (now, most) = gauge.clone();
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Long enough for another request to arrive, if one was sent.
            tokio::time::sleep(Duration::from_millis(20)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            (HTML, "page")
        }
    };
    let server = serve(Router::new().fallback(page)).await;
    let fetcher = fetcher(&[server]);
    let paths: Vec<String> = (0..8).map(|number| format!("/{number}")).collect();
    let results = join_all(paths.iter().map(|path| read(&fetcher, server, path))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

/// Waiting for one's turn takes nothing of the time that the site gets.
#[tokio::test]
async fn waiting_for_a_turn_is_no_slow_answer() {
    let page = || async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        (HTML, "page")
    };
    let server = serve(Router::new().route("/", get(page))).await;
    install_crypto();
    let policy = FetchPolicy {
        allow_private: AllowedPrivateHosts::parse(&server.to_string()).unwrap(),
        total_timeout: Duration::from_millis(600),
        ..FetchPolicy::default()
    };
    let fetcher = Fetcher::new(policy).unwrap();
    let results = join_all((0..8).map(|_| read(&fetcher, server, "/"))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}
