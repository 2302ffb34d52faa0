//! What models write and the converter does not know, in words that it knows.

/// Longer formulas, in bytes, stay source.
pub const LENGTH: usize = 10_000;

/// Deeper nesting, in braces and environments, than anybody writes.
const DEPTH: usize = 64;

/// `#1` is the first argument. None names another of them, or uses an argument twice.
pub const MACROS: &[(&str, &str)] = &[
    ("Large", ""),
    ("LARGE", ""),
    ("large", ""),
    ("small", ""),
    ("tiny", ""),
    ("abs", r"\left|#1\right|"),
    ("bcancel", r"\cancel{#1}"),
    // The style sheet closes the box at its foot.
    ("boxed", r"\begin{array}{|c|}\hline \displaystyle #1\end{array}"),
    ("colorbox", "{#2}"),
    ("degree", r"{}^{\circ}"),
    ("href", "{#2}"),
    ("mathclap", "{#1}"),
    ("mathllap", "{#1}"),
    ("mathnormal", "{#1}"),
    ("mathrlap", "{#1}"),
    ("norm", r"\left\|#1\right\|"),
    ("overparen", r"\overset{\frown}{#1}"),
    ("pmb", r"\boldsymbol{#1}"),
    ("smash", "{#1}"),
    ("substack", r"\begin{matrix}#1\end{matrix}"),
    ("textcolor", r"{\color{#1} #2}"),
    ("underparen", r"\underset{\smile}{#1}"),
    ("vcenter", "{#1}"),
];

/// Environments, each with one that shows the same.
const ENVIRONMENTS: &[(&str, &str)] = &[
    ("alignat*", "aligned"),
    ("alignat", "aligned"),
    ("alignedat", "aligned"),
    ("eqnarray*", "aligned"),
    ("eqnarray", "aligned"),
    ("multline*", "gathered"),
    ("multline", "gathered"),
    ("smallmatrix", "matrix"),
    ("split", "aligned"),
];

/// Those that number their lines. A formula in an answer is referred to only when it has a `\tag`.
const NUMBERED: &[&str] = &["align", "equation", "gather"];

/// # Errors
/// What is wrong with the formula, in English.
pub fn prepared(latex: &str) -> Result<String, String> {
    if latex.len() > LENGTH {
        return Err(format!("Formulas of more than {LENGTH} bytes are not shown."));
    }
    if depth(latex) > DEPTH {
        return Err(format!("Formulas nested deeper than {DEPTH} are not shown."));
    }
    let mut text = latex.trim().to_owned();
    for command in [r"\label", r"\require"] {
        while let Some((before, _, after)) = argument(&text, command) {
            text = [before, after].concat();
        }
    }
    for (from, to) in ENVIRONMENTS {
        // How many pairs of columns there are is seen anyway.
        let counted = from.contains("at");
        while counted && let Some((before, after)) = text.split_once(&format!("\\begin{{{from}}}{{")) {
            let after = after.split_once('}').map_or("", |(_, after)| after);
            text = format!("{before}\\begin{{{to}}}{after}");
        }
        text = text.replace(&format!("{{{from}}}"), &format!("{{{to}}}"));
    }
    if !NUMBERED.iter().any(|name| text.contains(&format!("{{{name}}}"))) {
        let mut tags = String::new();
        while let Some((before, tag, after)) = argument(&text, r"\tag*").or_else(|| argument(&text, r"\tag"))
        {
            tags.push_str(&format!(r"\qquad\text{{({tag})}}"));
            text = [before, after].concat();
        }
        text.push_str(&tags);
    } else if !text.contains(r"\tag") {
        for name in NUMBERED {
            text = text.replace(&format!("{{{name}}}"), &format!("{{{name}*}}"));
        }
    }
    Ok(text)
}

/// What is before `\command{argument}`, the argument, and what is behind it; the first one counts.
fn argument<'a>(text: &'a str, command: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let (before, after) = text.split_once(&format!("{command}{{"))?;
    let (argument, after) = after.split_once('}')?;
    Some((before, argument, after))
}

fn depth(latex: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = latex;
    while let Some(first) = rest.chars().next() {
        let taken = if rest.starts_with(r"\begin") || rest.starts_with(r"\left") {
            depth += 1;
            2
        } else if rest.starts_with(r"\end") || rest.starts_with(r"\right") {
            depth = depth.saturating_sub(1);
            2
        } else {
            match first {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            match first {
                // What is behind it is no brace, but a sign.
                '\\' => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
                _ => first.len_utf8(),
            }
        };
        deepest = deepest.max(depth);
        rest = rest.get(taken..).unwrap_or_default();
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(latex: &str, expected: &str) {
        assert_eq!(prepared(latex).as_deref(), Ok(expected));
    }

    #[test]
    fn what_is_not_known_is_said_in_other_words() {
        check(r" x = 1 \tag{2} ", r"x = 1 \qquad\text{(2)}");
        check(r"\begin{align} a \tag{2} \end{align}", r"\begin{align} a \tag{2} \end{align}");
        check(r"\begin{align} a \end{align}", r"\begin{align*} a \end{align*}");
        check(r"\begin{alignat}{2} a &= b \end{alignat}", r"\begin{aligned} a &= b \end{aligned}");
        check(r"\label{eq:1} \begin{split} a \end{split}", r" \begin{aligned} a \end{aligned}");
    }

    #[test]
    fn length_and_depth_are_bounded() {
        assert!(prepared(&"x".repeat(LENGTH)).is_ok());
        assert!(prepared(&"x".repeat(LENGTH + 1)).is_err());
        assert_eq!(depth(r"\{ {a} \left( {b} \right) \\{c}"), 2);
        assert!(prepared(&"{".repeat(DEPTH)).is_ok());
        assert!(prepared(&"{".repeat(DEPTH + 1)).is_err());
        assert!(prepared(&r"\left(".repeat(DEPTH + 1)).is_err());
    }

    #[test]
    fn no_macro_can_grow() {
        for (name, body) in MACROS {
            for argument in ["#1", "#2"] {
                assert!(body.matches(argument).count() <= 1, "{name}");
            }
            for (other, _) in MACROS {
                assert!(!body.contains(&format!("\\{other}{{")), "{name} names {other}");
            }
        }
    }
}
