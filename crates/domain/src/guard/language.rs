//! Whether a text is in the page's language: by its script, then by small words that tell languages apart.

use super::{Refusal, Rule, spoken};
use crate::facts::Ledger;
use crate::facts::words::{self, Word};

/// Small words of languages of the Latin script, and words that buttons of theirs are made of.
const WORDS: [(&str, &str); 10] = [
    (
        "en",
        "the and for with your you this that from is are to of our in on at it we be by as no not a an or all can will more get start try now how what why when free without every each its has have up out today learn see make into their them they so do less one than",
    ),
    (
        "de",
        "der die das und mit für ist nicht sie ihre ihr wir ein eine einen auf von zu den dem im jetzt kostenlos testen starten ohne mehr alle in sich oder wie was warum noch auch nur bei zum zur mehr entdecken kaufen bestellen ihren ihrem deine dein du",
    ),
    (
        "fr",
        "le la les des et pour vous votre vos avec est une un dans nous sur du de en au aux plus sans essayez commencez commencer essayer gratuitement maintenant découvrez découvrir ou qui que tout toutes tous sont par ce cette notre nos obtenez démarrer",
    ),
    (
        "es",
        "el la los las y para con su una un por es del de en más tu tus que sin empieza comienza empezar ahora gratis prueba descubre todo todos como cómo o al se lo nuestro nuestra hoy mejor pruébalo compra",
    ),
    (
        "it",
        "il lo la gli le e per con una un che di è della delle più tuo tua tuoi sono nel in da senza inizia prova ora subito gratis scopri tutto tutti come o al si nostro oggi",
    ),
    (
        "pt",
        "o a os as e para com uma um você seu sua não mais do da em no na de que sem comece experimente agora grátis descubra tudo todos como ou ao se nosso hoje teste",
    ),
    (
        "nl",
        "de het een en voor met van je uw is niet zijn op wij in zonder nu gratis probeer begin start ontdek alle meer hoe wat of bij dat die aan te jouw onze vandaag",
    ),
    (
        "pl",
        "i w na z do jest się dla nie to oraz twoje twój jak od bez teraz darmo wypróbuj zacznij wszystko każdy że po lub co swoje swój już",
    ),
    (
        "sv",
        "och att för med är på din ditt som det vi av en till utan nu prova börja kom igång allt hur eller i du dina den mer dag",
    ),
    (
        "da",
        "og at for med er på din dit som det vi af en til uden nu prøv kom i gang alt hvordan eller du den mere dag ikke",
    ),
];

/// Letters that tell languages apart, for those that have them.
const LETTERS: [(char, &str); 23] = [
    ('ß', "de"),
    ('ä', "de sv fi et sk"),
    ('ö', "de sv fi hu tr et is"),
    ('ü', "de tr hu es et"),
    ('å', "sv da no nb fi"),
    ('ø', "da no nb"),
    ('æ', "da no nb is"),
    ('ñ', "es"),
    ('¿', "es"),
    ('¡', "es"),
    ('ã', "pt"),
    ('õ', "pt et"),
    ('ł', "pl"),
    ('ż', "pl"),
    ('ś', "pl"),
    ('ą', "pl lt"),
    ('ę', "pl lt"),
    ('ř', "cs"),
    ('ě', "cs"),
    ('ğ', "tr az"),
    ('ı', "tr az"),
    ('ő', "hu"),
    ('ű', "hu"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Arabic,
    Hebrew,
    Thai,
    Indic,
    Kana,
    Han,
    Hangul,
}

fn script(c: char) -> Option<Script> {
    Some(match c {
        'a'..='z' | 'A'..='Z' | '\u{00c0}'..='\u{024f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{0400}'..='\u{052f}' => Script::Cyrillic,
        '\u{0370}'..='\u{03ff}' => Script::Greek,
        '\u{0600}'..='\u{06ff}' | '\u{0750}'..='\u{077f}' => Script::Arabic,
        '\u{0590}'..='\u{05ff}' => Script::Hebrew,
        '\u{0e00}'..='\u{0e7f}' => Script::Thai,
        '\u{0900}'..='\u{0dff}' => Script::Indic,
        '\u{3040}'..='\u{30ff}' => Script::Kana,
        '\u{3400}'..='\u{9fff}' => Script::Han,
        '\u{ac00}'..='\u{d7af}' | '\u{1100}'..='\u{11ff}' => Script::Hangul,
        _ => return None,
    })
}

/// The scripts of a language, the first the usual one.
fn scripts(lang: &str) -> Option<&'static [Script]> {
    Some(match lang {
        "ja" => &[Script::Kana, Script::Han],
        "zh" => &[Script::Han],
        "ko" => &[Script::Hangul, Script::Han],
        "ru" | "uk" | "bg" | "be" | "mk" => &[Script::Cyrillic],
        "sr" => &[Script::Cyrillic, Script::Latin],
        "el" => &[Script::Greek],
        "ar" | "fa" | "ur" => &[Script::Arabic],
        "he" => &[Script::Hebrew],
        "th" => &[Script::Thai],
        "hi" | "bn" | "mr" | "ta" | "te" => &[Script::Indic],
        "en" | "de" | "fr" | "es" | "it" | "pt" | "nl" | "pl" | "sv" | "da" | "no" | "nb" | "fi" | "cs" | "sk"
        | "hu" | "ro" | "tr" | "id" | "vi" | "ca" | "hr" | "lt" | "et" | "lv" => &[Script::Latin],
        _ => return None,
    })
}

