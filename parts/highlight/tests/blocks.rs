//! What is coloured how, in every language; the same ranges however a block grows; nothing without an end.

use std::{collections::BTreeSet, sync::OnceLock};

use tutti_highlight::{
    blocks::{Answer, Blocks, Range},
    classes::Class,
    languages::{self, Language},
    packs::Packer,
};

fn packer() -> &'static Packer {
    static PACKER: OnceLock<Packer> = OnceLock::new();
    PACKER.get_or_init(|| Packer::new().expect("the collection is as it was"))
}

fn blocks(language: &'static Language) -> Blocks {
    let mut blocks = Blocks::default();
    blocks.give(language, &packer().pack(language).expect("every language has a grammar"));
    blocks
}

fn language(name: &str) -> &'static Language {
    languages::find(name).expect("a known language")
}

fn ranges(answer: Answer) -> Vec<Range> {
    match answer {
        Answer::Ranges(ranges) => ranges,
        other => panic!("{other:?}"),
    }
}

fn whole(name: &str, code: &str) -> Vec<Range> {
    let language = language(name);
    ranges(blocks(language).text(1, language, true, code))
}

/// Each coloured piece of text, with its class.
fn coloured(name: &str, code: &str) -> Vec<(String, Class)> {
    let units: Vec<u16> = code.encode_utf16().collect();
    let text = |range: &Range| {
        let text = &units[range.start..range.start + range.length];
        String::from_utf16(text).unwrap().trim_end().to_owned()
    };
    whole(name, code).iter().map(|range| (text(range), range.class)).collect()
}

#[track_caller]
fn check(name: &str, code: &str, expected: &[(&str, Class)]) {
    let found = coloured(name, code);
    for (text, class) in expected {
        assert!(found.iter().any(|(it, is)| it == text && is == class), "{text} in {name}: {found:?}");
    }
}

use Class::{
    Comment, Constant, Deleted, Function, Heading, Inserted, Keyword, Property, String as Quoted, Type,
};

#[test]
fn what_models_write_most_is_coloured() {
    check(
        "rust",
        "// 한글 😀\npub fn main() { let x: Vec<u8> = vec![1, 2]; println!(\"{}\", x); }\n",
        &[("// 한글 😀", Comment), ("fn", Keyword), ("main", Function), ("1", Constant), ("u8", Keyword)],
    );
    check(
        "python",
        "import os\nclass A(B):\n    def f(self, x=1):\n        return not x and f'{os.sep}' # c\n",
        &[("import", Keyword), ("A", Type), ("f", Function), ("not", Keyword), ("# c", Comment)],
    );
    check(
        "js",
        "const f = async (a) => { await go(`x ${a.b} y`); return null; };\n",
        &[("const", Keyword), ("await", Keyword), ("go", Function), ("null", Constant)],
    );
    check(
        "ts",
        "interface A { b: string }\nexport const c: A = { b: 'x' }; // d\n",
        &[("interface", Keyword), ("A", Type), ("'x'", Quoted), ("// d", Comment)],
    );
    check(
        "tsx",
        "const a = <div className=\"b\">{c()}</div>;\n",
        &[("div", Keyword), ("className", Property)],
    );
    check(
        "json",
        "{\"a\": \"b\", \"c\": [1, true]}\n",
        &[("\"a\"", Property), ("\"b\"", Quoted), ("1", Constant)],
    );
    check("yaml", "a: b\n# c\nd: 1\n", &[("a", Property), ("# c", Comment), ("1", Constant)]);
    check("toml", "[a]\nb = \"c\" # d\n", &[("b", Property), ("\"c\"", Quoted), ("# d", Comment)]);
    check(
        "bash",
        "echo \"$HOME\" # c\nif true; then ls; fi\n",
        &[("echo", Function), ("if", Keyword), ("# c", Comment)],
    );
    check(
        "sql",
        "SELECT a FROM b WHERE c = 'd' -- e\n",
        &[("SELECT", Keyword), ("'d'", Quoted), ("-- e", Comment)],
    );
    check(
        "html",
        "<!-- a --><a href=\"b\">c</a><script>let d = 1;</script>\n",
        &[("<!-- a -->", Comment), ("href", Property), ("let", Keyword)],
    );
    check("css", "a { color: red; } /* b */\n", &[("color", Property), ("/* b */", Comment)]);
    check("diff", "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n", &[("-old", Deleted), ("+new", Inserted)]);
    check("md", "# Title\n\ntext `code`\n", &[("Title", Heading)]);
    check(
        "go",
        "func main() { fmt.Println(\"a\") } // b\n",
        &[("func", Keyword), ("main", Function), ("// b", Comment)],
    );
    check(
        "java",
        "public class A { int b() { return 1; } }\n",
        &[("public", Keyword), ("A", Type), ("b", Function)],
    );
    check("kotlin", "fun main() { val a = \"b\" }\n", &[("fun", Keyword), ("\"b\"", Quoted)]);
    check("swift", "func a() -> Int { return 1 }\n", &[("func", Keyword), ("1", Constant)]);
    check("c", "#include <stdio.h>\nint main(void) { return 0; }\n", &[("int", Keyword), ("main", Function)]);
    check("cpp", "template <typename T> class A : public B {};\n", &[("template", Keyword), ("A", Type)]);
    check("c#", "public class A { string B => \"c\"; }\n", &[("public", Keyword), ("\"c\"", Quoted)]);
    check("php", "<?php\nfunction a($b) { return 'c'; }\n", &[("function", Keyword), ("'c'", Quoted)]);
    check("ruby", "def a\n  'b' # c\nend\n", &[("def", Keyword), ("a", Function), ("# c", Comment)]);
    check("dockerfile", "FROM rust:1 AS a\nRUN echo b\n", &[("FROM", Keyword), ("RUN", Keyword)]);
    check("makefile", "a: b\n\techo c # d\n", &[("a", Function)]);
    check("latex", "\\section{a} % b\n", &[("% b", Comment)]);
}

