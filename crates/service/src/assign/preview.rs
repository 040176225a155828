//! Looking at a variant on the page itself, before or after visitors see it.
//!
//! A link in the dashboard leads to the page with a signed token that ends by itself. Whoever has the link sees the
//! variant, whatever its state; nothing that is seen so can be counted, because no token of an assignment comes with it.

use super::{Assignment, untouched};
use crate::snapshot::json;
use crate::{Service, ServiceError};
use domain::token::PREVIEW_TTL_S;
use domain::{SiteId, SiteUrl, VariantId};

/// Name of the token in the page's address, which the snippet looks for.
const PARAMETER: &str = "evo_preview";

/// A link that shows a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLink {
    /// Site of the variant.
    pub site_id: SiteId,
    /// Variant.
    pub variant_id: VariantId,
    /// The page's address with the token.
    pub link: String,
    /// The token alone.
    pub token: String,
    /// When it ends, in seconds since 1970.
    pub expires_s: i64,
}

/// Why a preview is not shown.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The token was made elsewhere, for another site, or changed.
    #[error("the token of the preview was not made here for this site")]
    Forged,
    /// Its time is over.
    #[error("the token of the preview has expired")]
    Expired,
    /// The site or the variant was deleted since.
    #[error("there is no such variant any more")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Failed(#[from] ServiceError),
}

impl Service {
    /// A new link that shows a variant on its page.
    pub(crate) fn preview_link(&self, site_id: SiteId, page: &SiteUrl, variant_id: VariantId) -> PreviewLink {
        let expires_s = self.wall_now().unix_timestamp() + PREVIEW_TTL_S;
        let token = self.inner.tokens.site(site_id).issue_preview(variant_id, expires_s);
        let mut link = page.as_url().clone();
        link.query_pairs_mut().append_pair(PARAMETER, &token);
        PreviewLink { site_id, variant_id, link: link.into(), token, expires_s }
    }

    /// A new link that shows any variant, for the operator of the machine.
    ///
    /// # Errors
    /// `NotFound` when there is no such variant.
    pub async fn preview_link_for_operator(&self, variant_id: VariantId) -> Result<PreviewLink, ServiceError> {
        let site = self.store().site_of_variant_for_operator(variant_id).await?.ok_or(ServiceError::NotFound)?;
        let record = self.store().site_record(&site).await?.ok_or(ServiceError::NotFound)?;
        Ok(self.preview_link(site.site_id(), &record.url, variant_id))
    }

    /// Shows the variant of a preview link: the only assignment that asks the database, which knows variants that
    /// are served to nobody yet.
    ///
    /// # Errors
    /// When the token is not to be believed, which is found out without the database, or the database fails.
    pub async fn preview(&self, site_id: SiteId, token: &str) -> Result<Assignment, PreviewError> {
        let token = self.inner.tokens.site(site_id).verify_preview(token).ok_or(PreviewError::Forged)?;
        if token.expires_s < self.wall_now().unix_timestamp() {
            return Err(PreviewError::Expired);
        }
        let site = self.served_site(site_id).await?.ok_or(PreviewError::Gone)?;
        let variant = self.store().served_variant(site_id, token.variant_id).await.map_err(ServiceError::from)?;
        let variant = variant.ok_or(PreviewError::Gone)?;
        Ok(Assignment {
            variant_id: variant.id,
            is_control: variant.is_control,
            patch_json: json(&variant.patch)?,
            // It may be another one a moment later, and a cached one must not outlive its link.
            ttl_s: 0,
            is_preview: true,
            ..untouched(&site)
        })
    }
}
