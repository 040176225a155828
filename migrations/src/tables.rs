//! Shorthands for the parts that every table of the schema shares.

use sea_orm_migration::prelude::*;

/// A table of one site's data: its key begins with `site_id`, and it goes when the site goes.
pub(crate) fn tenant_table(name: &'static str, key: &[&'static str], columns: Vec<ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name).col(ColumnDef::new("site_id").uuid().not_null());
    for column in columns {
        table.col(column);
    }
    let mut primary = Index::create();
    primary.col("site_id");
    for column in key {
        primary.col(*column);
    }
    table.primary_key(&mut primary);
    table.foreign_key(&mut reference(name, &["site_id"], "sites", &["id"]));
    table
}

/// A foreign key whose rows go with the row that they point to.
pub(crate) fn reference(
    from: &'static str,
    columns: &[&'static str],
    to: &'static str,
    keys: &[&'static str],
) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(format!("fk_{from}_{}", columns.join("_"))).from_tbl(from).to_tbl(to);
    for column in columns {
        key.from_col(*column);
    }
    for column in keys {
        key.to_col(*column);
    }
    key.on_delete(ForeignKeyAction::Cascade);
    key
}

/// Drops tables, the last created first.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, names: &[&'static str]) -> Result<(), DbErr> {
    for name in names {
        manager.drop_table(Table::drop().table(*name).to_owned()).await?;
    }
    Ok(())
}

/// Adds a column. SQLite adds one a statement.
pub(crate) async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &mut ColumnDef,
) -> Result<(), DbErr> {
    let mut with = Table::alter();
    with.table(table).add_column(column);
    manager.alter_table(with).await
}
