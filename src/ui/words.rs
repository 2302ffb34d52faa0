//! Everything that the page says, in English, Korean and Japanese.
//!
//! Sentences are whole: none is put together from pieces, since word order differs.

use crate::{
    call::{Phase, field::OptionalField},
    model::{
        error::ErrorClass,
        event::{Finish, FinishReason},
        http::BadUrl,
    },
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Korean,
    Japanese,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::English, Self::Korean, Self::Japanese];

    /// The first of the browser's languages that the page speaks.
    pub fn choose(tags: &[String]) -> Self {
        let known = |tag: &String| {
            let language = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
            Self::ALL.into_iter().find(|known| known.tag() == language)
        };
        tags.iter().find_map(known).unwrap_or_default()
    }

    /// BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
            Self::Japanese => "ja",
        }
    }

    /// In the language itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Korean => "한국어",
            Self::Japanese => "日本語",
        }
    }

    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    fn pick<T>(self, words: [T; 3]) -> T {
        let [english, korean, japanese] = words;
        match self {
            Self::English => english,
            Self::Korean => korean,
            Self::Japanese => japanese,
        }
    }
}

/// A fixed text of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Tagline,
    Prompt,
    PromptHint,
    Send,
    StopAll,
    AddPanel,
    Stop,
    Remove,
    Provider,
    Format,
    Model,
    ModelHint,
    BaseUrl,
    Key,
    KeyHint,
    Language,
    Answer,
    Reasoning,
    Empty,
    NeedsModel,
    NeedsBaseUrl,
    BadKey,
    Simulated,
    KeyIsForAnother,
}

impl Word {
    pub const ALL: [Self; 24] = [
        Self::Tagline,
        Self::Prompt,
        Self::PromptHint,
        Self::Send,
        Self::StopAll,
        Self::AddPanel,
        Self::Stop,
        Self::Remove,
        Self::Provider,
        Self::Format,
        Self::Model,
        Self::ModelHint,
        Self::BaseUrl,
        Self::Key,
        Self::KeyHint,
        Self::Language,
        Self::Answer,
        Self::Reasoning,
        Self::Empty,
        Self::NeedsModel,
        Self::NeedsBaseUrl,
        Self::BadKey,
        Self::Simulated,
        Self::KeyIsForAnother,
    ];

    pub fn text(self, language: Language) -> &'static str {
        language.pick(match self {
            Self::Tagline => [
                "One prompt, every model, at once",
                "프롬프트 하나, 모든 모델, 한 번에",
                "一つのプロンプトを、すべてのモデルへ、同時に",
            ],
            Self::Prompt => ["Prompt", "프롬프트", "プロンプト"],
            Self::PromptHint => [
                "Ask every model (Enter sends, Shift+Enter breaks the line)",
                "모든 모델에게 물어보세요 (Enter 보내기, Shift+Enter 줄 바꿈)",
                "すべてのモデルに聞く（Enter で送信、Shift+Enter で改行）",
            ],
            Self::Send => ["Send to all", "모두에게 보내기", "すべてに送信"],
            Self::StopAll => ["Stop all", "모두 중지", "すべて停止"],
            Self::AddPanel => ["Add a model", "모델 추가", "モデルを追加"],
            Self::Stop => ["Stop", "중지", "停止"],
            Self::Remove => ["Remove", "제거", "削除"],
            Self::Provider => ["Provider", "제공자", "プロバイダー"],
            Self::Format => ["API", "API", "API"],
            Self::Model => ["Model", "모델", "モデル"],
            Self::ModelHint => ["model id", "모델 ID", "モデル ID"],
            Self::BaseUrl => ["Address", "주소", "アドレス"],
            Self::Key => ["Key", "키", "キー"],
            Self::KeyHint => [
                "goes only to this address; forgotten on reload",
                "이 주소로만 전송되며 새로 고치면 지워집니다",
                "このアドレスにだけ送られ、再読み込みで消えます",
            ],
            Self::Language => ["Language", "언어", "言語"],
            Self::Answer => ["Answer", "답변", "回答"],
            Self::Reasoning => ["Reasoning", "추론", "推論"],
            Self::Empty => {
                ["The answer will appear here.", "답변이 여기에 표시됩니다.", "ここに回答が表示されます。"]
            }
            Self::NeedsModel => {
                ["Enter a model id.", "모델 ID를 입력하세요.", "モデル ID を入力してください。"]
            }
            Self::NeedsBaseUrl => [
                "Enter the address of your own resource.",
                "사용 중인 리소스의 주소를 입력하세요.",
                "ご自身のリソースのアドレスを入力してください。",
            ],
            Self::KeyIsForAnother => [
                "The key was removed: it was entered for another address. Enter the key for this one.",
                "키가 다른 주소용으로 입력되어 제거했습니다. 이 주소의 키를 입력하세요.",
                "キーは別のアドレス用に入力されたため削除しました。このアドレスのキーを入力してください。",
            ],
            Self::Simulated => ["Simulated", "시뮬레이션", "シミュレーション"],
            Self::BadKey => [
                "The key has characters that a key cannot have. Copy it again.",
                "키에 쓸 수 없는 문자가 있습니다. 다시 복사해 주세요.",
                "キーに使えない文字があります。もう一度コピーしてください。",
            ],
        })
    }
}

