//! Accepting connections, bounding what they may ask for, and ending them in order.

mod body;
mod lanes;
mod limits;
mod stop;

pub use limits::Limits;
pub use stop::Stages;
pub(crate) use stop::StopSignal;

use crate::router::Routes;
use crate::v1::HEALTH;
use crate::v1::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use body::PatientBody;
use futures::FutureExt;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use lanes::{Lane, Lanes};
use std::convert::Infallible;
use std::fmt::Display;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Wait after the system refused to accept, for example because no file handle is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Connections beyond the limit that are told so at the same time; more are cut off without a word.
const TURNED_AWAY: usize = 64;
/// How long a client may take to hear that there is no room for it.
const TURNING_AWAY: Duration = Duration::from_secs(1);
/// What it hears.
const NO_ROOM: &str =
    "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Serves until it is asked to stop, then answers what is in flight and returns.
pub async fn serve(listener: TcpListener, routes: impl Into<Routes>, limits: Limits, stages: Stages) {
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    let no_places = Arc::new(Semaphore::new(TURNED_AWAY));
    let in_flight = Semaphore::new(limits.requests);
    let lanes = Lanes::here();
    let front = Arc::new(Front { routes: routes.into(), limits, in_flight, stages });
    let take = |stream: TcpStream, peer| match places.clone().try_acquire_owned() {
        Ok(place) => connect(stream, peer, front.clone(), place, (&connections, &lanes)),
        Err(_) => turn_away(stream, &no_places),
    };
    loop {
        let accepted = tokio::select! {
            () = front.stages.stopping.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => take(stream, peer),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    // Clients whose connection the system has taken already hope for an answer.
    while let Some(Ok((stream, peer))) = listener.accept().now_or_never() {
        take(stream, peer);
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
    lanes.end();
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    front: Arc<Front>,
    place: OwnedSemaphorePermit,
    (connections, lanes): (&GracefulShutdown, &Arc<Lanes>),
) {
    // Answers are small and written at once; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let (head, has_tunnels) = (front.limits.head, front.routes.has_tunnels());
    let lane = Arc::<Lane>::default();
    let its_lane = lane.clone();
    let service = service_fn(move |request| {
        its_lane.set_aside(front.routes.joins_crowd(&request));
        front.clone().answer(request, peer)
    });
    let stream = TokioIo::new(stream);
    if has_tunnels {
        let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
        builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(Limits::HEAD_BYTES);
        let connection = builder.serve_connection_with_upgrades(stream, service).into_owned();
        lanes.clone().carry(served(connections.watch(connection), place), lane);
    } else {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_buf_size(Limits::HEAD_BYTES)
            .serve_connection(stream, service);
        lanes.clone().carry(served(connections.watch(connection), place), lane);
    }
}

/// A connection until it ends.
fn served<E: Display>(
    connection: impl Future<Output = Result<(), E>> + Send + 'static,
    place: OwnedSemaphorePermit,
) -> Pin<Box<impl Future<Output = ()> + Send + 'static>> {
    Box::pin(async move {
        // Clients go away in many ways, none of which is news.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended");
        }
        drop(place);
    })
}

/// Tells a client that there is no room for it, if it listens.
fn turn_away(mut stream: TcpStream, no_places: &Arc<Semaphore>) {
    let Ok(place) = no_places.clone().try_acquire_owned() else { return };
    tokio::spawn(async move {
        let told = async {
            let mut asked = [0; 1024];
            // What is not read when the connection closes would take the answer with it.
            if stream.read(&mut asked).await? == 0 {
                return Ok(());
            }
            stream.write_all(NO_ROOM.as_bytes()).await?;
            stream.shutdown().await?;
            while stream.read(&mut asked).await? > 0 {}
            Ok::<_, std::io::Error>(())
        };
        // It is gone or too slow; there is nothing else to be done for it.
        let _ = tokio::time::timeout(TURNING_AWAY, told).await;
        drop(place);
    });
}

/// What is between the connections and the routes.
struct Front {
    routes: Routes,
    limits: Limits,
    in_flight: Semaphore,
    stages: Stages,
}

impl Front {
    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<Response<Body>, Infallible> {
        // What is answered at once is never in flight, so it is answered even when everything else has to wait.
        let (mut response, is_late) = match self.routes.at_once(&request, peer.ip()) {
            Some(response) => (response, false),
            None => self.answer_later(request, peer).await?,
        };
        let is_tunnel = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        if is_late || (self.stages.draining.is_cancelled() && !is_tunnel) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }

    /// Answers, and tells whether the request took too long to arrive.
    async fn answer_later(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<(Response<Body>, bool), Infallible> {
        let place = self.in_flight.try_acquire();
        if place.is_err() && request.uri().path() != HEALTH {
            return Ok((overloaded(self.routes.is_public(request.uri().path())), false));
        }
        let late = Arc::new(AtomicBool::new(false));
        let request = request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            false => Body::new(PatientBody::new(body, self.limits.body, late.clone())),
        });
        let response = self.routes.clone().answer(request, Some(peer.ip())).await?;
        if late.load(Ordering::Acquire) {
            let told = (StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time.");
            return Ok((told.into_response(), true));
        }
        Ok((response, false))
    }
}

/// Nothing was done for the request, so it may be sent again, from everywhere it may be sent at all.
fn overloaded(is_public: bool) -> Response<Body> {
    let mut response = Problem::overloaded().into_response();
    if is_public {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    }
    response
}
