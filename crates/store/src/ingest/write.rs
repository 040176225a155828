//! What a batch changes, as statements: one a table.

use super::CheckedEvent;
use super::batch::Batch;
use super::known::Visitor;
use super::plan::{Conversion, Plan, Sum};
use crate::bulk::{Part, Rows, add_up, insert_new};
use crate::millis::Millis;
use domain::NotCounted;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything that a plan changes.
pub(super) fn parts(batch: &Batch<'_>, plan: &Plan) -> Vec<Part> {
    vec![
        insert_new("events", events(batch, plan)),
        insert_new("visitors", visitors(batch, &plan.visitors)),
        flagged_visitors(batch, plan),
        forgotten_conversions(batch, plan),
        new_early(batch, plan),
        claimed_early(batch, plan),
        claimed_events(batch, plan),
        insert_new("goal_conversions", conversions(batch, &plan.conversions)),
        replaced_conversions(batch, plan),
        totals(batch, plan),
        ledger(plan),
        holdout(plan),
        delays(plan),
        uncounted(plan),
        guardrails(plan),
    ]
}

fn events(batch: &Batch<'_>, plan: &Plan) -> Rows {
    let stored = || plan.stored.iter().map(|(number, _)| &batch.events[*number]);
    let event = || stored().map(|checked| &checked.event);
    let goal = |checked: &CheckedEvent| checked.goal.map(|(goal_id, _)| goal_id.0);
    Rows::new(plan.stored.len())
        .uuid("site_id", event().map(|event| event.site_id.0))
        .whole("day", plan.stored.iter().map(|(number, _)| batch.days[*number]))
        .uuid("id", event().map(|event| event.id.0))
        .uuid("variant_id", event().map(|event| event.variant_id.0))
        .text("visitor_id", event().map(|event| event.visitor_id.as_str()))
        .text("event_type", event().map(|event| event.event_type.as_str()))
        .maybe_uuid("goal_id", stored().map(goal))
        .maybe_real("value", event().map(|event| event.value))
        .maybe_json("metadata", event().map(|event| event.metadata.as_ref()))
        .maybe_text("not_counted", plan.stored.iter().map(|(_, reason)| reason.map(NotCounted::as_str)))
        .whole("created_at", stored().map(|checked| Millis::from(checked.received_at).0))
}

fn visitors(batch: &Batch<'_>, visitors: &BTreeMap<usize, Visitor>) -> Rows {
    let seen = || visitors.values();
    keys(batch, visitors.keys())
        .uuid("variant_id", seen().map(|visitor| visitor.variant_id))
        .whole("epoch", seen().map(|visitor| visitor.epoch))
        .whole("exposure_hour", seen().map(|visitor| visitor.exposure_hour))
        .whole("first_seen", seen().map(|visitor| visitor.first_seen.0))
        .truth("is_holdout", seen().map(|visitor| visitor.is_holdout))
        .truth("saw_another", seen().map(|visitor| visitor.saw_another))
        .maybe_text("not_counted", seen().map(|visitor| visitor.not_counted.map(NotCounted::as_str)))
}

fn flagged_visitors(batch: &Batch<'_>, plan: &Plan) -> Part {
    let rows = keys(batch, plan.flagged.keys())
        .truth("saw_another", plan.flagged.values().map(|visitor| visitor.saw_another))
        .maybe_text("not_counted", plan.flagged.values().map(|visitor| visitor.not_counted.map(NotCounted::as_str)));
    let statement = "UPDATE visitors SET saw_another = incoming.saw_another, not_counted = incoming.not_counted \
                     FROM incoming WHERE visitors.site_id = incoming.site_id AND visitors.visitor_id = incoming.visitor_id";
    Part { statement: statement.to_owned(), rows, all_new: false }
}

fn forgotten_conversions(batch: &Batch<'_>, plan: &Plan) -> Part {
    let statement =
        "DELETE FROM goal_conversions WHERE (site_id, visitor_id) IN (SELECT site_id, visitor_id FROM incoming)";
    Part { statement: statement.to_owned(), rows: keys(batch, plan.forgotten.iter()), all_new: false }
}

