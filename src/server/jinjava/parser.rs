//! The parser of templates: builds the syntax tree from texts, expressions and tags (jinjava TreeParser.java, TagLibrary.java).

use std::rc::Rc;

use super::ast::{Branch, Macro, Node, NodeKind, ParsedExpression, Template};
use super::expression::Expression;
use super::fault::{Faults, TemplateFault};
use super::release::Release;
use super::token::{TokenKind, tokens};
use super::whitespace::{Piece, stripped, trim_start, trimmed_nodes, without_dashes, without_delimiters};
use crate::source::Span;

/// How deeply tags may be nested: more than any template needs, and little enough for the stack.
const MAX_DEPTH: usize = 100;

/// The tags that have an end tag (TagLibrary.java); `set` has one only if it has no `=`.
const WITH_END: [&str; 10] = ["autoescape", "block", "call", "for", "if", "ifchanged", "macro", "raw", "set", "unless"];

impl Template {
    /// Parses `text` as `release` does. Never fails: what is wrong is in [`Template::faults`] and in the nodes.
    pub fn parse(text: &str, release: Release) -> Self {
        let mut parser =
            TemplateParser { text, release, open: vec![OpenTag::root()], too_deep: Vec::new(), faults: Faults::default() };
        let tokens = tokens(text);
        for (number, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Text => {
                    let before_tag = tokens.get(number + 1).is_some_and(|next| next.kind == TokenKind::Tag);
                    parser.add_text(token.span, before_tag);
                }
                TokenKind::Expression => {
                    let expression = parse_expression(text, without_dashes(text, token.span), release);
                    parser.add(token.span, NodeKind::Print(expression));
                }
                TokenKind::Tag => parser.add_tag(token.span),
                TokenKind::Comment => {
                    if !token.span.of(text).ends_with("#}") {
                        parser.faults.add(TemplateFault::ignored(token.span, "the comment is not closed"));
                    }
                }
            }
        }
        parser.finish()
    }
}

/// Parses an expression; an empty one is null.
fn parse_expression(text: &str, span: Span, release: Release) -> ParsedExpression {
    if span.is_empty() { Expression::parse("null", Span::new(0, 4), release) } else { Expression::parse(text, span, release) }
}

/// A tag whose end tag has not been read yet.
struct OpenTag {
    span: Span,
    name: String,
    arguments: Span,
    /// Whether the tag itself ends with `-%}`, which removes the whitespace before its first text.
    trims_first: bool,
    nodes: Vec<Piece>,
}

impl OpenTag {
    fn root() -> Self {
        Self { span: Span::default(), name: String::new(), arguments: Span::default(), trims_first: false, nodes: Vec::new() }
    }
}

struct TemplateParser<'a> {
    text: &'a str,
    release: Release,
    /// The open tags, outermost first; the first is the template itself.
    open: Vec<OpenTag>,
    /// The names of the open tags that are nested too deeply, outermost first.
    too_deep: Vec<&'static str>,
    faults: Faults,
}

