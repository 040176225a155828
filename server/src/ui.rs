//! Where the Leptos application meets the router.

use crate::router::AppState;
use app::ssr::AppContext;
use app::{App, shell};
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use leptos::context::provide_context;
use leptos_axum::{
    LeptosRoutes, generate_route_list_with_exclusions_and_ssg_and_context, render_app_async_with_context,
};

/// Adds the pages and the server functions.
pub(crate) fn routes(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let options = state.leptos.clone();
    // The list is found by drawing the application once, which asks for its context as every drawing does.
    let (pages, _) = generate_route_list_with_exclusions_and_ssg_and_context(App, None, context(state));
    router.leptos_routes_with_context(state, pages, context(state), move || shell(options.clone()))
}

/// The application's own "not found" page.
pub(crate) async fn missing_page(state: &AppState, request: Request) -> Response {
    let options = state.leptos.clone();
    let render = render_app_async_with_context(context(state), move || shell(options.clone()));
    let mut response = render(request).await.into_response();
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// What the application's server side finds in its context.
fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static + use<> {
    let context = AppContext {
        service: state.service.clone(),
        public_url: state.service.public_url().to_owned(),
        secure_cookie: state.secure_cookie,
    };
    move || provide_context(context.clone())
}
