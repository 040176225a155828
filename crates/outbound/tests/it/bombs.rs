//! Small answers that become huge ones.

use crate::{install_crypto, serve};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::routing::get;
use flate2::{Compress, Compression, FlushCompress};
use outbound::fetcher::{AllowedPrivateHosts, FetchPolicy, Fetcher};
use service::ports::{PageReader, ReadError, ResourceKind};
use std::io::{self, Write};
use std::time::Duration;
use url::Url;

const MIB: usize = 1024 * 1024;
/// Blocks of the bomb, each a MiB after inflation.
const BLOCKS: usize = 1_024;

/// A MiB of zeros, compressed so that it can be said again and again in one stream.
fn block() -> Bytes {
    let mut packed = Vec::with_capacity(MIB);
    Compress::new(Compression::best(), false).compress_vec(&vec![0; MIB], &mut packed, FlushCompress::Full).unwrap();
    assert!(packed.len() < 8_192, "{}", packed.len());
    packed.into()
}

async fn read(encoding: &'static str, start: Vec<u8>, block: Bytes, times: usize) -> Result<(), ReadError> {
    install_crypto();
    let page = move || async move {
        let blocks = std::iter::once(Bytes::from(start)).chain(std::iter::repeat_n(block, times));
        let body = Body::from_stream(futures::stream::iter(blocks.map(Ok::<_, io::Error>)));
        ([(CONTENT_TYPE, "text/html"), (CONTENT_ENCODING, encoding)], body)
    };
    let server = serve(Router::new().route("/", get(page))).await;
    let policy = FetchPolicy {
        allow_private: AllowedPrivateHosts::parse(&server.to_string()).unwrap(),
        unreachable_after: Duration::ZERO,
        ..FetchPolicy::default()
    };
    let url = Url::parse(&format!("http://{server}/")).unwrap();
    Fetcher::new(policy).unwrap().read(&url, ResourceKind::Html).await.map(|_| ())
}

/// Most memory that this process ever had, in KiB, where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// A GiB of zeros in a MiB of gzip, and the same in deflate: neither is inflated beyond the limit.
#[tokio::test]
async fn a_gibibyte_in_a_mebibyte_is_left_at_the_limit() {
    let gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let zlib = vec![0x78, 0x9c];
    let block = block();
    let before = peak_kib();
    assert_eq!(read("gzip", gzip, block.clone(), BLOCKS).await, Err(ReadError::TooLarge(2)));
    assert_eq!(read("deflate", zlib, block, BLOCKS).await, Err(ReadError::TooLarge(2)));
    if let (Some(before), Some(after)) = (before, peak_kib()) {
        println!("{} KiB more memory at most", after - before);
        assert!(after - before < 64 * 1_024, "{} KiB", after - before);
    }
}

#[tokio::test]
async fn brotli_is_left_at_the_limit_too() {
    let mut packed = Vec::new();
    {
        let mut encoder = brotli::CompressorWriter::new(&mut packed, MIB, 1, 22);
        for _ in 0..24 {
            encoder.write_all(&vec![0; MIB]).unwrap();
        }
    }
    assert!(packed.len() < 8_192, "{}", packed.len());
    assert_eq!(read("br", packed, Bytes::new(), 0).await, Err(ReadError::TooLarge(2)));
}

/// Compressions inside each other are not opened.
#[tokio::test]
async fn compressed_twice_is_not_read() {
    let unknown = Err(ReadError::ContentType("an unknown compression".to_owned()));
    assert_eq!(read("gzip, gzip", Vec::new(), Bytes::from_static(b"x"), 1).await, unknown);
    assert_eq!(read("zstd", Vec::new(), Bytes::from_static(b"x"), 1).await, unknown);
}
