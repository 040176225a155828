//! Creating an account.

use super::api::SignUp;
use super::form::AccountCard;
use crate::site::parts::FormError;
use crate::ui::{Button, Input, Label};
use domain::account::{PASSWORD_MAX_BYTES, PASSWORD_MIN_CHARS};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/signup`.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let sign_up = ServerAction::<SignUp>::new();
    view! {
        <Title text="Create your account" />
        <AccountCard title="Create your account" description="It stays on this server; no mail is sent anywhere.">
            <ActionForm action=sign_up attr:class="space-y-4">
                <div class="space-y-2">
                    <Label for_="email">"E-mail"</Label>
                    <Input id="email" name="email" kind="email" attr:autocomplete="username" attr:required=true />
                </div>
                <div class="space-y-2">
                    <Label for_="password">"Password"</Label>
                    <Input
                        id="password"
                        name="password"
                        kind="password"
                        attr:autocomplete="new-password"
                        attr:required=true
                        attr:minlength=PASSWORD_MIN_CHARS.to_string()
                        attr:maxlength=PASSWORD_MAX_BYTES.to_string()
                        attr:aria-describedby="password-help"
                    />
                    <p id="password-help" class="text-sm text-muted-foreground">
                        {format!("At least {PASSWORD_MIN_CHARS} characters. A few words are easy to remember and hard to guess.")}
                    </p>
                </div>
                <FormError action=sign_up />
                <Button kind="submit" class="w-full" disabled=Signal::from(sign_up.pending())>"Create account"</Button>
            </ActionForm>
            <p class="text-sm text-muted-foreground">
                "Have an account? " <a href="/login" class="text-foreground underline underline-offset-4">"Log in"</a>
            </p>
        </AccountCard>
    }
    .into_any()
}
