//! Password hashes of other systems: accepted on import, checked at sign-in.
//!
//! The caller replaces such a hash by one of its own as soon as a password has fitted. The password is checked as the
//! bytes given; a system that did not normalise may have hashed other bytes for the same text.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use bcrypt::HashParts;
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::argon;
use crate::error::{Error, Result};

/// What [`kind`] recognises and within which bounds, for a message that refuses something else.
pub const ACCEPTED: &str = "an argon2 hash of at most 256 MiB, 16 passes and 16 lanes, a bcrypt hash of a cost of at most 16, \
    a PBKDF2 hash with SHA-256 or SHA-512 and at most 2000000 rounds, or an LDAP hash of {SSHA}, {SSHA256} or {SSHA512}";

/// The longest hash that is looked at, in bytes.
const MAX_HASH_BYTES: usize = 512;
/// In KiB.
const MAX_ARGON2_MEMORY: u32 = 256 * 1024;
const MAX_ARGON2_PASSES: u32 = 16;
const MAX_ARGON2_LANES: u32 = 16;
/// The cost is a power of two of rounds; the least is bcrypt's own.
const BCRYPT_COSTS: std::ops::RangeInclusive<u32> = 4..=16;
const MAX_PBKDF2_ROUNDS: u32 = 2_000_000;
/// In bytes: less is as good as no salt, more is not a salt. Older LDAP servers use 4.
const SALT_BYTES: std::ops::RangeInclusive<usize> = 4..=64;
/// In bytes: fewer are fitted by wrong passwords, more would multiply the rounds.
const PBKDF2_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// A family of password hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// argon2d, argon2i or argon2id as a PHC string.
    Argon2,
    /// bcrypt as `$2a$`, `$2b$` or `$2y$`.
    Bcrypt,
    /// PBKDF2 with SHA-256 or SHA-512: a PHC string, or as passlib or Django write it.
    Pbkdf2,
    /// One round of salted SHA as in LDAP: `{SSHA}`, `{SSHA256}` or `{SSHA512}`.
    SaltedSha,
}

impl Kind {
    /// The kind's name, for reports of an import.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Argon2 => "argon2",
            Self::Bcrypt => "bcrypt",
            Self::Pbkdf2 => "pbkdf2",
            Self::SaltedSha => "salted-sha",
        }
    }
}

/// The kind of a hash that can be checked; none: malformed, of another kind, unsalted, or dearer than [`ACCEPTED`].
///
/// Reads only, hashes nothing.
#[must_use]
pub fn kind(hash: &str) -> Option<Kind> {
    Some(match parse(hash)? {
        Parsed::Argon2 { .. } => Kind::Argon2,
        Parsed::Bcrypt(_) => Kind::Bcrypt,
        Parsed::Pbkdf2 { .. } => Kind::Pbkdf2,
        Parsed::SaltedSha { .. } => Kind::SaltedSha,
    })
}

/// Whether the password fits the hash, compared in constant time.
///
/// bcrypt looks at the first 72 bytes only, as in the system that made the hash. A password with a NUL never fits.
///
/// Blocks for as long as the hash's parameters say, seconds at the bounds, and takes up to 256 MiB. In async code it
/// belongs in `spawn_blocking`, only so many at once.
///
/// # Errors
/// `internal` for a hash that [`kind`] does not recognise, and when hashing fails, as for lack of memory.
pub fn verify(hash: &str, password: &[u8]) -> Result<bool> {
    let Some(parsed) = parse(hash) else {
        return Err(Error::internal(
            "the stored password hash is malformed or of a kind that is not accepted",
        ));
    };
    // bcrypt ends a password at NUL and starts over, HMAC fills up with it: other passwords would fit as well.
    if password.contains(&0) {
        return Ok(false);
    }
    fits(parsed, password)
}

