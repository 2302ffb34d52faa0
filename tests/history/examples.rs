//! What goes back to a model, case by case.

use tutti::{
    grid::{
        comparison::{
            ColumnId, Comparison, Id, ReplyId, RoundId,
            history::BadRequest,
            reply::End,
            round::{Attachment, FileInfo, Prompt},
        },
        settings::{BadSettings, PanelSettings},
    },
    model::{
        answer::{Answer, Placed},
        catalog,
        chat::{Message, ModelTraits, Part, ToolCall},
        event::Opaque,
        json::Json,
        provider::Dialect,
    },
    wire::encode::encode,
};

use super::world::*;

/// A comparison of one column, asked and answered.
fn talk(model: &str, answers: &[Answer]) -> (World, ColumnId) {
    let mut world = World {
        comparison: Comparison::new(Id(1), 0),
        texts: Texts::default(),
        oracle: Oracle::default(),
        open: Vec::new(),
    };
    let row = catalog::find(model).unwrap();
    let column = world.comparison.add_column(PanelSettings::new(row, "m"));
    for (number, answer) in answers.iter().enumerate() {
        let tip = world.comparison.tip();
        let round = world.comparison.ask(tip, Prompt::text(format!("p{number}")), &[column]).unwrap();
        let sent = world.comparison.past(column, round);
        let id = world.comparison.begin(round, column, sent, None).unwrap();
        world.comparison.reply_mut(id).unwrap().over(End::Finished, answer);
        world.texts.answers.insert(id, answer.clone());
    }
    let tip = world.comparison.tip();
    world.comparison.ask(tip, Prompt::text("last"), &[column]);
    (world, column)
}

fn signed() -> Answer {
    let json = Json::object(vec![("type", "thinking".into()), ("signature", "s".into())]).into_owned();
    let item = Opaque { dialect: Dialect::AnthropicMessages, json };
    Answer {
        text: "one, two".to_owned(),
        reasoning: vec!["hm".to_owned()],
        opaque: vec![
            Placed { after: 0, item: item.clone() },
            Placed { after: 4, item: item.clone() },
            Placed { after: 4, item },
        ],
        ..Answer::default()
    }
}

fn kinds(messages: &[Message]) -> Vec<String> {
    let kind = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Reasoning(_) => "(thought)".to_owned(),
        Part::Opaque(_) => "(item)".to_owned(),
        other => format!("{other:?}"),
    };
    messages.iter().map(|message| message.parts.iter().map(kind).collect::<Vec<_>>().join("|")).collect()
}

#[test]
fn signed_thoughts_go_back_to_their_place_and_to_their_model_only() {
    let (mut world, column) = talk("anthropic", &[signed()]);
    let tip = world.comparison.tip().unwrap();
    let sent = |world: &World| kinds(&world.messages(column, tip).unwrap());
    assert_eq!(sent(&world), ["p0", "(thought)|(item)|one,|(item)|(item)| two", "last"]);
    world.comparison.column_mut(column).unwrap().settings.model = "another".to_owned();
    assert_eq!(sent(&world), ["p0", "one, two", "last"]);
    let settings = &mut world.comparison.column_mut(column).unwrap().settings;
    settings.model = "m ".to_owned();
    let address = std::mem::replace(&mut settings.base_url, "https://proxy.example".to_owned());
    assert_eq!(sent(&world), ["p0", "one, two", "last"]);
    world.comparison.column_mut(column).unwrap().settings.base_url = address;
    assert_eq!(sent(&world).len(), 3);
    assert_ne!(sent(&world)[1], "one, two");
    world.comparison.column_mut(column).unwrap().settings.extra = "{\"tools\": []}".to_owned();
    assert_eq!(sent(&world), ["p0", "one, two", "last"]);
    world.comparison.column_mut(column).unwrap().settings.extra.clear();
    let id = ReplyId { round: RoundId(0), column, version: 0 };
    world.comparison.reply_mut(id).unwrap().end = End::Stopped;
    assert_eq!(sent(&world), ["p0", "one, two", "last"]);
}

#[test]
fn an_answer_of_calls_alone_counts_as_none() {
    let call = ToolCall { id: "c".to_owned(), name: "look".to_owned(), arguments: "{}".to_owned() };
    let silent = Answer { tool_calls: vec![call.clone()], text: "\n".to_owned(), ..Answer::default() };
    let both = Answer { tool_calls: vec![call], ..signed() };
    let (world, column) = talk("anthropic", &[silent, both]);
    let messages = world.messages(column, world.comparison.tip().unwrap()).unwrap();
    assert_eq!(kinds(&messages), ["p0|p1", "one, two", "last"]);
}

