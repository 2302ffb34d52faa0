//! The test server by hand: `tutti-test-server --cassette tests/cassettes/openai/some-case --dist dist`,
//! or, for a measurement: `tutti-test-server --tls --streams 200 --dist dist`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use tutti_test_server::{Load, Mount, Pace, Replay, TestServer};

const USAGE: &str = "\
Replays recorded answers over HTTP on 127.0.0.1, serves streams for measuring and a built page.

usage: tutti-test-server [options]
  --cassette <path>...  recorded answers, as <folder>/<case>; several of one folder are used one
                        after another at the mount of that name, the last one repeating
  --dist <dir>          a built page to serve
  --every <ms>          the time between two chunks (default 20; 0: at once)
  --port <port>         the port (default: any free one)
  --tls                 HTTP/2 and HTTP/1.1 over TLS in place of plain HTTP/1.1
  --streams <number>    streams of equal length at /v1/chat/completions, as many models at /v1/models,
                        the times of each at /__log, forgotten after /__reset; the server then ends
                        when its standard input is closed
  --tokens <number>     pieces of text of each stream (default 400)
  --rate <number>       pieces a second (default 50; 0: at once)
  --ttft <ms>           from the request to the first piece (default 200)
  --together            no stream starts before all have been asked for";

struct Options {
    cassettes: Vec<PathBuf>,
    dist: Option<PathBuf>,
    every: Duration,
    port: u16,
    tls: bool,
    /// Not for measuring when there are none.
    load: Load,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let options = Options::parse(std::env::args().skip(1))?;
    let server = match options.tls {
        true => TestServer::start_tls_on(options.port).await,
        false => TestServer::start_on(options.port).await,
    };
    let server = server.map_err(|error| format!("cannot listen on port {}: {error}", options.port))?;
    println!("listening on {}", server.base_url());
    if let Some(dist) = &options.dist {
        if !dist.join("index.html").is_file() {
            return Err(format!("{} holds no built page", dist.display()));
        }
        server.serve_dist(dist);
        println!("page    {}/", server.base_url());
    }
    let mut mounts: Vec<(String, Mount)> = Vec::new();
    for path in &options.cassettes {
        let (folder, provider, case) = split(path)?;
        let replay = Replay::from_cassette(folder, &format!("{provider}/{case}"))
            .map_err(|error| error.to_string())?
            .pace(Pace::Every(options.every));
        match mounts.iter().find(|(name, _)| *name == provider) {
            Some((_, mount)) => drop(mount.clone().then(replay)),
            None => {
                let mount = server.mount(&provider, replay);
                println!("mount   {}", mount.url());
                mounts.push((provider, mount));
            }
        }
    }
    if options.load.streams == 0 {
        return std::future::pending().await;
    }
    let streams = server.streams(options.load);
    println!("streams {}/v1 for {} models", server.base_url(), streams.models().len());
    input_closed().await;
    Ok(())
}

/// Whoever started the server goes, or has enough.
async fn input_closed() {
    let (closed, is_closed) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // An input that cannot be read is closed as well.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        closed.send(())
    });
    let _ = is_closed.await;
}

impl Options {
    fn parse(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            cassettes: Vec::new(),
            dist: None,
            every: Duration::from_millis(20),
            port: 0,
            tls: false,
            load: Load::new(0, 400, 50.0, 200),
        };
        let mut args = args.peekable();
        while let Some(option) = args.next() {
            match option.as_str() {
                "--cassette" => {
                    while let Some(path) = args.next_if(|next| !next.starts_with("--")) {
                        options.cassettes.push(path.into());
                    }
                    continue;
                }
                "--tls" => {
                    options.tls = true;
                    continue;
                }
                "--together" => {
                    options.load.start_together = true;
                    continue;
                }
                _ => {}
            }
            let value = args.next_if(|next| !next.starts_with("--"));
            let value = value.ok_or(USAGE)?;
            match option.as_str() {
                "--dist" => options.dist = Some(value.into()),
                "--every" => options.every = Duration::from_millis(number(&value)?),
                "--port" => options.port = number(&value)?,
                "--streams" => options.load.streams = number(&value)?,
                "--tokens" => options.load.tokens = number::<usize>(&value)?.max(2),
                "--rate" => options.load.tokens_per_second = number(&value)?,
                "--ttft" => options.load.ttft_ms = number(&value)?,
                _ => return Err(USAGE.to_owned()),
            }
        }
        if options.cassettes.is_empty() && options.dist.is_none() && options.load.streams == 0 {
            return Err(USAGE.to_owned());
        }
        Ok(options)
    }
}

fn number<T: std::str::FromStr>(value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{value} is not a number\n\n{USAGE}"))
}

/// `dir/openai/case.sse` is the case `case` of the folder `openai` in `dir`.
fn split(path: &Path) -> Result<(&Path, String, String), String> {
    let parts = || {
        let file = path.file_name()?.to_str()?;
        let case = [".meta.json", ".sse", ".ndjson", ".json"]
            .iter()
            .find_map(|extension| file.strip_suffix(extension))
            .unwrap_or(file);
        let provider = path.parent()?.file_name()?.to_str()?;
        let folder = path.parent()?.parent()?;
        Some((folder, provider.to_owned(), case.to_owned()))
    };
    parts().ok_or_else(|| format!("{} is not <folder>/<case>", path.display()))
}
