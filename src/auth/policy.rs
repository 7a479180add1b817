//! What a new password must be like: two presets, and temporary passwords that satisfy both.
//!
//! Everything here is pure but for [`generate`], which asks the system for random bytes.

use std::fmt;
use std::sync::LazyLock;

use zxcvbn::{Score, zxcvbn};

use crate::error::{Error, Result};

/// The longest password of either preset, in characters; as UTF-8 these are at most 512 bytes.
pub const MAX_CHARACTERS: usize = 128;
/// The special characters of which preset `seed` wants one.
pub const SPECIAL: &str = "!@#$%*&";

const SEED_MIN: usize = 8;
const ASVS_MIN: usize = 15;
/// The estimate of guesses takes time that grows faster than the length; what follows is not looked at.
const ESTIMATED_CHARACTERS: usize = 100;
/// The same for a text that may spell very many words in look-alikes, all of which the estimate tries.
const ESTIMATED_LOOKALIKE_CHARACTERS: usize = 32;
/// Characters that the estimate also reads as letters, and how many different ones make a text slow.
const LOOKALIKES: &str = "4@8({[<3691!|70$5+%2";
const MANY_LOOKALIKES: usize = 8;
/// Shorter parts of a name turn up in passwords by chance.
const PERSONAL_MIN: usize = 4;
/// More of a name than a password can hold need not be looked for.
const PERSONAL_MAX: usize = MAX_CHARACTERS;

/// Which rules a tenant has for the passwords of its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Policy {
    /// At least 8 characters and one of each class.
    Seed,
    /// OWASP ASVS 5, section 6.2: at least 15 characters of any class, and neither common, guessable nor personal.
    Asvs,
}

/// A rule of a preset, and as such one that a password can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Broken {
    /// Fewer characters than the least.
    TooShort {
        /// The least, in characters.
        min: usize,
    },
    /// More characters than the most.
    TooLong {
        /// The most, in characters.
        max: usize,
    },
    /// No upper-case letter.
    NoUpper,
    /// No lower-case letter.
    NoLower,
    /// No digit.
    NoDigit,
    /// None of [`SPECIAL`].
    NoSpecial,
    /// Among the passwords that are tried first, or one of these with decoration.
    Common,
    /// Follows a pattern that takes few guesses.
    Guessable,
    /// Contains a name or the local part of an address of its owner.
    Personal,
}

const SEED: &[Broken] = &[
    Broken::TooShort { min: SEED_MIN },
    Broken::TooLong {
        max: MAX_CHARACTERS,
    },
    Broken::NoUpper,
    Broken::NoLower,
    Broken::NoDigit,
    Broken::NoSpecial,
];

const ASVS: &[Broken] = &[
    Broken::TooShort { min: ASVS_MIN },
    Broken::TooLong {
        max: MAX_CHARACTERS,
    },
    Broken::Common,
    Broken::Guessable,
    Broken::Personal,
];

impl Policy {
    /// Every preset with its name, as the configuration and the settings of a tenant write it.
    pub const NAMES: &[(Self, &str)] = &[(Self::Seed, "seed"), (Self::Asvs, "asvs")];

    /// The preset's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Asvs => "asvs",
        }
    }

    /// The preset of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name);
        found.map(|(policy, _)| *policy)
    }

    /// All rules of the preset, in the order in which [`Policy::broken`] reports them.
    #[must_use]
    pub fn rules(self) -> &'static [Broken] {
        match self {
            Self::Seed => SEED,
            Self::Asvs => ASVS,
        }
    }

    /// Every rule of the preset that the password breaks; none: it is accepted.
    ///
    /// Characters are Unicode scalar values of the text as given, which the caller has normalised to NFC.
    /// `personal` holds what is known of the owner: the `userName`, addresses and names, in any order; `seed` ignores it.
    ///
    /// Blocks: `asvs` estimates guesses, which takes some milliseconds, more at the first call, and up to about a
    /// tenth of a second for a hostile password. In async code it belongs in `spawn_blocking`.
    #[must_use]
    pub fn broken(self, password: &str, personal: &[&str]) -> Vec<Broken> {
        let rules = self.rules().iter().copied();
        rules.filter(|rule| rule.by(password, personal)).collect()
    }
}

