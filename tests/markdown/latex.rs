//! What LaTeX changes; without it the specifications alone say what a text is.

use tutti::markdown::{Options, whole};

use crate::{healing::samples, replay::outline};

#[test]
fn what_latex_changes() {
    let (_, sample) = samples().into_iter().find(|(name, _)| name == "latex.md").expect("the sample");
    let cases = [
        "$x$ and $ x $ and $5 or $10",
        "$$x$$ in words",
        "$a$b",
        "$5-$10, US$5 or US$10",
        "\\(x\\) \\( x \\) \\[x\\] \\(x",
        "\\\\(x\\\\)",
        "`\\(x\\)` and \\(y\\)",
        "*a \\(b* c\\)*",
        "\\(a_{1} + b_{2}\\) _c_",
        "[\\(x\\)](https://a.b/\\(c\\))",
        "\\(a $ b\\)",
        "a \\(b\nc\\) d",
        "a \\(b\n\nc\\) d",
        "    \\(a\\)",
        "<b>\\(a\\)</b>",
        "\\(\\)",
    ];
    let mut report = String::new();
    for text in cases.into_iter().chain([sample.as_str()]) {
        let [without, with] = [false, true].map(|math| outline(&whole(text, Options { math })));
        report.push_str(&format!("{text}\n  without: {without}\n  with:    {with}\n\n"));
    }
    insta::assert_snapshot!(report);
}
