//! The host name of a server.

use super::Model;
use super::place;
use crate::catalog::Place;

impl Model {
    /// The host name that the configuration gives the server; `None` when it is not set or not literal.
    pub fn hostname(&self) -> Option<String> {
        let name = match self.setting("server.hostname", &[]) {
            Some((_, entry)) => entry.value.as_text(),
            None if self.toml_file().is_some() => None,
            None => {
                let place = Place::new("conf/carbon.xml", "Server/HostName");
                place::find(self, &place).into_iter().next().map(|found| found.value.trim().to_owned())
            }
        };
        name.filter(|name| !name.is_empty() && !name.contains(['$', '{', '<']))
    }
}
