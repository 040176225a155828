//! Who may see what, as types.
//!
//! A [`Viewer`] is a person whose session was checked. It cannot be made up:
//!
//! ```compile_fail,E0451
//! let forged = store::Viewer { user_id: domain::UserId(uuid::Uuid::nil()) };
//! ```
//!
//! A query on a site's data needs an [`OwnedSite`], which only a [`Scope`] finds; an identifier
//! that came from outside is not enough:
//!
//! ```compile_fail,E0308
//! async fn leak(store: store::Store, from_outside: domain::SiteId) {
//!     let _ = store.variants(&from_outside).await;
//! }
//! ```

use crate::entity::{sites, variants};
use crate::{Store, StoreError};
use domain::{SiteId, UserId, VariantId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// A person whose session, or whose right as operator of the machine, was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    user_id: UserId,
}

impl Viewer {
    pub(crate) fn new(user_id: UserId) -> Self {
        Self { user_id }
    }

    /// The person.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.user_id
    }
}

/// Everything that belongs to one viewer.
pub struct Scope<'a> {
    pub(crate) store: &'a Store,
    pub(crate) user_id: UserId,
}

impl Store {
    /// Opens what belongs to the viewer.
    #[must_use]
    pub fn scope(&self, viewer: &Viewer) -> Scope<'_> {
        Scope { store: self, user_id: viewer.user_id }
    }
}

impl Store {
    /// Finds any site, for a command of the machine's operator, who has the database itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn site_for_operator(&self, site_id: SiteId) -> Result<Option<OwnedSite>, StoreError> {
        let row = sites::Entity::find_by_id(site_id.0).one(self.reader()).await?;
        Ok(row.map(|row| OwnedSite::new(SiteId(row.id))))
    }

    /// Finds the site of any variant, for the same.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn site_of_variant_for_operator(&self, id: VariantId) -> Result<Option<OwnedSite>, StoreError> {
        let found = variants::Entity::find().filter(variants::Column::Id.eq(id.0)).one(self.reader()).await?;
        Ok(found.map(|row| OwnedSite::new(SiteId(row.site_id))))
    }
}

impl Scope<'_> {
    /// Finds a site, if it is the viewer's own. A foreign site is as absent as one that does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn site(&self, site_id: SiteId) -> Result<Option<OwnedSite>, StoreError> {
        let row = sites::Entity::find_by_id(site_id.0)
            .filter(sites::Column::UserId.eq(self.user_id.0))
            .one(self.store.reader())
            .await?;
        Ok(row.map(|row| OwnedSite::new(SiteId(row.id))))
    }
}

/// A site that was found for its owner, or that a job of that site works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnedSite {
    site_id: SiteId,
}

impl OwnedSite {
    pub(crate) fn new(site_id: SiteId) -> Self {
        Self { site_id }
    }

    /// The site.
    #[must_use]
    pub fn site_id(self) -> SiteId {
        self.site_id
    }
}
