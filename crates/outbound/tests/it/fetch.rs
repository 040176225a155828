//! Reading pages from a server on loopback that the policy allows.

use crate::{install_crypto, serve};
use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use outbound::fetcher::{AllowedPrivateHosts, FetchPolicy, Fetcher, NameResolver};
use service::ports::{Fetched, PageReader, ReadError, ResourceKind};
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use url::Url;

const HTML: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];

fn policy(allowed: &str) -> FetchPolicy {
    FetchPolicy {
        allow_private: AllowedPrivateHosts::parse(allowed).unwrap(),
        unreachable_after: Duration::ZERO,
        ..FetchPolicy::default()
    }
}

async fn read_with(policy: FetchPolicy, url: &str, kind: ResourceKind) -> Result<Fetched, ReadError> {
    install_crypto();
    Fetcher::new(policy).unwrap().read(&Url::parse(url).unwrap(), kind).await
}

async fn read(server: SocketAddr, path: &str, kind: ResourceKind) -> Result<Fetched, ReadError> {
    read_with(policy(&server.to_string()), &format!("http://{server}{path}"), kind).await
}

async fn text_of(router: Router) -> Result<String, ReadError> {
    Ok(read(serve(router).await, "/", ResourceKind::Html).await?.text)
}

fn one_page(response: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Router {
    Router::new().route(
        "/",
        get(move || {
            let response = response();
            async move { response }
        }),
    )
}

fn to(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location.to_owned())]).into_response()
}

/// `/hop/3` redirects to `/hop/2` and so on; each hop sets a cookie.
fn hops() -> Router {
    let hop = |Path(left): Path<u32>| async move {
        let cookie = [(header::SET_COOKIE, "a=b")];
        if left == 0 {
            (cookie, to("/page#part")).into_response()
        } else {
            (cookie, to(&format!("./{}", left - 1))).into_response()
        }
    };
    let page = |headers: HeaderMap| async move {
        let sent = [header::COOKIE, header::REFERER, header::AUTHORIZATION];
        let clean = sent.iter().all(|name| !headers.contains_key(name));
        (HTML, if clean { "clean" } else { "not clean" })
    };
    Router::new().route("/hop/{left}", get(hop)).route("/page", get(page))
}

#[tokio::test]
async fn redirects_are_followed_up_to_five() {
    let server = serve(hops()).await;
    let fetched = read(server, "/hop/4#x", ResourceKind::Html).await.unwrap();
    assert_eq!(fetched.text, "clean");
    assert_eq!(fetched.url.as_str(), format!("http://{server}/page"));
    assert_eq!(read(server, "/hop/5", ResourceKind::Html).await, Err(ReadError::Redirects(5)));
}

#[tokio::test]
async fn every_redirect_is_checked() {
    let touched = Arc::new(AtomicU64::new(0));
    let counter = touched.clone();
    let other = serve(Router::new().fallback(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        async { (HTML, "secret") }
    }))
    .await;
    let targets = [
        format!("http://{other}/"),
        format!("//{other}/"),
        format!("http://localhost:{}/", other.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", other.port()),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://public.site/".to_owned(),
        "http://name:word@public.site/".to_owned(),
        "http://".to_owned(),
        "data:text/html,x".to_owned(),
    ];
    for target in targets {
        let location = target.clone();
        let server = serve(one_page(move || to(&location))).await;
        install_crypto();
        let fetcher = Fetcher::new(policy(&server.to_string())).unwrap();
        let url = Url::parse(&format!("http://{server}/")).unwrap();
        assert_eq!(fetcher.read(&url, ResourceKind::Html).await, Err(ReadError::Unreachable), "{target}");
        // One for the page and one for its robots.txt.
        assert_eq!(fetcher.connects(), 2, "{target}");
    }
    assert_eq!(touched.load(Ordering::Relaxed), 0);
}

/// Says loopback for the robots.txt and the page, and something else ever after, as an attacker's name server does.
struct Rebinding(AtomicU64);

