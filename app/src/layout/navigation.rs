//! Where one can go, and where one is.

use crate::ui::Icon;
use icondata_core::Icon as IconData;
use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

/// The places of the dashboard.
const PLACES: [(&str, &str, IconData); 4] = [
    ("/app", "Overview", icondata_lu::LuLayoutDashboard),
    ("/app/sites", "Sites", icondata_lu::LuGlobe),
    ("/app/jobs", "Jobs", icondata_lu::LuListChecks),
    ("/app/settings", "Settings", icondata_lu::LuSettings),
];

/// The list of places; the router marks the present one for assistive technology too.
#[component]
pub fn Navigation(
    /// What tells this list apart from others on the page.
    label: &'static str,
) -> impl IntoView {
    let rows = PLACES.map(|(href, name, icon)| {
        view! {
            <li>
                <A
                    href=href
                    exact=href == "/app"
                    attr:class="flex items-center gap-3 rounded-md px-2 py-2 text-sm text-muted-foreground hover:bg-accent hover:text-accent-foreground aria-[current=page]:bg-accent aria-[current=page]:font-medium aria-[current=page]:text-accent-foreground"
                >
                    <Icon icon=icon /> {name}
                </A>
            </li>
        }
    });
    view! { <nav aria-label=label><ul class="space-y-1">{rows.collect_view()}</ul></nav> }
}

/// The same list behind a button, where there is no room beside the page.
#[component]
pub fn SmallNavigation() -> impl IntoView {
    let panel = NodeRef::<Div>::new();
    let path = use_location().pathname;
    Effect::new(move |_| {
        path.track();
        // A new page would have closed it, but the page's program needs none.
        if let Some(panel) = panel.get() {
            let _ = panel.hide_popover();
        }
    });
    view! {
        <button
            type="button"
            popovertarget="places"
            aria-label="Menu"
            class="flex size-9 cursor-pointer items-center justify-center rounded-md border hover:bg-accent lg:hidden"
        >
            <span aria-hidden="true">"☰"</span>
        </button>
        <div
            id="places"
            popover="auto"
            node_ref=panel
            class="fixed inset-auto left-4 top-14 w-56 rounded-lg border bg-popover p-3 text-popover-foreground shadow-lg"
        >
            <Navigation label="Main, small screens" />
        </div>
    }
}

/// The way from the overview to this page.
#[component]
pub fn Trail() -> impl IntoView {
    let path = use_location().pathname;
    let steps = move || {
        let path = path.get();
        let known = |name: &str| match name {
            "app" => "Overview",
            "sites" => "Sites",
            "new" => "Add site",
            "jobs" => "Jobs",
            "settings" => "Settings",
            _ => "Site",
        };
        let names: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        (1..=names.len())
            .map(|end| (format!("/{}", names[..end].join("/")), known(names[end - 1]), end == names.len()))
            .collect::<Vec<_>>()
    };
    view! {
        <nav aria-label="Breadcrumb" class="min-w-0">
            <ol class="flex items-center gap-2 truncate text-sm">
                {move || steps().into_iter().map(|(href, name, is_last)| {
                    if is_last {
                        view! { <li aria-current="page" class="font-medium">{name}</li> }.into_any()
                    } else {
                        view! {
                            <li class="flex items-center gap-2 text-muted-foreground">
                                <a href=href class="rounded-sm hover:text-foreground">{name}</a>
                                <span aria-hidden="true">"/"</span>
                            </li>
                        }.into_any()
                    }
                }).collect_view()}
            </ol>
        </nav>
    }
}
