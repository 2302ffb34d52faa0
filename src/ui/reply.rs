//! One growing answer: the engine writes it through signals, the page appends what is new.

use leptos::{html, prelude::*};

use crate::{
    browser::Tail,
    call::{Call, Phase, Summary},
    engine::transport::ReplySink,
    model::event::{Delta, StreamEvent},
};

/// What the page knows of the answer of one panel.
#[derive(Clone, Default)]
pub struct ReplyState {
    /// Pieces that are not drawn yet. Written once for each chunk, emptied when drawn.
    fresh: ArcRwSignal<Fresh>,
    /// Written only when the phase changes.
    pub status: ArcRwSignal<Status>,
}

#[derive(Clone, Default)]
pub struct Status {
    /// `None` before the first question.
    pub phase: Option<Phase>,
    pub summary: Summary,
    pub has_reasoning: bool,
}

#[derive(Default)]
struct Fresh {
    text: String,
    reasoning: String,
    /// A new answer begins: what is drawn goes away first.
    starts_over: bool,
}

impl ReplyState {
    /// A new question was asked.
    pub fn start_over(&self) {
        self.fresh.update(|fresh| *fresh = Fresh { starts_over: true, ..Fresh::default() });
        self.status.set(Status::default());
    }
}

impl ReplySink for ReplyState {
    fn apply(&self, events: &[StreamEvent], call: &Call, now_ms: u64) {
        let mut reasons = false;
        if events.iter().any(|event| matches!(event, StreamEvent::Delta(_))) {
            self.fresh.update(|fresh| {
                for event in events {
                    match event {
                        StreamEvent::Delta(Delta::Text(text) | Delta::Refusal(text)) => {
                            fresh.text.push_str(text);
                        }
                        StreamEvent::Delta(Delta::Reasoning { text, .. }) => {
                            reasons = true;
                            fresh.reasoning.push_str(text);
                        }
                        _ => {}
                    }
                }
            });
        }
        let is_new = self.status.with_untracked(|status| {
            status.phase.as_ref() != Some(call.phase()) || (reasons && !status.has_reasoning)
        });
        if is_new {
            self.status.update(|status| {
                status.phase = Some(call.phase().clone());
                status.summary = call.summary(now_ms);
                status.has_reasoning |= reasons;
            });
        }
    }
}

/// Draws what is fresh at the end of the two elements.
pub fn draw(reply: &ReplyState, text: NodeRef<html::Div>, reasoning: NodeRef<html::Div>) {
    let fresh = reply.fresh.clone();
    let tails = StoredValue::new_local((None::<Tail>, None::<Tail>));
    Effect::new(move || {
        let (Some(text_root), Some(reasoning_root)) = (text.get(), reasoning.get()) else { return };
        fresh.track();
        let Some(Fresh { text, reasoning, starts_over }) = fresh.try_update_untracked(std::mem::take) else {
            return;
        };
        tails.update_value(|(text_tail, reasoning_tail)| {
            let text_tail = text_tail.get_or_insert_with(|| Tail::new(text_root.into()));
            let reasoning_tail = reasoning_tail.get_or_insert_with(|| Tail::new(reasoning_root.into()));
            for (tail, new) in [(text_tail, text), (reasoning_tail, reasoning)] {
                if starts_over {
                    tail.clear();
                }
                if !new.is_empty() {
                    tail.append(&new);
                }
            }
        });
    });
}
