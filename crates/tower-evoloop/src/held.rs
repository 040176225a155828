//! A page is held until it is whole, because a patch is applied whole or not at all; but not for long.

use crate::charset::{Charset, PRESCAN, find};
use crate::coding::{Coding, Decoder};
use crate::hydration::Watch;
use crate::rewrite::{Patch, Rewriter, Verdict};
use crate::room::Room;
use crate::settings::{Hydrated, Settings};
use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;
use http_body_util::BodyExt;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use tokio::time::{Instant, timeout_at};

/// What came of a body, exactly as it came, and what is still to come.
pub(crate) struct Held<B: Body> {
    pub(crate) raw: VecDeque<Bytes>,
    /// What follows; nothing when the end was seen.
    pub(crate) rest: Option<Pin<Box<B>>>,
    pub(crate) trailers: Option<HeaderMap>,
    pub(crate) error: Option<B::Error>,
    /// For what is held.
    pub(crate) room: Room,
}

/// Holds a body until it ends; the reason when the page cannot be changed, and is to go on as it is.
pub(crate) async fn hold<B: Body<Data = Bytes>>(
    body: B,
    until: Instant,
    room: Room,
    text: &mut Text<'_>,
) -> (Held<B>, Result<(), &'static str>) {
    let mut body = Box::pin(body);
    let mut held = Held { raw: VecDeque::new(), rest: None, trailers: None, error: None, room };
    let mut length = 0_usize;
    let outcome = loop {
        match timeout_at(until, body.as_mut().frame()).await {
            Err(_) => break Err("the origin takes too long"),
            Ok(None) => return (held, text.end()),
            Ok(Some(Err(error))) => {
                held.error = Some(error);
                return (held, Err("the origin broke off"));
            }
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(piece) => {
                    held.raw.push_back(piece.clone());
                    length = length.saturating_add(piece.len());
                    if let Err(reason) = text.push(&piece) {
                        break Err(reason);
                    }
                    // What comes out of a patch is about as long as what goes in.
                    let all = length.saturating_add(text.plain.len().saturating_mul(2));
                    if !held.room.grow(all) {
                        break Err("there is no room to hold it");
                    }
                }
                Err(frame) => {
                    held.trailers = frame.into_trailers().ok();
                    return (held, text.end());
                }
            },
        }
    };
    held.rest = Some(body);
    (held, outcome)
}

/// The text of a page on its way through a patch.
pub(crate) struct Text<'a> {
    headers: &'a HeaderMap,
    most: usize,
    decoder: Decoder,
    /// The page without its content coding.
    plain: Vec<u8>,
    /// How much of it the patch has seen.
    seen: usize,
    patch: Option<Arc<dyn Patch>>,
    begun: Option<(Charset, Option<Box<dyn Rewriter>>)>,
    output: Vec<u8>,
    /// For frameworks because of which nothing of the page would be changed.
    watch: Option<Watch>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(
        headers: &'a HeaderMap,
        coding: Coding,
        settings: &Settings,
        patch: Option<Arc<dyn Patch>>,
    ) -> Self {
        let (plain, output) = (Vec::new(), Vec::new());
        let watch = (settings.hydrated == Hydrated::Leave).then(Watch::default);
        let decoder = coding.decoder();
        Self { headers, most: settings.max_held, decoder, plain, seen: 0, patch, begun: None, output, watch }
    }

    /// What has come of the page, without its content coding.
    pub(crate) fn plain(&self) -> &[u8] {
        &self.plain
    }

    fn push(&mut self, piece: &[u8]) -> Result<(), &'static str> {
        self.decoder.decode(piece, &mut self.plain, self.most).map_err(|_| "its content coding is broken")?;
        if self.plain.len() > self.most {
            return Err("it is too long");
        }
        if self.watch.as_mut().is_some_and(|watch| watch.sees(&self.plain)) {
            return Err("a framework takes the whole document over");
        }
        if self.begun.is_none() && self.plain.len() >= PRESCAN {
            self.begin()?;
        }
        self.pass_on();
        Ok(())
    }

    fn end(&mut self) -> Result<(), &'static str> {
        if !self.decoder.is_whole() {
            return Err("its content coding is broken");
        }
        if self.begun.is_none() {
            self.begin()?;
        }
        self.pass_on();
        Ok(())
    }

    fn begin(&mut self) -> Result<(), &'static str> {
        let charset = find(self.headers, &self.plain).ok_or("its encoding is not known, or not like ASCII")?;
        self.seen = charset.mark;
        // The mark is no part of the text.
        self.output.extend_from_slice(self.plain.get(..charset.mark).unwrap_or_default());
        self.begun = Some((charset, self.patch.take().map(|patch| patch.begin(charset.encoding))));
        Ok(())
    }

    fn pass_on(&mut self) {
        if let Some((_, Some(rewriter))) = &mut self.begun {
            rewriter.write(self.plain.get(self.seen..).unwrap_or_default(), &mut self.output);
            self.seen = self.plain.len();
        }
    }

    /// The page as it is, and as it is with the patch, if that applies; `None` when the end was not seen.
    pub(crate) fn finish(mut self) -> Option<Finished> {
        let (charset, rewriter) = self.begun?;
        let verdict = match rewriter {
            Some(rewriter) => rewriter.finish(&mut self.output),
            None => Verdict::Untouched { reason: "there is no patch".to_owned() },
        };
        Some(Finished { plain: self.plain, charset, patched: self.output, verdict })
    }
}

/// A whole page.
pub(crate) struct Finished {
    pub(crate) plain: Vec<u8>,
    pub(crate) charset: Charset,
    /// With the patch, if the verdict says that it was applied.
    pub(crate) patched: Vec<u8>,
    pub(crate) verdict: Verdict,
}
