//! Conversion goals: what counts as success.

use crate::live::use_refreshed;
use crate::site::api::{CreateGoal, list_goals};
use crate::site::page::SiteContext;
use crate::site::parts::FormError;
use crate::site::words;
use crate::ui::{Badge, BadgeVariant, Button, Card, Input, Label, Select};
use domain::{Goal, GoalType};
use leptos::prelude::*;

/// The goals of the site and a form for another one.
#[component]
pub fn GoalsPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let create = ServerAction::<CreateGoal>::new();
    let known = context.detail.with_untracked(|detail| detail.goals.clone());
    let version = Signal::derive(move || {
        u32::try_from(create.version().get()).unwrap_or(0).wrapping_add(context.live.site.get())
    });
    let goals = use_refreshed(known, version, move || list_goals(context.site_id));
    view! {
        <section aria-labelledby="goals-heading" class="max-w-3xl space-y-3">
            <h2 id="goals-heading" class="text-lg font-semibold">"Goals"</h2>
            <p class="text-sm text-muted-foreground">
                "Statistics and traffic follow the primary goal alone. Other goals are counted beside it and decide nothing."
            </p>
            <Card class="px-5">
                <ul class="divide-y">
                    <For each=move || goals.get() key=|goal| (goal.id, goal.is_primary) let:goal>{row(context, goal)}</For>
                </ul>
            </Card>
            <Card class="p-5">
                <GoalForm context=context create=create />
            </Card>
        </section>
    }
}

fn row(context: SiteContext, goal: Goal) -> impl IntoView {
    let detail = words::goal_detail(&goal);
    let reached = move || {
        let count = context.statistics.with(|all| all.goals.iter().copied().find(|count| count.goal_id == goal.id));
        words::goal_reached(count)
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3 py-4">
            <div class="min-w-0">
                <p class="flex flex-wrap items-center gap-2 font-medium">
                    {goal.name}
                    {goal.is_primary.then(|| view! { <Badge variant=BadgeVariant::Success>"Primary"</Badge> })}
                </p>
                <p class="break-all font-mono text-xs text-muted-foreground">{detail}</p>
            </div>
            <div class="flex items-center gap-3">
                <span class="text-sm tabular-nums">{reached}</span>
                <Badge variant=BadgeVariant::Outline>{words::goal_type(goal.kind)}</Badge>
            </div>
        </li>
    }
}

#[component]
fn GoalForm(context: SiteContext, create: ServerAction<CreateGoal>) -> impl IntoView {
    let options =
        GoalType::ALL.iter().map(|kind| view! { <option value=kind.as_str()>{words::goal_type(*kind)}</option> });
    view! {
        <ActionForm action=create attr:class="grid gap-4 sm:grid-cols-2">
            <input type="hidden" name="site_id" value=context.site_id.to_string() />
            <h3 class="font-semibold sm:col-span-2">"Add a goal"</h3>
            <div class="space-y-2">
                <Label for_="goal-name">"Name"</Label>
                <Input id="goal-name" name="name" kind="text" attr:required=true attr:maxlength="80" attr:autocomplete="off" />
            </div>
            <div class="space-y-2">
                <Label for_="goal-kind">"Type"</Label>
                <Select id="goal-kind" name="kind">{options.collect_view()}</Select>
            </div>
            <div class="space-y-2 sm:col-span-2">
                <Label for_="goal-detail">"Detail"</Label>
                <Input id="goal-detail" name="detail" kind="text" attr:required=true attr:maxlength="500" attr:autocomplete="off" attr:aria-describedby="goal-detail-help" />
                <p id="goal-detail-help" class="text-sm text-muted-foreground">
                    "For an address: the part that counts as reached, such as /thank-you. For a click or a form: a CSS selector. For an event: the name used in evoloop.convert(name)."
                </p>
            </div>
            <div class="space-y-3 sm:col-span-2">
                <FormError action=create />
                <Button kind="submit" disabled=Signal::from(create.pending())>"Add goal"</Button>
            </div>
        </ActionForm>
    }
}
