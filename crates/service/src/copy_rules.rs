//! What an owner says about copy: words that the brand does not use, and how much a day may cost.

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::SiteId;
use domain::copy::{CopySettings, Spending};
use domain::guard::BrandRules;
use store::{OwnedSite, Viewer};
use time::{Time, UtcOffset};

/// Most forbidden words of a site.
const MOST_WORDS: usize = 200;
/// Most characters of one.
const LONGEST_WORD: usize = 60;
/// Most calls a day that can be asked for.
const MOST_CALLS: u32 = 10_000;
/// Most that a day may cost, in dollars.
const MOST_DOLLARS: f64 = 10_000.0;

/// What an owner typed.
#[derive(Debug, Clone, Default)]
pub struct CopyRulesUpdate {
    /// Words and phrases that must not stand in a variant, one a line.
    pub forbidden_words: String,
    /// Most calls of a language model a day.
    pub daily_calls: u32,
    /// Most dollars a day; empty for no limit.
    pub daily_dollars: String,
    /// Whether the playbook writes when a limit is reached.
    pub playbook_when_capped: bool,
}

impl Service {
    /// Stores what an owner says about copy.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Invalid` with a sentence for a limit or list that cannot be.
    pub async fn update_copy_rules(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        update: CopyRulesUpdate,
    ) -> Result<(), ServiceError> {
        let forbidden_words = words(&update.forbidden_words)?;
        if update.daily_calls > MOST_CALLS {
            let sentence = format!("At most {MOST_CALLS} calls a day can be allowed.");
            return Err(ServiceError::invalid("daily_calls", sentence));
        }
        let settings = CopySettings {
            daily_calls: update.daily_calls,
            daily_cost_micros: micros(&update.daily_dollars)?,
            playbook_when_capped: update.playbook_when_capped,
        };
        let site = self.owned_site(viewer, site_id).await?;
        let record = self.store().site_record(&site).await?.ok_or(ServiceError::NotFound)?;
        let brand = BrandRules { forbidden_words, ..record.brand };
        let write = self.store().begin().await?;
        write.set_copy_rules(&site, &brand, &settings).await?;
        write.commit().await?;
        self.inner.live.announce(site_id, Topic::Site);
        Ok(())
    }

    /// What the site's calls of a language model came to since midnight UTC.
    pub(crate) async fn spent_today(&self, site: &OwnedSite) -> Result<Spending, ServiceError> {
        let midnight = self.wall_now().to_offset(UtcOffset::UTC).replace_time(Time::MIDNIGHT);
        Ok(self.store().spending(site, midnight).await?)
    }
}

fn words(text: &str) -> Result<Vec<String>, ServiceError> {
    let mut words: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.chars().count() > LONGEST_WORD {
            let sentence = format!("A forbidden word has at most {LONGEST_WORD} characters.");
            return Err(ServiceError::invalid("forbidden_words", sentence));
        }
        if !words.iter().any(|known| known == line) {
            words.push(line.to_owned());
        }
    }
    if words.len() > MOST_WORDS {
        let sentence = format!("At most {MOST_WORDS} words can be forbidden.");
        return Err(ServiceError::invalid("forbidden_words", sentence));
    }
    Ok(words)
}

fn micros(text: &str) -> Result<Option<i64>, ServiceError> {
    let text = text.trim().trim_start_matches('$');
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || ServiceError::invalid("daily_dollars", "Enter an amount in dollars, like 0.50, or leave it empty.");
    let dollars: f64 = text.parse().map_err(|_| wrong())?;
    if !(0.0..=MOST_DOLLARS).contains(&dollars) {
        return Err(wrong());
    }
    format!("{:.0}", dollars * 1e6).parse().map(Some).map_err(|_| wrong())
}
