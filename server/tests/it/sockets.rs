//! Clients that are slow, many or greedy, and a process that stops, through real sockets.

use crate::support::{App, event};
use serde_json::Value;
use server::listen::{Limits, Stages, serve};
use server::router::Routes;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

const SHORT: Duration = Duration::from_millis(400);
/// Beyond this, what should have ended has not.
const PATIENCE: Duration = Duration::from_secs(5);
/// Requests that are a crowd and some more, which are served aside.
const CROWD: usize = 700;
const GET: &str = "GET /v1/openapi.json HTTP/1.1\r\nhost: a\r\n\r\n";
const HEALTH: &str = "GET /v1/health HTTP/1.1\r\nhost: a\r\n\r\n";

struct Listening {
    app: App,
    address: SocketAddr,
    stages: Stages,
    server: JoinHandle<()>,
}

impl Listening {
    async fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let app = App::sqlite().await;
        let mut limits = Limits { head: SHORT, body: SHORT, drain: 2 * SHORT, ..Limits::default() };
        change(&mut limits);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stages = app.state.stages.clone();
        let server = tokio::spawn(serve(listener, Routes::new(app.state.clone()), limits, stages.clone()));
        Self { app, address, stages, server }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// What a new connection is told.
    async fn ask(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        send(&mut stream, request).await;
        head(&mut stream).await
    }

    /// An event whose body is announced and not sent yet.
    async fn begun(&self, body: &str) -> TcpStream {
        let mut stream = self.connect().await;
        let head = format!(
            "POST /v1/event HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        send(&mut stream, &head).await;
        // The server takes up the request before it has the body.
        sleep(SHORT / 4).await;
        stream
    }

    async fn an_event(&self) -> String {
        let site = self.app.seeded(1).await;
        let assigned = self.app.assign(&site.id, "v1").await;
        event(&assigned, "v1", "impression").to_string()
    }
}

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// An answer up to the end of its head; less when the connection ends before.
async fn head(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    let read = async {
        while !seen.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => seen.push(byte),
                Err(_) => break,
            }
        }
    };
    timeout(PATIENCE, read).await.expect("an answer or an end");
    String::from_utf8(seen).unwrap().to_ascii_lowercase()
}

/// An answer with its body, which is JSON.
async fn answer(stream: &mut TcpStream) -> String {
    let head = head(stream).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    let mut body = vec![0; length];
    timeout(PATIENCE, stream.read_exact(&mut body)).await.expect("a body").unwrap();
    String::from_utf8(body).unwrap()
}

fn posted(body: &str) -> String {
    let head = "POST /v1/event HTTP/1.1\r\nhost: a\r\ncontent-type: application/json";
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Names of this process's threads.
fn threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
    tasks.map(|task| name(task.unwrap()).trim().to_owned()).collect()
}

/// How long the server keeps the connection open.
async fn until_closed(stream: &mut TcpStream) -> Duration {
    let begun = Instant::now();
    let read = async { while stream.read_u8().await.is_ok() {} };
    timeout(PATIENCE, read).await.expect("the connection ends");
    begun.elapsed()
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_drips_its_head_is_closed() {
    let listening = Listening::with(|_| {}).await;
    let mut silent = listening.connect().await;
    assert!(until_closed(&mut silent).await < 3 * SHORT);

    let mut idle = listening.connect().await;
    send(&mut idle, GET).await;
    assert!(head(&mut idle).await.starts_with("http/1.1 200"));
    assert!(until_closed(&mut idle).await < 3 * SHORT);

    let (mut reader, mut writer) = listening.connect().await.into_split();
    let dripping = tokio::spawn(async move {
        for byte in GET.bytes().cycle() {
            if writer.write_all(&[byte]).await.is_err() {
                break;
            }
            sleep(SHORT / 8).await;
        }
    });
    let begun = Instant::now();
    let read = async { while reader.read_u8().await.is_ok() {} };
    timeout(PATIENCE, read).await.expect("the connection ends");
    assert!(begun.elapsed() < 3 * SHORT, "{:?}", begun.elapsed());
    dripping.abort();
}

#[tokio::test]
async fn a_body_that_drips_is_cut_off_wherever_it_goes() {
    let listening = Listening::with(|_| {}).await;
    for path in ["/v1/event", "/api/auth/login", "/api/sites", "/login"] {
        let mut stream = listening.connect().await;
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 10000\r\n\r\n"
        );
        send(&mut stream, &request).await;
        let (mut reader, mut writer) = stream.into_split();
        let dripping = tokio::spawn(async move {
            while writer.write_all(b" ").await.is_ok() {
                sleep(SHORT / 8).await;
            }
        });
        let begun = Instant::now();
        let mut answer = Vec::new();
        // A reset after the answer is an end like any other.
        let _ = timeout(PATIENCE, reader.read_to_end(&mut answer)).await.expect("the connection ends");
        assert!(begun.elapsed() < 4 * SHORT, "{path}: {:?}", begun.elapsed());
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
        dripping.abort();
    }
}

#[tokio::test]
async fn a_connection_too_many_is_told_so() {
    let listening = Listening::with(|limits| (limits.connections, limits.head) = (2, PATIENCE)).await;
    let mut first = listening.connect().await;
    let mut second = listening.connect().await;
    for stream in [&mut first, &mut second] {
        send(stream, GET).await;
        assert!(head(stream).await.starts_with("http/1.1 200"));
    }
    let refused = listening.ask(GET).await;
    assert!(refused.starts_with("http/1.1 503") && refused.contains("\r\nretry-after: 1\r\n"), "{refused}");
    drop(first);
    sleep(SHORT / 4).await;
    assert!(listening.ask(GET).await.starts_with("http/1.1 200"));
}

