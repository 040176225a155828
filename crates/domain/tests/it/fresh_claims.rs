//! The claim firewall on a second table, in more languages, written without a look at the rules.
//!
//! `\u{...}` in the tables stands for a character that would not be seen.

use crate::guard::page;
use domain::PageModel;
use domain::facts::Ledger;
use domain::guard::{self, BrandRules, Context, Refusal};
use domain::patch::AllowedHosts;
use domain::slots::SlotPatch;

/// `page | slot | text`, a line each: every one says what its page does not.
const PLANTED: &str = include_str!("fresh_planted.txt");
/// The same form: every one says what its page says.
const HONEST: &str = include_str!("fresh_honest.txt");

/// The pages of the tables: language, headline, subheadline, button, and what else they say.
const PAGES: [(&str, &str, [&str; 3], &[&str]); 12] = [
    (
        "bike",
        "en",
        [
            "Bikes repaired at your door",
            "A mechanic comes to your home or office and fixes your bike in about 45 minutes.",
            "Book a repair",
        ],
        &[
            "Repairs from £35",
            "We cover 6 boroughs of London.",
            "Every repair has a 12-month guarantee.",
            "More than 4,200 bikes repaired since 2016",
            "You only pay when the bike runs.",
            "Our mechanics are trained at Cytech.",
            "Evening slots until 9 pm",
            "Rated 4.7 out of 5 by 860 riders",
            "Half of our customers come back within a year.",
        ],
    ),
    (
        "crm",
        "en",
        ["One inbox for every customer", "Answer mail, chat and calls in one place.", "See a demo"],
        &[
            "Set up in a day",
            "Used by three hospitals and a railway",
            "Plans from $29 per seat",
            "SOC 2 Type II certified",
            "Exports to CSV and PDF",
        ],
    ),
    (
        "it",
        "it",
        ["Pane fresco ogni mattina", "Ordina entro le 22 e lo trovi alla porta alle 7.", "Ordina il pane"],
        &[
            "Oltre 300 famiglie a Torino",
            "Da 3,50 € a consegna",
            "Farina biologica certificata",
            "Puoi disdire quando vuoi.",
        ],
    ),
    (
        "pt",
        "pt-BR",
        [
            "Aulas de violão sem pressa",
            "Aprenda em casa com 40 lições curtas e um professor de verdade.",
            "Começar agora",
        ],
        &["R$ 49 por mês", "A primeira aula é grátis", "Mais de 2.000 alunos"],
    ),
    (
        "nl",
        "nl",
        ["Je tuin zonder werk", "Een hovenier komt elke twee weken langs en neemt alles mee.", "Plan een bezoek"],
        &["Vanaf € 60 per bezoek", "Werkzaam in Utrecht en Amersfoort"],
    ),
    (
        "pl",
        "pl",
        ["Księgowość bez papieru", "Wyślij zdjęcie faktury, resztą zajmiemy się my.", "Zacznij teraz"],
        &["Od 99 zł miesięcznie", "Ponad 1 200 firm"],
    ),
    (
        "ru",
        "ru",
        ["Доставка цветов за час", "Соберём букет и привезём его в пределах МКАД.", "Выбрать букет"],
        &["Букеты от 1 900 ₽", "Работаем с 2012 года", "Более 15 тысяч доставок"],
    ),
    (
        "zh",
        "zh-CN",
        ["每天十分钟学会做饭", "跟着视频一步一步做，三十天学会二十道家常菜。", "开始学习"],
        &["已有8万人加入", "首月9.9元", "不满意七天内退款"],
    ),
    (
        "ko",
        "ko",
        ["집에서 배우는 피아노", "하루 15분, 선생님이 직접 봐 드립니다.", "수업 시작하기"],
        &["월 29,000원부터", "수강생 3천 명"],
    ),
    (
        "tr",
        "tr",
        ["Evinize taze kahve", "Her hafta kavrulan çekirdekler iki günde kapınızda.", "Hemen sipariş ver"],
        &["250 gram 180 TL'den başlar", "5.000 mutlu müşteri"],
    ),
    (
        "he",
        "he",
        ["חשבוניות בלי נייר", "שולחים חשבונית בדקה מכל מכשיר.", "להתחיל עכשיו"],
        &["מ-29 ₪ לחודש", "יותר מ-1,500 עסקים"],
    ),
    (
        "sv",
        "sv",
        ["Städning utan krångel", "Boka på en minut och få samma städare varje gång.", "Boka städning"],
        &["Från 299 kr", "Nöjd kund-garanti"],
    ),
];

fn named(name: &str) -> PageModel {
    let (_, lang, slots, sentences) = PAGES.iter().find(|(own, ..)| *own == name).unwrap();
    page(lang, *slots, sentences)
}

/// `\u{200b}` as the character.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        plain.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        plain.push_str(rest);
    }
    plain
}

fn ask(line: &str) -> Result<(), Refusal> {
    let parts: Vec<&str> = line.splitn(3, " | ").collect();
    let [page, slot, text] = parts.as_slice() else { unreachable!("{line}") };
    let page = named(page);
    let (text, none) = (Some(unescaped(text)), SlotPatch::default());
    let candidate = match *slot {
        "headline" => SlotPatch { headline: text, ..none },
        "subheadline" => SlotPatch { subheadline: text, ..none },
        "cta" => SlotPatch { cta: text, ..none },
        slot => unreachable!("{slot}"),
    };
    let (ledger, hosts, brand) = (Ledger::of_page(&page), AllowedHosts::default(), BrandRules::default());
    guard::check(&candidate, &Context { page: &page, ledger: &ledger, brand: &brand, hosts: &hosts, known: &[] })
}

#[test]
fn what_the_page_does_not_say_is_stopped() {
    let passed: Vec<&str> = PLANTED.lines().filter(|line| ask(line).is_ok()).collect();
    let all = PLANTED.lines().count();
    assert!(all >= 60 && passed.len() * 50 <= all, "{} of {all} pass:\n{}", passed.len(), passed.join("\n"));
}

#[test]
fn what_the_page_says_in_other_words_passes() {
    let blocked: Vec<String> =
        HONEST.lines().filter_map(|line| Some(format!("{line} -> {}", ask(line).err()?))).collect();
    let all = HONEST.lines().count();
    assert!(all >= 60 && blocked.len() * 20 <= all, "{} of {all} are blocked:\n{}", blocked.len(), blocked.join("\n"));
}
