//! The syntax tree of a template, with the white space already taken away (jinjava TreeParser.java, TokenScanner.java with
//! `trim_blocks` and `lstrip_blocks`).

use std::rc::Rc;

use super::TemplateFault;
use super::expression::Expression;
use super::token::{TokenKind, tokens};
use crate::source::Span;

/// The releases of Jinjava that read a template differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Release {
    /// 2.4: `in` compares without turning one type into another, and many tests and methods of lists are not there yet.
    Until24,
    /// 2.5: no `not in` yet.
    Since25,
    /// 2.6.
    #[default]
    Since26,
    /// From 2.7 on: `-%}` of a tag without an end, as `{% else -%}`, takes the white space behind it away.
    Since27,
}

/// A parsed template.
#[derive(Debug)]
pub struct Template {
    /// What it consists of.
    pub nodes: Vec<Node>,
    /// What is wrong with its tags. An expression that is no expression is wrong only where it is reached.
    pub faults: Vec<TemplateFault>,
}

/// A piece of a template.
#[derive(Debug)]
pub struct Node {
    /// Its text or its tag, without what lies between a tag and its end tag.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// What a template consists of.
#[derive(Debug)]
pub enum NodeKind {
    /// Text to be printed.
    Text(String),
    /// `{{ expression }}`
    Print(Parsed),
    /// `{% if %}` with its `{% elif %}` and `{% else %}`, or `{% unless %}`.
    If(Vec<Branch>),
    /// `{% for a, b in collection %}`
    For {
        /// `a` and `b`
        names: Vec<Rc<str>>,
        /// What it runs over.
        collection: Parsed,
        /// What each round prints.
        body: Vec<Node>,
    },
    /// `{% set a, b = x, y %}`: the names and the list of their values.
    Set {
        /// `a` and `b`
        names: Vec<Rc<str>>,
        /// `[x, y]`
        values: Parsed,
    },
    /// `{% set a %}text{% endset %}`
    SetBlock {
        /// `a`
        name: Rc<str>,
        /// What its value is rendered from.
        body: Vec<Node>,
    },
    /// `{% do expression %}`
    Do(Parsed),
    /// `{% macro name(a, b=1) %}`
    Macro(Rc<Macro>),
    /// A tag that only passes its body on.
    Block(Vec<Node>),
    /// `{% else %}` or `{% elif %}`: ends a branch of the `if` that it stands in, and is nothing elsewhere.
    Else(Option<Parsed>),
    /// A tag that cannot be followed.
    Broken(TemplateFault),
}

/// An expression, or why it is none.
pub type Parsed = Result<Expression, TemplateFault>;

/// A branch of an `if`.
#[derive(Debug)]
pub struct Branch {
    /// When it is taken; `None` for `else`.
    pub condition: Option<Parsed>,
    /// Whether it is taken when the condition is false.
    pub negated: bool,
    /// What it prints.
    pub body: Vec<Node>,
}

/// A macro.
#[derive(Debug)]
pub struct Macro {
    /// Its name.
    pub name: Rc<str>,
    /// Its parameters with their defaults.
    pub parameters: Vec<(Rc<str>, Option<Parsed>)>,
    /// What it prints.
    pub body: Vec<Node>,
}

/// Deeper than any template; the limit keeps the stack.
const MAX_DEPTH: usize = 100;

/// The tags with an end tag (TagLibrary.java), `set` only where it has no `=`.
const WITH_END: [&str; 10] = ["autoescape", "block", "call", "for", "if", "ifchanged", "macro", "raw", "set", "unless"];

impl Template {
    /// Parses `text` as `release` reads it. Never fails: what is wrong is in [`Template::faults`] and at the nodes.
    pub fn parse(text: &str, release: Release) -> Self {
        let mut builder = Builder { text, release, open: vec![Open::root()], faults: Vec::new() };
        let tokens = tokens(text);
        for (number, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Text => {
                    let before_tag = tokens.get(number + 1).is_some_and(|next| next.kind == TokenKind::Tag);
                    builder.add_text(token.span, before_tag);
                }
                TokenKind::Expression => {
                    let expression = parse_expression(text, trimmed(text, inner(token.span)), release);
                    builder.add(token.span, NodeKind::Print(expression));
                }
                TokenKind::Tag => builder.add_tag(token.span),
                TokenKind::Comment => {
                    if !token.span.of(text).ends_with("#}") {
                        builder.faults.push(TemplateFault::ignored(token.span, "the comment is not closed"));
                    }
                }
            }
        }
        builder.finish()
    }
}