impl TemplateParser<'_> {
    fn siblings(&mut self) -> &mut Vec<Piece> {
        // The root is never closed.
        let last = self.open.len() - 1;
        &mut self.open[last].nodes
    }

    fn add(&mut self, span: Span, kind: NodeKind) {
        self.siblings().push(Piece::new(span, kind));
    }

    fn add_text(&mut self, span: Span, before_tag: bool) {
        let text = span.of(self.text);
        // `lstrip_blocks` removes spaces before a tag even if other text precedes them on the line.
        let text = if before_tag { text.trim_end_matches([' ', '\t']) } else { text };
        let span = Span::new(span.start, span.start + text.len());
        let trims_first = self.open.last().is_some_and(|open| open.trims_first);
        let release = self.release;
        let siblings = self.siblings();
        match siblings.last_mut() {
            Some(Piece { node: Node { kind: NodeKind::Text(before), span: whole }, trim_end, .. })
                if release.merges_adjacent_texts() =>
            {
                before.push_str(if *trim_end && release.trims_merged_texts() { trim_start(text) } else { text });
                whole.end = span.end;
            }
            last => {
                let trim_start = last.map_or(trims_first, |last| last.trims_next);
                siblings.push(Piece { trim_start, ..Piece::new(span, NodeKind::Text(text.to_owned())) });
            }
        }
    }

    fn add_tag(&mut self, span: Span) {
        let body = without_delimiters(self.text, span).of(self.text);
        let trims_before = body.starts_with('-');
        let trims_after = body.len() > 1 && body.ends_with('-');
        let tag = without_dashes(self.text, span);
        let body = tag.of(self.text);
        let is_name = |part: char| part.is_alphanumeric() || matches!(part, '_' | '$');
        let start = body.find(|part: char| part.is_alphabetic() || matches!(part, '_' | '$')).unwrap_or(body.len());
        let len = body[start..].find(|part: char| !is_name(part)).unwrap_or(body.len() - start);
        let name = &*body[start..start + len].to_lowercase();
        let arguments = Span::new(tag.start + start + len, tag.end);
        if trims_before && let Some(text) = self.siblings().last_mut().filter(|piece| piece.is_text()) {
            text.trim_end = true;
        }
        if let Some(opened) = name.strip_prefix("end").filter(|opened| WITH_END.contains(opened)) {
            self.close(span, opened, trims_after);
            return;
        }
        let is_assignment = name == "set" && arguments.of(self.text).contains('=');
        if name == "set" && !is_assignment && !self.release.has_set_blocks() {
            self.faults.add(TemplateFault::fatal(span, "`set` expects a value: Jinjava 2.4 has no `endset`"));
        }
        let has_end = WITH_END.contains(&name) && !is_assignment;
        if has_end && self.open.len() > MAX_DEPTH {
            if self.too_deep.is_empty() {
                self.faults.add(TemplateFault::over_limit(span, "the tags are nested too deeply"));
            }
            self.too_deep.extend(WITH_END.into_iter().find(|known| *known == name));
        } else if has_end {
            self.open.push(OpenTag { span, name: name.to_owned(), arguments, trims_first: trims_after, nodes: Vec::new() });
        } else {
            let kind = self.simple_tag(span, name, arguments);
            let trims_next = trims_after && self.release.trims_after_tags_without_end();
            self.siblings().push(Piece { trims_next, ..Piece::new(span, kind) });
        }
    }

    /// A tag without an end tag.
    fn simple_tag(&self, span: Span, name: &str, arguments: Span) -> NodeKind {
        let text = self.text;
        let expression = || parse_expression(text, stripped(text, arguments), self.release);
        match name {
            "else" => NodeKind::Else(None),
            "elif" => NodeKind::Else(Some(expression())),
            "do" => NodeKind::Do(self.required(span, name, arguments)),
            "print" => NodeKind::Print(expression()),
            "set" => self.set(span, arguments),
            "include" | "import" | "from" | "extends" => {
                // The mapper gives the engine no folder of templates (ClasspathResourceLocator.java).
                let message = format!("`{name}` cannot find another template: the server only searches its class path");
                NodeKind::Broken(TemplateFault::fatal(span, &message))
            }
            "cycle" => NodeKind::Broken(TemplateFault::unsupported(span, "the tag `cycle`")),
            _ => NodeKind::Broken(TemplateFault::fatal(span, &format!("unknown tag `{name}`"))),
        }
    }

    fn required(&self, span: Span, name: &str, arguments: Span) -> ParsedExpression {
        let arguments = stripped(self.text, arguments);
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
        if stripped(text, values).is_empty() {
            return NodeKind::Broken(TemplateFault::fatal(span, "`set` expects a value"));
        }
        if stripped(text, Span::new(arguments.start, equals)).is_empty() {
            return NodeKind::Broken(TemplateFault::fatal(span, "`set` expects a name"));
        }
        NodeKind::Set { names, values: Expression::parse_list(text, values, self.release) }
    }

    /// An end tag: closes the innermost tag with this name and all tags inside it.
    fn close(&mut self, span: Span, name: &str, trims_after: bool) {
        if let Some(at) = self.too_deep.iter().rposition(|open| *open == name) {
            self.too_deep.truncate(at);
            return;
        }
        self.too_deep.clear();
        let mut found = false;
        while !found && self.open.len() > 1 {
            let Some(open) = self.open.pop() else { break };
            found = open.name == name;
            if !found {
                let message = format!("`{}` must be closed by `end{}` before `end{name}`", open.name, open.name);
                self.faults.add(TemplateFault::fatal(span, &message));
            }
            self.finish_tag(open, trims_after);
        }
        if !found {
            let message = format!("`end{name}` has no `{name}` to close");
            self.faults.add(TemplateFault::ignored(span, &message));
        }
    }

    fn finish_tag(&mut self, open: OpenTag, trims_after: bool) {
        let body = trimmed_nodes(open.nodes);
        let kind = match &*open.name {
            "if" | "unless" => self.if_tag(open.span, &open.name, open.arguments, body),
            "for" => self.for_tag(open.span, open.arguments, body),
            "set" => NodeKind::SetBlock { name: Rc::from(stripped(self.text, open.arguments).of(self.text)), body },
            "macro" => self.macro_tag(open.span, open.arguments, body),
            "block" if stripped(self.text, open.arguments).is_empty() => {
                NodeKind::Broken(TemplateFault::fatal(open.span, "`block` expects a name"))
            }
            "raw" | "block" => NodeKind::Block(body),
            name => NodeKind::Broken(TemplateFault::unsupported(open.span, &format!("the tag `{name}`"))),
        };
        self.siblings().push(Piece { trims_next: trims_after, ..Piece::new(open.span, kind) });
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
        let Some((names_end, start)) = around_in(header) else {
            return NodeKind::Broken(TemplateFault::fatal(span, "`for` expects `in` and a collection"));
        };
        let names: Vec<Rc<str>> =
            header[..names_end].split([',', ' ', '\t', '\n', '\r']).filter(|name| !name.is_empty()).map(Rc::from).collect();
        let collection = stripped(self.text, Span::new(arguments.start + start, arguments.end));
        if self.release.removes_spaces_in_for() && needs_its_spaces(collection.of(self.text)) {
            let construct = "a `for` expression with spaces, which Jinjava removes before 2.6";
            return NodeKind::Broken(TemplateFault::unsupported(span, construct));
        }
        NodeKind::For { names, collection: parse_expression(self.text, collection, self.release), body }
    }

    fn macro_tag(&self, span: Span, arguments: Span, body: Vec<Node>) -> NodeKind {
        let text = self.text;
        let header = stripped(text, arguments);
        let broken = || NodeKind::Broken(TemplateFault::fatal(span, "`macro` expects a name and parameters in parentheses"));
        // The parameters end at the first `)`, even one inside a string (MacroTag.java).
        let Some(open) = header.of(text).find('(') else { return broken() };
        let Some(close) = header.of(text)[open..].find(')').map(|close| open + close) else { return broken() };
        let name = header.of(text)[..open].trim();
        if name.contains('.') {
            return NodeKind::Broken(TemplateFault::unsupported(span, "a macro in a map"));
        }
        let name = name.find(|part: char| !part.is_ascii_alphanumeric() && part != '_').map_or(name, |end| &name[..end]);
        if name.is_empty() {
            return broken();
        }
        let parameters = self.parameters(Span::new(header.start + open + 1, header.start + close));
        NodeKind::Macro(Rc::new(Macro { name: Rc::from(name), parameters, body }))
    }

    /// The parameters of a macro with their defaults.
    fn parameters(&self, span: Span) -> Vec<(Rc<str>, Option<ParsedExpression>)> {
        let mut parameters = Vec::new();
        let mut at = span.start;
        let mut parts = span.of(self.text).split(',');
        while let Some(part) = parts.next() {
            let start = at;
            at += part.len() + 1;
            let Some((parameter, default)) = part.split_once('=') else {
                if !part.trim().is_empty() {
                    parameters.push((Rc::from(part.trim()), None));
                }
                continue;
            };
            // The commas inside a list do not separate parameters.
            if default.trim_start().starts_with('[') {
                let mut last = part;
                while !last.trim_end().ends_with(']') {
                    let Some(more) = parts.next() else { break };
                    at += more.len() + 1;
                    last = more;
                }
            }
            let value = stripped(self.text, Span::new(start + parameter.len() + 1, at - 1));
            parameters.push((Rc::from(parameter.trim()), Some(parse_expression(self.text, value, self.release))));
        }
        parameters
    }

    fn finish(mut self) -> Template {
        while self.open.len() > 1 {
            let Some(open) = self.open.pop() else { break };
            // MissingEndTagException is a TemplateSyntaxException, which is fatal.
            self.faults.add(TemplateFault::fatal(open.span, &format!("`{}` is not closed by `end{}`", open.name, open.name)));
            self.finish_tag(open, false);
        }
        let nodes = self.open.pop().map(|root| trimmed_nodes(root.nodes)).unwrap_or_default();
        Template { nodes, faults: self.faults.into_list() }
    }
}

