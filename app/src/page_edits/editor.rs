//! One line of what was found, with the owner's way to say something else. Which line is open stands in the
//! address of the page, so that it opens without any program in the browser too.

use crate::error::UiError;
use crate::page_edits::api::UndoEdit;
use crate::page_edits::words;
use crate::site::page::SiteContext;
use crate::ui::{Badge, BadgeVariant, Button, ButtonSize, ButtonVariant};
use domain::page_edits::EditReport;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

/// What the parts of the page's view share.
#[derive(Clone, Copy)]
pub struct Editing {
    /// The site.
    pub context: SiteContext,
    /// The line that is open.
    pub open: Memo<String>,
    /// The action behind the buttons that take an edit back.
    pub undo: ServerAction<UndoEdit>,
}

impl Editing {
    /// For the page of a site.
    #[must_use]
    pub fn new(context: SiteContext) -> Self {
        let query = use_query_map();
        let open = Memo::new(move |_| query.with(|query| query.get("edit").unwrap_or_default()));
        let undo = ServerAction::<UndoEdit>::new();
        note_changes(undo, context);
        Self { context, open, undo }
    }

    /// The edits that stand at an address, as they are now.
    #[must_use]
    pub fn edit_at(self, address: String) -> Memo<Option<EditReport>> {
        let detail = self.context.detail;
        Memo::new(move |_| detail.with(|detail| detail.edits.iter().find(|edit| edit.address == address).cloned()))
    }
}

/// What a form changed is shown at once, without waiting for the event stream.
pub fn note_changes<S>(action: ServerAction<S>, context: SiteContext)
where
    S: ServerFn<Error = UiError> + Send + Sync + Clone + 'static,
    S::Output: Send + Sync + 'static,
{
    Effect::new(move |before: Option<usize>| {
        let now = action.version().get();
        if before.is_some_and(|before| before != now) {
            context.live.note_all();
        }
        now
    });
}

/// The link that opens the forms of a line and closes them again.
#[component]
pub fn EditLink(
    /// What the parts share.
    editing: Editing,
    /// Name of the line.
    line: String,
    /// For people who hear the link instead of seeing where it stands.
    #[prop(into)]
    subject: String,
) -> impl IntoView {
    let site_id = editing.context.site_id;
    let own = line.clone();
    let is_open = Memo::new(move |_| editing.open.with(|open| *open == own));
    let href = move || {
        if is_open.get() {
            format!("/app/sites/{site_id}?view=page")
        } else {
            format!("/app/sites/{site_id}?view=page&edit={line}#edit")
        }
    };
    view! {
        <a
            href=href
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            class="inline-flex min-h-6 items-center text-sm whitespace-nowrap underline underline-offset-4"
        >
            {move || if is_open.get() { "Close" } else { "Change" }}
            <span class="sr-only">" " {subject}</span>
        </a>
    }
}

/// What stands open under a line; nothing while another line or none is open.
#[component]
pub fn Opened(
    /// What the parts share.
    editing: Editing,
    /// Name of the line.
    line: String,
    /// Its forms.
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = Memo::new(move |_| editing.open.with(|open| *open == line));
    view! {
        <Show when=move || is_open.get()>
            <div id="edit" class="mt-3 w-full scroll-mt-24 space-y-4 rounded-lg border bg-muted/40 p-4">{children()}</div>
        </Show>
    }
}

/// Says that a value is the owner's, what was read instead, whether it holds, and takes it back.
#[component]
pub fn Yours(
    /// What the parts share.
    editing: Editing,
    /// The edit.
    edit: EditReport,
) -> impl IntoView {
    let read = words::read(&edit);
    let lost = edit.lost.map(words::lost);
    let subject = words::edit(&edit);
    view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted-foreground">
            <Badge variant=BadgeVariant::Outline>"Yours"</Badge>
            {read.map(|read| view! { <span class="min-w-0 break-words">{read}</span> })}
            <UndoForm editing=editing address=edit.address subject=subject />
        </div>
        {lost.map(|lost| view! { <p class="mt-1 text-sm text-warning-strong">{lost}</p> })}
    }
}

/// Takes one edit back.
#[component]
pub fn UndoForm(
    /// What the parts share.
    editing: Editing,
    /// Where the edit stands.
    address: String,
    /// What it says.
    subject: String,
) -> impl IntoView {
    view! {
        <ActionForm action=editing.undo>
            <input type="hidden" name="site_id" value=editing.context.site_id.to_string() />
            <input type="hidden" name="address" value=address />
            <Button kind="submit" variant=ButtonVariant::Ghost size=ButtonSize::Sm disabled=Signal::from(editing.undo.pending())>
                "Undo" <span class="sr-only">{subject}</span>
            </Button>
        </ActionForm>
    }
}

/// The button of a form, with a word once it has done its work.
#[component]
pub fn SaveLine<S>(
    /// The form's action.
    action: ServerAction<S>,
    /// What the button says.
    text: &'static str,
) -> impl IntoView
where
    S: ServerFn<Error = UiError> + Send + Sync + Clone + 'static,
    S::Output: Send + Sync + 'static,
{
    let saved = move || action.value().with(|outcome| matches!(outcome, Some(Ok(_))));
    view! {
        <div class="flex items-center gap-3">
            <Button kind="submit" size=ButtonSize::Sm disabled=Signal::from(action.pending())>{text}</Button>
            <span class="text-sm text-muted-foreground" role="status">{move || saved().then_some("Saved.")}</span>
        </div>
    }
}

/// What is wrong with one field, as a sentence; empty while nothing is.
pub fn fault<S>(action: ServerAction<S>, field: &'static str) -> Memo<Option<String>>
where
    S: ServerFn<Error = UiError> + Send + Sync + Clone + 'static,
    S::Output: Send + Sync + 'static,
{
    Memo::new(move |_| {
        action.value().with(|outcome| {
            let error = outcome.as_ref()?.as_ref().err()?;
            error.is_about(field).then(|| error.to_string())
        })
    })
}

/// The sentence under a field that is at fault.
#[component]
pub fn Fault(
    /// Identifier that the field points to.
    id: &'static str,
    /// The sentence.
    fault: Memo<Option<String>>,
) -> impl IntoView {
    view! { <div id=id role="alert" class="empty:hidden text-sm break-words text-destructive">{move || fault.get()}</div> }
}

/// The warning before a lock is opened that protects somebody, with the box that says it was read.
#[component]
pub fn SureBox(
    /// The warning.
    warning: &'static str,
    /// What is wrong with it.
    fault: Memo<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="space-y-2 rounded-lg border border-warning/50 bg-warning/10 p-3 text-sm">
            <p id="sure-warning">{warning}</p>
            <div class="flex gap-3">
                <input
                    type="checkbox"
                    id="sure"
                    name="sure"
                    value="true"
                    class="mt-0.5 size-4 accent-primary"
                    aria-describedby="sure-warning sure-fault"
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                />
                <label for="sure">"I have read this; let variants change it all the same."</label>
            </div>
            <Fault id="sure-fault" fault=fault />
        </div>
    }
}
