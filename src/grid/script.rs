//! What language a text is in, as far as its script tells.

/// The BCP 47 tag of Korean, Japanese or Chinese; `None` for scripts that many languages share.
pub fn language(text: &str) -> Option<&'static str> {
    let (mut hangul, mut kana, mut han, mut other) = (0, 0, 0, 0);
    for c in text.chars() {
        match c {
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}' => hangul += 1,
            '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9d}' => kana += 1,
            '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => han += 1,
            c if c.is_alphabetic() => other += 1,
            _ => {}
        }
    }
    // A word of such a script stands for several letters of another.
    let is_east_asian = (hangul + kana + han) * 3 >= other && hangul + kana + han > 0;
    match is_east_asian {
        false => None,
        true if hangul > kana + han => Some("ko"),
        // Every Japanese sentence has kana in it.
        true if kana * 10 > han => Some("ja"),
        true if hangul * 2 > han => Some("ko"),
        true => Some("zh"),
    }
}

#[cfg(test)]
mod tests {
    use super::language;

    #[test]
    fn scripts_tell_their_language() {
        for (text, expected) in [
            ("", None),
            ("Why is the sky blue?", None),
            ("하늘은 왜 파란가요?", Some("ko")),
            ("空はなぜ青いのですか", Some("ja")),
            ("天空为什么是蓝色的", Some("zh")),
            ("데이터(data)는 JSON 형식의 응답입니다", Some("ko")),
            ("The word 하늘 means sky, and nothing else in this long sentence", None),
            ("東京タワー", Some("ja")),
            ("12 🎵 …", None),
        ] {
            assert_eq!(language(text), expected, "{text}");
        }
    }
}
