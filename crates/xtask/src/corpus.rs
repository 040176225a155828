//! `cargo xtask corpus`: how well the analyser reads pages that nobody here wrote.

mod generation;
mod pages;
mod proof;
mod results;
mod scores;

use crate::evoloop;
use crate::failure::{About, Failure, Outcome};
use crate::project::{Project, read};
use crate::{shell, tools};
use pages::FileServer;
use scores::Scores;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder with labels.json, fetch.py, score.py and naive.py [default: ../shared/corpus beside the project]
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Cargo's profile of the binary that analyses
    #[arg(long, default_value = "dev")]
    profile: String,
    /// Show every wrong or missing slot
    #[arg(long)]
    details: bool,
    /// Only have this OpenAI-compatible model write variants for ten pages, and judge what is stored
    #[arg(long, value_name = "BASE_URL")]
    model: Option<String>,
    /// How often it writes for each page
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

#[derive(Deserialize)]
struct Manifest {
    pages: Vec<Page>,
}

/// One page as it was fetched.
#[derive(Deserialize)]
struct Page {
    id: String,
    /// Its file, below the folder of all pages.
    entry: String,
}

/// Fetches the pages, analyses each, and compares with the labels and with a simple analyser.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let project = Project::open()?;
    let corpus = arguments.corpus.clone().unwrap_or_else(|| project.root.join("../shared/corpus"));
    if !corpus.join("labels.json").is_file() {
        let place = corpus.display();
        return Err(Failure::new(format!("there is no corpus at {place}; give its folder with --corpus DIR")));
    }
    let work = project.target.join("corpus");
    let pages = pages_root(&work);
    fs::create_dir_all(&pages).about(pages.display())?;
    shell::step("fetching the pages", || shell::go(python(&corpus, "fetch.py").arg(&pages)))?;
    let binary = evoloop::build(&project, &arguments.profile, &[])?;
    let manifest: Manifest = serde_json::from_str(&read(&pages.join("manifest.json"))?).about("manifest.json")?;
    if let Some(model) = &arguments.model {
        let wanted = (model.as_str(), arguments.rounds);
        return match generation::run(&project, &binary, &work, &manifest, wanted)? {
            0 => Ok(()),
            complaints => Err(Failure::new(format!("{complaints} complaints about what is stored"))),
        };
    }
    let reports = shell::step("analysing", || analyse_all(&binary, &pages, &manifest))?;
    let ours: Map<String, Value> = reports.iter().map(|(id, report)| (id.clone(), results::adapted(report))).collect();
    let proof = shell::step("proving the selectors", || proof::prove(&project, &work, &manifest, &reports))?;
    let our_file = work.join("ours.json");
    fs::write(&our_file, serde_json::to_string_pretty(&ours)?).about(our_file.display())?;
    let naive_file = work.join("naive.json");
    let naive = shell::text(python(&corpus, "naive.py").arg(&pages))?;
    fs::write(&naive_file, naive).about(naive_file.display())?;
    let score = |results: &Path, details| score(&corpus, &pages, results, details);
    let (ours, naive) = (score(&our_file, arguments.details)?, score(&naive_file, false)?);
    println!("\n{}", scores::table(&ours, &naive));
    let broken = scores::report(&ours, &naive, proof.verdict());
    if broken == 0 { Ok(()) } else { Err(Failure::new(format!("{broken} of the verdicts above do not hold"))) }
}

/// Where the pages are kept.
fn pages_root(work: &Path) -> PathBuf {
    work.join("pages")
}

/// A script of the corpus, which must not leave anything beside it.
fn python(corpus: &Path, script: &str) -> std::process::Command {
    let mut python = shell::command("python3");
    python.arg("-B").arg(corpus.join(script));
    python
}

/// Every page through the product's own command, each as the site of a server of its own.
fn analyse_all(binary: &Path, pages: &Path, manifest: &Manifest) -> Outcome<Map<String, Value>> {
    let mut all = Map::new();
    let chromium = tools::chromium()?;
    for page in &manifest.pages {
        let below = Path::new(&page.entry).strip_prefix(&page.id).about(&page.entry)?;
        let server = FileServer::start(pages.join(&page.id))?;
        let mut evoloop = shell::command(binary);
        evoloop.env("EVOLOOP_ALLOW_PRIVATE_HOSTS", "127.0.0.1");
        // Pages that are empty before their scripts ran. The sandbox asks for a user other than root, and the pages
        // are those of the corpus alone.
        evoloop.env("EVOLOOP_CHROMIUM", &chromium).env("EVOLOOP_CHROMIUM_SANDBOX", "off");
        evoloop.args(["analyze", "--json"]).arg(server.address_of(below));
        // A page that cannot be read has no answer; the score shows it.
        match shell::text(&mut evoloop) {
            Ok(printed) => {
                all.insert(page.id.clone(), serde_json::from_str(&printed).about(&page.id)?);
            }
            Err(failure) => println!("    {}: {failure}", page.id),
        }
    }
    Ok(all)
}

fn score(corpus: &Path, pages: &Path, results: &Path, details: bool) -> Outcome<Scores> {
    let numbers = results.with_extension("score.json");
    let mut score = python(corpus, "score.py");
    score.arg(corpus.join("labels.json")).arg(results).arg("--pages").arg(pages).arg("--json").arg(&numbers);
    if details {
        shell::go(score.arg("--details"))?;
    } else {
        shell::go_quietly(&mut score)?;
    }
    serde_json::from_str(&read(&numbers)?).about(numbers.display())
}
