//! The patch language: what is accepted, and the named reason for each refusal.

use domain::Patch;
use domain::patch::{AllowedHosts, MAX_BYTES, Refusal};
use proptest::prelude::*;
use serde_json::{Value, json};

fn hosts() -> AllowedHosts {
    AllowedHosts::new(["Shop.example".to_owned()])
}

fn one(op: Value) -> String {
    json!({"v": 1, "ops": [op]}).to_string()
}

fn text(value: &str) -> Value {
    json!({"op": "text", "target": {"css": "h1"}, "value": value})
}

fn attr(name: &str, value: &str) -> Value {
    json!({"op": "attr", "target": {"css": "a"}, "name": name, "value": value})
}

fn at(css: &str) -> Value {
    json!({"op": "text", "target": {"css": css}, "value": "x"})
}

#[test]
fn valid_patches_are_read_and_written_unchanged() {
    let target = json!({"css": "h1", "n": 0, "tag": "h1", "text": "Old", "alt": ["main h1"]});
    let cases = [
        json!({"v": 1, "ops": []}),
        json!({"v": 1, "ops": [{"op": "text", "target": target, "value": "New"}]}),
        json!({"v": 1, "ops": [attr("href", "https://shop.example/x"), attr("alt", "")]}),
        json!({"v": 1, "ops": [attr("href", "/relative?x=1#y")]}),
        json!({"v": 1, "ops": [{"op": "image", "target": {"css": "img"}, "src": "http://shop.example/a.png", "alt": "A"}]}),
    ];
    for case in cases {
        let patch = Patch::parse(&case.to_string(), &hosts()).unwrap();
        assert_eq!(serde_json::to_value(&patch).unwrap(), case);
        for op in &patch.ops {
            assert!(!op.target().css.is_empty());
        }
    }
    assert_eq!(Patch::empty(), Patch::parse("{\"v\":1,\"ops\":[]}", &AllowedHosts::default()).unwrap());
}

/// Whether a patch was refused for the right reason.
type Expected = fn(&Refusal) -> bool;

#[test]
fn each_rule_refuses_by_its_name() {
    let many: Vec<Value> = (0..41).map(|_| text("x")).collect();
    let large: Vec<Value> = (0..20).map(|_| text(&"y".repeat(1500))).collect();
    let sheet = json!({"op": "text", "target": {"css": "p", "alt": ["a", "b", "c", "d", "e"]}, "value": "x"});
    let tagged = json!({"op": "text", "target": {"css": "p", "tag": "script"}, "value": "x"});
    let image = |src: &str| json!({"op": "image", "target": {"css": "img"}, "src": src});
    let cases: Vec<(String, Expected)> = vec![
        ("nonsense".to_owned(), |r| matches!(r, Refusal::Malformed(_))),
        (one(json!({"op": "html", "target": {"css": "p"}, "value": "<b>"})), |r| matches!(r, Refusal::Malformed(_))),
        (one(json!({"op": "text", "target": {"css": "p"}, "value": "x", "js": "y"})), |r| {
            matches!(r, Refusal::Malformed(_))
        }),
        (json!({"v": 2, "ops": []}).to_string(), |r| matches!(r, Refusal::Version(2))),
        (json!({"v": 1, "ops": many}).to_string(), |r| matches!(r, Refusal::TooManyOps)),
        ("x".repeat(MAX_BYTES + 1), |r| matches!(r, Refusal::TooLarge)),
        (json!({"v": 1, "ops": large}).to_string(), |r| matches!(r, Refusal::TooLarge)),
        (one(at("")), |r| matches!(r, Refusal::Selector(0))),
        (one(at(&"p".repeat(501))), |r| matches!(r, Refusal::Selector(0))),
        (one(sheet), |r| matches!(r, Refusal::Selector(0))),
        (one(at("head > title")), |r| matches!(r, Refusal::ForbiddenTarget(0))),
        (one(at("SCRIPT")), |r| matches!(r, Refusal::ForbiddenTarget(0))),
        (one(tagged), |r| matches!(r, Refusal::ForbiddenTarget(0))),
        (one(text(&"x".repeat(2001))), |r| matches!(r, Refusal::ValueTooLong(0))),
        (one(text("  ")), |r| matches!(r, Refusal::EmptyText(0))),
        (one(text("a\u{0}b")), |r| matches!(r, Refusal::ControlCharacters(0))),
        (one(text("a\u{202e}b")), |r| matches!(r, Refusal::ControlCharacters(0))),
        (one(attr("onclick", "x()")), |r| matches!(r, Refusal::Attribute(0, _))),
        (one(attr("style", "x")), |r| matches!(r, Refusal::Attribute(0, _))),
        (one(attr("href", "javascript:alert(1)")), |r| matches!(r, Refusal::Address(0, _))),
        (one(attr("href", " JavaScript:alert(1)")), |r| matches!(r, Refusal::Address(0, _))),
        (one(attr("href", "data:text/html,x")), |r| matches!(r, Refusal::Address(0, _))),
        (one(attr("src", "//evil.example/x")), |r| matches!(r, Refusal::Address(0, _))),
        (one(attr("src", "\\\\evil.example/x")), |r| matches!(r, Refusal::Address(0, _))),
        (one(attr("href", "https://evil.example/")), |r| matches!(r, Refusal::Address(0, _))),
        (one(attr("href", "https://")), |r| matches!(r, Refusal::Address(0, _))),
        (one(image("https://evil.example/a.png")), |r| matches!(r, Refusal::Address(0, _))),
        (one(image("blob:https://shop.example/a")), |r| matches!(r, Refusal::Address(0, _))),
    ];
    for (json, expected) in cases {
        let refusal = Patch::parse(&json, &hosts()).unwrap_err();
        let shown: String = json.chars().take(120).collect();
        assert!(expected(&refusal), "{shown} -> {refusal:?}");
        assert!(!refusal.to_string().is_empty());
    }
}

proptest! {
    #[test]
    fn no_address_with_another_scheme_passes(scheme in "[a-z][a-z0-9+.-]{0,10}", rest in "\\PC{0,30}") {
        prop_assume!(scheme != "http" && scheme != "https");
        let json = one(attr("href", &format!("{scheme}:{rest}")));
        prop_assert!(Patch::parse(&json, &hosts()).is_err());
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,200}") {
        let _ = Patch::parse(&text, &hosts());
        let _ = Patch::parse(&one(at(&text)), &hosts());
    }
}
