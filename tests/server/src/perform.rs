//! One script on its way to one client.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, Stream};
use tokio::sync::watch;

use crate::connection::{Line, Protocol};
use crate::house::Refused;
use crate::mount::Stage;
use crate::replay::End;
use crate::script::{Script, Step};
use crate::tracked::tracked;

/// One answer under way. When the client goes before the end, it is dropped, and that is what tells
/// an abort.
pub(crate) struct Performance {
    stage: Arc<Stage>,
    index: usize,
    script: Arc<Script>,
    line: Line,
    /// How many steps had been released when this one began.
    released_before: usize,
    released: usize,
    at: usize,
    /// Of a step that repeats.
    repeated: u64,
    has_sent: bool,
    /// How many chunks the connection has not written out yet, where that matters.
    unwritten: Arc<watch::Sender<usize>>,
    over: bool,
}

impl Performance {
    pub(crate) fn new(stage: Arc<Stage>, index: usize, script: Arc<Script>, line: Line) -> Self {
        Self {
            released_before: stage.released(),
            stage,
            index,
            script,
            line,
            released: 0,
            at: 0,
            repeated: 0,
            has_sent: false,
            unwritten: Arc::default(),
            over: false,
        }
    }

    /// Does what comes before status and headers. An error: they never come.
    pub(crate) async fn open(mut self) -> Result<Self, Refused> {
        let head_at = self.script.head_at.unwrap_or(self.script.steps.len());
        while self.at < head_at {
            self.wait().await;
        }
        if self.script.head_at.is_some() {
            return Ok(self);
        }
        let _ = self.end().await;
        Err(Refused)
    }

    /// The body, chunk by chunk.
    pub(crate) fn body(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        stream::unfold(self, Self::next)
    }

    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        if self.over {
            return None;
        }
        if self.has_sent {
            // Hyper writes out what it has when a body has nothing ready: so each chunk goes alone.
            tokio::task::yield_now().await;
        }
        let script = self.script.clone();
        loop {
            match script.steps.get(self.at) {
                Some(Step::Send(chunk)) => {
                    self.at += 1;
                    return Some((Ok(self.hand_over(chunk)), self));
                }
                Some(Step::Repeat(chunk, times)) if self.repeated < *times => {
                    self.repeated += 1;
                    return Some((Ok(self.hand_over(chunk)), self));
                }
                Some(_) => self.wait().await,
                None => {
                    let last = self.end().await;
                    return last.err().map(|error| (Err(error), self));
                }
            }
        }
    }

    /// Takes a step that sends nothing.
    async fn wait(&mut self) {
        match self.script.steps.get(self.at) {
            Some(Step::Wait(time)) => tokio::time::sleep(*time).await,
            Some(Step::Release) => {
                self.stage.wait_released_beyond(self.released_before + self.released).await;
                self.released += 1;
            }
            Some(Step::Send(_) | Step::Repeat(..)) | None => {}
        }
        self.at += 1;
        self.repeated = 0;
    }

    fn hand_over(&mut self, chunk: &Bytes) -> Bytes {
        self.has_sent = true;
        self.stage.note_chunk(self.index);
        if !self.is_cut() {
            return chunk.clone();
        }
        let unwritten = self.unwritten.clone();
        unwritten.send_modify(|chunks| *chunks += 1);
        tracked(chunk.clone(), move || unwritten.send_modify(|chunks| *chunks -= 1))
    }

    fn is_cut(&self) -> bool {
        matches!(self.script.end, End::Reset | End::Close)
    }

    /// Ends as the script says: well, or with an error that the stream is reset for.
    async fn end(&mut self) -> io::Result<()> {
        // A cut must not swallow what was sent before it: the head,
        if self.is_cut() && self.script.head_at.is_some() && !self.has_sent {
            tokio::task::yield_now().await;
        }
        // and every chunk.
        let _ = self.unwritten.subscribe().wait_for(|chunks| *chunks == 0).await;
        match self.script.end {
            End::Eof => {
                self.finish();
                Ok(())
            }
            End::Reset if self.line.protocol == Protocol::H2 => {
                self.finish();
                Err(io::ErrorKind::ConnectionReset.into())
            }
            End::Reset => {
                self.finish();
                self.line.cutter.reset();
                std::future::pending().await
            }
            End::Close => {
                self.finish();
                self.line.cutter.close();
                std::future::pending().await
            }
            End::Hang => std::future::pending().await,
        }
    }

    fn finish(&mut self) {
        self.over = true;
        self.stage.note_complete(self.index);
    }
}

impl Drop for Performance {
    fn drop(&mut self) {
        if !self.over {
            self.stage.note_aborted(self.index);
        }
    }
}
