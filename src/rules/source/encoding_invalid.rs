//! `encoding-invalid`: bytes that are not valid in the encoding with which the server reads the file, and files that are not text.

use crate::diagnostic::Finding;
use crate::rules::context::HomeContext;
use crate::source::encoding::EncodingFault;
use crate::source::{Kind, Span};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for (file, loaded) in context.files() {
        let source = &loaded.source;
        let name = source.encoding.name();
        let finding = |span: Span, message: String| context.finding(file, span, message);
        if source.is_binary() {
            let message = "the file is not text: it is binary, or in an encoding that the server does not read".to_owned();
            findings.push(finding(Span::at(0), message).help("restore it, or save it as UTF-8: nothing in it is checked"));
            continue;
        }
        if source.kind == Kind::Toml && source.encoding.is_utf16() {
            findings.push(
                finding(Span::at(0), format!("the file is encoded in {name}, but the server reads it as UTF-8"))
                    .help("save it as UTF-8 without a byte-order mark"),
            );
        }
        findings.extend(source.encoding_fault.as_ref().map(|fault| match fault {
            EncodingFault::InvalidByte(span, byte) => {
                finding(*span, format!("byte 0x{byte:02X} is not valid {name}")).help(if source.kind == Kind::Xml {
                    "save the file as UTF-8, or declare its encoding in the first line"
                } else {
                    "save the file as UTF-8"
                })
            }
            EncodingFault::Malformed(span) => {
                finding(*span, format!("these bytes are not valid {name}")).help("save the file as UTF-8")
            }
            EncodingFault::Unknown(span) => {
                let declared = span.of(&source.text);
                finding(*span, format!("unknown encoding `{declared}`")).help("declare the encoding of the file, such as UTF-8")
            }
        }));
    }
}
