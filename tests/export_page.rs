//! The file that shows a comparison: whatever is in it, read as browsers read, it holds nothing but what it should.

mod common;
#[path = "common/comparisons.rs"]
mod comparisons;
#[path = "common/export_words.rs"]
mod export_words;

use std::{collections::BTreeMap, fs};

use common::{Random, fixtures};
use comparisons::whole;
use html5ever::{parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tutti::{
    export::html::{STYLE, STYLE_HASH, Words, write},
    grid::{
        comparison::{
            Comparison, Id,
            reply::End,
            round::{Attachment, FileInfo, Prompt},
        },
        record::Whole,
        settings::PanelSettings,
    },
    model::{
        answer::Answer,
        catalog,
        error::{ApiError, ErrorClass},
    },
};

const WORDS: Words<'static> = Words {
    language: "en",
    common: export_words::WORDS,
    reasoning: "Reasoning",
    table: "Table",
    done: "done",
    to_do: "to do",
};

/// The elements that may be there, each with the attributes that it may have.
const ALLOWED: &[(&str, &[&str])] = &[
    ("html", &["lang"]),
    ("head", &[]),
    ("meta", &["charset", "http-equiv", "content", "name"]),
    ("title", &[]),
    ("style", &[]),
    ("body", &[]),
    ("section", &[]),
    ("article", &[]),
    ("h1", &["dir"]),
    ("h2", &[]),
    ("h3", &["dir"]),
    ("h4", &["dir"]),
    ("h5", &["dir"]),
    ("h6", &["dir", "aria-level"]),
    ("div", &["class", "dir", "role", "tabindex", "aria-label"]),
    ("p", &["class", "dir"]),
    ("span", &["class", "dir", "role", "aria-label", "title"]),
    ("details", &[]),
    ("summary", &["dir"]),
    ("blockquote", &[]),
    ("ul", &["class"]),
    ("ol", &["class", "start"]),
    ("li", &["dir"]),
    ("pre", &["dir", "tabindex"]),
    ("code", &["dir"]),
    ("table", &[]),
    ("thead", &[]),
    ("tbody", &[]),
    ("tr", &[]),
    ("th", &["class", "dir"]),
    ("td", &["class", "dir"]),
    ("em", &[]),
    ("strong", &[]),
    ("del", &[]),
    ("a", &["href", "title", "target", "rel"]),
    ("br", &[]),
    ("hr", &[]),
    ("sup", &[]),
    ("bdi", &[]),
    ("img", &["alt", "src"]),
];

/// Everything that somebody else wrote says this.
fn said(text: &str) -> Whole {
    let mut comparison = Comparison::new(Id(3), 5);
    comparison.name = text.to_owned();
    let settings = |model: &str| PanelSettings::new(catalog::find("openai").unwrap(), model);
    let columns = [comparison.add_column(settings(text)), comparison.add_column(settings("other"))];
    let picture = comparison.add_file(FileInfo::image(text, "image/png")).unwrap();
    let odd = comparison.add_file(FileInfo::image(text, text)).unwrap();
    let notes = comparison.add_file(FileInfo::text(text, text, text)).unwrap();
    let attachments = [picture, odd, notes].map(Attachment::File).to_vec();
    let prompt = Prompt { attachments, ..Prompt::text(text) };
    let round = comparison.ask(None, prompt, &columns).unwrap();
    let mut answers = BTreeMap::new();
    for (column, end) in columns.into_iter().zip([End::Finished, End::Failed]) {
        let id = comparison.begin(round, column, Vec::new(), None).unwrap();
        let answer = Answer { text: text.to_owned(), reasoning: vec![text.to_owned()], ..Answer::default() };
        let reply = comparison.reply_mut(id).unwrap();
        reply.over(end, &answer);
        reply.note = text.to_owned();
        reply.error = Some(Box::new(ApiError::new(ErrorClass::Server, text)));
        answers.insert(id, answer);
    }
    let quoted = *answers.keys().next().unwrap();
    let quote = Attachment::Answer { of: quoted, by: text.to_owned(), text: text.to_owned() };
    let follow_up = Prompt { attachments: vec![quote], ..Prompt::text(text) };
    comparison.ask(Some(round), follow_up, &columns);
    let files = [(picture, "aGk=".to_owned()), (odd, "aGk=".to_owned()), (notes, text.to_owned())];
    Whole { comparison, answers, files: BTreeMap::from(files) }
}

