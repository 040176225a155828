//! `evoloop site add --user EMAIL URL` and `evoloop site verify SITE`

use super::stats::unknown_site;
use super::{CliError, print};
use crate::config::Flags;
use clap::Subcommand;
use domain::SiteId;
use domain::install::InstallReport;
use serde_json::json;
use service::ServiceError;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Add a site; a running server reads its page
    Add {
        /// Address of the page
        url: String,
        /// E-mail address of the account that owns it
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Visit a site's page and say whether the snippet is installed well; the exit status is 1 when it does not work
    Verify {
        /// Identifier of the site
        site: SiteId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    match &args.action {
        Action::Add { url, user, json } => add(flags, url, user, *json).await,
        Action::Verify { site, json } => verify(flags, *site, *json).await,
    }
}

async fn add(flags: &Flags, url: &str, user: &str, as_json: bool) -> Result<ExitCode, CliError> {
    let installation = super::open(flags).await?;
    let viewer = installation.service.viewer_for_operator(user).await.map_err(|error| match error {
        ServiceError::NotFound => CliError::Refused(format!("there is no account {user}")),
        other => other.into(),
    })?;
    let site = installation.service.create_site(&viewer, url).await?;
    if as_json {
        print::line(&json!({ "site_id": site.id, "url": site.url, "status": site.status }).to_string());
    } else {
        print::line(&format!("Added {} as {}.", site.url, site.id));
    }
    installation.store.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn verify(flags: &Flags, site_id: SiteId, as_json: bool) -> Result<ExitCode, CliError> {
    let installation = super::open(flags).await?;
    let report =
        installation.service.verify_install_now(site_id).await.map_err(|error| unknown_site(error, site_id))?;
    let works = report.works();
    print_report(&report, as_json)?;
    installation.store.close().await?;
    Ok(if works { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Field names are part of the interface.
fn print_report(report: &InstallReport, as_json: bool) -> Result<(), CliError> {
    if as_json {
        let findings = report.findings.iter().map(|finding| {
            let kind = serde_json::to_value(finding).map_err(|error| CliError::Refused(error.to_string()))?;
            Ok(json!({
                "severity": finding.severity(),
                "finding": kind,
                "problem": finding.problem(),
                "advice": finding.advice(),
            }))
        });
        let findings = findings.collect::<Result<Vec<_>, CliError>>()?;
        let line = json!({
            "works": report.works(),
            "address": report.address,
            "in_browser": report.in_browser,
            "checked_at": report.checked_at,
            "findings": findings,
        });
        print::line(&line.to_string());
        return Ok(());
    }
    let verdict = if report.works() { "The snippet works" } else { "The snippet does not work" };
    print::line(&format!("{verdict} on {}", report.address));
    for finding in &report.findings {
        print::line(&format!("{:5}  {}", finding.severity().as_str(), finding.problem()));
        print::line(&format!("       {}", finding.advice()));
    }
    Ok(())
}
