//! The list of comparisons: found, opened, put in order, searched, however many there are.

use serde_json::{Value, json};
use thirtyfour::Key;
use tutti::grid::comparison::{Comparison, Id, round::Prompt};
use tutti::grid::record::{Key as RecordKey, Whole};
use tutti::grid::settings::PanelSettings;
use tutti::model::answer::Answer;
use tutti::model::catalog;
use tutti_e2e::{Browser, ComparePage, Result, check_accessibility, journey, journey_with};

use crate::conversation::{Two, ask, said, turns};
use crate::stand_ins::{MODEL, World, numbered};

/// The titles of all rows that are in the page, from above.
pub const TITLES: &str = "[...document.querySelectorAll('#history [data-comparison]')]
    .map((row) => row.querySelector('.title').textContent)";

/// Puts records where the page keeps them; its stores are there already.
const PUT: &str = "
    const of = (request) => new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    const database = await of(indexedDB.open('tutti'));
    const names = [...new Set(args.map(([name]) => name))];
    const transaction = database.transaction(names, 'readwrite');
    for (const [name, key, record] of args) transaction.objectStore(name).put(record, key);
    await new Promise((done, failed) => {
        transaction.oncomplete = done;
        transaction.onerror = () => failed(transaction.error);
    });
    database.close();
    return true;";

/// A comparison of one prompt, with an answer of each of two models.
struct Told<'a> {
    number: u128,
    changed_ms: u64,
    prompt: &'a str,
    answers: [&'a str; 2],
}

impl Told<'_> {
    fn records(&self) -> Vec<Value> {
        let row = catalog::find("llamacpp").expect("a row of the catalogue");
        let mut comparison = Comparison::new(Id(self.number), self.changed_ms);
        let columns = ["red-1", "blue-2"].map(|model| comparison.add_column(PanelSettings::new(row, model)));
        let round = comparison.ask(None, Prompt::text(self.prompt), &columns).expect("a round");
        let mut whole = Whole { comparison, ..Whole::default() };
        for (column, text) in columns.into_iter().zip(self.answers) {
            let reply = whole.comparison.begin(round, column, Vec::new(), None).expect("a reply");
            let answer = Answer { text: text.to_owned(), ..Answer::default() };
            let known = whole.comparison.reply_mut(reply).expect("the reply");
            known.over(tutti::grid::comparison::reply::End::Finished, &answer);
            whole.answers.insert(reply, answer);
        }
        let records = whole.records();
        records
            .iter()
            .map(|(key, record)| json!([key.store().word(), key_of(*key), json_of(record)]))
            .collect()
    }
}

fn key_of(key: RecordKey) -> Value {
    let numbers = key.numbers().into_iter().map(Value::from);
    std::iter::once(json!(key.comparison().to_string())).chain(numbers).collect()
}

fn json_of(record: &tutti::model::json::Json<'_>) -> Value {
    serde_json::from_str(&record.to_text()).expect("JSON")
}

