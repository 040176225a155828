//! What the model is sent: the fixed instructions, and the page as data.

use super::answer;
use super::drafts::Slots;
use domain::page_edits::BrandField;
use serde_json::{Value, json};
use service::ports::Brief;

/// The instructions, a text file so that they can be read and compared as text.
const INSTRUCTIONS: &str = include_str!("../../prompts/variants.v3.md");
/// Their name, kept with what was written by them.
pub(super) const PROMPT_VERSION: &str = "variants.v3";
/// Most characters of page text beyond the slots, which fits small local models.
const MAX_PAGE_TEXT: usize = 1_500;
/// Most characters of earlier drafts.
const MAX_KNOWN: usize = 600;
/// Most characters of results, and of refused drafts.
const MAX_LESSONS: usize = 700;

/// The body of the request.
pub(super) fn request(model: &str, brief: &Brief, asks_for_cost: bool) -> Value {
    let slots = Slots::of(&brief.page, &brief.brand);
    let names: Vec<&str> = slots.0.iter().map(|slot| slot.name).collect();
    let mut request = json!({
        "model": model,
        "stream": true,
        "stream_options": {"include_usage": true},
        "messages": [
            {"role": "system", "content": INSTRUCTIONS},
            // JSON, so that no text of the page can pretend to stand outside of it.
            {"role": "user", "content": page_as_data(brief, &slots).to_string()},
        ],
        "temperature": 0.8,
        "max_tokens": 400 + 250 * brief.count.min(8),
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "variants", "strict": true, "schema": answer::schema(&names, brief.count)},
        },
    });
    // Only OpenRouter knows this field, and others refuse what they do not know.
    if asks_for_cost {
        request["usage"] = json!({"include": true});
    }
    request
}

fn page_as_data(brief: &Brief, slots: &Slots) -> Value {
    let page = &brief.page;
    let texts: serde_json::Map<String, Value> =
        slots.0.iter().map(|slot| (slot.name.to_owned(), cut(&slot.text, 400).into())).collect();
    let limits: serde_json::Map<String, Value> =
        slots.0.iter().map(|slot| (slot.name.to_owned(), slot.limit.into())).collect();
    let sentences: Vec<&str> = within(page.sentences.iter().map(String::as_str), MAX_PAGE_TEXT);
    let known: Vec<String> = brief.known.iter().rev().filter_map(|slots| serde_json::to_string(slots).ok()).collect();
    let known = within(known.iter().map(String::as_str), MAX_KNOWN);
    let results = brief.results.iter().map(|result| {
        let shown = json!({"texts": result.slots, "strategy": result.strategy, "status": result.status,
            "visitors": result.visitors, "conversions": result.conversions});
        shown.to_string()
    });
    let results: Vec<String> = results.collect();
    let refused = brief.refused.iter().rev().map(|refused| {
        json!({"texts": refused.slots, "rule": refused.refusal.rule, "reason": refused.refusal.reason}).to_string()
    });
    let refused: Vec<String> = refused.collect();
    let forbidden = within(brief.brand.forbidden_words.iter().map(String::as_str), MAX_LESSONS);
    let brand = &page.brand;
    json!({
        "count": brief.count,
        "results": within(results.iter().map(String::as_str), MAX_LESSONS),
        "refused": within(refused.iter().map(String::as_str), MAX_LESSONS),
        "forbidden": forbidden,
        "brand": {"colour": brand.primary_color, "heading_font": brand.heading_font},
        "voice": page.voice,
        "address": BrandField::Formality.of(page),
        "limits": limits,
        "page": {
            "language": page.lang,
            "title": page.title.as_deref().map(|text| cut(text, 150)),
            "description": page.description.as_deref().map(|text| cut(text, 250)),
            "opening": texts,
            "text": sentences,
        },
        "known": known,
    })
}

/// As many of the texts, in order, as fit; one that is too long for the rest is cut.
fn within<'a>(texts: impl Iterator<Item = &'a str>, mut room: usize) -> Vec<&'a str> {
    let mut kept = Vec::new();
    for text in texts {
        if room < 20 {
            break;
        }
        let text = cut(text, room);
        room -= text.chars().count();
        kept.push(text);
    }
    kept
}

fn cut(text: &str, limit: usize) -> &str {
    text.char_indices().nth(limit).map_or(text, |(end, _)| &text[..end])
}
