//! What simulated models say, written for this project. A voice says the same things in the same
//! order in every language, so that one paragraph of each makes a mixed text.

mod english;
mod japanese;
mod korean;

use super::simulation::{Language, Simulation, Voice};

/// A text of one voice in one language.
pub struct Prose {
    /// What the answer begins with: before and after the quoted prompt.
    opening: (&'static str, &'static str),
    /// What it begins with when there is nothing to quote.
    plain_opening: &'static str,
    blocks: &'static [Block],
}

pub enum Block {
    Paragraph(&'static str),
    /// A heading, a list, a table or code.
    Markdown(&'static str),
}

/// How much of a prompt is quoted, in characters.
const QUOTE_LIMIT: usize = 40;

/// The first sentence of an answer.
pub fn opening(simulation: &Simulation, prompt: &str) -> String {
    let prose = prose(simulation.voice, simulation.language);
    let (before, after) = prose.opening;
    match quote(prompt) {
        Some(quote) => format!("{before}{quote}{after}"),
        None => prose.plain_opening.to_owned(),
    }
}

/// The blocks of the text, in their own order. A seed has another order.
pub fn blocks(simulation: &Simulation) -> Vec<&'static str> {
    let Simulation { voice, language, markdown, .. } = *simulation;
    let is_mixed = language == Language::Mixed;
    let languages = [Language::English, Language::Korean, Language::Japanese];
    let count = prose(voice, language).blocks.len();
    let languages = languages.into_iter().cycle().map(|next| if is_mixed { next } else { language });
    let blocks = languages.take(count).enumerate().filter_map(|(place, language)| {
        match prose(voice, language).blocks.get(place)? {
            Block::Paragraph(text) => Some(*text),
            Block::Markdown(text) => markdown.then_some(*text),
        }
    });
    blocks.collect()
}

/// The thoughts before an answer.
pub fn thoughts(simulation: &Simulation) -> [&'static str; 2] {
    match simulation.language {
        Language::English => english::THOUGHTS,
        Language::Mixed => {
            let [first, _] = english::THOUGHTS;
            let [_, second] = foreign_thoughts(Language::Korean);
            [first, *second]
        }
        language => *foreign_thoughts(language),
    }
}

fn prose(voice: Voice, language: Language) -> &'static Prose {
    match language {
        Language::English | Language::Mixed => english::voice(voice),
        language => foreign(voice, language),
    }
}

fn foreign(voice: Voice, language: Language) -> &'static Prose {
    match (language, voice) {
        (Language::Korean, Voice::Quick) => &korean::QUICK,
        (Language::Korean, Voice::Steady) => &korean::STEADY,
        (Language::Korean, Voice::Thinker) => &korean::THINKER,
        (Language::Japanese, Voice::Quick) => &japanese::QUICK,
        (Language::Japanese, Voice::Steady) => &japanese::STEADY,
        (Language::Japanese, Voice::Thinker) => &japanese::THINKER,
        (Language::English | Language::Mixed, voice) => english::voice(voice),
    }
}

fn foreign_thoughts(language: Language) -> &'static [&'static str; 2] {
    match language {
        Language::Korean => &korean::THOUGHTS,
        Language::Japanese => &japanese::THOUGHTS,
        Language::English | Language::Mixed => &english::THOUGHTS,
    }
}

/// The beginning of a prompt on one line, without control characters.
fn quote(prompt: &str) -> Option<String> {
    let visible = |c: &char| !c.is_control();
    // A prompt may be a whole book: only its beginning is looked at.
    let beginning: String = prompt.chars().take(20 * QUOTE_LIMIT).collect();
    let words = beginning.split_whitespace().map(|word| word.chars().filter(visible).collect::<String>());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut quote: String = line.chars().take(QUOTE_LIMIT).collect();
    if quote.len() < line.len() {
        quote.truncate(quote.trim_end().len());
        quote.push('…');
    }
    (!quote.is_empty()).then_some(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_quoted_on_one_bounded_line() {
        let check =
            |prompt: &str, expected: Option<&str>| assert_eq!(quote(prompt).as_deref(), expected, "{prompt}");
        check("Why?", Some("Why?"));
        check("  two\r\n\tlines\u{0}\u{7} ", Some("two lines"));
        check(" \n\u{0}", None);
        check("", None);
        check("합주는 왜 즐거운가요?", Some("합주는 왜 즐거운가요?"));
        check(&"音".repeat(41), Some(&format!("{}…", "音".repeat(40))));
        check(&"음 ".repeat(4000), Some(&format!("{}…", ["음"; 20].join(" "))));
    }

    #[test]
    fn every_voice_says_the_same_things_in_every_language() {
        for voice in [Voice::Quick, Voice::Steady, Voice::Thinker] {
            let kinds = |language| {
                let kinds = prose(voice, language).blocks.iter();
                kinds.map(|block| matches!(block, Block::Markdown(_))).collect::<Vec<_>>()
            };
            assert_eq!(kinds(Language::English), kinds(Language::Korean));
            assert_eq!(kinds(Language::English), kinds(Language::Japanese));
            assert!(kinds(Language::English).contains(&false), "something is left without Markdown");
        }
    }

    #[test]
    fn blocks_can_be_joined_by_blank_lines() {
        for language in [Language::English, Language::Korean, Language::Japanese] {
            for voice in [Voice::Quick, Voice::Steady, Voice::Thinker] {
                let simulation = Simulation { voice, language, ..Simulation::default() };
                for text in blocks(&simulation).into_iter().chain(thoughts(&simulation)) {
                    assert_eq!(text, text.trim());
                    assert!(!text.contains(['\r', '\t', '\0', '\u{fffd}']));
                }
            }
        }
    }
}
