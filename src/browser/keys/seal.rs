//! Sealing: AES-GCM with 256 bits under a key that no script can read out, bound to the origin that the
//! API key belongs to. (Web Cryptography API, "AES-GCM"; NIST SP 800-38D for the 96-bit nonce.)

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use crate::model::http::{ApiKey, Origin};

const NONCE_BYTES: usize = 12;

/// Insecure contexts cannot.
pub(super) fn is_possible() -> bool {
    subtle().is_some()
}

/// A new key that can never leave the browser.
pub(super) async fn new_key() -> Option<CryptoKey> {
    let algorithm = algorithm(&[("length", &256.into())])?;
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let key = subtle()?.generate_key_with_object(&algorithm, false, &usages).ok()?;
    JsFuture::from(key).await.ok()?.dyn_into().ok()
}

/// Nonce and ciphertext, in hexadecimal.
pub(super) async fn seal(under: &CryptoKey, key: &ApiKey) -> Option<String> {
    let mut nonce = [0; NONCE_BYTES];
    crate::browser::crypto()?.get_random_values_with_u8_array(&mut nonce).ok()?;
    let algorithm = bound_to(key.origin(), &nonce)?;
    let text = Uint8Array::from(key.secret_to_seal().as_bytes());
    let sealed = subtle()?.encrypt_with_object_and_js_u8_array(&algorithm, under, &text).ok()?;
    let sealed = Uint8Array::new(&JsFuture::from(sealed).await.ok()?).to_vec();
    Some(nonce.iter().chain(&sealed).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
}

/// `None` for whatever was not sealed by this key for this origin.
pub(super) async fn unseal(under: &CryptoKey, origin: &Origin, sealed: &str) -> Option<ApiKey> {
    let pairs =
        sealed.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let bytes = pairs.collect::<Option<Vec<u8>>>()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
    let algorithm = bound_to(origin, nonce)?;
    let text =
        subtle()?.decrypt_with_object_and_js_u8_array(&algorithm, under, &Uint8Array::from(sealed)).ok()?;
    let text = Uint8Array::new(&JsFuture::from(text).await.ok()?).to_vec();
    ApiKey::new(origin.clone(), std::str::from_utf8(&text).ok()?).ok()
}

fn bound_to(origin: &Origin, nonce: &[u8]) -> Option<Object> {
    let origin = Uint8Array::from(origin.as_str().as_bytes());
    algorithm(&[("iv", &Uint8Array::from(nonce)), ("additionalData", &origin)])
}

fn algorithm(more: &[(&str, &JsValue)]) -> Option<Object> {
    let algorithm = Object::new();
    for (name, value) in [("name", &"AES-GCM".into())].iter().chain(more) {
        Reflect::set(&algorithm, &(*name).into(), value).ok()?;
    }
    Some(algorithm)
}

fn subtle() -> Option<SubtleCrypto> {
    let subtle = Reflect::get(crate::browser::crypto()?.as_ref(), &"subtle".into()).ok()?;
    // Insecure contexts have none.
    subtle.is_object().then(|| subtle.unchecked_into())
}

fn digit(half: u8) -> char {
    char::from_digit(half.into(), 16).unwrap_or('0')
}
