//! Content codings: undone for the change, done again for the client.

use bytes::Bytes;
use compression_codecs::brotli::params::EncoderParams as BrotliParams;
use compression_codecs::core::Level;
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use compression_codecs::flate::params::FlateEncoderParams;
use compression_codecs::{
    BrotliDecoder, BrotliEncoder, DecodeV2, EncodeV2, GzipDecoder, GzipEncoder, ZlibDecoder, ZlibEncoder, ZstdDecoder,
    ZstdEncoder,
};
use http::{HeaderMap, header};
use std::io;

/// Bytes that a codec writes at once.
const ROOM: usize = 32 * 1024;
/// Levels that servers use for pages made on the spot: near to the best ratio, far from its price.
const FLATE_LEVEL: i32 = 4;
const BROTLI_LEVEL: i32 = 4;
const ZSTD_LEVEL: i32 = 3;

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Identity,
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    /// The coding of an answer; `None` when it has several, or one that is not known.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
        let Some(value) = values.next() else { return Some(Self::Identity) };
        if values.next().is_some() {
            return None;
        }
        match value.to_str().ok()?.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Some(Self::Identity),
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name in headers.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    pub(crate) fn decoder(self) -> Decoder {
        let codec: Option<Box<dyn DecodeV2 + Send + Sync>> = match self {
            Self::Identity => None,
            Self::Gzip => Some(Box::new(GzipDecoder::new())),
            Self::Deflate => Some(Box::new(ZlibDecoder::new())),
            Self::Brotli => Some(Box::new(BrotliDecoder::new())),
            Self::Zstd => Some(Box::new(ZstdDecoder::new())),
        };
        Decoder { codec, has_ended: false, has_begun: false, is_gzip: self == Self::Gzip }
    }

    pub(crate) fn encoder(self) -> Encoder {
        let level = || FlateEncoderParams::from(Level::Precise(FLATE_LEVEL));
        let codec: Option<Box<dyn EncodeV2 + Send + Sync>> = match self {
            Self::Identity => None,
            Self::Gzip => Some(Box::new(GzipEncoder::new(level()))),
            Self::Deflate => Some(Box::new(ZlibEncoder::new(level()))),
            Self::Brotli => {
                let params = BrotliParams::default().quality(Level::Precise(BROTLI_LEVEL));
                Some(Box::new(BrotliEncoder::new(params)))
            }
            Self::Zstd => Some(Box::new(ZstdEncoder::new(ZSTD_LEVEL))),
        };
        Encoder { codec }
    }
}

/// Undoes a coding piece by piece.
pub(crate) struct Decoder {
    codec: Option<Box<dyn DecodeV2 + Send + Sync>>,
    has_begun: bool,
    has_ended: bool,
    is_gzip: bool,
}

impl Decoder {
    /// Adds what a piece says to `plain`, which grows to little more than `most` bytes.
    pub(crate) fn decode(&mut self, piece: &[u8], plain: &mut Vec<u8>, most: usize) -> io::Result<()> {
        let Some(codec) = &mut self.codec else {
            plain.extend_from_slice(piece);
            return Ok(());
        };
        self.has_begun |= !piece.is_empty();
        let mut input = PartialBuffer::new(piece);
        let mut room = vec![0; ROOM];
        while plain.len() <= most {
            if self.has_ended {
                if input.unwritten().is_empty() {
                    break;
                }
                // Of the codings this one alone may follow itself.
                if !self.is_gzip {
                    return Err(io::Error::other("bytes follow the end of the coded page"));
                }
                codec.reinit()?;
                self.has_ended = false;
            }
            let before = input.written_len();
            let mut output = WriteBuffer::new_initialized(&mut room);
            self.has_ended = codec.decode(&mut input, &mut output)?;
            plain.extend_from_slice(output.written());
            // What is left inside comes out when there is room for it.
            let is_done = input.unwritten().is_empty() && !output.has_no_spare_space();
            let is_stuck = input.written_len() == before && output.written().is_empty();
            if !self.has_ended && (is_done || is_stuck) {
                break;
            }
        }
        Ok(())
    }

    /// Whether all that was announced has come.
    pub(crate) fn is_whole(&self) -> bool {
        self.codec.is_none() || self.has_ended || !self.has_begun
    }
}

