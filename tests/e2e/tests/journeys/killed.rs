//! The browser is killed while eight answers stream, again and again in the same profile.
//!
//! What is lost is told by the test server's clock: the kill's moment less the moment at which the server sent the
//! first piece that is not there afterwards. So the way from the server into the page counts as well, and what
//! the page held back, and a transaction that was not done. Where the machine itself stood still, nothing could be
//! written: the page beats every 25 ms, and what it missed of its beats just before the kill is allowed on top.
//!
//! `TUTTI_KILLS` is how often (20), `TUTTI_SEED` makes the moments those of another run, and `TUTTI_KILLED` names a
//! file that the figures are written to.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tutti_e2e::{Browser, ComparePage, Engine, Options, Phase, Result, fresh_profile, leaves_out, turn};
use tutti_test_server::TestServer;

use crate::stand_ins::{Beats, Locals, MAY_LOSE_MS, counted, page_server, stored};

const PANELS: usize = 8;
/// The latest moment of a kill after the prompt is sent: by then all answers have ended.
const LATEST_MS: u64 = 2000;

/// The hosts that are asked, and the page.
struct World {
    site: TestServer,
    locals: Locals,
    beats: Beats,
}

/// How many pieces the answer of that panel has, and how far they are apart: all end, one after another.
fn shape(panel: usize) -> (usize, Duration) {
    let pause = 4 + 3 * panel as u64;
    ((500 + 180 * panel) / pause as usize, Duration::from_millis(pause))
}

impl World {
    async fn new() -> Result<Self> {
        let answer = |panel: usize| {
            let (pieces, pause) = shape(panel);
            counted(pieces, pause)
        };
        let locals = Locals::new(PANELS, answer).await;
        let beats = Beats::new().await;
        Ok(Self { site: page_server().await?, locals, beats })
    }

    fn address(&self) -> String {
        format!("{}/", self.site.base_url())
    }

    /// How often each host was asked so far.
    fn asked(&self) -> Vec<usize> {
        self.locals.hosts.iter().map(|host| host.requests().len()).collect()
    }
}

/// One kill, and what was asked before it.
struct Moment {
    prompt: String,
    /// How often each host had been asked before.
    before: Vec<usize>,
    killed: Instant,
}

impl Moment {
    /// Every answer had been sent to its end.
    fn is_over(&self, world: &World) -> bool {
        world.locals.hosts.iter().zip(&self.before).enumerate().all(|(panel, (host, before))| {
            let requests = host.requests();
            let finish = requests.get(*before).and_then(|request| request.chunks_ms.get(shape(panel).0));
            finish.is_some_and(|sent| *sent <= host.ms_at(self.killed))
        })
    }
}

/// What was found after the kills.
#[derive(Debug, Default)]
struct Found {
    /// Of which something had been sent. All were found again.
    prompts: Vec<String>,
    /// Runs in which some answer had not ended.
    cut_runs: usize,
    /// How much of each answer that had not ended was lost, in milliseconds.
    lost_ms: Vec<u64>,
    /// The longest that the page stood still just before a kill.
    stalled_ms: u64,
}

impl Found {
    /// A row of the table in bench/README.md.
    fn row(&self, engine: Engine, kills: u64) -> String {
        let mut lost = self.lost_ms.clone();
        lost.sort_unstable();
        let at = |part: usize| lost.get((lost.len() * part / 100).min(lost.len().saturating_sub(1)));
        let [p50, p99, max] = [50, 99, 100].map(|part| at(part).copied().unwrap_or_default());
        let (prompts, cut) = (self.prompts.len(), self.cut_runs);
        let (answers, stalled) = (lost.len(), self.stalled_ms);
        let name = engine.name();
        format!(
            "| {name} | {kills} | {prompts} | 0 | {cut} | {answers} | {p50} | {p99} | {max} | {stalled} |"
        )
    }
}

#[tokio::test]
async fn a_killed_browser_loses_no_prompt_and_at_most_a_moment_of_each_answer() {
    if leaves_out(&[Engine::WebKit], "its driver gives it a profile that ends with it") {
        return;
    }
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let kills = number("TUTTI_KILLS").unwrap_or(20);
    let seed = number("TUTTI_SEED").unwrap_or_else(|| {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
    });
    println!("TUTTI_SEED={seed}");
    let _turn = turn().await.expect("a turn");
    let begun = Instant::now();
    let found =
        kill_often(kills, seed).await.unwrap_or_else(|failure| panic!("{failure}; TUTTI_SEED={seed}"));
    let row = found.row(Engine::chosen().expect("an engine"), kills);
    println!("{row} {:.0} s", begun.elapsed().as_secs_f32());
    // Otherwise nothing was shown.
    assert!(found.prompts.len() as u64 > kills / 2 && found.cut_runs as u64 > kills / 3, "{found:?}");
    if let Some(file) = std::env::var_os("TUTTI_KILLED") {
        std::fs::write(file, row + "\n").expect("a file for the figures");
    }
}