/// An empty expression prints nothing.
fn parse_expression(text: &str, span: Span, release: Release) -> Parsed {
    if span.is_empty() { Expression::parse("null", Span::new(0, 4), release) } else { Expression::parse(text, span, release) }
}

/// A token without its delimiters and the `-` inside of them.
fn inner(span: Span) -> Span {
    Span::new(span.start + 2, span.end.saturating_sub(2).max(span.start + 2))
}

/// A span without white space and a `-` at its ends.
fn trimmed(text: &str, span: Span) -> Span {
    let bare = strip(text, span);
    let part = bare.of(text);
    let start = bare.start + usize::from(part.starts_with('-'));
    let end = bare.end - usize::from(part.len() > 1 && part.ends_with('-'));
    strip(text, Span::new(start, end))
}

fn strip(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let start = span.start + (part.len() - part.trim_start().len());
    Span::new(start, start + part.trim().len())
}

/// A tag that is not closed yet, with what was read of it.
struct Open {
    span: Span,
    name: String,
    arguments: Span,
    /// `-%}` of the tag itself: takes the white space before its first text.
    trims_first: bool,
    nodes: Vec<Piece>,
}

/// A node while its white space is still open.
struct Piece {
    node: Node,
    trim_start: bool,
    trim_end: bool,
    /// `-%}` of its end tag: takes the white space behind it.
    trims_next: bool,
}

impl Open {
    fn root() -> Self {
        Self { span: Span::default(), name: String::new(), arguments: Span::default(), trims_first: false, nodes: Vec::new() }
    }
}

struct Builder<'a> {
    text: &'a str,
    release: Release,
    /// The open tags, outermost first; the first one is the template itself.
    open: Vec<Open>,
    faults: Vec<TemplateFault>,
}

