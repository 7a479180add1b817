//! Conversation files: requests and the answers they must get, in order, against one fresh tenant.
//!
//! ```text
//! # RFC 7644 3.3: creating resources
//! # shows: P-3.3-01
//! # profile: entra
//! # setting: name=value
//! # tenant-setting: name=value
//! # schema: tests/schemas/employee.json extend User required
//! # user: bjensen
//! # second-connection
//! # other-tenant
//!
//! ### create a user
//! POST /Users
//! X-Extra: 1
//!
//! {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}
//!
//! HTTP 201
//! Location: {{base}}/Users/*
//!
//! {"id": "$capture:id", "password": "$absent"}
//! ```
//!
//! `user` creates a user before the first step: `{{user_id}}` and, for /Me, `{{user_token}}`. `second-connection` gives
//! `{{second_token}}` of another connection of the same tenant, `other-tenant` `{{other_token}}` and `{{other_tenant}}`.
//!
//! A path is relative to the SCIM base, with `//` to the root of the server. `Name: none` takes a default header
//! away, or demands that a header of the answer is absent. In a body a line `@repeat N text` is sent as N times
//! the text, and lines are then joined without line ends. `### @parallel N name` sends the step N times at once.
//! `empty` in the place of the document demands an answer without body. `{{etag}}` and `{{location}}` are those of
//! the earlier answer in requests and expected headers, and those of this answer in the expected document.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::http::{Request, Response, send};
use super::server::{Db, TenantOptions, TestTenant, fresh_tenant_with};
use super::template;
use super::variables::Variables;

/// One file.
#[derive(Debug)]
pub(crate) struct Conversation {
    pub(crate) file: String,
    pub(crate) shows: Vec<String>,
    pub(crate) tenant: TenantOptions,
    pub(crate) steps: Vec<Step>,
}

/// One request and what its answer must be.
#[derive(Debug)]
pub(crate) struct Step {
    line: usize,
    name: String,
    parallel: usize,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    statuses: Vec<u16>,
    expected_headers: Vec<(String, String)>,
    expected_body: ExpectedBody,
}

#[derive(Debug)]
enum ExpectedBody {
    Any,
    Empty,
    Document(Value),
}

/// The conversation files of a folder below `tests/`, sorted; panics when there are none.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("tests/{folder}: {error}"))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "http"))
        .collect();
    assert!(
        !files.is_empty(),
        "tests/{folder} has no conversation files"
    );
    files.sort();
    files
}

/// Reads one file; the error names file and line.
pub(crate) fn load(path: &Path) -> Result<Conversation, String> {
    let shown = path
        .strip_prefix(env!("CARGO_MANIFEST_DIR"))
        .unwrap_or(path);
    let file = shown.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{file}: {error}"))?;
    parse(&file, &text)
}

// Parsing

/// Reads the text of a file; the error names file and line.
pub(crate) fn parse(file: &str, text: &str) -> Result<Conversation, String> {
    let lines: Vec<&str> = text.lines().collect();
    let at = |line: usize, error: String| format!("{file}:{line}: {error}");
    let starts: Vec<usize> = (0..lines.len())
        .filter(|index| lines[*index].starts_with("### "))
        .collect();
    let head_end = starts.first().copied().unwrap_or(lines.len());
    let mut conversation = Conversation {
        file: file.to_owned(),
        shows: Vec::new(),
        tenant: TenantOptions::default(),
        steps: Vec::new(),
    };
    for (index, line) in lines[..head_end].iter().enumerate() {
        parse_head(&mut conversation, line).map_err(|error| at(index + 1, error))?;
    }
    let mut announced = None;
    for (position, start) in starts.iter().copied().enumerate() {
        let end = starts.get(position + 1).copied().unwrap_or(lines.len());
        let (parallel, name) =
            parse_step_name(lines[start]).map_err(|error| at(start + 1, error))?;
        let block = &lines[start + 1..end];
        if parallel.is_some() && block.iter().all(|line| line.trim().is_empty()) {
            announced = parallel;
            continue;
        }
        let mut step = parse_step(block, start + 1).map_err(|(line, error)| at(line, error))?;
        name.clone_into(&mut step.name);
        step.parallel = parallel.or(announced.take()).unwrap_or(1);
        conversation.steps.push(step);
    }
    if conversation.steps.is_empty() {
        return Err(at(1, "there is no step".to_owned()));
    }
    Ok(conversation)
}

