//! Code in colours, by the CSS Custom Highlight API: nothing in the document changes.
//!
//! The part reads a block line by line, as far as boxes of it were on the screen, and says which stretches
//! are what. Only boxes on the screen have ranges, made when the page is idle: browsers look at all ranges
//! of a page whenever its document changes, and while answers come it always does. The ranges are static,
//! so that text that is appended moves none.
//!
//! Chromium 156 forgets all ranges of a page in each frame in which its document has changed, finds them again
//! and paints all code that has any: with eight answers a quarter of what the main thread did. So while many
//! grow, new colours come only where the reader is, and everywhere else once it is calmer.

use std::cell::{Cell, RefCell};

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{CharacterData, Element, IntersectionObserver, IntersectionObserverEntry, Node};

use super::{Code, Part, file, idle, number};
use crate::browser::follow;

/// In the order of the part's `Class`.
const CLASSES: [&str; 10] = [
    "tutti-comment",
    "tutti-string",
    "tutti-constant",
    "tutti-keyword",
    "tutti-function",
    "tutti-type",
    "tutti-property",
    "tutti-heading",
    "tutti-inserted",
    "tutti-deleted",
];

/// So many ranges are made before the page gets its turn: about 1 ms.
const RANGES_AT_ONCE: usize = 150;
/// So much is asked at once: bytes, but for a longer line.
const BYTES_AT_ONCE: usize = 4 << 10;
/// So many boxes of a block are coloured: 100 lines each.
const BOXES: usize = 200;
/// A line longer than this, in bytes, ends the colours of its block.
const LINE: usize = 64 << 10;

/// So many answers may grow while all code gets its colours.
const MOST_GROWING: usize = 4;
/// So often is looked whether it is calmer, or the reader has come, in milliseconds.
const LOOK_MS: u32 = 300;

/// Where a box carries its number.
const NUMBER: &str = "tuttiBox";

#[wasm_bindgen]
extern "C" {
    type StaticRange;
    #[wasm_bindgen(constructor, catch)]
    fn new(init: &Object) -> Result<StaticRange, JsValue>;

    type Highlight;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<Highlight, JsValue>;
    #[wasm_bindgen(method)]
    fn add(this: &Highlight, range: &StaticRange);
    #[wasm_bindgen(method)]
    fn delete(this: &Highlight, range: &StaticRange) -> bool;

    #[wasm_bindgen(js_namespace = ["CSS", "highlights"], js_name = set, catch)]
    fn register(name: &str, highlight: &Highlight) -> Result<JsValue, JsValue>;
}

/// A stretch of one class, in UTF-16 units of its box.
#[derive(Clone, Copy)]
struct Run {
    start: u32,
    length: u32,
    class: u8,
}

/// Some lines of a block, in an element.
struct Lines {
    element: Element,
    is_seen: bool,
    runs: Vec<Run>,
    /// Of the first runs; none while the box is off the screen.
    ranges: Vec<(u8, StaticRange)>,
}

struct Block {
    id: u32,
    element: Element,
    info: String,
    is_complete: bool,
    /// Nothing more is coloured.
    is_plain: bool,
    boxes: Vec<Lines>,
    /// Boxes that were on the screen, or stand before one that was.
    wanted: usize,
    /// The box that is read, and how much of it was.
    at: usize,
    bytes: usize,
    units: u32,
    is_begun: bool,
}

struct Colours {
    highlights: Vec<Highlight>,
    observer: IntersectionObserver,
    /// By id.
    blocks: Vec<Block>,
    last_id: u32,
    is_running: bool,
    gone: Vec<u32>,
}

thread_local! {
    static COLOURS: RefCell<Option<Colours>> = const { RefCell::new(None) };
    static PART: Cell<Option<Part>> = const { Cell::new(None) };
}

