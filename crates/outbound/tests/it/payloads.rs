//! Addresses that must never be asked, in every spelling, and some that may.

use std::net::Ipv4Addr;

/// One or more of every range that is not the public internet, and the clouds' metadata services.
pub(crate) const PRIVATE_V4: [[u8; 4]; 31] = [
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

pub(crate) const PRIVATE_V6: [&str; 27] = [
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

pub(crate) const PUBLIC: [&str; 16] = [
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
pub(crate) fn spellings(octets: [u8; 4]) -> Vec<String> {
    let [a, b, c, d] = octets;
    let whole = u32::from(Ipv4Addr::from(octets));
    let dotted = format!("{a}.{b}.{c}.{d}");
    let (high, low) = (whole >> 16, whole & 0xffff);
    let full_width: String =
        dotted.chars().map(|c| c.to_digit(10).and_then(|d| char::from_u32(0xff10 + d)).unwrap_or('。')).collect();
    let circled: String = dotted.chars().map(circled).collect();
    let bold: String =
        dotted.chars().map(|c| c.to_digit(10).and_then(|d| char::from_u32(0x1d7ce + d)).unwrap_or('｡')).collect();
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
        format!("http://{circled}/"),
        format!("http://{bold}/"),
        format!("http://{escaped}/"),
        format!("http://{dotted}%2e/"),
        format!("http://{a:#X}{:06X}/", whole & 0x00ff_ffff),
        format!("http://0x{:0>16x}/", whole),
        format!("http://{a}.{b:#x}.0{:o}/", whole & 0xffff),
        format!("//{dotted}/"),
        format!("http:///{dotted}/"),
        format!("http:{dotted}"),
        format!(" http://{dotted}/"),
        format!("http://{dotted}\t/"),
        format!("http://[::ffff:{dotted}%25eth0]/"),
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
        format!("http://public.site%40@{dotted}/"),
        format!("http://{dotted}:80@{dotted}/"),
        format!("http://{dotted}\\@public.site/"),
        format!("http://{dotted}#@public.site/"),
        format!("http://{dotted}?@public.site/"),
    ]
}

/// What has a fault that no address is needed for.
pub(crate) const FAULTY: [&str; 62] = [
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
    "http://metadata/",
    "http://instance-data/latest/meta-data/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://ｌｏｃａｌｈｏｓｔ/",
    "http://loc\u{ad}alhost/",
    "http://%6c%6f%63%61%6c%68%6f%73%74/",
    "http://localhost%00.public.site/",
    "http://public.site%0d%0aHost:localhost/",
    "http://127.0.0.1.localhost/",
    "http://app.ｌｏｃａｌ/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[::1%25lo]/",
    "http://[::]:80/",
    "http://[0000:0000:0000:0000:0000:0000:0000:0001]/",
    "http://[::1].public.site/",
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

/// A digit or dot as one of the signs that the naming rules read as the same.
fn circled(c: char) -> char {
    match c.to_digit(10) {
        Some(0) => '⓪',
        Some(digit) => char::from_u32(0x2460 + digit - 1).unwrap_or(c),
        None => '．',
    }
}

/// All of the above, as somebody could write them into a form.
pub(crate) fn all() -> Vec<String> {
    let v6 = PRIVATE_V6.iter().map(|address| format!("http://[{address}]/"));
    let spelled = PRIVATE_V4.into_iter().flat_map(spellings).chain(v6);
    let long = format!("http://public.site/{}", "a".repeat(2_048));
    spelled.chain(FAULTY.map(str::to_owned)).chain([long]).collect()
}
