//! What holds for any inputs, in any order, and any cutting of the bytes.

use proptest::prelude::*;
use tutti::{
    call::{Call, Input, Limits, Now},
    model::{
        error::{ApiError, ErrorClass},
        event::StreamEvent,
        http::Headers,
        provider::{Dialect, Quirks},
    },
};

use super::{
    bodies::{SPOKEN, finish, overloaded, ping, start, text},
    world::is_legal,
};

fn small_limits() -> Limits {
    Limits { text_bytes: 60, wire_bytes: 3_000, line_bytes: 600, ..Limits::default() }
}

fn new_call(dialect: Dialect, limits: Limits) -> Call {
    Call::new(dialect, Quirks::default(), limits, 7, Now::default())
}

fn part() -> impl Strategy<Value = fn(Dialect) -> Vec<u8>> {
    prop_oneof![
        6 => Just((|dialect| text(dialect, "héllo 漢字\0")) as fn(Dialect) -> Vec<u8>),
        1 => Just((|dialect| text(dialect, "")) as fn(Dialect) -> Vec<u8>),
        1 => Just(start as fn(Dialect) -> Vec<u8>),
        1 => Just(ping as fn(Dialect) -> Vec<u8>),
        1 => Just(finish as fn(Dialect) -> Vec<u8>),
        1 => Just(overloaded as fn(Dialect) -> Vec<u8>),
        1 => Just((|_| b"data: {\"half\n\n".to_vec()) as fn(Dialect) -> Vec<u8>),
        1 => Just((|_| vec![b'x'; 700]) as fn(Dialect) -> Vec<u8>),
    ]
}

/// What is heard of a body that comes in such pieces, and how the call ends.
fn hear(dialect: Dialect, body: &[u8], cuts: &[usize], reset: bool) -> (Vec<StreamEvent>, String) {
    let mut call = new_call(dialect, small_limits());
    let mut events = Vec::new();
    let headers = Headers::default();
    let mut feed = |call: &mut Call, input| call.handle(input, Now::default(), &mut events);
    feed(&mut call, Input::SlotGranted);
    feed(&mut call, Input::Headers { status: 200, headers: &headers });
    for piece in crate::common::pieces(body, cuts.iter().copied()) {
        feed(&mut call, Input::Bytes(piece));
    }
    if reset {
        feed(&mut call, Input::Broken(ApiError::new(ErrorClass::ConnectionLost, "reset")));
    } else {
        feed(&mut call, Input::End);
    }
    let ended = format!("{:?} {}", call.phase(), call.summary(0).text_bytes);
    (events, ended)
}

#[derive(Clone, Debug)]
enum Happening {
    Slot,
    Headers(u16),
    Bytes(Vec<u8>),
    End,
    Broken(ErrorClass),
    Tick,
    Stop,
}

fn happening() -> impl Strategy<Value = Happening> {
    let some_body = (prop::sample::select(SPOKEN.to_vec()), part()).prop_map(|(dialect, part)| part(dialect));
    prop_oneof![
        3 => Just(Happening::Slot),
        3 => prop::sample::select(vec![0_u16, 200, 200, 200, 204, 301, 400, 401, 422, 429, 503, 999])
            .prop_map(Happening::Headers),
        6 => some_body.prop_map(Happening::Bytes),
        1 => prop::collection::vec(any::<u8>(), 0..50).prop_map(Happening::Bytes),
        2 => Just(Happening::End),
        2 => prop::sample::select(vec![ErrorClass::NetworkOrCors, ErrorClass::ConnectionLost, ErrorClass::Forbidden])
            .prop_map(Happening::Broken),
        4 => Just(Happening::Tick),
        1 => Just(Happening::Stop),
    ]
}

proptest! {
    #[test]
    fn the_same_bytes_are_heard_the_same_however_they_are_cut(
        dialect in prop::sample::select(SPOKEN.to_vec()),
        parts in prop::collection::vec(part(), 0..12),
        cuts in prop::collection::vec(1..80_usize, 0..60),
        reset in any::<bool>(),
    ) {
        let body: Vec<u8> = parts.iter().flat_map(|part| part(dialect)).collect();
        let whole = hear(dialect, &body, &[body.len()], reset);
        prop_assert_eq!(&whole, &hear(dialect, &body, &vec![1; body.len()], reset));
        prop_assert_eq!(&whole, &hear(dialect, &body, &cuts, reset));
    }

    #[test]
    fn any_input_is_safe_in_any_phase(
        dialect in prop::sample::select(Dialect::ALL.to_vec()),
        story in prop::collection::vec((happening(), -50_000..200_000_i64, any::<u64>()), 0..60),
    ) {
        let mut call = new_call(dialect, small_limits());
        let mut now = Now::default();
        for (happening, passed_ms, wall_ms) in story {
            now = Now { ms: now.ms.saturating_add_signed(passed_ms), wall_ms };
            let headers = Headers::from_iter([("retry-after", "2")]);
            let input = match &happening {
                Happening::Slot => Input::SlotGranted,
                Happening::Headers(status) => Input::Headers { status: *status, headers: &headers },
                Happening::Bytes(bytes) => Input::Bytes(bytes),
                Happening::End => Input::End,
                Happening::Broken(class) => Input::Broken(ApiError::new(*class, "broken")),
                Happening::Tick => Input::Tick,
                Happening::Stop => Input::Stop,
            };
            let (was_over, before) = (call.phase().is_over(), call.phase().clone());
            let mut events = Vec::new();
            call.handle(input, now, &mut events);
            if was_over {
                prop_assert!(events.is_empty() && *call.phase() == before);
            }
            if matches!(happening, Happening::Stop) {
                prop_assert!(call.phase().is_over());
            }
            prop_assert_eq!(call.wake_at().is_none(), !call.need().keeps_slot()
                && !matches!(call.need(), tutti::call::Need::Time));
            let log = call.log();
            prop_assert!(log.windows(2).all(|pair| is_legal(pair[0].phase, pair[1].phase)), "{:?}", log);
            prop_assert!(log.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));
        }
    }
}
