//! The built-in copywriter, on pages of many kinds and on pages of any kind.

use crate::samples::{brief, english, page, slot};
use domain::PageModel;
use domain::facts::Ledger;
use domain::guard::{self, Context};
use domain::patch::AllowedHosts;
use domain::slots::SlotPatch;
use proptest::prelude::*;
use service::playbook::Playbook;
use service::ports::{Brief, CopyWriter, Draft, WriteError};
use std::collections::{BTreeSet, HashSet};

fn write(brief: &Brief) -> Result<Vec<Draft>, WriteError> {
    futures::executor::block_on(Playbook.write(brief))
}

/// Words in lower case, of letters and digits.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn words_of(page: &PageModel) -> HashSet<String> {
    let slots = [&page.headline, &page.subheadline, &page.cta, &page.secondary_cta];
    let slots = slots.into_iter().flatten().map(|slot| &slot.text);
    slots.chain(&page.title).chain(&page.description).chain(&page.sentences).flat_map(|text| words(text)).collect()
}

/// What every draft keeps, whatever the page.
fn check(brief: &Brief, drafts: &[Draft]) {
    let vocabulary = words_of(&brief.page);
    assert!(drafts.len() <= brief.count);
    let mut seen = brief.known.clone();
    let (ledger, hosts) = (Ledger::of_page(&brief.page), AllowedHosts::default());
    for Draft { slots, reasoning, strategy, hypothesis, .. } in drafts {
        assert!(!seen.contains(slots), "twice: {slots:?}");
        let context = Context { page: &brief.page, ledger: &ledger, brand: &brief.brand, hosts: &hosts, known: &seen };
        assert_eq!(guard::check(slots, &context), Ok(()), "{slots:?}");
        seen.push(slots.clone());
        assert!(slots.compile(&brief.page).is_ok(), "does not compile: {slots:?}");
        let is_own = reasoning.ends_with("Every word is from this page.");
        let adds = reasoning.ends_with("The words that were added say nothing new of the offer.");
        let is_english = brief.page.lang.as_ref().is_some_and(|lang| lang.starts_with("en"));
        assert!(is_own || (adds && is_english), "{reasoning}");
        assert!(!strategy.is_empty() && !hypothesis.is_empty());
        assert!(slots.hero_image.is_none());
        let texts = [
            (&slots.headline, &brief.page.headline, 90, 8),
            (&slots.subheadline, &brief.page.subheadline, 200, 8),
            (&slots.cta, &brief.page.cta, 30, 5),
        ];
        for (new, old, least, fifths) in texts {
            let Some(new) = new else { continue };
            let old = old.as_ref().unwrap();
            assert!(old.plain_text, "{new}");
            assert_ne!(*new, old.text);
            assert!(new.chars().count() <= (old.text.chars().count() * fifths / 5).max(least), "too long: {new}");
            assert!(!is_own || words(new).iter().all(|word| vocabulary.contains(word)), "new words: {new}");
        }
    }
}

fn strategies(drafts: &[Draft]) -> BTreeSet<&str> {
    drafts.iter().map(|draft| draft.strategy.as_str()).collect()
}

#[test]
fn an_ordinary_page_gets_many_kinds_of_drafts() {
    let brief = brief(english(), 8);
    let drafts = write(&brief).unwrap();
    check(&brief, &drafts);
    assert_eq!(drafts.len(), 8);
    assert!(strategies(&drafts).len() >= 6, "{drafts:#?}");
    let first = &drafts[0].slots;
    assert_eq!(first.headline.as_deref(), Some("Write down each brew in ten seconds"));
    assert_eq!(first.subheadline.as_deref(), Some("Compare them at the end of the week."));
    let buttons: Vec<&str> = drafts.iter().filter_map(|draft| draft.slots.cta.as_deref()).collect();
    assert!(buttons.contains(&"Start logging today"), "{buttons:?}");
    let proof = drafts.iter().find(|draft| draft.strategy == "concrete proof").unwrap();
    assert_eq!(proof.slots.subheadline.as_deref(), Some("Brewlog keeps 14 measurements of every brew."));
}

