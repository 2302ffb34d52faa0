//! What stands where in the list. Ten thousand rows have their places; those that are seen, and some around them,
//! are in the page, and the one that the keyboard is in.

use std::{cmp::Reverse, collections::HashSet};

use super::{History, SEARCH};
use crate::{
    browser::{self, El, Event, Hit, effect, el, signal::*, spawn, tick},
    grid::{
        find::days::{Day, Group},
        record::comparison::Head,
    },
    ui::words::Word,
};

/// Heights in rem, as the style sheet has them.
const GROUP: f32 = 2.0;
const ROW: f32 = 3.0;
const ACTS: f32 = 5.5;
const HIT: f32 = 5.0;
/// So much above and below what is seen is there too.
const AROUND: f32 = 24.0;

const DAY_MS: u64 = 86_400_000;

/// Keys of rows begin here, by what they are of.
const HITS: u32 = 1 << 30;
const GROUPS: u32 = 1 << 31;
const ANSWERS: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// No other has it, and it stays.
    pub key: u32,
    pub kind: Kind,
    pub top: f32,
    pub height: f32,
    /// Which row it is, from 1 on; of a heading, the row before it.
    pub place: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Group(Group),
    /// The heading of what was found in answers.
    Answers,
    /// A comparison, by its number.
    Row(u32),
    /// An answer that was found, by its place.
    Hit(u32),
}

impl Kind {
    fn is_row(self) -> bool {
        matches!(self, Self::Row(_) | Self::Hit(_))
    }
}

pub fn key_of(number: u32) -> u32 {
    number
}

pub fn lay_out(
    heads: RwSignal<Vec<Option<Head>>>,
    words: RwSignal<String>,
    found: RwSignal<Option<Vec<u32>>>,
    hits: RwSignal<Vec<Hit>>,
    searched: RwSignal<Option<(u32, u32, bool)>>,
    opened: RwSignal<Option<u32>>,
) -> Vec<Entry> {
    let is_search = words.with(|words| !words.trim().is_empty());
    let found: Option<HashSet<u32>> =
        found.with(|found| found.as_ref().map(|all| all.iter().copied().collect()));
    let found = found.filter(|_| is_search);
    let opened = opened.get();
    let mut layout = Layout { opened, ..Layout::default() };
    heads.with(|heads| {
        let heads = (0_u32..).zip(heads).filter_map(|(number, head)| Some((number, head.as_ref()?)));
        let is_found = |number: &u32| found.as_ref().is_none_or(|found| found.contains(number));
        let mut shown: Vec<(u32, &Head)> = heads.filter(|(number, _)| is_found(number)).collect();
        shown.sort_by_key(|(_, head)| Reverse((head.is_pinned, head.changed_ms)));
        let today = Day::of(browser::now_ms(), browser::ahead_of_utc(browser::now_ms()));
        let mut last = None;
        // The browser is asked once for each day, not ten thousand times: on the two days of a year on which clocks are
        // put, one of these may be an hour off.
        let (mut asked, mut ahead) = (None, 0);
        for (number, head) in shown {
            let day = Some(head.changed_ms / DAY_MS);
            if asked != day {
                (asked, ahead) = (day, browser::ahead_of_utc(head.changed_ms));
            }
            let group = match head.is_pinned {
                true => Group::Pinned,
                false => Day::of(head.changed_ms, ahead).group(today),
            };
            // What was found stands together.
            if found.is_none() && last != Some(group) {
                last = Some(group);
                layout.add(GROUPS + group.number(), Kind::Group(group));
            }
            layout.add(key_of(number), Kind::Row(number));
        }
    });
    let count = hits.with(|hits| u32::try_from(hits.len()).unwrap_or_default());
    if is_search && (count > 0 || searched.get().is_some_and(|(_, _, is_over)| !is_over)) {
        layout.add(ANSWERS, Kind::Answers);
        (0..count).for_each(|at| layout.add(HITS + at, Kind::Hit(at)));
    }
    layout.entries
}

#[derive(Default)]
struct Layout {
    entries: Vec<Entry>,
    top: f32,
    rows: u32,
    opened: Option<u32>,
}

impl Layout {
    fn add(&mut self, key: u32, kind: Kind) {
        let height = match kind {
            Kind::Group(_) | Kind::Answers => GROUP,
            Kind::Row(_) if self.opened == Some(key) => ROW + ACTS,
            Kind::Row(_) => ROW,
            Kind::Hit(_) => HIT,
        };
        self.rows += u32::from(kind.is_row());
        self.entries.push(Entry { key, kind, top: self.top, height, place: self.rows });
        self.top += height;
    }
}

fn height(entries: &[Entry]) -> f32 {
    entries.last().map_or(0.0, |last| last.top + last.height)
}

pub fn rem(length: f32) -> String {
    // Half of a rem is the finest that stands above.
    #[expect(clippy::cast_possible_truncation, reason = "some ten thousand rows")]
    let halves = (length * 2.0) as i64;
    [&*(halves / 2).to_string(), if halves % 2 == 0 { "rem" } else { ".5rem" }].concat()
}

