//! What a visit means.

use super::evidence::{Evidence, Hindrance, PageScripts, PageVisit, ScriptAnswer};
use super::policy::{Obstacle, PolicyQuestion, obstacles};
use super::{Finding, LateCause, Place, SnippetTag};
use crate::SiteId;
use url::Url;

/// Says what is wrong, the worst first.
#[must_use]
pub fn judge(evidence: &Evidence) -> Vec<Finding> {
    let mut findings = match &evidence.visit {
        Err(Hindrance::Unreachable(reason)) => vec![Finding::Unreachable { reason: reason.clone() }],
        Err(Hindrance::Temporary(reason)) => vec![Finding::Temporary { reason: reason.clone() }],
        Err(Hindrance::Unclear(reason)) => vec![Finding::Unknown { reason: reason.clone() }],
        Ok(visit) => match hindrance(visit) {
            Some(finding) => vec![finding],
            None => Judge { evidence, visit, findings: Vec::new() }.all(),
        },
    };
    // Stable, so that what was looked at first stays first among equals.
    findings.sort_by_key(Finding::severity);
    findings
}

/// What keeps the visit from saying anything about the snippet.
fn hindrance(visit: &PageVisit) -> Option<Finding> {
    let header = |name: &str| visit.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    let has_snippet = !visit.scripts.snippets.is_empty();
    let is_challenge = visit.scripts.is_challenge || header("cf-mitigated").is_some_and(|value| value == "challenge");
    let status = visit.status;
    match status {
        _ if is_challenge && !has_snippet => Some(Finding::BotWall { status }),
        401 | 403 | 429 => Some(Finding::BotWall { status }),
        200..=299 => None,
        408 | 425 | 500.. => Some(Finding::Temporary {
            reason: format!("The page answered with status {status}, as when it is out of order."),
        }),
        _ => Some(Finding::Unreachable { reason: format!("The page answered with status {status}.") }),
    }
}

struct Judge<'a> {
    evidence: &'a Evidence,
    visit: &'a PageVisit,
    findings: Vec<Finding>,
}

