//! `evoloop patch`: patches checked, applied to a file and taken back, without a server.

use super::{CliError, print};
use domain::Patch;
use domain::patch::{AllowedHosts, Refusal, Reverse, import};
use page::rewrite::{NotApplied, apply_text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Check every rule of the patch language
    Check(Given),
    /// Apply a patch to the text of a page and print the new text
    Apply {
        #[command(flatten)]
        given: Given,
        /// File of the page, in UTF-8
        #[arg(long, value_name = "FILE")]
        html: PathBuf,
        /// Where to write what takes the patch back
        #[arg(long, value_name = "FILE")]
        reverse_out: Option<PathBuf>,
    },
    /// Take a patch back out of the text that `apply` printed
    Revert {
        /// File of the patched page
        #[arg(long, value_name = "FILE")]
        html: PathBuf,
        /// File that `apply` wrote with `--reverse-out`
        #[arg(long, value_name = "FILE")]
        reverse: PathBuf,
    },
    /// Turn mutations of dom-mutator, or a visual change of GrowthBook, into a patch
    Import {
        /// File of the mutations
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        #[command(flatten)]
        hosts: Hosts,
    },
    /// Print the JSON schema of the language
    Schema,
    /// Say in words what a patch changes
    Show(Given),
}

#[derive(clap::Args)]
struct Hosts {
    /// Hosts that addresses in the patch may point to, with commas between
    #[arg(long, value_name = "HOSTS", value_delimiter = ',')]
    hosts: Vec<String>,
}

#[derive(clap::Args)]
struct Given {
    /// File of the patch
    #[arg(long, value_name = "FILE")]
    patch: PathBuf,
    #[command(flatten)]
    hosts: Hosts,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Hosts {
    fn allowed(&self) -> AllowedHosts {
        AllowedHosts::new(self.hosts.iter().map(|host| host.trim().to_owned()))
    }
}

impl Given {
    fn read(&self) -> Result<Result<Patch, Refusal>, CliError> {
        Ok(Patch::parse(&read(&self.patch)?, &self.hosts.allowed()))
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    match &args.command {
        Command::Check(given) => match given.read()? {
            Ok(patch) if given.json => answer(&json!({"ok": true, "ops": patch.ops.len()})),
            Ok(patch) => line(&format!("the patch keeps all rules; it has {} operations", patch.ops.len())),
            Err(refusal) => refused(given.json, &refusal),
        },
        Command::Apply { given, html, reverse_out } => match given.read()? {
            Ok(patch) => apply(&patch, &read(html)?, given.json, reverse_out.as_deref()),
            Err(refusal) => refused(given.json, &refusal),
        },
        Command::Revert { html, reverse } => {
            let back: Reverse = serde_json::from_str(&read(reverse)?)
                .map_err(|error| CliError::Refused(format!("{}: {error}", reverse.display())))?;
            let page = back.restore(&read(html)?).map_err(|error| CliError::Refused(error.to_string()))?;
            print::text(&page);
            Ok(ExitCode::SUCCESS)
        }
        Command::Import { from, hosts } => match import(&read(from)?, &hosts.allowed()) {
            Ok(patch) => answer(&json!(patch)),
            Err(refusal) => Err(named(refusal.name(), &refusal)),
        },
        Command::Schema => answer(&Patch::schema()),
        Command::Show(given) => match given.read()? {
            Ok(patch) => {
                show(&patch, given.json);
                Ok(ExitCode::SUCCESS)
            }
            Err(refusal) => refused(given.json, &refusal),
        },
    }
}

fn read(file: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(file).map_err(|error| CliError::Refused(format!("{}: {error}", file.display())))
}

fn line(text: &str) -> Result<ExitCode, CliError> {
    print::line(text);
    Ok(ExitCode::SUCCESS)
}

fn answer(value: &Value) -> Result<ExitCode, CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| CliError::Refused(error.to_string()))?;
    line(&text)
}

/// The name of a rule stands in front, so that scripts can tell refusals apart.
fn named(name: &str, error: &dyn std::error::Error) -> CliError {
    CliError::Refused(format!("{name}: {error}"))
}

fn refused(as_json: bool, refusal: &Refusal) -> Result<ExitCode, CliError> {
    if !as_json {
        return Err(named(refusal.name(), refusal));
    }
    answer(&json!({"ok": false, "reason": refusal.name(), "message": refusal.to_string()}))?;
    Ok(ExitCode::FAILURE)
}

fn apply(patch: &Patch, html: &str, as_json: bool, reverse_out: Option<&Path>) -> Result<ExitCode, CliError> {
    let (html, reverse) = match apply_text(html, patch) {
        Ok(applied) => applied,
        Err(error) if as_json => {
            answer(&not_applied(&error))?;
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(named(reason(&error), &error)),
    };
    if let Some(file) = reverse_out {
        let text = serde_json::to_string(&reverse).map_err(|error| CliError::Refused(error.to_string()))?;
        std::fs::write(file, text).map_err(|error| CliError::Refused(format!("{}: {error}", file.display())))?;
    }
    if as_json {
        return answer(&json!({"ok": true, "html": html, "reverse": reverse}));
    }
    print::text(&html);
    Ok(ExitCode::SUCCESS)
}

fn reason(error: &NotApplied) -> &'static str {
    match error {
        NotApplied::Selector => "selector",
        NotApplied::Missed(_) => "missed",
        NotApplied::Unsure(_) => "unsure",
    }
}

fn not_applied(error: &NotApplied) -> Value {
    let mut answer = json!({"ok": false, "reason": reason(error), "message": error.to_string()});
    if let NotApplied::Missed(misses) = error {
        let misses = misses.iter().map(|miss| json!({"op": miss.op, "part": miss.part.name(), "why": miss.why.name()}));
        answer["misses"] = misses.collect();
    }
    answer
}

fn show(patch: &Patch, as_json: bool) {
    for (op, change) in patch.ops.iter().zip(patch.changes()) {
        if as_json {
            let change = json!({"op": op.name(), "css": change.css, "old": change.old, "new": change.new});
            print::line(&change.to_string());
        } else {
            print::line(&format!("{}: {change}", op.name()));
        }
    }
}