fn parse(html: &str) -> RcDom {
    parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(html)
}

fn each(node: &Handle, see: &mut dyn FnMut(&Handle)) {
    see(node);
    node.children.borrow().iter().for_each(|child| each(child, see));
}

fn text_of(node: &Handle) -> String {
    let mut text = String::new();
    each(node, &mut |node| {
        if let NodeData::Text { contents } = &node.data {
            text.push_str(&contents.borrow());
        }
    });
    text
}

/// Why a file may not be as it is.
fn faults(html: &str) -> Vec<String> {
    let dom = parse(html);
    // Nothing closes what it should not, and no parser puts anything elsewhere. Characters that no document
    // should hold, such as U+FFFE, mean nothing.
    let errors = dom.errors.borrow();
    let errors = errors.iter().filter(|error| !error.contains("Bad character"));
    let mut faults: Vec<String> = errors.map(|error| format!("it is no HTML: {error}")).collect();
    let mut styles = Vec::new();
    each(&dom.document, &mut |node| match &node.data {
        NodeData::Element { name, attrs, .. } => {
            let tag = &*name.local;
            if &*name.ns != "http://www.w3.org/1999/xhtml" {
                faults.push(format!("<{tag}> of {}", name.ns));
            }
            let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == tag) else {
                return faults.push(format!("<{tag}>"));
            };
            for attribute in attrs.borrow().iter() {
                let (name, value) = (&*attribute.name.local, &*attribute.value);
                let is_good = match name {
                    "href" => ["http://", "https://", "mailto:"]
                        .iter()
                        .any(|scheme| value.to_ascii_lowercase().starts_with(scheme)),
                    "src" => value.starts_with("data:image/png;base64,"),
                    "content" => !value.contains("http") && !value.contains("refresh"),
                    "rel" => value == "noopener noreferrer nofollow",
                    "target" => value == "_blank",
                    _ => true,
                };
                if !allowed.contains(&name) || !is_good {
                    faults.push(format!("<{tag} {name}={value:?}>"));
                }
            }
            if tag == "style" {
                styles.push(text_of(node));
            }
        }
        NodeData::Comment { contents } => faults.push(format!("a comment: {contents}")),
        NodeData::ProcessingInstruction { .. } => faults.push("an instruction".to_owned()),
        _ => {}
    });
    if styles != [STYLE] {
        faults.push(format!("{} styles", styles.len()));
    }
    faults
}

fn check(text: &str) {
    let html = write(&said(text), &WORDS);
    assert_eq!(faults(&html), Vec::<String>::new(), "{text:?}");
    // What was asked can be read as it was written.
    let mut asked = Vec::new();
    each(&parse(&html).document, &mut |node| {
        if let NodeData::Element { attrs, .. } = &node.data
            && attrs.borrow().iter().any(|it| &*it.name.local == "class" && &*it.value == "asked")
        {
            asked.push(node.children.borrow().last().map(text_of).unwrap_or_default());
        }
    });
    let is_lost = |c: char| c.is_control() && !matches!(c, '\t' | '\n');
    let expected = text.replace("\r\n", "\n").replace('\r', "\n").replace(is_lost, "\u{fffd}");
    assert_eq!(asked, [expected.clone(), expected], "{text:?}");
}

#[test]
fn the_policy_names_the_style() {
    use std::fmt::Write;
    let digest = Sha256::digest(STYLE);
    let expected = digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    assert_eq!(hex_of(STYLE_HASH), expected, "change STYLE_HASH with the style");
    assert!(!STYLE.contains("</") && !STYLE.contains("url("));
}

/// Of base64.
fn hex_of(text: &str) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String = text
        .trim_end_matches('=')
        .chars()
        .map(|c| format!("{:06b}", LETTERS.find(c).expect("base64")))
        .collect();
    let bits = bits.as_bytes().chunks_exact(4);
    bits.map(|four| format!("{:x}", u8::from_str_radix(std::str::from_utf8(four).unwrap(), 2).unwrap()))
        .collect()
}

