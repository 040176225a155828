//! One small page of each kind, with the slots a person would name.

use crate::support::Case;

#[test]
fn product_pages() {
    let cases = [
        Case {
            name: "two buttons, the filled one first",
            html: r##"<nav class="navbar"><a class="navbar-brand" href="/">Kettle</a><a class="btn btn-primary">Sign up</a></nav>
                <header class="hero"><h1>Tea that times itself</h1><p>Set the leaf, and the kettle knows when to stop.</p>
                <a class="btn btn-primary" href="/buy">Order now</a> <a class="btn btn-outline" href="#how">See how it works</a>
                <img src="kettle.png" alt="A kettle"></header>
                <section><h2>Features</h2><p>It pours.</p><a class="btn btn-primary">Read more</a></section>"##,
            headline: "Tea that times itself",
            subheadline: "Set the leaf, and the kettle knows when to stop.",
            cta: "Order now",
            secondary: "See how it works",
            image: "kettle.png",
            ..Case::default()
        },
        Case {
            name: "the stronger button comes second",
            html: r##"<section class="jumbotron"><h1>Sleep in a tree house</h1><p class="lead">Forty houses, no neighbours.</p>
                <a class="button is-outlined secondary">Look around</a><a class="button primary">Book a night</a></section>"##,
            headline: "Sleep in a tree house",
            subheadline: "Forty houses, no neighbours.",
            cta: "Book a night",
            secondary: "Look around",
            ..Case::default()
        },
        Case {
            name: "an outlined button before a plain one",
            html: r##"<section class="hero"><h1>Rent a rowing boat</h1><p>By the hour or by the day.</p>
                <a class="btn btn-outline">See the boats</a><a class="btn">Rent one</a></section>"##,
            headline: "Rent a rowing boat",
            subheadline: "By the hour or by the day.",
            cta: "Rent one",
            secondary: "See the boats",
            ..Case::default()
        },
        Case {
            name: "the filled button is known by its style alone",
            html: r##"<section class="hero"><h1>Bread by bicycle</h1><p>Warm at your door before seven.</p>
                <a class="choice plain" href="/menu">Menu</a><a class="choice strong" href="/order">Order bread</a></section>"##,
            css: ".choice { border: 1px solid #333; padding: 12px } .strong { background: #c0392b; color: white }",
            headline: "Bread by bicycle",
            subheadline: "Warm at your door before seven.",
            cta: "Order bread",
            secondary: "Menu",
            ..Case::default()
        },
        Case {
            name: "the only button of the bar is not the call to action",
            html: r##"<nav><a href="/">Loom</a><a class="btn btn-primary" href="/start">Start free</a></nav>
                <header class="masthead"><h1>Weave your own cloth</h1><p>Patterns, yarn and patience.</p></header>
                <section><h2>Patterns</h2><button class="btn">Show all</button></section>"##,
            headline: "Weave your own cloth",
            subheadline: "Patterns, yarn and patience.",
            ..Case::default()
        },
        Case {
            name: "badges of app stores instead of buttons",
            html: r##"<header class="masthead"><h1>Walk with the moon</h1><p class="lead">A calendar for night walkers.</p>
                <a href="/apple"><img src="a.svg" alt="App Store"></a><a href="/google"><img src="g.svg" alt="Google Play"></a>
                <video autoplay muted><source src="walk.mp4"></video></header>"##,
            headline: "Walk with the moon",
            subheadline: "A calendar for night walkers.",
            cta: "App Store",
            secondary: "Google Play",
            image: "walk.mp4",
            ..Case::default()
        },
        Case {
            name: "buttons in a list inside a navigation element, under the headline",
            html: r##"<header><h1>Reed</h1><p>A small reader for long books</p><nav><ul>
                <li><a class="btn btn--primary" href="/get"><svg><use href="#i"/></svg>Get Reed</a></li>
                <li><a class="btn" href="/code">Source code</a></li></ul></nav></header>"##,
            headline: "Reed",
            subheadline: "A small reader for long books",
            cta: "Get Reed",
            secondary: "Source code",
            ..Case::default()
        },
        Case {
            name: "a credit line with logos is no pair of calls",
            html: r##"<div class="page-header"><h1>Paper Boats</h1><h3>A kit of folding patterns.</h3>
                <h6>Made by <a href="/x"><img src="x.png" alt="X"></a> and <a href="/y"><img src="y.png" alt="Y"></a></h6></div>"##,
            headline: "Paper Boats",
            subheadline: "A kit of folding patterns.",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}

#[test]
fn capture_forms() {
    let cases = [
        Case {
            name: "an e-mail field, repeated in the footer",
            html: r##"<nav><a class="btn">Log in</a></nav><header class="masthead"><h1>Letters about letters, every week</h1>
                <form id="go"><input type="email"><button type="submit" id="send">Subscribe</button></form></header>
                <footer><h2>Ready?</h2><form id="go"><button type="submit" id="send">Subscribe</button></form></footer>"##,
            headline: "Letters about letters, every week",
            cta: "Subscribe",
            ..Case::default()
        },
        Case {
            name: "a submit input, and a note under the form that explains nothing of the headline",
            html: r##"<div class="hero"><h1>Know your river</h1><p>Water levels by text message.</p>
                <form><input type="tel"><input type="submit" value="Send me levels"></form><p>No charge, stop any time.</p></div>"##,
            headline: "Know your river",
            subheadline: "Water levels by text message.",
            cta: "Send me levels",
            ..Case::default()
        },
        Case {
            name: "a search button is no call to action",
            html: r##"<div class="hero"><h1>Every bridge in the county</h1><p>Four hundred of them, with pictures.</p>
                <form><input type="search" name="q"><button type="submit">Find bridges</button></form></div>"##,
            headline: "Every bridge in the county",
            subheadline: "Four hundred of them, with pictures.",
            ..Case::default()
        },
        Case {
            name: "the log-in form of a log-in page is its call",
            html: r##"<main><div class="box"><h1>Welcome back, baker</h1><form id="login-form">
                <input type="password"><button type="submit">Log in</button></form></div></main>"##,
            headline: "Welcome back, baker",
            cta: "Log in",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}

#[test]
fn headings_that_are_no_h1() {
    let cases = [
        Case {
            name: "divs named as headings, the lesser one above",
            html: r##"<header class="masthead"><div class="masthead-subheading">Welcome to the yard</div>
                <div class="masthead-heading">We build wooden boats</div><a class="btn btn-primary" href="#o">See our boats</a></header>
                <section><h2>Services</h2><h3>Planks and nails</h3></section>"##,
            headline: "We build wooden boats",
            subheadline: "Welcome to the yard",
            cta: "See our boats",
            ..Case::default()
        },
        Case {
            name: "a div known by the size of its text",
            html: r##"<div class="a"><div class="b">Honey from the roof tops</div><p>Nine hives over the old town.</p>
                <a class="btn" href="/shop">Buy a jar</a></div><div><h3>Opening hours</h3><p>Never on Sunday.</p></div>"##,
            css: ".b { font-size: clamp(2rem, 5vw, 3.5rem) }",
            headline: "Honey from the roof tops",
            subheadline: "Nine hives over the old town.",
            cta: "Buy a jar",
            ..Case::default()
        },
        Case {
            name: "a picture of the name in the h1",
            html: r##"<div id="content"><h1><img src="logo.png" alt="Quill and Co"></h1><p>dialogs that do not shout.</p>
                <p><a class="btn btn-primary">Download it</a> <a class="btn btn-default">Read the manual</a></p></div>"##,
            headline: "Quill and Co",
            subheadline: "dialogs that do not shout.",
            cta: "Download it",
            secondary: "Read the manual",
            ..Case::default()
        },
        Case {
            name: "a first screen without a heading: the picture of the name stands for it",
            html: r##"<div class="section-hero"><div class="col"><div><img class="img" src="name.png" alt="Argus kit"></div>
                <p class="lead">A hundred eyes for your house.</p><a class="btn btn-white" href="/d">Get the kit</a></div></div>
                <section><h2>Parts list</h2><p>All of the parts are here.</p></section>"##,
            headline: "Argus kit",
            subheadline: "A hundred eyes for your house.",
            cta: "Get the kit",
            ..Case::default()
        },
        Case {
            name: "a first screen without a heading and without a named picture: the line itself",
            html: r##"<div class="hero"><p class="lead">A hundred eyes for your house.</p><a class="btn" href="/d">Get the kit</a></div>
                <section><h2>Parts list</h2><p>All of the parts are here.</p></section>"##,
            headline: "A hundred eyes for your house.",
            cta: "Get the kit",
            ..Case::default()
        },
        Case {
            name: "the h1 for screen readers is not what is seen",
            html: r##"<main><h1 class="sr-only">Home page of the guild</h1><section class="hero"><h2>The guild of lamp lighters</h2>
                <p>Light for every lane since long ago.</p></section></main>"##,
            headline: "The guild of lamp lighters",
            subheadline: "Light for every lane since long ago.",
            ..Case::default()
        },
        Case {
            name: "a large link is a heading, a large button is none",
            html: r##"<main><div><span class="x">Clay for patient hands</span><p>Courses in the old mill.</p>
                <a class="btn x" href="/c">Choose a course</a></div></main>"##,
            css: ".x { font-size: 300% }",
            headline: "Clay for patient hands",
            subheadline: "Courses in the old mill.",
            cta: "Choose a course",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}

#[test]
fn brand_names_in_bars() {
    let cases = [
        Case {
            name: "the h1 is the brand in the bar, the headline an h2",
            html: r##"<header><h1><a href="/">The Tarpaulin Company</a></h1><nav><a href="/a">About</a> <a href="/b">Help</a> <a href="/c">Shop</a></nav></header>
                <div class="title"><h2>A roof in two minutes</h2><h5>Fold it out and hang it up.</h5><a class="button">Choose a size</a></div>"##,
            headline: "A roof in two minutes",
            subheadline: "Fold it out and hang it up.",
            cta: "Choose a size",
            ..Case::default()
        },
        Case {
            name: "a brand heading beside a menu that is not linked",
            html: r##"<div class="masthead clearfix"><div class="inner"><h3 class="masthead-brand">Cover</h3>
                <ul class="nav"><li>Home</li><li>Contact</li></ul></div></div>
                <div class="inner cover"><h1 class="cover-heading">Bind your own books.</h1><p class="lead">Thread, glue and an evening.</p>
                <p class="lead"><a class="btn btn-lg btn-default" href="#">Learn to bind</a></p></div>"##,
            headline: "Bind your own books.",
            subheadline: "Thread, glue and an evening.",
            cta: "Learn to bind",
            ..Case::default()
        },
        Case {
            name: "a short name above a tagline is a headline, although a menu stands in the same screen",
            html: r##"<div class="masthead"><div class="container"><div class="menu"><a>Home</a><a>Work</a><a class="button">Sign up</a></div></div>
                <div class="text"><h1 class="header">Imaginaria</h1><h2>Do what you like, when you like it.</h2>
                <div class="huge primary button">Get started <i class="arrow icon"></i></div></div></div>"##,
            headline: "Imaginaria",
            subheadline: "Do what you like, when you like it.",
            cta: "Get started",
            ..Case::default()
        },
        Case {
            name: "a linked logo heading before the h1 does not end the screen",
            html: r##"<div class="section-hero" id="o"><div class="docs-logo"><a href="/"><h2>SPOOL</h2></a></div><h1>SPOOL.CSS</h1>
                <h2>A light framework for threads</h2><p><a class="btn btn-primary">Docs</a><a class="btn btn-primary">Code</a></p></div>"##,
            headline: "SPOOL.CSS",
            subheadline: "A light framework for threads",
            cta: "Docs",
            secondary: "Code",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}

#[test]
fn what_is_not_seen() {
    let cases = [
        Case {
            name: "hidden menus and a side bar come first",
            html: r##"<div class="fixed hidden menu"><a class="button">Log in</a></div><div class="sidebar"><h2>Menu of things</h2></div>
                <div style="display: none"><h1>Not this one at all</h1></div><div hidden><h1>Nor this one here</h1></div>
                <template><h1>Nor a template</h1></template>
                <section class="hero"><h1>Paint that forgives</h1><p>Wash it off within a day.</p></section>"##,
            headline: "Paint that forgives",
            subheadline: "Wash it off within a day.",
            ..Case::default()
        },
        Case {
            name: "slides: only the present one counts",
            html: r##"<div id="c" class="carousel slide"><div class="carousel-inner">
                <div class="item"><img src="0.png" alt=""><div><h1>Winter</h1><p>It is not winter yet.</p><a class="btn btn-primary">Skis</a></div></div>
                <div class="item active"><img src="1.png" alt=""><div><h1>Autumn walks</h1><p>Follow the yellow signs.</p><a class="btn btn-primary">Find a walk</a></div></div>
                </div><a class="carousel-control" data-slide="prev">Previous</a><a class="carousel-control" data-slide="next">Next</a></div>"##,
            headline: "Autumn walks",
            subheadline: "Follow the yellow signs.",
            cta: "Find a walk",
            image: "1.png",
            ..Case::default()
        },
        Case {
            name: "slides without a mark: the first one",
            html: r##"<div class="swiper"><div class="swiper-wrapper"><div class="swiper-slide"><h2>First of all things</h2><p>This is what is seen.</p></div>
                <div class="swiper-slide"><h2>Second of all things</h2><p>This is not yet seen.</p></div></div></div>"##,
            headline: "First of all things",
            subheadline: "This is what is seen.",
            ..Case::default()
        },
        Case {
            name: "a class that hides on small screens does not hide here",
            html: r##"<header><div class="row"><div><h1>Maps for the blind</h1><p>Raised lines on thick paper.</p></div>
                <div class="d-none d-xl-block"><img src="map.jpg" alt="A map"></div></div></header>"##,
            css: ".d-none { display: none !important } @media (min-width: 1200px) { .d-xl-block { display: block !important } }",
            headline: "Maps for the blind",
            subheadline: "Raised lines on thick paper.",
            image: "map.jpg",
            ..Case::default()
        },
        Case {
            name: "a body that scripts fill says nothing",
            html: r#"<html lang="en"><head><title>App</title></head><body><div id="root"></div><noscript><h1>Enable scripts</h1></noscript>
                <script>document.write("<h1>Hello</h1>")</script></body></html>"#,
            ..Case::default()
        },
        Case { name: "nothing at all", ..Case::default() },
    ];
    cases.iter().for_each(Case::check);
}

#[test]
fn other_layouts() {
    let cases = [
        Case {
            name: "no element holds the screen",
            html: r##"<body><h1>wire</h1><p>Strings and pulleys for your terminal.</p><a class="button" href="/i">Install wire</a>
                <h2>Usage</h2><p>Pull the string.</p><a class="button">Copy</a></body>"##,
            headline: "wire",
            subheadline: "Strings and pulleys for your terminal.",
            cta: "Install wire",
            ..Case::default()
        },
        Case {
            name: "a layout class on the whole content does not make it a frame",
            html: r##"<div class="row-offcanvas"><div class="jumbotron"><h1>Hello, canal!</h1><p>Boats for an hour or for a summer.</p></div></div>"##,
            headline: "Hello, canal!",
            subheadline: "Boats for an hour or for a summer.",
            ..Case::default()
        },
        Case {
            name: "a rule between headline and line",
            html: r##"<header class="masthead"><div class="col"><h1>Free seeds for schools</h1><hr></div>
                <div class="col"><p>We send a packet to every class that asks.</p><a class="btn btn-primary">Ask for seeds</a></div></header>"##,
            headline: "Free seeds for schools",
            subheadline: "We send a packet to every class that asks.",
            cta: "Ask for seeds",
            ..Case::default()
        },
        Case {
            name: "right to left",
            html: r##"<html dir="rtl" lang="ar"><body><nav><a class="btn">دخول</a></nav><section class="hero"><h1>خبز طازج كل صباح</h1>
                <p>نوصله إلى بابك قبل السابعة.</p><a class="btn btn-primary">اطلب الآن</a></section></body></html>"##,
            headline: "خبز طازج كل صباح",
            subheadline: "نوصله إلى بابك قبل السابعة.",
            cta: "اطلب الآن",
            ..Case::default()
        },
        Case {
            name: "a script without spaces between words",
            html: r##"<body><header><h1 class="demos-title">紙船</h1><p>折り紙で作る小さな船の本です</p></header>
                <div class="grid"><a href="1">一</a><a href="2">二</a></div></body>"##,
            headline: "紙船",
            subheadline: "折り紙で作る小さな船の本です",
            ..Case::default()
        },
        Case {
            name: "Cyrillic, and the primary is the filled one",
            html: r##"<section class="hero"><div class="hero-content"><h1>Хлеб на велосипеде</h1><p>Тёплый у вашей двери до семи.</p>
                <div class="hero-buttons"><a class="btn">Заказать</a><a class="btn btn-secondary">Меню</a></div></div></section>"##,
            css: ".btn { background: #e74c3c; color: #fff } .btn-secondary { background: #2c3e50 }",
            headline: "Хлеб на велосипеде",
            subheadline: "Тёплый у вашей двери до семи.",
            cta: "Заказать",
            secondary: "Меню",
            ..Case::default()
        },
        Case {
            name: "a row of many buttons has one call at most, and controls are none",
            html: r##"<section class="hero"><h1>Pick your colours</h1><p>All of them are made of stone.</p><div>
                <button class="btn-primary btn">Start mixing</button><button class="btn">Red</button><button class="btn">Blue</button>
                <button class="btn">Green</button><button class="btn">Ochre</button><button class="btn">Umber</button>
                <button class="btn" data-toggle="dropdown">More colours</button><a class="btn btn-close">Close it</a></div></section>"##,
            headline: "Pick your colours",
            subheadline: "All of them are made of stone.",
            cta: "Start mixing",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}
