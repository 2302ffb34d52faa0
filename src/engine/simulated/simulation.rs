//! How a simulated model behaves, and the model ids that say so.

/// How one simulated model answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// From the request to the first token, thoughts included.
    pub first_token_ms: u64,
    /// At least 1.
    pub tokens_per_second: u32,
    /// How many tokens the answer has, thoughts not counted. `None`: its own text, once through.
    pub tokens: Option<u32>,
    pub voice: Voice,
    pub language: Language,
    /// Two thoughts come before the answer.
    pub reasoning: bool,
    /// Headings, lists, code and tables, or paragraphs only.
    pub markdown: bool,
    /// Another seed is another order of the text, and other ids.
    pub seed: u64,
    pub fault: Option<Fault>,
}

/// Whose text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    Quick,
    Steady,
    Thinker,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    Korean,
    Japanese,
    /// One paragraph in each, in turn.
    Mixed,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A status that says no, in the words of the dialect.
    Refused(Refusal),
    /// The connection breaks in the middle of the answer.
    Reset,
    /// The body ends in the middle of the answer, without a mark of the end.
    Cut,
    /// Nothing more comes from the middle of the answer on.
    Stall,
    /// A good status, and no body.
    Empty,
    /// A web page in place of an answer.
    Html,
    /// An event in the middle of the answer cannot be read.
    Garbage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The key is not known.
    Unauthorized,
    /// There is no such model.
    NotFound,
    /// Too many requests, the first time; the same request once more is answered.
    RateLimited,
    /// The server fails, every time.
    ServerError,
}

/// The most that a model id can ask for.
const MOST_TOKENS_PER_SECOND: u32 = 100_000;
const MOST_TOKENS: u32 = 200_000;
const MOST_FIRST_TOKEN_MS: u64 = 600_000;

impl Default for Simulation {
    fn default() -> Self {
        Self {
            first_token_ms: 450,
            tokens_per_second: 35,
            tokens: None,
            voice: Voice::Steady,
            language: Language::English,
            reasoning: false,
            markdown: true,
            seed: 0,
            fault: None,
        }
    }
}

impl Simulation {
    /// Reads a model id of words between dashes, such as `sim-thinker-ja` or `sim-tps50-n400-s3`. A
    /// later word wins over an earlier one; words that mean nothing are passed over.
    ///
    /// - who: `quick`, `steady`, `thinker`
    /// - language: `en`, `ko`, `ja`, `mix`
    /// - pace: `tps50` tokens a second, `ttft200` milliseconds to the first one
    /// - text: `n400` tokens of it, `think` before it, `plain` paragraphs only, `s3` for another seed
    /// - faults: `fail401`, `fail404`, `fail429`, `fail500`, `reset`, `cut`, `stall`, `empty`, `html`,
    ///   `garbage`
    pub fn from_model(id: &str) -> Self {
        id.to_ascii_lowercase().split('-').fold(Self::default(), Self::with)
    }

    fn with(mut self, word: &str) -> Self {
        match word {
            "quick" => self = self.like(Voice::Quick, 180, 90),
            "steady" => self = self.like(Voice::Steady, 450, 35),
            "thinker" => self = Self { reasoning: true, ..self.like(Voice::Thinker, 900, 55) },
            "en" => self.language = Language::English,
            "ko" => self.language = Language::Korean,
            "ja" => self.language = Language::Japanese,
            "mix" => self.language = Language::Mixed,
            "think" => self.reasoning = true,
            "plain" => self.markdown = false,
            "fail401" => self.fault = Some(Fault::Refused(Refusal::Unauthorized)),
            "fail404" => self.fault = Some(Fault::Refused(Refusal::NotFound)),
            "fail429" => self.fault = Some(Fault::Refused(Refusal::RateLimited)),
            "fail500" => self.fault = Some(Fault::Refused(Refusal::ServerError)),
            "reset" => self.fault = Some(Fault::Reset),
            "cut" => self.fault = Some(Fault::Cut),
            "stall" => self.fault = Some(Fault::Stall),
            "empty" => self.fault = Some(Fault::Empty),
            "html" => self.fault = Some(Fault::Html),
            "garbage" => self.fault = Some(Fault::Garbage),
            _ => self.count(word),
        }
        self
    }

