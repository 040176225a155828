//! The main picture: an image, a film or a background, and what is none of them.

use crate::support::{Case, read};

/// A first screen around some markup.
fn screen(inside: &str, css: &str) -> Option<String> {
    let html =
        format!(r#"<header class="hero"><h1>Boats by the hour</h1><p>Choose one and row away.</p>{inside}</header>"#);
    read(&html, css).hero_image.map(|image| image.src)
}

#[test]
fn sources() {
    let cases = [
        ("an image", r#"<img src=" a.png " alt="A">"#, "", Some("a.png")),
        ("a picture element", r#"<picture><source srcset="b.webp"><img src="b.png"></picture>"#, "", Some("b.png")),
        ("loaded later", r#"<img src="data:image/gif;base64,R0" data-src="late.png">"#, "", Some("late.png")),
        ("a stand-in alone", r#"<img src="data:image/gif;base64,R0">"#, "", Some("data:image/gif;base64,R0")),
        ("no source", r#"<img alt="nothing">"#, "", None),
        ("an icon by its size", r#"<img src="i.png" width="24">"#, "", None),
        ("a logo by its name", r#"<img src="l.png" class="partner-logo">"#, "", None),
        ("in a button", r#"<button class="btn"><img src="b.png"> Go there</button>"#, "", None),
        (
            "inside a link that is no button",
            r#"<a href="/large"><img src="shot.png" alt="Shot"></a><a class="btn">Row</a>"#,
            "",
            Some("shot.png"),
        ),
        ("a film", r#"<video src="v.mp4" poster="p.png"></video>"#, "", Some("v.mp4")),
        ("a film by its poster", r#"<video poster="p.png"></video>"#, "", Some("p.png")),
        ("a background", "", ".hero { background: #123 url('../bg.jpg') no-repeat }", Some("../bg.jpg")),
        (
            "a background image",
            "",
            ".hero { background-image: linear-gradient(red, blue), url(\"bg2.jpg\") }",
            Some("bg2.jpg"),
        ),
        ("a layer inside", r#"<div class="layer"></div>"#, ".layer { background-image: url(l.jpg) }", Some("l.jpg")),
        ("a drawn pattern", "", ".hero { background: url(data:image/svg+xml;utf8,x) }", None),
        ("a hidden image", r#"<img src="h.png" style="display:none">"#, "", None),
        (
            "for small screens",
            r#"<img src="s.png" class="s">"#,
            "@media (min-width: 800px) { .s { display: none } }",
            None,
        ),
    ];
    for (name, inside, css, wanted) in cases {
        assert_eq!(screen(inside, css).as_deref(), wanted, "{name}");
    }
}

#[test]
fn around_the_headline() {
    let cases = [
        Case {
            name: "a film behind the screen stands before it",
            html: r#"<video class="bg" autoplay loop><source src="sea.mp4"></video><div class="masthead"><h1>We open in spring</h1><p>Leave your address.</p></div>"#,
            headline: "We open in spring",
            subheadline: "Leave your address.",
            image: "sea.mp4",
            ..Case::default()
        },
        Case {
            name: "decoration on a ground that the page names",
            html: r#"<div class="page-header" style="background-image: url('hill.jpg')"><div><h1>Paper kites</h1><h2>Bring your own wind with you.</h2>
                <div class="fog"><img src="fog.png"></div></div></div>"#,
            headline: "Paper kites",
            subheadline: "Bring your own wind with you.",
            image: "hill.jpg",
            ..Case::default()
        },
        Case {
            name: "a slide show under the headline is none of its pictures",
            html: r#"<div class="jumbotron"><h1>Theme example</h1><p>This is a page of samples.</p></div><main><h2>Lists</h2><h2>Slides</h2>
                <div class="carousel"><img src="far.png"></div></main>"#,
            headline: "Theme example",
            subheadline: "This is a page of samples.",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}
