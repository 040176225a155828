//! Erasing a visitor at the visitor's wish.

use crate::site::api::EraseVisitor;
use crate::site::page::SiteContext;
use crate::site::parts::FormError;
use crate::ui::{Button, ButtonVariant, Card, Input, Label};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Name of the field, in the form and in what is said about it.
pub const VISITOR_FIELD: &str = "visitor_id";
/// Name in the page's address of how many rows were erased: the answer to a form that works without our program.
pub const ERASED: &str = "erased";
/// What stands there when the erasure is noted and goes on.
pub const LATER: &str = "later";

/// The form with what it does. Its answer is a sentence below it.
#[component]
pub fn EraseForm(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let erase = ServerAction::<EraseVisitor>::new();
    let query = use_query_map();
    let failed = move || erase.value().with(|outcome| matches!(outcome, Some(Err(_))));
    let answer = move || query.with(|query| query.get(ERASED).and_then(|rows| sentence(&rows)));
    let fault = Memo::new(move |_| {
        erase.value().with(|outcome| {
            let error = outcome.as_ref()?.as_ref().err()?;
            error.is_about(VISITOR_FIELD).then(|| error.to_string())
        })
    });
    view! {
        <section aria-labelledby="erase-heading">
            <Card class="space-y-4 p-5">
                <h2 id="erase-heading" class="text-lg font-semibold">"Erase a visitor"</h2>
                <p class="text-sm text-muted-foreground">
                    "Puts a random name in place of a visitor's id, in every row that holds it, and empties the details of the visitor's events. What was counted stays counted. Events of the visit that are still on their way are turned away; who comes back later is a new visitor. This cannot be undone, and backups that you made keep the id."
                </p>
                <ActionForm action=erase attr:class="space-y-4">
                    <input type="hidden" name="site_id" value=context.site_id.to_string() />
                    <div class="space-y-2">
                        <Label for_="erase-visitor">"The visitor's id"</Label>
                        <Input
                            id="erase-visitor"
                            name=VISITOR_FIELD
                            kind="text"
                            attr:required=true
                            attr:maxlength="64"
                            attr:autocomplete="off"
                            attr:autocapitalize="none"
                            attr:spellcheck="false"
                            attr:aria-describedby="erase-visitor-fault erase-visitor-help"
                            attr:aria-invalid=move || fault.with(Option::is_some).then_some("true")
                        />
                        <div id="erase-visitor-fault" role="alert" class="empty:hidden text-sm break-words text-destructive">{move || fault.get()}</div>
                        <p id="erase-visitor-help" class="text-sm text-muted-foreground">
                            "It is kept in the visitor's browser, in the page's storage. A visitor can also have it erased there, with "
                            <code class="font-mono text-xs break-words">"evoloop.forget()"</code> "."
                        </p>
                    </div>
                    <FormError action=erase except=VISITOR_FIELD />
                    <div class="flex flex-wrap items-center gap-3">
                        <Button kind="submit" variant=ButtonVariant::Destructive disabled=Signal::from(erase.pending())>"Erase visitor"</Button>
                        <span class="text-sm text-muted-foreground" role="status">
                            {move || (!failed() && !erase.pending().get()).then(answer).flatten()}
                        </span>
                    </div>
                </ActionForm>
            </Card>
        </section>
    }
}

/// What became of the wish.
#[must_use]
pub fn sentence(rows: &str) -> Option<&'static str> {
    if rows == LATER {
        return Some("Noted. Nothing is counted under the id any more, and it goes out of all rows within minutes.");
    }
    let rows: u64 = rows.parse().ok()?;
    Some(if rows > 0 {
        "Erased. Nothing holds the id any more."
    } else {
        "Nothing was stored under this id. What is still on its way will be turned away."
    })
}
