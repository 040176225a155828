//! Settings of the account.

use crate::account::api::{UpdateMe, me};
use crate::layout::theme::ThemeForm;
use crate::site::parts::{FormError, LoadError};
use crate::ui::{Button, Card, Label, PageHeader, Select, Skeleton};
use domain::Plan;
use domain::report::Account;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/app/settings`.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let update = ServerAction::<UpdateMe>::new();
    let account = Resource::new(move || update.version().get(), |_| me());
    view! {
        <Title text="Settings" />
        <PageHeader title="Settings" description="Your account on this server." />
        <div class="max-w-2xl space-y-6">
            <Suspense fallback=|| view! { <Skeleton class="h-48 w-full" /> }>
                {move || Suspend::new(async move {
                    match account.await {
                        Ok(account) => view! { <AccountSettings account=account update=update /> }.into_any(),
                        Err(error) => view! { <LoadError error=error /> }.into_any(),
                    }
                })}
            </Suspense>
            <Card class="space-y-4 p-5">
                <h2 class="text-lg font-semibold">"Appearance"</h2>
                <ThemeForm />
            </Card>
        </div>
    }
    .into_any()
}

#[component]
fn AccountSettings(account: Account, update: ServerAction<UpdateMe>) -> impl IntoView {
    let chosen = account.plan;
    let plans = Plan::ALL.iter().copied().map(move |plan| {
        let text = match plan {
            Plan::Free => "Free: one running site",
            Plan::Pro => "Pro: any number of sites",
        };
        view! { <option value=plan.as_str() selected=plan == chosen>{text}</option> }
    });
    view! {
        <Card class="space-y-4 p-5">
            <h2 class="text-lg font-semibold">"Account"</h2>
            <dl class="text-sm"><dt class="text-muted-foreground">"E-mail"</dt><dd>{account.email}</dd></dl>
            <ActionForm action=update attr:class="space-y-4">
                <div class="space-y-2">
                    <Label for_="plan">"Plan"</Label>
                    <Select id="plan" name="plan">{plans.collect_view()}</Select>
                    <p class="text-sm text-muted-foreground">
                        "On your own server every plan costs nothing. The choice is stored; it limits nothing yet."
                    </p>
                </div>
                <FormError action=update />
                <Button kind="submit" disabled=Signal::from(update.pending())>"Save plan"</Button>
            </ActionForm>
        </Card>
    }
}
