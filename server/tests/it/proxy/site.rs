//! The site behind the proxy.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use futures::stream;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

pub(super) const PAGE: &str = "<!doctype html><html><head><meta charset=\"utf-8\"><title>Tea</title></head>\
    <body class='a  b'><!-- kept --><h1 id=\"top\">Tea &amp; more</h1>\n<p>Words.\n<p>More.</body></html>\n";

const POLICY: &str = "script-src cdn.example; connect-src cdn.example";

/// The site, and what it was asked last.
pub(super) struct Site {
    pub(super) origin: String,
    pub(super) seen: Arc<Mutex<(String, HeaderMap)>>,
}

impl Site {
    pub(super) async fn start() -> Self {
        let page = || async { Html(PAGE) };
        let router = Router::new()
            .route("/", get(page))
            .route("/v1/own", get(|| async { "the site's own" }))
            .route("/image.png", get(|| async { ([(header::CONTENT_TYPE, "image/png")], image()) }))
            .route("/missing", get(|| async { (StatusCode::NOT_FOUND, Html("<h1>Not here</h1>")) }))
            .route("/broken", get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, Html("<h1>Oh</h1>")) }))
            .route("/old", get(moved))
            .route("/same", get(|| async { (StatusCode::NOT_MODIFIED, [(header::ETAG, "\"1\"")]) }))
            .route("/echo", post(|body: Body| async { body }))
            .route("/slow", get(slow))
            .route("/streamed", get(streamed))
            .route("/tagged", get(tagged))
            .route("/policy", get(|| async { ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE)) }))
            .route("/gathered", post(|body: Bytes| async { body }))
            .route("/silent", get(|| tokio::time::sleep(Duration::from_secs(5))))
            .route("/long", get(|| async { Html(long()) }))
            .route("/tunnel", any(tunnel))
            .route("/hop", get(|| async { ([("connection", "x-hop"), ("x-hop", "1"), ("keep-alive", "a")], "hop") }));
        Self::serve(router).await
    }

    pub(super) async fn serve(router: Router) -> Self {
        let seen = Arc::new(Mutex::new((String::new(), HeaderMap::new())));
        let noticed = seen.clone();
        let router = router.layer(axum::middleware::map_request(move |request: Request| {
            *noticed.lock().unwrap() = (request.uri().to_string(), request.headers().clone());
            async move { request }
        }));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { origin: format!("http://{address}"), seen }
    }

    pub(super) fn saw(&self, name: &str) -> Option<String> {
        let seen = self.seen.lock().unwrap();
        seen.1.get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}

pub(super) fn image() -> Vec<u8> {
    (0..=u8::MAX).cycle().take(100_000).collect()
}

pub(super) fn long() -> String {
    format!("{PAGE}{}", "0123456789abcde\n".repeat(30 << 16))
}

async fn moved(request: Request) -> Response {
    let host = request.headers()[header::HOST].to_str().unwrap().to_owned();
    (StatusCode::FOUND, [(header::LOCATION, format!("http://{host}/?new"))]).into_response()
}

/// The beginning at once, the end after a second.
async fn slow() -> Response {
    in_halves(PAGE.to_owned())
}

/// The same, of a framework that takes the document over.
async fn streamed() -> Response {
    in_halves(PAGE.replace("<head>", "<head><script>self.__next_f=[]</script>"))
}

fn in_halves(page: String) -> Response {
    let (beginning, end) = page.split_at(page.len() / 2);
    let pieces = stream::iter([(0, beginning.to_owned()), (1_000, end.to_owned())]);
    let pieces = futures::StreamExt::then(pieces, |(wait, piece)| async move {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        Ok::<_, Infallible>(Bytes::from(piece))
    });
    Html(Body::from_stream(pieces)).into_response()
}

/// A page whose own tag says what is asked for: `/tagged?SITE&data-stateless`.
async fn tagged(request: Request) -> Html<String> {
    Html(with_tag(request.uri().query().unwrap_or_default()))
}

pub(super) fn with_tag(question: &str) -> String {
    let (site, attributes) = question.split_once('&').unwrap_or((question, ""));
    PAGE.replace("<head>", &format!("<head><script async src=/evoloop.js data-site={site} {attributes}></script>"))
}

/// Becomes a line that says everything back in capitals.
async fn tunnel(request: Request) -> Response {
    if !request.headers().contains_key(header::UPGRADE) {
        return (StatusCode::UPGRADE_REQUIRED, "only as a tunnel").into_response();
    }
    tokio::spawn(async move {
        let mut line = TokioIo::new(hyper::upgrade::on(request).await.unwrap());
        let mut said = [0; 64];
        while let Ok(length) = line.read(&mut said).await {
            if length == 0 || line.write_all(&said[..length].to_ascii_uppercase()).await.is_err() {
                break;
            }
        }
    });
    let headers = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "loud")];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

/// A body that comes in pieces.
pub(super) fn in_pieces(text: &'static [u8], length: usize) -> Body {
    Body::from_stream(stream::iter(text.chunks(length).map(|piece| Ok::<_, Infallible>(Bytes::from_static(piece)))))
}

/// Everything that comes until a pause.
pub(super) async fn first_bytes(body: &mut hyper::body::Incoming) -> Vec<u8> {
    let mut seen = Vec::new();
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(Duration::from_millis(700), body.frame()).await {
        seen.extend_from_slice(&frame.into_data().unwrap_or_default());
        if !seen.is_empty() {
            break;
        }
    }
    seen
}
