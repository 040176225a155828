//! Addresses that must never be asked, and some that must.

use crate::payloads::{self, PRIVATE_V4, PRIVATE_V6, PUBLIC};
use crate::{install_crypto, serve};
use async_trait::async_trait;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{HeaderName, HeaderValue, LOCATION};
use axum::routing::get;
use outbound::fetcher::address::is_public;
use outbound::fetcher::gate::{self, Refused, Route};
use outbound::fetcher::{AllowedPrivateHosts, FetchPolicy, Fetcher, NameResolver};
use service::ports::{PageReader, ReadError, ResourceKind};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use url::Url;

/// A name server with one answer for every name.
struct Answer(Vec<IpAddr>);

#[async_trait]
impl NameResolver for Answer {
    async fn lookup(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.clone())
    }
}

fn policy() -> FetchPolicy {
    FetchPolicy { unreachable_after: Duration::ZERO, ..FetchPolicy::default() }
}

fn fetcher(addresses: Vec<IpAddr>) -> Fetcher {
    install_crypto();
    Fetcher::with_resolver(policy(), Arc::new(Answer(addresses))).unwrap()
}

fn public_address() -> IpAddr {
    "8.8.8.8".parse().unwrap()
}

#[tokio::test]
async fn no_address_outside_the_public_internet_is_connected_to() {
    let fetcher = fetcher(vec![public_address()]);
    let payloads = payloads::all();
    let mut not_urls = 0;
    for payload in &payloads {
        let Ok(url) = Url::parse(payload) else {
            not_urls += 1;
            continue;
        };
        for kind in [ResourceKind::Html, ResourceKind::StyleSheet] {
            assert_eq!(fetcher.read(&url, kind).await, Err(ReadError::Unreachable), "{payload}");
        }
    }
    assert_eq!(fetcher.connects(), 0);
    println!("{} addresses refused without a connection, {not_urls} of them no URLs", payloads.len());
    assert!(payloads.len() > 1_400, "{}", payloads.len());
    assert!(not_urls < payloads.len() / 10, "the table should test the fetcher, not the parser: {not_urls}");
}

/// A stranger's server sends us to each of them: only the stranger is connected to.
#[tokio::test]
async fn no_redirect_leads_outside_the_public_internet() {
    install_crypto();
    let targets: Vec<String> = [[127, 0, 0, 1], [169, 254, 169, 254], [10, 0, 0, 1]]
        .into_iter()
        .flat_map(payloads::spellings)
        .chain(payloads::FAULTY.map(str::to_owned))
        .chain(PRIVATE_V6.map(|address| format!("http://[{address}]/")))
        // What is no header value cannot be sent, and what is relative leads back.
        .filter(|target| HeaderValue::from_bytes(target.as_bytes()).is_ok())
        .filter(|target| !target.starts_with("http:") || target.starts_with("http://"))
        .collect();
    let locations = targets.clone();
    let hop = |Path(number): Path<usize>| async move { (StatusCode::FOUND, location(&locations[number])) };
    let server = serve(Router::new().route("/{number}", get(hop))).await;
    let allow_private = AllowedPrivateHosts::parse(&server.to_string()).unwrap();
    let policy = FetchPolicy { allow_private, ..policy() };
    let fetcher = Fetcher::with_resolver(policy, Arc::new(Answer(vec![[127, 0, 0, 1].into()]))).unwrap();
    for (number, target) in targets.iter().enumerate() {
        let url = Url::parse(&format!("http://{server}/{number}")).unwrap();
        assert_eq!(fetcher.read(&url, ResourceKind::Html).await, Err(ReadError::Unreachable), "{target}");
    }
    // One for each redirect, and one for the stranger's robots.txt.
    assert_eq!(fetcher.connects(), targets.len() as u64 + 1);
    println!("{} redirects refused, each after the stranger's connection alone", targets.len());
    assert!(targets.len() > 150, "{}", targets.len());
}

fn location(target: &str) -> [(HeaderName, HeaderValue); 1] {
    [(LOCATION, HeaderValue::from_bytes(target.as_bytes()).unwrap())]
}

/// A name server that changes its answer from lookup to lookup.
struct Turning(AtomicUsize, Vec<IpAddr>);

#[async_trait]
impl NameResolver for Turning {
    async fn lookup(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        let asked = self.0.fetch_add(1, Ordering::Relaxed);
        Ok(vec![self.1[asked.min(self.1.len() - 1)]])
    }
}

/// The name passes while it leads to the operator's host, and is refused as soon as it does not.
#[tokio::test]
async fn a_name_that_is_bound_anew_is_refused_at_the_next_hop() {
    install_crypto();
    let server =
        serve(Router::new().route("/", get(|| async { (StatusCode::FOUND, location("http://public.site/")) })));
    let server = server.await;
    for private in PRIVATE_V4.map(IpAddr::from) {
        let allow_private = AllowedPrivateHosts::parse(&format!("shop.site:{}", server.port())).unwrap();
        let policy = FetchPolicy { allow_private, ..policy() };
        let loopback: IpAddr = [127, 0, 0, 1].into();
        let resolver = Arc::new(Turning(AtomicUsize::new(0), vec![loopback, loopback, private]));
        let fetcher = Fetcher::with_resolver(policy, resolver).unwrap();
        let url = Url::parse(&format!("http://shop.site:{}/", server.port())).unwrap();
        assert_eq!(fetcher.read(&url, ResourceKind::Html).await, Err(ReadError::Unreachable), "{private}");
        assert_eq!(fetcher.connects(), 2, "{private}");
    }
}