fn fits(parsed: Parsed<'_>, password: &[u8]) -> Result<bool> {
    match parsed {
        Parsed::Argon2 {
            hasher,
            salt,
            digest,
        } => {
            let mut computed = vec![0; digest.len()];
            argon::digest(&hasher, password, &salt, &mut computed)?;
            Ok(is_same(&computed, &digest))
        }
        Parsed::Bcrypt(hash) => bcrypt::verify(password, hash)
            .map_err(|error| Error::internal("bcrypt failed").caused_by(error.to_string())),
        Parsed::Pbkdf2 {
            sha,
            rounds,
            salt,
            digest,
        } => {
            let mut computed = vec![0; digest.len()];
            match sha {
                Sha::Sha1 => pbkdf2_hmac::<Sha1>(password, &salt, rounds, &mut computed),
                Sha::Sha256 => pbkdf2_hmac::<Sha256>(password, &salt, rounds, &mut computed),
                Sha::Sha512 => pbkdf2_hmac::<Sha512>(password, &salt, rounds, &mut computed),
            }
            Ok(is_same(&computed, &digest))
        }
        Parsed::SaltedSha { sha, salt, digest } => {
            let computed = match sha {
                Sha::Sha1 => salted::<Sha1>(password, &salt),
                Sha::Sha256 => salted::<Sha256>(password, &salt),
                Sha::Sha512 => salted::<Sha512>(password, &salt),
            };
            Ok(is_same(&computed, &digest))
        }
    }
}

fn is_same(computed: &[u8], digest: &[u8]) -> bool {
    computed.ct_eq(digest).into()
}

fn salted<D: Digest>(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let hasher = D::new().chain_update(password).chain_update(salt);
    hasher.finalize().to_vec()
}

/// A hash within bounds.
enum Parsed<'a> {
    Argon2 {
        hasher: Argon2<'static>,
        salt: Vec<u8>,
        digest: Vec<u8>,
    },
    Bcrypt(&'a str),
    Pbkdf2 {
        sha: Sha,
        rounds: u32,
        salt: Vec<u8>,
        digest: Vec<u8>,
    },
    SaltedSha {
        sha: Sha,
        salt: Vec<u8>,
        digest: Vec<u8>,
    },
}

#[derive(Clone, Copy)]
enum Sha {
    Sha1,
    Sha256,
    Sha512,
}

impl Sha {
    fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

fn parse(hash: &str) -> Option<Parsed<'_>> {
    if hash.len() > MAX_HASH_BYTES || !hash.is_ascii() {
        return None;
    }
    if let Some(rest) = hash.strip_prefix("$pbkdf2-sha256$") {
        return pbkdf2_of(Sha::Sha256, hash, rest);
    }
    if let Some(rest) = hash.strip_prefix("$pbkdf2-sha512$") {
        return pbkdf2_of(Sha::Sha512, hash, rest);
    }
    if let Some(rest) = hash.strip_prefix("pbkdf2_sha256$") {
        return django_pbkdf2(rest);
    }
    if hash.starts_with("$argon2") {
        return argon2_of(hash);
    }
    if hash.starts_with("$2") {
        return bcrypt_of(hash);
    }
    salted_sha(hash)
}

fn argon2_of(hash: &str) -> Option<Parsed<'static>> {
    let parsed = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::new(parsed.algorithm.as_str()).ok()?;
    // Strings from before version 1.3 do not name their version.
    let version = match parsed.version {
        None | Some(0x10) => Version::V0x10,
        Some(0x13) => Version::V0x13,
        Some(_) => return None,
    };
    // A key that is kept elsewhere cannot be known here: no parameters but these three.
    if parsed.params.iter().count() != 3 {
        return None;
    }
    let memory = parsed.params.get_decimal("m")?;
    let passes = parsed.params.get_decimal("t")?;
    let lanes = parsed.params.get_decimal("p")?;
    if memory > MAX_ARGON2_MEMORY || passes > MAX_ARGON2_PASSES || lanes > MAX_ARGON2_LANES {
        return None;
    }
    let (salt, digest) = (parsed.salt?, parsed.hash?);
    let params = Params::new(memory, passes, lanes, Some(digest.len())).ok()?;
    Some(Parsed::Argon2 {
        hasher: Argon2::new(algorithm, version, params),
        salt: salt.to_vec(),
        digest: digest.as_bytes().to_vec(),
    })
}

fn bcrypt_of(hash: &str) -> Option<Parsed<'_>> {
    // `$2x$` marks hashes of an implementation with a fault, which is not repeated here.
    if !["$2a$", "$2b$", "$2y$"]
        .iter()
        .any(|prefix| hash.starts_with(prefix))
    {
        return None;
    }
    let parts: HashParts = hash.parse().ok()?;
    BCRYPT_COSTS
        .contains(&parts.get_cost())
        .then_some(Parsed::Bcrypt(hash))
}

