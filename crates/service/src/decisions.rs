//! From a look at a generation to its journal: what is done at once, what is proposed, what an owner answers.

mod sentences;

use crate::generation::Examined;
use crate::live::Topic;
use crate::{Service, ServiceError};
use bandit::Counts;
use bandit::decision::Check;
use bandit::prior::Prior;
use domain::decision::{DecisionAnswer, RuleCheck, Undo, VariantEvidence};
use domain::{
    AutonomyMode, Decision, DecisionEvidence, DecisionId, DecisionKind, DecisionState, Phase, SiteId, SiteStatus,
    VariantId, VariantStatus,
};
use store::{OwnedSite, Viewer, WriteTransaction};
use time::Duration;

/// How long the owner's "no" to a decision holds.
const SILENCE: Duration = Duration::days(7);
/// Lines of the journal that are read to know what was said before.
pub(crate) const MEMORY: u64 = 200;
/// The most visitors that a site's history may be worth as a prior.
const MOST_PRIOR: f64 = 100.0;

/// What came of a look.
#[derive(Default)]
pub(crate) struct News {
    /// A variant got another state.
    pub(crate) arms_changed: bool,
    /// The journal has a new line or a line has a new state.
    pub(crate) journal_changed: bool,
}

impl News {
    pub(crate) fn is_any(&self) -> bool {
        self.arms_changed || self.journal_changed
    }
}

/// What a new generation knows of the site's earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum History {
    /// Their conversion rates are its prior (empirical Bayes): the page is the same, the challengers are new.
    Kept,
    /// Nothing.
    Forgotten,
}

/// Something that the rules ask for: what, and for which place of the look.
type Wanted = (DecisionKind, usize);

impl Service {
    /// Carries out what the rules ask for as far as the mode allows, and proposes the rest. Harm is
    /// stopped in every mode; proposals whose conditions no longer hold are withdrawn.
    pub(crate) async fn decide(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        examined: &Examined,
    ) -> Result<News, ServiceError> {
        let mut news = News::default();
        if examined.rows.status != SiteStatus::Running {
            return Ok(news);
        }
        let journal = write.decisions(site, MEMORY).await?;
        let wanted = wanted(examined);
        let lapsed = |line: &&Decision| line.state == DecisionState::Proposed && !is_wanted(&wanted, examined, line);
        for line in journal.iter().filter(lapsed) {
            let (from, to) = (DecisionState::Proposed, DecisionState::Withdrawn);
            news.journal_changed |= write.settle_decision(site, line.id, from, to, self.now()).await?;
        }
        for (kind, place) in wanted {
            let step = self.take(write, site, examined, &journal, (kind, place)).await?;
            news.arms_changed |= step.arms_changed;
            news.journal_changed |= step.journal_changed;
        }
        Ok(news)
    }

    async fn take(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        examined: &Examined,
        journal: &[Decision],
        (kind, place): Wanted,
    ) -> Result<News, ServiceError> {
        let acts = kind == DecisionKind::StopHarm || examined.rows.autonomy_mode == AutonomyMode::FullAuto;
        let variant_id = examined.served_variant(place);
        let before = journal.iter().find(|line| is_about(line, kind, variant_id));
        let open = before.filter(|line| line.state == DecisionState::Proposed);
        if open.is_some() && !acts || before.is_some_and(|line| self.is_silenced(line)) {
            return Ok(News::default());
        }
        let Some(status) = examined.variant(variant_id).map(|variant| variant.status) else {
            return Ok(News::default());
        };
        // A step before this one may have moved the variant; the next look sees it as it is then.
        if acts && !self.carry_out(write, site, (kind, variant_id)).await? {
            return Ok(News::default());
        }
        match open {
            Some(line) => {
                let (from, to) = (DecisionState::Proposed, DecisionState::Done);
                write.settle_decision(site, line.id, from, to, self.now()).await?;
            }
            None => {
                let state = if acts { DecisionState::Done } else { DecisionState::Proposed };
                let line = self.about_variant(examined, (kind, place), Undo { status }, state);
                write.write_decision(site, &line, self.now()).await?;
            }
        }
        Ok(News { arms_changed: acts, journal_changed: true })
    }

