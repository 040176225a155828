//! Skips a step whose inputs did not change since it last succeeded.

use crate::failure::{About, Outcome};
use crate::project::Project;
use std::fs;
use std::path::{Path, PathBuf};

/// Remembers the inputs of one step.
pub(super) struct Stamp {
    file: PathBuf,
}

impl Stamp {
    pub(super) fn new(project: &Project, step: &str) -> Self {
        Self { file: project.target.join("xtask").join(format!("{step}.stamp")) }
    }

    /// Does the action unless the outputs exist and were made from the same inputs.
    pub(super) fn unless_current(&self, inputs: &str, outputs: &[&Path], action: impl FnOnce() -> Outcome) -> Outcome {
        // Outputs stand in the working copy, stamps in a target folder that several copies may share.
        let made = outputs.iter().map(|output| format!(" {}", output.display())).collect::<String>();
        let wanted = format!("{inputs}{made}");
        let same = fs::read_to_string(&self.file).is_ok_and(|found| found == wanted);
        if same && outputs.iter().all(|output| output.is_file()) {
            return Ok(());
        }
        // A step that fails half-way must not look done.
        let _ = fs::remove_file(&self.file);
        action()?;
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).about(folder.display())?;
        }
        fs::write(&self.file, wanted).about(self.file.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_skipped_only_while_inputs_and_outputs_are_the_same() -> Outcome {
        let folder = tempfile::tempdir()?;
        let output = folder.path().join("output");
        let stamp = Stamp { file: folder.path().join("xtask/step.stamp") };
        let run = |inputs: &str| -> Outcome<bool> {
            let mut ran = false;
            stamp.unless_current(inputs, &[&output], || {
                ran = true;
                Ok(fs::write(&output, inputs)?)
            })?;
            Ok(ran)
        };
        assert!(run("one")?, "nothing was made yet");
        assert!(!run("one")?, "nothing changed");
        assert!(run("two")?, "an input changed");
        fs::remove_file(&output)?;
        assert!(run("two")?, "the output is gone");
        Ok(())
    }

    #[test]
    fn a_step_that_failed_runs_again() -> Outcome {
        let folder = tempfile::tempdir()?;
        let stamp = Stamp { file: folder.path().join("step.stamp") };
        let output = folder.path().join("output");
        fs::write(&output, "")?;
        assert!(stamp.unless_current("one", &[&output], || Err(crate::failure::Failure::new("no"))).is_err());
        let mut ran = false;
        stamp.unless_current("one", &[&output], || {
            ran = true;
            Ok(())
        })?;
        assert!(ran);
        Ok(())
    }
}
