//! `GET /assets/SITE/NAME`: pictures that stand on customers' pages, for anybody, and pictures of pages for their owner.
//!
//! The name of a picture is its content, so what was found under it once is right for ever.

use crate::layers::headers::CORP;
use crate::router::AppState;
use crate::session;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{AssetId, AssetKind, SiteId, VariantId};
use service::{Asset, ServiceError};

/// A picture is data: opened by itself it runs nothing, and an SVG keeps what it says about itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";
/// For what anybody may see.
const PUBLIC: &str = "public, max-age=31536000, immutable";
/// For what only the owner may see: kept, but asked for again each time, with the session.
const PRIVATE: &str = "private, no-cache";

/// Answers with a picture, or says that there is none; a foreign one is as absent as one that does not exist.
pub(crate) async fn answer(
    State(state): State<AppState>,
    Path((site_id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match find(&state, &site_id, &name, &headers).await {
        Ok(response) => response,
        Err(error) => refused(&error),
    }
}

async fn find(state: &AppState, site_id: &str, name: &str, headers: &HeaderMap) -> Result<Response, ServiceError> {
    let site_id: SiteId = site_id.parse().map_err(|_| ServiceError::NotFound)?;
    let (stem, ending) = name.rsplit_once('.').ok_or(ServiceError::NotFound)?;
    match ending {
        "webp" => {
            let id = AssetId::parse(stem).ok_or(ServiceError::NotFound)?;
            picture(state, site_id, &id, headers).await
        }
        "svg" => {
            let variant_id: VariantId = stem.parse().map_err(|_| ServiceError::NotFound)?;
            let viewer = viewer(state, headers).await?;
            let svg = state.service.drawing(&viewer, site_id, variant_id).await?;
            // It follows the page, so it is not kept.
            Ok(secured([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "no-store")], svg).into_response())
        }
        _ => Err(ServiceError::NotFound),
    }
}

async fn picture(
    state: &AppState,
    site_id: SiteId,
    id: &AssetId,
    headers: &HeaderMap,
) -> Result<Response, ServiceError> {
    let asset = match state.service.public_picture(site_id, id).await {
        Err(ServiceError::NotFound) => {
            let viewer = viewer(state, headers).await?;
            state.service.own_picture(&viewer, site_id, id).await?
        }
        found => found?,
    };
    let Asset { kind, media_type, bytes, .. } = asset;
    let tag = format!("\"{}\"", id.as_str());
    let is_known = headers.get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if is_known {
        secured([], ()).into_response()
    } else {
        secured([(CONTENT_TYPE, media_type.as_str())], bytes).into_response()
    };
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    match kind {
        AssetKind::Image => {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static(PUBLIC));
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(CORP, HeaderValue::from_static("cross-origin"));
        }
        AssetKind::Screenshot => {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
        }
    }
    Ok(response)
}

async fn viewer(state: &AppState, headers: &HeaderMap) -> Result<service::Viewer, ServiceError> {
    let token = session::token(headers, state.secure_cookie).ok_or(ServiceError::NotFound)?;
    // Without a session nobody is told what there is.
    state.service.authenticate(token).await.map_err(|error| match error {
        ServiceError::SignedOut => ServiceError::NotFound,
        other => other,
    })
}

fn secured<const N: usize, B: IntoResponse>(headers: [(HeaderName, &str); N], body: B) -> Response {
    let mut response = body.into_response();
    response.headers_mut().remove(CONTENT_TYPE);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

fn refused(error: &ServiceError) -> Response {
    let status = match error {
        ServiceError::NotFound => StatusCode::NOT_FOUND,
        ServiceError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    // Nobody remembers that a picture was missing: it may be stored a moment later.
    let mut response = (status, [(CACHE_CONTROL, "no-store")], status.to_string()).into_response();
    if status.is_server_error() {
        let cause = crate::v1::problem::causes(error);
        response.extensions_mut().insert(crate::layers::failure::FailureCause(cause));
    }
    response
}
