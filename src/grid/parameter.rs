//! The parameters of a call one by one, as text in a form: so a form is a loop over [`Parameter::ALL`].

use crate::model::{
    chat::{Effort, Sampling},
    json::number,
};

/// One field of [`Sampling`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    Temperature,
    TopP,
    TopK,
    MaxTokens,
    Stop,
    Seed,
    PresencePenalty,
    FrequencyPenalty,
    Effort,
}

/// A text that is no value of its parameter. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadNumber {
    NotANumber,
    NotWhole,
    OutOfRange,
    /// Not one of the steps of [`Effort`].
    UnknownStep,
}

impl Parameter {
    pub const ALL: [Self; 9] = [
        Self::Temperature,
        Self::TopP,
        Self::TopK,
        Self::MaxTokens,
        Self::Stop,
        Self::Seed,
        Self::PresencePenalty,
        Self::FrequencyPenalty,
        Self::Effort,
    ];

    /// The name that the field has in [`Sampling`], and that what was dropped or refused is reported by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::TopP => "top_p",
            Self::TopK => "top_k",
            Self::MaxTokens => "max_tokens",
            Self::Stop => "stop",
            Self::Seed => "seed",
            Self::PresencePenalty => "presence_penalty",
            Self::FrequencyPenalty => "frequency_penalty",
            Self::Effort => "effort",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|parameter| parameter.name() == name)
    }

    /// The lowest and the highest value that is taken: the widest range that any provider documents.
    /// What a server of one's own takes beyond it can be sent as extra JSON.
    pub fn range(self) -> Option<(f64, f64)> {
        match self {
            Self::Temperature => Some((0.0, 2.0)),
            Self::TopP => Some((0.0, 1.0)),
            // 0 switches it off (llama.cpp server, Ollama).
            Self::TopK => Some((0.0, f64::from(u32::MAX))),
            Self::MaxTokens => Some((1.0, f64::from(u32::MAX))),
            Self::PresencePenalty | Self::FrequencyPenalty => Some((-2.0, 2.0)),
            Self::Stop | Self::Seed | Self::Effort => None,
        }
    }

    /// How far one press of an arrow key goes.
    pub fn step(self) -> Option<f64> {
        match self {
            Self::Temperature | Self::PresencePenalty | Self::FrequencyPenalty => Some(0.1),
            Self::TopP => Some(0.05),
            Self::TopK | Self::MaxTokens | Self::Seed => Some(1.0),
            Self::Stop | Self::Effort => None,
        }
    }

    /// As a person may edit it; empty when it is not sent. [`Parameter::write`] reads the same back.
    pub fn read(self, sampling: &Sampling) -> String {
        match self {
            Self::Temperature => decimal(sampling.temperature),
            Self::TopP => decimal(sampling.top_p),
            Self::TopK => sampling.top_k.map(|number| number.to_string()).unwrap_or_default(),
            Self::MaxTokens => sampling.max_tokens.map(|number| number.to_string()).unwrap_or_default(),
            Self::Stop => stop_text(&sampling.stop),
            Self::Seed => sampling.seed.map(|number| number.to_string()).unwrap_or_default(),
            Self::PresencePenalty => decimal(sampling.presence_penalty),
            Self::FrequencyPenalty => decimal(sampling.frequency_penalty),
            Self::Effort => sampling.effort.map(Effort::word).unwrap_or_default().to_owned(),
        }
    }

    /// Takes what was typed; nothing but blanks means "not sent".
    ///
    /// # Errors
    /// The text is no value of this parameter; what was set before stays.
    pub fn write(self, sampling: &mut Sampling, text: &str) -> Result<(), BadNumber> {
        match self {
            Self::Temperature => sampling.temperature = self.number(text)?,
            Self::TopP => sampling.top_p = self.number(text)?,
            Self::TopK => sampling.top_k = self.natural(text)?,
            Self::MaxTokens => sampling.max_tokens = self.natural(text)?,
            Self::Stop => sampling.stop = stop_list(text),
            Self::Seed => sampling.seed = whole(text)?,
            Self::PresencePenalty => sampling.presence_penalty = self.number(text)?,
            Self::FrequencyPenalty => sampling.frequency_penalty = self.number(text)?,
            Self::Effort => sampling.effort = step_of(text)?,
        }
        Ok(())
    }

    fn number(self, text: &str) -> Result<Option<f64>, BadNumber> {
        let text = half_width(text);
        if text.is_empty() {
            return Ok(None);
        }
        let number = number::parse(&text).ok_or(BadNumber::NotANumber)?;
        self.in_range(number)?;
        Ok(Some(number))
    }

    fn natural(self, text: &str) -> Result<Option<u32>, BadNumber> {
        let Some(number) = whole(text)? else { return Ok(None) };
        let number = u32::try_from(number).map_err(|_| BadNumber::OutOfRange)?;
        self.in_range(f64::from(number))?;
        Ok(Some(number))
    }

    fn in_range(self, number: f64) -> Result<(), BadNumber> {
        let fits = self.range().is_none_or(|(low, high)| (low..=high).contains(&number));
        if fits && number.is_finite() { Ok(()) } else { Err(BadNumber::OutOfRange) }
    }
}

