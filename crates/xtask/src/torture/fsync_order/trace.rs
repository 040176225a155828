//! Reads what strace writes, and finds answers that were written before their event was durable.
//!
//! A line begins when its call begins. A call during which another thread is seen is cut in two lines, `<unfinished
//! ...>` and `<... resumed>`. So the numbers of the lines where calls begin and end tell what came first, as far as
//! one thing can be the cause of the other.

use std::collections::HashMap;

/// How visitors are called whose events are sent one at a time, with nothing else in flight.
pub(super) const ALONE: &str = "alone-";

/// A call of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    name: String,
    /// Path or connection of its first argument.
    file: String,
    /// Everything after the first argument.
    rest: String,
    begin: usize,
    end: usize,
}

impl Call {
    /// What the call gave back; nothing for a call that never ended.
    fn result(&self) -> Option<i64> {
        let (_, result) = self.rest.rsplit_once(" = ")?;
        result.split(' ').next()?.parse().ok()
    }

    fn is_read(&self) -> bool {
        matches!(self.name.as_str(), "read" | "readv" | "recvfrom" | "recvmsg")
    }

    fn is_write(&self) -> bool {
        matches!(self.name.as_str(), "write" | "writev" | "sendto" | "sendmsg" | "pwrite64" | "pwritev" | "pwritev2")
    }

    fn is_sync(&self) -> bool {
        matches!(self.name.as_str(), "fsync" | "fdatasync") && self.result() == Some(0)
    }
}

/// A request that was read and not answered yet.
struct Waiting {
    visitor: String,
    /// Where the first and the last write ended that hold the event.
    written: Option<(usize, usize)>,
    /// Where the sync ended that made it durable.
    durable: Option<usize>,
}

/// What came before what.
#[derive(Default)]
pub(super) struct Order {
    lines: usize,
    unfinished: HashMap<u32, Call>,
    waiting: HashMap<String, Waiting>,
    /// Answers that came after their sync.
    pub(super) in_order: usize,
    /// Those of them whose request shared the server with others.
    pub(super) in_order_together: usize,
    /// Answers that did not.
    pub(super) too_early: Vec<String>,
    /// Syncs of the write-ahead log.
    pub(super) syncs: usize,
}

impl Order {
    /// Takes the next line.
    pub(super) fn line(&mut self, line: &str) {
        self.lines += 1;
        let Some((thread, text)) = line.split_once(' ') else { return };
        let (Ok(thread), text) = (thread.parse(), text.trim_start()) else { return };
        let mut call = if let Some(resumed) = text.strip_prefix("<... ") {
            let Some((_, rest)) = resumed.split_once(" resumed>") else { return };
            let Some(mut call) = self.unfinished.remove(&thread) else { return };
            call.rest.push_str(rest);
            call
        } else {
            match begun(text, self.lines) {
                Some(call) => call,
                None => return,
            }
        };
        if let Some(rest) = call.rest.strip_suffix("<unfinished ...>") {
            call.rest.truncate(rest.len());
            self.unfinished.insert(thread, call);
            return;
        }
        call.end = self.lines;
        self.take(&call);
    }

    fn take(&mut self, call: &Call) {
        let is_log = call.file.ends_with("-wal");
        if call.file.starts_with("TCP:") {
            if call.is_read() && call.rest.contains("POST /v1/event ") {
                let waiting = Waiting { visitor: visitor(&call.rest).to_owned(), written: None, durable: None };
                self.waiting.insert(call.file.clone(), waiting);
            } else if call.is_write()
                && call.rest.contains("HTTP/1.1 200")
                && let Some(waiting) = self.waiting.remove(&call.file)
            {
                self.answer(call, &waiting);
            }
        } else if is_log && call.is_write() {
            for waiting in self.waiting.values_mut() {
                if !waiting.visitor.is_empty() && call.rest.contains(&waiting.visitor) {
                    let first = waiting.written.map_or(call.end, |(first, _)| first);
                    waiting.written = Some((first, call.end));
                    if is_alone(waiting) {
                        waiting.durable = None;
                    }
                }
            }
        } else if is_log && call.is_sync() {
            self.syncs += 1;
            for waiting in self.waiting.values_mut() {
                // A page that holds the event may be written again by the next commit, while the answer is on its
                // way; only with nothing else in flight must the sync come after each write.
                let needed = waiting.written.map(|(first, last)| if is_alone(waiting) { last } else { first });
                // The first sync behind the write counts: upkeep may commit something else while the answer goes out.
                if waiting.durable.is_none() && needed.is_some_and(|end| end < call.begin) {
                    waiting.durable = Some(call.end);
                }
            }
        }
    }

    fn answer(&mut self, call: &Call, waiting: &Waiting) {
        let is_durable = waiting.durable.is_some_and(|end| end < call.begin);
        let is_last_durable = !is_alone(waiting) || waiting.written.map(|(_, last)| last) < waiting.durable;
        if is_durable && is_last_durable {
            self.in_order += 1;
            self.in_order_together += usize::from(!is_alone(waiting));
        } else {
            let Waiting { visitor, written, durable } = waiting;
            self.too_early.push(format!(
                "{visitor} was answered in line {}, written in {written:?}, durable in {durable:?}",
                call.begin
            ));
        }
    }
}

fn is_alone(waiting: &Waiting) -> bool {
    waiting.visitor.starts_with(ALONE)
}

/// `name(3</path>, ...`; nothing for signals, exits and calls without a file.
fn begun(text: &str, line: usize) -> Option<Call> {
    let (name, arguments) = text.split_once('(')?;
    let (number, arguments) = arguments.split_once('<')?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // The arrow between two addresses ends in the same sign as the name does.
    let end = arguments.match_indices('>').map(|(at, _)| at).find(|at| !arguments[..*at].ends_with('-'))?;
    let (file, rest) = arguments.split_at(end);
    let rest = rest.strip_prefix('>').unwrap_or_default();
    Some(Call { name: name.to_owned(), file: file.to_owned(), rest: rest.to_owned(), begin: line, end: line })
}

/// The visitor in a request's body, in which strace puts a backslash before each quotation mark.
fn visitor(text: &str) -> &str {
    let value = text.split_once("visitor_id\\\":\\\"").map(|(_, value)| value);
    value.and_then(|value| value.split('\\').next()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
