#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::{
    grid::workspace::{
        MAX_PANELS, MAX_PROMPT_BYTES, MAX_PROMPTS, MAX_RECENT, MAX_SETS, MAX_STARRED, Workspace,
    },
    model::http::BaseUrl,
};

fuzz_target!(|text: &str| {
    let workspace = Workspace::from_json(text);
    let saved = workspace.to_json();
    assert_eq!(Workspace::from_json(&saved), workspace, "a reload changes it: {saved}");

    let Workspace { panels, sets, starred, recent, active, prompts, .. } = &workspace;
    assert!(*active < panels.len().max(1));
    assert!(sets.len() <= MAX_SETS && starred.len() <= MAX_STARRED && recent.len() <= MAX_RECENT);
    assert!(prompts.len() <= MAX_PROMPTS);
    assert!(prompts.iter().map(String::len).sum::<usize>() <= MAX_PROMPT_BYTES);
    let lists = sets.iter().map(|set| &set.panels).chain([panels]);
    for panels in lists {
        assert!(panels.len() <= MAX_PANELS);
        for panel in panels {
            assert!(panel.base_url.is_empty() || BaseUrl::parse(&panel.base_url).is_ok());
        }
    }
});
