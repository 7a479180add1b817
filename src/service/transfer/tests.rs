//! The laws of the sheet: what is written is read back, and every bound has its error.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::error::ErrorKind;

fn written(columns: &[Column], people: &[Person]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), columns.iter().map(Column::name)).unwrap();
    for person in people {
        writer
            .row(columns.iter().map(|column| column.cell(person)))
            .unwrap();
    }
    writer.finish().unwrap()
}

fn people(file: impl AsRef<[u8]>) -> Vec<Person> {
    let sheet = read(file.as_ref()).unwrap();
    sheet
        .rows
        .into_iter()
        .map(|row| row.result.unwrap())
        .collect()
}

fn only_person(file: impl AsRef<[u8]>) -> Person {
    let mut people = people(file);
    assert_eq!(people.len(), 1);
    people.remove(0)
}

fn refusal(file: impl AsRef<[u8]>) -> String {
    read(file.as_ref()).unwrap_err().detail().to_owned()
}

fn problems(file: &str) -> Vec<(u64, Vec<String>)> {
    let rows = read(file.as_bytes()).unwrap().rows.into_iter();
    rows.filter_map(|row| {
        let problems = row.result.err()?;
        Some((row.line, problems.iter().map(Problem::to_string).collect()))
    })
    .collect()
}

#[test]
fn a_sheet_names_people_and_their_groups() {
    let file = "username,givenname,emailaddress,groups\n\
        anna,Anna,anna@example.org,Sales|Support\n\
        bert,Bert,,\n";
    let sheet = read(file.as_bytes()).unwrap();
    assert_eq!(
        sheet.columns,
        [
            Column::Username,
            Column::GivenName,
            Column::Email,
            Column::Groups
        ]
    );
    let anna = Person {
        username: "anna".to_owned(),
        given: Some("Anna".to_owned()),
        email: Some("anna@example.org".to_owned()),
        groups: vec!["Sales".to_owned(), "Support".to_owned()],
        ..Person::default()
    };
    let bert = Person {
        username: "bert".to_owned(),
        given: Some("Bert".to_owned()),
        ..Person::default()
    };
    assert_eq!(people(file), [anna, bert]);
}

#[test]
fn headers_ignore_case_blanks_and_underscores() {
    let person = only_person(
        "User Name,GIVEN_NAME, family name ,Display Name,E mail,Preferred_Language,External ID,Active,Password Hash,kind\n\
         a,b,c,d,e,f,g,Yes,h,customer\n",
    );
    let text = |text: &str| Some(text.to_owned());
    let expected = Person {
        username: "a".to_owned(),
        given: text("b"),
        family: text("c"),
        display: text("d"),
        email: text("e"),
        groups: Vec::new(),
        language: text("f"),
        kind: text("customer"),
        external_id: text("g"),
        active: Some(true),
        password_hash: text("h"),
        others: Vec::new(),
    };
    assert_eq!(person, expected);
    assert_eq!(person.password_hash, expected.password_hash);
}

#[test]
fn an_address_is_the_user_name_where_no_column_has_it() {
    for header in ["email", "Email Address", "emailaddress"] {
        let person = only_person(format!("{header}\nanna@example.org\n"));
        assert_eq!(person.username, "anna@example.org");
        assert_eq!(person.email.as_deref(), Some("anna@example.org"));
    }
    let person = only_person("email,username\nanna@example.org,anna\n");
    assert_eq!(person.username, "anna");
    assert_eq!(
        problems("email,username\nanna@example.org,\n"),
        [(
            2,
            vec!["username: every person needs a user name with a visible character".to_owned()]
        )]
    );
}

#[test]
fn attribute_paths_are_kept_for_the_caller() {
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value";
    let file = format!("username,title,{urn},name.middleName\nanna,Dr.,7,\n");
    assert_eq!(
        only_person(&file).others,
        [
            ("title".to_owned(), "Dr.".to_owned()),
            (urn.to_owned(), "7".to_owned())
        ]
    );
    let error = read_with(file.as_bytes(), |path| path != "title").unwrap_err();
    assert!(
        error.detail().contains("column 2, \"title\", is neither"),
        "{error}"
    );
}

