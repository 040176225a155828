//! Pages with the snippet in every way that it should not stand there, and what is found.

use domain::SiteId;
use domain::install::{
    Alteration, Evidence, Finding, GoalSeen, Hindrance, LateCause, LostSlot, PageVisit, ScriptAnswer, Severity, judge,
};
use page::page_scripts;
use url::Url;

const KEY: &str = "0d9c3f34-5b0e-4c39-9d0c-7c1f5a1f0001";
const OTHER: &str = "0d9c3f34-5b0e-4c39-9d0c-7c1f5a1f0002";
const GOOD: &str =
    r#"<script async src="https://loop.test/evoloop.js" data-site="0d9c3f34-5b0e-4c39-9d0c-7c1f5a1f0001"></script>"#;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn visit(html: &str) -> PageVisit {
    let page = url("https://shop.test/");
    let scripts = page_scripts(html, &page);
    let script = Some(ScriptAnswer::Snippet { is_current: Some(true), knows_site: Some(true) });
    PageVisit { url: page, status: 200, headers: Vec::new(), scripts, rendered: None, past_caches: None, script }
}

fn evidence(visit: Result<PageVisit, Hindrance>) -> Evidence {
    Evidence {
        site_id: KEY.parse().unwrap(),
        page: url("https://shop.test/"),
        public_url: url("https://loop.test"),
        visit,
        lost_slots: Vec::new(),
        goals: Vec::new(),
        has_visitors: false,
    }
}

fn found(visit: PageVisit) -> Vec<Finding> {
    judge(&evidence(Ok(visit)))
}

/// A page with this in its head.
fn page(head: &str) -> String {
    format!("<!doctype html><html><head><title>Shop</title>{head}</head><body><h1>Boats</h1><p>Buy.</p></body></html>")
}

fn in_head(head: &str) -> Vec<Finding> {
    found(visit(&page(head)))
}

#[test]
fn a_sound_page_has_no_findings() {
    let sound = [
        GOOD.to_owned(),
        GOOD.replace("async ", "data-block "),
        GOOD.replace("async ", "async type=module data-cfasync=\"false\" "),
        GOOD.replace("data-site", "data-cookieconsent=\"ignore\" data-site"),
        format!("<!-- <script src=https://old.test/evoloop.js></script> -->{GOOD}"),
        format!("<script data-site=\"ABCDEF\" src=https://stats.test/x.js></script>{GOOD}"),
        format!("<script src=\"https://www.googletagmanager.com/gtm.js?id=GTM-ABC123\"></script>{GOOD}"),
        // Behind Cloudflare even open pages load this.
        format!("<script src=\"/cdn-cgi/challenge-platform/scripts/jsd/main.js\"></script>{GOOD}"),
        format!("<template>{}</template>{GOOD}", GOOD.replace(KEY, OTHER)),
        // Under a name that the operator gave it.
        GOOD.replace("evoloop.js", "shop.js"),
    ];
    for head in sound {
        assert_eq!(in_head(&head), [], "{head}");
    }
}

