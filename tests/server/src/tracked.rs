//! Bytes that say when the connection has let go of them, which it does once they are on their way.

use bytes::Bytes;

/// The same bytes; `when_gone` runs once, when nobody holds them any more.
pub(crate) fn tracked(bytes: Bytes, when_gone: impl FnOnce() + Send + 'static) -> Bytes {
    Bytes::from_owner(Tracked { bytes, when_gone: Some(when_gone) })
}

struct Tracked<F: FnOnce()> {
    bytes: Bytes,
    when_gone: Option<F>,
}

impl<F: FnOnce()> AsRef<[u8]> for Tracked<F> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl<F: FnOnce()> Drop for Tracked<F> {
    fn drop(&mut self) {
        if let Some(when_gone) = self.when_gone.take() {
            when_gone();
        }
    }
}
