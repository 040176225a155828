//! Looking at drafts in a browser before anybody else does: one that breaks the page's layout is none.

use super::progress::Progress;
use crate::drafting::Drafting;
use crate::ports::Change;
use crate::{Service, ServiceError};
use domain::guard::{Refusal, layout};
use domain::{Op, PageModel};
use store::sites::SiteRecord;

impl Service {
    /// Measures the drafts from number `first` on, and rejects those that break the layout; how many. Without a
    /// browser, or when the page cannot be shown, the estimate by text width that they passed is what there is.
    pub(super) async fn measure_drafts(
        &self,
        site: &SiteRecord,
        drafting: &mut Drafting,
        first: usize,
        author: &str,
        progress: &mut Progress<'_>,
    ) -> Result<usize, ServiceError> {
        let reader = &self.inner.ports.reader;
        let drafts = drafting.accepted.get(first..).unwrap_or_default();
        let (Some(page), false) = (site.page_model(), drafts.is_empty()) else { return Ok(0) };
        if !reader.has_browser() {
            return Ok(0);
        }
        let change = |patch: &domain::Patch| Change { patch: patch.clone(), pictures: Vec::new() };
        let changes: Vec<Change> = drafts.iter().map(|accepted| change(&accepted.patch)).collect();
        progress.step(80, "Measuring the drafts in a browser").await?;
        let measured = match reader.measure(site.url.as_url(), &changes).await {
            Ok(measured) => measured,
            Err(error) => {
                progress.log(format!("The drafts were not measured, their width was estimated. {error}")).await?;
                return Ok(0);
            }
        };
        let mut refusals: Vec<Option<Refusal>> = Vec::new();
        for (change, measured) in changes.iter().zip(measured) {
            let Some(measured) = measured else {
                progress
                    .log("A draft was not measured: what it changes was not found on the page in the browser.")
                    .await?;
                refusals.push(None);
                continue;
            };
            let names: Vec<&str> = change.patch.ops.iter().map(|op| name(op, page)).collect();
            refusals.push(layout::check(&measured, &names).err());
        }
        Ok(drafting.withdraw(first, refusals, author))
    }
}

/// What an operation changes, in the words of the rules.
fn name(op: &Op, page: &PageModel) -> &'static str {
    let css = &op.target().css;
    let texts = [("headline", &page.headline), ("subheadline", &page.subheadline), ("button", &page.cta)];
    let found = texts.into_iter().find(|(_, slot)| slot.as_ref().is_some_and(|slot| slot.locator.css == *css));
    match (found, op) {
        (Some((name, _)), _) => name,
        (None, Op::Image { .. }) => "picture",
        (None, _) => "text",
    }
}
