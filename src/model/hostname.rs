//! The host name of a server.

use super::{EffectiveValue, Model};
use crate::catalog::Place;

impl Model {
    /// The configured host name; `None` if it is not set, or contains a placeholder.
    pub fn hostname(&self) -> Option<String> {
        let name = match self.given("server.hostname", &[]).filter(EffectiveValue::is_set_by_user) {
            Some(given) => given.text(),
            None if self.toml_file().is_some() => None,
            None => {
                let place = Place::new("conf/carbon.xml", "Server/HostName");
                self.find_in_home(&place).into_iter().next().map(|found| found.value.trim().to_owned())
            }
        };
        name.filter(|name| !name.is_empty() && !name.contains(['$', '{', '<']))
    }
}

/// Whether `host` is a loopback name or address.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.starts_with("127.") || host == "::1"
}
