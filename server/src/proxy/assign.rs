//! Assignment in this process, and the patches of variants, ready to be applied.

use crate::v1::automation::is_automated;
use axum::http::{HeaderMap, header};
use domain::{SiteId, VisitorId};
use service::{AssignRequest, Service};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tower_evoloop::{Assign, Assigned, BoxError, Patch, Question, compile};

/// Patches that are kept ready; a site has a dozen.
const MOST_KEPT: usize = 256;

/// Assigns the visitors of one site from memory.
pub(super) struct InProcess {
    service: Service,
    site_id: SiteId,
    /// By the text of the patch, which is the same piece of memory until the site changes.
    ready: Mutex<HashMap<Arc<str>, Ready>>,
}

/// A patch, unless it changes nothing.
type Ready = Option<Arc<dyn Patch>>;

impl InProcess {
    pub(super) fn new(service: Service, site_id: SiteId) -> Self {
        Self { service, site_id, ready: Mutex::default() }
    }

    /// The patch of this text.
    fn patch(&self, text: &Arc<str>) -> Ready {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(patch) = ready.get(text) {
            return patch.clone();
        }
        if ready.len() >= MOST_KEPT {
            ready.clear();
        }
        let patch = compile(text).unwrap_or_else(|error| {
            tracing::warn!(site_id = %self.site_id, %error, "a patch cannot be applied to text and is left to the browser");
            None
        });
        ready.insert(text.clone(), patch.clone());
        patch
    }
}

impl Assign for InProcess {
    async fn assign(&self, question: Question<'_>) -> Result<Assigned, BoxError> {
        let mut headers = HeaderMap::new();
        if let Some(user_agent) = question.user_agent {
            headers.insert(header::USER_AGENT, user_agent.clone());
        }
        let request = AssignRequest {
            site_id: self.site_id,
            visitor_id: question.visitor.parse::<VisitorId>()?,
            current: question.current.map(str::to_owned),
            automated: is_automated(&headers),
        };
        let assignment = self.service.assign(&request)?;
        Ok(Assigned {
            variant_id: assignment.variant_id.to_string(),
            patch: self.patch(&assignment.patch_json),
            token: assignment.token,
        })
    }
}
