//! `evoloop simulate`: a site with known truth, run through the code that runs live.

mod report;

use super::{CliError, print};
use bandit::BanditError;
use bandit::simulate::reference::{Reference, references};
use bandit::simulate::{Drift, Kills, Outcome, Promotion, Scenario, Summary, Traffic, Young, run as run_once, stream};
use clap::ValueEnum;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Options of the command.
#[derive(clap::Args)]
pub(super) struct Args {
    /// True conversion rates, the control's first
    #[arg(long, value_delimiter = ',', default_value = "0.05,0.06", value_parser = super::share)]
    rates: Vec<f64>,
    /// Visitors a day
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    visitors: u64,
    /// Days
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
    /// Looks a day, a divisor of 24; weights and decisions follow at each
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=24))]
    looks: u32,
    /// Mean hours from a visit to its conversion
    #[arg(long, default_value_t = 0.0, value_parser = hours)]
    delay: f64,
    /// Attribution window in hours; 0 decides on everybody at once
    #[arg(long, default_value_t = 0.0, value_parser = hours)]
    window: f64,
    /// How visitors whose window is not over steer traffic
    #[arg(long, value_enum, default_value_t = NamedYoung::ByShare)]
    young: NamedYoung,
    /// Rates that follow the week, and a campaign from day 10 to 20
    #[arg(long)]
    drift: bool,
    /// Share of exposures that is lost, of the control first, then of each variant
    #[arg(long, value_delimiter = ',', value_parser = super::share)]
    lost: Vec<f64>,
    /// Share of visitors who are robots
    #[arg(long, default_value_t = 0.0, value_parser = super::share)]
    bots: f64,
    /// Share of visitors who always see the untouched page
    #[arg(long, default_value_t = 0.0, value_parser = super::share)]
    holdout: f64,
    /// Check intervals against the truth at the end of a fixed time; a promotion then changes nothing
    #[arg(long)]
    coverage: bool,
    /// Only this way of giving visitors to arms; all of them are compared otherwise
    #[arg(long)]
    policy: Option<Named>,
    /// Runs
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    runs: u32,
    /// Seed; the same seed gives the same answer on any number of threads
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Reproduce the specification's reference figures and check the product's promises instead; fails when one is off
    #[arg(long)]
    reference: bool,
    /// Draw the result into this SVG file
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Named {
    /// All arms alike
    Even,
    /// The best mean so far, and every arm alike one time in ten
    EpsilonGreedy,
    /// Every visitor draws from the posteriors
    Thompson,
    /// The product
    Evoloop,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NamedYoung {
    /// By the share of their conversions that should have arrived: the product
    ByShare,
    /// As if they would not convert any more
    AsFailures,
    /// Not at all
    LeftOut,
}

impl From<NamedYoung> for Young {
    fn from(named: NamedYoung) -> Self {
        match named {
            NamedYoung::ByShare => Self::ByShare,
            NamedYoung::AsFailures => Self::AsFailures,
            NamedYoung::LeftOut => Self::LeftOut,
        }
    }
}

impl Named {
    fn name(self) -> &'static str {
        match self {
            Self::Even => "even split",
            Self::EpsilonGreedy => "epsilon-greedy",
            Self::Thompson => "Thompson per visitor",
            Self::Evoloop => "Evoloop",
        }
    }

    fn traffic(self) -> Traffic {
        match self {
            Self::Even => Traffic::Even,
            Self::EpsilonGreedy => Traffic::EpsilonGreedy(0.1),
            Self::Thompson => Traffic::Thompson,
            Self::Evoloop => Traffic::Weights,
        }
    }
}

/// Runs below which a comparison with the reference says little.
const ENOUGH_RUNS: u32 = 500;

/// A scenario that was run.
struct Simulated {
    name: String,
    summary: Summary,
}

pub(super) async fn run(args: Args) -> Result<ExitCode, CliError> {
    let answer =
        tokio::task::spawn_blocking(move || if args.reference { against_reference(&args) } else { compare(&args) });
    answer.await.map_err(|error| CliError::Refused(error.to_string()))?
}

