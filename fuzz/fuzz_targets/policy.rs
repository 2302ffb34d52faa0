#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::model::{http::BaseUrl, policy::AllowList};

// Three lines: an address, the origin of the page, a policy.
fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (Some(address), Some(page), Some(policy)) = (lines.next(), lines.next(), lines.next()) else {
        return;
    };
    let Ok(address) = BaseUrl::parse(address) else { return };
    let target = address.origin();
    let allows = |policy: &str| AllowList::read(policy, page).allows(&target);

    let allowed = allows(policy);
    assert_eq!(allows(&policy.to_ascii_uppercase()), allowed, "case does not matter");
    assert_eq!(
        allows(&format!(" ; ;{policy};connect-src-elem x;")),
        allowed,
        "other directives do not matter"
    );

    // A list lets through what any of its expressions does.
    let sources = || policy.split(';').next().unwrap_or_default().split_ascii_whitespace();
    let list = sources().collect::<Vec<_>>().join(" ");
    let by_each = sources().any(|source| allows(&format!("connect-src {source}")));
    assert_eq!(allows(&format!("connect-src {list}")), by_each);
    assert_eq!(allows(&format!("default-src {list}")), by_each);
    assert!(allows(&format!("connect-src {list} {}", target.as_str())) || target.host().starts_with('['));
});
