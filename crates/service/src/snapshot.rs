//! The sites as they are served, in memory.
//!
//! `/v1/assign` reads this and nothing else, so it goes on when the database is down. A site is
//! swapped whole. A change made here is seen at once; changes by other processes on the same
//! database are found by their version number within a second.

use crate::live::Topic;
use crate::requests::Tally;
use crate::token::SiteKey;
use crate::{Service, ServiceError};
use domain::{AllowedOrigins, Goal, GoalId, Op, Patch, SiteId, SiteStatus, Target, VariantId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use store::snapshot::ServedSite;

/// Sites that are loaded with the same queries; more at once would hold more rows than is worth it.
const LOADED_TOGETHER: usize = 500;

/// One site, ready to be served.
pub(crate) struct SiteSnapshot {
    pub(crate) version: i64,
    pub(crate) running: bool,
    pub(crate) epoch: i64,
    pub(crate) holdout_fraction: f64,
    pub(crate) allowed_origins: AllowedOrigins,
    pub(crate) salt: [u8; 16],
    pub(crate) key: SiteKey,
    pub(crate) control: VariantId,
    /// Active arms: identifier as text, for the hash, with its weight.
    pub(crate) arms: Vec<(String, f64)>,
    /// The same without the control.
    pub(crate) challengers: Vec<(String, f64)>,
    pub(crate) variants: HashMap<VariantId, ServedVariant>,
    pub(crate) goals: Vec<(GoalId, bool)>,
    pub(crate) goals_json: Arc<str>,
    pub(crate) no_targets_json: Arc<str>,
    pub(crate) empty_patch_json: Arc<str>,
    /// What came and is not stored yet; the same one in every snapshot of a site.
    pub(crate) tally: Arc<Tally>,
}

/// One variant, ready to be served.
pub(crate) struct ServedVariant {
    pub(crate) is_control: bool,
    pub(crate) is_active: bool,
    pub(crate) patch_json: Arc<str>,
    /// What the patch changes, each once.
    pub(crate) targets_json: Arc<str>,
}

#[derive(Default)]
pub(crate) struct Snapshot {
    sites: RwLock<HashMap<SiteId, Arc<SiteSnapshot>>>,
}

impl Snapshot {
    pub(crate) fn get(&self, site_id: SiteId) -> Option<Arc<SiteSnapshot>> {
        self.sites.read().unwrap_or_else(PoisonError::into_inner).get(&site_id).cloned()
    }

    fn put(&self, site_id: SiteId, site: Option<SiteSnapshot>) {
        let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
        let Some(site) = site else {
            sites.remove(&site_id);
            return;
        };
        let site = match sites.get(&site_id) {
            Some(before) => site.counting_on(before),
            None => site,
        };
        sites.insert(site_id, Arc::new(site));
    }

    /// Every site that is served.
    pub(crate) fn all(&self) -> Vec<(SiteId, Arc<SiteSnapshot>)> {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        sites.iter().map(|(id, site)| (*id, site.clone())).collect()
    }

    /// How many sites are served.
    pub(crate) fn len(&self) -> usize {
        self.sites.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn versions(&self) -> HashMap<SiteId, i64> {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        sites.iter().map(|(id, site)| (*id, site.version)).collect()
    }
}

impl Service {
    /// Loads one site again.
    pub(crate) async fn refresh_site(&self, site_id: SiteId) -> Result<(), ServiceError> {
        let site = self.store().served_site(site_id).await?;
        let site = site.map(|site| self.prepare(site)).transpose()?;
        self.inner.snapshot.put(site_id, site);
        Ok(())
    }

    /// Loads sites again, many with the same queries. One that was deleted is left to the next look for changes.
    pub(crate) async fn refresh_sites(&self, ids: &[SiteId]) -> Result<(), ServiceError> {
        for site in self.store().served_sites(ids).await? {
            let id = site.id;
            let site = self.prepare(site)?;
            self.inner.snapshot.put(id, Some(site));
            self.inner.live.announce(id, Topic::Variants);
        }
        Ok(())
    }

    /// Loads every site that was changed by another process, and forgets those that were deleted.
    ///
    /// # Errors
    /// When the database fails; then the old snapshot stays.
    pub async fn refresh_changed_sites(&self) -> Result<(), ServiceError> {
        let held = self.inner.snapshot.versions();
        let present = self.store().site_versions().await?;
        let known: HashSet<SiteId> = present.iter().map(|(id, _)| *id).collect();
        let is_news = |(id, version): &(SiteId, i64)| (held.get(id) != Some(version)).then_some(*id);
        let changed: Vec<SiteId> = present.iter().filter_map(is_news).collect();
        for part in changed.chunks(LOADED_TOGETHER) {
            self.refresh_sites(part).await?;
        }
        for id in held.keys().filter(|id| !known.contains(id)) {
            self.inner.snapshot.put(*id, None);
        }
        Ok(())
    }

    /// The site as it is served; looked up in the database when this process has not seen it yet.
    pub(crate) async fn served_site(&self, site_id: SiteId) -> Result<Option<Arc<SiteSnapshot>>, ServiceError> {
        if self.inner.snapshot.get(site_id).is_none() {
            self.refresh_site(site_id).await?;
        }
        Ok(self.inner.snapshot.get(site_id))
    }

    fn prepare(&self, site: ServedSite) -> Result<SiteSnapshot, ServiceError> {
        let control = site.variants.iter().find(|variant| variant.is_control);
        let control = control.ok_or_else(|| ServiceError::internal("a site without control"))?.id;
        let mut variants = HashMap::new();
        for variant in &site.variants {
            let served = ServedVariant {
                is_control: variant.is_control,
                is_active: variant.status.is_served(),
                patch_json: json(&variant.patch)?,
                targets_json: json(&targets(&variant.patch))?,
            };
            variants.insert(variant.id, served);
        }
        let arms: Vec<_> = site.weights.iter().map(|arm| (arm.variant_id.to_string(), arm.weight)).collect();
        let untouched = control.to_string();
        Ok(SiteSnapshot {
            version: site.version,
            running: site.status == SiteStatus::Running,
            epoch: site.epoch,
            holdout_fraction: site.holdout_fraction,
            allowed_origins: site.allowed_origins,
            salt: site.salt,
            key: self.inner.tokens.site(site.id),
            control,
            challengers: arms.iter().filter(|(id, _)| *id != untouched).cloned().collect(),
            arms,
            variants,
            goals: site.goals.iter().map(|goal| (goal.id, goal.is_primary)).collect(),
            goals_json: json(&wire_goals(&site.goals))?,
            no_targets_json: "[]".into(),
            empty_patch_json: json(&Patch::empty())?,
            tally: Arc::default(),
        })
    }
}

/// What the snippet needs to recognise each goal.
fn wire_goals(goals: &[Goal]) -> Vec<serde_json::Value> {
    goals
        .iter()
        .map(|goal| {
            serde_json::json!({
                "id": goal.id,
                "type": goal.kind,
                "is_primary": goal.is_primary,
                "selector": goal.config.selector,
                "url_contains": goal.config.url_contains,
                "event_name": goal.config.event_name,
            })
        })
        .collect()
}

/// The distinct targets of a patch, in its order.
fn targets(patch: &Patch) -> Vec<&Target> {
    let mut targets = Vec::new();
    for target in patch.ops.iter().flat_map(Op::targets) {
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    targets
}

pub(crate) fn json(value: &impl serde::Serialize) -> Result<Arc<str>, ServiceError> {
    serde_json::to_string(value).map(Arc::from).map_err(ServiceError::internal)
}
