//! Pictures over HTTP: who may see which, and what browsers are told about them.

use crate::support::{App, signed_in};
use axum::http::StatusCode;
use axum_test::TestResponse;
use domain::{AssetId, AssetKind, SiteId};
use serde_json::Value;
use service::{Asset, Quota};
use testkit::fakes::Camera;
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, on_both_databases};

on_both_databases!(pictures_are_for_those_who_may_see_them);

fn header<'a>(response: &'a TestResponse, name: &str) -> &'a str {
    response.maybe_header(name).map_or("", |_| response.headers()[name].to_str().unwrap())
}

async fn pictures_are_for_those_who_may_see_them(database: TestDatabase) {
    let app = App::on(database);
    app.inside.reader.set_camera(Some(Camera::default()));
    let ada = app.sign_up("ada@example.com").await;
    let eve = app.sign_up("eve@example.com").await;
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.json();
    let site_id = site["id"].as_str().unwrap();
    let read = async || -> Value {
        signed_in(app.server.get(&format!("/api/sites/detail?site_id={site_id}")), &ada).await.json()
    };
    // Before the page was read there is nothing to draw.
    let control = read().await["variants"][0]["variant"]["id"].as_str().unwrap().to_owned();
    let drawing = format!("/assets/{site_id}/{control}.svg");
    signed_in(app.server.get(&drawing), &ada).await.assert_status_not_found();
    app.inside.work().await;
    let detail = read().await;
    assert_eq!(detail["variants"].as_array().unwrap().len(), 4);
    for variant in detail["variants"].as_array().unwrap() {
        assert_eq!(variant["pictures"].as_array().unwrap().len(), 2, "{variant}");
    }

    // A screenshot is its owner's.
    let path = detail["variants"][1]["pictures"][0]["path"].as_str().unwrap();
    let found = signed_in(app.server.get(path), &ada).await;
    found.assert_status_ok();
    assert_eq!(header(&found, "content-type"), "image/webp");
    assert_eq!(header(&found, "cache-control"), "private, no-cache");
    assert_eq!(header(&found, "x-content-type-options"), "nosniff");
    assert!(header(&found, "content-security-policy").contains("sandbox"), "{:?}", found.headers());
    assert_eq!(header(&found, "access-control-allow-origin"), "");
    assert_eq!(header(&found, "cross-origin-resource-policy"), "same-origin");
    let tag = header(&found, "etag").to_owned();
    let known = signed_in(app.server.get(path), &ada).add_header("if-none-match", tag.clone()).await;
    known.assert_status(StatusCode::NOT_MODIFIED);
    assert!(known.as_bytes().is_empty());
    app.server.get(path).await.assert_status_not_found();
    app.server.get(path).add_header("if-none-match", tag).await.assert_status_not_found();
    signed_in(app.server.get(path), &eve).await.assert_status_not_found();
    signed_in(app.server.get(path), "made-up").await.assert_status_not_found();

    // So is a drawing.
    let drawn = signed_in(app.server.get(&drawing), &ada).await;
    drawn.assert_status_ok();
    assert_eq!((header(&drawn, "content-type"), header(&drawn, "cache-control")), ("image/svg+xml", "no-store"));
    assert!(drawn.text().contains("Boil water in"));
    app.server.get(&drawing).await.assert_status_not_found();
    signed_in(app.server.get(&drawing), &eve).await.assert_status_not_found();

    // An image for the customer's page is everybody's, from any origin, for ever.
    let bytes = b"RIFFxxxxWEBP".to_vec();
    let id = AssetId::of_digest(&[3; 32]);
    let (kind, media_type) = (AssetKind::Image, "image/webp".to_owned());
    let image = Asset { id: id.clone(), kind, media_type, bytes: bytes.clone(), width: 1, height: 1 };
    let store = &app.inside.database.store;
    let viewer = app.inside.service.authenticate(&ada).await.unwrap();
    let parsed: SiteId = site_id.parse().unwrap();
    let owned = store.scope(&viewer).site(parsed).await.unwrap().unwrap();
    let write = store.begin().await.unwrap();
    let quota = Quota { site: 1 << 20, account: 1 << 20 };
    write.keep_asset(&owned, &image, quota, time::OffsetDateTime::now_utc()).await.unwrap();
    write.commit().await.unwrap();
    let public = app.server.get(&id.path(parsed)).await;
    public.assert_status_ok();
    assert_eq!(public.as_bytes().to_vec(), bytes);
    let expected = [
        ("content-type", "image/webp"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in expected {
        assert_eq!(header(&public, name), value, "{name}");
    }
    assert!(header(&public, "content-security-policy").contains("sandbox"));
    assert_eq!(header(&public, "set-cookie"), "");

    // What is no name of a picture is none, and leads nowhere.
    let other = "5b1f3f5e-6f0e-4c8a-9d0a-0f4f3a1b2c3d";
    let names = [
        format!("/assets/{other}/{}.webp", id.as_str()),
        format!("/assets/{site_id}/{}.png", id.as_str()),
        format!("/assets/{site_id}/{}", id.as_str()),
        format!("/assets/{site_id}/..%2f..%2fetc%2fpasswd.webp"),
        format!("/assets/{site_id}/%00.webp"),
        format!("/assets/nobody/{}.webp", id.as_str()),
        format!("/assets/{site_id}"),
    ];
    for name in names {
        let missing = app.server.get(&name).await;
        assert_eq!(missing.status_code(), StatusCode::NOT_FOUND, "{name}");
    }
    assert_eq!(app.server.post(&id.path(parsed)).await.status_code(), StatusCode::METHOD_NOT_ALLOWED);

    // A site takes its pictures along.
    let removed = signed_in(app.server.delete("/api/sites"), &ada).add_query_param("site_id", site_id).await;
    assert!(removed.status_code().is_success());
    app.server.get(&id.path(parsed)).await.assert_status_not_found();
    signed_in(app.server.get(path), &ada).await.assert_status_not_found();
}
