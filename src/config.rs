//! Settings: defaults ← `muster.toml` ← `MUSTER_SECTION__KEY` ← flags.
//!
//! Every key stands once, in [`KEYS`]; unknown ones are an error that names the line and the nearest known key.

mod keys;
mod settings;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};
pub use keys::{KEYS, Key};
pub use settings::{
    Config, Database, Limits, Log, Mail, OAuth, Operations, Pagination, ProvisioningLog, Server,
};
use settings::{connections, spare_cores};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said otherwise.
    Default,
    /// A line of the configuration file.
    File(String, usize),
    /// An environment variable.
    Environment(String),
    /// A flag.
    Flag(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(file, line) => write!(f, "{file}:{line}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// The values of all keys, with their origin.
#[derive(Debug, Clone)]
pub struct Values(BTreeMap<&'static str, (String, Origin)>);

impl Values {
    /// Reads file and environment. `flags` are names of keys with the values given on the command line.
    ///
    /// # Errors
    /// Names file, line and nearest key for an unknown key; the variable for a wrong value.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        flags: &[(&'static str, &'static str, String)],
    ) -> Result<Self> {
        let defaults = KEYS
            .iter()
            .map(|key| (key.name, (key.default.to_owned(), Origin::Default)));
        let mut values = Self(defaults.collect());
        match file {
            Some(file) => values.read_file(file)?,
            None if Path::new("muster.toml").exists() => {
                values.read_file(Path::new("muster.toml"))?;
            }
            None => {}
        }
        values.read_environment(environment)?;
        for (name, flag, value) in flags {
            values.set(name, value.clone(), Origin::Flag((*flag).to_owned()));
        }
        Ok(values)
    }

    fn set(&mut self, name: &str, value: String, origin: Origin) {
        if let Some(entry) = self.0.get_mut(name) {
            *entry = (value, origin);
        }
    }

    fn read_file(&mut self, file: &Path) -> Result<()> {
        let shown = file.display().to_string();
        let text = std::fs::read_to_string(file)
            .map_err(|error| Error::invalid_value(format!("{shown}: {error}")))?;
        let line_of = |position: usize| {
            text.get(..position)
                .map_or(1, |before| before.matches('\n').count() + 1)
        };
        let table = DeTable::parse(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(span.start));
            Error::invalid_value(format!("{shown}:{line}: {}", error.message()))
        })?;
        for (section, content) in table.get_ref() {
            let DeValue::Table(content) = content.get_ref() else {
                let line = line_of(section.span().start);
                return Err(Error::invalid_value(format!(
                    "{shown}:{line}: {:?} stands outside a section{}",
                    section.get_ref(),
                    hint(section.get_ref())
                )));
            };
            for (name, value) in content {
                let (full, line) = (
                    format!("{}.{}", section.get_ref(), name.get_ref()),
                    line_of(name.span().start),
                );
                let key = KEYS.iter().find(|key| key.name == full);
                let key = key.ok_or_else(|| {
                    Error::invalid_value(format!(
                        "{shown}:{line}: there is no key {full:?}{}",
                        hint(&full)
                    ))
                })?;
                if !key.is_in_file {
                    return Err(Error::invalid_value(format!(
                        "{shown}:{line}: {full} is read from the environment only, as {}",
                        variable(&full)
                    )));
                }
                let value = text_of(value.get_ref()).ok_or_else(|| {
                    Error::invalid_value(format!(
                        "{shown}:{line}: {full} must be a text, a number or a list of texts"
                    ))
                })?;
                self.set(key.name, value, Origin::File(shown.clone(), line));
            }
        }
        Ok(())
    }

    fn read_environment(
        &mut self,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<()> {
        for (name, value) in environment {
            let Some(rest) = name
                .strip_prefix("MUSTER_")
                .filter(|rest| rest.contains("__"))
            else {
                continue;
            };
            let full = rest.to_ascii_lowercase().replacen("__", ".", 1);
            if let Some(key) = KEYS.iter().find(|key| key.name == full) {
                self.set(key.name, value, Origin::Environment(name));
                continue;
            }
            let from_file = full
                .strip_suffix("_file")
                .and_then(|full| KEYS.iter().find(|key| key.name == full && key.is_secret));
            let Some(key) = from_file else {
                return Err(Error::invalid_value(format!(
                    "the environment variable {name} names no key{}",
                    hint(&full)
                )));
            };
            let content = std::fs::read_to_string(&value).map_err(|error| {
                Error::invalid_value(format!("{name}: cannot read {value:?}: {error}"))
            })?;
            self.set(
                key.name,
                content.trim_end().to_owned(),
                Origin::Environment(name),
            );
        }
        Ok(())
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |(value, _)| value)
    }

    fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    fn number<T: std::str::FromStr + PartialOrd + Copy>(&self, name: &str, least: T) -> Result<T> {
        let text = self.text(name);
        let parsed = text
            .replace('_', "")
            .parse()
            .ok()
            .filter(|number| *number >= least);
        parsed.ok_or_else(|| {
            Error::invalid_value(format!(
                "{name} ({}): {text:?} is not a number that it can be",
                self.origin(name)
            ))
        })
    }

    fn token_memory(&self) -> Result<Duration> {
        const NAME: &str = "limits.token_memory_milliseconds";
        let milliseconds = self.number(NAME, 0)?;
        if milliseconds > 100 {
            return Err(Error::invalid_value(format!(
                "{NAME} ({}): it can be 100 at most, as revoked tokens are good for so long",
                self.origin(NAME)
            )));
        }
        Ok(Duration::from_millis(milliseconds))
    }

    fn origin(&self, name: &str) -> String {
        self.0
            .get(name)
            .map_or_else(String::new, |(_, origin)| origin.to_string())
    }

    fn one_of(&self, name: &str, values: &[&str]) -> Result<&str> {
        let text = self.text(name);
        if values.contains(&text) {
            return Ok(text);
        }
        Err(Error::invalid_value(format!(
            "{name} ({}): must be {}",
            self.origin(name),
            values.join(" or ")
        )))
    }

    fn number_up_to(&self, name: &str, least: i64, most: i64) -> Result<i64> {
        let number = self.number(name, least)?;
        if number <= most {
            return Ok(number);
        }
        Err(Error::invalid_value(format!(
            "{name} ({}): {number} is more than {most}",
            self.origin(name)
        )))
    }

    fn seconds(&self, name: &str) -> Result<Duration> {
        let seconds = self.number_up_to(name, 1, 86_400)?;
        Ok(Duration::from_secs(u64::try_from(seconds).unwrap_or(1)))
    }

    /// A list of networks, or of single addresses.
    fn networks(&self, name: &str) -> Result<Vec<IpNet>> {
        let listed = self.text(name).split(',').map(str::trim);
        let read = listed.filter(|text| !text.is_empty()).map(|text| {
            let single = || text.parse::<IpAddr>().map(IpNet::from);
            text.parse::<IpNet>().or_else(|_| single()).map_err(|_| {
                Error::invalid_value(format!(
                    "{name} ({}): {text:?} is no network; write it as 10.0.0.0/8 or 2001:db8::/32",
                    self.origin(name)
                ))
            })
        });
        read.collect()
    }

    fn database(&self) -> Result<Database> {
        let url = self.text("database.url");
        Ok(Database {
            url: url.to_owned(),
            max_connections: connections(self.number("database.max_connections", 0)?, url),
            read_urls: several_urls(self.text("database.read_urls")),
            statement_timeout: self.seconds("database.statement_timeout_seconds")?,
        })
    }

    fn tls(&self) -> Result<Option<(PathBuf, PathBuf)>> {
        let file = |name: &str| self.optional(name).map(PathBuf::from);
        match (file("tls.certificate_file"), file("tls.key_file")) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
            _ => Err(Error::invalid_value(
                "TLS needs both tls.certificate_file and tls.key_file",
            )),
        }
    }

    /// Where links begin: an address without a query (RFC 7644 §1.3).
    fn public_url(&self) -> Result<Option<String>> {
        let Some(url) = self.optional("server.public_url") else {
            return Ok(None);
        };
        let is_web = url.starts_with("http://") || url.starts_with("https://");
        if !is_web || url.contains(['?', '#', ' ', '"']) {
            return Err(Error::invalid_value(format!(
                "server.public_url ({}): must be an http or https URL without \"?\" and \"#\", as in \"https://scim.example.com\"",
                self.origin("server.public_url")
            )));
        }
        Ok(Some(url.trim_end_matches('/').to_owned()))
    }

    /// The settings in force.
    ///
    /// # Errors
    /// Names the key, and where its value comes from.
    pub fn config(&self) -> Result<Config> {
        let parallelism: usize = self.number("limits.password_parallelism", 0)?;
        let format = self.one_of("log.format", &["text", "json"])?;
        let list = self
            .text("index.attributes")
            .split(',')
            .map(str::trim)
            .filter(|path| !path.is_empty());
        Ok(Config {
            server: Server {
                listen: self.text("server.listen").to_owned(),
                public_url: self.public_url()?,
                bootstrap_token: self.optional("server.bootstrap_token"),
                is_behind_proxy: self.one_of("server.behind_proxy", &["false", "true"])? == "true",
                trusted_proxies: self.networks("server.trusted_proxies")?,
                tls: self.tls()?,
            },
            operations: Operations {
                listen: self.text("operations.listen").to_owned(),
                is_chosen: self
                    .0
                    .get("operations.listen")
                    .is_some_and(|(_, origin)| *origin != Origin::Default),
            },
            database: self.database()?,
            index: list.map(str::to_owned).collect(),
            limits: Limits {
                body_bytes: self.number("limits.body_bytes", 1_024)?,
                bulk_bytes: self.number("limits.bulk_bytes", 1_024)?,
                bulk_operations: self.number("limits.bulk_operations", 1)?,
                body_timeout: self.seconds("limits.body_timeout_seconds")?,
                header_bytes: self.number("limits.header_bytes", 8_192)?,
                header_timeout: self.seconds("limits.header_timeout_seconds")?,
                idle_timeout: self.seconds("limits.idle_timeout_seconds")?,
                open_connections: self.number("limits.open_connections", 1)?,
                concurrent_requests: self.number("limits.concurrent_requests", 1)?,
                waiting_requests: self.number("limits.waiting_requests", 0)?,
                waiting_time: self.seconds("limits.waiting_seconds")?,
                requests_per_second: self.number("limits.requests_per_second", 0)?,
                address_requests_per_second: self
                    .number("limits.address_requests_per_second", 0)?,
                failures_per_minute: self.number("limits.failures_per_minute", 1)?,
                address_attempts: self.number("limits.address_attempts", 1)?,
                account_letters: self.number("limits.account_letters", 1)?,
                default_count: self.number("limits.default_count", 1)?,
                max_count: self.number("limits.max_count", 1)?,
                scan: self.number("limits.scan", 1)?,
                token_memory: self.token_memory()?,
                password_parallelism: if parallelism == 0 {
                    spare_cores()
                } else {
                    parallelism
                },
            },
            pagination: Pagination {
                is_by_cursor: self.one_of("pagination.default_method", &["index", "cursor"])?
                    == "cursor",
                cursor_seconds: self.number("pagination.cursor_timeout_seconds", 1)?,
            },
            oauth: OAuth {
                algorithm: self
                    .one_of("oauth.algorithm", &["EdDSA", "ES256"])?
                    .to_owned(),
                token_minutes: self.number_up_to("oauth.token_minutes", 1, 1_440)?,
                key_days: self.number("oauth.key_days", 1)?,
                private_networks: self.networks("oauth.private_networks")?,
            },
            mail: Mail {
                transport: self.one_of("mail.transport", &["file", "smtp"])?.to_owned(),
                folder: self.optional("mail.folder"),
                host: self.text("mail.host").to_owned(),
                port: self.number("mail.port", 1)?,
                tls: self
                    .one_of("mail.tls", &["required", "implicit", "off"])?
                    .to_owned(),
                user: self.optional("mail.user"),
                password: self.optional("mail.password"),
                from: self.text("mail.from").to_owned(),
                timeout: Duration::from_secs(self.number("mail.timeout_seconds", 1)?),
            },
            provisioning_log: ProvisioningLog {
                mode: self
                    .one_of(
                        "provisioning_log.mode",
                        &["all", "changes", "failures", "off"],
                    )?
                    .to_owned(),
                database: self.optional("provisioning_log.database"),
                days: self.number("provisioning_log.days", 1)?,
                body_bytes: self.number("provisioning_log.body_bytes", 0)?,
                read_body_bytes: self.number("provisioning_log.read_body_bytes", 0)?,
                masks_personal: self.one_of("provisioning_log.personal", &["keep", "mask"])?
                    == "mask",
            },
            log: Log {
                is_json: format == "json",
                level: self.text("log.level").to_owned(),
            },
        })
    }

    /// Every key with its value (secrets hidden) and where that comes from.
    #[must_use]
    pub fn shown(&self) -> Vec<(&'static str, String, String)> {
        let rows = KEYS.iter().filter_map(|key| {
            let (value, origin) = self.0.get(key.name)?;
            let value = if key.is_secret {
                hidden(value)
            } else {
                value.clone()
            };
            Some((key.name, value, origin.to_string()))
        });
        rows.collect()
    }
}

