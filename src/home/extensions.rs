//! Jars that an operator has put into a home. Their code can read deployment.toml without a template.

use std::fs;
use std::path::Path;

/// The folders for them.
const FOLDERS: [&str; 3] = ["repository/components/dropins", "repository/components/lib", "dropins"];

/// The beginnings of the names of jars that read no keys: those of the products, and drivers of databases.
const OTHERS: [&str; 10] =
    ["org.wso2.", "mysql", "mariadb", "postgresql", "ojdbc", "mssql-jdbc", "sqljdbc", "jtds", "db2jcc", "h2-"];

/// The paths of the jars in the home that are neither of the product nor a driver, sorted, with `/`.
pub(crate) fn extensions(root: &Path) -> Vec<String> {
    let jars = FOLDERS.into_iter().flat_map(|folder| {
        let names = fs::read_dir(root.join(folder)).into_iter().flatten().filter_map(Result::ok);
        names.filter_map(move |entry| {
            let name = entry.file_name().into_string().ok()?;
            let is_jar = Path::new(&name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("jar"));
            let is_other = OTHERS.iter().any(|other| name.to_ascii_lowercase().starts_with(other));
            (is_jar && !is_other).then(|| format!("{folder}/{name}"))
        })
    });
    let mut jars: Vec<String> = jars.collect();
    jars.sort();
    jars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jars_of_the_product_and_drivers_are_no_extensions() {
        let folder = tempfile::tempdir().expect("a folder");
        let dropins = folder.path().join("repository/components/dropins");
        fs::create_dir_all(&dropins).expect("created");
        for name in ["org.wso2.carbon.a_1.0.jar", "mysql-connector-j-8.jar", "custom-authenticator-1.0.jar", "README.txt"] {
            fs::write(dropins.join(name), "").expect("written");
        }
        assert_eq!(extensions(folder.path()), ["repository/components/dropins/custom-authenticator-1.0.jar"]);
        assert!(extensions(&folder.path().join("none")).is_empty());
    }
}