#[test]
fn a_wrong_header_is_named() {
    for (header, detail) in [
        ("", "the file is empty"),
        ("\n\r\n", "the file is empty"),
        (
            "givenname,groups",
            "line 1 is wrong: no column is named \"username\"",
        ),
        (
            "username,e-mail address",
            "column 2, \"e-mail address\", is neither",
        ),
        ("username,a:b", "column 2, \"a:b\", is neither"),
        ("username,urn:x y:b", "column 2, \"urn:x y:b\", is neither"),
        ("username,a.b.c", "column 2, \"a.b.c\", is neither"),
        ("username,1a", "column 2, \"1a\", is neither"),
        ("username,,groups", "column 2 has no name"),
        ("username,groups, ", "column 3 has no name"),
        (
            "username,User_Name",
            "column 2, \"User_Name\", holds the same as the column \"username\"",
        ),
        (
            "username,email,emailaddress",
            "column 3, \"emailaddress\", holds the same as the column \"email\"",
        ),
        (
            "username,title,TITLE",
            "column 3, \"TITLE\", holds the same as the column \"title\"",
        ),
        (
            ",a b",
            "column 1 has no name; column 2, \"a b\", is neither",
        ),
    ] {
        let found = refusal(header);
        assert!(found.contains(detail), "{header:?}: {found}");
    }
    assert!(refusal("\r\n\r\nname\n").contains("line 3"));
}

#[test]
fn the_header_tells_the_separator() {
    for file in [
        "username,displayname\nanna,\"A;B\tC\"\n",
        "username;displayname\nanna;A;B\tC\n"
            .replace("A;B", "\"A;B")
            .replace("C\n", "C\"\n")
            .as_str(),
        "username\tdisplayname\nanna\t\"A;B\tC\"\n",
        "\n\"displayname\";\"username\"\n\"A;B\tC\";anna\n",
    ] {
        assert_eq!(
            only_person(file).display.as_deref(),
            Some("A;B\tC"),
            "{file:?}"
        );
    }
    assert_eq!(only_person("username\na;b\n").username, "a;b");
}

#[test]
fn byte_order_marks_are_understood() {
    let text = "username,displayname\r\nanna,Änne 😀\r\n";
    let units: Vec<u16> = "\u{FEFF}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .collect();
    let little = units.iter().flat_map(|unit| unit.to_le_bytes());
    let big = units.iter().flat_map(|unit| unit.to_be_bytes());
    for file in [
        text.as_bytes().to_vec(),
        format!("\u{FEFF}{text}").into_bytes(),
        little.collect(),
        big.collect(),
    ] {
        assert_eq!(only_person(&file).display.as_deref(), Some("Änne 😀"));
    }
}

#[test]
fn what_is_no_text_is_refused_with_its_line() {
    for (file, detail) in [
        (
            b"username\r\nanna\r\nb\xE4rbel\r\n".as_slice(),
            "line 3 is not UTF-8",
        ),
        (b"username\rb\xFF", "line 2 is not UTF-8"),
        (b"username\nanna\nb\0\n", "line 3 has the character U+0000"),
        (b"u\0s\0", "line 1 has the character U+0000"),
        (b"\xFF\xFEa\0\n\0\0\xD8a\0", "line 2 is not UTF-16"),
        (b"\xFE\xFF\0a\0\n\0", "line 2 is not UTF-16"),
        (
            b"username,displayname\nanna,\"A\nbert,B\n",
            "begins in the row of line 2 has no end",
        ),
        (
            b"username\nanna\n\"",
            "begins in the row of line 3 has no end",
        ),
        (b"\"username", "begins in the row of line 1 has no end"),
    ] {
        let error = read(file).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue);
        assert!(error.detail().contains(detail), "{error}");
    }
}

#[test]
fn rows_know_the_line_in_which_they_begin() {
    for end in ["\n", "\r\n", "\r"] {
        let file = "username,displayname~~anna,\"two~lines\"~bert,~\"c\",\"~~\"~,~~dora,"
            .replace('~', end);
        let sheet = read(file.as_bytes()).unwrap();
        let lines: Vec<_> = sheet
            .rows
            .iter()
            .map(|row| (row.line, row.username.as_str()))
            .collect();
        assert_eq!(
            lines,
            [(3, "anna"), (5, "bert"), (6, "c"), (11, "dora")],
            "{end:?}"
        );
    }
}

#[test]
fn quotation_marks_hold_separators_and_themselves() {
    let person = only_person("username,displayname\nanna,\"A, \"\"B\"\"\r\nC\"\n");
    assert_eq!(person.display.as_deref(), Some("A, \"B\"\r\nC"));
}

#[test]
fn a_row_has_all_its_problems() {
    let file = "username,active,groups\n ,maybe,,,x\nbert,true\ncarl,1,a,,\n anna,0,\n";
    assert_eq!(
        problems(file),
        [
            (
                2,
                vec![
                    "active: \"maybe\" is neither \"true\" nor \"false\"".to_owned(),
                    "the row has 5 cells, but the header names 3 columns; put a cell that holds a separator in quotation marks".to_owned(),
                    "username: every person needs a user name with a visible character".to_owned(),
                ]
            ),
            (
                5,
                vec!["username: \" anna\" begins or ends with a blank; a user name does not".to_owned()]
            ),
        ]
    );
}

