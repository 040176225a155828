//! The body of an answer: the origin's own, with what was held of it in front, or a changed one.

use crate::assign::BoxError;
use crate::coding::Encoder;
use crate::held::Held;
use crate::room::Room;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

/// How much of a changed page is encoded at once; other requests are served in between.
const PIECE: usize = 64 * 1024;

/// The body of an answer that went through the layer.
pub struct EvoloopBody<B>(Kind<B>);

enum Kind<B> {
    Origin { held: VecDeque<Bytes>, then: Then<B>, room: Option<Room> },
    Changed { text: Bytes, encoder: Option<Encoder>, is_plain: bool, _room: Room },
}

/// What follows what was held.
enum Then<B> {
    More(Pin<Box<B>>),
    Trailers(HeaderMap),
    Broken(BoxError),
    Nothing,
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>>> EvoloopBody<B> {
    /// The origin's, from its beginning.
    pub(crate) fn origin(body: B) -> Self {
        Self(Kind::Origin { held: VecDeque::new(), then: Then::More(Box::pin(body)), room: None })
    }

    /// The origin's, of which a part is here already.
    pub(crate) fn resumed(held: Held<B>) -> Self {
        let then = match (held.rest, held.error, held.trailers) {
            (Some(rest), ..) => Then::More(rest),
            (None, Some(error), _) => Then::Broken(error.into()),
            (None, None, Some(trailers)) => Then::Trailers(trailers),
            (None, None, None) => Then::Nothing,
        };
        Self(Kind::Origin { held: held.raw, then, room: Some(held.room) })
    }

    /// Another text than the origin's, still to be encoded.
    pub(crate) fn changed(text: Vec<u8>, encoder: Encoder, room: Room) -> Self {
        let is_plain = encoder.is_identity();
        Self(Kind::Changed { text: text.into(), encoder: Some(encoder), is_plain, _room: room })
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>>> Body for EvoloopBody<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match &mut self.0 {
            Kind::Origin { held, then, room } => {
                if let Some(piece) = held.pop_front() {
                    return Poll::Ready(Some(Ok(Frame::data(piece))));
                }
                // What comes now is not held.
                *room = None;
                if let Then::More(body) = then {
                    return body.as_mut().poll_frame(context).map(|frame| frame.map(|frame| frame.map_err(Into::into)));
                }
                Poll::Ready(match std::mem::replace(then, Then::Nothing) {
                    Then::Trailers(trailers) => Some(Ok(Frame::trailers(trailers))),
                    Then::Broken(error) => Some(Err(error)),
                    Then::More(_) | Then::Nothing => None,
                })
            }
            Kind::Changed { text, encoder, is_plain, .. } => Poll::Ready(next_piece(text, encoder, *is_plain)),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Origin { held, then, .. } => held.is_empty() && then.is_end_stream(),
            Kind::Changed { encoder, .. } => encoder.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Origin { held, then, .. } => {
                let length: u64 = held.iter().map(|piece| piece.len() as u64).sum();
                let rest = match then {
                    Then::More(body) => body.size_hint(),
                    Then::Broken(_) => SizeHint::new(),
                    Then::Trailers(_) | Then::Nothing => SizeHint::with_exact(0),
                };
                let mut hint = SizeHint::new();
                hint.set_lower(rest.lower().saturating_add(length));
                if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(length)) {
                    hint.set_upper(upper);
                }
                hint
            }
            Kind::Changed { text, is_plain: true, .. } => SizeHint::with_exact(text.len() as u64),
            Kind::Changed { .. } => SizeHint::new(),
        }
    }
}

impl<B: Body> Then<B> {
    fn is_end_stream(&self) -> bool {
        match self {
            Self::More(body) => body.is_end_stream(),
            Self::Trailers(_) | Self::Broken(_) => false,
            Self::Nothing => true,
        }
    }
}

/// The next piece that is not empty; codecs keep what they have until there is enough.
fn next_piece(
    text: &mut Bytes,
    encoder: &mut Option<Encoder>,
    is_plain: bool,
) -> Option<Result<Frame<Bytes>, BoxError>> {
    while let Some(codec) = encoder {
        let coded = if text.is_empty() {
            let last = codec.finish();
            *encoder = None;
            last
        } else {
            let length = if is_plain { text.len() } else { text.len().min(PIECE) };
            codec.encode(&text.split_to(length))
        };
        if is_plain && text.is_empty() {
            *encoder = None;
        }
        match coded {
            Ok(coded) if coded.is_empty() => {}
            Ok(coded) => return Some(Ok(Frame::data(coded))),
            Err(error) => {
                *encoder = None;
                return Some(Err(error.into()));
            }
        }
    }
    None
}
