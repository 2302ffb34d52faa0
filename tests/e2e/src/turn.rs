//! Whose turn it is: several browsers at once make each other slow.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, MutexGuard};

use crate::Result;

/// The right to run a browser, until it is dropped.
pub struct Turn(#[expect(dead_code, reason = "held for its drop")] Kind);

#[expect(dead_code, reason = "held for their drop")]
enum Kind {
    /// Browsers of this process run one after another.
    Own(MutexGuard<'static, ()>),
    /// `cargo xtask test` says who of all its processes is next, and hears when this is over.
    Given(TcpStream),
}

/// Waits for its turn. `TUTTI_TURNS` is the address of who gives them.
pub async fn turn() -> Result<Turn> {
    static TURN: Mutex<()> = Mutex::const_new(());
    let Ok(address) = std::env::var("TUTTI_TURNS") else {
        return Ok(Turn(Kind::Own(TURN.lock().await)));
    };
    let mut given = TcpStream::connect(&address).await?;
    given.read_u8().await.map_err(|error| format!("{address} gives no turns: {error}"))?;
    Ok(Turn(Kind::Given(given)))
}
