//! Claims that are missing, of another type, or not true. All of them are signed by the trusted key.

use serde_json::{Value, json};

use super::attacks::Attacks;
use crate::support::signing::{with, without};

/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 30;

pub(super) fn list(attacks: &mut Attacks<'_>) {
    missing(attacks);
    ends(attacks);
    beginnings(attacks);
    issuers(attacks);
    audiences(attacks);
    duplicates(attacks);
    documents(attacks);
}

fn missing(attacks: &mut Attacks<'_>) {
    let claims = attacks.target.claims.clone();
    for name in ["exp", "nbf", "iss", "aud"] {
        let absent = without(&claims, name);
        attacks.claims(format!("no {name}"), &absent);
        attacks.claims(format!("{name} null"), &with(&absent, name, Value::Null));
        let upper_case = name.to_ascii_uppercase();
        let renamed = with(&absent, &upper_case, claims[name].clone());
        attacks.claims(format!("{upper_case} for {name}"), &renamed);
        let blank = with(&absent, &format!("{name} "), claims[name].clone());
        attacks.claims(format!("a blank after {name}"), &blank);
    }
    attacks.claims("no claims", &json!({}));
}

/// Puts JSON text into a claim: some numbers are none that a library writes.
fn texts(attacks: &mut Attacks<'_>, name: &str, values: &[String]) {
    let header = attacks.target.header.to_string();
    let others = without(&attacks.target.claims, name).to_string();
    let others = others.strip_suffix('}').unwrap();
    for value in values {
        let claims = format!("{others},\"{name}\":{value}}}");
        let shown: String = value.chars().take(40).collect();
        attacks.texts(format!("{name} {shown}"), &header, &claims);
    }
}

fn ends(attacks: &mut Attacks<'_>) {
    let now = attacks.target.now;
    let mut values: Vec<String> = [
        "\"99999999999\"",
        "\"\"",
        "true",
        "false",
        "[99999999999]",
        "{}",
        "{\"$serde_json::private::Number\":\"99999999999\"}",
        "0",
        "-0",
        "-1",
        "-99999999999",
        "-9223372036854775808",
        "1e-300",
        "-1e300",
        "1e300",
        "1e400",
        "1e999999999",
        "99999999999999999999999999",
        "18446744073709551616",
        "0x7fffffff",
        "NaN",
        "Infinity",
        "\"NaN\"",
    ]
    .map(str::to_owned)
    .to_vec();
    values.push((now - LEEWAY).to_string());
    values.push(format!("{}.5", now - LEEWAY - 1));
    values.push(format!("{}.999999", now - LEEWAY));
    values.push((now - 86_400).to_string());
    texts(attacks, "exp", &values);
}

fn beginnings(attacks: &mut Attacks<'_>) {
    let now = attacks.target.now;
    let mut values: Vec<String> = [
        "\"0\"",
        "\"\"",
        "true",
        "[0]",
        "{}",
        "9223372036854775807",
        "1e14",
        "1e300",
        "-1e300",
        "99999999999999999999999999",
    ]
    .map(str::to_owned)
    .to_vec();
    values.push((now + LEEWAY + 1).to_string());
    values.push(format!("{}.5", now + LEEWAY + 1));
    values.push((now * 1_000).to_string());
    texts(attacks, "nbf", &values);
}

/// Values that look like the right one to somebody who does not look closely.
fn nearly(right: &str) -> Vec<Value> {
    vec![
        json!(""),
        json!(0),
        json!(true),
        json!({}),
        json!([]),
        json!([[right]]),
        json!({ right: true }),
        json!("https://issuer.attacker.example"),
        json!(format!("{right}/")),
        json!(format!("{right} ")),
        json!(format!(" {right}")),
        json!(format!("{right}\0")),
        json!(format!("{right}.attacker.example")),
        json!(format!("{right}@attacker.example")),
        json!(format!("{right}#")),
        json!(right.to_uppercase()),
        json!(right[..right.len() - 1]),
        json!(format!("{right},https://other.example")),
        json!("%"),
        json!("' OR '1'='1"),
    ]
}

fn issuers(attacks: &mut Attacks<'_>) {
    let claims = attacks.target.claims.clone();
    let right = claims["iss"].as_str().unwrap().to_owned();
    let mut values = nearly(&right);
    values.push(json!([right]));
    values.push(json!([right, "https://other.example"]));
    for value in values {
        attacks.claims(format!("iss {value}"), &with(&claims, "iss", value.clone()));
    }
}

fn audiences(attacks: &mut Attacks<'_>) {
    let claims = attacks.target.claims.clone();
    let right = claims["aud"].as_str().unwrap().to_owned();
    let mut values = nearly(&right);
    values.push(json!([format!("{right}/"), "https://other.example"]));
    values.push(json!([{ "aud": right }]));
    values.push(json!([null, 0, ""]));
    for value in values {
        attacks.claims(format!("aud {value}"), &with(&claims, "aud", value.clone()));
    }
}

/// The last one counts (RFC 7519 §4): what stood before it convinces nobody.
fn duplicates(attacks: &mut Attacks<'_>) {
    let target = attacks.target;
    let (header, claims) = (target.header.to_string(), target.claims.to_string());
    let again = |text: &str, member: &str| {
        let text = text.strip_suffix('}').unwrap();
        format!("{text},{member}}}")
    };
    for member in [
        "\"exp\":0",
        "\"exp\":null",
        "\"nbf\":99999999999",
        "\"iss\":\"https://issuer.attacker.example\"",
        "\"aud\":\"https://other.example\"",
        "\"aud\":[]",
    ] {
        let twice = again(&claims, member);
        attacks.texts(format!("claims with {member} again"), &header, &twice);
    }
    for member in ["\"alg\":\"none\"", "\"alg\":\"HS256\"", "\"kid\":\"other\""] {
        let twice = again(&header, member);
        attacks.texts(format!("a header with {member} again"), &twice, &claims);
    }
    // The same name again, spelt with an escape.
    let escaped = again(&header, "\"al\\u0067\":\"none\"");
    attacks.texts("a header with an escaped alg again", &escaped, &claims);
}

/// What is no object, or no JSON.
fn documents(attacks: &mut Attacks<'_>) {
    let target = attacks.target;
    let (header, claims) = (target.header.to_string(), target.claims.to_string());
    let deep = format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000));
    let nested = format!("{},\"x\":{deep}}}", claims.strip_suffix('}').unwrap());
    let deep_header = format!("{},\"x\":{deep}}}", header.strip_suffix('}').unwrap());
    let mark = "\u{feff}";
    for text in [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        format!("[{claims}]"),
        format!("\"{}\"", "x".repeat(40)),
        "{".to_owned(),
        format!("{claims}x"),
        format!("{claims}{claims}"),
        claims.replace('"', "'"),
        format!("{mark}{claims}"),
        nested,
    ] {
        let shown: String = text.chars().take(20).collect();
        attacks.texts(format!("claims that are {shown:?}"), &header, &text);
    }
    for text in [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        format!("[{header}]"),
        format!("{header}x"),
        format!("{mark}{header}"),
        deep_header,
    ] {
        let shown: String = text.chars().take(20).collect();
        attacks.texts(format!("a header that is {shown:?}"), &text, &claims);
    }
}
