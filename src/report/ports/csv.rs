//! `ports --format csv`: a header line and a line per listener, in the format of RFC 4180.

use crate::paths::DisplayPaths;
use crate::ports::Listener;
use crate::report::ports::{Listed, PortsHome};

const HEADER: &str = "home,product,version,id,protocol,tls,direction,base,offset,port,enabled,random,description,source_kind,source_file,source_line,bind";

/// Writes the ports of `homes`.
pub(crate) fn render(homes: &[PortsHome], listed: Listed, shown: &DisplayPaths) -> String {
    let mut text = format!("{HEADER}\r\n");
    for home in homes {
        for listener in listed.of(home) {
            text.push_str(&row(home, listener, shown).map(|field| quoted(&field)).join(","));
            text.push_str("\r\n");
        }
    }
    text
}

fn row(home: &PortsHome, listener: &Listener, shown: &DisplayPaths) -> [String; 17] {
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    let source = home.model.zip(listener.source.at()).map(|(model, at)| (&model.file(at.file).source, at.span));
    [
        home.model.map_or_else(String::new, |model| shown.path(model.path())),
        home.product.map_or_else(String::new, |product| product.id.clone()),
        home.version.as_ref().map_or_else(String::new, ToString::to_string),
        listener.id.clone(),
        listener.protocol.as_str().to_owned(),
        listener.tls.to_string(),
        match listener.direction {
            crate::catalog::Direction::Inbound => "inbound".to_owned(),
            crate::catalog::Direction::Outbound => "outbound".to_owned(),
        },
        number(listener.base),
        listener.offset.to_string(),
        number(listener.port()),
        listener.enabled.to_string(),
        listener.random.to_string(),
        listener.description.clone(),
        listener.source.kind().to_owned(),
        source.map_or_else(String::new, |(source, _)| shown.path(&source.path)),
        source.map_or_else(String::new, |(source, span)| source.position(span.start).line.to_string()),
        listener.bind.clone().unwrap_or_default(),
    ]
}

fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}
