//! The guards, on planted violations and on honest copy.

use domain::facts::Ledger;
use domain::guard::{self, BrandRules, Context, Refusal, Rule};
use domain::patch::AllowedHosts;
use domain::slots::SlotPatch;
use domain::{ImageSlot, Locator, PageModel, TextSlot};
use std::collections::BTreeMap;

/// `page | slot | rule | text`, a line each.
const PLANTED: &str = include_str!("planted.txt");
/// `page | slot | text`, a line each.
const HONEST: &str = include_str!("honest.txt");

fn locator(css: &str) -> Locator {
    Locator { css: css.to_owned(), alt: Vec::new(), tag: "p".to_owned() }
}

pub(crate) fn page(lang: &str, [headline, subheadline, cta]: [&str; 3], sentences: &[&str]) -> PageModel {
    let slot =
        |css: &str, text: &str| Some(TextSlot { text: text.to_owned(), locator: locator(css), plain_text: true });
    PageModel {
        lang: Some(lang.to_owned()),
        headline: slot("h1", headline),
        subheadline: slot("p", subheadline),
        cta: slot("a", cta),
        sentences: sentences.iter().map(|&text| text.to_owned()).collect(),
        ..PageModel::default()
    }
}

/// The pages of the tables.
fn named(name: &str) -> PageModel {
    match name {
        "en" | "locked" => {
            let mut page = page(
                "en",
                [
                    "Get paid on time",
                    "Paydesk sends invoices, reminders and receipts for small studios. Setup takes 5 minutes.",
                    "Start free trial",
                ],
                &[
                    "Trusted by 10,000+ teams",
                    "Plans start at $9 per month.",
                    "Send an invoice in 30 seconds.",
                    "Reminders cut late payments by 40%.",
                    "30-day money-back guarantee.",
                    "Cancel anytime.",
                    "No credit card required.",
                    "Rated 4.8 by our customers.",
                    "Founded in 2014 by Maria Keller.",
                    "Works with Stripe and QuickBooks.",
                    "Your data is encrypted.",
                    "Support answers within two hours.",
                    "Faster than spreadsheets.",
                    "Invoices in 12 languages",
                ],
            );
            let image = ImageSlot { src: "/a.png".to_owned(), alt: String::new(), locator: locator("img") };
            page.hero_image = Some(image);
            if name == "locked" {
                page.cta.as_mut().unwrap().plain_text = false;
                page.subheadline = None;
            }
            page
        }
        "coffee" => page(
            "en",
            [
                "Brew better coffee",
                "Write down each brew in ten seconds. Compare them at the end of the week.",
                "Start logging",
            ],
            &["Your coffee notes in one place", "Brewlog keeps 14 measurements of every brew.", "It works offline."],
        ),
        "de" => page(
            "de",
            [
                "Rechnungen ohne Papier",
                "Schreiben Sie Ihre Rechnungen in 2 Minuten, ganz ohne Buchhalter.",
                "Jetzt starten",
            ],
            &[
                "Schon 1.500 Betriebe sind dabei.",
                "Ab 9 € im Monat.",
                "Jederzeit kündbar.",
                "Alle Belege an einem Ort.",
            ],
        ),
        "fr" => page(
            "fr",
            [
                "Vos factures en deux minutes",
                "Envoyez, relancez et encaissez depuis un seul endroit.",
                "Essayer gratuitement",
            ],
            &["Plus de 3 000 indépendants nous utilisent.", "À partir de 12 € par mois.", "Sans engagement."],
        ),
        "es" => page(
            "es",
            ["Clases de cocina en casa", "Aprende 20 recetas con ingredientes de tu mercado.", "Ver las clases"],
            &["Desde 15 € al mes."],
        ),
        "ja" => page(
            "ja",
            ["毎日の献立を自動で", "冷蔵庫の中身を入力するだけ。3分で一週間分の献立ができます。", "無料で試す"],
            &["5万人が使っています。", "月額500円から。"],
        ),
        _ => page("ar", ["قهوتك كل صباح", "نوصل القهوة الطازجة إلى بابك خلال ٣ أيام", "اطلب الآن"], &[]),
    }
}