#[test]
fn a_partial_answer_is_gone_on_with_in_both_ways() {
    let (mut world, column) = talk("mistral", &[Answer { text: "half an".to_owned(), ..Answer::default() }]);
    let first = ReplyId { round: RoundId(0), column, version: 0 };
    world.comparison.reply_mut(first).unwrap().end = End::Stopped;
    // By a turn that a person sees.
    let more = Prompt { is_continuation: true, ..Prompt::text("Go on.") };
    let round = world.comparison.edit(RoundId(1), more, &[column]).unwrap();
    assert_eq!(kinds(&world.messages(column, round).unwrap()), ["p0", "half an", "Go on."]);
    // In the middle, where the host takes that.
    let request = world.comparison.request(column, RoundId(0), &[], Some(0), &world.texts, None).unwrap();
    assert_eq!(kinds(&request.messages), ["p0", "half an"]);
    let second = world.comparison.begin(RoundId(0), column, Vec::new(), Some(0)).unwrap();
    let rest = Answer { text: " answer".to_owned(), ..Answer::default() };
    world.comparison.reply_mut(second).unwrap().over(End::Finished, &rest);
    world.texts.answers.insert(second, rest);
    assert_eq!(world.comparison.versions(second), [first, second]);
    assert_eq!(kinds(&world.messages(column, round).unwrap()), ["p0", "half an answer", "Go on."]);
    assert_eq!(
        kinds(&world.comparison.request_of(second, &world.texts).unwrap().messages),
        ["p0", "half an"]
    );
}

#[test]
fn nothing_is_sent_with_a_hole_in_it() {
    let (mut world, column) = talk("openai", &[signed()]);
    let info = FileInfo::text("notes.md", "text/markdown", "``` is a fence");
    let file = world.comparison.add_file(info).unwrap();
    let prompt = Prompt { attachments: vec![Attachment::File(file)], ..Prompt::text("Read.") };
    let tip = world.comparison.tip();
    let round = world.comparison.ask(tip, prompt, &[column]).unwrap();
    assert_eq!(world.messages(column, round), Err(BadRequest::File(file)));
    world.texts.files.insert(file, "``` is a fence".to_owned());
    let sent = kinds(&world.messages(column, round).unwrap());
    assert_eq!(sent.last().unwrap(), "last|notes.md\n````\n``` is a fence\n````|Read.");
    let answers = std::mem::take(&mut world.texts.answers);
    let missing = ReplyId { round: RoundId(0), column, version: 0 };
    assert_eq!(world.messages(column, round), Err(BadRequest::Answer(missing)));
    world.texts.answers = answers;
    let settings = &mut world.comparison.column_mut(column).unwrap().settings;
    (settings.is_foreign, settings.extra) = (true, "{}".to_owned());
    assert_eq!(world.messages(column, round), Err(BadRequest::Settings(BadSettings::Foreign)));
}

#[test]
fn a_model_that_reads_no_pictures_is_sent_the_prompt_without_them() {
    let (mut world, column) = talk("openai", &[]);
    let picture = world.comparison.add_file(FileInfo::image("a.png", "image/png")).unwrap();
    let notes = world.comparison.add_file(FileInfo::text("notes.md", "text/markdown", "x")).unwrap();
    world.texts.files.extend([(picture, "aGk=".to_owned()), (notes, "x".to_owned())]);
    let attachments = [picture, notes].map(Attachment::File).to_vec();
    let prompt = Prompt { attachments, ..Prompt::text("Look.") };
    let round = world.comparison.ask(world.comparison.tip(), prompt, &[column]).unwrap();
    assert!(world.comparison.has_pictures(&[], Some(round)));
    let sent = |images: Option<bool>| {
        let traits = images.map(|it| ModelTraits { images: Some(it), ..ModelTraits::default() });
        let request = world.comparison.request(column, round, &[], None, &world.texts, traits).unwrap();
        request.messages.iter().flat_map(|it| &it.parts).filter(|it| matches!(it, Part::Image(_))).count()
    };
    // What nobody knows of is sent all.
    assert_eq!([sent(None), sent(Some(true)), sent(Some(false))], [1, 1, 0]);
    // Where there is nothing else, nothing is sent.
    let mut bare = world.comparison.clone();
    let prompt = Prompt { attachments: vec![Attachment::File(picture)], ..Prompt::text("") };
    let only = bare.ask(bare.tip(), prompt, &[column]).unwrap();
    let asked = |images: bool| {
        let traits = ModelTraits { images: Some(images), ..ModelTraits::default() };
        bare.request(column, only, &[], None, &world.texts, Some(traits))
    };
    assert_eq!(asked(false), Err(BadRequest::Nothing));
    assert!(matches!(&*asked(true).unwrap().messages[0].parts, [Part::Image(_)]));
    // And it can be told afterwards.
    let reply = world.comparison.begin(round, column, Vec::new(), None).unwrap();
    let told = |world: &World| kinds(&world.comparison.request_of(reply, &world.texts).unwrap().messages);
    let with = told(&world);
    world.comparison.reply_mut(reply).unwrap().is_blind = true;
    assert_eq!(told(&world), ["notes.md\n```\nx\n```|Look."]);
    assert_ne!(with, told(&world));
}