/// Colours it as it grows, where the browser can.
pub fn colour(code: &Code) {
    COLOURS.with_borrow_mut(|colours| {
        if colours.is_none() {
            *colours = Colours::new();
        }
        if let Some(colours) = colours {
            colours.report(code);
            colours.wake();
        }
    });
}

fn with<T>(act: impl FnOnce(&mut Colours) -> Option<T>) -> Option<T> {
    COLOURS.with_borrow_mut(|colours| act(colours.as_mut()?))
}

impl Colours {
    /// `None` in a browser that knows no highlights.
    fn new() -> Option<Self> {
        Reflect::get(&js_sys::global(), &"Highlight".into()).ok().filter(JsValue::is_function)?;
        let mut highlights = Vec::new();
        for class in CLASSES {
            let highlight = Highlight::new().ok()?;
            register(class, &highlight).ok()?;
            highlights.push(highlight);
        }
        let see = Closure::<dyn FnMut(Array)>::new(|entries: Array| {
            with(|colours| {
                for entry in entries.iter().filter_map(|entry| entry.dyn_into().ok()) {
                    colours.see(&entry);
                }
                colours.wake();
                Some(())
            });
        });
        let observer = IntersectionObserver::new(see.as_ref().unchecked_ref()).ok()?;
        // Lives as long as the page.
        see.forget();
        Some(Self {
            highlights,
            observer,
            blocks: Vec::new(),
            last_id: 0,
            is_running: false,
            gone: Vec::new(),
        })
    }

    fn report(&mut self, code: &Code) {
        let at = self.blocks.iter().position(|block| block.element == code.element).unwrap_or_else(|| {
            self.last_id += 1;
            self.blocks.push(Block {
                id: self.last_id,
                element: code.element.clone(),
                info: code.info.clone(),
                is_complete: false,
                is_plain: code.info.is_empty(),
                boxes: Vec::new(),
                wanted: 0,
                at: 0,
                bytes: 0,
                units: 0,
                is_begun: false,
            });
            self.blocks.len() - 1
        });
        let Some(block) = self.blocks.get_mut(at) else { return };
        if block.info != code.info {
            // The line of the fence was not whole yet.
            block.start_over(&self.highlights);
            block.info.clone_from(&code.info);
            block.is_plain = code.info.is_empty();
        }
        block.is_complete |= code.is_complete;
        let children = block.element.children();
        for at in block.boxes.len()..(children.length() as usize).min(BOXES) {
            let Some(element) = children.item(at as u32) else { break };
            let number = f64::from(block.id) * BOXES as f64 + at as f64;
            // An element takes any property.
            let _ = Reflect::set(&element, &NUMBER.into(), &number.into());
            self.observer.observe(&element);
            block.boxes.push(Lines { element, is_seen: false, runs: Vec::new(), ranges: Vec::new() });
        }
    }

    fn see(&mut self, entry: &IntersectionObserverEntry) {
        let target = entry.target();
        let number = Reflect::get(&target, &NUMBER.into()).ok().and_then(|number| number.as_f64());
        let Some(number) = number else { return };
        let (id, at) = ((number / BOXES as f64) as u32, (number % BOXES as f64) as usize);
        let Ok(index) = self.blocks.binary_search_by_key(&id, |block| block.id) else { return };
        let Some(block) = self.blocks.get_mut(index) else { return };
        if !block.element.is_connected() {
            let mut block = self.blocks.remove(index);
            block.start_over(&self.highlights);
            block.boxes.iter().for_each(|lines| self.observer.unobserve(&lines.element));
            self.gone.push(id);
            return;
        }
        let Some(lines) = block.boxes.get_mut(at) else { return };
        lines.is_seen = entry.is_intersecting();
        match lines.is_seen {
            true => block.wanted = block.wanted.max(at + 1),
            false => lines.uncolour(&self.highlights),
        }
    }

    fn wake(&mut self) {
        if !self.is_running {
            self.is_running = true;
            crate::browser::spawn(run());
        }
    }

