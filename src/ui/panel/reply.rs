//! One growing answer: the engine writes it through signals, the page appends what is new.

use std::{
    cell::{Cell, RefCell},
    sync::{Arc, Mutex},
};

use leptos::prelude::*;

use crate::{
    browser::{El, Follow, Tail, effect},
    call::{Call, Phase, Summary, phase::PhaseKind},
    engine::{ask::Notes, transport::ReplySink},
    grid::estimate,
    model::{
        answer::Answer,
        chat::ToolCall,
        event::{Citation, Delta, StreamEvent, Usage},
    },
};

/// So much of an answer shows what script it is written in.
const SCRIPT_CHARS: usize = 400;

/// What the page knows of the answer of one panel.
#[derive(Clone, Default)]
pub struct ReplyState {
    /// Pieces that are not drawn yet. Written once for each chunk, emptied when drawn.
    fresh: ArcRwSignal<Fresh>,
    /// Written only when the phase changes.
    pub status: ArcRwSignal<Status>,
    /// What is not text: changes a few times in an answer.
    pub extras: ArcRwSignal<Extras>,
    live: Arc<Mutex<Live>>,
}

#[derive(Clone, Default)]
pub struct Status {
    /// `None` before the first question.
    pub phase: Option<Phase>,
    /// When the phase began, on the monotonic clock.
    pub since_ms: u64,
    pub summary: Summary,
    pub has_reasoning: bool,
}

#[derive(Clone, Default, PartialEq)]
pub struct Extras {
    pub tools: Vec<ToolCall>,
    pub citations: Vec<Citation>,
    pub usage: Option<Usage>,
    pub notes: Notes,
}

#[derive(Default)]
struct Fresh {
    text: String,
    reasoning: String,
    /// A new answer begins: what is drawn goes away first.
    starts_over: bool,
}

/// What changes with every piece, and is looked at when the page's clock ticks.
#[derive(Clone, Copy, Default)]
pub struct Pulse {
    /// Estimated, of text and reasoning.
    pub tokens: u64,
    /// Since when nothing has come, once that is worth a hint.
    pub silent_since_ms: Option<u64>,
    /// Only thoughts have come so far.
    pub is_thinking: bool,
}

/// Read when the page's clock ticks; it wakes nobody.
#[derive(Default)]
struct Live {
    answer: Answer,
    /// The answer to an earlier try, until this one brings something.
    earlier: Option<Answer>,
    /// Estimated tokens of text and reasoning.
    tokens: u64,
    /// Since when nothing has come, once that is worth a hint.
    silent_since_ms: Option<u64>,
}

impl ReplyState {
    /// The panel asks. With `keep`, what it has shown stays until something replaces it.
    pub fn start_over(&self, keep: bool, now_ms: u64) {
        self.with_live(|live| {
            let earlier = match (keep, live.answer.text.is_empty()) {
                (false, _) => None,
                (true, true) => live.earlier.take(),
                (true, false) => Some(std::mem::take(&mut live.answer)),
            };
            *live = Live { earlier, ..Live::default() };
        });
        if !keep {
            self.fresh.update(|fresh| *fresh = Fresh { starts_over: true, ..Fresh::default() });
        }
        let phase = Some(Phase::Queued);
        self.status.set(Status { phase, since_ms: now_ms, ..Status::default() });
        self.extras.set(Extras::default());
    }

    /// Nothing was asked after all: no phase, no figures.
    pub fn call_off(&self) {
        self.status.set(Status::default());
    }

    pub fn kind(&self) -> Option<PhaseKind> {
        self.status.with(|status| status.phase.as_ref().map(Phase::kind))
    }

    pub fn kind_untracked(&self) -> Option<PhaseKind> {
        self.status.with_untracked(|status| status.phase.as_ref().map(Phase::kind))
    }

    /// The answer's text so far, to the letter; the earlier one while nothing has replaced it.
    pub fn text(&self) -> String {
        self.whole().text
    }

    fn whole(&self) -> Fresh {
        let whole = self.with_live(|live| {
            let Answer { text, refusal, reasoning, .. } = live.earlier.as_ref().unwrap_or(&live.answer);
            Fresh { text: format!("{text}{refusal}"), reasoning: reasoning.concat(), starts_over: false }
        });
        whole.unwrap_or_default()
    }

