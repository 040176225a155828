//! Patches on the text of pages: the language-neutral cases, and what is not understood.

use domain::Patch;
use domain::patch::AllowedHosts;
use encoding_rs::{Encoding, UTF_8};
use page::rewrite::{Compiled, Done, NotApplied, Outcome, Stream, apply, apply_text};
use serde_json::{Value, json};

const CASES: &str = include_str!("../../../domain/cases/patch.json");

pub(crate) fn parsed(patch: &Value) -> Patch {
    Patch::parse(&patch.to_string(), &AllowedHosts::default()).unwrap()
}

/// The text without the style element of the patch, and its rules.
fn without_style(html: &str) -> (String, Option<String>) {
    let Some((before, rest)) = html.split_once("<style data-evo>") else { return (html.to_owned(), None) };
    let (rules, behind) = rest.split_once("</style>").unwrap();
    (format!("{before}{behind}"), Some(rules.to_owned()))
}

#[test]
fn every_case_gives_what_it_says() {
    let cases: Value = serde_json::from_str(CASES).unwrap();
    let cases = cases["cases"].as_array().unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let (name, html) = (&case["name"], case["html"].as_str().unwrap());
        let answer = apply_text(html, &parsed(&case["patch"]));
        let found = match &answer {
            Ok((new, reverse)) => {
                assert_eq!(reverse.restore(new).unwrap(), html, "{name}");
                let (new, css) = without_style(new);
                json!({"expected": new, "css": css})
            }
            Err(NotApplied::Missed(misses)) => misses
                .iter()
                .map(|miss| json!({"op": miss.op, "part": miss.part.name(), "why": miss.why.name()}))
                .collect(),
            // Left to the browser.
            Err(NotApplied::Unsure(_)) => json!("left"),
            Err(error) => json!(error.to_string()),
        };
        let wanted = match case["kind"].as_str().unwrap() {
            "apply" => json!({"expected": case["expected"], "css": case["css"]}),
            "miss" => case["misses"].clone(),
            other => json!(other),
        };
        if found != wanted {
            wrong.push(format!("{name}\n  wanted {wanted}\n  found  {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() >= 150);
}

#[test]
fn every_case_gives_the_same_in_pieces() {
    let cases: Value = serde_json::from_str(CASES).unwrap();
    for case in cases["cases"].as_array().unwrap() {
        let html = case["html"].as_str().unwrap();
        let patch = Compiled::new(&parsed(&case["patch"])).unwrap();
        let whole = apply(html.as_bytes(), UTF_8, &patch);
        for size in [1, 2, 3, 7, 16, 50, html.len()] {
            let (out, done) = in_pieces(html.as_bytes(), &patch, size);
            match (&whole, done) {
                (Outcome::Applied { html, .. }, Done::Applied) => assert_eq!(&out, html, "{case}"),
                (Outcome::Missed(expected), Done::Missed(found)) => {
                    assert_eq!(&found, expected, "{case}");
                    assert_eq!(without_style(&String::from_utf8(out).unwrap()).0, html, "{case}");
                }
                (Outcome::Unsure(expected), Done::Unsure(found)) => {
                    assert_eq!(&found, expected, "{case}");
                    assert_eq!(without_style(&String::from_utf8(out).unwrap()).0, html, "{case}");
                }
                (expected, found) => panic!("{expected:?} {found:?} {case}"),
            }
        }
    }
}

pub(crate) fn in_pieces(html: &[u8], patch: &Compiled, size: usize) -> (Vec<u8>, Done) {
    let mut stream = Stream::new(patch.clone(), UTF_8, 1 << 20);
    let mut out = Vec::new();
    for chunk in html.chunks(size.max(1)) {
        out.extend(stream.write(chunk));
    }
    let finished = stream.finish();
    out.extend(finished.rest);
    (out, finished.done)
}

fn hiding(css: &str) -> Compiled {
    Compiled::new(&parsed(&json!({"v": 1, "ops": [{"op": "hide", "target": {"css": css}}]}))).unwrap()
}

#[test]
fn what_a_browser_would_mend_in_an_unknown_way_stays_as_it_is() {
    let pages = [
        "<p>a</p></p>",
        "<b><p>a</b>b</p>",
        "<i>a<b>b</i>c</b>",
        "<table><p>a</table>",
        "<table>a</table>",
        "<a>x<a>y</a>",
        "<button>x<button>y</button>",
        "x</br>y",
        "<svg><p>x</svg>",
        "<frameset></frameset>",
        "<body>x<body class=a>",
        "<form><div></form>x</div>",
        "<p>\0</p>",
        "<p title='x>y",
        "<p>x<!-- y",
        "<script>x",
        "<select><div>x</div></select>",
        "<math><mi>x</mi></math>",
        "<plaintext>x",
        "<template><p>x",
        "<template shadowrootmode=open><p>x</template>",
    ];
    for page in pages {
        let outcome = apply(page.as_bytes(), UTF_8, &hiding("p"));
        assert!(matches!(outcome, Outcome::Unsure(_)), "{page}: {outcome:?}");
    }
    for name in ["utf-16le", "iso-2022-jp", "replacement"] {
        let encoding = Encoding::for_label(name.as_bytes()).unwrap_or(encoding_rs::REPLACEMENT);
        assert!(matches!(apply(b"<p>x</p>", encoding, &hiding("p")), Outcome::Unsure(_)), "{name}");
    }
}

#[test]
fn a_page_is_changed_in_its_own_encoding() {
    let patch = json!({"v": 1, "ops": [
        {"op": "text", "target": {"css": "#ü", "text": "Größe"}, "value": "Höhe → 5 €"},
        {"op": "attr", "target": {"css": "[title='表']"}, "name": "title", "value": "x"},
    ]});
    let patch = Compiled::new(&parsed(&patch)).unwrap();
    for label in ["windows-1252", "shift_jis", "gb18030", "utf-8"] {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let html = "<meta charset=x><p id='ü'>Größe</p><p title='表'>y</p>";
        let expected = "<meta charset=x><p id='ü' data-evo=\"0\">Höhe → 5 €</p><p title=\"x\" data-evo=\"1\">y</p>";
        let (bytes, _, _) = encoding.encode(html);
        // What an encoding does not have stands there as a reference, before and after.
        let Outcome::Applied { html, .. } = apply(&bytes, encoding, &patch) else { panic!("{label}") };
        assert_eq!(html, encoding.encode(expected).0.into_owned(), "{label}");
    }
}

#[test]
fn a_hostile_selector_on_a_hostile_page_ends() {
    let selector = ["i"; 249].join("~");
    let page = format!("<div>{}</div>", "<i></i>".repeat(20_000));
    // Its steps are counted: without a bound this would not come to an end within hours.
    let outcome = apply(page.as_bytes(), UTF_8, &hiding(&format!("b~{selector}")));
    assert!(matches!(outcome, Outcome::Unsure(_)), "{outcome:?}");
}

#[test]
fn what_stands_in_front_goes_on_at_once() {
    let page = "<!doctype html><head><title>T</title></head><body><nav>N</nav><h1>Old</h1><p>x</p></body>";
    let mut stream = Stream::new(hiding("h1"), UTF_8, 1000).add_to_head(b"<script src=a></script>");
    let (front, rest) = page.split_at(page.find("Old").unwrap());
    let sent = String::from_utf8(stream.write(front.as_bytes())).unwrap();
    let hook = "<script src=a></script><style data-evo>[data-evo~=\"0\"]{display:none!important}</style>";
    assert_eq!(sent, format!("<!doctype html><head><title>T</title>{hook}</head><body><nav>N</nav>"));
    assert!(stream.write(rest.as_bytes()).is_empty());
    let finished = stream.finish();
    assert_eq!((finished.done, finished.is_in_head), (Done::Applied, true));
    assert_eq!(String::from_utf8(finished.rest).unwrap(), "<h1 data-evo=\"0\">Old</h1><p>x</p></body>");
}

#[test]
fn what_is_too_long_or_given_up_goes_on_unchanged() {
    let page = "<head></head><body><h1>Old</h1><p>long</p>";
    let mut stream = Stream::new(hiding("h1"), UTF_8, 30);
    let mut out = stream.write(page.as_bytes());
    out.extend(stream.write(b"more"));
    let finished = stream.finish();
    assert_eq!((finished.done, finished.rest.len()), (Done::TooLong, 0));
    assert_eq!(out, [page.as_bytes(), b"more"].concat());
    let mut stream = Stream::new(hiding("h1"), UTF_8, 1000);
    let mut out = stream.write(page.as_bytes());
    out.extend(stream.give_up());
    assert_eq!(without_style(&String::from_utf8(out).unwrap()).0, page);
}
