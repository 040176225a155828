//! What may be added on an English page: words that ask, invite and address the reader, and claim nothing.

use super::Proposal;
use super::material::{Material, is_copy};
use super::strategies::{Strategy, headline, propose, subheadline};
use super::text;
use domain::slots::SlotPatch;

const ALL: [Strategy; 4] = [button_rephrased, headline_asks, name_introduced, subheadline_invites];

/// The strategies for a page: none in another language.
pub(super) fn of(page: &Material) -> &'static [Strategy] {
    let is_latin = |text: &str| text.chars().all(|c| !c.is_alphabetic() || c < '\u{250}');
    let headline = page.headline.as_ref().map_or("", |place| place.text.as_str());
    if page.lang == "en" && is_latin(headline) && is_latin(&page.subheadline_text) { &ALL } else { &[] }
}

/// Whole labels, and others that lead to the same: the first as written, in lower case.
const LABELS: &str = "get started=Get started now/Start now
sign up=Sign up now/Sign up here
signup=Sign up now
register=Register now/Register here
learn more=Find out more/See how it works
find out more=Learn more/See for yourself
tell me more=Find out more/See for yourself
read more=Keep reading/Read on
more=Find out more/See more
more info=Find out more
contact us=Get in touch/Talk to us
contact=Get in touch/Contact us
get in touch=Contact us/Talk to us
download=Download now/Get the download
buy=Buy now/Buy it here
buy now=Buy it now/Buy it here
order=Order now/Order here
order now=Order here/Place your order
shop now=Start shopping/Go to the shop
shop=Go to the shop
subscribe=Subscribe now/Subscribe here
join=Join now/Join here
join us=Join us now/Join in
submit=Send it/Send it now
send=Send it/Send it now
view demo=See the demo/Open the demo
see demo=See the demo/Open the demo
live demo=See the live demo/Open the demo
demo=See the demo/Open the demo
documentation=Read the documentation/See the documentation
docs=Read the docs/See the docs
explore=Explore now/Take a look
discover=Take a look/See for yourself
discover more=Find out more/See more
try it=Try it now/Try it here
try now=Try it now/Try it here
log in=Log in here/Log in now
book now=Book here/Make your booking
view on github=See it on GitHub/Find it on GitHub
view project on github=See it on GitHub/Find it on GitHub
github=See it on GitHub/Find it on GitHub
view details=See the details/Show me the details
see more=Show me more/Find out more
view more=See more/Show me more";

/// Verbs of labels that lead to a step which can be taken at once.
const STEPS: &str = "get start try join sign subscribe buy order book register request download create install launch apply \
     reserve donate shop play call build claim begin schedule";

/// Verbs that a headline may ask its reader to do.
const VERBS: &str = "automate book bring build buy capture code collaborate compare connect cook create deliver deploy design \
     develop discover do download earn eat enjoy explore feel find get give grow hire host improve install join keep \
     launch learn listen make manage master measure meet monitor order organise organize pay plan play practice \
     practise protect publish reach read release rent run save scale schedule secure see sell send share ship showcase \
     simplify speak start stay stop take teach test track train transform travel try turn understand unlock use visit \
     watch work write brew bake boil ride drive";

