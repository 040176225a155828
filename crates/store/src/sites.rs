//! Sites: rows of `sites`, and the lists that an owner sees.

use crate::entity::{decisions, experiment_stats, jobs, sites, variants};
use crate::rows::{json, name, to_json};
use crate::{OwnedSite, Scope, Store, StoreError, WriteTransaction};
use domain::copy::CopySettings;
use domain::guard::BrandRules;
use domain::page_edits::Effective;
use domain::report::SiteSummary;
use domain::{
    AllowedOrigins, AutonomyMode, DecisionState, InstallReport, JobState, PageEdits, PageModel, Phase, SiteId,
    SiteStatus, SiteUrl, UserId, VariantStatus,
};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// A uniform prior: before any visitor every conversion rate is as likely as any other. Counters over all
/// generations always have it.
pub(crate) const UNIFORM: (f64, f64) = (1.0, 1.0);

/// A site to be stored.
#[derive(Debug, Clone)]
pub struct NewSite {
    /// Identifier.
    pub id: SiteId,
    /// Owner.
    pub user_id: UserId,
    /// Address of the page.
    pub url: SiteUrl,
    /// Key of the assignment's hash; never changes and never leaves the server.
    pub salt: [u8; 16],
    /// Share of visitors who always see the untouched page, 0 to 1.
    pub holdout_fraction: f64,
    /// Now.
    pub created_at: OffsetDateTime,
}

/// The columns of a site that its jobs need.
#[derive(Debug, Clone)]
pub struct SiteRecord {
    /// Identifier.
    pub id: SiteId,
    /// Address of the page.
    pub url: SiteUrl,
    /// Where it stands.
    pub status: SiteStatus,
    /// Number of the published weight vector.
    pub epoch: i64,
    /// The page as it was read. What works with the page asks for [`SiteRecord::page_model`].
    pub reading: Option<PageModel>,
    /// What the owner said about it.
    pub page_edits: PageEdits,
    /// Both together.
    pub effective: Option<Effective>,
    /// Whose pages may report.
    pub allowed_origins: AllowedOrigins,
    /// How much Evoloop may do there by itself.
    pub autonomy_mode: AutonomyMode,
    /// What the owner says about copy.
    pub brand: BrandRules,
    /// How much copy may cost.
    pub copy: CopySettings,
    /// What the last verification of the snippet found; one that this version does not understand counts as none.
    pub install: Option<InstallReport>,
}

impl SiteRecord {
    /// What people call the site: its page's title, or its host before the page was read.
    #[must_use]
    pub fn name(&self) -> String {
        let title = self.page_model().and_then(|page| page.title.clone());
        title.unwrap_or_else(|| self.url.host())
    }

    /// The page as its owner says it is; absent until it was read.
    #[must_use]
    pub fn page_model(&self) -> Option<&PageModel> {
        self.effective.as_ref().map(|effective| &effective.page)
    }

    /// What a variant must keep: the owner's rules, and which slots are locked.
    #[must_use]
    pub fn copy_rules(&self) -> BrandRules {
        self.effective.as_ref().map_or_else(|| self.brand.clone(), |effective| effective.with_locks(&self.brand))
    }
}

