//! Which variant a visitor sees.

mod preview;

use crate::Service;
use crate::snapshot::SiteSnapshot;
use domain::{Arm, SiteId, VariantId, VisitorId};
use std::net::IpAddr;
use std::sync::Arc;

pub use preview::{PreviewError, PreviewLink};

/// How long a browser may show a cached assignment before it asks again, in seconds.
const TTL_S: u32 = 3600;

/// A visitor asks for a variant.
#[derive(Debug, Clone)]
pub struct AssignRequest {
    /// Site.
    pub site_id: SiteId,
    /// Visitor.
    pub visitor_id: VisitorId,
    /// The token that the browser kept from its last assignment.
    pub current: Option<String>,
    /// Whether the request comes from an automated browser.
    pub automated: bool,
}

/// What the visitor is to see. JSON parts are prepared once per change, not per request.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// Variant.
    pub variant_id: VariantId,
    /// Whether it is the untouched page.
    pub is_control: bool,
    /// Whether the visitor is in the holdout, which always sees the untouched page.
    pub holdout: bool,
    /// Number of the weight vector in force when the token was issued.
    pub epoch: i64,
    /// The patch, as JSON.
    pub patch_json: Arc<str>,
    /// The goals, as a JSON array.
    pub goals_json: Arc<str>,
    /// What has to be on the page for a visit to the control to count, as a JSON array.
    pub targets_json: Arc<str>,
    /// Proof of the assignment; absent when a visit would not count anyway.
    pub token: Option<String>,
    /// How long the browser may keep this, in seconds.
    pub ttl_s: u32,
    /// Whether it only shows what a variant looks like.
    pub is_preview: bool,
}

/// Why nothing can be assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// There is no such site.
    #[error("there is no such site")]
    UnknownSite,
}

impl Service {
    /// Assigns a visitor, from memory alone.
    ///
    /// A browser that sends its token back keeps its variant while that is active; anybody else
    /// gets the winner of weighted rendezvous hashing, which is the same at every call.
    ///
    /// # Errors
    /// When the site is unknown.
    pub fn assign(&self, request: &AssignRequest) -> Result<Assignment, AssignError> {
        let site = self.inner.snapshot.get(request.site_id).ok_or(AssignError::UnknownSite)?;
        site.tally.note(request.automated);
        if !site.running || request.automated {
            return Ok(untouched(&site));
        }
        if is_held_out(&site, &request.visitor_id) {
            let token = site.key.issue(&request.visitor_id, site.epoch, self.now().unix_timestamp(), Arm::Holdout);
            let shown = serve(&site, &request.visitor_id, site.control, site.epoch, token);
            return Ok(Assignment { holdout: true, ..shown });
        }
        let kept = request.current.as_deref().and_then(|text| site.key.verify(&request.visitor_id, text));
        if let Some(token) = kept
            && let Arm::Variant(variant_id) = token.arm
            && let Some(variant) = site.variants.get(&variant_id)
            && variant.is_active
        {
            let text = token.to_string();
            return Ok(serve(&site, &request.visitor_id, variant_id, token.epoch, text));
        }
        let variant_id = winner(&site, &request.visitor_id);
        let issued_s = self.now().unix_timestamp();
        let token = site.key.issue(&request.visitor_id, site.epoch, issued_s, Arm::Variant(variant_id));
        Ok(serve(&site, &request.visitor_id, variant_id, site.epoch, token))
    }
}

impl Service {
    /// The name for today of a visitor who keeps none: a function of the site, the day and what the request tells
    /// anyway. The address goes no further than this call.
    #[must_use]
    pub fn visitor_of_today(&self, site_id: SiteId, address: IpAddr, agent: &[u8]) -> VisitorId {
        let day = self.now().unix_timestamp().div_euclid(24 * 60 * 60);
        self.inner.tokens.visitor(site_id, day, address, agent)
    }
}

/// Whether a visitor always sees the untouched page; decided before and independently of everything else.
fn is_held_out(site: &SiteSnapshot, visitor: &VisitorId) -> bool {
    site.holdout_fraction > 0.0
        && bandit::rendezvous::holdout_unit(&bandit::rendezvous::Key(site.salt), visitor.as_str())
            < site.holdout_fraction
}

/// The arm with the lowest score of weighted rendezvous hashing; the control when no weights are published.
fn winner(site: &SiteSnapshot, visitor: &VisitorId) -> VariantId {
    bandit::rendezvous::assign(&bandit::rendezvous::Key(site.salt), visitor.as_str(), &site.arms)
        .and_then(|index| site.arms[index].0.parse().ok())
        .unwrap_or(site.control)
}

/// What a visitor of the control looks for: the targets of the variant that would be shown if there were no control.
///
/// A visit to a variant counts when all that it changes is on the page. So a visit to the control counts when all is
/// there that another visitor in its place would have seen changed: the same rule for both, and a variant whose
/// targets are gone takes its own share of visits with it, not all.
fn stand_in(site: &SiteSnapshot, visitor: &VisitorId) -> Arc<str> {
    bandit::rendezvous::assign(&bandit::rendezvous::Key(site.salt), visitor.as_str(), &site.challengers)
        .and_then(|index| site.variants.get(&site.challengers[index].0.parse().ok()?))
        .map_or_else(|| site.no_targets_json.clone(), |variant| variant.targets_json.clone())
}

fn serve(site: &SiteSnapshot, visitor: &VisitorId, variant_id: VariantId, epoch: i64, token: String) -> Assignment {
    let variant = site.variants.get(&variant_id);
    let is_control = variant.is_none_or(|variant| variant.is_control);
    Assignment {
        variant_id,
        is_control,
        holdout: false,
        epoch,
        patch_json: variant.map_or_else(|| site.empty_patch_json.clone(), |variant| variant.patch_json.clone()),
        goals_json: site.goals_json.clone(),
        targets_json: if is_control { stand_in(site, visitor) } else { site.no_targets_json.clone() },
        token: Some(token),
        ttl_s: TTL_S,
        is_preview: false,
    }
}

/// The control for somebody who takes no part: nothing runs, or nobody is there to convert.
fn untouched(site: &SiteSnapshot) -> Assignment {
    Assignment {
        variant_id: site.control,
        is_control: true,
        holdout: false,
        epoch: site.epoch,
        patch_json: site.empty_patch_json.clone(),
        goals_json: site.goals_json.clone(),
        targets_json: site.no_targets_json.clone(),
        token: None,
        ttl_s: TTL_S,
        is_preview: false,
    }
}
