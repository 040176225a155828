//! What becomes of each event of a batch, one after the other; no database is needed for it.

use super::CheckedEvent;
use super::batch::Batch;
use super::early::Early;
use super::known::{Known, Reached, Visitor};
use crate::millis::Millis;
use domain::event::Dropped;
use domain::guardrail::Sample;
use domain::{EventType, NotCounted, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use time::Duration;
use uuid::Uuid;

/// Visitors or impressions, and conversions, to be added to a counter.
pub(super) type Sum = (i64, i64);

/// Name under which visitors who were shown two variants are counted.
pub(crate) const SAW_ANOTHER: &str = "saw_another";

/// Everything that a batch changes. Keys are in order, so that all processes take locks in the same one.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What became of each event.
    pub(super) outcomes: Vec<Outcome>,
    /// The numbers of the events that are stored, each with why it does not count.
    pub(super) stored: Vec<(usize, Option<NotCounted>)>,
    /// New visitors, by number.
    pub(super) visitors: BTreeMap<usize, Visitor>,
    /// Visitors whose flags changed, by number.
    pub(super) flagged: BTreeMap<usize, Visitor>,
    /// New conversions by the visitor's number and goal.
    pub(super) conversions: BTreeMap<(usize, Uuid), Conversion>,
    /// Stored ones that came early, in whose place a later one came.
    pub(super) replaced: BTreeMap<(usize, Uuid), Conversion>,
    /// New conversions that wait for an exposure, by the visitor's number and goal.
    pub(super) early: BTreeMap<(usize, Uuid), Early>,
    /// Stored ones that need not wait any more.
    pub(super) claimed: BTreeMap<(usize, Uuid), Early>,
    /// Numbers of visitors whose stored conversions are deleted.
    pub(super) forgotten: BTreeSet<usize>,
    /// By site and variant.
    pub(super) counters: BTreeMap<(Uuid, Uuid), Sum>,
    /// By site, epoch, variant and hour of exposure.
    pub(super) ledger: BTreeMap<(Uuid, i64, Uuid, i64), Sum>,
    /// By site and hour of exposure.
    pub(super) holdout: BTreeMap<(Uuid, i64), Sum>,
    /// Conversions by site, day of exposure and delay in hours.
    pub(super) delays: BTreeMap<(Uuid, i64, i64), i64>,
    /// By site, reason, variant and hour of arrival.
    pub(super) uncounted: BTreeMap<(Uuid, &'static str, Uuid, i64), Sum>,
    /// Samples of visits by site, variant, day of arrival, metric and bucket.
    pub(super) guardrails: BTreeMap<(Uuid, Uuid, i64, &'static str, i64), i64>,
}

/// A conversion that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Conversion {
    pub(super) variant_id: Uuid,
    pub(super) value: Option<f64>,
    pub(super) converted_at: Millis,
    /// Whether it came before the exposure.
    pub(super) is_early: bool,
}

/// One event of a batch, with its number and its visitor's.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) number: usize,
    pub(super) visitor: usize,
    pub(super) checked: &'a CheckedEvent,
    batch: &'a Batch<'a>,
}

/// Goes through the events of a batch.
pub(super) fn plan<'a>(batch: &'a Batch<'a>, mut known: Known, attribution_window: Duration) -> Plan {
    let mut plan = Plan::default();
    for (number, (checked, visitor)) in batch.events.iter().zip(&batch.visitor_of).enumerate() {
        let item = Item { number, visitor: *visitor, checked, batch };
        let outcome = match (checked.not_counted, checked.event.event_type) {
            _ if is_erased(item, &known) => Outcome::Dropped(Dropped::Forgotten),
            (reason, EventType::Guardrail) => plan.sample(item, reason, &mut known),
            (Some(reason), _) => plan.leave_out(item, reason, &mut known),
            (None, EventType::Impression) => plan.expose(item, &mut known),
            (None, EventType::Conversion) => plan.convert(item, &mut known, attribution_window),
        };
        plan.outcomes.push(outcome);
    }
    plan
}

