//! Content policies let the changed page work, and nothing else.

use crate::support::{PAGE, Reply, SHEET, Says, navigation, settings, tag, through};
use base64::Engine;
use sha2::Digest;

#[tokio::test]
async fn policies_allow_what_was_added_and_only_then() {
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(SHEET));
    let hash = format!("'sha256-{hash}'");
    let cases = [
        (Says::VariantWithSheet, "style-src 'self'", format!("style-src 'self' {hash}")),
        (Says::VariantWithSheet, "style-src 'self' 'unsafe-inline'", "style-src 'self' 'unsafe-inline'".to_owned()),
        (Says::Variant, "style-src 'self'", "style-src 'self'".to_owned()),
        (Says::Control, "style-src 'self'", "style-src 'self'".to_owned()),
        (
            Says::Control,
            "script-src cdn.example",
            "script-src cdn.example; script-src-elem cdn.example shop.example/evoloop.js shop.example/evoloop-debug.js"
                .to_owned(),
        ),
        (
            Says::Control,
            "connect-src 'none'; script-src 'self'",
            "connect-src shop.example/v1/assign shop.example/v1/event shop.example/v1/forget; script-src 'self'"
                .to_owned(),
        ),
        (Says::Paused, "script-src cdn.example", "script-src cdn.example".to_owned()),
    ];
    for (says, policy, expected) in cases {
        let reply = Reply::html(PAGE).with("content-security-policy", policy);
        let came = through(settings(), says, navigation(), reply).await;
        assert_eq!(came.header("content-security-policy"), Some(expected), "{says:?} {policy}");
    }
}

#[tokio::test]
async fn the_tag_takes_the_policys_nonce_or_stays_away() {
    let cases = [
        ("script-src 'nonce-Ab1' 'strict-dynamic'", Some(" nonce=\"Ab1\"")),
        ("script-src 'self'", Some("")),
        ("script-src 'strict-dynamic' 'sha256-a='", None),
    ];
    for (policy, attribute) in cases {
        let reply = Reply::html(PAGE).with("content-security-policy", policy);
        let came = through(settings(), Says::Control, navigation(), reply).await;
        let expected = match attribute {
            Some(attribute) => {
                let tag = tag().replace("></script>", &format!("{attribute}></script>"));
                PAGE.replacen("<head>", &format!("<head>{tag}"), 1)
            }
            None => PAGE.to_owned(),
        };
        assert_eq!(came.text(), expected, "{policy}");
        assert_eq!(came.header("content-security-policy").as_deref(), Some(policy), "{policy}");
    }
}

#[tokio::test]
async fn a_policy_in_the_text_cannot_be_changed_so_the_page_is_not() {
    let page = PAGE.replace("<title>", "<meta http-equiv=Content-Security-Policy content=\"style-src 'self'\"><title>");
    let came = through(settings(), Says::VariantWithSheet, navigation(), Reply::html(page.clone())).await;
    assert_eq!(came.text(), page);
    // Without a sheet there is nothing that the policy stops.
    let came = through(settings(), Says::Variant, navigation(), Reply::html(page.clone())).await;
    assert_eq!(came.text(), format!("{}<!--evoloop variant-1 1-->", page.replace("OLD", "NEW")));
}
