//! A comparison to be read: each prompt of the path that is shown, and under it a section for each column with
//! the answer that counts.
//!
//! What was asked and answered stands in block quotes: nothing in it, no heading, no fence that is never
//! closed, no HTML comment, reaches beyond them (CommonMark, "Block quotes": a container ends all that is open
//! within), so no answer can pass for another's section.

use crate::{
    grid::{
        comparison::{Column, Comparison, ReplyId, RoundId, reply::End, round::Attachment},
        record::Whole,
    },
    model::answer::Answer,
};

/// The page's own words, in the language of whoever exports.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    pub prompt: &'a str,
    pub attached: &'a str,
    pub incomplete: &'a str,
    pub failed: &'a str,
    pub no_answer: &'a str,
    pub winner: &'a str,
    pub note: &'a str,
}

pub fn write(whole: &Whole, words: &Words<'_>) -> String {
    let comparison = &whole.comparison;
    let mut out = String::from("# ");
    inline(comparison.title(), &mut out);
    out.push_str("\n\n");
    for (number, id) in (1_u32..).zip(comparison.path(comparison.tip())) {
        out.push_str("## ");
        inline(words.prompt, &mut out);
        out.push(' ');
        out.push_str(&number.to_string());
        out.push_str("\n\n");
        prompt(comparison, id, words, &mut out);
        for column in comparison.columns() {
            let cell = comparison.round(id).and_then(|round| round.cell(column.id));
            let Some(cell) = cell else { continue };
            out.push_str("### ");
            name(column, &mut out);
            out.push_str("\n\n");
            let version = u32::try_from(cell.chosen).unwrap_or_default();
            answer(whole, ReplyId { round: id, column: column.id, version }, words, &mut out);
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn name(column: &Column, out: &mut String) {
    inline(column.settings.model.trim(), out);
    out.push_str(" · ");
    inline(&column.settings.row().name, out);
}

fn prompt(comparison: &Comparison, id: RoundId, words: &Words<'_>, out: &mut String) {
    let Some(prompt) = comparison.round(id).map(|round| &round.prompt) else { return };
    for attachment in &prompt.attachments {
        match attachment {
            Attachment::File(id) => {
                let file = comparison.files().get(id.0 as usize);
                remark(words.attached, file.map_or("", |file| &file.name), out);
            }
            Attachment::Answer { by, text, .. } => {
                remark(words.attached, by, out);
                quoted(text, out);
            }
        }
    }
    quoted(&prompt.text, out);
}

fn answer(whole: &Whole, id: ReplyId, words: &Words<'_>, out: &mut String) {
    let Some(reply) = whole.comparison.reply(id) else { return remark(words.no_answer, "", out) };
    let nothing = Answer::default();
    let said = |id: &ReplyId| {
        let answer = whole.answers.get(id).unwrap_or(&nothing);
        [answer.text.as_str(), answer.refusal.as_str()].concat()
    };
    let text: String = whole.comparison.versions(id).iter().map(said).collect();
    quoted(&text, out);
    let error = reply.error.as_ref().map_or("", |error| &error.message);
    match reply.end {
        End::Failed => remark(words.failed, error, out),
        End::Open => remark(words.incomplete, error, out),
        end if end.is_incomplete() => remark(words.incomplete, error, out),
        _ if text.trim().is_empty() => remark(words.no_answer, "", out),
        _ => {}
    }
    if reply.is_winner {
        remark(words.winner, "", out);
    }
    if !reply.note.trim().is_empty() {
        remark(words.note, &reply.note, out);
    }
}

/// A line of the page's own, with somebody else's words behind it.
fn remark(word: &str, detail: &str, out: &mut String) {
    out.push_str("**");
    inline(word, out);
    out.push_str("**");
    if !detail.trim().is_empty() {
        out.push_str(": ");
        inline(detail, out);
    }
    out.push_str("\n\n");
}

/// Each line behind a mark. A carriage return alone ends a line too (CommonMark, "Characters and lines").
fn quoted(text: &str, out: &mut String) {
    let text = text.trim_end();
    if text.is_empty() {
        return;
    }
    let lines = text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    for line in lines {
        out.push('>');
        if !line.is_empty() {
            out.push(' ');
            out.push_str(line);
        }
        out.push('\n');
    }
    out.push('\n');
}

/// On one line, and without any meaning in Markdown.
fn inline(text: &str, out: &mut String) {
    let words: Vec<&str> = text.split_whitespace().collect();
    for c in words.join(" ").chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
}