fn conversions(batch: &Batch<'_>, conversions: &BTreeMap<(usize, Uuid), Conversion>) -> Rows {
    let reached = || conversions.values();
    keys(batch, conversions.keys().map(|(visitor, _)| visitor))
        .uuid("goal_id", conversions.keys().map(|(_, goal_id)| *goal_id))
        .uuid("variant_id", reached().map(|conversion| conversion.variant_id))
        .maybe_real("value", reached().map(|conversion| conversion.value))
        .whole("converted_at", reached().map(|conversion| conversion.converted_at.0))
        .truth("is_early", reached().map(|conversion| conversion.is_early))
}

fn replaced_conversions(batch: &Batch<'_>, plan: &Plan) -> Part {
    let statement = "UPDATE goal_conversions SET value = incoming.value, converted_at = incoming.converted_at, \
                     is_early = incoming.is_early FROM incoming WHERE goal_conversions.site_id = incoming.site_id \
                     AND goal_conversions.goal_id = incoming.goal_id \
                     AND goal_conversions.visitor_id = incoming.visitor_id";
    Part { statement: statement.to_owned(), rows: conversions(batch, &plan.replaced), all_new: false }
}

fn new_early(batch: &Batch<'_>, plan: &Plan) -> Part {
    let early = || plan.early.values();
    let rows = keys(batch, plan.early.keys().map(|(visitor, _)| visitor))
        .uuid("goal_id", early().map(|early| early.goal_id))
        .truth("is_primary", early().map(|early| early.is_primary))
        .maybe_real("value", early().map(|early| early.value))
        .whole("received_at", early().map(|early| early.received_at.0))
        .uuid("variant_id", early().map(|early| early.variant_id))
        .whole("event_day", early().map(|early| early.event_day))
        .uuid("event_id", early().map(|early| early.event_id));
    // One that waits already is as good.
    Part { all_new: false, ..insert_new("early_conversions", rows) }
}

fn claimed_early(batch: &Batch<'_>, plan: &Plan) -> Part {
    let rows = keys(batch, plan.claimed.keys().map(|(visitor, _)| visitor))
        .uuid("goal_id", plan.claimed.keys().map(|(_, goal_id)| *goal_id));
    let statement = "DELETE FROM early_conversions WHERE (site_id, visitor_id, goal_id) \
                     IN (SELECT site_id, visitor_id, goal_id FROM incoming)";
    Part { statement: statement.to_owned(), rows, all_new: true }
}

/// The raw events of what counts now after all.
fn claimed_events(batch: &Batch<'_>, plan: &Plan) -> Part {
    let rows = Rows::new(plan.claimed.len())
        .uuid("site_id", plan.claimed.keys().map(|(visitor, _)| batch.visitors[*visitor].0))
        .whole("day", plan.claimed.values().map(|early| early.event_day))
        .uuid("id", plan.claimed.values().map(|early| early.event_id));
    let statement = "UPDATE events SET not_counted = NULL FROM incoming WHERE events.site_id = incoming.site_id \
                     AND events.day = incoming.day AND events.id = incoming.id";
    Part { statement: statement.to_owned(), rows, all_new: false }
}

/// The counters of each variant, which are there since the variant is.
fn totals(batch: &Batch<'_>, plan: &Plan) -> Part {
    let now = batch.events.last().map_or(0, |checked| Millis::from(checked.received_at).0);
    let rows = counters(Rows::new(plan.counters.len()), plan.counters.values())
        .uuid("site_id", plan.counters.keys().map(|(site_id, _)| *site_id))
        .uuid("variant_id", plan.counters.keys().map(|(_, variant_id)| *variant_id))
        .whole("updated_at", plan.counters.keys().map(|_| now));
    let statement = "UPDATE experiment_stats SET visitors = experiment_stats.visitors + incoming.visitors, \
                     conversions = experiment_stats.conversions + incoming.conversions, \
                     alpha = experiment_stats.alpha + incoming.conversions, \
                     beta = experiment_stats.beta + (incoming.visitors - incoming.conversions), \
                     updated_at = incoming.updated_at FROM incoming \
                     WHERE experiment_stats.site_id = incoming.site_id AND experiment_stats.variant_id = incoming.variant_id";
    Part { statement: statement.to_owned(), rows, all_new: false }
}

