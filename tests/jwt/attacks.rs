//! A token that is good, and a list of what could be made of it by somebody who wants to be let in.

use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use super::{claims, forms};
use crate::support::signing::{
    SigningPair, encode, hmac_token, signed_part, taken_apart, with, without,
};

/// A token that is accepted, and the key that signed it.
pub(super) struct Target {
    pub(super) token: String,
    pub(super) header: Value,
    pub(super) claims: Value,
    pub(super) signer: SigningPair,
    /// Another key that is trusted for the same tokens.
    pub(super) second: SigningPair,
    /// The server's time, in seconds.
    pub(super) now: i64,
    /// An address that nobody must ask for keys.
    pub(super) trap: String,
}

/// What was done, and the token that came of it.
pub(super) type Attack = (String, String);

/// A list under construction.
pub(super) struct Attacks<'a> {
    pub(super) target: &'a Target,
    pub(super) listed: Vec<Attack>,
}

impl Target {
    pub(super) fn new(
        token: String,
        signer: SigningPair,
        second: SigningPair,
        now: i64,
        trap: &str,
    ) -> Self {
        let (header, claims) = taken_apart(&token);
        Self {
            token,
            header,
            claims,
            signer,
            second,
            now,
            trap: trap.to_owned(),
        }
    }

    /// Every attack that needs no knowledge of who the target is.
    pub(super) fn attacks(&self) -> Vec<Attack> {
        let mut attacks = Attacks {
            target: self,
            listed: Vec::new(),
        };
        attacks.no_signature();
        attacks.shared_secrets();
        attacks.other_algorithms();
        attacks.strangers();
        attacks.key_names();
        attacks.keys_in_the_header();
        attacks.demanded_extensions();
        claims::list(&mut attacks);
        forms::list(&mut attacks);
        attacks.listed
    }
}

