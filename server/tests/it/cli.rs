//! The commands, run as a person runs them.

use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use testkit::{TestDatabase, on_both_databases};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

on_both_databases!(
    seeded_sites_are_counted_the_same_twice,
    a_variant_is_previewed_from_the_command_line,
    the_server_stops_in_order,
);

const KEY: &str = "a key of a test, long enough for any installation";

fn evoloop(database_url: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evoloop"));
    command
        .env_remove("OPENROUTER_API_KEY")
        .env("EVOLOOP_DATABASE_URL", database_url)
        .env("EVOLOOP_DATA_DIR", folder)
        .env("EVOLOOP_SECRET_KEY", KEY)
        .env("EVOLOOP_ADDR", "127.0.0.1:0")
        .current_dir(folder)
        .kill_on_drop(true);
    command
}

/// Runs a command to its end: whether it succeeded, and both of its outputs.
pub(crate) async fn run(database_url: &str, folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    let output = evoloop(database_url, folder).args(arguments).output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

async fn seeded_sites_are_counted_the_same_twice(database: TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let url = &database.url_text;
    let (ok, stdout, stderr) = run(url, folder.path(), &["seed", "--sites", "2", "--variants", "3"]).await;
    assert!(ok, "{stderr}");
    let lines: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["variants"].as_array().unwrap().len(), 4);
    assert_eq!(lines[0]["variants"].as_array().unwrap().iter().filter(|row| row["is_control"] == true).count(), 1);
    let site = lines[0]["site_id"].as_str().unwrap();
    let (ok, shown, stderr) = run(url, folder.path(), &["stats", "show", site, "--json"]).await;
    assert!(ok, "{stderr}");
    let (ok, recounted, stderr) = run(url, folder.path(), &["recount", site, "--json"]).await;
    assert!(ok, "{stderr}");
    let (shown, recounted): (Value, Value) =
        (serde_json::from_str(&shown).unwrap(), serde_json::from_str(&recounted).unwrap());
    assert_eq!(shown, recounted);
    assert_eq!(shown["holdout"]["visitors"], 0);
    let row = shown["variants"][0].as_object().unwrap();
    for field in ["variant_id", "visitors", "conversions", "alpha", "beta", "prob_best", "weight"] {
        assert!(row.contains_key(field), "{field}");
    }
    let (ok, table, _) = run(url, folder.path(), &["stats", "show", site]).await;
    assert!(ok && table.lines().count() == 5, "{table}");
    let missing = uuid::Uuid::new_v4().to_string();
    let (ok, _, stderr) = run(url, folder.path(), &["stats", "show", &missing]).await;
    assert!(!ok && stderr.contains("there is no site"), "{stderr}");
}

async fn a_variant_is_previewed_from_the_command_line(database: TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let url = &database.url_text;
    let (_, stdout, stderr) = run(url, folder.path(), &["seed", "--sites", "1", "--variants", "1"]).await;
    let site: Value = serde_json::from_str(stdout.trim()).expect(&stderr);
    let variant = site["variants"][1]["variant_id"].as_str().unwrap();
    let (ok, shown, stderr) = run(url, folder.path(), &["variant", "preview", variant, "--json"]).await;
    assert!(ok, "{stderr}");
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let token = shown["token"].as_str().unwrap();
    assert_eq!((&shown["site_id"], &shown["variant_id"]), (&site["site_id"], &site["variants"][1]["variant_id"]));
    assert_eq!(shown["link"], format!("https://seed.evoloop.invalid/?evo_preview={token}"));
    assert!(token.starts_with(&format!("p1.{variant}.{}.", shown["expires_s"])), "{token}");
    let (ok, link, _) = run(url, folder.path(), &["variant", "preview", variant]).await;
    assert!(ok && link.starts_with("https://seed.evoloop.invalid/?evo_preview=p1."), "{link}");
    let missing = uuid::Uuid::new_v4().to_string();
    let (ok, _, stderr) = run(url, folder.path(), &["variant", "preview", &missing]).await;
    assert!(!ok && stderr.contains(&format!("there is no variant {missing}")), "{stderr}");
}

async fn the_server_stops_in_order(database: TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = evoloop(&database.url_text, folder.path()).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let address = line.split("http://").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /v1/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"ready\":true"), "{answer}");
    let ended = Command::new("kill").arg("-TERM").arg(server.id().unwrap().to_string()).status().await.unwrap();
    assert!(ended.success());
    assert!(server.wait().await.unwrap().success());
}

#[tokio::test]
async fn accounts_and_sites_are_made_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("new.db").display());
    let (ok, missing, _) = run(&url, folder.path(), &["migrate", "status", "--json"]).await;
    assert!(ok && missing.contains("accounts"), "{missing}");
    assert!(run(&url, folder.path(), &["migrate"]).await.0);
    let (_, missing, _) = run(&url, folder.path(), &["migrate", "status", "--json"]).await;
    assert_eq!(missing.trim(), "{\"missing\":[]}");
    let (ok, account, stderr) = run(&url, folder.path(), &["user", "create", "ada@example.com", "--json"]).await;
    assert!(ok, "{stderr}");
    let account: Value = serde_json::from_str(&account).unwrap();
    assert!(account["password"].as_str().unwrap().len() >= 20);
    let (ok, _, stderr) = run(&url, folder.path(), &["user", "create", "ada@example.com"]).await;
    assert!(!ok && stderr.contains("has an account already"), "{stderr}");
    let add = ["site", "add", "kettle.example", "--user", "ada@example.com", "--json"];
    let (ok, site, stderr) = run(&url, folder.path(), &add).await;
    assert!(ok, "{stderr}");
    assert_eq!(serde_json::from_str::<Value>(&site).unwrap()["url"], "https://kettle.example/");
    let add = ["site", "add", "kettle.example", "--user", "eve@example.com"];
    let (ok, _, stderr) = run(&url, folder.path(), &add).await;
    assert!(!ok && stderr.contains("there is no account"), "{stderr}");
    let (ok, _, stderr) = run(&url, folder.path(), &["migrate", "down"]).await;
    assert!(!ok && stderr.contains("--yes"), "{stderr}");
    assert!(run(&url, folder.path(), &["migrate", "down", "--yes"]).await.0);
}

#[tokio::test]
async fn wrong_settings_are_told_before_anything_happens() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, _, stderr) = run("mysql://x", folder.path(), &["serve"]).await;
    assert!(!ok && stderr.contains("EVOLOOP_DATABASE_URL"), "{stderr}");
    let (ok, _, stderr) = run("sqlite:x.db", folder.path(), &["serve", "--addr", "here"]).await;
    assert!(!ok && stderr.contains("--addr: `here` is not an address"), "{stderr}");
    let (ok, _, stderr) = run("sqlite:x.db", folder.path(), &["serve", "--paths", "event=/v1/x"]).await;
    assert!(!ok && stderr.contains("--paths: `/v1/x` clashes with `/v1`"), "{stderr}");
    let (ok, _, stderr) = run("sqlite:x.db", folder.path(), &["demo", "--speed", "0"]).await;
    assert!(!ok && stderr.contains("--speed"), "{stderr}");
}