fn compare(args: &Args) -> Result<ExitCode, CliError> {
    let policies = args.policy.map_or_else(|| Named::value_variants().to_vec(), |policy| vec![policy]);
    let mut simulated = Vec::new();
    for policy in policies {
        let scenario = scenario(args, policy)?;
        let summary = Summary::of(&scenario, &outcomes(&scenario, args)?);
        simulated.push(Simulated { name: policy.name().to_owned(), summary });
    }
    if let Some(path) = &args.svg {
        let unwritable = |error| CliError::Refused(format!("cannot write {}: {error}", path.display()));
        std::fs::write(path, report::svg(&simulated)).map_err(unwritable)?;
    }
    if args.json {
        let results: Vec<_> = simulated.iter().map(|it| json!({"policy": it.name, "summary": it.summary})).collect();
        print::line(&json!({"seed": args.seed, "results": results}).to_string());
    } else {
        simulated.iter().for_each(|it| print::line(&report::text(it)));
    }
    Ok(ExitCode::SUCCESS)
}

fn against_reference(args: &Args) -> Result<ExitCode, CliError> {
    if args.runs < ENOUGH_RUNS {
        print::note(&format!("Below {ENOUGH_RUNS} runs the errors are so wide that nearly everything agrees."));
    }
    let (mut rows, mut all_agree) = (Vec::new(), true);
    for Reference { name, scenario, figures } in references() {
        let summary = Summary::of(&scenario, &outcomes(&scenario, args)?);
        for figure in figures {
            let found = figure.quantity.of(&summary);
            let agrees = figure.agrees(found, summary.runs);
            all_agree &= agrees;
            let row = report::ReferenceRow { name, figure, found, agrees };
            if !args.json {
                print::line(&row.text());
            }
            rows.push(row.json());
        }
    }
    if args.json {
        print::line(&json!({"seed": args.seed, "runs": args.runs, "figures": rows, "agree": all_agree}).to_string());
    }
    Ok(if all_agree { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn scenario(args: &Args, policy: Named) -> Result<Scenario, CliError> {
    if !(2..=bandit::best::MOST_ARMS).contains(&args.rates.len()) {
        return Err(CliError::Refused("--rates needs 2 to 64 rates, as in --rates 0.05,0.06".to_owned()));
    }
    if args.lost.len() > args.rates.len() {
        return Err(CliError::Refused("--lost has more shares than --rates has rates".to_owned()));
    }
    if args.bots >= 1.0 || args.holdout >= 1.0 {
        return Err(CliError::Refused("--bots and --holdout must leave some visitors, so each is below 1".to_owned()));
    }
    if args.delay > 0.0 && args.window <= 0.0 {
        return Err(CliError::Refused("--delay needs a --window in hours, as in --window 72".to_owned()));
    }
    if 24 % args.looks != 0 {
        return Err(CliError::Refused("--looks must divide the 24 hours of a day, as in --looks 6".to_owned()));
    }
    let is_ours = policy == Named::Evoloop;
    Ok(Scenario {
        rates: args.rates.clone(),
        visitors_per_look: (args.visitors / u64::from(args.looks)).max(1),
        looks_per_day: args.looks,
        days: args.days,
        drift: if args.drift { Drift::WeekAndCampaign } else { Drift::None },
        delay_h: args.delay,
        window_h: args.window,
        young: args.young.into(),
        lost: args.lost.clone(),
        bots: args.bots,
        holdout: args.holdout,
        traffic: policy.traffic(),
        kills: if is_ours { Kills::ByRuleAndHarm } else { Kills::None },
        // Intervals are promised for a fixed time, not for the time of a promotion.
        promotion: if is_ours && !args.coverage { Promotion::Carried } else { Promotion::Noted },
        coverage: args.coverage,
        // Everything else as the product runs.
        ..Scenario::default()
    })
}

/// All runs, on all processors; the order does not depend on how many there are.
fn outcomes(scenario: &Scenario, args: &Args) -> Result<Vec<Outcome>, CliError> {
    let runs = usize::try_from(args.runs).unwrap_or(usize::MAX);
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Outcome)>, BanditError> {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= runs {
                return Ok(done);
            }
            let mut random = stream(args.seed, u64::try_from(number).unwrap_or(u64::MAX));
            done.push((number, run_once(scenario, &mut random)?));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(runs);
    let parts: Vec<_> = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut all = Vec::with_capacity(runs);
    for part in parts {
        let part = part.map_err(|_| CliError::Refused("a simulation stopped unexpectedly".to_owned()))?;
        all.extend(part.map_err(|error| CliError::Refused(error.to_string()))?);
    }
    all.sort_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, outcome)| outcome).collect())
}

fn hours(text: &str) -> Result<f64, String> {
    let hours = text.trim().parse().ok().filter(|hours| (0.0..=8760.0).contains(hours));
    hours.ok_or_else(|| "0 to 8760 hours are possible".to_owned())
}
