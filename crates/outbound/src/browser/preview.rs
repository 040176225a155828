//! A page as a variant makes it: applied by the snippet's own engine, photographed and measured.
//!
//! The engine runs in a world of its own beside the page's scripts, which can neither see nor change it. Pictures that
//! this installation serves are given to the browser, because its way out leads to public addresses only.

use super::pipe::Broken;
use super::tab::Tab;
use super::{Browser, View};
use crate::fetcher::Door;
use domain::Patch;
use domain::guard::layout::{Layout, Measured};
use service::ports::{Change, ReadError, Screenshot};
use std::time::Duration;
use url::Url;

/// The snippet's engine, made of its sources.
const ENGINE: &str = include_str!("preview.js");
/// What a page gets to set itself anew before it is photographed.
const REST: Duration = Duration::from_millis(200);
/// Windows in which a page is measured.
const WINDOWS: [View; 3] = [View::PHONE, View { width: 768, height: 1_024, is_phone: false }, View::DESKTOP];

impl Browser {
    /// A picture of the changed page in each view; none when the change does not fit the page.
    pub(crate) async fn screenshots_of(
        &self,
        door: &Door,
        url: &Url,
        views: &[View],
        change: &Change,
    ) -> Result<Option<Vec<Screenshot>>, ReadError> {
        let mut visit = self.begin(door, url).await?;
        let work = async {
            let mut tab = visit.tab(&self.settings).await?;
            tab.supply(&change.pictures).await?;
            let mut pictures = Vec::new();
            for view in views {
                tab.open(url, *view).await?;
                if !tab.is_shown(&change.patch).await? {
                    return Ok(None);
                }
                pictures.push(tab.picture(*view).await?);
            }
            Ok(Some(pictures))
        };
        let result = tokio::time::timeout(self.settings.total_timeout, work).await;
        visit.end(&self.settings, result).await
    }

    /// How the page is set without each change and with it; none for a change that does not fit the page.
    pub(crate) async fn measure(
        &self,
        door: &Door,
        url: &Url,
        changes: &[Change],
    ) -> Result<Vec<Option<Measured>>, ReadError> {
        let mut visit = self.begin(door, url).await?;
        let work = async {
            let mut tab = visit.tab(&self.settings).await?;
            let mut measured = Vec::new();
            for change in changes {
                tab.supply(&change.pictures).await?;
                tab.open(url, View::DESKTOP).await?;
                measured.push(tab.measured(&change.patch).await?);
            }
            Ok(measured)
        };
        let result = tokio::time::timeout(self.settings.total_timeout, work).await;
        visit.end(&self.settings, result).await
    }
}

/// A patch as it is served: the snippet's grammar knows one order of its fields.
fn served(patch: &Patch) -> Result<String, Broken> {
    serde_json::to_string(patch).map_err(|_| Broken::Gone)
}

impl Tab<'_> {
    /// Applies a patch; whether the page shows it now.
    async fn is_shown(&mut self, patch: &Patch) -> Result<bool, Broken> {
        if patch.ops.is_empty() {
            return Ok(true);
        }
        let world = self.own_world().await?;
        self.evaluated_in(world, ENGINE).await?;
        self.show(world, patch).await
    }

    async fn show(&mut self, world: i64, patch: &Patch) -> Result<bool, Broken> {
        let shown = self.evaluated_in(world, &format!("evoloopPreview.show({})", served(patch)?)).await?;
        tokio::time::sleep(REST).await;
        Ok(shown == "shown")
    }

    async fn measured(&mut self, patch: &Patch) -> Result<Option<Measured>, Broken> {
        let world = self.own_world().await?;
        self.evaluated_in(world, ENGINE).await?;
        self.evaluated_in(world, &format!("evoloopPreview.begin({})", served(patch)?)).await?;
        let before = self.layouts(world).await?;
        if !self.show(world, patch).await? {
            return Ok(None);
        }
        let after = self.layouts(world).await?;
        Ok(Some(Measured { before, after }))
    }

    async fn layouts(&mut self, world: i64) -> Result<Vec<Layout>, Broken> {
        let mut layouts = Vec::new();
        for window in WINDOWS {
            self.resize(window).await?;
            let layout = self.evaluated_in(world, "evoloopPreview.layout()").await?;
            let layout: Layout = serde_json::from_str(&layout).map_err(|_| Broken::Gone)?;
            // A phone draws a page that is too wide smaller, so that its own number is another one.
            layouts.push(Layout { width: f64::from(window.width), ..layout });
        }
        Ok(layouts)
    }
}
