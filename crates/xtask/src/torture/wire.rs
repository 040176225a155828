//! A client that costs little, so that the server is what is measured: requests are bytes made beforehand, and of an
//! answer only status, length and body are read.

use crate::failure::{About, Failure, Outcome};
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// A server counts programs that name themselves like a browser as visitors, but not its own reader of pages.
const HEAD: &str = "host: evoloop\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64) Torture/1.0\r\n";
/// More than any answer of the public API.
const ROOM: usize = 16 * 1024;

/// A request for a path, ready to be written.
pub(super) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\n{HEAD}\r\n").into_bytes()
}

/// The question which variant a visitor is shown.
pub(super) fn assign(site: &str, visitor: &str) -> Vec<u8> {
    get(&format!("/v1/assign?site_id={site}&visitor_id={visitor}"))
}

/// Events on their way in, ready to be written.
pub(super) fn event(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST /v1/event HTTP/1.1\r\n{HEAD}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// A keep-alive connection on which one request is in flight at a time.
pub(super) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What the server said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Wire {
    /// Opens a connection.
    pub(super) async fn connect(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await.about(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1024) })
    }

    /// Sends a request and waits for the whole answer.
    pub(super) async fn ask(&mut self, request: &[u8]) -> Outcome<Answer> {
        self.send(request).await?;
        self.buffer.clear();
        loop {
            self.receive().await?;
            if let Some(answer) = parse(&self.buffer)? {
                return Ok(answer);
            }
            if self.buffer.len() > ROOM {
                return Err(Failure::new("the answer is too long"));
            }
        }
    }

    /// Sends bytes, and waits for nothing.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Outcome {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.stream.try_write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn receive(&mut self) -> Outcome {
        let mut some = [0; 2048];
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut some) {
                Ok(0) => return Err(Failure::new("the server closed the connection")),
                Ok(count) => {
                    self.buffer.extend_from_slice(some.get(..count).unwrap_or_default());
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The answer in these bytes; nothing while some of it has not come.
fn parse(bytes: &[u8]) -> Outcome<Option<Answer>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let (head, rest) = bytes.split_at(end);
    let body = rest.get(4..).unwrap_or_default();
    let head = std::str::from_utf8(head)?;
    let unreadable = || Failure::new(format!("not an answer: {head}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(unreadable)?;
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.and_then(|(_, value)| value.trim().parse().ok()).ok_or_else(unreadable)?;
    Ok(body.get(..length).map(|body| Answer { status, body: body.to_vec() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_when_they_are_whole() -> Outcome {
        let whole = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\nretry-after: 2\r\n\r\n{}";
        for cut in 0..whole.len() {
            assert_eq!(parse(&whole.as_bytes()[..cut])?, None, "{cut} bytes are not all");
        }
        assert_eq!(parse(whole.as_bytes())?, Some(Answer { status: 503, body: b"{}".to_vec() }));
        for text in ["HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"] {
            assert!(parse(text.as_bytes()).is_err(), "{text:?}");
        }
        Ok(())
    }

    #[test]
    fn requests_say_how_long_they_are() {
        let request = String::from_utf8_lossy(&event("{\"a\":1}")).into_owned();
        assert!(request.contains("\r\ncontent-length: 7\r\n") && request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
    }
}
