//! A request as a line for a shell, to try it without a browser. The key is not in it.

use super::http::{HeaderValue, HttpRequest, Method};

/// A longer body comes through a pipe: Linux takes at most 128 KiB as one argument
/// (`MAX_ARG_STRLEN`, execve(2)).
const LONGEST_ARGUMENT: usize = 100_000;

/// One line for any POSIX shell, with `$KEY` in place of the key. `-N` shows the answer as it comes.
pub fn curl(request: &HttpRequest) -> String {
    let url = request.url();
    let body = request.body.as_deref().map(without_nul);
    let mut line = String::new();
    let piped = body.as_deref().filter(|body| quoted(body).len() > LONGEST_ARGUMENT);
    if let Some(body) = piped {
        // `printf` is a part of the shell itself, which has no such limit.
        line.push_str("printf %s ");
        line.push_str(&quoted(body));
        line.push_str(" | ");
    }
    line.push_str("curl -N ");
    // curl would read these as a list of addresses ("URL globbing").
    if url.contains(['[', ']', '{', '}']) {
        line.push_str("-g ");
    }
    if request.method == Method::Post && body.is_none() {
        line.push_str("-X POST ");
    }
    line.push_str(&quoted(&url));
    for (name, value) in &request.headers {
        line.push_str(" -H ");
        match value {
            HeaderValue::Plain(text) => line.push_str(&quoted(&format!("{name}: {text}"))),
            HeaderValue::Key { prefix, .. } => {
                line.push_str(&quoted(&format!("{name}: {prefix}")));
                line.push_str("\"$KEY\"");
            }
        }
    }
    match &body {
        Some(_) if piped.is_some() => line.push_str(" --data-binary @-"),
        // Unlike `-d`, it takes a body that begins with @ as it is.
        Some(body) => {
            line.push_str(" --data-raw ");
            line.push_str(&quoted(body));
        }
        None => {}
    }
    line
}