/// # Errors
/// When the text is clearly in another language than the page's. An unknown language of the page asks for nothing.
pub(super) fn check(name: &str, text: &str, lang: Option<&str>, ledger: &Ledger) -> Result<(), Refusal> {
    let Some(lang) = lang.map(|lang| lang.split(['-', '_']).next().unwrap_or_default().to_lowercase()) else {
        return Ok(());
    };
    let refused = || {
        let reason = format!("its {} is not in the page's language ({lang})", spoken(name));
        Err(Refusal::new(Rule::Language, reason))
    };
    let words = words::split(text);
    let unknown: Vec<&Word<'_>> = words.iter().filter(|word| !ledger.vocabulary().contains(&word.lower)).collect();
    if let Some(own) = scripts(&lang) {
        let letters = |words: &mut dyn Iterator<Item = &Word<'_>>, wanted: bool| {
            words
                .flat_map(|word| word.text.chars())
                .filter_map(script)
                .filter(|found| own.contains(found) == wanted)
                .count()
        };
        let foreign = letters(&mut unknown.iter().copied(), false);
        if foreign > letters(&mut words.iter(), true) || (own == [Script::Latin] && foreign > 0) {
            return refused();
        }
        // Chinese in place of Japanese: no syllable sign in a text of some length that the page does not have.
        let is_kana = text.chars().filter_map(script).any(|found| found == Script::Kana);
        let han = unknown
            .iter()
            .flat_map(|word| word.text.chars())
            .filter_map(script)
            .filter(|found| *found == Script::Han)
            .count();
        if (lang == "ja" && !is_kana && han >= 9) || (lang == "zh" && is_kana && han > 0) {
            return refused();
        }
        if own != [Script::Latin] {
            return Ok(());
        }
    }
    if is_other_latin(&lang, &words, &unknown, text) { refused() } else { Ok(()) }
}

fn is_other_latin(lang: &str, words: &[Word<'_>], unknown: &[&Word<'_>], text: &str) -> bool {
    let Some((_, own)) = WORDS.iter().find(|(known, _)| *known == lang) else { return false };
    let in_list = |list: &str, word: &Word<'_>| list.split(' ').any(|known| known == word.lower);
    let own_count = words.iter().filter(|word| in_list(own, word)).count();
    let strange = |word: &&&Word<'_>| !in_list(own, word);
    let others = WORDS.iter().filter(|(known, _)| *known != lang);
    let foreign = others
        .map(|(_, list)| unknown.iter().filter(strange).filter(|word| in_list(list, word)).count())
        .max()
        .unwrap_or(0);
    let letters = LETTERS.iter().filter(|(letter, langs)| {
        !langs.split(' ').any(|known| known == lang)
            && (unknown.iter().any(|word| word.lower.contains(*letter))
                || (!letter.is_alphabetic() && text.contains(*letter)))
    });
    let foreign = foreign + letters.count();
    let known = words.len() - unknown.len();
    foreign >= 2 && foreign > own_count || foreign >= 1 && own_count == 0 && known * 2 < words.len()
}
