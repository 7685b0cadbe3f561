//! Listeners on a port that the operating system picks at each startup, and the lines that open them.

use crate::catalog::Protocol;
use crate::model::{Content, Location};
use crate::ports::listener::{Listener, Source, State};
use crate::ports::reader::ListenerReader;
use crate::source::Span;
use crate::source::properties::Properties;

impl ListenerReader<'_> {
    /// A listener on a random port. The start script or the logging configuration opens it.
    pub(super) fn random(&self) -> Listener {
        let mut listener = Listener::blank(self.row, self.part);
        let cause = if self.row.protocol == Protocol::Udp { self.syslog_appender() } else { self.jvm_monitoring() };
        match cause {
            Cause::At(at) => {
                listener.enabled = true;
                listener.source = Source::File { at, anchor: at };
                listener.state = State::Switched(at);
            }
            Cause::Absent => listener.enabled = false,
            Cause::Fixed(at, port) => {
                listener.enabled = true;
                listener.random = false;
                listener.base = Some(port);
                listener.source = Source::File { at, anchor: at };
                listener.state = State::Switched(at);
            }
            Cause::NoFile => {}
        }
        listener
    }

    fn jvm_monitoring(&self) -> Cause {
        let Some((file, options)) = self.model.script().filter(|(_, options)| !options.is_empty()) else { return Cause::NoFile };
        let named = |name: &str| options.iter().rev().find(|option| option.name == name);
        if let Some(option) = named("com.sun.management.jmxremote.port")
            && let Some(port) = option.value.as_deref().and_then(|value| value.parse::<u16>().ok()).filter(|port| *port > 0)
        {
            return Cause::Fixed(Location { file, span: option.span }, port.into());
        }
        match named("com.sun.management.jmxremote") {
            Some(option) if option.value.as_deref() != Some("false") => Cause::At(Location { file, span: option.span }),
            _ => Cause::Absent,
        }
    }

    fn syslog_appender(&self) -> Cause {
        let logging = ["conf/log4j2.properties", "conf/log4j.properties"].into_iter().find_map(|file| self.model.file_at(file));
        let Some(file) = logging else { return Cause::NoFile };
        let Content::Properties(properties) = self.model.file(file).content() else { return Cause::NoFile };
        let appender = properties.entries.iter().find(|property| {
            let second = property.key.strip_prefix("appender.").and_then(|key| key.strip_suffix(".type"));
            let first = property.key.strip_prefix("log4j.appender.").filter(|key| !key.contains('.'));
            let name = match (second, first) {
                (Some(name), _) if property.trimmed() == "Syslog" || property.trimmed().ends_with("SyslogAppender") => name,
                (_, Some(name)) if property.trimmed().ends_with("SyslogAppender") => name,
                _ => return false,
            };
            is_used_appender(properties, name)
        });
        appender.map_or(Cause::Absent, |property| {
            Cause::At(Location { file, span: Span::new(property.key_span.start, property.value_span.end) })
        })
    }
}

/// What opens a listener on a random port.
enum Cause {
    /// This line.
    At(Location),
    /// This line, which also sets the port.
    Fixed(Location, i64),
    /// Nothing: the file has no such line.
    Absent,
    /// Unknown: there is no such file.
    NoFile,
}

/// Whether an appender is used. log4j 1 starts the appenders that a logger names; log4j 2 starts those in its `appenders` list, or all
/// if there is no list.
fn is_used_appender(properties: &Properties, name: &str) -> bool {
    let lists = |value: &str| value.split(',').any(|listed| listed.trim() == name);
    let mut logging = properties.entries.iter();
    if properties.entries.iter().any(|property| property.key.starts_with("log4j.")) {
        return logging.any(|property| {
            let is_logger = ["log4j.rootLogger", "log4j.rootCategory", "log4j.logger.", "log4j.category."];
            is_logger.iter().any(|logger| property.key.starts_with(logger)) && lists(&property.value)
        });
    }
    properties.get("appenders").is_none_or(|list| lists(&list.value))
}
