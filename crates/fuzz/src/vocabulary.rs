//! Words of the grammar: honest ones, of which many look like harm, and harmful ones.

/// Selectors of one element each of the fixture page.
pub(crate) const SELECTORS: &[&str] = &[
    "h1", ".lead", "#cta", "#cta > span", "#hero", "#top", ".logo", ".menu", ".menu > li:first-child", "li.current",
    "li.current a", ".menu li:last-child", ".hero", "[data-kind=hero]", ".features", "h2", ".card.last", ".card.last img",
    ".card:nth-of-type(2) p", ".card:nth-child( 2 )", ".features > .card:not(.last):nth-of-type(1) > h3", ".prices",
    "tr:last-child .price", "#signup", "input[type='email']", "button", "footer", "footer > p", "main", "body", "picture",
    "svg", "em", "nav ~ *, footer p", "header + main > .hero h1", "img[alt=\"small\" i]", "H2",
];

/// Pieces of selectors of the subset.
pub(crate) const COMPOUNDS: &[&str] = &[
    "div", "p", "a", "li", "*", ".card", ".price", ".cta.big", "#hero", "[href]", "[href^='/']", "[class~=card]",
    "img[src$=\".png\"]", ":first-child", "td:last-child", "p:only-child", "h3:only-of-type", ":nth-child(2n+1)",
    "li:nth-child(-n + 2)", ":nth-last-child( odd )", "div:nth-of-type(+3)", ":not(.card)", "li:not( :first-child )", ".md\\:flex",
    "#\\31 23", ".größe", ".-a_b", "[data-x='a]\\\"b' i]", "my-element", "h3:FIRST-of-type",
];

/// Selectors that are none of the language.
pub(crate) const BAD_SELECTORS: &[&str] = &[
    "script", "SCRIPT", "head > title", "style", "body script", "link,a", "meta", "iframe", "object", "base", ":not(script)", "", " ",
    "h1,", "> p", "a >", "h1[", "[a='", "p:hover", "p::before", "a:has(img)", ":is(a)", ":root", "*|*", "svg|a", "\\73 cript",
    "s\\63 ript", "h1/**/", ":not(", ":not()", ":not(a b)", ":not(:not(a))", ":nth-child(2 n)", ":nth-child(n of a)",
    ":nth-child(123456)", ":nth-child(n+-1)", "[a=b s]", "h1{}", "<script>", "h1\\", "hé", "h_1", "&", "a||b", ".5", "#1", "\u{a0}h1", "[a=b\\\n]",
];

/// Characters to spoil a text with.
pub(crate) const SPOILS: &[&str] = &[
    "\\", "\"", "'", "<", ">", "&", ";", ":", "(", ")", "[", "]", "{", "}", ",", "*", "/", "|", "~", "+", "-", "_", "#", ".", "=", "!", "@",
    "$", "%", "^", "`", " ", "\t", "\n", "\r", "\u{c}", "\0", "\u{7f}", "\u{85}", "\u{a0}", "\u{ad}", "\u{200b}", "\u{2028}", "\u{202e}",
    "\u{2066}", "\u{feff}", "é", "😀", "0", "1", "a", "n", "i", "S", "\\61 ", "/*", "*/", "//", "  ",
];

/// Texts that may stand on a page, whatever they look like.
pub(crate) const TEXTS: &[&str] = &[
    "New headline", "A", "Tea & boxes", "📦 заказать", "שלום", "<b>bold</b>", "</p><script>hit(1)</script>", "<img src=x onerror=hit(2)>",
    "\"><svg onload=hit(3)>", "' onmouseover='hit(4)", "javascript:hit(5)", "{{constructor.constructor('hit(6)')()}}", "${hit(7)}",
    "]]>", "<!--", "-->", "</style><script>hit(8)</script>", "&lt;script&gt;hit(9)&lt;/script&gt;", "&amp;", "&#60;script&#62;",
    "</textarea></title></noscript>", "<!--evoloop x 1-->", "  two  spaces  ", "\u{200b}", "0", "%3Cscript%3E", "<plaintext>", "\\u003cscript\\u003e",
];

/// Texts that a rule refuses.
pub(crate) const BAD_TEXTS: &[&str] =
    &["", "   ", "\u{feff}", "\u{3000}", "a\nb", "a\0b", "\t", "a\u{202e}b", "\u{2066}", "a\u{85}b", "\u{7f}", "\u{1b}[0m"];

/// Addresses that stay on the page's host, or go to the one that is allowed.
pub(crate) const ADDRESSES: &[&str] = &[
    "/new", "new.png", "?q=1&r=2", "#part", "../up", "./a:b", "/a b", "/\"onerror=\"hit(10)", "/'><script>hit(11)</script>",
    "https://shop.example/a", "HTTPS://Shop.Example/a?b#c", "http://shop.example:8080/", "javascript&#58;hit(12)", "&#106;avascript:x/..",
    "java&Tab;script&colon;hit(13)", "/javascript:hit(14)", "%6aavascript:hit(15)", "1javascript:hit(16)", "/é/😀", "./data:text/html,x", " /spaces ",
];

