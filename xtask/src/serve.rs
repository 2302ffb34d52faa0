//! Builds the page and shows it on this computer. Not `trunk serve`: that injects an inline script,
//! which the page's own Content-Security-Policy forbids.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

use crate::failure::{Failure, Outcome};
use crate::page::{self, Flavour};
use crate::place::Place;
use crate::static_files::{file_of, mime_type};
use crate::watch;

const FIRST_PORT: u16 = 8080;
const PORTS_TRIED: u16 = 20;

#[derive(Debug, PartialEq, Eq)]
struct Options {
    port: u16,
    watch: bool,
}

pub fn serve(place: &Place, arguments: &[&str]) -> Outcome {
    let options = options(arguments)?;
    let folder = place.served_page();
    page::build(place, Flavour::Served, &folder)?;

    let (server, port) = listen(options.port)?;
    println!("\nTutti is at http://127.0.0.1:{port}/  (Ctrl+C stops it)");
    println!("For servers that it does not name: http://127.0.0.1:{port}/any.html");
    if port != options.port {
        println!(
            "Port {} is taken. What a browser saved for another port (keys, history) is not shown at this one.",
            options.port
        );
    }

    let server = Arc::new(server);
    let others: Vec<_> = (0..3)
        .map(|_| {
            let (server, folder) = (Arc::clone(&server), folder.clone());
            std::thread::spawn(move || answer_all(&server, &folder))
        })
        .collect();
    if options.watch {
        watch::rebuild_on_change(place, &folder);
    } else {
        answer_all(&server, &folder);
    }
    for other in others {
        let _ = other.join();
    }
    Ok(())
}

fn options(arguments: &[&str]) -> Outcome<Options> {
    let mut options = Options { port: FIRST_PORT, watch: false };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--watch" => options.watch = true,
            "--port" => {
                options.port =
                    rest.next().and_then(|port| port.parse().ok()).filter(|port| *port > 0).ok_or_else(
                        || {
                            Failure::new(
                                "`--port` is not followed by a port.",
                                "Say a number up to 65535: `--port 8080`.",
                            )
                        },
                    )?;
            }
            other => {
                return Err(Failure::new(
                    format!("`serve` does not know `{other}`."),
                    "It knows `--port N` and `--watch`.",
                ));
            }
        }
    }
    Ok(options)
}

/// On the first free port from `first` on. Only this computer can reach it.
fn listen(first: u16) -> Outcome<(Server, u16)> {
    let last = first.saturating_add(PORTS_TRIED);
    (first..=last).find_map(|port| Some((Server::http(("127.0.0.1", port)).ok()?, port))).ok_or_else(|| {
        Failure::new(
            format!("The ports {first} to {last} are all taken."),
            "Say another one: `cargo xtask serve --port N`.",
        )
    })
}

fn answer_all(server: &Server, folder: &Path) {
    for request in server.incoming_requests() {
        // A browser that hangs up does not stop the others.
        let _ = answer(request, folder);
    }
}

fn answer(request: Request, folder: &Path) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(said(405, "Only files are served here."));
    }
    let Some(path) = file_of(request.url()).map(|file| folder.join(file)) else {
        return request.respond(said(404, "No such file."));
    };
    if path.is_dir() {
        let answer = to_folder(request.url());
        return request.respond(answer);
    }
    match File::open(&path) {
        Ok(file) => {
            let whole = Response::from_file(file).with_chunked_threshold(usize::MAX);
            request.respond(common(with(whole, "Content-Type", mime_type(&path))))
        }
        Err(_) => request.respond(said(404, "No such file.")),
    }
}

/// Relative links of a folder's page work only with a slash at the end of its address.
fn to_folder(url: &str) -> Response<Cursor<Vec<u8>>> {
    let name = url.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    with(said(308, "See the folder."), "Location", &format!("./{name}/"))
}

fn said(status: u16, words: &str) -> Response<Cursor<Vec<u8>>> {
    common(Response::from_string(words).with_status_code(StatusCode(status)))
}

fn common<R: Read>(response: Response<R>) -> Response<R> {
    with(with(response, "Cache-Control", "no-store"), "X-Content-Type-Options", "nosniff")
}

/// A value that is no ASCII cannot be a header's, and is left out.
fn with<R: Read>(response: Response<R>, name: &str, value: &str) -> Response<R> {
    match Header::from_bytes(name, value) {
        Ok(header) => response.with_header(header),
        Err(()) => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_few() {
        assert_eq!(options(&[]), Ok(Options { port: 8080, watch: false }));
        assert_eq!(options(&["--watch", "--port", "9000"]), Ok(Options { port: 9000, watch: true }));
        for wrong in [&["--port"][..], &["--port", "x"], &["--port", "70000"], &["--port", "0"], &["--open"]]
        {
            assert!(options(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_taken_port_is_passed_over() {
        let (first, port) = listen(18_080).unwrap();
        let (_second, next) = listen(port).unwrap();
        assert!(next > port);
        drop(first);
    }
}
