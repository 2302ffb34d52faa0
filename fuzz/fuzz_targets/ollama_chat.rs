#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::model::provider::Dialect;

fuzz_target!(|body: &[u8]| tutti_fuzz::check_dialect(Dialect::OllamaChat, body));
