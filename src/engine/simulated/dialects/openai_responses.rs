//! OpenAI's Responses: events are counted, and the last ones repeat the whole answer. Its thoughts
//! are the parts of one reasoning item, which stands before the one message.

use super::{Facts, Step, named, quoted};
use crate::engine::simulated::script::Section;

pub fn write(step: Step<'_>, facts: &mut Facts, out: &mut String) {
    match step {
        Step::Open => {
            let response = response(facts, "in_progress", "", "null");
            event("response.created", &response, facts, out);
            event("response.in_progress", &response, facts, out);
        }
        Step::Begin(section) => begin(section, facts, out),
        Step::Token(section, token) => {
            if let Some(spoken) = facts.spoken.last_mut() {
                spoken.push_str(token);
            }
            let fields = format!(r#"{},"delta":{}"#, place(section, facts), quoted(token));
            event(&format!("response.{}.delta", kind(section)), &fields, facts, out);
        }
        Step::End(section) => end(section, facts, out),
        Step::Close => close(facts, out),
    }
}

fn begin(section: Section, facts: &mut Facts, out: &mut String) {
    match section {
        Section::Thought(0) => {
            let item = format!(r#"{{"id":"rs_{}","type":"reasoning","summary":[]}}"#, facts.id);
            item_event("added", 0, &item, facts, out);
        }
        Section::Thought(_) => {}
        Section::Text => {
            if facts.thoughts > 0 {
                item_event("done", 0, &reasoning_item(facts), facts, out);
            }
            let item = message_item(facts, "in_progress", "");
            item_event("added", message_index(facts), &item, facts, out);
        }
    }
    facts.spoken.push(String::new());
    part_event("added", section, facts, out);
}

fn end(section: Section, facts: &mut Facts, out: &mut String) {
    let fields = format!(r#"{},"text":{}"#, place(section, facts), last_spoken(facts));
    event(&format!("response.{}.done", kind(section)), &fields, facts, out);
    part_event("done", section, facts, out);
    if section == Section::Text {
        let item = message_item(facts, "completed", &part(section, facts));
        item_event("done", message_index(facts), &item, facts, out);
    }
}

fn close(facts: &mut Facts, out: &mut String) {
    let (has_thoughts, has_text) = (facts.thoughts > 0, facts.text_tokens > 0);
    if has_thoughts && !has_text {
        item_event("done", 0, &reasoning_item(facts), facts, out);
    }
    let thoughts = has_thoughts.then(|| reasoning_item(facts));
    let message = has_text.then(|| message_item(facts, "completed", &part(Section::Text, facts)));
    let items: Vec<String> = thoughts.into_iter().chain(message).collect();
    let (input, output, thoughts) = (facts.input_tokens, facts.output_tokens(), facts.thought_tokens);
    let total = input + output;
    let usage = format!(
        r#"{{"input_tokens":{input},"input_tokens_details":{{"cached_tokens":0}},"output_tokens":{output},"output_tokens_details":{{"reasoning_tokens":{thoughts}}},"total_tokens":{total}}}"#
    );
    let response = response(facts, "completed", &items.join(","), &usage);
    event("response.completed", &response, facts, out);
}

fn event(kind: &str, fields: &str, facts: &mut Facts, out: &mut String) {
    let sequence = facts.sequence;
    facts.sequence += 1;
    named(kind, &format!(r#"{{"type":"{kind}","sequence_number":{sequence},{fields}}}"#), out);
}

fn item_event(what: &str, index: u64, item: &str, facts: &mut Facts, out: &mut String) {
    let fields = format!(r#""output_index":{index},"item":{item}"#);
    event(&format!("response.output_item.{what}"), &fields, facts, out);
}

fn part_event(what: &str, section: Section, facts: &mut Facts, out: &mut String) {
    let of_what = if section == Section::Text { "content_part" } else { "reasoning_summary_part" };
    let fields = format!(r#"{},"part":{}"#, place(section, facts), part(section, facts));
    event(&format!("response.{of_what}.{what}"), &fields, facts, out);
}

fn kind(section: Section) -> &'static str {
    match section {
        Section::Thought(_) => "reasoning_summary_text",
        Section::Text => "output_text",
    }
}

/// Where a section belongs: its item, and its part of the item.
fn place(section: Section, facts: &Facts) -> String {
    let id = &facts.id;
    match section {
        Section::Thought(part) => {
            format!(r#""item_id":"rs_{id}","output_index":0,"summary_index":{part}"#)
        }
        Section::Text => {
            let index = message_index(facts);
            format!(r#""item_id":"msg_{id}","output_index":{index},"content_index":0"#)
        }
    }
}

fn message_index(facts: &Facts) -> u64 {
    u64::from(facts.thoughts > 0)
}

fn last_spoken(facts: &Facts) -> String {
    quoted(facts.spoken.last().map_or("", String::as_str))
}

/// The latest part, with what was said of it so far.
fn part(section: Section, facts: &Facts) -> String {
    let text = last_spoken(facts);
    match section {
        Section::Thought(_) => format!(r#"{{"type":"summary_text","text":{text}}}"#),
        Section::Text => {
            format!(r#"{{"type":"output_text","annotations":[],"logprobs":[],"text":{text}}}"#)
        }
    }
}

fn reasoning_item(facts: &Facts) -> String {
    let thoughts = facts.spoken.iter().take(usize::try_from(facts.thoughts).unwrap_or(usize::MAX));
    let parts = thoughts.map(|text| format!(r#"{{"type":"summary_text","text":{}}}"#, quoted(text)));
    let (id, parts) = (&facts.id, parts.collect::<Vec<_>>().join(","));
    format!(r#"{{"id":"rs_{id}","type":"reasoning","encrypted_content":"c2ltdWxhdGVk","summary":[{parts}]}}"#)
}

fn message_item(facts: &Facts, status: &str, part: &str) -> String {
    let id = &facts.id;
    format!(
        r#"{{"id":"msg_{id}","type":"message","status":"{status}","content":[{part}],"role":"assistant"}}"#
    )
}

fn response(facts: &Facts, status: &str, items: &str, usage: &str) -> String {
    let Facts { id, model, created_s, .. } = facts;
    format!(
        r#""response":{{"id":"resp_{id}","object":"response","created_at":{created_s},"status":"{status}","error":null,"incomplete_details":null,"model":{model},"output":[{items}],"store":false,"usage":{usage}}}"#
    )
}