/// Does a coding piece by piece.
pub(crate) struct Encoder {
    codec: Option<Box<dyn EncodeV2 + Send + Sync>>,
}

impl Encoder {
    /// Whether nothing is changed.
    pub(crate) fn is_identity(&self) -> bool {
        self.codec.is_none()
    }

    pub(crate) fn encode(&mut self, piece: &Bytes) -> io::Result<Bytes> {
        let Some(codec) = &mut self.codec else { return Ok(piece.clone()) };
        let mut coded = Vec::with_capacity(piece.len() / 2);
        let mut room = vec![0; ROOM];
        let mut input = PartialBuffer::new(&**piece);
        loop {
            let mut output = WriteBuffer::new_initialized(&mut room);
            codec.encode(&mut input, &mut output)?;
            coded.extend_from_slice(output.written());
            if input.unwritten().is_empty() && !output.has_no_spare_space() {
                return Ok(coded.into());
            }
        }
    }

    pub(crate) fn finish(&mut self) -> io::Result<Bytes> {
        let Some(codec) = &mut self.codec else { return Ok(Bytes::new()) };
        let (mut coded, mut room) = (Vec::new(), vec![0; ROOM]);
        loop {
            let mut output = WriteBuffer::new_initialized(&mut room);
            let is_done = codec.finish(&mut output)?;
            coded.extend_from_slice(output.written());
            if is_done {
                return Ok(coded.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODINGS: [Coding; 5] = [Coding::Identity, Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd];

    fn encoded(coding: Coding, text: &[u8], piece: usize) -> io::Result<Vec<u8>> {
        let mut encoder = coding.encoder();
        let mut coded = Vec::new();
        for piece in text.chunks(piece) {
            coded.extend_from_slice(&encoder.encode(&Bytes::copy_from_slice(piece))?);
        }
        coded.extend_from_slice(&encoder.finish()?);
        Ok(coded)
    }

    fn decoded(coding: Coding, coded: &[u8], piece: usize, most: usize) -> io::Result<(Vec<u8>, bool)> {
        let (mut decoder, mut plain) = (coding.decoder(), Vec::new());
        for piece in coded.chunks(piece) {
            decoder.decode(piece, &mut plain, most)?;
        }
        Ok((plain, decoder.is_whole()))
    }

    #[test]
    fn every_coding_comes_back_in_pieces_of_any_length() -> io::Result<()> {
        let text: Vec<u8> = (0..60_000_u32).flat_map(|number| (number * number % 251).to_le_bytes()).collect();
        for coding in CODINGS {
            for (out, back) in [(1_000, 1), (64 * 1024, 7), (usize::MAX, usize::MAX)] {
                let coded = encoded(coding, &text, out.min(text.len()))?;
                let (plain, is_whole) = decoded(coding, &coded, back.min(coded.len()), usize::MAX)?;
                assert!(plain == text, "{coding:?} {out} {back}: {}", plain.len());
                assert!(is_whole, "{coding:?}");
                let (_, is_whole) = decoded(coding, &coded[..coded.len() - 1], 5, usize::MAX)?;
                assert_eq!(is_whole, coding == Coding::Identity, "{coding:?} cut off");
            }
        }
        Ok(())
    }

    #[test]
    fn rubbish_is_refused_and_bombs_are_bounded() -> io::Result<()> {
        for coding in &CODINGS[1..] {
            let fails = decoded(*coding, b"<!doctype html><title>not coded at all</title>", 9, usize::MAX);
            assert!(fails.is_err(), "{coding:?}");
            let bomb = encoded(*coding, &vec![b'a'; 8 << 20], 8 << 20)?;
            let (plain, _) = decoded(*coding, &bomb, bomb.len(), 1 << 20)?;
            assert!(plain.len() <= (1 << 20) + ROOM, "{coding:?} {}", plain.len());
        }
        let mut twice = encoded(Coding::Gzip, b"one ", 9)?;
        twice.extend(encoded(Coding::Gzip, b"two", 9)?);
        assert_eq!(decoded(Coding::Gzip, &twice, 3, 99)?.0, b"one two");
        Ok(())
    }
}
