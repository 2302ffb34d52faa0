//! The fixed texts of the page: English, Korean, Japanese. `{0}`, `{1}` stand for what differs each time.
//!
//! In a release, English is in the program. The other languages of the first screen are a file each, which
//! is fetched beside it (`put`; xtask writes them), and what is said later comes with the rest of the program.

use super::Language;
use crate::later::later;

macro_rules! words {
    (first { $($name:ident: $english:literal, $korean:literal, $japanese:literal;)* }
     later { $($later:ident: $($text:literal),*;)* }) => {
        /// A fixed text of the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word {
            $($name,)*
            $($later,)*
        }

        #[cfg(test)]
        impl Word {
            pub const ALL: &[Self] = &[$(Self::$name,)* $(Self::$later,)*];
        }

        /// How many words the first screen has.
        const FIRST: usize = [$(Word::$name),*].len();

        #[cfg(not(feature = "split"))]
        const TEXTS: [[&str; 3]; FIRST] = [$([$english, $korean, $japanese],)*];

        #[cfg(feature = "split")]
        const ENGLISH: &str = concat!($($english, "\n",)*);

        const LATER: &[[&str; 3]] = &[$([$($text),*],)*];
    };
}

words! {
    first {
        Tagline: "One prompt, every model, at once", "프롬프트 하나, 모든 모델, 한 번에", "一つのプロンプトを、すべてのモデルへ、同時に";
        Language: "Language", "언어", "言語";

        // The composer.
        Prompt: "Prompt", "프롬프트", "プロンプト";
        PromptHintEnter: "Ask every model (Enter sends, Shift+Enter breaks the line)", "모든 모델에게 물어보세요 (Enter 보내기, Shift+Enter 줄 바꿈)", "すべてのモデルに聞く（Enter で送信、Shift+Enter で改行）";
        PromptHintMod: "Ask every model (Ctrl+Enter or ⌘+Enter sends, Enter breaks the line)", "모든 모델에게 물어보세요 (Ctrl+Enter 또는 ⌘+Enter 보내기, Enter 줄 바꿈)", "すべてのモデルに聞く（Ctrl+Enter か ⌘+Enter で送信、Enter で改行）";
        Send: "Send to all", "모두에게 보내기", "すべてに送信";
        Attach: "Attach images or text files", "이미지나 텍스트 파일 첨부", "画像やテキストファイルを添付";
        StopAll: "Stop all", "모두 중지", "すべて停止";
        AddPanel: "Add a model", "모델 추가", "モデルを追加";
        Chips: "Models that take part", "참여하는 모델", "参加するモデル";
        ChipHint: "Click: on or off. Drag, or Alt+arrow keys: move.", "클릭: 켜기/끄기. 끌기 또는 Alt+화살표 키: 이동.", "クリック：オン/オフ。ドラッグまたは Alt+矢印キー：移動。";
        Asked: "Asked", "질문", "質問";
        NothingTakesPart: "No model takes part: switch one on.", "참여하는 모델이 없습니다. 하나를 켜세요.", "参加するモデルがありません。一つ以上オンにしてください。";

        // The first visit.
        Try: "Try it without a key:", "키 없이 써 보기:", "キーなしで試す：";
        ExampleSky: "Why is the sky blue?", "하늘은 왜 파란가요?", "空はなぜ青いのですか？";
        ExampleName: "Three names for a small bakery", "작은 빵집 이름 세 가지", "小さなパン屋の名前を三つ";
        ExamplePlan: "A table: two days in Seoul", "표로 정리: 서울 이틀 여행", "表で：ソウル二日間の旅";

        // The bar at the top.
        History: "History", "기록", "履歴";
        NewComparison: "New", "새로 만들기", "新規";
        EditPrompt: "Change this prompt and ask again", "이 프롬프트를 고쳐 다시 묻기", "このプロンプトを変えて聞き直す";
        Views: "View", "보기", "表示";
        Columns: "Columns", "열", "列";
        Tabs: "Tabs", "탭", "タブ";
        Focus: "Focus", "집중", "フォーカス";
        LinkedScroll: "Scroll together", "함께 스크롤", "一緒にスクロール";
        Sets: "Sets of models", "모델 세트", "モデルのセット";
        Keys: "Keys", "키", "キー";
        Settings: "Settings", "설정", "設定";
        Shortcuts: "Keyboard", "키보드", "キーボード";
        Close: "Close", "닫기", "閉じる";

        // A panel.
        Stop: "Stop", "중지", "停止";
        Retry: "Ask again", "다시 묻기", "もう一度聞く";
        Ask: "Ask this model", "이 모델에게 묻기", "このモデルに聞く";
        Copy: "Copy the answer", "답변 복사", "回答をコピー";
        Copied: "Copied", "복사됨", "コピーしました";
        NotCopied: "The browser did not allow copying.", "브라우저가 복사를 허용하지 않았습니다.", "ブラウザーがコピーを許可しませんでした。";
        More: "More", "더 보기", "その他";
        AskCurrent: "Ask the current prompt", "현재 프롬프트로 묻기", "今のプロンプトで聞く";
        StorageFull: "The browser's storage is full or switched off: settings and sets will be gone after a reload.", "브라우저 저장소가 가득 찼거나 꺼져 있어, 새로 고치면 설정과 세트가 사라집니다.", "ブラウザーの保存領域がいっぱいか無効のため、再読み込みすると設定とセットが失われます。";
        NotAsked: "not sent", "보내지 않음", "未送信";
        Answer: "Answer", "답변", "回答";
        Reasoning: "Reasoning", "추론", "推論";

        // What an answer is made of.
        ViewSource: "View source", "원문 보기", "原文を表示";
        Code: "Code", "코드", "コード";
        CopyCode: "Copy the code", "코드 복사", "コードをコピー";
        WrapLines: "Wrap long lines", "긴 줄 바꿈", "長い行を折り返す";
        Table: "Table", "표", "表";
        OpenImage: "Open image", "이미지 열기", "画像を開く";
        Done: "done", "완료됨", "完了";
        ToDo: "to do", "할 일", "未完了";
        Footnote: "Go to the footnote", "각주로 이동", "脚注へ移動";
        InertLink: "This link has no web address", "웹 주소가 없는 링크입니다", "ウェブアドレスのないリンクです";
        Empty: "The answer will appear here.", "답변이 여기에 표시됩니다.", "ここに回答が表示されます。";
        NewText: "New text below", "아래에 새 글이 있습니다", "下に続きがあります";
        FirstToken: "first token", "첫 토큰", "最初のトークン";
        Total: "total", "총 시간", "合計時間";
        Rate: "tokens per second", "초당 토큰", "トークン/秒";
        TokensIn: "tokens in", "입력 토큰", "入力トークン";
        TokensOut: "tokens out", "출력 토큰", "出力トークン";
        Cost: "cost", "비용", "費用";
        Finish: "finish", "종료 이유", "終了理由";
        Best: "best", "최고", "最良";

        // Setting a panel up.
        Simulated: "Simulated", "시뮬레이션", "シミュレーション";
        Model: "Model", "모델", "モデル";
        ModelHint: "model id", "모델 ID", "モデル ID";
        Models: "List of models", "모델 목록", "モデルの一覧";

        // What is fetched after the first screen.
        Coming: "One moment …", "잠시만요…", "少々お待ちください…";
        RestUnreachable: "A part of this page could not be loaded. Check the connection, then try again.", "이 페이지의 일부를 불러오지 못했습니다. 연결을 확인한 뒤 다시 시도하세요.", "このページの一部を読み込めませんでした。接続を確認してから、もう一度お試しください。";
        RestReplaced: "There is a newer version of this page. Reload it to go on.", "이 페이지의 새 버전이 있습니다. 계속하려면 새로 고치세요.", "このページの新しい版があります。続けるには再読み込みしてください。";
        FetchAgain: "Try again", "다시 시도", "もう一度試す";
        ReloadPage: "Reload the page", "페이지 새로 고침", "ページを再読み込み";

        // The keyboard.
        Palette: "All commands", "모든 명령", "すべてのコマンド";

        // Before many paid calls.
        ConfirmTitle: "Send to so many models?", "이렇게 많은 모델에 보낼까요?", "これだけのモデルに送信しますか？";

        // How far an answer is.
        PanelName: "Panel {0}: {1}", "패널 {0}: {1}", "パネル {0}：{1}";
        Ready: "ready", "준비됨", "準備完了";
        Queued: "waiting for a free connection", "연결 차례를 기다리는 중", "接続の空きを待っています";
        Connecting: "connecting", "연결하는 중", "接続中";
        Waiting: "waiting for the first words", "첫 글자를 기다리는 중", "最初の言葉を待っています";
        Answering: "answering", "답변하는 중", "回答中";
        WaitingToTry: "waiting for attempt {0}", "{0}번째 시도를 기다리는 중", "{0} 回目の試行を待っています";
        Incomplete: "incomplete", "불완전함", "不完全";
        Stopped: "stopped", "중지됨", "停止しました";
        Failed: "failed", "실패", "失敗";
        Finished: "done", "완료", "完了";
        FinishedLength: "done, cut at the length limit", "완료, 길이 제한에서 잘림", "完了（長さの上限で打ち切り）";
        FinishedFilter: "done, cut by the provider's filter", "완료, 제공업체 필터에 의해 잘림", "完了（プロバイダーのフィルターで打ち切り）";
        FinishedTool: "done, asks for a tool", "완료, 도구를 요청함", "完了（ツールを要求）";
        FinishedOther: "done ({0})", "완료 ({0})", "完了（{0}）";
        FinishedUnknown: "done, no reason given", "완료, 이유 없음", "完了（理由の記載なし）";

        // The same, with the time it takes.
        SilentFor: "silent for {0}; Stop ends it", "{0} 동안 응답 없음, 중지할 수 있음", "{0} 応答なし、停止できます";
        QueuedBehind: "queued here · {0} before · {1}", "이 페이지에서 대기 중 · 앞에 {0}건 · {1}", "ここで待機中 · 前に {0} 件 · {1}";
        QueuedFor: "queued here · {0}", "이 페이지에서 대기 중 · {0}", "ここで待機中 · {0}";
        ConnectingFor: "connecting · {0}", "연결하는 중 · {0}", "接続中 · {0}";
        WaitingFor: "waiting · {0}", "기다리는 중 · {0}", "待っています · {0}";
        ThinkingAt: "thinking · ≈{0} tok/s", "생각하는 중 · 약 {0} tok/s", "思考中 · 約 {0} tok/s";
        Thinking: "thinking", "생각하는 중", "思考中";
        AnsweringAt: "≈{0} tok/s", "약 {0} tok/s", "約 {0} tok/s";
        TriesAfter: "{0}, attempt {1} in {2}", "{0}, {2} 뒤 {1}번째 시도", "{0}、{2} 後に {1} 回目";
        TriesIn: "attempt {0} in {1}", "{1} 뒤 {0}번째 시도", "{1} 後に {0} 回目";

        // The status line: a model, its words, its characters; then how many have ended, of how many, and failed.
        SaidFinished: "{0} finished, {1} words. ", "{0} 완료, {1}단어. ", "{0} 完了、{2} 文字。";
        SaidStopped: "{0} stopped. ", "{0} 중지됨. ", "{0} 停止。";
        SaidIncomplete: "{0} is incomplete. ", "{0} 불완전함. ", "{0} 不完全。";
        SaidFailed: "{0} failed. ", "{0} 실패. ", "{0} 失敗。";
        EndedOf: "Ended: {0} of {1}", "{1}개 중 {0}개 끝남", "{1} 件中 {0} 件終了";
        EndedWithErrors: "Ended: {0} of {1}, with an error: {2}", "{1}개 중 {0}개 끝남, 오류 {2}개", "{1} 件中 {0} 件終了、エラー {2} 件";
        TitleDone: "✓ {0}/{1} done – Tutti", "✓ {0}/{1} 완료 – Tutti", "✓ {0}/{1} 完了 – Tutti";
        TitleFailed: "! {2} failed, {0}/{1} – Tutti", "! {2}개 실패, {0}/{1} – Tutti", "! {2} 件失敗、{0}/{1} – Tutti";
        RetryFailed: "Ask the failed again ({0})", "실패한 모델에 다시 묻기 ({0})", "失敗したものにもう一度聞く（{0}）";
        UndoRemoval: "Undo: bring back {0}", "되돌리기: {0} 복원", "元に戻す：{0}";
        UndoSet: "Undo: back to the {0} models before", "되돌리기: 이전 모델 {0}개로", "元に戻す：前のモデル {0} 個へ";
    }
    later {
        NewerVersion: "A newer version of this page is ready.", "이 페이지의 새 버전이 준비되었습니다.", "このページの新しい版の準備ができました。";

        // Conversations.
        Foreign: "This model was added from a file and names an address or settings of its own. Look at its settings, then allow it to ask.", "이 모델은 파일에서 추가되었고 자체 주소나 설정을 씁니다. 설정을 확인한 뒤 질문을 허용하세요.", "このモデルはファイルから追加され、独自のアドレスや設定を使います。設定を確認してから質問を許可してください。";
        Allow: "Allow", "허용", "許可";
        TakeOver: "Go on from the conversation of {0}", "{0}의 대화를 이어받기", "{0} の会話を引き継ぐ";
        PickBest: "Best answer", "가장 좋은 답변", "最も良い回答";
        Request: "What is sent", "보내는 내용", "送信内容";
        SentNext: "With the prompt that is being written", "작성 중인 프롬프트로 보낼 내용", "書きかけのプロンプトで送る内容";
        SentLast: "Sent last", "마지막으로 보낸 내용", "最後に送った内容";
        NothingSent: "Nothing was asked yet, and nothing is being written.", "아직 질문하지 않았고 작성 중인 것도 없습니다.", "まだ質問がなく、書きかけのものもありません。";
        TooMuch: "About {0} tokens, and the model takes {1}: it will not fit.", "약 {0}토큰인데 모델은 {1}토큰까지 받습니다. 들어가지 않습니다.", "約 {0} トークンで、モデルの上限は {1} です。収まりません。";
        NearlyTooMuch: "About {0} of the {1} tokens that the model takes: it may not fit.", "모델이 받는 {1}토큰 중 약 {0}토큰입니다. 들어가지 않을 수 있습니다.", "モデルの上限 {1} トークンのうち約 {0} トークンです。収まらない可能性があります。";
        LeaveOutOldest: "Leave out the oldest prompts", "가장 오래된 대화 빼기", "最も古い会話を外す";
        LeftOut: "The {0} oldest prompts and their answers are not sent along.", "가장 오래된 프롬프트 {0}개와 답변은 보내지 않습니다.", "最も古いプロンプト {0} 個とその回答は送りません。";
        SendAllTurns: "Send all again", "다시 모두 보내기", "すべて送る";
        SearchHistory: "Search titles, prompts, models and answers", "제목, 프롬프트, 모델, 답변 검색", "タイトル・プロンプト・モデル・回答を検索";
        NothingFound: "Nothing found.", "찾은 것이 없습니다.", "見つかりませんでした。";
        InAnswers: "In answers", "답변에서", "回答の中";
        SearchingAnswers: "Answers: {0} of {1}", "답변: {0} / {1}", "回答：{0} / {1}";
        FoundInAnswers: "{0} found in answers ({1} of {2} conversations searched).", "답변에서 {0}개 찾음 (대화 {2}개 중 {1}개 검색).", "回答から {0} 件見つかりました（会話 {2} 件中 {1} 件を検索）。";
        Pinned: "Pinned", "고정됨", "固定済み";
        Today: "Today", "오늘", "今日";
        Yesterday: "Yesterday", "어제", "昨日";
        PastWeek: "Past 7 days", "지난 7일", "過去 7 日間";
        CutShort: "incomplete", "미완성", "途中まで";
        Used: "About {0} used", "약 {0} 사용 중", "約 {0} を使用中";
        HistoryEmpty: "Nothing is stored yet: what you ask appears here.", "아직 저장된 것이 없습니다. 질문하면 여기에 나타납니다.", "まだ何も保存されていません。質問するとここに表示されます。";
        Title: "Title", "제목", "タイトル";
        Open: "Open", "열기", "開く";
        NotOpened: "It could not be opened here. It may be open in another tab.", "여기에서 열 수 없습니다. 다른 탭에서 열려 있을 수 있습니다.", "ここでは開けません。別のタブで開いている可能性があります。";
        Pin: "Pin", "고정", "固定";
        ExportAs: "Save as a file", "파일로 저장", "ファイルに保存";
        ExportAll: "Save all as a file", "모두 파일로 저장", "すべてファイルに保存";
        Import: "Add from a file", "파일에서 추가", "ファイルから追加";
        NotImported: "That file holds no conversations that can be added. Nothing was changed.", "추가할 수 있는 대화가 없는 파일입니다. 아무것도 바뀌지 않았습니다.", "追加できる会話がないファイルです。何も変更していません。";
        WouldAdd: "Adds “{0}” (prompts: {1}, models: {2}, answers: {3}).", "추가: “{0}” (프롬프트 {1}개, 모델 {2}개, 답변 {3}개)", "追加：「{0}」（プロンプト {1} 個、モデル {2} 個、回答 {3} 個）";
        SwitchedOff: "Off until you allow them, as they name an address of their own: {0}.", "모델 {0}개는 자체 주소를 쓰므로 허용할 때까지 꺼져 있습니다.", "{0} 個のモデルは独自のアドレスを使うため、許可するまでオフのままです。";
        CannotAdd: "Cannot be added: {0}. {1}", "추가할 수 없음: {0}. {1}", "追加できません：{0}。{1}";
        NumberInFile: "number {0} in the file", "파일의 {0}번째", "ファイルの {0} 番目";
        AndMore: "and {0} more", "외 {0}개", "ほか {0} 件";
        BadCut: "It ends in the middle.", "중간에서 끊겼습니다.", "途中で切れています。";
        BadTooLarge: "It is larger than 64 MB.", "64 MB보다 큽니다.", "64 MB を超えています。";
        BadForeign: "It is no conversation of this program.", "이 프로그램의 대화가 아닙니다.", "このプログラムの会話ではありません。";
        BadNewer: "A newer version of this program wrote it.", "이 프로그램의 새 버전이 쓴 것입니다.", "このプログラムの新しい版が書いたものです。";
        BadDamaged: "It is damaged.", "손상되었습니다.", "壊れています。";
        AddThem: "Add", "추가", "追加";
        AllDone: "Done.", "완료했습니다.", "完了しました。";
        NotAll: "Some of it could not be read and is missing.", "일부를 읽을 수 없어 빠졌습니다.", "一部を読み込めず、含まれていません。";
        Attached: "Attached", "첨부", "添付";
        DropHere: "Drop images or text files to attach them", "이미지나 텍스트 파일을 놓으면 첨부됩니다", "画像やテキストファイルをドロップして添付";
        Detach: "Remove {0}", "{0} 제거", "{0} を外す";
        OnlyPictures: "This model reads no images, and there is nothing else to send.", "이 모델은 이미지를 읽지 못하며, 그 밖에 보낼 것이 없습니다.", "このモデルは画像を読めず、ほかに送るものがありません。";
        FilesPass: "Until they are sent, files are not kept: a reload loses them.", "파일은 보내기 전까지 저장되지 않으며, 새로 고치면 사라집니다.", "ファイルは送信するまで保存されず、再読み込みすると失われます。";
        NoPictures: "This model reads no images: it is sent the prompt without them.", "이 모델은 이미지를 읽지 못합니다. 이미지 없이 프롬프트만 보냅니다.", "このモデルは画像を読めません。画像なしでプロンプトを送ります。";
        FileBinary: "{0} is neither an image nor text. Save it as text or as a PNG, then attach that.", "{0}은(는) 이미지도 텍스트도 아닙니다. 텍스트나 PNG로 저장한 뒤 첨부하세요.", "{0} は画像でもテキストでもありません。テキストか PNG で保存してから添付してください。";
        FileTooLong: "{0} holds more than 1 MB of text. Attach the part that matters.", "{0}의 텍스트가 1MB를 넘습니다. 필요한 부분만 첨부하세요.", "{0} のテキストは 1 MB を超えています。必要な部分だけを添付してください。";
        FilePicture: "{0} cannot be read as an image here. Save it as PNG or JPEG, then attach that.", "{0}을(를) 이미지로 읽을 수 없습니다. PNG나 JPEG로 저장한 뒤 첨부하세요.", "{0} を画像として読み込めません。PNG か JPEG で保存してから添付してください。";
        FilesFull: "{0} does not fit: this conversation holds 40 MB of files. Begin a new one.", "{0}을(를) 넣을 수 없습니다. 이 대화에는 파일이 40MB까지 들어갑니다. 새 대화를 시작하세요.", "{0} は入りません。この会話のファイルは 40 MB までです。新しい会話を始めてください。";
        Note: "Note", "메모", "メモ";
        OnlyTo: "Only to {0}", "{0}에게만", "{0} だけに";
        WithoutAnswer: "Without the answer of {0}", "{0}의 답변 빼기", "{0} の回答を外す";
        UndoNew: "Undo: back to the conversation before", "되돌리기: 이전 대화로", "元に戻す：前の会話へ";
        Editing: "In other words: what was answered before stays beside it.", "다른 말로 묻기: 이전 답변은 옆에 그대로 남습니다.", "言い換えて質問：前の回答はそのまま横に残ります。";
        AskOnly: "Reply to this one only", "이 모델에게만 답하기", "このモデルにだけ返信";
        EarlierWording: "Wording before", "이전 표현", "前の言い方";
        LaterWording: "Wording after", "다음 표현", "次の言い方";
        EarlierVersion: "Answer before", "이전 답변", "前の回答";
        LaterVersion: "Answer after", "다음 답변", "次の回答";
        InHistory: "Remembered", "기억함", "記憶する";
        ForgetAnswer: "Do not remember", "기억하지 않기", "記憶しない";
        RememberAnswer: "Remember again", "다시 기억하기", "もう一度記憶する";
        Quote: "Use as context for all", "모두의 맥락으로 쓰기", "全員の文脈に使う";
        GoOn: "Continue", "이어서 쓰기", "続ける";
        GoOnPrompt: "Continue exactly where you stopped.", "멈춘 곳에서 그대로 이어서 써 주세요.", "止まったところからそのまま続けてください。";
        EndStopped: "Stopped here.", "여기에서 중지했습니다.", "ここで停止しました。";
        EndFailed: "No answer came.", "답변이 오지 않았습니다.", "回答は来ませんでした。";
        EndIncomplete: "The answer is incomplete.", "답변이 완전하지 않습니다.", "回答は途中までです。";
        PastMissing: "A part of the conversation before is not here, so nothing was sent.", "이전 대화의 일부가 없어서 아무것도 보내지 않았습니다.", "これまでの会話の一部がないため、何も送信していません。";
        WrittenElsewhere: "This conversation is open in another tab, which writes it. Here it is shown as it grows there.", "이 대화는 다른 탭에서 열려 있고 그 탭이 저장합니다. 여기에는 그 내용이 그대로 표시됩니다.", "この会話は別のタブで開かれ、そのタブが保存しています。ここにはその内容がそのまま表示されます。";
        GrowsElsewhere: "Another tab is asking in this conversation. If you take it over, answers that are still coming stop there; what has come stays.", "다른 탭이 이 대화에서 질문하고 있습니다. 넘겨받으면 아직 오고 있는 답변은 그 탭에서 중지되고, 이미 온 내용은 남습니다.", "別のタブがこの会話で質問しています。引き取ると、まだ届いている途中の回答はそこで止まり、届いた分は残ります。";
        AskingOther: "Asking the other tab to let go … If it does not answer, close it.", "다른 탭에 넘겨 달라고 요청하는 중… 응답이 없으면 그 탭을 닫으세요.", "別のタブに引き渡しを頼んでいます…応答がなければ、そのタブを閉じてください。";
        WriteHere: "Take over", "넘겨받기", "引き取る";
        StoreBlocked: "Another tab has an older version of this page open, so nothing can be stored. Close that tab: then what you asked is stored.", "다른 탭에 이 페이지의 이전 버전이 열려 있어 저장할 수 없습니다. 그 탭을 닫으면 지금까지의 내용이 저장됩니다.", "別のタブでこのページの古い版が開いているため、保存できません。そのタブを閉じると、ここまでの内容が保存されます。";
        KeptInMemory: "This browser stores nothing for this page: what you ask is gone when it closes.", "이 브라우저는 이 페이지의 내용을 저장하지 않습니다. 페이지를 닫으면 질문과 답변이 사라집니다.", "このブラウザーはこのページの内容を保存しません。閉じると質問と回答は消えます。";
        StoreFull: "There is no room left to store this conversation: it goes on in this page only. In the history you can save it as a file, or delete old ones to make room.", "이 대화를 저장할 공간이 없어 이 페이지에서만 이어집니다. 기록에서 파일로 저장하거나, 오래된 대화를 삭제해 공간을 만들 수 있습니다.", "この会話を保存する空き容量がないため、このページだけで続きます。履歴でファイルに保存するか、古い会話を削除して空きを作れます。";
        Damaged: "The conversation of before could not be read. It was left as it is.", "이전 대화를 읽을 수 없어 그대로 두었습니다.", "前の会話は読み込めませんでした。そのまま残してあります。";

        // The composer.
        Undo: "Undo", "되돌리기", "元に戻す";

        // A panel.
        Setup: "Provider, key, parameters", "제공업체, 키, 매개변수", "プロバイダー、キー、パラメーター";
        Duplicate: "Duplicate", "복제", "複製";
        MoveLeft: "Move left", "왼쪽으로 이동", "左へ移動";
        MoveRight: "Move right", "오른쪽으로 이동", "右へ移動";
        FocusView: "Enlarge", "크게 보기", "拡大";
        Remove: "Remove", "제거", "削除";
        ShowAll: "Show all", "모두 보기", "すべて表示";
        Tools: "Tool calls", "도구 호출", "ツール呼び出し";
        Sources: "Sources", "출처", "出典";

        // What an answer is made of.
        ViewDrawn: "View formatted", "서식으로 보기", "整形して表示";
        CopyRich: "Copy with formatting", "서식과 함께 복사", "書式付きでコピー";

        // Setting a panel up.
        Provider: "Provider", "제공업체", "プロバイダー";
        Format: "API", "API", "API";
        BaseUrl: "Address", "주소", "アドレス";
        Key: "Key", "키", "キー";
        KeyHint: "goes only to this address", "이 주소로만 전송됩니다", "このアドレスにだけ送られます";
        KeyIsThere: "A key is kept for this address. Type another to replace it.", "이 주소의 키가 있습니다. 바꾸려면 새 키를 입력하세요.", "このアドレスのキーがあります。替えるには新しいキーを入力してください。";
        KeyIsMissing: "No key for this address yet.", "아직 이 주소의 키가 없습니다.", "このアドレスのキーはまだありません。";
        KeyNotNeeded: "This server may need no key.", "이 서버는 키가 필요 없을 수 있습니다.", "このサーバーにキーは要らないかもしれません。";
        GetKey: "Get a key", "키 발급받기", "キーを取得";
        Check: "Check key and server", "키와 서버 확인", "キーとサーバーを確認";
        Checking: "Checking …", "확인하는 중…", "確認中…";
        System: "System prompt", "시스템 프롬프트", "システムプロンプト";
        Parameters: "Parameters (empty: not sent)", "매개변수 (비우면 보내지 않음)", "パラメーター（空欄なら送信しない）";
        NotSent: "not sent", "보내지 않음", "送信しない";
        Effort: "Reasoning effort", "추론 강도", "推論の強さ";
        Extra: "Extra request JSON", "추가 요청 JSON", "追加のリクエスト JSON";
        ExtraHint: "merged last; null removes a field", "마지막에 병합되며 null은 필드를 제거합니다", "最後に統合され、null は項目を消します";

        // What keeps a panel from asking.
        NeedsModel: "Enter a model id.", "모델 ID를 입력하세요.", "モデル ID を入力してください。";
        NeedsBaseUrl: "Enter the address of your own server.", "사용할 서버의 주소를 입력하세요.", "お使いのサーバーのアドレスを入力してください。";
        NeedsKey: "Enter a key for this provider.", "이 제공업체의 키를 입력하세요.", "このプロバイダーのキーを入力してください。";
        BadKey: "The key has characters that a key cannot have. Copy it again.", "키에 쓸 수 없는 문자가 있습니다. 다시 복사해 주세요.", "キーに使えない文字があります。もう一度コピーしてください。";
        KeyNeedsAddress: "Enter a valid address first: a key is kept for one address.", "먼저 올바른 주소를 입력하세요. 키는 한 주소에 묶입니다.", "先に正しいアドレスを入力してください。キーは一つのアドレスに結び付きます。";

        // What a panel offers when something went wrong.
        OpenAny: "Continue on the page that may call any address", "모든 주소를 호출할 수 있는 페이지에서 계속", "どのアドレスも呼べるページで続ける";
        CopyCurl: "Copy as curl", "curl로 복사", "curl としてコピー";
        ShowModels: "Show the provider's models", "제공업체의 모델 보기", "プロバイダーのモデルを表示";
        EnterKey: "Enter the key", "키 입력", "キーを入力";

        // The list of models.
        OtherProvider: "Other provider …", "다른 제공업체…", "別のプロバイダー…";
        Reload: "Load the list again", "목록 다시 불러오기", "一覧を再読み込み";
        Star: "Star: keeps it on top (Alt+Enter)", "별표: 맨 위에 둡니다 (Alt+Enter)", "スター：上に固定（Alt+Enter）";

        // Keys.
        KeysAbout: "Each key is sent to the address it was entered for, and nowhere else.", "각 키는 입력한 주소로만 전송됩니다.", "各キーは入力したアドレスにだけ送られます。";
        NoKeys: "No keys yet.", "아직 키가 없습니다.", "キーはまだありません。";
        Forget: "Forget", "지우기", "消去";
        ForgetAll: "Forget all keys", "모든 키 지우기", "すべてのキーを消去";
        PasteKeys: "Paste lines of a .env file", ".env 파일의 줄 붙여넣기", ".env ファイルの行を貼り付け";
        TakeKeys: "Add these keys", "이 키들 추가", "これらのキーを追加";
        NoKeyLines: "There is no line such as OPENAI_API_KEY=… in it.", "OPENAI_API_KEY=… 같은 줄이 없습니다.", "OPENAI_API_KEY=… のような行がありません。";
        Remember: "Remember the keys on this device", "이 기기에 키 기억하기", "この端末にキーを記憶する";
        RememberAbout: "Without it, keys are gone with this tab. With it, they are stored encrypted, under a key that the browser does not hand out: that protects from somebody who copies the files, not from somebody who uses this browser, nor from another page at this same web address.", "끄면 이 탭을 닫을 때 API 키가 사라집니다. 켜면 밖으로 꺼낼 수 없는 암호화 키로 암호화해 저장합니다. 파일을 복사하는 사람은 막지만, 이 브라우저를 쓰는 사람이나 같은 웹 주소의 다른 페이지는 막지 못합니다.", "オフならタブを閉じるとキーは消えます。オンなら、外部に取り出せない鍵で暗号化して保存します。ファイルをコピーする人からは守りますが、このブラウザーを使う人や同じウェブアドレスの別ページからは守れません。";
        CannotRemember: "This browser cannot store keys safely here: they are gone with this tab.", "여기서는 브라우저가 키를 안전하게 저장할 수 없어 탭을 닫으면 사라집니다.", "ここではブラウザーがキーを安全に保存できないため、タブを閉じると消えます。";

        // Sets of models.
        SetsAbout: "A set keeps the models on this page with their parameters. Keys are not part of it.", "세트는 이 페이지의 모델과 매개변수를 저장합니다. 키는 포함되지 않습니다.", "セットはこのページのモデルとパラメーターを保存します。キーは含みません。";
        SetName: "Name of the set", "세트 이름", "セットの名前";
        SaveSet: "Save these models", "이 모델들 저장", "このモデルを保存";
        Load: "Load", "불러오기", "読み込む";
        Delete: "Delete", "삭제", "削除";

        // Settings.
        Theme: "Colours", "색상", "配色";
        ThemeSystem: "as the system", "시스템 설정", "システムに合わせる";
        ThemeLight: "light", "밝게", "ライト";
        ThemeDark: "dark", "어둡게", "ダーク";
        SendKey: "Send with", "보내기 키", "送信キー";
        UseShortcuts: "Use single-key shortcuts when not typing", "입력 중이 아닐 때 단일 키 단축키 사용", "入力中でないとき一文字のショートカットを使う";
        ConfirmAbove: "Ask before more paid calls at once than", "한 번에 보낼 유료 호출이 이 수를 넘으면 확인", "一度にこの数を超える有料呼び出しの前に確認";
        Connections: "Calls at once to one server", "한 서버에 동시에 보낼 호출 수", "一つのサーバーへの同時呼び出し数";
        ConnectionsHint: "the provider's own", "제공업체 기본값", "プロバイダーの既定";

        // The keyboard.
        ShortcutsAbout: "Single keys work where nothing is typed. They can be switched off in the settings.", "단일 키는 입력 중이 아닐 때 작동하며, 설정에서 끌 수 있습니다.", "一文字のキーは入力中でないときに働きます。設定でオフにできます。";
        DoSend: "Send (in the prompt)", "보내기 (프롬프트에서)", "送信（プロンプト内）";
        DoPrompt: "Go to the prompt", "프롬프트로 이동", "プロンプトへ移動";
        DoPanel: "Go to a panel", "패널로 이동", "パネルへ移動";
        DoNeighbour: "Panel before, panel after", "이전 패널, 다음 패널", "前のパネル、次のパネル";
        DoEscape: "Close what is open on top", "맨 위에 열린 것 닫기", "いちばん手前のものを閉じる";
        DoRecall: "Earlier prompts (in an empty prompt)", "이전 프롬프트 (빈 프롬프트에서)", "前のプロンプト（空のプロンプト内）";
        DoMoveChip: "Move a model (on its chip)", "모델 이동 (칩에서)", "モデルを移動（チップ上）";
        RetryAllFailed: "Ask all failed again", "실패한 모델에 다시 묻기", "失敗したものすべてにもう一度聞く";

        // Before many paid calls.
        ConfirmHint: "What the answers cost depends on their length. The number of calls that needs no question is in the settings.", "답변 비용은 길이에 따라 다릅니다. 확인 없이 보낼 호출 수는 설정에서 바꿀 수 있습니다.", "回答の費用は長さによります。確認なしで送る数は設定で変えられます。";
        Cancel: "Cancel", "취소", "キャンセル";
    }
}

