//! Pages in other encodings that do not say which.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, ISO_8859_2, ISO_8859_7, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};
use outbound::charset::{Declaration, decode};

const PAGES: [(&Encoding, Option<&str>, &str); 12] = [
    (SHIFT_JIS, Some("jp"), "新しい製品を今すぐ無料でお試しください。登録はとても簡単です。"),
    (SHIFT_JIS, None, "新しい製品を今すぐ無料でお試しください。登録はとても簡単です。"),
    (EUC_JP, Some("jp"), "新しい製品を今すぐ無料でお試しください。登録はとても簡単です。"),
    (GBK, Some("cn"), "欢迎使用我们的产品，现在注册即可免费试用三十天。"),
    (BIG5, Some("tw"), "歡迎使用我們的產品，現在註冊即可免費試用三十天。"),
    (EUC_KR, Some("kr"), "지금 가입하고 무료로 체험해 보세요. 가입은 아주 쉽습니다."),
    (WINDOWS_1251, Some("ru"), "Попробуйте наш продукт бесплатно, регистрация займёт минуту."),
    (WINDOWS_1251, None, "Попробуйте наш продукт бесплатно, регистрация займёт минуту."),
    (ISO_8859_2, Some("pl"), "Załóż bezpłatne konto już dziś i sprawdź, jak łatwo się zaczyna pracę."),
    (ISO_8859_7, Some("gr"), "Δοκιμάστε το προϊόν μας δωρεάν, η εγγραφή διαρκεί ένα λεπτό."),
    (WINDOWS_1252, Some("de"), "Grüße aus Köln: jetzt für 0 € ausprobieren, ganz ohne Verträge."),
    (WINDOWS_1252, Some("com"), "Créez votre compte gratuit dès aujourd’hui, sans engagement."),
];

#[test]
fn an_encoding_that_nobody_names_is_guessed() {
    for (encoding, country, text) in PAGES {
        let page = format!("<!doctype html><title>{text}</title><h1>{text}</h1>");
        let (bytes, _, lossy) = encoding.encode(&page);
        assert!(!lossy, "{text}");
        assert_eq!(decode(&bytes, Some("text/html"), Declaration::Meta, country), page, "{}", encoding.name());
    }
}

#[test]
fn utf_8_that_is_valid_is_never_guessed_away() {
    for (_, country, text) in PAGES {
        assert_eq!(decode(text.as_bytes(), None, Declaration::Meta, country), text);
    }
}

/// Hosts' labels come from strangers, and the detector must not stumble over one.
#[test]
fn any_label_is_taken() {
    for country in ["", "DE", "xn--p1ai", "a_b", "ü", "127", "de."] {
        assert_eq!(decode(b"Gr\xfc\xdfe", None, Declaration::Meta, Some(country)), "Grüße", "{country}");
    }
}
