//! Files: handed to the person, and taken from one.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlElement, Url};

use super::{Event, after, document};

/// So much of a file is read at once, in bytes.
const PIECE: f64 = 1_048_576.0;
/// A download that has begun holds on to its content by itself.
const REVOKE_MS: u32 = 60_000;

/// Offers a text as a file of that name.
pub fn download(name: &str, media_type: &str, parts: &[String]) {
    let parts: Array = parts.iter().map(|part| JsValue::from(part.as_str())).collect();
    let Ok(blob) = Blob::new_with_str_sequence(&parts) else { return };
    let typed = blob.slice_with_f64_and_f64_and_content_type(0.0, blob.size(), media_type);
    let address = typed.and_then(|blob| Url::create_object_url_with_blob(&blob));
    let link = document().and_then(|document| document.create_element("a").ok());
    let (Ok(address), Some(link)) = (address, link) else { return };
    // An element takes any attribute of a valid name.
    let _ = link.set_attribute("href", &address);
    let _ = link.set_attribute("download", name);
    if let Some(link) = link.dyn_ref::<HtmlElement>() {
        link.click();
    }
    after(REVOKE_MS, move || {
        // Fails for no address that was made here.
        let _ = Url::revoke_object_url(&address);
    });
}

/// A file that a person has chosen.
pub struct File(Blob);

impl Event {
    /// The first file of a field for files.
    pub fn file(&self) -> Option<File> {
        self.files().into_iter().next()
    }

    /// The files of a field for files, or what is pasted or dropped of them.
    pub fn files(&self) -> Vec<File> {
        let mut files = Vec::new();
        if let Some(list) = self.carrier("files") {
            let mut at = 0;
            while let Ok(file) = Reflect::get_u32(&list, at).and_then(JsValue::dyn_into) {
                files.push(File(file));
                at += 1;
            }
        }
        files
    }

    /// Whether what is dragged over the page, or pasted, is of that type: `Files`, `text/plain`.
    pub fn brings(&self, kind: &str) -> bool {
        self.carrier("types").is_some_and(|types| Array::from(&types).includes(&kind.into(), 0))
    }

    /// That field of what brings files: a field for them, the clipboard, what is dragged.
    fn carrier(&self, field: &str) -> Option<JsValue> {
        let get =
            |from: &JsValue, name: &str| Reflect::get(from, &name.into()).ok().filter(JsValue::is_object);
        let event = self.raw();
        let from = get(event, "clipboardData").or_else(|| get(event, "dataTransfer"));
        let from = from.or_else(|| get(event, "target"))?;
        get(&from, field)
    }
}

impl File {
    pub(super) fn blob(&self) -> &Blob {
        &self.0
    }

    /// Its name; empty where it has none.
    pub fn name(&self) -> String {
        Reflect::get(&self.0, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
    }

    /// What the browser takes it for, such as `image/png`; empty where it does not know.
    pub fn media_type(&self) -> String {
        self.0.type_()
    }

    /// In bytes.
    pub fn size(&self) -> f64 {
        self.0.size()
    }

    /// Its bytes, piece by piece. `None` where it cannot be read, or `take` wants no more.
    pub async fn read(&self, mut take: impl FnMut(&[u8]) -> bool) -> Option<()> {
        let mut at = 0.0;
        while at < self.0.size() {
            if !take(&self.piece(at).await?) {
                return None;
            }
            at += PIECE;
        }
        Some(())
    }

    /// Its bytes, each piece once what was done with the one before has ended. Whether all of them could be read.
    pub async fn read_slowly(&self, mut take: impl AsyncFnMut(&[u8])) -> bool {
        let mut at = 0.0;
        while at < self.0.size() {
            let Some(piece) = self.piece(at).await else { return false };
            take(&piece).await;
            at += PIECE;
        }
        true
    }

    async fn piece(&self, at: f64) -> Option<Vec<u8>> {
        let piece = self.0.slice_with_f64_and_f64(at, (at + PIECE).min(self.0.size())).ok()?;
        let buffer = JsFuture::from(piece.array_buffer()).await.ok()?;
        Some(Uint8Array::new(&buffer).to_vec())
    }
}