fn candidate(slot: &str, text: &str) -> SlotPatch {
    let text = Some(text.to_owned());
    let none = SlotPatch::default();
    match slot {
        "headline" => SlotPatch { headline: text, ..none },
        "subheadline" => SlotPatch { subheadline: text, ..none },
        "cta" => SlotPatch { cta: text, ..none },
        _ => SlotPatch { hero_image: text, ..none },
    }
}

/// Asks with a brand that has its own words, and a variant that exists already.
fn ask<T>(page_name: &str, slot: &str, text: &str, judge: fn(&SlotPatch, &Context<'_>) -> T) -> T {
    let page = named(page_name);
    let own = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let brand = BrandRules {
        forbidden_words: own(&["hassle", "unleash", "Crush", "cutting corners"]),
        locked_slots: if page_name == "locked" { own(&["headline"]) } else { Vec::new() },
    };
    let known = [candidate("headline", "Paid on time, without the chase")];
    let context = Context {
        page: &page,
        ledger: &Ledger::of_page(&page),
        brand: &brand,
        hosts: &AllowedHosts::new(["paydesk.example".to_owned()]),
        known: &known,
    };
    judge(&candidate(slot, text), &context)
}

#[test]
fn every_planted_violation_is_refused_by_its_rule() {
    let mut seen: BTreeMap<Rule, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in PLANTED.lines() {
        let parts: Vec<&str> = line.splitn(4, " | ").collect();
        let [page, slot, rule, text] = parts.as_slice() else { unreachable!("{line}") };
        let rule: Rule = rule.parse().unwrap();
        *seen.entry(rule).or_default() += 1;
        match ask(page, slot, text, guard::check) {
            Err(refusal) if refusal.rule == rule && !refusal.reason.is_empty() => {}
            other => wrong.push(format!("{line} -> {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), PLANTED.lines().count(), wrong.join("\n"));
    assert!(PLANTED.lines().count() >= 200, "{}", PLANTED.lines().count());
    assert!(seen[&Rule::Claim] >= 120, "{seen:?}");
}

#[test]
fn honest_copy_passes() {
    let mut wrong = Vec::new();
    for line in HONEST.lines() {
        let parts: Vec<&str> = line.splitn(3, " | ").collect();
        let [page, slot, text] = parts.as_slice() else { unreachable!("{line}") };
        if let Err(refusal) = ask(page, slot, text, guard::check) {
            wrong.push(format!("{line} -> {refusal:?}"));
        }
    }
    let all = HONEST.lines().count();
    assert!(all >= 120, "{all}");
    assert!(wrong.len() * 100 <= all * 2, "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn for_review_a_claim_comes_back_and_nothing_else_does() {
    let ask = |text| ask("coffee", "headline", text, guard::check_for_review);
    let Ok(Some(Refusal { rule: Rule::Claim, reason, fact: Some(fact) })) = ask("Free coffee notes") else {
        unreachable!("a claim goes to review")
    };
    assert_eq!(reason, "its headline says “Free” (offer), which the page does not say");
    assert_eq!(fact.key, "free");
    assert_eq!(ask("All your coffee notes together"), Ok(None));
    assert_eq!(ask("Free <b>notes</b>").unwrap_err().rule, Rule::Unsafe);
}

#[test]
fn a_candidate_has_its_form() {
    for json in [r#"{"html":"<b>"}"#, "[]", r#"{"headline":1}"#, "null", r#""text""#] {
        let json = serde_json::from_str(json).unwrap();
        assert_eq!(guard::read(&json).unwrap_err().rule, Rule::Schema);
    }
    let json = serde_json::json!({"headline": "A text"});
    assert_eq!(guard::read(&json).unwrap(), candidate("headline", "A text"));
    assert_eq!(ask("en", "headline", "Get  paid on time", guard::check).unwrap_err().rule, Rule::Schema);
}
