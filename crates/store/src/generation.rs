//! A generation as the database keeps it: its weight vectors, its part of the ledger, where it stands.

use crate::entity::{allocations, conversion_delays, experiment_stats, ledger, sites};
use crate::millis::Millis;
use crate::rows::name;
use crate::statistics::{Allocation, Counters, allocation, counters};
use crate::{OwnedSite, Store, StoreError, WriteTransaction, variants};
use domain::{AutonomyMode, Phase, SiteStatus, Variant, VariantId};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use time::OffsetDateTime;
use uuid::Uuid;

/// Days whose delays say how late conversions come; older ones may be of another page.
const DAYS_OF_DELAYS: i64 = 90;
const HOURS_A_DAY: i64 = 24;

/// Everything that the statistics of a generation are computed from.
#[derive(Debug, Clone)]
pub struct GenerationRows {
    /// Grows with every change of the site, so that a result can be dropped when it came too late.
    pub version: i64,
    /// Where the site stands.
    pub status: SiteStatus,
    /// How much Evoloop may do by itself.
    pub autonomy_mode: AutonomyMode,
    /// Where the generation stands.
    pub phase: Phase,
    /// The challenger that the phase is about.
    pub phase_variant_id: Option<VariantId>,
    /// Number of the weight vector in force; 0 before the first.
    pub epoch: i64,
    /// Number of the generation's first weight vector.
    pub first_epoch: i64,
    /// Parameters of the prior of its conversion rates.
    pub prior: (f64, f64),
    /// All variants of the site.
    pub variants: Vec<Variant>,
    /// Their counters over all generations.
    pub counters: Vec<Counters>,
    /// The weight vectors of the generation, oldest first.
    pub allocations: Vec<Allocation>,
    /// The cells of the ledger that belong to these.
    pub cells: Vec<LedgerCell>,
    /// Hours from exposure to conversion, with how many conversions took so long.
    pub delays: Vec<(i64, i64)>,
}

/// A site that nobody else changes meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedSite {
    /// Grows with every change of the site.
    pub version: i64,
    /// Where the site stands.
    pub status: SiteStatus,
    /// Where its generation stands.
    pub phase: Phase,
    /// The challenger that the phase is about.
    pub phase_variant_id: Option<VariantId>,
}

/// A cell of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerCell {
    /// Epoch of the token.
    pub epoch: i64,
    /// Variant.
    pub variant_id: VariantId,
    /// Hours since 1970 of the exposures; the first one, where a day is summed up.
    pub exposure_hour: i64,
    /// Visitors exposed in that hour, or from it to the end of its day.
    pub visitors: i64,
    /// Those of them who converted, whenever they did.
    pub conversions: i64,
}

/// A sum over the hours of a day, with the first of them.
#[derive(FromQueryResult)]
struct DaySum {
    epoch: i64,
    variant_id: Uuid,
    first_hour: i64,
    visitors: i64,
    conversions: i64,
}

impl Store {
    /// The present generation; absent when the site was deleted. Delays are those of visitors who
    /// came before a time, from which on some could still convert.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn generation(
        &self,
        site: &OwnedSite,
        matured: OffsetDateTime,
    ) -> Result<Option<GenerationRows>, StoreError> {
        generation(self.reader(), site, matured).await
    }
}

impl WriteTransaction {
    /// As [`Store::generation`], as this transaction sees it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn generation(
        &self,
        site: &OwnedSite,
        matured: OffsetDateTime,
    ) -> Result<Option<GenerationRows>, StoreError> {
        generation(&self.transaction, site, matured).await
    }

    /// Keeps everybody else from changing the site until this transaction ends, and says where it
    /// stands; absent when it was deleted. Whoever decides about a site does this first: what is read
    /// afterwards still holds at the commit. On Postgres visitors' events do not wait for the site's row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_site(&self, site: &OwnedSite) -> Result<Option<LockedSite>, StoreError> {
        let row =
            sites::Entity::find_by_id(site.site_id().0).lock(LockType::NoKeyUpdate).one(&self.transaction).await?;
        row.map(|row| {
            Ok(LockedSite {
                version: row.version,
                status: name("sites", &row.status)?,
                phase: name("sites", &row.phase)?,
                phase_variant_id: row.phase_variant_id.map(VariantId),
            })
        })
        .transpose()
    }

    /// Stores where the generation stands, and which challenger that is about.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_phase(
        &self,
        site: &OwnedSite,
        phase: Phase,
        variant_id: Option<VariantId>,
    ) -> Result<(), StoreError> {
        self.update_site(site, sites::Column::PhaseVariantId, Expr::value(variant_id.map(|id| id.0))).await?;
        self.update_site(site, sites::Column::Phase, Expr::value(phase.as_str())).await
    }

    /// Begins a generation: its first weight vector will be the next one, and the posteriors that steer and
    /// decide have this prior. Counters over all generations keep the uniform one, because what a
    /// prior was learned from must not count twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_generation(&self, site: &OwnedSite, prior: (f64, f64)) -> Result<(), StoreError> {
        use experiment_stats::Column as S;
        self.set_phase(site, Phase::BurnIn, None).await?;
        let next = Expr::col(sites::Column::Epoch).add(1);
        self.update_site(site, sites::Column::FirstEpoch, next).await?;
        self.update_site(site, sites::Column::PriorAlpha, Expr::value(prior.0)).await?;
        self.update_site(site, sites::Column::PriorBeta, Expr::value(prior.1)).await?;
        experiment_stats::Entity::update_many()
            .col_expr(S::LowChecks, Expr::value(0))
            .filter(S::SiteId.eq(site.site_id().0))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Stores how many checks in a row found a variant's probability of being best below the kill threshold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_low_checks(
        &self,
        site: &OwnedSite,
        variant_id: VariantId,
        checks: u32,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        use experiment_stats::Column as S;
        experiment_stats::Entity::update_many()
            .col_expr(S::LowChecks, Expr::value(i32::try_from(checks).unwrap_or(i32::MAX)))
            .col_expr(S::LowCheckedAt, Expr::value(Millis::from(now)))
            .filter(S::SiteId.eq(site.site_id().0))
            .filter(S::VariantId.eq(variant_id.0))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}

