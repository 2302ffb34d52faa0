//! Sentences with numbers and names in them.

use super::{Language, Word, seconds};
use crate::{
    call::{
        Phase,
        field::{OptionalField, OptionalFields},
        phase::PhaseKind,
    },
    model::{
        event::{Finish, FinishReason},
        provider::{Place, Provider},
    },
};

/// The name of a panel, for screen readers: its place and its model.
pub fn panel_name(language: Language, place: usize, model: &str) -> String {
    Word::PanelName.with(language, &[&place.to_string(), model])
}

/// How far a call has come.
pub fn phase(language: Language, phase: Option<&Phase>) -> String {
    let word = match phase {
        None => Word::Ready,
        Some(Phase::Queued) => Word::Queued,
        Some(Phase::Connecting) => Word::Connecting,
        Some(Phase::Waiting) => Word::Waiting,
        Some(Phase::Streaming) => Word::Answering,
        Some(Phase::Backoff { attempt, .. }) => {
            return Word::WaitingToTry.with(language, &[&attempt.to_string()]);
        }
        Some(Phase::Finished(reason)) => return finished(language, reason),
        Some(Phase::Truncated(_)) => Word::Incomplete,
        Some(Phase::Stopped) => Word::Stopped,
        Some(Phase::Failed(_)) => Word::Failed,
    };
    word.text(language).to_owned()
}

fn finished(language: Language, reason: &FinishReason) -> String {
    let word = match (reason.unified, &reason.raw) {
        (Finish::Stop, _) => Word::Finished,
        (Finish::Length, _) => Word::FinishedLength,
        (Finish::ContentFilter, _) => Word::FinishedFilter,
        (Finish::ToolCalls, _) => Word::FinishedTool,
        (Finish::Error | Finish::Other, Some(raw)) => return Word::FinishedOther.with(language, &[raw]),
        (Finish::Error | Finish::Other, None) => Word::FinishedUnknown,
    };
    word.text(language).to_owned()
}

/// The provider refused these fields, and the request went out again without them.
pub fn sent_without(language: Language, fields: OptionalFields) -> String {
    let between = language.pick(["”, “", "”, “", "」「"]);
    let names = fields.iter().map(OptionalField::name).collect::<Vec<_>>().join(between);
    language.pick([
        format!("The provider does not accept “{names}” here; sent without."),
        format!("제공업체가 지원하지 않아 제외한 항목: “{names}”"),
        format!("プロバイダーが「{names}」を受け付けないため、除いて送りました。"),
    ])
}

/// The phase as the page's styles and tests know it.
pub fn phase_name(kind: Option<PhaseKind>) -> &'static str {
    match kind {
        None => "idle",
        Some(PhaseKind::Queued) => "queued",
        Some(PhaseKind::Connecting) => "connecting",
        Some(PhaseKind::Waiting) => "waiting",
        Some(PhaseKind::Streaming) => "streaming",
        Some(PhaseKind::Backoff) => "backoff",
        Some(PhaseKind::Finished) => "finished",
        Some(PhaseKind::Truncated) => "truncated",
        Some(PhaseKind::Stopped) => "stopped",
        Some(PhaseKind::Failed) => "failed",
    }
}

/// A provider's own name; only the simulated one has a translated one.
pub fn provider_name(language: Language, row: &Provider) -> String {
    match row.place {
        Place::Simulated => Word::Simulated.text(language).to_owned(),
        Place::Cloud | Place::Local => row.name.clone().into_owned(),
    }
}

/// What the page knows of a running answer besides its phase.
#[derive(Clone, Copy, Debug, Default)]
pub struct Running {
    pub now_ms: u64,
    /// When the phase began.
    pub since_ms: u64,
    /// How many calls wait before it, if it waits.
    pub before: Option<usize>,
    /// Estimated tokens so far.
    pub tokens: u64,
    /// How long nothing has come, once that is worth a hint.
    pub silent_ms: Option<u64>,
    /// Only thoughts have come so far.
    pub is_thinking: bool,
}

/// How far a running answer is, with the time it has been there.
pub fn running(language: Language, phase: &Phase, it: &Running) -> String {
    let elapsed = it.now_ms.saturating_sub(it.since_ms);
    let time = seconds(elapsed);
    if let (Some(silent), Phase::Waiting | Phase::Streaming) = (it.silent_ms, phase) {
        return Word::SilentFor.with(language, &[&seconds(silent)]);
    }
    match phase {
        Phase::Queued => match it.before {
            Some(before) if before > 0 => Word::QueuedBehind.with(language, &[&before.to_string(), &time]),
            _ => Word::QueuedFor.with(language, &[&time]),
        },
        Phase::Connecting => Word::ConnectingFor.with(language, &[&time]),
        Phase::Waiting => Word::WaitingFor.with(language, &[&time]),
        Phase::Streaming => {
            let rate = (it.tokens * 1_000).checked_div(elapsed).filter(|_| elapsed >= 500);
            let word = match (rate, it.is_thinking) {
                (Some(_), true) => Word::ThinkingAt,
                (None, true) => Word::Thinking,
                (Some(_), false) => Word::AnsweringAt,
                (None, false) => Word::Answering,
            };
            word.with(language, &[&rate.unwrap_or_default().to_string()])
        }
        Phase::Backoff { until_ms, attempt, cause } => {
            let (attempt, left) = (attempt.to_string(), seconds(until_ms.saturating_sub(it.now_ms)));
            match cause.http_status {
                Some(status) => Word::TriesAfter.with(language, &[&status.to_string(), &attempt, &left]),
                None => Word::TriesIn.with(language, &[&attempt, &left]),
            }
        }
        over => super::phase(language, Some(over)),
    }
}

