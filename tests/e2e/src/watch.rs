//! What an answer may become: a watch inside the page that looks at everything that is put into it, also
//! at what is gone a moment later, and notes what must not be.

use serde_json::{Value, json};

use crate::Result;
use crate::browser::Browser;

/// The elements of answers, each with the attributes that only it has.
const ELEMENTS: [(&str, &[&str]); 30] = [
    ("a", &["href", "target", "rel", "referrerpolicy"]),
    ("bdi", &[]),
    ("blockquote", &[]),
    ("br", &[]),
    ("button", &["type", "name", "value"]),
    ("code", &[]),
    ("del", &[]),
    ("div", &[]),
    ("em", &[]),
    ("figure", &[]),
    ("h3", &[]),
    ("h4", &[]),
    ("h5", &[]),
    ("h6", &[]),
    ("hr", &[]),
    ("input", &["type", "disabled", "checked"]),
    ("li", &["value"]),
    ("ol", &["start"]),
    ("p", &[]),
    ("pre", &[]),
    ("span", &[]),
    ("strong", &[]),
    ("sup", &[]),
    ("table", &[]),
    ("tbody", &[]),
    ("td", &[]),
    ("th", &[]),
    ("thead", &[]),
    ("tr", &[]),
    ("ul", &[]),
];

/// What any of them may have, besides `data-` and `aria-` something.
const ATTRIBUTES: [&str; 6] = ["class", "dir", "lang", "role", "tabindex", "title"];

/// MathML Core, without what holds addresses, actions or HTML.
const MATH: [&str; 28] = [
    "math",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "none",
    "semantics",
];
const MATH_ATTRIBUTES: [&str; 28] = [
    "accent",
    "accentunder",
    "columnalign",
    "columnspan",
    "depth",
    "display",
    "displaystyle",
    "fence",
    "form",
    "height",
    "intent",
    "largeop",
    "linethickness",
    "lspace",
    "mathcolor",
    "mathsize",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "rowspan",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "symmetric",
    "voffset",
    "width",
];

/// `args` are the lists. What is noted stands in `window.watchNotes`.
const WATCH: &str = "
    const notes = window.watchNotes = [];
    const note = (what) => { if (notes.length < 40) notes.push(what); };
    const elements = new Map(args.elements);
    const isAddress = (address) => {
        try {
            return ['http:', 'https:', 'mailto:'].includes(new URL(address).protocol);
        } catch { return false; }
    };
    const faultOf = (it) => {
        const name = it.localName;
        const names = it.getAttributeNames();
        if (it.namespaceURI === 'http://www.w3.org/1998/Math/MathML') {
            const isKnown = (name) => args.mathAttributes.includes(name) || args.attributes.includes(name)
                || name.startsWith('data-');
            if (!args.math.includes(name)) return 'an element';
            return names.every(isKnown) ? null : 'an attribute';
        }
        if (it.namespaceURI !== 'http://www.w3.org/1999/xhtml') return 'a namespace';
        const own = elements.get(name);
        if (!own) return 'an element';
        const isKnown = (name) => args.attributes.includes(name) || own.includes(name)
            || /^(data|aria)-[a-z]+(-[a-z]+)*$/.test(name);
        if (!names.every(isKnown)) return 'an attribute';
        if (!/^[a-z -]*$/.test(it.className)) return 'a class';
        if (it.shadowRoot) return 'a shadow tree';
        if (name === 'input' && !(it.type === 'checkbox' && it.disabled)) return 'an input';
        if (name === 'button') {
            if (it.type !== 'button') return 'a button that sends';
            if (it.name === 'open-image' && !isAddress(it.value)) return 'an address';
        }
        if (name === 'a' && names.includes('href')) {
            const said = it.rel.split(' ');
            const isSafe = ['noopener', 'noreferrer', 'nofollow'].every((word) => said.includes(word));
            if (!isAddress(it.getAttribute('href'))) return 'an address';
            if (!isSafe || it.target !== '_blank') return 'a link that tells where it comes from';
        }
        return null;
    };
    const check = (it) => {
        if (it.nodeType !== 1 && it.nodeType !== 3) note('a node of type ' + it.nodeType);
        const fault = it.nodeType === 1 && faultOf(it);
        if (fault) note(fault + ': ' + it.outerHTML.slice(0, 200));
    };
    const checkAll = (it) => {
        check(it);
        if (it.nodeType === 1) it.querySelectorAll('*').forEach(check);
    };
    const of = (node) => node.nodeType === 1 ? node : node.parentElement;
    const places = '.prose, .reasoning, .source';
    new MutationObserver((records) => {
        for (const record of records) {
            const target = of(record.target);
            if (!target) continue;
            if (!target.closest(places)) continue;
            if (record.type !== 'attributes') record.addedNodes.forEach(checkAll);
            else if (!target.matches(places)) check(target);
        }
    }).observe(document, { subtree: true, childList: true, attributes: true });

    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'eval']) {
        window[name] = (...said) => { note(name + ' was called: ' + said.join()); return null; };
    }
    navigator.sendBeacon = (to) => { note('a beacon to ' + to); return true; };
    addEventListener('message', (event) => note('a message: ' + event.data));
    document.addEventListener('securitypolicyviolation', (event) => {
        note('against the policy: ' + event.violatedDirective + ' ' + event.blockedURI);
    });
    const before = new Set(Object.getOwnPropertyNames(window));
    const [address, title] = [location.href, document.title];
    window.watchEnd = () => {
        for (const name of Object.getOwnPropertyNames(window)) {
            if (!before.has(name) && name !== 'watchEnd') note('window.' + name + ' is new');
        }
        if (location.href !== address) note('the page went to ' + location.href);
        if (document.title !== title) note('the title is ' + document.title);
        if (frames.length || document.forms.length) note('frames or forms');
        if (document.cookie) note('a cookie: ' + document.cookie);
        return notes;
    };
    document.querySelectorAll(places).forEach((it) => it.querySelectorAll('*').forEach(check));
    return true;";

/// Begins to look at everything that is put into answers. Until the page is loaded anew.
pub async fn watch(browser: &Browser) -> Result {
    let args = json!({
        "elements": ELEMENTS, "attributes": ATTRIBUTES, "math": MATH, "mathAttributes": MATH_ATTRIBUTES,
    });
    browser.read::<bool>(WATCH, args).await?;
    Ok(())
}

/// What must not have been there, was called, or was left behind, since the watch began.
pub async fn noted(browser: &Browser) -> Result<Vec<String>> {
    browser.read("return window.watchEnd();", Value::Null).await
}