#[test]
fn what_stands_in_the_text_is_found() {
    let altered = |by| Finding::Altered { by };
    let policy = |content: &str| format!("<meta http-equiv=Content-Security-Policy content=\"{content}\">{GOOD}");
    let loop_origin = || "https://loop.test".to_owned();
    let manager = "Google Tag Manager GTM-ABC123";
    let inline =
        "<script>(function(w){w.src='https://www.googletagmanager.com/gtm.js?id='+i})(window,'GTM-ABC123')</script>";
    let cases: Vec<(&str, String, Vec<Finding>)> = vec![
        ("nothing", String::new(), vec![Finding::NoSnippet]),
        ("in a comment", format!("<!-- {GOOD} -->"), vec![Finding::NoSnippet]),
        ("as text", format!("<style>{GOOD}</style>"), vec![Finding::NoSnippet]),
        ("a tag manager alone", inline.to_owned(), vec![Finding::TagManagerOnly { container: manager.to_owned() }]),
        (
            "another tag manager",
            "<script src=//tags.tiqcdn.com/utag/a/b/prod/utag.js></script>".to_owned(),
            vec![Finding::TagManagerOnly { container: "Tealium".to_owned() }],
        ),
        (
            "another site",
            GOOD.replace(KEY, OTHER),
            vec![Finding::WrongSite { found: OTHER.to_owned(), wanted: KEY.parse().unwrap() }],
        ),
        ("no key", GOOD.replace("data-site", "data-sute"), vec![Finding::SiteLost]),
        ("an empty key", GOOD.replace(KEY, ""), vec![Finding::SiteLost]),
        (
            "one that waits and one that does not",
            GOOD.replace("async", "type=\"text/plain\"") + GOOD,
            vec![Finding::SeveralSnippets { count: 2 }],
        ),
        ("three times", GOOD.repeat(3), vec![Finding::SeveralSnippets { count: 3 }]),
        ("deferred", GOOD.replace("async", "defer"), vec![Finding::LateScript { cause: LateCause::Deferred }]),
        (
            "Rocket Loader",
            GOOD.replace("async", "async type=\"f4a91c3bd2e0a1b2c3d4e5f6-text/javascript\""),
            vec![altered(Alteration::RocketLoader)],
        ),
        (
            "Rocket Loader asked for",
            GOOD.replace("async", "data-cfasync=true"),
            vec![altered(Alteration::RocketLoader)],
        ),
        (
            "WP Rocket",
            GOOD.replace("async src", "type=rocketlazyloadscript data-rocket-src"),
            vec![altered(Alteration::WpRocket)],
        ),
        (
            "LiteSpeed",
            GOOD.replace("async src", "type=\"litespeed/javascript\" data-src"),
            vec![altered(Alteration::LiteSpeed)],
        ),
        ("an unknown type", GOOD.replace("async", "type=\"delayed/script\""), vec![altered(Alteration::Other)]),
        ("a moved address", GOOD.replace(" src", " data-lazy-src"), vec![altered(Alteration::Other)]),
        (
            "a consent tool",
            GOOD.replace("async", "type=\"text/plain\" data-category=analytics"),
            vec![Finding::ConsentTool],
        ),
        ("Cookiebot", GOOD.replace("async", "data-cookieconsent=statistics"), vec![Finding::ConsentTool]),
        ("own consent", GOOD.replace("async", "async data-consent=required"), vec![Finding::WaitsForConsent]),
        (
            "signals",
            GOOD.replace("async", "async data-respect=\"gpc dnt\""),
            vec![Finding::RespectsSignals { signals: "gpc dnt".to_owned() }],
        ),
        (
            "a policy for scripts",
            policy("script-src 'self'"),
            vec![Finding::PolicyBlocksScript { origin: loop_origin() }],
        ),
        (
            "a policy for requests",
            policy("script-src https:; connect-src 'self'"),
            vec![Finding::PolicyBlocksRequests { origin: loop_origin() }],
        ),
        ("a policy with nonces", policy("script-src 'nonce-a1'"), vec![Finding::PolicyWantsNonce]),
    ];
    for (name, head, expected) in cases {
        assert_eq!(in_head(&head), expected, "{name}: {head}");
    }
}

#[test]
fn where_it_stands_decides_when_it_runs() {
    let body = |body: String| found(visit(&format!("<html><head><title>x</title></head><body>{body}</body></html>")));
    let end = [Finding::LateScript { cause: LateCause::EndOfBody }];
    assert_eq!(body(format!("{GOOD}<h1>Boats</h1>")), [Finding::InBody]);
    assert_eq!(body(format!("<h1>Boats</h1>{GOOD}<img src=a.png>")), [Finding::InBody]);
    assert_eq!(body(format!("<h1>Boats</h1>{GOOD}")), end);
    assert_eq!(body(format!("<h1>Boats</h1>{GOOD}<script>let words = 'no text'</script><!-- done -->\n")), end);
    // An element that belongs into the body ends the head, as in browsers.
    assert_eq!(in_head(&format!("<div></div>{GOOD}")), [Finding::InBody]);
}

