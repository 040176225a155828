//! The browser's only way out: a proxy on loopback that lives as long as a visit and lets nothing
//! pass that the fetcher would not ask itself.

use crate::fetcher::Door;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

/// Most bytes of a request's head.
const MAX_HEAD: usize = 64 * 1024;
/// Time for a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections at the same time.
const MAX_CONNECTIONS: usize = 128;

/// A running proxy; it ends, with all its connections, when it is dropped.
pub(super) struct Filter {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Filter {
    pub(super) async fn start(door: Door, max_traffic_mib: u64) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let budget = Arc::new(AtomicU64::new(max_traffic_mib * 1024 * 1024));
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                if connections.len() >= MAX_CONNECTIONS {
                    connections.join_next().await;
                }
                connections.spawn(serve(client, door.clone(), budget.clone()));
            }
        });
        Ok(Self { address, task })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Filter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the browser asks for.
enum Wish {
    /// Bytes both ways, as for https and web sockets.
    Tunnel(Url),
    /// One request without encryption, with its head as the server will see it.
    Request { url: Url, head: String, body_length: u64 },
}

async fn serve(mut client: TcpStream, door: Door, budget: Arc<AtomicU64>) {
    let Ok(Ok((head, rest))) = tokio::time::timeout(HEAD_TIMEOUT, read_head(&mut client)).await else { return };
    let Some(wish) = wish(&head) else { return refuse(client, "400 Bad Request").await };
    let (Wish::Tunnel(url) | Wish::Request { url, .. }) = &wish;
    let Some(mut server) = connect(&door, url).await else { return refuse(client, "403 Forbidden").await };
    // An error on the way is one of the two leaving, which ends the connection and nothing else.
    let _ = match wish {
        Wish::Tunnel(_) => tunnel(client, server, &rest, &budget).await,
        Wish::Request { head, body_length, .. } => {
            let sent = server.write_all(head.as_bytes()).await;
            if sent.is_ok() { answer(client, server, &rest, body_length, &budget).await } else { sent }
        }
    };
}

async fn refuse(mut client: TcpStream, status: &str) {
    let text = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    // Whoever left needs no answer.
    let _ = client.write_all(text.as_bytes()).await;
}

/// The head, and what was read behind it.
async fn read_head(client: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if client.read_buf(&mut bytes).await? == 0 || bytes.len() > MAX_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            let head = String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData)?;
            return Ok((head, rest));
        }
    }
}

fn wish(head: &str) -> Option<Wish> {
    let (first, headers) = head.split_once("\r\n")?;
    let mut words = first.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() || !version.starts_with("HTTP/1.") {
        return None;
    }
    if method == "CONNECT" {
        let url = Url::parse(&format!("https://{target}/")).ok()?;
        return (url.path() == "/" && url.query().is_none()).then_some(Wish::Tunnel(url));
    }
    let url = Url::parse(target).ok().filter(|url| url.scheme() == "http")?;
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut sent = format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n");
    let mut body_length = 0;
    for line in headers.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        match name.to_ascii_lowercase().as_str() {
            // A body without a length could hold a second request.
            "transfer-encoding" => return None,
            "content-length" => body_length = value.trim().parse().ok()?,
            "host" | "connection" | "keep-alive" | "upgrade" => continue,
            name if name.starts_with("proxy-") => continue,
            _ => {}
        }
        sent.push_str(line);
        sent.push_str("\r\n");
    }
    sent.push_str("\r\n");
    Some(Wish::Request { url, head: sent, body_length })
}

/// Connects to an address that passed the gate.
async fn connect(door: &Door, url: &Url) -> Option<TcpStream> {
    let port = url.port_or_known_default()?;
    for address in door.pass(url, false).await.ok()? {
        door.count_connect();
        let connecting = TcpStream::connect((address, port));
        if let Ok(Ok(server)) = tokio::time::timeout(door.policy().connect_timeout, connecting).await {
            return Some(server);
        }
    }
    None
}

async fn tunnel(mut client: TcpStream, server: TcpStream, rest: &[u8], budget: &AtomicU64) -> io::Result<()> {
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let (from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    to_server.write_all(rest).await?;
    tokio::try_join!(carry(from_client, to_server, u64::MAX, budget), carry(from_server, to_client, u64::MAX, budget),)
        .map(|_| ())
}

/// Carries one request's body there and its answer back, and nothing after.
async fn answer(
    client: TcpStream,
    server: TcpStream,
    rest: &[u8],
    body_length: u64,
    budget: &AtomicU64,
) -> io::Result<()> {
    let (from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let known = rest.len().min(usize::try_from(body_length).unwrap_or(usize::MAX));
    to_server.write_all(&rest[..known]).await?;
    let left = body_length - known as u64;
    let there = async {
        carry(from_client, &mut to_server, left, budget).await?;
        // The way to the server stays open, because some take its end for the visitor leaving.
        Ok(())
    };
    tokio::try_join!(there, carry(from_server, to_client, u64::MAX, budget)).map(|_| ())
}

/// Copies until the end, so many bytes or the end of the budget.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut left: u64,
    budget: &AtomicU64,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    while left > 0 {
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = from.read(&mut buffer[..most]).await?;
        if count == 0 {
            break;
        }
        let spent =
            budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |budget| budget.checked_sub(count as u64));
        if spent.is_err() {
            return Err(io::Error::other("the visit took all its traffic"));
        }
        to.write_all(&buffer[..count]).await?;
        left -= count as u64;
    }
    to.flush().await
}

#[cfg(test)]
mod tests;
