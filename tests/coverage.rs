//! Which requirements of the standards tests show: `requirements.txt` knows them all, and what no test shows has its reason
//! there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::conformance::FOLDERS;
use crate::support::conversation::{files, load};

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// As RFC 2119 has them, and two of ours: where the text leaves room, and where clients deviate from it.
const LEVELS: [&str; 7] = [
    "MUST",
    "MUST NOT",
    "SHOULD",
    "SHOULD NOT",
    "MAY",
    "READING",
    "INTEROP",
];

/// The level that asks for nothing.
const OPTIONAL: &str = "MAY";

/// A fact stands on one line.
const MAX_FACT_CHARACTERS: usize = 110;

/// The width of the README.
const MAX_LINE_CHARACTERS: usize = 120;

/// One line of the list.
struct Requirement {
    id: &'static str,
    level: &'static str,
    fact: &'static str,
    /// Why no test shows it.
    why: Option<&'static str>,
}

impl Requirement {
    fn parse(line: &'static str) -> Result<Self, String> {
        let columns: Vec<&str> = line.split(" | ").collect();
        let (id, level, fact, why) = match columns.as_slice() {
            [id, level, fact] => (*id, *level, *fact, None),
            [id, level, fact, reason] => (*id, *level, *fact, Some(*reason)),
            _ => return Err(format!("neither three columns nor four: {line}")),
        };
        let why = match why.map(|reason| reason.strip_prefix("why: ")) {
            None => None,
            Some(Some(reason)) if !reason.trim().is_empty() => Some(reason),
            Some(_) => return Err(format!("{id}: the fourth column is \"why: \" and a reason")),
        };
        if !is_id(id) {
            return Err(format!("{id}: not an id"));
        }
        if !LEVELS.contains(&level) {
            return Err(format!("{id}: {level:?} is none of {}", LEVELS.join(", ")));
        }
        let length = fact.chars().count();
        if fact.trim().is_empty() || length > MAX_FACT_CHARACTERS {
            return Err(format!("{id}: a fact of {length} characters"));
        }
        Ok(Self {
            id,
            level,
            fact,
            why,
        })
    }
}

/// A letter for the document, its section where it has any, and a number of two digits: `P-3.4.2.2-01`, `I-01`.
fn is_id(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (document, section, number) = match text.split('-').collect::<Vec<_>>().as_slice() {
        [document, number] => (*document, None, *number),
        [document, section, number] => (*document, Some(*section), *number),
        _ => return false,
    };
    document.len() == 1
        && document.bytes().all(|b| b.is_ascii_uppercase())
        && section.is_none_or(|section| section.split('.').all(is_number))
        && number.len() == 2
        && is_number(number)
}

/// The list, and what is wrong with it.
fn read_list(text: &'static str) -> (Vec<Requirement>, Vec<String>) {
    let (mut requirements, mut faults) = (Vec::new(), Vec::new());
    let mut ids = BTreeSet::new();
    let mut is_in_group = false;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with('#') {
            is_in_group |= line.starts_with("## ");
            continue;
        }
        match Requirement::parse(line) {
            Ok(requirement) => {
                if !is_in_group {
                    faults.push(format!("{}: stands before the first group", requirement.id));
                }
                if !ids.insert(requirement.id) {
                    faults.push(format!("{}: stands in the list twice", requirement.id));
                }
                requirements.push(requirement);
            }
            Err(fault) => faults.push(fault),
        }
    }
    (requirements, faults)
}

fn requirements() -> Vec<Requirement> {
    let (requirements, faults) = read_list(REQUIREMENTS);
    assert!(
        faults.is_empty(),
        "tests/requirements.txt:\n{}",
        faults.join("\n")
    );
    requirements
}

/// By id, the files whose tests show it.
fn shown() -> BTreeMap<String, BTreeSet<String>> {
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in FOLDERS.iter().flat_map(|folder| files(folder)) {
        let conversation = load(&path).unwrap_or_else(|error| panic!("{error}"));
        for id in conversation.shows {
            let file = conversation.file.clone();
            shown.entry(id).or_default().insert(file);
        }
    }
    for path in rust_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        for id in text.lines().flat_map(ids_of_comment) {
            let file = relative(&path);
            shown.entry(id.to_owned()).or_default().insert(file);
        }
    }
    shown
}

/// The ids in a comment that stands alone on its line, as `// shows: P-3.3-01 P-3.3-02`.
fn ids_of_comment(line: &str) -> impl Iterator<Item = &str> {
    let comment = line.trim_start().strip_prefix("//").unwrap_or_default();
    let comment = comment.trim_start_matches('/').trim_start();
    let ids = comment.strip_prefix("shows:").unwrap_or_default();
    ids.split([' ', ',']).filter(|id| !id.is_empty())
}

