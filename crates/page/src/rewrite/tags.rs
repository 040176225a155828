//! The tags that a parser treats in a way of their own, as HTML lists them.

use super::tree::same_name;

/// Packs a name of at most 16 bytes, in lower case, into a number; longer ones have none.
const fn key(name: &[u8]) -> Option<u128> {
    if name.len() > 16 {
        return None;
    }
    let mut key = 0_u128;
    let mut at = 0;
    while at < name.len() {
        key = (key << 8) | name[at].to_ascii_lowercase() as u128;
        at += 1;
    }
    Some(key)
}

macro_rules! tags {
    ($($variant:ident $name:literal)*) => {
        /// A tag.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Tag {
            $($variant,)*
            /// Any other.
            Other,
        }

        /// The packed names, to compare with.
        mod keys {
            #![expect(non_upper_case_globals, reason = "named as the tags they stand for")]
            $(pub(super) const $variant: u128 = match super::key($name.as_bytes()) {
                Some(key) => key,
                None => 0,
            };)*
        }

        impl Tag {
            /// The tag of a name in any case.
            pub(super) fn of(name: &[u8]) -> Self {
                match key(name) {
                    $(Some(keys::$variant) => Self::$variant,)*
                    _ => Self::Other,
                }
            }

            /// Its name; empty for those that are not listed.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other => "",
                }
            }
        }
    };
}

tags! {
    A "a" Address "address" Applet "applet" Area "area" Article "article" Aside "aside"
    B "b" Base "base" Basefont "basefont" Bgsound "bgsound" Big "big" Blockquote "blockquote" Body "body" Br "br" Button "button"
    Caption "caption" Center "center" Code "code" Col "col" Colgroup "colgroup"
    Dd "dd" Desc "desc" Details "details" Dialog "dialog" Dir "dir" Div "div" Dl "dl" Dt "dt"
    Em "em" Embed "embed"
    Fieldset "fieldset" Figcaption "figcaption" Figure "figure" Font "font" Footer "footer" ForeignObject "foreignobject"
    Form "form" Frame "frame" Frameset "frameset"
    H1 "h1" H2 "h2" H3 "h3" H4 "h4" H5 "h5" H6 "h6" Head "head" Header "header" Hgroup "hgroup" Hr "hr" Html "html"
    I "i" Iframe "iframe" Image "image" Img "img" Input "input"
    Keygen "keygen"
    Li "li" Link "link" Listing "listing"
    Main "main" Marquee "marquee" Math "math" Menu "menu" Meta "meta"
    Nav "nav" Nobr "nobr" Noembed "noembed" Noframes "noframes" Noscript "noscript"
    Object "object" Ol "ol" Optgroup "optgroup" Option "option"
    P "p" Param "param" Picture "picture" Plaintext "plaintext" Pre "pre"
    Rb "rb" Rp "rp" Rt "rt" Rtc "rtc" Ruby "ruby"
    S "s" Script "script" Search "search" Section "section" Select "select" Small "small" Source "source" Span "span"
    Strike "strike" Strong "strong" Style "style" Sub "sub" Summary "summary" Sup "sup" Svg "svg"
    Table "table" Tbody "tbody" Td "td" Template "template" Textarea "textarea" Tfoot "tfoot" Th "th" Thead "thead"
    Title "title" Tr "tr" Track "track" Tt "tt"
    U "u" Ul "ul"
    Var "var"
    Wbr "wbr"
    Xmp "xmp"
}

impl Tag {
    /// Whether it never has content.
    pub(super) fn is_void(self) -> bool {
        matches!(
            self,
            Self::Area
                | Self::Base
                | Self::Basefont
                | Self::Bgsound
                | Self::Br
                | Self::Col
                | Self::Embed
                | Self::Frame
                | Self::Hr
                | Self::Img
                | Self::Input
                | Self::Keygen
                | Self::Link
                | Self::Meta
                | Self::Param
                | Self::Source
                | Self::Track
                | Self::Wbr
        )
    }

    /// Whether its content is text, whatever it looks like.
    pub(super) fn is_raw(self) -> bool {
        matches!(
            self,
            Self::Script
                | Self::Style
                | Self::Textarea
                | Self::Title
                | Self::Xmp
                | Self::Iframe
                | Self::Noembed
                | Self::Noframes
                | Self::Noscript
        )
    }

