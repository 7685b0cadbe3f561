//! What a carbonlint.toml says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::catalog::{Product, Version, product_of};
use crate::policy::{self, PolicyError};
use crate::rule_info::{ProfileSeverity, RuleSet, instead_of};
use crate::source::LineIndex;
use crate::suggest::did_you_mean;

/// A product, and its version if that is given.
pub(crate) type NamedProduct = (&'static Product, Option<Version>);

/// A parsed configuration file. Its paths and globs are relative to its folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Config {
    /// `product = "api-manager@4.5.0"`: the product of files that do not name it.
    pub product: Option<NamedProduct>,
    /// `[products]`: the same for the homes and files that a glob matches, the most specific glob first.
    pub products: Vec<(PathGlob, NamedProduct)>,
    /// `[hosts]`: each machine with the homes that run on it, as paths.
    pub hosts: Vec<(String, Vec<String>)>,
    /// `profile = "production"`
    pub profile: Option<String>,
    /// `select`: the rules and categories that run; empty for all.
    pub select: Vec<String>,
    /// `extend-select`: rules and categories that run besides those.
    pub extend_select: Vec<String>,
    /// `ignore`: the rules and categories that do not run.
    pub ignore: Vec<String>,
    /// `[severity]`: severities of rules, in every profile.
    pub severity: BTreeMap<String, ProfileSeverity>,
    /// `[per-file-ignores]`: the rules and categories that are not reported in files.
    pub per_file_ignores: Vec<(PathGlob, Vec<String>)>,
    /// `exclude`: what is not checked.
    pub exclude: Vec<PathGlob>,
    /// `include`: all that is checked; empty for everything.
    pub include: Vec<PathGlob>,
    /// `baseline`: the file with the findings that are not reported. Absolute once the file is read.
    pub baseline: Option<PathBuf>,
    /// The rules that the file can name: the built-in ones, those of the caller, and those of its `policies`.
    pub rules: RuleSet,
}

/// A pattern for paths, such as `nodes/*/deployment.toml`. It also matches everything below what it matches. A pattern without a slash matches a name
/// at any depth.
#[derive(Debug, Clone)]
pub(crate) struct PathGlob(GlobMatcher);

impl PathGlob {
    fn new(pattern: &str) -> Option<Self> {
        let pattern = pattern.trim_end_matches('/');
        let anywhere = if pattern.contains('/') { pattern.trim_start_matches("./").to_owned() } else { format!("**/{pattern}") };
        let glob = GlobBuilder::new(&anywhere).literal_separator(true).build().ok()?;
        (!pattern.is_empty()).then(|| Self(glob.compile_matcher()))
    }

    /// How many of its characters are not wildcards.
    fn literal_len(&self) -> usize {
        self.0.glob().glob().chars().filter(|character| !"*?[]{}".contains(*character)).count()
    }

    /// Whether it matches `path`, which is relative to the folder of the configuration file, or a folder around it.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        path.ancestors().any(|path| self.0.is_match(path))
    }
}

/// A key of the file: its name, what it must be, and how it is taken over.
struct Setting {
    name: &'static str,
    form: &'static str,
    read: fn(&DeValue, &mut Config, &Path) -> Result<(), Fault>,
}

/// What is wrong with a value.
enum Fault {
    /// It is not of the form that its key needs.
    Form,
    /// Something else, as a message.
    Other(String),
}

