//! One connection that asks, waits for the whole answer, and asks again.

use crate::failure::{About, Failure, Outcome};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// A server counts programs that name themselves like a browser as visitors, but not its own reader of pages.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) Bench/1.0";

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
}
