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
    println!("\nallocations and bytes allocated for each event of a stream, in pieces of 16 kB");
    println!("{:20}{:>16}{:>16}{:>22}{:>16}", "", "framing", "decoding", "eventsource-stream", "sse-stream");
    for dialect in Dialect::ALL {
        let answer = Answer::new(dialect, SIZE);
        let pieces = Cut::Read.pieces(dialect, &answer.bytes);
        print!("{:20}", dialect.name());
        if dialect == Dialect::OllamaChat {
            let lines = answer.bytes.iter().filter(|byte| **byte == b'\n').count();
            println!("{:>16}{}", "-", measured(16, lines, || decode(dialect, &pieces)));
            continue;
        }
        let shared: Vec<_> = pieces.iter().map(|piece| Bytes::copy_from_slice(piece)).collect();
        let mut events = 0;
        framing(&pieces, &mut events);
        print!("{}", measured(16, events, || framing(&pieces, &mut 0)));
        print!("{}", measured(16, events, || decode(dialect, &pieces)));
        print!("{}", measured(22, events, || eventsource_stream(&shared)));
        println!("{}", measured(16, events, || sse_stream(&shared)));
    }
}

/// Runs something over so many events; gives a cell of the table.
fn measured(width: usize, events: usize, run: impl FnOnce()) -> String {
    let (calls, bytes) = (CALLS.load(Relaxed), BYTES.load(Relaxed));
    run();
    let (calls, bytes) = (CALLS.load(Relaxed) - calls, BYTES.load(Relaxed) - bytes);
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let per_event = |number: u64| number as f64 / events as f64;
    let cell = format!("{:.2} / {:.0} B", per_event(calls), per_event(bytes));
    format!("{cell:>width$}")
}

fn framing(pieces: &[&[u8]], events: &mut usize) {
    let mut parser = Sse::new(DEFAULT_LINE_LIMIT);
    for piece in pieces {
        parser.push(piece, |_| *events += 1).expect("short lines");
    }
}

fn decode(dialect: Dialect, pieces: &[&[u8]]) {
    let mut decoder = BodyDecoder::new(dialect, Quirks::default());
    let mut out = Vec::new();
    for piece in pieces {
        decoder.push(piece, &mut out).expect("short lines");
        out.clear();
    }
    decoder.end(&mut out);
}

fn eventsource_stream(pieces: &[Bytes]) {
    let pieces = stream::iter(pieces.iter().cloned().map(Ok::<_, Infallible>));
    block_on(eventsource_stream::EventStream::new(pieces).for_each(async |event| drop(event)));
}

fn sse_stream(pieces: &[Bytes]) {
    let pieces = stream::iter(pieces.iter().cloned().map(Ok::<_, Infallible>));
    block_on(sse_stream::SseByteStream::new(pieces).for_each(async |event| drop(event)));
}
