//! Which lines a test run reaches: the project's own crates are instrumented, the profiles merged and read.

use super::suite::FEATURES;
use crate::failure::{About, Failure, Outcome};
use crate::project::Project;
use crate::{shell, tools};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Cargo calls this in place of the compiler for the crates of the workspace alone.
/// So dependencies are compiled once for tests with and without coverage, and run at full speed.
const INSTRUMENT: &str = "#!/bin/sh\nexec \"$@\" -C instrument-coverage\n";

/// Coverage of each file by its path below the root.
pub(super) type Lines = BTreeMap<String, Count>;

/// How many lines of a file hold code, and how many of them ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Count {
    pub(super) count: u64,
    pub(super) covered: u64,
}

/// A run that is measured.
pub(super) struct Coverage {
    folder: PathBuf,
}

impl Coverage {
    /// Empties the folder of profiles.
    pub(super) fn prepare(project: &Project) -> Outcome<Self> {
        let folder = project.target.join("coverage");
        let profiles = folder.join("profiles");
        if profiles.is_dir() {
            fs::remove_dir_all(&profiles).about(profiles.display())?;
        }
        fs::create_dir_all(&profiles).about(profiles.display())?;
        let wrapper = folder.join("instrument");
        if fs::read_to_string(&wrapper).ok().as_deref() != Some(INSTRUMENT) {
            fs::write(&wrapper, INSTRUMENT).about(wrapper.display())?;
            fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
        }
        Ok(Self { folder })
    }

    /// Variables for the compiler and for every instrumented program.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        // Each of the eight files of a program is locked and added to, so a thousand processes leave few files.
        let profiles = self.folder.join("profiles/%8m.profraw");
        let wrapper = self.folder.join("instrument");
        vec![
            ("RUSTC_WORKSPACE_WRAPPER", wrapper.display().to_string()),
            ("LLVM_PROFILE_FILE", profiles.display().to_string()),
        ]
    }

    /// Merges what was measured and counts the lines of each file.
    pub(super) fn report(&self, project: &Project) -> Outcome<Lines> {
        let merged = self.folder.join("all.profdata");
        let programs = self.programs(project)?;
        shell::step("reading coverage", || {
            let mut merge = shell::command(tools::llvm_tool(project, "llvm-profdata")?);
            // A process that was killed on purpose may leave half a file.
            merge
                .args(["merge", "--sparse", "--failure-mode=all", "--output"])
                .arg(&merged)
                .arg(self.folder.join("profiles"));
            shell::go_quietly(&mut merge)?;
            let llvm_cov = tools::llvm_tool(project, "llvm-cov")?;
            let mut lcov = export(&llvm_cov, &merged, &programs, &project.root);
            let lcov = shell::text(lcov.arg("--format=lcov"))?;
            fs::write(self.folder.join("lcov.info"), lcov)?;
            let mut summary = export(&llvm_cov, &merged, &programs, &project.root);
            lines_of(&shell::text(summary.args(["--format=text", "--summary-only"]))?, &project.root)
        })
    }

    /// The instrumented programs: every test binary, and the server.
    fn programs(&self, project: &Project) -> Outcome<Vec<PathBuf>> {
        let mut list = shell::command(tools::nextest(project)?);
        list.current_dir(&project.root).args([
            "nextest",
            "list",
            "--list-type",
            "binaries-only",
            "--message-format",
            "json",
        ]);
        list.args(FEATURES);
        let mut programs = binaries_of(&shell::text(list.envs(self.environment()))?)?;
        let server = crate::evoloop::binary(project, "dev", &project.web()?.bin_target);
        programs.extend(Some(server).filter(|path| path.is_file()));
        Ok(programs)
    }
}

fn export(llvm_cov: &Path, merged: &Path, programs: &[PathBuf], root: &Path) -> Command {
    let mut command = shell::command(llvm_cov);
    command.arg("export").arg("--instr-profile").arg(merged);
    for (index, program) in programs.iter().enumerate() {
        if index > 0 {
            command.arg("--object");
        }
        command.arg(program);
    }
    command.arg("--sources").arg(root);
    command
}

fn binaries_of(listed: &str) -> Outcome<Vec<PathBuf>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Listed {
        rust_binaries: BTreeMap<String, Binary>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Binary {
        binary_path: PathBuf,
    }
    let listed: Listed = serde_json::from_str(listed).about("nextest's list")?;
    Ok(listed.rust_binaries.into_values().map(|binary| binary.binary_path).collect())
}

fn lines_of(exported: &str, root: &Path) -> Outcome<Lines> {
    #[derive(Deserialize)]
    struct Exported {
        data: Vec<Data>,
    }
    #[derive(Deserialize)]
    struct Data {
        files: Vec<File>,
    }
    #[derive(Deserialize)]
    struct File {
        filename: PathBuf,
        summary: Summary,
    }
    #[derive(Deserialize)]
    struct Summary {
        lines: Count,
    }
    let exported: Exported = serde_json::from_str(exported).about("llvm-cov's report")?;
    let files = exported.data.into_iter().flat_map(|data| data.files);
    let lines: Lines = files
        .filter_map(|file| {
            Some((file.filename.strip_prefix(root).ok()?.to_string_lossy().into_owned(), file.summary.lines))
        })
        .collect();
    if lines.is_empty() { Err(Failure::new("llvm-cov reports no file of this project")) } else { Ok(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_by_path_below_the_root() -> Outcome {
        let file = |name: &str| {
            format!(r#"{{"filename":"{name}","summary":{{"lines":{{"count":10,"covered":9,"percent":90}}}}}}"#)
        };
        let text = format!(
            r#"{{"data":[{{"files":[{},{}]}}]}}"#,
            file("/project/app/src/lib.rs"),
            file("/elsewhere/serde.rs")
        );
        let lines = lines_of(&text, Path::new("/project"))?;
        assert_eq!(lines, Lines::from([("app/src/lib.rs".to_owned(), Count { count: 10, covered: 9 })]));
        assert!(
            lines_of(r#"{"data":[{"files":[]}]}"#, Path::new("/project")).is_err(),
            "nothing measured is no success"
        );
        Ok(())
    }

    #[test]
    fn programs_are_read_from_nextest() -> Outcome {
        let text = r#"{"rust-build-meta":{},"rust-binaries":{"domain::it":{"binary-id":"domain::it","binary-path":"/t/debug/deps/it-1"}}}"#;
        assert_eq!(binaries_of(text)?, [PathBuf::from("/t/debug/deps/it-1")]);
        Ok(())
    }
}
