//! Keys that a page was given, looked for in every place where they must not be.

use serde_json::{Value, json};

use crate::Result;
use crate::browser::Browser;

/// Everything of the page that somebody else could come to see, as one list of places and texts.
/// What the page seals there may be anywhere: a text that is not the key tells nothing.
const PLACES: &str = "
    const places = {
        'the address': location.href,
        'the title': document.title,
        'the name of the window': window.name,
        'the document': document.documentElement.outerHTML,
        'a cookie': document.cookie,
        'the local storage': JSON.stringify({ ...localStorage }),
        'the session storage': JSON.stringify({ ...sessionStorage }),
        'an address that was asked for': performance.getEntries().map((entry) => entry.name).join(' '),
        'the history': JSON.stringify(history.state),
    };
    // What a field holds, and every place a text hides in, is not in the document's source.
    const fields = [...document.querySelectorAll('input, textarea, select, option')];
    places['a field'] = JSON.stringify(fields.map((field) => [field.name, field.value, field.placeholder]));
    // Buffers as text, in both widths of characters; keys of WebCrypto that cannot be read tell nothing.
    const text = (value, seen = new Set()) => {
        // By its tag, since a script may run in another realm than the page.
        const tag = Object.prototype.toString.call(value);
        if (tag === '[object ArrayBuffer]' || ArrayBuffer.isView(value)) {
            const start = value.byteOffset ?? 0;
            const bytes = [...new Uint8Array(value.buffer ?? value, start, value.byteLength)];
            const narrow = bytes.map((byte) => String.fromCharCode(byte)).join('');
            return narrow + ' ' + narrow.replaceAll('\\0', '');
        }
        if (value === null || typeof value !== 'object') return String(value);
        if (seen.has(value)) return '';
        seen.add(value);
        return Object.entries(value).map(([name, inner]) => name + ' ' + text(inner, seen)).join(' ');
    };
    const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error('blocked'));
    });
    const stored = [];
    for (const { name } of (await globalThis.indexedDB?.databases?.()) ?? []) {
        const database = await done(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
            const rows = database.transaction(store).objectStore(store);
            stored.push(name, store, text(await done(rows.getAll())), text(await done(rows.getAllKeys())));
        }
        database.close();
    }
    places['a database'] = stored.join(' ');
    const cached = [];
    for (const name of (await globalThis.caches?.keys()) ?? []) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            cached.push(request.url, await (await cache.match(request)).text());
        }
    }
    places['a cache'] = cached.join(' ');";

/// Fails when one of these keys stands in the page's address, title, document or fields, in local or
/// session storage, a database, a cache, a cookie, in an address that was asked for, or on the console;
/// in the clear, backwards, or as base64 or percent-encoded text.
pub async fn check_no_key_in_sight(browser: &Browser, keys: &[&str]) -> Result {
    let script = format!(
        "{PLACES}
        const forms = (key) => [key, btoa(key), encodeURIComponent(key), [...key].reverse().join('')];
        const hidden = (what) => args.filter((key) => forms(key).some((form) => what.includes(form)));
        const found = Object.entries(places).map(([place, what]) => [place, hidden(what)]);
        return found.filter(([, keys]) => keys.length);"
    );
    let found: Value = browser.read_later(&script, json!(keys)).await?;
    let console = browser.console().await;
    let told: Vec<&&str> = keys.iter().filter(|key| console.contains(**key)).collect();
    if found == json!([]) && told.is_empty() {
        return Ok(());
    }
    Err(format!("keys are in sight: {found}, on the console {told:?}").into())
}
