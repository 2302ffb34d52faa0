//! The body of one simulated answer: its events, piece by piece, as they fall due.

use std::{iter::Peekable, rc::Rc};

use futures::{
    future,
    stream::{self, LocalBoxStream},
};

use super::{
    dialects::Writer,
    script::Script,
    simulation::{Fault, Simulation},
};
use crate::{
    engine::transport::Clock,
    model::error::{ApiError, ErrorClass},
};

/// Pieces are at least this far apart: what falls due in between comes along with the next one, so
/// that a fast answer does not wake the page for every token.
const PIECE_GAP_MS: u64 = 8;

/// A piece that is read late is not much larger than this, in bytes.
const PIECE_BYTES: usize = 256 << 10;

/// An answer under way.
pub struct Body {
    clock: Rc<dyn Clock>,
    simulation: Simulation,
    writer: Writer,
    script: Peekable<Script>,
    /// When the request was made. The pace is counted from here: a late piece delays no other.
    start_ms: u64,
    stage: Stage,
    /// How many tokens are said.
    said: u64,
    /// What goes wrong, after how many tokens.
    fault: Option<(Fault, u64)>,
    last_piece_ms: u64,
}

#[derive(Clone, Copy)]
enum Stage {
    Opening,
    Speaking,
    Broken(Fault),
    Ended,
}

impl Body {
    pub fn new(
        clock: Rc<dyn Clock>,
        simulation: Simulation,
        writer: Writer,
        script: Script,
        start_ms: u64,
    ) -> Self {
        let fault = simulation.fault.and_then(|fault| Some((fault, script.fault_at(fault)?)));
        let script = script.peekable();
        let stage = Stage::Opening;
        Self { clock, simulation, writer, script, start_ms, stage, said: 0, fault, last_piece_ms: 0 }
    }

    pub fn stream(self) -> LocalBoxStream<'static, Result<Vec<u8>, ApiError>> {
        Box::pin(stream::unfold(self, |mut body| async move { Some((body.next().await?, body)) }))
    }

    async fn next(&mut self) -> Option<Result<Vec<u8>, ApiError>> {
        loop {
            let mut piece = String::new();
            match self.stage {
                Stage::Opening => {
                    self.stage = Stage::Speaking;
                    self.writer.open(&mut piece);
                }
                Stage::Speaking => {
                    let due_ms = self.due_ms().max(self.last_piece_ms.saturating_add(PIECE_GAP_MS));
                    self.clock.sleep_until(due_ms).await;
                    let now_ms = self.clock.now().ms;
                    self.speak(now_ms, &mut piece);
                    // Timers may ring a little too early: then nothing is due yet.
                    if !piece.is_empty() {
                        self.last_piece_ms = now_ms;
                    }
                }
                Stage::Broken(Fault::Stall) => future::pending().await,
                Stage::Broken(Fault::Reset) => {
                    self.stage = Stage::Ended;
                    return Some(Err(ApiError::new(ErrorClass::ConnectionLost, "the connection was reset")));
                }
                Stage::Broken(_) | Stage::Ended => return None,
            }
            if !piece.is_empty() {
                return Some(Ok(piece.into_bytes()));
            }
        }
    }

    /// When the next token is due, on the clock.
    fn due_ms(&self) -> u64 {
        self.start_ms.saturating_add(self.simulation.due_ms(self.said))
    }

    /// Says every token that is due by now.
    fn speak(&mut self, now_ms: u64, piece: &mut String) {
        loop {
            match self.fault.take_if(|(_, after)| *after <= self.said) {
                Some((Fault::Garbage, _)) => self.writer.garbage(piece),
                Some((fault, _)) => {
                    self.stage = Stage::Broken(fault);
                    return;
                }
                None => {}
            }
            // The end waits for no more time.
            let has_more = self.script.peek().is_some();
            if piece.len() >= PIECE_BYTES || (has_more && self.due_ms() > now_ms) {
                return;
            }
            let Some((section, token)) = self.script.next() else {
                self.stage = Stage::Ended;
                return self.writer.close(piece);
            };
            self.writer.say(section, &token, piece);
            self.said += 1;
        }
    }
}
