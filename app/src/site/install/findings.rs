//! What a verification found, the worst first, each with what to do.

use crate::ui::{Badge, BadgeVariant};
use domain::Finding;
use domain::install::Severity;
use leptos::prelude::*;

/// The findings; nothing when there are none.
#[component]
pub fn FindingList(
    /// What was found, the worst first.
    findings: Vec<Finding>,
) -> impl IntoView {
    if findings.is_empty() {
        return ().into_any();
    }
    let rows = findings.into_iter().map(|finding| {
        let (name, look) = match finding.severity() {
            Severity::Fails => ("Fails", BadgeVariant::Destructive),
            Severity::Warns => ("Could be better", BadgeVariant::Warning),
            Severity::Tells => ("Good to know", BadgeVariant::Secondary),
        };
        view! {
            <li class="flex flex-col gap-2 py-4 sm:flex-row sm:gap-4">
                <div class="w-32 shrink-0"><Badge variant=look>{name}</Badge></div>
                <div class="min-w-0 space-y-1 text-sm">
                    <p class="font-medium break-words">{finding.problem()}</p>
                    <p class="break-words text-muted-foreground">{finding.advice()}</p>
                </div>
            </li>
        }
    });
    view! { <ul aria-label="Findings" class="divide-y border-t">{rows.collect_view()}</ul> }.into_any()
}
