//! The facts ledger: what is added, what is taken back, what is put right.

use crate::{Service, ServiceError};
use domain::page_edits::{check_fact_text, fact_id};
use domain::{Edit, SiteId};
use store::Viewer;

impl Service {
    /// Adds something true that the page does not say.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Invalid` with a sentence for a text that states nothing or is too long.
    pub async fn add_fact(&self, viewer: &Viewer, site_id: SiteId, text: &str) -> Result<(), ServiceError> {
        let text = check_fact_text(text).map_err(|sentence| ServiceError::invalid("text", sentence))?;
        self.change_edits(viewer, site_id, |_, edits| {
            edits.put(Edit::AddFact { text });
            Ok(())
        })
        .await
    }

    /// Takes back a fact of the page, or puts it right: then the page's own may not be said, and the other may.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Conflict` for a fact that the page does not say any more, `Invalid` with a
    /// sentence for a correction that states nothing or is too long.
    pub async fn edit_fact(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        id: &str,
        instead: Option<&str>,
    ) -> Result<(), ServiceError> {
        let instead = instead.map(check_fact_text).transpose();
        let instead = instead.map_err(|sentence| ServiceError::invalid("instead", sentence))?;
        self.change_edits(viewer, site_id, |known, edits| {
            let fact = known.reading.facts.iter().find(|fact| fact_id(fact) == id).cloned();
            let fact = fact.ok_or_else(|| {
                ServiceError::Conflict("The page was read again and does not say this any more.".to_owned())
            })?;
            edits.put(Edit::Fact { fact, instead });
            Ok(())
        })
        .await
    }
}
