//! Requests whose bytes stand ready before anything is measured.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A server counts programs that name themselves like a browser as visitors, but not its own reader of pages.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) Bench/1.0";

/// Many requests, each taken by the connection that is free first.
#[derive(Debug)]
pub(super) struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    taken: AtomicUsize,
    is_endless: bool,
    address: SocketAddr,
}

impl Requests {
    /// None yet; each that is added is sent once.
    pub(super) fn once(address: SocketAddr) -> Self {
        Self { bytes: Vec::new(), ends: Vec::new(), taken: AtomicUsize::new(0), is_endless: false, address }
    }

    /// None yet; after the last one comes the first one again.
    pub(super) fn endless(address: SocketAddr) -> Self {
        Self { is_endless: true, ..Self::once(address) }
    }

    /// The same requests, from the first one on, for another server.
    pub(super) fn to(&self, address: SocketAddr) -> Self {
        let mut requests = Self { is_endless: self.is_endless, ..Self::once(address) };
        let (before, after) = (format!("host: {}\r\n", self.address), format!("host: {address}\r\n"));
        for number in 0..self.ends.len() {
            let text = String::from_utf8_lossy(self.get(number).unwrap_or_default()).replacen(&before, &after, 1);
            requests.push(text.as_bytes());
        }
        requests
    }

    /// The first request, to be sent once.
    pub(super) fn first_alone(&self) -> Self {
        let mut alone = Self::once(self.address);
        self.get(0).into_iter().for_each(|bytes| alone.push(bytes));
        alone
    }

    /// Adds a question.
    pub(super) fn get_path(&mut self, path: &str) {
        let text = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nuser-agent: {USER_AGENT}\r\n\r\n", self.address);
        self.push(text.as_bytes());
    }

    /// Adds a browser's request for a page.
    pub(super) fn open_page(&mut self, path: &str, visitor: &str) {
        let text = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nuser-agent: {USER_AGENT}\r\naccept: text/html\r\ncookie: evoloop_visitor={visitor}\r\n\r\n",
            self.address
        );
        self.push(text.as_bytes());
    }

    /// Adds JSON for a path.
    pub(super) fn post(&mut self, path: &str, body: &str) {
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\nuser-agent: {USER_AGENT}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.push(text.as_bytes());
    }

    /// Where they go.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next one with its number; none when all are sent.
    pub(super) fn take(&self) -> Option<(usize, &[u8])> {
        let taken = self.taken.fetch_add(1, Ordering::Relaxed);
        let number = if self.is_endless { taken.checked_rem(self.ends.len())? } else { taken };
        Some((number, self.get(number)?))
    }

    /// How many were sent so far.
    pub(super) fn taken(&self) -> usize {
        let taken = self.taken.load(Ordering::Relaxed);
        if self.is_endless { taken } else { taken.min(self.ends.len()) }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
    }

    fn get(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(number)?;
        let begin = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.bytes.get(begin..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);
    const THERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 22);

    fn taken(requests: &Requests) -> Option<(usize, String)> {
        requests.take().map(|(number, bytes)| (number, String::from_utf8_lossy(bytes).into_owned()))
    }

    #[test]
    fn each_is_taken_once_or_again_and_again() {
        for (mut requests, third) in [(Requests::once(HERE), None), (Requests::endless(HERE), Some(0))] {
            requests.get_path("/a");
            requests.post("/b", "{}");
            assert!(taken(&requests).is_some_and(|(number, text)| number == 0 && text.starts_with("GET /a HTTP/1.1")));
            let second = taken(&requests).unwrap_or_default();
            assert_eq!(second.0, 1);
            assert!(second.1.starts_with("POST /b") && second.1.ends_with("content-length: 2\r\n\r\n{}"), "{second:?}");
            assert_eq!(taken(&requests).map(|(number, _)| number), third);
        }
        assert_eq!(taken(&Requests::endless(HERE)), None);
    }

    #[test]
    fn another_server_is_asked_the_same() {
        let mut requests = Requests::once(HERE);
        requests.get_path("/a");
        let text = taken(&requests).unwrap_or_default().1;
        let others = requests.to(THERE);
        let other = taken(&others).unwrap_or_default().1;
        assert_eq!(text.replace("127.0.0.1:1", "127.0.0.1:22"), other);
        assert_ne!(text, other);
        assert_eq!((requests.taken(), others.address()), (1, THERE));
        assert_eq!(taken(&requests.first_alone()), Some((0, text)));
    }
}
