//! Key pairs, and JSON Web Tokens put together by hand: nothing here keeps a token from being wrong.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

/// Bytes of a coordinate on the curve P-256.
const P256_BYTES: usize = 32;
/// Bytes of a coordinate on the curve P-384.
const P384_BYTES: usize = 48;
/// Bytes of the modulus of a key of 2,048 bits.
const MODULUS_BYTES: usize = 256;

/// A key pair with its name.
pub(crate) struct SigningPair {
    pub(crate) key_id: String,
    pub(crate) algorithm: &'static str,
    pair: Pair,
}

enum Pair {
    Ed(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl SigningPair {
    /// A new pair for `EdDSA`, `ES256`, `ES384` or `RS256`.
    pub(crate) fn new(algorithm: &'static str, key_id: &str) -> Self {
        let random = SystemRandom::new();
        let ec = |kind: &'static EcdsaSigningAlgorithm| {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
            EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref()).unwrap()
        };
        let pair = match algorithm {
            "EdDSA" => Pair::Ed(Ed25519KeyPair::generate().unwrap()),
            "ES256" => Pair::Ec(ec(&ECDSA_P256_SHA256_FIXED_SIGNING)),
            "ES384" => Pair::Ec(ec(&ECDSA_P384_SHA384_FIXED_SIGNING)),
            "RS256" => Pair::Rsa(Box::new(rsa_pair())),
            other => panic!("no pair for {other}"),
        };
        Self {
            key_id: key_id.to_owned(),
            algorithm,
            pair,
        }
    }

    /// The pair that a server signs its own tokens with.
    pub(crate) fn of_server(algorithm: &str, key_id: &str, pkcs8: &[u8]) -> Self {
        let (algorithm, pair) = match algorithm {
            "EdDSA" => {
                let pair = Ed25519KeyPair::from_pkcs8(pkcs8).unwrap();
                ("EdDSA", Pair::Ed(pair))
            }
            "ES256" => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8);
                ("ES256", Pair::Ec(pair.unwrap()))
            }
            other => panic!("no pair for {other}"),
        };
        Self {
            key_id: key_id.to_owned(),
            algorithm,
            pair,
        }
    }

    /// The public half, as a JSON Web Key.
    pub(crate) fn public(&self) -> Value {
        let mut key = match &self.pair {
            Pair::Ed(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref())})
            }
            Pair::Ec(pair) => {
                let (curve, bytes) = match self.algorithm {
                    "ES256" => ("P-256", P256_BYTES),
                    _ => ("P-384", P384_BYTES),
                };
                // Uncompressed: one byte, then both coordinates.
                let (x, y) = pair.public_key().as_ref()[1..].split_at(bytes);
                json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)})
            }
            Pair::Rsa(pair) => {
                let (modulus, exponent) = rsa_parts(pair);
                json!({"kty": "RSA", "n": encode(&modulus), "e": encode(&exponent)})
            }
        };
        key["kid"] = json!(self.key_id);
        key["alg"] = json!(self.algorithm);
        key["use"] = json!("sig");
        key
    }

    /// Everything that the public half could be taken for when it is mistaken for a shared secret.
    pub(crate) fn public_as_secrets(&self) -> Vec<(&'static str, Vec<u8>)> {
        let (raw, info): (Vec<u8>, PublicKeyX509Der<'_>) = match &self.pair {
            Pair::Ed(pair) => {
                let key = pair.public_key();
                (key.as_ref().to_vec(), key.as_der().unwrap())
            }
            Pair::Ec(pair) => {
                let key = pair.public_key();
                (key.as_ref().to_vec(), key.as_der().unwrap())
            }
            Pair::Rsa(pair) => {
                let key = pair.public_key();
                (key.as_ref().to_vec(), key.as_der().unwrap())
            }
        };
        let pem = pem("PUBLIC KEY", info.as_ref());
        let key = self.public();
        let first = key.get("n").or_else(|| key.get("x")).unwrap();
        let first = first.as_str().unwrap();
        vec![
            ("the key as it is", raw),
            ("SubjectPublicKeyInfo", info.as_ref().to_vec()),
            ("PEM", pem.clone().into_bytes()),
            ("PEM without its last line end", pem.trim_end().into()),
            ("JWK", key.to_string().into_bytes()),
            ("the first number, encoded", first.into()),
            (
                "the first number, decoded",
                URL_SAFE_NO_PAD.decode(first).unwrap(),
            ),
        ]
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_as(self.algorithm, message)
    }

    /// Signs by another algorithm of the same family.
    pub(crate) fn sign_as(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let padding: &'static dyn aws_lc_rs::signature::RsaEncoding = match algorithm {
                    "RS384" => &RSA_PKCS1_SHA384,
                    "RS512" => &RSA_PKCS1_SHA512,
                    "PS256" => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }

    /// The header of a token signed by it.
    pub(crate) fn header(&self) -> Value {
        json!({"alg": self.algorithm, "kid": self.key_id, "typ": "JWT"})
    }

    /// A token with these claims and the usual header.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_with(&self.header(), claims)
    }

    /// A token with this header, whatever it says.
    pub(crate) fn token_with(&self, header: &Value, claims: &Value) -> String {
        self.token_of(&header.to_string(), &claims.to_string())
    }

    /// A token of two texts that need not be JSON.
    pub(crate) fn token_of(&self, header: &str, claims: &str) -> String {
        let signed = signed_part(header, claims);
        let signature = self.sign(signed.as_bytes());
        format!("{signed}.{}", encode(&signature))
    }
}

