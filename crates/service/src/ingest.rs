//! Events in: checked, stored and counted before anybody is told so.

use crate::context::Inner;
use crate::snapshot::SiteSnapshot;
use crate::{Service, ServiceError};
use domain::event::Dropped;
use domain::guardrail::Sample;
use domain::token::EXPOSURE_TTL_S;
use domain::{Arm, EventId, EventType, GoalId, IncomingEvent, NotCounted, Outcome};
use store::ingest::CheckedEvent;
use time::OffsetDateTime;

/// What the request itself tells about who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequestSource {
    /// Whether it comes from an automated browser.
    pub automated: bool,
    /// Origin of the page that sent it, as its browser says; absent when no page did.
    pub origin: Option<String>,
}

/// What became of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventResult {
    /// The event; absent when its id could not be read.
    pub id: Option<EventId>,
    /// What became of it.
    pub outcome: Outcome,
}

impl Service {
    /// Stores events and moves the counters; what became of them is durable when this returns. An event
    /// that could not be read comes as the reason why.
    ///
    /// # Errors
    /// When the database fails or too many requests wait; then nothing was stored, and the sender should
    /// try again.
    pub async fn ingest(
        &self,
        events: Vec<Result<IncomingEvent, Dropped>>,
        source: RequestSource,
    ) -> Result<Vec<EventResult>, ServiceError> {
        let now = self.now();
        let mut results = Vec::with_capacity(events.len());
        let (mut sound, mut places) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
        for (place, event) in events.into_iter().enumerate() {
            let (id, checked) = match event {
                Ok(event) => (Some(event.id), self.check(event, &source, now).await?),
                // Told by whoever could not read it.
                Err(reason) => (None, Err(reason)),
            };
            let outcome = match checked {
                Ok(event) => {
                    places.push((place, event.event.site_id));
                    sound.push(event);
                    Outcome::Retry
                }
                Err(reason) => Outcome::Dropped(reason),
            };
            results.push(EventResult { id, outcome });
        }
        if !sound.is_empty() {
            for ((place, site_id), outcome) in places.into_iter().zip(self.write(sound).await?) {
                match outcome {
                    Outcome::Dropped(reason) => self.note_dropped(Some(site_id), reason),
                    outcome => self.inner.metrics.note_outcome(outcome),
                }
                if outcome == Outcome::Counted {
                    self.inner.live.note_counted(site_id);
                }
                results[place].outcome = outcome;
            }
        }
        Ok(results)
    }

    async fn write(&self, events: Vec<CheckedEvent>) -> Result<Vec<Outcome>, ServiceError> {
        let Inner { writer, store, settings, metrics, .. } = &*self.inner;
        let written = writer.write(store, metrics, settings.attribution_window, events).await;
        if matches!(written, Err(ServiceError::Busy)) {
            metrics.note_refused();
        }
        written
    }

