//! Which page stands at which address.

use crate::account::{LogInPage, SignUpPage};
use crate::jobs::JobsPage;
use crate::landing::{HowItWorksPage, LandingPage};
use crate::layout::{Dashboard, NotFound};
use crate::overview::OverviewPage;
use crate::settings::SettingsPage;
use crate::site::SitePage;
use crate::sites::{NewSitePage, SitesPage};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The application. Every page is rendered whole before it is sent, so that titles, redirects and
/// status codes are right and nothing is swapped in later.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|text: String| if text.is_empty() { "Evoloop".to_owned() } else { format!("{text} · Evoloop") } />
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=LandingPage ssr=SsrMode::Async />
                <Route path=path!("/how-it-works") view=HowItWorksPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=LogInPage ssr=SsrMode::Async />
                <Route path=path!("/signup") view=SignUpPage ssr=SsrMode::Async />
                <ParentRoute path=path!("/app") view=Dashboard ssr=SsrMode::Async>
                    <Route path=path!("") view=OverviewPage ssr=SsrMode::Async />
                    <Route path=path!("sites") view=SitesPage ssr=SsrMode::Async />
                    <Route path=path!("sites/new") view=NewSitePage ssr=SsrMode::Async />
                    <Route path=path!("sites/:id") view=SitePage ssr=SsrMode::Async />
                    <Route path=path!("jobs") view=JobsPage ssr=SsrMode::Async />
                    <Route path=path!("settings") view=SettingsPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
