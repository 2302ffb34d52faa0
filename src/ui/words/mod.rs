//! Everything that the page says, in English, Korean and Japanese.
//!
//! Sentences are whole: none is put together from pieces, since word order differs.

mod counts;
mod errors;
mod fixed;
mod notes;
mod said;

pub use counts::{dollars, seconds, short_count, tenths};
pub use errors::{bad_settings, bad_url, diagnosis, error, failure};
pub use fixed::Word;
#[cfg(not(feature = "split"))]
pub use fixed::file;
pub use notes::*;
pub use said::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Korean,
    Japanese,
}

/// The words of the first screen in that language are here afterwards, or cannot come: English is said then.
#[cfg(all(target_arch = "wasm32", feature = "split"))]
pub async fn fetch(language: Language) {
    if !fixed::has(language)
        && let Some(file) = crate::browser::words(language.tag()).await
    {
        fixed::put(language, file);
    }
}

/// All words are here.
#[cfg(all(target_arch = "wasm32", not(feature = "split")))]
pub async fn fetch(_: Language) {}

impl Language {
    pub const ALL: [Self; 3] = [Self::English, Self::Korean, Self::Japanese];

    /// The first of the browser's languages that the page speaks.
    pub fn choose(tags: &[String]) -> Self {
        let known = |tag: &String| {
            let language = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
            Self::ALL.into_iter().find(|known| known.tag() == language)
        };
        tags.iter().find_map(known).unwrap_or_default()
    }

    /// BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
            Self::Japanese => "ja",
        }
    }

    /// In the language itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Korean => "한국어",
            Self::Japanese => "日本語",
        }
    }

    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    fn pick<T>(self, words: [T; 3]) -> T {
        let [english, korean, japanese] = words;
        match self {
            Self::English => english,
            Self::Korean => korean,
            Self::Japanese => japanese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::Phase,
        model::{
            error::ErrorClass,
            event::{Finish, FinishReason},
        },
    };

    #[test]
    fn every_word_exists_in_every_language() {
        for word in Word::ALL.iter().copied() {
            for language in Language::ALL {
                assert!(!word.text(language).is_empty(), "{word:?} in {language:?}");
            }
            if !word.is_international() {
                assert_ne!(word.text(Language::English), word.text(Language::Korean), "{word:?}");
                assert_ne!(word.text(Language::English), word.text(Language::Japanese), "{word:?}");
            }
        }
    }

    #[test]
    fn a_word_takes_its_values_in_its_own_order() {
        let words = |language| Word::TriesAfter.with(language, &["429", "2", "6.0 s"]);
        assert_eq!(words(Language::English), "429, attempt 2 in 6.0 s");
        assert_eq!(words(Language::Korean), "429, 6.0 s 뒤 2번째 시도");
        assert_eq!(Word::Send.with(Language::English, &["x"]), "Send to all");
        assert_eq!(Word::UndoSet.with(Language::English, &[]), "Undo: back to the  models before");
        // What is put in is not read again.
        assert_eq!(Word::UndoRemoval.with(Language::English, &["{0}"]), "Undo: bring back {0}");
    }

    #[test]
    fn the_same_values_are_named_in_every_language() {
        let named = |word: Word, language| {
            let mut digits: Vec<&str> = word.text(language).split('{').skip(1).collect();
            digits.iter_mut().for_each(|piece| *piece = piece.split('}').next().unwrap_or_default());
            digits.sort_unstable();
            digits.join(" ")
        };
        for word in Word::ALL.iter().copied().filter(|word| *word != Word::SaidFinished) {
            for language in Language::ALL {
                assert_eq!(named(word, language), named(word, Language::English), "{word:?} in {language:?}");
            }
        }
    }

    #[test]
    fn a_file_has_a_line_for_each_word() {
        for language in Language::ALL {
            let file = file(language);
            assert_eq!(file.lines().next(), Some(Word::Tagline.text(language)));
            assert_eq!(file.lines().last(), Some(Word::UndoSet.text(language)), "no word has two lines");
            assert_eq!(file.lines().count(), Word::UndoSet as usize + 1);
        }
    }

    #[test]
    fn the_first_known_language_is_chosen() {
        let choose =
            |tags: &[&str]| Language::choose(&tags.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        assert_eq!(choose(&["fr-FR", "ko-KR", "en"]), Language::Korean);
        assert_eq!(choose(&["JA"]), Language::Japanese);
        assert_eq!(choose(&["fr"]), Language::English);
    }

    #[test]
    fn a_back_off_says_which_attempt_comes() {
        let cause = crate::model::error::ApiError::new(ErrorClass::RateLimit, "");
        let backoff = Phase::Backoff { until_ms: 5_000, attempt: 2, cause };
        assert_eq!(phase(Language::English, Some(&backoff)), "waiting for attempt 2");
    }

    #[test]
    fn an_unknown_finish_reason_is_shown_literally() {
        let reason = FinishReason { unified: Finish::Other, raw: Some("quantum".to_owned()) };
        assert_eq!(phase(Language::Korean, Some(&Phase::Finished(reason))), "완료 (quantum)");
    }
}