/// Whether an event belongs to an assignment from before its visitor was erased. It was under way at that time, and
/// would bring the visitor's name back, counted once more.
fn is_erased(item: Item<'_>, known: &Known) -> bool {
    known.erased[item.visitor].is_some_and(|erased_s| item.checked.token_issued_s <= erased_s)
}

impl Plan {
    /// What a visit was like. Whoever it was, exposures and conversions stay as they are.
    fn sample(&mut self, item: Item<'_>, not_counted: Option<NotCounted>, known: &mut Known) -> Outcome {
        if !self.store(item, not_counted, known) {
            return Outcome::Duplicate;
        }
        if let Some(reason) = not_counted {
            return Outcome::Stored(reason);
        }
        let (checked, event) = (item.checked, &item.checked.event);
        let day = Millis::from(checked.received_at).day();
        for (metric, bucket) in checked.sample.iter().flat_map(|Sample { buckets }| buckets) {
            let cell = (event.site_id.0, event.variant_id.0, day, metric.as_str(), i64::from(*bucket));
            *self.guardrails.entry(cell).or_default() += 1;
        }
        Outcome::Counted
    }

    /// An event that is known not to count.
    fn leave_out(&mut self, item: Item<'_>, reason: NotCounted, known: &mut Known) -> Outcome {
        if !self.store(item, Some(reason), known) {
            return Outcome::Duplicate;
        }
        let is_withdrawn = leaves_everything(reason) && item.checked.is_verified && self.withdraw(item, reason, known);
        if !is_withdrawn {
            self.note_uncounted(item.checked, reason);
        }
        Outcome::Stored(reason)
    }

    fn expose(&mut self, item: Item<'_>, known: &mut Known) -> Outcome {
        if known.visitors[item.visitor].is_some() {
            self.note_another(item, known);
            return Outcome::Duplicate;
        }
        // An id that another visitor's event has makes this one a repeat of it, which counts nobody.
        if !self.store(item, None, known) {
            return Outcome::Duplicate;
        }
        let (checked, event) = (item.checked, &item.checked.event);
        let fresh = Visitor {
            variant_id: event.variant_id.0,
            epoch: checked.epoch,
            exposure_hour: hour(checked),
            first_seen: checked.received_at.into(),
            is_holdout: checked.is_holdout,
            saw_another: false,
            not_counted: None,
            is_new: true,
        };
        self.count(event.site_id.0, &fresh, (1, 0));
        self.visitors.insert(item.visitor, fresh.clone());
        known.visitors[item.visitor] = Some(fresh.clone());
        for early in std::mem::take(&mut known.early[item.visitor]) {
            self.claim(item, &fresh, early, known);
        }
        Outcome::Counted
    }

    fn convert(&mut self, item: Item<'_>, known: &mut Known, attribution_window: Duration) -> Outcome {
        let checked = item.checked;
        let refused = match &known.visitors[item.visitor] {
            None => Some(NotCounted::NoExposure),
            Some(Visitor { not_counted: Some(reason), .. }) => Some(*reason),
            Some(seen) if checked.received_at - seen.first_seen.time() > attribution_window => Some(NotCounted::Late),
            Some(_) => None,
        };
        let (Some(seen), Some((goal_id, is_primary)), None) =
            (known.visitors[item.visitor].clone(), checked.goal, refused)
        else {
            let reason = refused.unwrap_or(NotCounted::NoExposure);
            if !self.store(item, Some(reason), known) {
                return Outcome::Duplicate;
            }
            self.note_uncounted(checked, reason);
            if reason == NotCounted::NoExposure {
                self.wait_for_exposure(item, known);
            }
            return Outcome::Stored(reason);
        };
        let reached = known.conversions[item.visitor].iter().find(|reached| reached.goal_id == goal_id.0).copied();
        if reached.is_some_and(|reached| !reached.is_early) || !self.store(item, None, known) {
            return Outcome::Duplicate;
        }
        let converted_at = Millis::from(checked.received_at);
        let conversion =
            Conversion { variant_id: seen.variant_id, value: checked.event.value, converted_at, is_early: false };
        if let Some(early) = reached {
            self.replace(item, &seen, early, conversion, known);
            return Outcome::Counted;
        }
        let reached = Reached { goal_id: goal_id.0, converted_at, is_primary, is_early: false };
        known.conversions[item.visitor].push(reached);
        self.conversions.insert((item.visitor, goal_id.0), conversion);
        if is_primary {
            self.count(checked.event.site_id.0, &seen, (0, 1));
            self.delay(checked.event.site_id.0, &seen, converted_at, 1);
        }
        Outcome::Counted
    }

