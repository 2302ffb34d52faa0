//! Pictures: made as small as they are sent, and shown small.
//!
//! A picture is drawn anew, so that nothing is left of what a camera wrote beside it: where it was, and whose it is.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, Document, FileReader, HtmlCanvasElement, HtmlImageElement, ImageBitmap,
};

use super::{El, File, document, el, spawn};

/// What is tried until it is small enough: the format, how well it is kept, and by what its sides are divided.
const WAYS: [(&str, f64, u32); 5] = [
    // Without loss: what has letters in it stays sharp.
    ("image/png", 1.0, 1),
    ("image/jpeg", 0.9, 1),
    ("image/jpeg", 0.75, 1),
    ("image/jpeg", 0.75, 2),
    ("image/jpeg", 0.6, 4),
];
/// The longest side of a picture that is shown small, in device pixels.
const THUMBNAIL: u32 = 192;

pub struct Picture {
    pub media_type: &'static str,
    /// Base64.
    pub data: String,
    pub size: (u32, u32),
}

/// The picture in a file, in that size at most and in so many bytes. `None` where the browser cannot read it.
pub async fn picture(file: &File, scaled: fn(u32, u32) -> (u32, u32), most: usize) -> Option<Picture> {
    let bitmap = web_sys::window()?.create_image_bitmap_with_blob(file.blob()).ok()?;
    let bitmap: ImageBitmap = JsFuture::from(bitmap).await.ok()?.dyn_into().ok()?;
    let (width, height) = scaled(bitmap.width(), bitmap.height());
    let is_photo = file.media_type() == "image/jpeg";
    let mut made = None;
    for (media_type, quality, part) in WAYS.into_iter().skip(usize::from(is_photo)) {
        let size = ((width / part).max(1), (height / part).max(1));
        let blob = encoded(&bitmap, size, media_type, quality).await;
        if let Some(blob) = blob.filter(|blob| blob.type_() == media_type && blob.size() <= most as f64) {
            made = Some((media_type, size, blob));
            break;
        }
    }
    bitmap.close();
    let (media_type, size, blob) = made?;
    Some(Picture { media_type, data: base64(&blob).await?, size })
}

async fn encoded(bitmap: &ImageBitmap, (width, height): (u32, u32), to: &str, quality: f64) -> Option<Blob> {
    let canvas = canvas(&document()?, width, height)?;
    let pen = pen(&canvas)?;
    let (across, down) = (f64::from(width), f64::from(height));
    if to == "image/jpeg" {
        // It knows no transparency.
        pen.set_fill_style_str("white");
        pen.fill_rect(0.0, 0.0, across, down);
    }
    pen.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, across, down).ok()?;
    let made = promise(|done, _| {
        // Where it fails, nobody calls back with a blob; the promise of nothing ends then too.
        if canvas.to_blob_with_type_and_encoder_options(done, to, &quality.into()).is_err() {
            let _ = done.call1(&JsValue::NULL, &JsValue::NULL);
        }
    });
    made.await?.dyn_into().ok()
}

async fn base64(blob: &Blob) -> Option<String> {
    let reader = FileReader::new().ok()?;
    promise(|done, failed| {
        reader.set_onload(Some(done));
        reader.set_onerror(Some(failed));
        if reader.read_as_data_url(blob).is_err() {
            let _ = failed.call0(&JsValue::NULL);
        }
    })
    .await?;
    let address = reader.result().ok()?.as_string()?;
    address.split_once(',').map(|(_, data)| data.to_owned())
}

async fn promise(act: impl FnOnce(&Function, &Function)) -> Option<JsValue> {
    let mut act = Some(act);
    let promise = Promise::new(&mut |done, failed| {
        if let Some(act) = act.take() {
            act(&done, &failed);
        }
    });
    JsFuture::from(promise).await.ok()
}

fn canvas(document: &Document, width: u32, height: u32) -> Option<HtmlCanvasElement> {
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    Some(canvas)
}

fn pen(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    let pen: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    // A browser that knows no better way keeps its own.
    let _ = Reflect::set(&pen, &"imageSmoothingQuality".into(), &"high".into());
    Some(pen)
}

/// A picture shown small: drawn, so that its content is held only once. It stays empty where it is none.
pub fn thumbnail(media_type: &str, data: &str) -> El {
    let element = el("canvas").class("thumbnail").attrs(&[("width", "1"), ("height", "1")]);
    let Ok(image) = HtmlImageElement::new() else { return element };
    image.set_src(&["data:", media_type, ";base64,", data].concat());
    let shown = element.clone();
    spawn(async move {
        let is_read = JsFuture::from(image.decode()).await.is_ok();
        let canvas = shown.element().dyn_ref::<HtmlCanvasElement>().filter(|_| is_read);
        let Some(canvas) = canvas else { return };
        let (width, height) = (image.natural_width(), image.natural_height());
        let longest = width.max(height).max(1);
        let side = |side: u32| (side * THUMBNAIL.min(longest) / longest).max(1);
        canvas.set_width(side(width));
        canvas.set_height(side(height));
        if let Some(pen) = pen(canvas) {
            let (across, down) = (f64::from(side(width)), f64::from(side(height)));
            // An image that was decoded can be drawn.
            let _ = pen.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, across, down);
        }
    });
    element
}
