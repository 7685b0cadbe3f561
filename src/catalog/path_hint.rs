//! What the names of folders say about the product of a file.

use std::path::Path;

use serde::Deserialize;

/// Names of folders that hold files of one product.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathHint {
    /// The id of the product.
    pub product: String,
    /// Words that a name contains, with no letter before or after them: `apim` in `kubernetes-apim` and `apim1`.
    #[serde(default)]
    pub words: Vec<String>,
    /// Whole names.
    #[serde(default)]
    pub names: Vec<String>,
}

impl PathHint {
    fn fits(&self, name: &str) -> bool {
        let has = |word: &String| {
            name.match_indices(word.as_str()).any(|(at, _)| {
                let before = name[..at].chars().next_back();
                let after = name[at + word.len()..].chars().next();
                [before, after].into_iter().flatten().all(|beside| !beside.is_alphabetic())
            })
        };
        self.names.iter().any(|whole| whole == name) || self.words.iter().any(has)
    }
}

/// The product that a path suggests by the name nearest to its end.
pub(super) fn product_in<'a>(hints: &'a [PathHint], path: &Path) -> Option<&'a str> {
    path.ancestors().find_map(|path| {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        hints.iter().find(|hint| hint.fits(&name)).map(|hint| hint.product.as_str())
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::catalog::catalog;

    #[test]
    fn the_name_nearest_to_the_file_decides() {
        for (path, product) in [
            ("kubernetes-apim/confs/am-gateway/deployment.toml", Some("api-manager")),
            ("docker-apim/apim-with-mi/conf/mi/conf/deployment.toml", Some("micro-integrator")),
            ("ansible-apim/roles/apim-is-as-km/templates/deployment.toml.j2", Some("identity-server")),
            ("helm/wso2is-7.0/deployment.toml", Some("identity-server")),
            ("nodes/is/deployment.toml", Some("identity-server")),
            ("what-is-this/apimanagers/deployment.toml", None),
            ("deployment.toml", None),
        ] {
            assert_eq!(catalog().product_by_path(Path::new(path)).map(|product| product.id.as_str()), product, "{path}");
        }
    }
}