#[test]
fn the_same_page_gets_the_same_drafts_and_more_when_they_are_known() {
    let mut brief = brief(english(), 3);
    let mut all: Vec<SlotPatch> = Vec::new();
    for _ in 0..4 {
        let drafts = write(&brief).unwrap();
        assert_eq!(drafts, write(&brief).unwrap());
        check(&brief, &drafts);
        all.extend(drafts.into_iter().map(|draft| draft.slots));
        brief.known.clone_from(&all);
    }
    assert_eq!(all.len(), 12);
    // In the end a page has been said in every way that it can be.
    for _ in 0..100 {
        match write(&brief) {
            Ok(drafts) => brief.known.extend(drafts.into_iter().map(|draft| draft.slots)),
            Err(error) => {
                assert!(matches!(error, WriteError::NothingToWrite(_)) && !error.is_transient());
                return;
            }
        }
    }
    panic!("the playbook never ends");
}

#[test]
fn other_languages_are_cut_at_their_own_punctuation() {
    let german = page(
        "de",
        ["Rechnungen ohne Papier", "Schreiben Sie in zwei Minuten – ganz ohne Buchhalter", "Jetzt starten"],
        &["Alle Rechnungen an einem Ort", "Wie viele Rechnungen sind offen?", "Jetzt starten und sparen"],
    );
    let japanese = page(
        "ja",
        ["毎日の献立を自動で", "冷蔵庫の中身を入力するだけ。三分で一週間分の献立ができます。", "無料で試す"],
        &["毎日の献立に悩みませんか？", "買い物リストも自動で作成"],
    );
    let table = [(german, "Schreiben Sie in zwei Minuten"), (japanese, "冷蔵庫の中身を入力するだけ")];
    for (page, expected) in table {
        let brief = brief(page, 8);
        let drafts = write(&brief).unwrap();
        check(&brief, &drafts);
        assert!(drafts.len() >= 3, "{drafts:#?}");
        assert!(drafts.iter().any(|draft| draft.slots.headline.as_deref() == Some(expected)), "{drafts:#?}");
    }
}

#[test]
fn parts_that_cannot_stand_alone_are_not_used() {
    let headlines = |page: PageModel| -> Vec<String> {
        let drafts = write(&brief(page, 8)).unwrap_or_default();
        drafts.into_iter().filter_map(|draft| draft.slots.headline).collect()
    };
    let table: [(&str, &str, &[&str]); 7] = [
        // A comma does not part sentences, and neither does an abbreviation or a decimal.
        ("The fast, simple way to ship", "", &[]),
        ("Ask Dr. Smith about version 2.5 of the app", "", &[]),
        ("Our tool — built for teams — helps you", "", &[]),
        ("Built for state-of-the-art teams", "", &[]),
        // What points back needs what it points to.
        ("Ship faster now", "It works offline, too.", &[]),
        (
            "Ship small things daily. Sleep through the night.",
            "",
            &[
                "Ship small things daily.",
                "Sleep through the night. Ship small things daily.",
                "Sleep through the night.",
            ],
        ),
        ("Brewlog: the quiet coffee diary", "", &["The quiet coffee diary"]),
    ];
    for (headline, subheadline, expected) in table {
        let mut page = page("xx", [headline, subheadline, "Go"], &[]);
        page.cta = None;
        if subheadline.is_empty() {
            page.subheadline = None;
        }
        assert_eq!(headlines(page), expected, "{headline}");
    }
}

#[test]
fn what_is_not_meant_for_a_first_screen_is_left_where_it_is() {
    let sentences = [
        "© 2026 Coffee Brew Company",
        "This coffee site uses cookies for better brew",
        "“Better coffee than ever, 100 times”",
        "I brew better coffee since 3 weeks now",
        "Write to better@coffee.site for 10 brews",
        "Coffee {{ brew }} better 7",
        "All rights reserved for better coffee 5",
        "Better coffee at https://coffee.site 9",
    ];
    let page = page("xx", ["Brew better coffee", "Better coffee for everybody", "Start"], &sentences);
    let drafts = write(&brief(page, 8)).unwrap();
    let expected = SlotPatch {
        headline: Some("Better coffee for everybody".to_owned()),
        subheadline: Some("Brew better coffee".to_owned()),
        ..SlotPatch::default()
    };
    let written: Vec<&SlotPatch> = drafts.iter().map(|draft| &draft.slots).collect();
    assert_eq!(written, [&expected]);
}