#[async_trait]
impl NameResolver for Rebinding {
    async fn lookup(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        let early = self.0.fetch_add(1, Ordering::Relaxed) < 2;
        Ok(vec![if early { [127, 0, 0, 1].into() } else { [127, 0, 0, 99].into() }])
    }
}

#[tokio::test]
async fn a_name_is_looked_up_once_a_request_and_the_connection_goes_there() {
    install_crypto();
    let server = serve(one_page(|| (HTML, "here").into_response())).await;
    let resolver = Arc::new(Rebinding(AtomicU64::new(0)));
    let allowed = policy(&format!("shop.site:{}", server.port()));
    let fetcher = Fetcher::with_resolver(allowed, resolver.clone()).unwrap();
    let url = Url::parse(&format!("http://shop.site:{}/", server.port())).unwrap();
    assert_eq!(fetcher.read(&url, ResourceKind::Html).await.unwrap().text, "here");
    assert_eq!((resolver.0.load(Ordering::Relaxed), fetcher.connects()), (2, 2));
}

#[tokio::test]
async fn statuses_are_told_apart() {
    for status in [204, 304, 400, 401, 403, 404, 410, 429, 500, 503] {
        let code = StatusCode::from_u16(status).unwrap();
        let result = text_of(one_page(move || (code, HTML, "x").into_response())).await;
        let expected = if status == 204 { Ok(String::new()) } else { Err(ReadError::Status(status)) };
        assert_eq!(result, expected);
    }
}

#[tokio::test]
async fn only_the_kind_that_was_asked_for_is_read() {
    use ResourceKind::{Html, StyleSheet};
    let wrong = |shown: &str| Err(ReadError::ContentType(shown.to_owned()));
    let table = [
        (Html, "text/html", Ok(())),
        (Html, "Text/HTML; charset=utf-8", Ok(())),
        (Html, "application/xhtml+xml", Ok(())),
        (Html, "text/css", wrong("text/css")),
        (Html, "application/json", wrong("application/json")),
        (Html, "image/svg+xml", wrong("image/svg+xml")),
        (Html, "<b>x</b>", wrong("bx/b")),
        (Html, "", wrong("a file without a type")),
        (StyleSheet, "text/css; charset=utf-8", Ok(())),
        (StyleSheet, "text/html", wrong("text/html")),
    ];
    for (kind, content_type, expected) in table {
        let server = serve(one_page(move || ([(header::CONTENT_TYPE, content_type)], "x").into_response())).await;
        let result = read(server, "/", kind).await.map(|_| ());
        assert_eq!(result, expected, "{content_type}");
    }
}

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().into()
}

#[tokio::test]
async fn size_is_counted_after_inflation() {
    let limit = 2 * 1024 * 1024;
    let plain = |size: usize| one_page(move || (HTML, vec![b'a'; size]).into_response());
    assert_eq!(text_of(plain(limit)).await.unwrap().len(), limit);
    assert_eq!(text_of(plain(limit + 1)).await, Err(ReadError::TooLarge(2)));
    let packed = |size: usize| {
        let bytes = gzip(&vec![b'a'; size]);
        one_page(move || (HTML, [(header::CONTENT_ENCODING, "gzip")], bytes.clone()).into_response())
    };
    assert_eq!(text_of(packed(limit)).await.unwrap().len(), limit);
    assert_eq!(text_of(packed(64 * 1024 * 1024)).await, Err(ReadError::TooLarge(2)));
    let css =
        serve(one_page(move || ([(header::CONTENT_TYPE, "text/css")], vec![b'a'; 1024 * 1024 + 1]).into_response()))
            .await;
    assert_eq!(read(css, "/", ResourceKind::StyleSheet).await, Err(ReadError::TooLarge(1)));
}

#[tokio::test]
async fn unknown_compression_and_huge_headers_are_refused() {
    let odd = one_page(|| (HTML, [(header::CONTENT_ENCODING, "zstd")], "x").into_response());
    assert_eq!(text_of(odd).await, Err(ReadError::ContentType("an unknown compression".to_owned())));
    let value = "a".repeat(70_000);
    let huge = one_page(move || (HTML, [("x-large", value.clone())], "x").into_response());
    assert_eq!(text_of(huge).await, Err(ReadError::ContentType("an answer with oversize headers".to_owned())));
}

