//! What is made of a whole page.

use crate::charset::find;
use crate::csp::{self, Place, Script};
use crate::held::Finished;
use crate::hydration::framework;
use crate::markup::{Found, head};
use crate::rewrite::Verdict;
use crate::settings::{Hydrated, Settings};
use http::{HeaderMap, HeaderValue, header};

/// A page as it is to be sent.
pub(crate) struct Made {
    pub(crate) text: Vec<u8>,
    /// How many operations were applied.
    pub(crate) applied: Option<usize>,
}

/// Puts the parts together and lets the page's policies allow them; the reason when the page stays as it is.
pub(crate) fn make(
    page: Finished,
    found: &Found,
    variant_id: Option<&str>,
    headers: &mut HeaderMap,
    place: Place<'_>,
    settings: &Settings,
) -> Result<Made, String> {
    let framework = match settings.hydrated {
        Hydrated::Leave => framework(&page.plain),
        Hydrated::Apply => None,
    };
    let mut reason = framework.map(|framework| format!("{} takes the page over", framework.name));
    let mut patched = None;
    match (page.verdict, variant_id) {
        (Verdict::Untouched { reason: missed }, _) => {
            reason.get_or_insert(missed);
        }
        (Verdict::Applied { sheet: Some(_), .. }, _) if found.has_policy => {
            reason.get_or_insert_with(|| "the page sets a policy in its own text".to_owned());
        }
        (Verdict::Applied { operations, sheet }, Some(variant_id)) if reason.is_none() => {
            patched = Some((page.patched, operations, sheet, variant_id));
        }
        (Verdict::Applied { .. }, _) => {}
    }
    let wants_script = !found.has_snippet && !found.has_policy && framework.is_none_or(|it| !it.takes_document);
    let script = if wants_script { csp::script(headers, place, &settings.script) } else { Script::Impossible };
    let nonce = match script {
        Script::Possible(nonce) => Some(nonce),
        Script::Impossible => None,
    };
    if patched.is_none() && nonce.is_none() {
        return Err(reason.unwrap_or_else(|| "nothing is to be changed".to_owned()));
    }
    let applied = patched.as_ref().map(|(_, operations, ..)| *operations);
    if let Some(sheet) = patched.as_ref().and_then(|(_, _, sheet, _)| sheet.as_deref()) {
        csp::allow_sheet(headers, sheet);
    }
    let (mut text, comment) = match patched {
        Some((text, operations, _, variant_id)) => (text, format!("<!--evoloop {variant_id} {operations}-->")),
        None => (page.plain, String::new()),
    };
    if let Some(nonce) = nonce {
        let mark = page.charset.mark;
        let place_in_head = mark + head(text.get(mark..).unwrap_or_default());
        let tag = settings.script_tag(nonce.as_deref());
        csp::allow_script(headers, place, &settings.script, nonce.as_deref(), &settings.endpoints());
        text.splice(place_in_head..place_in_head, tag.into_bytes());
    }
    text.extend_from_slice(comment.as_bytes());
    if page.charset.named_until.is_some() {
        keep_charset(headers, &text, page.charset.encoding);
    }
    Ok(Made { text, applied })
}

/// A `meta` element that was moved out of the browser's sight is said in the header.
fn keep_charset(headers: &mut HeaderMap, text: &[u8], encoding: &'static encoding_rs::Encoding) {
    if find(headers, text).is_some_and(|charset| charset.encoding == encoding) {
        return;
    }
    let value = format!("text/html; charset={}", encoding.name());
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(header::CONTENT_TYPE, value);
    }
}
