//! The text of all streams, and its bytes.

use std::ops::Range;

use bytes::Bytes;

use crate::chat;

/// All bytes of an answer, made once for all streams.
pub(super) struct Score {
    pub(super) text: String,
    bytes: Bytes,
    /// Where each token's event begins, and where the last one ends, the finish with it.
    borders: Vec<usize>,
}

impl Score {
    pub(super) fn new(tokens: usize) -> Self {
        let (mut text, mut bytes, mut borders) = (String::new(), String::new(), vec![0]);
        for token in 0..tokens {
            let word = if token == 0 {
                "▶"
            } else if token + 1 == tokens {
                "∎"
            } else {
                WORDS[token % WORDS.len()]
            };
            text.push_str(word);
            bytes.push_str(&chat::text(word));
            if token + 1 == tokens {
                bytes.push_str(&chat::finish("stop"));
                bytes.push_str(&chat::usage(10, tokens as u64));
                bytes.push_str(chat::DONE);
            }
            borders.push(bytes.len());
        }
        Self { text, bytes: Bytes::from(bytes), borders }
    }

    pub(super) fn length(&self, tokens: usize) -> usize {
        self.borders[tokens]
    }

    pub(super) fn slice(&self, tokens: Range<usize>) -> Bytes {
        self.bytes.slice(self.borders[tokens.start]..self.borders[tokens.end])
    }
}

/// About as long as the tokens of real answers, in several scripts, with line ends.
const WORDS: [&str; 24] = [
    " the",
    " answer",
    " is",
    " given",
    ",",
    " word",
    " by",
    " word",
    ".\n",
    "안녕",
    "하세요",
    " ",
    "こん",
    "にちは",
    " and",
    " so",
    " on",
    " 🎻",
    " until",
    " its",
    " end",
    " comes",
    ".\n\n",
    "Then",
];
