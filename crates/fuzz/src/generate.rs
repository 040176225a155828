//! The grammar: a patch out of honest and harmful parts.

use crate::harm::{deform, sized, spoiled};
use crate::random::Random;
use crate::vocabulary as words;
use serde_json::{Map, Value, json};

/// A patch; about half are meant to be valid.
#[must_use]
pub fn patch(random: &mut Random) -> Value {
    if random.chance(2) {
        return sized(random);
    }
    let harm = if random.chance(50) { 0 } else { 15 };
    let mut grammar = Grammar { random, harm };
    let count = 1 + grammar.random.below(4);
    let ops: Vec<Value> = (0..count).map(|_| grammar.op()).collect();
    let mut patch = json!({"v": if grammar.harms() && grammar.harms() { 2 } else { 1 }, "ops": ops});
    if harm > 0 && grammar.random.chance(15) {
        deform(grammar.random, &mut patch);
    }
    patch
}

struct Grammar<'a> {
    random: &'a mut Random,
    /// How many of a hundred parts are harmful.
    harm: usize,
}

impl Grammar<'_> {
    fn harms(&mut self) -> bool {
        self.random.chance(self.harm)
    }

    /// A good word, or a bad one.
    fn word(&mut self, good: &[&str], bad: &[&str]) -> String {
        let from = if self.harms() { bad } else { good };
        self.random.one(from).to_owned()
    }

    fn op(&mut self) -> Value {
        let target = self.target();
        match self.random.below(10) {
            0 | 1 => {
                let value = self.text();
                json!({"op": "text", "target": target, "value": value})
            }
            2 => self.attr(&target),
            3 => {
                let mut op = json!({"op": "image", "target": {"css": "#hero"}, "src": self.address()});
                if self.random.chance(50) {
                    set(&mut op, "alt", json!(self.text()));
                }
                op
            }
            4 => {
                let count = if self.harms() { self.random.below(2) * 21 } else { 1 + self.random.below(3) };
                let mut properties = Map::new();
                for _ in 0..count {
                    let name = self.word(words::PROPERTIES, words::BAD_PROPERTIES);
                    properties.insert(name, json!(self.style()));
                }
                json!({"op": "style", "target": target, "set": properties})
            }
            5 => {
                let mut op = json!({"op": "class", "target": target, "add": self.classes(1)});
                if self.random.chance(50) {
                    set(&mut op, "remove", json!(self.classes(0)));
                }
                op
            }
            6 => json!({"op": "hide", "target": target}),
            7 => {
                let (moved, side) = (
                    self.random.one(&["h1", ".lead", "#cta"]),
                    self.word(&["before", "after"], &["first", "last", ""]),
                );
                let beside = self.random.one(&["picture", ".hero > p", ".hero h1", ".hero > a"]);
                let to = if self.harms() { self.target() } else { json!({"css": beside}) };
                json!({"op": "move", "target": {"css": moved}, "to": {side: to}})
            }
            _ => {
                let side = self.word(&["before", "after", "first", "last"], &["inside", "to"]);
                let anchor = if self.random.chance(60) {
                    json!({"css": self.random.one(&["h1", ".hero", ".features", ".card.last", "main"])})
                } else {
                    target
                };
                let node = self.node(1, "");
                json!({"op": "insert", "at": {side: anchor}, "node": node})
            }
        }
    }

    fn attr(&mut self, target: &Value) -> Value {
        let name = self.word(words::ATTRIBUTES, words::BAD_ATTRIBUTES);
        let value = if matches!(name.as_str(), "href" | "src") { self.address() } else { self.text() };
        let element = match name.as_str() {
            "href" => json!({"css": "#cta"}),
            "src" => json!({"css": ".card.last img"}),
            _ => target.clone(),
        };
        json!({"op": "attr", "target": element, "name": name, "value": value})
    }

    fn target(&mut self) -> Value {
        let mut target = json!({"css": self.selector()});
        if self.random.chance(10) {
            set(&mut target, "n", json!(self.random.below(3)));
        }
        if self.random.chance(5) {
            set(&mut target, "tag", json!(self.word(&["h1", "p", "a", "script x"], &["script", "IFRAME"])));
        }
        if self.random.chance(5) {
            set(
                &mut target,
                "text",
                json!(self.random.one(&["Boxes that keep tea fresh", " Order\n ", "a\u{202e}b", ""])),
            );
        }
        if self.random.chance(15) {
            let most = if self.harms() { 6 } else { 4 };
            let count = self.random.below(most);
            let others: Vec<String> = (0..count).map(|_| self.selector()).collect();
            set(&mut target, "alt", json!(others));
        }
        target
    }

    fn selector(&mut self) -> String {
        if self.harms() {
            if self.random.chance(50) {
                return self.random.one(words::BAD_SELECTORS).to_owned();
            }
            let good = self.good_selector();
            return spoiled(self.random, &good);
        }
        self.good_selector()
    }

    fn good_selector(&mut self) -> String {
        if self.random.chance(80) {
            return self.random.one(words::SELECTORS).to_owned();
        }
        let mut css = self.random.one(words::COMPOUNDS).to_owned();
        for _ in 0..self.random.below(4) {
            css.push_str(self.random.one(&[" ", " > ", "+", " ~", ", ", "\n", ">\t"]));
            css.push_str(self.random.one(words::COMPOUNDS));
        }
        css
    }

    fn text(&mut self) -> String {
        let text = self.word(words::TEXTS, words::BAD_TEXTS);
        if self.harms() { spoiled(self.random, &text) } else { text }
    }

    fn address(&mut self) -> String {
        if !self.harms() {
            return self.random.one(words::ADDRESSES).to_owned();
        }
        match self.random.below(5) {
            0 => self.random.one(words::BAD_ADDRESSES).to_owned(),
            1 => self.random.one(words::OTHER_HOSTS).to_owned(),
            2 => {
                // What makes a host is told by the server alone, so none is spoiled.
                let address = self.random.one(words::ADDRESSES);
                if address.contains("//") { address.to_owned() } else { spoiled(self.random, address) }
            }
            _ => {
                let scheme = self.random.one(&[
                    "javascript:",
                    "JavaScript:",
                    "jAvAsCrIpT:",
                    "java\tscript:",
                    "java\nscript:",
                    "javascript\r:",
                ]);
                format!("{}{scheme}window.hit=1", self.random.one(words::DISGUISES))
            }
        }
    }

    fn style(&mut self) -> String {
        let style = self.word(words::STYLES, words::BAD_STYLES);
        if self.harms() { spoiled(self.random, &style) } else { style }
    }

    fn classes(&mut self, least: usize) -> Vec<String> {
        let count = if self.harms() { self.random.below(12) } else { least + self.random.below(3) };
        (0..count).map(|_| self.word(words::CLASSES, words::BAD_CLASSES)).collect()
    }

    /// An element for a place: where a block can stand, where only a line can (`line`), or in a list (`list`). Some
    /// stand where they cannot in text.
    fn node(&mut self, level: usize, place: &str) -> Value {
        if self.harms() && self.random.chance(40) {
            let mut node = json!({"tag": self.random.one(words::BAD_TAGS), "text": "window.hit=1"});
            if self.random.chance(50) {
                set(&mut node, "attrs", json!({self.random.one(words::BAD_ATTRIBUTES): "window.hit=1"}));
            }
            return node;
        }
        let place = if self.random.chance(5) { "" } else { place };
        let (tag, inside) = match (place, self.random.below(8)) {
            ("list", _) => ("li", ""),
            ("line", 0) => ("br", "none"),
            ("line", 1) | ("", 7) => ("img", "none"),
            ("line", _) => (self.random.one(words::INLINES), "line"),
            (_, 0) if level < 4 => (self.random.one(&["ul", "ol"]), "list"),
            (_, 1) => ("a", "line"),
            (_, 2) => (self.random.one(words::INLINES), "line"),
            _ => (self.random.one(words::BLOCKS), ""),
        };
        let inside = if matches!(tag, "p" | "h2" | "h3" | "h6") { "line" } else { inside };
        let mut node = json!({"tag": tag});
        let attributes = self.attributes(tag);
        if !attributes.is_empty() {
            set(&mut node, "attrs", Value::Object(attributes));
        }
        if inside == "none" {
            if self.harms() {
                set(&mut node, "text", json!("x"));
            }
            return node;
        }
        if level == 1 || self.random.chance(70) {
            set(&mut node, "text", json!(self.text()));
        }
        if level < 5 {
            let count = self.random.below(3);
            let children: Vec<Value> = (0..count).map(|_| self.node(level + 1, inside)).collect();
            if count > 0 {
                set(&mut node, "children", json!(children));
            }
        }
        node
    }

    fn attributes(&mut self, tag: &str) -> Map<String, Value> {
        let mut attributes = Map::new();
        for _ in 0..self.random.below(3) {
            let name = self.word(words::NODE_ATTRIBUTES, words::BAD_ATTRIBUTES);
            attributes.insert(name, json!(self.text_or_blank()));
        }
        let address = if tag == "img" { "src" } else { "href" };
        if self.random.chance(if matches!(tag, "a" | "img") { 80 } else { 10 }) {
            attributes.insert(address.to_owned(), json!(self.address()));
        }
        attributes
    }

    fn text_or_blank(&mut self) -> String {
        if self.random.chance(10) { String::new() } else { self.text() }
    }
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}
