//! What one simulated answer says, token by token.

use std::vec;

use super::{
    prose,
    simulation::{Fault, Simulation},
};

/// Which part of an answer a token belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The thoughts are numbered from 0.
    Thought(u32),
    Text,
}

/// The tokens of an answer in order, made one by one: an answer may have very many.
#[derive(Clone, Debug)]
pub struct Script {
    seed: u64,
    /// What has not begun yet, before the blocks.
    ahead: vec::IntoIter<(Section, String)>,
    blocks: Vec<&'static str>,
    next_block: usize,
    /// The text under way, and how much of it is said.
    section: Section,
    text: String,
    said: usize,
    /// Tokens of the text so far, and how many there shall be: `None` once through the blocks.
    text_tokens: u32,
    limit: Option<u32>,
}

fn shuffle(blocks: &mut [(u64, &'static str)], seed: u64) {
    blocks.sort_by_key(|(place, _)| mix(seed ^ mix(*place)));
}

impl Script {
    /// The answer of a simulated model to a prompt, which it quotes.
    pub fn new(simulation: &Simulation, prompt: &str) -> Self {
        let seed = simulation.seed;
        let mut blocks: Vec<_> = (0_u64..).zip(prose::blocks(simulation)).collect();
        if seed != 0 {
            shuffle(&mut blocks, seed);
        }
        let mut ahead = Vec::new();
        if simulation.reasoning {
            let thoughts = prose::thoughts(simulation).map(str::to_owned);
            ahead.extend((0..).map(Section::Thought).zip(thoughts));
        }
        ahead.push((Section::Text, prose::opening(simulation, prompt)));
        Self {
            seed,
            ahead: ahead.into_iter(),
            blocks: blocks.into_iter().map(|(_, block)| block).collect(),
            next_block: 0,
            section: Section::Text,
            text: String::new(),
            said: 0,
            text_tokens: 0,
            limit: simulation.tokens,
        }
    }

    /// After how many tokens a fault shows.
    pub fn fault_at(&self, fault: Fault) -> Option<u64> {
        let is_midway = matches!(fault, Fault::Reset | Fault::Cut | Fault::Stall | Fault::Garbage);
        is_midway.then(|| (self.clone().count() as u64 / 2).max(1))
    }

    /// Puts the next text in place; `false` when there is none.
    fn turn_page(&mut self) -> bool {
        self.said = 0;
        if let Some((section, text)) = self.ahead.next() {
            (self.section, self.text) = (section, text);
            return true;
        }
        if self.next_block == self.blocks.len() && self.limit.is_some() {
            self.next_block = 0;
        }
        let Some(block) = self.blocks.get(self.next_block) else { return false };
        self.next_block += 1;
        self.text = format!("\n\n{block}");
        true
    }
}

impl Iterator for Script {
    type Item = (Section, String);

    fn next(&mut self) -> Option<(Section, String)> {
        while self.said >= self.text.len() {
            if !self.turn_page() {
                return None;
            }
        }
        if self.section == Section::Text {
            if self.limit.is_some_and(|limit| self.text_tokens >= limit) {
                return None;
            }
            self.text_tokens += 1;
        }
        let rest = self.text.get(self.said..).unwrap_or_default();
        let salt = self.seed ^ (self.said as u64) << 8 ^ self.next_block as u64;
        let token = token(rest, salt).to_owned();
        self.said += token.len();
        Some((self.section, token))
    }
}

/// How many tokens a text has, of a kind with those that are counted as output.
pub fn count(text: &str) -> u64 {
    let mut rest = text;
    let mut count = 0;
    while !rest.is_empty() {
        rest = rest.get(token(rest, rest.len() as u64).len()..).unwrap_or_default();
        count += 1;
    }
    count
}

/// The longest run without a space that is one token, in characters.
const LONGEST_WORD: usize = 16;

/// The first token of a text that is not empty: a word with the white space before it, or one to
/// three characters of a script that is written without spaces.
fn token(text: &str, salt: u64) -> &str {
    let word = text.trim_start();
    let is_dense = word.chars().next().is_some_and(is_dense);
    let longest = match mix(salt) % 4 {
        _ if !is_dense => LONGEST_WORD,
        0 => 1,
        1 => 2,
        _ => 3,
    };
    let belongs = |c: &char| !c.is_whitespace() && self::is_dense(*c) == is_dense;
    let length: usize = word.chars().take(longest).take_while(belongs).map(char::len_utf8).sum();
    let space = text.len() - word.len();
    text.get(..space + length).unwrap_or(text)
}

/// Hangul, kana, Chinese characters and their punctuation.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Spreads the bits of a number over all others (the last step of SplitMix64).
pub fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(script: Script) -> String {
        script.filter(|(section, _)| *section == Section::Text).map(|(_, token)| token).collect()
    }

    fn script(id: &str, prompt: &str) -> Script {
        Script::new(&Simulation::from_model(id), prompt)
    }

    #[test]
    fn tokens_are_words_or_a_few_characters() {
        let check = |said: &str, expected: &[&str]| {
            let mut rest = said;
            let mut tokens = Vec::new();
            while !rest.is_empty() {
                let (first, after) = rest.split_at(token(rest, 0).len());
                tokens.push(first);
                rest = after;
            }
            assert_eq!(tokens, expected, "{said}");
        };
        check("One prompt,\n\n- every model. ", &["One", " prompt,", "\n\n-", " every", " model.", " "]);
        check("supercalifragilistic", &["supercalifragili", "stic"]);
        check("🎼 ok", &["🎼", " ok"]);
        assert_eq!(count(""), 0);
        assert_eq!(count("one two three"), 3);
    }

    #[test]
    fn dense_scripts_are_cut_into_one_to_three_characters() {
        for id in ["sim-steady-ko", "sim-steady-ja", "sim-thinker-mix-s9"] {
            let tokens: Vec<String> = script(id, "합주 合奏").map(|(_, token)| token).collect();
            let lengths =
                tokens.iter().map(|token| token.trim_start()).filter(|word| word.contains(is_dense));
            let lengths: Vec<usize> = lengths.map(|word| word.chars().count()).collect();
            assert!(lengths.iter().all(|length| (1..=3).contains(length)), "{id}: {lengths:?}");
            assert!([1, 2, 3].iter().all(|length| lengths.contains(length)), "{id}");
        }
    }

    #[test]
    fn the_characters_are_of_about_one_length_and_differ() {
        let mut texts = Vec::new();
        for who in ["quick", "steady", "thinker"] {
            for language in ["en", "ko", "ja", "mix"] {
                let id = format!("sim-{who}-{language}");
                let count = script(&id, "Why?").filter(|(section, _)| *section == Section::Text).count();
                assert!((120..=250).contains(&count), "{id} has {count} tokens");
                let text = text(script(&id, "Why?"));
                assert_eq!(text, text.trim(), "{id}");
                assert!(text.contains("Why?") && !texts.contains(&text), "{id}");
                texts.push(text);
            }
        }
    }

    #[test]
    fn a_text_is_repeated_up_to_the_wanted_length() {
        for tokens in [0, 1, 2, 50, 1_000] {
            let id = format!("sim-thinker-ko-n{tokens}");
            let said = script(&id, "Why?").filter(|(section, _)| *section == Section::Text).count();
            assert_eq!(said, tokens);
        }
        assert!(text(script("sim-n500", "")).starts_with(&text(script("sim-steady", ""))));
    }

    #[test]
    fn a_seed_gives_another_order_of_the_same_blocks() {
        let plain = text(script("sim-steady", "Why?"));
        let orders: Vec<String> = (1..9).map(|seed| text(script(&format!("sim-s{seed}"), "Why?"))).collect();
        assert!(orders.iter().all(|order| order.len() == plain.len()));
        assert!(orders.iter().any(|order| *order != plain));
        assert_eq!(orders.first(), Some(&text(script("sim-steady-s1", "Why?"))));
    }

    #[test]
    fn plain_text_has_no_blocks_of_markdown() {
        let text = text(script("sim-thinker-plain", ""));
        assert!(!text.contains(['#', '|', '`', '>']), "{text}");
    }

    #[test]
    fn thoughts_come_first_and_in_order() {
        let sections: Vec<Section> = script("sim-thinker", "Why?").map(|(section, _)| section).collect();
        let mut seen = sections.clone();
        seen.dedup();
        assert_eq!(seen, [Section::Thought(0), Section::Thought(1), Section::Text]);
    }
}