fn ledger(plan: &Plan) -> Part {
    let cells = || plan.ledger.keys();
    let rows = Rows::new(plan.ledger.len())
        .uuid("site_id", cells().map(|(site_id, ..)| *site_id))
        .whole("epoch", cells().map(|(_, epoch, ..)| *epoch))
        .uuid("variant_id", cells().map(|(_, _, variant_id, _)| *variant_id))
        .whole("exposure_hour", cells().map(|(.., hour)| *hour));
    let key = ["site_id", "epoch", "variant_id", "exposure_hour"];
    add_up("ledger", &key, &["visitors", "conversions"], counters(rows, plan.ledger.values()))
}

fn holdout(plan: &Plan) -> Part {
    let rows = Rows::new(plan.holdout.len())
        .uuid("site_id", plan.holdout.keys().map(|(site_id, _)| *site_id))
        .whole("exposure_hour", plan.holdout.keys().map(|(_, hour)| *hour));
    let rows = counters(rows, plan.holdout.values());
    add_up("holdout_counts", &["site_id", "exposure_hour"], &["visitors", "conversions"], rows)
}

fn delays(plan: &Plan) -> Part {
    let rows = Rows::new(plan.delays.len())
        .uuid("site_id", plan.delays.keys().map(|(site_id, ..)| *site_id))
        .whole("exposure_day", plan.delays.keys().map(|(_, day, _)| *day))
        .whole("delay_hour", plan.delays.keys().map(|(.., hour)| *hour))
        .whole("conversions", plan.delays.values().copied());
    add_up("conversion_delays", &["site_id", "exposure_day", "delay_hour"], &["conversions"], rows)
}

fn uncounted(plan: &Plan) -> Part {
    // What was left out and claimed in one batch changes nothing.
    let changed = || plan.uncounted.iter().filter(|(_, sum)| **sum != (0, 0));
    let cells = || changed().map(|(cell, _)| cell);
    let rows = Rows::new(changed().count())
        .uuid("site_id", cells().map(|(site_id, ..)| *site_id))
        .text("reason", cells().map(|(_, reason, ..)| *reason))
        .uuid("variant_id", cells().map(|(_, _, variant_id, _)| *variant_id))
        .whole("hour", cells().map(|(.., hour)| *hour))
        .whole("impressions", changed().map(|(_, (impressions, _))| *impressions))
        .whole("conversions", changed().map(|(_, (_, conversions))| *conversions));
    let key = ["site_id", "reason", "variant_id", "hour"];
    add_up("uncounted", &key, &["impressions", "conversions"], rows)
}

fn guardrails(plan: &Plan) -> Part {
    let cells = || plan.guardrails.keys();
    let rows = Rows::new(plan.guardrails.len())
        .uuid("site_id", cells().map(|(site_id, ..)| *site_id))
        .uuid("variant_id", cells().map(|(_, variant_id, ..)| *variant_id))
        .whole("day", cells().map(|(_, _, day, ..)| *day))
        .text("metric", cells().map(|(.., metric, _)| *metric))
        .whole("bucket", cells().map(|(.., bucket)| *bucket))
        .whole("samples", plan.guardrails.values().copied());
    add_up("guardrails", &["site_id", "variant_id", "day", "metric", "bucket"], &["samples"], rows)
}

/// The keys of visitors, by their numbers.
fn keys<'a>(batch: &Batch<'_>, numbers: impl Iterator<Item = &'a usize> + Clone) -> Rows {
    Rows::new(numbers.clone().count())
        .uuid("site_id", numbers.clone().map(|number| batch.visitors[*number].0))
        .text("visitor_id", numbers.map(|number| batch.visitors[*number].1))
}

fn counters<'a>(rows: Rows, sums: impl Iterator<Item = &'a Sum> + Clone) -> Rows {
    rows.whole("visitors", sums.clone().map(|(visitors, _)| *visitors))
        .whole("conversions", sums.map(|(_, conversions)| *conversions))
}
