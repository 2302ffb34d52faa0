//! From the path of a request to a file of one folder, and to its type. Nothing outside the folder is reachable.

use std::path::{Path, PathBuf};

/// The file, relative to the served folder. `None` for whatever tries to leave it, and for hidden files.
pub fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decoded(path)?;
    let mut file = PathBuf::new();
    for part in path.strip_prefix('/')?.split('/') {
        // A drive letter or a stream of Windows has a colon.
        if part.starts_with('.') || part.contains(['\\', ':', '\0']) {
            return None;
        }
        file.push(part);
    }
    if path.ends_with('/') {
        file.push("index.html");
    }
    Some(file)
}

fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// What browsers need to be told; they refuse modules and wasm of a wrong type.
pub fn mime_type(file: &Path) -> &'static str {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" | "csv" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        assert_eq!(file_of(url), expected.map(PathBuf::from), "{url}");
    }

    #[test]
    fn a_path_names_a_file() {
        check("/", Some("index.html"));
        check("/a.js", Some("a.js"));
        check("/boot.js?js=../a&wasm=b", Some("boot.js"));
        check("/embed/", Some("embed/index.html"));
        check("/a%20b/%ED%95%9C.css", Some("a b/한.css"));
    }

    #[test]
    fn nothing_leaves_the_folder() {
        for url in [
            "/../Cargo.toml",
            "/a/../../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/..%2fCargo.toml",
            "/%2e%2e%2fCargo.toml",
            "/..\\Cargo.toml",
            "/%5c..%5cCargo.toml",
            "/c:/x",
            "/.git/config",
            "/a%00.html",
            "/%zz",
            "/%f",
            "/%ff",
            "no-slash",
            "",
        ] {
            check(url, None);
        }
        // An empty part does not make the path absolute.
        check("//etc/passwd", Some("etc/passwd"));
        check("/%2fetc/passwd", Some("etc/passwd"));
    }

    #[test]
    fn types_are_those_that_browsers_insist_on() {
        for (file, expected) in [
            ("index.html", "text/html; charset=utf-8"),
            ("tutti-1_bg.wasm", "application/wasm"),
            ("boot.js", "text/javascript; charset=utf-8"),
            ("main.CSS", "text/css; charset=utf-8"),
            ("no-extension", "application/octet-stream"),
        ] {
            assert_eq!(mime_type(Path::new(file)), expected);
        }
    }
}
