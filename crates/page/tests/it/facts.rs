//! Title, description, language, fonts and sentences.

use crate::support::read;
use page::analyze;

#[test]
fn head() {
    let model = read(
        "<head><title> Two \n words </title><meta name=Description content=' So it  is '></head><svg><title>no</title></svg>",
        "",
    );
    assert_eq!(model.title.as_deref(), Some("Two words"));
    assert_eq!(model.description.as_deref(), Some("So it is"));
    let bare = read("<svg><title>no</title></svg><p>Text</p><meta name=description content=''>", "");
    assert_eq!((bare.title, bare.description), (None, None));
}

#[test]
fn languages() {
    let cases = [
        ("<html lang=en-GB><body>Tea", Some("en")),
        ("<html xml:lang=fr><body>Thé", Some("fr")),
        ("<html lang=x><body>1 2 3", None),
        (
            "<html lang=en><body>Die Boote sind für Sie da, und der See ist nicht weit. Wir holen Sie ab, mit der Bahn und auf dem Rad.",
            Some("de"),
        ),
        ("<body>The boats are here for you and the lake is not far from your door.", Some("en")),
        ("<body>Vous êtes sur le lac avec votre bateau et nous sommes dans une barque pour vous.", Some("fr")),
        ("<body>Воздух и вода для каждого дома", Some("ru")),
        ("<body>Вода і повітря для їхнього дому", Some("uk")),
        ("<body>轻量强大的界面库 Button Cell Toast Dialog Progress Message Article Actionsheet", Some("zh")),
        ("<body>折り紙で作る小さな船", Some("ja")),
        ("<body>종이로 만든 작은 배", Some("ko")),
        ("<body>نوصله إلى بابك", Some("ar")),
        ("<body>נייר וסירות", Some("he")),
        ("<body>χάρτινες βάρκες", Some("el")),
        ("<body>เรือกระดาษลำเล็ก", Some("th")),
        ("<body>कागज़ की नाव", Some("hi")),
        ("<body>Lorem ipsum dolor sit amet, est et non est et est, consectetur et per est et sed est.", None),
        ("<head><title>The boats of the lake and the way to them</title></head><body>", Some("en")),
        ("<body>", None),
    ];
    for (html, wanted) in cases {
        assert_eq!(read(html, "").lang.as_deref(), wanted, "{html}");
    }
}

#[test]
fn fonts() {
    let html = "<body><section class=hero><h1>Boats by the hour</h1><p>Choose one and row away.</p></section>";
    let cases = [
        ("body { font-family: 'Mulish', sans-serif }", Some("Mulish"), Some("Mulish")),
        (
            "body { font-family: Mulish } h1 { font-family: \"News Reader\", serif }",
            Some("News Reader"),
            Some("Mulish"),
        ),
        ("body { font: italic 700 16px/1.5 \"Open Sans\", sans-serif }", Some("Open Sans"), Some("Open Sans")),
        ("body { font: medium Verdana }", Some("Verdana"), Some("Verdana")),
        ("body { font: inherit } html { font-family: Arial }", Some("Arial"), Some("Arial")),
        (
            "html { --f: 'Inter' } body { font-family: var(--f), sans-serif } h1 { font-family: inherit }",
            Some("Inter"),
            Some("Inter"),
        ),
        (
            "html { --size: 1rem; --f: 'Inter', serif } body { font: var(--size)/1.5 var(--f) }",
            Some("Inter"),
            Some("Inter"),
        ),
        ("body { font-family: \"Source Sans 3\", serif }", Some("Source Sans 3"), Some("Source Sans 3")),
        ("body { font-family: Verdana; font: 16px Arial }", Some("Arial"), Some("Arial")),
        ("body { font-family: var(--nowhere) }", Some("Times New Roman"), Some("Times New Roman")),
        ("", Some("Times New Roman"), Some("Times New Roman")),
    ];
    for (css, heading, body) in cases {
        let brand = read(html, css).brand;
        assert_eq!((brand.heading_font.as_deref(), brand.body_font.as_deref()), (heading, body), "{css}");
    }
    // What was not read may name a font; a page without text shows none.
    let unread = analyze(&format!("<link rel=stylesheet href=a.css>{html}"), None, &[]);
    assert_eq!(unread.brand.body_font, None);
    assert_eq!(read("<body><div id=root></div>", "").brand.body_font, None);
}

#[test]
fn sentences() {
    let html = "<nav><p>Not this.</p></nav><h1>Boats by the hour</h1><p>Choose one. Row away! Is it 3.5 metres? Yes</p><p>Choose one.</p>
        <ul><li><p>Inside of it.</p></li></ul><p hidden>Not that.</p><p>紙船。小さな本。</p><footer><p>Nor this.</p></footer>";
    let wanted = [
        "Boats by the hour",
        "Choose one.",
        "Row away!",
        "Is it 3.5 metres?",
        "Yes",
        "Inside of it.",
        "紙船。",
        "小さな本。",
    ];
    assert_eq!(read(html, "").sentences, wanted);
    let many: String = (0..500).map(|number| format!("<p>Sentence number {number}.</p>")).collect();
    assert_eq!(read(&many, "").sentences.len(), 200);
    assert!(read(&format!("<p>{}</p>", "long ".repeat(100)), "").sentences.is_empty());
}