async fn put(browser: &Browser, told: &[Told<'_>]) -> Result {
    for some in told.chunks(100) {
        let records: Vec<Value> = some.iter().flat_map(Told::records).collect();
        browser.read_later::<bool>(PUT, json!(records)).await?;
    }
    Ok(())
}

async fn open(page: &ComparePage<'_>) -> Result {
    page.press("#open-history").await?;
    page.wait_until("the history", "document.querySelector('#history:modal .rolls')", Value::Null).await
}

async fn shows(page: &ComparePage<'_>, what: &str, titles: &[&str]) -> Result {
    let condition = format!("JSON.stringify({TITLES}) === JSON.stringify(args)");
    page.wait_until(what, &condition, json!(titles)).await
}

async fn search(browser: &Browser, words: &str) -> Result {
    let field = browser.find("#history [name=search-history]").await?;
    field.clear().await?;
    Ok(field.send_keys(words).await?)
}

async fn focus_is(page: &ComparePage<'_>, what: &str, selector: &str) -> Result {
    page.wait_until(what, "document.activeElement?.matches(args)", json!(selector)).await
}

#[tokio::test]
async fn history_is_found_opened_put_in_order_and_carried_away() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        let page = two.open(browser).await?;
        ask(&page, "오케스트라는 왜?").await?;
        page.press("#new-comparison").await?;
        page.panel(0).wait_until("an empty panel", "view(panels()[args]).text === ''").await?;
        ask(&page, "the second one").await?;
        // Nothing of the first is sent along.
        assert_eq!(said(&two.one, 1), turns(&[("user", "the second one")]));

        open(&page).await?;
        shows(&page, "both, the latest first", &["the second one", "오케스트라는 왜?"]).await?;
        browser.screenshot("history").await?;
        search(browser, "왜").await?;
        shows(&page, "what was searched for", &["오케스트라는 왜?"]).await?;
        page.press("#history [name=open]").await?;
        page.panel(1).wait_until("the first conversation", "view(panels()[args]).text === 'blue 1'").await?;
        ask(&page, "and then").await?;
        let history = [("user", "오케스트라는 왜?"), ("assistant", "red 1"), ("user", "and then")];
        assert_eq!(said(&two.one, 2), turns(&history));

        // The keyboard alone: down to the second, its name, pinned, a copy of it.
        open(&page).await?;
        shows(&page, "both again", &["오케스트라는 왜?", "the second one"]).await?;
        focus_is(&page, "the search", "[name=search-history]").await?;
        let watch = "window.rows = [...document.querySelectorAll('#history [data-comparison]')];";
        browser.read::<Value>(watch, Value::Null).await?;
        browser.press_keys(Key::Down + "").await?;
        focus_is(&page, "the first", "[aria-posinset='1'] .open").await?;
        browser.press_keys(Key::Down + "").await?;
        focus_is(&page, "the second", "[aria-posinset='2'] .open").await?;
        browser.press_keys(Key::F2 + "").await?;
        focus_is(&page, "its title", "[name=title]").await?;
        browser.press_keys("二番目" + Key::Enter).await?;
        shows(&page, "its new name", &["오케스트라는 왜?", "二番目"]).await?;
        focus_is(&page, "still its title", "[name=title]").await?;
        page.press("#history [name=pin]").await?;
        shows(&page, "it is first now", &["二番目", "오케스트라는 왜?"]).await?;
        focus_is(&page, "still the pin", "[name=pin]").await?;
        let headings = "[...document.querySelectorAll('#history h3')].map((it) => it.textContent).join()";
        page.wait_until("its heading", &format!("{headings} === 'Pinned,Today'"), Value::Null).await?;
        let same = "window.rows.every((row) => row.isConnected)";
        page.wait_until("no row was made anew", same, Value::Null).await?;
        browser.screenshot("pinned").await?;
        page.press("#history [name=duplicate]").await?;
        let three = ["二番目", "二番目", "오케스트라는 왜?"];
        shows(&page, "a copy", &three).await?;

        // Deleted, and brought back, within the list.
        page.press("#history [aria-posinset='3'] .open + [name=more]").await?;
        page.press("#history [aria-posinset='3'] [name=delete]").await?;
        shows(&page, "one is gone", &three[..2]).await?;
        focus_is(&page, "its neighbour", "[aria-posinset='2'] .open").await?;
        page.press("#history [name=undo-delete]").await?;
        shows(&page, "it is back", &three).await?;
        page.press("#history [name=close]").await?;
        focus_is(&page, "what opened it", "#open-history").await?;
        // And by the key.
        browser.press_keys("h").await?;
        shows(&page, "all three", &three).await
    })
    .await;
}

