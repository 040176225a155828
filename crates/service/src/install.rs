//! Verifying an installation: the page is visited as a browser would, and what is wrong is named.

use crate::live::Topic;
use crate::ports::{Fetched, ReadError, VisitKind, Visited};
use crate::worker::Told;
use crate::{Service, ServiceError};
use domain::install::{
    Evidence, GoalSeen, Hindrance, InstallReport, LostSlot, PageScripts, PageVisit, ScriptAnswer, SnippetTag, judge,
};
use domain::{Goal, GoalType, JobKind, Locator, PageModel, SiteId};
use store::sites::SiteRecord;
use store::{OwnedSite, Viewer};
use url::Url;

/// The parameter of an address that no cache knows.
const PAST_CACHES: &str = "evo_verify";
/// The visitor whom the interface is asked for; it is told apart as automated by its user agent.
const VISITOR: &str = "evoloop.verification";

impl Service {
    /// Asks for a look at the site's page; a job does it.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Conflict` with a sentence when one is being verified already.
    pub async fn verify_install(&self, viewer: &Viewer, site_id: SiteId) -> Result<(), ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let write = self.store().begin().await?;
        if self.enqueue(&write, &site, JobKind::VerifyInstall).await?.is_none() {
            return Err(ServiceError::Conflict("The installation is being verified already.".to_owned()));
        }
        write.commit().await?;
        self.wake_worker();
        self.inner.live.announce(site_id, Topic::Jobs);
        Ok(())
    }

    /// Verifies now, for the operator, and stores what was found.
    ///
    /// # Errors
    /// `NotFound` when there is no such site.
    pub async fn verify_install_now(&self, site_id: SiteId) -> Result<InstallReport, ServiceError> {
        let site = self.store().site_for_operator(site_id).await?.ok_or(ServiceError::NotFound)?;
        let report = self.inspect(&site, &mut Told::Nobody).await?;
        let write = self.store().begin().await?;
        write.set_install_report(&site, &report).await?;
        write.commit().await?;
        Ok(report)
    }

    /// Visits the page, and says what was found.
    pub(crate) async fn inspect(&self, site: &OwnedSite, told: &mut Told<'_>) -> Result<InstallReport, ServiceError> {
        let record = self.store().site_record(site).await?.ok_or(ServiceError::NotFound)?;
        let public_url = Url::parse(self.public_url()).map_err(ServiceError::internal)?;
        let goals = self.store().goals(site).await?;
        let reached = self.store().goal_counts(site).await?;
        let mut evidence = Evidence {
            site_id: record.id,
            page: record.url.as_url().clone(),
            public_url,
            visit: Err(Hindrance::Unclear(String::new())),
            lost_slots: Vec::new(),
            goals: Vec::new(),
            has_visitors: self.store().last_exposure(site).await?.is_some(),
        };
        told.step(10, format!("Visiting {}", record.url.host())).await?;
        let mut text = None;
        match self.inner.ports.reader.visit(&evidence.page, VisitKind::Page).await {
            Err(error) => evidence.visit = Err(hindrance(&error)),
            Ok(visited) => {
                let (visit, shown) = self.look_around(&record, visited, told).await?;
                text = shown;
                evidence.visit = Ok(visit);
            }
        }
        told.step(85, "Comparing with what is known of the page").await?;
        let found = compare(text, record.page_model().cloned(), goals.clone()).await?;
        evidence.lost_slots = found.lost_slots;
        let seen = |(goal, unmatched): (Goal, Option<String>)| GoalSeen {
            was_reached: reached.iter().any(|count| count.goal_id == goal.id && count.visitors > 0),
            name: goal.name,
            unmatched,
        };
        evidence.goals = goals.into_iter().zip(found.unmatched).map(seen).collect();
        let (address, in_browser) = match &evidence.visit {
            Ok(visit) => (visit.url.to_string(), visit.rendered.is_some()),
            Err(_) => (evidence.page.to_string(), false),
        };
        told.step(95, "Storing what was found").await?;
        let checked_at = self.wall_now().unix_timestamp();
        Ok(InstallReport { checked_at, address, in_browser, findings: judge(&evidence) })
    }

    /// Follows what the page's answer leads to. Besides, the text of the page as visitors see it, if that is known.
    async fn look_around(
        &self,
        record: &SiteRecord,
        visited: Visited,
        told: &mut Told<'_>,
    ) -> Result<(PageVisit, Option<String>), ServiceError> {
        let reader = &self.inner.ports.reader;
        let Visited { url, status, headers, text } = visited;
        let is_fine = (200..300).contains(&status);
        let (scripts, needs_javascript) = read_scripts(text.clone(), url.clone()).await?;
        let mut visit = PageVisit { url, status, headers, scripts, rendered: None, past_caches: None, script: None };
        let mut shown = (is_fine && !needs_javascript).then_some(text);
        if is_fine && !has_snippet_of(&visit.scripts, record.id) {
            told.step(30, "Looking past the caches").await?;
            let mut fresh = visit.url.clone();
            fresh.query_pairs_mut().append_pair(PAST_CACHES, &self.random_id().simple().to_string());
            if let Ok(visited) = reader.visit(&fresh, VisitKind::Page).await
                && (200..300).contains(&visited.status)
            {
                visit.past_caches = Some(read_scripts(visited.text, visited.url).await?.0);
            }
        }
        if is_fine && reader.has_browser() && (needs_javascript || visit.scripts.snippets.is_empty()) {
            told.step(45, "Running the page's scripts in a browser").await?;
            if let Ok(Fetched { url, text, .. }) = reader.render(&visit.url).await {
                visit.rendered = Some(read_scripts(text.clone(), url).await?.0);
                shown = Some(text);
            }
        }
        let running = visit.scripts.running().or_else(|| visit.rendered.as_ref()?.running()).cloned();
        if let Some(tag) = running
            && let Some(address) = &tag.address
        {
            told.step(65, format!("Asking for the script at {}", address.host_str().unwrap_or_default())).await?;
            visit.script = self.ask_for_script(&tag, address, record.id).await;
        }
        Ok((visit, shown))
    }

    /// What the script's address answers; `None` when that cannot be known from here.
    async fn ask_for_script(&self, tag: &SnippetTag, address: &Url, site_id: SiteId) -> Option<ScriptAnswer> {
        let reader = &self.inner.ports.reader;
        let visited = match reader.visit(address, VisitKind::Script).await {
            Ok(visited) => visited,
            Err(ReadError::Timeout(_)) => return Some(ScriptAnswer::NoScript("no answer in time".to_owned())),
            Err(_) => return None,
        };
        if !(200..300).contains(&visited.status) {
            return Some(ScriptAnswer::NoScript(format!("an error with status {}", visited.status)));
        }
        let media_type = visited.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if media_type.contains("html") || visited.text.trim_start().starts_with('<') {
            return Some(ScriptAnswer::NoScript("a web page".to_owned()));
        }
        if !media_type.is_empty() && !media_type.contains("script") {
            return Some(ScriptAnswer::NoScript("a file that browsers do not run as a script".to_owned()));
        }
        let current = self.inner.settings.snippet.as_deref().map(str::trim);
        let is_current = current.map(|current| current == visited.text.trim());
        if is_current != Some(true) && !visited.text.contains("evoloop") {
            return Some(ScriptAnswer::AnotherScript);
        }
        Some(ScriptAnswer::Snippet { is_current, knows_site: self.knows_site(tag, site_id).await })
    }

    /// Whether the interface that the snippet talks to knows the site; `None` when it cannot be asked.
    async fn knows_site(&self, tag: &SnippetTag, site_id: SiteId) -> Option<bool> {
        let [mut assign, _] = tag.interfaces()?;
        assign.query_pairs_mut().append_pair("site_id", &site_id.to_string()).append_pair("visitor_id", VISITOR);
        let visited = match self.inner.ports.reader.visit(&assign, VisitKind::Interface).await {
            Ok(visited) => visited,
            Err(ReadError::Robots { .. } | ReadError::RobotsUnavailable(_) | ReadError::Unreachable) => return None,
            Err(_) => return Some(false),
        };
        let answer: Option<serde_json::Value> = serde_json::from_str(&visited.text).ok();
        let named = answer.and_then(|answer| answer.get("site_id")?.as_str()?.parse::<SiteId>().ok());
        Some((200..300).contains(&visited.status) && named == Some(site_id))
    }
}

