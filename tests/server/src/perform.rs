//! One replay on its way to one client.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, Stream};

use crate::mount::Stage;
use crate::replay::{End, Pace, Replay};
use crate::wire::Cutter;

/// The body of an answer, chunk by chunk at the replay's pace. When the client goes before the
/// end, the stream is dropped, and that is what tells an abort.
pub(crate) fn perform(
    stage: Arc<Stage>,
    index: usize,
    replay: Replay,
    cutter: Cutter,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let performance = Performance {
        released_before: stage.released(),
        stage,
        index,
        replay,
        cutter,
        steps_done: 0,
        over: false,
    };
    stream::unfold(performance, Performance::step)
}

struct Performance {
    stage: Arc<Stage>,
    index: usize,
    replay: Replay,
    cutter: Cutter,
    released_before: usize,
    steps_done: usize,
    over: bool,
}

impl Performance {
    async fn step(mut self) -> Option<(io::Result<Bytes>, Self)> {
        if self.over {
            return None;
        }
        self.wait_for_turn().await;
        match self.replay.chunks.get(self.steps_done).cloned() {
            Some(chunk) => {
                self.steps_done += 1;
                self.stage.note_chunk(self.index);
                Some((Ok(chunk), self))
            }
            None => self.end().await,
        }
    }

    async fn wait_for_turn(&self) {
        if self.steps_done > 0 {
            // Hyper writes out what it has when a body has nothing ready: so each chunk goes alone.
            tokio::task::yield_now().await;
        }
        match self.replay.pace {
            Pace::AtOnce => {}
            Pace::Every(time) if self.steps_done > 0 => tokio::time::sleep(time).await,
            Pace::Every(_) => {}
            Pace::Gated(at_once) if self.steps_done < at_once => {}
            Pace::Gated(at_once) => {
                let released_by_now = self.released_before + self.steps_done - at_once;
                self.stage.wait_released_beyond(released_by_now).await;
            }
        }
    }

    async fn end(mut self) -> Option<(io::Result<Bytes>, Self)> {
        match self.replay.end {
            End::Eof => {
                self.finish();
                None
            }
            End::Reset => {
                self.finish();
                self.cutter.cut();
                Some((Err(io::ErrorKind::ConnectionReset.into()), self))
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
