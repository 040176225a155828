//! `evoloop demo`

use super::{CliError, print};
use crate::config::Flags;
use crate::demo::{Choices, Demo, DemoError, EMAIL, verdict};
use crate::listen::StopSignal;
use domain::report::SiteStatistics;
use domain::{AutonomyMode, Decision, DecisionState};
use std::collections::HashSet;
use std::process::ExitCode;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the present state is shown.
const SHOW_EVERY: Duration = Duration::from_secs(10);
/// Wait after the last visitor, so that the weights are computed once more.
const SETTLE: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub(super) struct Args {
    /// How many times as fast as real time the demo's clock runs; 2880 makes 30 seconds a day
    #[arg(long, default_value_t = 2880.0)]
    speed: f64,
    /// Seed of the true conversion rates and the visitors' luck [default: random]
    #[arg(long)]
    seed: Option<u64>,
    /// New visitors a second
    #[arg(long, default_value_t = 20.0)]
    visitors: f64,
    /// Run for a while, then exit 0 only if the truly best arm was found
    #[arg(long)]
    check: bool,
    /// How long --check sends visitors, in seconds; a promotion takes about six days of the demo's clock
    #[arg(long, default_value_t = 240)]
    check_seconds: u64,
    /// How much Evoloop does by itself: full_auto promotes and kills, supervised proposes it
    #[arg(long, default_value = "full_auto")]
    mode: AutonomyMode,
    /// Give every arm the same true rate, so that --check has to fail
    #[arg(long)]
    equal_rates: bool,
}

pub(super) async fn run(flags: &Flags, args: Args) -> Result<ExitCode, CliError> {
    if !(1.0..=1_000_000.0).contains(&args.speed) {
        return Err(CliError::Refused("--speed must be between 1 and 1000000".to_owned()));
    }
    if args.check && args.mode != AutonomyMode::FullAuto {
        return Err(CliError::Refused("--check needs --mode full_auto: otherwise the winner waits for you".to_owned()));
    }
    let seed = args.seed.unwrap_or_else(|| u64::from(uuid::Uuid::new_v4().as_fields().0));
    let choices = Choices {
        speed: args.speed,
        seed,
        mode: args.mode,
        equal_rates: args.equal_rates,
        visitors_per_second: args.visitors,
    };
    let signal = StopSignal::listen()?;
    print::note("Starting, reading the demo page and writing variants ...");
    let demo = Demo::prepare(flags, &choices).await?;
    introduce(&demo, &choices);
    let stop = CancellationToken::new();
    let end = async {
        if args.check {
            tokio::select! {
                () = signal.received() => {}
                () = tokio::time::sleep(Duration::from_secs(args.check_seconds)) => {}
            }
        } else {
            signal.received().await;
        }
        stop.cancel();
    };
    tokio::join!(demo.visit(&stop), show(&demo, &stop), end);
    let code = if args.check { check(&demo).await? } else { ExitCode::SUCCESS };
    print::note("Stopping.");
    demo.stop().await;
    Ok(code)
}

fn introduce(demo: &Demo, choices: &Choices) {
    let url = &demo.running.public_url;
    print::line(&format!("Dashboard:  {url}/app/sites/{}", demo.site_id));
    print::line(&format!("Log in at:  {url}/login as {EMAIL}"));
    print::line(&format!("Password:   {}", demo.password));
    print::line(&format!("Demo page:  {url}/demo"));
    print::line(&demo.rates.describe());
    print::line(&pace(choices));
    print::line("Simulated visitors are on their way. Press Ctrl-C to stop; the data is thrown away.");
}

/// When something is to be seen: the product's own days, in real time.
fn pace(choices: &Choices) -> String {
    let day = 24.0 * 3600.0 / choices.speed;
    let acts = match choices.mode {
        AutonomyMode::FullAuto => "the winner is promoted and losers are retired",
        AutonomyMode::Supervised | AutonomyMode::TrainingWheels => {
            "the dashboard proposes to promote the winner and to retire losers"
        }
    };
    format!(
        "A day lasts {day:.0} s here. Traffic is split evenly for 3 days ({:.0} s), because nobody is judged before the time to convert is over; after about 4 days it moves, and after 5 to 7 {acts}.",
        3.0 * day
    )
}

async fn show(demo: &Demo, stop: &CancellationToken) {
    let mut told = HashSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SHOW_EVERY) => {}
        }
        for line in demo.running.service.list_decisions(&demo.viewer, demo.site_id).await.unwrap_or_default() {
            if told.insert((line.id, line.state)) {
                print::line(&format!("{:<12}{}", heading(&line), line.sentence));
            }
        }
        if let Ok(statistics) = demo.running.service.statistics(&demo.viewer, demo.site_id).await {
            print::note(&summary(&statistics));
        }
    }
}

/// What became of a line of the journal.
fn heading(line: &Decision) -> &'static str {
    match line.state {
        DecisionState::Proposed => "Proposed:",
        DecisionState::Done => "Decided:",
        DecisionState::Dismissed => "Dismissed:",
        DecisionState::Withdrawn => "Withdrawn:",
        DecisionState::Undone => "Taken back:",
    }
}

fn summary(statistics: &SiteStatistics) -> String {
    let phase = statistics.generation.phase;
    let arms = statistics.variants.iter().map(|arm| {
        let weight = arm.weight.map_or_else(|| "-".to_owned(), |weight| format!("{:.0} %", weight * 100.0));
        format!("{} {}/{} -> {weight}", arm.name, arm.conversions, arm.visitors)
    });
    format!("[{phase}] {}", arms.collect::<Vec<_>>().join("   "))
}

/// Waits for the last weights and judges them.
async fn check(demo: &Demo) -> Result<ExitCode, CliError> {
    tokio::time::sleep(SETTLE).await;
    let statistics = demo.running.service.statistics(&demo.viewer, demo.site_id).await?;
    let tally = demo.simulator.tally();
    print::line(&summary(&statistics));
    print::line(&format!("Visits that failed: {}", tally.failed));
    let judged = match demo.rates.best() {
        Some(best) => verdict::judge(best, &statistics.variants),
        None => Err("There are no arms.".to_owned()),
    };
    match judged {
        Ok(()) => {
            print::line("Check passed: the truly best arm leads clearly.");
            Ok(ExitCode::SUCCESS)
        }
        Err(reason) => {
            print::line(&format!("Check failed: {reason}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

impl From<DemoError> for CliError {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Config(error) => error.into(),
            DemoError::Start(error) => error.into(),
            DemoError::Service(error) => error.into(),
            DemoError::Outbound(error) => error.into(),
            DemoError::Address(_) | DemoError::Preparation(_) => Self::Refused(error.to_string()),
        }
    }
}
