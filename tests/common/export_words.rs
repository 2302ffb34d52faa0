//! What exports say in words of their own, for tests and for fuzzing.

use tutti::export::markdown::Words;

pub const WORDS: Words<'static> = Words {
    prompt: "Prompt",
    attached: "Attached",
    incomplete: "Incomplete",
    failed: "Failed",
    no_answer: "No answer",
    winner: "Winner",
    note: "Note",
};