impl WriteTransaction {
    /// Stores a site that waits for its analysis.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_site(&self, site: &NewSite) -> Result<OwnedSite, StoreError> {
        let row = sites::ActiveModel {
            id: Set(site.id.0),
            user_id: Set(site.user_id.0),
            url: Set(site.url.as_str().to_owned()),
            status: Set(SiteStatus::Analyzing.as_str().to_owned()),
            autonomy_mode: Set(AutonomyMode::default().as_str().to_owned()),
            approvals_remaining: Set(5),
            brand_constraints: Set(serde_json::json!({})),
            page_model: Set(None),
            salt: Set(site.salt.to_vec()),
            holdout_fraction: Set(site.holdout_fraction),
            epoch: Set(0),
            version: Set(1),
            phase: Set(Phase::BurnIn.as_str().to_owned()),
            phase_variant_id: Set(None),
            first_epoch: Set(1),
            prior_alpha: Set(UNIFORM.0),
            prior_beta: Set(UNIFORM.1),
            allowed_origins: Set(serde_json::json!([])),
            copy_settings: Set(serde_json::json!({})),
            page_edits: Set(serde_json::json!({})),
            install_report: Set(None),
            created_at: Set(site.created_at.into()),
        };
        sites::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        let site = OwnedSite::new(site.id);
        self.tell_of(&site).await?;
        Ok(site)
    }

    /// Deletes a site with everything that belongs to it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_site(&self, site: &OwnedSite) -> Result<(), StoreError> {
        sites::Entity::delete_by_id(site.site_id().0).exec(&self.transaction).await?;
        self.tell_of(site).await
    }

    /// Moves a site to another state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_site_status(&self, site: &OwnedSite, status: SiteStatus) -> Result<(), StoreError> {
        self.update_site(site, sites::Column::Status, Expr::value(status.as_str())).await
    }

    /// Stores how much Evoloop may do by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_autonomy_mode(&self, site: &OwnedSite, mode: AutonomyMode) -> Result<(), StoreError> {
        self.update_site(site, sites::Column::AutonomyMode, Expr::value(mode.as_str())).await
    }

    /// Stores whose pages may report.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_allowed_origins(&self, site: &OwnedSite, origins: &AllowedOrigins) -> Result<(), StoreError> {
        self.update_site(site, sites::Column::AllowedOrigins, Expr::value(to_json("sites", origins)?)).await
    }

    /// Stores what was found on the page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_page_model(&self, site: &OwnedSite, page: &PageModel) -> Result<(), StoreError> {
        self.update_site(site, sites::Column::PageModel, Expr::value(to_json("sites", page)?)).await
    }

    /// Stores what the owner says about the page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_page_edits(&self, site: &OwnedSite, edits: &PageEdits) -> Result<(), StoreError> {
        self.update_site(site, sites::Column::PageEdits, Expr::value(to_json("sites", edits)?)).await
    }

    /// Stores what a verification of the snippet found.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_install_report(&self, site: &OwnedSite, report: &InstallReport) -> Result<(), StoreError> {
        self.update_site(site, sites::Column::InstallReport, Expr::value(to_json("sites", report)?)).await
    }

    /// The site as this transaction sees it; absent when it was deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn site_record(&self, site: &OwnedSite) -> Result<Option<SiteRecord>, StoreError> {
        let row = sites::Entity::find_by_id(site.site_id().0).one(&self.transaction).await?;
        row.map(record).transpose()
    }

    /// Tells every process that holds a snapshot of the site to load it again.
    pub(crate) async fn touch_site(&self, site: &OwnedSite) -> Result<(), StoreError> {
        self.update_site(site, sites::Column::Epoch, Expr::col(sites::Column::Epoch)).await
    }

    /// Writes one column, together with the version that readers watch.
    pub(crate) async fn update_site(
        &self,
        site: &OwnedSite,
        column: sites::Column,
        value: sea_orm::sea_query::SimpleExpr,
    ) -> Result<(), StoreError> {
        sites::Entity::update_many()
            .col_expr(column, value)
            .col_expr(sites::Column::Version, Expr::col(sites::Column::Version).add(1))
            .filter(sites::Column::Id.eq(site.site_id().0))
            .exec(&self.transaction)
            .await?;
        self.tell_of(site).await
    }
}

impl Store {
    /// The site as a job needs it; absent when it was deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn site_record(&self, site: &OwnedSite) -> Result<Option<SiteRecord>, StoreError> {
        let row = sites::Entity::find_by_id(site.site_id().0).one(self.reader()).await?;
        row.map(record).transpose()
    }
}

