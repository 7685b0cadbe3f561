//! The last lines of a report for people: the commands that fix what was found.

use std::fmt::Write;

use crate::fix::offer::Offer;

/// How many commands for single rules are shown.
const MAX_SHOWN: usize = 5;

/// A line for each offer; `command` writes the command of an offer.
pub(crate) fn render(offers: &[Offer], command: impl Fn(&Offer) -> String) -> String {
    let mut text = String::new();
    let (unsafe_ones, safe): (Vec<&Offer>, Vec<&Offer>) = offers.iter().partition(|offer| offer.changes_server);
    for offer in safe {
        let _ = writeln!(text, "`{}` fixes {}", command(offer), offer.count);
    }
    for offer in unsafe_ones.iter().take(MAX_SHOWN) {
        let _ = writeln!(text, "`{}` fixes {}, but changes what the server does", command(offer), offer.count);
    }
    let more: usize = unsafe_ones.iter().skip(MAX_SHOWN).map(|offer| offer.count).sum();
    if more > 0 {
        let _ = writeln!(text, "{more} more have fixes that change what the server does; `carbonlint rules` lists them");
    }
    text
}