impl Word {
    pub fn text(self, language: Language) -> &'static str {
        match (self as usize).checked_sub(FIRST) {
            None => first(self as usize, language),
            Some(at) => of_the_rest(at, language),
        }
    }

    /// With these in the places of `{0}`, `{1}` ...
    pub fn with(self, language: Language, values: &[&str]) -> String {
        let mut pieces = self.text(language).split('{');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (number, rest) = piece.split_once('}').unwrap_or(("", piece));
            let value =
                number.bytes().next().and_then(|digit| values.get(usize::from(digit.wrapping_sub(b'0'))));
            text.push_str(value.copied().unwrap_or_default());
            text.push_str(rest);
        }
        text
    }

    /// Whether the three languages may say the same.
    #[cfg(test)]
    pub fn is_international(self) -> bool {
        matches!(self, Self::Format)
    }
}

later! {
    "2002" fn of_the_rest(at: usize, language: Language) -> &'static str {
        LATER.get(at).map_or("", |texts| language.pick(*texts))
    } else {
        ""
    }
}

#[cfg(not(feature = "split"))]
mod here {
    use super::{FIRST, Language, TEXTS};

    pub fn first(at: usize, language: Language) -> &'static str {
        TEXTS.get(at).map_or("", |texts| language.pick(*texts))
    }

    /// What a release fetches for a reader of that language: a line for each word of the first screen.
    pub fn file(language: Language) -> String {
        let lines: [&str; FIRST] = TEXTS.map(|texts| language.pick(texts));
        lines.join("\n")
    }
}

#[cfg(feature = "split")]
mod here {
    use std::sync::OnceLock;

    use super::{ENGLISH, FIRST, Language};

    type Lines = Vec<&'static str>;

    static OF: [OnceLock<Lines>; 3] = [const { OnceLock::new() }; 3];

    pub fn first(at: usize, language: Language) -> &'static str {
        let [english, ..] = &OF;
        let words = OF.get(language as usize).and_then(OnceLock::get);
        // Also while the file of another language is not here, or when it cannot come.
        let words = words.unwrap_or_else(|| english.get_or_init(|| ENGLISH.lines().collect()));
        words.get(at).copied().unwrap_or_default()
    }

    pub fn has(language: Language) -> bool {
        language == Language::English || OF.get(language as usize).is_some_and(|words| words.get().is_some())
    }

    /// The words of that language, as their file has them. They stay until the page goes.
    pub fn put(language: Language, file: String) {
        let lines: Lines = file.leak().split('\n').collect();
        if let Some(words) = OF.get(language as usize)
            && lines.len() == FIRST
        {
            // Those that are here are the same.
            let _ = words.set(lines);
        }
    }
}

#[cfg(not(feature = "split"))]
pub use here::file;
use here::first;
#[cfg(feature = "split")]
pub use here::{has, put};
