//! Whether two openings are the same to a reader.

use crate::facts::words;
use crate::slots::SlotPatch;
use crate::{PageModel, TextSlot};
use std::collections::HashSet;

/// Share of common trigrams from which two texts count as nearly the same.
const NEAR: f64 = 0.7;

/// An opening as it would stand with a patch, each text as its words.
pub(super) struct Opening([String; 3]);

impl Opening {
    pub(super) fn of(patch: &SlotPatch, page: &PageModel) -> Self {
        let text = |new: &Option<String>, slot: &Option<TextSlot>| {
            plain(new.as_deref().or(slot.as_ref().map(|slot| slot.text.as_str())).unwrap_or_default())
        };
        Self([
            text(&patch.headline, &page.headline),
            text(&patch.subheadline, &page.subheadline),
            text(&patch.cta, &page.cta),
        ])
    }

    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Whether two of its texts are the same.
    pub(super) fn repeats_itself(&self) -> bool {
        let [headline, subheadline, cta] = &self.0;
        [(headline, subheadline), (headline, cta), (subheadline, cta)].iter().any(|(a, b)| !a.is_empty() && a == b)
    }

    /// Whether every text is the other's, or nearly so.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, other)| similarity(one, other) >= NEAR)
    }
}

/// The words alone: case, punctuation and white space make no other text.
fn plain(text: &str) -> String {
    words::split(text).into_iter().map(|word| word.lower).collect::<Vec<_>>().join(" ")
}

/// Common trigrams of letters, as a share of all.
fn similarity(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let (one, other) = (trigrams(one), trigrams(other));
    let common = one.intersection(&other).count();
    let all = one.len() + other.len() - common;
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    if all == 0 { 0.0 } else { count(common) / count(all) }
}

fn trigrams(text: &str) -> HashSet<[char; 3]> {
    let letters: Vec<char> = format!("  {text} ").chars().collect();
    letters.windows(3).filter_map(|window| window.try_into().ok()).collect()
}
