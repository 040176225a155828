//! Visitors of a page that comes through the proxy.

use super::Proxy;
use super::site::{PAGE, Site};
use crate::support::{App, event};
use axum::body::Body;
use axum::http::Request;
use service::PublicPaths;
use testkit::TestDatabase;
use testkit::service::TestServiceBuilder;

#[tokio::test]
async fn a_visitor_gets_what_the_public_api_says_and_keeps_it() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let first = proxy.ask(proxy.navigation("/")).await;
    let visitor = first.cookie("evoloop_visitor").unwrap();
    let token = first.cookie("evoloop_token").unwrap();
    let said =
        proxy.ask(proxy.get(&format!("/v1/assign?site_id={}&visitor_id={visitor}&current={token}", proxy.site.id)));
    let said: serde_json::Value = serde_json::from_slice(&said.await.body).unwrap();
    assert_eq!(said["token"], token.as_str());
    assert_eq!(first.text().contains("Headline 1"), said["variant_id"] == proxy.site.variant.as_str());
    let cookies = format!("evoloop_visitor={visitor}; evoloop_token={token}");
    for _ in 0..3 {
        let again = proxy.ask(proxy.navigation("/").header("cookie", &cookies)).await;
        assert_eq!(again.header("set-cookie"), None);
        assert_eq!(again.text(), first.text());
    }
}

#[tokio::test]
async fn the_page_is_the_same_but_for_the_change() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let tagged = PAGE.replace("<head>", &format!("<head>{}", proxy.tag()));
    let headline = "<h1 id=\"top\" data-evo=\"0\">Headline 1</h1>";
    let changed = tagged.replace("<h1 id=\"top\">Tea &amp; more</h1>", headline);
    let comment = format!("<!--evoloop {} 1-->", proxy.site.variant);
    for (variant, expected) in
        [(&proxy.site.variant, format!("{changed}{comment}")), (&proxy.site.control, tagged.clone())]
    {
        let visitor = proxy.visitor(variant).await;
        let request = proxy.navigation("/").header("cookie", format!("evoloop_visitor={visitor}"));
        let came = proxy.ask(request).await;
        assert_eq!(came.text(), expected);
        assert_eq!(came.header("cache-control"), Some("private, no-cache"));
        assert_eq!(came.header("vary"), Some("Cookie"));
    }
}

#[tokio::test]
async fn a_visit_is_counted_once_when_the_browser_says_so() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    let visitor = proxy.visitor(&proxy.site.variant).await;
    let came = proxy.ask(proxy.navigation("/").header("cookie", format!("evoloop_visitor={visitor}"))).await;
    let token = came.cookie("evoloop_token").unwrap();
    let counted = || async {
        let (counters, _) = proxy.app.inside.service.counters(proxy.site.id.parse().unwrap()).await.unwrap();
        counters.variants.iter().map(|row| row.visitors).sum::<i64>()
    };
    assert_eq!(counted().await, 0);
    let assigned = serde_json::json!({
        "site_id": proxy.site.id, "variant_id": proxy.site.variant, "token": token,
    });
    for _ in 0..2 {
        let body = event(&assigned, &visitor, "impression").to_string();
        let request = Request::post(format!("http://{}/v1/event", proxy.address))
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap();
        assert_eq!(proxy.send(request).await.status, 200);
        // Looking again counts nothing either.
        proxy.ask(proxy.navigation("/").header("cookie", format!("evoloop_visitor={visitor}"))).await;
        assert_eq!(counted().await, 1);
    }
}

#[tokio::test]
async fn machines_get_the_untouched_page() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    for user_agent in ["Googlebot/2.1", "Mozilla/5.0 HeadlessChrome/142.0"] {
        let came = proxy.ask(proxy.navigation("/").header("user-agent", user_agent)).await;
        assert_eq!((came.text().as_str(), came.header("set-cookie")), (PAGE, None), "{user_agent}");
    }
    let came = proxy.ask(proxy.navigation("/?evo_off")).await;
    assert_eq!((came.text().as_str(), came.header("set-cookie")), (PAGE, None));
}

#[tokio::test]
async fn what_is_ours_is_served_under_the_sites_name() {
    let site = Site::start().await;
    let proxy = Proxy::before(&site.origin).await;
    assert_eq!(proxy.ask(proxy.get("/evoloop.js")).await.text(), "/* snippet */");
    assert_eq!(proxy.ask(proxy.get("/v1/health")).await.status, 200);
    let asked = format!("/v1/assign?site_id={}&visitor_id=v1", proxy.site.id);
    assert_eq!(proxy.ask(proxy.get(&asked)).await.status, 200);
    assert_eq!(proxy.ask(proxy.get("/v1/own")).await.text(), "the site's own");
}

#[tokio::test]
async fn further_names_are_ours_too_and_the_tag_says_them() {
    let site = Site::start().await;
    let paths =
        PublicPaths { script: Some("/a.js".to_owned()), event: Some("/x/e".to_owned()), ..PublicPaths::default() };
    let app = App::with(TestServiceBuilder::default().paths(paths).build(TestDatabase::sqlite().await));
    let proxy = Proxy::with(app, &site.origin, |_| {}).await;
    let came = proxy.ask(proxy.navigation("/")).await;
    let tag = format!("<script async src=\"/a.js\" data-site=\"{}\" data-event=\"/x/e\"></script>", proxy.site.id);
    assert!(came.text().contains(&tag), "{}", came.text());
    assert_eq!(proxy.ask(proxy.get("/a.js")).await.text(), "/* snippet */");
    // The event is none, but it was ours to say so.
    let request = Request::post(format!("http://{}/x/e", proxy.address)).body(Body::from("{}")).unwrap();
    assert_eq!(proxy.send(request).await.header("content-type"), Some("application/problem+json"));
}
