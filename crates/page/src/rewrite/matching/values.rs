//! What HTML says about values of attributes, and names that drawings write with capital letters.

/// Attributes whose values selectors compare without case
/// (<https://html.spec.whatwg.org/multipage/semantics-other.html#case-sensitivity-of-selectors>).
const WITHOUT_CASE: [&str; 46] = [
    "accept",
    "accept-charset",
    "align",
    "alink",
    "axis",
    "bgcolor",
    "charset",
    "checked",
    "clear",
    "codetype",
    "color",
    "compact",
    "declare",
    "defer",
    "dir",
    "direction",
    "disabled",
    "enctype",
    "face",
    "frame",
    "hreflang",
    "http-equiv",
    "lang",
    "language",
    "link",
    "media",
    "method",
    "multiple",
    "nohref",
    "noresize",
    "noshade",
    "nowrap",
    "readonly",
    "rel",
    "rev",
    "rules",
    "scope",
    "scrolling",
    "selected",
    "shape",
    "target",
    "text",
    "type",
    "valign",
    "valuetype",
    "vlink",
];

/// Elements of drawings with capital letters, in lower case.
const MIXED_TAGS: [&str; 37] = [
    "altglyph",
    "altglyphdef",
    "altglyphitem",
    "animatecolor",
    "animatemotion",
    "animatetransform",
    "clippath",
    "feblend",
    "fecolormatrix",
    "fecomponenttransfer",
    "fecomposite",
    "feconvolvematrix",
    "fediffuselighting",
    "fedisplacementmap",
    "fedistantlight",
    "fedropshadow",
    "feflood",
    "fefunca",
    "fefuncb",
    "fefuncg",
    "fefuncr",
    "fegaussianblur",
    "feimage",
    "femerge",
    "femergenode",
    "femorphology",
    "feoffset",
    "fepointlight",
    "fespecularlighting",
    "fespotlight",
    "fetile",
    "feturbulence",
    "foreignobject",
    "glyphref",
    "lineargradient",
    "radialgradient",
    "textpath",
];

/// Attributes of drawings with capital letters, in lower case.
const MIXED_ATTRIBUTES: [&str; 58] = [
    "attributename",
    "attributetype",
    "basefrequency",
    "baseprofile",
    "calcmode",
    "clippathunits",
    "diffuseconstant",
    "edgemode",
    "filterunits",
    "glyphref",
    "gradienttransform",
    "gradientunits",
    "kernelmatrix",
    "kernelunitlength",
    "keypoints",
    "keysplines",
    "keytimes",
    "lengthadjust",
    "limitingconeangle",
    "markerheight",
    "markerunits",
    "markerwidth",
    "maskcontentunits",
    "maskunits",
    "numoctaves",
    "pathlength",
    "patterncontentunits",
    "patterntransform",
    "patternunits",
    "pointsatx",
    "pointsaty",
    "pointsatz",
    "preservealpha",
    "preserveaspectratio",
    "primitiveunits",
    "refx",
    "refy",
    "repeatcount",
    "repeatdur",
    "requiredextensions",
    "requiredfeatures",
    "specularconstant",
    "specularexponent",
    "spreadmethod",
    "startoffset",
    "stddeviation",
    "stitchtiles",
    "surfacescale",
    "systemlanguage",
    "tablevalues",
    "targetx",
    "targety",
    "textlength",
    "viewbox",
    "viewtarget",
    "xchannelselector",
    "ychannelselector",
    "zoomandpan",
];

/// Whether selectors compare the values of an attribute without case.
pub(super) fn is_without_case(name: &str) -> bool {
    WITHOUT_CASE.binary_search(&name).is_ok()
}

/// Whether a browser gives an element of a drawing another name.
pub(super) fn is_mixed_tag(name: &str) -> bool {
    MIXED_TAGS.binary_search(&name).is_ok()
}

/// Whether a browser gives an attribute of a drawing another name.
pub(super) fn is_mixed_attribute(name: &str) -> bool {
    MIXED_ATTRIBUTES.binary_search(&name).is_ok()
}

/// Whether a value fits to a test.
pub(super) fn fits(value: &str, operator: char, wanted: &str) -> bool {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
    match operator {
        '=' => value == wanted,
        '~' => !wanted.is_empty() && value.split(is_space).any(|word| word == wanted),
        '|' => value.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')),
        '^' => !wanted.is_empty() && value.starts_with(wanted),
        '$' => !wanted.is_empty() && value.ends_with(wanted),
        '*' => !wanted.is_empty() && value.contains(wanted),
        _ => false,
    }
}
