//! Accessibility by the rules of axe-core, which the driver puts into the page: the page's own
//! policy lets no foreign script in.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::json;

use crate::Result;
use crate::browser::Browser;

/// WCAG 2.2 at the levels A and AA, and what axe-core calls best practice.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

#[derive(Debug, Deserialize)]
struct Finding {
    rule: String,
    help: String,
    places: Vec<Place>,
}

#[derive(Debug, Deserialize)]
struct Place {
    target: String,
    html: String,
    remedy: String,
}

/// Fails with every rule that the page breaks at this moment, where, and how to mend it.
pub async fn check_accessibility(browser: &Browser, moment: &str) -> Result {
    let source = std::fs::read_to_string(source_file()?)?;
    // In one script, since each may run in a scope of its own.
    let script = format!(
        "{source}
        const answer = await axe.run(document, {{
            runOnly: args.rules,
            resultTypes: ['violations'],
            // It would fetch the style sheets a second time.
            preload: false,
        }});
        // Which headings follow which is the model's own choice.
        const isTheirs = (rule, node) => rule.id === 'heading-order'
            && document.querySelector(node.target[0])?.closest('.prose');
        for (const rule of answer.violations) rule.nodes = rule.nodes.filter((node) => !isTheirs(rule, node));
        const found = answer.violations.filter((rule) => rule.nodes.length);
        return found.map((rule) => ({{
            rule: rule.id,
            help: `${{rule.help}} (${{rule.impact}})`,
            places: rule.nodes.map((node) => ({{
                target: node.target.flat().join(' '),
                html: node.html.slice(0, 300),
                remedy: node.failureSummary,
            }})),
        }}));"
    );
    let findings: Vec<Finding> = browser.read_later(&script, json!({"rules": RULES})).await?;
    if findings.is_empty() {
        return Ok(());
    }
    let mut said = format!("axe-core found {} broken rules at {moment:?}", findings.len());
    for finding in &findings {
        said += &format!("\n{}: {}", finding.rule, finding.help);
        for place in &finding.places {
            said += &format!("\n  at {}\n    {}\n    {}", place.target, place.html, place.remedy);
        }
    }
    Err(said.into())
}

/// Where `cargo xtask test` has put it: beside its other tools, once for all checkouts.
fn source_file() -> Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(file) = folder("TUTTI_AXE") {
        return Ok(file);
    }
    // As that command looks for it; other systems name it in the variable above.
    let cache = folder("TUTTI_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|caches| caches.join("tutti")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache/tutti")));
    let tools = cache.map(|cache| cache.join("tools")).into_iter().flat_map(std::fs::read_dir);
    tools
        .flatten()
        .flatten()
        .filter(|tool| tool.file_name().to_string_lossy().starts_with("axe-core-"))
        .map(|tool| tool.path().join("node_modules/axe-core/axe.min.js"))
        .find(|file| file.is_file())
        .ok_or_else(|| "there is no axe-core; `cargo xtask test --only journeys` installs it".into())
}
