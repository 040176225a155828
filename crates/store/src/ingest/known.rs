//! What the database knows of the events of a batch.

use super::CheckedEvent;
use super::batch::Batch;
use super::early::Early;
use super::plan::leaves_everything;
use super::question::Found;
use crate::bulk::Rows;
use crate::millis::Millis;
use crate::rows::name;
use crate::{StoreError, WriteTransaction};
use domain::{EventType, NotCounted, VariantStatus};
use sea_orm::FromQueryResult;
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// What is known before the batch; kept up to date while its events are gone through.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Ids of events that are stored.
    pub(super) events: HashSet<(Uuid, Uuid)>,
    /// Counted visitors, by number.
    pub(super) visitors: Vec<Option<Visitor>>,
    /// Goals that they reached, by number.
    pub(super) conversions: Vec<Vec<Reached>>,
    /// Conversions that wait for their exposure, by number.
    pub(super) early: Vec<Vec<Early>>,
    /// When visitors were erased, by number, in seconds since 1970.
    pub(super) erased: Vec<Option<i64>>,
    /// Variants that get visitors; asked for only when a visitor may have seen two.
    pub(super) served: HashSet<(Uuid, Uuid)>,
}

/// A counted visitor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Visitor {
    pub(super) variant_id: Uuid,
    pub(super) epoch: i64,
    pub(super) exposure_hour: i64,
    pub(super) first_seen: Millis,
    pub(super) is_holdout: bool,
    pub(super) saw_another: bool,
    pub(super) not_counted: Option<NotCounted>,
    /// Whether the visitor comes with this batch.
    pub(super) is_new: bool,
}

/// A goal that a visitor reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reached {
    pub(super) goal_id: Uuid,
    pub(super) converted_at: Millis,
    pub(super) is_primary: bool,
    /// Whether it came before the exposure.
    pub(super) is_early: bool,
}

#[derive(FromQueryResult)]
struct ReachedRow {
    number: i64,
    goal_id: Uuid,
    converted_at: Millis,
    is_primary: bool,
    is_early: bool,
}

#[derive(FromQueryResult)]
struct VariantRow {
    site_id: Uuid,
    id: Uuid,
    status: String,
}

impl WriteTransaction {
    /// Reads what bears on a batch.
    pub(super) async fn known_of(&self, batch: &Batch<'_>) -> Result<Known, StoreError> {
        let exposed: HashSet<usize> = exposures(batch).map(|(_, number)| number).collect();
        let Found { events, visitors, early, erased } = self.found(batch, |number| exposed.contains(&number)).await?;
        let conversions = if batch.events.iter().any(may_touch_conversions) {
            self.known_conversions(batch, &visitors).await?
        } else {
            vec![Vec::new(); batch.visitors.len()]
        };
        let served = if may_be_others(batch, &visitors) {
            let sites: BTreeSet<Uuid> = batch.visitors.iter().map(|(site_id, _)| *site_id).collect();
            self.served_variants(&sites).await?
        } else {
            HashSet::new()
        };
        Ok(Known { events, visitors, conversions, early, erased, served })
    }

    async fn known_conversions(
        &self,
        batch: &Batch<'_>,
        visitors: &[Option<Visitor>],
    ) -> Result<Vec<Vec<Reached>>, StoreError> {
        // In the order of tables as it is written; any other goes through all conversions of a goal.
        let query = "SELECT incoming.number, found.goal_id, found.converted_at, goals.is_primary, found.is_early \
                     FROM incoming CROSS JOIN conversion_goals AS goals CROSS JOIN goal_conversions AS found \
                     WHERE goals.site_id = incoming.site_id AND found.site_id = incoming.site_id \
                     AND found.goal_id = goals.id AND found.visitor_id = incoming.visitor_id";
        let known = numbered(batch, |number| visitors[number].is_some());
        let mut reached = vec![Vec::new(); visitors.len()];
        let rows: Vec<ReachedRow> = self.ask_about_rows(query, known).await?;
        for ReachedRow { number, goal_id, converted_at, is_primary, is_early } in rows {
            let number = place(number, reached.len())?;
            reached[number].push(Reached { goal_id, converted_at, is_primary, is_early });
        }
        Ok(reached)
    }

    async fn served_variants(&self, sites: &BTreeSet<Uuid>) -> Result<HashSet<(Uuid, Uuid)>, StoreError> {
        let query = "SELECT variants.site_id, variants.id, variants.status FROM incoming \
                     CROSS JOIN variants WHERE variants.site_id = incoming.site_id";
        let rows = Rows::new(sites.len()).uuid("site_id", sites.iter().copied());
        let mut served = HashSet::new();
        for row in self.ask_about_rows::<VariantRow>(query, rows).await? {
            if name::<VariantStatus>("variants", &row.status)?.is_served() {
                served.insert((row.site_id, row.id));
            }
        }
        Ok(served)
    }
}

/// The visitors of a batch with their numbers.
fn numbered(batch: &Batch<'_>, wanted: impl Fn(usize) -> bool) -> Rows {
    let chosen: Vec<usize> = (0..batch.visitors.len()).filter(|number| wanted(*number)).collect();
    Rows::new(chosen.len())
        .whole("number", chosen.iter().map(|number| count(*number)))
        .uuid("site_id", chosen.iter().map(|number| batch.visitors[*number].0))
        .text("visitor_id", chosen.iter().map(|number| batch.visitors[*number].1))
}

pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that went to the database, as it came back.
pub(super) fn place(number: i64, end: usize) -> Result<usize, StoreError> {
    let place = usize::try_from(number).ok().filter(|place| *place < end);
    place.ok_or_else(|| StoreError::corrupt("incoming", "a number that was not asked for"))
}

/// Conversions are asked for when one comes, or when a visitor may have to leave with theirs.
fn may_touch_conversions(event: &CheckedEvent) -> bool {
    match event.event.event_type {
        EventType::Conversion => true,
        EventType::Impression => event.not_counted.is_some_and(leaves_everything),
        EventType::Guardrail => false,
    }
}

/// Whether an exposure may be of a visitor who counts for another variant, or comes twice in the batch.
fn may_be_others(batch: &Batch<'_>, visitors: &[Option<Visitor>]) -> bool {
    let mut seen: Vec<Option<(Uuid, bool)>> =
        visitors.iter().map(|known| known.as_ref().map(|known| (known.variant_id, known.is_holdout))).collect();
    exposures(batch).any(|(event, number)| {
        let shown = (event.event.variant_id.0, event.is_holdout);
        *seen[number].get_or_insert(shown) != shown
    })
}

/// The exposures that may count, with the numbers of their visitors.
fn exposures<'a>(batch: &'a Batch<'_>) -> impl Iterator<Item = (&'a CheckedEvent, usize)> {
    let all = batch.events.iter().zip(batch.visitor_of.iter().copied());
    all.filter(|(event, _)| event.event.event_type == EventType::Impression && event.not_counted.is_none())
}
