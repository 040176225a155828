//! Attributes that are set, added and taken away.

use super::{REPLACED, Splices, quoted};
use crate::rewrite::attributes::{Attribute, is_space};
use crate::rewrite::decode::encoded;
use crate::rewrite::plan::Change;
use crate::rewrite::tree::{Element, same_name, wide};

/// An attribute in front of which there is something.
pub(super) fn written(name: &str, value: &str) -> String {
    format!(" {name}{}", quoted(value))
}

impl Splices<'_> {
    /// The changes of all start tags that are written.
    pub(super) fn attributes(&mut self) {
        let plan = self.plan;
        for (id, change) in &plan.changes {
            let Some(element) = self.page.tree.element(*id) else { continue };
            if !change.attributes.is_empty() && !element.kind.is_start_implied {
                self.start_tag(*id, element, change);
            }
        }
    }

    fn start_tag(&mut self, id: u32, element: &Element, change: &Change) {
        let (bytes, encoding) = (self.page.bytes, self.page.encoding);
        let container = self.container(id, true);
        let all: Vec<Attribute> = element.attributes(bytes).collect();
        let named = |attribute: &Attribute, name: &str| {
            bytes.get(attribute.name.clone()).is_some_and(|found| same_name(found, name.as_bytes()))
        };
        let mut added = String::new();
        let mut is_last_set = false;
        for (name, value) in &change.attributes {
            let mut found = all.iter().enumerate().filter(|(_, attribute)| named(attribute, name));
            match value {
                Some(value) => match found.next() {
                    Some((place, attribute)) => {
                        is_last_set = is_last_set || place + 1 == all.len();
                        let written = encoded(&quoted(value), encoding);
                        let at = attribute.name.end;
                        self.push(at, attribute.end - at, (REPLACED, id, 0), container, written);
                    }
                    None => added.push_str(&written(name, value)),
                },
                // All of them, or a second one would come to count.
                None => {
                    for (_, attribute) in found {
                        self.take_away(id, container, attribute);
                    }
                }
            }
        }
        if added.is_empty() {
            return;
        }
        let last = all.last();
        if last.is_some_and(|last| last.is_open) && !is_last_set {
            // Behind an equals sign with nothing, an attribute would be its value.
            added.insert_str(0, "\"\"");
        }
        let at = last.map_or(wide(element.start) + 1 + wide(element.name_length), |last| last.end);
        self.push(at, 0, (REPLACED, id, 1), container, encoded(&added, encoding));
    }

    fn take_away(&mut self, id: u32, container: u32, attribute: &Attribute) {
        let bytes = self.page.bytes;
        let spaces = bytes.get(..attribute.name.start).unwrap_or_default();
        let spaces = spaces.iter().rev().take_while(|byte| is_space(**byte)).count();
        let start = attribute.name.start - spaces;
        // What follows must not grow together with what stands in front.
        let next = bytes.get(attribute.end).copied().unwrap_or_default();
        let left = if is_space(next) || next == b'>' { Vec::new() } else { vec![b' '] };
        self.push(start, attribute.end - start, (REPLACED, id, 0), container, left);
    }
}