fn parse_head(conversation: &mut Conversation, line: &str) -> Result<(), String> {
    let Some(comment) = line.strip_prefix('#') else {
        return match line.trim() {
            "" => Ok(()),
            _ => Err("only comments may stand before the first step".to_owned()),
        };
    };
    let comment = comment.trim();
    if comment == "other-tenant" {
        conversation.tenant.other_tenant = true;
    } else if comment == "second-connection" {
        conversation.tenant.second_connection = true;
    } else if let Some(name) = comment.strip_prefix("user:") {
        conversation.tenant.user = Some(name.trim().to_owned());
    } else if let Some(schema) = comment.strip_prefix("schema:") {
        conversation.tenant.schemas.push(parse_schema(schema)?);
    } else if let Some(setting) = comment.strip_prefix("tenant-setting:") {
        let (name, value) = setting.split_once('=').ok_or("a setting is name=value")?;
        let setting = (name.trim().to_owned(), value.trim().to_owned());
        conversation.tenant.tenant_settings.push(setting);
    } else if let Some(ids) = comment.strip_prefix("shows:") {
        let ids = ids.split([' ', ',']).filter(|id| !id.is_empty());
        conversation.shows.extend(ids.map(str::to_owned));
    } else if let Some(profile) = comment.strip_prefix("profile:") {
        profile.trim().clone_into(&mut conversation.tenant.profile);
    } else if let Some(setting) = comment.strip_prefix("setting:") {
        let (name, value) = setting.split_once('=').ok_or("a setting is name=value")?;
        let setting = (name.trim().to_owned(), value.trim().to_owned());
        conversation.tenant.settings.push(setting);
    }
    Ok(())
}

/// The file of a `schema:` line, and what it extends.
fn parse_schema(text: &str) -> Result<(PathBuf, Option<(String, bool)>), String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (file, extend) = match words.as_slice() {
        [file] => (file, None),
        [file, "extend", name] => (file, Some(((*name).to_owned(), false))),
        [file, "extend", name, "required"] => (file, Some(((*name).to_owned(), true))),
        _ => return Err("a schema is FILE, maybe with extend TYPE and required".to_owned()),
    };
    Ok((Path::new(env!("CARGO_MANIFEST_DIR")).join(file), extend))
}

fn parse_step_name(line: &str) -> Result<(Option<usize>, &str), String> {
    let name = line.trim_start_matches('#').trim();
    let Some(rest) = name.strip_prefix("@parallel") else {
        return Ok((None, name));
    };
    let rest = rest.trim();
    let (count, name) = rest.split_once(' ').unwrap_or((rest, ""));
    match count.parse() {
        Ok(count) if count > 0 => Ok((Some(count), name)),
        _ => Err("@parallel needs a number".to_owned()),
    }
}

/// Reads the lines of one step; `before` is the number of the line before them.
fn parse_step(lines: &[&str], before: usize) -> Result<Step, (usize, String)> {
    let fail = |index: usize, error: &str| (before + index + 1, error.to_owned());
    let start = lines
        .iter()
        .position(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .ok_or_else(|| fail(0, "the step has no request line"))?;
    let answer = (start..lines.len())
        .find(|index| parse_statuses(lines[*index]).is_some())
        .ok_or_else(|| fail(start, "the step has no line \"HTTP status\""))?;
    let (method, path) = parse_request_line(lines[start]).map_err(|error| fail(start, error))?;
    let (headers, body) = split(&lines[start + 1..answer]);
    let (expected_headers, document) = split(&lines[answer + 1..]);
    let document: Vec<&str> = document
        .iter()
        .filter(|line| !line.starts_with('#'))
        .copied()
        .collect();
    let body = body.join("\n");
    let body = body.trim_end_matches('\n');
    Ok(Step {
        line: before + start + 1,
        name: String::new(),
        parallel: 1,
        method,
        path,
        headers: parse_headers(headers).map_err(|error| fail(start, &error))?,
        body: (!body.is_empty()).then(|| body.to_owned()),
        statuses: parse_statuses(lines[answer]).unwrap_or_default(),
        expected_headers: parse_headers(expected_headers).map_err(|error| fail(answer, &error))?,
        expected_body: parse_expected(&document.join("\n"))
            .map_err(|error| fail(answer, &error))?,
    })
}

fn parse_request_line(line: &str) -> Result<(String, String), &'static str> {
    let (method, path) = line.split_once(' ').ok_or("expected METHOD PATH")?;
    if path.contains(char::is_whitespace) {
        return Err("a path cannot contain a space: write %20");
    }
    if !path.starts_with('/') && !path.starts_with("{{") {
        return Err("a path begins with / or a variable");
    }
    Ok((method.to_owned(), path.to_owned()))
}

