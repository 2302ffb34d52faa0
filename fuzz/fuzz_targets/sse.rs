#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::wire::sse::Sse;

#[derive(Debug, Default, PartialEq)]
struct Read {
    /// Name, data and id of each event.
    events: Vec<[String; 3]>,
    retry: Option<u64>,
}

fuzz_target!(|stream: &[u8]| {
    let expected = by_the_standard(stream);
    for pieces in tutti_fuzz::cuts(stream) {
        let mut parser = Sse::new(stream.len());
        let mut events = Vec::new();
        for piece in pieces {
            let push = |event: tutti::wire::sse::SseEvent<'_>| {
                events.push([event.event.to_owned(), event.data.into_owned(), event.id.to_owned()]);
            };
            parser.push(piece, push).expect("no line is longer than the stream");
        }
        assert_eq!(Read { events, retry: parser.retry() }, expected);
    }
});

/// HTML Standard, "Server-sent events", 9.2.6, word for word and without any thought of speed.
fn by_the_standard(stream: &[u8]) -> Read {
    let text = String::from_utf8_lossy(stream.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(stream));
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    // What no line end follows is no line.
    let lines = text.rsplit_once('\n').map_or("", |(lines, _)| lines).split('\n');
    let lines = lines.take(text.matches('\n').count());
    let (mut event_type, mut data, mut last_event_id) = (String::new(), String::new(), String::new());
    let mut read = Read::default();
    for line in lines {
        if line.is_empty() {
            if let Some(data) = data.strip_suffix('\n') {
                let name = if event_type.is_empty() { "message" } else { &event_type };
                read.events.push([name.to_owned(), data.to_owned(), last_event_id.clone()]);
            }
            data.clear();
            event_type.clear();
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => event_type = value.to_owned(),
            "data" => data = data + value + "\n",
            "id" if !value.contains('\0') => last_event_id = value.to_owned(),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                read.retry = value.parse().ok().or(read.retry);
            }
            _ => {}
        }
    }
    read
}
