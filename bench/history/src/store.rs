//! The comparisons. One is written by the program itself; the others are made of its records in the page, each with
//! its own number, words and time. Some are read again by the program's own reader, which refuses what it would
//! not have written.

use serde::Deserialize;
use serde_json::{Value, json};
use tutti::grid::comparison::reply::End;
use tutti::grid::comparison::round::Prompt;
use tutti::grid::comparison::{Comparison, Id};
use tutti::grid::record::comparison::Head;
use tutti::grid::record::{Key, Store, Whole};
use tutti::grid::settings::PanelSettings;
use tutti::model::answer::Answer;
use tutti::model::catalog;
use tutti::model::json::Json;
use tutti_e2e::{Browser, Result};

use crate::options::Options;

const FILL: &str = include_str!("fill.js");
pub const ROUNDS: usize = 2;
pub const MODELS: [&str; 4] = ["gpt-5.5", "claude-opus-4-8", "gemini-3.1-pro", "qwen3.5-72b"];
/// In one answer of every so many comparisons.
pub const EVERY: usize = 100;
pub const NEEDLE: &str = "바늘귀";
/// So many are written in one command to the browser.
const AT_ONCE: usize = 500;

/// What fill.js returns.
#[derive(Deserialize)]
struct Filled {
    /// Bytes of all answers, as UTF-8.
    bytes: u64,
    /// Records to be checked: the store, the key, the record.
    samples: Vec<(String, Vec<Value>, Value)>,
}

/// Fills the store of the page that is open, and says how many bytes of answers there are.
pub async fn fill(browser: &Browser, options: &Options) -> Result<u64> {
    let mut bytes = 0;
    let records: Vec<Value> = template()
        .records()
        .iter()
        .map(|(key, record)| {
            Ok(json!([key.store().word(), key.numbers(), serde_json::from_str::<Value>(&record.to_text())?]))
        })
        .collect::<Result<_, serde_json::Error>>()?;
    for from in (0..options.comparisons).step_by(AT_ONCE) {
        let args = json!({
            "records": records,
            "from": from,
            "to": (from + AT_ONCE).min(options.comparisons),
            "bytes": options.kilobytes * 1000 / (ROUNDS * MODELS.len()),
            "every": EVERY,
            "needle": NEEDLE,
        });
        let filled: Filled = browser.read_later(FILL, args).await?;
        bytes += filled.bytes;
        check(&filled.samples)?;
        print!(
            "\r{} of {} comparisons, {} MB of answers",
            from + AT_ONCE,
            options.comparisons,
            bytes / 1_000_000
        );
    }
    println!();
    Ok(bytes)
}

fn template() -> Whole {
    let row = catalog::find("openai").unwrap_or_else(catalog::simulated);
    let mut whole = Whole { comparison: Comparison::new(Id(0), 0), ..Whole::default() };
    let columns = MODELS.map(|model| whole.comparison.add_column(PanelSettings::new(row, model)));
    for _ in 0..ROUNDS {
        let Some(round) = whole.comparison.ask(whole.comparison.tip(), Prompt::text("?"), &columns) else {
            continue;
        };
        for column in columns {
            let turns = whole.comparison.past(column, round);
            let Some(reply) = whole.comparison.begin(round, column, turns, None) else { continue };
            let answer = Answer { text: "!".to_owned(), ..Answer::default() };
            if let Some(known) = whole.comparison.reply_mut(reply) {
                known.over(End::Finished, &answer);
            }
            whole.answers.insert(reply, answer);
        }
    }
    whole
}

/// All records of one comparison, as the page stores them.
fn check(samples: &[(String, Vec<Value>, Value)]) -> Result {
    let mut records = Vec::new();
    for (store, key, record) in samples {
        let kind = Store::ALL.into_iter().find(|kind| kind.word() == store).ok_or("an unknown store")?;
        let (id, numbers) = key.split_first().ok_or("an empty key")?;
        let id = id.as_str().and_then(Id::parse).ok_or("a key without a number")?;
        let numbers: Vec<u32> = numbers.iter().filter_map(|it| u32::try_from(it.as_u64()?).ok()).collect();
        let key = Key::from_numbers(kind, id, &numbers).ok_or("a key of another form")?;
        let text = record.to_string();
        let record = Json::read(&text).map_err(|_| "no JSON")?.into_owned();
        if let Key::Head(_) = key {
            Head::from_json(record.clone()).map_err(|bad| format!("{bad:?}"))?;
        }
        records.push((key, record));
    }
    let whole = Whole::of_records(records).map_err(|bad| format!("{bad:?}"))?;
    if whole.answers.len() != ROUNDS * MODELS.len() {
        return Err("answers are missing".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_takes_what_the_program_writes_and_nothing_less() {
        let whole = template();
        let samples: Vec<_> = whole
            .records()
            .iter()
            .map(|(key, record)| {
                let numbers = key.numbers().into_iter().map(Value::from);
                let id = std::iter::once(json!(key.comparison().to_string()));
                let record = serde_json::from_str(&record.to_text()).unwrap();
                (key.store().word().to_owned(), id.chain(numbers).collect::<Vec<_>>(), record)
            })
            .collect();
        check(&samples).unwrap();
        for at in 1..samples.len() {
            let mut fewer = samples.clone();
            fewer.remove(at);
            assert!(check(&fewer).is_err(), "{:?}", samples[at].1);
        }
    }
}