#[test]
fn a_second_row_of_a_person_names_the_first() {
    let file = "User name\nanna\nbert\nANNA\nAnna\n";
    assert_eq!(
        problems(file),
        [
            (
                4,
                vec![
                    "User name: \"ANNA\" is already in line 2; a person may have one row"
                        .to_owned()
                ]
            ),
            (
                5,
                vec![
                    "User name: \"Anna\" is already in line 2; a person may have one row"
                        .to_owned()
                ]
            ),
        ]
    );
}

#[test]
fn every_bound_has_its_error_one_beyond() {
    let columns = |count: usize| {
        let others: Vec<_> = (1..count).map(|number| format!("a{number}")).collect();
        format!("username,{}\nanna\n", others.join(","))
    };
    assert!(read(columns(MAX_COLUMNS).as_bytes()).is_ok());
    assert!(refusal(columns(MAX_COLUMNS + 1)).contains("line 1 names 201 columns; at most 200"));

    let cell = |count: usize, guard: &str| {
        format!(
            "username,title\nanna,{guard}{}\n",
            "=ä".repeat(count / 2) + &"x".repeat(count % 2)
        )
    };
    assert_eq!(people(cell(MAX_CHARACTERS, "'")).len(), 1);
    for guard in ["", "'"] {
        let detail = refusal(cell(MAX_CHARACTERS + 1, guard));
        assert!(
            detail.contains("column 2 of the row in line 2 has more than 4096"),
            "{detail}"
        );
    }

    let group = |count: usize| format!("username,groups\nanna,b|{}|c\n", "a".repeat(count));
    assert_eq!(only_person(group(MAX_CHARACTERS)).groups.len(), 3);
    assert!(refusal(group(MAX_CHARACTERS + 1)).contains("column 2 of the row in line 2"));
    assert!(refusal(format!("username,{}\n", "a".repeat(5_000))).contains("column 2"));
}

#[test]
fn a_file_has_at_most_so_many_rows() {
    use std::fmt::Write as _;

    let mut file = "username\n".to_owned();
    for number in 0..MAX_ROWS {
        writeln!(file, "person{number}").unwrap();
    }
    file.push_str("\"\"\n\n");
    assert_eq!(people(&file).len(), MAX_ROWS);
    file.push_str("one more\n");
    let error = read(file.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PayloadTooLarge);
    assert!(
        error
            .detail()
            .contains("line 100004 begins a row beyond the 100000"),
        "{error}"
    );
}

#[test]
fn a_file_has_at_most_so_many_bytes_and_values() {
    let mut file = b"username\nanna".to_vec();
    file.resize(MAX_BYTES, b'\n');
    assert_eq!(people(&file).len(), 1);
    file.push(b'\n');
    let error = read(&file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PayloadTooLarge);
    assert!(error.detail().contains("33554433 bytes; at most 33554432"));

    let groups = |count: usize| format!("username,groups\nanna,{}\n", "a|".repeat(count));
    assert_eq!(
        only_person(groups(MAX_VALUES - 2)).groups.len(),
        MAX_VALUES - 2
    );
    let error = read(groups(MAX_VALUES - 1).as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PayloadTooLarge);
    assert!(error.detail().contains("line 2"), "{error}");
}

#[test]
fn what_is_written_is_plain_rfc_4180_without_formulas() {
    let person = Person {
        username: "anna".to_owned(),
        given: Some("=HYPERLINK(\"http://x\",\"y\")".to_owned()),
        display: Some("'+1".to_owned()),
        groups: vec!["@all".to_owned(), "a|b".to_owned()],
        active: Some(false),
        password_hash: Some("$hash".to_owned()),
        ..Person::default()
    };
    let file = written(Column::EXPORTED, std::slice::from_ref(&person));
    assert_eq!(
        String::from_utf8(file).unwrap(),
        "username,givenname,familyname,displayname,emailaddress,groups,language,kind,externalid,active\r\n\
         anna,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",,''+1,,'@all|a\\|b,,,,false\r\n"
    );
    assert!(!format!("{person:?}").contains("$hash"));
}

#[test]
fn a_row_of_another_width_is_not_written() {
    let mut writer = Writer::new(Vec::new(), ["a", "b"]).unwrap();
    assert_eq!(writer.row(["1"]).unwrap_err().kind(), ErrorKind::Internal);
}

