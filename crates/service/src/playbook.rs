//! The built-in copywriter: no model, no network, the same drafts for the same page every time.
//!
//! It moves, cuts and lifts the page's own sentences at their own punctuation, so that every word
//! and every fact of a draft is the owner's, in any language. On English pages it also adds words of
//! its own around them, which claim nothing.

mod english;
mod material;
mod moved;
mod strategies;
mod text;

use crate::ports::{Brief, CopyWriter, Draft, WriteError, WritingLog};
use async_trait::async_trait;
use domain::facts::Ledger;
use domain::guard::{self, Context};
use domain::patch::AllowedHosts;
use domain::slots::SlotPatch;
use material::Material;

/// The deterministic copywriter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Playbook;

#[async_trait]
impl CopyWriter for Playbook {
    fn name(&self) -> &'static str {
        "playbook"
    }

    fn is_deterministic(&self) -> bool {
        true
    }

    async fn write_noting(&self, brief: &Brief, _log: &WritingLog) -> Result<Vec<Draft>, WriteError> {
        write(brief)
    }
}

/// Most proposals of two changes together.
const MOST_JOINED: usize = 60;

/// A draft before it is known to be new.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Proposal {
    strategy: &'static str,
    slots: SlotPatch,
    reasoning: String,
}

fn write(brief: &Brief) -> Result<Vec<Draft>, WriteError> {
    let page = Material::of(&brief.open_page());
    if page.is_fixed() {
        return Err(WriteError::NothingToWrite(
            "no headline, subheadline or button was found that holds plain text".to_owned(),
        ));
    }
    let ledger = Ledger::of_page(&brief.page);
    let hosts = AllowedHosts::default();
    let mut taken: Vec<Key> = brief.known.iter().map(key).collect();
    let mut known = brief.known.clone();
    let mut drafts = Vec::new();
    for proposal in proposals(&page) {
        if drafts.len() == brief.count {
            break;
        }
        let key = key(&proposal.slots);
        if taken.contains(&key) || repeats_itself(&page, &proposal.slots) {
            continue;
        }
        // The page's own words may still be a price list or an address, and the owner may forbid some.
        let context = Context { page: &brief.page, ledger: &ledger, brand: &brief.brand, hosts: &hosts, known: &known };
        if guard::check(&proposal.slots, &context).is_err() {
            continue;
        }
        taken.push(key);
        known.push(proposal.slots.clone());
        let Proposal { strategy, slots, reasoning } = proposal;
        let hypothesis = hypothesis(&slots);
        drafts.push(Draft { slots, reasoning, strategy: strategy.to_owned(), hypothesis, prompt_version: None });
    }
    if drafts.is_empty() {
        return Err(WriteError::NothingToWrite(
            "its own sentences give no further opening than those that exist already".to_owned(),
        ));
    }
    Ok(drafts)
}

/// What the test of a draft decides.
fn hypothesis(slots: &SlotPatch) -> String {
    let changed = [
        slots.headline.as_ref().map(|_| "headline"),
        slots.subheadline.as_ref().map(|_| "subheadline"),
        slots.cta.as_ref().map(|_| "button"),
    ];
    let changed: Vec<&str> = changed.into_iter().flatten().collect();
    format!("More visitors convert with this {} than with the page's own.", changed.join(" and "))
}

/// Every proposal: first the best of each strategy, then the second of each, and at last two that
/// change different places together.
fn proposals(page: &Material) -> Vec<Proposal> {
    let all = strategies::ALL.iter().chain(&moved::ALL).chain(english::of(page));
    let by_strategy: Vec<Vec<Proposal>> = all.map(|strategy| strategy(page)).collect();
    let longest = by_strategy.iter().map(Vec::len).max().unwrap_or(0);
    let mut all: Vec<Proposal> = (0..longest)
        .flat_map(|rank| by_strategy.iter().filter_map(move |proposals| proposals.get(rank)))
        .cloned()
        .collect();
    let joined: Vec<Proposal> = all
        .iter()
        .enumerate()
        .flat_map(|(at, first)| all[at + 1..].iter().filter_map(move |second| join(first, second)))
        .take(MOST_JOINED)
        .collect();
    all.extend(joined);
    all
}

/// Two proposals as one, when they change different places.
fn join(first: &Proposal, second: &Proposal) -> Option<Proposal> {
    let (a, b) = (&first.slots, &second.slots);
    let clash = (a.headline.is_some() && b.headline.is_some())
        || (a.subheadline.is_some() && b.subheadline.is_some())
        || (a.cta.is_some() && b.cta.is_some());
    let either = |a: &Option<String>, b: &Option<String>| a.clone().or_else(|| b.clone());
    (!clash).then(|| Proposal {
        strategy: "two changes together",
        slots: SlotPatch {
            headline: either(&a.headline, &b.headline),
            subheadline: either(&a.subheadline, &b.subheadline),
            cta: either(&a.cta, &b.cta),
            hero_image: None,
        },
        reasoning: joined_reasoning(&first.reasoning, &second.reasoning),
    })
}

/// Words are all from the page only when those of both are.
fn joined_reasoning(first: &str, second: &str) -> String {
    let own = [first, second].iter().all(|reasoning| reasoning.ends_with(OWN_WORDS));
    let last = if own { OWN_WORDS } else { NO_NEW_FACT };
    format!("{} {} {last}", without_last_sentence(first), without_last_sentence(second))
}

/// Every explanation ends with one of these sentences, which a joined one needs once.
const OWN_WORDS: &str = "Every word is from this page.";
const NO_NEW_FACT: &str = "The words that were added say nothing new of the offer.";

fn without_last_sentence(reasoning: &str) -> &str {
    reasoning.trim_end_matches(OWN_WORDS).trim_end_matches(NO_NEW_FACT).trim_end()
}

/// What makes two drafts the same to a reader: the words of each place.
type Key = [Option<Vec<String>>; 3];

fn key(slots: &SlotPatch) -> Key {
    [&slots.headline, &slots.subheadline, &slots.cta].map(|text| text.as_deref().map(text::words))
}

/// Whether headline and subheadline, as they would stand, say the same thing twice.
fn repeats_itself(page: &Material, slots: &SlotPatch) -> bool {
    let current = page.headline.as_ref().map_or("", |place| place.text.as_str());
    let headline = text::words(slots.headline.as_deref().unwrap_or(current));
    let subheadline = text::words(slots.subheadline.as_deref().unwrap_or(&page.subheadline_text));
    !headline.is_empty()
        && !subheadline.is_empty()
        && (subheadline.starts_with(&headline) || headline.starts_with(&subheadline))
}
