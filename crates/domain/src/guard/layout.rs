//! How a page is set with a variant and without, as a browser measured it; whether the variant breaks it.

use super::{Refusal, Rule};
use serde::{Deserialize, Serialize};

/// Windows in which a variant is measured, in CSS pixels: a phone, a tablet and a desk.
pub const WIDTHS: [u32; 3] = [390, 768, 1_280];

/// Pixels that browsers differ by without anybody's fault.
const SLACK: f64 = 2.0;
/// Further lines that a text other than a button's may take.
const MORE_LINES: u32 = 2;

/// How the page is set in one window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// The window, in CSS pixels.
    pub width: f64,
    /// How much wider the page is than the window.
    pub overflow: f64,
    /// The elements that the variant changes, in the order of its operations.
    pub places: Vec<Place>,
}

/// How one element is set, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Lines of its text.
    pub lines: u32,
    /// How much wider its content is than itself.
    pub over: f64,
    /// How far its content stands out of the boxes around it.
    pub spill: f64,
}

/// A page without a variant and with it, in each window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Without.
    pub before: Vec<Layout>,
    /// With, in the same windows.
    pub after: Vec<Layout>,
}

/// Holds what was measured against the rule that a variant breaks no layout. `names` says what the elements are, in
/// the order of the operations: `headline`, `button` and so on.
///
/// # Errors
/// The first break, with its numbers.
pub fn check(measured: &Measured, names: &[&str]) -> Result<(), Refusal> {
    measured.before.iter().zip(&measured.after).try_for_each(|(before, after)| window(before, after, names))
}

fn window(before: &Layout, after: &Layout, names: &[&str]) -> Result<(), Refusal> {
    let width = after.width;
    let refused = |what: String| Err(Refusal::new(Rule::Length, format!("in a window of {width:.0} px {what}")));
    for (number, (old, new)) in before.places.iter().zip(&after.places).enumerate() {
        let name = names.get(number).copied().unwrap_or("text");
        let most = if name == "button" { old.lines } else { (old.lines + MORE_LINES).max(old.lines * 2) };
        if old.lines > 0 && new.lines > most {
            let (lines, was) = (new.lines, old.lines);
            return refused(format!("its {name} takes {lines} lines, where it took {was} and {most} fit"));
        }
        let pairs = [("is wider than its place", old.over, new.over), ("stands out of its box", old.spill, new.spill)];
        for (what, old, new) in pairs {
            if new > old.max(0.0) + SLACK {
                return refused(format!("its {name} {what} by {new:.0} px, before by {:.0}", old.max(0.0)));
            }
        }
    }
    if after.overflow > before.overflow + SLACK {
        let (new, old) = (after.overflow, before.overflow);
        return refused(format!("the page becomes {new:.0} px too wide, before {old:.0}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(overflow: f64, lines: u32, over: f64, spill: f64) -> Layout {
        Layout { width: 390.0, overflow, places: vec![Place { lines, over, spill }] }
    }

    fn verdict(name: &str, before: Layout, after: Layout) -> Option<String> {
        let measured = Measured { before: vec![before], after: vec![after] };
        check(&measured, &[name]).err().map(|refusal| {
            assert_eq!(refusal.rule, Rule::Length);
            refusal.reason
        })
    }

    #[test]
    fn a_break_is_told_with_its_numbers() {
        let fits = layout(0.0, 1, 0.0, 0.0);
        let cases = [
            ("button", fits.clone(), layout(0.0, 2, 0.0, 0.0), "its button takes 2 lines, where it took 1 and 1 fit"),
            (
                "headline",
                fits.clone(),
                layout(0.0, 4, 0.0, 0.0),
                "its headline takes 4 lines, where it took 1 and 3 fit",
            ),
            (
                "headline",
                fits.clone(),
                layout(0.0, 1, 31.4, 0.0),
                "its headline is wider than its place by 31 px, before by 0",
            ),
            (
                "headline",
                layout(0.0, 1, 0.0, 5.0),
                layout(0.0, 1, 0.0, 9.0),
                "its headline stands out of its box by 9 px, before by 5",
            ),
            ("headline", fits.clone(), layout(120.0, 1, 0.0, 0.0), "the page becomes 120 px too wide, before 0"),
        ];
        for (name, before, after, expected) in cases {
            assert_eq!(verdict(name, before, after), Some(format!("in a window of 390 px {expected}")));
        }
    }

    #[test]
    fn what_was_broken_before_and_what_grows_a_little_is_no_break() {
        let wide = layout(300.0, 3, 40.0, 12.0);
        assert_eq!(verdict("headline", wide.clone(), wide), None);
        assert_eq!(verdict("headline", layout(0.0, 1, 0.0, 0.0), layout(1.0, 3, 1.5, 1.5)), None);
        assert_eq!(verdict("headline", layout(0.0, 4, 0.0, 0.0), layout(0.0, 8, 0.0, 0.0)), None);
        assert_eq!(verdict("picture", layout(0.0, 0, 0.0, 0.0), layout(0.0, 0, 0.0, 0.0)), None);
    }
}
