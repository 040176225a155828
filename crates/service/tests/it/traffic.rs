//! Days of visitors, many at a time.

use crate::support::{assign, event};
use domain::{EventType, IncomingEvent, Outcome, SiteId, VariantId};
use service::RequestSource;
use testkit::TestService;
use time::Duration;

/// Events in one transaction.
const BATCH: usize = 50;
/// Hours between two lots of visitors.
const STEP_H: i64 = 6;

/// Visitors of a site, each of whom is named once.
pub(crate) struct Traffic<'a> {
    pub(crate) test: &'a TestService,
    pub(crate) site_id: SiteId,
    next: usize,
    /// How many each variant was shown to.
    shown: std::collections::HashMap<VariantId, usize>,
}

impl<'a> Traffic<'a> {
    pub(crate) fn new(test: &'a TestService, site_id: SiteId) -> Self {
        Self { test, site_id, next: 0, shown: std::collections::HashMap::new() }
    }

    /// Days of this many visitors each, with the scheduled look every six hours. Of a variant's visitors
    /// every `one_in(variant)`th converts at once; 0 for none.
    pub(crate) async fn days(&mut self, days: i64, visitors: usize, one_in: impl Fn(VariantId) -> usize) {
        for _ in 0..days * 24 / STEP_H {
            let lot = visitors * usize::try_from(STEP_H).unwrap() / 24;
            self.visitors(lot, &one_in).await;
            self.wait(Duration::hours(STEP_H)).await;
        }
    }

    /// Visitors who come now.
    pub(crate) async fn visitors(&mut self, count: usize, one_in: impl Fn(VariantId) -> usize) {
        let mut events = Vec::new();
        for _ in 0..count {
            let name = format!("v-{}", self.next);
            self.next += 1;
            let assignment = assign(self.test, self.site_id, &name);
            let id = assignment.variant_id;
            let shown = self.shown.entry(id).or_default();
            *shown += 1;
            let new = |event_type| event(self.site_id, id, &name, event_type, assignment.token.clone());
            events.push(new(EventType::Impression));
            if one_in(id) > 0 && shown.is_multiple_of(one_in(id)) {
                events.push(new(EventType::Conversion));
            }
        }
        send_all(self.test, events).await;
    }

    /// Time passes, and the scheduled jobs run.
    pub(crate) async fn wait(&self, time: Duration) {
        self.test.clock.advance(time);
        self.test.work().await;
    }
}

pub(crate) async fn send_all(test: &TestService, events: Vec<IncomingEvent>) {
    for batch in events.chunks(BATCH) {
        let batch = batch.iter().cloned().map(Ok).collect();
        let results = test.service.ingest(batch, RequestSource::default()).await.unwrap();
        assert!(results.iter().all(|result| result.outcome == Outcome::Counted), "{results:?}");
    }
}
