//! What the manifests and the lock file must agree on.

use super::Finding;
use super::tree::Tree;
use crate::project::{leptos_table, locked_versions};

/// Compiled once or not at all: a second version doubles the build, and of a database library it may not even link.
const ONCE: [&str; 8] = ["axum", "leptos", "libsqlite3-sys", "reqwest", "rustls", "sea-orm", "sqlx", "sqlx-core"];
/// Libraries that need a C toolchain of their own, where ring serves.
const NEVER: [&str; 4] = ["aws-lc-rs", "native-tls", "openssl", "openssl-sys"];
/// Pinned exactly, because the command line tool must be the same version.
const PINNED: [&str; 3] = ["wasm-bindgen", "js-sys", "web-sys"];
/// What the shipped file must say itself.
const REQUIRED: [&str; 6] = ["name", "output-name", "site-root", "site-pkg-dir", "site-addr", "reload-port"];
/// It would be glued to every endpoint, so addresses would follow the module tree.
const NEVER_SET: &str = concat!("SERVER_FN_", "MOD_PATH");

/// `Leptos.toml`, which is shipped, says the same as the manifest, which builds.
pub(super) fn web_settings(tree: &Tree) -> Vec<Finding> {
    let rule = "web-settings";
    let place = "Leptos.toml";
    let manifest: Option<toml::Table> = tree.text("Cargo.toml").and_then(|text| text.parse().ok());
    let Some(manifest) = manifest.as_ref().and_then(leptos_table) else {
        return vec![Finding::new(rule, "Cargo.toml", "[[workspace.metadata.leptos]] is missing")];
    };
    let Some(shipped) = tree.text(place) else {
        return vec![Finding::new(rule, place, "the file is missing")];
    };
    let parsed: Option<toml::Table> = shipped.parse().ok();
    let Some(shipped) = parsed.as_ref().and_then(leptos_table).and_then(toml::Value::as_table) else {
        return vec![Finding::new(rule, place, "it must begin with [[workspace.metadata.leptos]]")];
    };
    let mut findings = Vec::new();
    for key in REQUIRED.iter().filter(|key| !shipped.contains_key(**key)) {
        findings.push(Finding::new(rule, place, format!("`{key}` is missing")));
    }
    for (key, value) in shipped {
        match manifest.get(key) {
            Some(built) if built == value => {}
            Some(built) => {
                findings.push(Finding::new(rule, place, format!("`{key}` is {value}, but Cargo.toml says {built}")));
            }
            // `env` tells the server whether it runs for development; the build has no such setting.
            None if key == "env" => {}
            None => findings.push(Finding::new(rule, place, format!("`{key}` is not in Cargo.toml"))),
        }
    }
    findings
}

/// One version each of what must be one, none of what must not be, exact pins where a tool must fit.
pub(super) fn dependencies(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lock = tree.text("Cargo.lock").unwrap_or_default();
    let versions = |name: &str| locked_versions(lock, name).unwrap_or_default();
    for name in ONCE {
        if versions(name).len() > 1 {
            findings.push(Finding::new(
                "one-version",
                "Cargo.lock",
                format!("{name} stands in several versions: {}", versions(name).join(", ")),
            ));
        }
    }
    for name in NEVER {
        if !versions(name).is_empty() {
            findings.push(Finding::new(
                "no-c-crypto",
                "Cargo.lock",
                format!("{name} came in; `cargo tree -i {name}` says by whom"),
            ));
        }
    }
    findings.extend(pins(tree, &versions));
    let settings = [".cargo/config.toml", "Cargo.toml", "package.json", ".ci/run"];
    for path in settings.into_iter().filter(|path| tree.text(path).is_some_and(|text| text.contains(NEVER_SET))) {
        findings.push(Finding::new(
            "stable-addresses",
            path,
            format!("{NEVER_SET} would change every address under /api"),
        ));
    }
    findings
}

fn pins(tree: &Tree, versions: &dyn Fn(&str) -> Vec<String>) -> Vec<Finding> {
    let manifest: toml::Table = tree.text("Cargo.toml").and_then(|text| text.parse().ok()).unwrap_or_default();
    let mut findings = Vec::new();
    for name in PINNED {
        let entry = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies")?.get(name));
        let wanted =
            entry.and_then(|entry| entry.as_str().or_else(|| entry.get("version")?.as_str())).unwrap_or_default();
        let pinned = wanted.strip_prefix('=').is_some_and(|version| versions(name) == [version]);
        if !pinned {
            let why =
                format!("{name} must be pinned as =VERSION, the one in Cargo.lock ({})", versions(name).join(", "));
            findings.push(Finding::new("wasm-bindgen-pins", "Cargo.toml", why));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEPTOS: &str = "[[workspace.metadata.leptos]]\nname = \"a\"\noutput-name = \"a\"\nsite-root = \"target/site\"\nsite-pkg-dir = \"pkg\"\nsite-addr = \"127.0.0.1:3000\"\nreload-port = 3001\n";
    const PINS: &str = "[workspace.dependencies]\nwasm-bindgen = \"=0.2.1\"\njs-sys = \"=0.3.1\"\nweb-sys = { version = \"=0.3.1\" }\n";

    type Versions = &'static [(&'static str, &'static str)];

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.add(path, text);
        }
        tree
    }

    fn lock(extra: &[(&str, &str)]) -> String {
        let base = [("wasm-bindgen", "0.2.1"), ("js-sys", "0.3.1"), ("web-sys", "0.3.1")];
        let all = base.iter().chain(extra);
        all.map(|(name, version)| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")).collect()
    }

    #[test]
    fn the_shipped_settings_agree() {
        let cases = [
            (LEPTOS.to_owned(), 0),
            (format!("{LEPTOS}env = \"PROD\"\n"), 0),
            (LEPTOS.replace("3001", "3002"), 1),
            (LEPTOS.replace("reload-port = 3001\n", ""), 1),
            (format!("{LEPTOS}unknown = 1\n"), 1),
            ("name = \"a\"".to_owned(), 1),
        ];
        for (shipped, expected) in cases {
            let found = web_settings(&tree(&[("Cargo.toml", LEPTOS), ("Leptos.toml", &shipped)]));
            assert_eq!(found.len(), expected, "{shipped}: {found:?}");
        }
        assert_eq!(web_settings(&tree(&[("Cargo.toml", LEPTOS)])).len(), 1, "no Leptos.toml");
    }

    #[test]
    fn versions_are_checked() {
        let cases: [(Versions, &str, usize); 6] = [
            (&[], PINS, 0),
            (&[("sqlx", "0.9.0"), ("reqwest", "0.13.5")], PINS, 0),
            (&[("sqlx", "0.9.0"), ("sqlx", "0.8.6")], PINS, 1),
            (&[("openssl-sys", "0.9.1")], PINS, 1),
            (&[], &PINS.replace("\"=0.2.1\"", "\"0.2.1\""), 1),
            (&[], &PINS.replace("=0.2.1", "=0.2.2"), 1),
        ];
        for (extra, manifest, expected) in cases {
            let found = dependencies(&tree(&[("Cargo.toml", manifest), ("Cargo.lock", &lock(extra))]));
            assert_eq!(found.len(), expected, "{extra:?} {manifest}: {found:?}");
        }
    }

    #[test]
    fn addresses_stay_stable() {
        let files =
            [("Cargo.toml", PINS), ("Cargo.lock", &lock(&[])), (".cargo/config.toml", &format!("{NEVER_SET} = \"1\""))];
        assert_eq!(dependencies(&tree(&files)).len(), 1);
    }
}
