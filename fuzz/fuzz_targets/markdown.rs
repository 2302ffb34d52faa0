#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti_fuzz::check_markdown;

fuzz_target!(|text: &str| check_markdown(text));