/// Addresses that lead away or run something.
pub(crate) const BAD_ADDRESSES: &[&str] = &[
    "data:text/html,<script>hit(17)</script>", "data:image/svg+xml,<svg onload=hit(18)>", "vbscript:hit(19)", "//evil.example/x", "///evil.example",
    "\\\\evil.example", "/\\evil.example", "https:\\\\shop.example", "file:///etc/passwd", "blob:https://shop.example/x", "about:blank",
    "filesystem:http://shop.example/x", "mailto:a@b.example", "https://", "http://[::1", "ftp://shop.example/", "ws://shop.example", "a:b", "x-y.z+1:q",
    "view-source:https://shop.example", "shop.example:443/a",
];

/// Addresses that only the host makes bad.
pub(crate) const OTHER_HOSTS: &[&str] =
    &["https://evil.example/a.png", "https://shop.example@evil.example/", "http://shop.example.evil.example/x", "HTTP://EVIL.example"];

/// What stands in front of a scheme, to hide it.
pub(crate) const DISGUISES: &[&str] =
    &["", " ", "\u{a0}", "\u{feff}", "\u{3000}", "\u{1}", "\t", "\n", "\r\n", "\0", "\u{2028}", "\u{85}", "\u{1f}"];

/// Properties that can be set.
pub(crate) const PROPERTIES: &[&str] = &[
    "color", "background", "background-color", "margin", "margin-top", "padding-inline-start", "border-radius", "font-size", "font-weight", "text-align",
    "width", "max-width", "min-height", "display", "opacity", "gap", "order", "line-height", "letter-spacing", "justify-content", "align-items", "flex",
    "row-gap", "column-gap", "object-fit", "box-shadow", "height", "text-decoration-thickness", "border-image-source", "column-made-up",
];

/// Properties that cannot.
pub(crate) const BAD_PROPERTIES: &[&str] = &[
    "position", "z-index", "behavior", "-moz-binding", "content", "transform", "animation", "background-image", "cursor", "Color", "margin-", "margin--a",
    "--x", "color;position", "margin}", "pointer-events", "", "filter", "mask-image", "list-style", "font_size", "marginé", "order-x",
];

/// Values of properties.
pub(crate) const STYLES: &[&str] = &[
    "red", "#fff", "0", "1px solid #000", "calc(100% - (2 * 1px))", "var(--a, var(--b))", "rgb(0 0 0 / 50%)", "linear-gradient(90deg, #fff 0%, hsl(1 2% 3%))",
    "clamp(1rem, 2vw + 1rem, 3rem)", "color-mix(in oklch, red 20%, blue)", "none", "block", "1.5", "center", "MAX(1px,2px)", "*/", "( 1 )", "2fr 1fr",
];

/// Values that leave their place, load something, or are none.
pub(crate) const BAD_STYLES: &[&str] = &[
    "url(/x)", "URL(//evil.example)", "url(javascript:hit(20))", "image-set(a 1x)", "expression(hit(21))", "red;position:fixed", "red}body{display:none",
    "}", "{", "@import x", "red !important", "\"x\"", "'x'", "a\\62 c", "u\\72l(/x)", "/* x */", "/**/", "rgb(0", "rgb(0))", "(", "</style><script>hit(22)</script>",
    "<!--", "", "  ", "attr(x)", "env(x)", "element(#a)", "-webkit-image-set(a)", "calc-(1)", "xrgb(1)", "a:b", "src(x)", "paint(x)", "ré", "a\nb", "_(1)",
];

/// Class names.
pub(crate) const CLASSES: &[&str] = &["big", "cta", "md:flex", "w-1/2", "-mt-4", "größe", "a.b", "x(y)", "[&", "card", "javascript:x", "last", "#", "{", "😀"];

/// What is no class name.
pub(crate) const BAD_CLASSES: &[&str] = &["", "a b", "a\u{3000}b", "a\u{feff}", "\"onclick=\"hit(23)", "a'", "<b>", "a&b", "a=b", "a\\b", "a\tb", "`", "\0"];

/// Elements that can be inserted, beside lists and pictures.
pub(crate) const BLOCKS: &[&str] = &["p", "div", "section", "h2", "h3", "h6", "blockquote", "figure", "figcaption"];

/// Elements of a line that can be inserted.
pub(crate) const INLINES: &[&str] = &["span", "strong", "em", "b", "i", "small"];

/// Elements that cannot.
pub(crate) const BAD_TAGS: &[&str] = &[
    "script", "iframe", "style", "svg", "math", "object", "embed", "form", "input", "template", "noscript", "link", "meta", "base", "h1", "table", "SPAN",
    "p ", "", "p onclick=hit(24)", "video", "frame", "plaintext", "xmp", "textarea", "title", "x-y", "button", "a><script",
];

/// Attributes that an operation can set.
pub(crate) const ATTRIBUTES: &[&str] = &["alt", "title", "placeholder", "aria-label", "href", "src"];

/// Attributes that nothing can set.
pub(crate) const BAD_ATTRIBUTES: &[&str] = &[
    "onclick", "onerror", "ONLOAD", "onmouseover", "style", "srcdoc", "srcset", "action", "formaction", "id", "xlink:href", "data-evo", "target", "ping",
    "background", "", "alt onclick", "HREF", "http-equiv", "onfocus", "poster", "is", "nonce", "x\"y",
];