/// Every key, in the order of the documentation. The file is read in this order too: what names rules comes after what has some.
static SETTINGS: [Setting; 13] = [
    Setting {
        name: "profile",
        form: "\"production\" or \"development\"",
        read: |value, config, _| {
            let known = value.as_str().filter(|name| ["production", "development"].contains(name)).ok_or(Fault::Form)?;
            config.profile = Some(known.to_owned());
            Ok(())
        },
    },
    Setting {
        name: "product",
        form: "a string such as \"api-manager@4.5.0\"",
        read: |value, config, _| {
            config.product = Some(product(value.as_str().ok_or(Fault::Form)?)?);
            Ok(())
        },
    },
    Setting {
        name: "products",
        form: "a table of paths with products, such as \"nodes/km\" = \"identity-server@7.1.0\"",
        read: |value, config, _| {
            for (pattern, name) in value.as_table().ok_or(Fault::Form)? {
                let name = name.get_ref().as_str().ok_or(Fault::Form)?;
                config.products.push((glob(pattern.get_ref())?, product(name)?));
            }
            // A table has no order.
            config.products.sort_by_key(|(glob, _)| std::cmp::Reverse(glob.literal_len()));
            Ok(())
        },
    },
    Setting {
        name: "policies",
        form: "a list of folders with rule files, such as [\"policies\"]",
        read: |value, config, folder| {
            for policy in value.as_array().and_then(texts).ok_or(Fault::Form)? {
                let added = policy::add(&config.rules, &folder.join(&policy));
                config.rules = added.map_err(|error| Fault::Other(in_policy(folder, error)))?;
            }
            Ok(())
        },
    },
    Setting {
        name: "select",
        form: "a list of rules and categories",
        read: |value, config, _| {
            config.select = rule_names(value, &config.rules)?;
            Ok(())
        },
    },
    Setting {
        name: "extend-select",
        form: "a list of rules and categories",
        read: |value, config, _| {
            config.extend_select = rule_names(value, &config.rules)?;
            Ok(())
        },
    },
    Setting {
        name: "ignore",
        form: "a list of rules and categories",
        read: |value, config, _| {
            config.ignore = rule_names(value, &config.rules)?;
            Ok(())
        },
    },
    Setting {
        name: "severity",
        form: "a table of rules with \"error\", \"warning\", \"info\" or \"off\"",
        read: |value, config, _| {
            for (name, severity) in value.as_table().ok_or(Fault::Form)? {
                let severity = severity.get_ref().as_str().and_then(ProfileSeverity::parse).ok_or(Fault::Form)?;
                config.severity.insert(rule_name(name.get_ref(), &config.rules)?, severity);
            }
            Ok(())
        },
    },
    Setting {
        name: "per-file-ignores",
        form: "a table of paths with lists of rules and categories",
        read: |value, config, _| {
            for (pattern, names) in value.as_table().ok_or(Fault::Form)? {
                let names = rule_names(names.get_ref(), &config.rules)?;
                config.per_file_ignores.push((glob(pattern.get_ref())?, names));
            }
            Ok(())
        },
    },
    Setting {
        name: "exclude",
        form: "a list of paths such as [\"old\", \"nodes/*/test\"]",
        read: |value, config, _| {
            config.exclude = globs(value)?;
            Ok(())
        },
    },
    Setting {
        name: "include",
        form: "a list of paths such as [\"nodes\"]",
        read: |value, config, _| {
            config.include = globs(value)?;
            Ok(())
        },
    },
    Setting {
        name: "hosts",
        form: "a table with a list of homes for each machine",
        read: |value, config, _| {
            for (host, homes) in value.as_table().ok_or(Fault::Form)? {
                let form = || format!("`hosts.{}` must be a list of paths such as [\"node1\", \"node2\"]", host.get_ref());
                let homes = homes.get_ref().as_array().and_then(texts).ok_or_else(|| Fault::Other(form()))?;
                config.hosts.push((host.get_ref().to_string(), homes));
            }
            Ok(())
        },
    },
    Setting {
        name: "baseline",
        form: "the path of a file",
        read: |value, config, _| {
            config.baseline = Some(PathBuf::from(value.as_str().ok_or(Fault::Form)?));
            Ok(())
        },
    },
];

/// Every key of the file with what it must be.
pub(super) fn forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    SETTINGS.iter().map(|setting| (setting.name, setting.form))
}

impl Config {
    /// Whether what is at `path`, relative to the folder of the file, is not checked.
    pub(crate) fn leaves_out(&self, path: &Path) -> bool {
        let is_among = |globs: &[PathGlob]| globs.iter().any(|glob| glob.matches(path));
        is_among(&self.exclude) || !self.include.is_empty() && !is_among(&self.include)
    }

