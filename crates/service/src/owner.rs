//! The owner's own visits, which do not count.
//!
//! A link in the dashboard leads to the page with a signed flag, which the snippet keeps in that browser
//! and sends with every event. Nobody else can make one, so nobody can talk others out of the counts.

use crate::Service;
use domain::{SiteId, SiteUrl};
use time::OffsetDateTime;

/// Name of the flag in the page's address, which the snippet looks for.
const PARAMETER: &str = "evo_owner";
/// How long a browser stays known, in seconds: 400 days, the longest that browsers keep a cookie.
const KEPT_S: i64 = 400 * 24 * 60 * 60;

impl Service {
    /// The address of the page with a new flag.
    pub(crate) fn owner_link(&self, site_id: SiteId, page: &SiteUrl) -> String {
        let issued_s = self.now().unix_timestamp();
        let mut link = page.as_url().clone();
        let flag = format!("{issued_s}.{}", self.seal(&signed(site_id, issued_s)));
        link.query_pairs_mut().append_pair(PARAMETER, &flag);
        link.into()
    }

    /// Whether a flag was issued here, for this site, and not too long ago.
    pub(crate) fn is_owner(&self, site_id: SiteId, flag: &str, now: OffsetDateTime) -> bool {
        let Some((issued, seal)) = flag.split_once('.') else { return false };
        let Ok(issued_s) = issued.parse::<i64>() else { return false };
        let age_s = now.unix_timestamp().saturating_sub(issued_s);
        (0..=KEPT_S).contains(&age_s) && self.is_sealed(&signed(site_id, issued_s), seal)
    }
}

fn signed(site_id: SiteId, issued_s: i64) -> String {
    format!("owner of {site_id} since {issued_s}")
}
