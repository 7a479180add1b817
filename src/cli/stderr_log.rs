//! What a running server says of itself, on standard error.

use std::fmt::{self, Debug, Write as _};
use std::io::IsTerminal;

use tracing::field::Field;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

use crate::config::Config;
use crate::error::{Error, Result};

/// Begins to write what is at least of the level that is set, as text or JSON; in colours where somebody looks at it.
///
/// # Errors
/// `log.level` is not a filter.
pub(super) fn begin(config: &Config) -> Result<()> {
    let level = if config.log.level.contains(['=', ',']) {
        config.log.level.clone()
    } else {
        format!("warn,muster={}", config.log.level)
    };
    let filter = tracing_subscriber::EnvFilter::try_new(level)
        .map_err(|error| Error::invalid_value("log.level is not a filter").caused_by(error))?;
    let is_coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured);
    let outcome = if config.log.is_json {
        log.json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init()
    } else if is_coloured {
        log.try_init()
    } else {
        // The same text: what paints takes 4 % of the instructions of a get, also where it paints nothing.
        log.fmt_fields(debug_fn(plain).delimited(" ")).try_init()
    };
    outcome.map_err(|error| Error::internal("the log could not be set up").caused_by(error))
}

/// A field without colours. What others say is one line, whatever is in it.
fn plain(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    match field.name() {
        "message" => write!(OneLine(writer), "{value:?}"),
        name => write!(writer, "{}={value:?}", name.trim_start_matches("r#")),
    }
}

/// Escapes control characters.
struct OneLine<'a, 'w>(&'a mut Writer<'w>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.contains(char::is_control) {
            return self.0.write_str(text);
        }
        for part in text.chars() {
            if part.is_control() {
                write!(self.0, "{}", part.escape_default())?;
            } else {
                self.0.write_char(part)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        let mut text = String::new();
        write!(OneLine(&mut Writer::new(&mut text)), "a\nb\u{1b}[31m ü").unwrap();
        assert_eq!(text, r"a\nb\u{1b}[31m ü");
    }
}