/// An answer that has ended.
pub struct Ended {
    pub model: String,
    pub kind: PhaseKind,
    /// Words and characters.
    pub counts: (usize, usize),
}

/// For the status line: what ended, how many have ended, how many of these failed, of how many.
pub fn announcement(language: Language, one: Option<Ended>, tally: (usize, usize, usize)) -> String {
    let one = one.map(|Ended { model, kind, counts: (words, characters) }| {
        let word = match kind {
            PhaseKind::Finished => Word::SaidFinished,
            PhaseKind::Stopped => Word::SaidStopped,
            PhaseKind::Truncated => Word::SaidIncomplete,
            _ => Word::SaidFailed,
        };
        word.with(language, &[&model, &words.to_string(), &characters.to_string()])
    });
    let all = tallied(language, tally, [Word::EndedOf, Word::EndedWithErrors]);
    [one.as_deref().unwrap_or_default(), &all].concat()
}

/// For the tab's title when nobody looked as the run ended.
pub fn title(language: Language, tally: (usize, usize, usize)) -> String {
    tallied(language, tally, [Word::TitleDone, Word::TitleFailed])
}

/// The second of the words where some have failed.
fn tallied(
    language: Language,
    (ended, failed, all): (usize, usize, usize),
    [good, bad]: [Word; 2],
) -> String {
    let word = if failed == 0 { good } else { bad };
    word.with(language, &[&ended.to_string(), &all.to_string(), &failed.to_string()])
}

pub fn retry_failed(language: Language, count: usize) -> String {
    Word::RetryFailed.with(language, &[&count.to_string()])
}

pub fn undo_removal(language: Language, model: &str) -> String {
    Word::UndoRemoval.with(language, &[model])
}

pub fn undo_set(language: Language, count: usize) -> String {
    Word::UndoSet.with(language, &[&count.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::error::{ApiError, ErrorClass};

    const AT: Running = Running {
        now_ms: 12_400,
        since_ms: 10_000,
        before: None,
        tokens: 0,
        silent_ms: None,
        is_thinking: false,
    };

    fn check(phase: &Phase, it: Running, english: &str, korean: &str) {
        assert_eq!(running(Language::English, phase, &it), english);
        assert_eq!(running(Language::Korean, phase, &it), korean);
    }

    #[test]
    fn a_running_answer_says_where_it_is_and_for_how_long() {
        check(&Phase::Queued, AT, "queued here · 2.4 s", "이 페이지에서 대기 중 · 2.4 s");
        let third = Running { before: Some(2), ..AT };
        check(
            &Phase::Queued,
            third,
            "queued here · 2 before · 2.4 s",
            "이 페이지에서 대기 중 · 앞에 2건 · 2.4 s",
        );
        check(&Phase::Connecting, AT, "connecting · 2.4 s", "연결하는 중 · 2.4 s");
        check(&Phase::Waiting, AT, "waiting · 2.4 s", "기다리는 중 · 2.4 s");
        let quick = Running { tokens: 120, ..AT };
        check(&Phase::Streaming, quick, "≈50 tok/s", "약 50 tok/s");
        check(&Phase::Streaming, Running { now_ms: 10_100, ..quick }, "answering", "답변하는 중");
        let thinks = Running { is_thinking: true, ..quick };
        check(&Phase::Streaming, thinks, "thinking · ≈50 tok/s", "생각하는 중 · 약 50 tok/s");
    }

    #[test]
    fn a_long_silence_is_said_and_that_it_can_be_ended() {
        let silent = Running { silent_ms: Some(17_000), ..AT };
        for phase in [Phase::Waiting, Phase::Streaming] {
            check(&phase, silent, "silent for 17.0 s; Stop ends it", "17.0 s 동안 응답 없음, 중지할 수 있음");
        }
        check(&Phase::Queued, silent, "queued here · 2.4 s", "이 페이지에서 대기 중 · 2.4 s");
    }

    #[test]
    fn a_back_off_counts_down() {
        let mut cause = ApiError::new(ErrorClass::RateLimit, "");
        let wait = |cause: &ApiError| Phase::Backoff { until_ms: 18_400, attempt: 2, cause: cause.clone() };
        check(&wait(&cause), AT, "attempt 2 in 6.0 s", "6.0 s 뒤 2번째 시도");
        cause.http_status = Some(429);
        check(&wait(&cause), AT, "429, attempt 2 in 6.0 s", "429, 6.0 s 뒤 2번째 시도");
        check(
            &wait(&cause),
            Running { now_ms: 99_000, ..AT },
            "429, attempt 2 in 0.0 s",
            "429, 0.0 s 뒤 2번째 시도",
        );
    }

    #[test]
    fn the_status_line_says_who_ended_and_how_many() {
        let one = Ended { model: "a".to_owned(), kind: PhaseKind::Finished, counts: (212, 1_200) };
        assert_eq!(
            announcement(Language::English, Some(one), (3, 0, 4)),
            "a finished, 212 words. Ended: 3 of 4"
        );
        assert_eq!(announcement(Language::English, None, (4, 1, 4)), "Ended: 4 of 4, with an error: 1");
        assert_eq!(title(Language::English, (4, 0, 4)), "✓ 4/4 done – Tutti");
        assert_eq!(title(Language::English, (4, 1, 4)), "! 1 failed, 4/4 – Tutti");
    }
}