/// Inside single quotes a shell changes nothing; a single quote itself stands outside of them.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// No argument can hold it. JSON never has it bare, and writes it so.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\\u0000")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::http::{ApiKey, BaseUrl};

    const SECRET: &str = "sk-canary-5f0e";

    fn request(body: Option<&str>) -> HttpRequest {
        let base = BaseUrl::from_static("https://api.example.com/v1");
        let key = ApiKey::new(base.origin(), SECRET).unwrap();
        HttpRequest {
            method: Method::Post,
            headers: vec![
                ("authorization", HeaderValue::Key { prefix: "Bearer ", key }),
                ("content-type", HeaderValue::Plain("application/json".into())),
            ],
            base,
            path: "/chat/completions".to_owned(),
            body: body.map(str::to_owned),
        }
    }

    #[test]
    fn a_line_to_copy() {
        assert_eq!(
            curl(&request(Some("{\"model\":\"m\",\"prompt\":\"it's\"}"))),
            "curl -N 'https://api.example.com/v1/chat/completions' -H 'authorization: Bearer '\"$KEY\" \
             -H 'content-type: application/json' --data-raw '{\"model\":\"m\",\"prompt\":\"it'\\''s\"}'"
        );
    }

    #[test]
    fn a_request_without_a_body_or_a_key() {
        let list = HttpRequest {
            method: Method::Get,
            base: BaseUrl::from_static("http://[::1]:11434"),
            path: "/api/tags".to_owned(),
            headers: Vec::new(),
            body: None,
        };
        assert_eq!(curl(&list), "curl -N -g 'http://[::1]:11434/api/tags'");
        let post = HttpRequest { method: Method::Post, ..list };
        assert_eq!(curl(&post), "curl -N -g -X POST 'http://[::1]:11434/api/tags'");
    }

    #[test]
    fn the_key_is_never_in_the_line() {
        let bare = ApiKey::new(BaseUrl::from_static("https://api.example.com").origin(), SECRET).unwrap();
        let mut request = request(Some("{}"));
        request.headers.push(("x-api-key", HeaderValue::Key { prefix: "", key: bare }));
        let line = curl(&request);
        assert!(!line.contains("canary"), "{line}");
        assert!(line.contains("-H 'x-api-key: '\"$KEY\""), "{line}");
    }

    /// What a shell makes of the line: the arguments that curl would get, and what would be piped into it.
    #[cfg(unix)]
    fn run_by_a_shell(line: &str) -> (Vec<String>, String) {
        use std::{
            io::Write as _,
            process::{Command, Stdio},
        };

        // The script itself comes through a pipe: a long line is no argument either.
        let mut shell = Command::new("sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .env("KEY", "a \"key\" with 'quotes' $HOME `x` \\ *")
            .spawn()
            .unwrap();
        let reads = "case $* in *--data-binary*) printf '\\1'; cat;; esac";
        let script = format!("curl() {{ printf '%s\\0' \"$@\"; {reads}; }}\n{line}\nprintf '\\2%s' $?\n");
        let mut stdin = shell.stdin.take().unwrap();
        let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
        let output = shell.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (text, status) = text.rsplit_once('\u{2}').unwrap();
        assert_eq!(status, "0");
        let (arguments, piped) = text.split_once('\u{1}').unwrap_or((text, ""));
        let arguments = arguments.strip_suffix('\0').unwrap_or(arguments);
        (arguments.split('\0').map(str::to_owned).collect(), piped.to_owned())
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_changes_nothing_of_any_body() {
        let bodies = [
            "",
            "'",
            "''",
            "'\\''",
            "\\",
            "\\'",
            "\"",
            "$KEY ${HOME} $(id) `id` $((1+1))",
            "!! !x ^a^b",
            "@/etc/passwd",
            "-X DELETE",
            "a;b&c|d>e<f(g)h{i}j[k]l*m?n~o#p=q%r",
            "line\nline\r\n\ttab\n\n",
            "\\n \\u0000 %s %% \\c",
            "한국어 日本語 🎼 e\u{301} \u{202e}bidi\u{feff}\u{a0}",
            "\u{7}\u{8}\u{b}\u{c}\u{1b}[31m\u{7f}",
        ];
        for body in bodies {
            let (arguments, piped) = run_by_a_shell(&curl(&request(Some(body))));
            let expected = [
                "-N",
                "https://api.example.com/v1/chat/completions",
                "-H",
                "authorization: Bearer a \"key\" with 'quotes' $HOME `x` \\ *",
                "-H",
                "content-type: application/json",
                "--data-raw",
                body,
            ];
            assert_eq!(arguments, expected);
            assert_eq!(piped, "");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_long_body_comes_through_a_pipe() {
        let body = format!("{{\"image\":\"{}'%s\\\"}}\n", "한'".repeat(200_000));
        let (arguments, piped) = run_by_a_shell(&curl(&request(Some(&body))));
        assert_eq!(arguments.last().map(String::as_str), Some("@-"));
        assert!(piped == body, "{} bytes of {}", piped.len(), body.len());
    }

    #[cfg(unix)]
    #[test]
    fn no_header_and_no_path_gets_out_of_its_quotes() {
        let mut hostile = request(None);
        hostile.method = Method::Get;
        hostile.path = "/models/a'b$(id)`id`?x=\"y\"&z={1,2}".to_owned();
        hostile.headers = vec![("x-title", HeaderValue::Plain("it's $HOME; rm -rf \"x\"".into()))];
        let (arguments, _) = run_by_a_shell(&curl(&hostile));
        let url = "https://api.example.com/v1/models/a'b$(id)`id`?x=\"y\"&z={1,2}";
        assert_eq!(arguments, ["-N", "-g", url, "-H", "x-title: it's $HOME; rm -rf \"x\""]);
    }

    #[test]
    fn a_nul_is_written_as_json_writes_it() {
        assert!(curl(&request(Some("{\"a\":\"\0\"}"))).ends_with("--data-raw '{\"a\":\"\\u0000\"}'"));
    }
}