    /// The beginning of the answer.
    pub fn beginning(&self) -> String {
        self.with_live(|live| live.answer.text.chars().take(SCRIPT_CHARS).collect()).unwrap_or_default()
    }

    /// How many words the answer has, and how many characters: what counts where no blanks part words.
    pub fn counts(&self) -> (usize, usize) {
        let counts = self.with_live(|live| {
            let text = &live.answer.text;
            (text.split_whitespace().count(), text.chars().count())
        });
        counts.unwrap_or_default()
    }

    pub fn pulse(&self) -> Pulse {
        let pulse = self.with_live(|live| Pulse {
            tokens: live.tokens,
            silent_since_ms: live.silent_since_ms,
            is_thinking: live.answer.text.is_empty() && !live.answer.reasoning.is_empty(),
        });
        pulse.unwrap_or_default()
    }

    fn with_live<T>(&self, read: impl FnOnce(&mut Live) -> T) -> Option<T> {
        self.live.lock().ok().map(|mut live| read(&mut live))
    }
}

impl ReplySink for ReplyState {
    fn sending(&self, notes: &Notes) {
        if self.extras.with_untracked(|extras| extras.notes != *notes) {
            self.extras.update(|extras| extras.notes = notes.clone());
        }
    }

    fn apply(&self, events: &[StreamEvent], call: &Call, now_ms: u64) {
        let mut fresh = (String::new(), String::new());
        let mut has_extras = false;
        for event in events {
            match event {
                StreamEvent::Delta(Delta::Text(text) | Delta::Refusal(text)) => fresh.0.push_str(text),
                StreamEvent::Delta(Delta::Reasoning { text, .. }) => fresh.1.push_str(text),
                StreamEvent::Delta(Delta::ToolCall { .. } | Delta::Citation(_)) | StreamEvent::Usage(_) => {
                    has_extras = true;
                }
                _ => {}
            }
        }
        self.with_live(|live| {
            events.iter().for_each(|event| live.answer.apply(event));
            live.tokens += estimate::tokens(&fresh.0) + estimate::tokens(&fresh.1);
            live.silent_since_ms = call.silent_ms(now_ms).map(|silent| now_ms.saturating_sub(silent));
        });
        let (text, reasoning) = fresh;
        let reasons = !reasoning.is_empty();
        if reasons || !text.is_empty() {
            let replaces = self.with_live(|live| live.earlier.take().is_some()).unwrap_or_default();
            self.fresh.update(|fresh| {
                fresh.starts_over |= replaces;
                fresh.text.push_str(&text);
                fresh.reasoning.push_str(&reasoning);
            });
        }
        if has_extras {
            let now = self.with_live(|live| {
                (live.answer.tool_calls.clone(), live.answer.citations.clone(), live.answer.usage.clone())
            });
            if let Some((tools, citations, usage)) = now {
                self.extras.update(|extras| {
                    (extras.tools, extras.citations, extras.usage) = (tools, citations, usage);
                });
            }
        }
        let is_new = self.status.with_untracked(|status| {
            status.phase.as_ref() != Some(call.phase()) || (reasons && !status.has_reasoning)
        });
        if is_new {
            self.status.update(|status| {
                status.phase = Some(call.phase().clone());
                status.since_ms = call.log().last().map_or(now_ms, |last| last.at_ms);
                status.summary = call.summary(now_ms);
                status.has_reasoning |= reasons;
            });
        }
    }
}

/// Draws what is fresh at the end of the two elements, and tells who follows.
pub fn draw(reply: &ReplyState, text: &El, reasoning: &El, follow: Follow) {
    let reply = reply.clone();
    let tails = RefCell::new((Tail::new(text.element().clone()), Tail::new(reasoning.element().clone())));
    // A panel that comes back finds nothing drawn.
    let is_new = Cell::new(true);
    effect(move || {
        reply.fresh.track();
        let Some(fresh) = reply.fresh.try_update_untracked(std::mem::take) else { return };
        let starts_over = fresh.starts_over;
        let Fresh { text, reasoning, .. } = if is_new.replace(false) { reply.whole() } else { fresh };
        let (text_tail, reasoning_tail) = &mut *tails.borrow_mut();
        for (tail, new) in [(text_tail, text), (reasoning_tail, reasoning)] {
            if starts_over {
                tail.clear();
            }
            if !new.is_empty() {
                tail.append(&new);
            }
        }
        match starts_over {
            true => follow.start_over(),
            false => follow.grew(),
        }
    });
}
