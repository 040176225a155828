//! Events that were not even stored.

use crate::chart::format::count;
use crate::site::page::SiteContext;
use crate::site::parts::FoldedTable;
use crate::site::words;
use leptos::prelude::*;

/// Every reason for which events were turned away in the last week; nothing when none was.
#[component]
pub fn TurnedAwayTable(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let rows = Memo::new(move |_| context.statistics.with(|statistics| statistics.generation.dropped.clone()));
    view! {
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <FoldedTable title="Turned away in the last week">
                <table class="w-full max-w-lg text-left">
                    <thead>
                        <tr>
                            <th scope="col" class="py-1 pr-4 font-medium">"Why"</th>
                            <th scope="col" class="py-1 text-right font-medium">"Events"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {move || rows.get().into_iter().map(|(reason, events)| view! {
                            <tr>
                                <th scope="row" class="py-1 pr-4 font-normal">{words::turned_away(reason)}</th>
                                <td class="py-1 text-right tabular-nums">{count(events)}</td>
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
            </FoldedTable>
        </Show>
    }
}
