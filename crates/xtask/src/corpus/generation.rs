//! Variants for the pages by a language model that is at hand: each run ends in stored variants or in a job that says
//! why there are none, and what is stored says no number and no address that its page does not have.

use super::pages::FileServer;
use super::{Manifest, Page, pages_root};
use crate::evoloop::Server;
use crate::failure::{About, Failure, Outcome};
use crate::project::Project;
use crate::torture::counters::inspect;
use crate::torture::forms::{ask, json};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Pages that get variants.
const PAGES: usize = 10;
/// How often the state of the jobs is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How long a job may take, with every answer of the model in the longest time it may take.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Jobs that have not ended.
const OPEN: &str = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') AND period_ms IS NULL";

/// A wish that never became a job, because the page could not be read.
const REFUSED: &str = "refused";

/// How one run ended.
struct Run {
    page: String,
    state: String,
    told: String,
    variants: Vec<Value>,
}

/// Has the model write `rounds` times for each page and judges what is stored. The number of complaints.
pub(super) fn run(
    project: &Project,
    binary: &Path,
    work: &Path,
    manifest: &Manifest,
    (model, rounds): (&str, usize),
) -> Outcome<usize> {
    let environment = [
        ("EVOLOOP_ALLOW_PRIVATE_HOSTS", "127.0.0.1".to_owned()),
        ("EVOLOOP_LLM_BASE_URL", model.to_owned()),
        ("EVOLOOP_LLM_API_KEY", "local".to_owned()),
        ("EVOLOOP_LLM_MODEL", "local".to_owned()),
        // The same job may be tried again, but not for hours.
        ("EVOLOOP_JOB_ATTEMPTS", "2".to_owned()),
    ];
    let server = Server::start(project, binary, &environment, |_| Ok(()))?;
    let account = "email=ada%40example.com&password=a+sentence+nobody+guesses";
    let cookie = ask(&server, "POST", "/api/auth/signup", "", account)?.cookie()?;
    let (mut runs, mut complaints) = (Vec::new(), Vec::new());
    for page in manifest.pages.iter().take(PAGES) {
        let root = pages_root(work).join(&page.id);
        let files = FileServer::start(root.clone())?;
        let below = Path::new(&page.entry).strip_prefix(&page.id).about(&page.entry)?;
        let form = format!("url={}", files.address_of(below).replace(':', "%3A").replace('/', "%2F"));
        let made = json(&ask(&server, "POST", "/api/sites", &cookie, &form)?)?;
        let site = made["id"].as_str().ok_or_else(|| Failure::new(format!("a site was answered with {made}")))?;
        // Under supervision a claim is stored for the owner to decide; here nothing may be stored that is one.
        let alone = format!("site_id={site}&autonomy_mode=full_auto");
        if !ask(&server, "POST", "/api/sites/update", &cookie, &alone)?.is_good() {
            return Err(Failure::new("the mode of the site cannot be set"));
        }
        for round in 0..rounds {
            // The first one begins by itself, when the page was read.
            let wish = (round > 0)
                .then(|| ask(&server, "POST", "/api/variants/generate", &cookie, &format!("site_id={site}")))
                .transpose()?;
            let run = match wish.filter(|answer| !answer.is_good()) {
                Some(answer) => {
                    let told = json(&answer)?["message"].as_str().unwrap_or_default().to_owned();
                    Run { page: page.id.clone(), state: REFUSED.to_owned(), told, variants: Vec::new() }
                }
                None => {
                    until_idle(&server)?;
                    last_run(&server, page, site)?
                }
            };
            println!("    {}: {}, {} variants stored; {}", run.page, run.state, run.variants.len(), run.told);
            run.variants.iter().for_each(|variant| println!("        {variant}"));
            complaints.extend(judge(&run, &fs::read(root.join(below))?));
            runs.push(run);
        }
    }
    server.stop()?;
    let with = runs.iter().filter(|run| !run.variants.is_empty()).count();
    println!("{} runs: {with} stored variants, {} ended with a reason", runs.len(), runs.len() - with);
    complaints.iter().for_each(|complaint| println!("NO   {complaint}"));
    Ok(complaints.len())
}

fn until_idle(server: &Server) -> Outcome {
    let begun = Instant::now();
    while look(server, OPEN)?.trim() != "0" {
        if begun.elapsed() > PATIENCE {
            return Err(Failure::new("a job did not end"));
        }
        thread::sleep(LOOK);
    }
    Ok(())
}