impl Builder<'_> {
    fn siblings(&mut self) -> &mut Vec<Piece> {
        // The root is never closed.
        let last = self.open.len() - 1;
        &mut self.open[last].nodes
    }

    fn add(&mut self, span: Span, kind: NodeKind) {
        let node = Node { span, kind };
        self.siblings().push(Piece { node, trim_start: false, trim_end: false, trims_next: false });
    }

    fn add_text(&mut self, span: Span, before_tag: bool) {
        let text = span.of(self.text);
        // Blanks before a tag go even where they do not begin the line.
        let text = if before_tag { text.trim_end_matches([' ', '\t']) } else { text };
        let trims_first = self.open.last().is_some_and(|open| open.trims_first);
        let (merges, since_27) = (self.release >= Release::Since26, self.release >= Release::Since27);
        let siblings = self.siblings();
        match siblings.last_mut() {
            Some(Piece { node: Node { kind: NodeKind::Text(before), span: whole }, trim_end, .. }) if merges => {
                // From 2.7 on, what a `{%-` took from the text before it is taken from the text behind it too, where the tag is no node.
                before.push_str(if since_27 && *trim_end { text.trim_start_matches(is_java_space) } else { text });
                whole.end = span.end;
            }
            last => {
                let trim_start = last.map_or(trims_first, |last| last.trims_next);
                self.add(span, NodeKind::Text(text.to_owned()));
                if let Some(piece) = self.siblings().last_mut() {
                    piece.trim_start = trim_start;
                }
            }
        }
    }

    fn add_tag(&mut self, span: Span) {
        let tag = strip(self.text, inner(span));
        let body = tag.of(self.text);
        let trims_before = body.starts_with('-');
        let trims_behind = body.len() > 1 && body.ends_with('-');
        let tag = trimmed(self.text, inner(span));
        let body = tag.of(self.text);
        let is_name = |part: char| part.is_alphanumeric() || matches!(part, '_' | '$');
        let start = body.find(|part: char| part.is_alphabetic() || matches!(part, '_' | '$')).unwrap_or(body.len());
        let len = body[start..].find(|part: char| !is_name(part)).unwrap_or(body.len() - start);
        let name = &*body[start..start + len].to_lowercase();
        let arguments = Span::new(tag.start + start + len, tag.end);
        if trims_before
            && let Some(Piece { node: Node { kind: NodeKind::Text(_), .. }, trim_end, .. }) = self.siblings().last_mut()
        {
            *trim_end = true;
        }
        if let Some(opened) = name.strip_prefix("end").filter(|opened| WITH_END.contains(opened)) {
            self.close(span, opened, trims_behind);
            return;
        }
        if name == "set" && self.release < Release::Since25 && !arguments.of(self.text).contains('=') {
            self.faults.push(TemplateFault::fatal(span, "`set` expects a value: Jinjava 2.4 has no `endset`"));
        }
        let has_body = WITH_END.contains(&name) && !(name == "set" && arguments.of(self.text).contains('='));
        if has_body && self.open.len() > MAX_DEPTH {
            self.faults.push(TemplateFault::unsupported(span, "the tags are nested too deeply"));
        } else if has_body {
            self.open.push(Open { span, name: name.to_owned(), arguments, trims_first: trims_behind, nodes: Vec::new() });
        } else {
            let kind = self.simple_tag(span, name, arguments);
            self.add(span, kind);
            let trims_next = trims_behind && self.release == Release::Since27;
            if let Some(piece) = self.siblings().last_mut() {
                piece.trims_next = trims_next;
            }
        }
    }

    /// A tag without an end.
    fn simple_tag(&self, span: Span, name: &str, arguments: Span) -> NodeKind {
        let text = self.text;
        let expression = || parse_expression(text, strip(text, arguments), self.release);
        match name {
            "else" => NodeKind::Else(None),
            "elif" => NodeKind::Else(Some(expression())),
            "do" => NodeKind::Do(self.required(span, name, arguments)),
            "print" => NodeKind::Print(expression()),
            "set" => self.set(span, arguments),
            "include" | "import" | "from" | "extends" => {
                // The mapper gives the engine no folder: only the class path of the server is searched (ClasspathResourceLocator.java).
                NodeKind::Broken(TemplateFault::fatal(
                    span,
                    &format!("`{name}` finds no other template: the server looks on its class path only"),
                ))
            }
            "cycle" => NodeKind::Broken(TemplateFault::unsupported(span, "the tag `cycle` is not followed")),
            _ => NodeKind::Broken(TemplateFault::fatal(span, &format!("`{name}` is no tag"))),
        }
    }

    fn required(&self, span: Span, name: &str, arguments: Span) -> Parsed {
        let arguments = strip(self.text, arguments);
        if arguments.is_empty() {
            return Err(TemplateFault::fatal(span, &format!("`{name}` expects an expression")));
        }
        Expression::parse(self.text, arguments, self.release)
    }

    fn set(&self, span: Span, arguments: Span) -> NodeKind {
        let text = self.text;
        let equals = arguments.start + arguments.of(text).find('=').unwrap_or_default();
        let names = Span::new(arguments.start, equals).of(text).split(',').map(|name| Rc::from(name.trim())).collect();
        let values = Span::new(equals + 1, arguments.end);
        if strip(text, values).is_empty() {
            return NodeKind::Broken(TemplateFault::fatal(span, "`set` expects a value"));
        }
        if strip(text, Span::new(arguments.start, equals)).is_empty() {
            return NodeKind::Broken(TemplateFault::fatal(span, "`set` expects a name"));
        }
        NodeKind::Set { names, values: Expression::parse_list(text, values, self.release) }
    }

    /// An end tag: closes the innermost tag of its name, and every other one that is open in it.
    fn close(&mut self, span: Span, name: &str, trims_behind: bool) {
        let mut found = false;
        while !found && self.open.len() > 1 {
            let Some(open) = self.open.pop() else { break };
            found = open.name == name;
            if !found {
                let message = format!("`end{name}` closes `{}`, which needs `end{}`", open.name, open.name);
                self.faults.push(TemplateFault::fatal(span, &message));
            }
            self.finish_tag(open, trims_behind);
        }
        if !found {
            let message = format!("`end{name}` has no tag that it ends");
            self.faults.push(TemplateFault::ignored(span, &message));
        }
    }

    fn finish_tag(&mut self, open: Open, trims_behind: bool) {
        let body = settle(open.nodes);
        let kind = match &*open.name {
            "if" | "unless" => self.if_tag(open.span, &open.name, open.arguments, body),
            "for" => self.for_tag(open.span, open.arguments, body),
            "set" => NodeKind::SetBlock { name: Rc::from(strip(self.text, open.arguments).of(self.text)), body },
            "macro" => self.macro_tag(open.span, open.arguments, body),
            "block" if strip(self.text, open.arguments).is_empty() => {
                NodeKind::Broken(TemplateFault::fatal(open.span, "`block` expects a name"))
            }
            "raw" | "block" => NodeKind::Block(body),
            name => NodeKind::Broken(TemplateFault::unsupported(open.span, &format!("the tag `{name}` is not followed"))),
        };
        self.add(open.span, kind);
        if let Some(piece) = self.siblings().last_mut() {
            piece.trims_next = trims_behind;
        }
    }

    fn if_tag(&self, span: Span, name: &str, arguments: Span, body: Vec<Node>) -> NodeKind {
        let condition = Some(self.required(span, name, arguments));
        let mut branches = vec![Branch { condition, negated: name == "unless", body: Vec::new() }];
        for node in body {
            match node.kind {
                NodeKind::Else(condition) => branches.push(Branch { condition, negated: false, body: Vec::new() }),
                kind => {
                    if let Some(branch) = branches.last_mut() {
                        branch.body.push(Node { span: node.span, kind });
                    }
                }
            }
        }
        NodeKind::If(branches)
    }

    fn for_tag(&self, span: Span, arguments: Span, body: Vec<Node>) -> NodeKind {
        let header = arguments.of(self.text);
        let Some(at) = find_in(header) else {
            return NodeKind::Broken(TemplateFault::fatal(span, "`for` expects `in` with something to run over"));
        };
        let names: Vec<Rc<str>> =
            header[..at].split([',', ' ', '\t', '\n', '\r']).filter(|name| !name.is_empty()).map(Rc::from).collect();
        let collection = strip(self.text, Span::new((arguments.start + at + 4).min(arguments.end), arguments.end));
        if self.release < Release::Since26 && needs_its_blanks(collection.of(self.text)) {
            let said = "a `for` over words with blanks between is not followed before Jinjava 2.6";
            return NodeKind::Broken(TemplateFault::unsupported(span, said));
        }
        NodeKind::For { names, collection: parse_expression(self.text, collection, self.release), body }
    }

    fn macro_tag(&self, span: Span, arguments: Span, body: Vec<Node>) -> NodeKind {
        let text = self.text;
        let header = strip(text, arguments);
        let broken = || NodeKind::Broken(TemplateFault::fatal(span, "`macro` expects a name and parameters in parentheses"));
        // The parameters end at the first `)`, wherever it stands (MacroTag.java).
        let Some(open) = header.of(text).find('(') else { return broken() };
        let Some(close) = header.of(text)[open..].find(')').map(|close| open + close) else { return broken() };
        let name = header.of(text)[..open].trim();
        if name.contains('.') {
            return NodeKind::Broken(TemplateFault::unsupported(span, "a macro in a map is not followed"));
        }
        let name = name.find(|part: char| !part.is_ascii_alphanumeric() && part != '_').map_or(name, |end| &name[..end]);
        if name.is_empty() {
            return broken();
        }
        let mut parameters = Vec::new();
        let mut at = header.start + open + 1;
        let mut parts = header.of(text)[open + 1..close].split(',');
        while let Some(part) = parts.next() {
            let start = at;
            at += part.len() + 1;
            let Some((parameter, default)) = part.split_once('=') else {
                if !part.trim().is_empty() {
                    parameters.push((Rc::from(part.trim()), None));
                }
                continue;
            };
            // A list has commas of its own.
            if default.trim_start().starts_with('[') {
                let mut last = part;
                while !last.trim_end().ends_with(']') {
                    let Some(more) = parts.next() else { break };
                    at += more.len() + 1;
                    last = more;
                }
            }
            let value = strip(text, Span::new(start + parameter.len() + 1, at - 1));
            parameters.push((Rc::from(parameter.trim()), Some(parse_expression(text, value, self.release))));
        }
        NodeKind::Macro(Rc::new(Macro { name: Rc::from(name), parameters, body }))
    }

    fn finish(mut self) -> Template {
        while self.open.len() > 1 {
            let Some(open) = self.open.pop() else { break };
            // MissingEndTagException is a TemplateSyntaxException, and fatal.
            self.faults.push(TemplateFault::fatal(open.span, &format!("`{}` is not closed by `end{}`", open.name, open.name)));
            self.finish_tag(open, false);
        }
        let nodes = self.open.pop().map(|root| settle(root.nodes)).unwrap_or_default();
        Template { nodes, faults: self.faults }
    }
}