/// The statuses of a line such as `HTTP 200|204`.
fn parse_statuses(line: &str) -> Option<Vec<u16>> {
    line.strip_prefix("HTTP ")?
        .trim()
        .split('|')
        .map(|status| status.parse().ok().filter(|code| (100..600).contains(code)))
        .collect()
}

/// The lines before and after the first blank line.
fn split<'a, 'b>(lines: &'a [&'b str]) -> (&'a [&'b str], &'a [&'b str]) {
    match lines.iter().position(|line| line.trim().is_empty()) {
        Some(blank) => (&lines[..blank], &lines[blank + 1..]),
        None => (lines, &[]),
    }
}

fn parse_headers(lines: &[&str]) -> Result<Vec<(String, String)>, String> {
    lines
        .iter()
        .map(|line| match line.split_once(':') {
            Some((name, value)) if !name.is_empty() && !name.contains([' ', '"', '{']) => {
                Ok((name.to_owned(), value.trim().to_owned()))
            }
            _ => Err(format!("not a header (is a blank line missing?): {line}")),
        })
        .collect()
}

fn parse_expected(text: &str) -> Result<ExpectedBody, String> {
    match text.trim() {
        "" => Ok(ExpectedBody::Any),
        "empty" => Ok(ExpectedBody::Empty),
        json => {
            let document = serde_json::from_str(json)
                .map_err(|error| format!("expected document: {error}"))?;
            template::check(&document)?;
            Ok(ExpectedBody::Document(document))
        }
    }
}

// Running

/// Runs a conversation against a fresh tenant; each failure is a text with file, line and the answer.
pub(crate) async fn run(conversation: &Conversation, db: Db) -> Vec<String> {
    let tenant = fresh_tenant_with(db, &conversation.tenant).await;
    let mut variables = variables_of(&tenant);
    let mut failures = Vec::new();
    for step in &conversation.steps {
        for failure in run_step(step, &tenant, &mut variables).await {
            let (file, line, name) = (&conversation.file, step.line, &step.name);
            failures.push(format!(
                "{file}:{line} ({db:?}) {name}\n{}",
                indent(&failure)
            ));
        }
    }
    failures
}

fn variables_of(tenant: &TestTenant) -> Variables {
    let mut variables = Variables::default();
    let known = [
        ("base", &tenant.base),
        ("root", &tenant.root),
        ("tenant", &tenant.name),
        ("token", &tenant.token),
        ("read_token", &tenant.read_token),
        ("expired_token", &tenant.expired_token),
        ("revoked_token", &tenant.revoked_token),
        ("unique", &super::unique()),
    ];
    for (name, value) in known {
        variables.set(name, value.as_str());
    }
    if let Some(token) = &tenant.second_token {
        variables.set("second_token", token.as_str());
    }
    if let Some((id, token)) = &tenant.user {
        variables.set("user_id", id.as_str());
        variables.set("user_token", token.as_str());
    }
    if let Some(other) = &tenant.other {
        variables.set("other_tenant", other.name.as_str());
        variables.set("other_token", other.token.as_str());
    }
    variables
}

