//! The layer and its service.

use crate::assign::{Assign, BoxError};
use crate::body::EvoloopBody;
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
}

impl<A: Assign> EvoloopLayer<A> {
    /// A layer for one site.
    #[must_use]
    pub fn new(settings: Settings, assign: A) -> Self {
        Self { assign: Arc::new(assign), settings: Arc::new(settings) }
    }
}

impl<A> Clone for EvoloopLayer<A> {
    fn clone(&self) -> Self {
        Self { assign: self.assign.clone(), settings: self.settings.clone() }
    }
}

impl<S, A> Layer<S> for EvoloopLayer<A> {
    type Service = Evoloop<S, A>;

    fn layer(&self, inner: S) -> Self::Service {
        Evoloop { inner, assign: self.assign.clone(), settings: self.settings.clone() }
    }
}

/// A service whose pages come with the visitor's variant.
pub struct Evoloop<S, A> {
    inner: S,
    assign: Arc<A>,
    settings: Arc<Settings>,
}

impl<S: Clone, A> Clone for Evoloop<S, A> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), assign: self.assign.clone(), settings: self.settings.clone() }
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
        let (assign, settings) = (self.assign.clone(), self.settings.clone());
        Box::pin(async move {
            let response = answer.await?;
            Ok(match turn {
                Some(turn) => turn.complete(response, &*assign, &settings).await,
                None => response.map(EvoloopBody::origin),
            })
        })
    }
}
