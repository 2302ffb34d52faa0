//! What README.md says of the providers is what the catalogue says.

use tutti::model::{
    catalog,
    provider::{Cors, Dialect, Provider},
};

const README: &str = include_str!("../README.md");

/// The cells of the providers' table, a row each.
fn rows() -> Vec<[&'static str; 3]> {
    let (_, table) =
        README.split_once("| Provider | APIs | From a web page |\n|---|---|---|\n").expect("the table");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        cells.try_into().unwrap_or_else(|_| panic!("not three cells: {row}"))
    })
    .collect()
}

fn apis(provider: &Provider) -> String {
    let name = |dialect: &Dialect| match dialect {
        Dialect::OpenaiChat => "Chat Completions",
        Dialect::OpenaiResponses => "Responses",
        Dialect::AnthropicMessages => "Messages",
        Dialect::Gemini => "Gemini",
        Dialect::Mistral => "Mistral",
        Dialect::CohereV2 => "Cohere v2",
        Dialect::OllamaChat => "Ollama",
    };
    provider.dialects.iter().map(name).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_table_of_providers_is_the_catalogue() {
    let rows = rows();
    let (own, providers) = rows.split_last().expect("rows");
    let told: Vec<(&str, &str)> = providers.iter().map(|[name, apis, _]| (*name, *apis)).collect();
    let known: Vec<(String, String)> =
        catalog::all().iter().map(|provider| (provider.name.to_string(), apis(provider))).collect();
    let known: Vec<(&str, &str)> = known.iter().map(|(name, apis)| (name.as_str(), apis.as_str())).collect();
    assert_eq!(told, known);

    for (provider, [_, _, from_a_page]) in catalog::all().iter().zip(providers) {
        match provider.cors {
            Cors::Yes => assert!(from_a_page.starts_with("yes"), "{}: {from_a_page}", provider.id),
            Cors::NeedsSetting(setting) => {
                assert!(from_a_page.contains(&format!("`{setting}")), "{}: {from_a_page}", provider.id);
            }
            Cors::No | Cors::Unknown => panic!("{}: the README has no words for it", provider.id),
        }
    }
    assert_eq!(own[0], "A server of your own");
    assert!(catalog::custom().iter().all(|provider| provider.cors == Cors::Unknown));
}
