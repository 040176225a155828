//! Pictures: rows of `assets` and `screenshots`.
//!
//! The bytes stand in the database. So every process has every picture, a copy of the database is a whole one, and a
//! picture is there exactly when the row that shows it is.

mod prune;

use crate::entity::{assets, screenshots};
use crate::rows::name;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::asset::View;
use domain::{AssetId, AssetKind, SiteId, VariantId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement, Value};
use std::collections::HashMap;
use time::OffsetDateTime;

/// A picture with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its name, which says what it holds.
    pub id: AssetId,
    /// What it is for.
    pub kind: AssetKind,
    /// Such as `image/webp`.
    pub media_type: String,
    /// The picture.
    pub bytes: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// How many bytes the pictures of a site, and of all sites of its owner, may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Of one site.
    pub site: u64,
    /// Of all sites of an account.
    pub account: u64,
}

/// What came of storing a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is there now, or was already.
    Here,
    /// The site has no room for it.
    SiteIsFull,
    /// The account has no room for it.
    AccountIsFull,
}

/// A picture that shows a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The variant; the control stands for the page.
    pub variant_id: VariantId,
    /// In which window.
    pub view: View,
    /// The picture.
    pub asset_id: AssetId,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether the page was read anew since.
    pub is_outdated: bool,
}

impl WriteTransaction {
    /// Stores a picture, if there is room for it. The same picture is stored once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_asset(
        &self,
        site: &OwnedSite,
        asset: &Asset,
        quota: Quota,
        now: OffsetDateTime,
    ) -> Result<Kept, StoreError> {
        let known = assets::Entity::find()
            .select_only()
            .column(assets::Column::Id)
            .filter(assets::Column::SiteId.eq(site.site_id().0))
            .filter(assets::Column::Id.eq(asset.id.as_str()))
            .into_tuple::<String>();
        if known.one(&self.transaction).await?.is_some() {
            return Ok(Kept::Here);
        }
        let size = i64::try_from(asset.bytes.len()).unwrap_or(i64::MAX);
        let fits = |used: i64, most: u64| used.saturating_add(size) <= i64::try_from(most).unwrap_or(i64::MAX);
        if !fits(self.size_of_assets("site_id = $1", site).await?, quota.site) {
            return Ok(Kept::SiteIsFull);
        }
        let of_account = "site_id IN (SELECT id FROM sites WHERE user_id = (SELECT user_id FROM sites WHERE id = $1))";
        if !fits(self.size_of_assets(of_account, site).await?, quota.account) {
            return Ok(Kept::AccountIsFull);
        }
        let row = assets::ActiveModel {
            site_id: Set(site.site_id().0),
            id: Set(asset.id.as_str().to_owned()),
            kind: Set(asset.kind.as_str().to_owned()),
            media_type: Set(asset.media_type.clone()),
            bytes: Set(asset.bytes.clone()),
            size: Set(size),
            width: Set(i32::try_from(asset.width).unwrap_or(i32::MAX)),
            height: Set(i32::try_from(asset.height).unwrap_or(i32::MAX)),
            created_at: Set(now.into()),
        };
        assets::Entity::insert(row)
            .on_conflict_do_nothing_on([assets::Column::SiteId, assets::Column::Id])
            .exec_without_returning(&self.transaction)
            .await?;
        Ok(Kept::Here)
    }

    async fn size_of_assets(&self, which: &str, site: &OwnedSite) -> Result<i64, StoreError> {
        // A sum has another type on each database.
        let query = format!("SELECT CAST(COALESCE(SUM(size), 0) AS bigint) FROM assets WHERE {which}");
        let row = self.transaction.query_one_raw(self.statement(query, [site.site_id().0.into()])).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
    }

    /// Forgets which pictures show a variant, and deletes those that show nothing any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_screenshots(&self, site: &OwnedSite, variant_id: VariantId) -> Result<(), StoreError> {
        screenshots::Entity::delete_many()
            .filter(screenshots::Column::SiteId.eq(site.site_id().0))
            .filter(screenshots::Column::VariantId.eq(variant_id.0))
            .exec(&self.transaction)
            .await?;
        let unused = "DELETE FROM assets WHERE site_id = $1 AND kind = 'screenshot' AND id NOT IN \
                      (SELECT asset_id FROM screenshots WHERE site_id = $1)";
        self.transaction.execute_raw(self.statement(unused, [site.site_id().0.into()])).await?;
        Ok(())
    }

    /// Notes that a stored picture shows a variant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn show_screenshot(
        &self,
        site: &OwnedSite,
        variant_id: VariantId,
        view: View,
        asset_id: &AssetId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let row = screenshots::ActiveModel {
            site_id: Set(site.site_id().0),
            variant_id: Set(variant_id.0),
            view: Set(i32::try_from(view.width()).unwrap_or(i32::MAX)),
            asset_id: Set(asset_id.as_str().to_owned()),
            is_outdated: Set(false),
            created_at: Set(now.into()),
        };
        screenshots::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Notes that the page was read anew, so that its pictures are taken again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outdate_screenshots(&self, site: &OwnedSite) -> Result<(), StoreError> {
        screenshots::Entity::update_many()
            .col_expr(screenshots::Column::IsOutdated, Expr::value(true))
            .filter(screenshots::Column::SiteId.eq(site.site_id().0))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// The pictures that show the site's variants, as this transaction sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn screenshots(&self, site: &OwnedSite) -> Result<Vec<Shown>, StoreError> {
        shown(&self.transaction, site).await
    }

    fn statement<const N: usize>(&self, query: impl Into<String>, values: [Value; N]) -> Statement {
        Statement::from_sql_and_values(self.transaction.get_database_backend(), query, values)
    }
}

