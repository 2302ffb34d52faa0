//! One call to a simulated model, from the request to the end, in every dialect.

#[path = "common/parts/mod.rs"]
mod parts;

use futures::{FutureExt, StreamExt};
use parts::{Connection, Player, VirtualClock, World, provider};
use tutti::{
    call::phase::PhaseKind::{self, *},
    engine::{
        simulated::{
            MODELS, Simulated, Simulation,
            script::{Script, Section},
        },
        transport::Transport,
    },
    model::{event::Finish, provider::Dialect},
    wire::{encode::list_models, models::read_models},
};

const LANGUAGES: [&str; 4] = ["en", "ko", "ja", "mix"];
const PROMPT: &str = "왜 \"합주\"는 **즐거운가**?\n\\ 理由は🎻?";

/// What a simulated model says: its thoughts, its text and the number of tokens of each.
struct Said {
    thoughts: [String; 2],
    text: String,
    tokens: [u64; 2],
}

fn said(model: &str, prompt: &str) -> Said {
    let mut said = Said { thoughts: Default::default(), text: String::new(), tokens: [0, 0] };
    for (section, token) in Script::new(&Simulation::from_model(model), prompt) {
        match section {
            Section::Thought(part) => {
                said.thoughts[part as usize].push_str(&token);
                said.tokens[0] += 1;
            }
            Section::Text => {
                said.text.push_str(&token);
                said.tokens[1] += 1;
            }
        }
    }
    said
}

fn answered(dialect: Dialect, model: &str) -> (World, Player) {
    let mut world = World::wide();
    let player = world.ask(dialect, model, PROMPT);
    world.run();
    assert!(player.is_over(), "{} {model}", dialect.name());
    (world, player)
}

const GOOD: [PhaseKind; 5] = [Queued, Connecting, Waiting, Streaming, Finished];

#[test]
fn every_dialect_brings_the_whole_answer_in_every_language() {
    for dialect in Dialect::ALL {
        for language in LANGUAGES {
            let model = format!("sim-thinker-{language}");
            let name = format!("{} {model}", dialect.name());
            let (world, player) = answered(dialect, &model);
            let (seen, said) = (player.seen(), said(&model, PROMPT));
            assert_eq!(seen.answer.text, said.text, "{name}");
            let thoughts = seen.answer.reasoning;
            assert!(thoughts == said.thoughts || thoughts == [said.thoughts.join("\n\n")], "{name}");
            assert_eq!(player.ended(), "Finished Stop", "{name}");
            assert_eq!(seen.phases, GOOD, "{name}");

            let usage = seen.answer.usage.unwrap_or_default().total;
            assert_eq!(usage.output, Some(said.tokens[0] + said.tokens[1]), "{name}");
            assert!(usage.reasoning.is_none_or(|count| count == said.tokens[0]), "{name}");
            assert!(usage.input.is_some_and(|input| input > 3), "{name}");
            let model_said = seen.answer.model;
            assert!(model_said.is_none_or(|said| said == model), "{name}");
            assert_eq!(world.traffic.states(), [Connection::Ended], "{name}");
            assert_eq!(seen.summary.skipped_events, 0, "{name}");
        }
    }
}

#[test]
fn the_prompt_is_quoted_in_the_language_of_the_answer() {
    for (language, quote) in [
        ("en", "Your question begins “왜 \"합주\"는 **즐거운가**? \\ 理由は🎻?”"),
        ("ko", "“왜 \"합주\"는 **즐거운가**? \\ 理由は🎻?”라고 물으셨으니"),
        ("ja", "「왜 \"합주\"는 **즐거운가**? \\ 理由は🎻?」とのことですので"),
    ] {
        let (_, player) = answered(Dialect::AnthropicMessages, &format!("sim-steady-{language}"));
        assert!(player.text().starts_with(quote), "{}", player.text());
    }
}

#[test]
fn tokens_come_at_the_pace_that_was_set() {
    for (model, first_ms, tokens_per_second) in [
        ("sim-quick", 180, 90),
        ("sim-steady", 450, 35),
        ("sim-thinker", 900, 55),
        ("sim-tps7-ttft31-n40", 31, 7),
    ] {
        let (_, player) = answered(Dialect::OpenaiChat, model);
        let (seen, tokens) = (player.seen(), said(model, PROMPT).tokens.iter().sum::<u64>());
        assert_eq!(seen.summary.first_token_ms, Some(first_ms), "{model}");
        assert_eq!(player.entered(Waiting), [first_ms / 3], "{model}");
        let last_ms = first_ms + (tokens - 1) * 1000 / tokens_per_second;
        assert_eq!(player.entered(Finished), [last_ms], "{model}");
        // Each token on its own, and the headers and the phases besides.
        assert!((tokens..tokens + 8).contains(&(seen.applied as u64)), "{model}");
    }
}

