//! What a visit to a page showed.

use super::SnippetTag;
use crate::SiteId;
use url::Url;

/// What the text of a page says about scripts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageScripts {
    /// Script elements of ours in their order, at most twenty.
    pub snippets: Vec<SnippetTag>,
    /// Content policies that the page gives itself.
    pub policies: Vec<String>,
    /// The tag manager that the page loads, by its name or container.
    pub tag_manager: Option<String>,
    /// Whether the page asks for a proof that the visitor is a person.
    pub is_challenge: bool,
}

impl PageScripts {
    /// The element that runs: the first that a browser runs at once, or the first at all. Others find the snippet
    /// there already.
    #[must_use]
    pub fn running(&self) -> Option<&SnippetTag> {
        let runs = |tag: &&SnippetTag| tag.alteration().is_none() && !tag.waits_for_consent_tool();
        self.snippets.iter().find(runs).or_else(|| self.snippets.first())
    }
}

/// Why a page could not be visited, with a sentence for the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// Nothing answered.
    Unreachable(String),
    /// Another try may help.
    Temporary(String),
    /// It answered in a way that says nothing about the snippet.
    Unclear(String),
}

/// What the script's address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptAnswer {
    /// The snippet.
    Snippet {
        /// Whether it is the one that this installation serves; `None` when that is not known.
        is_current: Option<bool>,
        /// Whether the interface beside it knows the site; `None` when it was not asked.
        knows_site: Option<bool>,
    },
    /// A script, and not ours.
    AnotherScript,
    /// Something that no browser runs, as the rest of a sentence.
    NoScript(String),
}

/// An answer of the page, and of what it loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageVisit {
    /// The address that answered, after redirects.
    pub url: Url,
    /// Status of the answer.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// What its text says.
    pub scripts: PageScripts,
    /// What stood there after a browser had run the page's scripts.
    pub rendered: Option<PageScripts>,
    /// What its text says at an address that no cache knows.
    pub past_caches: Option<PageScripts>,
    /// What the address of the script answered; absent when it was not asked or may not be.
    pub script: Option<ScriptAnswer>,
}

/// A place of the page that variants change, and that is not there any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostSlot {
    /// The slot's name for people.
    pub name: String,
    /// The selector that meant it.
    pub css: String,
}

/// A goal, and whether it can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalSeen {
    /// Name for people.
    pub name: String,
    /// Its selector, when that means nothing on the page.
    pub unmatched: Option<String>,
    /// Whether anybody reached it.
    pub was_reached: bool,
}

/// Everything that a verification knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The site.
    pub site_id: SiteId,
    /// Its page.
    pub page: Url,
    /// Where browsers reach this installation.
    pub public_url: Url,
    /// What the page answered.
    pub visit: Result<PageVisit, Hindrance>,
    /// Places that variants change and that are gone.
    pub lost_slots: Vec<LostSlot>,
    /// The site's goals.
    pub goals: Vec<GoalSeen>,
    /// Whether visitors were counted already.
    pub has_visitors: bool,
}
