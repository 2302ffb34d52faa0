//! What is said of requests, lists and sets.

use super::{Language, dollars, short_count};
use crate::{
    engine::ask::Notes,
    grid::{estimate::Estimate, parameter::Parameter},
    model::{listing::Price, provider::Provider},
};

/// How what was sent differs from what was set, a line each.
pub fn notes(language: Language, notes: &Notes) -> Vec<String> {
    let dropped = notes.dropped.iter().map(|name| {
        language.pick([
            format!("“{name}” was left out: this model does not take it."),
            format!("이 모델이 지원하지 않아 제외한 항목: “{name}”"),
            format!("このモデルが受け付けないため「{name}」を除きました。"),
        ])
    });
    let changed = notes.changed.iter().map(|(name, value)| {
        language.pick([
            format!("“{name}” was sent as {value}, the nearest that this model takes."),
            format!("“{name}”은(는) 이 모델이 받는 가장 가까운 값 {value}(으)로 보냈습니다."),
            format!("「{name}」は、このモデルが受け付ける最も近い値 {value} で送りました。"),
        ])
    });
    let defaults = notes.defaults.iter().map(|(name, value)| {
        language.pick([
            format!("“{name}” = {value} was sent: this API requires it."),
            format!("이 API에 필요하여 “{name}” = {value}을(를) 보냈습니다."),
            format!("この API に必要なため「{name}」= {value} を送りました。"),
        ])
    });
    dropped.chain(changed).chain(defaults).collect()
}

pub fn skipped_events(language: Language, count: u32) -> String {
    language.pick([
        format!("Pieces that could not be read and were skipped: {count}"),
        format!("읽을 수 없어 건너뛴 조각: {count}개"),
        format!("読めずに飛ばした断片：{count} 個"),
    ])
}

pub fn retried(language: Language, count: u32) -> String {
    language.pick([
        format!("Tried again: {count}×"),
        format!("다시 시도: {count}회"),
        format!("再試行：{count} 回"),
    ])
}

/// What was found in pasted text; the names of what was not recognised, never a value.
pub fn pasted(language: Language, kept: &[&Provider], unknown: &[String]) -> String {
    let names: Vec<&str> = kept.iter().map(|row| &*row.name).collect();
    let (count, names) = (names.len(), names.join(", "));
    match unknown.is_empty() {
        true => language.pick([
            format!("Keys taken: {count} ({names})"),
            format!("가져온 키: {count}개 ({names})"),
            format!("取り込んだキー：{count} 個（{names}）"),
        ]),
        false => {
            let unknown = unknown.join(", ");
            language.pick([
                format!("Keys taken: {count} ({names}). Not known: {unknown}"),
                format!("가져온 키: {count}개 ({names}). 알 수 없음: {unknown}"),
                format!("取り込んだキー：{count} 個（{names}）。不明：{unknown}"),
            ])
        }
    }
}

pub fn checked(language: Language, models: usize) -> String {
    language.pick([
        format!("The server answers: {models} models."),
        format!("서버가 응답합니다: 모델 {models}개."),
        format!("サーバーが応答しました：モデル {models} 個。"),
    ])
}

pub fn list_needs_key(language: Language) -> &'static str {
    language.pick([
        "The live list needs a key. These are some that the provider has had.",
        "실시간 목록에는 키가 필요합니다. 아래는 제공업체가 제공해 온 일부 모델입니다.",
        "最新の一覧にはキーが必要です。以下は提供されてきたモデルの一部です。",
    ])
}

pub fn list_failed(language: Language) -> &'static str {
    language.pick([
        "The live list did not come. These are some that the provider has had; any id may be typed.",
        "실시간 목록을 받지 못했습니다. 아래는 일부 모델이며, 어떤 ID든 입력할 수 있습니다.",
        "最新の一覧を取得できませんでした。以下は一部で、どの ID も入力できます。",
    ])
}

pub fn more_models(language: Language, count: usize) -> String {
    language.pick([
        format!("{count} more: type to narrow down"),
        format!("{count}개 더 있음: 입력해서 좁히기"),
        format!("他に {count} 個：入力して絞り込み"),
    ])
}

/// Context window and price: `128k · $3.0 / $15.0`. The prices are per million tokens, in and out.
pub fn model_facts(_: Language, context: Option<u64>, price: Option<Price>) -> String {
    let context = context.map(short_count);
    let price =
        price.map(|price| format!("${} / ${}", super::tenths(price.input), super::tenths(price.output)));
    match (context, price) {
        (Some(context), Some(price)) => format!("{context} · {price}"),
        (context, price) => context.or(price).unwrap_or_default(),
    }
}

/// What may be typed into a parameter's field: `−2 – 2`, `1 – …`.
pub fn parameter_hint(language: Language, parameter: Parameter) -> String {
    let Some((least, most)) = parameter.range() else {
        return super::Word::NotSent.text(language).to_owned();
    };
    let short = |bound: f64| match bound.abs() > 100_000.0 {
        true => "…".to_owned(),
        false => super::tenths(bound.abs()).trim_end_matches(".0").to_owned(),
    };
    let minus = if least < 0.0 { "−" } else { "" };
    format!("{minus}{} – {}", short(least), short(most))
}

/// A parameter as it was typed cannot be sent.
pub fn bad_parameter(language: Language, parameter: Parameter) -> String {
    let (name, range) = (parameter.name(), parameter_hint(language, parameter));
    match parameter.range() {
        Some(_) => language.pick([
            format!("“{name}” must be a number ({range}), or empty."),
            format!("“{name}”에는 숫자({range})를 넣거나 비워 두세요."),
            format!("「{name}」は数値（{range}）にするか、空にしてください。"),
        ]),
        None => language.pick([
            format!("“{name}” cannot be read as it is."),
            format!("“{name}” 값을 읽을 수 없습니다."),
            format!("「{name}」の値を読み取れません。"),
        ]),
    }
}

pub fn set_of(language: Language, models: &[String]) -> String {
    let (count, names) = (models.len(), models.join(", "));
    language.pick([
        format!("{count}: {names}"),
        format!("{count}개: {names}"),
        format!("{count} 個：{names}"),
    ])
}

/// What is about to be sent, before many paid calls.
pub fn estimate(language: Language, estimate: &Estimate) -> String {
    let Estimate { calls, paid, input_tokens, cost_usd } = estimate;
    match cost_usd.map(dollars) {
        Some(cost) => language.pick([
            format!("{calls} calls, {paid} of them paid, about {input_tokens} tokens in all: {cost} for the prompts."),
            format!("호출 {calls}건(유료 {paid}건), 입력 약 {input_tokens} 토큰: 프롬프트 비용 {cost}."),
            format!("呼び出し {calls} 件（有料 {paid} 件）、入力約 {input_tokens} トークン：プロンプトの費用 {cost}。"),
        ]),
        None => language.pick([
            format!("{calls} calls, {paid} of them paid, about {input_tokens} tokens in all. The prices are not known."),
            format!("호출 {calls}건(유료 {paid}건), 입력 약 {input_tokens} 토큰. 가격은 알 수 없습니다."),
            format!("呼び出し {calls} 件（有料 {paid} 件）、入力約 {input_tokens} トークン。価格は不明です。"),
        ]),
    }
}
