//! The guards: what every variant must keep, whoever wrote it. One refusal has one rule's name.
//!
//! A candidate is a stranger's text. It may change the texts of the page's own unlocked slots, in
//! the page's language, at about their length, with the page's own facts, and nothing else.

mod language;
pub mod layout;
mod similar;
mod unsafe_text;
mod width;

pub use width::width;

use crate::facts::{Fact, Ledger, words};
use crate::patch::AllowedHosts;
use crate::slots::{SlotPatch, SlotRefusal, normalise};
use crate::{PageModel, TextSlot};
use serde::{Deserialize, Serialize};

/// The rules, in the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Not the JSON of a candidate, or one that changes nothing.
    Schema,
    /// The page has no such slot, or it is locked.
    Slot,
    /// Markup, addresses, placeholders, hidden characters, an operation that the patch language refuses.
    Unsafe,
    /// Too long or too short for the place.
    Length,
    /// Another language than the page's.
    Language,
    /// A word that the brand does not use.
    ForbiddenWord,
    /// A fact that the page does not say, or that its owner took back.
    Claim,
    /// The same, or nearly the same, as the page or another variant.
    Duplicate,
}

crate::text_enum!(Rule {
    Schema = "schema",
    Slot = "slot",
    Unsafe = "unsafe",
    Length = "length",
    Language = "language",
    ForbiddenWord = "forbidden_word",
    Claim = "claim",
    Duplicate = "duplicate",
});

/// Why a candidate is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// A sentence without its full stop, for the owner and the copywriter.
    pub reason: String,
    /// The first claim that the page does not make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<Box<Fact>>,
}

impl Refusal {
    /// A refusal by a rule.
    #[must_use]
    pub fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self { rule, reason: reason.into(), fact: None }
    }
}

/// What the owner says about copy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BrandRules {
    /// Words and phrases that must not stand in a variant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbidden_words: Vec<String>,
    /// Slots that must stay as they are, by their names: `headline`, `subheadline`, `cta`, `hero_image`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locked_slots: Vec<String>,
}

/// What a candidate is held against.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The page.
    pub page: &'a PageModel,
    /// What the page says.
    pub ledger: &'a Ledger,
    /// What the owner says.
    pub brand: &'a BrandRules,
    /// Where addresses may lead.
    pub hosts: &'a AllowedHosts,
    /// Active, killed and sibling variants, and whatever else must not come again.
    pub known: &'a [SlotPatch],
}

/// The texts of a page that a copywriter may rewrite, with the room that each has.
#[must_use]
pub fn open_slots<'a>(page: &'a PageModel, brand: &BrandRules) -> Vec<(&'static str, &'a TextSlot, f64)> {
    let slots = [("headline", &page.headline), ("subheadline", &page.subheadline), ("cta", &page.cta)];
    let open = slots.into_iter().filter_map(|(name, slot)| Some((name, slot.as_ref()?)));
    open.filter(|(name, slot)| slot.plain_text && !is_locked(brand, name))
        .map(|(name, slot)| (name, slot, width::most(name, &normalise(&slot.text))))
        .collect()
}

fn is_locked(brand: &BrandRules, name: &str) -> bool {
    brand.locked_slots.iter().any(|locked| locked == name)
}

/// Holds a candidate against every rule.
///
/// # Errors
/// The first rule that it breaks, with the reason.
pub fn check(candidate: &SlotPatch, context: &Context<'_>) -> Result<(), Refusal> {
    all_but_claims(candidate, context)?;
    taken_back(candidate, context)?;
    claims(candidate, context)?;
    duplicates(candidate, context)
}

/// The same, except that an unknown claim does not refuse: it comes back, for the owner to judge. What the owner took
/// back has been judged.
///
/// # Errors
/// The first other rule that it breaks.
pub fn check_for_review(candidate: &SlotPatch, context: &Context<'_>) -> Result<Option<Refusal>, Refusal> {
    all_but_claims(candidate, context)?;
    taken_back(candidate, context)?;
    duplicates(candidate, context)?;
    Ok(claims(candidate, context).err())
}

/// Reads a candidate out of a model's JSON.
///
/// # Errors
/// When it has another form.
pub fn read(json: &serde_json::Value) -> Result<SlotPatch, Refusal> {
    let refused = |what: &str| Refusal::new(Rule::Schema, format!("it has not the form that was asked for: {what}"));
    // A list would fill the fields in their order.
    if !json.is_object() {
        return Err(refused("not an object"));
    }
    serde_json::from_value(json.clone()).map_err(|error| refused(&error.to_string()))
}

fn all_but_claims(candidate: &SlotPatch, context: &Context<'_>) -> Result<(), Refusal> {
    slots(candidate, context)?;
    for (name, new, slot) in texts(candidate, context.page) {
        unsafe_text::check(name, new, &slot.text, context.ledger)?;
    }
    let patch = candidate.compile(context.page).map_err(|error| match error {
        SlotRefusal::NoSuchSlot(_) => Refusal::new(Rule::Slot, error.to_string()),
        SlotRefusal::NoChange => Refusal::new(Rule::Schema, error.to_string()),
    })?;
    patch.check(context.hosts).map_err(|error| Refusal::new(Rule::Unsafe, error.to_string()))?;
    for (name, new, slot) in texts(candidate, context.page) {
        width::check(name, &normalise(new), &normalise(&slot.text))?;
    }
    let lang = context.page.lang.as_deref();
    for (name, new, _) in texts(candidate, context.page) {
        language::check(name, new, lang, context.ledger)?;
        forbidden(name, new, context.brand)?;
    }
    Ok(())
}

