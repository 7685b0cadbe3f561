//! The results of the server's config mapper for a home, computed on first use.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::content::OnDemand;
use super::{Content, FileId, LoadedFile, Model};
use crate::catalog::catalog;
use crate::server::jinjava::{SourceMap, Template};
use crate::server::mapper::key_usage::KeyUsage;
use crate::server::mapper::schema::Schema;
use crate::server::mapper::{
    Configuration, Environment, HomeBudget, Output, Release, Renderer, Resources, known_keys, parsed_template,
};
use crate::source::{script, template};

/// The files that the mapper reads in a home, and the configuration that it computes.
#[derive(Debug)]
pub struct Mapping {
    /// The mapper's JSON files and templates.
    pub resources: Arc<Resources>,
    /// The releases of the mapper and the template engine.
    pub release: Release,
    /// The configuration computed from deployment.toml in an unknown environment; `None` if there is no deployment.toml, or it is not
    /// valid TOML (including a deployment tool's template).
    pub configuration: Option<Configuration>,
    /// What the server renders in an unknown environment, in the order of the templates, each rendered on first use.
    outputs: Vec<OnceCell<Option<Output>>>,
    /// What the templates may still use with `configuration`.
    budget: HomeBudget,
    /// The same with any other configuration. Rules try out many, which must not change what is found out about the first.
    trial_budget: HomeBudget,
}

impl Mapping {
    /// A template of this home as its template engine reads it.
    pub(super) fn parse(&self, template: &Arc<str>) -> Rc<Template> {
        parsed_template(template, self.release.of_jinjava())
    }
}

impl Model {
    /// The mapper's results for this home; `None` if it has no templates.
    pub fn mapping(&self) -> Option<&Mapping> {
        self.mapping.get_or_init(|| self.renders_from_templates().then(|| Box::new(self.map()))).as_deref()
    }

    fn map(&self) -> Mapping {
        let read = |path: &str| self.text_of(path).map(|text| text.to_string());
        let resources = Arc::new(Resources::read(&self.layout.root, read, |path| self.holds(path)));
        let release = self.mapper_release();
        let configuration = self
            .toml_without_tags()
            .and_then(|toml| Configuration::resolve(&toml, &resources, &Environment::unknown(), &release));
        let outputs = resources.templates.iter().map(|_| OnceCell::new()).collect();
        Mapping { resources, release, configuration, outputs, budget: HomeBudget::default(), trial_budget: HomeBudget::default() }
    }

    /// The keys that the server reads. They come from the home's templates; for a deployment.toml without a home, from the catalogue of
    /// its product or of the product that it seems to belong to. `None` if neither is known.
    pub fn schema(&self) -> Option<&Schema> {
        let schema = self.schema.get_or_init(|| match self.mapping() {
            Some(mapping) => Some(Arc::new(self.read_templates(mapping))),
            None => self.known_schema(),
        });
        schema.as_deref()
    }

    fn known_schema(&self) -> Option<Arc<Schema>> {
        let (_, document) = self.toml()?;
        if let Some(product) = self.product() {
            return known_keys::shared(&product.id, self.identity.version.as_ref());
        }
        if let Some(suggested) = catalog().product_by_path(self.path()) {
            return known_keys::guess_of(&suggested.id);
        }
        let keys: BTreeSet<&str> = document.entries.iter().map(|entry| &*entry.key).collect();
        known_keys::guess(&keys)
    }

    fn read_templates(&self, mapping: &Mapping) -> Schema {
        let mut usage = KeyUsage::default();
        for (number, output) in mapping.resources.templates.iter().enumerate() {
            if let Some(text) = self.text_of(&Resources::path_of_template(output)) {
                usage.add(number, &mapping.parse(&text));
            }
        }
        Schema::of_home(&mapping.resources, usage)
    }

    /// The releases of the mapper and the template engine in this home.
    pub fn mapper_release(&self) -> Release {
        let determine = || {
            let version = self.catalogue_version();
            if self.layout.has_no_home() || self.layout.single_file.is_some() {
                return Release::of_product(self.product(), version.as_ref());
            }
            Release::of_home(&self.layout.root, self.product(), version.as_ref())
        };
        self.release.get_or_init(determine).clone()
    }

    /// The system properties that the start script passes to the server's JVM: the options before the main class, in the same command.
    /// Options with a value that the script computes are omitted, except for the path of the home.
    pub fn start_properties(&self) -> BTreeMap<String, String> {
        let Some((file, options)) = self.script() else { return BTreeMap::new() };
        let text = self.file(file).source.text.as_str();
        let home = self.layout.root.to_string_lossy();
        let given = options.iter().filter(|option| !option.after_main_class && script::starts_server(text, option));
        given
            .filter_map(|option| {
                let value = option.value.as_ref()?.replace("$CARBON_HOME", &home).replace("%CARBON_HOME%", &home);
                (!value.contains(['$', '%', '`'])).then(|| (option.name.clone(), value))
            })
            .collect()
    }