/// The last job that wrote variants, or the analysis that came to no end before it.
fn last_run(server: &Server, page: &Page, site: &str) -> Outcome<Run> {
    let site = format!("x'{}'", site.replace('-', ""));
    let last = format!(
        "FROM jobs WHERE site_id = {site} AND kind IN ('analyze_site', 'generate_variants') \
         ORDER BY created_at DESC, kind DESC LIMIT 1"
    );
    let state = look(server, &format!("SELECT kind || ' ' || state {last}"))?;
    let told = look(server, &format!("SELECT coalesce(last_error, json_extract(log, '$[#-1].text'), log) {last}"))?;
    let variants = look(
        server,
        &format!(
            "SELECT patch FROM variants WHERE site_id = {site} AND is_control = 0 AND job_id = (SELECT id {last})"
        ),
    )?;
    let variants = variants.lines().map(|line| serde_json::from_str(line).about(line)).collect::<Outcome<_>>()?;
    Ok(Run { page: page.id.clone(), state: state.trim().to_owned(), told: told.trim().to_owned(), variants })
}

fn look(server: &Server, query: &str) -> Outcome<String> {
    inspect(|command| command, &server.folder().join("evoloop.db"), query)
}

/// What is wrong with how a run ended. It knows nothing of the product's own guards.
fn judge(run: &Run, page: &[u8]) -> Vec<String> {
    let mut complaints = Vec::new();
    let complain = |what: String| format!("{}: {what}", run.page);
    let is_done = run.state == "generate_variants done";
    if is_done && run.variants.is_empty() {
        complaints.push(complain("a job ended well and stored nothing".to_owned()));
    }
    let has_failed = run.state == REFUSED || run.state.ends_with(" dead");
    if !is_done && (!has_failed || run.told.is_empty()) {
        complaints.push(complain(format!("a job ended as `{}` and says `{}`", run.state, run.told)));
    }
    let known = numbers(&String::from_utf8_lossy(page));
    for variant in &run.variants {
        for text in texts(variant) {
            let invented: Vec<String> = numbers(text).difference(&known).cloned().collect();
            if !invented.is_empty() {
                complaints.push(complain(format!("`{text}` says {invented:?}, which the page does not")));
            }
            if ["<", ">", "javascript:", "://", "@"].iter().any(|sign| text.to_lowercase().contains(sign)) {
                complaints.push(complain(format!("`{text}` is more than words")));
            }
        }
        if variant.to_string().to_lowercase().contains("javascript:") {
            complaints.push(complain(format!("a script: {variant}")));
        }
    }
    complaints
}

/// The words that a patch puts on a page.
fn texts(patch: &Value) -> Vec<&str> {
    let ops = patch["ops"].as_array().map(Vec::as_slice).unwrap_or_default();
    ops.iter().filter(|op| op["op"] != "image").filter_map(|op| op["value"].as_str()).collect()
}

/// Runs of digits with the marks between them.
fn numbers(text: &str) -> BTreeSet<String> {
    let runs = text.split(|sign: char| !sign.is_numeric() && !matches!(sign, '.' | ','));
    let bare = runs.map(|run| run.trim_matches(['.', ',']));
    bare.filter(|run| !run.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(state: &str, told: &str, texts: &[&str]) -> Run {
        let op = |text: &&str| json!({"op": "text", "target": {"css": "h1"}, "value": text});
        let variants = texts.iter().map(|text| json!({"v": 1, "ops": [op(text)]})).collect();
        Run { page: "page".to_owned(), state: state.to_owned(), told: told.to_owned(), variants }
    }

    #[test]
    fn every_bad_end_is_named() {
        let page = b"<h1>Boils 2 cups in 90 s</h1>";
        let cases = [
            (run("generate_variants done", "", &["2 cups, boiled", "In 90 s"]), 0),
            (run("generate_variants dead", "the model says nothing", &[]), 0),
            (run("analyze_site dead", "the page is not there", &[]), 0),
            (run("generate_variants done", "", &[]), 1),
            (run("generate_variants dead", "", &[]), 1),
            (run(REFUSED, "the page was not read", &[]), 0),
            (run(REFUSED, "", &[]), 1),
            (run("generate_variants running", "x", &[]), 1),
            (run("generate_variants done", "", &["3 cups in 91 s"]), 1),
            (run("generate_variants done", "", &["2.90 cups."]), 1),
            (run("generate_variants done", "", &["<b>2</b>"]), 1),
            (run("generate_variants done", "", &["Ask a@b.c", "javascript:x"]), 3),
        ];
        for (run, complaints) in cases {
            assert_eq!(judge(&run, page).len(), complaints, "{} {:?}", run.state, run.variants);
        }
    }
}
