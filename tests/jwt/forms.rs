//! Signatures that are none, and texts that only look like tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::attacks::{Attacks, Target};
use crate::support::signing::{encode, signed_part, with};

/// The longest token that is looked at, in bytes.
pub(super) const MAX_TOKEN_BYTES: usize = 8_192;

pub(super) fn list(attacks: &mut Attacks<'_>) {
    signatures(attacks);
    changed_afterwards(attacks);
    parts(attacks);
    encodings(attacks);
    let too_long = of_length(attacks.target, MAX_TOKEN_BYTES + 1);
    attacks.add("one byte too long", too_long);
    attacks.add(
        "much too long",
        of_length(attacks.target, 3 * MAX_TOKEN_BYTES),
    );
}

/// A token that is good apart from its length.
pub(super) fn of_length(target: &Target, length: usize) -> String {
    let base = target.token.len();
    let signature = encode(&target.signer.sign(b"")).len();
    // Three bytes become four; what a step of one cannot reach in the claims, it reaches in the header.
    for in_header in 0..4 {
        let header = with(&target.header, "pad", "x".repeat(in_header));
        let about = (length - base) * 3 / 4;
        for in_claims in about.saturating_sub(60)..=about {
            let claims = with(&target.claims, "pad", "x".repeat(in_claims));
            let signed = signed_part(&header.to_string(), &claims.to_string());
            if signed.len() + 1 + signature == length {
                return target.signer.token_with(&header, &claims);
            }
        }
    }
    panic!("no token has {length} bytes")
}

fn signatures(attacks: &mut Attacks<'_>) {
    let target = attacks.target;
    let (signed, signature) = target.token.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let length = bytes.len();
    let flipped = |position: usize| {
        let mut bytes = bytes.clone();
        bytes[position] ^= 1;
        bytes
    };
    let half = length / 2;
    let swapped = [&bytes[half..], &bytes[..half]].concat();
    let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
    let other = target.signer.sign(b"something else");
    let claims_only = signed.split_once('.').unwrap().1;
    for (what, forged) in [
        ("an empty signature", Vec::new()),
        ("a byte of zero", vec![0]),
        ("zeros", vec![0; length]),
        ("ones", vec![1; length]),
        ("all bits", vec![0xff; length]),
        ("a zero at its end", [bytes.as_slice(), &[0]].concat()),
        ("a zero at its beginning", [&[0], bytes.as_slice()].concat()),
        ("a byte less", bytes[..length - 1].to_vec()),
        ("the first byte less", bytes[1..].to_vec()),
        ("half of it", bytes[..half].to_vec()),
        ("twice", [bytes.as_slice(), &bytes].concat()),
        ("its first bit turned", flipped(0)),
        ("its middle turned", flipped(half)),
        ("its last bit turned", flipped(length - 1)),
        ("its halves swapped", swapped),
        ("its bytes reversed", reversed),
        ("DER", der(&bytes)),
        ("that of another text", other),
        (
            "that of the claims alone",
            target.signer.sign(claims_only.as_bytes()),
        ),
        (
            "that of the text with its dot",
            target.signer.sign(format!("{signed}.").as_bytes()),
        ),
        (
            "a hash",
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, signed.as_bytes())
                .as_ref()
                .to_vec(),
        ),
    ] {
        attacks.add(
            format!("signature: {what}"),
            format!("{signed}.{}", encode(&forged)),
        );
    }
    attacks.add("signature: text", format!("{signed}.signature"));
    attacks.add("signature: none at all", signed.to_owned());
}

/// The two numbers of an ECDSA signature, or what is taken for them, as other libraries write them.
fn der(signature: &[u8]) -> Vec<u8> {
    let half = (signature.len() / 2).min(100);
    let mut body = Vec::new();
    for number in [&signature[..half], &signature[half..2 * half]] {
        // A leading zero keeps it positive.
        let length = u8::try_from(number.len() + 1).unwrap();
        body.extend_from_slice(&[2, length, 0]);
        body.extend_from_slice(number);
    }
    let length = u8::try_from(body.len()).unwrap();
    [&[0x30, length], body.as_slice()].concat()
}

