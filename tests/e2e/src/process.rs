//! Programs started for a test and ended with it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;

use crate::Result;
use crate::engine::program;
use crate::options::WINDOW;

/// How long a program may take to come up.
const START: Duration = Duration::from_secs(30);

/// A running program. Dropping it ends it and whatever it started, each by its own id.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    fn spawn(command: &mut Command) -> Result<Self> {
        let child =
            command.spawn().map_err(|error| format!("cannot start {:?}: {error}", command.get_program()))?;
        Ok(Self { child })
    }

    /// Starts a program that writes to `log` and waits until it listens on `port`.
    pub(crate) async fn listening(command: &mut Command, log: &Path, port: u16) -> Result<Self> {
        // To a file, never to a pipe: some drivers panic when nobody reads.
        let log_file = File::create(log)?;
        command.stdin(Stdio::null()).stdout(log_file.try_clone()?).stderr(log_file);
        let mut process = Self::spawn(command)?;
        let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        let begun = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            let ended = process.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > START {
                return Err(format!(
                    "{:?} does not listen on port {port} ({}); its output is in {}",
                    command.get_program(),
                    ended.map_or("still starting".to_owned(), |status| status.to_string()),
                    log.display()
                )
                .into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(process)
    }
}

impl Process {
    /// Kills what it has started, the parent before its children, and returns once nothing of it is left. The
    /// answer is the moment just before.
    pub(crate) async fn kill_offspring(&self) -> Result<Instant> {
        let all = descendants(Pid::from_child(&self.child));
        let moment = Instant::now();
        for id in &all {
            // One that has ended meanwhile is what was wanted.
            let _ = kill_process(*id, Signal::KILL);
        }
        while all.iter().any(|id| is_alive(*id)) {
            if moment.elapsed() > START {
                return Err("a browser that was killed lives on".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(moment)
    }
}

/// A process that nobody has waited for yet is a zombie: it is listed, but has no memory.
fn is_alive(id: Pid) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", id.as_raw_nonzero()));
    status.unwrap_or_default().contains("VmSize")
}

impl Drop for Process {
    fn drop(&mut self) {
        let offspring = Pid::from_child(&self.child);
        for id in descendants(offspring) {
            let _ = kill_process(id, Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The ids of all processes below one. Empty where the kernel does not tell.
fn descendants(id: Pid) -> Vec<Pid> {
    let mut all = Vec::new();
    for child in children(id) {
        all.push(child);
        all.extend(descendants(child));
    }
    all
}

/// A process's children are listed by the thread that started them.
fn children(id: Pid) -> Vec<Pid> {
    let threads = std::fs::read_dir(format!("/proc/{}/task", id.as_raw_nonzero()));
    threads
        .into_iter()
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().ok()?)).collect::<Vec<_>>()
        })
        .collect()
}

/// A screen that nobody sees.
pub(crate) struct Display {
    _server: Process,
    /// As the environment variable DISPLAY wants it, e.g. `:7`.
    pub(crate) name: String,
}

impl Display {
    /// Starts an X server on a number of its own choice.
    pub(crate) fn start() -> Result<Self> {
        let screen = format!("{}x{}x24", WINDOW.0, WINDOW.1);
        let mut server = Process::spawn(
            Command::new(program(&["Xvfb"], "the Debian package xvfb")?)
                .args(["-displayfd", "1", "-nolisten", "tcp"])
                .args(["-screen", "0", &screen])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let mut number = String::new();
        if let Some(output) = server.child.stdout.take() {
            BufReader::new(output).read_line(&mut number)?;
        }
        match number.trim() {
            "" => Err("Xvfb ended before it had a display".into()),
            number => Ok(Self { name: format!(":{number}"), _server: server }),
        }
    }
}

/// Ports that nobody holds at this moment, nor is given by the system to whom it is all the same which: until a
/// driver listens on one of them, other tests' servers start.
pub(crate) fn free_ports<const N: usize>() -> Result<[u16; N]> {
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 20_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Runs beside each other begin at other places.
    let begin = (std::process::id() % 199) as u16 * 100;
    let next = || FIRST + (begin + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT;
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let mut ports = [0; N];
    for port in &mut ports {
        *port = (0..COUNT).map(|_| next()).find(is_free).ok_or("no port is free")?;
    }
    Ok(ports)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_process_takes_its_offspring_along() {
        let mut shell = Process::spawn(
            Command::new("sh")
                .args(["-c", "sh -c 'sleep 600; true' & echo started; wait"])
                .stdout(Stdio::piped()),
        )
        .unwrap();
        let mut line = String::new();
        BufReader::new(shell.child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let offspring = descendants(Pid::from_child(&shell.child));
        assert!(!offspring.is_empty());
        drop(shell);
        for id in offspring {
            let begun = Instant::now();
            while is_alive(id) {
                assert!(begun.elapsed() < START, "{id:?} lives on");
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn free_ports_differ() {
        let [one, other] = free_ports().unwrap();
        assert_ne!(one, other);
    }
}
