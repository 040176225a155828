//! `evoloop generate --url FILE|URL`: variants of a page, judged by every rule, without a database.

use super::analyze::{self, Page};
use super::{CliError, print};
use crate::config::{self, Flags};
use domain::Patch;
use domain::copy::{ModelCall, RejectedDraft};
use domain::guard::{BrandRules, Refusal};
use domain::patch::AllowedHosts;
use domain::slots::SlotPatch;
use outbound::llm::OpenAiCopyWriter;
use serde::Serialize;
use service::drafting::{Accepted, Drafting};
use service::playbook::Playbook;
use service::ports::{Brief, CopyWriter, WriteError, WritingLog};
use std::process::ExitCode;
use time::OffsetDateTime;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Address or file of the page
    #[arg(long, value_name = "FILE|URL")]
    url: String,
    #[command(flatten)]
    page: Page,
    /// How many variants
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=8))]
    count: u8,
    /// Write with the built-in playbook even when a language model is set
    #[arg(long)]
    playbook: bool,
    /// Keep variants with claims that the page does not make, marked for review
    #[arg(long)]
    review_claims: bool,
    /// A word that must not stand in a variant; may be given again
    #[arg(long, value_name = "WORD")]
    forbid: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was written, as printed. The names are part of the interface.
#[derive(Serialize)]
struct Report<'a> {
    author: &'a str,
    variants: Vec<Written<'a>>,
    rejected: &'a [RejectedDraft],
    calls: usize,
    tokens_in: Option<i64>,
    tokens_out: Option<i64>,
    cost_micros: Option<i64>,
    /// Why there are no variants.
    error: Option<String>,
}

#[derive(Serialize)]
struct Written<'a> {
    slots: &'a SlotPatch,
    patch: &'a Patch,
    strategy: &'a str,
    hypothesis: &'a str,
    reasoning: &'a str,
    prompt_version: Option<&'a str>,
    /// A claim that the owner must judge.
    review: Option<&'a Refusal>,
}

pub(super) async fn run(flags: &Flags, args: &Args) -> Result<ExitCode, CliError> {
    let page = analyze::page_model(flags, &args.url, &args.page).await?;
    let model = config::language_model(flags)?.filter(|_| !args.playbook);
    let writer: Box<dyn CopyWriter> = match model {
        Some(settings) => Box::new(OpenAiCopyWriter::new(settings)?),
        None => Box::new(Playbook),
    };
    let brand = BrandRules { forbidden_words: args.forbid.clone(), locked_slots: Vec::new() };
    let brief = Brief { page, count: usize::from(args.count), brand, ..Brief::default() };
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let mut drafting = Drafting::new(brief, AllowedHosts::default(), args.review_claims, now);
    let log = WritingLog::default();
    let failure = write(&mut drafting, writer.as_ref(), &log).await;
    let calls = log.take_calls();
    let sum = |part: fn(&ModelCall) -> Option<i64>| calls.iter().filter_map(part).reduce(i64::saturating_add);
    let report = Report {
        author: writer.name(),
        variants: drafting.accepted.iter().map(Written::from).collect(),
        rejected: &drafting.rejected,
        calls: calls.len(),
        tokens_in: sum(|call| call.tokens_in),
        tokens_out: sum(|call| call.tokens_out),
        cost_micros: sum(|call| call.cost_micros),
        error: failure.map(|error| error.to_string()),
    };
    if args.json {
        let text = serde_json::to_string(&report).map_err(|error| CliError::Refused(error.to_string()))?;
        print::line(&text);
    } else {
        report.lines().iter().for_each(|line| print::line(line));
    }
    match (report.error, args.json) {
        (None, _) => Ok(ExitCode::SUCCESS),
        (Some(_), true) => Ok(ExitCode::FAILURE),
        (Some(error), false) => Err(CliError::Refused(error)),
    }
}

/// Asks until there is enough; why there is nothing at all, if so.
async fn write(drafting: &mut Drafting, writer: &dyn CopyWriter, log: &WritingLog) -> Option<WriteError> {
    loop {
        match drafting.round(writer, log).await {
            Ok(false) => {}
            Ok(true) => break,
            Err(error) => return Some(error),
        }
    }
    drafting.accepted.is_empty().then(|| drafting.failure())
}

impl<'a> From<&'a Accepted> for Written<'a> {
    fn from(accepted: &'a Accepted) -> Self {
        let draft = &accepted.draft;
        Self {
            slots: &draft.slots,
            patch: &accepted.patch,
            strategy: &draft.strategy,
            hypothesis: &draft.hypothesis,
            reasoning: &draft.reasoning,
            prompt_version: draft.prompt_version.as_deref(),
            review: accepted.review.as_ref(),
        }
    }
}

impl Report<'_> {
    /// For people: each variant with its texts, then what was rejected and why.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (number, variant) in (1..).zip(&self.variants) {
            lines.push(format!("{number}. {} ({})", variant.strategy, self.author));
            lines.extend(texts(variant.slots));
            lines.push(format!("   why: {}", variant.reasoning));
            lines.extend(variant.review.map(|review| format!("   for review: {}", review.reason)));
        }
        for rejected in self.rejected {
            lines.push(format!("rejected [{}]: {}", rejected.refusal.rule, rejected.refusal.reason));
            lines.extend(texts(&rejected.slots));
        }
        lines
    }
}

fn texts(slots: &SlotPatch) -> Vec<String> {
    let texts = [("headline", &slots.headline), ("subheadline", &slots.subheadline), ("button", &slots.cta)];
    texts.into_iter().filter_map(|(name, text)| Some(format!("   {name}: {}", text.as_ref()?))).collect()
}
