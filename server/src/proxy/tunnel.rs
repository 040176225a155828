//! Connections that become something else than HTTP, such as WebSockets: bytes are carried in both directions.

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use hyper::upgrade::{OnUpgrade, on};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

/// What the visitor's connection becomes, to be taken before the request is passed on.
pub(super) fn end_of(request: &mut Request) -> OnUpgrade {
    on(request)
}

/// Carries bytes once both sides agreed, until one ends or the process does.
pub(super) fn connect(
    visitor: OnUpgrade,
    response: &mut Response<Body>,
    place: OwnedSemaphorePermit,
    stopping: CancellationToken,
) {
    let origin = on(response);
    tokio::spawn(async move {
        let (visitor, origin) = match tokio::try_join!(visitor, origin) {
            Ok(both) => both,
            Err(error) => {
                tracing::debug!(%error, "a tunnel did not come to be");
                return;
            }
        };
        let (mut visitor, mut origin) = (TokioIo::new(visitor), TokioIo::new(origin));
        tokio::select! {
            () = stopping.cancelled() => {}
            ended = copy_bidirectional(&mut visitor, &mut origin) => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a tunnel broke");
                }
            }
        }
        drop(place);
    });
}
