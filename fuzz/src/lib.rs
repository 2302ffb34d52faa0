//! What the fuzz targets share: ways to cut a body, and what must hold for every dialect.

#[path = "../../tests/markdown/replay.rs"]
mod replay;

use tutti::{
    markdown::{self, Options},
    model::{
        event::{Delta, StreamEvent},
        provider::{Dialect, Quirks},
    },
    wire::body::{BodyDecoder, BodyEnd, DEFAULT_LINE_LIMIT, LineTooLong},
};

/// A body cut at every byte, nowhere, and in three ways that depend on it alone, so that every
/// input is a plain body and fails again as it failed once.
pub fn cuts(body: &[u8]) -> Vec<Vec<&[u8]>> {
    let mut seed = body
        .iter()
        .fold(body.len() as u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3));
    let mut cuts = vec![vec![body], body.chunks(1).collect()];
    for longest in [3, 40, 500] {
        let mut rest = body;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            seed = seed.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            let length = 1 + (seed >> 33) as usize % longest;
            let (piece, tail) = rest.split_at(length.min(rest.len()));
            pieces.push(piece);
            rest = tail;
        }
        cuts.push(pieces);
    }
    cuts
}

/// A body gives the same events however it is cut, and no more text than it has.
pub fn check_dialect(dialect: Dialect, body: &[u8]) {
    for line_limit in [DEFAULT_LINE_LIMIT, 300] {
        let mut cuts = cuts(body).into_iter().map(|pieces| read(dialect, line_limit, &pieces));
        let whole = cuts.next().expect("the first cut is none");
        cuts.for_each(|cut| assert_eq!(cut, whole));
        check_size(&whole.0, body.len());
    }
}

type Read = (Vec<StreamEvent>, Result<BodyEnd, LineTooLong>);

fn read(dialect: Dialect, line_limit: usize, pieces: &[&[u8]]) -> Read {
    let mut decoder = BodyDecoder::new(dialect, Quirks::default()).with_line_limit(line_limit);
    let mut events = Vec::new();
    let pushed = pieces.iter().try_for_each(|piece| decoder.push(piece, &mut events));
    let was_complete = decoder.is_complete();
    let end = decoder.end(&mut events);
    assert!(end.complete || !was_complete, "what was complete stays complete");
    (events, pushed.map(|()| end))
}

fn check_size(events: &[StreamEvent], body: usize) {
    let (mut text, mut arguments) = (0, 0);
    for event in events {
        match event {
            StreamEvent::Delta(Delta::Text(piece) | Delta::Refusal(piece)) => text += piece.len(),
            StreamEvent::Delta(Delta::Reasoning { text: piece, .. }) => text += piece.len(),
            StreamEvent::Delta(Delta::Citation(citation)) => text += citation.source.len(),
            StreamEvent::Delta(Delta::ToolCall { arguments: piece, .. }) => arguments += piece.len(),
            _ => {}
        }
    }
    // An invalid byte becomes U+FFFD, three bytes.
    assert!(text <= 3 * body, "{text} bytes of text from {body}");
    // A short path may make some empty items of a list.
    assert!(arguments <= 16 * body, "{arguments} bytes of arguments from {body}");
}

/// A text shows the same however it is cut, and the work stays within bounds.
pub fn check_markdown(text: &str) {
    for math in [false, true] {
        let options = Options { math };
        let whole = markdown::whole(text, options);
        for pieces in cuts(text.as_bytes()) {
            let pieces = whole_characters(text, &pieces);
            let updates = pieces.len() + 1;
            let (screen, document) = replay::stream(pieces, options);
            assert_eq!(replay::merged(&screen.blocks), whole);
            // An update parses an end of some kilobytes, and what is longer only when it has grown.
            let most = updates * 3 * (5 << 10) + 100 * text.len() + (20 << 10);
            assert!(document.parsed_bytes() <= most, "{} bytes for {}", document.parsed_bytes(), text.len());
        }
    }
}

/// Pieces that end with a character.
fn whole_characters<'a>(text: &'a str, pieces: &[&[u8]]) -> Vec<&'a str> {
    let mut end = 0;
    let mut start = 0;
    let mut all = Vec::new();
    for piece in pieces {
        end += piece.len();
        if text.is_char_boundary(end) {
            all.push(&text[start..end]);
            start = end;
        }
    }
    all
}