impl Judge<'_> {
    fn all(mut self) -> Vec<Finding> {
        self.find_redirect();
        self.find_snippet();
        let Self { evidence, mut findings, .. } = self;
        let lost = |slot: &super::LostSlot| Finding::SlotLost { slot: slot.name.clone(), css: slot.css.clone() };
        findings.extend(evidence.lost_slots.iter().map(lost));
        for goal in &evidence.goals {
            let name = goal.name.clone();
            match &goal.unmatched {
                Some(css) => findings.push(Finding::GoalUnmatched { goal: name, css: css.clone() }),
                None if evidence.has_visitors && !goal.was_reached => {
                    findings.push(Finding::GoalNeverSeen { goal: name });
                }
                None => {}
            }
        }
        findings
    }

    fn find_redirect(&mut self) {
        let host = |url: &Url| url.host_str().map(str::to_ascii_lowercase);
        let (asked, came) = (&self.evidence.page, &self.visit.url);
        if host(asked) != host(came)
            || asked.port_or_known_default() != came.port_or_known_default() && asked.scheme() == came.scheme()
        {
            self.findings.push(Finding::Redirect { to: came.origin().ascii_serialization() });
        }
    }

    fn find_snippet(&mut self) {
        let visit = self.visit;
        let site_id = self.evidence.site_id;
        let has_ours = |scripts: &&PageScripts| scripts.snippets.iter().any(|tag| is_of(tag, site_id));
        if !has_ours(&&visit.scripts) && visit.past_caches.as_ref().is_some_and(|scripts| has_ours(&scripts)) {
            self.findings.push(Finding::StaleCache);
            return;
        }
        let rendered = visit.rendered.as_ref().filter(|scripts| !scripts.snippets.is_empty());
        let manager = || {
            let rendered = visit.rendered.as_ref().and_then(|scripts| scripts.tag_manager.clone());
            visit.scripts.tag_manager.clone().or(rendered)
        };
        let (scripts, is_injected) = match rendered {
            _ if !visit.scripts.snippets.is_empty() => (&visit.scripts, false),
            Some(rendered) => (rendered, true),
            None => {
                self.findings.push(match manager() {
                    Some(container) => Finding::TagManagerOnly { container },
                    None => Finding::NoSnippet,
                });
                return;
            }
        };
        if is_injected {
            self.findings.push(match manager() {
                Some(container) => Finding::TagManagerLoads { container },
                None => Finding::LateScript { cause: LateCause::Injected },
            });
        }
        if scripts.snippets.len() > 1 {
            self.findings.push(Finding::SeveralSnippets { count: scripts.snippets.len() });
        }
        let Some(tag) = scripts.running() else { return };
        self.find_key(tag);
        self.find_in_element(tag, is_injected);
        self.find_in_policies(tag, is_injected);
        self.find_in_address(tag);
    }

    fn find_key(&mut self, tag: &SnippetTag) {
        let wanted = self.evidence.site_id;
        match tag.attribute("data-site").filter(|key| !key.is_empty()) {
            None => self.findings.push(Finding::SiteLost),
            Some(_) if is_of(tag, wanted) => {}
            Some(found) => {
                let found = found.chars().take(60).collect();
                self.findings.push(Finding::WrongSite { found, wanted });
            }
        }
    }

    fn find_in_element(&mut self, tag: &SnippetTag, is_injected: bool) {
        if tag.waits_for_consent_tool() {
            self.findings.push(Finding::ConsentTool);
        }
        if let Some(by) = tag.alteration() {
            self.findings.push(Finding::Altered { by });
        }
        match tag.place {
            _ if is_injected => {}
            // A browser does not wait for the end of the page with a script that says async.
            Place::Head if tag.has("defer") && !tag.has("async") => {
                self.findings.push(Finding::LateScript { cause: LateCause::Deferred });
            }
            Place::Head => {}
            Place::Body => self.findings.push(Finding::InBody),
            Place::End => self.findings.push(Finding::LateScript { cause: LateCause::EndOfBody }),
        }
        if tag.attribute("data-consent") == Some("required") {
            self.findings.push(Finding::WaitsForConsent);
        }
        if let Some(signals) = tag.attribute("data-respect").filter(|signals| !signals.is_empty()) {
            let signals = signals.chars().take(20).collect();
            self.findings.push(Finding::RespectsSignals { signals });
        }
    }

    fn find_in_policies(&mut self, tag: &SnippetTag, is_injected: bool) {
        let (Some(script), Some(interfaces)) = (&tag.address, tag.interfaces()) else { return };
        let headers = self.visit.headers.iter().filter(|(name, _)| name == "content-security-policy");
        let policies = headers.map(|(_, value)| value.as_str());
        let policies = policies.chain(self.visit.scripts.policies.iter().map(String::as_str));
        let question = PolicyQuestion {
            page: &self.visit.url,
            script,
            nonce: tag.attribute("nonce"),
            integrity: tag.attribute("integrity"),
            is_injected,
            interfaces: &interfaces,
        };
        let origin = script.origin().ascii_serialization();
        let found = obstacles(policies, &question).into_iter().map(|obstacle| match obstacle {
            Obstacle::Script => Finding::PolicyBlocksScript { origin: origin.clone() },
            Obstacle::Nonce => Finding::PolicyWantsNonce,
            Obstacle::Requests => Finding::PolicyBlocksRequests { origin: origin.clone() },
        });
        self.findings.extend(found);
    }

    fn find_in_address(&mut self, tag: &SnippetTag) {
        let Some(script) = &tag.address else { return };
        let is_ours = script.origin() == self.evidence.public_url.origin();
        let (host, wanted) = (place_of(script), place_of(&self.evidence.public_url));
        let address: String = script.as_str().chars().take(200).collect();
        match &self.visit.script {
            Some(ScriptAnswer::NoScript(answer)) => {
                self.findings.push(Finding::ProxyBroken { address, answer: answer.clone() });
            }
            Some(ScriptAnswer::AnotherScript) => {
                self.findings.push(Finding::ProxyBroken { address, answer: "another script".to_owned() });
            }
            Some(ScriptAnswer::Snippet { is_current, knows_site }) => {
                if *is_current == Some(false) {
                    self.findings.push(Finding::OldScript { address: address.clone() });
                }
                match knows_site {
                    Some(false) if is_ours => {
                        let interface = tag.interfaces().map_or(address, |[assign, _]| assign.to_string());
                        self.findings.push(Finding::ProxyBroken {
                            address: interface,
                            answer: "an answer of something else".to_owned(),
                        });
                    }
                    Some(false) => self.findings.push(Finding::OtherHost { host, wanted }),
                    Some(true) if !is_ours => self.findings.push(Finding::OwnAddress { host }),
                    Some(true) | None => {}
                }
            }
            None if !is_ours => self.findings.push(Finding::OtherHost { host, wanted }),
            None => {}
        }
    }
}

fn is_of(tag: &SnippetTag, site_id: SiteId) -> bool {
    tag.attribute("data-site").and_then(|key| key.parse().ok()) == Some(site_id)
}

/// Host and unusual port of an address.
fn place_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