#[tokio::test]
async fn words_are_found_in_titles_and_in_answers_and_a_hit_is_shown() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        let page = two.open(browser).await?;
        // So that the stores are there.
        ask(&page, "first").await?;
        let long = "line\n\n".repeat(200);
        let korean = format!("{long}그래서 **교향악단**은 함께 연주합니다.\n\n{long}");
        let told = [
            Told {
                number: 1, changed_ms: 1_700_000_000_000, prompt: "왜 함께?", answers: [&korean, "없음"]
            },
            Told {
                number: 2,
                changed_ms: 1_600_000_000_000,
                prompt: "ｵｰｹｽﾄﾗとは",
                answers: ["楽団です。", "おおぜい"],
            },
            Told {
                number: 3,
                changed_ms: 1_500_000_000_000,
                prompt: "three",
                answers: ["ＡＢＣ ガッコウ", "x"],
            },
        ];
        put(browser, &told).await?;
        open(&page).await?;
        shows(&page, "all", &["first", "왜 함께?", "ｵｰｹｽﾄﾗとは", "three"]).await?;
        let headings = "[...document.querySelectorAll('#history h3')].map((it) => it.textContent).join()";
        let months = "Today,November 2023,September 2020,July 2017";
        page.wait_until("months", &format!("{headings} === args"), json!(months)).await?;

        let hits = "[...document.querySelectorAll('#history [name=open-hit]')]
            .map((hit) => [...hit.children].map((it) => it.textContent).join('|'))";
        let over = "!document.querySelector('#history .scan:not([hidden])')
            && document.querySelector('#history [role=status]').textContent.includes('4 of 4')";
        // In the title, in another script and width.
        search(browser, "おーけすとら").await?;
        shows(&page, "the Japanese one", &["ｵｰｹｽﾄﾗとは"]).await?;
        for (words, hit) in [
            ("がっこう abc", "three|red-1|ＡＢＣ ガッコウ"),
            ("楽団", "ｵｰｹｽﾄﾗとは|red-1|楽団です。"),
            ("교향아", "왜 함께?|red-1|"),
        ] {
            search(browser, words).await?;
            page.wait_until(words, &format!("{hits}[0]?.startsWith(args) && {over}"), json!(hit)).await?;
            let count: usize = page.read(&format!("return {hits}.length;"), Value::Null).await?;
            assert_eq!(count, 1, "{words}");
        }
        let marked = "return document.querySelector('#history mark').textContent;";
        assert_eq!(page.read::<String>(marked, Value::Null).await?, "교향악");
        browser.screenshot("found").await?;
        check_accessibility(browser, "found").await?;

        // With the keyboard to the hit, and into the answer.
        browser.press_keys(Key::Down + "").await?;
        focus_is(&page, "the hit", "[name=open-hit]").await?;
        browser.press_keys(Key::Enter + "").await?;
        page.panel(0).wait_until("the answer", "view(panels()[args]).text.includes('교향악단')").await?;
        let is_seen = "(() => {
            const body = panels()[args].querySelector('.body');
            const word = [...body.querySelectorAll('strong')].find((it) => it.textContent === '교향악단');
            const gap = word.getBoundingClientRect().top - body.getBoundingClientRect().top;
            return !document.querySelector('#history').open && gap > -40 && gap < body.clientHeight - 20
                && body.scrollTop > 500;
        })()";
        page.panel(0).wait_until("the words", is_seen).await?;
        browser.screenshot("opened").await
    })
    .await;
}

#[tokio::test]
async fn a_thousand_comparisons_are_scrolled_through_and_a_search_is_stopped() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        let prompts: Vec<String> = (0..1000).map(|at| format!("prompt {at:04}")).collect();
        let answer = "needle in a haystack. ".repeat(20);
        let told = prompts.iter().zip(0_u64..).map(|(prompt, at)| Told {
            number: u128::from(at) + 1,
            changed_ms: 1_700_000_000_000 - at * 1_000,
            prompt,
            answers: [&answer, "x"],
        });
        put(browser, &told.collect::<Vec<_>>()).await?;
        open(&page).await?;
        page.wait_until("the first rows", &format!("{TITLES}[1] === 'prompt 0000'"), Value::Null).await?;
        let count = "document.querySelectorAll('#history [data-comparison]').length";
        let is_few = format!("{count} > 8 && {count} < 60");
        page.wait_until("what is seen, and some more", &is_few, Value::Null).await?;
        // To the end, by keys and by scrolling.
        browser.press_keys(Key::Down + "").await?;
        focus_is(&page, "the first", "[aria-posinset='1'] .open").await?;
        browser.press_keys(Key::End + "").await?;
        focus_is(&page, "the last", "[aria-posinset='1001'][aria-setsize='1001'] .open").await?;
        page.wait_until("its title", &format!("{TITLES}.at(-1) === 'prompt 0999' && {is_few}"), Value::Null).await?;
        browser.read::<Value>("document.querySelector('#history .rolls').scrollTop = 0;", Value::Null).await?;
        page.wait_until("the first again", &format!("{TITLES}[0] === 'first' && {is_few}"), Value::Null).await?;
        // Who scrolls does not lose the focus.
        focus_is(&page, "still the last", "[aria-posinset='1001'] .open").await?;

        // Every progress that is shown is noted; the search is stopped at the first.
        let note = "window.noted = [];
            const scan = document.querySelector('#history .scan');
            new MutationObserver(() => {
                const text = scan.querySelector('span').textContent;
                if (!text || noted.at(-1) === text) return;
                noted.push(text);
                if (noted.length === 1) scan.querySelector('[name=stop-search]').click();
            }).observe(scan, { subtree: true, childList: true, characterData: true, attributes: true });";
        browser.read::<Value>(note, Value::Null).await?;
        search(browser, "haystack").await?;
        let is_stopped = "/^Answers: [0-9,]+ of 1,001$/.test(window.noted[0])
            && document.querySelector('#history .scan[hidden]')
            && /\\(\\d+ of 1,001 conversations/.test(document.querySelector('#history [role=status]').textContent)";
        page.wait_until("it has stopped", is_stopped, Value::Null).await?;
        focus_is(&page, "the field again", "[name=search-history]").await?;
        // Letters end the search before, and the next goes to its own end.
        search(browser, "needle nowhere").await?;
        let is_over = "document.querySelector('#history [role=status]').textContent
            === '0 found in answers (1,001 of 1,001 conversations searched).'
            && !document.querySelector('#history [name=open-hit]')";
        page.wait_until("nothing was found", is_over, Value::Null).await
    })
    .await;
}