/// A PHC string has `i=rounds` where passlib has the number alone.
fn pbkdf2_of(sha: Sha, hash: &str, rest: &str) -> Option<Parsed<'static>> {
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        let (rounds, salt, digest) = three_fields(rest)?;
        let (salt, digest) = (adapted_base64(salt)?, adapted_base64(digest)?);
        return pbkdf2_within_bounds(sha, decimal(rounds)?, salt, digest);
    }
    let parsed = PasswordHash::new(hash).ok()?;
    let (salt, digest) = (parsed.salt?, parsed.hash?);
    let mut rounds = None;
    for (name, value) in parsed.params.iter() {
        let value = value.decimal().ok()?;
        match name.as_str() {
            "i" => rounds = Some(value),
            "l" if usize::try_from(value) == Ok(digest.len()) => {}
            _ => return None,
        }
    }
    if parsed.version.is_some() {
        return None;
    }
    pbkdf2_within_bounds(sha, rounds?, salt.to_vec(), digest.as_bytes().to_vec())
}

/// Django takes the salt's characters as they are.
fn django_pbkdf2(rest: &str) -> Option<Parsed<'static>> {
    let (rounds, salt, digest) = three_fields(rest)?;
    let digest = STANDARD.decode(digest).ok()?;
    pbkdf2_within_bounds(Sha::Sha256, decimal(rounds)?, salt.into(), digest)
}

fn pbkdf2_within_bounds(
    sha: Sha,
    rounds: u32,
    salt: Vec<u8>,
    digest: Vec<u8>,
) -> Option<Parsed<'static>> {
    let is_within = (1..=MAX_PBKDF2_ROUNDS).contains(&rounds)
        && SALT_BYTES.contains(&salt.len())
        && PBKDF2_BYTES.contains(&digest.len());
    is_within.then_some(Parsed::Pbkdf2 {
        sha,
        rounds,
        salt,
        digest,
    })
}

/// RFC 2307 with a salt appended to the digest; the scheme's case does not count.
fn salted_sha(hash: &str) -> Option<Parsed<'static>> {
    let (scheme, encoded) = hash.strip_prefix('{')?.split_once('}')?;
    let sha = match scheme.to_ascii_uppercase().as_str() {
        "SSHA" => Sha::Sha1,
        "SSHA256" => Sha::Sha256,
        "SSHA512" => Sha::Sha512,
        _ => return None,
    };
    let mut digest = STANDARD.decode(encoded).ok()?;
    if digest.len() < sha.bytes() {
        return None;
    }
    let salt = digest.split_off(sha.bytes());
    SALT_BYTES
        .contains(&salt.len())
        .then_some(Parsed::SaltedSha { sha, salt, digest })
}

fn three_fields(text: &str) -> Option<(&str, &str, &str)> {
    let mut fields = text.split('$');
    let found = (fields.next()?, fields.next()?, fields.next()?);
    fields.next().is_none().then_some(found)
}

