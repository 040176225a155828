//! The events of a batch, with numbers in place of their keys.

use super::CheckedEvent;
use crate::millis::Millis;
use domain::event::{NO_DAY, day_of};
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
        let visitor_of = events.iter().map(|event| numbers[&key(event)]).collect();
        let days = events.iter().map(|event| day_of(event.event.id, Millis::from(event.received_at).0)).collect();
        Self { events, visitors: numbers.into_keys().collect(), visitor_of, days }
    }

    /// Where an event that was sent before may be kept: number of the event and day. An event is kept
    /// elsewhere when its time was still near when it came first and is not any more, or not yet.
    pub(super) fn places(&self) -> Vec<(usize, i64)> {
        let mut places = Vec::with_capacity(self.events.len());
        for (number, (event, day)) in self.events.iter().zip(&self.days).enumerate() {
            places.push((number, *day));
            let own = domain::event::own_day(event.event.id);
            let is_on_the_edge = |own: i64| (own - Millis::from(event.received_at).day()).abs() >= EDGE_DAYS;
            if let Some(own) = own.filter(|own| is_on_the_edge(*own)) {
                places.push((number, if *day == NO_DAY { own } else { NO_DAY }));
            }
        }
        places
    }
}

/// How many days an event's own time is away from now when a repeat of it may be kept elsewhere.
const EDGE_DAYS: i64 = 6;
