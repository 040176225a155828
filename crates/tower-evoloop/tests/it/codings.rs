//! Content codings of the origin, undone and done again.

use crate::support::{PAGE, Reply, Says, changed, navigation, settings, through};
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use compression_codecs::{
    BrotliDecoder, BrotliEncoder, DecodeV2, EncodeV2, GzipDecoder, GzipEncoder, ZlibDecoder, ZlibEncoder, ZstdDecoder,
    ZstdEncoder,
};

const CODINGS: [&str; 4] = ["gzip", "br", "zstd", "deflate"];

fn coded(coding: &str, text: &[u8]) -> Vec<u8> {
    let mut codec: Box<dyn EncodeV2> = match coding {
        "gzip" => Box::new(GzipEncoder::new(compression_codecs::core::Level::Default.into())),
        "br" => Box::new(BrotliEncoder::new(compression_codecs::brotli::params::EncoderParams::default())),
        "zstd" => Box::new(ZstdEncoder::new(3)),
        _ => Box::new(ZlibEncoder::new(compression_codecs::core::Level::Default.into())),
    };
    let mut room = vec![0; 2 * text.len() + 1_000];
    let mut output = WriteBuffer::new_initialized(&mut room);
    codec.encode(&mut PartialBuffer::new(text), &mut output).unwrap();
    assert!(codec.finish(&mut output).unwrap());
    output.written().to_vec()
}

fn plain(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut codec: Box<dyn DecodeV2> = match coding {
        "gzip" => Box::new(GzipDecoder::new()),
        "br" => Box::new(BrotliDecoder::new()),
        "zstd" => Box::new(ZstdDecoder::new()),
        _ => Box::new(ZlibDecoder::new()),
    };
    let mut room = vec![0; 1 << 20];
    let mut output = WriteBuffer::new_initialized(&mut room);
    assert!(codec.decode(&mut PartialBuffer::new(bytes), &mut output).unwrap());
    output.written().to_vec()
}

#[tokio::test]
async fn a_coded_page_is_changed_and_coded_again() {
    let long = format!("{PAGE}{}", "<p>some more words</p>".repeat(20_000));
    for coding in CODINGS {
        for (page, piece) in [(PAGE, 1), (PAGE, usize::MAX), (&long, 1), (&long, 1_000)] {
            let request = navigation().header("accept-encoding", "gzip, deflate, br, zstd");
            let reply = Reply::html(coded(coding, page.as_bytes())).with("content-encoding", coding).pieces(piece);
            let came = through(settings(), Says::Variant, request, reply).await;
            assert_eq!(came.header("content-encoding").as_deref(), Some(coding));
            assert!(plain(coding, &came.body) == changed(page).as_bytes(), "{coding} {piece}");
        }
    }
}

#[tokio::test]
async fn a_client_that_does_not_take_the_coding_gets_the_text() {
    for coding in CODINGS {
        let request = navigation().header("accept-encoding", "identity");
        let reply = Reply::html(coded(coding, PAGE.as_bytes())).with("content-encoding", coding);
        let came = through(settings(), Says::Variant, request, reply).await;
        assert_eq!((came.text(), came.header("content-encoding")), (changed(PAGE), None), "{coding}");
    }
}

#[tokio::test]
async fn what_is_not_changed_keeps_its_coded_bytes() {
    let missed = coded("gzip", format!("{}__next_f", PAGE.replace("OLD", "other")).as_bytes());
    let cut = coded("gzip", PAGE.as_bytes());
    let cut = cut[..cut.len() - 4].to_vec();
    let cases = [
        ("nothing to change", "gzip", missed),
        ("cut off", "gzip", cut),
        ("not coded at all", "gzip", PAGE.as_bytes().to_vec()),
        ("broken", "br", b"\xff\xff\xff\xff nonsense".to_vec()),
        ("another coding than said", "zstd", coded("gzip", PAGE.as_bytes())),
        ("unknown", "compress", PAGE.as_bytes().to_vec()),
        ("several", "gzip, br", PAGE.as_bytes().to_vec()),
    ];
    for (what, coding, bytes) in cases {
        for piece in [1, usize::MAX] {
            let request = navigation().header("accept-encoding", "gzip, br, zstd");
            let reply = Reply::html(bytes.clone()).with("content-encoding", coding).pieces(piece);
            let came = through(settings(), Says::Variant, request, reply).await;
            assert!(came.body == bytes, "{what} {piece}");
            assert_eq!(came.header("content-encoding").as_deref(), Some(coding), "{what}");
        }
    }
}
