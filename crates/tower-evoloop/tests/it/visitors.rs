//! Who is assigned, and what their browsers keep.

use crate::support::{PAGE, Reply, Says, changed, navigation, open, settings, tag, through};
use http::Request;

const TOKEN: &str = "evoloop_token=token.1; Path=/; Max-Age=34560000; SameSite=Lax";

#[tokio::test]
async fn cookies_are_set_once() {
    let first = open(Reply::html(PAGE).with("set-cookie", "own=1")).await;
    let (visitor, current, _) = first.asked[0].clone();
    assert_eq!((visitor.len(), current), (32, None));
    let visitors = format!("evoloop_visitor={visitor}; Path=/; Max-Age=34560000; SameSite=Lax");
    assert_eq!(first.header("set-cookie"), Some(format!("own=1 | {visitors} | {TOKEN}")));

    let cases = [
        (format!("evoloop_visitor={visitor}; evoloop_token=token.1"), None, Some("token.1")),
        (format!("a=b; evoloop_visitor={visitor}; evoloop_token=token.0"), Some(TOKEN), Some("token.0")),
        (format!("evoloop_visitor={visitor}"), Some(TOKEN), None),
    ];
    for (sent, set, current) in cases {
        let request = navigation().header("cookie", &sent).header("user-agent", "Firefox");
        let came = through(settings(), Says::Variant, request, Reply::html(PAGE)).await;
        assert_eq!(came.header("set-cookie").as_deref(), set, "{sent}");
        let expected = (visitor.clone(), current.map(str::to_owned), Some("Firefox".to_owned()));
        assert_eq!(came.asked, [expected], "{sent}");
        assert_eq!(came.text(), changed(PAGE));
    }
}

#[tokio::test]
async fn cookies_are_secure_when_the_page_is() {
    for (proto, is_secure) in [("https", true), ("HTTPS", true), ("http", false)] {
        let request = navigation().header("x-forwarded-proto", proto);
        let came = through(settings(), Says::Variant, request, Reply::html(PAGE)).await;
        let cookies = came.header("set-cookie").unwrap();
        assert!(cookies.split(" | ").all(|cookie| cookie.ends_with("; Secure") == is_secure), "{proto}: {cookies}");
    }
    let direct = Request::get("https://shop.example/").header("accept", "text/html");
    let came = through(settings(), Says::Control, direct, Reply::html(PAGE)).await;
    assert!(came.header("set-cookie").unwrap().contains("; Secure"));
}

#[tokio::test]
async fn whoever_does_not_count_gets_no_cookie() {
    for says in [Says::Paused, Says::Fails] {
        let came = through(settings(), says, navigation(), Reply::html(PAGE)).await;
        assert_eq!(came.header("set-cookie"), None, "{says:?}");
        assert_eq!(came.text(), PAGE, "{says:?}");
    }
}

#[tokio::test]
async fn wishes_and_consent_come_first() {
    let tagged = |attributes: &str| {
        let tag = tag().replace("></script>", &format!("{attributes}></script>"));
        PAGE.replacen("<head>", &format!("<head>{tag}"), 1)
    };
    let mut consent = settings();
    consent.consent_required = true;
    let mut respect = settings();
    (respect.respect_gpc, respect.respect_dnt) = (true, true);
    let mut stateless = settings();
    stateless.stateless = true;
    let asks = " data-consent=\"required\"";
    let agreed = changed(PAGE).replace("></script>", &format!("{asks}></script>"));
    let cases = [
        ("before consent", consent.clone(), navigation(), tagged(asks), false),
        ("after consent", consent, navigation().header("cookie", "evoloop_visitor=v1"), agreed, true),
        ("privacy control", respect.clone(), navigation().header("sec-gpc", "1"), PAGE.to_owned(), false),
        ("do not track", respect.clone(), navigation().header("dnt", "1"), PAGE.to_owned(), false),
        ("wishes not honoured", settings(), navigation().header("sec-gpc", "1"), changed(PAGE), true),
        ("stateless", stateless, navigation().header("cookie", "evoloop_visitor=v1"), tagged(" data-stateless"), false),
        ("a preview", settings(), navigation().uri("/?evo_preview=p1.a"), tagged(""), false),
    ];
    for (what, settings, request, expected, is_assigned) in cases {
        let came = through(settings, Says::Variant, request, Reply::html(PAGE)).await;
        assert_eq!(came.text(), expected, "{what}");
        assert_eq!(came.asked.len(), usize::from(is_assigned), "{what}");
        assert_eq!(came.header("set-cookie").is_some(), is_assigned, "{what}");
        assert_eq!(came.header("cache-control").as_deref(), Some("private, no-cache"), "{what}");
    }
}

#[tokio::test]
async fn the_pages_own_tag_may_ask_for_more_than_the_settings() {
    let page = |attributes: &str| {
        let tag = tag().replace("></script>", &format!("{attributes}></script>"));
        PAGE.replace("</body>", &format!("{tag}</body>"))
    };
    let cases = [
        ("", "x", true),
        (" data-consent=\"required\"", "x", false),
        (" data-stateless", "x", false),
        (" data-respect=\"gpc\"", "x", true),
        (" data-respect=\"gpc\"", "sec-gpc", false),
        (" data-respect=\"gpc\"", "dnt", true),
        (" data-respect=\"gpc dnt\"", "dnt", false),
    ];
    for (attributes, wish, is_changed) in cases {
        for cookie in ["a=b", "evoloop_visitor=v1; evoloop_token=token.0"] {
            let page = page(attributes);
            let request = navigation().header(wish, "1").header("cookie", cookie);
            let came = through(settings(), Says::Variant, request, Reply::html(page.clone()).pieces(50)).await;
            let expected = format!("{}<!--evoloop variant-1 1-->", page.replace("OLD", "NEW"));
            assert_eq!(came.text(), if is_changed { expected } else { page }, "{attributes} {wish}");
            assert_eq!(came.header("set-cookie").is_some(), is_changed, "{attributes} {wish}");
        }
    }
}

#[tokio::test]
async fn a_visitor_who_took_the_consent_back_gets_no_cookie_again() {
    let mut settings = settings();
    settings.consent_required = true;
    // The snippet erased the id; a token that stayed behind says nothing.
    let request = navigation().header("cookie", "evoloop_token=token.0");
    let came = through(settings, Says::Variant, request, Reply::html(PAGE)).await;
    assert_eq!((came.header("set-cookie"), came.asked.len()), (None, 0));
}
