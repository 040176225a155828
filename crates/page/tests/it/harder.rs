//! First screens that hide, repeat or postpone what they say, one small page of each kind.

use crate::support::Case;

#[test]
fn what_is_hidden_or_comes_twice() {
    let cases = [
        Case {
            name: "a box for consent comes first and has a heading and a button",
            html: r##"<div id="cc" class="notice"><h2>We value your privacy</h2><p>We use cookies to see what you read.</p>
                <button class="btn btn-primary">Accept all</button><button class="btn">Reject</button></div>
                <header><nav><a href="/">Loom</a><a class="btn" href="/in">Sign in</a></nav></header>
                <main><section><h1>Weave your own cloth</h1><p>Patterns, yarn and patience.</p><a class="btn btn-primary" href="/go">Start weaving</a></section></main>"##,
            headline: "Weave your own cloth",
            subheadline: "Patterns, yarn and patience.",
            cta: "Start weaving",
            ..Case::default()
        },
        Case {
            name: "a heading for search engines stands far off the screen",
            html: r##"<h1 class="seo">Buy cheap boats online boats shop</h1><section class="top"><h2>Boats by the hour</h2><p>Choose one and row away.</p>
                <a class="btn" href="/x">Row now</a></section>"##,
            css: ".seo { position: absolute; left: -9999px }",
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            cta: "Row now",
            ..Case::default()
        },
        Case {
            name: "a heading for search engines is clipped",
            html: r##"<h1 class="seo">Buy cheap boats online boats shop</h1><section class="top"><h2>Boats by the hour</h2><p>Choose one and row away.</p>
                <a class="btn" href="/x">Row now</a></section>"##,
            css: ".seo { position: absolute; width: 1px; height: 1px; overflow: hidden; clip: rect(0 0 0 0) }",
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            cta: "Row now",
            ..Case::default()
        },
        Case {
            name: "the phone's headline comes before the desktop's, by classes alone",
            html: r##"<section><h1 class="md:hidden text-2xl">Row today</h1><h1 class="hidden md:block text-6xl">Rent a boat by the hour</h1>
                <p class="hidden lg:flex">Choose one of forty and row away.</p><a class="px-4 py-2 bg-indigo-600" href="/x">Row now</a></section>"##,
            headline: "Rent a boat by the hour",
            subheadline: "Choose one of forty and row away.",
            cta: "Row now",
            ..Case::default()
        },
        Case {
            name: "the phone's headline comes before the desktop's, with the older names",
            html: r##"<section><h1 class="d-lg-none">Row today</h1><h1 class="d-none d-lg-block">Rent a boat by the hour</h1>
                <p>Choose one of forty and row away.</p><a class="btn btn-primary" href="/x">Row now</a></section>"##,
            headline: "Rent a boat by the hour",
            subheadline: "Choose one of forty and row away.",
            cta: "Row now",
            ..Case::default()
        },
        Case {
            name: "a copy of the last slide comes first",
            html: r##"<div class="swiper"><div class="swiper-wrapper">
                <div class="swiper-slide swiper-slide-duplicate"><h2>Third boat</h2><p>The third of the boats.</p><a class="btn" href="/3">Third</a></div>
                <div class="swiper-slide"><h2>First boat</h2><p>The first of the boats.</p><a class="btn" href="/1">First</a></div>
                <div class="swiper-slide"><h2>Second boat</h2><p>The second of the boats.</p><a class="btn" href="/2">Second</a></div>
                </div></div>"##,
            headline: "First boat",
            subheadline: "The first of the boats.",
            cta: "First",
            ..Case::default()
        },
        Case {
            name: "an offer above the bar",
            html: r##"<div class="promo-strip"><p>Summer sale: every boat is cheaper until Sunday.</p><a class="btn" href="/sale">See the sale</a></div>
                <header class="site-header"><a class="logo" href="/"><img src="logo.svg" alt="Rowing"></a><nav><a href="/a">About</a></nav></header>
                <section class="hero"><h1>Boats by the hour</h1><p>Choose one and row away.</p><a class="btn btn-primary" href="/x">Row now</a></section>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            cta: "Row now",
            ..Case::default()
        },
        Case {
            name: "the only first heading is the logo",
            html: r##"<header class="top"><h1 class="logo"><a href="/"><img src="logo.svg" alt="Rowing Company"></a></h1><nav><a href="/a">About</a><a href="/b">Boats</a></nav></header>
                <section class="intro"><h2>Boats by the hour</h2><p>Choose one and row away.</p><a class="btn btn-primary" href="/x">Row now</a></section>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            cta: "Row now",
            ..Case::default()
        },
        Case {
            name: "a button of the bar that is no navigation element",
            html: r##"<div class="header"><div class="header-left"><a href="/">Rowing</a></div><div class="header-right"><a href="/p">Prices</a><a class="btn btn-primary" href="/in">Sign up free</a></div></div>
                <div class="content"><h1>Boats by the hour</h1><p>Choose one and row away.</p><a class="btn btn-primary" href="/x">Row now</a></div>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            cta: "Row now",
            ..Case::default()
        },
    ];
    Case::check_all(&cases);
}