    /// The elements that the standard calls special.
    pub(super) fn is_special(self) -> bool {
        !self.is_formatting()
            && !matches!(
                self,
                Self::Other
                    | Self::Picture
                    | Self::Ruby
                    | Self::Rb
                    | Self::Rp
                    | Self::Rt
                    | Self::Rtc
                    | Self::Span
                    | Self::Sub
                    | Self::Sup
                    | Self::Svg
                    | Self::Math
                    | Self::Var
                    | Self::Option
                    | Self::Optgroup
                    | Self::Dialog
                    | Self::Image
                    | Self::Desc
                    | Self::ForeignObject
            )
    }

    /// The elements that are opened again when another one closed them.
    pub(super) fn is_formatting(self) -> bool {
        matches!(
            self,
            Self::A
                | Self::B
                | Self::Big
                | Self::Code
                | Self::Em
                | Self::Font
                | Self::I
                | Self::Nobr
                | Self::S
                | Self::Small
                | Self::Strike
                | Self::Strong
                | Self::Tt
                | Self::U
        )
    }

    pub(super) fn is_heading(self) -> bool {
        matches!(self, Self::H1 | Self::H2 | Self::H3 | Self::H4 | Self::H5 | Self::H6)
    }

    /// Elements whose end tags the standard generates.
    pub(super) fn is_ended_on_its_own(self) -> bool {
        matches!(
            self,
            Self::Dd
                | Self::Dt
                | Self::Li
                | Self::Optgroup
                | Self::Option
                | Self::P
                | Self::Rb
                | Self::Rp
                | Self::Rt
                | Self::Rtc
        )
    }

    /// Blocks that end a paragraph and have plain end tags.
    pub(super) fn is_plain_block(self) -> bool {
        matches!(
            self,
            Self::Address
                | Self::Article
                | Self::Aside
                | Self::Blockquote
                | Self::Center
                | Self::Details
                | Self::Dialog
                | Self::Dir
                | Self::Div
                | Self::Dl
                | Self::Fieldset
                | Self::Figcaption
                | Self::Figure
                | Self::Footer
                | Self::Header
                | Self::Hgroup
                | Self::Main
                | Self::Menu
                | Self::Nav
                | Self::Ol
                | Self::Search
                | Self::Section
                | Self::Summary
                | Self::Ul
        )
    }

    /// Parts of a table.
    pub(super) fn is_table_part(self) -> bool {
        matches!(
            self,
            Self::Caption
                | Self::Col
                | Self::Colgroup
                | Self::Tbody
                | Self::Td
                | Self::Tfoot
                | Self::Th
                | Self::Thead
                | Self::Tr
        )
    }

    /// Tags that end a drawing in which they stand.
    pub(super) fn breaks_out(self) -> bool {
        self.is_heading()
            || matches!(
                self,
                Self::B
                    | Self::Big
                    | Self::Blockquote
                    | Self::Body
                    | Self::Br
                    | Self::Center
                    | Self::Code
                    | Self::Dd
                    | Self::Div
                    | Self::Dl
                    | Self::Dt
                    | Self::Em
                    | Self::Embed
                    | Self::Font
                    | Self::Head
                    | Self::Hr
                    | Self::I
                    | Self::Img
                    | Self::Li
                    | Self::Listing
                    | Self::Menu
                    | Self::Meta
                    | Self::Nobr
                    | Self::Ol
                    | Self::P
                    | Self::Pre
                    | Self::Ruby
                    | Self::S
                    | Self::Small
                    | Self::Span
                    | Self::Strong
                    | Self::Strike
                    | Self::Sub
                    | Self::Sup
                    | Self::Table
                    | Self::Tt
                    | Self::U
                    | Self::Ul
                    | Self::Var
            )
    }

    /// What is never changed, nor anything inside.
    pub(super) fn is_never_touched(self) -> bool {
        matches!(
            self,
            Self::Head
                | Self::Script
                | Self::Style
                | Self::Noscript
                | Self::Template
                | Self::Iframe
                | Self::Frame
                | Self::Object
                | Self::Embed
                | Self::Base
                | Self::Meta
                | Self::Link
        )
    }

    /// Whether two tags with these names are the same.
    pub(super) fn is_same(self, name: &[u8], other: Self, other_name: &[u8]) -> bool {
        self == other && (self != Self::Other || same_name(name, other_name))
    }
}