#[tokio::test]
async fn a_request_too_many_is_refused_at_once() {
    let listening = Listening::with(|limits| (limits.requests, limits.body) = (1, PATIENCE)).await;
    let body = listening.an_event().await;
    let mut busy = listening.begun(&body).await;
    let begun = Instant::now();
    let refused = listening.ask(GET).await;
    assert!(refused.starts_with("http/1.1 503") && refused.contains("\r\nretry-after: 1\r\n"), "{refused}");
    assert!(refused.contains("access-control-allow-origin: *") && refused.contains("application/problem+json"));
    assert!(begun.elapsed() < SHORT, "{:?}", begun.elapsed());
    // How it is can be asked even then.
    assert!(listening.ask(HEALTH).await.starts_with("http/1.1 200"));
    // And an assignment takes no time that could be saved.
    let unknown =
        "GET /v1/assign?site_id=00000000-0000-4000-8000-000000000000&visitor_id=v HTTP/1.1\r\nhost: a\r\n\r\n";
    assert!(listening.ask(unknown).await.starts_with("http/1.1 404"));
    send(&mut busy, &body).await;
    assert!(head(&mut busy).await.starts_with("http/1.1 200"));
    assert!(listening.ask(GET).await.starts_with("http/1.1 200"));
}

#[tokio::test]
async fn a_crowd_of_events_is_served_by_threads_of_its_own() {
    let listening = Listening::with(|limits| (limits.head, limits.body) = (PATIENCE, PATIENCE)).await;
    let site = listening.app.seeded(1).await;
    let assign = format!("GET /v1/assign?site_id={}&visitor_id=v1 HTTP/1.1\r\nhost: a\r\n\r\n", site.id);
    // While this is open nothing else can be written, so that everybody waits.
    let held = listening.app.inside.database.store.begin().await.unwrap();
    let mut waiting = Vec::new();
    for number in 0..CROWD {
        let visitor = format!("v{number}");
        let event = event(&listening.app.assign(&site.id, &visitor).await, &visitor, "impression").to_string();
        let mut stream = listening.connect().await;
        send(&mut stream, &posted(&event)).await;
        waiting.push(stream);
    }
    // They come in any order, so some may be read only now.
    sleep(SHORT).await;
    assert!(listening.app.state.service.is_crowded());
    assert!(threads().iter().any(|name| name == "events-aside"), "{:?}", threads());
    let begun = Instant::now();
    assert!(listening.ask(&assign).await.starts_with("http/1.1 200"));
    assert!(begun.elapsed() < SHORT, "{:?}", begun.elapsed());
    drop(held);
    // Each is answered where it is by now, and may ask for something else from there.
    for mut stream in waiting {
        let answer = answer(&mut stream).await;
        assert!(answer.contains(r#""counted":true"#), "{answer}");
        send(&mut stream, &assign).await;
        assert!(self::answer(&mut stream).await.contains("variant_id"));
    }
    listening.stages.stopping.cancel();
    timeout(4 * SHORT, listening.server).await.expect("it ends").unwrap();
}

#[tokio::test]
async fn it_stops_in_order() {
    let listening = Listening::with(|limits| (limits.head, limits.body) = (PATIENCE, PATIENCE)).await;
    let body = listening.an_event().await;
    let (mut idle, mut busy) = (listening.connect().await, listening.begun(&body).await);
    send(&mut idle, GET).await;
    assert!(head(&mut idle).await.starts_with("http/1.1 200"));

    listening.stages.draining.cancel();
    let mut stream = listening.connect().await;
    send(&mut stream, "GET /v1/health HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut health = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut health)).await.unwrap().unwrap();
    assert!(health.starts_with("HTTP/1.1 503"), "{health}");
    let health: Value = serde_json::from_str(health.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(
        (&health["status"], &health["ready"], &health["database"]),
        (&"stopping".into(), &false.into(), &"up".into())
    );
    let still = listening.ask(GET).await;
    assert!(still.starts_with("http/1.1 200") && still.contains("\r\nconnection: close\r\n"), "{still}");

    listening.stages.stopping.cancel();
    assert!(until_closed(&mut idle).await < SHORT);
    assert!(TcpStream::connect(listening.address).await.is_err(), "nobody accepts any more");
    send(&mut busy, &body).await;
    let answer = head(&mut busy).await;
    assert!(answer.starts_with("http/1.1 200") && answer.contains("\r\nconnection: close\r\n"), "{answer}");
    timeout(SHORT, listening.server).await.expect("nothing is left to wait for").unwrap();
}

#[tokio::test]
async fn it_stops_in_time_though_a_request_does_not_end() {
    let listening = Listening::with(|limits| limits.body = PATIENCE).await;
    let mut busy = listening.begun("a body that never comes").await;
    listening.stages.draining.cancel();
    listening.stages.stopping.cancel();
    let begun = Instant::now();
    timeout(4 * SHORT, listening.server).await.expect("the deadline holds").unwrap();
    assert!(begun.elapsed() >= SHORT, "{:?}", begun.elapsed());
    // Until then it had every chance.
    send(&mut busy, "x").await;
}
