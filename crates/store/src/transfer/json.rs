//! One form for every way to write the same JSON.
//!
//! Postgres keeps JSON as values: it sorts keys, drops blanks and writes numbers without exponents.
//! SQLite keeps the text. Both texts have the same canonical form exactly when they mean the same.

use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// As deep as `serde_json` reads what it wrote itself.
const MAX_DEPTH: usize = 128;

/// The canonical form: keys sorted, strings escaped in one way, numbers exact.
pub(super) fn canonical(text: &str) -> Result<String, String> {
    let value: &RawValue = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut form = String::with_capacity(text.len());
    write(value.get().trim(), &mut form, MAX_DEPTH)?;
    Ok(form)
}

fn write(text: &str, form: &mut String, depth: usize) -> Result<(), String> {
    let depth = depth.checked_sub(1).ok_or("JSON nested too deeply")?;
    match text.bytes().next() {
        Some(b'{') => {
            // Of a repeated key both databases and serde_json keep the last.
            let fields: BTreeMap<String, &RawValue> = read(text)?;
            form.push('{');
            for (key, value) in fields {
                write_string(&key, form)?;
                form.push(':');
                write(value.get(), form, depth)?;
                form.push(',');
            }
            form.push('}');
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = read(text)?;
            form.push('[');
            for item in items {
                write(item.get(), form, depth)?;
                form.push(',');
            }
            form.push(']');
        }
        Some(b'"') => write_string(&read::<String>(text)?, form)?,
        Some(b'-' | b'0'..=b'9') => write_number(text, form)?,
        _ => form.push_str(text),
    }
    Ok(())
}

fn read<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn write_string(text: &str, form: &mut String) -> Result<(), String> {
    form.push_str(&serde_json::to_string(text).map_err(|error| error.to_string())?);
    Ok(())
}

/// A number as its digits without zeros at either end, and the power of ten that they stand for.
/// Zero has no sign, since Postgres keeps none.
fn write_number(text: &str, form: &mut String) -> Result<(), String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().map_err(|_| format!("the number {text} is out of reach"))?;
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let dropped = digits.len() - significant.len();
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        form.push('0');
        return Ok(());
    }
    let length = |length: usize| i64::try_from(length).map_err(|error| error.to_string());
    let power = exponent
        .checked_sub(length(fraction.len())?)
        .and_then(|power| power.checked_add(length(dropped).ok()?))
        .ok_or_else(|| format!("the number {text} is out of reach"))?;
    // Writing to a String cannot fail.
    let _ = write!(form, "{sign}{significant}e{power}");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::canonical;

    #[test]
    fn the_same_values_have_the_same_form() {
        let same = [
            ("1e-7", "0.0000001"),
            ("1E+2", "100"),
            ("100.00", "1e2"),
            ("-0.50", "-5e-1"),
            ("-0.0", "0"),
            ("0e99", "0.000"),
            ("9007199254740993", "9007199254740993.0"),
            ("1e400", &format!("1{}", "0".repeat(400))),
            ("\"\\u00e9\\/\"", "\"é/\""),
            ("{\"b\":1,\"a\":[1, 2]}", " { \"a\" : [1,2.0] , \"b\" : 1.0 } "),
            ("{\"a\":1,\"a\":2}", "{\"a\":2}"),
            ("[null,true,false]", "[ null , true , false ]"),
        ];
        for (one, other) in same {
            assert_eq!(canonical(one).unwrap(), canonical(other).unwrap(), "{one} {other}");
        }
    }

    #[test]
    fn different_values_have_different_forms() {
        let different = [
            ("1", "-1"),
            ("1", "10"),
            ("0.1", "0.01"),
            ("9007199254740992", "9007199254740993"),
            ("0.1", "0.1000000000000000055511151231257827"),
            ("\"1\"", "1"),
            ("null", "\"null\""),
            ("[1,2]", "[2,1]"),
            ("[[1],2]", "[[1,2]]"),
            ("{\"a\":1}", "{\"A\":1}"),
            ("{\"a\":null}", "{}"),
            ("[\"a,b\"]", "[\"a\",\"b\"]"),
        ];
        for (one, other) in different {
            assert_ne!(canonical(one).ok(), canonical(other).ok(), "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_json_is_told() {
        for text in ["", "{", "1 2", "nul", "'a'"] {
            assert!(canonical(text).is_err(), "{text}");
        }
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(canonical(&deep(127)).is_ok());
        assert!(canonical(&deep(2_000)).is_err());
    }
}