/// `Character.isWhitespace`, to which a space that does not break is none.
fn is_java_space(character: char) -> bool {
    matches!(character, '\u{1c}'..='\u{1f}')
        || character.is_whitespace() && !matches!(character, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// The nodes with their white space taken away.
fn settle(pieces: Vec<Piece>) -> Vec<Node> {
    pieces
        .into_iter()
        .map(|mut piece| {
            if let NodeKind::Text(text) = &mut piece.node.kind {
                if piece.trim_end {
                    text.truncate(text.trim_end_matches(is_java_space).len());
                }
                if piece.trim_start {
                    text.drain(..text.len() - text.trim_start_matches(is_java_space).len());
                }
            }
            piece.node
        })
        .collect()
}

/// Whether an expression is another one without its blanks. Before 2.6 a `for` takes them away, or puts commas in their place where there
/// are quotes (ForTag.java).
fn needs_its_blanks(expression: &str) -> bool {
    let has_quotes = expression.contains(['\'', '"']);
    let words: Vec<&str> = expression.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let is_word = |part: char| part.is_alphanumeric() || part == '_';
        let joined = pair[0].ends_with(is_word) && pair[1].starts_with(is_word);
        has_quotes || joined || pair[0].ends_with('+') && pair[1].starts_with(|part: char| part.is_ascii_digit())
    })
}

/// Where the white space before the first `in` of a `for` begins.
fn find_in(header: &str) -> Option<usize> {
    header
        .match_indices("in")
        .map(|(at, _)| at)
        .find(|at| {
            // The white space at the end of the tag is not in the header any more.
            header[..*at].ends_with(char::is_whitespace)
                && (header[at + 2..].is_empty() || header[at + 2..].starts_with(char::is_whitespace))
        })
        .and_then(|at| at.checked_sub(1))
}
