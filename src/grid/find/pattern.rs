//! Words that a person types, as patterns that find them however they are written.
//!
//! Whoever searches a gigabyte should not write all of it anew first, in small letters and composed: so the
//! pattern knows the other writings of each letter, and is held against the texts as they are. The places that it
//! finds are then places of the text itself.
//!
//! What is the same:
//! - large and small letters, of every script that has them
//! - full and half width: `Ａ` and `A`, `ｶﾞ` and `ガ`
//! - hiragana and katakana: `かな` finds `カナ`
//! - letters in one piece or in parts (NFC, NFD), Hangul too
//!
//! Hangul is found while its last syllable is still being written: `하` finds `한`, `한` finds `하나`, `ㅎ` finds
//! all of them. Accents count, and so does what only looks alike (`①`, `㈱`).
//!
//! The patterns are regular expressions of the few forms that all engines read alike: groups of alternatives,
//! classes, escaped signs.

use std::collections::BTreeSet;

/// More words than this are not looked at, nor more letters of each.
const MOST_WORDS: usize = 8;
const MOST_LETTERS: usize = 80;

/// U+FF61 to U+FF9F, in full width.
const HALF_KANA: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";
const HALF_KANA_FIRST: u32 = 0xFF61;
const HALF_VOICED: char = 'ﾞ';
const HALF_HALF_VOICED: char = 'ﾟ';

/// The consonants that begin syllables, as single letters, in the order of the syllables.
const INITIALS: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const FIRST_SYLLABLE: u32 = 0xAC00;
const LAST_SYLLABLE: u32 = 0xD7A3;
/// Syllables with the same vowel, and with the same first consonant.
const FINALS: u32 = 28;
const OF_AN_INITIAL: u32 = 21 * FINALS;
/// For each final: the one that stays, and the initial that goes over, when a vowel follows.
const GOES_OVER: [(u32, u32); 27] = [
    (0, 0),
    (0, 1),
    (1, 9),
    (0, 2),
    (4, 12),
    (4, 18),
    (0, 3),
    (0, 5),
    (8, 0),
    (8, 6),
    (8, 7),
    (8, 9),
    (8, 16),
    (8, 17),
    (8, 18),
    (0, 6),
    (0, 7),
    (17, 9),
    (0, 9),
    (0, 10),
    (0, 11),
    (0, 12),
    (0, 14),
    (0, 15),
    (0, 16),
    (0, 17),
    (0, 18),
];

/// A pattern for each word; a text is found that has all of them. `decomposed` takes a letter apart (NFD); what is
/// typed comes in one piece (NFC).
pub fn patterns(typed: &str, decomposed: &dyn Fn(char) -> String) -> Vec<String> {
    let words = typed.split_whitespace().take(MOST_WORDS);
    words.map(|word| pattern(word, decomposed)).collect()
}

fn pattern(word: &str, decomposed: &dyn Fn(char) -> String) -> String {
    let letters: Vec<char> = full_width_kana(word).chars().take(MOST_LETTERS).collect();
    let mut pattern = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let mut forms = forms(*letter, decomposed);
        let mut ranges = Vec::new();
        let mut longer = Vec::new();
        if at + 1 == letters.len() {
            still_written(*letter, &mut ranges, &mut longer);
        }
        // A range has the letter itself.
        forms.retain(|form| !ranges.iter().any(|(from, to)| is_within(form, *from, *to)));
        write_letter(&mut pattern, &forms, &ranges, &longer);
    }
    pattern
}

fn is_within(form: &str, from: char, to: char) -> bool {
    let mut letters = form.chars();
    letters.next().is_some_and(|letter| (from..=to).contains(&letter)) && letters.next().is_none()
}

