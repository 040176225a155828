//! Copywriters: what they are told, what they give, and what is noted down while they write.

use async_trait::async_trait;
use domain::PageModel;
use domain::copy::{ModelCall, RejectedDraft};
use domain::guard::BrandRules;
use domain::slots::SlotPatch;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What a copywriter works from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Brief {
    /// The page as it is.
    pub page: PageModel,
    /// How many drafts are wanted, 1 to 8.
    pub count: usize,
    /// Drafts that exist already and must not come again.
    pub known: Vec<SlotPatch>,
    /// What the owner says about copy.
    pub brand: BrandRules,
    /// How earlier variants of the site did.
    pub results: Vec<PastResult>,
    /// Drafts of this task that broke a rule, so that the next ones do not.
    pub refused: Vec<RejectedDraft>,
}

impl Brief {
    /// The page for writers who do not ask for the rules: of slots that its owner locked no text can be replaced.
    #[must_use]
    pub fn open_page(&self) -> PageModel {
        let mut page = self.page.clone();
        let slots = [("headline", &mut page.headline), ("subheadline", &mut page.subheadline), ("cta", &mut page.cta)];
        for (name, slot) in slots {
            if let Some(slot) = slot.as_mut().filter(|_| self.brand.locked_slots.iter().any(|locked| locked == name)) {
                slot.plain_text = false;
            }
        }
        page
    }
}

/// How an earlier variant did.
#[derive(Debug, Clone, PartialEq)]
pub struct PastResult {
    /// Its texts.
    pub slots: SlotPatch,
    /// Its strategy.
    pub strategy: String,
    /// Where it stands: `winner`, `killed` and so on.
    pub status: &'static str,
    /// Visitors who saw it.
    pub visitors: i64,
    /// Those of them who converted.
    pub conversions: i64,
}

/// A proposal of a copywriter; nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Draft {
    /// The new texts.
    pub slots: SlotPatch,
    /// Why it should convert better, for the owner.
    pub reasoning: String,
    /// Name of the copy strategy.
    pub strategy: String,
    /// What is expected to happen, as a sentence that a test can prove wrong.
    pub hypothesis: String,
    /// Name and version of the instructions that a model had.
    pub prompt_version: Option<String>,
}

/// What happens while a copywriter works, failures included, in the order in which it happened.
#[derive(Debug)]
pub struct WritingLog {
    noted: Mutex<Noted>,
    written: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Noted {
    calls: Vec<ModelCall>,
    unreadable: usize,
}

impl Default for WritingLog {
    fn default() -> Self {
        Self { noted: Mutex::default(), written: watch::Sender::new(0) }
    }
}

impl WritingLog {
    /// Notes a call of a model.
    pub fn call(&self, call: ModelCall) {
        self.lock().calls.push(call);
    }

    /// Notes drafts that could not even be read.
    pub fn unreadable(&self, count: usize) {
        self.lock().unreadable += count;
    }

    /// Notes how many characters an answer has so far.
    pub fn progress(&self, characters: usize) {
        self.written.send_replace(characters);
    }

    /// Tells of progress.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<usize> {
        self.written.subscribe()
    }

    /// Takes the calls noted so far.
    #[must_use]
    pub fn take_calls(&self) -> Vec<ModelCall> {
        std::mem::take(&mut self.lock().calls)
    }

    /// Takes the number of unreadable drafts noted so far.
    #[must_use]
    pub fn take_unreadable(&self) -> usize {
        std::mem::take(&mut self.lock().unreadable)
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why no drafts came, in sentences for the owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The provider asks to wait.
    #[error("The language model is busy (status 429). Evoloop tries again by itself.")]
    RateLimited {
        /// The provider's Retry-After, in seconds.
        retry_after_s: Option<u64>,
    },
    /// The provider failed.
    #[error("The language model's provider failed with status {0}. Try again later.")]
    Provider(u16),
    /// The provider refuses us.
    #[error(
        "The language model's provider refused the request with status {0}. Check the API key and the model's name."
    )]
    Refused(u16),
    /// No answer in time.
    #[error("The language model did not answer within {0} seconds.")]
    Timeout(u64),
    /// No connection.
    #[error("The language model's provider could not be reached. Check its base URL.")]
    Unreachable,
    /// It failed too often, so that it is left alone for a while.
    #[error(
        "The language model failed several times in a row, so Evoloop waits {retry_after_s} seconds before it asks again."
    )]
    Resting {
        /// Until it is asked again.
        retry_after_s: u64,
    },
    /// An answer that is not what was asked for.
    #[error("The language model's answer could not be used: {0}.")]
    BadAnswer(String),
    /// Nothing on this page can be rewritten.
    #[error("There is nothing on this page that can be rewritten safely: {0}.")]
    NothingToWrite(String),
    /// No further call may be made for the site today; the sentence says which limit.
    #[error("{0}")]
    Capped(String),
}

impl WriteError {
    /// Whether another try may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::NothingToWrite(_) | Self::Capped(_))
    }
}

/// Writes variants of a page.
#[async_trait]
pub trait CopyWriter: Send + Sync {
    /// Who writes, as shown to the owner: `playbook`, or the model's name.
    fn name(&self) -> &str;

    /// Whether each task costs calls of a model, which a site may make so many of a day.
    fn is_model(&self) -> bool {
        false
    }

    /// Whether the same task has the same answer, all of which it gives at once, so that asking again is in vain.
    fn is_deterministic(&self) -> bool {
        false
    }

    /// Writes drafts, and notes what happens on the way.
    async fn write_noting(&self, brief: &Brief, log: &WritingLog) -> Result<Vec<Draft>, WriteError>;

    /// Writes drafts.
    async fn write(&self, brief: &Brief) -> Result<Vec<Draft>, WriteError> {
        self.write_noting(brief, &WritingLog::default()).await
    }
}