    /// Those that get colours now, and those that wait for it to become calmer.
    fn has_runs_to_draw(&self) -> (bool, bool) {
        let is_calm = is_calm();
        let behind = || self.blocks.iter().flat_map(|block| &block.boxes).filter(|lines| lines.is_behind());
        let is_next = behind().any(|lines| is_calm || lines.is_read());
        (is_next, !is_next && behind().next().is_some())
    }

    /// Some of the ranges that are missing on the screen.
    fn draw_some(&mut self) {
        let is_calm = is_calm();
        let mut room = RANGES_AT_ONCE;
        for lines in self.blocks.iter_mut().flat_map(|block| &mut block.boxes) {
            if room > 0 && lines.is_behind() && (is_calm || lines.is_read()) {
                room = room.saturating_sub(lines.draw(room, &self.highlights));
            }
        }
    }

    /// The text that is read next: of which block, and the request.
    fn next_text(&mut self) -> Option<(u32, usize, Vec<u8>)> {
        self.blocks.iter_mut().find_map(|block| {
            let (text, units) = block.next_text()?;
            let word = block.info.split(char::is_whitespace).next().unwrap_or_default();
            let word = word.get(..word.len().min(64)).unwrap_or_default();
            let mut request = vec![1];
            request.extend(block.id.to_le_bytes());
            request.extend([u8::from(!block.is_begun), word.len() as u8]);
            request.extend(word.as_bytes());
            request.extend(text.as_bytes());
            Some((block.id, units, request))
        })
    }
}

impl Block {
    /// Whole lines that were not read yet, and how many UTF-16 units they are.
    fn next_text(&mut self) -> Option<(String, usize)> {
        while !self.is_plain && self.at < self.wanted {
            let text = self.boxes.get(self.at)?.element.text_content()?;
            let is_last = self.at + 1 >= self.boxes.len();
            let Some(rest) = text.get(self.bytes..) else {
                // What stood there was taken back.
                self.is_plain = true;
                return None;
            };
            let mut length = 0;
            for line in rest.split_inclusive('\n') {
                let is_whole = line.ends_with('\n') || self.is_complete || !is_last;
                if !is_whole || (length > 0 && length + line.len() > BYTES_AT_ONCE) {
                    break;
                }
                length += line.len();
            }
            if length > 0 {
                self.is_plain = length > LINE;
                let text = rest.get(..length)?;
                return Some((text.to_owned(), text.chars().map(char::len_utf16).sum()));
            }
            if is_last {
                return None;
            }
            (self.at, self.bytes, self.units) = (self.at + 1, 0, 0);
        }
        None
    }

    /// The runs of a text that was asked about.
    fn take(&mut self, mut runs: &[u8], bytes: usize, units: usize) {
        let Some(lines) = self.boxes.get_mut(self.at) else { return };
        let mut start = self.units;
        while let Some((gap, length)) = number(&mut runs).zip(number(&mut runs)) {
            let Some((class, rest)) = runs.split_first() else { break };
            start += gap as u32;
            lines.runs.push(Run { start, length: length as u32, class: *class });
            start += length as u32;
            runs = rest;
        }
        self.bytes += bytes;
        self.units += units as u32;
        self.is_begun = true;
    }

    fn start_over(&mut self, highlights: &[Highlight]) {
        for lines in &mut self.boxes {
            lines.uncolour(highlights);
            lines.runs.clear();
        }
        (self.at, self.bytes, self.units, self.is_begun) = (0, 0, 0, false);
    }
}

impl Lines {
    fn is_behind(&self) -> bool {
        self.is_seen && self.ranges.len() < self.runs.len()
    }

    /// The reader is in that answer, with the pointer or with the focus.
    fn is_read(&self) -> bool {
        let answer = self.element.closest("section").ok().flatten();
        answer.is_some_and(|answer| answer.matches(":is(:hover, :focus-within)") == Ok(true))
    }

