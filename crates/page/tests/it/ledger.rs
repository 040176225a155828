//! The page's facts, wherever on the page they stand.

use crate::support::read;
use domain::FactKind;
use domain::facts::Ledger;

const HTML: &str = "<html lang=en><body><nav><a href=/>Boatly</a></nav><h1>Boats by the hour</h1>
    <div class=stat><span>10,000+</span><span>trips</span></div><p>From <b>€9</b> per hour.</p>
    <table><tr><td>40%</td><td>off in May</td></tr></table><blockquote>Lovely! <cite>Ada Byron</cite></blockquote>
    <img src=a.png alt='Lakeside Weekly'><footer>Since 1998. Money-back guarantee.</footer>
    <script>var price = '$77';</script><div hidden>99 bottles</div></body></html>";

#[test]
fn facts_stand_anywhere_on_a_page() {
    let page = read(HTML, "");
    let keys: Vec<(FactKind, &str)> = page.facts.iter().map(|fact| (fact.kind, fact.key.as_str())).collect();
    let wanted = [
        (FactKind::Number, "10000"),
        (FactKind::Price, "eur:9"),
        (FactKind::Percent, "40"),
        (FactKind::Date, "1998"),
        (FactKind::Guarantee, "refund"),
        (FactKind::Guarantee, "guarantee"),
        (FactKind::Name, "byron"),
        (FactKind::Name, "lakeside"),
    ];
    for fact in wanted {
        assert!(keys.contains(&fact), "{fact:?} in {keys:?}");
    }
    assert!(!keys.iter().any(|(_, key)| key.contains("77") || *key == "99"), "{keys:?}");
}

#[test]
fn a_variant_may_say_what_the_page_says_and_no_more() {
    let ledger = Ledger::of_page(&read(HTML, ""));
    let missing = |text| ledger.missing(text, Some("en")).into_iter().map(|fact| fact.text).collect::<Vec<_>>();
    assert_eq!(missing("10 000 trips from 9 euros, loved since 1998 as Ada Byron says"), [""; 0]);
    assert_eq!(missing("20 000 trips"), ["20 000"]);
    assert_eq!(missing("As Grace Hopper says"), ["Grace", "Hopper"]);
}

#[test]
fn many_facts_end_in_time() {
    let many: String = (0..20_000).map(|number| format!("<div>{number} Things</div>")).collect();
    let begun = std::time::Instant::now();
    assert_eq!(read(&many, "").facts.len(), 400);
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
