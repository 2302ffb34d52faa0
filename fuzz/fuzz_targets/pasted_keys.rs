#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use tutti::model::pasted_keys::read;

fuzz_target!(|text: &str| {
    let pasted = read(text);
    assert_eq!(read(&text.replace('\n', "\r\n")), pasted, "line ends do not matter");
    assert_eq!(read(&format!("{text}\n# that was all")), pasted, "a comment says nothing");
    let Some(pasted) = pasted else { return };

    let mut providers = HashSet::new();
    for (row, key) in &pasted.keys {
        assert!(providers.insert(&row.id), "two keys for {}", row.id);
        assert!(!row.needs_base_url() && *key.origin() == row.base_url.origin());
        assert!(text.contains(key.secret_to_seal()), "half a key");
    }
    assert!(pasted.unknown.len() <= 100);
    for name in &pasted.unknown {
        assert!((1..=64).contains(&name.len()) && text.contains(name.as_str()));
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{name}");
    }
});