/// The URLs of a list, each of which may name several hosts.
fn several_urls(list: &str) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for part in list.split(',').map(str::trim) {
        match urls.last_mut() {
            Some(url) if !part.contains("://") => {
                url.push(',');
                url.push_str(part);
            }
            _ if part.is_empty() => {}
            _ => urls.push(part.to_owned()),
        }
    }
    urls
}

/// A secret as it may be shown: a database URL without its password, anything else not at all.
fn hidden(value: &str) -> String {
    if value.starts_with("sqlite:") || value.is_empty() {
        return value.to_owned();
    }
    let urls = several_urls(value);
    if urls.len() > 1 {
        return urls
            .iter()
            .map(|url| hidden(url))
            .collect::<Vec<_>>()
            .join(",");
    }
    let credentials = value
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?)));
    match credentials {
        Some((scheme, (user, host))) => format!(
            "{scheme}://{}:********@{}",
            user.split(':').next().unwrap_or_default(),
            host.split('?').next().unwrap_or_default()
        ),
        None => "********".to_owned(),
    }
}

fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Array(values) => {
            let texts: Option<Vec<String>> = values
                .iter()
                .map(|value| text_of(value.get_ref()))
                .collect();
            texts.map(|texts| texts.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

fn hint(name: &str) -> String {
    let nearest = KEYS.iter().max_by(|one, other| {
        strsim::jaro_winkler(name, one.name).total_cmp(&strsim::jaro_winkler(name, other.name))
    });
    nearest.map_or_else(String::new, |key| format!("; did you mean {}?", key.name))
}

/// The environment variable of a key.
#[must_use]
pub fn variable(name: &str) -> String {
    format!(
        "MUSTER_{}",
        name.to_ascii_uppercase().replacen('.', "__", 1)
    )
}

/// A configuration file with every key, its default and what it is for.
#[must_use]
pub fn template() -> String {
    let mut text = String::from(
        "# Every key with its default. The environment variable MUSTER_SECTION__KEY overrides a key, a flag overrides both.\n",
    );
    let mut section = "";
    for key in KEYS.iter().filter(|key| key.is_in_file) {
        let (own, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if own != section {
            section = own;
            _ = write!(text, "\n[{section}]\n");
        }
        let is_number =
            !key.default.is_empty() && key.default.bytes().all(|byte| byte.is_ascii_digit());
        let value = match key.name {
            "index.attributes"
            | "server.trusted_proxies"
            | "oauth.private_networks"
            | "database.read_urls" => "[]".to_owned(),
            "server.behind_proxy" => key.default.to_owned(),
            _ if is_number => key.default.to_owned(),
            _ => format!("{:?}", key.default),
        };
        _ = write!(text, "# {}\n#{name} = {value}\n", key.purpose);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Values> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Values::load(Some(file.path()), environment, &[])
    }

    #[test]
    fn the_environment_overrides_the_file_which_overrides_the_default() {
        let text = "[server]\nlisten = \"0.0.0.0:80\"\n[limits]\nmax_count = 5_000\n[index]\nattributes = [\"User:title\", \"Group:x\"]\n";
        let values = load(
            text,
            &[
                ("MUSTER_SERVER__LISTEN", "127.0.0.1:1"),
                ("MUSTER_HOME", "ignored"),
            ],
        )
        .unwrap();
        let config = values.config().unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:1");
        assert_eq!(config.limits.max_count, 5_000);
        assert_eq!(config.index, ["User:title", "Group:x"]);
        assert_eq!(config.limits.default_count, 100);
    }

    #[test]
    fn connections_go_by_cores_and_database_unless_they_are_set() {
        let of = |url: &str, configured: &str| {
            let text = format!("[database]\nurl = \"{url}\"\nmax_connections = {configured}\n");
            let values = load(&text, &[]).unwrap();
            values.config().unwrap().database.max_connections
        };
        let (postgres, sqlite) = (of("postgres://db/muster", "0"), of("sqlite:a.db", "0"));
        assert!((6..=64).contains(&postgres), "{postgres}");
        assert!((4..=64).contains(&sqlite), "{sqlite}");
        assert!(
            postgres == 64 || postgres == sqlite / 2 * 3,
            "{postgres} {sqlite}"
        );
        assert_eq!(of("postgres://db/muster", "5"), 5);
        assert_eq!(of("sqlite:a.db", "5"), 5);
    }

    #[test]
    fn unknown_keys_are_named_with_line_and_nearest_key() {
        let error = load("[server]\n\nlisten_adress = \"x\"\n", &[])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(
                ":3: there is no key \"server.listen_adress\"; did you mean server.listen?"
            ),
            "{error}"
        );
        let error = load("", &[("MUSTER_DATABASE__URI", "x")])
            .unwrap_err()
            .to_string();
        assert!(error.contains("did you mean database.url?"), "{error}");
        assert!(load("[server]\nbootstrap_token = \"x\"\n", &[]).is_err());
    }

    #[test]
    fn secrets_are_hidden_and_may_come_from_files() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "postgres://muster:hunter2@db/muster\n").unwrap();
        let values = load(
            "",
            &[("MUSTER_DATABASE__URL_FILE", file.path().to_str().unwrap())],
        )
        .unwrap();
        assert_eq!(
            values.config().unwrap().database.url,
            "postgres://muster:hunter2@db/muster"
        );
        assert!(
            values
                .shown()
                .iter()
                .all(|(_, value, _)| !value.contains("hunter2"))
        );
    }

    #[test]
    fn replicas_are_a_list_of_urls_without_their_passwords() {
        let text = "[database]\nurl = \"postgres://m:one@a:1,b:2/d\"\nread_urls = [\"postgres://m:two@c/d\", \"postgres://m:three@e:1,f/d\"]\n";
        let values = load(text, &[]).unwrap();
        let database = values.config().unwrap().database;
        assert_eq!(database.url, "postgres://m:one@a:1,b:2/d");
        assert_eq!(
            database.read_urls,
            ["postgres://m:two@c/d", "postgres://m:three@e:1,f/d"]
        );
        let shown: Vec<String> = values
            .shown()
            .into_iter()
            .map(|(_, value, _)| value)
            .collect();
        let shown = shown.join(" ");
        for secret in ["one", "two", "three"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn tokens_are_remembered_for_a_tenth_of_a_second_at_most() {
        let at = |milliseconds: &str| {
            let name = "MUSTER_LIMITS__TOKEN_MEMORY_MILLISECONDS";
            let config = load("", &[(name, milliseconds)]).unwrap().config();
            config.map(|config| config.limits.token_memory)
        };
        assert_eq!(at("0").unwrap(), Duration::ZERO);
        assert_eq!(at("100").unwrap(), Duration::from_millis(100));
        let error = at("101").unwrap_err().to_string();
        assert!(error.contains("100 at most"), "{error}");
    }

    #[test]
    fn the_template_is_a_valid_file_and_the_defaults_agree() {
        let template = template();
        let is_key = |rest: &&str| !rest.starts_with(' ');
        let lines = template
            .lines()
            .map(|line| line.strip_prefix('#').filter(is_key).unwrap_or(line));
        let uncommented: Vec<&str> = lines.collect();
        let config = load(&uncommented.join("\n"), &[])
            .unwrap()
            .config()
            .unwrap();
        assert_eq!(
            format!(
                "{:?}",
                (
                    &config.database,
                    &config.limits,
                    &config.log,
                    &config.mail,
                    &config.oauth,
                    &config.provisioning_log
                )
            ),
            {
                let Config {
                    database,
                    limits,
                    log,
                    mail,
                    oauth,
                    provisioning_log,
                    ..
                } = Config::default();
                format!(
                    "{:?}",
                    (database, limits, log, mail, oauth, provisioning_log)
                )
            }
        );
    }
}
