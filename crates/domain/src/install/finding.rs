//! What a verification can find, in words.

use super::Alteration;
use crate::SiteId;
use serde::{Deserialize, Serialize};

/// How bad a finding is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Visitors see no variants, or are not counted.
    Fails,
    /// It works, and not as well as it could; or it may fail for some.
    Warns,
    /// Good to know.
    Tells,
}

crate::text_enum!(Severity { Fails = "fails", Warns = "warns", Tells = "tells" });

/// Why the snippet runs after visitors saw the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateCause {
    /// It stands behind everything that a visitor sees.
    EndOfBody,
    /// Another script puts it into the page.
    Injected,
    /// Its element says `defer`.
    Deferred,
}

/// One thing that is wrong with an installation, or worth knowing. Names are stored, so they stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// The page does not answer.
    Unreachable {
        /// Why, as a sentence.
        reason: String,
    },
    /// The page does not answer now.
    Temporary {
        /// Why, as a sentence.
        reason: String,
    },
    /// The visit said nothing about the snippet.
    Unknown {
        /// Why, as a sentence.
        reason: String,
    },
    /// The page shows robots something else than people.
    BotWall {
        /// Status of the answer.
        status: u16,
    },
    /// The snippet is not on the page.
    NoSnippet,
    /// The snippet is not on the page, and a tag manager is.
    TagManagerOnly {
        /// Its name or container.
        container: String,
    },
    /// The snippet comes by a tag manager.
    TagManagerLoads {
        /// Its name or container.
        container: String,
    },
    /// The page has the snippet, and a cache shows an older one.
    StaleCache,
    /// The snippet on the page is another site's.
    WrongSite {
        /// That site's key.
        found: String,
        /// This site's key.
        wanted: SiteId,
    },
    /// The element lost the site's key.
    SiteLost,
    /// A tool changed the element so that it waits.
    Altered {
        /// Which.
        by: Alteration,
    },
    /// A consent tool holds the script back until the visitor agreed.
    ConsentTool,
    /// The content policy does not let the script load.
    PolicyBlocksScript {
        /// The script's origin.
        origin: String,
    },
    /// The content policy wants a nonce that the element does not bear.
    PolicyWantsNonce,
    /// The content policy does not let the script talk to the server.
    PolicyBlocksRequests {
        /// The server's origin.
        origin: String,
    },
    /// The script comes from a host that does not belong to this installation.
    OtherHost {
        /// That host.
        host: String,
        /// This installation's host.
        wanted: String,
    },
    /// The script's address leads to something else.
    ProxyBroken {
        /// The address.
        address: String,
        /// What it answers, as the rest of a sentence.
        answer: String,
    },
    /// The script's address serves an older snippet.
    OldScript {
        /// The address.
        address: String,
    },
    /// The script comes from a host of the owner's, which passes everything on.
    OwnAddress {
        /// That host.
        host: String,
    },
    /// The snippet stands on the page more than once.
    SeveralSnippets {
        /// How often.
        count: usize,
    },
    /// The snippet stands in the body.
    InBody,
    /// The snippet runs after visitors saw the page.
    LateScript {
        /// Why.
        cause: LateCause,
    },
    /// The page's address leads to another host.
    Redirect {
        /// Where to.
        to: String,
    },
    /// A place that variants change is gone.
    SlotLost {
        /// What it was, for people.
        slot: String,
        /// The selector that meant it.
        css: String,
    },
    /// Nothing on the page fits a goal.
    GoalUnmatched {
        /// The goal's name.
        goal: String,
        /// Its selector.
        css: String,
    },
    /// There were visitors, and none reached a goal.
    GoalNeverSeen {
        /// The goal's name.
        goal: String,
    },
    /// The snippet waits for the visitor's consent.
    WaitsForConsent,
    /// The snippet leaves visitors alone who do not want to be tracked.
    RespectsSignals {
        /// Which wishes: `gpc`, `dnt`.
        signals: String,
    },
}

