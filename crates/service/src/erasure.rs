//! Erasing a visitor: at the wish of the visitor's own browser, of the site's owner, or of the operator.
//!
//! Whatever was counted stays, under a name that says nothing and belongs to nobody. What was under way at that
//! moment is turned away; a visitor who comes back later is a new one, also under the same name.

use crate::{Service, ServiceError};
use domain::{SiteId, VisitorId};
use std::time::Duration;
use store::erasure::{Erased, Erasure};
use store::{OwnedSite, Viewer};

/// How long to wait for one's turn: each erasure looks at all events of its site.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a browser's visitor is not erased.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// There is no such site.
    #[error("there is no such site")]
    UnknownSite,
    /// The token was not issued to this visitor of this site.
    #[error("the token is not this visitor's")]
    WrongToken,
    /// The erasure failed; another try may succeed.
    #[error("the visitor is not erased")]
    Failed(#[from] ServiceError),
}

impl Service {
    /// Erases the visitor that a browser's token was issued to, however long ago.
    ///
    /// # Errors
    /// When the site is unknown, the token is another's, or the database fails.
    pub async fn forget(&self, site_id: SiteId, visitor_id: &VisitorId, token: &str) -> Result<Erased, ForgetError> {
        let served = self.served_site(site_id).await?.ok_or(ForgetError::UnknownSite)?;
        served.key.verify(visitor_id, token).ok_or(ForgetError::WrongToken)?;
        let site = self.store().site_for_operator(site_id).await.map_err(ServiceError::from)?;
        let site = site.ok_or(ForgetError::UnknownSite)?;
        Ok(self.erase(&site, visitor_id).await?)
    }

    /// Erases a visitor of a site for its owner.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Invalid` when the text is no visitor's identifier.
    pub async fn erase_visitor(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        visitor_id: &str,
    ) -> Result<Erased, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        self.erase(&site, &named(visitor_id)?).await
    }

    /// Erases a visitor of any site for the machine's operator.
    ///
    /// # Errors
    /// `NotFound` when there is no such site, `Invalid` when the text is no visitor's identifier.
    pub async fn erase_visitor_for_operator(&self, site_id: SiteId, visitor_id: &str) -> Result<Erased, ServiceError> {
        let visitor_id = named(visitor_id)?;
        let site = self.store().site_for_operator(site_id).await?.ok_or(ServiceError::NotFound)?;
        self.erase(&site, &visitor_id).await
    }

    /// The columns of the database in which an erased visitor's id stands all the same, or a longer text with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn columns_with_visitor(&self, visitor_id: &str) -> Result<Vec<String>, ServiceError> {
        Ok(self.store().columns_with(named(visitor_id)?.as_str()).await?)
    }

    async fn erase(&self, site: &OwnedSite, visitor_id: &VisitorId) -> Result<Erased, ServiceError> {
        let turn = tokio::time::timeout(PATIENCE, self.inner.erasing.acquire()).await;
        let _turn = turn.map_err(|_| ServiceError::Busy)?.map_err(ServiceError::internal)?;
        let erasure = Erasure {
            visitor_id,
            mark: self.inner.tokens.site(site.site_id()).mark(visitor_id),
            pseudonym: VisitorId::erased(self.random_id()),
            at: self.now(),
        };
        Ok(self.store().erase_visitor(site, &erasure).await?)
    }
}

fn named(visitor_id: &str) -> Result<VisitorId, ServiceError> {
    let wanted = "A visitor's id has 1 to 64 letters, digits, -, _, . or :.";
    visitor_id.trim().parse().map_err(|_| ServiceError::invalid("visitor_id", wanted))
}
