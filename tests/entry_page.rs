//! The page before the program runs: whom it may call, and what it says where the program cannot start.

use std::collections::{BTreeMap, BTreeSet};

use tutti::model::{catalog, provider::Place};

const PAGE: &str = include_str!("../index.html");
const BOOT: &str = include_str!("../boot.js");
const STYLE: &str = include_str!("../style/main.css");
const README: &str = include_str!("../README.md");

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no {after} behind {before}")).0
}

/// Each directive of the page's policy, with its sources.
fn policy() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let directives = between(PAGE, "http-equiv=\"Content-Security-Policy\" content=\"", "\"").split(';');
    directives
        .map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            (words.next().unwrap_or_default(), words.collect())
        })
        .collect()
}

#[test]
fn the_page_may_call_the_hosts_of_the_catalogue_and_this_computer_and_nobody_else() {
    let mut expected: BTreeSet<String> = catalog::all()
        .iter()
        .filter(|provider| provider.place == Place::Cloud && !provider.needs_base_url())
        .map(|provider| provider.base_url.origin().to_string())
        .collect();
    assert!(expected.len() > 15, "the catalogue was not read");
    expected.insert("'self'".to_owned());
    // Each customer of Azure has a host of their own.
    assert!(catalog::find("azure").is_some_and(|azure| azure.needs_base_url()));
    expected.insert("https://*.openai.azure.com".to_owned());
    for scheme in ["http", "https"] {
        expected.extend([format!("{scheme}://localhost:*"), format!("{scheme}://127.0.0.1:*")]);
    }
    let allowed: BTreeSet<String> =
        policy()["connect-src"].iter().map(|source| (*source).to_owned()).collect();
    assert_eq!(allowed, expected);
}

#[test]
fn servers_of_ones_own_computer_are_among_those_that_may_be_called() {
    for provider in catalog::all().iter().filter(|provider| provider.place == Place::Local) {
        let origin = provider.base_url.origin();
        assert!(origin.is_loopback() && origin.as_str().starts_with("http://localhost:"), "{origin}");
    }
}

#[test]
fn the_page_may_do_nothing_but_what_it_needs() {
    let mut policy = policy();
    policy.remove("connect-src");
    let expected = [
        ("default-src", &["'none'"][..]),
        ("script-src", &["'self'", "'wasm-unsafe-eval'"]),
        ("style-src", &["'self'"]),
        ("img-src", &["data:"]),
        // Workers made of the page's own texts, which its policy binds too; and the one that keeps the page,
        // which no policy can name by its file.
        ("worker-src", &["'self'", "blob:"]),
        ("base-uri", &["'none'"]),
        ("form-action", &["'none'"]),
        ("object-src", &["'none'"]),
    ];
    let expected = expected.map(|(name, sources)| (name, sources.iter().copied().collect()));
    assert_eq!(policy, BTreeMap::from(expected));
    // What stands before the policy is not bound by it.
    let before = between(PAGE, "<head>", "http-equiv=\"Content-Security-Policy\"");
    assert!(!before.contains("<link") && !before.contains("<script"));
}

#[test]
fn nothing_in_the_page_is_inline() {
    assert!(!PAGE.contains("<script") && !PAGE.contains("<style") && !PAGE.contains(" style="));
    // Neither would a handler in an attribute run.
    assert!(
        !PAGE.split(" on").skip(1).any(|rest| rest.trim_start_matches(char::is_alphabetic).starts_with('='))
    );
}

/// What is said where the program does not start, for each reason.
fn sentences(reason: &str) -> &'static str {
    between(PAGE, &format!("<div class=\"{reason}\">"), "</div>")
}

#[test]
fn each_reason_is_told_in_three_languages() {
    let noscript = between(PAGE, "<noscript>", "</noscript>");
    for told in [sentences("lost"), sentences("old"), sentences("file"), noscript] {
        for paragraph in ["<p>", "<p lang=\"ko\">", "<p lang=\"ja\">"] {
            assert_eq!(told.matches(paragraph).count(), 1, "{paragraph} in {told}");
        }
    }
    for reason in ["lost", "old", "file"] {
        assert!(BOOT.contains(&format!("give_up(\"{reason}\")")), "nobody says {reason}");
    }
    assert_eq!(sentences("lost").matches("<a href=\"\">").count(), 3);
}

#[test]
fn the_oldest_browsers_are_the_same_wherever_they_are_named() {
    let named = |text: &str| {
        ["Edge", "Firefox", "Safari"].map(|browser| {
            let version = text.split_once(&format!("{browser} ")).expect(browser).1;
            version
                .split(|c: char| !c.is_ascii_digit() && c != '.')
                .next()
                .map(|v| v.trim_end_matches('.').to_owned())
        })
    };
    let oldest = named(sentences("old"));
    assert_eq!(oldest, ["123", "121", "17.5"].map(|version| Some(version.to_owned())));
    for line in sentences("old").lines().filter(|line| line.contains("<p")) {
        assert_eq!(named(line), oldest, "{line}");
    }
    assert_eq!(named(between(README, "## Browsers", "\n## ")), oldest);
}

/// What older browsers lack breaks the page only where it is not asked for first.
#[test]
fn what_the_style_needs_is_asked_for_before_the_program_starts() {
    for (used, question) in [("light-dark(", "light-dark("), (":has(", "selector(:has(")] {
        assert!(!STYLE.contains(used) || BOOT.contains(question), "boot.js does not ask for {used}");
    }
    // Without boot.js, the sentences appear by themselves after a while, and not before.
    assert!(STYLE.contains("#cannot-start { animation: appear 0s 8s backwards; }"));
    assert!(STYLE.contains("@keyframes appear { from { visibility: hidden; } }"));
}

/// A browser that cannot read boot.js shows every sentence, also those that do not apply.
#[test]
fn the_loader_is_written_in_old_words() {
    let code: String = BOOT.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    for new in ["=>", "`", "const ", "let ", "async", "await", "?.", "??", "...", "class "] {
        assert!(!code.contains(new), "{new}");
    }
}