fn is_in(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

fn button(text: String) -> SlotPatch {
    SlotPatch { cta: Some(text), ..SlotPatch::default() }
}

/// The button asks for the same in other words.
fn button_rephrased(page: &Material) -> Vec<Proposal> {
    let Some(old) = &page.cta else { return Vec::new() };
    let label = text::without_marks(&old.text);
    let words: Vec<&str> = label.split_whitespace().collect();
    let lower = label.to_lowercase();
    let table = LABELS.lines().filter_map(|line| line.split_once('=')).find(|(known, _)| *known == lower);
    let mut texts: Vec<String> =
        table.into_iter().flat_map(|(_, others)| others.split('/')).map(str::to_owned).collect();
    let first = words.first().map(|word| word.to_lowercase()).unwrap_or_default();
    let has = |word: &str| words.iter().any(|known| known.to_lowercase() == word);
    if (2..=5).contains(&words.len()) && is_in(STEPS, &first) {
        let with = |from: &str, to: &str| -> String {
            let words = words.iter().map(|word| if word.to_lowercase() == from { to } else { word });
            words.collect::<Vec<_>>().join(" ")
        };
        if has("your") && !has("my") {
            texts.push(with("your", "my"));
        }
        // One `a`, right behind the verb, so that it is the reader's own thing that is asked for.
        for article in ["a", "an"] {
            if words.get(1).is_some_and(|word| word.to_lowercase() == article) {
                texts.push(with(article, "your"));
            }
        }
        if first == "download" {
            texts.push(format!("Get {}", words[1..].join(" ")));
        }
        match (has("now"), has("today"), has("here")) {
            (false, true, false) => texts.push(with("today", "now")),
            (true, false, false) => texts.push(with("now", "today")),
            (false, false, false) => texts.extend(["now", "today", "here"].map(|more| format!("{label} {more}"))),
            _ => {}
        }
    }
    propose(
        "button in other words",
        "The button asks for the same step in other words, to see which of them more visitors follow. \
         The words that were added say nothing new of the offer.",
        texts.into_iter().filter(|text| old.takes(text)).map(button),
    )
}

/// The headline as a question to the reader.
fn headline_asks(page: &Material) -> Vec<Proposal> {
    let headline_text = page.headline.as_ref().map_or("", |place| place.text.as_str());
    let title = page.title.as_deref().unwrap_or_default();
    let of_title = title.split(['|', '·', '•']).flat_map(|part| text::clauses(part.trim()));
    let asks = [headline_text].into_iter().chain(of_title).chain([page.subheadline_text.as_str()]).filter_map(question);
    propose(
        "question to the reader",
        "The headline asks the reader what the page offers, because a question is answered in one's head. \
         The words that were added say nothing new of the offer.",
        asks.filter_map(|text| page.as_headline(&text)).map(headline).take(3),
    )
}

/// `Showcase your app` as `Ready to showcase your app?`, `A simple player` as `Looking for a simple player?`.
fn question(said: &str) -> Option<String> {
    let said = text::without_stop(said.trim());
    let is_one = text::sentences(said).len() == 1 && !said.contains([':', ';', '—', '–', '|', '!', '?', ',']);
    let (first, rest) = said.split_once(' ')?;
    let lower = first.to_lowercase();
    let count = text::word_count(said);
    if !is_one || !(2..=11).contains(&count) || text::words(rest).iter().any(|word| is_in("and or but i we my", word)) {
        return None;
    }
    if is_in(VERBS, &lower) && !(count > 2 && text::is_title_case(said)) {
        return Some(format!("Ready to {lower} {rest}?"));
    }
    let starts_plain = rest.chars().next().is_some_and(char::is_alphanumeric);
    (matches!(lower.as_str(), "a" | "an") && count >= 3 && starts_plain).then(|| format!("Looking for {lower} {rest}?"))
}

/// A name that leads alone is introduced.
fn name_introduced(page: &Material) -> Vec<Proposal> {
    let Some(old) = &page.headline else { return Vec::new() };
    let name = text::without_marks(&old.text);
    let title = text::words(page.title.as_deref().unwrap_or_default());
    let own = text::words(name);
    let is_plain = |word: &String| is_in("welcome hello hi our the my your about home we i this what why how", word);
    let is_name = (1..=3).contains(&own.len())
        && title.windows(own.len()).any(|run| run == own)
        && text::is_title_case(name)
        && !own.first().is_some_and(|word| is_in(VERBS, word) || is_plain(word));
    if !is_name || name != text::without_stop(&old.text) {
        return Vec::new();
    }
    propose(
        "name introduced",
        "The headline introduces the name to somebody who reads it for the first time. \
         The words that were added say nothing new of the offer.",
        [format!("Meet {name}"), format!("What can {name} do for you?")]
            .into_iter()
            .filter_map(|text| page.as_headline(&text))
            .map(headline),
    )
}

/// The subheadline ends with an invitation to go on.
fn subheadline_invites(page: &Material) -> Vec<Proposal> {
    let said = page.subheadline_text.trim();
    if !is_copy(said) {
        return Vec::new();
    }
    let ends = said.chars().next_back();
    let sentence = match ends {
        Some('.' | '!' | '?' | '…') => said.to_owned(),
        Some(c) if c.is_alphanumeric() || c == ')' => format!("{said}."),
        _ => return Vec::new(),
    };
    let invites = ["See for yourself.", "Have a look at how it works.", "Take a look around."];
    propose(
        "invitation to go on",
        "The line under the headline ends with an invitation, so that visitors who have read it go on to the button. \
         The words that were added say nothing new of the offer.",
        invites.into_iter().filter_map(|more| page.as_subheadline(&format!("{sentence} {more}"))).map(subheadline),
    )
}
