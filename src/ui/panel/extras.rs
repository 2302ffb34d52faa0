//! What an answer has besides text: tool calls, sources, and how the request differed from the settings.

use super::state::Panel;
use crate::{
    browser::{El, el},
    engine::ask::Notes,
    later::later,
    model::{chat::ToolCall, event::Citation},
    ui::{
        page::Page,
        parts::label_of,
        rest::with_rest,
        words::{self, Word},
    },
};

/// Most answers have nothing of it.
pub fn extras(page: Page, panel: &Panel) -> El {
    let (reply, of) = (panel.reply.clone(), panel.clone());
    let has_some = move || {
        let has_extras = reply.extras.with(|extras| {
            !(extras.tools.is_empty() && extras.citations.is_empty() && extras.notes == Notes::default())
        });
        has_extras
            || reply.status.with(|status| {
                let summary = &status.summary;
                !summary.without.is_empty() || summary.skipped_events > 0 || summary.retries > 0
            })
    };
    with_rest(el("div"), page, has_some, move || shown(page, &of))
}

later! {
    "1002" fn shown(page: Page, panel: &Panel) -> El {
        let (tools, sources) = (panel.reply.extras.clone(), panel.reply.extras.clone());
        let tools = section(page, "tools", Word::Tools, move || {
            tools.with(|extras| extras.tools.iter().map(tool).collect())
        });
        let sources = section(page, "citations", Word::Sources, move || {
            sources.with(|extras| extras.citations.iter().map(source).collect())
        });
        let reply = panel.reply.clone();
        let notes = el("div").class("notes").list(move || {
            let language = page.language.get();
            let mut lines = reply.extras.with(|extras| words::notes(language, &extras.notes));
            reply.status.with(|status| {
                let summary = &status.summary;
                if !summary.without.is_empty() {
                    lines.push(words::sent_without(language, summary.without));
                }
                if summary.skipped_events > 0 {
                    lines.push(words::skipped_events(language, summary.skipped_events));
                }
                if summary.retries > 0 {
                    lines.push(words::retried(language, summary.retries));
                }
            });
            lines.iter().map(|line| el("p").text(line)).collect()
        });
        el("div").class("extras").child(tools).child(sources).child(notes)
    } else {
        el("div")
    }
}

/// A list under a title; nothing while it is empty.
fn section(page: Page, class: &'static str, title: Word, items: impl Fn() -> Vec<El> + 'static) -> El {
    el("div").list(move || {
        let items = items();
        if items.is_empty() {
            return items;
        }
        let list = el("section").class(class).child(el("h3").live(page.word(title)));
        vec![label_of(list.child(el("ol").children(items)), page, title)]
    })
}

fn tool(call: &ToolCall) -> El {
    let code = |text: &str| el("code").attr("dir", "ltr").text(text);
    el("li").child(code(&call.name)).text(" ").child(code(&call.arguments))
}

/// Links only where the provider gave a web address; anything else is text.
fn source(citation: &Citation) -> El {
    let Citation { source, title } = citation;
    let label = title.as_ref().unwrap_or(source);
    let is_web = ["https://", "http://"].iter().any(|scheme| source.starts_with(scheme));
    let item = el("li").attr("dir", "auto");
    match is_web {
        true => item.child(el("a").attrs(&LINK).attrs(&[("href", source), ("title", source)]).text(label)),
        false => item.text(label),
    }
}

/// It opens in a tab of its own, and tells nobody where it came from.
const LINK: [(&str, &str); 2] = [("target", "_blank"), ("rel", "noopener noreferrer nofollow")];
