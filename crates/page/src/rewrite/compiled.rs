//! A patch that is ready to be applied: its selectors are read, each once.

use domain::patch::{Op, Patch, Selector};

/// A patch with its selectors read.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub(super) ops: Vec<Op>,
    /// Every selector of the patch, each once.
    pub(super) selectors: Vec<Selector>,
    /// For every operation its targets, and for each the numbers of its selectors.
    pub(super) targets: Vec<Vec<Vec<usize>>>,
}

impl Compiled {
    /// Reads the selectors of a patch; nothing when one of them is none, which a checked patch does not have.
    #[must_use]
    pub fn new(patch: &Patch) -> Option<Self> {
        let mut words: Vec<&str> = Vec::new();
        let mut selectors = Vec::new();
        let mut targets = Vec::new();
        for op in &patch.ops {
            let mut of_op = Vec::new();
            for target in op.targets() {
                let mut of_target = Vec::new();
                for css in std::iter::once(&target.css).chain(&target.alt) {
                    let known = words.iter().position(|word| word == css);
                    of_target.push(known.unwrap_or(words.len()));
                    if known.is_none() {
                        selectors.push(Selector::parse(css)?);
                        words.push(css);
                    }
                }
                of_op.push(of_target);
            }
            targets.push(of_op);
        }
        Some(Self { ops: patch.ops.clone(), selectors, targets })
    }

    /// The rules of the patch's style sheet, when no picture of the page has a say in them.
    pub(super) fn rules(&self) -> Option<String> {
        let all = self.ops.iter().enumerate().map(|(index, op)| match op {
            Op::Image { .. } => None,
            op => Some(rule(index, op)),
        });
        all.collect()
    }
}

/// The rule of an operation, for those that act through the style sheet and need not look at the page.
pub(super) fn rule(index: usize, op: &Op) -> String {
    match op {
        Op::Style { set, .. } => {
            let all: Vec<String> =
                set.iter().map(|(property, value)| format!("{property}:{value}!important")).collect();
            format!("[data-evo~=\"{index}\"]{{{}}}", all.join(";"))
        }
        Op::Hide { .. } => format!("[data-evo~=\"{index}\"]{{display:none!important}}"),
        _ => String::new(),
    }
}

/// The rule that keeps the box of a picture.
pub(super) fn picture_rule(index: usize, width: u32, height: u32) -> String {
    format!(":where([data-evo~=\"{index}\"]){{aspect-ratio:{width}/{height};object-fit:cover}}")
}
