//! What a simulated site is like, and how it is run.

use crate::BanditError;
use crate::look::Policy;
use std::f64::consts::TAU;

/// A site and how its traffic is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// True conversion rate of each arm, within the window; the first is the control.
    pub rates: Vec<f64>,
    /// Visitors from one look to the next.
    pub visitors_per_look: u64,
    /// Looks a day, a divisor of 24; weights are recomputed at each.
    pub looks_per_day: u32,
    /// Days.
    pub days: u32,
    /// How the rates of all arms move together.
    pub drift: Drift,
    /// Mean hours from exposure to conversion; 0 for at once.
    pub delay_h: f64,
    /// Attribution window in hours; visitors younger than this are not decided on.
    pub window_h: f64,
    /// Hours after its end in which an epoch could still get visitors, so that evidence waits for them.
    /// None come so late; the product waits 24 hours all the same.
    pub token_h: f64,
    /// How visitors younger than that steer traffic.
    pub young: Young,
    /// Share of each arm's exposures that is never reported; missing arms lose none.
    pub lost: Vec<f64>,
    /// Share of visitors who are robots: seen, and left out.
    pub bots: f64,
    /// Share of visitors who always see the untouched page.
    pub holdout: f64,
    /// How visitors are given to arms.
    pub traffic: Traffic,
    /// Whether every look begins an epoch, however little the weights moved; the product spares those (SPEC 6.2).
    pub publishes_always: bool,
    /// Floors, cap, phases and the rule of decisions.
    pub policy: Policy,
    /// Whether visitors are made comparable over days (SPEC 11.2).
    pub comparable: bool,
    /// Which arms are taken out.
    pub kills: Kills,
    /// What follows a promotion.
    pub promotion: Promotion,
    /// Whether intervals are checked against the truth; costly.
    pub coverage: bool,
}

impl Default for Scenario {
    /// Two equal arms of 5 %, 1,000 visitors a day for 30 days, run as the product does.
    fn default() -> Self {
        Self {
            rates: vec![0.05, 0.05],
            visitors_per_look: 1000,
            looks_per_day: 1,
            days: 30,
            drift: Drift::None,
            delay_h: 0.0,
            window_h: 0.0,
            token_h: 24.0,
            young: Young::ByShare,
            lost: Vec::new(),
            bots: 0.0,
            holdout: 0.0,
            traffic: Traffic::Weights,
            publishes_always: false,
            policy: Policy::default(),
            comparable: true,
            kills: Kills::ByRule,
            promotion: Promotion::Carried,
            coverage: false,
        }
    }
}

impl Scenario {
    /// Hours from one look to the next. The ledger counts whole hours, so a look is at the end of one.
    ///
    /// # Errors
    /// When the looks do not divide a day's hours.
    pub(crate) fn look_hours(&self) -> Result<u32, BanditError> {
        const HOURS: u32 = 24;
        let divides = self.looks_per_day > 0 && HOURS.is_multiple_of(self.looks_per_day);
        if divides { Ok(HOURS / self.looks_per_day) } else { Err(BanditError::Delays) }
    }

    /// Whether such a site can be.
    ///
    /// # Errors
    /// For rates outside 0 to 1, looks that do not divide a day's hours, or times that are negative or
    /// not finite; also for conversions that come later but have no window to come in.
    pub(crate) fn check(&self) -> Result<(), BanditError> {
        if !self.rates.iter().all(|rate| (0.0..=1.0).contains(rate)) {
            return Err(BanditError::Probability);
        }
        self.look_hours()?;
        let sound = |hours: &f64| hours.is_finite() && *hours >= 0.0;
        let are_sound = [self.delay_h, self.window_h, self.token_h].iter().all(sound);
        let can_arrive = self.delay_h == 0.0 || self.window_h > 0.0;
        if are_sound && can_arrive { Ok(()) } else { Err(BanditError::Delays) }
    }

    /// The arm with the highest true rate; the first of equals.
    pub(crate) fn best(&self) -> usize {
        let better = |best: usize, arm: usize| if self.rates[arm] > self.rates[best] { arm } else { best };
        (0..self.rates.len()).fold(0, better)
    }
}

/// How the rates of all arms move together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drift {
    /// They stay.
    None,
    /// They follow the week by 40 %, and are doubled from day 10 to day 20 by a campaign.
    WeekAndCampaign,
}

impl Drift {
    /// The factor of all rates at a time in days.
    pub(crate) fn factor(self, day: f64) -> f64 {
        match self {
            Self::None => 1.0,
            Self::WeekAndCampaign => {
                let campaign = if (10.0..20.0).contains(&day) { 2.0 } else { 1.0 };
                campaign * (1.0 + 0.4 * (TAU * day / 7.0).sin())
            }
        }
    }
}

/// How visitors whose window is not over steer traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Young {
    /// By the share of their conversions that should have arrived: the product (SPEC 10.2).
    ByShare,
    /// As if they would not convert any more.
    AsFailures,
    /// Not at all.
    LeftOut,
}

/// How visitors are given to arms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Traffic {
    /// All arms alike.
    Even,
    /// The arm with the best mean, and every arm alike with this probability.
    EpsilonGreedy(f64),
    /// Every visitor draws from posteriors that know the visitor before.
    Thompson,
    /// By the weights of the last look: the product.
    Weights,
}

/// Which arms are taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kills {
    /// None.
    None,
    /// Those that the rule kills.
    ByRule,
    /// Those, and those with evidence of harm.
    ByRuleAndHarm,
}

/// What follows a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promotion {
    /// Nothing: it is only noted.
    Noted,
    /// The run ends.
    Ends,
    /// Everybody is given the promoted arm from then on, apart from the floors: the product.
    Carried,
}
