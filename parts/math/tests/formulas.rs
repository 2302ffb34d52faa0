//! What models write is shown, and nothing but listed elements comes out, whatever goes in.

use tutti_math::{answer, convert, lists, mathml, source, tree};

const FORMULAS: &str = include_str!("formulas.txt");

/// A tree as text: elements with their attributes in brackets.
fn shown(bytes: &[u8]) -> String {
    fn number(bytes: &mut &[u8]) -> usize {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = take(bytes);
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return number;
            }
        }
    }
    fn take(bytes: &mut &[u8]) -> u8 {
        let (first, rest) = bytes.split_first().expect("a whole tree");
        *bytes = rest;
        *first
    }
    fn string<'a>(bytes: &mut &'a [u8]) -> &'a str {
        let length = number(bytes);
        let (text, rest) = bytes.split_at(length);
        *bytes = rest;
        std::str::from_utf8(text).unwrap()
    }
    let (mut rest, mut all, mut open) = (bytes, String::new(), Vec::new());
    while !rest.is_empty() {
        match take(&mut rest) {
            1 => {
                let name = lists::ELEMENTS[usize::from(take(&mut rest))];
                all.push_str(&format!("<{name}"));
                for _ in 0..take(&mut rest) {
                    let attribute = lists::ATTRIBUTES[usize::from(take(&mut rest))];
                    all.push_str(&format!(" {attribute}={}", string(&mut rest)));
                }
                all.push('>');
                open.push(name);
            }
            2 => all.push_str(string(&mut rest)),
            3 => all.push_str(&format!("</{}>", open.pop().expect("an open element"))),
            other => panic!("{other}"),
        }
    }
    assert!(open.is_empty());
    all
}

fn drawn(latex: &str) -> String {
    shown(&convert(latex, true).unwrap_or_else(|wrong| panic!("{latex}: {wrong}")))
}

#[test]
fn a_formula_becomes_a_tree() {
    assert_eq!(drawn(r"\frac{a}{2}"), "<math display=block><mfrac><mi>a</mi><mn>2</mn></mfrac></math>");
    assert_eq!(shown(&convert("x", false).unwrap()), "<math><mi>x</mi></math>");
    assert!(drawn(r"\textcolor{red}{x}").contains("mathcolor=#FF0000"));
    assert!(drawn(r"\begin{aligned} a &= b \end{aligned}").contains("class=right no-right"));
    assert!(drawn(r"\boxed{42}").contains("class=line-left line-top"));
    assert!(drawn(r"\cancel{x}").contains("<mrow class=cancel><mi>x</mi><mrow></mrow></mrow>"));
    assert!(drawn(r"\text{a \textbf{b} < 한}").contains("<mtext><mtext class=bold>b</mtext></mtext>"));
    assert!(drawn(r"x < y").contains("<mo>&lt;</mo>") || drawn("x < y").contains("<mo><</mo>"));
}

/// Formulas of the kinds that models write; what is not shown is named here.
#[test]
fn what_models_write_is_shown() {
    let missing: Vec<&str> = FORMULAS.lines().filter(|latex| convert(latex, true).is_err()).collect();
    assert!(missing.len() <= 19, "of {}: {missing:#?}", FORMULAS.lines().count());
    for latex in [r"\newcommand{\R}{\mathbb{R}} \R", r"\def\R{\mathbb{R}} \R", r"\includegraphics{x.png}"] {
        assert!(missing.contains(&latex), "{latex} defines or loads something");
    }
    for latex in FORMULAS.lines() {
        if let Ok(bytes) = convert(latex, false) {
            shown(&bytes);
        }
    }
}

#[test]
fn what_is_wrong_is_said() {
    assert_eq!(answer(b"\x01x")[0], 0);
    let said = answer(br"0\nonsense");
    assert_eq!(said[0], 1);
    assert!(String::from_utf8_lossy(&said).contains("nonsense"));
    assert_eq!(answer(b""), b"");
    assert_eq!(answer(b"\x01\xff"), b"");
}

#[test]
fn nothing_but_the_lists_comes_out() {
    for markup in [
        "<math><a href=\"javascript:x\">x</a></math>",
        "<math><mi onclick=\"x\">x</mi></math>",
        "<math><mi href=\"x\">x</mi></math>",
        "<math><maction>x</maction></math>",
        "<math><annotation-xml>x</annotation-xml></math>",
        "<math><script>x</script></math>",
        "<math><mi>x</math>",
        "<math><mi>x</mn></math>",
        "<math><mi>x</mi></math><math></math>",
        "<math><math></math></math>",
        "<mi>x</mi>",
        "<math>&bad;</math>",
        "<math><mi",
        "x<math></math>",
        "<math>",
        "",
    ] {
        assert_eq!(tree::encode(markup), None, "{markup}");
    }
    let text = tree::encode("<math style=\"background:url(x)\"><mi class=\"x\">&lt;b&gt;</mi></math>");
    assert_eq!(shown(&text.unwrap()), "<math><mi><b></mi></math>");
    // The converter itself does not escape this one.
    assert!(convert(r"\operatorname{<img src=x onerror=alert(1)>}", true).is_err());
}

#[test]
fn hostile_formulas_end_and_do_not_grow() {
    let shapes = [
        "{".repeat(5_000),
        "}".repeat(5_000),
        r"\frac".repeat(300),
        r"\frac1".repeat(300),
        r"\sqrt".repeat(300),
        r"\left(".repeat(1_000),
        "x^".repeat(3_000),
        "x_{".repeat(60) + &"}".repeat(60),
        "&".repeat(9_000),
        r"\\".repeat(4_000),
        r"\begin{array}{".to_owned() + &"c".repeat(9_000) + "}",
        r"\begin{matrix}".repeat(500),
        r"\text{".repeat(60),
        r"\abs{".repeat(60) + "x" + &"}".repeat(60),
        r"\boxed{".repeat(30) + "x" + &"}".repeat(30),
        r"\def\a{\a\a}\a".to_owned(),
        r"\newcommand{\a}{\a\a}\a".to_owned(),
        "'".repeat(9_000),
        "\u{0}\u{202e}\u{1f600}".repeat(900),
        r"\hspace{99999999999999999999999em}".to_owned(),
        r"\unicode{x110000}\char".to_owned(),
        "%".repeat(9_000),
        "#1#2#3".to_owned(),
        "x".repeat(source::LENGTH + 1),
    ];
    // As deep as the converter recurses with what the bounds let through.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        for shape in &shapes {
            if let Ok(bytes) = convert(shape, true) {
                assert!(bytes.len() < 40 * shape.len() + 1_000, "{}", &shape[..20]);
                shown(&bytes);
            }
            // What comes out of it is not read again.
            let _ = mathml(shape, false);
        }
    });
    thread.unwrap().join().unwrap();
}