/// Digits only: the standard parser would let a sign through.
fn decimal(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

/// Base64 as passlib writes it: without padding, and with `.` for `+`.
fn adapted_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text.replace('.', "+")).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PASSWORD: &str = "Grüße aus Köln 7!";

    /// Made with argon2-cffi 25.1, bcrypt 5.0, passlib 1.7.4, Django 5.2 and Python's hashlib.
    const VECTORS: &[(Kind, &str)] = &[
        (
            Kind::Argon2,
            "$argon2d$v=19$m=1024,t=2,p=2$mYyW7Jcao9uWVhiZKwsQ5g$Bwk5RwCmeNBDuE6Mlah72bJ8A8hqM93OZ8BxVifaG8o",
        ),
        (
            Kind::Argon2,
            "$argon2i$v=19$m=1024,t=2,p=2$G/580MC5/rYkJFVEXsfyKA$O2QG1q/FuEk4rdCPWq8/XPiruWxYRo7OtjMxL7xCLIc",
        ),
        (
            Kind::Argon2,
            "$argon2id$v=19$m=1024,t=2,p=2$PBEBmwgCqMnuXoV5iomiYQ$okaDPo3l4A8iVibW3SyYKatPEug3ZXYpmLch6NOJtV4",
        ),
        (
            Kind::Argon2,
            "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQxMg$D1meyHM5qKzQf5ogf7EuJBswuntzMvJ0",
        ),
        (
            Kind::Argon2,
            "$argon2id$m=256,t=2,p=1$c29tZXNhbHQxMg$D1meyHM5qKzQf5ogf7EuJBswuntzMvJ0",
        ),
        (
            Kind::Argon2,
            "$argon2id$v=19$m=64,t=1,p=1$c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M$iTO93gi+OOQy6J3m37urBMCOWnLQVZXO9zc94SInqooBJY9QQMf4rBhNh7Mo97kQksZQ5fxaWpBQ4Qy0o80B3A",
        ),
        (
            Kind::Bcrypt,
            "$2a$04$XxTxb3hstV2QoJLTpvfKfu/lHCdJX/zkPGccPnyCa.dJkQ1tzCGIq",
        ),
        (
            Kind::Bcrypt,
            "$2b$04$wQwLpPlkgyQdoHnlxA.WrebugtiI3s0NYriDQ4Iej/vE7/Y5oTlii",
        ),
        (
            Kind::Bcrypt,
            "$2y$05$xHp3H9.EuNAxZJl76ZxCHeTxhdgXREq51U38HO6kLRSNf55.I43S.",
        ),
        (
            Kind::Pbkdf2,
            "$pbkdf2-sha256$1000$6f3fGwOgdC6FMKb03ptzrg$qcm9lShQTn5mdFx1q5hgACZMEhd67JxZPkIOHgYEBZM",
        ),
        (
            Kind::Pbkdf2,
            "$pbkdf2-sha512$1000$K6V0LgXAmHPOea/VmjMmZA$oAC4XOa28MDgW/yhYcwDBq7Y48LfM0rQmQjwWpymf/YIXX22AZx.mTKwc6Av0bgDG71OuavkZofi/eG1I0sH6g",
        ),
        (
            Kind::Pbkdf2,
            "$pbkdf2-sha256$1000$....................$d8dcOctm.ahpKRZ1Ldgevf/5T1OtOu4Qk1.11to3HUI",
        ),
        (
            Kind::Pbkdf2,
            "pbkdf2_sha256$1000$seasalt012345$5A2b4egF/pa1zqKRUOLYXS3IRwzFdXlKFCYJd7zjCeA=",
        ),
        (
            Kind::Pbkdf2,
            "$pbkdf2-sha256$i=1000,l=32$5bZEws89uvbh/wS0A2Jsag$krXijFbNsitibDFvlOO0J8M7jxtZjCBzzmwsc1xVuTg",
        ),
        (
            Kind::Pbkdf2,
            "$pbkdf2-sha256$i=1000$5bZEws89uvbh/wS0A2Jsag$krXijFbNsitibDFvlOO0J8M7jxtZjCBzzmwsc1xVuTg",
        ),
        (
            Kind::Pbkdf2,
            "$pbkdf2-sha512$i=1000,l=64$sui/TaY+4AInpkwIT9PPaA$WOYd9F3GLse6swjE//01v7y2WnbGaWXolgbxvq8qlCU8//qzX52rgaxxO8wNKhjxULBanze8isE1Mjmt819odA",
        ),
        (
            Kind::Pbkdf2,
            "$pbkdf2-sha256$i=1000,l=64$LNV7Sh8rwvyubD3VGeh1Kg$R7ji2byFa+LM5FqX36oyTDr/qhcPW1oQ6lc9CxWHyLEPK0D6z1IHLhUJlAgDh/1Xi159w+mk6+J4vgvJMjmchw",
        ),
        (Kind::SaltedSha, "{SSHA}J9TF9x48C+lJMF0BR+CPpEMFR1EGoJSy"),
        (Kind::SaltedSha, "{ssha}J9TF9x48C+lJMF0BR+CPpEMFR1EGoJSy"),
        (
            Kind::SaltedSha,
            "{SSHA256}ZW9WfgeUy/1jEUdCfuie8gy/V/hRCLL+UHgXJTl7aurvXWuNcQ5BKA==",
        ),
        (
            Kind::SaltedSha,
            "{SSHA512}LrPQYwT3HCxfJW3hqqHOeu6DUE8R7bJ5fDPVrTPr3cpsCTUOfppJMMS/6ErA/BidtmSnr/Ptckh4EOq39M2JbkopxXhPiXHu",
        ),
        (Kind::SaltedSha, "{SSHA}kURAhmlyk4xA6jxqtk+4Rzb7S1xsbY2x"),
    ];

    #[test]
    fn hashes_of_other_implementations_fit_their_password_only() {
        for (expected, hash) in VECTORS {
            assert_eq!(kind(hash), Some(*expected), "{hash}");
            assert!(verify(hash, PASSWORD.as_bytes()).unwrap(), "{hash}");
            for wrong in [
                "",
                "grüße aus Köln 7!",
                "Grüße aus Köln 7!\0",
                "Grüße aus Köln 7",
            ] {
                assert!(!verify(hash, wrong.as_bytes()).unwrap(), "{hash} {wrong}");
            }
        }
    }

    #[test]
    fn bcrypt_cuts_at_72_bytes_and_takes_an_empty_password() {
        let hash = "$2b$04$Sc5py5REj2I5MuQEq0LIgOemkrEMNjZ/7FP50hvlIzj7ZHTh7cEaK";
        assert!(verify(hash, "ä".repeat(36).as_bytes()).unwrap());
        assert!(verify(hash, format!("{}tail", "ä".repeat(36)).as_bytes()).unwrap());
        assert!(!verify(hash, "ä".repeat(35).as_bytes()).unwrap());
        let empty = "$2b$04$CImQqL0E14YjvJAm10ODHOhguHn8OaQSHP9QLZul7CNQ0rBRf3taK";
        assert!(verify(empty, b"").unwrap());
        assert!(!verify(empty, b"x").unwrap());
    }

    #[test]
    fn what_is_malformed_unsalted_or_too_dear_is_not_recognised() {
        let salt = "mYyW7Jcao9uWVhiZKwsQ5g";
        let digest = "Bwk5RwCmeNBDuE6Mlah72bJ8A8hqM93OZ8BxVifaG8o";
        let bcrypt = "XxTxb3hstV2QoJLTpvfKfu/lHCdJX/zkPGccPnyCa.dJkQ1tzCGIq";
        let refused = [
            String::new(),
            "password".to_owned(),
            "$".to_owned(),
            "{".to_owned(),
            format!("$argon2id$v=19$m=262145,t=1,p=1${salt}${digest}"),
            format!("$argon2id$v=19$m=1024,t=17,p=1${salt}${digest}"),
            format!("$argon2id$v=19$m=1024,t=1,p=17${salt}${digest}"),
            format!("$argon2id$v=19$m=1024,t=0,p=1${salt}${digest}"),
            format!("$argon2id$v=19$m=8,t=1,p=2${salt}${digest}"),
            format!("$argon2id$v=18$m=1024,t=1,p=1${salt}${digest}"),
            format!("$argon2id$v=19$m=1024,t=1${salt}${digest}"),
            format!("$argon2id$v=19$m=1024,t=1,p=1,keyid=AAAA${salt}${digest}"),
            format!("$argon2x$v=19$m=1024,t=1,p=1${salt}${digest}"),
            format!("$argon2id$v=19$m=1024,t=1,p=1${salt}"),
            format!("$argon2id$v=19$m=1024,t=1,p=1$${digest}"),
            format!("$argon2id$v=19$m=1024,t=1,p=1${salt}${digest}$more"),
            format!("$2a$17${bcrypt}"),
            format!("$2a$03${bcrypt}"),
            format!("$2a$4${bcrypt}"),
            format!("$2x$04${bcrypt}"),
            format!("$2$04${bcrypt}"),
            format!("$2a$04${bcrypt}A"),
            format!("$pbkdf2-sha256$2000001${salt}${digest}"),
            format!("$pbkdf2-sha256$0${salt}${digest}"),
            format!("$pbkdf2-sha256$+1${salt}${digest}"),
            format!("$pbkdf2-sha256$99999999999${salt}${digest}"),
            format!("$pbkdf2-sha256$1000$${digest}"),
            format!("$pbkdf2-sha256$1000${salt}$"),
            format!("$pbkdf2-sha256$1000${salt}${digest}$"),
            format!("$pbkdf2-sha256$1000${salt}$AAAA"),
            format!("$pbkdf2-sha256$1000${salt}${}", "A".repeat(88)),
            format!("$pbkdf2-sha256$i=2000001${salt}${digest}"),
            format!("$pbkdf2-sha256$i=1000,l=31${salt}${digest}"),
            format!("$pbkdf2-sha256$i=1000,x=1${salt}${digest}"),
            format!("$pbkdf2-sha256$l=32${salt}${digest}"),
            format!("$pbkdf2-sha256$v=1$i=1000${salt}${digest}"),
            format!("$pbkdf2-sha1$1000${salt}${digest}"),
            format!("$pbkdf2-sha256${salt}${digest}"),
            "pbkdf2_sha256$2000001$seasalt012345$5A2b4egF/pa1zqKRUOLYXS3IRwzFdXlKFCYJd7zjCeA="
                .to_owned(),
            "pbkdf2_sha256$1000$$5A2b4egF/pa1zqKRUOLYXS3IRwzFdXlKFCYJd7zjCeA=".to_owned(),
            "{SHA}AY9xXJ4/ZQXHUu51cAEsBPHyAN0=".to_owned(),
            "{SSHA}AY9xXJ4/ZQXHUu51cAEsBPHyAN0=".to_owned(),
            "{SSHA256}J9TF9x48C+lJMF0BR+CPpEMFR1EGoJSy".to_owned(),
            "{SSHA}J9TF9x48C+lJMF0BR+CPpEMFR1EGoJS".to_owned(),
            "{SSHA}".to_owned(),
            "{MD5}AY9xXJ4/ZQXHUu51cAEsBPHyAN0=".to_owned(),
            format!("{{SSHA}}{}", "A".repeat(600)),
        ];
        for hash in refused {
            assert_eq!(kind(&hash), None, "{hash}");
            let error = verify(&hash, PASSWORD.as_bytes()).unwrap_err();
            assert_eq!(error.kind().status(), 500);
            assert!(hash.is_empty() || !error.to_string().contains(&hash) || hash.len() < 10);
        }
    }

    #[test]
    fn the_bounds_themselves_are_recognised() {
        let salt = "mYyW7Jcao9uWVhiZKwsQ5g";
        let digest = "Bwk5RwCmeNBDuE6Mlah72bJ8A8hqM93OZ8BxVifaG8o";
        let bcrypt = "XxTxb3hstV2QoJLTpvfKfu/lHCdJX/zkPGccPnyCa.dJkQ1tzCGIq";
        for hash in [
            format!("$argon2id$v=19$m=262144,t=16,p=16${salt}${digest}"),
            format!("$2y$16${bcrypt}"),
            format!("$pbkdf2-sha512$2000000${salt}${digest}"),
            format!("$pbkdf2-sha512$i=2000000${salt}${digest}"),
        ] {
            assert!(kind(&hash).is_some(), "{hash}");
        }
    }

    proptest! {
        #[test]
        fn a_damaged_hash_never_fits(index in 0..VECTORS.len(), at in any::<prop::sample::Index>(), byte in 0_u8..128) {
            let (_, hash) = VECTORS[index];
            let mut bytes = hash.as_bytes().to_vec();
            let at = hash.rfind(['$', '}']).unwrap() + 1 + at.index(20);
            prop_assume!(bytes[at] != byte);
            bytes[at] = byte;
            let damaged = String::from_utf8(bytes).unwrap();
            if !hash.contains("$....") || byte != b'+' {
                prop_assert!(!verify(&damaged, PASSWORD.as_bytes()).unwrap_or(false), "{}", damaged);
            }
        }

        #[test]
        fn any_text_is_answered(prefix in 0..VECTORS.len(), keep in 0_usize..40, rest in "\\PC{0,60}") {
            let (_, hash) = VECTORS[prefix];
            let _ = kind(&format!("{}{rest}", &hash[..keep.min(hash.len())]));
        }
    }
}
