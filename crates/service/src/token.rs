//! Signing assignment tokens and preview links, and naming visitors who keep nothing: HMAC-SHA-256 with a key a
//! site, derived from the installation's.

use crate::Service;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Arm, AssignmentToken, PreviewToken, SiteId, VariantId, VisitorId};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use std::net::IpAddr;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Bytes of the code that a token carries: 128 bits cannot be guessed, and keep addresses short.
const MAC_BYTES: usize = 16;

type HmacSha256 = Hmac<Sha256>;

pub(crate) struct TokenKeys {
    root: HmacSha256,
}

/// The key of one site's tokens.
#[derive(Clone)]
pub(crate) struct SiteKey {
    mac: HmacSha256,
    site_id: SiteId,
}

impl TokenKeys {
    pub(crate) fn new(secret_key: &SecretSlice<u8>) -> Self {
        Self { root: keyed(secret_key.expose_secret()) }
    }

    /// The code of a text that passes through a stranger's hands; nobody else can make it.
    pub(crate) fn seal(&self, text: &str) -> String {
        let mut derive = self.root.clone();
        derive.update(b"evoloop seal\0");
        derive.update(text.as_bytes());
        URL_SAFE_NO_PAD.encode(&derive.finalize().into_bytes()[..MAC_BYTES])
    }

    pub(crate) fn site(&self, site_id: SiteId) -> SiteKey {
        let mut derive = self.root.clone();
        derive.update(b"evoloop assignment token\0");
        derive.update(site_id.0.as_bytes());
        SiteKey { mac: keyed(&derive.finalize().into_bytes()), site_id }
    }

    /// The name of a visitor of one site on one day, in days since 1970, who is known by nothing but this.
    ///
    /// The key is another one for each site and day, so nobody can be followed from one to the other by the name.
    pub(crate) fn visitor(&self, site_id: SiteId, day: i64, address: IpAddr, agent: &[u8]) -> VisitorId {
        let mut derive = self.root.clone();
        derive.update(b"evoloop visitor of a day\0");
        derive.update(site_id.0.as_bytes());
        derive.update(&day.to_be_bytes());
        let mut mac = keyed(&derive.finalize().into_bytes());
        // Sixteen bytes in any case, so no two different pairs give the same bytes.
        let address = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        };
        mac.update(&address.octets());
        mac.update(agent);
        Uuid::from_bytes(shortened(mac)).into()
    }
}

impl Service {
    /// A code for a text that comes back through a stranger's hands.
    #[must_use]
    pub fn seal(&self, text: &str) -> String {
        self.inner.tokens.seal(text)
    }

    /// Whether the code is the one that [`Service::seal`] gives to this text.
    #[must_use]
    pub fn is_sealed(&self, text: &str, seal: &str) -> bool {
        self.seal(text).as_bytes().ct_eq(seal.as_bytes()).into()
    }
}

impl SiteKey {
    /// Issues a token, as text.
    pub(crate) fn issue(&self, visitor: &VisitorId, epoch: i64, issued_s: i64, arm: Arm) -> String {
        let mut text = AssignmentToken::signed_part(epoch, issued_s, arm);
        let code = self.code(visitor, &text);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(code, &mut text);
        text
    }

    /// Reads a token and believes it only if this installation issued it to this visitor.
    pub(crate) fn verify(&self, visitor: &VisitorId, text: &str) -> Option<AssignmentToken> {
        let token: AssignmentToken = text.parse().ok()?;
        let given = URL_SAFE_NO_PAD.decode(&token.mac).ok()?;
        let signed = AssignmentToken::signed_part(token.epoch, token.issued_s, token.arm);
        let expected = self.code(visitor, &signed);
        bool::from(given.as_slice().ct_eq(&expected)).then_some(token)
    }

    /// Issues the token of a preview link, as text.
    pub(crate) fn issue_preview(&self, variant_id: VariantId, expires_s: i64) -> String {
        let mut text = PreviewToken::signed_part(variant_id, expires_s);
        let code = self.preview_code(&text);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(code, &mut text);
        text
    }

    /// Reads the token of a preview link and believes it only if this installation issued it for this site. Whether
    /// it is still good is for the caller to ask.
    pub(crate) fn verify_preview(&self, text: &str) -> Option<PreviewToken> {
        let token: PreviewToken = text.parse().ok()?;
        let given = URL_SAFE_NO_PAD.decode(&token.mac).ok()?;
        let expected = self.preview_code(&PreviewToken::signed_part(token.variant_id, token.expires_s));
        bool::from(given.as_slice().ct_eq(&expected)).then_some(token)
    }

    fn preview_code(&self, signed: &str) -> [u8; MAC_BYTES] {
        let mut mac = self.mac.clone();
        mac.update(self.site_id.0.as_bytes());
        // A visitor id never begins with a line break, so no assignment token has a code over the same bytes.
        mac.update(b"\npreview\n");
        mac.update(signed.as_bytes());
        shortened(mac)
    }

    /// Under which it is noted that a visitor was erased. Without the key nobody can say whose it is.
    pub(crate) fn mark(&self, visitor: &VisitorId) -> Uuid {
        // What a token signs begins with its version, so this is the code of none.
        Uuid::from_bytes(self.code(visitor, "erased"))
    }

    fn code(&self, visitor: &VisitorId, signed: &str) -> [u8; MAC_BYTES] {
        let mut mac = self.mac.clone();
        // A visitor id holds no line break, so no two different tokens give the same bytes.
        mac.update(self.site_id.0.as_bytes());
        mac.update(visitor.as_str().as_bytes());
        mac.update(b"\n");
        mac.update(signed.as_bytes());
        shortened(mac)
    }
}

fn shortened(mac: HmacSha256) -> [u8; MAC_BYTES] {
    let full = mac.finalize().into_bytes();
    let mut code = [0; MAC_BYTES];
    code.copy_from_slice(&full[..MAC_BYTES]);
    code
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length, the error type exists for other codes")]
fn keyed(key: &[u8]) -> HmacSha256 {
    HmacSha256::new_from_slice(key).expect("HMAC takes a key of any length")
}
