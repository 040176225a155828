//! Variants; the control is one of them.

use crate::millis::Millis;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "variants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub parent_variant_id: Option<Uuid>,
    pub generation: i32,
    pub name: String,
    pub patch: Json,
    pub status: String,
    pub is_control: bool,
    #[sea_orm(column_type = "Text")]
    pub generation_reasoning: String,
    pub strategy: String,
    pub author: String,
    pub provenance: Json,
    pub job_id: Option<Uuid>,
    pub job_ordinal: Option<i32>,
    pub created_at: Millis,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