impl Broken {
    /// The rule's id, by which translations are looked up.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "password-too-short",
            Self::TooLong { .. } => "password-too-long",
            Self::NoUpper => "password-no-upper",
            Self::NoLower => "password-no-lower",
            Self::NoDigit => "password-no-digit",
            Self::NoSpecial => "password-no-special",
            Self::Common => "password-common",
            Self::Guessable => "password-guessable",
            Self::Personal => "password-personal",
        }
    }

    /// Whether the password breaks this rule.
    fn by(self, password: &str, personal: &[&str]) -> bool {
        match self {
            Self::TooShort { min } => password.chars().count() < min,
            Self::TooLong { max } => password.chars().count() > max,
            Self::NoUpper => !password.chars().any(char::is_uppercase),
            Self::NoLower => !password.chars().any(char::is_lowercase),
            Self::NoDigit => !password.chars().any(|c| c.is_ascii_digit()),
            Self::NoSpecial => !password.chars().any(|c| SPECIAL.contains(c)),
            Self::Common => is_common(password),
            Self::Guessable => is_guessable(password, personal),
            Self::Personal => is_personal(password, personal),
        }
    }

    /// Whether the rule is said with "be" and not with "have".
    fn is_quality(self) -> bool {
        matches!(self, Self::Common | Self::Guessable | Self::Personal)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { min } => write!(f, "at least {min} characters"),
            Self::TooLong { max } => write!(f, "at most {max} characters"),
            Self::NoUpper => f.write_str("an upper-case letter"),
            Self::NoLower => f.write_str("a lower-case letter"),
            Self::NoDigit => f.write_str("a digit"),
            Self::NoSpecial => f.write_str("one of ! @ # $ % * &"),
            Self::Common => f.write_str("not one of the passwords that attackers try first"),
            Self::Guessable => f.write_str("not guessable by its pattern"),
            Self::Personal => f.write_str("without your name or address"),
        }
    }
}

/// The refusal of a password: `invalidValue`, with every broken rule in one sentence.
#[must_use]
pub fn error(broken: &[Broken]) -> Error {
    let (be, have): (Vec<Broken>, Vec<Broken>) = broken.iter().partition(|rule| rule.is_quality());
    let detail = match (have.is_empty(), be.is_empty()) {
        (false, false) => format!(
            "the password must have {}; it must also be {}",
            listed(&have),
            listed(&be)
        ),
        (false, true) => format!("the password must have {}", listed(&have)),
        (true, false) => format!("the password must be {}", listed(&be)),
        (true, true) => "the password is not acceptable".to_owned(),
    };
    Error::invalid_value(detail)
}

fn listed(rules: &[Broken]) -> String {
    let parts: Vec<String> = rules.iter().map(Broken::to_string).collect();
    match parts.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// The 10,000 most used passwords in lower case, in the order of their bytes.
static COMMON: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../../assets/passwords/common.txt")
        .lines()
        .collect()
});

/// Whether the password is a common one, whatever its case, or becomes one when decoration is taken off.
///
/// Most common passwords are shorter than what `asvs` demands, so people lengthen them. In turns, a text that is
/// repeated is reduced to one copy, and what surrounds the first and last letter is cut off:
/// `PasswordPassword` and `123password2024!` both come down to `password`.
fn is_common(password: &str) -> bool {
    let lower = beginning(password, MAX_CHARACTERS).to_lowercase();
    let mut rest = lower.as_str();
    loop {
        let single = without_repetition(rest);
        let bare = single.trim_matches(|c: char| !c.is_alphabetic());
        if is_listed(rest) || is_listed(single) || is_listed(bare) {
            return true;
        }
        if bare.len() == rest.len() {
            return false;
        }
        rest = bare;
    }
}

fn is_listed(password: &str) -> bool {
    COMMON.binary_search(&password).is_ok()
}

/// The shortest text of which this one is a whole number of copies.
fn without_repetition(text: &str) -> &str {
    for (length, _) in text.char_indices().skip(1) {
        let Some((unit, rest)) = text.split_at_checked(length) else {
            continue;
        };
        // A text that starts with its own remainder has a period; with a length that divides, it is made of copies.
        if text.len().is_multiple_of(length) && text.starts_with(rest) {
            return unit;
        }
    }
    text
}

fn is_guessable(password: &str, personal: &[&str]) -> bool {
    let known = known_parts(personal);
    let whole = personal.iter().map(|text| beginning(text, PERSONAL_MAX));
    let known: Vec<&str> = whole.chain(known.iter().map(String::as_str)).collect();
    zxcvbn(estimated(password), &known).score() < Score::Three
}

/// The part of a password whose guesses are estimated, cut so that this takes bounded time.
fn estimated(password: &str) -> &str {
    let password = beginning(password, ESTIMATED_CHARACTERS);
    let lookalikes = LOOKALIKES.chars().filter(|c| password.contains(*c)).count();
    if lookalikes > MANY_LOOKALIKES {
        beginning(password, ESTIMATED_LOOKALIKE_CHARACTERS)
    } else {
        password
    }
}