#[test]
fn lines_around_the_headline() {
    let cases = [
        Case {
            name: "a small second heading above the headline",
            html: r##"<section class="hero"><h2 class="kicker">For clubs and schools</h2><h1>Boats by the hour</h1><p>Choose one and row away.</p>
                <a class="btn" href="/x">Row now</a></section>"##,
            css: ".kicker { font-size: 14px }",
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            cta: "Row now",
            ..Case::default()
        },
        Case {
            name: "a title of a series, small, over the larger headline",
            html: r##"<div class="slider"><header><h2 class="series">News of the river</h2></header><div><h3 class="big">The lock is open again</h3><p>Boats may pass from nine to five.</p></div></div>"##,
            css: ".series { font: inherit } .big { font-size: 40px }",
            headline: "The lock is open again",
            subheadline: "Boats may pass from nine to five.",
            ..Case::default()
        },
        Case {
            name: "stars between the headline and the line that explains it",
            html: r##"<section class="hero"><h1>Boats by the hour</h1><div class="rating">★★★★★ 4.9 from 2,000 reviews</div><p>Choose one of forty boats and row away at once.</p>
                <a class="btn" href="/x">Row now</a></section>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one of forty boats and row away at once.",
            cta: "Row now",
            ..Case::default()
        },
        Case {
            name: "a slogan is the largest text and no heading",
            html: r##"<div class="be-together"><div class="logo-font our-slogan">be together. not the same.</div><div class="logo-font sub-slogan">welcome to the river, see what is going on.</div></div>
                <div class="screens"><div class="title">The river on all screens</div></div>"##,
            css: ".our-slogan { font-size: 60px } .sub-slogan { font-size: 21px } .title { font-size: 34px }",
            headline: "be together. not the same.",
            subheadline: "welcome to the river, see what is going on.",
            ..Case::default()
        },
        Case {
            name: "a link to the heading itself is not read",
            html: r##"<main><h1>Boats by the hour<a class="headerlink" href="#boats" title="Link to this heading">#</a></h1><p>Choose one and row away.</p></main>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            ..Case::default()
        },
        Case {
            name: "from right to left",
            html: r##"<html lang="he" dir="rtl"><body><div class="top"><a href="/">סירות</a></div><section class="hero"><h1>השכירו סירה לפי שעה</h1><p>בחרו אחת מארבעים סירות וצאו לשיט.</p>
                <a class="btn btn-primary" href="/x">הזמינו עכשיו</a><a class="btn btn-outline" href="/y">איך זה עובד</a></section></body></html>"##,
            headline: "השכירו סירה לפי שעה",
            subheadline: "בחרו אחת מארבעים סירות וצאו לשיט.",
            cta: "הזמינו עכשיו",
            secondary: "איך זה עובד",
            ..Case::default()
        },
        Case {
            name: "Japanese in lines",
            html: r##"<html lang="ja"><body><header><p class="logo">舟屋</p></header><section class="mv"><h2 class="mv__catch"><span>川を</span><span>のんびり進もう。</span></h2>
                <p class="mv__text">一時間からボートを借りられます。</p><a class="c-btn" href="/x">予約する</a></section></body></html>"##,
            headline: "川をのんびり進もう。",
            subheadline: "一時間からボートを借りられます。",
            cta: "予約する",
            ..Case::default()
        },
    ];
    Case::check_all(&cases);
}

