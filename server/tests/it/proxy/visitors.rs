//! What visitors may expect: their privacy, and answers that fit where they are.

use super::Proxy;
use super::site::{PAGE, Site, first_bytes, with_tag};
use crate::support::App;
use axum::body::{Body, Bytes};
use axum::http::Request;
use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use server::proxy::Front;
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn a_tag_that_asks_for_consent_or_respect_is_heard() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let cases = [
        ("", "x-none", true),
        ("data-consent=required", "x-none", false),
        ("data-stateless", "x-none", false),
        ("data-respect=gpc", "x-none", true),
        ("data-respect=gpc", "sec-gpc", false),
        ("data-respect=dnt", "dnt", false),
    ];
    for (attributes, wish, is_assigned) in cases {
        let question = format!("{}&{attributes}", proxy.site.id);
        let request = proxy.navigation(&format!("/tagged?{question}")).header(wish, "1");
        let came = proxy.ask(request).await;
        assert_eq!(came.cookie("evoloop_visitor").is_some(), is_assigned, "{attributes} {wish}");
        assert_eq!(came.cookie("evoloop_token").is_some(), is_assigned, "{attributes} {wish}");
        if !is_assigned {
            assert_eq!(came.text(), with_tag(&question), "{attributes} {wish}");
        }
    }
}

#[tokio::test]
async fn a_stateless_proxy_keeps_nothing_and_leaves_pages_to_the_browser() {
    let site = Site::start().await;
    let proxy = Proxy::with(App::sqlite().await, &site.origin, |front| front.pages.stateless = true).await;
    let visitor = proxy.visitor(&proxy.site.variant).await;
    let came = proxy.ask(proxy.navigation("/").header("cookie", format!("evoloop_visitor={visitor}"))).await;
    let tag = proxy.tag().replace("></script>", " data-stateless></script>");
    assert_eq!(came.text(), PAGE.replace("<head>", &format!("<head>{tag}")));
    assert_eq!(came.header("set-cookie"), None);
}

#[tokio::test]
async fn redirects_and_policies_name_the_host_that_the_visitor_asked() {
    let site = Site::start().await;
    let change = |front: &mut Front| front.origin_host = Some("inner.example".to_owned());
    let proxy = Proxy::with(App::sqlite().await, &site.origin, change).await;
    let forwarded = |proxy: &Proxy, path| proxy.navigation(path).header("x-forwarded-host", "www.shop.example");
    let came = proxy.ask(forwarded(&proxy, "/old")).await;
    assert_eq!(came.header("location"), Some("http://shop.example/?new"));
    let came = proxy.ask(forwarded(&proxy, "/policy")).await;
    assert!(came.header("content-security-policy").unwrap().contains(" shop.example/evoloop.js"));

    let change = |front: &mut Front| {
        front.origin_host = Some("inner.example".to_owned());
        front.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    };
    let proxy = Proxy::with(App::sqlite().await, &site.origin, change).await;
    let came = proxy.ask(forwarded(&proxy, "/old").header("x-forwarded-proto", "https")).await;
    assert_eq!(came.header("location"), Some("https://www.shop.example/?new"));
    let came = proxy.ask(forwarded(&proxy, "/policy")).await;
    let policy = came.header("content-security-policy").unwrap();
    for path in ["/evoloop.js", "/evoloop-debug.js", "/v1/event"] {
        assert!(policy.contains(&format!(" www.shop.example{path}")), "{policy}");
    }
}

#[tokio::test]
async fn only_trusted_proxies_say_who_asks() {
    let site = Site::start().await;
    for networks in [Vec::new(), vec!["127.0.0.0/8".parse().unwrap()]] {
        let is_trusted = !networks.is_empty();
        let proxy = Proxy::with(App::sqlite().await, &site.origin, |front| front.trusted_proxies = networks).await;
        let names = ["x-real-ip", "true-client-ip", "cf-connecting-ip"];
        let request = names.into_iter().fold(proxy.get("/hop"), |request, name| request.header(name, "203.0.113.9"));
        proxy.ask(request).await;
        for name in names {
            assert_eq!(site.saw(name).is_some(), is_trusted, "{name}");
        }
    }
}