    /// The mapping and its configuration; `None` if either is missing.
    pub fn configuration(&self) -> Option<(&Mapping, &Configuration)> {
        let mapping = self.mapping()?;
        Some((mapping, mapping.configuration.as_ref()?))
    }

    /// The configuration of this home. Without templates it is computed from the text of deployment.toml alone, without mapped keys,
    /// defaults and units.
    pub fn configuration_or_text(&self) -> Option<&Configuration> {
        if let Some(mapping) = self.mapping() {
            return mapping.configuration.as_ref();
        }
        let resolve = || {
            let toml = self.toml_without_tags()?;
            Configuration::resolve(&toml, &Resources::default(), &Environment::unknown(), &self.mapper_release()).map(Box::new)
        };
        self.alone.get_or_init(resolve).as_deref()
    }

    /// Drops the configuration that was computed from the text of deployment.toml alone. It is computed again if something asks for it.
    pub(crate) fn forget_configuration(&mut self) {
        self.alone.take();
    }

    /// Drops everything that was computed from the texts of the files, and the texts of files that no finding can be in. All of it is computed or
    /// read again if something asks for it.
    pub(crate) fn forget_all(&mut self) {
        self.forget_configuration();
        // That of a home is its own; all others share theirs.
        if self.mapping.take().flatten().is_some() {
            self.schema.take();
        }
        self.read.take();
        self.usages.take();
        self.default_spans.take();
        (self.traced, self.beside) = (OnDemand::default(), OnDemand::default());
        self.files.iter_mut().for_each(LoadedFile::forget_content);
    }

    /// Renders the file at `path`, relative to the home, as the server does with `configuration`. `None` if the home has no such template, or it
    /// cannot be read.
    pub fn render(&self, path: &str, configuration: &Configuration) -> Option<Output> {
        let (_, template, renderer) = self.template_and_renderer(path, configuration)?;
        Some(renderer.render_parsed(path, &template))
    }

    /// The same, with what decides each part of the file, and the text of the template.
    pub(super) fn render_with_source_map(
        &self,
        path: &str,
        configuration: &Configuration,
    ) -> Option<(Output, SourceMap, Arc<str>)> {
        let (text, template, renderer) = self.template_and_renderer(path, configuration)?;
        let (output, map) = renderer.render_parsed_with_source_map(path, &template);
        Some((output, map, text))
    }

    fn template_and_renderer<'a>(
        &'a self,
        path: &str,
        configuration: &'a Configuration,
    ) -> Option<(Arc<str>, Rc<Template>, Renderer<'a>)> {
        let template = self.text_of(&Resources::path_of_template(path))?;
        let mapping = self.mapping()?;
        let is_own = mapping.configuration.as_ref().is_some_and(|own| std::ptr::eq(own, configuration));
        let budget = if is_own { &mapping.budget } else { &mapping.trial_budget };
        let parsed = mapping.parse(&template);
        Some((template, parsed, Renderer::new(configuration, &mapping.release, budget)))
    }

    /// The file at `path`, relative to the home, as the server renders it in an unknown environment. Rendered once.
    pub fn output(&self, path: &str) -> Option<&Output> {
        let (mapping, configuration) = self.configuration()?;
        let number = mapping.resources.templates.binary_search_by(|template| template.as_str().cmp(path)).ok()?;
        mapping.outputs[number].get_or_init(|| self.render(path, configuration)).as_ref()
    }

    /// Every file that the server renders in an unknown environment, in the order of their paths.
    pub fn outputs(&self) -> impl Iterator<Item = &Output> {
        let templates = self.mapping().into_iter().flat_map(|mapping| &mapping.resources.templates);
        templates.filter_map(|path| self.output(path))
    }

    /// The text of deployment.toml; `None` if it is malformed or a deployment tool's template.
    pub fn plain_toml(&self) -> Option<(FileId, &str)> {
        let file = self.toml_file()?;
        let loaded = self.file(file);
        let is_plain = matches!(loaded.content(), Content::Toml(document) if !document.is_template);
        is_plain.then_some((file, loaded.source.text_of_server()))
    }

    /// The same, with words in place of the tags that a deployment tool fills in, so that the tags are not taken for what they print.
    fn toml_without_tags(&self) -> Option<Cow<'_, str>> {
        let (file, text) = self.plain_toml()?;
        let is_filled_in = self.file(file).template().is_some();
        Some(if is_filled_in { Cow::Owned(template::without_tags(text)) } else { Cow::Borrowed(text) })
    }
}
