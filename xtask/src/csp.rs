//! Whom the page may call, in its Content-Security-Policy: hosts of one's own in the strict page, any host
//! in the other one.

use crate::failure::{Failure, Outcome};

/// An origin as a Content-Security-Policy writes it: scheme, host, perhaps a port, and nothing else.
pub fn origin(written: &str) -> Outcome<String> {
    let refuse = |why: &str| {
        Failure::new(
            format!("`{written}` is not a plain origin: {why}."),
            "Say for example `--connect https://llm.example.com:8443`.",
        )
    };
    let lower = written.to_ascii_lowercase();
    let (scheme, rest) =
        lower.split_once("://").ok_or_else(|| refuse("it does not begin with https:// or http://"))?;
    if scheme != "https" && scheme != "http" {
        return Err(refuse("it does not begin with https:// or http://"));
    }
    // A browser shows an origin with this slash, so people paste it.
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#']) {
        return Err(refuse("it has a path; leave out what follows the host and port"));
    }
    if rest.contains('@') {
        return Err(refuse("it has a user name"));
    }
    if rest.starts_with('[') {
        return Err(refuse("a Content-Security-Policy cannot name an IPv6 address; use a host name"));
    }
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    };
    if !is_host(host) {
        return Err(refuse("its host is no name of letters, digits, dots and hyphens"));
    }
    match port {
        None => Ok(format!("{scheme}://{host}")),
        Some(port) => {
            let port: u16 = port
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| refuse("its port is no number up to 65535"))?;
            Ok(format!("{scheme}://{host}:{port}"))
        }
    }
}

/// No wildcard: a page that may call every host of a domain may be made to.
fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

/// The page with these origins added to `connect-src` of its policy.
pub fn allow(html: &str, origins: &[String]) -> Outcome<String> {
    let (before, allowed, after) = around_connect_src(html)?;
    let mut sources: Vec<&str> = allowed.split_ascii_whitespace().collect();
    for origin in origins {
        if !sources.contains(&origin.as_str()) {
            sources.push(origin);
        }
    }
    Ok(format!("{before}{}{after}", sources.join(" ")))
}

/// The page that may call any server, for addresses of one's own. Everything else stays as it is.
pub fn open(html: &str) -> Outcome<String> {
    let (before, _, after) = around_connect_src(html)?;
    Ok(format!("{before}'self' https: http:{after}"))
}

/// What stands before the sources of `connect-src`, the sources, and what stands behind them.
fn around_connect_src(html: &str) -> Outcome<(&str, &str, &str)> {
    const DIRECTIVE: &str = "connect-src ";
    let parts = || {
        let policy = html.find("Content-Security-Policy")?;
        let begin = policy + html.get(policy..)?.find(DIRECTIVE)? + DIRECTIVE.len();
        let end = begin + html.get(begin..)?.find([';', '"'])?;
        Some((html.get(..begin)?, html.get(begin..end)?, html.get(end..)?))
    };
    parts().ok_or_else(|| {
        Failure::new(
            "The built index.html has no Content-Security-Policy with `connect-src`.",
            "Put the policy back into index.html.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self' https://a.example; base-uri 'none'"><p>connect-src x;</p>"#;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (written, expected) in [
            ("https://llm.example.com", "https://llm.example.com"),
            ("https://LLM.example.com/", "https://llm.example.com"),
            ("http://192.168.1.5:11434", "http://192.168.1.5:11434"),
            ("http://gpu-box:8000", "http://gpu-box:8000"),
        ] {
            assert_eq!(origin(written).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn whatever_is_more_than_an_origin_is_refused() {
        for written in [
            "",
            "llm.example.com",
            "ftp://a.example",
            "javascript://a.example",
            "https://",
            "https://a.example/v1",
            "https://a.example//",
            "https://a.example?x",
            "https://a.example#x",
            "https://me@a.example",
            "https://*.example",
            "https://*",
            "https://[::1]:8080",
            "https://a.example:0",
            "https://a.example:70000",
            "https://a.example:",
            "https://a..example",
            "https://-a.example",
            "https://a.example https://b.example",
            "https://a.example; script-src *",
            "https://a.example\"><script>",
            "https://한국.example",
        ] {
            assert!(origin(written).is_err(), "{written}");
        }
    }

    #[test]
    fn origins_join_connect_src_once() {
        let own =
            ["http://b.example".to_owned(), "https://a.example".to_owned(), "http://b.example".to_owned()];
        let expected = PAGE.replacen("https://a.example;", "https://a.example http://b.example;", 1);
        assert_eq!(allow(PAGE, &own), Ok(expected));
    }

    #[test]
    fn a_policy_that_ends_with_connect_src_and_a_page_without_one() {
        let page = r#"<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">"#;
        let own = ["http://b.example".to_owned()];
        assert_eq!(allow(page, &own), Ok(page.replace("'self'", "'self' http://b.example")));
        assert!(allow("<p>connect-src 'self'</p>", &own).is_err());
        assert!(open("<p>connect-src 'self'</p>").is_err());
    }

    #[test]
    fn the_page_of_this_project_can_be_given_a_host() {
        let page = include_str!("../../index.html");
        let own = ["https://own.example".to_owned()];
        let allowed = allow(page, &own).unwrap();
        assert!(allowed.contains("http://127.0.0.1:* https://own.example;"));
        assert_eq!(allowed.len(), page.len() + " https://own.example".len());
    }

    #[test]
    fn the_page_for_any_address_differs_in_connect_src_alone() {
        let strict = include_str!("../../index.html");
        let open = super::open(strict).unwrap();
        let (before, allowed, after) = around_connect_src(&open).unwrap();
        assert_eq!(allowed, "'self' https: http:");
        let (strict_before, strict_allowed, strict_after) = around_connect_src(strict).unwrap();
        assert_eq!((before, after), (strict_before, strict_after));
        assert!(strict_allowed.contains("https://api.openai.com "));
        assert!(!strict_allowed.contains("https: ") && !strict_allowed.contains("http: "));
        // A host of one's own changes nothing there: it was allowed all along.
        let own = allow(strict, &["https://own.example".to_owned()]).unwrap();
        assert_eq!(super::open(&own).unwrap(), open);
    }
}
