//! Pages of the old web: tables, font elements, misnested tags, several columns.

use crate::support::Case;

#[test]
fn old_layouts() {
    let cases = [
        Case {
            name: "tables and a centred tagline",
            html: r##"<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"><body><table class="menubar"><tr><td><a href="a">Top</a></table>
                <div class="body"><center><h1>Pedoc</h1><i>Manuals for old machines</i></center>
                <p>A long text about machines follows here, and it goes on for a while.</div></body>"##,
            headline: "Pedoc",
            subheadline: "Manuals for old machines",
            ..Case::default()
        },
        Case {
            name: "a font element that is large",
            html: r##"<body><center><font size="7">The village brass band</font><p>Sundays on the green, if it is dry.</p></center></body>"##,
            headline: "The village brass band",
            subheadline: "Sundays on the green, if it is dry.",
            ..Case::default()
        },
        Case {
            name: "three columns with a log-in form beside the document",
            html: r##"<div id="portal"><div id="column-one"><div class="portlet"><h2>Log in here</h2><form><input type="password">
                <input type="submit" value="Log in"></form></div></div><div id="content"><div class="carousel"><img src="band.jpg" alt=""></div>
                <h1 class="documentFirstHeading">Music school of the valley</h1><div class="documentDescription">Lessons for all ages</div></div>
                <div id="column-two"><div class="portlet"><h2>Calendar</h2></div></div></div>"##,
            headline: "Music school of the valley",
            subheadline: "Lessons for all ages",
            image: "band.jpg",
            ..Case::default()
        },
        Case {
            name: "stray end tags and unclosed elements",
            html: r##"</div></p><div class="hero"><h1>Nets<b> and knots</h1></i><p>Rope work for beginners<p><a class=btn href=x>Join a class</div></td>"##,
            headline: "Nets and knots",
            subheadline: "Rope work for beginners",
            cta: "Join a class",
            ..Case::default()
        },
        Case {
            name: "numbers in headings are counters",
            html: r##"<div class="page-header"><h1>Hundred kinds of tea</h1><p>One shop, since the harbour was built.</p></div>
                <div class="stats"><h1>69+</h1><p>kinds of green tea</p><h1>15+</h1><p>kinds of black tea</p></div>"##,
            headline: "Hundred kinds of tea",
            subheadline: "One shop, since the harbour was built.",
            ..Case::default()
        },
    ];
    cases.iter().for_each(Case::check);
}
