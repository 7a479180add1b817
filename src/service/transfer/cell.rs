//! What stands in one cell: the guard against formulas, and several groups in one text.

use std::borrow::Cow;

/// What makes a spreadsheet compute a cell; the wide forms do so where such keyboards are in use.
const FORMULA: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
];

/// The cell for a spreadsheet: an apostrophe is put before what it would take for a formula.
///
/// Apostrophes that stand there already get one more; so every text has a form of its own and comes back by [`unguarded`].
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text of a cell, without the apostrophe that guards a formula.
pub(super) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text) => text,
        Some(_) | None => cell,
    }
}

fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// Group names in one text: `group1|group2`, with `\|` for a bar, `\\` for a backslash and `\ ` for a blank at an end.
pub(super) fn join_groups(groups: &[String]) -> String {
    let mut text = String::new();
    for (position, name) in groups.iter().enumerate() {
        if position > 0 {
            text.push('|');
        }
        for (at, character) in name.char_indices() {
            let is_outer = at == 0 || at + 1 == name.len();
            if matches!(character, '|' | '\\') || (character == ' ' && is_outer) {
                text.push('\\');
            }
            text.push(character);
        }
    }
    text
}

/// The names in such a text.
///
/// Blanks around a name and empty names are left out. A backslash before any other character is itself: `SALES\north`.
pub(super) fn split_groups(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    // How much of the name stays when the blanks behind it go.
    let mut kept = 0;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '|' => {
                finish_group(&mut names, &mut name, kept);
                kept = 0;
                continue;
            }
            ' ' if name.is_empty() => continue,
            ' ' => {
                name.push(' ');
                continue;
            }
            '\\' => {
                let escaped = characters.next_if(|next| matches!(next, '|' | '\\' | ' '));
                name.push(escaped.unwrap_or('\\'));
            }
            other => name.push(other),
        }
        kept = name.len();
    }
    finish_group(&mut names, &mut name, kept);
    names
}

fn finish_group(names: &mut Vec<String>, name: &mut String, kept: usize) {
    name.truncate(kept);
    if !name.is_empty() {
        names.push(std::mem::take(name));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_guard_is_taken_off_only_where_it_guards() {
        for (cell, text) in [
            ("'=cmd", "=cmd"),
            ("'+49 30", "+49 30"),
            ("'-1", "-1"),
            ("'@SUM(A1)", "@SUM(A1)"),
            ("'\tx", "\tx"),
            ("'\rx", "\rx"),
            ("''=x", "'=x"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("'", "'"),
            ("''", "''"),
            ("=cmd", "=cmd"),
        ] {
            assert_eq!(unguarded(cell), text, "{cell:?}");
        }
    }

    #[test]
    fn groups_are_told_apart_by_bars() {
        for (text, names) in [
            ("", vec![]),
            ("a", vec!["a"]),
            ("a|b c", vec!["a", "b c"]),
            (" a | b ", vec!["a", "b"]),
            ("a||b|", vec!["a", "b"]),
            (r"a\|b", vec!["a|b"]),
            (r"a\\|b", vec![r"a\", "b"]),
            (r"SALES\north|b\", vec![r"SALES\north", r"b\"]),
            (r"\ a\ |\ ", vec![" a ", " "]),
        ] {
            assert_eq!(split_groups(text), names, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_guarded_text_comes_back(text in "['=+@\\-\t\r\na ＝]{0,5}|\\PC*") {
            let cell = guarded(&text);
            prop_assert!(!cell.starts_with(FORMULA));
            prop_assert_eq!(unguarded(&cell), text.as_str());
        }

        #[test]
        fn joined_groups_come_back(groups in prop::collection::vec("[|\\\\ aé]{1,5}|\\PC+", 0..5)) {
            prop_assert_eq!(split_groups(&join_groups(&groups)), groups);
        }
    }
}
