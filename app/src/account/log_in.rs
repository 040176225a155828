//! Logging in.

use super::api::LogIn;
use super::form::AccountCard;
use crate::site::parts::FormError;
use crate::ui::{Button, Input, Label};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The page at `/login`.
#[component]
pub fn LogInPage() -> impl IntoView {
    let log_in = ServerAction::<LogIn>::new();
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    view! {
        <Title text="Log in" />
        <AccountCard title="Log in" description="Welcome back.">
            <ActionForm action=log_in attr:class="space-y-4">
                <input type="hidden" name="next" value=next />
                <div class="space-y-2">
                    <Label for_="email">"E-mail"</Label>
                    <Input id="email" name="email" kind="email" attr:autocomplete="username" attr:required=true />
                </div>
                <div class="space-y-2">
                    <Label for_="password">"Password"</Label>
                    <Input id="password" name="password" kind="password" attr:autocomplete="current-password" attr:required=true />
                </div>
                <FormError action=log_in />
                <Button kind="submit" class="w-full" disabled=Signal::from(log_in.pending())>"Log in"</Button>
            </ActionForm>
            <p class="text-sm text-muted-foreground">
                "New here? " <a href="/signup" class="text-foreground underline underline-offset-4">"Create an account"</a>
            </p>
        </AccountCard>
    }
    .into_any()
}