#[test]
fn a_report_counts_and_shows_its_rows() {
    let row = |line, outcome| ReportRow {
        line,
        username: "=anna".to_owned(),
        outcome,
        detail: None,
        secret: None,
    };
    let mut report = Report::default();
    report.push(ReportRow {
        secret: Some("https://x".to_owned()),
        ..row(2, Outcome::Created)
    });
    for (line, outcome) in [
        (3, Outcome::WouldCreate),
        (4, Outcome::Updated),
        (5, Outcome::Skipped),
    ] {
        report.push(row(line, outcome));
    }
    report.push(ReportRow {
        detail: Some("no, never".to_owned()),
        ..row(6, Outcome::Failed)
    });
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        json!({
            "total": 5, "created": 2, "updated": 1, "skipped": 1, "failed": 1,
            "rows": [
                {"line": 2, "username": "=anna", "outcome": "created", "secret": "https://x"},
                {"line": 3, "username": "=anna", "outcome": "wouldCreate"},
                {"line": 4, "username": "=anna", "outcome": "updated"},
                {"line": 5, "username": "=anna", "outcome": "skipped"},
                {"line": 6, "username": "=anna", "outcome": "failed", "detail": "no, never"},
            ],
        })
    );
    let lines = String::from_utf8(report.to_csv().unwrap()).unwrap();
    assert_eq!(
        lines,
        "line,username,outcome,detail,secret\r\n\
         2,'=anna,created,,https://x\r\n3,'=anna,wouldCreate,,\r\n4,'=anna,updated,,\r\n\
         5,'=anna,skipped,,\r\n6,'=anna,failed,\"no, never\",\r\n"
    );
    assert!(!format!("{report:?}").contains("https://x"));
    for row in &report.rows {
        assert_eq!(json!(row.outcome), row.outcome.name());
    }
}

/// Text with much of what is special in a sheet.
const TEXT: &str = "[',;|\\\\\"=+@\\-\t\r\n aä\u{FEFF}＝]{1,6}|[^\0]{1,8}";

fn some_text() -> impl Strategy<Value = Option<String>> {
    prop::option::of(TEXT)
}

fn some_person() -> impl Strategy<Value = Person> {
    let names = (TEXT, some_text(), some_text(), some_text(), some_text());
    let rest = (
        prop::collection::vec(TEXT, 0..4),
        some_text(),
        some_text(),
        some_text(),
        prop::option::of(any::<bool>()),
        some_text(),
        (some_text(), some_text()),
    );
    (names, rest).prop_map(|(names, rest)| {
        let (username, given, family, display, email) = names;
        let (groups, language, kind, external_id, active, password_hash, others) = rest;
        let other = |path: &str, value: Option<String>| Some((path.to_owned(), value?));
        let others = [other("title", others.0), other(PHONE, others.1)];
        Person {
            username: username.trim().to_owned(),
            given,
            family,
            display,
            email,
            groups,
            language,
            kind,
            external_id,
            active,
            password_hash,
            others: others.into_iter().flatten().collect(),
        }
    })
}

const PHONE: &str = "urn:example:2.0:User:phone.value";

/// People with names that differ and can be seen.
fn some_people() -> impl Strategy<Value = Vec<Person>> {
    prop::collection::vec(some_person(), 0..5).prop_map(|mut people| {
        let mut seen = std::collections::HashSet::new();
        people.retain(|person| {
            let name = crate::schema::prepare_username(&person.username);
            !name.trim().is_empty() && seen.insert(name)
        });
        people
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(people in some_people()) {
        let others = [PHONE, "title"].map(|path| Column::Other(path.to_owned()));
        let mut columns = Column::EXPORTED.to_vec();
        columns.push(Column::PasswordHash);
        columns.extend(others.into_iter().rev());
        let sheet = read(&written(&columns, &people)).unwrap();
        prop_assert_eq!(&sheet.columns, &columns);
        let found: Vec<Person> = sheet.rows.into_iter().map(|row| row.result.unwrap()).collect();
        prop_assert!(found == people, "{found:?} is not {people:?}");
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, text in "(username|email)[,;\t]?(title)?([',;|\\\\\"=\t\r\n ab]|\\PC){0,40}") {
        let _ = read(&bytes);
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(bytes).collect();
        let _ = read(&wide);
        if let Ok(sheet) = read(text.as_bytes()) {
            let ends = text.matches(['\r', '\n']).count() as u64;
            prop_assert!(sheet.rows.is_sorted_by(|row, next| row.line < next.line));
            prop_assert!(sheet.rows.iter().all(|row| row.line >= 2 && row.line <= ends + 1));
        }
    }
}
