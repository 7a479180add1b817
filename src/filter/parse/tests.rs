use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> String {
    parse(text).map_or_else(|error| error.to_string(), |filter| filter.to_string())
}

#[test]
fn quotes_may_be_left_out_only_where_that_is_agreed() {
    let text = "userName eq bjensen@example.com and active eq true";
    assert!(parse(text).is_err());
    let filter = parse_as(text, Quotes::Optional).unwrap();
    assert_eq!(
        filter.to_string(),
        "userName eq \"bjensen@example.com\" and active eq true"
    );
    assert!(parse_as("userName eq", Quotes::Optional).is_err());
    assert!(parse_as("userName eq b jensen", Quotes::Optional).is_err());
}

#[test]
fn precedence_is_not_then_and_then_or() {
    assert_eq!(
        format!("{:?}", parse("a pr or b pr and c pr").unwrap()),
        format!("{:?}", parse("a pr or (b pr and c pr)").unwrap())
    );
    assert_eq!(shown("(a pr or b pr) AND c pr"), "(a pr or b pr) and c pr");
    assert_eq!(shown("not(a pr) and b pr"), "not (a pr) and b pr");
    assert_eq!(shown("a pr and (b pr and c pr)"), "a pr and b pr and c pr");
}

#[test]
fn figure_2_of_rfc_7644_parses() {
    for text in [
        r#"userName eq "bjensen""#,
        r#"name.familyName co "O'Malley""#,
        r#"userName sw "J""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
        "title pr",
        r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
        r#"title pr and userType eq "Employee""#,
        r#"title pr or userType eq "Intern""#,
        r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
        r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType eq "Employee" and emails.type eq "work""#,
        r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
        r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
    ] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn a_sub_attribute_after_brackets_joins_the_filter() {
    assert_eq!(
        shown(r#"emails[type eq "work"].value eq "a@b""#),
        r#"emails[type eq "work" and value eq "a@b"]"#
    );
}

#[test]
fn strings_carry_json_escapes() {
    assert_eq!(
        shown(r#"title eq "a\"b\\c\u00e9""#),
        r#"title eq "a\"b\\cé""#
    );
}

#[test]
fn faults_are_located_and_say_what_would_be_right() {
    assert_snapshot!(shown(""), @"filter, column 1: expected an attribute name");
    assert_snapshot!(shown("userName"), @"filter, column 9: expected an operator after the attribute: eq, ne, co, sw, ew, gt, ge, lt, le or pr");
    assert_snapshot!(shown("userName regex \"a\""), @r#"filter, column 10: "regex" is no operator; there are eq, ne, co, sw, ew, gt, ge, lt, le or pr"#);
    assert_snapshot!(shown("userName sw J"), @"filter, column 13: not a value: a string must stand in double quotes");
    assert_snapshot!(shown("userName eq 'J'"), @"filter, column 13: strings stand in double quotes, not single ones");
    assert_snapshot!(shown("userName eq"), @"filter, column 12: expected a value: a string in double quotes, a number, true, false or null");
    assert_snapshot!(shown("(title pr"), @r#"filter, column 10: expected ")", "and" or "or""#);
    assert_snapshot!(shown("title pr)"), @r#"filter, column 9: this ")" closes nothing"#);
    assert_snapshot!(shown("title pr x"), @r#"filter, column 10: expected "and", "or" or the end"#);
    assert_snapshot!(shown("title pr and"), @"filter, column 13: expected an attribute name");
    assert_snapshot!(shown("a[b[c eq 1]]"), @"filter, column 4: brackets inside brackets are not allowed");
    assert_snapshot!(shown("title eq \"a"), @"filter, column 10: this string has no closing double quote");
    assert_snapshot!(shown("1a eq \"a\""), @r#"filter, column 1: not an attribute name: a letter, then letters, digits, "-", "_" or "$"; one dot before a sub-attribute"#);
}

#[test]
fn limits_hold_at_and_beyond() {
    let nested = |depth: usize| format!("{}title pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert!(parse(&nested(MAX_DEPTH + 1)).is_err());
    assert!(parse(&"(".repeat(4_000)).is_err());
    let terms = |count: usize| vec!["title pr"; count].join(" or ");
    assert!(parse(&terms(MAX_TERMS)).is_ok());
    assert!(parse(&terms(MAX_TERMS + 1)).is_err());
    let long = |length: usize| format!("title eq \"{}\"", "a".repeat(length - 11));
    assert!(parse(&long(MAX_LENGTH)).is_ok());
    assert!(parse(&long(MAX_LENGTH + 1)).is_err());
}

#[test]
fn patch_paths() {
    let path = |text: &str| {
        parse_path(text).map_or_else(
            |error| format!("{:?} {error}", error.kind()),
            |path| path.to_string(),
        )
    };
    assert_eq!(path("members"), "members");
    assert_eq!(path("name.familyName"), "name.familyName");
    assert_eq!(
        path(r#"addresses[type eq "work"].streetAddress"#),
        r#"addresses[type eq "work"].streetAddress"#
    );
    assert_snapshot!(path("emails[0]"), @r#"InvalidPath path, column 7: values are selected by a filter, as in emails[type eq "work"], not by position"#);
    assert_snapshot!(path("members["), @"InvalidFilter path, column 9: expected an attribute name");
    assert_snapshot!(path("a..b"), @r#"InvalidPath path, column 1: not an attribute name: a letter, then letters, digits, "-", "_" or "$"; one dot before a sub-attribute"#);
    assert_snapshot!(path("emails/0"), @r#"InvalidPath path, column 1: not an attribute name: a letter, then letters, digits, "-", "_" or "$"; one dot before a sub-attribute"#);
    assert_snapshot!(path("emails[type eq 1] x"), @"InvalidPath path, column 18: expected the end of the path");
}

fn filters() -> impl Strategy<Value = Filter> {
    let path =
        ("[a-z]{1,4}", proptest::option::of("[a-z]{1,3}")).prop_map(|(name, sub)| AttrPath {
            schema: None,
            name: format!("x{name}"),
            sub: sub.map(|sub| format!("y{sub}")),
        });
    let literal = prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(|number| Literal::Number(number.into())),
        any::<String>().prop_map(|text| Literal::String(text.replace('\0', ""))),
    ];
    let op = proptest::sample::select(CompareOp::ALL.to_vec());
    let leaf = prop_oneof![
        path.clone().prop_map(Filter::Present),
        (path, op, literal).prop_map(|(path, (_, op), value)| Filter::Compare { path, op, value }),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::and),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_displayed_parses_to_the_same(filter in filters()) {
        prop_assert_eq!(parse(&filter.to_string()).unwrap(), filter);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text: String) {
        let _ = parse(&text);
        let _ = parse_path(&text);
        let _ = parse_attribute_path(&text);
    }
}
