//! The page of a site: loaded once, then kept true by the event stream.

use crate::error::UiError;
use crate::jobs::api::{CancelJob, RetryJob};
use crate::live::{Live, use_live, use_refreshed};
use crate::site::api::{
    AnswerDecision, GenerateVariants, RestartGeneration, UpdateVariant, load_site, load_statistics,
};
use crate::site::decisions::{JournalPanel, ProposalsPanel};
use crate::site::found::FoundPanel;
use crate::site::goals::GoalsPanel;
use crate::site::header::{NextStep, SiteHeader, Views};
use crate::site::image_offer::ImageOfferPanel;
use crate::site::install::InstallPanel;
use crate::site::parts::LoadError;
use crate::site::pictures::PagePictures;
use crate::site::progress::{JobsPanel, ProgressPanel};
use crate::site::settings::SettingsPanel;
use crate::site::statistics::StatisticsPanel;
use crate::site::variants::{ReviewPanel, VariantsPanel};
use crate::sites::api::UpdateSite;
use crate::ui::Skeleton;
use domain::SiteId;
use domain::report::{SiteDetail, SiteStatistics};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// What the page's parts share.
#[derive(Clone, Copy)]
pub struct SiteContext {
    /// Identifier.
    pub site_id: SiteId,
    /// The site, read again when it changes.
    pub detail: ReadSignal<SiteDetail>,
    /// Its statistics, read again when they change.
    pub statistics: ReadSignal<SiteStatistics>,
    /// Whether changes arrive by themselves.
    pub live: Live,
    /// The action behind the buttons of variants.
    pub act: ServerAction<UpdateVariant>,
    /// The action that asks for more variants.
    pub generate: ServerAction<GenerateVariants>,
    /// The action behind retry buttons.
    pub retry: ServerAction<RetryJob>,
    /// The action behind the buttons that stop work.
    pub cancel: ServerAction<CancelJob>,
    /// The action behind the buttons of decisions.
    pub answer: ServerAction<AnswerDecision>,
    /// The action that begins a new generation.
    pub restart: ServerAction<RestartGeneration>,
    /// The action that changes mode and status.
    pub update: ServerAction<UpdateSite>,
}

/// A part of the page with its own address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Variants and statistics.
    Overview,
    /// Conversion goals.
    Goals,
    /// The script element.
    Install,
    /// What was found on the page.
    Page,
    /// Background work.
    Jobs,
    /// Mode, status, deletion.
    Settings,
}

impl View {
    /// Every part, as its name in the address and for people.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Overview, "", "Variants and statistics"),
        (Self::Goals, "goals", "Goals"),
        (Self::Install, "install", "Install"),
        (Self::Page, "page", "Page"),
        (Self::Jobs, "jobs", "Jobs"),
        (Self::Settings, "settings", "Settings"),
    ];

    /// The part of a name in the address; unknown names lead to the first part.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map_or(Self::Overview, |(view, ..)| *view)
    }
}

/// The page at `/app/sites/:id`.
#[component]
pub fn SitePage() -> impl IntoView {
    let params = use_params_map();
    let site_id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<SiteId>().ok())));
    let loaded = Resource::new(move || site_id.get(), load);
    view! {
        <Suspense fallback=|| view! { <Skeleton class="h-96 w-full" /> }>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok((detail, statistics)) => view! { <LoadedSite detail=detail statistics=statistics /> }.into_any(),
                    Err(error) => view! { <LoadError error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

async fn load(site_id: Option<SiteId>) -> Result<(SiteDetail, SiteStatistics), UiError> {
    let site_id = site_id.ok_or(UiError::NotFound)?;
    Ok((load_site(site_id).await?, load_statistics(site_id).await?))
}

/// The page around data that is there already.
#[component]
pub fn LoadedSite(
    /// The site.
    detail: SiteDetail,
    /// Its statistics.
    statistics: SiteStatistics,
) -> impl IntoView {
    let site_id = detail.summary.id;
    let live = use_live(site_id);
    let (act, generate) = (ServerAction::<UpdateVariant>::new(), ServerAction::<GenerateVariants>::new());
    let (retry, update) = (ServerAction::<RetryJob>::new(), ServerAction::<UpdateSite>::new());
    let cancel = ServerAction::<CancelJob>::new();
    let (answer, restart) = (ServerAction::<AnswerDecision>::new(), ServerAction::<RestartGeneration>::new());
    // What this page changed itself is shown at once, without waiting for the event stream.
    Effect::new(move |before: Option<usize>| {
        let versions = [act.version(), generate.version(), retry.version(), update.version(), answer.version()];
        let now = versions.iter().map(Get::get).sum::<usize>() + restart.version().get() + cancel.version().get();
        if before.is_some_and(|before| before != now) {
            live.note_all();
        }
        now
    });
    let first_name = detail.summary.name.clone();
    let context = SiteContext {
        site_id,
        detail: use_refreshed(detail, live.anything_but_statistics(), move || load_site(site_id)),
        statistics: use_refreshed(statistics, live.numbers(), move || load_statistics(site_id)),
        live,
        act,
        generate,
        retry,
        cancel,
        answer,
        restart,
        update,
    };
    let query = use_query_map();
    let shown = Memo::new(move |_| query.with(|query| View::named(&query.get("view").unwrap_or_default())));
    let name = Memo::new(move |_| context.detail.with(|detail| detail.summary.name.clone()));
    view! {
        // A plain text: the server writes titles last, when this component and its signals may be gone.
        <Title text=first_name />
        <div class="space-y-6">
            <SiteHeader context=context name=name />
            <Views site_id=site_id shown=shown />
            <ProgressPanel context=context />
            {move || match shown.get() {
                View::Overview => view! {
                    <div class="space-y-8">
                        <NextStep context=context />
                        <ReviewPanel context=context />
                        <ProposalsPanel context=context />
                        <StatisticsPanel context=context />
                        <VariantsPanel context=context />
                        <JournalPanel context=context />
                    </div>
                }
                .into_any(),
                View::Goals => view! { <GoalsPanel context=context /> }.into_any(),
                View::Install => view! { <InstallPanel context=context /> }.into_any(),
                View::Page => view! {
                    <div class="space-y-8">
                        <PagePictures context=context />
                        <ImageOfferPanel context=context />
                        <FoundPanel context=context />
                    </div>
                }
                .into_any(),
                View::Jobs => view! { <JobsPanel context=context /> }.into_any(),
                View::Settings => view! { <SettingsPanel context=context /> }.into_any(),
            }}
        </div>
    }
    .into_any()
}
