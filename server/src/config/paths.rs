//! Further names of the public paths: `script=/a.js assign=/x/a event=/x/e forget=/x/f`, any of them.

use service::PublicPaths;
use std::path::Path;

/// Longest name, in bytes.
const LONGEST: usize = 100;

/// First parts of the paths that the server answers itself.
pub(super) const OWN: [&str; 11] =
    ["api", "app", "assets", "demo", "evoloop-debug.js", "evoloop.js", "how-it-works", "login", "pkg", "signup", "v1"];

/// Reads the names; a fault says which of them cannot be used, and why. The web files have names of their own.
pub(super) fn parse(text: &str, web_files: &Path) -> Result<PublicPaths, String> {
    let mut paths = PublicPaths::default();
    let mut given: Vec<&str> = Vec::new();
    let entries = text.split(|separator: char| separator == ',' || separator.is_whitespace());
    for entry in entries.filter(|entry| !entry.is_empty()) {
        let (name, path) = entry.split_once('=').ok_or_else(|| format!("`{entry}` is not NAME=PATH"))?;
        let place = match name {
            "script" => &mut paths.script,
            "assign" => &mut paths.assign,
            "event" => &mut paths.event,
            "forget" => &mut paths.forget,
            _ => return Err(format!("`{name}` is none of script, assign, event and forget")),
        };
        if place.is_some() {
            return Err(format!("`{name}` is given twice"));
        }
        if given.contains(&path) {
            return Err(format!("`{path}` is given to two of them"));
        }
        check(path, web_files)?;
        given.push(path);
        *place = Some(path.to_owned());
    }
    Ok(paths)
}

fn check(path: &str, web_files: &Path) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(is_plain);
    let parts = path.strip_prefix('/').filter(|parts| path.len() <= LONGEST && parts.split('/').all(is_part));
    let parts = parts.ok_or_else(|| {
        format!(
            "`{path}` is not an absolute path of at most {LONGEST} letters, digits, -, _, . and ~ between its slashes"
        )
    })?;
    let first = parts.split('/').next().unwrap_or_default();
    if OWN.contains(&first) {
        return Err(format!("`{path}` clashes with `/{first}`, which the server has itself"));
    }
    if web_files.join(first).exists() {
        return Err(format!("`{path}` clashes with `/{first}` among the web files"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{OWN, parse};
    use std::collections::BTreeSet;
    use std::path::Path;

    /// The first parts that the server's own routes really have.
    #[test]
    fn the_servers_own_paths_are_known() {
        let functions = server_fn::axum::server_fn_paths().map(|(path, _)| path);
        let pages = leptos_axum::generate_route_list(app::App);
        let pages: Vec<String> = pages.iter().map(|page| page.path().to_owned()).collect();
        let paths = functions.chain(crate::v1::PATHS.map(|(_, path)| path)).chain(pages.iter().map(String::as_str));
        let first = |path: &str| path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
        let own: BTreeSet<String> = paths.map(first).filter(|part| !part.is_empty()).collect();
        // Beside those that are no function, page or path of the API.
        let files = ["assets", "demo", "evoloop-debug.js", "evoloop.js", "pkg"].map(str::to_owned);
        let known: BTreeSet<String> = OWN.iter().map(|part| (*part).to_owned()).collect();
        assert_eq!(own.into_iter().chain(files).collect::<BTreeSet<_>>(), known);
    }

    #[test]
    fn any_of_the_names_can_be_given() {
        let nowhere = Path::new("/no/web/files");
        let read =
            |text: &str| parse(text, nowhere).map(|paths| [paths.script, paths.assign, paths.event, paths.forget]);
        let given = |path: &str| Some(path.to_owned());
        assert_eq!(read(""), Ok([None, None, None, None]));
        assert_eq!(
            read("script=/a.js assign=/x/a event=/x/e forget=/x/f"),
            Ok([given("/a.js"), given("/x/a"), given("/x/e"), given("/x/f")])
        );
        assert_eq!(read("event=/e,\n assign=/v2/a"), Ok([None, given("/v2/a"), given("/e"), None]));
    }

    #[test]
    fn a_name_that_cannot_be_used_is_named() -> std::io::Result<()> {
        let files = tempfile::tempdir()?;
        std::fs::write(files.path().join("favicon.svg"), "<svg/>")?;
        let long = format!("event=/{}", "x".repeat(100));
        let faults: Vec<String> = [
            "/a.js",
            "snippet=/a.js",
            "event=/e event=/f",
            "event=/e assign=/e",
            "event=e",
            "event=",
            "event=/",
            "event=/a//b",
            "event=/a/",
            "event=/a/../b",
            "event=https://a.example/b",
            "event=/a{b}",
            "event=/a?b",
            "event=/a%20",
            "event=/\"><script>",
            "event=/v1/event",
            "assign=/app",
            "script=/evoloop.js",
            "script=/evoloop-debug.js",
            "script=/favicon.svg",
            &long,
        ]
        .iter()
        .map(|text| parse(text, files.path()).err().unwrap_or_else(|| format!("{text} is taken")))
        .collect();
        insta::assert_snapshot!(faults.join("\n"), @r#"
        `/a.js` is not NAME=PATH
        `snippet` is none of script, assign, event and forget
        `event` is given twice
        `/e` is given to two of them
        `e` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `/` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `/a//b` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `/a/` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `/a/../b` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `https://a.example/b` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `/a{b}` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `/a?b` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `/a%20` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `/"><script>` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        `/v1/event` clashes with `/v1`, which the server has itself
        `/app` clashes with `/app`, which the server has itself
        `/evoloop.js` clashes with `/evoloop.js`, which the server has itself
        `/evoloop-debug.js` clashes with `/evoloop-debug.js`, which the server has itself
        `/favicon.svg` clashes with `/favicon.svg` among the web files
        `/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is not an absolute path of at most 100 letters, digits, -, _, . and ~ between its slashes
        "#);
        Ok(())
    }
}