    /// Puts a conversion in the place of one that came before the exposure; one is counted as before.
    fn replace(&mut self, item: Item<'_>, seen: &Visitor, early: Reached, now: Conversion, known: &mut Known) {
        let key = (item.visitor, early.goal_id);
        for reached in known.conversions[item.visitor].iter_mut().filter(|it| it.goal_id == early.goal_id) {
            (reached.converted_at, reached.is_early) = (now.converted_at, false);
        }
        let is_new = self.conversions.contains_key(&key);
        let into = if is_new { &mut self.conversions } else { &mut self.replaced };
        into.insert(key, now);
        if early.is_primary {
            let site_id = item.checked.event.site_id.0;
            self.delay(site_id, seen, early.converted_at, -1);
            self.delay(site_id, seen, now.converted_at, 1);
        }
    }

    fn wait_for_exposure(&mut self, item: Item<'_>, known: &mut Known) {
        let Some((goal_id, is_primary)) = item.checked.goal else { return };
        let waiting = &mut known.early[item.visitor];
        if !waiting.iter().any(|early| early.goal_id == goal_id.0) {
            let early = Early::of(item, item.batch, (goal_id.0, is_primary));
            waiting.push(early);
            self.early.insert((item.visitor, goal_id.0), early);
        }
    }

    /// Counts a conversion that came before this exposure.
    fn claim(&mut self, item: Item<'_>, seen: &Visitor, early: Early, known: &mut Known) {
        if !early.waited_for(seen.first_seen) {
            return;
        }
        let key = (item.visitor, early.goal_id);
        if self.early.remove(&key).is_some() {
            let stored = self.stored.iter_mut();
            let own = |number: usize| item.batch.events[number].event.id.0 == early.event_id;
            stored.filter(|(number, _)| own(*number)).for_each(|(_, reason)| *reason = None);
        } else {
            self.claimed.insert(key, early);
        }
        let site_id = item.checked.event.site_id.0;
        let hour = early.received_at.seconds().div_euclid(3600);
        let uncounted = (site_id, NotCounted::NoExposure.as_str(), early.variant_id, hour);
        add(self.uncounted.entry(uncounted).or_default(), (0, -1));
        let Early { goal_id, is_primary, value, received_at, .. } = early;
        let (variant_id, converted_at) = (seen.variant_id, received_at);
        known.conversions[item.visitor].push(Reached { goal_id, converted_at, is_primary, is_early: true });
        self.conversions.insert(key, Conversion { variant_id, value, converted_at, is_early: true });
        if is_primary {
            self.count(site_id, seen, (0, 1));
            self.delay(site_id, seen, received_at, 1);
        }
    }

    /// Stores the raw event; `false` when its id is there already.
    fn store(&mut self, item: Item<'_>, not_counted: Option<NotCounted>, known: &mut Known) -> bool {
        let event = &item.checked.event;
        let is_new = known.events.insert((event.site_id.0, event.id.0));
        if is_new {
            self.stored.push((item.number, not_counted));
        }
        is_new
    }

    /// Counts an event that is stored and not counted.
    fn note_uncounted(&mut self, checked: &CheckedEvent, reason: NotCounted) {
        let event = &checked.event;
        let one = if event.event_type == EventType::Impression { (1, 0) } else { (0, 1) };
        let key = (event.site_id.0, reason.as_str(), event.variant_id.0, hour(checked));
        add(self.uncounted.entry(key).or_default(), one);
    }

