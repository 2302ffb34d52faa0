//! One growing answer: the engine writes it, the page draws what is new in its frames.

use std::{
    mem,
    sync::{Arc, Mutex},
};

use crate::{
    browser::{News, signal::*},
    call::{Call, Phase, Summary, phase::PhaseKind},
    engine::{ask::Notes, transport::ReplySink},
    grid::{estimate, numbers::Times},
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
    /// Told once for each chunk.
    pub news: News,
    /// The answer has ended, and all of it is drawn.
    pub is_drawn: ArcRwSignal<bool>,
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

impl Status {
    pub fn times(&self) -> Times {
        Times {
            first_token_ms: self.summary.first_token_ms,
            attempt_ms: self.summary.attempt_ms,
            total_ms: self.summary.total_ms,
            shows_thinking: self.has_reasoning,
        }
    }
}

#[derive(Clone, Default, PartialEq)]
pub struct Extras {
    pub tools: Vec<ToolCall>,
    pub citations: Vec<Citation>,
    pub usage: Option<Usage>,
    pub notes: Notes,
}

/// What is not drawn yet.
#[derive(Default)]
pub struct Fresh {
    pub text: String,
    pub reasoning: String,
    /// A new answer begins: what is drawn goes away first.
    pub starts_over: bool,
    /// Nothing comes after it.
    pub is_whole: bool,
    /// There is more to draw already.
    pub has_more: bool,
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
    fresh: Fresh,
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
            let starts_over = earlier.is_none();
            *live = Live { earlier, ..Live::default() };
            live.fresh.starts_over = starts_over;
        });
        self.is_drawn.set(false);
        self.news.came_last();
        let phase = Some(Phase::Queued);
        self.status.set(Status { phase, since_ms: now_ms, ..Status::default() });
        self.extras.set(Extras::default());
    }

    /// Nothing was asked here yet.
    pub fn clear(&self) {
        self.show(Answer::default(), Status::default(), false);
    }

    /// An answer that ended before, or is still coming elsewhere.
    pub fn restore(&self, answer: Answer, status: Status) {
        let is_whole = status.phase.as_ref().is_none_or(Phase::is_over);
        self.show(answer, status, is_whole);
    }

    /// An answer that is still coming elsewhere, or has just ended there: what is drawn of it stays.
    pub fn catch_up(&self, answer: Answer, status: Status, now_ms: u64) {
        let is_over = status.phase.as_ref().is_none_or(Phase::is_over);
        let grown = self.with_live(|live| {
            let known = &live.answer;
            let text = answer.text.strip_prefix(&known.text)?.to_owned();
            let thoughts = answer.reasoning.concat().strip_prefix(&known.reasoning.concat())?.to_owned();
            if known.refusal != answer.refusal {
                return None;
            }
            live.fresh.text.push_str(&text);
            live.fresh.reasoning.push_str(&thoughts);
            live.fresh.is_whole = is_over;
            live.tokens += estimate::tokens(&text) + estimate::tokens(&thoughts);
            live.answer = answer.clone();
            Some(!text.is_empty() || !thoughts.is_empty())
        });
        let Some(has_text) = grown.flatten() else { return self.show(answer, status, is_over) };
        let kind = status.phase.as_ref().map(Phase::kind);
        let is_new = self.kind_untracked() != kind;
        if is_new && is_over {
            self.is_drawn.set(false);
            self.news.came_last();
        } else if has_text {
            self.news.came();
        }
        if is_new {
            self.status.set(Status { since_ms: now_ms, ..status });
            let (tools, citations, usage) = (answer.tool_calls, answer.citations, answer.usage);
            self.extras.set(Extras { tools, citations, usage, ..Extras::default() });
        }
    }

    fn show(&self, answer: Answer, status: Status, is_whole: bool) {
        let (tools, citations) = (answer.tool_calls.clone(), answer.citations.clone());
        let extras = Extras { tools, citations, usage: answer.usage.clone(), ..Extras::default() };
        self.with_live(|live| {
            let fresh = Fresh {
                text: [answer.text.as_str(), &answer.refusal].concat(),
                reasoning: answer.reasoning.concat(),
                starts_over: true,
                is_whole,
                has_more: false,
            };
            *live = Live { answer, fresh, ..Live::default() };
        });
        self.is_drawn.set(false);
        self.status.set(status);
        self.extras.set(extras);
        self.news.came_last();
    }

    /// All that has come of the answer itself, not what an earlier one left.
    pub fn answer(&self) -> Answer {
        self.with_live(|live| live.answer.clone()).unwrap_or_default()
    }

    /// What comes goes on from that text, which stands before it.
    pub fn go_on_from(&self, text: &str) {
        self.with_live(|live| {
            live.earlier = None;
            live.answer.text.insert_str(0, text);
            live.fresh = Fresh { text: live.answer.text.clone(), starts_over: true, ..Fresh::default() };
        });
        self.news.came();
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
        self.with_live(|live| live.text()).unwrap_or_default()
    }

    /// What came since it was asked for last, about so many bytes of text at most; for who has drawn
    /// nothing yet, the whole.
    pub fn fresh(&self, is_first: bool, most: usize) -> Fresh {
        let fresh = self.with_live(|live| {
            if is_first {
                live.fresh.text = live.text();
                live.fresh.reasoning = live.shown().reasoning.concat();
            }
            let mut fresh = mem::take(&mut live.fresh);
            live.fresh.is_whole = fresh.is_whole;
            if fresh.text.len() > most {
                live.fresh.text = fresh.text.split_off(fresh.text.floor_char_boundary(most));
                (fresh.has_more, fresh.is_whole) = (true, false);
            }
            fresh
        });
        fresh.unwrap_or_default()
    }

    /// Nothing of it is still to come or to be drawn.
    pub fn has_settled(&self) -> bool {
        let is_settled = |fresh: &Fresh| fresh.is_whole && !fresh.starts_over && fresh.text.is_empty();
        self.with_live(|live| is_settled(&live.fresh)) == Some(true)
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

impl Live {
    fn shown(&self) -> &Answer {
        self.earlier.as_ref().unwrap_or(&self.answer)
    }

    fn text(&self) -> String {
        let Answer { text, refusal, .. } = self.shown();
        [text.as_str(), refusal].concat()
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
        let (mut has_extras, mut is_finished) = (false, false);
        for event in events {
            match event {
                StreamEvent::Finish(_) => is_finished = true,
                StreamEvent::Delta(Delta::Text(text) | Delta::Refusal(text)) => fresh.0.push_str(text),
                StreamEvent::Delta(Delta::Reasoning { text, .. }) => fresh.1.push_str(text),
                StreamEvent::Delta(Delta::ToolCall { .. } | Delta::Citation(_)) | StreamEvent::Usage(_) => {
                    has_extras = true;
                }
                _ => {}
            }
        }
        let (text, reasoning) = fresh;
        let reasons = !reasoning.is_empty();
        let has_text = reasons || !text.is_empty();
        let is_over = call.phase().is_over();
        self.with_live(|live| {
            events.iter().for_each(|event| live.answer.apply(event));
            live.tokens += estimate::tokens(&text) + estimate::tokens(&reasoning);
            live.silent_since_ms = call.silent_ms(now_ms).map(|silent| now_ms.saturating_sub(silent));
            live.fresh.starts_over |= has_text && live.earlier.take().is_some();
            live.fresh.text.push_str(&text);
            live.fresh.reasoning.push_str(&reasoning);
            live.fresh.is_whole = is_over;
        });
        // The provider has said that it has finished: its last words do not wait for the body to end.
        match is_over || is_finished {
            true => self.news.came_last(),
            false if has_text => self.news.came(),
            false => {}
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
