//! Determines the product and version of a home, from files that the product ships.

use std::path::Path;

use super::layout::Layout;
use super::scripts::Scripts;
use crate::catalog::{Product, Version, catalog};
use crate::disk;

/// What the files of a home say about it. What they do not say is `None`.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The product.
    pub product: Option<&'static Product>,
    /// Its version.
    pub version: Option<Version>,
    /// The version of the Carbon kernel.
    pub kernel: Option<Version>,
    /// The runtime of the product that is in this home: a profile of Enterprise Integrator 6.
    pub profile: Option<String>,
}

impl Identity {
    /// Whether the home is a runtime inside another home, which contains the start script.
    pub fn is_inner(&self) -> bool {
        self.profile.is_some() && self.profile != main_profile(self.product)
    }
}

const KERNEL_FILE: &str = "bin/wso2carbon-version.txt";
const DISTRIBUTION_FILE: &str = "updates/product.txt";
const PRODUCT_FILE: &str = "bin/version.txt";

/// The files that say which product is in a home.
pub(crate) const VERSION_FILES: [&str; 3] = [KERNEL_FILE, DISTRIBUTION_FILE, PRODUCT_FILE];

/// What carbon.xml says about the product.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerNames {
    pub(crate) name: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) version: Option<String>,
}

/// Determines the product and version of the home at `layout`; `names` is from its carbon.xml.
pub(crate) fn identify_with(layout: &Layout, names: &ServerNames) -> Identity {
    if layout.has_no_home() {
        return by_names(names);
    }
    if let Some(identity) = inside_another_home(layout) {
        return identity;
    }
    let root = &layout.root;
    let kernel = read(root, KERNEL_FILE).as_deref().and_then(|text| Version::parse(text.rsplit(" v").next()?));
    let mut identity = by_distribution(root)
        .or_else(|| by_version_file(root))
        .filter(|identity| identity.product.is_some())
        .unwrap_or_else(|| by_names(names));
    if identity.product.is_none() {
        let scripts = Scripts::of(root);
        let has = |script: &String| scripts.has(script);
        identity.product = catalog().products.iter().find(|product| product.own_scripts.iter().any(has));
    }
    if let (Some(product), None, Some(kernel)) = (identity.product, &identity.version, &kernel) {
        identity.version = product.kernels.get(&kernel.to_string()).cloned();
    }
    if identity.product.is_none() && kernel.is_some() {
        identity = Identity { product: catalog().product("carbon-kernel"), version: kernel.clone(), ..Identity::default() };
    }
    Identity { kernel, profile: main_profile(identity.product), ..identity }
}

/// Determines the product and version of the home at `layout` from its version files alone.
pub(super) fn identify(layout: &Layout) -> Identity {
    identify_with(layout, &ServerNames::default())
}

/// The identity of `wso2/broker`, `wso2/business-process` and the like in a home of Enterprise Integrator 6.
fn inside_another_home(layout: &Layout) -> Option<Identity> {
    let profile = layout.root.file_name()?.to_str()?;
    let folder = layout.root.parent().filter(|folder| folder.ends_with("wso2"))?;
    let outer = Layout::new(folder.parent()?, "conf");
    let identity = identify(&outer);
    main_profile(identity.product).map(|_| Identity { profile: Some(profile.to_owned()), ..identity })
}

/// updates/product.txt: `wso2am-4.6.0`.
fn by_distribution(root: &Path) -> Option<Identity> {
    let text = read(root, DISTRIBUTION_FILE)?;
    let (product, version) = named_distribution(&text)?;
    Some(Identity { product: Some(product), version, ..Identity::default() })
}

/// bin/version.txt: `WSO2 API Manager v4.6.0`.
fn by_version_file(root: &Path) -> Option<Identity> {
    let text = read(root, PRODUCT_FILE)?;
    let (name, version) = text.rsplit_once(" v")?;
    Some(Identity { product: product_named(name), version: Version::parse(version), ..Identity::default() })
}

/// The product and version that the name of the folder at `path`, or of one above it, says: `wso2am-4.6.0`, as archives unpack.
pub(crate) fn by_folder_name(path: &Path) -> Option<Identity> {
    path.ancestors().find_map(|folder| {
        let (product, version) = named_distribution(folder.file_name()?.to_str()?)?;
        Some(Identity {
            product: Some(product),
            version: Some(version?),
            profile: main_profile(Some(product)),
            ..Identity::default()
        })
    })
}

/// What a name such as `wso2am-4.6.0` says. The version can be one that does not parse.
fn named_distribution(name: &str) -> Option<(&'static Product, Option<Version>)> {
    catalog().products.iter().find_map(|product| {
        let rest = name.strip_prefix(product.distribution.as_deref()?)?.strip_prefix('-')?;
        rest.starts_with(|first: char| first.is_ascii_digit()).then(|| (product, Version::parse(rest)))
    })
}

fn by_names(names: &ServerNames) -> Identity {
    let by_key = || {
        let key = names.key.as_deref()?;
        catalog().products.iter().find(|product| product.server_keys.iter().any(|known| known == key))
    };
    let product = names.name.as_deref().and_then(product_named).or_else(by_key);
    let version = product.and(names.version.as_deref()).and_then(Version::parse);
    Identity { product, version, profile: main_profile(product), ..Identity::default() }
}

/// The profile that is in the home itself rather than in a folder of it.
fn main_profile(product: Option<&Product>) -> Option<String> {
    product?.main_profile.clone()
}

fn product_named(name: &str) -> Option<&'static Product> {
    catalog().products.iter().find(|product| product.name.eq_ignore_ascii_case(name.trim()))
}

/// The first line of a small file, trimmed; `None` if there is none or it still contains a placeholder of the product's build.
fn read(root: &Path, file: &str) -> Option<String> {
    let bytes = disk::read(&root.join(file)).ok()?;
    let line = String::from_utf8_lossy(&bytes).lines().next()?.trim().to_owned();
    (!line.contains("${")).then_some(line)
}
