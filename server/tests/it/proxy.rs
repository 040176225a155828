//! `evoloop proxy` between a site and its visitors, through real sockets.

mod counting;
mod passing;
mod site;
mod visitors;

use crate::support::App;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use server::listen::{Limits, Stages, serve};
use server::proxy::{Front, PATIENCE, routes};
use server::v1::V1State;
use server::v1::rate_limit::RateLimit;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A proxy in front of an origin, with an application behind it.
struct Proxy {
    app: App,
    site: crate::support::Site,
    address: SocketAddr,
    stages: Stages,
    server: JoinHandle<()>,
    client: Client<HttpConnector, Body>,
}

/// An answer with its whole body.
struct Came {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Came {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The value of a cookie that was set.
    fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let found = cookies.filter_map(|cookie| cookie.split(';').next()?.split_once('=')).find(|(it, _)| *it == name);
        found.map(|(_, value)| value.to_owned())
    }
}

impl Proxy {
    /// In front of this origin, for a site with one variant, which says `Headline 1` in its only `h1`.
    async fn before(origin: &str) -> Self {
        Self::with(App::sqlite().await, origin, |_| {}).await
    }

    async fn with(app: App, origin: &str, change: impl FnOnce(&mut Front)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let site = app.seeded(1).await;
        let mut front = Front {
            site_id: site.id.parse().unwrap(),
            origin: origin.to_owned(),
            origin_host: None,
            patience: PATIENCE,
            is_https: false,
            trusted_proxies: Vec::new(),
            tunnels: 100,
            pages: tower_evoloop::Settings::new(site.id.clone()),
        };
        front.pages.hold = Duration::from_millis(400);
        change(&mut front);
        let stages = Stages::default();
        let public = V1State {
            service: app.inside.service.clone(),
            rate_limit: Arc::new(RateLimit::new(0, Vec::new())),
            draining: stages.draining.clone(),
        };
        let routes = routes(&front, public, app.state.leptos.clone(), stages.stopping.clone()).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = Limits { drain: Duration::from_secs(2), ..Limits::default() };
        let server = tokio::spawn(serve(listener, routes, limits, stages.clone()));
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { app, site, address, stages, server, client }
    }

    fn get(&self, path: &str) -> axum::http::request::Builder {
        Request::get(format!("http://{}{path}", self.address))
    }

    fn navigation(&self, path: &str) -> axum::http::request::Builder {
        self.get(path).header("accept", "text/html,*/*;q=0.8").header("host", "shop.example")
    }

    async fn begun(&self, request: Request<Body>) -> Response<hyper::body::Incoming> {
        self.client.request(request).await.unwrap()
    }

    async fn ask(&self, request: axum::http::request::Builder) -> Came {
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Came {
        let (parts, body) = self.begun(request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Came { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// A visitor's id that gets the variant, or the control.
    async fn visitor(&self, variant_id: &str) -> String {
        for number in 0..200 {
            let visitor = format!("visitor-{number}");
            if self.app.assign(&self.site.id, &visitor).await["variant_id"] == variant_id {
                return visitor;
            }
        }
        unreachable!("nobody gets {variant_id}")
    }

    fn tag(&self) -> String {
        format!("<script async src=\"/evoloop.js\" data-site=\"{}\"></script>", self.site.id)
    }
}