#[test]
fn an_address_is_read_from_the_base_of_the_page() {
    let own = "<base href=\"https://loop.test/\">".to_owned() + &GOOD.replace("https://loop.test/", "/");
    assert_eq!(in_head(&own), []);
    let elsewhere = GOOD.replace("https://loop.test/", "/");
    assert_eq!(in_head(&elsewhere), [Finding::OwnAddress { host: "shop.test".to_owned() }]);
}

#[test]
fn what_the_answers_say_is_found() {
    type Changed = fn(&mut PageVisit);
    let host = || "other.test".to_owned();
    let elsewhere = |answer| {
        let mut visit = visit(&page(&GOOD.replace("loop.test", "other.test")));
        visit.script = answer;
        found(visit)
    };
    let snippet = |is_current, knows_site| Some(ScriptAnswer::Snippet { is_current, knows_site });
    let wanted = || "loop.test".to_owned();
    assert_eq!(elsewhere(None), [Finding::OtherHost { host: host(), wanted: wanted() }]);
    assert_eq!(elsewhere(snippet(Some(true), Some(false))), [Finding::OtherHost { host: host(), wanted: wanted() }]);
    assert_eq!(elsewhere(snippet(Some(true), Some(true))), [Finding::OwnAddress { host: host() }]);
    let address = || "https://other.test/evoloop.js".to_owned();
    assert_eq!(
        elsewhere(snippet(Some(false), Some(true))),
        [Finding::OldScript { address: address() }, Finding::OwnAddress { host: host() }]
    );
    let broken = |answer: &str| [Finding::ProxyBroken { address: address(), answer: answer.to_owned() }];
    assert_eq!(elsewhere(Some(ScriptAnswer::NoScript("a web page".to_owned()))), broken("a web page"));
    assert_eq!(elsewhere(Some(ScriptAnswer::AnotherScript)), broken("another script"));

    let cases: [(&str, Changed, Finding); 13] = [
        (
            "a proxy for the script alone",
            |visit| visit.script = Some(ScriptAnswer::Snippet { is_current: None, knows_site: Some(false) }),
            Finding::ProxyBroken {
                address: "https://loop.test/v1/assign".to_owned(),
                answer: "an answer of something else".to_owned(),
            },
        ),
        ("forbidden", |visit| visit.status = 403, Finding::BotWall { status: 403 }),
        ("too many", |visit| visit.status = 429, Finding::BotWall { status: 429 }),
        (
            "a challenge by its header",
            |visit| {
                visit.headers.push(("cf-mitigated".to_owned(), "challenge".to_owned()));
                visit.scripts = page_scripts("<title>Just a moment...</title>", &visit.url);
            },
            Finding::BotWall { status: 200 },
        ),
        (
            "a challenge by its text",
            |visit| visit.scripts = page_scripts("<script>window._cf_chl_opt={}</script>", &visit.url),
            Finding::BotWall { status: 200 },
        ),
        (
            "out of order",
            |visit| visit.status = 503,
            Finding::Temporary { reason: "The page answered with status 503, as when it is out of order.".to_owned() },
        ),
        (
            "gone",
            |visit| visit.status = 404,
            Finding::Unreachable { reason: "The page answered with status 404.".to_owned() },
        ),
        (
            "elsewhere",
            |visit| visit.url = Url::parse("https://www.shop.test/de").unwrap(),
            Finding::Redirect { to: "https://www.shop.test".to_owned() },
        ),
        (
            "a policy",
            |visit| {
                let policy = "default-src 'self'; connect-src *".to_owned();
                visit.headers.push(("content-security-policy".to_owned(), policy));
            },
            Finding::PolicyBlocksScript { origin: "https://loop.test".to_owned() },
        ),
        (
            "a cache",
            |visit| {
                visit.past_caches = Some(visit.scripts.clone());
                visit.scripts = page_scripts(&page(""), &visit.url);
            },
            Finding::StaleCache,
        ),
        (
            "a cache with another key",
            |visit| {
                visit.past_caches = Some(visit.scripts.clone());
                visit.scripts = page_scripts(&page(&GOOD.replace(KEY, OTHER)), &visit.url);
            },
            Finding::StaleCache,
        ),
        (
            "injected",
            |visit| {
                visit.rendered = Some(visit.scripts.clone());
                visit.scripts = page_scripts(&page(""), &visit.url);
            },
            Finding::LateScript { cause: LateCause::Injected },
        ),
        (
            "injected by a tag manager",
            |visit| {
                visit.rendered = Some(visit.scripts.clone());
                let text = page("<script src=https://www.googletagmanager.com/gtm.js?id=GTM-XYZ9></script>");
                visit.scripts = page_scripts(&text, &visit.url);
            },
            Finding::TagManagerLoads { container: "Google Tag Manager GTM-XYZ9".to_owned() },
        ),
    ];
    for (name, change, expected) in cases {
        let mut visit = visit(&page(GOOD));
        change(&mut visit);
        assert_eq!(found(visit), [expected], "{name}");
    }
    // A policy that is only reported forbids nothing.
    let mut reported = visit(&page(GOOD));
    reported.headers.push(("content-security-policy-report-only".to_owned(), "default-src 'none'".to_owned()));
    assert_eq!(found(reported), []);
}

