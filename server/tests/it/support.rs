//! A whole application on a fresh database, and visitors of its public API.

use axum_test::{TestRequest, TestResponse, TestServer};
use leptos::config::LeptosOptions;
use serde_json::{Value, json};
use server::layers::csrf::OwnOrigin;
use server::listen::Stages;
use server::router::{AppState, router};
use server::v1::rate_limit::RateLimit;
use std::sync::Arc;
use tempfile::TempDir;
use testkit::{TestDatabase, TestService};

pub(crate) const PASSWORD: &str = "a sentence nobody guesses";
pub(crate) const COOKIE: &str = "__Host-evoloop";

pub(crate) struct App {
    pub(crate) server: TestServer,
    pub(crate) inside: TestService,
    pub(crate) state: AppState,
    _site_root: TempDir,
}

impl App {
    pub(crate) async fn sqlite() -> Self {
        Self::on(TestDatabase::sqlite().await)
    }

    pub(crate) fn on(database: TestDatabase) -> Self {
        Self::with(TestService::new(database))
    }

    pub(crate) fn with(inside: TestService) -> Self {
        let site_root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(site_root.path().join("pkg")).expect("a folder");
        std::fs::write(site_root.path().join("evoloop.js"), "/* snippet */").expect("a file");
        std::fs::write(site_root.path().join("pkg/evoloop.css"), "body{}").expect("a file");
        let leptos =
            LeptosOptions::builder().output_name("evoloop").site_root(site_root.path().to_str().unwrap()).build();
        let state = AppState {
            service: inside.service.clone(),
            leptos,
            origin: OwnOrigin::new("http://localhost").unwrap(),
            secure_cookie: true,
            https: false,
            rate_limit: Arc::new(RateLimit::new(0, Vec::new())),
            stages: Stages::default(),
            demo: None,
        };
        Self { server: TestServer::new(router(state.clone())), inside, state, _site_root: site_root }
    }

    /// A running site with a control and this many variants.
    pub(crate) async fn seeded(&self, variants: u32) -> Site {
        let made = self.inside.service.seed(1, variants, 0.0).await.expect("a site").remove(0);
        let id = |control: bool| made.variants.iter().find(|(_, is_control)| *is_control == control);
        Site {
            id: made.site_id.to_string(),
            control: id(true).expect("a control").0.to_string(),
            variant: id(false).expect("a variant").0.to_string(),
        }
    }

    /// Signs up and returns the session's token.
    pub(crate) async fn sign_up(&self, email: &str) -> String {
        let form = [("email", email), ("password", PASSWORD)];
        let response = self.server.post("/api/auth/signup").form(&form).await;
        assert!(response.status_code().is_success(), "{}", response.text());
        response.cookie(COOKIE).value().to_owned()
    }

    pub(crate) async fn assign(&self, site: &str, visitor: &str) -> Value {
        let response = self.server.get(&format!("/v1/assign?site_id={site}&visitor_id={visitor}")).await;
        response.assert_status_ok();
        response.json()
    }

    /// Visits a site like a browser: assigned, exposed, and converted if wanted.
    pub(crate) async fn visit(&self, site: &str, visitor: &str, converts: impl Fn(&Value) -> bool) -> Value {
        let assigned = self.assign(site, visitor).await;
        self.send(&event(&assigned, visitor, "impression")).await.assert_status_ok();
        if converts(&assigned) {
            self.send(&event(&assigned, visitor, "conversion")).await.assert_status_ok();
        }
        assigned
    }

    pub(crate) async fn send(&self, body: &Value) -> TestResponse {
        self.server.post("/v1/event").json(body).await
    }
}

pub(crate) struct Site {
    pub(crate) id: String,
    pub(crate) control: String,
    pub(crate) variant: String,
}

/// An event as the snippet sends it.
pub(crate) fn event(assigned: &Value, visitor: &str, kind: &str) -> Value {
    json!({
        "id": uuid::Uuid::new_v4(),
        "site_id": assigned["site_id"],
        "variant_id": assigned["variant_id"],
        "visitor_id": visitor,
        "type": kind,
        "token": assigned["token"],
        "metadata": {"applied": 1, "missed": 0, "ms": 3},
    })
}

/// What became of the only event of an answer, without its id.
pub(crate) fn outcome(response: &TestResponse) -> Value {
    let mut answer: Value = response.json();
    let mut result = answer["results"][0].take();
    result.as_object_mut().expect("a result").remove("id");
    result
}

pub(crate) fn signed_in(request: TestRequest, token: &str) -> TestRequest {
    request.add_header("cookie", format!("{COOKIE}={token}"))
}

/// Status and body of a refusal, as a snapshot shows it.
pub(crate) fn shown(response: &TestResponse) -> String {
    let media_type = response.maybe_content_type().unwrap_or_default();
    format!("{} {media_type}\n{}", response.status_code().as_u16(), response.text())
}
