//! Keeping an open page true: the server says what changed, the page reads it again.
//!
//! One `EventSource` an open site. While it is not connected the page asks every five seconds
//! instead, so that a proxy that swallows event streams costs freshness and nothing else.

use crate::error::UiError;
use domain::SiteId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// How often a page without a connection reads everything again.
const POLL_EVERY: Duration = Duration::from_secs(5);
/// Least time between two reads of the same thing.
const REST: Duration = Duration::from_millis(800);

/// Numbers that grow whenever the server says that something changed.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    /// Visitors, conversions or weights.
    pub statistics: RwSignal<u32>,
    /// The list of variants or their states.
    pub variants: RwSignal<u32>,
    /// A job's progress.
    pub jobs: RwSignal<u32>,
    /// The site itself.
    pub site: RwSignal<u32>,
    /// Whether the event stream is open; false in the server's HTML.
    pub connected: RwSignal<bool>,
}

impl Default for Live {
    fn default() -> Self {
        let zero = || RwSignal::new(0);
        Self { statistics: zero(), variants: zero(), jobs: zero(), site: zero(), connected: RwSignal::new(false) }
    }
}

impl Live {
    /// Notes a change by its name on the wire; unknown names are those of a newer server and mean nothing here.
    pub fn note(self, topic: &str) {
        match topic {
            "statistics" => bump(self.statistics),
            "variants" => bump(self.variants),
            "jobs" => bump(self.jobs),
            "site" => bump(self.site),
            _ => {}
        }
    }

    /// Notes that everything may have changed.
    pub fn note_all(self) {
        ["statistics", "variants", "jobs", "site"].into_iter().for_each(|topic| self.note(topic));
    }

    /// Grows with every change of the site apart from its statistics.
    #[must_use]
    pub fn anything_but_statistics(self) -> Signal<u32> {
        Signal::derive(move || self.variants.get().wrapping_add(self.jobs.get()).wrapping_add(self.site.get()))
    }

    /// Grows with every change that moves numbers.
    #[must_use]
    pub fn numbers(self) -> Signal<u32> {
        Signal::derive(move || self.statistics.get().wrapping_add(self.variants.get()))
    }
}

fn bump(signal: RwSignal<u32>) {
    // The page may be gone by the time an answer comes.
    signal.try_update(|version| *version = version.wrapping_add(1));
}

/// Listens to the changes of a site for as long as the calling component is shown.
#[must_use]
pub fn use_live(site_id: SiteId) -> Live {
    let live = Live::default();
    Effect::new(move |_| {
        // Made here, in the browser alone: a value of one thread must not be in a page that the server draws on many.
        let connection = StoredValue::new_local(Connection::open(site_id, live));
        let poll = move || {
            if live.connected.try_get_untracked() == Some(false) {
                live.note_all();
                let closed = connection.try_with_value(|open| open.as_ref().is_none_or(Connection::is_closed));
                if closed == Some(true) {
                    connection.set_value(Connection::open(site_id, live));
                }
            }
        };
        if let Ok(timer) = set_interval_with_handle(poll, POLL_EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
    live
}

/// An open event stream; closed when dropped.
struct Connection {
    source: EventSource,
    _listeners: [Closure<dyn FnMut(web_sys::Event)>; 3],
}

impl Connection {
    /// Opens the stream; `None` in a browser that refuses, where polling takes over.
    fn open(site_id: SiteId, live: Live) -> Option<Self> {
        let source = EventSource::new(&format!("/api/live?site_id={site_id}")).ok()?;
        let changed = Closure::new(move |event: web_sys::Event| {
            let data = event.dyn_ref::<MessageEvent>().and_then(|message| message.data().as_string());
            live.note(data.as_deref().unwrap_or_default());
        });
        let opened = Closure::new(move |_| {
            // Changes may have been missed until now.
            live.connected.try_set(true);
            live.note_all();
        });
        let failed = Closure::new(move |_| {
            live.connected.try_set(false);
        });
        let listeners: [Closure<dyn FnMut(web_sys::Event)>; 3] = [changed, opened, failed];
        for (name, listener) in ["change", "open", "error"].into_iter().zip(&listeners) {
            source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref()).ok()?;
        }
        Some(Self { source, _listeners: listeners })
    }

    /// Whether the browser has given up connecting by itself.
    fn is_closed(&self) -> bool {
        self.source.ready_state() == EventSource::CLOSED
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Where reading a thing again stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Idle,
    Busy,
    /// A change came while reading: what was read may be old.
    BusyAndStale,
}

/// A value that came with the page and is read again whenever `version` grows.
///
/// Only the value is replaced, never the elements that show it, so open dialogs, focus and scroll
/// positions stay. Failed reads keep the last value; the next change tries again.
pub fn use_refreshed<T, F>(initial: T, version: Signal<u32>, read: impl Fn() -> F + Copy + 'static) -> ReadSignal<T>
where
    T: PartialEq + Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, UiError>> + 'static,
{
    let (value, set_value) = signal(initial);
    let reading = StoredValue::new(Reading::Idle);
    Effect::new(move |before: Option<u32>| {
        let now = version.get();
        if before.is_some_and(|before| before != now) {
            if reading.get_value() == Reading::Idle {
                read_again(value, set_value, reading, read);
            } else {
                reading.set_value(Reading::BusyAndStale);
            }
        }
        now
    });
    value
}

fn read_again<T, F>(
    value: ReadSignal<T>,
    set_value: WriteSignal<T>,
    reading: StoredValue<Reading>,
    read: impl Fn() -> F + Copy + 'static,
) where
    T: PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, UiError>> + 'static,
{
    reading.set_value(Reading::Busy);
    spawn_local(async move {
        if let Ok(new) = read().await
            && value.try_with_untracked(|old| *old != new) == Some(true)
        {
            set_value.try_set(new);
        }
        set_timeout(
            move || match reading.try_get_value() {
                Some(Reading::BusyAndStale) => read_again(value, set_value, reading, read),
                Some(_) => reading.set_value(Reading::Idle),
                None => {}
            },
            REST,
        );
    });
}

/// Grows every five seconds in a browser: for pages without an event stream of their own.
#[must_use]
pub fn use_ticks() -> ReadSignal<u32> {
    let (ticks, set_ticks) = signal(0_u32);
    Effect::new(move |_| {
        let tick = move || {
            set_ticks.try_update(|ticks| *ticks = ticks.wrapping_add(1));
        };
        if let Ok(timer) = set_interval_with_handle(tick, POLL_EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
    ticks
}