#[test]
fn what_is_known_of_the_site_is_compared_and_the_worst_comes_first() {
    let goal = |name: &str, unmatched: Option<&str>, was_reached| GoalSeen {
        name: name.to_owned(),
        unmatched: unmatched.map(str::to_owned),
        was_reached,
    };
    let mut known = evidence(Ok(visit(&page(&GOOD.replace(KEY, OTHER)))));
    known.lost_slots.push(LostSlot { name: "The headline".to_owned(), css: "h1.hero".to_owned() });
    known.goals = vec![goal("Order", Some("#buy"), true), goal("Call", None, false), goal("Mail", None, true)];
    let wrong = Finding::WrongSite { found: OTHER.to_owned(), wanted: KEY.parse::<SiteId>().unwrap() };
    let lost = Finding::SlotLost { slot: "The headline".to_owned(), css: "h1.hero".to_owned() };
    let unmatched = Finding::GoalUnmatched { goal: "Order".to_owned(), css: "#buy".to_owned() };
    assert_eq!(judge(&known), [wrong.clone(), lost.clone(), unmatched.clone()], "nobody came yet");
    known.has_visitors = true;
    assert_eq!(judge(&known), [wrong, lost, unmatched, Finding::GoalNeverSeen { goal: "Call".to_owned() }]);
}

#[test]
fn a_page_that_was_not_seen_says_why() {
    let reason = || "It was so.".to_owned();
    let cases = [
        (Hindrance::Unreachable(reason()), Finding::Unreachable { reason: reason() }),
        (Hindrance::Temporary(reason()), Finding::Temporary { reason: reason() }),
        (Hindrance::Unclear(reason()), Finding::Unknown { reason: reason() }),
    ];
    for (hindrance, expected) in cases {
        let findings = judge(&evidence(Err(hindrance)));
        assert_eq!(findings, [expected]);
        assert_eq!((findings[0].severity(), findings[0].problem()), (Severity::Fails, reason()));
    }
}

#[test]
fn a_page_made_to_be_expensive_is_read_within_bounds() {
    let many = format!("<html><head>{}</head>", GOOD.repeat(50_000));
    let began = page_scripts(&many, &url("https://shop.test/"));
    assert_eq!(began.snippets.len(), 20);
    let long = GOOD.replace("async", &format!("data-long=\"{}\"", "ü".repeat(100_000)));
    let tag = page_scripts(&long, &url("https://shop.test/")).snippets.remove(0);
    assert!(tag.attribute("data-long").unwrap().len() <= 2_048);
}
