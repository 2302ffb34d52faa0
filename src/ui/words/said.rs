//! Sentences with numbers and names in them.

use super::{Language, seconds};
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
    language.pick([
        format!("Panel {place}: {model}"),
        format!("패널 {place}: {model}"),
        format!("パネル {place}：{model}"),
    ])
}

/// How far a call has come.
pub fn phase(language: Language, phase: Option<&Phase>) -> String {
    let fixed = |words: [&str; 3]| language.pick(words).to_owned();
    match phase {
        None => fixed(["ready", "준비됨", "準備完了"]),
        Some(Phase::Queued) => {
            fixed(["waiting for a free connection", "연결 차례를 기다리는 중", "接続の空きを待っています"])
        }
        Some(Phase::Connecting) => fixed(["connecting", "연결하는 중", "接続中"]),
        Some(Phase::Waiting) => {
            fixed(["waiting for the first words", "첫 글자를 기다리는 중", "最初の言葉を待っています"])
        }
        Some(Phase::Streaming) => fixed(["answering", "답변하는 중", "回答中"]),
        Some(Phase::Backoff { attempt, .. }) => language.pick([
            format!("waiting for attempt {attempt}"),
            format!("{attempt}번째 시도를 기다리는 중"),
            format!("{attempt} 回目の試行を待っています"),
        ]),
        Some(Phase::Finished(reason)) => finished(language, reason),
        Some(Phase::Truncated(_)) => fixed(["incomplete", "불완전함", "不完全"]),
        Some(Phase::Stopped) => fixed(["stopped", "중지됨", "停止しました"]),
        Some(Phase::Failed(_)) => fixed(["failed", "실패", "失敗"]),
    }
}

