//! What becomes a link, and where it leads.

use std::fs;

use serde_json::Value;
use tutti::markdown::{Destination, Kind, Node, Options, whole};

use crate::{common::fixtures, replay::outline};

fn read(text: &str) -> Vec<Node> {
    whole(text, Options::default())
}

fn links(nodes: &[Node], all: &mut Vec<(String, Destination)>) {
    for node in nodes {
        if let Kind::Link { to } = &node.kind {
            all.push((outline(&node.children), to.clone()));
        }
        links(&node.children, all);
    }
}

/// The addresses of all links.
fn addresses(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    links(&read(text), &mut all);
    let address = |(_, to)| match to {
        Destination::Open { url, .. } | Destination::Mail(url) => url,
        Destination::Inert => "inert".to_owned(),
    };
    all.into_iter().map(address).collect()
}

#[test]
fn addresses_without_markup_become_links() {
    let cases: [(&str, &[&str]); 18] = [
        ("See https://a.b/c_d?e=f.", &["https://a.b/c_d?e=f"]),
        (
            "(https://en.wikipedia.org/wiki/Rust_(language)), yes",
            &["https://en.wikipedia.org/wiki/Rust_(language)"],
        ),
        ("www.example.com/a, b", &["http://www.example.com/a"]),
        ("www.", &[]),
        ("awww.example.com", &[]),
        (
            "me@example.com and you+all@ex-ample.org.",
            &["mailto:me@example.com", "mailto:you+all@ex-ample.org"],
        ),
        ("a@b", &[]),
        ("`https://a.b`", &[]),
        ("    https://a.b", &[]),
        ("<b title=\"https://a.b\">https://c.d</b>", &["https://c.d"]),
        ("[https://a.b](https://c.d)", &["https://c.d"]),
        ("**https://a.b**", &["https://a.b"]),
        ("javascript://a.b%0aalert(1)", &[]),
        ("ftp://a.b", &[]),
        ("https://a_b.c", &[]),
        ("https://a.b&amp;hl; https://x.y&hl;", &["https://a.b", "https://x.y"]),
        ("- 참고:https://a.b/길\n", &["https://a.b/길"]),
        ("| www.a.bc |\n|---|\n| x@y.z |\n", &["http://www.a.bc", "mailto:x@y.z"]),
    ];
    for (text, expected) in cases {
        assert_eq!(addresses(text), expected, "{text:?}");
    }
}

#[test]
fn only_harmless_addresses_open() {
    for inert in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "/relative",
        "relative",
        "#fragment",
        "//host/path",
        "https:host",
        "https:\\\\host",
        "https://",
        "https://a b/",
        "https://%00/",
        "http://[x]/",
        "mailto:",
        "",
        "blob:https://a.b/x",
    ] {
        assert_eq!(Destination::new(inert), Destination::Inert, "{inert:?}");
    }
    let open = |address: &str| match Destination::new(address) {
        Destination::Open { url, host_shown } => (url, host_shown),
        other => panic!("{address:?}: {other:?}"),
    };
    assert_eq!(open(" ht\ntps://a.b/c d "), ("https://a.b/c d".to_owned(), None));
    assert_eq!(open("HTTP://Example.COM:80/x").1, None);
    assert_eq!(open("https://[::1]:80/").1, None);
    assert_eq!(open("https://пример.испытание/").1.as_deref(), Some("xn--e1afmkfd.xn--80akhbyknj4f"));
    assert_eq!(open("https://bücher.example").1.as_deref(), Some("xn--bcher-kva.example"));
    assert_eq!(open("https://例え。テスト/").1.as_deref(), Some("xn--r8jz45g.xn--zckzah"));
    assert_eq!(open("https://good.example@evil.example/").1.as_deref(), Some("evil.example"));
    assert_eq!(open("https://good.example\\@evil.example/").1, None);
    assert_eq!(Destination::new("https://good.example\\@evil.example/").host(), Some("good.example"));
    assert_eq!(open("https://%65vil.example/").1.as_deref(), Some("evil.example"));
    assert_eq!(open("https://ｅvil.example/").1.as_deref(), Some("evil.example"));
    assert_eq!(Destination::new("MailTo:a@b.c"), Destination::Mail("MailTo:a@b.c".to_owned()));
}

#[test]
fn the_first_definition_counts_and_labels_fold() {
    assert_eq!(addresses("[ẞ] [SS]\n\n[ss]: https://a.b\n[SS]: https://c.d\n"), ["https://a.b"; 2]);
    assert_eq!(addresses("[a]\n\n[a]: javascript:x\n"), ["inert"]);
}

#[test]
fn hostile_links_of_the_corpus_lead_nowhere() {
    let Some(folder) = fixtures() else {
        println!("no folder of fixtures: the corpus is skipped");
        return;
    };
    let cases = fs::read_to_string(folder.join("corpora/llm-output/cases.json")).expect("cases");
    let cases: Value = serde_json::from_str(&cases).expect("JSON");
    let mut texts: Vec<_> = cases
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|case| case["input"].as_str())
        .map(str::to_owned)
        .collect();
    texts.push(fs::read_to_string(folder.join("corpora/markdown-it/xss.txt")).expect("xss.txt"));
    assert!(texts.len() > 50);
    for text in texts {
        let mut all = Vec::new();
        links(&read(&text), &mut all);
        for (_, to) in all {
            let url = match to {
                Destination::Open { url, .. } | Destination::Mail(url) => url.to_ascii_lowercase(),
                Destination::Inert => continue,
            };
            assert!(["http://", "https://", "mailto:"].iter().any(|scheme| url.starts_with(scheme)), "{url}");
            assert!(!url.contains(['\n', '\t', '\r']), "{url:?}");
        }
    }
}