#[test]
fn a_very_fast_answer_comes_in_few_pieces() {
    let model = "sim-tps100000-n20000-ttft0";
    for dialect in [Dialect::OpenaiChat, Dialect::OpenaiResponses] {
        let (world, player) = answered(dialect, model);
        assert_eq!(player.ended(), "Finished Stop");
        assert_eq!(player.text(), said(model, PROMPT).text);
        let chunks = world.journal.chunks(player.id, 1);
        let largest = chunks.iter().map(|(_, bytes)| bytes.len()).max();
        assert!(largest < Some(1 << 20), "the end of Responses repeats everything: {largest:?}");
        assert!(chunks.len() < 40, "{} pieces", chunks.len());
        assert!((190..220).contains(&player.seen().last_ms), "{}", player.seen().last_ms);
    }
}

#[test]
fn a_page_that_was_asleep_catches_up_in_one_piece() {
    let mut world = World::wide();
    let player = world.ask(Dialect::Gemini, "sim-quick", PROMPT);
    world.run_until(300);
    let before = player.seen().applied;
    // No timer rings in between.
    world.clock.turn_to(60_000);
    world.settle();
    world.run();
    assert_eq!(player.ended(), "Finished Stop");
    assert_eq!(player.text(), said("sim-quick", PROMPT).text);
    assert!(player.seen().applied <= before + 4, "{} after {before}", player.seen().applied);
}

#[test]
fn every_fault_ends_as_it_should_in_every_dialect() {
    for dialect in Dialect::ALL {
        let check = |fault: &str, ended: &str, attempts: u32| {
            let (_, player) = answered(dialect, &format!("sim-quick-{fault}"));
            let seen = player.seen();
            assert_eq!(player.ended(), ended, "{} {fault}", dialect.name());
            assert_eq!(seen.summary.attempts, attempts, "{} {fault}", dialect.name());
            seen
        };
        check("fail401", "Failed Auth", 1);
        check("fail404", "Failed Model", 1);
        check("fail500", "Failed Server", 3);
        check("empty", "Failed Empty", 1);
        check("html", "Failed NotAStream", 1);
        let whole = said("sim-quick", PROMPT).text;
        assert_eq!(check("fail429", "Finished Stop", 2).answer.text, whole);
        let garbage = check("garbage", "Finished Stop", 1);
        assert_eq!((garbage.answer.text.as_str(), garbage.summary.skipped_events), (whole.as_str(), 1));
        for (fault, ended) in
            [("reset", "Truncated ConnectionLost"), ("cut", "Truncated"), ("stall", "Truncated Timeout")]
        {
            let kept = check(fault, ended, 1).answer.text;
            assert!(whole.starts_with(&kept) && kept.len() > whole.len() / 3, "{} {fault}", dialect.name());
        }
    }
}

#[test]
fn an_answer_of_no_tokens_is_complete_and_empty() {
    for dialect in Dialect::ALL {
        let (_, player) = answered(dialect, "sim-n0");
        let seen = player.seen();
        assert_eq!(player.ended(), "Finished Stop", "{}", dialect.name());
        assert!(seen.answer.is_empty() && !seen.phases.contains(&Streaming), "{}", dialect.name());
        assert_eq!(seen.answer.finish.map(|finish| finish.unified), Some(Finish::Stop));
    }
}

#[test]
fn the_simulated_models_can_be_listed_in_every_dialect() {
    for dialect in Dialect::ALL {
        let clock = VirtualClock::new();
        let simulated = Simulated::new(dialect, Simulation::from_model("sim-ttft0"), clock);
        let reply = simulated.send(list_models(&provider(), dialect, None));
        let reply = reply.now_or_never().unwrap().unwrap();
        let pieces = reply.body.collect::<Vec<_>>().now_or_never().unwrap();
        let body: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
        let models = read_models(&body).unwrap();
        let ids: Vec<&str> = models.iter().map(|model| model.id.trim_start_matches("models/")).collect();
        let expected: Vec<&str> = MODELS.iter().map(|(id, _)| *id).collect();
        assert_eq!((reply.status, ids), (200, expected), "{}", dialect.name());
    }
}