async fn kill_often(kills: u64, seed: u64) -> Result<Found> {
    let engine = Engine::chosen()?;
    let (world, profile) = (World::new().await?, fresh_profile(engine).await?);
    let mut found = Found::default();
    let mut random = Random(seed);
    let mut last: Option<Moment> = None;
    for at in 0..=kills {
        let browser = Browser::start_in(engine, "killed", &Options::default(), profile.path()).await?;
        let outcome = live(&world, &browser, at, last.take(), &mut found).await;
        let failed = match outcome {
            Ok(moment) if at < kills => {
                let wait = Duration::from_millis(random.next() % LATEST_MS);
                tokio::time::sleep(wait).await;
                last = Some(Moment { killed: browser.kill().await?, ..moment });
                continue;
            }
            other => other.err(),
        };
        if failed.is_some() {
            browser.save_failure().await;
        }
        browser.close().await;
        if let Some(failure) = failed {
            return Err(format!("after {at} kills: {failure}").into());
        }
    }
    Ok(found)
}

/// Sees what the last kill has left, and asks again.
async fn live(
    world: &World,
    browser: &Browser,
    at: u64,
    last: Option<Moment>,
    found: &mut Found,
) -> Result<Moment> {
    let before = world.asked();
    let page = match last {
        Some(last) if last.before != before => {
            let page = ComparePage::open(browser, &world.address()).await?;
            check(world, &page, &last, found).await?;
            assert_eq!(world.asked(), before, "something was sent that nobody asked for");
            if at.is_multiple_of(2) {
                page.press("#new-comparison").await?;
            }
            page
        }
        _ => {
            // Nothing was sent: whether the prompt was written down, nobody was told.
            world.locals.open(browser, &world.address()).await?
        }
    };
    world.beats.begin(browser).await?;
    // Opening a database makes it, where the page has not.
    let has_stored = !found.prompts.is_empty();
    let rounds: String =
        if has_stored { stored(browser, "rounds").await?.to_string() } else { String::new() };
    for prompt in &found.prompts {
        assert!(rounds.contains(&format!("{prompt:?}")), "{prompt:?} is not in the store");
    }
    let prompt = format!("moment {at}");
    page.ask(&prompt).await?;
    Ok(Moment { prompt, before, killed: Instant::now() })
}

/// The page shows what was asked, and what came of each answer; how much is missing is noted.
async fn check(world: &World, page: &ComparePage<'_>, last: &Moment, found: &mut Found) -> Result {
    if last.is_over(world) {
        // It was left as any other is.
        page.press("#open-history").await?;
        page.wait_until("what is stored", "document.querySelector('#history [name=open]')", Value::Null)
            .await?;
        page.press("#history [name=open]").await?;
    } else {
        // Whoever begins to use the page finds it.
        page.press("#prompt").await?;
    }
    let is_back = "panels().length === args.panels
        && document.querySelector('.asked p')?.textContent === args.prompt
        && panels().every((panel) => ['finished', 'truncated'].some((phase) => isIn(panel, phase)))";
    let expected = json!({"panels": PANELS, "prompt": last.prompt});
    page.wait_until("what was asked and answered", is_back, expected).await?;
    let retry = "return panels().filter((panel) => isIn(panel, 'truncated')
        && !isSeen(panel.querySelector('button[name=retry]'))).length;";
    assert_eq!(page.read::<usize>(retry, Value::Null).await?, 0, "an answer that cannot be asked for again");
    let stalled = world.beats.stalled_ms(last.killed);
    found.stalled_ms = found.stalled_ms.max(stalled);
    let mut is_cut = false;
    for (panel, view) in page.panels().await?.iter().enumerate() {
        let words: Vec<&str> = view.text.split_whitespace().collect();
        let is_in_order = words.iter().enumerate().all(|(at, word)| *word == at.to_string());
        assert!(is_in_order, "{}, panel {panel} says {:?}", last.prompt, view.text);
        let (pieces, _) = shape(panel);
        if words.len() == pieces {
            continue;
        }
        assert_eq!(view.phase, Phase::Truncated, "{}, panel {panel}: {view:?}", last.prompt);
        is_cut = true;
        let host = &world.locals.hosts[panel];
        let requests = host.requests();
        let missing = requests.get(last.before[panel]).and_then(|request| request.chunks_ms.get(words.len()));
        let lost = missing.map_or(0, |sent| host.ms_at(last.killed).saturating_sub(*sent));
        assert!(
            lost <= MAY_LOSE_MS + stalled,
            "{}, panel {panel}: {lost} ms lost, and the page stood still for {stalled} ms",
            last.prompt
        );
        found.lost_ms.push(lost);
    }
    found.cut_runs += usize::from(is_cut);
    found.prompts.push(last.prompt.clone());
    Ok(())
}

/// A small generator of repeatable random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
