//! Which names people gave, and which a build made or only say how something looks.

/// Whether a class was given by a person: plain, and not a hash of a build, a state or a look.
pub(crate) fn is_steady(name: &str) -> bool {
    is_steady_id(name) && !is_utility(name)
}

/// Whether an id was given by a person. An id names one element and no look, even when it is called `my-nav`.
pub(crate) fn is_steady_id(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    (1..=60).contains(&name.len()) && plain && starts && !is_made(name) && !is_passing(name)
}

/// Whether a class, written `.name`, is one that elements of its kind share all over a page.
pub(crate) fn is_common(key: &str) -> bool {
    key.starts_with(".btn") || key.starts_with(".button") || matches!(key, ".lead" | ".title" | ".card-title" | ".link")
}

/// Names that libraries put before a number or hash of their own.
const MADE: [&str; 26] = [
    "css-",
    "sc-",
    "jsx-",
    "svelte-",
    "astro-",
    "framer-",
    "emotion-",
    "radix-",
    "headlessui-",
    "react-aria",
    "mui-",
    "jss",
    "makeStyles-",
    "ember",
    "ext-gen",
    "yui_",
    "yui-",
    "w-node-",
    "comp-",
    "elementor-element-",
    "wp-container-",
    "wp-elements-",
    "wp-block-group-is-",
    "data-v-",
    "cid-",
    "u_",
];

/// Whether a build or a library made the name.
fn is_made(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    if (digits >= 3 && name.len() > 6) || MADE.iter().any(|start| name.starts_with(start)) {
        return true;
    }
    // `Hero_title__x3Kd9`: modules put the hash behind two underscores.
    let behind = name.rsplit_once("__").filter(|(before, _)| before.contains('_')).map(|(_, behind)| behind);
    behind.is_some_and(|behind| (5..=8).contains(&behind.len()) && !is_word(behind))
        || name.split(['-', '_']).any(is_hash)
}

/// Whether a part of a name is no word: digits inside of letters, capitals that jump, or no vowel at all.
fn is_hash(part: &str) -> bool {
    if !(5..=14).contains(&part.len()) {
        return part.len() > 24;
    }
    let bytes = part.as_bytes();
    let inner_digit = bytes.windows(2).any(|pair| pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic())
        && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2;
    let jumps = bytes.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
    inner_digit || (jumps >= 2 && part.len() <= 8) || !is_word(part)
}

/// Whether there is a vowel, as words have.
fn is_word(part: &str) -> bool {
    part.bytes().any(|byte| matches!(byte.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
}

/// Whether the name says what the element does at the moment, or that a script looks after it.
fn is_passing(name: &str) -> bool {
    matches!(
        name,
        "active"
            | "show"
            | "open"
            | "visible"
            | "loaded"
            | "in"
            | "selected"
            | "current"
            | "collapsed"
            | "disabled"
            | "enabled"
            | "focus"
            | "hover"
            | "lazy"
            | "lazyload"
            | "lazyloaded"
            | "loading"
            | "entered"
            | "fade"
            | "fadein"
            | "reveal"
            | "inview"
            | "aos-init"
            | "aos-animate"
            | "wow"
            | "animated"
            | "scrolled"
            | "js"
            | "no-js"
    ) || ["is-", "has-", "js-is-"].iter().any(|start| name.starts_with(start))
}

/// Stems that name a look whatever follows.
const LOOKS: [&str; 76] = [
    "col",
    "row",
    "text",
    "font",
    "fw",
    "fs",
    "fst",
    "bg",
    "border",
    "rounded",
    "shadow",
    "float",
    "align",
    "justify",
    "items",
    "flex",
    "order",
    "offset",
    "position",
    "top",
    "bottom",
    "left",
    "right",
    "inset",
    "leading",
    "tracking",
    "max",
    "min",
    "space",
    "overflow",
    "opacity",
    "inline",
    "lead",
    "img",
    "ml",
    "mr",
    "sm",
    "md",
    "lg",
    "xl",
    "animate",
    "animated",
    "mx",
    "my",
    "px",
    "py",
    "pt",
    "pb",
    "mt",
    "mb",
    "self",
    "place",
    "basis",
    "grow",
    "shrink",
    "translate",
    "rotate",
    "scale",
    "duration",
    "delay",
    "ease",
    "transition",
    "transform",
    "cursor",
    "object",
    "ring",
    "divide",
    "whitespace",
    "aspect",
    "backdrop",
    "underline",
    "antialiased",
    "uppercase",
    "truncate",
    "relative",
    "absolute",
];
/// Stems that name a look when a number or size follows, and may be a person's word otherwise.
const SIZED: [&str; 22] = [
    "m", "p", "g", "w", "h", "vh", "vw", "gx", "gy", "gap", "z", "d", "grid", "size", "stroke", "fill", "from", "via",
    "to", "columns", "line", "mask",
];
/// Whole names of looks.
const WHOLE: [&str; 24] = [
    "block",
    "hidden",
    "fixed",
    "sticky",
    "static",
    "italic",
    "grid",
    "table",
    "container",
    "container-fluid",
    "clearfix",
    "center",
    "centered",
    "wrapper",
    "group",
    "peer",
    "isolate",
    "visible",
    "invisible",
    "contents",
    "lowercase",
    "capitalize",
    "white",
    "black",
];

/// Whether a class says how an element looks, which says nothing of what it is: `mb-5`, `col-lg-6`, `text-center`.
fn is_utility(name: &str) -> bool {
    let (stem, rest) = name.split_once('-').unwrap_or((name, ""));
    let two =
        stem.len() == 2 && stem.starts_with(['m', 'p']) && stem.ends_with(['t', 'b', 's', 'e', 'l', 'r', 'x', 'y']);
    let sized = SIZED.contains(&stem) && (rest.is_empty() || rest.len() <= 8);
    two || sized || LOOKS.contains(&stem) || WHOLE.contains(&name)
}