impl Store {
    /// The pictures that show the site's variants, without their bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn screenshots(&self, site: &OwnedSite) -> Result<Vec<Shown>, StoreError> {
        shown(self.reader(), site).await
    }

    /// A picture of the viewer's own site, whatever it is for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asset(&self, site: &OwnedSite, id: &AssetId) -> Result<Option<Asset>, StoreError> {
        self.asset_of(site.site_id(), id, AssetKind::ALL).await
    }

    /// A picture that stands on a customer's page, for anybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn public_asset(&self, site_id: SiteId, id: &AssetId) -> Result<Option<Asset>, StoreError> {
        self.asset_of(site_id, id, &[AssetKind::Image]).await
    }

    async fn asset_of(&self, site_id: SiteId, id: &AssetId, kinds: &[AssetKind]) -> Result<Option<Asset>, StoreError> {
        let row = assets::Entity::find_by_id((site_id.0, id.as_str().to_owned()))
            .filter(assets::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
            .one(self.reader())
            .await?;
        row.map(Asset::try_from).transpose()
    }
}

async fn shown(connection: &impl ConnectionTrait, site: &OwnedSite) -> Result<Vec<Shown>, StoreError> {
    let rows = screenshots::Entity::find()
        .filter(screenshots::Column::SiteId.eq(site.site_id().0))
        .order_by_asc(screenshots::Column::VariantId)
        .order_by_desc(screenshots::Column::View)
        .all(connection)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let sizes: Vec<(String, i32, i32)> = assets::Entity::find()
        .select_only()
        .columns([assets::Column::Id, assets::Column::Width, assets::Column::Height])
        .filter(assets::Column::SiteId.eq(site.site_id().0))
        .filter(assets::Column::Kind.eq(AssetKind::Screenshot.as_str()))
        .into_tuple()
        .all(connection)
        .await?;
    let sizes: HashMap<String, (i32, i32)> = sizes.into_iter().map(|(id, w, h)| (id, (w, h))).collect();
    // A picture that is replaced between the two queries is one that is not there yet.
    let there = rows.into_iter().filter_map(|row| Some((*sizes.get(&row.asset_id)?, row)));
    there
        .map(|((width, height), row)| {
            let corrupt = |what: &str| StoreError::corrupt("screenshots", what);
            Ok(Shown {
                variant_id: VariantId(row.variant_id),
                view: u32::try_from(row.view).ok().and_then(View::of_width).ok_or_else(|| corrupt("unknown view"))?,
                asset_id: AssetId::parse(&row.asset_id).ok_or_else(|| corrupt("no name of an asset"))?,
                width: length(width)?,
                height: length(height)?,
                is_outdated: row.is_outdated,
            })
        })
        .collect()
}

fn length(pixels: i32) -> Result<u32, StoreError> {
    u32::try_from(pixels).map_err(|error| StoreError::corrupt("assets", error))
}

impl TryFrom<assets::Model> for Asset {
    type Error = StoreError;
    fn try_from(row: assets::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: AssetId::parse(&row.id).ok_or_else(|| StoreError::corrupt("assets", "no name of an asset"))?,
            kind: name("assets", &row.kind)?,
            media_type: row.media_type,
            bytes: row.bytes,
            width: length(row.width)?,
            height: length(row.height)?,
        })
    }
}