    /// Reads the text of a file. Fails with the line of the first fault, if it is known, and a message without a full stop.
    /// `folder` is that of the file, and `known` are the rules besides those of its policies.
    pub(super) fn parse(text: &str, folder: &Path, known: &RuleSet) -> Result<Self, (Option<usize>, String)> {
        let line = |start: usize| LineIndex::new(text).position(text, start).line;
        let table =
            DeTable::parse(text).map_err(|error| (error.span().map(|span| line(span.start)), error.message().to_owned()))?;
        for key in table.get_ref().keys() {
            let name = &**key.get_ref();
            if !SETTINGS.iter().any(|setting| setting.name == name) {
                let names = SETTINGS.iter().map(|setting| setting.name);
                let help = did_you_mean(name, names.clone(), '.').unwrap_or_else(|| {
                    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
                    format!("the keys are {}", names.join(", "))
                });
                return Err((Some(line(key.span().start)), format!("unknown key `{name}`; {help}")));
            }
        }
        let mut config = Self { rules: known.clone(), ..Self::default() };
        for Setting { name, form, read } in &SETTINGS {
            let Some((key, value)) = table.get_ref().get_key_value(*name) else { continue };
            read(value.get_ref(), &mut config, folder).map_err(|fault| {
                let message = match fault {
                    Fault::Form => format!("`{name}` must be {form}"),
                    Fault::Other(message) => message,
                };
                (Some(line(key.span().start)), message)
            })?;
        }
        Ok(config)
    }
}

fn product(name: &str) -> Result<NamedProduct, Fault> {
    product_of(name).map_err(|unknown| Fault::Other(format!("{}; {}", unknown.message, unknown.help)))
}

fn glob(pattern: &str) -> Result<PathGlob, Fault> {
    PathGlob::new(pattern).ok_or_else(|| Fault::Other(format!("`{pattern}` is not a pattern for paths")))
}

fn globs(value: &DeValue) -> Result<Vec<PathGlob>, Fault> {
    value.as_array().and_then(texts).ok_or(Fault::Form)?.iter().map(|pattern| glob(pattern)).collect()
}

fn rule_names(value: &DeValue, rules: &RuleSet) -> Result<Vec<String>, Fault> {
    let names = value.as_array().and_then(texts).ok_or(Fault::Form)?;
    match names.iter().find(|name| !rules.has_rule_or_category(name)) {
        Some(name) => Err(unknown("rule or category", name, rules.rules_and_categories())),
        None => Ok(names),
    }
}

fn rule_name(name: &str, rules: &RuleSet) -> Result<String, Fault> {
    rules.rule(name).map(|rule| rule.name.clone()).ok_or_else(|| unknown("rule", name, rules.names()))
}

