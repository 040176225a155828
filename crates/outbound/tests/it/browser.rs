//! Pages in real Chromium, on loopback. Where there is no Chromium, each test says so and ends.

use crate::{install_crypto, serve};
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::Html;
use axum::routing::get;
use outbound::browser::{Browser, BrowserSettings};
use outbound::fetcher::{AllowedPrivateHosts, FetchPolicy, Fetcher};
use service::ports::{PageReader, ReadError, ResourceKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use url::Url;

const PROGRAMS: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// A folder for profiles, and a browser's settings with it.
pub(crate) fn settings() -> Option<(TempDir, BrowserSettings)> {
    let Some(program) = PROGRAMS.iter().map(PathBuf::from).find(|program| program.is_file()) else {
        println!("skipped: there is no Chromium on this machine");
        return None;
    };
    let folder = TempDir::new().unwrap();
    let usual = BrowserSettings::new(program, folder.path().to_owned());
    // Chromium's sandbox does not work for root, as which tests may run.
    let sandbox = !rustix::process::geteuid().is_root();
    Some((folder, BrowserSettings { sandbox, ..usual }))
}

pub(crate) fn fetcher(allowed: &[SocketAddr], settings: BrowserSettings) -> Fetcher {
    install_crypto();
    let list: Vec<String> = allowed.iter().map(SocketAddr::to_string).collect();
    let policy = FetchPolicy {
        allow_private: AllowedPrivateHosts::parse(&list.join(",")).unwrap(),
        unreachable_after: Duration::ZERO,
        ..FetchPolicy::default()
    };
    Fetcher::new(policy).unwrap().with_browser(Browser::new(settings))
}

pub(crate) fn address(server: SocketAddr, path: &str) -> Url {
    Url::parse(&format!("http://{server}{path}")).unwrap()
}

/// Waits until no process and no file of a visit is left.
pub(crate) async fn assert_nothing_left(folder: &Path) {
    for _ in 0..100 {
        if std::fs::read_dir(folder).unwrap().next().is_none() && processes_of(folder).is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("left: {:?} {:?}", std::fs::read_dir(folder).unwrap().collect::<Vec<_>>(), processes_of(folder));
}

/// Processes with the folder in their environment, as every one of a visit has.
fn processes_of(folder: &Path) -> Vec<String> {
    let name = folder.to_str().unwrap();
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let of_folder = processes.flatten().filter(|process| {
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(name)
    });
    of_folder.map(|process| process.file_name().to_string_lossy().into_owned()).collect()
}

const SHELL: &str = "<!doctype html><title>Shell</title><div id=root></div><script>
    fetch('/text').then(answer => answer.text()).then(text => setTimeout(() => {
        document.getElementById('root').innerHTML = `<h1>${text} ${navigator.webdriver}</h1><a href='/buy'>Buy now</a>`;
        history.pushState({}, '', '/home');
    }, 300));
</script>";

#[tokio::test]
async fn a_page_is_read_as_its_scripts_made_it() {
    let Some((folder, settings)) = settings() else { return };
    let text = |headers: HeaderMap| async move {
        // The scripts of the page speak with the fetcher's name, and without anybody's cookies.
        format!("From {} {}", headers[header::USER_AGENT].to_str().unwrap(), headers.contains_key(header::COOKIE))
    };
    let server = serve(Router::new().route("/", get(|| async { Html(SHELL) })).route("/text", get(text))).await;
    let fetcher = fetcher(&[server], settings);
    let plain = fetcher.read(&address(server, "/"), ResourceKind::Html).await.unwrap();
    assert_eq!((plain.text.as_str(), plain.rendered), (SHELL, false));
    let fetched = service::reading::page(&fetcher, &address(server, "/")).await.unwrap();
    let agent = outbound::fetcher::user_agent(None);
    assert!(fetched.text.contains(&format!("<h1>From {agent} false true</h1>")), "{}", fetched.text);
    assert_eq!(fetched.url, address(server, "/home"));
    assert!(fetched.rendered);
    assert_nothing_left(folder.path()).await;
}

/// A listener that counts who connects.
async fn counting() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let server = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    (server, count)
}

/// What a hostile page tries.
fn hostile(port: u16) -> String {
    let hosts =
        ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "127.1", "2130706433", "a.localhost", "[::ffff:127.0.0.1]"];
    let tries: String = hosts
        .iter()
        .map(|host| {
            let there = format!("{host}:{port}");
            format!(
                "<img src='http://{there}/i'><iframe src='http://{there}/f'></iframe><script src='https://{there}/s'></script>
                 <link rel=preconnect href='http://{there}'><link rel=dns-prefetch href='//{there}'>
                 <script>fetch('http://{there}/x', {{mode: 'no-cors'}}).catch(() => 0); new WebSocket('ws://{there}/w');
                 navigator.sendBeacon('http://{there}/b'); window.open('http://{there}/o');
                 new Worker(URL.createObjectURL(new Blob([`fetch('http://{there}/k', {{mode: 'no-cors'}})`])));</script>"
            )
        })
        .collect();
    format!(
        "<!doctype html><h1>Hostile</h1>{tries}<iframe src='file:///etc/passwd'></iframe><script>alert(1)
        try {{ new RTCPeerConnection({{iceServers: [{{urls: 'turn:127.0.0.1:{port}?transport=tcp', username: 'a', credential: 'b'}}]}}) }}
        catch {{}} </script>"
    )
}

