//! What the operator of the machine may do from the command line, who has the database anyway.

use crate::{Service, ServiceError};
use domain::report::VariantHealth;
use domain::{Email, JobKind, Op, Patch, SiteId, SiteStatus, Target, UserId, Variant, VariantId, VariantStatus};
use store::generation::LedgerCell;
use store::statistics::{Allocation, Counters};
use store::{StoreError, Viewer, WriteTransaction};

/// A running site made for benches and tests.
#[derive(Debug, Clone)]
pub struct SeededSite {
    /// Site.
    pub site_id: SiteId,
    /// Its variants, with whether each is the control.
    pub variants: Vec<(VariantId, bool)>,
}

/// What was counted on a site.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteCounters {
    /// Counters of each variant.
    pub variants: Vec<Counters>,
    /// Visitors of the holdout, and those of them who converted.
    pub holdout: (i64, i64),
    /// The cells of the ledger, by epoch, variant and hour of exposure.
    pub ledger: Vec<LedgerCell>,
}

impl SiteCounters {
    /// Whether both count the same visitors and conversions, by variant with its posterior and by cell of the ledger.
    #[must_use]
    pub fn counts_like(&self, other: &Self) -> bool {
        let counts = |counters: &Self| -> Vec<_> {
            let numbers = |row: &Counters| (row.variant_id, row.visitors, row.conversions, row.alpha, row.beta);
            counters.variants.iter().map(numbers).collect()
        };
        counts(self) == counts(other) && self.holdout == other.holdout && self.ledger == other.ledger
    }
}

/// Seeded sites that become durable together: a commit each would take minutes for many.
const SEEDED_TOGETHER: u32 = 200;
/// Owner of seeded sites; nobody can log in as this account.
const SEED_OWNER: &str = "seed@evoloop.invalid";

impl Service {
    /// The account of an address, without its password.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn viewer_for_operator(&self, email: &str) -> Result<Viewer, ServiceError> {
        let email: Email = email.parse().map_err(|error| ServiceError::invalid("email", error))?;
        self.store().viewer_for_operator(&email).await?.ok_or(ServiceError::NotFound)
    }

    /// The stored counters of a site, with the published weights.
    ///
    /// # Errors
    /// `NotFound` when there is no such site.
    pub async fn counters(&self, site_id: SiteId) -> Result<(SiteCounters, Option<Allocation>), ServiceError> {
        let site = self.store().site_for_operator(site_id).await?.ok_or(ServiceError::NotFound)?;
        let allocation = self.store().allocations(&site, 1).await?.pop();
        let holdout = self.store().holdout_counts(&site).await?;
        let (visitors, conversions) =
            holdout.iter().fold((0, 0), |sum, hour| (sum.0 + hour.visitors, sum.1 + hour.conversions));
        let counters = SiteCounters {
            variants: self.store().counters(&site).await?,
            holdout: (visitors, conversions),
            ledger: self.store().ledger(&site).await?,
        };
        Ok((counters, allocation))
    }

    /// What visits of a site's variants were like.
    ///
    /// # Errors
    /// `NotFound` when there is no such site.
    pub async fn page_health_for_operator(&self, site_id: SiteId) -> Result<Vec<VariantHealth>, ServiceError> {
        let site = self.store().site_for_operator(site_id).await?.ok_or(ServiceError::NotFound)?;
        let variants = self.store().variants(&site).await?;
        self.page_health(&site, &variants).await
    }

    /// The same counters, recomputed from raw rows.
    ///
    /// # Errors
    /// `NotFound` when there is no such site.
    pub async fn recount(&self, site_id: SiteId) -> Result<SiteCounters, ServiceError> {
        let site = self.store().site_for_operator(site_id).await?.ok_or(ServiceError::NotFound)?;
        let recount = self.store().recount(&site).await?;
        Ok(SiteCounters {
            variants: self.store().recounted_counters(&site, &recount).await?,
            holdout: recount.holdout,
            ledger: recount.ledger,
        })
    }

    /// Makes running sites, each with a control, `variants` active variants and a holdout of this fraction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seed(&self, sites: u32, variants: u32, holdout: f64) -> Result<Vec<SeededSite>, ServiceError> {
        let owner = self.seed_owner().await?;
        let mut seeded = Vec::new();
        let mut left = sites;
        while left > 0 {
            let together = left.min(SEEDED_TOGETHER);
            let write = self.store().begin().await?;
            let begun = seeded.len();
            for _ in 0..together {
                seeded.push(self.seed_site(&write, owner, variants, holdout).await?);
            }
            write.commit().await?;
            let ids: Vec<SiteId> = seeded.iter().skip(begun).map(|site| site.site_id).collect();
            self.refresh_sites(&ids).await?;
            left -= together;
        }
        Ok(seeded)
    }

    async fn seed_owner(&self) -> Result<UserId, ServiceError> {
        let email: Email = SEED_OWNER.parse().map_err(ServiceError::internal)?;
        if let Some(found) = self.store().credentials(&email).await? {
            return Ok(found.user_id);
        }
        let user_id = UserId(self.random_id());
        let write = self.store().begin().await?;
        // No password has this hash, so the account cannot be entered.
        let hash = self.inner.passwords.hash(self.random_token(), self.random_bytes()).await?;
        match write.create_user(user_id, &email, &hash, self.wall_now()).await {
            Ok(()) => write.commit().await?,
            Err(StoreError::Conflict(_)) => {
                let found = self.store().credentials(&email).await?;
                return Ok(found.ok_or(ServiceError::NotFound)?.user_id);
            }
            Err(error) => return Err(error.into()),
        }
        Ok(user_id)
    }

    async fn seed_site(
        &self,
        write: &WriteTransaction,
        owner: UserId,
        variants: u32,
        holdout: f64,
    ) -> Result<SeededSite, ServiceError> {
        let url = "https://seed.evoloop.invalid/".parse().map_err(ServiceError::internal)?;
        let site = self.store_site(write, owner, url, holdout).await?;
        for number in 1..=variants {
            let variant = self.seed_variant(site.site_id(), number);
            write.create_variant(&variant, None, self.now()).await?;
        }
        write.set_site_status(&site, SiteStatus::Running).await?;
        self.publish_weights(write, &site).await?;
        self.enqueue(write, &site, JobKind::UpdateStats).await?;
        let stored = write.variants(&site).await?;
        Ok(SeededSite {
            site_id: site.site_id(),
            variants: stored.iter().map(|variant| (variant.id, variant.is_control)).collect(),
        })
    }

    fn seed_variant(&self, site_id: SiteId, number: u32) -> Variant {
        let target = Target { css: "h1".to_owned(), n: None, tag: None, text: None, alt: Vec::new() };
        let patch = Patch { v: 1, ops: vec![Op::Text { target, value: format!("Headline {number}") }] };
        Variant {
            id: VariantId(self.random_id()),
            site_id,
            parent_variant_id: None,
            generation: 1,
            name: format!("Variant {number}"),
            patch,
            status: VariantStatus::Active,
            is_control: false,
            generation_reasoning: "Made by `evoloop seed`.".to_owned(),
            strategy: "seed".to_owned(),
            author: "seed".to_owned(),
            provenance: domain::copy::Provenance::default(),
        }
    }
}
