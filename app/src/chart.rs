//! Charts drawn as SVG: pure geometry first, components that only map it to elements after.
//!
//! Every chart is complete in the server's HTML, scales by its view box alone, and tells its
//! series apart by colour, by dash or marker, and by a label beside the line.

pub mod allocation;
pub mod beta;
pub mod calendar;
pub mod figure;
pub mod format;
pub mod frame;
pub mod path;
pub mod posterior;
pub mod rate;
pub mod scale;
pub mod series;
pub mod ticks;