    /// Whether the owner said no to this lately.
    fn is_silenced(&self, line: &Decision) -> bool {
        silence_of(line).is_some_and(|until| self.now().unix_timestamp() < until)
    }

    /// Moves the variant into the state that a decision leads to; `false` when it gets no visitors any more.
    /// Of two winners the older one is a challenger again.
    async fn carry_out(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        (kind, variant_id): (DecisionKind, VariantId),
    ) -> Result<bool, ServiceError> {
        let Some(to) = kind.status_after() else { return Ok(false) };
        let variants = write.variants(site).await?;
        let status = variants.iter().find(|row| row.id == variant_id).map(|row| row.status);
        let Some(status) = status.filter(|status| status.is_served()) else { return Ok(false) };
        if !write.move_variant(site, variant_id, status, to).await? {
            return Ok(false);
        }
        if kind == DecisionKind::Promote {
            let winners = variants.iter().filter(|row| row.status == VariantStatus::Winner);
            for winner in winners.filter(|row| row.id != variant_id) {
                write.move_variant(site, winner.id, VariantStatus::Winner, VariantStatus::Active).await?;
            }
            write.set_phase(site, Phase::Decided, Some(variant_id)).await?;
        }
        Ok(true)
    }

    /// The journal, newest first.
    ///
    /// # Errors
    /// `NotFound` for a foreign site.
    pub async fn list_decisions(&self, viewer: &Viewer, site_id: SiteId) -> Result<Vec<Decision>, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        Ok(self.store().decisions(&site, 100).await?)
    }

    /// Carries out an owner's answer to a decision.
    ///
    /// # Errors
    /// `NotFound` for a foreign site or decision, `Conflict` when there is nothing to answer any more.
    pub async fn answer_decision(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        decision_id: DecisionId,
        answer: DecisionAnswer,
    ) -> Result<(), ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let write = self.store().begin().await?;
        let locked = write.lock_site(&site).await?.ok_or(ServiceError::NotFound)?;
        let journal = write.decisions(&site, MEMORY).await?;
        let line = journal.iter().find(|line| line.id == decision_id).ok_or(ServiceError::NotFound)?;
        let over = || ServiceError::Conflict("This was answered already, or is not proposed any more.".to_owned());
        let mut to = line.state.after(answer).ok_or_else(over)?;
        let lapsed = answer == DecisionAnswer::Accept && {
            let examined = self.examine_in(&write, &site).await?;
            !is_wanted(&wanted(&examined), &examined, line)
        };
        if lapsed {
            to = DecisionState::Withdrawn;
        }
        if !write.settle_decision(&site, line.id, line.state, to, self.now()).await? {
            return Err(over());
        }
        let variants = write.variants(&site).await?;
        let status = variants.iter().find(|variant| Some(variant.id) == line.variant_id).map(|variant| variant.status);
        let changed =
            || ServiceError::Conflict("The variant is in another state by now, so there is nothing to do.".to_owned());
        match (answer, line.variant_id, status) {
            (DecisionAnswer::Dismiss, ..) => {}
            (DecisionAnswer::Accept, ..) if lapsed => {}
            (DecisionAnswer::Accept, Some(variant_id), Some(_)) => {
                if !self.carry_out(&write, &site, (line.kind, variant_id)).await? {
                    return Err(changed());
                }
                self.publish_weights(&write, &site).await?;
            }
            (DecisionAnswer::Undo, Some(variant_id), Some(status)) => {
                let undo = line.undo.filter(|_| line.kind.status_after() == Some(status)).ok_or_else(changed)?;
                // There is one winner; whoever was one before another was promoted is a challenger now.
                let is_taken = variants.iter().any(|row| row.status == VariantStatus::Winner && row.id != variant_id);
                let back = if is_taken { VariantStatus::Active } else { undo.status };
                write.move_variant(&site, variant_id, status, back).await?;
                if (locked.phase, locked.phase_variant_id) == (Phase::Decided, Some(variant_id)) {
                    write.set_phase(&site, Phase::Bandit, None).await?;
                }
                self.publish_weights(&write, &site).await?;
            }
            _ => return Err(over()),
        }
        write.commit().await?;
        self.after_change(site_id).await?;
        if lapsed {
            let sentence = "Its conditions do not hold any more, so it was withdrawn and nothing was done.";
            return Err(ServiceError::Conflict(sentence.to_owned()));
        }
        Ok(())
    }

    /// Begins a new generation with the variants that get visitors now: even split, fresh evidence. An owner
    /// does so because the page or the counting changed, so nothing is carried over (SPEC 11.3).
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Conflict` while nothing runs.
    pub async fn restart_generation(&self, viewer: &Viewer, site_id: SiteId) -> Result<(), ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let write = self.store().begin().await?;
        write.lock_site(&site).await?.ok_or(ServiceError::NotFound)?;
        self.begin_generation(&write, &site, History::Forgotten).await?;
        self.publish_weights(&write, &site).await?;
        write.commit().await?;
        self.after_change(site_id).await
    }

    /// As [`restart_generation`](Self::restart_generation), inside a transaction that publishes weights afterwards.
    /// Proposals of the generation that ends are withdrawn.
    pub(crate) async fn begin_generation(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        history: History,
    ) -> Result<(), ServiceError> {
        let examined = self.examine_in(write, site).await?;
        if examined.rows.allocations.is_empty() {
            return Err(ServiceError::Conflict(
                "Nothing was tested yet, so there is nothing to begin anew.".to_owned(),
            ));
        }
        if history == History::Forgotten && examined.reading.visitors.iter().all(|visitors| *visitors == 0) {
            return Err(ServiceError::Conflict(
                "This generation has had no visitors yet, so it is as new as one can be.".to_owned(),
            ));
        }
        let prior = match history {
            History::Forgotten => Prior::UNIFORM,
            History::Kept => Prior::of_history(&examined.reading.matured, MOST_PRIOR),
        };
        write.end_proposals(site, self.now()).await?;
        let variants = examined.served.len();
        let line = Decision {
            id: DecisionId(self.random_id()),
            kind: DecisionKind::Restart,
            variant_id: None,
            sentence: sentences::restart(variants, (history == History::Kept).then(|| prior.worth())),
            evidence: DecisionEvidence::Generation { variants },
            rule: Vec::new(),
            undo: None,
            state: DecisionState::Done,
            created_at: self.now().unix_timestamp(),
            settled_at: None,
        };
        write.write_decision(site, &line, self.now()).await?;
        Ok(write.begin_generation(site, (prior.alpha, prior.beta)).await?)
    }

    async fn after_change(&self, site_id: SiteId) -> Result<(), ServiceError> {
        self.refresh_site(site_id).await?;
        for topic in [Topic::Site, Topic::Variants, Topic::Statistics] {
            self.inner.live.announce(site_id, topic);
        }
        Ok(())
    }

    fn about_variant(&self, examined: &Examined, (kind, place): Wanted, undo: Undo, state: DecisionState) -> Decision {
        let evidence = evidence(examined, place);
        let variant_id = examined.served_variant(place);
        let name = examined.variant(variant_id).map_or("A variant", |variant| variant.name.as_str());
        let checks = match kind {
            DecisionKind::Promote => examined.look.promotion[place].as_slice(),
            DecisionKind::Kill => examined.look.killing[place].as_slice(),
            DecisionKind::StopHarm => examined.look.harm[place].as_slice(),
            DecisionKind::Freeze | DecisionKind::Restart => &[],
        };
        Decision {
            id: DecisionId(self.random_id()),
            kind,
            variant_id: Some(variant_id),
            sentence: sentences::about_variant(kind, name, &evidence),
            evidence: DecisionEvidence::Variant(evidence),
            rule: checks.iter().map(rule_check).collect(),
            undo: Some(undo),
            state,
            created_at: self.now().unix_timestamp(),
            settled_at: None,
        }
    }

    /// The line that says which variant is short of visitors, and by how many (SPEC 12.3).
    pub(crate) fn freeze(&self, examined: &Examined) -> Decision {
        let shortest = examined.reading.split.shortest();
        let variant_id = shortest.map(|(arm, _)| examined.arms[arm]);
        let name = variant_id.and_then(|id| examined.variant(id)).map(|variant| variant.name.clone());
        let missing = shortest.map_or(0.0, |(_, missing)| missing);
        let p_anytime = examined.reading.split.p_anytime();
        Decision {
            id: DecisionId(self.random_id()),
            kind: DecisionKind::Freeze,
            variant_id,
            sentence: sentences::freeze(name.as_deref(), missing),
            evidence: DecisionEvidence::Split { p_anytime, variant_id, missing },
            rule: Vec::new(),
            undo: None,
            state: DecisionState::Done,
            created_at: self.now().unix_timestamp(),
            settled_at: None,
        }
    }
}

/// Until when an owner's no to a line holds, in seconds since 1970; absent where it was no no.
fn silence_of(line: &Decision) -> Option<i64> {
    let refused = matches!(line.state, DecisionState::Dismissed | DecisionState::Undone);
    refused.then(|| line.settled_at.unwrap_or(line.created_at) + SILENCE.whole_seconds())
}

/// Until when an owner's no keeps a variant from being promoted, in seconds since 1970; absent without one.
pub(crate) fn silent_until(journal: &[Decision], variant_id: VariantId) -> Option<i64> {
    silence_of(journal.iter().find(|line| is_about(line, DecisionKind::Promote, variant_id))?)
}

/// Whether the rules still ask for what a line proposes.
fn is_wanted(wanted: &[Wanted], examined: &Examined, line: &Decision) -> bool {
    wanted.iter().any(|(kind, place)| is_about(line, *kind, examined.served_variant(*place)))
}

fn is_about(line: &Decision, kind: DecisionKind, variant_id: VariantId) -> bool {
    line.kind == kind && line.variant_id == Some(variant_id)
}

/// What the rules ask for. After a promotion the generation is decided, and nobody else is promoted.
fn wanted(examined: &Examined) -> Vec<Wanted> {
    let look = &examined.look;
    let is_decided = examined.rows.phase == Phase::Decided;
    let may_win = |place: &usize| !is_decided && !look.harmful.contains(place);
    let promote = look.verdict.promote.filter(may_win).map(|place| (DecisionKind::Promote, place));
    let harmful = look.harmful.iter().map(|place| (DecisionKind::StopHarm, *place));
    let killed = look.verdict.kill.iter().filter(|place| !look.harmful.contains(place));
    promote.into_iter().chain(harmful).chain(killed.map(|place| (DecisionKind::Kill, *place))).collect()
}

fn evidence(examined: &Examined, place: usize) -> VariantEvidence {
    let (look, reading, arm) = (&examined.look, &examined.reading, examined.served[place]);
    let (own, control): (Counts, Counts) = (reading.matured[arm], reading.matured[0]);
    let lift = look.lift[place];
    VariantEvidence {
        epoch: examined.rows.epoch,
        visitors: own.visitors(),
        conversions: own.conversions(),
        control_visitors: control.visitors(),
        control_conversions: control.conversions(),
        prob_best: look.decided_prob_best[place],
        lift: lift.map(|lift| lift.median),
        lift_lower: lift.map(|lift| lift.lower),
        lift_upper: lift.map(|lift| lift.upper),
        log_e_max: reading.monitor.lift(arm).map_or(0.0, |evidence| evidence.log_e_max()),
        harm_log_e_max: reading.monitor.harm(arm).map_or(0.0, |evidence| evidence.log_e_max()),
    }
}

fn rule_check(check: &Check) -> RuleCheck {
    let value = Some(check.value).filter(|value| value.is_finite());
    RuleCheck { sentence: check.to_string(), value, limit: check.limit, met: check.met }
}
