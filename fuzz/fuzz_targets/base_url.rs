#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::model::http::BaseUrl;
use url::Url;

// Against the parser that follows the standard as browsers do.
fuzz_target!(|text: &str| {
    let Ok(base) = BaseUrl::parse(text) else { return };
    let again = BaseUrl::parse(base.as_str()).expect("a canonical address is one");
    assert_eq!(again, base);
    let origin = base.origin();
    assert!(base.as_str().starts_with(origin.as_str()));
    assert_eq!(BaseUrl::parse(origin.as_str()).expect("an origin is an address").origin(), origin);

    let joined = base.join("/chat?x=1");
    // An invalid Punycode label is an error there, and nothing is sent.
    let (Ok(typed), Ok(sent)) = (Url::parse(text), Url::parse(&joined)) else {
        assert!(origin.host().split('.').any(|label| label.starts_with("xn--")), "{text}");
        return;
    };
    assert_eq!(typed.origin().ascii_serialization(), origin.as_str());
    assert_eq!(sent.as_str(), joined, "it is sent as it is written");
    assert_eq!(sent.host_str(), Some(origin.host()));
    assert!(sent.username().is_empty() && sent.password().is_none());
});
