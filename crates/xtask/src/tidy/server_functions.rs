//! Server functions are the dashboard's public surface: in known files, at known addresses, one call long.

use super::Finding;
use super::tree::{File, Tree};

const MARK: &str = "#[server";

/// They stand in a feature's `api.rs`, where one screen shows them all.
pub(super) fn placement(tree: &Tree) -> Vec<Finding> {
    let elsewhere = tree.rust().filter(|file| !is_api(file) && !file.is_in("crates/xtask/"));
    let finding = |file: &File, at: usize| {
        Finding::new("server-function-place", file.place(at), "server functions stand in app/src/<feature>/api.rs")
    };
    elsewhere.flat_map(|file| marks(file).into_iter().map(move |at| finding(file, at))).collect()
}

/// Each names its whole address and how its input travels, so that neither changes by accident.
pub(super) fn attributes(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| is_api(file)) {
        for at in marks(file) {
            let attribute = attribute(file, at);
            let plain: String = attribute.split_whitespace().collect();
            for (wanted, word) in
                [("prefix=\"/api\"", "prefix = \"/api\""), ("endpoint=\"", "endpoint"), ("input=", "input")]
            {
                if !plain.contains(wanted) {
                    findings.push(Finding::new(
                        "server-function-address",
                        file.place(at),
                        format!("give {word} in #[server(...)]"),
                    ));
                }
            }
        }
    }
    findings
}

/// Each is a signature and one call; what it does stands behind the gate to the server.
pub(super) fn bodies(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| is_api(file)) {
        for at in marks(file) {
            let body = body(file, at).map(str::trim).unwrap_or_default();
            let one_call = body.starts_with("crate::ssr::") && body.ends_with(".await") && !body.contains(';');
            if !one_call {
                findings.push(Finding::new(
                    "server-function-body",
                    file.place(at),
                    "the body is one call, `crate::ssr::...(..).await`",
                ));
            }
        }
    }
    findings
}

fn is_api(file: &File) -> bool {
    file.is_in("app/src/") && file.path.ends_with("/api.rs")
}

/// Where server functions begin. The attribute also stands at arguments, as `#[server(default)]`.
fn marks(file: &File) -> Vec<usize> {
    let at_a_function = |at: &usize| {
        let rest = file.code.get(at + MARK.len()..).unwrap_or_default();
        let follows = rest.split_once(']').map(|(_, follows)| follows.trim_start()).unwrap_or_default();
        rest.starts_with(['(', ']']) && ["pub", "async", "#["].iter().any(|word| follows.starts_with(word))
    };
    file.code.match_indices(MARK).map(|(at, _)| at).filter(at_a_function).collect()
}

/// The attribute as it stands, strings and all.
fn attribute(file: &File, at: usize) -> &str {
    let length = file.code.get(at..).and_then(|code| code.find(']')).unwrap_or(0);
    file.text.get(at..at + length).unwrap_or_default()
}

/// What stands between the braces of the function after a mark.
fn body(file: &File, at: usize) -> Option<&str> {
    let code = file.code.get(at..)?;
    let open = code.find('{')?;
    let mut depth = 0_usize;
    for (offset, character) in code.get(open..)?.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return code.get(open + 1..open + offset);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::Rule;
    use super::*;

    const SOUND: &str = "#[server(prefix = \"/api\", endpoint = \"sites\", input = GetUrl)]\npub async fn f(\n    /// A {brace}.\n    #[server(default)]\n    a: u8,\n) -> Result<(), UiError> {\n    crate::ssr::site::f(a).await\n}\n";

    #[test]
    fn each_rule_can_fail() {
        let api = "app/src/site/api.rs";
        let two_calls = SOUND.replace("crate::ssr", "let b = 1;\n    crate::ssr");
        let cases: [(Rule, &str, String, usize); 11] = [
            (placement, api, SOUND.to_owned(), 0),
            (placement, "app/src/site/page.rs", SOUND.to_owned(), 1),
            (placement, "server/src/a.rs", "#[server]\nasync fn f() {}".to_owned(), 1),
            (placement, "server/src/a.rs", "#[server_side]\nasync fn f() {}".to_owned(), 0),
            (attributes, api, SOUND.to_owned(), 0),
            (attributes, api, SOUND.replace("prefix = \"/api\", ", ""), 1),
            (attributes, api, SOUND.replace("/api", "/rpc"), 1),
            (attributes, api, "#[server]\nasync fn f() { crate::ssr::f().await }".to_owned(), 3),
            (bodies, api, SOUND.to_owned(), 0),
            (bodies, api, two_calls, 1),
            (bodies, api, SOUND.replace("crate::ssr::site::f(a).await", "Ok(())"), 1),
        ];
        for (rule, path, text, expected) in cases {
            let found = rule(&Tree::of(path, &text));
            assert_eq!(found.len(), expected, "{path}: {text}: {found:?}");
        }
    }
}
