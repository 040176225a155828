//! Having drafts written until enough of them keep every rule, with or without a database behind it.

use crate::ports::{Brief, CopyWriter, Draft, WriteError, WritingLog};
use domain::Patch;
use domain::copy::RejectedDraft;
use domain::facts::Ledger;
use domain::guard::{self, Context, Refusal, Rule};
use domain::patch::AllowedHosts;
use domain::slots::SlotPatch;

/// Most rounds: the first, and two more in which the copywriter knows what was wrong. A copywriter that would
/// answer the same again is asked once.
pub const MOST_ROUNDS: usize = 3;

/// A draft that keeps every rule, or all but one that the owner decides about.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The draft.
    pub draft: Draft,
    /// What it does to the page.
    pub patch: Patch,
    /// A claim that the page does not make.
    pub review: Option<Refusal>,
}

/// One task for a copywriter.
pub struct Drafting {
    brief: Brief,
    wanted: usize,
    ledger: Ledger,
    hosts: AllowedHosts,
    claims_go_to_review: bool,
    round: usize,
    now: i64,
    /// What is good so far.
    pub accepted: Vec<Accepted>,
    /// What broke a rule, in the order in which it came; the caller may take from it.
    pub rejected: Vec<RejectedDraft>,
}

impl Drafting {
    /// A task. With claims that go to review, a draft with an unknown fact is kept for the owner to judge.
    #[must_use]
    pub fn new(brief: Brief, hosts: AllowedHosts, claims_go_to_review: bool, now: i64) -> Self {
        let ledger = Ledger::of_page(&brief.page);
        let wanted = brief.count;
        let (accepted, rejected) = (Vec::new(), Vec::new());
        Self { brief, wanted, ledger, hosts, claims_go_to_review, round: 0, now, accepted, rejected }
    }

    /// Asks once, and keeps what is good; `true` when nothing more is to be done.
    ///
    /// # Errors
    /// When the copywriter fails, unless its answer alone is bad and it may try again.
    pub async fn round(&mut self, writer: &dyn CopyWriter, log: &WritingLog) -> Result<bool, WriteError> {
        self.round += 1;
        self.brief.count = self.wanted - self.accepted.len();
        let result = writer.write_noting(&self.brief, log).await;
        for _ in 0..log.take_unreadable() {
            let refusal = Refusal::new(Rule::Schema, "it has not the form that was asked for");
            self.reject(Draft::default(), refusal, writer.name());
        }
        let is_last = self.round >= MOST_ROUNDS || writer.is_deterministic();
        match result {
            Ok(drafts) => self.judge(drafts, writer.name()),
            Err(WriteError::BadAnswer(reason)) if !is_last => {
                let refusal = Refusal::new(Rule::Schema, reason);
                self.reject(Draft::default(), refusal, writer.name());
            }
            // What is good already is not thrown away.
            Err(_) if !self.accepted.is_empty() => return Ok(true),
            Err(error) => return Err(error),
        }
        Ok(is_last || self.accepted.len() >= self.wanted)
    }

    /// Judges what was written before; whether any of it is good.
    pub fn take_up(&mut self, drafts: Vec<Draft>, author: &str) -> bool {
        self.judge(drafts, author);
        !self.accepted.is_empty()
    }

    /// The good drafts so far.
    #[must_use]
    pub fn accepted_drafts(&self) -> Vec<Draft> {
        self.accepted.iter().map(|accepted| accepted.draft.clone()).collect()
    }

    /// Whether drafts are missing that the copywriter may still be asked for.
    #[must_use]
    pub fn wants_more(&self) -> bool {
        self.round < MOST_ROUNDS && self.accepted.len() < self.wanted
    }

    /// Takes drafts back that seemed good, from number `first` on, each for the reason at its place; how many.
    pub fn withdraw(&mut self, first: usize, refusals: Vec<Option<Refusal>>, author: &str) -> usize {
        let before = self.accepted.len();
        let mut refusals = refusals.into_iter();
        for accepted in self.accepted.split_off(first.min(before)) {
            match refusals.next().flatten() {
                Some(refusal) => self.reject(accepted.draft, refusal, author),
                None => self.accepted.push(accepted),
            }
        }
        before - self.accepted.len()
    }

    /// Why nothing was accepted: the first draft's fault.
    #[must_use]
    pub fn failure(&self) -> WriteError {
        let reason = self.brief.refused.first().map(|first| first.refusal.reason.trim_end_matches('.').to_owned());
        let count = self.brief.refused.len();
        WriteError::BadAnswer(match reason {
            Some(reason) if count > 1 => format!("none of its {count} drafts keeps every rule; of the first, {reason}"),
            Some(reason) => reason,
            None => "it holds no drafts".to_owned(),
        })
    }

    /// How many drafts the task is for.
    #[must_use]
    pub const fn wanted(&self) -> usize {
        self.wanted
    }

    /// How many drafts broke a rule so far.
    #[must_use]
    pub fn refused_count(&self) -> usize {
        self.brief.refused.len()
    }

    fn judge(&mut self, drafts: Vec<Draft>, author: &str) {
        for draft in drafts {
            if self.accepted.len() >= self.wanted {
                break;
            }
            match self.verdict(&draft) {
                Ok((patch, review)) => {
                    self.brief.known.push(draft.slots.clone());
                    self.accepted.push(Accepted { draft, patch, review });
                }
                Err(refusal) => self.reject(draft, refusal, author),
            }
        }
    }

    fn verdict(&self, draft: &Draft) -> Result<(Patch, Option<Refusal>), Refusal> {
        let context = Context {
            page: &self.brief.page,
            ledger: &self.ledger,
            brand: &self.brief.brand,
            hosts: &self.hosts,
            known: &self.brief.known,
        };
        if draft.reasoning.trim().is_empty() {
            return Err(Refusal::new(Rule::Schema, "it has no explanation"));
        }
        let review = if self.claims_go_to_review {
            guard::check_for_review(&draft.slots, &context)?
        } else {
            guard::check(&draft.slots, &context)?;
            None
        };
        let patch = draft.slots.compile(&self.brief.page);
        Ok((patch.map_err(|error| Refusal::new(Rule::Slot, error.to_string()))?, review))
    }

    fn reject(&mut self, draft: Draft, refusal: Refusal, author: &str) {
        tracing::info!(rule = %refusal.rule, reason = refusal.reason, "a draft was rejected");
        let Draft { slots, strategy, .. } = draft;
        let slots = shortened(slots);
        let rejected = RejectedDraft { slots, strategy, author: author.to_owned(), refusal, created_at: self.now };
        self.brief.refused.push(rejected.clone());
        self.rejected.push(rejected);
    }
}

/// A rejected draft is kept to be looked at, so its texts need not be whole.
fn shortened(slots: SlotPatch) -> SlotPatch {
    let cut = |text: Option<String>| text.map(|text| text.chars().filter(|c| *c != '\0').take(600).collect());
    SlotPatch {
        headline: cut(slots.headline),
        subheadline: cut(slots.subheadline),
        cta: cut(slots.cta),
        hero_image: cut(slots.hero_image),
    }
}
