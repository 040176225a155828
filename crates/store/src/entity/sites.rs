//! Sites.

use crate::millis::Millis;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sites")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub url: String,
    pub status: String,
    pub autonomy_mode: String,
    pub approvals_remaining: i32,
    pub brand_constraints: Json,
    pub page_model: Option<Json>,
    #[sea_orm(column_type = "Binary(16)")]
    pub salt: Vec<u8>,
    pub holdout_fraction: f64,
    pub epoch: i64,
    pub version: i64,
    pub phase: String,
    pub phase_variant_id: Option<Uuid>,
    pub first_epoch: i64,
    pub prior_alpha: f64,
    pub prior_beta: f64,
    pub allowed_origins: Json,
    pub copy_settings: Json,
    pub page_edits: Json,
    pub install_report: Option<Json>,
    pub created_at: Millis,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