impl Attacks<'_> {
    pub(super) fn add(&mut self, what: impl Into<String>, token: String) {
        let what = what.into();
        assert_ne!(token, self.target.token, "{what} changes nothing");
        self.listed.push((what, token));
    }

    /// Signed by the trusted key, with another header.
    pub(super) fn header(&mut self, what: impl Into<String>, header: &Value) {
        let token = self.target.signer.token_with(header, &self.target.claims);
        self.add(what, token);
    }

    /// Signed by the trusted key, with other claims.
    pub(super) fn claims(&mut self, what: impl Into<String>, claims: &Value) {
        let token = self.target.signer.token_with(&self.target.header, claims);
        self.add(what, token);
    }

    /// Signed by the trusted key: JSON that no library writes.
    pub(super) fn texts(&mut self, what: impl Into<String>, header: &str, claims: &str) {
        let token = self.target.signer.token_of(header, claims);
        self.add(what, token);
    }

    fn no_signature(&mut self) {
        let target = self.target;
        let signature = target.token.rsplit_once('.').unwrap().1;
        for spelling in ["none", "None", "NONE", "nOnE", "none ", "NoNe\t"] {
            for keeps_name in [true, false] {
                let mut header = with(&target.header, "alg", spelling);
                if !keeps_name {
                    header = without(&header, "kid");
                }
                let text = signed_part(&header.to_string(), &target.claims.to_string());
                let what = format!("alg {spelling:?}, kid: {keeps_name}");
                self.add(format!("{what}, no signature"), format!("{text}."));
                self.add(
                    format!("{what}, a signature"),
                    format!("{text}.{signature}"),
                );
            }
        }
        for wrong in [
            json!(null),
            json!(""),
            json!(0),
            json!(["none"]),
            json!({"alg": "none"}),
        ] {
            let header = with(&target.header, "alg", wrong.clone());
            let text = signed_part(&header.to_string(), &target.claims.to_string());
            self.add(format!("alg {wrong}, no signature"), format!("{text}."));
            self.header(format!("alg {wrong}"), &header);
        }
        self.header("no alg", &without(&target.header, "alg"));
    }

    /// The public key taken for a shared secret, and secrets that are no secrets.
    fn shared_secrets(&mut self) {
        let target = self.target;
        let mut secrets = target.signer.public_as_secrets();
        for (what, secret) in [
            ("an empty secret", ""),
            ("a guessed secret", "secret"),
            ("the name of the key", target.signer.key_id.as_str()),
            ("the word null", "null"),
        ] {
            secrets.push((what, secret.as_bytes().to_vec()));
        }
        for algorithm in ["HS256", "HS384", "HS512"] {
            let header = with(&target.header, "alg", algorithm);
            for (what, secret) in &secrets {
                let forged = hmac_token(&header, &target.claims, secret);
                self.add(format!("{algorithm} with {what}"), forged);
            }
        }
        let unnamed = without(&with(&target.header, "alg", "HS256"), "kid");
        for (what, secret) in &secrets {
            let forged = hmac_token(&unnamed, &target.claims, secret);
            self.add(format!("HS256 without kid with {what}"), forged);
        }
    }

    /// The trusted key, under the name of an algorithm that it is not accepted for.
    fn other_algorithms(&mut self) {
        let target = self.target;
        for name in [
            "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA",
            "Ed25519", "HS256", "rs256", "es256", "eddsa", "EDDSA", "RSA-OAEP", "dir",
        ] {
            if target.header["alg"] == name {
                continue;
            }
            let header = with(&target.header, "alg", name);
            let text = signed_part(&header.to_string(), &target.claims.to_string());
            let signature = target.signer.sign_as(name, text.as_bytes());
            self.add(
                format!("alg {name}"),
                format!("{text}.{}", encode(&signature)),
            );
        }
    }

    /// Keys that nobody trusts, under a name that is trusted.
    fn strangers(&mut self) {
        let target = self.target;
        for algorithm in ["RS256", "ES256", "ES384", "EdDSA"] {
            let stranger = SigningPair::new(algorithm, &target.signer.key_id);
            let honest = with(&target.header, "alg", algorithm);
            let token = stranger.token_with(&honest, &target.claims);
            self.add(format!("a stranger's {algorithm}"), token);
            let unnamed = without(&honest, "kid");
            let token = stranger.token_with(&unnamed, &target.claims);
            self.add(format!("a stranger's {algorithm} without kid"), token);
            let token = stranger.token_with(&target.header, &target.claims);
            self.add(
                format!("a stranger's {algorithm} under the target's"),
                token,
            );
        }
    }

    fn key_names(&mut self) {
        let target = self.target;
        let own = target.signer.key_id.clone();
        let second = with(&target.header, "kid", target.second.key_id.clone());
        self.header("the name of the other trusted key", &second);
        let token = target.second.token_with(&target.header, &target.claims);
        self.add("the other trusted key under this one's name", token);
        self.header("no kid, two keys", &without(&target.header, "kid"));
        for name in [
            json!(""),
            json!(null),
            json!("unknown"),
            json!(0),
            json!(true),
            json!([own]),
            json!({"kid": own}),
            json!(format!("{own} ")),
            json!(format!("{own}\0")),
            json!(format!("{own}/../{own}")),
            json!("../../../../../../dev/null"),
            json!("/proc/sys/kernel/randomize_va_space"),
            json!("file:///dev/null"),
            json!(target.trap),
            json!("' OR '1'='1"),
            json!("x' UNION SELECT 'c2VjcmV0' -- "),
            json!("'; DROP TABLE signing_key; --"),
            json!("$(id)"),
            json!("|/bin/true"),
            json!("%"),
            json!("*"),
            json!("\u{202e}\u{10ffff}"),
            json!("k".repeat(2_000)),
        ] {
            let header = with(&target.header, "kid", name.clone());
            let shown: String = name.to_string().chars().take(60).collect();
            self.header(format!("kid {shown}"), &header);
            let secret = with(&header, "alg", "HS256");
            let forged = hmac_token(&secret, &target.claims, b"");
            self.add(format!("kid {shown}, HS256 with an empty secret"), forged);
        }
        let swapped: String = own
            .chars()
            .map(|letter| {
                if letter.is_ascii_lowercase() {
                    letter.to_ascii_uppercase()
                } else {
                    letter.to_ascii_lowercase()
                }
            })
            .collect();
        if swapped != own {
            self.header("kid in another case", &with(&target.header, "kid", swapped));
        }
    }

    /// A key that comes with the token.
    fn keys_in_the_header(&mut self) {
        let target = self.target;
        let stranger = SigningPair::new(target.signer.algorithm, &target.signer.key_id);
        let pair = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["issuer.example".to_owned()]).unwrap();
        let certificate = certificate.self_signed(&pair).unwrap();
        let chain = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            certificate.der(),
        );
        let other = SigningPair::new(target.signer.algorithm, "injected");
        for (member, value) in [
            ("jwk", stranger.public()),
            ("jwk", without(&stranger.public(), "kid")),
            ("jwk", other.public()),
            ("jku", json!(target.trap)),
            ("x5u", json!(target.trap)),
            ("x5c", json!([chain])),
            ("x5t#S256", json!(encode(&[0; 32]))),
            ("url", json!(target.trap)),
            ("iss", target.claims["iss"].clone()),
        ] {
            let shown: String = value.to_string().chars().take(40).collect();
            let header = with(&target.header, member, value.clone());
            let token = stranger.token_with(&header, &target.claims);
            self.add(format!("{member} {shown}"), token);
            let unnamed = without(&header, "kid");
            let token = stranger.token_with(&unnamed, &target.claims);
            self.add(format!("{member} {shown} without kid"), token);
            let renamed = with(&header, "kid", "injected");
            let token = other.token_with(&renamed, &target.claims);
            self.add(format!("{member} {shown} with a kid of its own"), token);
        }
    }

    fn demanded_extensions(&mut self) {
        for crit in [
            json!(["exp"]),
            json!(["b64"]),
            json!(["alg", "kid"]),
            json!([""]),
            json!([]),
            json!("exp"),
            json!(true),
            json!([1]),
            json!({}),
        ] {
            let header = with(&self.target.header, "crit", crit.clone());
            let header = with(&header, "b64", false);
            self.header(format!("crit {crit}"), &header);
        }
    }
}