fn changed_afterwards(attacks: &mut Attacks<'_>) {
    let target = attacks.target;
    let mut parts = target.token.split('.');
    let (header, claims) = (parts.next().unwrap(), parts.next().unwrap());
    let signature = parts.next().unwrap();
    for (claim, value) in [
        ("exp", json!(target.now + 1_000_000)),
        ("scope", json!("read write")),
        ("sub", json!("somebody else")),
        ("client_id", json!("mcl_somebody_else")),
        ("tenant", json!("somebody else's")),
        ("jti", json!("another")),
    ] {
        let changed = with(&target.claims, claim, value);
        let changed = encode(changed.to_string().as_bytes());
        attacks.add(
            format!("{claim} changed afterwards"),
            format!("{header}.{changed}.{signature}"),
        );
    }
    let changed = with(&target.header, "cty", "JWT").to_string();
    let changed = encode(changed.as_bytes());
    attacks.add(
        "the header changed afterwards",
        format!("{changed}.{claims}.{signature}"),
    );
    // The same values in another spelling are another text.
    let spaced = target.claims.to_string().replace(',', ", ");
    let spaced = encode(spaced.as_bytes());
    attacks.add(
        "claims spelt anew",
        format!("{header}.{spaced}.{signature}"),
    );
}

fn parts(attacks: &mut Attacks<'_>) {
    let token = attacks.target.token.clone();
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("{token} has three parts")
    };
    let flattened = json!({"protected": header, "payload": claims, "signature": signature});
    for (what, text) in [
        ("one part", header.to_owned()),
        ("a dot at the end", format!("{token}.")),
        ("a dot before", format!(".{token}")),
        ("four parts", format!("{token}.{signature}")),
        ("five parts", format!("{token}.{signature}.{signature}")),
        ("two tokens", format!("{token}.{token}")),
        ("a list of tokens", format!("{token},{token}")),
        ("no header", format!(".{claims}.{signature}")),
        ("no claims", format!("{header}..{signature}")),
        ("dots alone", "..".to_owned()),
        ("a header alone", format!("{header}..")),
        ("parts swapped", format!("{claims}.{header}.{signature}")),
        ("other separators", token.replace('.', ":")),
        ("JSON", flattened.to_string()),
        ("quoted", format!("\"{token}\"")),
        ("encoded once more", encode(token.as_bytes())),
        (
            "a token within a token",
            format!("{header}.{}.{signature}", encode(token.as_bytes())),
        ),
        ("in small letters", token.to_lowercase()),
        ("in capitals", token.to_uppercase()),
        ("its beginning", token[..token.len() / 2].to_owned()),
        ("its end", token[token.len() / 2..].to_owned()),
    ] {
        attacks.add(what, text);
    }
}

/// Texts that decode to the same bytes where the decoder is not strict.
fn encodings(attacks: &mut Attacks<'_>) {
    let target = attacks.target;
    let token = target.token.clone();
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("{token} has three parts")
    };
    for padding in ["=", "==", "==="] {
        attacks.add(
            format!("header{padding}"),
            format!("{header}{padding}.{claims}.{signature}"),
        );
        attacks.add(
            format!("claims{padding}"),
            format!("{header}.{claims}{padding}.{signature}"),
        );
        attacks.add(format!("signature{padding}"), format!("{token}{padding}"));
    }
    // A signature of 64 or 256 bytes leaves four bits over in its last letter.
    let last = signature.chars().last().unwrap();
    let next = char::from(u8::try_from(last).unwrap() + 1);
    let loose = format!("{}{next}", &token[..token.len() - 1]);
    attacks.add("bits left over that are not zero", loose);
    for (what, blank) in [
        ("a tab", "\t"),
        ("%0A", "%0A"),
        ("+", "+"),
        ("/", "/"),
        ("~", "~"),
        ("é", "é"),
    ] {
        attacks.add(
            format!("{what} in the header"),
            format!("{}{blank}{}", &token[..5], &token[5..]),
        );
        attacks.add(
            format!("{what} before the signature"),
            format!("{header}.{claims}.{blank}{signature}"),
        );
        attacks.add(format!("{what} at the end"), format!("{token}{blank}x"));
    }
    // The alphabet of other base64: some signature has a letter in which they differ.
    for number in 0..1_000 {
        let claims = with(&target.claims, "jti", format!("alphabet {number}"));
        let token = target.signer.token_with(&target.header, &claims);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        if signature.contains('-') && signature.contains('_') {
            let other = signature.replace('-', "+").replace('_', "/");
            attacks.add("the alphabet with + and /", format!("{signed}.{other}"));
            return;
        }
    }
    panic!("no signature has both letters")
}
