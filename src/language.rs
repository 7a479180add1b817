//! The languages that people are addressed in.
//!
//! The words live in `assets/languages/{tag}/*.ftl`, in Fluent, and are part of the program.
//! English is the source: a message that another language lacks is said in English.

#[cfg(test)]
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

/// The files of one language; a file more is a line more here.
macro_rules! files {
    ($tag:literal) => {
        &[
            include_str!(concat!("../assets/languages/", $tag, "/common.ftl")),
            include_str!(concat!("../assets/languages/", $tag, "/mail.ftl")),
            include_str!(concat!("../assets/languages/", $tag, "/account.ftl")),
            include_str!(concat!("../assets/languages/", $tag, "/console.ftl")),
            include_str!(concat!("../assets/languages/", $tag, "/console_log.ftl")),
            include_str!(concat!("../assets/languages/", $tag, "/console_audit.ftl")),
            include_str!(concat!(
                "../assets/languages/",
                $tag,
                "/console_attributes.ftl"
            )),
            include_str!(concat!(
                "../assets/languages/",
                $tag,
                "/console_settings.ftl"
            )),
            include_str!(concat!(
                "../assets/languages/",
                $tag,
                "/console_workbench.ftl"
            )),
        ]
    };
}

/// A longer text is no list of languages.
const PREFERENCE_BYTES: usize = 1000;
/// What a preference says after so many languages does not matter any more.
const RANGES: usize = 32;

static BUNDLES: LazyLock<Vec<(Language, Bundle)>> = LazyLock::new(|| {
    let languages = Language::ALL.iter().copied();
    #[cfg(test)]
    let languages = languages.chain([Language::Pseudo]);
    languages
        .map(|language| (language, language.read_bundle()))
        .collect()
});

/// A time zone of the IANA database, which is part of the program. UTC by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl Zone {
    /// The time zone of that name, such as `Europe/Berlin`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }
}

/// A language that people can be addressed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// The source, and what is spoken where nothing else is wanted.
    English,
    /// German, with "Sie".
    German,
    /// French, with "vous".
    French,
    /// Spanish, with "usted".
    Spanish,
    /// Japanese, in the polite form.
    Japanese,
    /// English with accents and longer, to find words that bypass the translation.
    #[cfg(test)]
    Pseudo,
}

struct Details {
    tag: &'static str,
    name: &'static str,
    direction: &'static str,
    files: &'static [&'static str],
}

impl Language {
    /// Every language, in the order of a menu.
    pub const ALL: &[Self] = &[
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Japanese,
    ];

    /// English with accents and longer, to find words that bypass the translation.
    #[cfg(test)]
    pub const PSEUDO: Self = Self::Pseudo;

