//! `muster demo`: something to look at.

use clap::Subcommand;

use super::user::acting;
use super::{OfTenant, output};
use crate::config::Config;
use crate::error::Result;
use crate::service::Service;
use crate::service::account::demo;

#[derive(Debug, Subcommand)]
pub(super) enum DemoCommand {
    /// Make some two dozen people and a few groups, all at once; nobody of them has a password
    Load {
        #[command(flatten)]
        of: OfTenant,
    },
}

pub(super) async fn run(service: &Service, config: &Config, command: DemoCommand) -> Result<()> {
    let DemoCommand::Load { of } = command;
    let acting = acting(service, config, &of).await?;
    let loaded = demo::load(service, &acting).await?;
    output::print(&format!(
        "{} users and {} groups\n",
        loaded.users, loaded.groups
    ))
}
