//! From what a model wrote to drafts: only what fits the page, in form, length and figures.

use super::answer::Written;
use domain::slots::{SlotPatch, normalise};
use domain::{PageModel, TextSlot};
use service::ports::{Brief, Draft, WriteError};
use std::collections::HashSet;

/// The texts of a page that a model may rewrite, as they are called in the answer.
pub(super) const TEXTS: [&str; 3] = ["headline", "subheadline", "cta"];
/// Most characters of the explanation.
const MAX_REASONING: usize = 600;
/// Most characters of the strategy's name.
const MAX_STRATEGY: usize = 60;

/// One text that can be replaced.
pub(super) struct Slot {
    pub(super) name: &'static str,
    /// The page's own text.
    pub(super) text: String,
    /// Most characters of a new one.
    pub(super) limit: usize,
}

/// The texts of one page that can be replaced.
pub(super) struct Slots(pub(super) Vec<Slot>);

impl Slots {
    /// A new text may be somewhat longer than the old one, so that the layout holds.
    pub(super) fn of(page: &PageModel) -> Self {
        let slot = |name, slot: &Option<TextSlot>, least: usize| {
            let slot = slot.as_ref().filter(|slot| slot.plain_text)?;
            let text = normalise(&slot.text);
            let limit = (text.chars().count() * 8 / 5).clamp(least, 400);
            Some(Slot { name, text, limit })
        };
        let slots =
            [slot(TEXTS[0], &page.headline, 90), slot(TEXTS[1], &page.subheadline, 200), slot(TEXTS[2], &page.cta, 30)];
        Self(slots.into_iter().flatten().collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Why one draft is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("it changes nothing")]
    NoChange,
    #[error("it is the same as another draft")]
    Repeated,
    #[error("its {0} is too long")]
    TooLong(&'static str),
    #[error("its {0} has control characters or markup")]
    Markup(&'static str),
    #[error("its {0} has a figure that is not on the page")]
    NewFigure(&'static str),
    #[error("it has no explanation")]
    Unexplained,
}

/// Keeps the drafts that can be used, at most as many as asked for.
///
/// # Errors
/// When none can: a sentence with the first draft's fault.
pub(super) fn check(written: Vec<Written>, slots: &Slots, brief: &Brief) -> Result<Vec<Draft>, WriteError> {
    let figures = figures_of(&brief.page);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut first_fault = None;
    let count = written.len();
    for one in written {
        if drafts.len() == brief.count {
            break;
        }
        let known = |slots: &SlotPatch| brief.known.contains(slots) || drafts.iter().any(|draft| draft.slots == *slots);
        match draft(&one, slots, &figures).and_then(
            |draft| {
                if known(&draft.slots) { Err(Fault::Repeated) } else { Ok(draft) }
            },
        ) {
            Ok(draft) => drafts.push(draft),
            Err(fault) => {
                tracing::info!(%fault, "draft of the language model left out");
                first_fault.get_or_insert(fault);
            }
        }
    }
    match (drafts.is_empty(), first_fault) {
        (false, _) => Ok(drafts),
        (true, Some(fault)) => {
            Err(WriteError::BadAnswer(format!("none of its {count} drafts can be used; of the first, {fault}")))
        }
        (true, None) => Err(WriteError::BadAnswer("it holds no drafts".to_owned())),
    }
}

fn draft(written: &Written, slots: &Slots, figures: &HashSet<String>) -> Result<Draft, Fault> {
    let mut patch = SlotPatch::default();
    for slot in &slots.0 {
        let (new, place) = match slot.name {
            "headline" => (&written.headline, &mut patch.headline),
            "subheadline" => (&written.subheadline, &mut patch.subheadline),
            _ => (&written.cta, &mut patch.cta),
        };
        let new = normalise(new);
        if new.is_empty() || new == slot.text {
            continue;
        }
        check_text(slot, &new, figures)?;
        *place = Some(new);
    }
    if patch == SlotPatch::default() {
        return Err(Fault::NoChange);
    }
    let reasoning = plain(&written.reasoning, MAX_REASONING);
    let strategy = plain(&written.strategy, MAX_STRATEGY);
    if reasoning.is_empty() {
        return Err(Fault::Unexplained);
    }
    let strategy = if strategy.is_empty() { "unnamed".to_owned() } else { strategy };
    Ok(Draft { slots: patch, reasoning, strategy })
}

fn check_text(slot: &Slot, new: &str, figures: &HashSet<String>) -> Result<(), Fault> {
    if new.chars().count() > slot.limit {
        return Err(Fault::TooLong(slot.name));
    }
    // Placeholders and markup are never copy, unless the page itself writes that way.
    let odd = |c: char| is_hidden(c) || ("<>{}[]".contains(c) && !slot.text.contains(c));
    if new.chars().any(odd) || new.contains("://") {
        return Err(Fault::Markup(slot.name));
    }
    if figures_in(new).any(|figure| !figures.contains(figure)) {
        return Err(Fault::NewFigure(slot.name));
    }
    Ok(())
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

/// Every run of digits on the page, so that a number can be told from an invented one.
fn figures_of(page: &PageModel) -> HashSet<String> {
    let slots = [&page.headline, &page.subheadline, &page.cta, &page.secondary_cta];
    let slots = slots.into_iter().flatten().map(|slot| &slot.text);
    let texts = slots.chain(&page.title).chain(&page.description).chain(&page.sentences);
    texts.flat_map(|text| figures_in(text)).map(str::to_owned).collect()
}

fn figures_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_numeric()).filter(|figure| !figure.is_empty())
}