fn whole(text: &str) -> Result<Option<i64>, BadNumber> {
    let text = half_width(text);
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| {
        let digits = text.trim_start_matches(['+', '-']);
        let has_digits = digits.bytes().any(|byte| byte.is_ascii_digit());
        match digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            true if has_digits && digits.contains('.') => BadNumber::NotWhole,
            true if has_digits => BadNumber::OutOfRange,
            _ => BadNumber::NotANumber,
        }
    })
}

fn step_of(text: &str) -> Result<Option<Effort>, BadNumber> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let step = Effort::ALL.into_iter().find(|step| step.word() == text);
    step.map(Some).ok_or(BadNumber::UnknownStep)
}

/// Without the blanks around it, and with the full-width digits of Japanese and Korean keyboards as
/// plain ones.
fn half_width(text: &str) -> String {
    let plain = |c: char| match c {
        '０'..='９' | '．' | '－' | '＋' => {
            u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c)
        }
        other => other,
    };
    text.trim().chars().map(plain).collect()
}

fn decimal(number: Option<f64>) -> String {
    // The shortest text that reads back as the same number; a number that is none has none.
    let text = number.and_then(number::shortest).unwrap_or_default();
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// Sequences with commas between them. A comma, a line end, a backslash or a blank at the edge that
/// belongs to a sequence is written with a backslash, so any sequence fits in one line.
fn stop_text(sequences: &[String]) -> String {
    let mut text = String::new();
    for sequence in sequences {
        if !text.is_empty() {
            text.push_str(", ");
        }
        let inner = sequence.trim();
        let start = sequence.len() - sequence.trim_start().len();
        for (at, c) in sequence.char_indices() {
            let is_edge = at < start || at >= start + inner.len();
            match c {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                ',' | '\\' => text.extend(['\\', c]),
                c if is_edge => text.extend(['\\', c]),
                c => text.push(c),
            }
        }
    }
    text
}

fn stop_list(text: &str) -> Vec<String> {
    let mut list = Vec::new();
    let mut sequence = String::new();
    // The blanks after the last character that counts: they belong to the sequence only if more follows.
    let mut blanks = String::new();
    let mut characters = text.chars();
    let end = |sequence: &mut String, list: &mut Vec<String>| {
        let sequence = std::mem::take(sequence);
        if !sequence.is_empty() {
            list.push(sequence);
        }
    };
    while let Some(c) = characters.next() {
        let literal = match c {
            ',' => {
                blanks.clear();
                end(&mut sequence, &mut list);
                continue;
            }
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            },
            c if c.is_whitespace() => {
                if !sequence.is_empty() {
                    blanks.push(c);
                }
                continue;
            }
            c => c,
        };
        sequence.push_str(&blanks);
        blanks.clear();
        sequence.push(literal);
    }
    end(&mut sequence, &mut list);
    list
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(parameter: Parameter, text: &str) -> Result<String, BadNumber> {
        let mut sampling = Sampling::default();
        parameter.write(&mut sampling, text)?;
        Ok(parameter.read(&sampling))
    }

    #[test]
    fn what_is_typed_is_read_back() {
        use Parameter::{Effort, MaxTokens, PresencePenalty, Seed, Temperature, TopK, TopP};
        let check = |parameter, text, expected: &str| {
            assert_eq!(written(parameter, text).as_deref(), Ok(expected), "{text}");
        };
        check(Temperature, " 0.7 ", "0.7");
        check(Temperature, ".5", "0.5");
        check(Temperature, "1", "1");
        check(Temperature, "２", "2");
        check(Temperature, "０．７", "0.7");
        check(Temperature, "1e-3", "0.001");
        check(Temperature, "0", "0");
        check(TopP, "1.0", "1");
        check(TopK, "0", "0");
        check(TopK, "+40", "40");
        check(MaxTokens, "4294967295", "4294967295");
        check(Seed, "-1", "-1");
        check(Seed, "9223372036854775807", "9223372036854775807");
        check(PresencePenalty, "－2", "-2");
        check(Effort, "xhigh", "xhigh");
        for parameter in Parameter::ALL {
            check(parameter, "  ", "");
        }
    }

    #[test]
    fn what_is_no_value_is_refused_and_changes_nothing() {
        use Parameter::{Effort, FrequencyPenalty, MaxTokens, Seed, Temperature, TopK, TopP};
        let mut sampling = Sampling {
            temperature: Some(0.5),
            top_k: Some(3),
            max_tokens: Some(7),
            effort: Some(crate::model::chat::Effort::Low),
            ..Sampling::default()
        };
        let before = sampling.clone();
        let mut check = |parameter: Parameter, text, expected| {
            assert_eq!(parameter.write(&mut sampling, text), Err(expected), "{text}");
            assert_eq!(sampling, before, "{text}");
        };
        check(Temperature, "hot", BadNumber::NotANumber);
        check(Temperature, "NaN", BadNumber::NotANumber);
        check(Temperature, "inf", BadNumber::NotANumber);
        check(Temperature, "1e999", BadNumber::OutOfRange);
        check(Temperature, "0,7", BadNumber::NotANumber);
        check(Temperature, "-0.1", BadNumber::OutOfRange);
        check(Temperature, "2.01", BadNumber::OutOfRange);
        check(TopP, "1.5", BadNumber::OutOfRange);
        check(FrequencyPenalty, "-3", BadNumber::OutOfRange);
        check(TopK, "-1", BadNumber::OutOfRange);
        check(TopK, "1.5", BadNumber::NotWhole);
        check(MaxTokens, "0", BadNumber::OutOfRange);
        check(MaxTokens, "4294967296", BadNumber::OutOfRange);
        check(MaxTokens, "many", BadNumber::NotANumber);
        check(Seed, "9223372036854775808", BadNumber::OutOfRange);
        check(Seed, "1e3", BadNumber::NotANumber);
        check(Seed, "-", BadNumber::NotANumber);
        check(Effort, "huge", BadNumber::UnknownStep);
    }

    #[test]
    fn stop_sequences_stand_in_one_line() {
        let check = |text: &str, expected: &[&str]| assert_eq!(stop_list(text), expected, "{text}");
        check("END", &["END"]);
        check("END, two words ,###", &["END", "two words", "###"]);
        check("\\n\\n, a\\,b, \\ c\\ ", &["\n\n", "a,b", " c "]);
        check(" , ,", &[]);
        check("x\\", &["x\\"]);
        assert_eq!(
            stop_text(&["\n\n".to_owned(), "a, b".to_owned(), " c ".to_owned()]),
            "\\n\\n, a\\, b, \\ c\\ "
        );
    }

    #[test]
    fn names_are_those_of_the_fields() {
        for parameter in Parameter::ALL {
            assert_eq!(Parameter::from_name(parameter.name()), Some(parameter));
        }
        let rows = crate::model::catalog::all();
        for refused in rows.iter().flat_map(|row| row.quirks.refuses) {
            assert!(Parameter::from_name(refused).is_some(), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn every_stop_sequence_survives_its_text(list in prop::collection::vec("(?s).{1,8}|[ ,\\\\\n\t]{1,4}", 0..5)) {
            let text = stop_text(&list);
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(stop_list(&text), list);
        }

        #[test]
        fn every_number_in_range_survives_its_text(number in 0.0..=2.0_f64) {
            let mut sampling = Sampling::default();
            let text = decimal(Some(number));
            prop_assert_eq!(Parameter::Temperature.write(&mut sampling, &text), Ok(()));
            prop_assert_eq!(sampling.temperature, Some(number));
        }

        #[test]
        fn no_text_is_too_strange(text in "(?s).{0,40}") {
            for parameter in Parameter::ALL {
                if let Ok(read) = written(parameter, &text) {
                    prop_assert_eq!(written(parameter, &read), Ok(read));
                }
            }
        }
    }
}
