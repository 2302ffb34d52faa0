//! How a part is spoken to: bytes in, bytes out, one request at a time. No glue of a tool's making is
//! needed; `parts/worker.js` is the other side.
//!
//! The caller asks [`alloc`](door) for room, writes a request there and calls `run`, which takes the room
//! back. What `run` answers is where the answer stands: four bytes of length (little-endian), then the
//! bytes, valid until the next call.

/// Exports the two functions; the argument is a path to a `fn(&[u8]) -> Vec<u8>`.
#[macro_export]
macro_rules! door {
    ($($answer:tt)+) => {
        #[cfg(target_arch = "wasm32")]
        mod door {
            use std::cell::RefCell;

            thread_local! {
                static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
            }

            #[unsafe(no_mangle)]
            pub extern "C" fn alloc(length: usize) -> *mut u8 {
                $crate::room(length)
            }

            /// # Safety
            /// `room` is what `alloc(length)` has given, and was not given back since.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn run(room: *mut u8, length: usize) -> *const u8 {
                // SAFETY: as above.
                let request = unsafe { $crate::take(room, length) };
                let answer = $crate::framed(super::$($answer)+(&request));
                ANSWER.with_borrow_mut(|last| {
                    *last = answer;
                    last.as_ptr()
                })
            }
        }
    };
}

/// Room for a request; given back by [`take`].
pub fn room(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// # Safety
/// `room` is what [`room`] has given for this length, and was not taken since.
pub unsafe fn take(room: *mut u8, length: usize) -> Box<[u8]> {
    // SAFETY: this is the box that `room` has let go of.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(room, length)) }
}

/// The answer behind its length.
pub fn framed(answer: Vec<u8>) -> Vec<u8> {
    // Memory ends at 4 GiB.
    let length = u32::try_from(answer.len()).unwrap_or_default();
    [&length.to_le_bytes()[..], &answer].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_comes_out_as_it_was_written() {
        for request in [&b""[..], b"abc"] {
            let at = room(request.len());
            // SAFETY: the room is as long as the request, and taken once.
            let taken = unsafe {
                at.copy_from(request.as_ptr(), request.len());
                take(at, request.len())
            };
            assert_eq!(&*taken, request);
        }
    }

    #[test]
    fn an_answer_stands_behind_its_length() {
        assert_eq!(framed(vec![7, 8]), [2, 0, 0, 0, 7, 8]);
    }
}
