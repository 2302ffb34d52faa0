//! Programs that run beside the page, each made of a text of this program's own.

use js_sys::Array;
use web_sys::{Blob, Url, Worker};

/// Starts it from a blob, so that the page's policy binds it too: a script at an address of its own
/// would have the policy that its server sends (CSP Level 3, section 4.2.2). `None` where the browser
/// refuses at once; it may also fire the event `error` later.
pub(super) fn start(source: &str) -> Option<Worker> {
    let blob = Blob::new_with_str_sequence(&Array::of1(&source.into())).ok()?;
    // The address is not revoked: WebKit may read it later than it is told to.
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    Worker::new(&address).ok()
}
