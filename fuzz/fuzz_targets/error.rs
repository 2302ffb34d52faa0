#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::wire::error::read_error;

/// What is kept of a provider's words, with room for the sign that they were cut.
const LONGEST: usize = 4000 + '…'.len_utf8();

fuzz_target!(|body: &[u8]| {
    for status in [400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 529] {
        let error = read_error(status, body);
        assert_eq!(error.http_status, Some(status));
        assert!(error.message.len() <= LONGEST);
        assert!(error.detail.is_none_or(|detail| detail.len() <= LONGEST));
    }
});