fn finished(language: Language, reason: &FinishReason) -> String {
    match (reason.unified, &reason.raw) {
        (Finish::Stop, _) => language.pick(["done", "완료", "完了"]).to_owned(),
        (Finish::Length, _) => language
            .pick([
                "done, cut at the length limit",
                "완료, 길이 제한에서 잘림",
                "完了（長さの上限で打ち切り）",
            ])
            .to_owned(),
        (Finish::ContentFilter, _) => language
            .pick([
                "done, cut by the provider's filter",
                "완료, 제공업체 필터에 의해 잘림",
                "完了（プロバイダーのフィルターで打ち切り）",
            ])
            .to_owned(),
        (Finish::ToolCalls, _) => {
            language.pick(["done, asks for a tool", "완료, 도구를 요청함", "完了（ツールを要求）"]).to_owned()
        }
        (Finish::Error | Finish::Other, Some(raw)) => {
            language.pick([format!("done ({raw})"), format!("완료 ({raw})"), format!("完了（{raw}）")])
        }
        (Finish::Error | Finish::Other, None) => {
            language.pick(["done, no reason given", "완료, 이유 없음", "完了（理由の記載なし）"]).to_owned()
        }
    }
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
        Place::Simulated => super::Word::Simulated.text(language).to_owned(),
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
        let silent = seconds(silent);
        return language.pick([
            format!("silent for {silent}; Stop ends it"),
            format!("{silent} 동안 응답 없음, 중지할 수 있음"),
            format!("{silent} 応答なし、停止できます"),
        ]);
    }
    match phase {
        Phase::Queued => match it.before {
            Some(before) if before > 0 => language.pick([
                format!("queued here · {before} before · {time}"),
                format!("이 페이지에서 대기 중 · 앞에 {before}건 · {time}"),
                format!("ここで待機中 · 前に {before} 件 · {time}"),
            ]),
            _ => language.pick([
                format!("queued here · {time}"),
                format!("이 페이지에서 대기 중 · {time}"),
                format!("ここで待機中 · {time}"),
            ]),
        },
        Phase::Connecting => language.pick([
            format!("connecting · {time}"),
            format!("연결하는 중 · {time}"),
            format!("接続中 · {time}"),
        ]),
        Phase::Waiting => language.pick([
            format!("waiting · {time}"),
            format!("기다리는 중 · {time}"),
            format!("待っています · {time}"),
        ]),
        Phase::Streaming => match (it.tokens * 1_000).checked_div(elapsed).filter(|_| elapsed >= 500) {
            Some(rate) if it.is_thinking => language.pick([
                format!("thinking · ≈{rate} tok/s"),
                format!("생각하는 중 · 약 {rate} tok/s"),
                format!("思考中 · 約 {rate} tok/s"),
            ]),
            None if it.is_thinking => language.pick(["thinking", "생각하는 중", "思考中"]).to_owned(),
            Some(rate) => language.pick([
                format!("≈{rate} tok/s"),
                format!("약 {rate} tok/s"),
                format!("約 {rate} tok/s"),
            ]),
            None => language.pick(["answering", "답변하는 중", "回答中"]).to_owned(),
        },
        Phase::Backoff { until_ms, attempt, cause } => {
            let left = seconds(until_ms.saturating_sub(it.now_ms));
            match cause.http_status {
                Some(status) => language.pick([
                    format!("{status}, attempt {attempt} in {left}"),
                    format!("{status}, {left} 뒤 {attempt}번째 시도"),
                    format!("{status}、{left} 後に {attempt} 回目"),
                ]),
                None => language.pick([
                    format!("attempt {attempt} in {left}"),
                    format!("{left} 뒤 {attempt}번째 시도"),
                    format!("{left} 後に {attempt} 回目"),
                ]),
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
pub fn announcement(
    language: Language,
    one: Option<Ended>,
    (ended, failed, all): (usize, usize, usize),
) -> String {
    let one = one.map(|Ended { model, kind, counts: (words, characters) }| match kind {
        PhaseKind::Finished => language.pick([
            format!("{model} finished, {words} words. "),
            format!("{model} 완료, {words}단어. "),
            format!("{model} 完了、{characters} 文字。"),
        ]),
        PhaseKind::Stopped => language.pick([
            format!("{model} stopped. "),
            format!("{model} 중지됨. "),
            format!("{model} 停止。"),
        ]),
        PhaseKind::Truncated => language.pick([
            format!("{model} is incomplete. "),
            format!("{model} 불완전함. "),
            format!("{model} 不完全。"),
        ]),
        _ => {
            language.pick([format!("{model} failed. "), format!("{model} 실패. "), format!("{model} 失敗。")])
        }
    });
    let all = match failed {
        0 => language.pick([
            format!("Ended: {ended} of {all}"),
            format!("{all}개 중 {ended}개 끝남"),
            format!("{all} 件中 {ended} 件終了"),
        ]),
        _ => language.pick([
            format!("Ended: {ended} of {all}, with an error: {failed}"),
            format!("{all}개 중 {ended}개 끝남, 오류 {failed}개"),
            format!("{all} 件中 {ended} 件終了、エラー {failed} 件"),
        ]),
    };
    format!("{}{all}", one.unwrap_or_default())
}

/// For the tab's title when nobody looked as the run ended.
pub fn title(language: Language, (ended, failed, all): (usize, usize, usize)) -> String {
    match failed {
        0 => language.pick([
            format!("✓ {ended}/{all} done – Tutti"),
            format!("✓ {ended}/{all} 완료 – Tutti"),
            format!("✓ {ended}/{all} 完了 – Tutti"),
        ]),
        _ => language.pick([
            format!("! {failed} failed, {ended}/{all} – Tutti"),
            format!("! {failed}개 실패, {ended}/{all} – Tutti"),
            format!("! {failed} 件失敗、{ended}/{all} – Tutti"),
        ]),
    }
}

pub fn retry_failed(language: Language, count: usize) -> String {
    language.pick([
        format!("Ask the failed again ({count})"),
        format!("실패한 모델에 다시 묻기 ({count})"),
        format!("失敗したものにもう一度聞く（{count}）"),
    ])
}

pub fn undo_removal(language: Language, model: &str) -> String {
    language.pick([
        format!("Undo: bring back {model}"),
        format!("되돌리기: {model} 복원"),
        format!("元に戻す：{model}"),
    ])
}

pub fn undo_set(language: Language, count: usize) -> String {
    language.pick([
        format!("Undo: back to the {count} models before"),
        format!("되돌리기: 이전 모델 {count}개로"),
        format!("元に戻す：前のモデル {count} 個へ"),
    ])
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