#[tokio::test]
async fn a_page_reaches_nothing_that_the_fetcher_would_not() {
    let Some((folder, settings)) = settings() else { return };
    let (other, touched) = counting().await;
    let page = hostile(other.port());
    let server = serve(Router::new().route("/", get(move || async { Html(page) }))).await;
    let settings = BrowserSettings { settle_timeout: Duration::from_secs(6), ..settings };
    let closed = fetcher(&[server], settings.clone());
    let fetched = closed.render(&address(server, "/")).await.unwrap();
    assert!(fetched.text.contains("<h1>Hostile</h1>") && !fetched.text.contains("root:"));
    assert_eq!(touched.load(Ordering::Relaxed), 0);
    // The same page, where the other server is allowed: the tries above are real ones.
    fetcher(&[server, other], settings).render(&address(server, "/")).await.unwrap();
    assert!(touched.load(Ordering::Relaxed) > 0);
    assert_nothing_left(folder.path()).await;
}

#[tokio::test]
async fn a_page_that_sends_the_browser_elsewhere_is_not_read() {
    let Some((folder, settings)) = settings() else { return };
    let (other, touched) = counting().await;
    let page = format!("<script>location = 'http://{other}/'</script>");
    let server = serve(Router::new().route("/", get(move || async { Html(page) }))).await;
    let result = fetcher(&[server], settings.clone()).render(&address(server, "/")).await;
    assert!(result.is_err(), "{result:?}");
    assert_eq!(touched.load(Ordering::Relaxed), 0);
    // What the gate refuses starts no browser.
    let private = Url::parse("http://169.254.169.254/").unwrap();
    let never = BrowserSettings { program: "/no/such/program".into(), ..settings };
    assert_eq!(fetcher(&[], never).render(&private).await, Err(ReadError::Unreachable));
    assert_nothing_left(folder.path()).await;
}

#[tokio::test]
async fn an_endless_script_ends_with_the_visit() {
    let Some((folder, settings)) = settings() else { return };
    let server = serve(Router::new().route("/", get(|| async { Html("<script>for (;;) {}</script>") }))).await;
    let settings = BrowserSettings { total_timeout: Duration::from_secs(6), ..settings };
    let fetcher = fetcher(&[server], settings);
    assert_eq!(fetcher.render(&address(server, "/")).await, Err(ReadError::Timeout(6)));
    assert_nothing_left(folder.path()).await;
    // A visit that nobody waits for any more leaves nothing either.
    let url = address(server, "/");
    assert!(tokio::time::timeout(Duration::from_secs(2), fetcher.render(&url)).await.is_err());
    assert_nothing_left(folder.path()).await;
}