fn rsa_pair() -> RsaKeyPair {
    // Primes take their time, and tests that look for them all at once take it from each other.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    RsaKeyPair::from_pkcs8(pkcs8.as_ref()).unwrap()
}

/// Modulus and exponent, out of the DER of an `RSAPublicKey` of 2,048 bits: two integers in a sequence.
fn rsa_parts(pair: &RsaKeyPair) -> (Vec<u8>, Vec<u8>) {
    let der = pair.public_key().as_ref();
    let (modulus, exponent) = der[9..].split_at(MODULUS_BYTES);
    assert_eq!(&der[..9], [0x30, 0x82, 1, 10, 2, 0x82, 1, 1, 0]);
    assert_eq!(exponent, [2, 3, 1, 0, 1]);
    (modulus.to_vec(), exponent[2..].to_vec())
}

/// Text between lines that say what it is.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .map(|start| &text[start..text.len().min(start + 64)])
        .collect();
    let lines = lines.join("\n");
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
}

/// Base64 as tokens have it.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Header and claims as they are signed.
pub(crate) fn signed_part(header: &str, claims: &str) -> String {
    format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes())
    )
}

/// A token whose "signature" is made with a secret.
pub(crate) fn hmac_token(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let algorithm = match header["alg"].as_str() {
        Some("HS384") => hmac::HMAC_SHA384,
        Some("HS512") => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    let signed = signed_part(&header.to_string(), &claims.to_string());
    let tag = hmac::sign(&hmac::Key::new(algorithm, secret), signed.as_bytes());
    format!("{signed}.{}", encode(tag.as_ref()))
}

/// Header and claims of a token.
pub(crate) fn taken_apart(token: &str) -> (Value, Value) {
    let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    let mut parts = token.split('.');
    (part(parts.next().unwrap()), part(parts.next().unwrap()))
}

/// The object with one member set.
pub(crate) fn with(object: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut members = members(object);
    members.insert(name.to_owned(), value.into());
    Value::Object(members)
}

/// The object without a member.
pub(crate) fn without(object: &Value, name: &str) -> Value {
    let mut members = members(object);
    members.remove(name).unwrap();
    Value::Object(members)
}

fn members(object: &Value) -> Map<String, Value> {
    object.as_object().unwrap().clone()
}
