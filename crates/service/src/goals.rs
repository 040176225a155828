//! Conversion goals.

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::goal::InvalidGoal;
use domain::{Goal, GoalConfig, GoalId, GoalType, SiteId};
use store::Viewer;

/// A goal that an owner wants to add. It is secondary: the primary goal comes with the site.
#[derive(Debug, Clone)]
pub struct NewGoal {
    /// Name for people.
    pub name: String,
    /// How it is recognised.
    pub kind: GoalType,
    /// The detail that the type needs.
    pub config: GoalConfig,
}

impl Service {
    /// The site's goals, the primary one first.
    ///
    /// # Errors
    /// `NotFound` for a foreign site.
    pub async fn list_goals(&self, viewer: &Viewer, site_id: SiteId) -> Result<Vec<Goal>, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        Ok(self.store().goals(&site).await?)
    }

    /// Adds a secondary goal.
    ///
    /// # Errors
    /// `Invalid` when a detail is missing, `NotFound` for a foreign site.
    pub async fn create_goal(&self, viewer: &Viewer, site_id: SiteId, new: NewGoal) -> Result<Goal, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(refused("name", &InvalidGoal::Name));
        }
        new.config.check(new.kind).map_err(|error| refused("config", &error))?;
        let goal = Goal { id: GoalId(self.random_id()), name, kind: new.kind, config: new.config, is_primary: false };
        let write = self.store().begin().await?;
        write.create_goal(&site, &goal, self.now()).await?;
        write.commit().await?;
        self.refresh_site(site_id).await?;
        self.inner.live.announce(site_id, Topic::Site);
        Ok(goal)
    }
}

fn refused(field: &'static str, reason: &InvalidGoal) -> ServiceError {
    ServiceError::invalid(field, format!("{reason}."))
}