async fn run_step(step: &Step, tenant: &TestTenant, variables: &mut Variables) -> Vec<String> {
    let runs = (1..=step.parallel).map(|n| {
        let mut variables = variables.clone();
        variables.set("n", n);
        async move {
            let request = match prepare(step, tenant, &variables) {
                Ok(request) => request,
                Err(error) => return (Some(error), variables),
            };
            let failure = match send(&tenant.root, request).await {
                Ok(response) => failure_of(step, &response, &mut variables),
                Err(error) => Some(error),
            };
            (failure, variables)
        }
    });
    let mut failures = Vec::new();
    for (failure, after) in futures_util::future::join_all(runs).await {
        failures.extend(failure);
        *variables = after;
    }
    failures
}

fn prepare(step: &Step, tenant: &TestTenant, variables: &Variables) -> Result<Request, String> {
    let path = variables.fill(&step.path)?;
    let target = if let Some(target) = path.strip_prefix(&tenant.root) {
        target.to_owned()
    } else if path.starts_with("//") {
        path[1..].to_owned()
    } else {
        format!("{}{path}", &tenant.base[tenant.root.len()..])
    };
    let body = step.body.as_deref().map(|body| fill_body(body, variables));
    let body = body.transpose()?;
    let mut headers = vec![(
        "Authorization".to_owned(),
        format!("Bearer {}", tenant.token),
    )];
    if body.is_some() {
        headers.push((
            "Content-Type".to_owned(),
            "application/scim+json".to_owned(),
        ));
    }
    headers.retain(|(default, _)| {
        let is_named = |(name, _): &(String, String)| name.eq_ignore_ascii_case(default);
        !step.headers.iter().any(is_named)
    });
    for (name, value) in &step.headers {
        if value != "none" {
            headers.push((name.clone(), variables.fill(value)?));
        }
    }
    Ok(Request {
        method: step.method.clone(),
        target,
        headers,
        body: body.map(String::into_bytes),
    })
}

fn fill_body(body: &str, variables: &Variables) -> Result<String, String> {
    if !body.lines().any(|line| line.starts_with("@repeat ")) {
        return variables.fill_json(body);
    }
    let mut filled = String::new();
    for line in body.lines() {
        let Some(repeat) = line.strip_prefix("@repeat ") else {
            filled.push_str(&variables.fill_json(line)?);
            continue;
        };
        let (count, text) = repeat.split_once(' ').ok_or("@repeat N text")?;
        let count: usize = count.parse().map_err(|_| "@repeat needs a number")?;
        filled.push_str(&variables.fill_json(text)?.repeat(count));
    }
    Ok(filled)
}

/// The differences and the answer, if there is a difference; sets what the answer captures.
fn failure_of(step: &Step, response: &Response, variables: &mut Variables) -> Option<String> {
    let mut differences = Vec::new();
    if !step.statuses.contains(&response.status) {
        let (expected, found) = (&step.statuses, response.status);
        differences.push(format!("status: expected {expected:?}, found {found}"));
    }
    let earlier = variables.clone();
    for (variable, header) in [("etag", "ETag"), ("location", "Location")] {
        if let Some(value) = response.header(header) {
            variables.set(variable, value);
        }
    }
    differences.extend(body_differences(&step.expected_body, response, variables));
    // Headers may use what the document captured, but keep the earlier answer's ETag and Location.
    let mut for_headers = variables.clone();
    for variable in ["etag", "location"] {
        if let Ok(value) = earlier.fill(&format!("{{{{{variable}}}}}")) {
            for_headers.set(variable, value);
        }
    }
    for (name, expected) in &step.expected_headers {
        differences.extend(header_difference(name, expected, response, &for_headers));
    }
    if differences.is_empty() {
        return None;
    }
    let request = format!("{} {}", step.method, step.path);
    let answer = indent(&response.describe());
    Some(format!(
        "{request}\n- {}\n{answer}",
        differences.join("\n- ")
    ))
}

fn body_differences(
    expected: &ExpectedBody,
    response: &Response,
    variables: &mut Variables,
) -> Vec<String> {
    match expected {
        ExpectedBody::Any => Vec::new(),
        ExpectedBody::Empty if response.body.is_empty() => Vec::new(),
        ExpectedBody::Empty => vec!["body: expected none".to_owned()],
        ExpectedBody::Document(template) => match serde_json::from_slice(&response.body) {
            Ok(actual) => template::differences(template, &actual, variables),
            Err(error) => vec![format!("body: expected JSON: {error}")],
        },
    }
}