impl Scope<'_> {
    /// The viewer's sites, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sites(&self) -> Result<Vec<SiteSummary>, StoreError> {
        let rows = sites::Entity::find()
            .filter(sites::Column::UserId.eq(self.user_id.0))
            .order_by_desc(sites::Column::CreatedAt)
            .all(self.store.reader())
            .await?;
        self.summaries(rows).await
    }

    /// One of the viewer's sites, as in the list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn site_summary(&self, site: &OwnedSite) -> Result<Option<SiteSummary>, StoreError> {
        let row = sites::Entity::find_by_id(site.site_id().0)
            .filter(sites::Column::UserId.eq(self.user_id.0))
            .one(self.store.reader())
            .await?;
        Ok(self.summaries(row.into_iter().collect()).await?.pop())
    }

    /// How many of the viewer's jobs gave up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failed_jobs(&self) -> Result<i64, StoreError> {
        let count = jobs::Entity::find()
            .filter(jobs::Column::State.eq(JobState::Dead.as_str()))
            .filter(jobs::Column::SiteId.in_subquery(self.own_sites()))
            .count(self.store.reader())
            .await?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Adds the counters to rows, with three queries for all of them.
    async fn summaries(&self, rows: Vec<sites::Model>) -> Result<Vec<SiteSummary>, StoreError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let totals: HashMap<Uuid, (i64, i64)> = experiment_stats::Entity::find()
            .select_only()
            .column(experiment_stats::Column::SiteId)
            .column(experiment_stats::Column::Visitors)
            .column(experiment_stats::Column::Conversions)
            .filter(experiment_stats::Column::SiteId.is_in(ids.clone()))
            .into_tuple::<(Uuid, i64, i64)>()
            .all(self.store.reader())
            .await?
            .into_iter()
            .fold(HashMap::new(), |mut totals, (site, visitors, conversions)| {
                let total = totals.entry(site).or_insert((0, 0));
                total.0 += visitors;
                total.1 += conversions;
                totals
            });
        let states = variants::Entity::find()
            .select_only()
            .column(variants::Column::SiteId)
            .column(variants::Column::Status)
            .column_as(variants::Column::Id.count(), "variants")
            .filter(variants::Column::SiteId.is_in(ids))
            .filter(variants::Column::IsControl.eq(false))
            .group_by(variants::Column::SiteId)
            .group_by(variants::Column::Status)
            .into_model::<StateCount>()
            .all(self.store.reader())
            .await?;
        let proposals: HashMap<Uuid, i64> = decisions::Entity::find()
            .select_only()
            .column(decisions::Column::SiteId)
            .column_as(decisions::Column::Id.count(), "proposals")
            .filter(decisions::Column::SiteId.is_in(rows.iter().map(|row| row.id)))
            .filter(decisions::Column::State.eq(DecisionState::Proposed.as_str()))
            .group_by(decisions::Column::SiteId)
            .into_tuple::<(Uuid, i64)>()
            .all(self.store.reader())
            .await?
            .into_iter()
            .collect();
        let in_state = |site: Uuid, status: VariantStatus| {
            states
                .iter()
                .filter(|row| row.site_id == site && row.status == status.as_str())
                .map(|row| row.variants)
                .sum::<i64>()
        };
        rows.into_iter()
            .map(|row| {
                let (visitors, conversions) = totals.get(&row.id).copied().unwrap_or_default();
                let active = in_state(row.id, VariantStatus::Active) + in_state(row.id, VariantStatus::Winner);
                let pending = in_state(row.id, VariantStatus::PendingReview);
                let found = record(row.clone())?;
                Ok(SiteSummary {
                    id: found.id,
                    name: found.name(),
                    url: found.url.as_str().to_owned(),
                    status: found.status,
                    autonomy_mode: name("sites", &row.autonomy_mode)?,
                    visitors,
                    conversions,
                    active_variants: active,
                    pending_variants: pending,
                    open_proposals: proposals.get(&row.id).copied().unwrap_or(0),
                    is_frozen: name::<Phase>("sites", &row.phase)? == Phase::Frozen,
                    created_at: row.created_at.seconds(),
                })
            })
            .collect()
    }
}

#[derive(FromQueryResult)]
struct StateCount {
    site_id: Uuid,
    status: String,
    variants: i64,
}

pub(crate) fn record(row: sites::Model) -> Result<SiteRecord, StoreError> {
    let reading: Option<PageModel> = row.page_model.map(|value| json("sites", value)).transpose()?;
    let page_edits: PageEdits = json("sites", row.page_edits)?;
    let effective = reading.as_ref().map(|reading| page_edits.applied_to(reading));
    Ok(SiteRecord {
        id: SiteId(row.id),
        url: row.url.parse().map_err(|error| StoreError::corrupt("sites", error))?,
        status: name("sites", &row.status)?,
        epoch: row.epoch,
        reading,
        page_edits,
        effective,
        allowed_origins: json("sites", row.allowed_origins)?,
        autonomy_mode: name("sites", &row.autonomy_mode)?,
        brand: json("sites", row.brand_constraints)?,
        copy: json("sites", row.copy_settings)?,
        install: row.install_report.and_then(|value| serde_json::from_value(value).ok()),
    })
}
