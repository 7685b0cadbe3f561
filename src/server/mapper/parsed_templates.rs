//! The templates that were used last, parsed once. The parts of a template stay in their thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::render::Renderer;
use crate::server::jinjava::{Release, Template};

/// How many are kept: more than any product has.
const KEPT: usize = 256;

/// A template with its text, which keeps others from getting its address.
type Kept = (Arc<str>, Rc<Template>);

thread_local! {
    static TEMPLATES: RefCell<HashMap<(usize, Release), Kept>> = RefCell::default();
}

/// The template with this text as an engine of this release reads it.
pub(crate) fn parsed_template(text: &Arc<str>, release: Release) -> Rc<Template> {
    let key = (Arc::as_ptr(text).addr(), release);
    if let Some(known) = TEMPLATES.with_borrow(|templates| templates.get(&key).map(|(_, template)| Rc::clone(template))) {
        return known;
    }
    let template = Rc::new(Template::parse(&Renderer::normalized(text), release));
    TEMPLATES.with_borrow_mut(|templates| {
        if templates.len() >= KEPT {
            templates.clear();
        }
        templates.insert(key, (Arc::clone(text), Rc::clone(&template)));
    });
    template
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parsed_once_for_each_release() {
        let texts: Vec<Arc<str>> = (0..=KEPT).map(|number| Arc::from(format!("{{{{ a{number} }}}}"))).collect();
        let first = parsed_template(&texts[0], Release::Since27);
        assert!(Rc::ptr_eq(&first, &parsed_template(&texts[0], Release::Since27)));
        assert!(!Rc::ptr_eq(&first, &parsed_template(&texts[0], Release::Since26)));
        for text in &texts {
            parsed_template(text, Release::Since27);
        }
        assert!(!Rc::ptr_eq(&first, &parsed_template(&texts[0], Release::Since27)), "only the last ones are kept");
    }
}