#[tokio::test]
async fn a_page_that_is_loaded_ahead_is_the_visitors_own() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let fetched = |purpose| proxy.navigation("/").header("sec-fetch-dest", "empty").header(purpose, "prefetch");
    let ahead = proxy.ask(fetched("sec-purpose")).await;
    assert!(ahead.text().contains(&proxy.tag()) && ahead.cookie("evoloop_visitor").is_some());
    assert_eq!(ahead.header("cache-control"), Some("private, no-cache"));
    // What a script fetches is no page.
    assert_eq!(proxy.ask(fetched("x-none")).await.text(), PAGE);
}

#[tokio::test]
async fn a_page_of_a_framework_that_takes_it_streams() {
    let site = Site::start().await;
    let proxy = Proxy::with(App::sqlite().await, &site.origin, |front| front.pages.hold = Duration::from_secs(5)).await;
    let begun = Instant::now();
    let mut response = proxy.begun(proxy.navigation("/streamed").body(Body::empty()).unwrap()).await;
    let beginning = first_bytes(response.body_mut()).await;
    assert!(begun.elapsed() < Duration::from_millis(800), "{:?}", begun.elapsed());
    assert!(String::from_utf8_lossy(&beginning).contains("__next_f"));
}

#[tokio::test]
async fn pages_that_are_held_share_a_room() {
    let site = Site::start().await;
    let change = |front: &mut Front| {
        front.pages.hold = Duration::from_secs(5);
        front.pages.max_held_together = PAGE.len() * 4;
    };
    let proxy = Proxy::with(App::sqlite().await, &site.origin, change).await;
    let slow = proxy.ask(proxy.navigation("/slow"));
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        proxy.ask(proxy.navigation("/")).await
    };
    let (slow, meanwhile) = tokio::join!(slow, meanwhile);
    assert!(slow.text().contains(&proxy.tag()));
    assert_eq!((meanwhile.text().as_str(), meanwhile.header("set-cookie")), (PAGE, None));
    // The room comes back.
    assert!(proxy.ask(proxy.navigation("/")).await.text().contains(&proxy.tag()));
}

#[tokio::test]
async fn tunnels_are_bounded() {
    let site = Site::start().await;
    let proxy = Proxy::with(App::sqlite().await, &site.origin, |front| front.tunnels = 1).await;
    let open = || async {
        let mut line = TcpStream::connect(proxy.address).await.unwrap();
        let request = "GET /tunnel HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: loud\r\n\r\n";
        line.write_all(request.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        line.read_exact(&mut status).await.unwrap();
        (line, String::from_utf8(status.to_vec()).unwrap())
    };
    let (first, status) = open().await;
    assert_eq!(status, "HTTP/1.1 101");
    assert_eq!(open().await.1, "HTTP/1.1 503");
    drop(first);
    let begun = Instant::now();
    while open().await.1 != "HTTP/1.1 101" {
        assert!(begun.elapsed() < Duration::from_secs(5), "the place does not come back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Other requests need no such place.
    assert_eq!(proxy.ask(proxy.get("/hop")).await.status, 200);
}

#[tokio::test]
async fn an_origin_of_old_is_spoken_for() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            let _ = line.read(&mut [0; 4096]).await;
            line.write_all(b"HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nold").await.unwrap();
        }
    });
    let proxy = Proxy::before(&origin).await;
    let response = proxy.begun(proxy.get("/").body(Body::empty()).unwrap()).await;
    assert_eq!(response.version(), axum::http::Version::HTTP_11);
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "old");
}

#[tokio::test]
async fn an_upload_may_take_its_time() {
    let site = Site::start().await;
    let proxy =
        Proxy::with(App::sqlite().await, &site.origin, |front| front.patience = Duration::from_millis(300)).await;
    let pieces = stream::iter(["a", "b", "c"]).then(|piece| async move {
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok::<_, Infallible>(Bytes::from_static(piece.as_bytes()))
    });
    let request = Request::post(format!("http://{}/gathered", proxy.address)).body(Body::from_stream(pieces)).unwrap();
    let came = proxy.send(request).await;
    assert_eq!((came.status, came.text().as_str()), (200, "abc"));
    assert_eq!(proxy.ask(proxy.get("/silent")).await.status, 504);
}
