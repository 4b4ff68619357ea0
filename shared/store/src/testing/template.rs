//! A database with the schema in it, made once for each server and copied by every test: the migrations take longer.

use sqlx::AssertSqlSafe;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;

use super::address;
use crate::{Store, StoreError};

/// Makes the template on the server of `admin_url` unless it is there, and returns its name.
///
/// Tests of other processes may ask at the same moment: one makes it, under a lock of the server, and the others wait. It counts
/// once nobody may connect to it any more, so that what a killed test left half made is made anew, and no copy is refused because
/// somebody is connected.
pub(super) async fn ready(admin: &mut PgConnection, admin_url: &str) -> Result<String, StoreError> {
    let key = fingerprint(crate::store::migrations());
    let name = format!("berkas_template_{:016x}", key.cast_unsigned());
    if is_ready(admin, &name).await? {
        return Ok(name);
    }
    sqlx::query("select pg_advisory_lock($1)").bind(key).execute(&mut *admin).await?;
    let made = make(admin, admin_url, &name).await;
    sqlx::query("select pg_advisory_unlock($1)").bind(key).execute(admin).await?;
    made.map(|()| name)
}

async fn make(admin: &mut PgConnection, admin_url: &str, name: &str) -> Result<(), StoreError> {
    if is_ready(admin, name).await? {
        return Ok(());
    }
    execute(admin, format!("drop database if exists \"{name}\" with (force)")).await?;
    execute(admin, format!("create database \"{name}\"")).await?;
    let store = Store::connect(&address(admin_url, name), 1).await?;
    let migrated = store.migrate().await;
    store.close().await;
    migrated?;
    execute(admin, format!("alter database \"{name}\" with allow_connections false")).await
}

async fn is_ready(admin: &mut PgConnection, name: &str) -> Result<bool, StoreError> {
    let found =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1 and not datallowconn)");
    Ok(found.bind(name).fetch_one(admin).await?)
}

pub(super) async fn execute(connection: &mut PgConnection, statement: String) -> Result<(), StoreError> {
    sqlx::query(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}

/// A number of these migrations (FNV-1a of their checksums): other ones have another template.
fn fingerprint(migrations: &Migrator) -> i64 {
    let bytes = migrations.iter().flat_map(|migration| migration.checksum.iter());
    let fold = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.fold(0xcbf2_9ce4_8422_2325, fold).cast_signed()
}