#[test]
fn what_would_mean_something_in_html_means_nothing() {
    for text in [
        "",
        "</title></style></script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "<!--",
        "-->",
        "<![CDATA[",
        "<?xml?>",
        "]]>",
        "</textarea></pre></code></template></svg></math>",
        "<plaintext>",
        "`</code><script>`",
        "```\"><script>\n</pre><script>alert(1)</script>\n```",
        "[a](javascript:alert(1)) [b](data:text/html,x) [c](//evil.example) [d](https://a.example/\"onclick=x)",
        "[a](https://a.example/<script>) <https://a.example/'x'>",
        "![a](https://evil.example/?q=SECRET \"t\\\" onload=x\")",
        "[![a [b](https://b.example) c](https://evil.example/a.png)](https://ok.example)",
        "![[[a](https://a.example)](https://b.example)](https://c.example)",
        "| a | b |\n|:-:|--:|\n| <td> | </table> |",
        "- [x] done\n- [ ] <b>not\n\n  <div>\n\n1. one\n\n7) seven",
        "text <b onclick=x>html</b> <div> inside\n\n<div>\n<p>\n\nafter",
        "$x < y$ and $$</code>$$ and \\[ a \\]",
        "[^1]\n\n[^1]: note </div>",
        "[^\"><script>]\n\n[^\"><script>]: note",
        "# one\n###### six\n> quote\n>> deeper",
        "a\u{0}b\u{1}c\u{b}d\u{7f}e\u{85}f",
        "a\rb\r\nc",
        "\n\nfirst lines are empty",
        "\u{202e}right to left\u{2066}",
        "\u{fdd0}\u{fffe}\u{feff}",
        "&amp; &lt; &#60; &quot",
    ] {
        check(text);
    }
    check(&">".repeat(400));
    check(&"- ".repeat(400));
    check(&"**a ".repeat(3000));
}

#[test]
fn texts_of_the_corpora_stay_texts() {
    let Some(folder) = fixtures().map(|folder| folder.join("corpora")) else {
        println!("no folder of fixtures: the corpus is skipped");
        return;
    };
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("a corpus");
    let cases: Value = serde_json::from_str(&read("llm-output/cases.json")).expect("JSON");
    let cases = cases.as_array().expect("a list").iter().filter_map(|case| case["input"].as_str());
    let naughty: Value = serde_json::from_str(&read("blns/blns.json")).expect("JSON");
    let naughty = naughty.as_array().expect("a list").iter().filter_map(Value::as_str);
    let examples = ["markdown-it/xss.txt", "markdown-it/linkify.txt"].map(read);
    let pieces =
        examples.iter().flat_map(|text| text.split("\n.\n")).chain(examples.iter().map(String::as_str));
    let texts: Vec<&str> = cases.chain(naughty).chain(pieces).collect();
    assert!(texts.len() > 500, "{}", texts.len());
    texts.into_iter().for_each(check);
}

#[test]
fn it_shows_what_the_page_shows() {
    let html =
        write(&said("**bold** `code` $x^2$ [link](https://a.example/)\n\n| a |\n|---|\n| b |"), &WORDS);
    for piece in [
        "<strong>bold</strong> <code>code</code>",
        "<span class=\"math\"><code dir=\"ltr\">x^2</code></span>",
        "<a href=\"https://a.example/\" title=\"https://a.example/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">link</a>",
        "<thead><tr><th dir=\"auto\">a</th></tr></thead><tbody><tr><td dir=\"auto\">b</td></tr></tbody>",
        "<img alt=",
        "<p class=\"end\" dir=\"auto\">Failed **bold**",
    ] {
        assert!(html.contains(piece), "{piece} is not in {html}");
    }
    let policy = "default-src &#39;none&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;; img-src data:; style-src &#39;sha256-";
    assert!(html.contains(policy), "{html}");
    let image = write(&said("![a cat](https://cats.example/x.png)"), &WORDS);
    assert!(image.contains("<span class=\"image\">a cat (<bdi>cats.example</bdi>)</span>"), "{image}");
    assert!(!image.contains("cats.example/x.png\""), "{image}");
}

#[test]
fn what_is_wrong_is_found() {
    let html = write(&said("x"), &WORDS);
    for wrong in
        ["<script></script>", "<p onclick=x>a</p>", "<a href=javascript:x>a</a>", "<!--a-->", "</div>"]
    {
        let html = html.replacen("</article>", &[wrong, "</article>"].concat(), 1);
        assert!(!faults(&html).is_empty(), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_comparison_can_be_shown(seed in any::<u64>()) {
        let html = write(&whole(&mut Random(seed)), &WORDS);
        prop_assert_eq!(faults(&html), Vec::<String>::new());
    }
}
