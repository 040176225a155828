//! The proxy as a browser and as an attacker would use it, on loopback.

use super::{Filter, Wish, wish};
use crate::fetcher::{AllowedPrivateHosts, Door, FetchPolicy, NameResolver};
use async_trait::async_trait;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A name server with one answer for every name.
struct Answer(Vec<IpAddr>);

#[async_trait]
impl NameResolver for Answer {
    async fn lookup(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.clone())
    }
}

fn door(allowed: &str, answer: Vec<IpAddr>) -> Door {
    let allow_private = AllowedPrivateHosts::parse(allowed).unwrap_or_default();
    Door::new(Arc::new(FetchPolicy { allow_private, ..FetchPolicy::default() }), Arc::new(Answer(answer)))
}

async fn say(filter: &Filter, text: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(filter.address()).await?;
    stream.write_all(text.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn spellings(address: [u8; 4]) -> Vec<String> {
    let [a, b, c, d] = address;
    let whole = u32::from(Ipv4Addr::from(address));
    let (high, low) = (whole >> 16, whole & 0xffff);
    vec![
        format!("{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}."),
        format!("{whole}"),
        format!("{whole:#x}"),
        format!("0{a:o}.{b}.{c}.{d:#x}"),
        format!("{a}.{}", whole & 0x00ff_ffff),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[::{high:x}:{low:x}]"),
        format!("[64:ff9b::{high:x}:{low:x}]"),
        format!("[2002:{high:x}:{low:x}::1]"),
        format!("public.site@{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}#@public.site"),
    ]
}

#[tokio::test]
async fn the_browser_gets_nowhere_but_to_the_public_internet() -> io::Result<()> {
    let private =
        [[127, 0, 0, 1], [10, 0, 0, 1], [169, 254, 169, 254], [168, 63, 129, 16], [192, 168, 1, 1], [0, 0, 0, 0]];
    let hosts: Vec<String> = private
        .into_iter()
        .flat_map(spellings)
        .chain(
            ["localhost", "a.localhost", "router", "db.internal", "printer.local", "[::1]", "[fe80::1%25eth0]", ""]
                .map(str::to_owned),
        )
        .chain(["rebound.site".to_owned()])
        .collect();
    // Whatever name it asks for leads to a private address as well.
    let door = door("", vec![[8, 8, 8, 8].into(), [127, 0, 0, 1].into()]);
    let filter = Filter::start(door.clone(), 1).await?;
    let mut refused = 0;
    for host in &hosts {
        for port in [80, 443, 22] {
            let asked = [
                format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: x\r\n\r\n"),
                format!("GET http://{host}:{port}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            ];
            for text in asked {
                let answer = say(&filter, &text).await?;
                let is_refusal = answer.starts_with("HTTP/1.1 403 ") || answer.starts_with("HTTP/1.1 400 ");
                assert!(is_refusal, "{text}: {answer}");
                refused += 1;
            }
        }
    }
    assert_eq!(door.connects(), 0);
    assert!(refused > 380);
    Ok(())
}

#[tokio::test]
async fn what_may_be_asked_is_carried_both_ways_once() -> io::Result<()> {
    let server = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = server.local_addr()?;
    let answering = tokio::spawn(async move {
        let mut heads = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = server.accept().await?;
            let mut bytes = [0; 1_024];
            let count = stream.read(&mut bytes).await?;
            heads.push(String::from_utf8_lossy(&bytes[..count]).into_owned());
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await?;
        }
        Ok::<_, io::Error>(heads)
    });
    let door = door(&address.to_string(), Vec::new());
    let filter = Filter::start(door.clone(), 1).await?;
    let both = format!(
        "GET http://{address}/a?b HTTP/1.1\r\nHost: other.site\r\nProxy-Authorization: x\r\nConnection: keep-alive\r\nAccept: */*\r\n\r\nGET http://{address}/second HTTP/1.1\r\n\r\n"
    );
    assert!(say(&filter, &both).await?.ends_with("\r\n\r\nok"));
    let tunnel = format!("CONNECT {address} HTTP/1.1\r\n\r\nhello");
    assert!(say(&filter, &tunnel).await?.starts_with("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK"));
    let heads = answering.await.map_err(io::Error::other)??;
    assert_eq!(
        heads,
        [
            format!("GET /a?b HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nAccept: */*\r\n\r\n"),
            "hello".to_owned()
        ]
    );
    assert_eq!(door.connects(), 2);
    Ok(())
}

#[tokio::test]
async fn a_visit_that_takes_too_much_is_cut_off() -> io::Result<()> {
    let server = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address: SocketAddr = server.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = server.accept().await {
            // The other side leaves in the middle, which is what is wanted.
            let _ = stream.write_all(&vec![b'a'; 4 * 1024 * 1024]).await;
        }
    });
    let filter = Filter::start(door(&address.to_string(), Vec::new()), 1).await?;
    let mut stream = TcpStream::connect(filter.address()).await?;
    stream.write_all(format!("CONNECT {address} HTTP/1.1\r\n\r\n").as_bytes()).await?;
    let mut bytes = Vec::new();
    // A connection that is cut off may end with an error.
    let _ = stream.read_to_end(&mut bytes).await;
    assert!(bytes.len() <= 1024 * 1024 + 64, "{}", bytes.len());
    Ok(())
}

#[test]
fn requests_that_could_hide_another_are_refused() {
    let refused = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET https://public.site/ HTTP/1.1\r\n\r\n",
        "GET ftp://public.site/ HTTP/1.1\r\n\r\n",
        "GET http://public.site/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET http://public.site/ HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        "GET http://public.site/ a HTTP/1.1\r\n\r\n",
        "GET http://public.site/\r\n\r\n",
        "GET http://public.site/ HTTP/1.1\r\nno header\r\n\r\n",
        "CONNECT public.site:443/path HTTP/1.1\r\n\r\n",
        "CONNECT public.site:443?a HTTP/1.1\r\n\r\n",
    ];
    for head in refused {
        assert!(wish(head).is_none(), "{head}");
    }
    assert!(matches!(wish("CONNECT public.site:443 HTTP/1.1\r\n\r\n"), Some(Wish::Tunnel(_))));
}