#[test]
fn a_winner_is_one_of_a_round() {
    let (mut world, column) = talk("openai", &[signed(), signed()]);
    let id = |round, version| ReplyId { round: RoundId(round), column, version };
    world.comparison.begin(RoundId(0), column, Vec::new(), None).unwrap();
    let winners = |world: &World| {
        [id(0, 0), id(0, 1), id(1, 0)].map(|id| world.comparison.reply(id).unwrap().is_winner)
    };
    world.comparison.pick(id(0, 0));
    world.comparison.pick(id(1, 0));
    assert_eq!(winners(&world), [true, false, true]);
    world.comparison.pick(id(0, 1));
    assert_eq!(winners(&world), [false, true, true]);
    world.comparison.pick(id(0, 1));
    assert_eq!(winners(&world), [false, false, true]);
}

#[test]
fn the_title_is_what_was_asked_first_until_somebody_names_it() {
    let mut comparison = Comparison::new(Id(1), 0);
    assert_eq!(comparison.title(), "");
    comparison.ask(None, Prompt::text(format!("\n  {}\nmore", "하".repeat(100))), &[]);
    assert_eq!(comparison.title(), "하".repeat(80));
    let mut unsaid = Comparison::new(Id(1), 0);
    let file = unsaid.add_file(FileInfo::image("cat.png", "image/png")).unwrap();
    unsaid.ask(None, Prompt { attachments: vec![Attachment::File(file)], ..Prompt::text(" ") }, &[]);
    assert_eq!(unsaid.title(), "cat.png");
    comparison.name = "Mine".to_owned();
    assert_eq!(comparison.title(), "Mine");
}

#[test]
fn branches_are_shown_and_kept() {
    let mut comparison = Comparison::new(Id(1), 0);
    let column = comparison.add_column(settings(0));
    let mut ask = |parent| comparison.ask(parent, Prompt::text("x"), &[column]).unwrap();
    let a = ask(None);
    let b = ask(Some(a));
    let c = ask(Some(b));
    let other = comparison.edit(b, Prompt::text("y"), &[column]).unwrap();
    assert_eq!(comparison.path(comparison.tip()), [a, other]);
    assert_eq!(comparison.branches(other), [b, other]);
    comparison.show(b);
    assert_eq!(comparison.path(comparison.tip()), [a, b, c]);
    assert_eq!(comparison.branches(a), [a]);
    assert_eq!(comparison.ask(Some(RoundId(9)), Prompt::text("z"), &[column]), None);
}

#[test]
fn the_load_of_a_request_is_a_sum_of_what_is_known() {
    let (mut world, column) = talk("openai", &[signed(), signed()]);
    world.comparison.column_mut(column).unwrap().settings.system = "Be brief.".to_owned();
    let turns = world.comparison.turns(column, Some(RoundId(1)));
    let load = world.comparison.load(&world.comparison.column(column).unwrap().settings.system, &turns, 100);
    // "p0" is one token, "one, two" two; each message four more.
    assert_eq!((load.system, load.turns, load.prompt), (3 + 4, vec![1 + 2 + 8; 2], 104));
    let read = world.comparison.reply(turns[0].reply.unwrap()).unwrap().tokens;
    assert_eq!(read, 2);
}

