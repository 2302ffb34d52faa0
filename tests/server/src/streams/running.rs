//! One stream on its way to one client.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};

use super::{Place, Shared, StreamRecord, epoch_ms};
use crate::tracked::tracked;

/// One stream under way.
pub(super) struct Running {
    shared: Arc<Shared>,
    /// The record's place and the time it belongs to.
    place: Place,
    start: Start,
    timer: Pin<Box<Sleep>>,
    sent: usize,
    late_max: Duration,
}

enum Start {
    At(Instant),
    Together(Pin<Box<dyn Future<Output = Instant> + Send>>),
}

impl Running {
    pub(super) fn new(shared: Arc<Shared>, model: String, is_h2: bool) -> Self {
        let mut state = shared.state();
        let place = Place { id: state.records.len(), age: state.age };
        state.records.push(StreamRecord {
            id: place.id,
            model,
            is_h2,
            tokens: shared.load.tokens,
            asked_ms: shared.now_ms(),
            asked_epoch_ms: epoch_ms(),
            first_ms: None,
            first_epoch_ms: None,
            last_ms: None,
            last_epoch_ms: None,
            bytes: 0,
            late_max_ms: 0.0,
            aborted: false,
        });
        let start = if shared.load.start_together {
            let mut begun = state.start.subscribe();
            state.waiting += 1;
            if state.waiting >= shared.load.streams {
                state.start.send_replace(Some(Instant::now()));
                state.start = watch::Sender::new(None);
                state.waiting = 0;
            }
            Start::Together(Box::pin(async move {
                let at = begun.wait_for(Option::is_some).await.ok().and_then(|at| *at);
                // After a reset nobody says when any more.
                at.unwrap_or_else(Instant::now)
            }))
        } else {
            Start::At(Instant::now())
        };
        drop(state);
        let timer = Box::pin(tokio::time::sleep(Duration::ZERO));
        Self { shared, place, start, timer, sent: 0, late_max: Duration::ZERO }
    }

    /// Takes the tokens whose moment has come.
    fn take_due(&mut self, start: Instant, now: Instant) -> Bytes {
        let load = self.shared.load;
        let first = self.sent;
        self.late_max = self.late_max.max(now.saturating_duration_since(start + load.due(first)));
        while self.sent < load.tokens && (self.sent == first || start + load.due(self.sent) <= now) {
            self.sent += 1;
        }
        let chunk = self.shared.score.slice(first..self.sent);
        let is_last = self.sent == load.tokens;
        if first > 0 && !is_last {
            return chunk;
        }
        let (shared, place, late_max, bytes) =
            (self.shared.clone(), self.place, self.late_max, self.shared.score.length(self.sent));
        tracked(chunk, move || {
            shared.note(place, |record, now_ms, epoch_ms| {
                if first == 0 {
                    record.first_ms = Some(now_ms);
                    record.first_epoch_ms = Some(epoch_ms);
                }
                if is_last {
                    record.last_ms = Some(now_ms);
                    record.last_epoch_ms = Some(epoch_ms);
                }
                record.bytes = bytes;
                record.late_max_ms = late_max.as_secs_f64() * 1000.0;
            });
        })
    }
}

impl Stream for Running {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let running = &mut *self;
        if running.sent == running.shared.load.tokens {
            return Poll::Ready(None);
        }
        let start = match &mut running.start {
            Start::At(start) => *start,
            Start::Together(begun) => {
                let start = ready!(begun.as_mut().poll(cx));
                running.start = Start::At(start);
                start
            }
        };
        let due = start + running.shared.load.due(running.sent);
        if due > Instant::now() {
            running.timer.as_mut().reset(due);
            ready!(running.timer.as_mut().poll(cx));
        }
        Poll::Ready(Some(Ok(running.take_due(start, Instant::now()))))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.sent < self.shared.load.tokens {
            let (bytes, late_max) = (self.shared.score.length(self.sent), self.late_max);
            self.shared.note(self.place, |record, _, _| {
                record.aborted = true;
                record.bytes = bytes;
                record.late_max_ms = late_max.as_secs_f64() * 1000.0;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::{Load, Streams};

    #[tokio::test]
    async fn every_token_has_its_moment_however_late_the_one_before_was() {
        let streams = Streams::new(Load::new(1, 400, 1000.0, 5));
        let mut running = Running::new(streams.shared.clone(), String::new(), true);
        let start = Instant::now();
        let mut at = |ms: u64| {
            running.take_due(start, start + Duration::from_millis(ms));
            (running.sent, running.late_max.as_millis())
        };
        assert_eq!(at(5), (1, 0));
        assert_eq!(at(6), (2, 0));
        // Overdue ones come together, the next one at its own time again.
        assert_eq!(at(55), (51, 48));
        assert_eq!(at(56), (52, 48));
        assert_eq!(at(9_999), (400, 9_942));
    }
}
