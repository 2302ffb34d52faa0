//! The browser and this program read addresses alike.

use tutti::model::http::BaseUrl;
use wasm_bindgen_test::wasm_bindgen_test;

/// Pieces of addresses that parsers are known to read differently, to be put together in all ways.
const SCHEMES: [&str; 6] = ["https://", "http://", "HTTPS://", "https:/", "https:", "https:\\\\"];
const HOSTS: [&str; 24] = [
    "api.example.com",
    "API.Example.COM",
    "user@evil.example",
    "api.example.com@evil.example",
    "api.example.com\\@evil.example",
    "api.example.com%2eevil.example",
    "api.example.com\t.evil.example",
    "127.0.0.1",
    "127.1",
    "0x7f.0.0.1",
    "2130706433",
    "017700000001",
    "1.2.3.4.",
    "example.com.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:0:0:1]",
    "xn--fiq228c.example",
    "例え.example",
    "exa_mple.com",
    "a..b",
    "localhost",
    "",
    "-a.example",
];
const PORTS: [&str; 8] = ["", ":443", ":80", ":8443", ":0", ":65536", ":", ":0443"];
const PATHS: [&str; 10] =
    ["", "/", "/v1", "/v1/", "//evil.example", "/v1/../v2", "/%2e%2e/x", "/v1;x", "/\\evil.example", "/a b"];

/// The origin that a key is bound to is the one that the browser would connect to.
#[wasm_bindgen_test]
fn the_browser_agrees_about_every_address_that_is_accepted() {
    let mut accepted = 0;
    for scheme in SCHEMES {
        for host in HOSTS {
            for port in PORTS {
                for path in PATHS {
                    let text = format!("{scheme}{host}{port}{path}");
                    let Ok(base) = BaseUrl::parse(&text) else { continue };
                    accepted += 1;
                    let url = web_sys::Url::new(&base.join("/chat/completions")).expect(&text);
                    assert_eq!(url.origin(), base.origin().as_str(), "{text}");
                    assert_eq!(url.href(), base.join("/chat/completions"), "{text}");
                    let typed = web_sys::Url::new(text.trim()).expect(&text);
                    assert_eq!(typed.origin(), base.origin().as_str(), "{text}");
                }
            }
        }
    }
    assert!(accepted > 100, "only {accepted} addresses were accepted");
}
