//! How the service asks others: those who tell withdrawals or keys, and the lab's own system.

use std::time::Duration;

use bauta_spec::roots::{HouseRoots, NoHouseRoots};
use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

use crate::config::Config;

/// Whose certificates are believed there.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    tls: TlsConfig,
}

impl Outgoing {
    /// Everybody's authorities, and those of the house if the settings name any.
    pub(crate) fn open(config: &Config) -> Result<Self, NoHouseRoots> {
        let own = config.ca_file.as_deref().map(HouseRoots::in_file).transpose()?;
        let roots = own.map_or(RootCerts::WebPki, |own| {
            own.beside_everybodys().map(|der| Certificate::from_der(der).to_owned()).collect::<Vec<_>>().into()
        });
        Ok(Self { tls: TlsConfig::builder().root_certs(roots).build() })
    }

    /// For one call, which may take so long. What is sent is for the address that was named: no redirect is followed.
    pub(crate) fn call(&self, patience: Duration) -> ConfigBuilder<AgentScope> {
        Agent::config_builder().tls_config(self.tls.clone()).timeout_global(Some(patience)).max_redirects(0)
    }
}