    fn like(self, voice: Voice, first_token_ms: u64, tokens_per_second: u32) -> Self {
        Self { voice, first_token_ms, tokens_per_second, ..self }
    }

    /// A word that ends with a number.
    fn count(&mut self, word: &str) {
        if let Some(number) = number_after(word, "tps") {
            self.tokens_per_second = bounded(number, MOST_TOKENS_PER_SECOND).max(1);
        } else if let Some(number) = number_after(word, "ttft") {
            self.first_token_ms = number.min(MOST_FIRST_TOKEN_MS);
        } else if let Some(number) = number_after(word, "n") {
            self.tokens = Some(bounded(number, MOST_TOKENS));
        } else if let Some(number) = number_after(word, "s") {
            self.seed = number;
        }
    }

    /// When a token is due, in milliseconds from the request.
    pub fn due_ms(&self, token: u64) -> u64 {
        let pace = u64::from(self.tokens_per_second.max(1));
        self.first_token_ms.saturating_add(token.saturating_mul(1000) / pace)
    }
}

fn number_after(word: &str, name: &str) -> Option<u64> {
    let digits = word.strip_prefix(name)?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

fn bounded(number: u64, most: u32) -> u32 {
    u32::try_from(number).unwrap_or(most).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_id_is_read_word_by_word() {
        let check = |id, expected| assert_eq!(Simulation::from_model(id), expected, "{id}");
        let quick = Simulation {
            voice: Voice::Quick,
            first_token_ms: 180,
            tokens_per_second: 90,
            ..Simulation::default()
        };
        let thinker = Simulation {
            voice: Voice::Thinker,
            first_token_ms: 900,
            tokens_per_second: 55,
            reasoning: true,
            ..Simulation::default()
        };
        check("sim-quick", quick.clone());
        check("sim-steady", Simulation::default());
        check("sim-thinker", thinker.clone());
        check("sim-thinker-ja", Simulation { language: Language::Japanese, ..thinker });
        check(
            "sim-tps50-n400-ttft200-s3",
            Simulation {
                tokens_per_second: 50,
                tokens: Some(400),
                first_token_ms: 200,
                seed: 3,
                ..Simulation::default()
            },
        );
        check("SIM-Quick-FAIL429", Simulation { fault: Some(Fault::Refused(Refusal::RateLimited)), ..quick });
    }

    #[test]
    fn other_words_are_passed_over_and_numbers_bounded() {
        let check = |id, expected| assert_eq!(Simulation::from_model(id), expected, "{id}");
        for id in ["", "simulated", "gpt-5.1", "sim--", "sim-tps-n-ttft-s", "sim-n4x-tps-5-n٣", "합창"] {
            check(id, Simulation::default());
        }
        let huge = "99999999999999999999999";
        let most = Simulation::from_model(&format!("tps{huge}-n{huge}-ttft{huge}-s{huge}"));
        assert_eq!((most.tokens_per_second, most.tokens), (100_000, Some(200_000)));
        assert_eq!((most.first_token_ms, most.seed), (600_000, u64::MAX));
        let least = Simulation::from_model("tps0-n0-ttft0");
        assert_eq!((least.tokens_per_second, least.tokens, least.first_token_ms), (1, Some(0), 0));
    }

    #[test]
    fn tokens_are_due_at_a_steady_pace() {
        let simulation = Simulation::from_model("sim-ttft200-tps90");
        let due: Vec<_> = [0, 1, 2, 90, 9000].map(|token| simulation.due_ms(token)).into();
        assert_eq!(due, [200, 211, 222, 1200, 100_200]);
        assert_eq!(Simulation::from_model("tps1-ttft600000").due_ms(200_000), 200_600_000);
    }
}
