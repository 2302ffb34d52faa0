#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::wire::models::read_page;

fuzz_target!(|body: &[u8]| {
    let Ok(page) = read_page(body) else { return };
    let ids: usize = page.models.iter().map(|model| model.id.len()).sum();
    assert!(ids <= body.len());
    assert!(page.models.iter().all(|model| !model.id.is_empty()));
    assert!(page.next.is_none_or(|next| !next.is_empty() && next.len() <= body.len()));
});
