//! Static files of the built site, with compressed twins and cache headers.

use crate::layers::headers::CORP;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use leptos::config::LeptosOptions;
use serde_json::json;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// For files whose name changes with their content.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// For files that keep their name: kept, but asked for again each time.
const REVALIDATE: &str = "no-cache";
/// Where the snippet is.
pub(crate) const SNIPPET: &str = "/evoloop.js";
/// The panel that the snippet loads for `?evo_debug`.
pub(crate) const PANEL: &str = "/evoloop-debug.js";
/// How long it is kept: pages everywhere load it, and a repaired one must reach them soon.
const SNIPPET_LIFETIME: &str = "public, max-age=300, stale-while-revalidate=86400";

/// The part of a request that a file is found by; `None` when it asks for no file.
#[must_use]
pub(crate) fn question(request: &Request) -> Option<Request> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let mut question = Request::builder().method(request.method()).uri(request.uri()).body(Body::empty()).ok()?;
    for name in [header::ACCEPT_ENCODING, header::IF_MODIFIED_SINCE, header::RANGE] {
        if let Some(value) = request.headers().get(&name) {
            question.headers_mut().insert(name, value.clone());
        }
    }
    Some(question)
}

/// The file that is asked for, if there is one.
pub(crate) async fn find(options: &LeptosOptions, question: Request) -> Option<Response> {
    let lifetime = if is_hashed(options, question.uri()) { FOREVER } else { REVALIDATE };
    let folder = ServeDir::new(&*options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let mut response = folder.oneshot(question).await.ok()?.map(Body::new);
    if matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::TEMPORARY_REDIRECT) {
        return None;
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(lifetime));
    Some(response)
}

/// Only files of the package folder carry a hash, and only when the build gave them one.
fn is_hashed(options: &LeptosOptions, uri: &Uri) -> bool {
    options.hash_files && uri.path().starts_with(&options.site_pkg_dir_route_base())
}

/// The snippet, or its panel, for any page in the world, under whatever name it was asked for.
pub(crate) async fn snippet(options: &LeptosOptions, question: Option<Request>) -> Response {
    let found = match question {
        Some(mut question) => {
            let is_panel = question.uri().path() == PANEL;
            *question.uri_mut() = Uri::from_static(if is_panel { PANEL } else { SNIPPET });
            find(options, question).await
        }
        None => None,
    };
    let mut response = match found {
        Some(mut response) => {
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(SNIPPET_LIFETIME));
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            response
        }
        None => (StatusCode::NOT_FOUND, "The snippet was not built.").into_response(),
    };
    response.headers_mut().insert(CORP, HeaderValue::from_static("cross-origin"));
    response
}

/// What is missing and no page: unknown paths of the API, and file names.
#[must_use]
pub(crate) fn plainly_missing(uri: &Uri) -> Option<Response> {
    let path = uri.path();
    if path == "/api" || path.starts_with("/api/") {
        return Some((StatusCode::NOT_FOUND, axum::Json(json!({"error": "not_found"}))).into_response());
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    name.contains('.').then(|| (StatusCode::NOT_FOUND, "Not found.").into_response())
}
