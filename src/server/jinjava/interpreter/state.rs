//! The state of the interpreter: scopes, macros, and the faults so far.

use std::collections::HashMap;
use std::rc::Rc;

use super::budget::{Budget, Limits};
use crate::server::jinjava::ast::Macro;
use crate::server::jinjava::fault::{Faults, TemplateFault};
use crate::server::jinjava::member;
use crate::server::jinjava::release::Release;
use crate::server::jinjava::source_map::{Origin, Recorder};
use crate::server::jinjava::value::{Map, Shared, Value};
use crate::source::Span;

/// How deeply nodes and expressions may be nested while they are evaluated, those of called macros included.
const MAX_DEPTH: usize = 110;

/// The names that `set`, loops and macros define in one place.
#[derive(Debug, Default, Clone)]
pub(super) struct Scope {
    pub(super) values: HashMap<Rc<str>, Bound>,
    pub(super) macros: HashMap<Rc<str>, DefinedMacro>,
    /// Whether it contains the configuration: the outermost scope does, and so does that of a macro defined there.
    pub(super) has_root: bool,
}

/// The value of a name, and where it came from. Without a recorder all origins are empty.
#[derive(Debug, Default, Clone)]
pub(super) struct Bound {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// A macro with the scope that defines it and its defaults, which are evaluated at the definition (MacroTag.java).
#[derive(Debug, Clone)]
pub(super) struct DefinedMacro {
    pub(super) definition: Rc<Macro>,
    /// The index of the scope.
    pub(super) level: usize,
    pub(super) defaults: Rc<[Bound]>,
}

pub(super) struct Interpreter<'a> {
    pub(super) root: &'a Value,
    pub(super) release: Release,
    /// The scopes, outermost first. A loop opens one for all its iterations; an `if` opens none.
    pub(super) scopes: Vec<Scope>,
    /// The maps that `namespace` created, which are the only ones that `set` can change.
    pub(super) namespaces: Vec<Rc<Shared<Map>>>,
    /// The names of the macros that are running: none of them can be called again.
    pub(super) running: Vec<Rc<str>>,
    pub(super) depth: usize,
    pub(super) budget: Budget,
    pub(super) faults: Faults,
    /// Records where values and text come from, if somebody asks.
    pub(super) recorder: Option<Box<Recorder>>,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(root: &'a Value, release: Release, limits: Limits, faults: Faults) -> Self {
        Self {
            root,
            release,
            scopes: vec![Scope { has_root: true, ..Scope::default() }],
            namespaces: Vec::new(),
            running: Vec::new(),
            depth: 0,
            budget: Budget::new(limits),
            faults,
            recorder: None,
        }
    }

    /// Enters a level of nesting.
    pub(super) fn enter(&mut self, span: Span) -> Result<(), TemplateFault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TemplateFault::over_limit(span, "the template is nested too deeply"));
        }
        Ok(())
    }

    /// Ends the rendering if the recorder is over its limit.
    pub(super) fn check_recorder(&self, span: Span) -> Result<(), TemplateFault> {
        match &self.recorder {
            Some(recorder) if recorder.is_over_limit() => {
                Err(TemplateFault::over_limit(span, "too many values decide the text, which takes too much memory"))
            }
            _ => Ok(()),
        }
    }

    /// Sets a name in the innermost scope.
    pub(super) fn put(&mut self, name: &Rc<str>, value: Value, origin: Origin) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.values.insert(name.clone(), Bound { value, origin });
        }
    }

    /// The value of a name. A null falls through to the outer scope (ScopeMap.java). In the outermost scope, `set` overrides the
    /// configuration.
    pub(super) fn look_up(&mut self, name: &str) -> Value {
        for scope in self.scopes.iter().rev() {
            let bound = scope.values.get(name);
            let value = match bound {
                Some(bound) => bound.value.clone(),
                None if scope.has_root => member::property(self.root, name),
                None => continue,
            };
            if let Some(recorder) = &mut self.recorder {
                let origin = bound.map_or_else(|| recorder.root(name), |bound| bound.origin);
                recorder.read(origin);
            }
            if !matches!(value, Value::Null) {
                return value;
            }
        }
        Value::Null
    }

    /// Adds a fault that does not end the rendering.
    pub(super) fn report(&mut self, fault: TemplateFault) {
        self.faults.add(fault);
    }
}
