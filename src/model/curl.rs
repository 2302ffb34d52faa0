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