#[test]
fn calls_in_other_shapes() {
    let cases = [
        Case {
            name: "a field for an address with a button that is an input",
            html: r##"<section class="hero"><h1>Letters from the river</h1><p>One letter a month, no more.</p>
                <form action="/join"><label for="e">Address</label><input id="e" type="email" name="email" placeholder="you@example.org"><input type="submit" value="Send me letters"></form></section>"##,
            headline: "Letters from the river",
            subheadline: "One letter a month, no more.",
            cta: "Send me letters",
            ..Case::default()
        },
        Case {
            name: "a link that the style alone draws as a button, by its place",
            html: r##"<section class="Top_root__a1b2c"><h1 class="Top_title__x9y8z">Boats by the hour</h1><p>Choose one and row away.</p><div class="Top_go__q1w2e"><a href="/x">Row now</a></div></section>"##,
            css: ".Top_go__q1w2e > a { display: inline-block; padding-inline: 20px; background: linear-gradient(90deg, #c0392b, #e74c3c); color: #fff }",
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            cta: "Row now",
            ..Case::default()
        },
        Case {
            name: "a later part of a flat page has buttons too",
            html: r##"<body><h1>Rowing</h1><h2>A kinder way over the river</h2><button class="get">Get it</button><h3>So what does it do?</h3><p>It shows a boat.</p><button>Show a boat</button></body>"##,
            css: "h1 { text-indent: -9999px; background-image: url(logo.png) } .get { background: #07c; padding: 9px }",
            headline: "Rowing",
            subheadline: "A kinder way over the river",
            cta: "Get it",
            ..Case::default()
        },
        Case {
            name: "an arrow and an icon beside the words",
            html: r##"<section class="hero"><h1>Boats by the hour</h1><p>Choose one and row away.</p><a role="button" href="/x"><i class="icon-boat"></i><span>Row now</span><span aria-hidden="true">→</span></a></section>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            cta: "Row now→",
            ..Case::default()
        },
    ];
    Case::check_all(&cases);
}

#[test]
fn pictures_in_other_shapes() {
    let cases = [
        Case {
            name: "the mark itself, large, in a place for the picture",
            html: r##"<div class="VPHero"><div class="main"><h1 class="heading"><span class="name">Rowing</span><span class="text">Boats by the hour</span></h1><p class="tagline">Choose one and row away.</p>
                <div class="actions"><a class="VPButton brand" href="/x">Row now</a></div></div><div class="image"><div class="image-container"><img class="image-src" src="/logo.svg" alt="Rowing"></div></div></div>"##,
            headline: "RowingBoats by the hour",
            subheadline: "Choose one and row away.",
            cta: "Row now",
            image: "/logo.svg",
            ..Case::default()
        },
        Case {
            name: "drawn shapes behind everything come before the picture",
            html: r##"<div class="page-header"><img src="blob.png" class="path"><img src="waves.png" class="wave"><div class="content"><h1>Boats by the hour</h1><p>Choose one and row away.</p></div>
                <div><img src="boat.png" class="img-fluid" alt="A boat"></div></div>"##,
            css: ".path, .wave { position: absolute; top: 0 }",
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            image: "boat.png",
            ..Case::default()
        },
        Case {
            name: "sources by kind, and a stand-in that is loaded later",
            html: r##"<section class="hero"><h1>Boats by the hour</h1><p>Choose one and row away.</p>
                <picture><source type="image/webp" srcset="boat.webp"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="boat.jpg" class="lazyload" alt="A boat"></picture></section>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            image: "boat.jpg",
            ..Case::default()
        },
        Case {
            name: "a ground that a script sets later",
            html: r##"<section class="hero" data-background-image="boat.jpg"><div class="inner"><h1>Boats by the hour</h1><p>Choose one and row away.</p></div></section>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            image: "boat.jpg",
            ..Case::default()
        },
        Case {
            name: "a drawing is no picture that can be changed",
            html: r##"<section class="hero"><h1>Boats by the hour</h1><p>Choose one and row away.</p><svg viewBox="0 0 9 9"><title>A boat</title><path d="M0 0h9"/></svg></section>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            ..Case::default()
        },
        Case {
            name: "the faces of customers are not the picture",
            html: r##"<section class="hero"><div><h1>Boats by the hour</h1><p>Choose one and row away.</p><div class="avatars"><img src="a.jpg" alt="Ann"><img src="b.jpg" alt="Bob"></div></div><img src="boat.jpg" alt="A boat"></section>"##,
            headline: "Boats by the hour",
            subheadline: "Choose one and row away.",
            image: "boat.jpg",
            ..Case::default()
        },
    ];
    Case::check_all(&cases);
}
