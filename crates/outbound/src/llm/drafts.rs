//! From what a model wrote to drafts. Only the form is settled here; whether a draft keeps the rules is
//! the service's to judge, so that what is rejected is kept with its reason.

use super::answer::Written;
use super::prompt::PROMPT_VERSION;
use domain::guard::{self, BrandRules};
use domain::slots::{SlotPatch, normalise};
use domain::{PageModel, guard::width};
use service::ports::Draft;

/// Most characters of the explanation and of the hypothesis.
const MAX_REASONING: usize = 600;
/// Most characters of the strategy's name.
const MAX_STRATEGY: usize = 60;
/// Most characters of a text; a longer one breaks every limit anyway.
const MAX_TEXT: usize = 2_000;

/// One text that can be replaced.
pub(super) struct Slot {
    pub(super) name: &'static str,
    /// The page's own text.
    pub(super) text: String,
    /// About how many characters a new one may have.
    pub(super) limit: usize,
}

/// The texts of one page that can be replaced.
pub(super) struct Slots(pub(super) Vec<Slot>);

impl Slots {
    pub(super) fn of(page: &PageModel, brand: &BrandRules) -> Self {
        let slots = guard::open_slots(page, brand).into_iter().map(|(name, slot, most)| {
            let text = normalise(&slot.text);
            Slot { name, limit: characters(&text, most), text }
        });
        Self(slots.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The drafts, tidied: white space as a browser shows it, the page's own texts left out.
    pub(super) fn drafts(&self, written: Vec<Written>) -> Vec<Draft> {
        written.into_iter().map(|one| self.draft(&one)).collect()
    }

    fn draft(&self, written: &Written) -> Draft {
        let mut slots = SlotPatch::default();
        for slot in &self.0 {
            let (new, place) = match slot.name {
                "headline" => (&written.headline, &mut slots.headline),
                "subheadline" => (&written.subheadline, &mut slots.subheadline),
                _ => (&written.cta, &mut slots.cta),
            };
            let new = normalise(&new.chars().take(MAX_TEXT).collect::<String>());
            if !new.is_empty() && new != slot.text {
                *place = Some(new);
            }
        }
        let strategy = plain(&written.strategy, MAX_STRATEGY);
        Draft {
            slots,
            reasoning: plain(&written.reasoning, MAX_REASONING),
            strategy: if strategy.is_empty() { "unnamed".to_owned() } else { strategy },
            hypothesis: plain(&written.hypothesis, MAX_REASONING),
            prompt_version: Some(PROMPT_VERSION.to_owned()),
        }
    }
}

/// How many characters of this text's script fit into a width, a little less to be sure.
fn characters(text: &str, most: f64) -> usize {
    let is_wide = text.chars().any(|c| width(&c.to_string()) >= 1.0);
    let each = if is_wide { 1.0 } else { 0.53 };
    (1..500_u16).take_while(|count| f64::from(*count) * each <= most * 0.95).last().map_or(1, usize::from)
}

/// Control characters, and marks that reorder or hide text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Text for the owner's eyes: without hidden characters, cut at a length.
fn plain(text: &str, limit: usize) -> String {
    let visible: String = text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect();
    let text = normalise(&visible);
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}