#[test]
fn only_plain_text_is_rewritten() {
    let page = PageModel { headline: slot("Brew better coffee", false), ..english() };
    let brief_ = brief(page, 8);
    let drafts = write(&brief_).unwrap();
    check(&brief_, &drafts);
    assert!(drafts.iter().all(|draft| draft.slots.headline.is_none()));

    let fixed = PageModel { headline: slot("A", false), subheadline: None, cta: slot("Go", false), ..english() };
    let error = write(&brief(fixed, 3)).unwrap_err();
    assert!(matches!(error, WriteError::NothingToWrite(_)));
    let empty = write(&brief(PageModel::default(), 3)).unwrap_err();
    assert!(!empty.is_transient() && empty.to_string().ends_with('.'));
    assert_eq!(Playbook.name(), "playbook");
}

#[test]
fn a_button_never_promises_another_action() {
    let texts = [
        "Get support from people",
        "Get coffee",
        "See pricing",
        "Sign up for coffee news",
        "Get the brew app free today",
    ];
    let mut page = page("de", ["Brew better coffee", "Coffee for all", "Get the brew app"], &texts);
    page.secondary_cta = slot("Get a demo", true);
    let drafts = write(&brief(page, 8)).unwrap();
    let buttons: BTreeSet<&str> = drafts.iter().filter_map(|draft| draft.slots.cta.as_deref()).collect();
    assert_eq!(buttons, BTreeSet::from(["Get the brew app free today"]));
}

/// A text as people write them, and as they do not.
fn any_text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => "[a-zäöüßéñ]{1,9}",
        2 => "[A-Z][a-z]{1,7}",
        1 => "[0-9]{1,4}",
        1 => "[\u{3042}-\u{3050}\u{4e00}-\u{4e20}]{2,8}",
        1 => "\\PC{1,6}",
    ];
    let mark = prop_oneof![6 => Just(" "), 2 => Just(". "), 1 => Just("? "), 1 => Just(" — "), 1 => Just(": "), 1 => Just("。"), 1 => Just("... ")];
    prop::collection::vec((word, mark), 0..18)
        .prop_map(|parts| parts.into_iter().map(|(word, mark)| word + mark).collect())
}

fn any_page() -> impl Strategy<Value = PageModel> {
    let any_slot = || prop::option::weighted(0.85, (any_text(), prop::bool::weighted(0.85)));
    let lang = prop::option::of(prop::sample::select(vec!["en", "en-GB", "de", "tr", "ja"]));
    let slots = (any_slot(), any_slot(), any_slot(), any_slot());
    let around = (prop::option::of(any_text()), prop::option::of(any_text()), prop::collection::vec(any_text(), 0..12));
    (lang, slots, around).prop_map(|(lang, slots, (title, description, sentences))| {
        let slot = |slot: Option<(String, bool)>| slot.and_then(|(text, plain)| crate::samples::slot(&text, plain));
        let (headline, subheadline, cta, secondary_cta) = (slot(slots.0), slot(slots.1), slot(slots.2), slot(slots.3));
        let lang = lang.map(str::to_owned);
        PageModel {
            lang,
            title,
            description,
            headline,
            subheadline,
            cta,
            secondary_cta,
            sentences,
            ..PageModel::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn every_word_of_every_draft_is_from_the_page(page in any_page(), count in 1_usize..=8) {
        let mut brief = brief(page, count);
        for _ in 0..3 {
            let Ok(drafts) = write(&brief) else { break };
            check(&brief, &drafts);
            brief.known.extend(drafts.into_iter().map(|draft| draft.slots));
        }
    }
}
