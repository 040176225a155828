//! `evoloop stats show SITE` and `evoloop stats eval FILE`

use super::{CliError, print, stats_eval};
use crate::config::Flags;
use clap::Subcommand;
use domain::report::VariantHealth;
use domain::{SiteId, VariantId};
use serde::Serialize;
use service::{ServiceError, SiteCounters};
use std::process::ExitCode;
use store::statistics::Allocation;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show a site's counters, posteriors and weights
    Show {
        /// Identifier of the site
        site: SiteId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Evaluate test vectors through the functions that the product uses
    Eval(stats_eval::Args),
}

/// A site's counters as printed; field names are part of the interface.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    variants: Vec<Row>,
    holdout: Holdout,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    guardrails: Vec<Guardrail>,
}

/// What visits of a variant were like in the last 28 days.
#[derive(Debug, Serialize)]
struct Guardrail {
    variant_id: VariantId,
    samples: u64,
    lcp_p75: Option<f64>,
    cls_p75: Option<f64>,
    inp_p75: Option<f64>,
    error_share: Option<f64>,
    gave_up: u64,
}

#[derive(Debug, Serialize)]
struct Row {
    variant_id: VariantId,
    visitors: i64,
    conversions: i64,
    alpha: f64,
    beta: f64,
    prob_best: Option<f64>,
    weight: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Holdout {
    visitors: i64,
    conversions: i64,
}

pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    match &args.action {
        Action::Show { site, json } => show(flags, *site, *json).await,
        Action::Eval(args) => Ok(stats_eval::run(args)),
    }
}

async fn show(flags: &Flags, site_id: SiteId, as_json: bool) -> Result<ExitCode, CliError> {
    let installation = super::open(flags).await?;
    let (counters, allocation) =
        installation.service.counters(site_id).await.map_err(|error| unknown_site(error, site_id))?;
    let health = installation.service.page_health_for_operator(site_id).await?;
    print_report(&Report::new(counters, allocation.as_ref()).with_guardrails(health), as_json)?;
    installation.store.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Says which site is missing, where the service only says that something is.
pub(super) fn unknown_site(error: ServiceError, site_id: SiteId) -> CliError {
    match error {
        ServiceError::NotFound => CliError::Refused(format!("there is no site {site_id}")),
        other => other.into(),
    }
}

impl Report {
    pub(super) fn new(counters: SiteCounters, allocation: Option<&Allocation>) -> Self {
        let SiteCounters { mut variants, holdout: (visitors, conversions), .. } = counters;
        variants.sort_by_key(|row| row.variant_id);
        let weight = |id: VariantId| {
            let arms = allocation.map(|allocation| allocation.weights.as_slice()).unwrap_or_default();
            arms.iter().find(|arm| arm.variant_id == id).map(|arm| arm.weight)
        };
        let variants = variants.into_iter().map(|row| Row {
            variant_id: row.variant_id,
            visitors: row.visitors,
            conversions: row.conversions,
            alpha: row.alpha,
            beta: row.beta,
            prob_best: row.prob_best,
            weight: weight(row.variant_id),
        });
        Self { variants: variants.collect(), holdout: Holdout { visitors, conversions }, guardrails: Vec::new() }
    }

    fn with_guardrails(self, health: Vec<VariantHealth>) -> Self {
        let guardrail = |health: VariantHealth| Guardrail {
            variant_id: health.variant_id,
            samples: health.samples,
            lcp_p75: health.lcp_p75,
            cls_p75: health.cls_p75,
            inp_p75: health.inp_p75,
            error_share: health.error_share,
            gave_up: health.gave_up,
        };
        Self { guardrails: health.into_iter().map(guardrail).collect(), ..self }
    }
}

pub(super) fn print_report(report: &Report, as_json: bool) -> Result<(), CliError> {
    if as_json {
        let text = serde_json::to_string(report).map_err(|error| CliError::Refused(error.to_string()))?;
        print::line(&text);
        return Ok(());
    }
    let share = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{:.1} %", value * 100.0));
    print::line(&format!("{:36} {:>9} {:>11} {:>9} {:>9}", "variant", "visitors", "conversions", "P(best)", "weight"));
    for row in &report.variants {
        print::line(&format!(
            "{:36} {:>9} {:>11} {:>9} {:>9}",
            row.variant_id.to_string(),
            row.visitors,
            row.conversions,
            share(row.prob_best),
            share(row.weight)
        ));
    }
    let Holdout { visitors, conversions } = &report.holdout;
    if *visitors > 0 {
        print::line(&format!("{:36} {visitors:>9} {conversions:>11} {:>9} {:>9}", "holdout", "-", "-"));
    }
    Ok(())
}