async fn generation(
    connection: &impl ConnectionTrait,
    site: &OwnedSite,
    matured: OffsetDateTime,
) -> Result<Option<GenerationRows>, StoreError> {
    let Some(row) = sites::Entity::find_by_id(site.site_id().0).one(connection).await? else { return Ok(None) };
    // Cells before weights: an epoch that begins in between then has no cell yet, where the other way
    // round a cell could be of an epoch that was not read.
    let until = matured.unix_timestamp().div_euclid(24 * 3600);
    let cells = cells(connection, &row, until * 24).await?;
    let allocations = allocations::Entity::find()
        .filter(allocations::Column::SiteId.eq(row.id))
        .filter(allocations::Column::Epoch.gte(row.first_epoch))
        .order_by_asc(allocations::Column::Epoch)
        .all(connection)
        .await?;
    let delays = conversion_delays::Entity::find()
        .filter(conversion_delays::Column::SiteId.eq(row.id))
        .filter(conversion_delays::Column::ExposureDay.gte(until - DAYS_OF_DELAYS))
        .filter(conversion_delays::Column::ExposureDay.lt(until))
        .all(connection)
        .await?;
    Ok(Some(GenerationRows {
        version: row.version,
        status: name("sites", &row.status)?,
        autonomy_mode: name("sites", &row.autonomy_mode)?,
        phase: name("sites", &row.phase)?,
        phase_variant_id: row.phase_variant_id.map(VariantId),
        epoch: row.epoch,
        first_epoch: row.first_epoch,
        prior: (row.prior_alpha, row.prior_beta),
        variants: variants::all(connection, site).await?,
        counters: counters(connection, site).await?,
        allocations: allocations.into_iter().map(allocation).collect::<Result<_, _>>()?,
        cells,
        delays: delays.into_iter().map(|row| (row.delay_hour, row.conversions)).collect(),
    }))
}

/// The generation's part of the ledger. Days that ended before an hour are summed up by the database:
/// nothing that is computed from matured visitors needs their hours apart, and the look stays quick.
async fn cells(
    connection: &impl ConnectionTrait,
    row: &sites::Model,
    summed_until: i64,
) -> Result<Vec<LedgerCell>, StoreError> {
    use ledger::Column as L;
    let of_generation = || {
        ledger::Entity::find()
            .filter(L::SiteId.eq(row.id))
            .filter(L::Epoch.gte(row.first_epoch))
            // A cell that everybody left says nothing.
            .filter(L::Visitors.gt(0))
    };
    // Whole numbers: hours since 1970 are not negative, so both databases round the same way.
    let day = Expr::col(L::ExposureHour).div(HOURS_A_DAY);
    let days = of_generation()
        .filter(L::ExposureHour.lt(summed_until))
        .select_only()
        .column(L::Epoch)
        .column(L::VariantId)
        .column_as(L::ExposureHour.min(), "first_hour")
        .column_as(sum(L::Visitors), "visitors")
        .column_as(sum(L::Conversions), "conversions")
        .group_by(L::Epoch)
        .group_by(L::VariantId)
        .group_by(day)
        .into_model::<DaySum>()
        .all(connection)
        .await?;
    let hours = of_generation().filter(L::ExposureHour.gte(summed_until)).all(connection).await?;
    let summed = days.into_iter().map(|row| LedgerCell {
        epoch: row.epoch,
        variant_id: VariantId(row.variant_id),
        exposure_hour: row.first_hour,
        visitors: row.visitors,
        conversions: row.conversions,
    });
    Ok(summed.chain(hours.into_iter().map(cell)).collect())
}

/// A sum as a whole number: Postgres makes a decimal of it otherwise.
pub(crate) fn sum(column: ledger::Column) -> SimpleExpr {
    column.sum().cast_as("bigint")
}

pub(crate) fn cell(row: ledger::Model) -> LedgerCell {
    LedgerCell {
        epoch: row.epoch,
        variant_id: VariantId(row.variant_id),
        exposure_hour: row.exposure_hour,
        visitors: row.visitors,
        conversions: row.conversions,
    }
}
