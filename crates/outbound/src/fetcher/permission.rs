//! Asking a site's robots.txt before its pages, and remembering what it said.

use super::robots::{self, Forbidden, PRODUCT_TOKEN, Rules};
use super::{Fetcher, body, redirect_target};
use reqwest::Response;
use reqwest::header::HeaderValue;
use service::ports::ReadError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// How long a robots.txt counts without being asked again.
const FRESH_FOR: Duration = Duration::from_hours(1);
/// How long it counts when it forbids: the owner who just changed it wants to see that.
const FORBIDS_FOR: Duration = Duration::from_secs(10);
/// How long it counts when the site can not tell any more, at most.
const STALE_FOR: Duration = Duration::from_hours(24);
/// Redirects of a robots.txt that are followed; beyond, there is none.
const MAX_REDIRECTS: u32 = 5;
/// Sites that are remembered.
const REMEMBERED: usize = 1_000;
/// Longest rule that is shown to the owner, in characters.
const SHOWN: usize = 200;

#[derive(Clone)]
struct Known {
    asked_at: Instant,
    rules: Arc<Rules>,
}

/// What is known of robots.txt files, by origin.
#[derive(Default)]
pub(super) struct Permissions(Mutex<HashMap<String, Known>>);

impl Permissions {
    fn known(&self, origin: &str) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(origin).cloned()
    }

    fn remember(&self, origin: String, rules: Arc<Rules>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, known| known.asked_at.elapsed() < FRESH_FOR);
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(origin, Known { asked_at: Instant::now(), rules });
    }
}

impl Fetcher {
    /// Whether the site allows us to read a page. The caller holds the host's turn.
    pub(super) async fn permitted(&self, url: &Url) -> Result<(), ReadError> {
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let origin = url.origin().ascii_serialization();
        let known = self.permissions.known(&origin);
        if let Some(known) = &known {
            let answer = known.rules.check(&path);
            let counts_for = if answer.is_ok() { FRESH_FOR } else { FORBIDS_FOR };
            if known.asked_at.elapsed() < counts_for {
                return answer.map_err(|rule| forbidden(url, &rule));
            }
        }
        let rules = match self.robots_txt(url).await {
            Ok(rules) => Arc::new(rules),
            Err(ReadError::RobotsUnavailable(status)) => {
                let stale = known.filter(|known| known.asked_at.elapsed() < STALE_FOR);
                let known = stale.ok_or(ReadError::RobotsUnavailable(status))?;
                return known.rules.check(&path).map_err(|rule| forbidden(url, &rule));
            }
            Err(error) => return Err(error),
        };
        self.permissions.remember(origin, rules.clone());
        rules.check(&path).map_err(|rule| forbidden(url, &rule))
    }

    /// The site's robots.txt. Without one, everything is allowed.
    async fn robots_txt(&self, url: &Url) -> Result<Rules, ReadError> {
        let mut address = robots_address(url)?;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.ask(&address, HeaderValue::from_static("text/plain,*/*;q=0.1"), false).await?;
            match redirect_target(&address, &response) {
                Some(target) => address = target?,
                None => return rules_in(response).await,
            }
        }
        Ok(Rules::default())
    }
}

async fn rules_in(response: Response) -> Result<Rules, ReadError> {
    match response.status().as_u16() {
        200..=299 => Ok(Rules::parse(&body::beginning(response, robots::MAX_BYTES).await?)),
        // Too many requests is an answer about now, not about the file.
        status @ (429 | 500..) => Err(ReadError::RobotsUnavailable(status)),
        _ => Ok(Rules::default()),
    }
}

fn robots_address(url: &Url) -> Result<Url, ReadError> {
    url.join("/robots.txt").map_err(|_| ReadError::Unreachable)
}

/// Says who forbids it and what would allow it.
fn forbidden(url: &Url, rule: &Forbidden) -> ReadError {
    let address = robots_address(url).map_or_else(|_| "/robots.txt".to_owned(), String::from);
    let remedy = if rule.names_us {
        let pattern: String = rule.pattern.chars().take(SHOWN).collect();
        format!("remove the line `Disallow: {pattern}` from the group for {PRODUCT_TOKEN}")
    } else {
        format!("add these two lines at its end: `User-agent: {PRODUCT_TOKEN}` and `Allow: /`")
    };
    ReadError::Robots { address, remedy }
}
