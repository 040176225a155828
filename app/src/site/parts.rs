//! Small pieces that several pages of the dashboard share.

use crate::chart::calendar::Moment;
use crate::error::UiError;
use crate::site::words::Tone;
use crate::ui::{Alert, AlertVariant, Badge, BadgeVariant};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// A state in words, with the look of its tone.
#[component]
pub fn ToneBadge(
    /// The words and the tone.
    state: (&'static str, Tone),
) -> impl IntoView {
    let (text, tone) = state;
    let variant = match tone {
        Tone::Quiet => BadgeVariant::Secondary,
        Tone::Good => BadgeVariant::Success,
        Tone::Waiting => BadgeVariant::Warning,
        Tone::Bad => BadgeVariant::Destructive,
    };
    view! { <Badge variant=variant>{text}</Badge> }
}

/// A time in UTC, the same in the server's HTML and in the browser.
#[component]
pub fn TimeText(
    /// Seconds since 1970.
    at: i64,
) -> impl IntoView {
    let moment = Moment::new(at);
    view! { <time datetime=moment.machine_text() class="whitespace-nowrap tabular-nums">{moment.full_text()}</time> }
}

/// Says what went wrong with a form, and is silent otherwise.
#[component]
pub fn FormError<S>(
    /// The form's action.
    action: ServerAction<S>,
    /// A field that tells its own faults.
    #[prop(optional)]
    except: Option<&'static str>,
) -> impl IntoView
where
    S: ServerFn<Error = UiError> + Send + Sync + Clone + 'static,
    S::Output: Send + Sync + 'static,
{
    let message = move || {
        action.value().with(|outcome| {
            let error = outcome.as_ref()?.as_ref().err()?;
            let told_elsewhere = except.is_some_and(|field| error.is_about(field));
            (!told_elsewhere).then(|| error.to_string())
        })
    };
    view! {
        <div role="alert" class="empty:hidden text-sm text-destructive">{message}</div>
    }
}

/// A table that is folded up until somebody asks for it, and scrolls sideways by itself.
#[component]
pub fn FoldedTable(
    /// What it holds.
    title: &'static str,
    /// The table.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="text-xs text-muted-foreground">
            <summary class="cursor-pointer font-medium">{title}</summary>
            <div class="mt-2 overflow-x-auto" tabindex="0" role="region" aria-label=title>{children()}</div>
        </details>
    }
}

/// What stands in place of something that could not be loaded.
#[component]
pub fn LoadError(
    /// Why.
    error: UiError,
) -> impl IntoView {
    view! {
        <Alert variant=AlertVariant::Destructive title="This could not be loaded">{error.to_string()}</Alert>
    }
}
