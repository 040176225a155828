//! A site's own server, in front of which the proxy stands: an address out of the operator's settings, so it may be of
//! a private network. What is asked and answered streams both ways, and nothing is followed, unpacked or tried again.

use crate::SetupError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::{Client, Url, redirect, retry};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// The request has no address on the origin.
    #[error("the request has no path")]
    Path,
    /// It cannot be reached, or broke off.
    #[error("the origin cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// It says nothing.
    #[error("the origin did not answer within {0:?}")]
    Late(Duration),
}

/// Asks the site's own server.
#[derive(Debug, Clone)]
pub struct Origin {
    client: Client,
    /// Scheme, host and port.
    base: String,
    patience: Duration,
}

impl Origin {
    /// A client for a scheme, host and port. `patience` is for the head of an answer, not for its body. It begins when
    /// the origin has got the whole request, and for each piece of that which it does not take.
    ///
    /// # Errors
    /// When the address is not such a one, or the client cannot be made.
    pub fn new(address: &str, patience: Duration) -> Result<Self, SetupError> {
        let refused = || SetupError::BaseUrl(address.to_owned());
        let url = Url::parse(address).map_err(|_| refused())?;
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let is_sound = matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty();
        if !is_bare || !is_sound || url.password().is_some() {
            return Err(refused());
        }
        let client = Client::builder()
            // Tunnels need the older protocol, and the rest loses nothing by it.
            .http1_only()
            .connect_timeout(CONNECT)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_proxy()
            .pool_max_idle_per_host(256)
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self { client, base: url.origin().ascii_serialization(), patience })
    }

    /// Scheme, host and port, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Passes a request on, with its headers as they are, and gives the answer as it comes.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ask<B>(&self, request: http::Request<B>) -> Result<http::Response<reqwest::Body>, OriginError>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
    {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("", http::uri::PathAndQuery::as_str);
        if !path.starts_with('/') {
            return Err(OriginError::Path);
        }
        let url = Url::parse(&format!("{}{path}", self.base)).map_err(|_| OriginError::Path)?;
        let mut asked = reqwest::Request::new(parts.method, url);
        *asked.headers_mut() = parts.headers;
        let (turn, mut turns) = watch::channel(Turn::Origins);
        if !body.is_end_stream() {
            *asked.body_mut() = Some(reqwest::Body::wrap(Shared { body: Mutex::new(body), turn }));
        }
        let mut answer = std::pin::pin!(self.client.execute(asked));
        let mut is_sent = false;
        loop {
            let is_origins = is_sent || *turns.borrow_and_update() == Turn::Origins;
            tokio::select! {
                answer = &mut answer => {
                    // The address is the visitor's own affair and belongs in no log.
                    return answer.map(Into::into).map_err(|error| OriginError::Unreachable(error.without_url()));
                }
                changed = turns.changed(), if !is_sent => is_sent = changed.is_err(),
                () = sleep(self.patience), if is_origins => return Err(OriginError::Late(self.patience)),
            }
        }
    }
}

/// For whom a request waits on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The origin is to take what is there, or to answer.
    Origins,
    /// More of the body is to come.
    Visitors,
}

/// A body that tells for whom it waits, until all of it was taken. It may be looked at from several threads, which the
/// client asks for and never does.
struct Shared<B> {
    body: Mutex<B>,
    turn: watch::Sender<Turn>,
}

impl<B: Body + Unpin> Body for Shared<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        let frame = Pin::new(body).poll_frame(context);
        match frame {
            // Each piece gives the origin its time anew.
            Poll::Ready(_) => drop(self.turn.send_replace(Turn::Origins)),
            Poll::Pending => drop(self.turn.send_replace(Turn::Visitors)),
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}
