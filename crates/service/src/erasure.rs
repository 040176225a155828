//! Erasing a visitor: at the wish of the visitor's own browser, of the site's owner, or of the operator.
//!
//! The wish is noted in one short transaction. Some process takes the name out of the rows then, and another one does
//! should that one die.
//!
//! Whatever was counted stays, under a name that says nothing and belongs to nobody. What was under way at that
//! moment is turned away; a visitor who comes back later is a new one, also under the same name.

mod finish;

use crate::{Service, ServiceError};
use domain::{SiteId, VisitorId};
pub use finish::ERASURES;
use finish::tell;
use std::time::Duration;
use store::erasure::{Erased, Erasure};
use store::{OwnedSite, Viewer};
use tokio::time::Instant;
use uuid::Uuid;

/// How long an owner waits for the end.
const PATIENCE: Duration = Duration::from_secs(8);
/// Pause before it is looked again whether another process has done it.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Wishes a second that the browsers of one site may send to a process: each is a look at all events of the site.
const WISHES_A_SECOND: u32 = 5;

/// Why a browser's visitor is not erased.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// There is no such site.
    #[error("there is no such site")]
    UnknownSite,
    /// The token was not issued to this visitor of this site.
    #[error("the token is not this visitor's")]
    WrongToken,
    /// Too many visitors of the site ask for it at once.
    #[error("too many visitors of the site ask for it at once")]
    TooMany,
    /// The wish is not noted; another try may succeed.
    #[error("the visitor is not erased")]
    Failed(#[from] ServiceError),
}

impl Service {
    /// Notes that the visitor is erased that a browser's token was issued to, however long ago. The name goes out of the
    /// rows soon after.
    ///
    /// # Errors
    /// When the site is unknown, the token is another's, too many ask, or the database fails.
    pub async fn forget(&self, site_id: SiteId, visitor_id: &VisitorId, token: &str) -> Result<(), ForgetError> {
        let served = self.served_site(site_id).await?.ok_or(ForgetError::UnknownSite)?;
        served.key.verify(visitor_id, token).ok_or(ForgetError::WrongToken)?;
        if !served.tally.wishes.take(WISHES_A_SECOND, self.wall_now()) {
            return Err(ForgetError::TooMany);
        }
        let site = self.store().site_for_operator(site_id).await.map_err(ServiceError::from)?;
        self.note_erased(&site.ok_or(ForgetError::UnknownSite)?, visitor_id).await?;
        self.inner.erasing.notify_one();
        Ok(())
    }

    /// Erases a visitor of a site for its owner; says how many rows held the name, and nothing when that goes on.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Invalid` when the text is no visitor's identifier.
    pub async fn erase_visitor(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        visitor_id: &str,
    ) -> Result<Option<Erased>, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        self.erase(&site, &named(visitor_id)?, PATIENCE).await
    }

    /// Erases a visitor of any site for the machine's operator, as for an owner, who waits this long.
    ///
    /// # Errors
    /// `NotFound` when there is no such site, `Invalid` when the text is no visitor's identifier.
    pub async fn erase_visitor_for_operator(
        &self,
        site_id: SiteId,
        visitor_id: &str,
        patience: Duration,
    ) -> Result<Option<Erased>, ServiceError> {
        let visitor_id = named(visitor_id)?;
        let site = self.store().site_for_operator(site_id).await?.ok_or(ServiceError::NotFound)?;
        self.erase(&site, &visitor_id, patience).await
    }

    /// The columns of the database in which an erased visitor's id stands all the same, or a longer text with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn columns_with_visitor(&self, visitor_id: &str) -> Result<Vec<String>, ServiceError> {
        Ok(self.store().columns_with(named(visitor_id)?.as_str()).await?)
    }

    /// Notes the erasure and sees to its end. What is not done by then goes on, here or in another process.
    async fn erase(
        &self,
        site: &OwnedSite,
        visitor_id: &VisitorId,
        patience: Duration,
    ) -> Result<Option<Erased>, ServiceError> {
        let until = Instant::now() + patience;
        let mark = self.note_erased(site, visitor_id).await?;
        loop {
            let service = self.clone();
            let finishing = tokio::spawn(async move { service.finish_erasures().await });
            match tokio::time::timeout_at(until, finishing).await {
                Ok(Ok(Err(error))) => tell(&error),
                Ok(Err(error)) => tell(&ServiceError::internal(error)),
                Ok(Ok(Ok(()))) | Err(_) => {}
            }
            let outcome = self.store().erasure_outcome(site, mark).await?;
            if outcome.is_some() || Instant::now() >= until {
                return Ok(outcome);
            }
            tokio::time::sleep_until(until.min(Instant::now() + LOOK_AGAIN)).await;
        }
    }

    /// From here on nothing more comes under the name, and it goes out of the rows, whatever becomes of this process.
    async fn note_erased(&self, site: &OwnedSite, visitor_id: &VisitorId) -> Result<Uuid, ServiceError> {
        let erasure = Erasure {
            visitor_id,
            mark: self.inner.tokens.site(site.site_id()).mark(visitor_id),
            pseudonym: VisitorId::erased(self.random_id()),
            at: self.now(),
        };
        self.store().note_erased(site, &erasure).await?;
        Ok(erasure.mark)
    }
}

fn named(visitor_id: &str) -> Result<VisitorId, ServiceError> {
    let wanted = "A visitor's id has 1 to 64 letters, digits, -, _, . or :.";
    visitor_id.trim().parse().map_err(|_| ServiceError::invalid("visitor_id", wanted))
}