/// Letters of half width as they are in full; kana with their sounds in one piece.
fn full_width_kana(word: &str) -> String {
    let mut full = String::new();
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let letter = match half_kana_to_full(letter) {
            Some(kana) => {
                let step = letters.peek().map_or(0, |mark| sounded_step(kana, *mark));
                if step > 0 {
                    letters.next();
                }
                plus(kana, step)
            }
            None => ascii_of_full_width(letter).unwrap_or(letter),
        };
        full.push(letter);
    }
    full
}

fn half_kana_to_full(letter: char) -> Option<char> {
    let at = u32::from(letter).checked_sub(HALF_KANA_FIRST)?;
    HALF_KANA.chars().nth(at as usize)
}

/// How far the kana with that mark of half width lies behind the one without; 0 where there is none.
fn sounded_step(kana: char, mark: char) -> u32 {
    let is_ha = matches!(kana, 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ');
    let is_voiced = is_ha || matches!(kana, 'カ'..='ト') && !matches!(kana, 'ッ');
    match mark {
        HALF_VOICED if kana == 'ウ' => u32::from('ヴ') - u32::from('ウ'),
        HALF_VOICED if is_voiced => 1,
        HALF_HALF_VOICED if is_ha => 2,
        _ => 0,
    }
}

fn ascii_of_full_width(letter: char) -> Option<char> {
    let ascii = u32::from(letter).checked_sub(0xFEE0)?;
    char::from_u32(ascii).filter(|it| ('!'..='~').contains(it))
}

fn plus(letter: char, step: u32) -> char {
    u32::from(letter).checked_add(step).and_then(char::from_u32).unwrap_or(letter)
}

fn minus(letter: char, step: u32) -> char {
    u32::from(letter).checked_sub(step).and_then(char::from_u32).unwrap_or(letter)
}

/// All writings of a letter.
fn forms(letter: char, decomposed: &dyn Fn(char) -> String) -> BTreeSet<String> {
    let mut same: BTreeSet<String> = BTreeSet::from([letter.to_string()]);
    let upper: String = letter.to_uppercase().collect();
    same.insert(letter.to_lowercase().collect());
    same.insert(upper.chars().flat_map(char::to_lowercase).collect());
    same.insert(upper);
    if matches!(letter, 'σ' | 'ς' | 'Σ') {
        same.insert("ς".to_owned());
    }
    match letter {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => drop(same.insert(plus(letter, 0x60).to_string())),
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => drop(same.insert(minus(letter, 0x60).to_string())),
        _ => {}
    }
    let mut all = same.clone();
    for form in same {
        let mut letters = form.chars();
        let (Some(letter), None) = (letters.next(), letters.next()) else { continue };
        all.extend(wide_or_narrow(letter));
        all.insert(decomposed(letter));
    }
    all.remove("");
    all
}

/// The letter in its other width.
fn wide_or_narrow(letter: char) -> Option<String> {
    if ('!'..='~').contains(&letter) {
        return Some(plus(letter, 0xFEE0).to_string());
    }
    let half = |kana: char| {
        let at = u32::try_from(HALF_KANA.chars().position(|known| known == kana)?).ok()?;
        char::from_u32(HALF_KANA_FIRST + at)
    };
    if let Some(half) = half(letter) {
        return Some(half.to_string());
    }
    let marks = [(HALF_VOICED, 1), (HALF_HALF_VOICED, 2), (HALF_VOICED, u32::from('ヴ') - u32::from('ウ'))];
    marks.into_iter().find_map(|(mark, step)| {
        let plain = minus(letter, step);
        (sounded_step(plain, mark) == step).then(|| half(plain))?.map(|half| [half, mark].iter().collect())
    })
}

/// What the last letter may become when more of it is typed: ranges in its place, and others with what follows.
fn still_written(letter: char, ranges: &mut Vec<(char, char)>, longer: &mut Vec<(char, char, char)>) {
    let code = u32::from(letter);
    if let Some(initial) = INITIALS.chars().position(|known| known == letter) {
        ranges.extend(of_initial(initial as u32));
    } else if (FIRST_SYLLABLE..=LAST_SYLLABLE).contains(&code) {
        let last = (code - FIRST_SYLLABLE) % FINALS;
        let open = code - last;
        // ㄱ may become ㄳ, ㄹ many more.
        let most = match last {
            0 => FINALS - 1,
            1 | 4 => last + 2,
            8 => 15,
            17 => 18,
            _ => last,
        };
        ranges.extend(char::from_u32(open + last).zip(char::from_u32(open + most)));
        let goes_over = last.checked_sub(1).and_then(|at| GOES_OVER.get(at as usize));
        if let Some((stays, initial)) = goes_over
            && let Some((from, to)) = of_initial(*initial)
            && let Some(before) = char::from_u32(open + stays)
        {
            longer.push((before, from, to));
        }
    }
}

/// The syllables that begin so.
fn of_initial(initial: u32) -> Option<(char, char)> {
    let first = FIRST_SYLLABLE + initial * OF_AN_INITIAL;
    char::from_u32(first).zip(char::from_u32(first + OF_AN_INITIAL - 1))
}

fn write_letter(
    pattern: &mut String,
    forms: &BTreeSet<String>,
    ranges: &[(char, char)],
    longer: &[(char, char, char)],
) {
    // Beyond the basic plane a letter is two units of a JavaScript string, and no member of a class.
    let is_single = |form: &&String| form.encode_utf16().count() == 1;
    let singles: Vec<&String> = forms.iter().filter(is_single).collect();
    let mut alternatives: Vec<String> =
        forms.iter().filter(|form| !is_single(form)).map(|it| escaped(it)).collect();
    for (before, from, to) in longer {
        alternatives.push(format!("{before}[{from}-{to}]"));
    }
    let class = match (singles.as_slice(), ranges) {
        ([], []) => None,
        ([one], []) => Some(escaped(one)),
        _ => {
            let mut class = String::from("[");
            singles.iter().for_each(|letter| class.push_str(&escaped(letter)));
            for (from, to) in ranges {
                class.push(*from);
                if from != to {
                    class.push('-');
                    class.push(*to);
                }
            }
            class.push(']');
            Some(class)
        }
    };
    alternatives.extend(class);
    match alternatives.as_slice() {
        [one] => pattern.push_str(one),
        _ => {
            pattern.push_str("(?:");
            pattern.push_str(&alternatives.join("|"));
            pattern.push(')');
        }
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if letter.is_ascii_punctuation() && !matches!(letter, '<' | '>') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    /// As a browser takes apart the letters of these tests.
    fn decomposed(letter: char) -> String {
        match letter {
            'é' => "e\u{301}".to_owned(),
            'É' => "E\u{301}".to_owned(),
            'が' => "か\u{3099}".to_owned(),
            'ガ' => "カ\u{3099}".to_owned(),
            '가'..='힣' => {
                let at = u32::from(letter) - FIRST_SYLLABLE;
                let parts =
                    [0x1100 + at / OF_AN_INITIAL, 0x1161 + at % OF_AN_INITIAL / FINALS, 0x11A7 + at % FINALS];
                let parts = parts.into_iter().filter(|part| *part != 0x11A7);
                parts.filter_map(char::from_u32).collect()
            }
            other => other.to_string(),
        }
    }

    fn finds(typed: &str, text: &str) -> bool {
        let all = patterns(typed, &decomposed);
        all.iter().all(|pattern| Regex::new(pattern).expect("a pattern").is_match(text))
    }

    fn found<'t>(typed: &str, text: &'t str) -> &'t str {
        let pattern = patterns(typed, &decomposed).concat();
        Regex::new(&pattern).expect("a pattern").find(text).map_or("", |found| found.as_str())
    }

    #[test]
    fn large_and_small_wide_and_narrow_are_the_same() {
        let same = ["Tutti 3.5", "tutti 3.5", "TUTTI 3.5", "Ｔｕｔｔｉ ３．５"];
        for typed in same {
            for text in same {
                assert!(finds(typed, text), "{typed} in {text}");
            }
        }
        assert!(!finds("tutti 3.5", "tutti 3x5"));
        for same in [["straße", "STRASSE"], ["σοφός", "ΣΟΦΌΣ"], ["москва", "МОСКВА"], ["𐐨", "𐐀"]]
        {
            assert!(finds(same[0], same[1]), "{same:?}");
        }
    }

    #[test]
    fn kana_are_found_in_both_scripts_and_widths() {
        let same = ["がっこうパーティー", "ガッコウパーティー", "ｶﾞｯｺｳﾊﾟｰﾃｨｰ", "か\u{3099}っこうパーティー"];
        for typed in [same[0], same[1], same[2]] {
            for text in same {
                assert!(finds(typed, text), "{typed} in {text}");
            }
        }
        assert!(finds("ｳﾞｧｲｵﾘﾝ", "ヴァイオリン") && finds("ヴァイオリン", "ｳﾞｧｲｵﾘﾝ"));
        assert!(!finds("カ", "ガ") && !finds("は", "ば") && !finds("つ", "っ"));
        assert_eq!(found("ｵｰｹｽﾄﾗ", "そのオーケストラは"), "オーケストラ");
    }

    #[test]
    fn hangul_is_found_while_it_is_written() {
        for typed in ["ㅎ", "하", "한", "한ㄱ", "한그", "한글"] {
            assert!(finds(typed, "오늘의 한글 문서"), "{typed}");
        }
        for typed in ["다", "달", "닭"] {
            assert!(finds(typed, "닭이 우네"), "{typed}");
        }
        // A final goes over to the next syllable, or half of it.
        for (typed, text) in [("한", "하나"), ("닭", "달기"), ("없", "업소"), ("있", "이쓰")] {
            assert!(finds(typed, text), "{typed} in {text}");
        }
        for (typed, text) in [("한", "하루"), ("하", "호"), ("한글", "하글"), ("닭", "다기"), ("ㅎ", "가")]
        {
            assert!(!finds(typed, text), "{typed} in {text}");
        }
        assert_eq!(found("ㅋㅋㅋ", "그래서 ㅋㅋㅋㅋ"), "ㅋㅋㅋ");
    }

    #[test]
    fn letters_in_parts_are_the_same() {
        assert!(finds("café", "CAFE\u{301}") && finds("CAFÉ", "cafe\u{301}"));
        assert!(!finds("café", "cafe"), "accents count");
        let parts: String = "한글".chars().map(decomposed).collect();
        assert!(finds("한글", &parts));
    }

    #[test]
    fn signs_mean_themselves_and_all_words_must_be_there() {
        let signs = r##"a.b*c+d?e(f)g[h]i{j}k|l^m$n\o/p-q"r'#"##;
        assert!(finds(signs, signs));
        assert!(!finds("a.b", "axb") && !finds("[ab]", "a"));
        assert!(finds("two one", "one and two") && !finds("one three", "one and two"));
        assert_eq!(patterns("  ", &decomposed), Vec::<String>::new());
        assert_eq!(patterns("a b c d e f g h i j", &decomposed).len(), MOST_WORDS);
        for letter in (0..0x3_0000).filter_map(char::from_u32) {
            let is_looked_at = letter.is_ascii() || u32::from(letter) % 997 == 0;
            if is_looked_at && !letter.is_whitespace() {
                let text = letter.to_string();
                assert!(finds(&text, &text), "{letter:?}");
            }
        }
    }

    #[test]
    fn patterns_are_short_where_there_is_one_writing() {
        assert_eq!(patterns("1.", &|letter| letter.to_string()), [r"[1１][\.．]"]);
        assert_eq!(patterns("空", &|letter| letter.to_string()), ["空"]);
        assert_eq!(patterns("하", &|letter| letter.to_string()), ["[하-핳]"]);
    }
}