    /// Counts conversions whose exposure came to another process in the same moment; how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_early_conversions(&self) -> Result<usize, ServiceError> {
        let window = self.inner.settings.attribution_window;
        Ok(self.store().settle_early_conversions(self.now(), window).await?)
    }

    /// Whether one more request's events may wait. Of many who ask at once some may be turned away all the same.
    #[must_use]
    pub fn has_room(&self) -> bool {
        let has_room = self.inner.writer.has_room();
        if !has_room {
            self.inner.metrics.note_refused();
        }
        has_room
    }

    /// Whether so many requests wait that the next one will have to wait for several batches.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.inner.writer.is_crowded()
    }

    /// Requests whose events wait to be stored.
    #[must_use]
    pub fn events_waiting(&self) -> usize {
        self.inner.writer.waiting()
    }

    async fn check(
        &self,
        event: IncomingEvent,
        source: &RequestSource,
        now: OffsetDateTime,
    ) -> Result<Result<CheckedEvent, Dropped>, ServiceError> {
        let site_id = event.site_id;
        let checked = match self.served_site(site_id).await? {
            Some(site) => self.judge(&site, event, source, now),
            None => Err(Dropped::UnknownSite),
        };
        if let Err(reason) = checked {
            self.note_dropped(Some(site_id), reason);
        }
        Ok(checked)
    }

    fn judge(
        &self,
        site: &SiteSnapshot,
        event: IncomingEvent,
        source: &RequestSource,
        now: OffsetDateTime,
    ) -> Result<CheckedEvent, Dropped> {
        if !site.allowed_origins.allow(source.origin.as_deref()) {
            return Err(Dropped::ForeignOrigin);
        }
        if !site.variants.contains_key(&event.variant_id) {
            return Err(Dropped::ForeignVariant);
        }
        let goal = match event.event_type {
            EventType::Impression | EventType::Guardrail => None,
            EventType::Conversion => Some(find_goal(site, event.goal_id).ok_or(Dropped::ForeignGoal)?),
        };
        let sample = match event.event_type {
            EventType::Guardrail => Some(Sample::read(event.metadata.as_ref()).map_err(|_| Dropped::Malformed)?),
            EventType::Impression | EventType::Conversion => None,
        };
        let is_owner = event.owner.as_deref().is_some_and(|flag| self.is_owner(event.site_id, flag, now));
        let of_machine = source.automated || event.tells_of_a_machine();
        let sender = match (of_machine, is_owner) {
            (true, _) => Some(NotCounted::Bot),
            (false, true) => Some(NotCounted::Owner),
            (false, false) => None,
        };
        let verdict = verdict(site, &event, sender, now)?;
        // The last check, so that an event that is turned away for good takes nothing from the others.
        if !site.tally.bucket.take(self.inner.settings.site_event_limit, self.wall_now()) {
            return Err(Dropped::OverLimit);
        }
        let visitor_mark = site.key.mark(&event.visitor_id);
        Ok(CheckedEvent {
            event,
            received_at: now,
            not_counted: verdict.not_counted,
            is_verified: verdict.is_verified,
            epoch: verdict.epoch,
            is_holdout: verdict.is_holdout,
            goal,
            sample,
            visitor_mark,
            token_issued_s: verdict.token_issued_s,
        })
    }
}

/// What the token says, and why the event cannot count.
#[derive(Default)]
struct Verdict {
    epoch: i64,
    is_holdout: bool,
    is_verified: bool,
    not_counted: Option<NotCounted>,
    token_issued_s: i64,
}

/// `sender` is who sent it, when that alone is a reason not to count it.
fn verdict(
    site: &SiteSnapshot,
    event: &IncomingEvent,
    sender: Option<NotCounted>,
    now: OffsetDateTime,
) -> Result<Verdict, Dropped> {
    let token = event.token.as_deref().and_then(|text| site.key.verify(&event.visitor_id, text));
    // A robot is called one whatever it shows: it is given no token.
    let reason = sender.unwrap_or(NotCounted::Unverified);
    let unverified = |epoch| Verdict { epoch, not_counted: Some(reason), ..Verdict::default() };
    let Some(token) = token else { return Ok(unverified(0)) };
    let is_exposure = event.event_type == EventType::Impression;
    let shown = match token.arm {
        Arm::Variant(variant_id) => variant_id,
        Arm::Holdout => site.control,
    };
    // A conversion may follow an exposure to another variant; what a page tells of itself is about this one.
    if event.event_type != EventType::Conversion && shown != event.variant_id {
        return Ok(Verdict { token_issued_s: token.issued_s, ..unverified(token.epoch) });
    }
    if is_exposure && now.unix_timestamp() - token.issued_s > EXPOSURE_TTL_S {
        return Err(Dropped::TokenExpired);
    }
    let has_missed = is_exposure && event.missed_operations() > 0;
    let not_counted = sender.or(has_missed.then_some(NotCounted::Missed));
    Ok(Verdict {
        epoch: token.epoch,
        is_holdout: token.arm == Arm::Holdout,
        is_verified: true,
        not_counted,
        token_issued_s: token.issued_s,
    })
}

fn find_goal(site: &SiteSnapshot, wanted: Option<GoalId>) -> Option<(GoalId, bool)> {
    let mut goals = site.goals.iter().copied();
    match wanted {
        Some(id) => goals.find(|(goal, _)| *goal == id),
        None => goals.find(|(_, is_primary)| *is_primary),
    }
}
