//! What a column's past comes to in tokens, and which turns to leave out when it is too much.
//!
//! All of it is sums of numbers that are kept with rounds and replies: it may be asked at every key press.

use super::{Comparison, Turn};
use crate::{
    grid::{estimate, settings::PanelSettings},
    model::{listing::ModelInfo, provider::Dialect},
};

/// Tokens that mark a message as one (OpenAI Cookbook, "How to count tokens with tiktoken").
const MESSAGE: u64 = 4;
/// Room for the answer where nobody says how long it may be.
const ANSWER: u64 = 1024;

/// About how many tokens a request is, by its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    pub system: u64,
    /// Each turn of the past, prompt and answer together, the oldest first.
    pub turns: Vec<u64>,
    pub prompt: u64,
}

/// How much a model takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Tokens; `None` where no list says: see
    /// [`ModelInfo::context`](crate::model::listing::ModelInfo::context).
    pub context: Option<u64>,
    /// The most tokens of the answer, where a person has set it.
    pub answer: Option<u32>,
}

/// Whether a request fits. The tokens are a guess that may be wrong by a third.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Nobody knows how much the model takes.
    Unknown,
    Fits,
    /// It may be too much.
    Tight,
    Over,
}

/// Which turns to leave out so that the rest fits: the oldest ones, each with its prompt and its answer. The
/// system prompt and the new prompt stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trim {
    /// So many of the oldest turns.
    pub turns: usize,
    /// What is left, in tokens.
    pub tokens: u64,
    pub fit: Fit,
}

impl Window {
    /// What the provider's list tells of the model, and what its settings ask for. Google's and Anthropic's
    /// lists tell what the prompt alone may come to.
    pub fn of(info: Option<&ModelInfo>, settings: &PanelSettings) -> Self {
        let is_prompts_own = matches!(settings.dialect, Dialect::Gemini | Dialect::AnthropicMessages);
        let answer = if is_prompts_own { Some(0) } else { settings.sampling.max_tokens };
        Self { context: info.and_then(|info| info.context), answer }
    }

    /// What a request may come to, in tokens, with room for the answer. An answer may be limited to more than
    /// there is room for: then half of the window is the prompt's.
    pub fn room(self) -> Option<u64> {
        let context = self.context.filter(|context| *context > 0)?;
        let answer = self.answer.map_or(ANSWER, u64::from);
        Some(context.saturating_sub(answer).max(context / 2))
    }

    fn fit(self, tokens: u64) -> Fit {
        match self.room() {
            None => Fit::Unknown,
            Some(room) if tokens > room => Fit::Over,
            Some(room) if tokens.saturating_mul(4) > room.saturating_mul(3) => Fit::Tight,
            Some(_) => Fit::Fits,
        }
    }
}

impl Load {
    /// With another prompt, of so many tokens.
    pub fn set_prompt(&mut self, tokens: u64) {
        self.prompt = tokens + MESSAGE;
    }

    pub fn total(&self) -> u64 {
        self.turns.iter().sum::<u64>() + self.system + self.prompt
    }

    pub fn fit(&self, window: Window) -> Fit {
        window.fit(self.total())
    }

    /// `None` when it fits as it is, when nobody knows, or when even without any past it would not.
    pub fn trim(&self, window: Window) -> Option<Trim> {
        if self.fit(window) < Fit::Tight {
            return None;
        }
        let mut left = self.total();
        let mut within = None;
        for (index, tokens) in self.turns.iter().enumerate() {
            left -= tokens;
            let trim = Trim { turns: index + 1, tokens: left, fit: window.fit(left) };
            match trim.fit {
                Fit::Fits | Fit::Unknown => return Some(trim),
                Fit::Tight => within = within.or(Some(trim)),
                Fit::Over => {}
            }
        }
        // What was tight before is not made much better by taking some of it.
        within.filter(|_| self.fit(window) == Fit::Over)
    }
}

impl Comparison {
    /// What a request comes to, with that system prompt, those turns of its past and a prompt of so many tokens.
    pub fn load(&self, system: &str, turns: &[Turn], prompt: u64) -> Load {
        let system = system.trim();
        let system = if system.is_empty() { 0 } else { estimate::tokens(system) + MESSAGE };
        let turns = turns.iter().map(|turn| self.turn_tokens(*turn)).collect();
        let mut load = Load { system, turns, prompt: 0 };
        load.set_prompt(prompt);
        load
    }

    fn turn_tokens(&self, turn: Turn) -> u64 {
        let prompt = self.round(turn.round).map_or(0, |round| round.tokens);
        let versions = self.answered(turn).map(|id| self.versions(id)).unwrap_or_default();
        let answer = versions.into_iter().filter_map(|id| self.reply(id)).map(|reply| reply.tokens);
        prompt + answer.sum::<u64>() + 2 * MESSAGE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog;

    fn window(context: u64) -> Window {
        Window { context: Some(context), answer: Some(0) }
    }

    fn load(turns: &[u64]) -> Load {
        Load { system: 50, turns: turns.to_vec(), prompt: 100 }
    }

    #[test]
    fn it_is_said_whether_a_request_fits() {
        let check = |context, expected| assert_eq!(load(&[150]).fit(window(context)), expected, "{context}");
        check(299, Fit::Over);
        check(300, Fit::Tight);
        check(399, Fit::Tight);
        check(400, Fit::Fits);
        assert_eq!(load(&[u64::from(u32::MAX)]).fit(Window::default()), Fit::Unknown);
        assert_eq!(load(&[]).fit(Window { context: Some(0), answer: None }), Fit::Unknown);
    }

    #[test]
    fn what_a_list_tells_is_taken_as_its_provider_means_it() {
        let info = ModelInfo { context: Some(10_000), ..ModelInfo::default() };
        let room = |id: &str, max_tokens: Option<u32>| {
            let mut settings = PanelSettings::new(catalog::find(id).unwrap(), "m");
            settings.sampling.max_tokens = max_tokens;
            assert_eq!(Window::of(None, &settings).room(), None);
            Window::of(Some(&info), &settings).room()
        };
        assert_eq!([room("openrouter", None), room("openrouter", Some(3000))], [Some(8976), Some(7000)]);
        assert_eq!([room("google", Some(3000)), room("anthropic", None)], [Some(10_000); 2]);
    }

    #[test]
    fn the_answer_has_room_but_never_takes_more_than_half() {
        let room = |context, answer| Window { context: Some(context), answer }.room();
        assert_eq!(room(8192, None), Some(7168));
        assert_eq!(room(8192, Some(1000)), Some(7192));
        assert_eq!(room(8192, Some(100_000)), Some(4096));
        assert_eq!(room(512, None), Some(256));
    }

    #[test]
    fn the_oldest_turns_are_left_out_first_and_whole() {
        let trim = |turns: &[u64], context| load(turns).trim(window(context));
        let some = |turns, tokens, fit| Some(Trim { turns, tokens, fit });
        assert_eq!(trim(&[10, 20], 1000), None);
        assert_eq!(trim(&[500, 200, 100], 400), some(2, 250, Fit::Fits));
        assert_eq!(trim(&[500, 200, 100], 700), some(1, 450, Fit::Fits));
        // The new prompt alone is all that fits.
        assert_eq!(trim(&[500, 200, 100], 180), some(3, 150, Fit::Tight));
        // It does not even fit alone: leaving out the past helps nobody.
        assert_eq!(trim(&[500, 200, 100], 149), None);
        assert_eq!(trim(&[], 10), None);
        // It is tight, and would be without.
        assert_eq!(trim(&[1], 160), None);
        assert_eq!(trim(&[500], 0), None);
    }
}