impl Finding {
    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::Unreachable { .. }
            | Self::Temporary { .. }
            | Self::Unknown { .. }
            | Self::BotWall { .. }
            | Self::NoSnippet
            | Self::TagManagerOnly { .. }
            | Self::StaleCache
            | Self::WrongSite { .. }
            | Self::SiteLost
            | Self::PolicyBlocksScript { .. }
            | Self::PolicyWantsNonce
            | Self::PolicyBlocksRequests { .. }
            | Self::OtherHost { .. }
            | Self::ProxyBroken { .. } => Severity::Fails,
            Self::TagManagerLoads { .. }
            | Self::Altered { .. }
            | Self::ConsentTool
            | Self::OldScript { .. }
            | Self::SeveralSnippets { .. }
            | Self::InBody
            | Self::LateScript { .. }
            | Self::Redirect { .. }
            | Self::SlotLost { .. }
            | Self::GoalUnmatched { .. } => Severity::Warns,
            Self::OwnAddress { .. }
            | Self::GoalNeverSeen { .. }
            | Self::WaitsForConsent
            | Self::RespectsSignals { .. } => Severity::Tells,
        }
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn problem(&self) -> String {
        match self {
            Self::Unreachable { reason } | Self::Temporary { reason } | Self::Unknown { reason } => reason.clone(),
            Self::BotWall { status } => {
                format!("The page turned Evoloop away as a robot, with status {status}, so the snippet was not seen.")
            }
            Self::NoSnippet => "The snippet is not on the page.".to_owned(),
            Self::TagManagerOnly { container } => {
                format!("The snippet is not in the page's text; the page loads {container}, which may hold it.")
            }
            Self::TagManagerLoads { container } => {
                format!("The snippet comes by {container}, after visitors saw the old text.")
            }
            Self::StaleCache => "The page has the snippet, but a cache still serves the page without it.".to_owned(),
            Self::WrongSite { found, wanted } => {
                format!("The snippet on the page belongs to another site: it says {found} in place of {wanted}.")
            }
            Self::SiteLost => "The snippet on the page has lost its data-site attribute.".to_owned(),
            Self::Altered { by } => format!("{} rewrote the snippet, so that it waits.", by.name()),
            Self::ConsentTool => {
                "A cookie banner holds the snippet back until the visitor agrees; visitors who do not are not counted."
                    .to_owned()
            }
            Self::PolicyBlocksScript { origin } => {
                format!("The page's content security policy does not allow scripts from {origin}.")
            }
            Self::PolicyWantsNonce => {
                "The page's content security policy runs only scripts with its nonce, and the snippet bears none of it."
                    .to_owned()
            }
            Self::PolicyBlocksRequests { origin } => {
                format!("The page's content security policy does not let scripts talk to {origin}.")
            }
            Self::OtherHost { host, wanted } => {
                format!("The snippet is loaded from {host}, which does not answer for this Evoloop at {wanted}.")
            }
            Self::ProxyBroken { address, answer } => format!("{address} should come from Evoloop and is {answer}."),
            Self::OldScript { address } => format!("{address} is an older snippet than this server's."),
            Self::OwnAddress { host } => {
                format!("The snippet comes from {host}, which passes everything on as it should.")
            }
            Self::SeveralSnippets { count } => {
                format!("The snippet stands on the page {count} times; only the first one works.")
            }
            Self::InBody => "The snippet stands in the body of the page, not in its head.".to_owned(),
            Self::LateScript { cause: LateCause::EndOfBody } => {
                "The snippet stands at the end of the page, so visitors see the old text first.".to_owned()
            }
            Self::LateScript { cause: LateCause::Injected } => {
                "Another script puts the snippet into the page, after visitors saw the old text.".to_owned()
            }
            Self::LateScript { cause: LateCause::Deferred } => {
                "The snippet says defer, so it runs after visitors saw the old text.".to_owned()
            }
            Self::Redirect { to } => format!("The page's address leads on to {to}."),
            Self::SlotLost { slot, css } => {
                format!("{slot} is not where it was when the page was read: nothing fits {css}.")
            }
            Self::GoalUnmatched { goal, css } => format!("Nothing on the page fits the goal {goal}: {css}."),
            Self::GoalNeverSeen { goal } => format!("Visitors came, and nobody reached the goal {goal} yet."),
            Self::WaitsForConsent => {
                "The snippet stores and sends nothing until the page calls evoloop.consent(true).".to_owned()
            }
            Self::RespectsSignals { signals } => {
                format!(
                    "Visitors whose browser asks not to be tracked ({signals}) see the page as it is and are not counted."
                )
            }
        }
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn advice(&self) -> String {
        let text = match self {
            Self::Unreachable { .. } => {
                "Open the address in a browser, and see whether it is public and spelled as here."
            }
            Self::Temporary { .. } => "Verify again in a few minutes.",
            Self::Unknown { .. } => "Open the page yourself: if a visit is counted below, everything works.",
            Self::BotWall { .. } => {
                "Let the user agent Evoloop through at your firewall, or open the page yourself: if a visit is counted below, everything works."
            }
            Self::NoSnippet => "Copy the snippet, paste it into the head of the page, and publish the page.",
            Self::TagManagerOnly { .. } | Self::TagManagerLoads { .. } => {
                "Paste the snippet into the head of the page itself: a tag manager loads it too late to change what visitors see first."
            }
            Self::StaleCache => "Empty the cache of your host, plugin or content network for this page.",
            Self::WrongSite { .. } => "Replace it with this site's snippet.",
            Self::SiteLost => "Paste the snippet again, and keep tools that shorten HTML away from it.",
            Self::Altered { by: Alteration::RocketLoader } => {
                "Add data-cfasync=\"false\" before src in the snippet, or switch Rocket Loader off for this page."
            }
            Self::Altered { .. } => "Exclude evoloop.js from delayed and combined scripts in that tool's settings.",
            Self::ConsentTool => {
                "Let your consent tool treat the snippet as necessary if the law where you are allows it; or leave it to the tool, and add data-consent=\"required\"."
            }
            Self::PolicyBlocksScript { origin } => {
                return format!("Add {origin} to script-src of the policy.");
            }
            Self::PolicyWantsNonce => {
                "Let your server write its nonce into the snippet, as into the page's other scripts."
            }
            Self::PolicyBlocksRequests { origin } => {
                return format!("Add {origin} to connect-src of the policy.");
            }
            Self::OtherHost { .. } => {
                "Copy the snippet from here again, or let that host pass requests on to this server."
            }
            Self::ProxyBroken { .. } => {
                "Look at the rules of your proxy: the script and the paths under /v1 must be passed on to Evoloop unchanged."
            }
            Self::OldScript { .. } => {
                "Empty the cache that stands before that address, or let it ask again after five minutes."
            }
            Self::OwnAddress { .. } => "There is nothing to do.",
            Self::SeveralSnippets { .. } => "Keep one, in the head of the page, and take the others away.",
            Self::InBody | Self::LateScript { cause: LateCause::EndOfBody | LateCause::Injected } => {
                "Move it into the head, as high as you can, so that nobody sees the old text."
            }
            Self::LateScript { cause: LateCause::Deferred } => "Write async in place of defer, as in the snippet here.",
            Self::Redirect { .. } => {
                "Add the site anew with the address that visitors end on, if the pages there are the ones to be tested."
            }
            Self::SlotLost { .. } => "Have the page read again, so that variants change what is there now.",
            Self::GoalUnmatched { .. } => {
                "Correct the selector of the goal, unless what it means stands on another page that has the snippet too."
            }
            Self::GoalNeverSeen { .. } => "Reach the goal once yourself, and see whether it is counted.",
            Self::WaitsForConsent => "Call it where your banner learns that the visitor agreed.",
            Self::RespectsSignals { .. } => {
                "There is nothing to do; if fewer visitors are counted than your other statistics say, this is why."
            }
        };
        text.to_owned()
    }
}