/// A fault of a policy, with its path as seen from the folder of the configuration file.
fn in_policy(folder: &Path, error: PolicyError) -> String {
    let path = error.path.strip_prefix(folder).unwrap_or(&error.path).to_path_buf();
    let help = error.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
    format!("{}{help}", PolicyError { path, ..error })
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Fault {
    Fault::Other(format!("no {what} is called `{name}`; {}", instead_of(name, known)))
}

fn texts(items: &DeArray) -> Option<Vec<String>> {
    items.iter().map(|item: &Spanned<DeValue>| Some(item.get_ref().as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, (Option<usize>, String)> {
        Config::parse(text, Path::new("/nowhere"), &RuleSet::default())
    }

    #[test]
    fn every_setting_is_read() {
        let config = parse(
            "profile = \"production\"\nproduct = \"api-manager\"\nselect = [\"ports\"]\nextend-select = [\"unknown-key\"]\nignore = [\"keys\"]\n\
             exclude = [\"old\"]\ninclude = [\"nodes\"]\nbaseline = \"b.json\"\n[products]\n\"nodes/km\" = \"identity-server@7.1.0\"\n\
             [severity]\nunknown-key = \"off\"\n[per-file-ignores]\n\"nodes/*\" = [\"ports\"]\n[hosts]\na = [\"x\"]\n",
        )
        .expect("valid");
        assert_eq!(config.profile.as_deref(), Some("production"));
        assert_eq!(config.product.map(|(product, _)| product.id.as_str()), Some("api-manager"));
        assert_eq!(
            (config.select, config.extend_select, config.ignore),
            (vec!["ports".to_owned()], vec!["unknown-key".to_owned()], vec!["keys".to_owned()])
        );
        assert_eq!(config.severity, BTreeMap::from([("unknown-key".to_owned(), ProfileSeverity::Off)]));
        assert_eq!(
            (config.products.len(), config.per_file_ignores.len(), config.exclude.len(), config.include.len()),
            (1, 1, 1, 1)
        );
        assert_eq!((config.hosts.len(), config.baseline), (1, Some(PathBuf::from("b.json"))));
    }

    #[test]
    fn faults_say_where_they_are_and_what_to_write() {
        for (text, line, expected) in [
            ("\nprofle = \"x\"\n", 2, "unknown key `profle`; did you mean `profile`?"),
            (
                "x = 1\n",
                1,
                "unknown key `x`; the keys are `profile`, `product`, `products`, `policies`, `select`, `extend-select`, `ignore`, `severity`, `per-file-ignores`, `exclude`, `include`, `hosts`, `baseline`",
            ),
            ("profile = \"prod\"\n", 1, "`profile` must be \"production\" or \"development\""),
            ("product = 1\n", 1, "`product` must be a string such as \"api-manager@4.5.0\""),
            ("product = \"api-managr\"\n", 1, "no product is called `api-managr`; did you mean `api-manager`?"),
            ("select = \"ports\"\n", 1, "`select` must be a list of rules and categories"),
            ("ignore = [\"unknwon-key\"]\n", 1, "no rule or category is called `unknwon-key`; did you mean `unknown-key`?"),
            ("[severity]\nx-y-z = \"off\"\n", 1, "no rule is called `x-y-z`; `carbonlint rules` lists them"),
            (
                "[severity]\nunknown-key = \"none\"\n",
                1,
                "`severity` must be a table of rules with \"error\", \"warning\", \"info\" or \"off\"",
            ),
            ("policies = 1\n", 1, "`policies` must be a list of folders with rule files, such as [\"policies\"]"),
            ("policies = [\"none\"]\n", 1, "none: no such file or folder; name a folder with rule files, or one such file"),
            ("exclude = [\"[\"]\n", 1, "`[` is not a pattern for paths"),
            ("hosts = [\"a\"]\n", 1, "`hosts` must be a table with a list of homes for each machine"),
            ("[hosts]\na = \"b\"\n", 1, "`hosts.a` must be a list of paths such as [\"node1\", \"node2\"]"),
        ] {
            assert_eq!(parse(text).expect_err("a fault"), (Some(line), expected.to_owned()), "{text}");
        }
        assert_eq!(parse("a = 1\nb =\n").expect_err("a fault").0, Some(2));
    }

    #[test]
    fn a_pattern_matches_names_at_any_depth_and_what_is_below() {
        let matches = |pattern: &str, path: &str| PathGlob::new(pattern).expect("a pattern").matches(Path::new(path));
        assert!(
            matches("old", "a/old/deployment.toml")
                && matches("*.bak.toml", "a/b/x.bak.toml")
                && matches("nodes/*", "nodes/a/b/c")
        );
        assert!(matches("nodes/**/test", "nodes/a/b/test/x") && matches("./nodes/", "nodes/a") && matches("old/", "b/old"));
        assert!(!matches("nodes", "a/nodesx") && !matches("a/b", "c/a/b") && !matches("nodes/*/x", "nodes/a/b/x"));
        assert!(PathGlob::new("").is_none() && PathGlob::new("a[").is_none());
    }
}