#[tokio::test]
async fn a_name_is_refused_when_any_of_its_addresses_is_not_public() {
    let url = Url::parse("http://public.site/").unwrap();
    let v4 = PRIVATE_V4.map(IpAddr::from);
    let v6 = PRIVATE_V6.map(|address| address.parse::<IpAddr>().unwrap());
    for private in v4.into_iter().chain(v6) {
        for answer in [vec![private], vec![public_address(), private], vec![private, public_address()]] {
            let fetcher = fetcher(answer);
            assert_eq!(fetcher.read(&url, ResourceKind::Html).await, Err(ReadError::Unreachable), "{private}");
            assert_eq!(fetcher.connects(), 0, "{private}");
        }
    }
}

#[test]
fn public_addresses_pass() {
    for address in PUBLIC {
        let address: IpAddr = address.parse().unwrap();
        assert!(is_public(address), "{address}");
        let host = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
        for url in [format!("http://{host}/"), format!("https://{host}/a?b=c#d")] {
            let url = Url::parse(&url).unwrap();
            assert_eq!(gate::check(&url, &AllowedPrivateHosts::default(), &[]), Ok(Route::Public), "{url}");
        }
    }
    let names = [
        "https://public.site/",
        "http://public.site./",
        "https://bücher.de/",
        "https://localhost.site/",
        "https://test.de:443/",
        "https://mylocal.net/",
        "http://internal.dev/",
    ];
    for name in names {
        let url = Url::parse(name).unwrap();
        assert_eq!(gate::check(&url, &AllowedPrivateHosts::default(), &[]), Ok(Route::Public), "{name}");
    }
}

#[test]
fn each_refusal_names_its_rule() {
    let own = ["evoloop.site".to_owned()];
    let table = [
        ("ftp://public.site/", Refused::Scheme),
        ("http://a@public.site/", Refused::UserInfo),
        ("http://public.site:81/", Refused::Port),
        ("http://router/", Refused::Name),
        ("http://127.1/", Refused::Address),
        ("http://[::1]/", Refused::Address),
        ("https://evoloop.site/", Refused::Own),
        ("https://EVOLOOP.site./x", Refused::Own),
    ];
    for (url, reason) in table {
        let url = Url::parse(url).unwrap();
        assert_eq!(gate::check(&url, &AllowedPrivateHosts::default(), &own), Err(reason), "{url}");
    }
}

#[test]
fn the_list_of_private_hosts_means_host_and_port() {
    let table: [(&str, &[&str], &[&str]); 5] = [
        ("", &[], &["http://127.0.0.1/", "http://localhost/"]),
        (
            "127.0.0.1, localhost:3000",
            &[
                "http://127.0.0.1/",
                "http://127.0.0.1:9/",
                "http://0x7f.1:9/",
                "http://localhost:3000/",
                "http://LOCALHOST:3000/",
            ],
            &[
                "http://localhost/",
                "http://localhost:3001/",
                "http://127.0.0.2/",
                "http://[::1]/",
                "ftp://127.0.0.1/",
                "http://a@127.0.0.1/",
            ],
        ),
        ("::1", &["http://[::1]/", "http://[::1]:8080/"], &["http://127.0.0.1/", "http://[::2]/"]),
        ("[::1]:8080,", &["http://[::1]:8080/"], &["http://[::1]/", "http://[::1]:8081/"]),
        ("wiki.corp:80", &["http://wiki.corp/"], &["https://wiki.corp/", "http://a.wiki.corp/"]),
    ];
    for (list, passing, refused) in table {
        let allowed = AllowedPrivateHosts::parse(list).unwrap();
        for url in passing {
            let url = Url::parse(url).unwrap();
            assert_eq!(gate::check(&url, &allowed, &[]), Ok(Route::AllowedPrivate), "{list}: {url}");
        }
        for url in refused {
            let url = Url::parse(url).unwrap();
            assert!(gate::check(&url, &allowed, &[]).is_err(), "{list}: {url}");
        }
    }
    for wrong in ["http://localhost", "localhost:", "localhost:port", "localhost:70000", "a b", "[::1", "10.0.0.0/8"] {
        let error = AllowedPrivateHosts::parse(&format!("127.0.0.1, {wrong}")).unwrap_err();
        assert!(error.to_string().contains(wrong), "{error}");
    }
}

/// A private name's allowance holds for its port alone, also for what the name leads to.
#[tokio::test]
async fn an_allowed_port_opens_no_other() {
    install_crypto();
    let allow_private = AllowedPrivateHosts::parse("shop.site:3000").unwrap();
    let policy = FetchPolicy { allow_private, ..policy() };
    let fetcher = Fetcher::with_resolver(policy, Arc::new(Answer(vec![[127, 0, 0, 1].into()]))).unwrap();
    let url = Url::parse("http://shop.site/").unwrap();
    assert_eq!(fetcher.read(&url, ResourceKind::Html).await, Err(ReadError::Unreachable));
    assert_eq!(fetcher.connects(), 0);
}

/// A refused address and a dead name take the same time, so that it tells nothing.
#[tokio::test(start_paused = true)]
async fn refused_and_dead_look_the_same() {
    install_crypto();
    let fetcher = Fetcher::with_resolver(FetchPolicy::default(), Arc::new(Answer(Vec::new()))).unwrap();
    for url in ["http://10.0.0.1/", "http://dead.site/", "http://router/"] {
        let started = tokio::time::Instant::now();
        let result = fetcher.read(&Url::parse(url).unwrap(), ResourceKind::Html).await;
        assert_eq!(result, Err(ReadError::Unreachable), "{url}");
        // The clock of this test is not the wall's: it moves by what was slept.
        let slept = started.elapsed().as_secs();
        assert_eq!(slept, FetchPolicy::default().unreachable_after.as_secs(), "{url}");
    }
}
