//! One connection that asks, waits for the whole answer, and asks again.

use crate::failure::{About, Failure, Outcome};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// A server counts programs that name themselves like a browser as visitors.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) Evoloop-Bench/1.0";

/// A request without its host, which the connection knows.
pub(crate) struct Ask {
    method: Method,
    path: String,
    body: Bytes,
}

/// Asks for a path.
pub(crate) fn get(path: &str) -> Ask {
    Ask { method: Method::GET, path: path.to_owned(), body: Bytes::new() }
}

/// Sends JSON to a path.
pub(crate) fn post(path: &str, body: &str) -> Ask {
    Ask { method: Method::POST, path: path.to_owned(), body: Bytes::from(body.to_owned()) }
}

/// A measurement ends at whichever comes first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) requests: usize,
    pub(crate) time: Duration,
}

/// How long each request took, and all of them.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    latencies: Vec<Duration>,
    took: Duration,
}

impl Measured {
    /// How many were answered.
    pub(crate) fn requests(&self) -> usize {
        self.latencies.len()
    }

    /// Answers in a second.
    pub(crate) fn per_second(&self) -> f64 {
        if self.took.is_zero() {
            0.0
        } else {
            f64::from(u32::try_from(self.requests()).unwrap_or(u32::MAX)) / self.took.as_secs_f64()
        }
    }

    /// The latency that this many of a hundred requests kept.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.latencies.len() * percent).div_ceil(100).saturating_sub(1);
        self.latencies.get(rank).copied().unwrap_or_default()
    }

    /// Latencies of requests that together took so long.
    pub(crate) fn new(mut latencies: Vec<Duration>, took: Duration) -> Self {
        latencies.sort_unstable();
        Self { latencies, took }
    }
}

/// An open connection.
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Client {
    /// Opens it; it belongs to the runtime that this is called on.
    pub(crate) async fn connect(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await.about(address)?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its end shows as an error of the next request.
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string() })
    }

    /// The body of a good answer.
    pub(crate) async fn text(&mut self, ask: Ask) -> Outcome<String> {
        let path = ask.path.clone();
        let (status, text) = self.answer(ask).await?;
        if status.is_success() { Ok(text) } else { Err(Failure::new(format!("{path} answered {status}: {text}"))) }
    }

    /// Status and body of any answer.
    pub(crate) async fn answer(&mut self, ask: Ask) -> Outcome<(StatusCode, String)> {
        let request = Request::builder()
            .method(ask.method)
            .uri(ask.path)
            .header(header::HOST, &self.host)
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(ask.body))?;
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }

    /// Asks one after the other until a limit is reached; `next` makes the request of a number.
    pub(crate) async fn measure(&mut self, limits: Limits, next: impl Fn(usize) -> Ask) -> Outcome<Measured> {
        let mut latencies = Vec::with_capacity(limits.requests);
        let begun = Instant::now();
        while latencies.len() < limits.requests && begun.elapsed() < limits.time {
            let asked = Instant::now();
            self.text(next(latencies.len())).await?;
            latencies.push(asked.elapsed());
        }
        Ok(Measured::new(latencies, begun.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let milliseconds = (1..=200).rev().map(Duration::from_millis).collect();
        let measured = Measured::new(milliseconds, Duration::from_secs(2));
        assert_eq!(measured.percentile(50), Duration::from_millis(100));
        assert_eq!(measured.percentile(99), Duration::from_millis(198));
        assert!((measured.per_second() - 100.0).abs() < 1e-9);
        assert_eq!(Measured::new(Vec::new(), Duration::ZERO).percentile(99), Duration::ZERO);
    }
}
