//! What the events of one answer add up to.

use super::{
    chat::ToolCall,
    error::ApiError,
    event::{Citation, Delta, FinishReason, Opaque, StreamEvent, Usage},
};

/// The whole of an answer so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub id: Option<String>,
    /// The model that answered, as the provider names it.
    pub model: Option<String>,
    pub text: String,
    /// Thinking text, one entry for each thought.
    pub reasoning: Vec<String>,
    pub refusal: String,
    pub tool_calls: Vec<ToolCall>,
    pub citations: Vec<Citation>,
    pub opaque: Vec<Placed>,
    pub usage: Option<Usage>,
    pub finish: Option<FinishReason>,
    pub error: Option<ApiError>,
}

/// An item that only its provider understands, and where it came: it goes back to the same place.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// After so many bytes of [`Answer::text`].
    pub after: usize,
    pub item: Opaque,
}

impl Answer {
    pub fn apply(&mut self, event: &StreamEvent) {
        match event {
            StreamEvent::Start { id, model } => {
                self.id = id.clone().or_else(|| self.id.take());
                self.model = model.clone().or_else(|| self.model.take());
            }
            StreamEvent::Delta(delta) => self.append(delta),
            StreamEvent::Opaque(item) => {
                self.opaque.push(Placed { after: self.text.len(), item: item.clone() });
            }
            StreamEvent::Usage(later) => {
                let usage = self.usage.get_or_insert_default();
                usage.raw.update(&later.raw);
                usage.total.update(&later.total);
                usage.cost_usd = later.cost_usd.or(usage.cost_usd);
            }
            StreamEvent::Finish(reason) => self.finish = Some(reason.clone()),
            // The first error is the cause; what follows is its echo.
            StreamEvent::Error(error) => {
                self.error.get_or_insert_with(|| error.clone());
            }
        }
    }

    /// Nothing that a person could read or act on has come.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
            && self.refusal.is_empty()
            && self.reasoning.iter().all(String::is_empty)
            && self.tool_calls.is_empty()
    }

    fn append(&mut self, delta: &Delta) {
        match delta {
            Delta::Text(text) => self.text.push_str(text),
            Delta::Reasoning { part, text } => {
                slot(&mut self.reasoning, *part).push_str(text);
            }
            Delta::Refusal(text) => self.refusal.push_str(text),
            Delta::ToolCall { index, id, name, arguments } => {
                let call = slot(&mut self.tool_calls, *index);
                if let Some(id) = id {
                    call.id.clone_from(id);
                }
                if let Some(name) = name {
                    call.name.clone_from(name);
                }
                call.arguments.push_str(arguments);
            }
            Delta::Citation(citation) => self.citations.push(citation.clone()),
        }
    }
}

/// The entry of that number. Decoders number without gaps, so at most one entry is added; a number
/// out of order lands in the last entry rather than nowhere.
fn slot<T: Default>(list: &mut Vec<T>, index: u32) -> &mut T {
    let index = (index as usize).min(list.len());
    if index == list.len() {
        list.push(T::default());
    }
    #[expect(clippy::indexing_slicing, reason = "the entry was added above when it was missing")]
    &mut list[index]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::TokenCounts;

    #[test]
    fn later_usage_replaces_only_what_it_states() {
        let mut answer = Answer::default();
        let counts = |input, output| {
            let counts = TokenCounts { input, output, ..TokenCounts::default() };
            StreamEvent::Usage(Usage { raw: counts, total: counts, cost_usd: None })
        };
        answer.apply(&counts(Some(12), Some(1)));
        answer.apply(&counts(None, Some(30)));
        let usage = answer.usage.unwrap_or_default();
        assert_eq!((usage.raw.input, usage.raw.output), (Some(12), Some(30)));
    }

    #[test]
    fn tool_fragments_join_by_index() {
        let mut answer = Answer::default();
        for (index, id, arguments) in
            [(0, Some("a"), "{\"x\""), (1, Some("b"), "{"), (0, None, ":1}"), (1, None, "}")]
        {
            answer.apply(&StreamEvent::Delta(Delta::ToolCall {
                index,
                id: id.map(str::to_owned),
                name: None,
                arguments: arguments.to_owned(),
            }));
        }
        let arguments: Vec<_> = answer.tool_calls.iter().map(|call| call.arguments.as_str()).collect();
        assert_eq!(arguments, ["{\"x\":1}", "{}"]);
    }
}