    fn details(self) -> Details {
        let (tag, name, files): (_, _, &'static [&'static str]) = match self {
            Self::English => ("en", "English", files!("en")),
            Self::German => ("de", "Deutsch", files!("de")),
            Self::French => ("fr", "Français", files!("fr")),
            Self::Spanish => ("es", "Español", files!("es")),
            Self::Japanese => ("ja", "日本語", files!("ja")),
            #[cfg(test)]
            Self::Pseudo => ("en-XA", "Éñĝļîšħ", files!("en")),
        };
        Details {
            tag,
            name,
            direction: "ltr",
            files,
        }
    }

    /// The language's tag (RFC 5646): `de`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.details().tag
    }

    /// The language's name in itself: `Deutsch`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.details().name
    }

    /// Which way the language is written, `ltr` or `rtl`, as the `dir` attribute of HTML has it.
    #[must_use]
    pub fn direction(self) -> &'static str {
        self.details().direction
    }

    /// The language of a tag, exactly or by its primary subtag, ignoring case; `de_AT` counts as `de-AT`.
    #[must_use]
    pub fn tagged(tag: &str) -> Option<Self> {
        let same = |wanted: &str| {
            let mut languages = Self::ALL.iter().copied();
            languages.find(|language| language.tag().eq_ignore_ascii_case(wanted))
        };
        let tag = tag.trim();
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        same(tag).or_else(|| same(primary))
    }

    /// The best language for somebody, by lookup (RFC 4647 §3.4).
    ///
    /// Each preference is the value of an `Accept-Language` header or of `preferredLanguage`
    /// (RFC 7643 §4.1.1): `de-AT,en;q=0.8`. The first one that names a language wins; what is not
    /// well-formed is passed over. English, if none does.
    #[must_use]
    pub fn negotiate(preferences: &[&str]) -> Self {
        let mut languages = preferences
            .iter()
            .filter_map(|preference| Self::preferred(preference));
        languages.next().unwrap_or(Self::English)
    }

    fn preferred(preference: &str) -> Option<Self> {
        if preference.len() > PREFERENCE_BYTES {
            return None;
        }
        let mut ranges: Vec<(&str, u16)> = preference
            .split(',')
            .take(RANGES)
            .filter_map(read_range)
            .collect();
        ranges.sort_by_key(|(_, quality)| std::cmp::Reverse(*quality));
        let is_refused = |language: Self| {
            ranges
                .iter()
                .any(|(range, quality)| *quality == 0 && range.eq_ignore_ascii_case(language.tag()))
        };
        ranges
            .iter()
            .filter(|(_, quality)| *quality > 0)
            .filter_map(|(range, _)| Self::tagged(range))
            .find(|language| !is_refused(*language))
    }

    /// A message without variables.
    ///
    /// One that the language lacks is said in English; one that does not exist gives its own id.
    #[must_use]
    pub fn text(self, id: &str) -> String {
        self.say(id, None)
    }

    /// A message with variables, each a name and a text.
    #[must_use]
    pub fn format(self, id: &str, arguments: &[(&str, &str)]) -> String {
        self.say(id, Some(&read_arguments(arguments)))
    }

    /// A message whose form depends on a number, which is its variable `name`.
    #[must_use]
    pub fn counted(self, id: &str, name: &str, number: i64, arguments: &[(&str, &str)]) -> String {
        let mut values = read_arguments(arguments);
        values.set(name, FluentValue::from(number));
        self.say(id, Some(&values))
    }

    /// A moment as people write it, to the minute, in UTC; a text that is no moment (RFC 3339) is given back.
    #[must_use]
    pub fn moment(self, moment: &str) -> String {
        match moment.parse::<Timestamp>() {
            Ok(read) => self.moment_in(read.as_microsecond(), &Zone::default()),
            Err(_) => moment.to_owned(),
        }
    }

    /// A moment, in microseconds since 1970 UTC, as people of a time zone write it, to the minute.
    #[must_use]
    pub fn moment_in(self, moment: i64, zone: &Zone) -> String {
        let Ok(read) = Timestamp::from_microsecond(moment) else {
            return moment.to_string();
        };
        let there = read.to_zoned(zone.0.clone());
        let year = there.year().to_string();
        let abbreviation = zone.0.to_offset_info(read).abbreviation().to_owned();
        let clock = format!("{:02}:{:02}", there.hour(), there.minute());
        let mut values =
            read_arguments(&[("year", &year), ("clock", &clock), ("zone", &abbreviation)]);
        // Numbers, for languages that choose a word by them.
        values.set("month", FluentValue::from(there.month()));
        values.set("day", FluentValue::from(there.day()));
        self.say("moment", Some(&values))
    }

    fn say(self, id: &str, arguments: Option<&FluentArgs>) -> String {
        [self, Self::English]
            .into_iter()
            .find_map(|language| language.say_itself(id, arguments))
            .unwrap_or_else(|| id.to_owned())
    }

    fn say_itself(self, id: &str, arguments: Option<&FluentArgs>) -> Option<String> {
        let (_, bundle) = BUNDLES.iter().find(|(language, _)| *language == self)?;
        let pattern = bundle.get_message(id)?.value()?;
        // What cannot be resolved stands in the text as its name; the tests see to it that none is left.
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, arguments, &mut errors);
        Some(text.into_owned())
    }

    fn read_bundle(self) -> Bundle {
        let details = self.details();
        let tag: LanguageIdentifier = details.tag.parse().unwrap_or_default();
        let mut bundle = Bundle::new_concurrent(vec![tag]);
        // The marks would end up in subjects, links and copied text.
        bundle.set_use_isolating(false);
        #[cfg(test)]
        if self == Self::Pseudo {
            bundle.set_transform(Some(tests::disguise));
        }
        for file in details.files {
            let resource = match FluentResource::try_new((*file).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        bundle
    }

    /// The ids of all messages, for tests that look for words that were not translated.
    #[cfg(test)]
    #[must_use]
    pub fn ids() -> HashSet<&'static str> {
        let files = Self::English.details().files;
        let lines = files.iter().flat_map(|file| file.lines());
        lines.filter_map(message_of).collect()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

fn read_arguments<'a>(arguments: &[(&'a str, &'a str)]) -> FluentArgs<'a> {
    let mut values = FluentArgs::with_capacity(arguments.len().saturating_add(1));
    for (name, text) in arguments {
        values.set(*name, FluentValue::from(*text));
    }
    values
}

/// A language range and its quality in thousandths (RFC 9110 §12.4.2).
fn read_range(element: &str) -> Option<(&str, u16)> {
    let (range, weight) = match element.split_once(';') {
        Some((range, weight)) => (range, Some(weight)),
        None => (element, None),
    };
    let range = range.trim();
    let is_range = (1..=35).contains(&range.len())
        && range
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_range {
        return None;
    }
    let quality = weight.map_or(Some(1000), read_quality)?;
    Some((range, quality))
}

fn read_quality(weight: &str) -> Option<u16> {
    let (name, value) = weight.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let value = value.trim();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let is_number = matches!(whole, "0" | "1")
        && fraction.len() <= 3
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return None;
    }
    let quality: u16 = format!("{whole}{fraction:0<3}").parse().ok()?;
    (quality <= 1000).then_some(quality)
}

/// The id, if a message begins on this line.
#[cfg(test)]
fn message_of(line: &str) -> Option<&str> {
    let (id, _) = line.split_once('=')?;
    let id = id.trim_end();
    let is_id = id.starts_with(|first: char| first.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_id.then_some(id)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Messages that may read the same everywhere: names, and words that are spelt alike.
    const ALIKE: &[&str] = &[];

    /// Every vowel has an accent and stands twice.
    pub(super) fn disguise(text: &str) -> Cow<'_, str> {
        let twice = |c: char| match c.to_ascii_lowercase() {
            'a' => Some('á'),
            'e' => Some('é'),
            'i' => Some('í'),
            'o' => Some('ó'),
            'u' => Some('ú'),
            _ => None,
        };
        let disguise = |c: char| match twice(c) {
            Some(accented) => vec![accented; 2],
            None => vec![c],
        };
        Cow::Owned(text.chars().flat_map(disguise).collect())
    }

    /// The messages of a language, each with the names of its variables and of the terms it uses.
    fn messages(language: Language) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let mut messages: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for file in language.details().files {
            let mut current = None;
            for line in file.lines().filter(|line| !line.starts_with('#')) {
                if let Some(id) = message_of(line) {
                    assert!(
                        !messages.contains_key(id),
                        "{} says {id} twice",
                        language.tag()
                    );
                    messages.insert(id, BTreeSet::new());
                    current = Some(id);
                } else if line.starts_with('-') {
                    current = None;
                }
                let Some(variables) = current.and_then(|id| messages.get_mut(id)) else {
                    continue;
                };
                let names = line.split('$').skip(1).map(|rest| {
                    let end = rest
                        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
                        .unwrap_or(rest.len());
                    &rest[..end]
                });
                variables.extend(names);
            }
        }
        messages
    }

    fn said(language: Language, id: &str, variables: &BTreeSet<&str>, number: i64) -> String {
        let mut arguments = FluentArgs::new();
        for name in variables {
            // A selector needs a number; in other places a number reads well enough.
            arguments.set(*name, FluentValue::from(number));
        }
        language.say_itself(id, Some(&arguments)).expect(id)
    }

    #[test]
    fn every_file_is_well_formed() {
        for language in Language::ALL {
            for file in language.details().files {
                let read = FluentResource::try_new((*file).to_owned());
                assert!(read.is_ok(), "{language}: {:?}", read.err().map(|(_, e)| e));
            }
        }
    }

    #[test]
    fn every_language_has_every_message_with_the_same_variables() {
        let source = messages(Language::English);
        assert!(!source.is_empty());
        for language in Language::ALL {
            assert_eq!(messages(*language), source, "{language}");
        }
        assert_eq!(Language::ids().len(), source.len());
    }

    #[test]
    fn every_message_can_be_said_without_an_error() {
        for (id, variables) in messages(Language::English) {
            for language in Language::ALL {
                for number in [0, 1, 2, 5, 12] {
                    let text = said(*language, id, &variables, number);
                    let is_clean = !text.contains('{') && !text.trim().is_empty();
                    assert!(is_clean, "{language} {id}: {text}");
                }
            }
        }
    }

    #[test]
    fn every_message_is_translated() {
        for (id, variables) in messages(Language::English) {
            let source = said(Language::English, id, &variables, 5);
            let others = Language::ALL.iter().skip(1);
            let is_alike = others
                .clone()
                .all(|language| said(*language, id, &variables, 5) == source);
            assert_eq!(is_alike, ALIKE.contains(&id), "{id}: {source}");
        }
    }

    #[test]
    fn the_pseudo_language_disguises_the_words_but_not_the_variables() {
        let text = Language::PSEUDO.format("mail-greeting", &[("name", "Anna")]);
        assert!(text.contains("Anna") && text.contains("éé"), "{text}");
        assert_eq!(Language::PSEUDO.tag(), "en-XA");
        assert!(!Language::ALL.contains(&Language::PSEUDO));
    }

    #[test]
    fn a_message_that_does_not_exist_gives_its_id() {
        assert_eq!(Language::German.text("no-such-message"), "no-such-message");
        assert_eq!(
            Language::Japanese.format("no{such", &[("a", "b")]),
            "no{such"
        );
    }

    #[test]
    fn a_value_is_not_read_as_words() {
        let text = Language::English.format("mail-greeting", &[("name", "{ $name } { -product }")]);
        assert!(text.contains("{ $name } { -product }"), "{text}");
        assert!(!text.contains('\u{2068}'));
    }

    #[test]
    fn tags_are_found_by_their_primary_subtag() {
        let cases = [
            ("de", Some(Language::German)),
            ("DE", Some(Language::German)),
            ("de-AT", Some(Language::German)),
            ("fr_CA", Some(Language::French)),
            ("ja-Jpan-JP-u-ca-japanese", Some(Language::Japanese)),
            (" es ", Some(Language::Spanish)),
            ("en-XA", Some(Language::English)),
            ("deu", None),
            ("x-de", None),
            ("*", None),
            ("", None),
            ("-de", None),
            ("日本語", None),
        ];
        for (tag, language) in cases {
            assert_eq!(Language::tagged(tag), language, "{tag}");
        }
        for language in Language::ALL {
            assert_eq!(Language::tagged(language.tag()), Some(*language));
        }
    }

    #[test]
    fn a_language_is_negotiated() {
        let long = "de,".repeat(1000);
        let many = format!("{}de", "x,".repeat(40));
        let cases: &[(&[&str], &str)] = &[
            (&[], "en"),
            (&[""], "en"),
            (&["de"], "de"),
            (&["de-AT,en;q=0.8"], "de"),
            (&["en;q=0.8,de-AT"], "de"),
            (&["en;q=0.8, fr;q=0.9 , de;q=0.85"], "fr"),
            (&["fr;q=0.5,es;q=0.5"], "fr"),
            (&["it,es;q=0.3"], "es"),
            (&["it", "fr-CH"], "fr"),
            (&["it", "pt", "zh"], "en"),
            (&["ja", "de"], "ja"),
            (&["*", "de"], "de"),
            (&["*-CH,fr;q=0.1"], "fr"),
            (&["de;q=0,fr;q=0.1"], "fr"),
            (&["de;q=0"], "en"),
            (&["de;q=0.000", "de"], "de"),
            (&["de-AT,de;q=0,es;q=0.1"], "es"),
            (&["de-AT;q=0,de;q=0.5"], "de"),
            (&["de;Q=0.2,fr; q=0.3"], "fr"),
            (&["de;q=2,fr;q=0.1"], "fr"),
            (&["de;q=1.001,fr;q=0.1"], "fr"),
            (&["de;q=-1,fr;q=0.1"], "fr"),
            (&["de;q=0.12345,fr;q=0.1"], "fr"),
            (&["de;q=NaN,fr;q=0.1"], "fr"),
            (&["de;level=1,fr;q=0.1"], "fr"),
            (&["de\r\nSet-Cookie: a", "fr"], "fr"),
            (&["<script>,../../etc,fr"], "fr"),
            (&["\u{0}\u{202e}de", "ja"], "ja"),
            (&[",,,;;;===,q=1,fr"], "fr"),
            (&["en_US", "de"], "en"),
            (&[&long, "fr"], "fr"),
            (&[&many, "fr"], "fr"),
        ];
        for (preferences, tag) in cases {
            assert_eq!(
                Language::negotiate(preferences).tag(),
                *tag,
                "{preferences:?}"
            );
        }
    }

    #[test]
    fn a_moment_is_written_as_the_language_does() {
        let cases = [
            (Language::English, "7 March 2026 at 09:05 UTC"),
            (Language::German, "7. März 2026 um 09:05 Uhr (UTC)"),
            (Language::French, "7 mars 2026 à 09:05 (UTC)"),
            (Language::Spanish, "7 de marzo de 2026 a las 09:05 (UTC)"),
            (Language::Japanese, "2026年3月7日 09:05(UTC)"),
        ];
        for (language, text) in cases {
            assert_eq!(language.moment("2026-03-07T10:05:59.5+01:00"), text);
            assert_eq!(language.moment("soon"), "soon");
        }
        assert_eq!(
            Language::French.moment("2026-01-01T00:00:00Z"),
            "1er janvier 2026 à 00:00 (UTC)"
        );
    }
}
