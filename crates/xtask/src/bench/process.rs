//! What the kernel says of processes and of the machine.

use crate::failure::{About, Failure, Outcome};
use std::fs;

/// Linux counts a process's time in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;
const KIB_PER_MIB: f64 = 1024.0;

/// User and system time of a process so far, in seconds; without children.
pub(super) fn cpu_seconds(id: u32) -> Outcome<f64> {
    Ok(stat(id)?.own / TICKS_PER_SECOND)
}

/// As [`cpu_seconds`], with the children that have ended and those that run now, as Postgres has one a connection.
pub(super) fn cpu_seconds_with_children(id: u32) -> Outcome<f64> {
    let main = stat(id)?;
    let running: f64 = processes()?
        .into_iter()
        .filter_map(|child| stat(child).ok())
        .filter(|child| child.parent == id)
        .map(|child| child.own + child.children)
        .sum();
    Ok((main.own + main.children + running) / TICKS_PER_SECOND)
}

/// Memory that a process has in use now, in MiB.
pub(super) fn memory_mib(id: u32) -> Outcome<f64> {
    let path = format!("/proc/{id}/status");
    let text = fs::read_to_string(&path).about(&path)?;
    resident_kib(&text).map(|kib| kib / KIB_PER_MIB).ok_or_else(|| Failure::new(format!("{path} has no VmRSS")))
}

/// What the machine says of itself.
pub(super) fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")).and_then(|rest| rest.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores", model.map_or("unknown", |(_, name)| name))
}

/// Times of a process in ticks.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stat {
    parent: u32,
    own: f64,
    children: f64,
}

fn stat(id: u32) -> Outcome<Stat> {
    let path = format!("/proc/{id}/stat");
    let text = fs::read_to_string(&path).about(&path)?;
    times(&text).ok_or_else(|| Failure::new(format!("{path} cannot be read")))
}

/// The program's name, in brackets, may hold blanks; the parent is the second field after it, the times begin with
/// the 12th: user and system of the process, then of its children that have ended.
fn times(stat: &str) -> Option<Stat> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(Stat { parent: fields.get(1)?.parse().ok()?, own: ticks(11)? + ticks(12)?, children: ticks(13)? + ticks(14)? })
}

fn resident_kib(status: &str) -> Option<f64> {
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
}

fn processes() -> Outcome<Vec<u32>> {
    let entries = fs::read_dir("/proc").about("/proc")?;
    Ok(entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn the_times_of_a_process_are_read() {
        let text = "12 (evo (loop) x) S 1 12 12 0 -1 4194560 1 2 3 4 250 50 7 3 20 0 9";
        assert_eq!(times(text), Some(Stat { parent: 1, own: 300.0, children: 10.0 }));
        assert_eq!(times("broken"), None);
        assert!(cpu_seconds(std::process::id()).is_ok());
        assert!(cpu_seconds(0).is_err());
    }

    #[test]
    fn memory_is_read() -> Outcome {
        assert_eq!(resident_kib("VmPeak:\t  9 kB\nVmRSS:\t   2048 kB\n"), Some(2048.0));
        assert_eq!(resident_kib("Name:\tx\n"), None);
        assert!(memory_mib(std::process::id())? > 0.0);
        Ok(())
    }

    #[test]
    fn children_count() -> Outcome {
        let mut shell = Command::new("sh");
        // The outer shell waits while the inner one counts.
        shell.args(["-c", "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo; sleep 20'; :"]);
        let mut shell = shell.stdout(Stdio::piped()).spawn()?;
        let mut line = [0_u8];
        let read = shell.stdout.as_mut().map(|stdout| std::io::Read::read(stdout, &mut line));
        let (alone, all) = (cpu_seconds(shell.id()), cpu_seconds_with_children(shell.id()));
        let children: Vec<u32> =
            processes()?.into_iter().filter(|id| stat(*id).is_ok_and(|stat| stat.parent == shell.id())).collect();
        for id in children {
            crate::signals::send(id, "KILL");
        }
        shell.wait()?;
        assert!(read.is_some_and(|read| read.is_ok()));
        assert!(all? > alone?, "the inner shell's time is in the sum");
        Ok(())
    }
}