/// Every Rust file below `tests` and `src`.
fn rust_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("tests"), root.join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 50, "the sources were not found");
    found
}

fn relative(path: &Path) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = path.strip_prefix(root).unwrap_or(path);
    path.display().to_string()
}

/// What the README says about all this.
fn summary(requirements: &[Requirement], shown: &BTreeMap<String, BTreeSet<String>>) -> String {
    let counts = LEVELS.map(|level| {
        let of_level: Vec<&Requirement> = requirements
            .iter()
            .filter(|one| one.level == level)
            .collect();
        let met = of_level.iter().filter(|one| shown.contains_key(one.id));
        format!("{} of {} {level}", met.count(), of_level.len())
    });
    let reasons = requirements.iter().filter(|one| one.why.is_some()).count();
    format!(
        "Requirements shown by tests: {}; {reasons} others have a reason in `tests/requirements.txt`.",
        counts.join(", ")
    )
}

/// The text in lines that fit the README.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= MAX_LINE_CHARACTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// The text with one blank between its words, however it was broken into lines.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_list_is_well_formed_and_what_is_shown_is_in_it() {
    let (requirements, mut faults) = read_list(REQUIREMENTS);
    assert!(requirements.len() > 400, "the list was not read");
    let known: BTreeSet<&str> = requirements.iter().map(|one| one.id).collect();
    for (id, files) in shown() {
        if !known.contains(id.as_str()) {
            let files: Vec<String> = files.into_iter().collect();
            faults.push(format!(
                "{id}: not in the list, shown by {}",
                files.join(", ")
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "tests/requirements.txt:\n{}",
        faults.join("\n")
    );
}

#[test]
fn every_requirement_is_shown_or_has_its_reason() {
    let shown = shown();
    let mut faults = Vec::new();
    for Requirement {
        id,
        level,
        fact,
        why,
    } in requirements()
    {
        match (shown.get(id), why) {
            (None, None) if level != OPTIONAL => faults.push(format!("{id} {level}: {fact}")),
            (Some(files), Some(_)) => {
                let files: Vec<&str> = files.iter().map(String::as_str).collect();
                faults.push(format!(
                    "{id} no longer needs its reason: it is shown by {}",
                    files.join(", ")
                ));
            }
            _ => {}
        }
    }
    assert!(
        faults.is_empty(),
        "{} requirements need a test that names them, a reason, or no reason any more:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn the_readme_tells_how_many_are_shown() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let summary = summary(&requirements(), &shown());
    assert!(
        in_one_line(&readme).contains(&summary),
        "README.md has to say, in the section on tests:\n\n{}\n",
        wrapped(&summary)
    );
}

#[test]
fn ids_are_read_from_comments_of_their_own() {
    let ids = |line: &'static str| ids_of_comment(line).collect::<Vec<_>>();
    assert_eq!(ids("    /// shows: P-1-01, I-02"), ["P-1-01", "I-02"]);
    assert_eq!(ids("// shows: P-1-01"), ["P-1-01"]);
    for line in [
        "shows: P-1-01",
        "let a = 1; // shows: P-1-01",
        "//! # shows: P-1-01",
    ] {
        assert!(ids(line).is_empty(), "{line}");
    }
}

#[test]
fn an_id_has_a_letter_a_section_and_two_digits() {
    for id in ["P-3.4.2.2-01", "E-8935-01", "I-15"] {
        assert!(is_id(id), "{id}");
    }
    for text in [
        "",
        "P-3.3",
        "P-3.3-1",
        "p-3.3-01",
        "P-3..3-01",
        "P--01",
        "P-3.3-01-02",
        "PP-3-01",
    ] {
        assert!(!is_id(text), "{text}");
    }
}

#[test]
fn a_malformed_line_is_a_fault() {
    let faults = |text: &'static str| read_list(text).1.len();
    assert_eq!(faults("# head\n\n## group\nP-1-01 | MUST | it works\n"), 0);
    assert_eq!(
        faults("## group\nP-1-01 | MAY | it may | why: no reason\n"),
        0
    );
    for text in [
        "P-1-01 | MUST | before the first group\n",
        "## group\nP-1-01 | MUST | twice\nP-1-01 | MUST | twice\n",
        "## group\nP-1-01 | MUST\n",
        "## group\nP-1-01 | PERHAPS | an unknown level\n",
        "## group\nP-1-01 | MUST | a reason without its word | because\n",
        "## group\nP-1-01 | MUST | an empty reason | why: \n",
        "## group\nP1 | MUST | no id\n",
    ] {
        assert_eq!(faults(text), 1, "{text}");
    }
}