/// The name of a panel, for screen readers: its place and its model.
pub fn panel_name(language: Language, place: usize, model: &str) -> String {
    language.pick([
        format!("Panel {place}: {model}"),
        format!("패널 {place}: {model}"),
        format!("パネル {place}: {model}"),
    ])
}

/// How far a call has come.
pub fn phase(language: Language, phase: Option<&Phase>) -> String {
    let fixed = |words: [&str; 3]| language.pick(words).to_owned();
    match phase {
        None => fixed(["ready", "준비됨", "準備完了"]),
        Some(Phase::Queued) => {
            fixed(["waiting for a free connection", "빈 연결을 기다리는 중", "接続の空きを待っています"])
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
                "완료, 제공자 필터에 의해 잘림",
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

/// What happened and what to do about it, in one or two sentences.
pub fn error(language: Language, class: ErrorClass) -> &'static str {
    language.pick(match class {
        ErrorClass::Auth => [
            "The key is missing or not accepted. Check the key of this panel.",
            "키가 없거나 받아들여지지 않았습니다. 이 패널의 키를 확인하세요.",
            "キーがないか、受け付けられませんでした。このパネルのキーを確認してください。",
        ],
        ErrorClass::Forbidden => [
            "The provider does not allow this here. Check your region, your plan or the server's list of origins.",
            "제공자가 허용하지 않습니다. 지역, 요금제 또는 서버의 허용 출처를 확인하세요.",
            "プロバイダーが許可していません。地域、プラン、またはサーバーの許可オリジンを確認してください。",
        ],
        ErrorClass::Model => [
            "The provider does not know this model. Check the model id.",
            "제공자가 이 모델을 모릅니다. 모델 ID를 확인하세요.",
            "プロバイダーにこのモデルがありません。モデル ID を確認してください。",
        ],
        ErrorClass::TooLong => [
            "The prompt is longer than the model can read. Shorten it.",
            "프롬프트가 모델이 읽을 수 있는 길이를 넘습니다. 줄여 주세요.",
            "プロンプトがモデルの読める長さを超えています。短くしてください。",
        ],
        ErrorClass::Request => [
            "The provider does not accept the request as it is. Its own words are below.",
            "제공자가 요청을 받아들이지 않습니다. 아래는 제공자의 설명입니다.",
            "プロバイダーがリクエストを受け付けません。以下はプロバイダーの説明です。",
        ],
        ErrorClass::RateLimit => [
            "Too many requests for now. Wait a little and send again.",
            "지금은 요청이 너무 많습니다. 잠시 후 다시 보내세요.",
            "今はリクエストが多すぎます。少し待ってから送り直してください。",
        ],
        ErrorClass::Quota => [
            "No credit is left with this provider. Check your billing there.",
            "이 제공자의 크레딧이 없습니다. 결제 정보를 확인하세요.",
            "このプロバイダーの残高がありません。支払い設定を確認してください。",
        ],
        ErrorClass::Blocked => [
            "The provider's filter refused this. Change the prompt.",
            "제공자의 필터가 거부했습니다. 프롬프트를 바꿔 보세요.",
            "プロバイダーのフィルターに拒否されました。プロンプトを変えてください。",
        ],
        ErrorClass::Server => [
            "The provider failed. Send again later.",
            "제공자 쪽에서 오류가 났습니다. 나중에 다시 보내세요.",
            "プロバイダー側で失敗しました。あとで送り直してください。",
        ],
        ErrorClass::Overloaded => [
            "The provider has too much to do. Send again later.",
            "제공자가 과부하 상태입니다. 나중에 다시 보내세요.",
            "プロバイダーが混み合っています。あとで送り直してください。",
        ],
        ErrorClass::Timeout => [
            "Nothing came for too long. Send again.",
            "너무 오래 응답이 없었습니다. 다시 보내세요.",
            "長い間応答がありませんでした。送り直してください。",
        ],
        ErrorClass::NetworkOrCors => [
            "The browser could not reach the server, or may not read its answer; it does not say which. Check the address, the key, and whether the server answers web pages (CORS).",
            "브라우저가 서버에 연결하지 못했거나 응답을 읽을 수 없습니다. 어느 쪽인지는 알려 주지 않습니다. 주소와 키, 그리고 서버가 웹 페이지에 응답하는지(CORS) 확인하세요.",
            "ブラウザーがサーバーに届かないか、応答を読めません（どちらかは分かりません）。アドレスとキー、サーバーがウェブページに応答するか（CORS）を確認してください。",
        ],
        ErrorClass::ConnectionLost => [
            "The connection broke while the answer arrived. What came is kept; send again for a whole answer.",
            "답변을 받는 중에 연결이 끊겼습니다. 받은 내용은 남아 있습니다. 전체 답변을 받으려면 다시 보내세요.",
            "回答の途中で接続が切れました。届いた分は残っています。全体が必要なら送り直してください。",
        ],
        ErrorClass::Protocol => [
            "What came is not what this API sends. Check the address and the API.",
            "받은 내용이 이 API의 형식이 아닙니다. 주소와 API를 확인하세요.",
            "届いたものはこの API の形式ではありません。アドレスと API を確認してください。",
        ],
        ErrorClass::NotAStream => [
            "A web page came in place of an answer. Check the address, or sign in to the network you are on.",
            "답변 대신 웹 페이지가 왔습니다. 주소를 확인하거나 사용 중인 네트워크에 로그인하세요.",
            "回答の代わりにウェブページが届きました。アドレスを確認するか、お使いのネットワークにログインしてください。",
        ],
        ErrorClass::Empty => [
            "The server said yes and sent nothing. Send again.",
            "서버가 응답했지만 내용이 없습니다. 다시 보내세요.",
            "サーバーは応答しましたが、中身がありません。送り直してください。",
        ],
        ErrorClass::TooLarge => [
            "The answer is larger than the limit. What came is kept.",
            "답변이 제한보다 큽니다. 받은 내용은 남아 있습니다.",
            "回答が上限を超えました。届いた分は残っています。",
        ],
    })
}

/// Why an address cannot be used, and what to change.
pub fn bad_url(language: Language, problem: BadUrl) -> &'static str {
    language.pick(match problem {
        BadUrl::Scheme => [
            "The address must begin with https:// or http://.",
            "주소는 https:// 또는 http://로 시작해야 합니다.",
            "アドレスは https:// か http:// で始めてください。",
        ],
        BadUrl::UserInfo => [
            "The address must not contain a user name or password.",
            "주소에 사용자 이름이나 비밀번호를 넣을 수 없습니다.",
            "アドレスにユーザー名やパスワードは入れられません。",
        ],
        BadUrl::Host => [
            "The host name of the address is missing or has characters that it cannot have.",
            "주소의 호스트 이름이 없거나 쓸 수 없는 문자가 있습니다.",
            "アドレスのホスト名がないか、使えない文字があります。",
        ],
        BadUrl::Port => [
            "The port of the address must be a number from 1 to 65535.",
            "주소의 포트는 1부터 65535까지의 숫자여야 합니다.",
            "アドレスのポートは 1 から 65535 の数字にしてください。",
        ],
        BadUrl::Path => [
            "The path of the address has characters that it cannot have.",
            "주소의 경로에 쓸 수 없는 문자가 있습니다.",
            "アドレスのパスに使えない文字があります。",
        ],
        BadUrl::Query => [
            "The address must not contain ? or #.",
            "주소에 ? 나 # 을 넣을 수 없습니다.",
            "アドレスに ? や # は入れられません。",
        ],
    })
}

/// The provider refused one field, and the request went out again without it.
pub fn sent_without(language: Language, field: OptionalField) -> String {
    let name = field.name();
    language.pick([
        format!("The provider does not accept “{name}” here; it was left out."),
        format!("제공자가 “{name}”을(를) 받지 않아 제외했습니다."),
        format!("プロバイダーが「{name}」を受け付けないため、除いて送りました。"),
    ])
}

/// For the status line: how many of the answers have ended, and how many of these failed.
pub fn progress(language: Language, ended: usize, failed: usize, all: usize) -> String {
    match failed {
        0 => language.pick([
            format!("Answers ended: {ended} of {all}"),
            format!("끝난 답변: {all}개 중 {ended}개"),
            format!("終わった回答：{all} 件中 {ended} 件"),
        ]),
        _ => language.pick([
            format!("Answers ended: {ended} of {all}, with an error: {failed}"),
            format!("끝난 답변: {all}개 중 {ended}개, 오류 {failed}개"),
            format!("終わった回答：{all} 件中 {ended} 件、エラー {failed} 件"),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_exists_in_every_language() {
        for word in Word::ALL {
            for language in Language::ALL {
                assert!(!word.text(language).is_empty(), "{word:?} in {language:?}");
            }
            if !matches!(word, Word::Format) {
                assert_ne!(word.text(Language::English), word.text(Language::Korean), "{word:?}");
                assert_ne!(word.text(Language::English), word.text(Language::Japanese), "{word:?}");
            }
        }
    }

    #[test]
    fn the_first_known_language_is_chosen() {
        let choose =
            |tags: &[&str]| Language::choose(&tags.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        assert_eq!(choose(&["fr-FR", "ko-KR", "en"]), Language::Korean);
        assert_eq!(choose(&["JA"]), Language::Japanese);
        assert_eq!(choose(&["fr"]), Language::English);
    }

    #[test]
    fn a_back_off_says_which_attempt_comes() {
        let cause = crate::model::error::ApiError::new(ErrorClass::RateLimit, "");
        let backoff = Phase::Backoff { until_ms: 5_000, attempt: 2, cause };
        assert_eq!(phase(Language::English, Some(&backoff)), "waiting for attempt 2");
    }

    #[test]
    fn an_unknown_finish_reason_is_shown_literally() {
        let reason = FinishReason { unified: Finish::Other, raw: Some("quantum".to_owned()) };
        assert_eq!(phase(Language::Korean, Some(&Phase::Finished(reason))), "완료 (quantum)");
    }
}
