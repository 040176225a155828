//! Pages as site builders and frameworks of utility classes write them.

use crate::support::Case;

#[test]
fn utility_classes() {
    let cases = [
        Case {
            name: "a centred hero whose buttons have no names",
            html: r##"<body class="bg-white antialiased"><header class="absolute inset-x-0 top-0 z-50"><nav class="flex items-center justify-between p-6" aria-label="Global">
                <a href="/" class="-m-1.5 p-1.5"><span class="sr-only">Pebble</span><img class="h-8 w-auto" src="/mark.svg" alt=""></a>
                <div class="hidden lg:flex lg:gap-x-12"><a href="#a" class="text-sm font-semibold">Product</a><a href="#b" class="text-sm font-semibold">Pricing</a></div>
                <a href="/login" class="text-sm font-semibold">Log in <span aria-hidden="true">&rarr;</span></a></nav></header>
                <div class="relative isolate px-6 pt-14 lg:px-8"><div class="mx-auto max-w-2xl py-32"><div class="hidden sm:mb-8 sm:flex sm:justify-center">
                <div class="relative rounded-full px-3 py-1 text-sm ring-1">Announcing our next round. <a href="#" class="font-semibold text-indigo-600">Read more</a></div></div>
                <div class="text-center"><h1 class="text-4xl font-bold tracking-tight text-gray-900 sm:text-6xl">Invoices that chase themselves</h1>
                <p class="mt-6 text-lg leading-8 text-gray-600">Send one, forget it, and hear from us when the money is there.</p>
                <div class="mt-10 flex items-center justify-center gap-x-6"><a href="/signup" class="rounded-md bg-indigo-600 px-3.5 py-2.5 text-sm font-semibold text-white shadow-sm">Get started</a>
                <a href="#how" class="text-sm font-semibold leading-6 text-gray-900">Learn more <span aria-hidden="true">→</span></a></div></div></div></div>
                <section class="py-24"><h2 class="text-base">Send faster</h2><p>All that you need to be paid.</p></section></body>"##,
            css: ".hidden{display:none} @media (min-width:640px){.sm\\:flex{display:flex}} @media (min-width:1024px){.lg\\:flex{display:flex}} .rounded-md{border-radius:.375rem} .bg-indigo-600{--tw-bg-opacity:1;background-color:rgb(79 70 229/var(--tw-bg-opacity))} .px-3\\.5{padding-left:.875rem;padding-right:.875rem} .py-2\\.5{padding-top:.625rem} .text-white{color:#fff}",
            headline: "Invoices that chase themselves",
            subheadline: "Send one, forget it, and hear from us when the money is there.",
            cta: "Get started",
            secondary: "Learn more →",
            ..Case::default()
        },
        Case {
            name: "the same without its style sheet",
            html: r##"<main><div class="relative overflow-hidden"><div class="mx-auto max-w-7xl grid grid-cols-2"><div><p class="text-sm uppercase tracking-wide text-teal-700">New in spring</p>
                <h1 class="mt-2 text-5xl font-extrabold">Gardens planned by post</h1><p class="mt-4 text-lg text-slate-600">We draw it, you dig it, and the plants arrive in May.</p>
                <div class="mt-8 flex gap-4"><a href="/plan" class="inline-flex rounded-lg bg-teal-700 px-5 py-3 text-white">Plan my garden</a><a href="/look" class="inline-flex rounded-lg border border-slate-300 px-5 py-3">See gardens</a></div></div>
                <div><img class="rounded-2xl object-cover" src="/garden.webp" alt="A walled garden" width="640" height="720"></div></div></div></main>"##,
            headline: "Gardens planned by post",
            subheadline: "We draw it, you dig it, and the plants arrive in May.",
            cta: "Plan my garden",
            secondary: "See gardens",
            image: "/garden.webp",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}

#[test]
fn builders() {
    let cases = [
        Case {
            name: "nested divs with names of a visual builder",
            html: r##"<body class="body"><div data-animation="default" class="navbar w-nav"><div class="container w-container"><a href="/" class="brand w-nav-brand"><img src="logo.svg" alt="Fern"></a>
                <nav role="navigation" class="nav-menu w-nav-menu"><a href="#" class="nav-link w-nav-link">About</a><a href="/start" class="button nav-button w-button">Start</a></nav></div></div>
                <div class="section hero-section wf-section"><div class="container w-container"><div class="w-layout-grid grid"><div id="w-node-a1b2-c3d4" class="hero-text-block">
                <h1 class="heading-jumbo">Houseplants on loan<br></h1><div class="paragraph-bigger">Try a fern for a month before you promise it a home.</div>
                <a href="/loan" class="button w-button">Borrow a plant</a><a href="#how" class="button button-outline w-button">How loans work</a></div>
                <div class="hero-image-wrap"><img src="images/fern.jpg" loading="lazy" sizes="50vw" alt=""></div></div></div></div>
                <div class="section"><h2 class="heading">Plants</h2><a class="button w-button" href="/x">All plants</a></div></body>"##,
            headline: "Houseplants on loan",
            subheadline: "Try a fern for a month before you promise it a home.",
            cta: "Borrow a plant",
            secondary: "How loans work",
            image: "images/fern.jpg",
            ..Case::default()
        },
        Case {
            name: "hashed classes, text in paragraphs of every size",
            html: r##"<div id="main" data-framer-hydrate-v2=""><div class="framer-1x2y3z framer-abcde" style="min-height:100vh"><nav class="framer-9q8w7e" data-framer-name="Navigation"><a href="./">Orbit</a></nav>
                <section class="framer-k3j4h5" data-framer-name="Hero"><div class="framer-z9x8c7" data-framer-name="Title" style="opacity:1"><h1 class="framer-text framer-styles-preset-1a2b3c" style="--framer-text-alignment:center">A calmer inbox by noon</h1></div>
                <div class="framer-p0o9i8" data-framer-name="Text"><p class="framer-text framer-styles-preset-9z8y7x">Orbit sorts what can wait, and shows what cannot.</p></div>
                <div class="framer-l1k2j3-container"><a class="framer-u7y6t5 framer-1jyw1x1" data-framer-name="Primary" href="./join" style="background-color:rgb(10,120,90);border-radius:12px;padding:10px 20px"><div class="framer-c1" data-framer-name="Label"><p class="framer-text">Join the waiting list</p></div></a></div>
                <div class="framer-m1n2b3"><img decoding="async" src="https://images.example/shot.png" alt="The inbox at noon"></div></section></div></div>"##,
            headline: "A calmer inbox by noon",
            subheadline: "Orbit sorts what can wait, and shows what cannot.",
            cta: "Join the waiting list",
            image: "https://images.example/shot.png",
            ..Case::default()
        },
        Case {
            name: "widgets inside of widgets",
            html: r##"<div data-elementor-type="wp-page" class="elementor elementor-12"><div class="elementor-element elementor-element-3f2a1b9 e-flex e-con" data-id="3f2a1b9"><div class="e-con-inner">
                <div class="elementor-element elementor-element-77aa12c elementor-widget elementor-widget-heading" data-id="77aa12c"><div class="elementor-widget-container"><h1 class="elementor-heading-title elementor-size-default">Floors laid in a day</h1></div></div>
                <div class="elementor-element elementor-element-1b2c3d4 elementor-widget elementor-widget-text-editor"><div class="elementor-widget-container"><p>Oak, cork or linoleum, fitted while you are at work.</p></div></div>
                <div class="elementor-element elementor-element-9f8e7d6 elementor-widget elementor-widget-button"><div class="elementor-button-wrapper"><a class="elementor-button elementor-button-link elementor-size-sm" href="/quote"><span class="elementor-button-content-wrapper"><span class="elementor-button-text">Ask for a quote</span></span></a></div></div>
                </div></div><div class="elementor-element e-con"><h2 class="elementor-heading-title">Our floors</h2></div></div>"##,
            headline: "Floors laid in a day",
            subheadline: "Oak, cork or linoleum, fitted while you are at work.",
            cta: "Ask for a quote",
            ..Case::default()
        },
        Case {
            name: "one column with numbered ids",
            html: r##"<body class="is-loading"><div id="wrapper"><div id="main"><div class="inner"><div id="image01" class="image"><span class="frame"><img src="assets/images/image01.jpg" alt=""></span></div>
                <h1 id="text01">Piano lessons for grown-ups</h1><p id="text02">No scales, no exams, one song you love.</p>
                <ul id="buttons01" class="buttons"><li><a href="#book" class="button n01"><span class="label">Book a first hour</span></a></li></ul></div></div></div></body>"##,
            headline: "Piano lessons for grown-ups",
            subheadline: "No scales, no exams, one song you love.",
            cta: "Book a first hour",
            image: "assets/images/image01.jpg",
            ..Case::default()
        },
        Case {
            name: "blocks of an editor on a cover",
            html: r##"<div class="wp-site-blocks"><header class="wp-block-template-part"><p class="wp-block-site-title"><a href="/">Salt &amp; Rye</a></p><nav class="wp-block-navigation"><a href="/menu">Menu</a></nav></header>
                <main class="wp-block-group"><div class="wp-block-cover alignfull"><img class="wp-block-cover__image-background" alt="" src="/uploads/oven.jpg"><div class="wp-block-cover__inner-container">
                <h1 class="wp-block-heading has-text-align-center">Bread that waits for you</h1><p class="has-text-align-center">Order tonight, and your loaf is warm at seven.</p>
                <div class="wp-block-buttons"><div class="wp-block-button"><a class="wp-block-button__link wp-element-button" href="/order">Order a loaf</a></div><div class="wp-block-button is-style-outline"><a class="wp-block-button__link wp-element-button" href="/menu">See the menu</a></div></div></div></div></main></div>"##,
            headline: "Bread that waits for you",
            subheadline: "Order tonight, and your loaf is warm at seven.",
            cta: "Order a loaf",
            secondary: "See the menu",
            image: "/uploads/oven.jpg",
            ..Case::default()
        },
        Case {
            name: "components of a generator of manuals",
            html: r##"<div class="VPNav"><a class="title" href="/">Vex</a></div><div class="VPHero has-image"><div class="main"><h1 class="name"><span class="clip">Vex</span></h1><p class="tagline">A small parser for tiny grammars.</p>
                <div class="actions"><div class="action"><a class="VPButton medium brand" href="/guide">Get started</a></div><div class="action"><a class="VPButton medium alt" href="/why">Why Vex</a></div></div></div><div class="image"><img class="VPImage image-src" src="/parser.svg" alt="Vex"></div></div>"##,
            headline: "Vex",
            subheadline: "A small parser for tiny grammars.",
            cta: "Get started",
            secondary: "Why Vex",
            image: "/parser.svg",
            ..Case::default()
        },
        Case {
            name: "a visually hidden h1, and a slide with an h2",
            html: r##"<header><h1 class="visually-hidden">Bramble</h1><nav><a href="/">Home</a></nav></header><div class="swiper"><div class="swiper-wrapper"><div class="swiper-slide"><img src="s1.jpg" alt=""><div class="caption"><h2>Sail the fjords</h2><p>Seven days, one skipper, no motor noise.</p><a class="btn" href="/b">Book a berth</a></div></div>
                <div class="swiper-slide"><h2>Winter tours</h2><p>Snow and quiet.</p><a class="btn">See winter</a></div></div></div><section><h2>About us</h2><p>We sail.</p></section>"##,
            headline: "Sail the fjords",
            subheadline: "Seven days, one skipper, no motor noise.",
            cta: "Book a berth",
            image: "s1.jpg",
            ..Case::default()
        },
        Case {
            name: "a shop whose mark is the h1",
            html: r##"<div id="shopify-section-announcement-bar"><div class="announcement-bar" role="region"><p class="announcement-bar__message h5">Welcome to our store</p></div></div><header class="header"><h1 class="header__heading"><a href="/" class="header__heading-link"><span class="h2">Loaf</span></a></h1></header>
                <main><section class="shopify-section section"><div class="banner banner--large"><div class="banner__media media"><img srcset="/a_375x.jpg 375w, /a.jpg 1500w" alt=""></div><div class="banner__content"><div class="banner__box"><h2 class="banner__heading h0">Bread tins for life</h2><div class="banner__text"><span>Cast once, baked in for decades.</span></div><div class="banner__buttons"><a href="/c" class="button button--secondary">Shop all</a></div></div></div></div></section></main>"##,
            headline: "Bread tins for life",
            subheadline: "Cast once, baked in for decades.",
            cta: "Shop all",
            image: "/a_375x.jpg",
            ..Case::default()
        },
        Case {
            name: "classes of modules",
            html: r##"<div id="__next"><header class="Header_root__a1B2c"><a class="Header_logo__Xy9Kd" href="/">Tidal</a></header><main class="Home_main__nLjiQ"><section class="Hero_hero__q8Wz1"><h1 class="Hero_title__T2mPk">Tide tables that text you</h1>
                <p class="Hero_description__41Owk">Low water, high water, and when to turn back.</p><div class="Hero_actions__m2Vxa"><a class="Button_button__zkQ81 Button_primary__pL0aa" href="/start">Get tide alerts</a><a class="Button_button__zkQ81 Button_ghost__uu3Pq" href="/map">Open the map</a></div></section></main></div>"##,
            headline: "Tide tables that text you",
            subheadline: "Low water, high water, and when to turn back.",
            cta: "Get tide alerts",
            secondary: "Open the map",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}

#[test]
fn bars_above_the_hero() {
    let cases = [
        Case {
            name: "a consent box comes first and has a heading and buttons",
            html: r##"<div class="fixed bottom-0 z-50" role="region"><h2>We value your privacy</h2><p>We use cookies to count visits and to show you what you like.</p><button class="btn btn-primary">Accept all</button><button class="btn">Reject</button></div>
                <div class="sticky-bar"><span>Free delivery this week</span> <a class="btn btn-sm" href="/sale">Shop the sale</a></div>
                <header><a href="/" class="logo">Mug</a><nav><a href="/a">Mugs</a><a href="/b">Bowls</a></nav></header>
                <section class="hero"><h1>Mugs thrown by hand</h1><p>Each one a little different, none of them wrong.</p><a class="btn btn-primary" href="/shop">Choose a mug</a></section>"##,
            headline: "Mugs thrown by hand",
            subheadline: "Each one a little different, none of them wrong.",
            cta: "Choose a mug",
            ..Case::default()
        },
        Case {
            name: "an announcement bar with a button",
            html: r##"<div class="announcement-bar"><p>Our spring term starts on Monday</p><a class="button" href="/spring">Enrol now</a></div><header class="site-header"><a href="/"><img src="/logo.png" alt="Lingua"></a></header>
                <section><h1>Learn Welsh with neighbours</h1><p>Small evening groups in nine villages.</p><a class="button" href="/find">Find a group</a></section><section><h2>Villages</h2></section>"##,
            headline: "Learn Welsh with neighbours",
            subheadline: "Small evening groups in nine villages.",
            cta: "Find a group",
            ..Case::default()
        },
        Case {
            name: "the mark of the site is the first h1",
            html: r##"<header class="header"><h1 class="logo"><a href="/">Cairn</a></h1><ul class="menu"><li><a href="/a">Routes</a></li><li><a href="/b">Huts</a></li></ul></header>
                <div class="banner"><div class="inner"><h1>Walk from hut to hut</h1><p>Eleven days, one key, no tent.</p><a class="button special" href="/routes">Choose a route</a></div></div>"##,
            headline: "Walk from hut to hut",
            subheadline: "Eleven days, one key, no tent.",
            cta: "Choose a route",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}

#[test]
fn pictures_and_shapes() {
    let cases = [
        Case {
            name: "a film behind the hero",
            html: r##"<section class="video-hero"><video autoplay muted loop playsinline poster="still.jpg"><source src="surf.mp4" type="video/mp4"></video><div class="overlay"></div>
                <div class="content"><h1>Surf before work</h1><p>Boards and coffee from five in the morning.</p><a class="cta" href="/book">Book a board</a></div></section>"##,
            headline: "Surf before work",
            subheadline: "Boards and coffee from five in the morning.",
            cta: "Book a board",
            image: "surf.mp4",
            ..Case::default()
        },
        Case {
            name: "a background in the style sheet",
            html: r##"<section class="top"><div class="wrap"><h1>Letters by bicycle</h1><p>Across the city in forty minutes.</p><a class="cta-button" href="/send">Send a letter</a></div></section><section><h2>Prices</h2></section>"##,
            css: ".top{background:linear-gradient(rgba(0,0,0,.4),rgba(0,0,0,.4)),url('../img/city.jpg') center/cover}",
            headline: "Letters by bicycle",
            subheadline: "Across the city in forty minutes.",
            cta: "Send a letter",
            image: "../img/city.jpg",
            ..Case::default()
        },
        Case {
            name: "the picture is the column on the left",
            html: r##"<div class="container"><div class="row align-items-center"><div class="col-md-6"><img class="img-fluid" src="img/clock.png" alt="A clock"></div><div class="col-md-6"><h1>Clocks repaired by post</h1><p>Wrap it well, and it comes back ticking.</p><button type="button" class="btn btn-success">Send a clock</button></div></div></div>
                <div class="container"><h2>What we mend</h2><img src="img/b.png" alt="B"></div>"##,
            headline: "Clocks repaired by post",
            subheadline: "Wrap it well, and it comes back ticking.",
            cta: "Send a clock",
            image: "img/clock.png",
            ..Case::default()
        },
        Case {
            name: "buttons that are divs and inputs",
            html: r##"<div id="intro"><h1>Choir for the shy</h1><h2>Nobody sings alone, nobody is heard alone.</h2><div class="btn" onclick="go()">Come and hum</div></div><div><h2>When</h2><p>On Tuesdays.</p></div>"##,
            headline: "Choir for the shy",
            subheadline: "Nobody sings alone, nobody is heard alone.",
            cta: "Come and hum",
            ..Case::default()
        },
        Case {
            name: "a layout of tables",
            html: r##"<body bgcolor="#ffffff"><table width="100%"><tr><td><img src="logo.gif" alt="Hobbs &amp; Son" width="120" height="40"></td><td><a href="a.htm">Home</a> | <a href="b.htm">Prices</a></td></tr></table>
                <table width="760"><tr><td><font size="6"><b>Chimneys swept since spring</b></font><br><p>We come early, and leave no soot behind.</p><form action="/call"><input type="submit" value="Call me back"></form></td><td><img src="sweep.jpg" width="300" height="220" alt="A sweep"></td></tr></table></body>"##,
            headline: "Chimneys swept since spring",
            subheadline: "We come early, and leave no soot behind.",
            cta: "Call me back",
            image: "sweep.jpg",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}
