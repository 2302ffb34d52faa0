//! Comparisons with everything in them, at random and as a sample.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::collections::BTreeMap;

use super::common::Random;
use tutti::{
    grid::{
        comparison::{
            Comparison, Id, ReplyId,
            reply::End,
            round::{Attachment, FileInfo, Kept, Prompt},
        },
        numbers::Times,
        record::Whole,
        settings::PanelSettings,
    },
    model::{
        answer::{Answer, Placed},
        catalog,
        chat::{Effort, ToolCall},
        error::{ApiError, Code, ErrorClass},
        event::{Citation, Finish, FinishReason, Opaque, TokenCounts, Usage},
        json::Json,
        provider::Dialect,
    },
};

const TEXTS: [&str; 11] = [
    "said\r# Another model\r\n\rand\r```",
    "<!--\n<details>\n$$\n- [ ] x\n    # y",
    "",
    "Why is the sky blue?",
    "하늘은 왜 파란가?\n\n空はなぜ青いのか。",
    " \t\r\n",
    "\u{0}\u{1f}\u{7f}\u{202e}\"\\/</script><!--",
    "a,b;\"c\"\n=cmd()",
    "```rust\nfn main() {}\n```\n| a | b |\n|---|---|",
    "😀\u{200d}\u{fffd}",
    "# Heading\n- [x](https://example.com)",
];

pub fn text(random: &mut Random) -> String {
    TEXTS[random.below(TEXTS.len())].to_owned()
}

fn maybe<T>(random: &mut Random, make: impl FnOnce(&mut Random) -> T) -> Option<T> {
    (random.below(2) == 0).then(|| make(random))
}

fn settings(random: &mut Random) -> PanelSettings {
    let rows = catalog::all();
    let row = &rows[random.below(rows.len())];
    let mut settings = PanelSettings::new(row, ["m", "another/model", "  "][random.below(3)]);
    settings.system = text(random);
    settings.enabled = random.below(3) > 0;
    settings.sampling.temperature = maybe(random, |random| random.below(20) as f64 / 10.0);
    settings.sampling.effort = maybe(random, |random| Effort::ALL[random.below(7)]);
    if random.below(3) == 0 {
        settings.extra = "{\"tools\": [1.50]}".to_owned();
    }
    if random.below(3) == 0 {
        settings.base_url = "https://proxy.example/v1".to_owned();
    }
    settings
}

fn error(random: &mut Random) -> ApiError {
    let class = ErrorClass::ALL[random.below(ErrorClass::ALL.len())];
    let mut error = ApiError::new(class, text(random));
    error.http_status = maybe(random, |random| 400 + random.below(200) as u16);
    error.code = match random.below(3) {
        0 => None,
        1 => Some(Code::Number(random.below(9000) as i64 - 4000)),
        _ => Some(Code::Text(text(random))),
    };
    error.kind = maybe(random, text);
    error.param = maybe(random, text);
    error.detail = maybe(random, text);
    error.retry_after_ms = maybe(random, |random| random.below(90_000) as u64);
    error
}

pub fn answer(random: &mut Random) -> Answer {
    let mut answer =
        Answer { text: text(random) + &text(random), refusal: text(random), ..Answer::default() };
    answer.id = maybe(random, text);
    answer.model = maybe(random, text);
    answer.reasoning = (0..random.below(3)).map(|_| text(random)).collect();
    for _ in 0..random.below(2) {
        answer.tool_calls.push(ToolCall { id: text(random), name: text(random), arguments: text(random) });
        answer.citations.push(Citation { source: text(random), title: maybe(random, text) });
    }
    for _ in 0..random.below(3) {
        let dialect = Dialect::ALL[random.below(Dialect::ALL.len())];
        let json = r#"{"type":"thinking","big":12345678901234567890,"a":1.50,"signature":"s"}"#;
        let item = Opaque { dialect, json: Json::read(json).unwrap().into_owned() };
        let after = answer.text.floor_char_boundary(random.below(answer.text.len() + 1));
        answer.opaque.push(Placed { after, item });
    }
    answer.opaque.sort_by_key(|placed| placed.after);
    answer.usage = maybe(random, |random| {
        let input = maybe(random, |random| random.below(1_000_000) as u64);
        let counts = TokenCounts { input, output: Some(7), ..TokenCounts::default() };
        Usage { raw: counts, total: counts, cost_usd: maybe(random, |random| random.below(999) as f64 / 1e6) }
    });
    answer.finish = maybe(random, |random| FinishReason {
        unified: Finish::ALL[random.below(Finish::ALL.len())],
        raw: maybe(random, text),
    });
    answer.error = maybe(random, error);
    answer
}

