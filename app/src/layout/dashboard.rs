//! Header and sidebar, for people who are signed in; everybody else is led to the log-in page.

use super::navigation::{Navigation, SmallNavigation, Trail};
use super::theme::ThemeForm;
use crate::account::api::{LogOut, me};
use crate::error::UiError;
use crate::platform;
use crate::ui::{Button, ButtonSize, ButtonVariant, Logo, Menu};
use domain::report::Account;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

/// The frame of every page under `/app`. Nothing is awaited around the page: what is created behind an await may be
/// created twice on the server, and then the browser takes over something else than it was sent.
#[component]
pub fn Dashboard() -> impl IntoView {
    view! {
        <a href="#main" class="sr-only focus:not-sr-only focus:fixed focus:left-4 focus:top-4 focus:z-50 focus:rounded-md focus:bg-primary focus:px-4 focus:py-2 focus:text-primary-foreground">
            "Skip to content"
        </a>
        <div class="flex min-h-dvh flex-col lg:flex-row">
            <aside class="hidden w-60 shrink-0 border-r bg-sidebar lg:block">
                <div class="sticky top-0 space-y-6 p-4">
                    <a href="/app" class="block rounded-md px-2 py-1" aria-label="Evoloop, overview"><Logo /></a>
                    <Navigation label="Main" />
                </div>
            </aside>
            <div class="flex min-w-0 flex-1 flex-col">
                <header class="sticky top-0 z-30 flex h-14 items-center gap-3 border-b bg-background/95 px-4 backdrop-blur sm:px-6">
                    <SmallNavigation />
                    <Trail />
                    <div class="ml-auto flex items-center gap-2"><AccountMenu /></div>
                </header>
                <main id="main" tabindex="-1" class="mx-auto w-full max-w-7xl flex-1 space-y-6 px-4 py-6 outline-none sm:px-6 lg:py-8">
                    <Outlet />
                </main>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn AccountMenu() -> impl IntoView {
    let account = Resource::new(|| (), |()| me());
    let path = use_location().pathname;
    let log_out = ServerAction::<LogOut>::new();
    let email = move |outcome: Result<Account, UiError>| match outcome {
        Ok(account) => account.email,
        Err(UiError::SignedOut) => {
            platform::redirect(&format!("/login?next={}", path.get_untracked()));
            String::new()
        }
        Err(error) => error.to_string(),
    };
    view! {
        <Menu id="account-menu" label="Account">
            <p class="truncate px-2 text-sm text-muted-foreground">
                <Suspense>{move || Suspend::new(async move { email(account.await) })}</Suspense>
            </p>
            <div class="border-y py-3"><ThemeForm /></div>
            <ActionForm action=log_out>
                <Button kind="submit" variant=ButtonVariant::Ghost size=ButtonSize::Sm class="w-full justify-start">"Log out"</Button>
            </ActionForm>
        </Menu>
    }
}
