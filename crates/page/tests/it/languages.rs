//! Pages in other languages and scripts, and from right to left.

use crate::support::{Case, read};
use domain::page_model::{Direction, Formality};

#[test]
fn first_screens() {
    let cases = [
        Case {
            name: "Arabic",
            html: r##"<html lang="ar" dir="rtl"><body><nav><a href="/">زورق</a><a href="/prices">الأسعار</a></nav><section class="hero"><h1>استأجر قاربًا بالساعة</h1><p>اختر قاربك وانطلق في البحيرة متى شئت.</p>
                <a class="btn btn-primary" href="/book">احجز الآن</a><a class="btn btn-outline" href="/more">اعرف المزيد</a><img src="boat.jpg" alt="قارب"></section></body></html>"##,
            headline: "استأجر قاربًا بالساعة",
            subheadline: "اختر قاربك وانطلق في البحيرة متى شئت.",
            cta: "احجز الآن",
            secondary: "اعرف المزيد",
            image: "boat.jpg",
            ..Case::default()
        },
        Case {
            name: "Hebrew",
            html: r##"<html dir="rtl"><body><header class="masthead"><h1>לחם שמחכה לך</h1><p class="lead">מזמינים בערב, והכיכר חמה בשבע בבוקר.</p><button class="btn">להזמנה</button></header></body></html>"##,
            headline: "לחם שמחכה לך",
            subheadline: "מזמינים בערב, והכיכר חמה בשבע בבוקר.",
            cta: "להזמנה",
            ..Case::default()
        },
        Case {
            name: "Japanese",
            html: r##"<html lang="ja"><body><div class="hero"><h1>請求書を、待たない。</h1><p>送るだけで、入金までを見守ります。</p><a class="button primary" href="/start">無料で始める</a><a class="button" href="/doc">資料請求</a></div></body></html>"##,
            headline: "請求書を、待たない。",
            subheadline: "送るだけで、入金までを見守ります。",
            cta: "無料で始める",
            secondary: "資料請求",
            ..Case::default()
        },
        Case {
            name: "German",
            html: r##"<html lang="de"><body><main><section class="buehne"><h1>Brot, das auf Sie wartet</h1><p>Abends bestellt, um sieben Uhr warm an Ihrer Tür.</p><a class="btn btn-primary" href="/bestellen">Jetzt bestellen</a></section></main></body></html>"##,
            headline: "Brot, das auf Sie wartet",
            subheadline: "Abends bestellt, um sieben Uhr warm an Ihrer Tür.",
            cta: "Jetzt bestellen",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}

#[test]
fn directions() {
    let cases = [
        ("<html dir=rtl><body><h1>لحظة</h1>", "", Some(Direction::Rtl)),
        ("<html lang=he><body><h1>לחם שמחכה לך</h1>", "", Some(Direction::Rtl)),
        ("<html lang=en><body dir=rtl><h1>Boats by the hour</h1>", "", Some(Direction::Rtl)),
        ("<html lang=en><body><h1>Boats by the hour</h1>", "body { direction: rtl }", Some(Direction::Rtl)),
        ("<html lang=ar dir=LTR><body><h1>لحظة واحدة</h1>", "", Some(Direction::Ltr)),
        ("<html lang=en><body><h1>Boats by the hour</h1>", "", Some(Direction::Ltr)),
        ("<html><body>1 2 3", "", None),
    ];
    for (html, css, wanted) in cases {
        assert_eq!(read(html, css).direction, wanted, "{html}");
    }
}

#[test]
fn tones() {
    let english = read(
        "<html lang=en><body><h1>You bake!</h1><p>We bring your flour every week. Do you like rye?</p><p>It is here before you are.</p>",
        "",
    );
    let tone = english.tone.unwrap();
    assert_eq!((tone.sentences, tone.words_per_sentence), (4, 5));
    assert_eq!((tone.exclamations_per_hundred, tone.questions_per_hundred), (25, 25));
    // Four of eighteen words are for the reader, one is for the makers.
    assert_eq!((tone.reader_per_thousand, tone.makers_per_thousand), (Some(222), Some(56)));
    assert_eq!(tone.formality, None, "English has one way of address");
    let cases = [
        ("de", "<p>Wir holen Sie ab, und wir bringen Ihnen das Rad an Ihre Tür.</p>", Some(Formality::Polite)),
        ("de", "<p>Wir holen dich ab, und du bekommst dein Rad an deine Tür.</p>", Some(Formality::Familiar)),
        ("de", "<p>Sie fährt, und er fährt.</p>", None),
        ("fr", "<p>Vous êtes sur le lac avec votre bateau.</p>", Some(Formality::Polite)),
        ("ru", "<p>Мы привезём вам хлеб, и ваш дом будет пахнуть им.</p>", Some(Formality::Polite)),
        ("ja", "<p>送るだけで、入金までを見守ります。</p>", Some(Formality::Polite)),
    ];
    for (lang, html, wanted) in cases {
        let tone = read(&format!("<html lang={lang}><body>{html}"), "").tone.unwrap();
        assert_eq!(tone.formality, wanted, "{html}");
    }
    assert_eq!(read("<body><nav>Menu</nav>", "").tone, None);
}