fn is_personal(password: &str, personal: &[&str]) -> bool {
    let password = password.to_lowercase();
    let known = known_parts(personal);
    known.iter().any(|part| password.contains(part.as_str()))
}

/// What is known of the owner as texts to look for, in lower case.
///
/// An address counts with its local part only: the domain is that of many. What consists of several words counts as a
/// whole and by its words, so that `anna.schmidt` stands for `schmidt` as well; words without a letter, such as a
/// year, do not count.
fn known_parts(personal: &[&str]) -> Vec<String> {
    let mut parts = Vec::new();
    for text in personal {
        let text = beginning(text.trim(), PERSONAL_MAX).to_lowercase();
        let local = text
            .split_once('@')
            .map_or(text.as_str(), |(local, _)| local);
        let words = local.split(|c: char| !c.is_alphanumeric());
        let words = words.filter(|word| word.chars().any(char::is_alphabetic));
        for part in std::iter::once(local).chain(words) {
            if part.chars().count() >= PERSONAL_MIN && !parts.iter().any(|known| known == part) {
                parts.push(part.to_owned());
            }
        }
    }
    parts
}

/// The first characters of a text.
fn beginning(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters).map(|(end, _)| end);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// What temporary passwords are made of: no 0 and o, no 1, i and l. Fewer than 32, so that five bits choose one.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS: usize = 4;
const GROUP_CHARACTERS: usize = 5;
const SEPARATOR: char = '#';
/// Nearly every draw satisfies both presets; this many failures in a row mean that the random bytes are none.
const MAX_DRAWS: usize = 100;

/// A temporary password of 99 bits that is easy to read out and to type and satisfies both presets.
///
/// Four groups of five lower-case letters and digits, joined by `#`; the first letter is in upper case. Look-alikes
/// are left out. It is not checked against the owner's names, of which it knows nothing.
///
/// Blocks as [`Policy::broken`] does.
///
/// # Errors
/// `internal` when the system has no random bytes.
pub fn generate() -> Result<String> {
    for _ in 0..MAX_DRAWS {
        let password = draw()?;
        let mut broken = [Policy::Seed, Policy::Asvs]
            .into_iter()
            .flat_map(|policy| policy.broken(&password, &[]));
        if broken.next().is_none() {
            return Ok(password);
        }
    }
    Err(Error::internal(
        "no temporary password could be made: the system's random bytes are not random",
    ))
}

/// One candidate; without a digit or a letter now and then.
fn draw() -> Result<String> {
    let mut password = String::with_capacity(GROUPS * (GROUP_CHARACTERS + 1));
    let mut has_letter = false;
    for position in 0..GROUPS * GROUP_CHARACTERS {
        if position > 0 && position.is_multiple_of(GROUP_CHARACTERS) {
            password.push(SEPARATOR);
        }
        let character = char::from(draw_one()?);
        if !has_letter && character.is_ascii_alphabetic() {
            has_letter = true;
            password.push(character.to_ascii_uppercase());
        } else {
            password.push(character);
        }
    }
    Ok(password)
}

