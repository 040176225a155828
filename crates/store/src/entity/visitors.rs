//! Counted exposures: the statistical unit.

use crate::millis::Millis;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "visitors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub visitor_id: String,
    pub variant_id: Uuid,
    pub epoch: i64,
    pub exposure_hour: i64,
    pub first_seen: Millis,
    pub is_holdout: bool,
    pub saw_another: bool,
    pub not_counted: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