#[tokio::test]
async fn everybody_can_use_history_in_the_dark() {
    let world = World::new().await;
    journey_with(world.options().dark(), async |browser| {
        let page = world.open(browser).await?;
        look_around(browser, &page).await
    })
    .await;
}

#[tokio::test]
async fn a_telephone_shows_history_over_its_whole_width() {
    let world = World::new().await;
    journey_with(world.options().telephone(), async |browser| {
        let page = world.open(browser).await?;
        page.choose_language("ko").await?;
        look_around(browser, &page).await?;
        let script = "
            const box = document.querySelector('#history').getBoundingClientRect();
            const rolls = document.querySelector('#history .rolls');
            return [box.left, innerWidth - box.right, innerHeight - box.bottom, rolls.scrollWidth - rolls.clientWidth,
                document.documentElement.scrollWidth - innerWidth];";
        let room: Vec<f64> = page.read(script, Value::Null).await?;
        assert_eq!(room, [0.0; 5]);
        Ok(())
    })
    .await;
}

/// A list with every mark, a row that shows what can be done, and a search.
async fn look_around(browser: &Browser, page: &ComparePage<'_>) -> Result {
    page.press("[name=example]").await?;
    page.wait_until_all_have_text().await?;
    page.stop_all().await?;
    let names = (0..12)
        .map(|at| format!("{MODEL} 교향악단은 왜 함께 연주하나요, 그리고 왜 이렇게 긴 제목인가요? {at}"));
    let names: Vec<String> = names.collect();
    let told = names.iter().zip(0_u64..).map(|(prompt, at)| Told {
        number: u128::from(at) + 1,
        changed_ms: 1_700_000_000_000 - at * 864_000_000,
        prompt,
        answers: ["지휘자가 손을 들면 모두 함께 시작합니다.", "x"],
    });
    put(browser, &told.collect::<Vec<_>>()).await?;
    open(page).await?;
    page.wait_until("all", &format!("{TITLES}.length > 5"), Value::Null).await?;
    focus_is(page, "the search", "[name=search-history]").await?;
    browser.press_keys(Key::Down + "").await?;
    focus_is(page, "the first", "[aria-posinset='1'] .open").await?;
    browser.press_keys(Key::Down + "").await?;
    focus_is(page, "the second", "[aria-posinset='2'] .open").await?;
    browser.press_keys(Key::F2 + "").await?;
    focus_is(page, "the second's title", "[aria-posinset='2'] [name=title]").await?;
    browser.tab_on().await?;
    focus_is(page, "its pin", "[aria-posinset='2'] [name=pin]").await?;
    browser.press_keys(" ").await?;
    page.wait_until("a pinned one", "document.querySelector('#history .pinned:not([hidden])')", Value::Null)
        .await?;
    browser.screenshot("list").await?;
    check_accessibility(browser, "list").await?;
    search(browser, "지휘자").await?;
    let found = "document.querySelectorAll('#history [name=open-hit]').length > 3
        && document.querySelector('#history [role=status]').textContent.includes('12')";
    page.wait_until("hits", found, Value::Null).await?;
    browser.screenshot("search").await?;
    check_accessibility(browser, "search").await
}