/// A comparison in which all kinds of things happened.
pub fn whole(random: &mut Random) -> Whole {
    let id = Id(u128::from(random.next()) << 64 | u128::from(random.next()));
    let mut comparison = Comparison::new(id, 1_700_000_000_000 + random.next() % 1_000_000);
    comparison.name = text(random);
    comparison.revision = random.next() % 1000;
    comparison.is_pinned = random.below(2) == 0;
    let mut files = BTreeMap::new();
    for _ in 0..random.below(3) {
        let file = comparison.add_file(FileInfo::image("a.png", "image/png")).unwrap();
        files.insert(file, "aGk=".to_owned());
        let content = text(random);
        let file = comparison.add_file(FileInfo::text("b.md", "text/markdown", &content)).unwrap();
        files.insert(file, content);
    }
    let mut answers = BTreeMap::new();
    (0..=random.below(3)).for_each(|_| {
        comparison.add_column(settings(random));
    });
    for _ in 0..random.below(14) {
        step(random, &mut comparison, &mut answers, &files.keys().copied().collect::<Vec<_>>());
    }
    Whole { comparison, answers, files }
}

fn step(
    random: &mut Random,
    comparison: &mut Comparison,
    answers: &mut BTreeMap<ReplyId, Answer>,
    files: &[tutti::grid::comparison::FileId],
) {
    let column = comparison.columns()[random.below(comparison.columns().len())].id;
    let rounds = comparison.rounds();
    let round = (!rounds.is_empty()).then(|| rounds[random.below(rounds.len())].id);
    let mut prompt = Prompt { is_continuation: random.below(5) == 0, ..Prompt::text(text(random)) };
    prompt.attachments.extend(files.iter().filter(|_| random.below(3) == 0).copied().map(Attachment::File));
    if let Some(of) = answers.keys().next().filter(|_| random.below(3) == 0) {
        prompt.attachments.push(Attachment::Answer { of: *of, by: text(random), text: text(random) });
    }
    let some: Vec<_> = comparison.columns().iter().map(|column| column.id).collect();
    let some: Vec<_> = some.into_iter().filter(|_| random.below(4) > 0).collect();
    match (random.below(9), round) {
        (0, _) => drop(comparison.add_column_like(column, settings(random))),
        (1, _) => comparison.column_mut(column).unwrap().is_removed = random.below(2) == 0,
        (2, _) => comparison.column_mut(column).unwrap().settings = settings(random),
        (3, Some(round)) => drop(comparison.edit(round, prompt, &some)),
        (4, Some(round)) => comparison.show(round),
        (5, Some(round)) => {
            comparison.invite(round, column);
            if let Some(cell) = comparison.cell_mut(round, column) {
                cell.kept = Kept::ALL[random.below(3)];
            }
        }
        _ => {
            let asked = comparison.ask(comparison.tip(), prompt, &some).unwrap();
            for column in some {
                for version in 0..random.below(3) as u32 {
                    let sent = comparison.past(column, asked);
                    let continues = version.checked_sub(1).filter(|_| random.below(3) == 0);
                    let Some(id) = comparison.begin(asked, column, sent, continues) else { continue };
                    reply(random, comparison, answers, id);
                }
            }
        }
    }
}

fn reply(
    random: &mut Random,
    comparison: &mut Comparison,
    answers: &mut BTreeMap<ReplyId, Answer>,
    id: ReplyId,
) {
    let end = End::ALL[random.below(End::ALL.len())];
    let reply = comparison.reply_mut(id).unwrap();
    if end != End::Open {
        let answer = answer(random);
        reply.over(end, &answer);
        answers.insert(id, answer);
    }
    reply.error = maybe(random, error).map(Box::new);
    reply.note = text(random);
    reply.is_blind = random.below(4) == 0;
    let total_ms = random.below(9000) as u64;
    reply.times = Times { first_token_ms: maybe(random, |_| 12), total_ms, ..Times::default() };
    if random.below(4) == 0 {
        comparison.pick(id);
    }
}

/// One of them that has at least three rounds, two columns, a file and a name.
pub fn sample() -> Whole {
    (0..)
        .map(|seed| whole(&mut Random(seed)))
        .find(|whole| {
            let comparison = &whole.comparison;
            let is_rich = comparison.rounds().len() > 2 && comparison.columns().len() > 1;
            is_rich && !whole.files.is_empty() && !comparison.name.is_empty() && whole.answers.len() > 3
        })
        .unwrap()
}