    /// Notes that a counted visitor reports another variant than the one that counts. That happens by
    /// itself once the first one is retired; while it is active, something assigns wrongly.
    fn note_another(&mut self, item: Item<'_>, known: &mut Known) {
        let Some(seen) = &mut known.visitors[item.visitor] else { return };
        let event = &item.checked.event;
        let is_same = seen.variant_id == event.variant_id.0 && seen.is_holdout == item.checked.is_holdout;
        if is_same
            || seen.saw_another
            || seen.not_counted.is_some()
            || !known.served.contains(&(event.site_id.0, seen.variant_id))
        {
            return;
        }
        seen.saw_another = true;
        let counted = (event.site_id.0, SAW_ANOTHER, seen.variant_id, hour(item.checked));
        add(self.uncounted.entry(counted).or_default(), (1, 0));
        let seen = seen.clone();
        self.flag(item.visitor, seen);
    }

    /// Takes a visitor out of every counter, with their conversions (SPEC 1.3), and counts them among those who
    /// do not count; `false` when they are in none. The raw events stay.
    fn withdraw(&mut self, item: Item<'_>, reason: NotCounted, known: &mut Known) -> bool {
        let seen = known.visitors[item.visitor].as_mut().filter(|seen| seen.not_counted.is_none());
        let Some(seen) = seen else { return false };
        seen.not_counted = Some(reason);
        let (seen, site_id) = (seen.clone(), item.checked.event.site_id.0);
        let reached = std::mem::take(&mut known.conversions[item.visitor]);
        let converted = reached.iter().find(|reached| reached.is_primary);
        let conversions = i64::from(converted.is_some());
        self.count(site_id, &seen, (-1, -conversions));
        let uncounted = (site_id, reason.as_str(), seen.variant_id, hour(item.checked));
        add(self.uncounted.entry(uncounted).or_default(), (1, conversions));
        if let Some(converted) = converted {
            self.delay(site_id, &seen, converted.converted_at, -1);
        }
        self.conversions.retain(|(visitor, _), _| *visitor != item.visitor);
        self.replaced.retain(|(visitor, _), _| *visitor != item.visitor);
        self.forgotten.insert(item.visitor);
        self.flag(item.visitor, seen);
        true
    }

    fn flag(&mut self, visitor: usize, seen: Visitor) {
        let into = if seen.is_new { &mut self.visitors } else { &mut self.flagged };
        into.insert(visitor, seen);
    }

    /// Moves the counters of the exposure's cell, or the holdout's.
    fn count(&mut self, site_id: Uuid, seen: &Visitor, more: Sum) {
        if seen.is_holdout {
            add(self.holdout.entry((site_id, seen.exposure_hour)).or_default(), more);
            return;
        }
        add(self.counters.entry((site_id, seen.variant_id)).or_default(), more);
        let cell = (site_id, seen.epoch, seen.variant_id, seen.exposure_hour);
        add(self.ledger.entry(cell).or_default(), more);
    }

    /// Notes how late a conversion came, or with -1 that it is none any more; young visitors are weighed by this.
    fn delay(&mut self, site_id: Uuid, seen: &Visitor, converted_at: Millis, more: i64) {
        let hours = (converted_at.0 - seen.first_seen.0).max(0) / 3_600_000;
        *self.delays.entry((site_id, seen.exposure_hour.div_euclid(24), hours)).or_default() += more;
    }
}

/// Whether who turns out to be this is taken out of the counts, whatever was counted before.
pub(super) fn leaves_everything(reason: NotCounted) -> bool {
    matches!(reason, NotCounted::Bot | NotCounted::Owner)
}

/// Hours since 1970 of the arrival.
fn hour(checked: &CheckedEvent) -> i64 {
    checked.received_at.unix_timestamp().div_euclid(3600)
}

fn add(sum: &mut Sum, more: Sum) {
    *sum = (sum.0 + more.0, sum.1 + more.1);
}