/// Every slot that is filled is there, is text, and is not locked.
fn slots(candidate: &SlotPatch, context: &Context<'_>) -> Result<(), Refusal> {
    let filled = [
        ("headline", candidate.headline.is_some(), context.page.headline.as_ref().map(|slot| slot.plain_text)),
        ("subheadline", candidate.subheadline.is_some(), context.page.subheadline.as_ref().map(|slot| slot.plain_text)),
        ("cta", candidate.cta.is_some(), context.page.cta.as_ref().map(|slot| slot.plain_text)),
        ("hero_image", candidate.hero_image.is_some(), context.page.hero_image.as_ref().map(|_| true)),
    ];
    for (name, _, open) in filled.into_iter().filter(|(_, is_filled, _)| *is_filled) {
        let refused = |reason: String| Err(Refusal::new(Rule::Slot, reason));
        match open {
            None => return refused(format!("the page has no {}", spoken(name))),
            Some(false) => return refused(format!("the {} is more than plain text, so it is locked", spoken(name))),
            Some(true) if is_locked(context.brand, name) => {
                return refused(format!("the {} is locked by the owner", spoken(name)));
            }
            Some(true) => {}
        }
    }
    Ok(())
}

fn forbidden(name: &str, new: &str, brand: &BrandRules) -> Result<(), Refusal> {
    let written = words::split(new);
    let dense = normalise(&new.to_lowercase());
    for word in &brand.forbidden_words {
        let parts = words::split(word);
        let Some(first) = parts.first() else { continue };
        let stands = if first.lower.chars().any(words::is_dense) {
            dense.contains(&normalise(&word.to_lowercase()))
        } else {
            written.windows(parts.len()).any(|run| run.iter().zip(&parts).all(|(a, b)| a.lower == b.lower))
        };
        if stands {
            let reason = format!("its {} has “{}”, which the brand does not use", spoken(name), word.trim());
            return Err(Refusal::new(Rule::ForbiddenWord, reason));
        }
    }
    Ok(())
}

/// No text says what the owner took back, in whatever mode.
fn taken_back(candidate: &SlotPatch, context: &Context<'_>) -> Result<(), Refusal> {
    for (name, new, _) in texts(candidate, context.page) {
        if let Some(fact) = context.ledger.taken_back(&normalise(new)).into_iter().next() {
            let reason = format!("its {} says “{}”, which the owner took back", spoken(name), fact.text.trim());
            return Err(Refusal { rule: Rule::Claim, reason, fact: Some(Box::new(fact)) });
        }
    }
    Ok(())
}

/// The claim firewall.
fn claims(candidate: &SlotPatch, context: &Context<'_>) -> Result<(), Refusal> {
    for (name, new, _) in texts(candidate, context.page) {
        if let Some(fact) = context.ledger.missing(&normalise(new), context.page.lang.as_deref()).into_iter().next() {
            let reason = format!(
                "its {} says “{}” ({}), which the page does not say",
                spoken(name),
                fact.text.trim(),
                fact.kind
            );
            return Err(Refusal { rule: Rule::Claim, reason, fact: Some(Box::new(fact)) });
        }
    }
    Ok(())
}

fn duplicates(candidate: &SlotPatch, context: &Context<'_>) -> Result<(), Refusal> {
    let page = similar::Opening::of(&SlotPatch::default(), context.page);
    let new = similar::Opening::of(candidate, context.page);
    if candidate.hero_image.is_none() && new.says_the_same(&page) {
        return Err(Refusal::new(Rule::Duplicate, "it says what the page says already"));
    }
    if new.repeats_itself() && !page.repeats_itself() {
        return Err(Refusal::new(Rule::Duplicate, "two of its texts say the same"));
    }
    let known = |known: &&SlotPatch| {
        known.hero_image == candidate.hero_image && similar::Opening::of(known, context.page).is_near(&new)
    };
    if context.known.iter().any(|it| known(&it)) {
        return Err(Refusal::new(Rule::Duplicate, "it is the same as another variant, or nearly so"));
    }
    Ok(())
}

/// The texts that a candidate changes, beside the page's own.
fn texts<'a>(
    candidate: &'a SlotPatch,
    page: &'a PageModel,
) -> impl Iterator<Item = (&'static str, &'a str, &'a TextSlot)> {
    let all = [
        ("headline", &candidate.headline, &page.headline),
        ("subheadline", &candidate.subheadline, &page.subheadline),
        ("cta", &candidate.cta, &page.cta),
    ];
    all.into_iter().filter_map(|(name, new, slot)| Some((name, new.as_deref()?, slot.as_ref()?)))
}

fn spoken(name: &str) -> &str {
    match name {
        "cta" => "button",
        "hero_image" => "hero image",
        name => name,
    }
}
