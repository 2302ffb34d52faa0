//! What went wrong, and one thing to do about it.

use super::{Language, Word, seconds};
use crate::{
    grid::settings::{BadExtra, BadSettings},
    later::later,
    model::{
        diagnosis::{Diagnosis, how_to_allow},
        error::{ApiError, ErrorClass},
        http::BadUrl,
        provider::{Cors, Provider},
    },
};

later! {
    /// What went wrong with an answer or a list of this provider. `page` is where this page came from.
    "2001" pub fn failure(language: Language, error: &ApiError, row: &Provider, page: &str) -> String {
        if let (ErrorClass::Forbidden, Cors::NeedsSetting(setting)) = (error.class, row.cors) {
            let line = how_to_allow(setting, page);
            return language.pick([
                format!("The server refuses pages from {page}. Start it with: {line}"),
                format!("서버가 {page}의 페이지를 거부합니다. 다음 명령으로 실행하세요: {line}"),
                format!("サーバーが {page} のページを拒否しています。次のように起動してください：{line}"),
            ]);
        }
        let text = self::error(language, error.class);
        match error.retry_after_ms {
            Some(wait) if error.class == ErrorClass::RateLimit => {
                let wait = seconds(wait);
                language.pick([
                    format!("{text} The provider asks to wait {wait}."),
                    format!("{text} 제공업체가 {wait} 기다리라고 합니다."),
                    format!("{text}プロバイダーは {wait} 待つよう求めています。"),
                ])
            }
            _ => text.to_owned(),
        }
    } else {
        String::new()
    }
}

/// What is known of a connection that failed, and one thing to do. `page` is where this page came from.
pub fn diagnosis(language: Language, diagnosis: &Diagnosis, page: &str) -> String {
    let fixed = |words: [&str; 3]| language.pick(words).to_owned();
    match diagnosis {
        Diagnosis::NotAllowed => fixed([
            "This page's allow-list does not name that address, so the browser lets nothing out to it. Settings, keys and this prompt come along to the other page; the answers here do not.",
            "이 페이지의 허용 목록에 없는 주소라 브라우저가 요청을 보내지 않습니다. 설정, 키, 이 프롬프트는 다른 페이지로 함께 가지만 여기의 답변은 가지 않습니다.",
            "このページの許可リストにないアドレスのため、ブラウザーは何も送りません。設定、キー、このプロンプトは別のページに引き継がれますが、ここの回答は引き継がれません。",
        ]),
        Diagnosis::MixedContent => fixed([
            "Browsers block http:// addresses from an https:// page. Give the server https, or open this page over http on your own computer.",
            "브라우저는 https:// 페이지에서 http:// 주소를 차단합니다. 서버에 https를 쓰거나, 이 페이지를 내 컴퓨터에서 http로 여세요.",
            "ブラウザーは https:// のページから http:// のアドレスを遮断します。サーバーを https にするか、このページを手元で http で開いてください。",
        ]),
        Diagnosis::Offline => fixed([
            "This computer is offline. Ask again when the network is back; the arrow up key brings the prompt back too.",
            "오프라인 상태입니다. 연결되면 다시 물어보세요. 위쪽 화살표 키로 프롬프트를 불러올 수도 있습니다.",
            "オフラインです。接続が戻ったらもう一度聞いてください。上矢印キーでプロンプトを呼び戻すこともできます。",
        ]),
        Diagnosis::LocalNetworkDenied => fixed([
            "The browser does not let this page call your local network. Allow “local network access” in the site settings beside the address bar, then ask again.",
            "브라우저가 이 페이지의 로컬 네트워크 접근을 막고 있습니다. 주소창 옆 사이트 설정에서 ‘로컬 네트워크 액세스’를 허용한 뒤 다시 물어보세요.",
            "ブラウザーがこのページのローカルネットワークへのアクセスを許可していません。アドレスバー横のサイト設定で許可してから、もう一度聞いてください。",
        ]),
        Diagnosis::LocalNetworkAsk => fixed([
            "The browser asks whether this page may call your local network. Say yes, then ask again.",
            "브라우저가 로컬 네트워크 접근 허용 여부를 묻습니다. 허용한 뒤 다시 물어보세요.",
            "ブラウザーがローカルネットワークへのアクセスの可否を尋ねています。許可してから、もう一度聞いてください。",
        ]),
        Diagnosis::InsecurePage => fixed([
            "This page was loaded over plain http, and some browsers refuse such pages the local network. Open it over https or from your own computer.",
            "이 페이지는 http로 열렸고, 일부 브라우저는 이런 페이지의 로컬 네트워크 접근을 거부합니다. https로 열거나 내 컴퓨터에서 여세요.",
            "このページは http で読み込まれており、ローカルネットワークを拒否するブラウザーがあります。https か手元のコンピューターから開いてください。",
        ]),
        Diagnosis::RefusesPages { setting: Some(setting) } => {
            let line = how_to_allow(setting, page);
            language.pick([
                format!("The server is there, but refuses this web page (CORS). Start it with: {line}"),
                format!("서버는 있지만 이 웹 페이지를 거부합니다(CORS). 다음 명령으로 실행하세요: {line}"),
                format!("サーバーはありますが、このウェブページを拒否しています（CORS）。次のように起動してください：{line}"),
            ])
        }
        Diagnosis::RefusesPages { setting: None } => fixed([
            "The server can be reached, but refuses this web page (CORS), or sent an error without CORS headers: a wrong key looks like this at some providers. Check the key first.",
            "서버에 연결되지만 이 웹 페이지를 거부하거나(CORS), CORS 헤더 없이 오류를 보냈습니다. 일부 제공업체는 키가 틀리면 이렇게 보입니다. 먼저 키를 확인하세요.",
            "サーバーには届きますが、このウェブページを拒否しているか（CORS）、CORS ヘッダーなしのエラーを返しました。キーの誤りがこう見えるプロバイダーもあります。まずキーを確認してください。",
        ]),
        Diagnosis::LocalServer { setting, may_be_blocked } => {
            let blocked = may_be_blocked.then(|| {
                language.pick([
                    " Some browsers (Safari) block http:// to this computer from an https:// page.",
                    " 일부 브라우저(Safari)는 https:// 페이지에서 이 컴퓨터로의 http://를 차단합니다.",
                    "一部のブラウザー（Safari）は https:// のページからこのコンピューターへの http:// を遮断します。",
                ])
            });
            let text = match setting.map(|setting| how_to_allow(setting, page)) {
                Some(line) => language.pick([
                    format!("Your server did not answer: it is not running, or refuses this page. Start it with: {line}"),
                    format!("서버가 응답하지 않습니다. 실행 중이 아니거나 이 페이지를 거부합니다. 다음 명령으로 실행하세요: {line}"),
                    format!("サーバーが応答しません。起動していないか、このページを拒否しています。次のように起動してください：{line}"),
                ]),
                None => fixed([
                    "Your server did not answer. Check that it runs, and its address and port.",
                    "서버가 응답하지 않습니다. 실행 중인지, 주소와 포트가 맞는지 확인하세요.",
                    "サーバーが応答しません。起動しているか、アドレスとポートを確認してください。",
                ]),
            };
            format!("{text}{}", blocked.unwrap_or_default())
        }
        Diagnosis::NoConnection => fixed([
            "No connection: the name, TLS, a refusal or an ad blocker; the browser does not say which. Check the address, and try without blockers.",
            "연결되지 않습니다. 이름, TLS, 거부, 광고 차단기 중 무엇인지 브라우저는 알려 주지 않습니다. 주소를 확인하고 차단기 없이 시도해 보세요.",
            "接続できません。名前、TLS、拒否、広告ブロッカーのどれかは、ブラウザーからは分かりません。アドレスを確認し、ブロッカーなしで試してください。",
        ]),
        Diagnosis::Unknown => self::error(language, ErrorClass::NetworkOrCors).to_owned(),
    }
}

