//! Reading a site's page.

use super::progress::Progress;
use super::{Effect, JobFailure};
use crate::ports::ReadError;
use crate::{Service, ServiceError, reading};
use domain::{GoalConfig, GoalType, JobKind, PageModel, SiteStatus, SiteUrl};
use store::jobs::ClaimedJob;
use store::{OwnedSite, WriteTransaction};

impl From<ReadError> for JobFailure {
    fn from(error: ReadError) -> Self {
        Self { reason: error.to_string(), transient: error.is_transient(), retry_after: None }
    }
}

impl Service {
    pub(super) async fn analyze(&self, job: &ClaimedJob, mut progress: Progress<'_>) -> Result<Effect, JobFailure> {
        let gone = || JobFailure::from(ServiceError::NotFound);
        let site = self.store().site_record(&job.site).await?.ok_or_else(gone)?;
        let model = match progress.kept() {
            Some(model) => model,
            None => {
                let model = self.read_page(&site.url, site.page_edits.selectors(), &mut progress).await?;
                progress.keep(&model).await?;
                model
            }
        };
        progress.step(90, "Storing what was found").await?;
        Ok(Effect::Analysis(Box::new(model)))
    }

    async fn read_page(
        &self,
        url: &SiteUrl,
        selectors: Vec<String>,
        progress: &mut Progress<'_>,
    ) -> Result<PageModel, JobFailure> {
        let reader = &self.inner.ports.reader;
        progress.step(10, format!("Fetching {}", url.host())).await?;
        let fetched = reading::page(reader.as_ref(), url.as_url()).await?;
        progress.log(format!("Read {} bytes from {}.", fetched.text.len(), fetched.url)).await?;
        let addresses = page::stylesheet_addresses(&fetched.text, &fetched.url);
        if !addresses.is_empty() {
            progress.step(35, format!("Reading {} style sheets", addresses.len())).await?;
        }
        let stylesheets = reading::stylesheets(reader.as_ref(), addresses).await;
        progress.step(65, "Finding headline, calls to action and brand").await?;
        Ok(reading::page_model_for(fetched.text, stylesheets, selectors).await?)
    }

    /// Stores the page. After the first reading the goal follows the call to action, and variants are asked for; later
    /// readings leave that to whoever asked for them.
    pub(super) async fn store_analysis(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        page: &PageModel,
    ) -> Result<(), ServiceError> {
        write.set_page_model(site, page).await?;
        let record = write.site_record(site).await?.ok_or(ServiceError::NotFound)?;
        if matches!(record.status, SiteStatus::Analyzing | SiteStatus::Failed) {
            write.set_site_status(site, SiteStatus::Ready).await?;
            self.aim_primary_goal(write, site, record.page_model().unwrap_or(page)).await?;
            self.enqueue(write, site, JobKind::GenerateVariants).await?;
        }
        write.outdate_screenshots(site).await?;
        self.enqueue_screenshots(write, site).await
    }

    /// Nothing was counted yet, so the goal that came with the site may become the better one:
    /// a click on the page's own call to action.
    async fn aim_primary_goal(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        page: &PageModel,
    ) -> Result<(), ServiceError> {
        let Some(cta) = &page.cta else { return Ok(()) };
        let goals = self.store().goals(site).await?;
        let untouched = goals.iter().find(|goal| goal.is_primary && goal.kind == GoalType::Event);
        if let Some(goal) = untouched {
            let config = GoalConfig { selector: Some(cta.locator.css.clone()), ..GoalConfig::default() };
            write.set_goal(site, goal.id, "Click on the call to action", GoalType::Click, &config).await?;
        }
        Ok(())
    }
}
