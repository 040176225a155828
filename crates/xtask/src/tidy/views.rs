//! What views may not hold, because the browser would refuse it or show something else than the server sent.

use super::Finding;
use super::tree::{File, Tree};

/// The content policy forbids styles and handlers in attributes; classes and `on:` are the way.
pub(super) fn inline_attributes(tree: &Tree) -> Vec<Finding> {
    let views = tree.rust().filter(|file| file.is_in("app/src/"));
    views
        .flat_map(|file| {
            names_of_attributes(file).filter(|(_, name)| is_inline(name)).map(|(at, name)| inline(file, at, name))
        })
        .collect()
}

/// A bare `<textarea>` loses its first line break and its value between server and browser; the primitive does not.
pub(super) fn textareas(tree: &Tree) -> Vec<Finding> {
    let views = tree.rust().filter(|file| file.is_in("app/src/") && file.path != "app/src/ui/textarea.rs");
    let finding = |file: &File, at: usize| Finding::new("textarea", file.place(at), "use ui::Textarea");
    views.flat_map(|file| file.code.match_indices("<textarea").map(move |(at, _)| finding(file, at))).collect()
}

fn inline(file: &File, at: usize, name: &str) -> Finding {
    Finding::new(
        "inline-attribute",
        file.place(at),
        format!("`{name}` becomes an attribute that the content policy refuses"),
    )
}

/// Names that are directly followed by `=`, as rustfmt writes attributes but never assignments.
fn names_of_attributes(file: &File) -> impl Iterator<Item = (usize, &str)> {
    file.code.match_indices('=').filter_map(|(at, _)| {
        let before = file.code.get(..at)?;
        let name = before.rsplit(|character: char| !is_part(character)).next()?;
        let begin = at - name.len();
        let after = before.get(..begin)?.chars().next_back()?;
        (!name.is_empty() && after.is_whitespace()).then_some((begin, name))
    })
}

fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ':')
}

fn is_inline(name: &str) -> bool {
    let handler = name
        .strip_prefix("on")
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|character| character.is_ascii_lowercase()));
    name == "style" || name.starts_with("style:") || name == "attr:style" || handler
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_attributes_are_found() {
        let cases = [
            ("view! { <p style=\"color:red\">\"a\"</p> }", 1),
            ("view! { <p style:width=move || width.get()>\"a\"</p> }", 1),
            ("view! { <p\n    onclick=\"f()\"\n>\"a\"</p> }", 1),
            ("view! { <p on:click=f class=\"style=\" data-style=1>\"a\"</p> }", 0),
            ("let style = \"a\"; if style == other {}", 0),
            ("// style=\"a\"", 0),
        ];
        for (text, expected) in cases {
            assert_eq!(inline_attributes(&Tree::of("app/src/a.rs", text)).len(), expected, "{text}");
        }
        assert_eq!(inline_attributes(&Tree::of("crates/page/src/a.rs", cases[0].0)).len(), 0, "not a view");
    }

    #[test]
    fn textareas_are_found() {
        let text = "view! { <textarea name=\"a\"></textarea> }";
        assert_eq!(textareas(&Tree::of("app/src/site/form.rs", text)).len(), 1);
        assert_eq!(textareas(&Tree::of("app/src/ui/textarea.rs", text)).len(), 0);
    }
}
