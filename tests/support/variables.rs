//! The `{{name}}` variables of a conversation.

use std::collections::BTreeMap;

use serde_json::Value;

/// Names and what they stand for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(BTreeMap<String, Value>);

impl Variables {
    /// Sets a variable, whether it exists or not.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Replaces each `{{name}}` by its value; an unknown name is an error.
    pub(crate) fn fill(&self, text: &str) -> Result<String, String> {
        self.replace(text, |value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// Like `fill`, for JSON text: quotes and backslashes of a string value are escaped.
    pub(crate) fn fill_json(&self, text: &str) -> Result<String, String> {
        self.replace(text, |value| {
            let json = value.to_string();
            match value {
                Value::String(_) => json[1..json.len() - 1].to_owned(),
                _ => json,
            }
        })
    }

    fn replace(&self, text: &str, spell: impl Fn(&Value) -> String) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, after) = (&rest[..start], &rest[start + 2..]);
            filled.push_str(before);
            if let Some(name) = name_at(after) {
                let value = self.0.get(name);
                let value = value.ok_or_else(|| format!("unknown variable {{{{{name}}}}}"))?;
                filled.push_str(&spell(value));
                rest = &after[name.len() + 2..];
            } else {
                // Not a variable: broken JSON is sent as it is.
                filled.push('{');
                rest = &rest[start + 1..];
            }
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// The variable name at the start of `text` when `}}` follows it.
fn name_at(text: &str) -> Option<&str> {
    let length = text
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|length| *length > 0)?;
    text[length..].starts_with("}}").then(|| &text[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_and_escaped_in_json() {
        let mut variables = Variables::default();
        variables.set("etag", "W/\"1\"");
        variables.set("n", 7);
        assert_eq!(variables.fill("a {{etag}} {{n}}").unwrap(), "a W/\"1\" 7");
        assert_eq!(
            variables
                .fill_json(r#"{"v":"{{etag}}","n":{{n}}}"#)
                .unwrap(),
            r#"{"v":"W/\"1\"","n":7}"#
        );
    }

    #[test]
    fn an_unknown_name_is_an_error_and_loose_braces_are_text() {
        let variables = Variables::default();
        assert_eq!(
            variables.fill("/Users/{{id}}").unwrap_err(),
            "unknown variable {{id}}"
        );
        for text in ["{{{{", "{{ id }}", "{{}}", "{\"a\":{\"b\":{}}}", "{{id"] {
            assert_eq!(variables.fill(text).unwrap(), text);
        }
    }
}
