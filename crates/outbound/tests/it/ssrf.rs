//! Addresses that must never be asked, and some that must.

use crate::install_crypto;
use async_trait::async_trait;
use outbound::fetcher::address::is_public;
use outbound::fetcher::gate::{self, Refused, Route};
use outbound::fetcher::{AllowedPrivateHosts, FetchPolicy, Fetcher, NameResolver};
use service::ports::{PageReader, ReadError, ResourceKind};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// One or more of every range that is not the public internet, and the clouds' metadata services.
const PRIVATE_V4: [[u8; 4]; 31] = [
    [0, 0, 0, 0],
    [0, 1, 2, 3],
    [10, 0, 0, 1],
    [10, 255, 255, 255],
    [100, 64, 0, 1],
    [100, 100, 100, 200],
    [100, 127, 255, 255],
    [127, 0, 0, 1],
    [127, 0, 1, 3],
    [127, 255, 255, 254],
    [168, 63, 129, 16],
    [169, 254, 0, 1],
    [169, 254, 169, 254],
    [169, 254, 170, 2],
    [172, 16, 0, 1],
    [172, 31, 255, 255],
    [192, 0, 0, 8],
    [192, 0, 0, 192],
    [192, 0, 2, 1],
    [192, 31, 196, 1],
    [192, 52, 193, 1],
    [192, 88, 99, 2],
    [192, 168, 0, 1],
    [192, 168, 255, 255],
    [192, 175, 48, 1],
    [198, 18, 0, 1],
    [198, 19, 255, 255],
    [198, 51, 100, 7],
    [203, 0, 113, 7],
    [224, 0, 0, 251],
    [255, 255, 255, 255],
];

const PRIVATE_V6: [&str; 27] = [
    "::",
    "::1",
    "::2",
    "100::1",
    "100:0:0:1::1",
    "64:ff9b::808:808",
    "64:ff9b:1::808:808",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:1::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002::1",
    "2002:808:808::1",
    "2620:4f:8000::1",
    "3fff::1",
    "3fff:fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "::ffff:0:808:808",
];

const PUBLIC: [&str; 16] = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.15",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "223.255.255.255",
    "2001:200::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:829::200e",
    "::ffff:8.8.8.8",
];

/// Every way to write an IPv4 address into a URL, plain, disguised and inside IPv6.
fn spellings(octets: [u8; 4]) -> Vec<String> {
    let [a, b, c, d] = octets;
    let whole = u32::from(Ipv4Addr::from(octets));
    let dotted = format!("{a}.{b}.{c}.{d}");
    let (high, low) = (whole >> 16, whole & 0xffff);
    let full_width: String =
        dotted.chars().map(|c| c.to_digit(10).and_then(|d| char::from_u32(0xff10 + d)).unwrap_or('。')).collect();
    let escaped: String = dotted.bytes().map(|byte| format!("%{byte:02x}")).collect();
    vec![
        format!("http://{dotted}/"),
        format!("https://{dotted}/latest/meta-data/"),
        format!("http://{dotted}:80/"),
        format!("http://{dotted}:443/"),
        format!("http://{dotted}./"),
        format!("http://{whole}/"),
        format!("http://{whole:#x}/"),
        format!("http://0{whole:o}/"),
        format!("http://{a:#x}.{b:#x}.{c:#x}.{d:#x}/"),
        format!("http://0{a:o}.0{b:o}.0{c:o}.0{d:o}/"),
        format!("http://000{a:o}.{b}.{c:#x}.{d}/"),
        format!("http://{a}.{}/", whole & 0x00ff_ffff),
        format!("http://{a}.{b}.{}/", whole & 0xffff),
        format!("http://{full_width}/"),
        format!("http://{escaped}/"),
        format!("http:\\\\{dotted}\\"),
        format!("http:/{dotted}"),
        format!("ht\ntp://{dotted}/"),
        format!("http://[::ffff:{dotted}]/"),
        format!("http://[::ffff:{high:x}:{low:x}]/"),
        format!("http://[0:0:0:0:0:FFFF:{dotted}]/"),
        format!("http://[::{dotted}]/"),
        format!("http://[::ffff:0:{dotted}]/"),
        format!("http://[64:ff9b::{dotted}]/"),
        format!("http://[64:ff9b:1::{dotted}]/"),
        format!("http://[2002:{high:x}:{low:x}::1]/"),
        format!("http://[2001:0:808:808::{high:x}:{low:x}]/"),
        format!("http://[2a00:1450:4001:829:0:5efe:{dotted}]/"),
        format!("http://[2a00:1450:4001:829:200:5efe:{high:x}:{low:x}]/"),
        format!("http://public.site@{dotted}/"),
        format!("http://public.site:80@{dotted}/"),
        format!("http://{dotted}#@public.site/"),
        format!("http://{dotted}?@public.site/"),
    ]
}

