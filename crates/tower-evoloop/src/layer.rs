//! The layer and its service.

use crate::assign::{Assign, BoxError};
use crate::body::EvoloopBody;
use crate::room::Rooms;
use crate::settings::Settings;
use crate::turn::Turn;
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::{Layer, Service};

/// Puts [`Evoloop`] around a service that answers with pages.
pub struct EvoloopLayer<A> {
    assign: Arc<A>,
    settings: Arc<Settings>,
    rooms: Rooms,
}

impl<A: Assign> EvoloopLayer<A> {
    /// A layer for one site.
    #[must_use]
    pub fn new(settings: Settings, assign: A) -> Self {
        let rooms = Rooms::new(settings.max_held_together);
        Self { assign: Arc::new(assign), settings: Arc::new(settings), rooms }
    }
}

impl<A> Clone for EvoloopLayer<A> {
    fn clone(&self) -> Self {
        Self { assign: self.assign.clone(), settings: self.settings.clone(), rooms: self.rooms.clone() }
    }
}

impl<S, A> Layer<S> for EvoloopLayer<A> {
    type Service = Evoloop<S, A>;

    fn layer(&self, inner: S) -> Self::Service {
        let (assign, settings, rooms) = (self.assign.clone(), self.settings.clone(), self.rooms.clone());
        Evoloop { inner, assign, settings, rooms }
    }
}

/// A service whose pages come with the visitor's variant.
pub struct Evoloop<S, A> {
    inner: S,
    assign: Arc<A>,
    settings: Arc<Settings>,
    rooms: Rooms,
}

impl<S: Clone, A> Clone for Evoloop<S, A> {
    fn clone(&self) -> Self {
        let (assign, settings, rooms) = (self.assign.clone(), self.settings.clone(), self.rooms.clone());
        Self { inner: self.inner.clone(), assign, settings, rooms }
    }
}

impl<S, A, I, B> Service<Request<I>> for Evoloop<S, A>
where
    S: Service<Request<I>, Response = Response<B>, Future: Send + 'static>,
    A: Assign,
    B: Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + 'static,
{
    type Response = Response<EvoloopBody<B>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<I>) -> Self::Future {
        let turn = Turn::of(&mut request);
        let answer = self.inner.call(request);
        let (assign, settings, room) = (self.assign.clone(), self.settings.clone(), self.rooms.room());
        Box::pin(async move {
            let response = answer.await?;
            Ok(match turn {
                Some(turn) => turn.complete(response, &*assign, &settings, room).await,
                None => response.map(EvoloopBody::origin),
            })
        })
    }
}
