//! `muster init`: the first start without a server, and the link by which the first owner of the console comes in.

use std::fmt::Write;
use std::io::IsTerminal;

use clap::Args;

use super::user::acting;
use super::{OfTenant, output};
use crate::config::Config;
use crate::error::Result;
use crate::resource::timestamp;
use crate::service::Service;
use crate::service::account::first_owner::{self, PAGE};
use crate::service::account::links::NewLink;
use crate::service::admin::{FirstStart, first_start};

/// What is made at the first start.
const DEFAULT_TENANT: &str = "default";

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The owner's user name: invites exactly this person, instead of whoever comes with the link
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
}

/// What is told, each under its name.
type Facts = Vec<(&'static str, String)>;

pub(super) async fn run(service: &Service, config: &Config, command: Init) -> Result<()> {
    let url = config.public_url();
    let token = config.server.bootstrap_token.as_deref();
    let first = first_start(service, token).await?;
    if first.is_some() {
        // Before there is anybody whom the index would have to hold.
        service.agree_on_index(&config.index).await?;
    }
    let mut facts = vec![("SCIM base URL", format!("{url}/scim/v2"))];
    let mut remarks = Vec::new();
    if let Some(first) = &first {
        tell_connection(first, &mut facts, &mut remarks);
    }
    let of = OfTenant {
        tenant: DEFAULT_TENANT.to_owned(),
    };
    let is_offered = match (&command.email, &first) {
        (None, Some(first)) => {
            tell_link(&first.owner_link, &url, &mut facts, &mut remarks);
            true
        }
        (None, None) => {
            let acting = acting(service, config, &of).await?;
            let link = first_owner::offer(service, &acting).await?;
            if let Some(link) = &link {
                tell_link(link, &url, &mut facts, &mut remarks);
            }
            link.is_some()
        }
        (Some(email), _) => {
            let acting = acting(service, config, &of).await;
            let invited = match acting {
                Ok(acting) => first_owner::invite(service, &acting, email).await,
                Err(error) => Err(error),
            };
            // What the first start made is shown this once, whatever became of the rest.
            let invited = match invited {
                Err(error) if first.is_some() => {
                    show("Muster is set up, without an owner.", &facts, &remarks)?;
                    return Err(error);
                }
                outcome => outcome?,
            };
            if let Some(link) = invited.as_ref().and_then(|invited| invited.link.as_ref()) {
                tell_invitation(link, &url, email, &mut facts, &mut remarks);
            }
            invited.is_some()
        }
    };
    if !is_offered {
        return output::print(
            "There is an owner already; nothing was changed. `muster operator list` shows who it is.\n\
             For an owner who cannot sign in: `muster user set-temporary-password NAME` or `muster user unlock NAME`.\n\
             For another owner: `muster operator create NAME --role owner`.\n",
        );
    }
    show("Muster is set up.", &facts, &remarks)
}

/// What the first start made, with the link; each is shown this once.
pub(super) fn tell(
    first: &FirstStart,
    public_url: &str,
    facts: &mut Facts,
    remarks: &mut Vec<String>,
) {
    tell_connection(first, facts, remarks);
    tell_link(&first.owner_link, public_url, facts, remarks);
}

fn tell_connection(first: &FirstStart, facts: &mut Facts, remarks: &mut Vec<String>) {
    let token = first
        .token
        .as_deref()
        .unwrap_or("as set by MUSTER_SERVER__BOOTSTRAP_TOKEN");
    facts.push(("Bearer token", token.to_owned()));
    facts.push(("Tenant", first.tenant.clone()));
    facts.push(("Connection", first.connection.clone()));
    if first.token.is_some() {
        remarks.push(
            "The token is shown this once. `muster token create --connection default` makes another."
                .to_owned(),
        );
    }
}

fn tell_link(link: &NewLink, public_url: &str, facts: &mut Facts, remarks: &mut Vec<String>) {
    // The pages of the tenant that the first start makes are at the root.
    facts.push((
        "First owner",
        format!("{public_url}/{PAGE}/{}", link.secret),
    ));
    remarks.push(format!(
        "Whoever opens the link first becomes the owner of the console. It is good once, until {};\n  `muster init` makes another.",
        timestamp(link.expires)
    ));
}

fn tell_invitation(
    link: &NewLink,
    public_url: &str,
    email: &str,
    facts: &mut Facts,
    remarks: &mut Vec<String>,
) {
    facts.push((
        "First owner",
        format!("{public_url}/t/{DEFAULT_TENANT}/invite/{}", link.secret),
    ));
    remarks.push(format!(
        "With the link, {email} sets a password. It is good once, until {}; the same command makes another.",
        timestamp(link.expires)
    ));
}

/// For a terminal with air around it, for programs a line for each fact; what is remarked is not for them.
fn show(title: &str, facts: &Facts, remarks: &[String]) -> Result<()> {
    if std::io::stdout().is_terminal() {
        return output::print(&framed(title, facts, remarks));
    }
    for remark in remarks {
        eprintln!("{}", remark.replace("\n  ", " "));
    }
    output::print(&lines(facts, ""))
}

/// A title, facts and remarks, as they are shown to somebody.
pub(super) fn framed(title: &str, facts: &Facts, remarks: &[String]) -> String {
    let mut text = format!("\n  {title}\n\n{}\n", lines(facts, "    "));
    for remark in remarks {
        _ = writeln!(text, "  {remark}\n");
    }
    text
}

fn lines(facts: &Facts, indent: &str) -> String {
    let mut text = String::new();
    for (name, value) in facts {
        _ = writeln!(text, "{indent}{name:<15} {value}");
    }
    text
}
