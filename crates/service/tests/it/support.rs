//! Steps that many tests share.

use async_trait::async_trait;
use domain::variant::VariantAction;
use domain::{EventId, EventType, IncomingEvent, Outcome, SiteId, VariantId, VisitorId};
use service::ports::{Brief, CopyWriter, Draft, WriteError, WritingLog};
use service::{AssignRequest, Assignment, EventResult, RequestSource, Viewer};
use testkit::TestService;
use testkit::service::PAGE_URL;
use tokio::sync::Semaphore;

pub(crate) const PASSWORD: &str = "a long enough password";

/// Signs somebody up and finds their session.
pub(crate) async fn sign_up(test: &TestService, email: &str) -> Viewer {
    let session = test.service.sign_up(email, PASSWORD).await.unwrap();
    test.service.authenticate(&session.token).await.unwrap()
}

/// A site with every variant approved, owned by a new account.
pub(crate) async fn running_site(test: &TestService) -> (Viewer, SiteId) {
    let viewer = sign_up(test, "owner@example.com").await;
    let site = test.service.create_site(&viewer, PAGE_URL).await.unwrap();
    test.work().await;
    for found in test.service.list_variants(&viewer, site.id).await.unwrap() {
        if !found.variant.is_control {
            test.service.act_on_variant(&viewer, site.id, found.variant.id, VariantAction::Approve).await.unwrap();
        }
    }
    (viewer, site.id)
}

/// A running site of somebody else.
pub(crate) async fn another_site(test: &TestService) -> (Viewer, SiteId) {
    let seeded = test.service.seed(1, 2, 0.0).await.unwrap().remove(0);
    (test.service.viewer_for_operator("seed@evoloop.invalid").await.unwrap(), seeded.site_id)
}

pub(crate) fn visitor(name: &str) -> VisitorId {
    name.parse().unwrap()
}

pub(crate) fn assign(test: &TestService, site_id: SiteId, name: &str) -> Assignment {
    let request = AssignRequest { site_id, visitor_id: visitor(name), current: None, automated: false };
    test.service.assign(&request).unwrap()
}

/// An event as the snippet would send it for an assignment.
pub(crate) fn event(
    site_id: SiteId,
    variant_id: VariantId,
    name: &str,
    event_type: EventType,
    token: Option<String>,
) -> IncomingEvent {
    IncomingEvent {
        id: EventId(uuid::Uuid::new_v4()),
        site_id,
        variant_id,
        visitor_id: visitor(name),
        event_type,
        goal_id: None,
        value: None,
        metadata: None,
        token,
        owner: None,
    }
}

pub(crate) async fn send(test: &TestService, event: IncomingEvent) -> Outcome {
    let results = test.service.ingest(vec![Ok(event)], RequestSource::default()).await.unwrap();
    let [EventResult { outcome, .. }] = results.as_slice() else { unreachable!("one result") };
    *outcome
}

/// Assigns a visitor, exposes them and, if asked, converts them.
pub(crate) async fn visit(test: &TestService, site_id: SiteId, name: &str, converts: bool) -> VariantId {
    let assignment = assign(test, site_id, name);
    let exposure = event(site_id, assignment.variant_id, name, EventType::Impression, assignment.token.clone());
    assert_eq!(send(test, exposure).await, Outcome::Counted);
    if converts {
        let conversion = event(site_id, assignment.variant_id, name, EventType::Conversion, assignment.token);
        assert_eq!(send(test, conversion).await, Outcome::Counted);
    }
    assignment.variant_id
}

/// A writer that thinks until it gets a permit, and then refuses.
pub(crate) struct Thoughtful {
    pub(crate) begun: Semaphore,
    pub(crate) permits: Semaphore,
}

impl Default for Thoughtful {
    fn default() -> Self {
        Self { begun: Semaphore::new(0), permits: Semaphore::new(0) }
    }
}

#[async_trait]
impl CopyWriter for Thoughtful {
    fn name(&self) -> &str {
        "thoughtful"
    }

    async fn write_noting(&self, _brief: &Brief, _log: &WritingLog) -> Result<Vec<Draft>, WriteError> {
        self.begun.add_permits(1);
        self.permits.acquire().await.unwrap().forget();
        Err(WriteError::Refused(401))
    }
}
