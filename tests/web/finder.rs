//! The list of comparisons and its search, as the worker does them on what the page has written.

use futures::{StreamExt, channel::mpsc};
use tutti::{
    browser::{Finder, Hit, Said, store::Store},
    grid::{
        comparison::{Comparison, Id, round::Prompt},
        record::{Act, Batch, Whole},
        settings::PanelSettings,
    },
    model::{answer::Answer, catalog},
};
use wasm_bindgen_test::wasm_bindgen_test;

fn told(number: u128, prompt: &str, text: &str) -> Whole {
    let mut whole = Whole { comparison: Comparison::new(Id(number), 1_000), ..Whole::default() };
    let column = whole.comparison.add_column(PanelSettings::new(catalog::simulated(), "sim-quick"));
    let round = whole.comparison.ask(None, Prompt::text(prompt), &[column]).expect("a round");
    let reply = whole.comparison.begin(round, column, Vec::new(), None).expect("a reply");
    whole.answers.insert(reply, Answer { text: text.to_owned(), ..Answer::default() });
    whole
}

/// Where the words are found: in which lists, and in which answers.
async fn found(
    finder: &Finder,
    said: &mut mpsc::UnboundedReceiver<Said>,
    words: &str,
) -> (Vec<u32>, Vec<Hit>) {
    finder.find(words);
    let (mut lists, mut hits) = (Vec::new(), Vec::new());
    loop {
        match said.next().await.expect("an answer") {
            Said::Found(numbers) => lists = numbers,
            Said::Hits(more) => hits.extend(more),
            Said::Searched { is_over: true, .. } => return (lists, hits),
            Said::Lost => panic!("the worker is lost"),
            _ => {}
        }
    }
}

#[wasm_bindgen_test]
async fn the_worker_finds_what_the_page_has_written_in_whatever_letters() {
    let store = Store::open(std::rc::Rc::new(|_| ())).await.expect("a store");
    let all = [told(1, "ｵｰｹｽﾄﾗ Tutti", "그래서 한글이다. Cafe\u{301}!"), told(2, "other", "ＡＢＣ がっこう")];
    let records = all.iter().flat_map(Whole::records);
    store.write(&Batch::of(records)).await.expect("room");
    let (sender, mut said) = mpsc::unbounded();
    let hear = move |it| {
        // The test may be over.
        let _ = sender.unbounded_send(it);
    };
    let finder = Finder::start(hear).expect("a worker");
    finder.read_all();
    let mut heads = Vec::new();
    loop {
        match said.next().await.expect("the list") {
            Said::Heads(read) => heads.extend(read),
            Said::Read => break,
            Said::Lost => panic!("the worker is lost"),
            _ => {}
        }
    }
    let number =
        |id| heads.iter().find(|(_, head)| head.id == Id(id)).map(|(number, _)| *number).expect("a head");
    let [first, second] = [number(1), number(2)];
    assert!(heads.iter().all(|(_, head)| head.prompts.is_empty()), "prompts stay in the worker");
    for words in ["おーけすとら", "ＴＵＴＴＩ", "オーケストラ sim", "ｵｰｹ"] {
        assert_eq!(found(&finder, &mut said, words).await.0, [first], "{words}");
    }
    for (words, at, marked) in [
        ("하", first, "한"),
        ("한구", first, ""),
        ("한그", first, "한글"),
        ("\u{1112}\u{1161}\u{11ab}글", first, "한글"),
        ("CAFÉ", first, "Cafe\u{301}"),
        ("abc ガッコウ", second, "ＡＢＣ"),
    ] {
        let (_, hits) = found(&finder, &mut said, words).await;
        let seen: Vec<_> = hits.iter().map(|hit| (hit.number, &*hit.snippet.found, &*hit.model)).collect();
        let expected = Some((at, marked, "sim-quick")).filter(|_| !marked.is_empty());
        assert_eq!(seen, expected.into_iter().collect::<Vec<_>>(), "{words}");
    }
    // What is deleted is gone from the list when it is read again.
    store
        .write(&Batch { acts: vec![Act::Remove(Id(1)), Act::Remove(Id(2))], ..Batch::default() })
        .await
        .expect("room");
    finder.read(Id(1));
    assert_eq!(said.next().await, Some(Said::Gone(vec![first])));
    finder.read_all();
    assert_eq!(said.next().await, Some(Said::Gone(vec![second])));
}
