//! Megabytes a second, of framing alone and down to the meaning, beside other public parsers on the
//! same bytes. Every reader is checked to find the same before it is measured.

mod settings;

use std::{convert::Infallible, hint::black_box};

use bytes::Bytes;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};
use futures::{StreamExt, executor::block_on, stream};
use serde_json::Value;
use tutti::{
    model::{
        answer::Answer as Decoded,
        event::StreamEvent,
        provider::{Dialect, Quirks},
    },
    wire::{
        body::{BodyDecoder, DEFAULT_LINE_LIMIT},
        sse::Sse,
    },
};
use tutti_bench::{
    Cut, SIZE,
    answer::{ARGUMENTS, Answer},
};

fn main() {
    let mut criterion = settings::criterion();
    // Long events and short ones: what a byte costs, and what an event costs.
    for dialect in [Dialect::OpenaiChat, Dialect::CohereV2] {
        let answer = Answer::new(dialect, SIZE);
        for cut in Cut::ALL {
            framing(&mut criterion, dialect, cut, &answer);
        }
    }
    for dialect in Dialect::ALL {
        let answer = Answer::new(dialect, SIZE);
        decoding(&mut criterion, dialect, &answer);
    }
    criterion.final_summary();
}

fn group<'a>(criterion: &'a mut Criterion, name: &str, bytes: usize) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(bytes as u64));
    group
}

/// From bytes to the data of events, which is summed up as a number so that nothing is left out.
fn framing(criterion: &mut Criterion, dialect: Dialect, cut: Cut, answer: &Answer) {
    let slices = cut.pieces(dialect, &answer.bytes);
    // Other parsers want pieces that they can share; making them is not measured.
    let pieces: Vec<_> = slices.iter().map(|piece| Bytes::copy_from_slice(piece)).collect();
    let expected = tutti(&slices);
    let name = format!("framing/{} in pieces of {}", dialect.name(), cut.name());
    let mut group = group(criterion, &name, answer.bytes.len());
    group.bench_function("tutti", |bencher| bencher.iter(|| tutti(black_box(&slices))));
    let mut peer = |name: &str, read: fn(&[Bytes]) -> usize| {
        assert_eq!(read(&pieces), expected, "{name} finds the same data");
        group.bench_function(name, |bencher| bencher.iter(|| read(black_box(&pieces))));
    };
    peer("eventsource-stream", eventsource_stream);
    peer("sse-stream", sse_stream);
    peer("sse-core", sse_core);
}

fn tutti(pieces: &[&[u8]]) -> usize {
    let mut parser = Sse::new(DEFAULT_LINE_LIMIT);
    let mut length = 0;
    for piece in pieces {
        parser.push(piece, |event| length += black_box(&event.data).len()).expect("short lines");
    }
    length
}

fn eventsource_stream(pieces: &[Bytes]) -> usize {
    let pieces = stream::iter(pieces.iter().cloned().map(Ok::<_, Infallible>));
    let events = eventsource_stream::EventStream::new(pieces);
    block_on(events.fold(0, async |length, event| length + black_box(event.expect("an event")).data.len()))
}

fn sse_stream(pieces: &[Bytes]) -> usize {
    let pieces = stream::iter(pieces.iter().cloned().map(Ok::<_, Infallible>));
    let events = sse_stream::SseByteStream::new(pieces);
    block_on(events.fold(0, async |length, event| {
        length + black_box(event.expect("an event")).data.map_or(0, |data| data.len())
    }))
}

fn sse_core(pieces: &[Bytes]) -> usize {
    let mut parser = sse_core::SseDecoder::new();
    let mut length = 0;
    for piece in pieces {
        let mut piece = piece.clone();
        while let Some(event) = parser.next(&mut piece) {
            if let sse_core::SseEvent::Message(event) = black_box(event.expect("an event")) {
                length += event.data.len();
            }
        }
    }
    length
}

/// From bytes to what the answer says, and beside it to mere JSON values.
fn decoding(criterion: &mut Criterion, dialect: Dialect, answer: &Answer) {
    check(dialect, answer);
    let mut group = group(criterion, &format!("decoding/{}", dialect.name()), answer.bytes.len());
    for cut in Cut::ALL {
        let pieces = cut.pieces(dialect, &answer.bytes);
        group.bench_function(format!("tutti in pieces of {}", cut.name()), |bencher| {
            bencher.iter(|| decode(dialect, black_box(&pieces), |event| drop(black_box(event))));
        });
    }
    let pieces = Cut::Read.pieces(dialect, &answer.bytes);
    group.bench_function("serde_json::Value in pieces of 16 kB", |bencher| {
        bencher.iter(|| match dialect {
            Dialect::OllamaChat => values_of_lines(black_box(&answer.bytes)),
            _ => values_of_events(black_box(&pieces)),
        });
    });
}

/// Reads pieces as the program does: the events of one piece are handed on before the next is read.
fn decode(dialect: Dialect, pieces: &[&[u8]], mut event: impl FnMut(StreamEvent)) {
    let mut decoder = BodyDecoder::new(dialect, Quirks::default());
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(piece, &mut events).expect("short lines");
        events.drain(..).for_each(&mut event);
    }
    assert!(decoder.end(&mut events).complete);
    events.drain(..).for_each(&mut event);
}

/// # Panics
/// The decoder does not find what was written.
fn check(dialect: Dialect, answer: &Answer) {
    for cut in Cut::ALL {
        let mut decoded = Decoded::default();
        decode(dialect, &cut.pieces(dialect, &answer.bytes), |event| decoded.apply(&event));
        assert!(decoded.text == answer.text, "{} text", dialect.name());
        assert!(decoded.reasoning.concat() == answer.reasoning, "{} reasoning", dialect.name());
        let arguments: Vec<_> = decoded.tool_calls.iter().map(|call| call.arguments.as_str()).collect();
        assert_eq!(arguments, [ARGUMENTS], "{} tool calls", dialect.name());
    }
}

fn values_of_events(pieces: &[&[u8]]) {
    let mut parser = Sse::new(DEFAULT_LINE_LIMIT);
    for piece in pieces {
        let push = |event: tutti::wire::sse::SseEvent<'_>| {
            drop(black_box(serde_json::from_str::<Value>(&event.data)));
        };
        parser.push(piece, push).expect("short lines");
    }
}

fn values_of_lines(bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        drop(black_box(serde_json::from_slice::<Value>(line)));
    }
}