/// One character of the alphabet, each as likely as any other: five bits, drawn again when they point past its end.
fn draw_one() -> Result<u8> {
    for _ in 0..MAX_DRAWS {
        let mut byte = [0_u8];
        getrandom::fill(&mut byte)
            .map_err(|error| Error::internal("the system has no random bytes").caused_by(error))?;
        let [byte] = byte;
        if let Some(character) = ALPHABET.get(usize::from(byte & 31)) {
            return Ok(*character);
        }
    }
    Err(Error::internal("the system's random bytes are not random"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    const STRONG: &str = "velvet-osprey-turbine-quilt";

    fn asvs(password: &str, personal: &[&str]) -> Vec<Broken> {
        Policy::Asvs.broken(password, personal)
    }

    #[test]
    fn seed_names_every_rule_in_order() {
        use Broken::{NoDigit, NoLower, NoSpecial, NoUpper, TooLong, TooShort};
        let cases: &[(&str, &[Broken])] = &[
            ("Passw0rd!", &[]),
            ("Passw0r!", &[]),
            ("Pas0r!a", &[TooShort { min: 8 }]),
            ("password", &[NoUpper, NoDigit, NoSpecial]),
            ("PASSWORD1?", &[NoLower, NoSpecial]),
            (
                "",
                &[TooShort { min: 8 }, NoUpper, NoLower, NoDigit, NoSpecial],
            ),
            ("Ümläut9&", &[]),
            ("Passwor٣!", &[NoDigit]),
        ];
        for (password, broken) in cases {
            assert_eq!(Policy::Seed.broken(password, &[]), *broken, "{password}");
        }
        let long = format!("Aa1!{}", "x".repeat(124));
        assert_eq!(Policy::Seed.broken(&long, &[]), []);
        assert_eq!(
            Policy::Seed.broken(&format!("{long}x"), &[]),
            [TooLong { max: 128 }]
        );
    }

    #[test]
    fn each_special_character_satisfies_seed() {
        for c in SPECIAL.chars() {
            assert_eq!(Policy::Seed.broken(&format!("Abcdefg1{c}"), &[]), []);
        }
        for c in "?-_^()=+ §".chars() {
            assert_eq!(
                Policy::Seed.broken(&format!("Abcdefg1{c}"), &[]),
                [Broken::NoSpecial]
            );
        }
    }

    #[test]
    fn seed_knows_nothing_of_lists_and_names() {
        assert_eq!(Policy::Seed.broken("Password1!", &["Password"]), []);
    }

    #[test]
    fn asvs_wants_length_and_no_composition() {
        assert_eq!(asvs(STRONG, &[]), []);
        assert_eq!(asvs("vqzt wkfj hdrm", &[]), [Broken::TooShort { min: 15 }]);
        assert_eq!(asvs("vqzt wkfj hdrmx", &[]), []);
        let long = format!("{STRONG}{}", "z".repeat(128));
        assert_eq!(asvs(&long, &[]), [Broken::TooLong { max: 128 }]);
    }

    #[test]
    fn the_longest_password_has_at_most_512_bytes() {
        let widest = char::MAX.to_string().repeat(MAX_CHARACTERS);
        assert_eq!(widest.len(), 512);
    }

    #[test]
    fn characters_are_scalar_values() {
        let four_bytes = "\u{1F980}".repeat(14);
        assert!(asvs(&four_bytes, &[]).contains(&Broken::TooShort { min: 15 }));
    }

    #[test]
    fn common_passwords_are_known_with_their_decoration() {
        for password in [
            "password",
            "PASSWORD",
            "PasswordPassword",
            "passwordpasswordpassword",
            "Password1Password1",
            "Password!1234567890",
            "2024!!password!!2024",
            "!passwordpassword1",
            "123456789123456789",
            "qwertyuiopqwertyuiop",
        ] {
            assert!(is_common(password), "{password}");
        }
        for password in ["", "1", "!!!!!!!!!!!!!!!!!!", "🦀🦀", STRONG] {
            assert!(!is_common(password), "{password}");
        }
        assert!(asvs("Dragon2024!!!!!", &[]).contains(&Broken::Common));
    }

    #[test]
    fn a_repetition_is_reduced_to_one_copy() {
        for (text, unit) in [
            ("", ""),
            ("a", "a"),
            ("aaaa", "a"),
            ("abab", "ab"),
            ("ababa", "ababa"),
            ("abcab", "abcab"),
            ("éaéa", "éa"),
            ("abaaba", "aba"),
        ] {
            assert_eq!(without_repetition(text), unit, "{text}");
        }
    }

    #[test]
    fn patterns_are_guessable() {
        for password in [
            "aaaaaaaaaaaaaaaaaaaa",
            "abcdefghijklmnopq",
            "qwertyuiopasdfghjkl",
            "",
        ] {
            assert!(
                asvs(password, &[]).contains(&Broken::Guessable),
                "{password}"
            );
        }
    }

    #[test]
    fn what_is_known_of_the_owner_is_refused() {
        for (password, personal) in [
            ("velvet-osprey-BJENSEN-quilt", "bjensen@example.com"),
            ("velvet-osprey-bjensen-quilt", "BJensen"),
            ("velvet-osprey-schmidt-quilt", "Anna Schmidt"),
            ("velvet-osprey-schmidt-quilt", "anna.schmidt@example.com"),
            ("velvet-osprey-schmidt-quilt", "  anna_schmidt  "),
            ("velvet-ÖZTÜRK-turbine-quilt", "öztürk"),
        ] {
            assert!(
                asvs(password, &[personal]).contains(&Broken::Personal),
                "{password} {personal}"
            );
        }
        for personal in [
            "",
            "@",
            "vel",
            "a.b.c",
            "someone@velvet.example",
            "1234",
            "turbines",
        ] {
            assert_eq!(asvs(STRONG, &[personal]), [], "{personal}");
        }
    }

    #[test]
    fn a_number_in_a_name_is_not_personal_by_itself() {
        assert_eq!(asvs("velvet-osprey-2024-quilt", &["anna.2024"]), []);
        assert_eq!(
            asvs("velvet-osprey-20241111-quilt", &["20241111"]),
            [Broken::Personal]
        );
    }

    #[test]
    fn the_list_is_sorted_lower_case_and_whole() {
        assert_eq!(COMMON.len(), 10_000);
        assert!(COMMON.is_sorted_by(|one, next| one < next));
        assert!(
            COMMON
                .iter()
                .all(|one| !one.is_empty() && *one == one.to_lowercase())
        );
        assert!(COMMON.iter().all(|one| is_common(one)));
    }

    #[test]
    fn rules_have_codes_and_reports_follow_their_order() {
        let all: HashSet<Broken> = SEED.iter().chain(ASVS).copied().collect();
        let codes: HashSet<&str> = all.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), 9);
        assert!(codes.iter().all(|code| code.starts_with("password-")));
        assert_eq!(
            asvs("password", &["password"]),
            [
                Broken::TooShort { min: 15 },
                Broken::Common,
                Broken::Guessable,
                Broken::Personal
            ]
        );
    }

    #[test]
    fn presets_have_names() {
        for (policy, name) in Policy::NAMES {
            assert_eq!(policy.name(), *name);
            assert_eq!(Policy::named(name), Some(*policy));
        }
        assert_eq!(Policy::named("Seed"), None);
    }

    #[test]
    fn the_error_names_each_rule() {
        let cases: &[(&[Broken], &str)] = &[
            (&[Broken::NoDigit], "the password must have a digit"),
            (
                &[
                    Broken::TooShort { min: 8 },
                    Broken::NoUpper,
                    Broken::NoSpecial,
                ],
                "the password must have at least 8 characters, an upper-case letter and one of ! @ # $ % * &",
            ),
            (
                &[Broken::Common, Broken::Personal],
                "the password must be not one of the passwords that attackers try first and without your name or address",
            ),
            (
                &[Broken::TooShort { min: 15 }, Broken::Guessable],
                "the password must have at least 15 characters; it must also be not guessable by its pattern",
            ),
            (&[], "the password is not acceptable"),
        ];
        for (broken, detail) in cases {
            let error = error(broken);
            assert_eq!(error.detail(), *detail);
            assert_eq!(error.kind().scim_type(), Some("invalidValue"));
        }
    }

    #[test]
    fn generated_passwords_satisfy_both_presets_and_differ() {
        let mut seen = HashSet::new();
        for _ in 0..2_000 {
            let password = generate().unwrap();
            assert_eq!(Policy::Seed.broken(&password, &[]), [], "{password}");
            assert_eq!(Policy::Asvs.broken(&password, &[]), [], "{password}");
            assert_eq!(password.len(), 23);
            assert!(password.split('#').all(|group| group.len() == 5));
            assert!(
                !password.contains(['0', 'O', 'o', '1', 'l', 'I', 'i', 'L']),
                "{password}"
            );
            assert!(seen.insert(password));
        }
    }

    #[test]
    fn every_character_is_as_likely_as_any_other() {
        let mut counts = [0_i32; 256];
        let draws = 31_000;
        for _ in 0..draws {
            counts[usize::from(draw_one().unwrap())] += 1;
        }
        for c in ALPHABET {
            // Six standard deviations of a count with mean 1,000.
            let count = counts[usize::from(*c)];
            assert!((count - 1_000).abs() < 190, "{} {count}", char::from(*c));
        }
        assert_eq!(ALPHABET.len(), 31);
    }

    #[test]
    fn hostile_passwords_take_bounded_time() {
        let names: Vec<String> = (0..50).map(|n| format!("name{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let _ = asvs(STRONG, &names);
        for password in [
            "4@8({[<369&1!|170$5+7%2".repeat(100),
            // As many look-alikes as are let through at full length, chosen to have the most readings.
            "({[<1!|7".repeat(100),
            "({[<1|7+".repeat(100),
            "45({[<7+".repeat(100),
            "4@({[<1|".repeat(100),
            "a".repeat(100_000),
            "abcdefghij".repeat(1_000),
            "1991-12-31".repeat(1_000),
            "1".repeat(1_000),
            "pA5$w0rd".repeat(1_000),
            "\u{130}".repeat(1_000),
        ] {
            let start = Instant::now();
            let _ = asvs(&password, &names);
            let taken = start.elapsed();
            assert!(taken < Duration::from_secs(2), "{taken:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_is_answered(password in "\\PC{0,140}", name in "\\PC{0,20}") {
            let broken = asvs(&password, &[&name]);
            prop_assert_eq!(broken.contains(&Broken::TooLong { max: 128 }), password.chars().count() > 128);
            let _ = Policy::Seed.broken(&password, &[&name]);
        }
    }
}
