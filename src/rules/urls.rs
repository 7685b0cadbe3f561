//! Finds URLs with a numeric port in configuration values.

use crate::source::Span;

pub(super) use crate::model::is_loopback;

/// A URL with a numeric port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LiteralPort {
    /// The host as written, without the brackets of an IPv6 address.
    pub host: String,
    /// The port.
    pub port: i64,
    /// The digits of the port: byte offsets into the text.
    pub span: Span,
}

/// The URLs in `text` that have a numeric port.
pub(super) fn literal_ports(text: &str) -> Vec<LiteralPort> {
    // A JDBC URL names a database server, not this one.
    let of_database = |at: usize| text[..at].rfind("jdbc:").is_some_and(|start| !text[start..at].contains(char::is_whitespace));
    text.match_indices("://")
        .filter(|(at, _)| !of_database(*at))
        .filter_map(|(at, mark)| port_of(text, at + mark.len()))
        .collect()
}

fn port_of(text: &str, start: usize) -> Option<LiteralPort> {
    let len = text[start..].find(|character: char| {
        character.is_whitespace() || matches!(character, '/' | '"' | '\'' | ',' | '<' | '>' | '?' | '#' | ';')
    });
    let authority = &text[start..len.map_or(text.len(), |len| start + len)];
    let host_start = authority.rfind('@').map_or(0, |at| at + 1);
    let (host, port) = authority[host_start..].rsplit_once(':')?;
    let number = port.parse().ok().filter(|_| port.bytes().all(|byte| byte.is_ascii_digit()))?;
    let end = start + authority.len();
    Some(LiteralPort { host: host.trim_matches(['[', ']']).to_owned(), port: number, span: Span::new(end - port.len(), end) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_found_where_they_are_literal() {
        let text =
            "tcp://admin:x@localhost:5672?a=b, https://[::1]:9443/x ws://h:${p} http://h/x:1 jdbc:mysql://localhost:9443/db";
        let found: Vec<(String, &str)> = literal_ports(text).into_iter().map(|url| (url.host, url.span.of(text))).collect();
        assert_eq!(found, [("localhost".to_owned(), "5672"), ("::1".to_owned(), "9443")]);
        assert!(is_loopback("127.0.0.1") && is_loopback("LOCALHOST") && is_loopback("[::1]") && !is_loopback("0.0.0.0"));
    }
}