#[tokio::test]
async fn a_page_that_takes_too_much_memory_is_left() {
    let Some((folder, settings)) = settings() else { return };
    let hog = "<script>const kept = []; for (let i = 0; i < 24; i++) kept.push(new Uint8Array(1 << 26).fill(i + 1));
        setInterval(() => kept.length, 100)</script>";
    let server = serve(Router::new().route("/", get(move || async move { Html(hog) }))).await;
    let settings = BrowserSettings { max_memory_mib: 700, ..settings };
    let result = fetcher(&[server], settings).render(&address(server, "/")).await;
    assert_eq!(result, Err(ReadError::Browser("the page uses too much memory".to_owned())));
    assert_nothing_left(folder.path()).await;
}

#[tokio::test]
async fn a_page_that_is_too_large_after_its_scripts_is_left() {
    let Some((folder, settings)) = settings() else { return };
    let page = "<p id=p></p><script>p.textContent = 'a'.repeat(2000000)</script>";
    let server = serve(Router::new().route("/", get(move || async move { Html(page) }))).await;
    let settings = BrowserSettings { max_html_mib: 1, ..settings };
    assert_eq!(fetcher(&[server], settings).render(&address(server, "/")).await, Err(ReadError::TooLarge(1)));
    assert_nothing_left(folder.path()).await;
}

#[tokio::test]
async fn pictures_are_taken_as_on_a_desk_and_on_a_phone() {
    let Some((folder, settings)) = settings() else { return };
    let page = "<!doctype html><meta name=viewport content='width=device-width'><body style='margin:0'>
        <div style='height:1500px;background:linear-gradient(red,blue)'>Tall</div>";
    let server = serve(Router::new().route("/", get(move || async move { Html(page) }))).await;
    let pictures = fetcher(&[server], settings).screenshots(&address(server, "/")).await.unwrap();
    let sizes: Vec<_> = pictures.iter().map(|picture| (picture.width, picture.height)).collect();
    assert_eq!(sizes, [(1280, 1500), (390, 1500)]);
    for picture in &pictures {
        assert_eq!(webp_size(&picture.webp), (picture.width, picture.height));
    }
    assert_nothing_left(folder.path()).await;
}

/// The size in a WebP's header (RFC 9649), in the form that Chromium writes.
fn webp_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!((&bytes[..4], &bytes[8..16]), (&b"RIFF"[..], &b"WEBPVP8X"[..]));
    let side = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], 0]) + 1;
    (side(24), side(27))
}

#[tokio::test]
async fn a_browser_that_is_none_is_told_in_a_sentence() {
    let folder = TempDir::new().unwrap();
    let server = serve(Router::new().route("/", get(|| async { Html("x") }))).await;
    let table = [("/no/such/program", "its program cannot be started"), ("/bin/true", "it does not start")];
    for (program, expected) in table {
        let settings = BrowserSettings::new(program.into(), folder.path().to_owned());
        let error = fetcher(&[server], settings).render(&address(server, "/")).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    install_crypto();
    let bare = Fetcher::new(FetchPolicy::default()).unwrap();
    assert_eq!(bare.render(&address(server, "/")).await, Err(ReadError::NeedsJavaScript));
    assert_eq!(bare.screenshots(&address(server, "/")).await, Err(ReadError::NoBrowser));
    assert_nothing_left(folder.path()).await;
}

#[tokio::test]
async fn robots_txt_binds_the_browser_too() {
    let Some((folder, settings)) = settings() else { return };
    let robots = || async { "User-agent: *\nDisallow: /" };
    let server = serve(Router::new().route("/robots.txt", get(robots)).route("/", get(|| async { Html("x") }))).await;
    let fetcher = fetcher(&[server], settings);
    assert!(matches!(fetcher.render(&address(server, "/")).await, Err(ReadError::Robots { .. })));
    assert!(matches!(fetcher.screenshots(&address(server, "/")).await, Err(ReadError::Robots { .. })));
    assert_nothing_left(folder.path()).await;
}