/// What has a fault that no address is needed for.
const FAULTY: [&str; 46] = [
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://foo.localhost/",
    "http://localhost.localdomain/",
    "http://router/",
    "http://intranet/",
    "http://db.internal/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://instance-data.ec2.internal/",
    "http://printer.local/",
    "http://nas.lan/",
    "http://nas.home/",
    "http://nas.home.arpa/",
    "http://wiki.corp/",
    "http://wiki.corp./",
    "http://a.private/",
    "http://a.intranet/",
    "http://kubernetes.default.svc.cluster.local/",
    "http://a.test/",
    "http://a.invalid/",
    "http://a.example/",
    "http://a.onion/",
    "http://a.alt/",
    "http://a..site/",
    "http://.site/",
    "http://public.site:22/",
    "http://public.site:8080/",
    "https://public.site:6443/",
    "http://public.site:0/",
    "http://public.site:65535/",
    "http://8.8.8.8:9200/",
    "http://[2606:4700:4700::1111]:2375/",
    "ftp://public.site/",
    "file:///etc/passwd",
    "gopher://public.site:70/",
    "dict://public.site:11211/",
    "data:text/html,x",
    "javascript:alert(1)",
    "blob:https://public.site/x",
    "ws://public.site/",
    "about:blank",
    "http://name@public.site/",
    "http://name:word@public.site/",
    "http://:word@public.site/",
    "mailto:a@public.site",
];

/// A name server with one answer for every name.
struct Answer(Vec<IpAddr>);

#[async_trait]
impl NameResolver for Answer {
    async fn lookup(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.clone())
    }
}

fn policy() -> FetchPolicy {
    FetchPolicy { unreachable_after: Duration::ZERO, ..FetchPolicy::default() }
}

fn fetcher(addresses: Vec<IpAddr>) -> Fetcher {
    install_crypto();
    Fetcher::with_resolver(policy(), Arc::new(Answer(addresses))).unwrap()
}

fn public_address() -> IpAddr {
    "8.8.8.8".parse().unwrap()
}

#[tokio::test]
async fn no_address_outside_the_public_internet_is_asked() {
    let fetcher = fetcher(vec![public_address()]);
    let v6 = PRIVATE_V6.iter().map(|address| format!("http://[{address}]/"));
    let payloads: Vec<String> = PRIVATE_V4
        .into_iter()
        .flat_map(spellings)
        .chain(v6)
        .chain(FAULTY.map(str::to_owned))
        .chain([format!("http://public.site/{}", "a".repeat(2_048))])
        .collect();
    assert!(payloads.len() > 1_000, "{}", payloads.len());
    let mut not_urls = 0;
    for payload in &payloads {
        let Ok(url) = Url::parse(payload) else {
            not_urls += 1;
            continue;
        };
        for kind in [ResourceKind::Html, ResourceKind::StyleSheet] {
            assert_eq!(fetcher.read(&url, kind).await, Err(ReadError::Unreachable), "{payload}");
        }
    }
    assert_eq!(fetcher.requests(), 0);
    assert!(not_urls < 20, "the table should test the fetcher, not the parser: {not_urls}");
}

#[tokio::test]
async fn a_name_is_refused_when_any_of_its_addresses_is_not_public() {
    let url = Url::parse("http://public.site/").unwrap();
    let v4 = PRIVATE_V4.map(IpAddr::from);
    let v6 = PRIVATE_V6.map(|address| address.parse::<IpAddr>().unwrap());
    for private in v4.into_iter().chain(v6) {
        for answer in [vec![private], vec![public_address(), private], vec![private, public_address()]] {
            let fetcher = fetcher(answer);
            assert_eq!(fetcher.read(&url, ResourceKind::Html).await, Err(ReadError::Unreachable), "{private}");
            assert_eq!(fetcher.requests(), 0, "{private}");
        }
    }
}

#[test]
fn public_addresses_pass() {
    for address in PUBLIC {
        let address: IpAddr = address.parse().unwrap();
        assert!(is_public(address), "{address}");
        let host = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
        for url in [format!("http://{host}/"), format!("https://{host}/a?b=c#d")] {
            let url = Url::parse(&url).unwrap();
            assert_eq!(gate::check(&url, &AllowedPrivateHosts::default(), &[]), Ok(Route::Public), "{url}");
        }
    }
    let names = [
        "https://public.site/",
        "http://public.site./",
        "https://bücher.de/",
        "https://localhost.site/",
        "https://test.de:443/",
        "https://mylocal.net/",
        "http://internal.dev/",
    ];
    for name in names {
        let url = Url::parse(name).unwrap();
        assert_eq!(gate::check(&url, &AllowedPrivateHosts::default(), &[]), Ok(Route::Public), "{name}");
    }
}