/// The messages of a follow-up, as they go out: after an answer with those items among its words.
fn sent_back(provider: &str, dialect: Dialect, items: &[(usize, &str)]) -> String {
    let item = |(after, json): &(usize, &str)| {
        let json = Json::read(json).unwrap().into_owned();
        Placed { after: *after, item: Opaque { dialect, json } }
    };
    let answer = Answer {
        text: "one two".to_owned(),
        reasoning: vec!["hm".to_owned()],
        opaque: items.iter().map(item).collect(),
        ..Answer::default()
    };
    let (mut world, column) = talk(provider, &[answer]);
    let settings = &mut world.comparison.column_mut(column).unwrap().settings;
    settings.dialect = dialect;
    world.comparison.begin(RoundId(0), column, Vec::new(), None);
    let again = ReplyId { round: RoundId(0), column, version: 1 };
    let first = world.texts.answers[&ReplyId { version: 0, ..again }].clone();
    world.comparison.reply_mut(again).unwrap().over(End::Finished, &first);
    world.texts.answers.insert(again, first);
    let request = world.request(column, world.comparison.tip().unwrap()).unwrap();
    let encoded = encode(catalog::find(provider).unwrap(), dialect, None, &request).unwrap();
    let body = Json::read(&encoded.request.body.unwrap()).unwrap().into_owned();
    let list = ["messages", "contents", "input"].into_iter().find_map(|name| body.get(name)).unwrap();
    // The prompts around it are as ever.
    let [_, answer @ .., _] = list.items() else { panic!("{body}") };
    answer.iter().map(Json::to_text).collect::<Vec<_>>().join("\n")
}

/// WIRE.md, by dialect: Anthropic's signed blocks verbatim and in their place, OpenAI's encrypted reasoning
/// before what followed it, Google's signature on its part, OpenRouter's list as it came; thoughts of others
/// do not go back.
#[test]
fn what_a_provider_must_get_back_goes_back_in_its_form() {
    let check = |provider: &str, dialect, items: &[(usize, &str)], expected: &str| {
        assert_eq!(sent_back(provider, dialect, items), expected, "{provider}");
    };
    check(
        "anthropic",
        Dialect::AnthropicMessages,
        &[
            (0, r#"{"type":"thinking","thinking":"a","signature":"s1"}"#),
            (3, r#"{"type":"redacted_thinking","data":"d"}"#),
        ],
        concat!(
            r#"{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"s1"},"#,
            r#"{"type":"text","text":"one"},{"type":"redacted_thinking","data":"d"},"#,
            r#"{"type":"text","text":" two"}]}"#
        ),
    );
    check(
        "openai",
        Dialect::OpenaiResponses,
        &[(0, r#"{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"e"}"#)],
        concat!(
            r#"{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"e"}"#,
            "\n",
            r#"{"role":"assistant","content":[{"type":"output_text","text":"one two"}]}"#
        ),
    );
    check(
        "google",
        Dialect::Gemini,
        &[(7, r#"{"text":"","thoughtSignature":"s"}"#)],
        r#"{"role":"model","parts":[{"text":"one two"},{"text":"","thoughtSignature":"s"}]}"#,
    );
    check(
        "openrouter",
        Dialect::OpenaiChat,
        &[(7, r#"{"reasoning_details":[{"type":"reasoning.encrypted","data":"d"}]}"#)],
        concat!(
            r#"{"role":"assistant","content":"one two","#,
            r#""reasoning_details":[{"type":"reasoning.encrypted","data":"d"}]}"#
        ),
    );
    for (provider, dialect) in [
        ("deepseek", Dialect::OpenaiChat),
        ("mistral", Dialect::Mistral),
        ("cohere", Dialect::CohereV2),
        ("ollama", Dialect::OllamaChat),
    ] {
        check(provider, dialect, &[], r#"{"role":"assistant","content":"one two"}"#);
    }
}

#[test]
fn a_prompt_that_nobody_was_asked_is_put_in_other_words_in_its_place() {
    let (mut world, column) = talk("openai", &[Answer { text: "a".to_owned(), ..Answer::default() }]);
    let of = &mut world.comparison;
    let (asked, unasked) = (of.rounds()[0].id, of.tip().unwrap());
    let mended = of.ask_anew(Some(asked), Prompt::text("mended"), &[column]).unwrap();
    assert_eq!((mended, of.branches(mended), of.rounds().len()), (unasked, vec![unasked], 2));
    assert_eq!(of.round(mended).unwrap().prompt.text, "mended");
    // At another place, or once somebody was asked, it is a round of its own.
    assert_eq!(of.ask_anew(None, Prompt::text("elsewhere"), &[column]), Some(RoundId(2)));
    of.show(mended);
    let sent = of.past(column, mended);
    of.begin(mended, column, sent, None).unwrap();
    assert_eq!(of.ask_anew(Some(asked), Prompt::text("other"), &[column]), Some(RoundId(3)));
}