/// Why a panel cannot ask as it is set up.
pub fn bad_settings(language: Language, problem: BadSettings) -> String {
    let problem = match problem {
        BadSettings::Url(problem) => return bad_url(language, problem).to_owned(),
        BadSettings::NeedsBaseUrl => return Word::NeedsBaseUrl.text(language).to_owned(),
        BadSettings::NeedsModel => return Word::NeedsModel.text(language).to_owned(),
        BadSettings::Foreign => return Word::Foreign.text(language).to_owned(),
        BadSettings::Extra(problem) => problem,
    };
    match problem {
        BadExtra::Syntax { line, column } => language.pick([
            format!("The extra JSON has a mistake in line {line}, column {column}."),
            format!("추가 JSON의 {line}행 {column}열에 오류가 있습니다."),
            format!("追加の JSON の {line} 行 {column} 列に誤りがあります。"),
        ]),
        BadExtra::NotAnObject => language
            .pick([
                "The extra JSON must be an object: { … }.",
                "추가 JSON은 { … } 형태의 객체여야 합니다.",
                "追加の JSON はオブジェクト { … } にしてください。",
            ])
            .to_owned(),
        BadExtra::TooDeep => language
            .pick([
                "The extra JSON is nested too deeply.",
                "추가 JSON의 중첩이 너무 깊습니다.",
                "追加の JSON の入れ子が深すぎます。",
            ])
            .to_owned(),
        BadExtra::TooLarge => language
            .pick([
                "The extra JSON is too large.",
                "추가 JSON이 너무 큽니다.",
                "追加の JSON が大きすぎます。",
            ])
            .to_owned(),
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
            "제공업체가 허용하지 않습니다. 지역, 요금제 또는 서버의 허용 출처를 확인하세요.",
            "プロバイダーが許可していません。地域、プラン、またはサーバーの許可オリジンを確認してください。",
        ],
        ErrorClass::Model => [
            "The provider does not know this model. Check the model id.",
            "제공업체가 이 모델을 모릅니다. 모델 ID를 확인하세요.",
            "プロバイダーにこのモデルがありません。モデル ID を確認してください。",
        ],
        ErrorClass::TooLong => [
            "The prompt is longer than the model can read. Shorten it.",
            "프롬프트가 모델이 읽을 수 있는 길이를 넘습니다. 줄여 주세요.",
            "プロンプトがモデルの読める長さを超えています。短くしてください。",
        ],
        ErrorClass::Request => [
            "The provider does not accept the request as it is. Its own words are below.",
            "제공업체가 요청을 받아들이지 않습니다. 아래는 제공업체의 설명입니다.",
            "プロバイダーがリクエストを受け付けません。以下はプロバイダーの説明です。",
        ],
        ErrorClass::RateLimit => [
            "Too many requests for now. Wait a little and send again.",
            "지금은 요청이 너무 많습니다. 잠시 후 다시 보내세요.",
            "今はリクエストが多すぎます。少し待ってから送り直してください。",
        ],
        ErrorClass::Quota => [
            "No credit is left with this provider. Check your billing there.",
            "이 제공업체의 크레딧이 없습니다. 결제 정보를 확인하세요.",
            "このプロバイダーの残高がありません。支払い設定を確認してください。",
        ],
        ErrorClass::Blocked => [
            "The provider's filter refused this. Change the prompt.",
            "제공업체의 필터가 거부했습니다. 프롬프트를 바꿔 보세요.",
            "プロバイダーのフィルターに拒否されました。プロンプトを変えてください。",
        ],
        ErrorClass::Server => [
            "The provider failed. Send again later.",
            "제공업체 쪽에서 오류가 났습니다. 나중에 다시 보내세요.",
            "プロバイダー側で失敗しました。あとで送り直してください。",
        ],
        ErrorClass::Overloaded => [
            "The provider has too much to do. Send again later.",
            "제공업체가 과부하 상태입니다. 나중에 다시 보내세요.",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog;

    const PAGE: &str = "https://tutti.example";

    #[test]
    fn a_server_that_refuses_pages_says_how_to_let_this_one_in() {
        let ollama = catalog::find("ollama").unwrap();
        let error = ApiError::new(ErrorClass::Forbidden, "");
        let said = failure(Language::English, &error, ollama, PAGE);
        assert!(
            said.ends_with("Start it with: OLLAMA_ORIGINS='https://tutti.example' ollama serve"),
            "{said}"
        );
        let openai = catalog::find("openai").unwrap();
        assert_eq!(
            failure(Language::English, &error, openai, PAGE),
            self::error(Language::English, ErrorClass::Forbidden)
        );
    }

    #[test]
    fn a_wait_that_is_too_long_to_be_waited_out_is_said() {
        let mut error = ApiError::new(ErrorClass::RateLimit, "");
        error.retry_after_ms = Some(125_000);
        let said = failure(Language::English, &error, catalog::simulated(), PAGE);
        assert!(said.ends_with("The provider asks to wait 2:05."), "{said}");
    }

    #[test]
    fn every_diagnosis_is_a_sentence_in_every_language() {
        let all = [
            Diagnosis::NotAllowed,
            Diagnosis::MixedContent,
            Diagnosis::Offline,
            Diagnosis::LocalNetworkDenied,
            Diagnosis::LocalNetworkAsk,
            Diagnosis::InsecurePage,
            Diagnosis::RefusesPages { setting: None },
            Diagnosis::RefusesPages { setting: Some("OLLAMA_ORIGINS") },
            Diagnosis::LocalServer { setting: None, may_be_blocked: true },
            Diagnosis::LocalServer { setting: Some("lms server start --cors"), may_be_blocked: false },
            Diagnosis::NoConnection,
            Diagnosis::Unknown,
        ];
        let mut seen = std::collections::HashSet::new();
        for one in &all {
            for language in Language::ALL {
                let said = diagnosis(language, one, PAGE);
                assert!(said.len() > 20 && seen.insert(said), "{one:?} in {language:?}");
            }
        }
        let local = diagnosis(Language::English, &all[9], PAGE);
        assert!(local.contains("lms server start --cors"), "{local}");
    }

    #[test]
    fn a_mistake_in_the_extra_json_is_located() {
        let said =
            bad_settings(Language::English, BadSettings::Extra(BadExtra::Syntax { line: 2, column: 5 }));
        assert_eq!(said, "The extra JSON has a mistake in line 2, column 5.");
    }
}
