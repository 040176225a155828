//! Adding, changing and opening sites.

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::install::SnippetOptions;
use domain::report::{Overview, SiteDetail, SiteSummary};
use domain::{
    AllowedOrigins, AutonomyMode, Goal, GoalConfig, GoalId, GoalType, JobKind, Patch, SiteId, SiteStatus, SiteUrl,
    UserId, Variant, VariantId, VariantStatus,
};
use store::sites::NewSite;
use store::{OwnedSite, Viewer, WriteTransaction};
use time::OffsetDateTime;

/// What an owner wants to change; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct SiteUpdate {
    /// How much Evoloop may do by itself.
    pub autonomy_mode: Option<AutonomyMode>,
    /// `Running` or `Paused`.
    pub status: Option<SiteStatus>,
    /// Origins of the pages that may report, by commas, spaces or line breaks; an empty text means any.
    pub allowed_origins: Option<String>,
}

impl Service {
    /// Everything at a glance.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overview(&self, viewer: &Viewer) -> Result<Overview, ServiceError> {
        let scope = self.store().scope(viewer);
        Ok(Overview { sites: scope.sites().await?, failed_jobs: scope.failed_jobs().await? })
    }

    /// The viewer's sites, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_sites(&self, viewer: &Viewer) -> Result<Vec<SiteSummary>, ServiceError> {
        Ok(self.store().scope(viewer).sites().await?)
    }

    /// Adds a site and asks for its analysis.
    ///
    /// # Errors
    /// `Invalid` for an address that cannot be a site.
    pub async fn create_site(&self, viewer: &Viewer, url: &str) -> Result<SiteSummary, ServiceError> {
        let url: SiteUrl = url.parse().map_err(|error| ServiceError::invalid("url", format!("{error}.")))?;
        let write = self.store().begin().await?;
        let holdout_fraction = self.inner.settings.holdout_fraction;
        let site = self.store_site(&write, viewer.user_id(), url, holdout_fraction).await?;
        self.enqueue(&write, &site, JobKind::AnalyzeSite).await?;
        write.commit().await?;
        self.refresh_site(site.site_id()).await?;
        self.wake_worker();
        self.summary(viewer, &site).await
    }

    /// Changes a site.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Conflict` for a state that it cannot have now.
    pub async fn update_site(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        update: SiteUpdate,
    ) -> Result<SiteSummary, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let write = self.store().begin().await?;
        if let Some(mode) = update.autonomy_mode {
            write.set_autonomy_mode(&site, mode).await?;
        }
        if let Some(origins) = update.allowed_origins {
            let origins = AllowedOrigins::parse(&origins);
            let origins = origins.map_err(|error| ServiceError::invalid("allowed_origins", format!("{error}.")))?;
            write.set_allowed_origins(&site, &origins).await?;
        }
        if let Some(status) = update.status {
            let now = self.store().site_record(&site).await?.ok_or(ServiceError::NotFound)?.status;
            match (now, status) {
                (SiteStatus::Running, SiteStatus::Paused) | (SiteStatus::Paused, SiteStatus::Running) => {
                    write.set_site_status(&site, status).await?;
                }
                (now, wanted) if now == wanted => {}
                (now, wanted) => {
                    return Err(ServiceError::Conflict(format!("A site that is {now} cannot become {wanted}.")));
                }
            }
        }
        write.commit().await?;
        self.refresh_site(site_id).await?;
        self.inner.live.announce(site_id, Topic::Site);
        self.summary(viewer, &site).await
    }

    /// Deletes a site with all its data.
    ///
    /// # Errors
    /// `NotFound` for a foreign site.
    pub async fn delete_site(&self, viewer: &Viewer, site_id: SiteId) -> Result<(), ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let write = self.store().begin_long().await?;
        write.delete_site(&site).await?;
        write.commit().await?;
        self.refresh_site(site_id).await
    }

    /// Opens a site.
    ///
    /// # Errors
    /// `NotFound` for a foreign site.
    pub async fn site_detail(&self, viewer: &Viewer, site_id: SiteId) -> Result<SiteDetail, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let record = self.store().site_record(&site).await?.ok_or(ServiceError::NotFound)?;
        let spent_today = self.spent_today(&site).await?;
        let image_offer = self.image_offer(&record, spent_today);
        let edits = match (&record.reading, &record.effective) {
            (Some(reading), Some(effective)) => record.page_edits.report(reading, effective),
            _ => Vec::new(),
        };
        let variants = self.variant_details(&site, &record).await?;
        let effective = record.effective.unwrap_or_default();
        let (page, locked_slots) = (record.reading.map(|_| effective.page), effective.locked_slots);
        Ok(SiteDetail {
            image_offer,
            summary: self.summary(viewer, &site).await?,
            variants,
            owner_link: self.owner_link(site_id, &record.url),
            allowed_origins: record.allowed_origins,
            edits,
            locked_slots,
            page,
            brand: record.brand,
            copy: record.copy,
            spent_today,
            rejected: self.store().rejected_drafts(&site, 30).await?,
            goals: self.store().goals(&site).await?,
            decisions: self.store().decisions(&site, 100).await?,
            jobs: self.store().jobs(&site).await?,
            takes_pictures: self.inner.ports.reader.has_browser(),
            install_snippet: SnippetOptions::default().element(self.public_url(), self.paths(), site_id),
            public_url: self.public_url().to_owned(),
            public_paths: self.paths().clone(),
            install: record.install,
            last_visit: self.store().last_exposure(&site).await?.map(OffsetDateTime::unix_timestamp),
        })
    }

    /// Finds a site of the viewer.
    pub(crate) async fn owned_site(&self, viewer: &Viewer, site_id: SiteId) -> Result<OwnedSite, ServiceError> {
        self.store().scope(viewer).site(site_id).await?.ok_or(ServiceError::NotFound)
    }

    async fn summary(&self, viewer: &Viewer, site: &OwnedSite) -> Result<SiteSummary, ServiceError> {
        self.store().scope(viewer).site_summary(site).await?.ok_or(ServiceError::NotFound)
    }

    /// Stores a site with what every site has: its control and its primary goal.
    pub(crate) async fn store_site(
        &self,
        write: &WriteTransaction,
        user_id: UserId,
        url: SiteUrl,
        holdout_fraction: f64,
    ) -> Result<OwnedSite, ServiceError> {
        let now = self.now();
        let id = SiteId(self.random_id());
        let site = write
            .create_site(&NewSite { id, user_id, url, salt: self.random_bytes(), holdout_fraction, created_at: now })
            .await?;
        write.create_variant(&self.control(id), None, now).await?;
        write.create_goal(&site, &self.default_goal(), now).await?;
        Ok(site)
    }

    fn control(&self, site_id: SiteId) -> Variant {
        Variant {
            id: VariantId(self.random_id()),
            site_id,
            parent_variant_id: None,
            generation: 0,
            name: "Control".to_owned(),
            patch: Patch::empty(),
            status: VariantStatus::Active,
            is_control: true,
            generation_reasoning: "The page as it is, to compare with.".to_owned(),
            strategy: "control".to_owned(),
            author: "owner".to_owned(),
            provenance: domain::copy::Provenance::default(),
        }
    }

    /// Until the page is read nothing is known about it, so the first goal is reported by name.
    fn default_goal(&self) -> Goal {
        Goal {
            id: GoalId(self.random_id()),
            name: "Conversion".to_owned(),
            kind: GoalType::Event,
            config: GoalConfig { event_name: Some("conversion".to_owned()), ..GoalConfig::default() },
            is_primary: true,
        }
    }
}