fn hindrance(error: &ReadError) -> Hindrance {
    let reason = error.to_string();
    match error {
        ReadError::Unreachable | ReadError::Redirects(_) => Hindrance::Unreachable(reason),
        error if error.is_transient() => Hindrance::Temporary(reason),
        _ => Hindrance::Unclear(reason),
    }
}

fn has_snippet_of(scripts: &PageScripts, site_id: SiteId) -> bool {
    let key = |tag: &SnippetTag| tag.attribute("data-site").and_then(|key| key.parse::<SiteId>().ok());
    scripts.snippets.iter().any(|tag| key(tag) == Some(site_id))
}

/// Reads a page away from the threads that answer requests: its scripts, and whether it needs them to say anything.
async fn read_scripts(text: String, url: Url) -> Result<(PageScripts, bool), ServiceError> {
    let read = move || (page::page_scripts(&text, &url), page::needs_javascript(&text));
    tokio::task::spawn_blocking(read).await.map_err(ServiceError::internal)
}

#[derive(Default)]
struct Compared {
    lost_slots: Vec<LostSlot>,
    /// For each goal, its selector if that means nothing.
    unmatched: Vec<Option<String>>,
}

/// Looks up what the site knows of its page. What cannot be said is not said.
async fn compare(text: Option<String>, known: Option<PageModel>, goals: Vec<Goal>) -> Result<Compared, ServiceError> {
    let Some(text) = text else {
        return Ok(Compared { lost_slots: Vec::new(), unmatched: vec![None; goals.len()] });
    };
    let compared = tokio::task::spawn_blocking(move || {
        let slots = known.as_ref().map(slots).unwrap_or_default();
        let wanted: Vec<Option<&str>> = goals.iter().map(selector).collect();
        let of_slots = slots.iter().flat_map(|(_, locator)| selectors(locator));
        let all: Vec<&str> = of_slots.chain(wanted.iter().copied().flatten()).collect();
        let mut counts = page::matches(&text, &all).into_iter();
        let mut compared = Compared::default();
        for (name, locator) in &slots {
            let found: Vec<Option<u32>> = selectors(locator).zip(&mut counts).map(|(_, count)| count).collect();
            if !found.iter().any(|count| matches!(count, Some(1) | None)) {
                compared.lost_slots.push(LostSlot { name: (*name).to_owned(), css: locator.css.clone() });
            }
        }
        compared.unmatched = wanted
            .into_iter()
            .map(|css| css.filter(|_| counts.next().flatten() == Some(0)).map(str::to_owned))
            .collect();
        compared
    });
    compared.await.map_err(ServiceError::internal)
}

fn selectors(locator: &Locator) -> impl Iterator<Item = &str> {
    std::iter::once(locator.css.as_str()).chain(locator.alt.iter().map(String::as_str))
}

fn slots(page: &PageModel) -> Vec<(&'static str, &Locator)> {
    let texts = [
        ("The headline", &page.headline),
        ("The subheadline", &page.subheadline),
        ("The call to action", &page.cta),
        ("The second call to action", &page.secondary_cta),
    ];
    let found = texts.into_iter().filter_map(|(name, slot)| Some((name, &slot.as_ref()?.locator)));
    found.chain(page.hero_image.as_ref().map(|image| ("The hero image", &image.locator))).collect()
}

/// The selector of a goal that is recognised by one.
fn selector(goal: &Goal) -> Option<&str> {
    let is_by_selector = matches!(goal.kind, GoalType::Click | GoalType::Form);
    goal.config.selector.as_deref().filter(|_| is_by_selector)
}
