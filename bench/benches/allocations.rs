//! How often memory is asked for, and how much of it, for each event of a stream.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    convert::Infallible,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use bytes::Bytes;
use futures::{StreamExt, executor::block_on, stream};
use tutti::{
    model::provider::{Dialect, Quirks},
    wire::{
        body::{BodyDecoder, DEFAULT_LINE_LIMIT},
        sse::Sse,
    },
};
use tutti_bench::{Cut, answer::Answer};

/// Small, since every event costs the same.
const SIZE: usize = 1 << 20;

static CALLS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

/// Counts what is asked of the system's allocator.
struct Counting;

// SAFETY: every call is passed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(size: usize) {
    CALLS.fetch_add(1, Relaxed);
    BYTES.fetch_add(size as u64, Relaxed);
}

fn main() {
    println!("\nallocations and bytes allocated per event, in pieces of 16 kB");
    println!("{:20}{:>16}{:>16}{:>22}{:>16}", "", "framing", "decoding", "eventsource-stream", "sse-stream");
    for dialect in Dialect::ALL {
        let answer = Answer::new(dialect, SIZE);
        let pieces = Cut::Read.pieces(dialect, &answer.bytes);
        print!("{:20}", dialect.name());
        if dialect == Dialect::OllamaChat {
            println!("{:>16}{}", "-", measured(16, || decode(dialect, &pieces)));
            continue;
        }
        let shared: Vec<_> = pieces.iter().map(|piece| Bytes::copy_from_slice(piece)).collect();
        print!("{}", measured(16, || framing(&pieces)));
        print!("{}", measured(16, || decode(dialect, &pieces)));
        print!("{}", measured(22, || eventsource_stream(&shared)));
        println!("{}", measured(16, || sse_stream(&shared)));
    }
}

/// Runs something that says how many events there were; gives a cell of the table.
fn measured(width: usize, run: impl FnOnce() -> u64) -> String {
    let (calls, bytes) = (CALLS.load(Relaxed), BYTES.load(Relaxed));
    let events = run();
    let (calls, bytes) = (CALLS.load(Relaxed) - calls, BYTES.load(Relaxed) - bytes);
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let per_event = |number: u64| number as f64 / events as f64;
    let cell = format!("{:.2} / {:.0} B", per_event(calls), per_event(bytes));
    format!("{cell:>width$}")
}

fn framing(pieces: &[&[u8]]) -> u64 {
    let mut parser = Sse::new(DEFAULT_LINE_LIMIT);
    let mut events = 0;
    for piece in pieces {
        parser.push(piece, |_| events += 1).expect("short lines");
    }
    events
}

fn decode(dialect: Dialect, pieces: &[&[u8]]) -> u64 {
    let mut decoder = BodyDecoder::new(dialect, Quirks::default());
    let mut out = Vec::new();
    let mut events = 0;
    for piece in pieces {
        decoder.push(piece, &mut out).expect("short lines");
        events += out.drain(..).count() as u64;
    }
    decoder.end(&mut out);
    events + out.len() as u64
}

fn eventsource_stream(pieces: &[Bytes]) -> u64 {
    let pieces = stream::iter(pieces.iter().cloned().map(Ok::<_, Infallible>));
    block_on(eventsource_stream::EventStream::new(pieces).count()) as u64
}

fn sse_stream(pieces: &[Bytes]) -> u64 {
    let pieces = stream::iter(pieces.iter().cloned().map(Ok::<_, Infallible>));
    block_on(sse_stream::SseByteStream::new(pieces).count()) as u64
}
