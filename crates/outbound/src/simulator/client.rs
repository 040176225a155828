//! The two calls of the public API that a browser makes.

use crate::SetupError;
use domain::{EventType, Patch, SiteId, VariantId, VisitorId};
use reqwest::Client;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// How an ordinary browser names itself; an automated one would not be counted.
const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/// Why a call did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// No connection, no answer in time, or an answer that is not the API's.
    #[error("the api cannot be reached or read: {0}")]
    Transport(#[from] reqwest::Error),
    /// The API refused.
    #[error("the api answered with status {0}")]
    Status(u16),
    /// A name that is no visitor id.
    #[error(transparent)]
    Visitor(#[from] domain::InvalidId),
    /// The base address cannot have a path.
    #[error("the base url cannot have a path")]
    BaseUrl,
}

/// What the API assigned a visitor to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Assigned {
    /// The variant that is shown.
    pub variant_id: VariantId,
    /// Whether that is the untouched page.
    pub is_control: bool,
    /// Whether the visitor takes no part in the experiment.
    #[serde(default)]
    pub holdout: bool,
    /// Number of the weights in force.
    pub epoch: i64,
    /// What to change on the page.
    pub patch: Patch,
    /// Proof of the assignment, sent along with events.
    pub token: String,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EventAnswer {
    /// `recorded`, `duplicate`, `dropped` or `retry`.
    pub result: String,
    /// Whether it is in the statistics, when it was recorded.
    pub counted: Option<bool>,
    /// Why not.
    pub reason: Option<String>,
}

impl EventAnswer {
    /// Whether the event is stored and in the statistics.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.result == "recorded" && self.counted != Some(false)
    }
}

#[derive(Deserialize)]
struct EventAnswers {
    results: Vec<EventAnswer>,
}

/// One event to report.
#[derive(Debug, Clone, Copy)]
pub struct VisitEvent<'a> {
    /// Chosen by the visitor, so that a repeated report is recognised.
    pub id: Uuid,
    /// What happened.
    pub kind: EventType,
    /// Who.
    pub visitor_id: &'a VisitorId,
    /// What the visitor was assigned to.
    pub assigned: &'a Assigned,
}

/// A client of the public API that looks like a browser.
#[derive(Debug, Clone)]
pub struct VisitorClient {
    base: Url,
    client: Client,
}

impl VisitorClient {
    /// A client for the API under this address.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(base: Url) -> Result<Self, SetupError> {
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self { base, client })
    }

    /// Asks which variant a visitor sees; `current` is the token that the browser kept.
    ///
    /// # Errors
    /// When the API cannot be reached or refuses.
    pub async fn assign(
        &self,
        site_id: SiteId,
        visitor_id: &VisitorId,
        current: Option<&str>,
    ) -> Result<Assigned, VisitError> {
        let mut url = self.address(&["v1", "assign"])?;
        url.query_pairs_mut()
            .append_pair("site_id", &site_id.to_string())
            .append_pair("visitor_id", visitor_id.as_str())
            .extend_pairs(current.map(|token| ("current", token)));
        let response = self.client.get(url).send().await?;
        Ok(successful(response)?.json().await?)
    }

    /// Reports one event as the snippet does, with every operation of the patch applied.
    ///
    /// # Errors
    /// When the API cannot be reached or refuses.
    pub async fn event(&self, site_id: SiteId, event: VisitEvent<'_>) -> Result<EventAnswer, VisitError> {
        let applied = event.assigned.patch.ops.len();
        let metadata = match event.kind {
            EventType::Impression => json!({"applied": applied, "missed": 0, "ms": 1}),
            EventType::Conversion | EventType::Guardrail => json!({}),
        };
        let body = json!({
            "id": event.id,
            "site_id": site_id,
            "variant_id": event.assigned.variant_id,
            "visitor_id": event.visitor_id,
            "type": event.kind,
            "token": event.assigned.token,
            "metadata": metadata,
        });
        let response = self.client.post(self.address(&["v1", "event"])?).json(&body).send().await?;
        let answers: EventAnswers = successful(response)?.json().await?;
        answers.results.into_iter().next().ok_or(VisitError::Status(200))
    }

    fn address(&self, path: &[&str]) -> Result<Url, VisitError> {
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| VisitError::BaseUrl)?.pop_if_empty().extend(path);
        url.set_query(None);
        Ok(url)
    }
}

fn successful(response: reqwest::Response) -> Result<reqwest::Response, VisitError> {
    let status = response.status();
    if status.is_success() { Ok(response) } else { Err(VisitError::Status(status.as_u16())) }
}