impl History {
    pub(super) fn list(self) -> El {
        let visible = move || {
            let ((from, to), active) = (self.seen.get(), self.active.get());
            self.entries.with(|entries| {
                let first = entries.partition_point(|entry| entry.top + entry.height < from - AROUND);
                let last = entries.partition_point(|entry| entry.top < to + AROUND);
                let mut keys: Vec<u32> =
                    entries.iter().take(last).skip(first).map(|entry| entry.key).collect();
                // Who scrolls away from where the focus is does not lose it.
                let active = active.filter(|key| !keys.contains(key));
                if let Some(at) = active.and_then(|key| entries.iter().position(|entry| entry.key == key)) {
                    let key = entries.get(at).map(|entry| entry.key);
                    if at < first {
                        keys.splice(0..0, key);
                    } else {
                        keys.extend(key);
                    }
                }
                keys
            })
        };
        let all = el("ul")
            .styled("height", move || rem(self.entries.with(|entries| height(entries))))
            .each(visible, move |key| self.row(key));
        let rolls = el("div").class("rolls").child(all).on("keydown", move |event| self.press(&event));
        let of = rolls.clone();
        let look = move || self.look(&of);
        let (scrolled, sized, changed) = (look.clone(), look.clone(), look);
        browser::on_window("resize", move |_| sized());
        effect(move || {
            self.entries.with(|_| ());
            let changed = changed.clone();
            spawn(async move {
                tick().await;
                changed();
            });
        });
        rolls.on("scroll", move |_| scrolled())
    }

    /// Notes what is seen of the list.
    fn look(self, rolls: &El) {
        let Some((from, to)) = rolls.seen() else { return };
        let whole = untrack(|| self.entries.with(|entries| height(entries)));
        // A list that is shorter than its place is seen as a whole.
        let (from, to) = ((from * whole).floor(), (to * whole).ceil());
        if self.seen.get_untracked() != (from, to) {
            self.seen.set((from, to));
        }
    }

    pub(super) fn entry(self, key: u32) -> Option<Entry> {
        self.entries.with(|entries| entries.iter().find(|entry| entry.key == key).copied())
    }

    /// How many rows there are.
    pub(super) fn rows(self) -> u32 {
        self.entries.with(|entries| entries.last().map_or(0, |last| last.place))
    }

    /// Which of them that one is, from 1 on.
    pub(super) fn place(self, key: u32) -> u32 {
        self.entry(key).map_or(0, |entry| entry.place)
    }

    /// The row that the keyboard comes to first.
    pub(super) fn enter_list(self) {
        let active = self.active.get_untracked();
        let first = untrack(|| {
            self.entries.with(|entries| {
                let mut rows = entries.iter().filter(|entry| entry.kind.is_row());
                let known = rows.clone().find(|entry| Some(entry.key) == active);
                known.or_else(|| rows.next()).map(|entry| entry.key)
            })
        });
        if let Some(key) = first {
            self.go_to(key);
        }
    }

    pub(super) fn go_to(self, key: u32) {
        self.active.set(Some(key));
        self.page.focus_later(open_button(key));
    }

    fn press(self, event: &Event) {
        if event.composes() || !event.is_within(".open") {
            return;
        }
        let rows: Vec<u32> = untrack(|| {
            self.entries.with(|entries| {
                entries.iter().filter(|entry| entry.kind.is_row()).map(|entry| entry.key).collect()
            })
        });
        let Some(at) = rows.iter().position(|key| Some(*key) == self.active.get_untracked()) else { return };
        let (from, to) = self.seen.get_untracked();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows on a screen")]
        let screen = (((to - from) / ROW) as usize).max(2) - 1;
        let last = rows.len().saturating_sub(1);
        let next = match event.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" if at == 0 => {
                event.prevent();
                return browser::focus_first(SEARCH);
            }
            "ArrowUp" => at - 1,
            "PageDown" => at + screen,
            "PageUp" => at.saturating_sub(screen),
            "Home" => 0,
            "End" => last,
            key => return self.press_on(key, event),
        };
        event.prevent();
        if let Some(key) = rows.get(next.min(last)) {
            self.go_to(*key);
        }
    }

    pub(super) fn heading(self, word: impl Fn() -> String + 'static) -> El {
        el("li").class("group").child(el("h3").live(word))
    }

    pub(super) fn group_name(self, group: Group) -> String {
        let language = self.page.language.get();
        let word = match group {
            Group::Pinned => Word::Pinned,
            Group::Today => Word::Today,
            Group::Yesterday => Word::Yesterday,
            Group::Week => Word::PastWeek,
            Group::Month(year, month) => return browser::month_text(year, month, language.tag()),
        };
        word.text(language).to_owned()
    }
}

pub fn open_button(key: u32) -> String {
    ["#history [data-key=\"", &key.to_string(), "\"] .open"].concat()
}