#[test]
fn each_refusal_names_its_rule() {
    let own = ["evoloop.site".to_owned()];
    let table = [
        ("ftp://public.site/", Refused::Scheme),
        ("http://a@public.site/", Refused::UserInfo),
        ("http://public.site:81/", Refused::Port),
        ("http://router/", Refused::Name),
        ("http://127.1/", Refused::Address),
        ("http://[::1]/", Refused::Address),
        ("https://evoloop.site/", Refused::Own),
        ("https://EVOLOOP.site./x", Refused::Own),
    ];
    for (url, reason) in table {
        let url = Url::parse(url).unwrap();
        assert_eq!(gate::check(&url, &AllowedPrivateHosts::default(), &own), Err(reason), "{url}");
    }
}

#[test]
fn the_list_of_private_hosts_means_host_and_port() {
    let table: [(&str, &[&str], &[&str]); 5] = [
        ("", &[], &["http://127.0.0.1/", "http://localhost/"]),
        (
            "127.0.0.1, localhost:3000",
            &[
                "http://127.0.0.1/",
                "http://127.0.0.1:9/",
                "http://0x7f.1:9/",
                "http://localhost:3000/",
                "http://LOCALHOST:3000/",
            ],
            &[
                "http://localhost/",
                "http://localhost:3001/",
                "http://127.0.0.2/",
                "http://[::1]/",
                "ftp://127.0.0.1/",
                "http://a@127.0.0.1/",
            ],
        ),
        ("::1", &["http://[::1]/", "http://[::1]:8080/"], &["http://127.0.0.1/", "http://[::2]/"]),
        ("[::1]:8080,", &["http://[::1]:8080/"], &["http://[::1]/", "http://[::1]:8081/"]),
        ("wiki.corp:80", &["http://wiki.corp/"], &["https://wiki.corp/", "http://a.wiki.corp/"]),
    ];
    for (list, passing, refused) in table {
        let allowed = AllowedPrivateHosts::parse(list).unwrap();
        for url in passing {
            let url = Url::parse(url).unwrap();
            assert_eq!(gate::check(&url, &allowed, &[]), Ok(Route::AllowedPrivate), "{list}: {url}");
        }
        for url in refused {
            let url = Url::parse(url).unwrap();
            assert!(gate::check(&url, &allowed, &[]).is_err(), "{list}: {url}");
        }
    }
    for wrong in ["http://localhost", "localhost:", "localhost:port", "localhost:70000", "a b", "[::1", "10.0.0.0/8"] {
        let error = AllowedPrivateHosts::parse(&format!("127.0.0.1, {wrong}")).unwrap_err();
        assert!(error.to_string().contains(wrong), "{error}");
    }
}

/// A private name's allowance holds for its port alone, also for what the name leads to.
#[tokio::test]
async fn an_allowed_port_opens_no_other() {
    install_crypto();
    let allow_private = AllowedPrivateHosts::parse("shop.site:3000").unwrap();
    let policy = FetchPolicy { allow_private, ..policy() };
    let fetcher = Fetcher::with_resolver(policy, Arc::new(Answer(vec![[127, 0, 0, 1].into()]))).unwrap();
    let url = Url::parse("http://shop.site/").unwrap();
    assert_eq!(fetcher.read(&url, ResourceKind::Html).await, Err(ReadError::Unreachable));
    assert_eq!(fetcher.requests(), 0);
}

/// A refused address and a dead name take the same time, so that it tells nothing.
#[tokio::test(start_paused = true)]
async fn refused_and_dead_look_the_same() {
    install_crypto();
    let fetcher = Fetcher::with_resolver(FetchPolicy::default(), Arc::new(Answer(Vec::new()))).unwrap();
    for url in ["http://10.0.0.1/", "http://dead.site/", "http://router/"] {
        let started = tokio::time::Instant::now();
        let result = fetcher.read(&Url::parse(url).unwrap(), ResourceKind::Html).await;
        assert_eq!(result, Err(ReadError::Unreachable), "{url}");
        // The clock of this test is not the wall's: it moves by what was slept.
        let slept = started.elapsed().as_secs();
        assert_eq!(slept, FetchPolicy::default().unreachable_after.as_secs(), "{url}");
    }
}