/// Whether removing the spaces from an expression, or replacing them with commas if there are quotes, changes what it means.
fn needs_its_spaces(expression: &str) -> bool {
    let has_quotes = expression.contains(['\'', '"']);
    let words: Vec<&str> = expression.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let is_word = |part: char| part.is_alphanumeric() || part == '_';
        let joined = pair[0].ends_with(is_word) && pair[1].starts_with(is_word);
        has_quotes || joined || pair[0].ends_with('+') && pair[1].starts_with(|part: char| part.is_ascii_digit())
    })
}

/// Where the names of a `for` end and its collection begins: before and after the first `in` between spaces.
fn around_in(header: &str) -> Option<(usize, usize)> {
    header.match_indices("in").find_map(|(at, word)| {
        let space = header[..at].chars().next_back().filter(|space| space.is_whitespace())?;
        let rest = &header[at + word.len()..];
        // The header ends with `in` if there is no collection.
        (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((at - space.len_utf8(), at + word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_around_in_can_be_wide() {
        for space in [" ", "\t", "\u{a0}", "\u{3000}"] {
            let template = Template::parse(&format!("{{% for x{space}in{space}y %}}{{% endfor %}}"), Release::Since27);
            let Some(Node { kind: NodeKind::For { names, collection, .. }, .. }) = template.nodes.first() else {
                panic!("{space:?}: {template:?}");
            };
            assert_eq!(names.iter().map(|name| &**name).collect::<Vec<_>>(), ["x"]);
            assert!(collection.is_ok());
        }
    }
}