    fn uncolour(&mut self, highlights: &[Highlight]) {
        for (class, range) in self.ranges.drain(..) {
            if let Some(highlight) = highlights.get(usize::from(class)) {
                highlight.delete(&range);
            }
        }
    }

    /// How many ranges it has made.
    fn draw(&mut self, room: usize, highlights: &[Highlight]) -> usize {
        let mut nodes = Vec::new();
        texts(&self.element, &mut nodes);
        let mut nodes = nodes.into_iter().peekable();
        let init = Object::new();
        let set = |name: &str, value: &JsValue| {
            // A new object takes any property.
            let _ = Reflect::set(&init, &name.into(), value);
        };
        let mut before = 0;
        let mut made = 0;
        for run in self.runs.iter().skip(self.ranges.len()).take(room) {
            let mut place = |at: u32, node_name: &str, offset_name: &str| {
                while let Some((_, length)) = nodes.peek().filter(|(_, length)| before + length < at) {
                    before += length;
                    nodes.next();
                }
                let Some((node, _)) = nodes.peek() else { return };
                set(node_name, node);
                set(offset_name, &at.saturating_sub(before).into());
            };
            place(run.start, "startContainer", "startOffset");
            place(run.start + run.length, "endContainer", "endOffset");
            let range = StaticRange::new(&init);
            let (Ok(range), Some(highlight)) = (range, highlights.get(usize::from(run.class))) else {
                // There is less text than was read.
                self.runs.truncate(self.ranges.len());
                break;
            };
            highlight.add(&range);
            self.ranges.push((run.class, range));
            made += 1;
        }
        made
    }
}

/// The text nodes in an element, with their lengths in UTF-16 units.
fn texts(node: &Node, all: &mut Vec<(JsValue, u32)>) {
    let mut child = node.first_child();
    while let Some(node) = child {
        match node.dyn_ref::<CharacterData>() {
            Some(text) => all.push((text.into(), text.length())),
            None => texts(&node, all),
        }
        child = node.next_sibling();
    }
}

fn is_calm() -> bool {
    follow::growing() <= MOST_GROWING
}

async fn run() {
    let mut part = PART.take().unwrap_or(Part::new("highlight"));
    loop {
        let (is_next, others_wait) = with(|colours| Some(colours.has_runs_to_draw())).unwrap_or_default();
        if is_next {
            idle().await;
            with(|colours| {
                colours.draw_some();
                Some(())
            });
            continue;
        }
        while let Some(id) = with(|colours| colours.gone.pop()) {
            part.ask(&[&[2][..], &id.to_le_bytes()].concat()).await;
        }
        let next = with(|colours| {
            let next = colours.next_text();
            colours.is_running = next.is_some() || others_wait;
            next
        });
        match next {
            Some((id, units, request)) => read(&mut part, id, units, &request).await,
            None if others_wait => TimeoutFuture::new(LOOK_MS).await,
            None => break,
        }
    }
    PART.set(Some(part));
}

async fn read(part: &mut Part, id: u32, units: usize, request: &[u8]) {
    let mut answer = part.ask(request).await;
    if let Some([1, pack @ ..]) = answer.as_deref()
        && let Ok(pack) = std::str::from_utf8(pack)
    {
        if let Some(bytes) = file(&[pack, ".pack"].concat()).await {
            let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
            let given = [&[0, pack.len() as u8], pack.as_bytes(), &bytes].concat();
            part.ask(&given).await;
        }
        answer = part.ask(request).await;
    }
    with(|colours| {
        // The text is what stands behind the language in the request.
        let head = 7 + usize::from(*request.get(6)?);
        let index = colours.blocks.binary_search_by_key(&id, |block| block.id).ok()?;
        let block = colours.blocks.get_mut(index)?;
        match answer.as_deref() {
            Some([0, runs @ ..]) => block.take(runs, request.len() - head, units),
            Some([3]) => block.start_over(&colours.highlights),
            // Not known, or the part has failed on it: it is not tried again.
            _ => block.is_plain = true,
        }
        Some(())
    });
}