fn header_difference(
    name: &str,
    expected: &str,
    response: &Response,
    variables: &Variables,
) -> Option<String> {
    let found: Vec<String> = response
        .headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    if expected == "none" {
        return (!found.is_empty()).then(|| format!("{name}: expected none, found {found:?}"));
    }
    let pattern = match variables.fill(expected) {
        Ok(pattern) => pattern,
        Err(error) => return Some(format!("{name}: {error}")),
    };
    let is_met = found.iter().any(|value| matches_wildcard(&pattern, value));
    (!is_met).then(|| format!("{name}: expected {pattern:?}, found {found:?}"))
}

/// Whether the text is the pattern, where `*` stands for anything.
fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(start) else {
        return false;
    };
    (0..=text.len())
        .filter(|index| text.is_char_boundary(*index))
        .any(|index| matches_wildcard(rest, &text[index..]))
}

fn indent(text: &str) -> String {
    text.lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<String>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = r#"# RFC 7644 3.3
# shows: P-1 P-2
# shows: P-3
# profile: entra
# setting: a.b=c=d
# other-tenant

### create
# why
POST /Users
X-Extra: 1
Authorization: none

{"a":
1}

HTTP 200|201
Location: {{base}}/Users/*
ETag: none

{"id": "$capture:id"}
# between

### @parallel 3 read
GET /Users/{{id}}?a=b
HTTP 200

### @parallel 2
### send much
POST //t/x

@repeat 3 [{{n}},

HTTP 400

empty
"#;

    #[test]
    fn a_file_is_read() {
        let conversation = parse("x.http", EXAMPLE).unwrap();
        assert_eq!(conversation.shows, ["P-1", "P-2", "P-3"]);
        assert_eq!(conversation.tenant.profile, "entra");
        assert_eq!(
            conversation.tenant.settings,
            [("a.b".to_owned(), "c=d".to_owned())]
        );
        assert!(conversation.tenant.other_tenant);
        let [create, read, much] = conversation.steps.as_slice() else {
            panic!("three steps")
        };
        assert_eq!((create.line, create.name.as_str()), (10, "create"));
        assert_eq!(create.headers.len(), 2);
        assert_eq!(create.body.as_deref(), Some("{\"a\":\n1}"));
        assert_eq!(create.statuses, [200, 201]);
        assert_eq!(create.expected_headers.len(), 2);
        assert!(matches!(create.expected_body, ExpectedBody::Document(_)));
        assert_eq!((read.parallel, read.name.as_str()), (3, "read"));
        assert!(read.body.is_none() && matches!(read.expected_body, ExpectedBody::Any));
        assert_eq!((much.parallel, much.name.as_str()), (2, "send much"));
        assert!(matches!(much.expected_body, ExpectedBody::Empty));
    }

    #[test]
    fn a_broken_file_names_its_line() {
        let broken = [
            ("text\n", "x.http:1: only comments"),
            ("# only a title\n", "x.http:1: there is no step"),
            ("### a\n\nGET /Users\n", "x.http:3: the step has no line"),
            ("### a\nGET /a b\nHTTP 200\n", "x.http:2: a path cannot"),
            (
                "### a\nGET /a\nHTTP 200\n\n{\n",
                "x.http:3: expected document",
            ),
            ("### a\nGET /a\n{}\nHTTP 200\n", "x.http:2: not a header"),
        ];
        for (text, error) in broken {
            let found = parse("x.http", text).unwrap_err();
            assert!(found.starts_with(error), "{found}");
        }
    }

    #[test]
    fn a_repeated_body_has_no_line_ends() {
        let mut variables = Variables::default();
        variables.set("n", 1);
        let body = "{\"a\":\n@repeat 3 [{{n}},\n}";
        assert_eq!(fill_body(body, &variables).unwrap(), "{\"a\":[1,[1,[1,}");
    }

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches_wildcard("*", ""));
        assert!(matches_wildcard("W/\"*\"", "W/\"12\""));
        assert!(matches_wildcard("a*b*c", "aXbYbZc"));
        assert!(!matches_wildcard("a*b", "abc"));
        assert!(!matches_wildcard("abc", "abcd"));
    }
}
