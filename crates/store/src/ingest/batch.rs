//! The events of a batch, with numbers in place of their keys.

use super::CheckedEvent;
use crate::millis::Millis;
use domain::event::{NO_DAY, day_of, own_day};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A visitor of a site.
pub(super) type VisitorKey<'a> = (Uuid, &'a str);

/// A batch whose visitors are numbered by site and name: the order in which all processes lock them.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    /// The events, as they came.
    pub(super) events: &'a [CheckedEvent],
    /// Every visitor once.
    pub(super) visitors: Vec<VisitorKey<'a>>,
    /// Under which each visitor would be noted as erased, by number.
    pub(super) marks: Vec<Uuid>,
    /// The number of each event's visitor.
    pub(super) visitor_of: Vec<usize>,
    /// The day that each event is kept under.
    pub(super) days: Vec<i64>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(events: &'a [CheckedEvent]) -> Self {
        let key = |event: &'a CheckedEvent| (event.event.site_id.0, event.event.visitor_id.as_str());
        let mut numbers: BTreeMap<VisitorKey<'a>, usize> = events.iter().map(|event| (key(event), 0)).collect();
        for (place, number) in numbers.values_mut().enumerate() {
            *number = place;
        }
        let visitor_of: Vec<usize> = events.iter().map(|event| numbers[&key(event)]).collect();
        let mut marks = vec![Uuid::nil(); numbers.len()];
        for (event, visitor) in events.iter().zip(&visitor_of) {
            marks[*visitor] = event.visitor_mark;
        }
        let days = events.iter().map(|event| day_of(event.event.id, Millis::from(event.received_at).0)).collect();
        Self { events, visitors: numbers.into_keys().collect(), marks, visitor_of, days }
    }

    /// Where else each event may be kept when it was sent before. Whether its time was believed depended on
    /// when it came first: one with a day may be among those without, and one without may have its own.
    pub(super) fn other_days(&self) -> impl Iterator<Item = i64> + Clone {
        let other = |(event, day): (&CheckedEvent, &i64)| {
            if *day == NO_DAY { own_day(event.event.id).unwrap_or(NO_DAY) } else { NO_DAY }
        };
        self.events.iter().zip(&self.days).map(other)
    }
}