const SAMPLE: &str = "a = \"b\" /* c\n d */ + 'e' # f\n<g h=\"i\">{j: 1}</g> // k\nif (l) { return m(n); } -- o\n@@ -1 +1 @@\n+q\nFROM r AS s\n\\section{t}\n\n# u\n\n한글 😀 \"p\"\n";

#[test]
fn every_language_has_a_pack_that_reads_anything() {
    for language in languages::ALL {
        let code = SAMPLE.repeat(3);
        let found = ranges(blocks(language).text(1, language, true, &code));
        let mut end = 0;
        for range in &found {
            assert!(range.start >= end && range.length > 0, "{}: {found:?}", language.name);
            end = range.start + range.length;
        }
        assert!(end <= code.encode_utf16().count(), "{}", language.name);
        assert!(!found.is_empty(), "{} colours nothing", language.name);
    }
}

#[test]
fn a_block_that_grows_in_any_pieces_of_lines_has_the_same_ranges() {
    for name in ["rust", "html", "tsx", "python", "markdown", "bash"] {
        let language = language(name);
        let code = SAMPLE.repeat(4);
        let all = ranges(blocks(language).text(1, language, true, &code));
        let lines: Vec<&str> = code.split_inclusive('\n').collect();
        let mut blocks = blocks(language);
        for at_once in 1..lines.len() {
            let (mut found, mut units) = (Vec::<Range>::new(), 0);
            for (turn, piece) in lines.chunks(at_once).enumerate() {
                let piece = piece.concat();
                let news = ranges(blocks.text(1, language, turn == 0, &piece));
                found.extend(news.into_iter().map(|range| Range { start: range.start + units, ..range }));
                units += piece.encode_utf16().count();
            }
            assert_eq!(found, all, "{name} in pieces of {at_once} lines");
        }
    }
}

#[test]
fn blocks_know_nothing_of_each_other() {
    let language = language("rust");
    let mut blocks = blocks(language);
    let code = "fn a() {}\n";
    let alone = ranges(blocks.text(1, language, true, code));
    ranges(blocks.text(2, language, true, "/* begun and not ended\n"));
    assert_eq!(ranges(blocks.text(1, language, false, code)), alone);
    assert_ne!(ranges(blocks.text(2, language, false, code)), alone);
}

#[test]
fn a_block_that_was_forgotten_says_so() {
    let rust = language("rust");
    let mut blocks = blocks(rust);
    assert_eq!(blocks.text(1, rust, false, "a\n"), Answer::Forgotten);
    ranges(blocks.text(1, rust, true, "a\n"));
    blocks.forget(1);
    assert_eq!(blocks.text(1, rust, false, "a\n"), Answer::Forgotten);
    for id in 0..300 {
        ranges(blocks.text(id, rust, true, "a\n"));
    }
    let known = (0..300).filter(|id| blocks.text(*id, rust, false, "a\n") != Answer::Forgotten);
    assert_eq!(known.collect::<Vec<_>>(), (44..300).collect::<Vec<_>>(), "the last 256 are known");
    assert!(matches!(blocks.text(1, language("go"), true, "a\n"), Answer::Needs(it) if it.name == "go"));
}

/// None may take long; that it ends at all is what a test can see.
#[test]
fn hostile_text_ends() {
    let shapes: Vec<String> = vec![
        "x".repeat(1 << 20),
        "(".repeat(100_000) + "\n",
        "([{<".repeat(450) + "\n",
        "((((((((((((((((((((((((((((((((((((((((\n".repeat(1_000),
        "<a ".repeat(600) + "\n",
        ("a".repeat(1_900) + "!\n").repeat(3),
        (" ".repeat(1_900) + "x\n").repeat(3),
        ("\\".repeat(1_900) + "\n").repeat(3),
        ("\"".repeat(1_901) + "\n").repeat(3),
        ("${".repeat(900) + "\n").repeat(3),
        ("`${".repeat(500) + "\n").repeat(20),
        ("a<b<".repeat(400) + "\n").repeat(3),
        ("async (a, ".repeat(150) + "\n").repeat(3),
        "\u{feff}\u{202e}\0\u{1f600}\r\n".repeat(200),
        "/*".repeat(900) + "\n",
        "r####\"".repeat(200) + "\n",
    ];
    for name in
        ["rust", "typescript", "tsx", "javascript", "python", "html", "php", "cpp", "markdown", "bash"]
    {
        let language = language(name);
        let mut blocks = blocks(language);
        for shape in &shapes {
            ranges(blocks.text(1, language, true, shape));
        }
    }
}

#[test]
fn a_line_too_long_to_read_stays_plain_and_the_next_one_does_not() {
    let code = format!("let a = \"{}\";\nlet b = 1;\n", "x".repeat(3_000));
    let found = whole("rust", &code);
    assert!(found.iter().all(|range| range.start > 3_000), "{found:?}");
    assert!(found.iter().any(|range| range.class == Keyword));
}

#[test]
fn the_packs_stay_small() {
    let sizes: Vec<(usize, &str)> =
        languages::ALL.iter().map(|it| (packer().pack(it).unwrap().len(), it.name)).collect();
    let heavy: BTreeSet<_> = sizes.iter().filter(|(size, _)| *size > 110_000).collect();
    assert_eq!(heavy, BTreeSet::new(), "bytes, of one language");
    println!("{sizes:?}");
}