#[tokio::test]
async fn text_is_decoded_as_browsers_do() {
    let utf16: Vec<u8> = "\u{feff}Grüße".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let table: [(&str, &[u8], &str); 12] = [
        ("text/html", "Grüße".as_bytes(), "Grüße"),
        ("text/html", b"Gr\xfc\xdfe", "Grüße"),
        ("text/html; charset=iso-8859-1", b"Gr\xfc\xdfe \x80", "Grüße €"),
        ("text/html; charset=\"UTF-8\"", "Grüße".as_bytes(), "Grüße"),
        ("text/html; charset=koi8-r", b"\xcd\xc9\xd2", "мир"),
        ("text/html; charset=no-such", "Grüße".as_bytes(), "Grüße"),
        ("text/html", b"<meta charset=koi8-r>\xcd\xc9\xd2", "<meta charset=koi8-r>мир"),
        (
            "text/html",
            b"<META http-equiv='Content-Type' content='text/html; charset=shift_jis'>\x93\xfa",
            "<META http-equiv='Content-Type' content='text/html; charset=shift_jis'>日",
        ),
        ("text/html", b"<meta charset=\"utf-16\">\xc3\xbc", "<meta charset=\"utf-16\">ü"),
        ("text/html; charset=utf-8", b"<meta charset=koi8-r>\xc3\xbc", "<meta charset=koi8-r>ü"),
        ("text/html; charset=iso-8859-1", b"\xef\xbb\xbf\xc3\xbc", "ü"),
        ("text/html", &utf16, "Grüße"),
    ];
    for (content_type, bytes, expected) in table {
        let (bytes, content_type) = (bytes.to_vec(), content_type.to_owned());
        let page = one_page(move || ([(header::CONTENT_TYPE, content_type.clone())], bytes.clone()).into_response());
        assert_eq!(text_of(page).await.unwrap(), expected);
    }
    let css = one_page(|| {
        ([(header::CONTENT_TYPE, "text/css")], b"@charset \"koi8-r\";/*\xcd\xc9\xd2*/".to_vec()).into_response()
    });
    let css = read(serve(css).await, "/", ResourceKind::StyleSheet).await.unwrap();
    assert_eq!(css.text, "@charset \"koi8-r\";/*мир*/");
}

#[tokio::test]
async fn a_server_that_never_answers_or_never_ends_is_left() {
    let silent = serve(Router::new().route("/", get(std::future::pending::<()>))).await;
    let endless = serve(Router::new().route(
        "/",
        get(|| async {
            let pieces = futures::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Some((Ok::<_, io::Error>(Bytes::from_static(b"a")), ()))
            });
            (HTML, axum::body::Body::from_stream(pieces))
        }),
    ))
    .await;
    for server in [silent, endless] {
        let policy = FetchPolicy { total_timeout: Duration::from_millis(200), ..policy(&server.to_string()) };
        let result = read_with(policy, &format!("http://{server}/"), ResourceKind::Html).await;
        assert_eq!(result, Err(ReadError::Timeout(0)));
    }
}

#[tokio::test]
async fn nobody_there_reads_as_unreachable() {
    let closed = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    assert_eq!(read(closed, "/", ResourceKind::Html).await, Err(ReadError::Unreachable));
    // A server that leaves in the middle.
    let leaves = one_page(|| {
        let pieces = [Ok(Bytes::from_static(b"half")), Err(io::Error::other("gone"))];
        (HTML, axum::body::Body::from_stream(futures::stream::iter(pieces))).into_response()
    });
    assert_eq!(text_of(leaves).await, Err(ReadError::Unreachable));
}

#[test]
fn a_user_agent_that_is_no_header_is_found_at_start() {
    install_crypto();
    let policy = FetchPolicy { user_agent: "a\nb".to_owned(), ..FetchPolicy::default() };
    assert!(Fetcher::new(policy).is_err());
}
