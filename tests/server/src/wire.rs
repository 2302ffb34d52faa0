//! A connection that can be ended from within, with a TCP reset instead of a polite close.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Ends the connection it was made for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cutter(Arc<State>);

#[derive(Debug, Default)]
struct State {
    with_reset: AtomicBool,
    now: Notify,
}

impl Cutter {
    /// Ends the connection with a reset.
    pub(crate) fn reset(&self) {
        self.0.with_reset.store(true, Ordering::SeqCst);
        self.close();
    }

    /// Ends the connection as a server does that goes away.
    pub(crate) fn close(&self) {
        self.0.now.notify_one();
    }

    /// Waits until the connection is to end; whoever holds it then drops it.
    pub(crate) async fn cut(&self) {
        self.0.now.notified().await;
    }

    fn with_reset(&self) -> bool {
        self.0.with_reset.load(Ordering::SeqCst)
    }
}

/// The server's end of a connection.
pub(crate) struct Wire {
    stream: TcpStream,
    cutter: Cutter,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> (Self, Cutter) {
        let cutter = Cutter::default();
        let wire = Self { stream, cutter: cutter.clone() };
        (wire, cutter)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.cutter.with_reset() {
            // Closing with no linger time is what makes the kernel send RST instead of FIN.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
