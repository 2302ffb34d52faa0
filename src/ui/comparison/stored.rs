//! What can be done with comparisons that are stored, whether one of them is shown or not.

use std::{cmp::Reverse, collections::BTreeSet, future::Future, pin::Pin};

use super::{
    HELD,
    asking::leave,
    keeping::{changed, lock_name, open, put, recovered, writer},
    look, watching, with,
};
use crate::{
    browser::{
        self,
        store::{self, Store},
    },
    export::{html, json, markdown, table},
    grid::{
        comparison::Id,
        record::{Act, Batch, Key, Whole, comparison, comparison::Head},
    },
    ui::{
        page::Page,
        panels::Undoable,
        words::{Language, Word},
    },
};

/// What a comparison may be written as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// To be added again.
    Whole,
    /// To be looked at.
    Page,
    Markdown,
    Csv,
    Lines,
}

impl Form {
    pub const ALL: [Self; 5] = [Self::Whole, Self::Page, Self::Markdown, Self::Csv, Self::Lines];

    pub fn extension(self) -> &'static str {
        match self {
            Self::Whole => "json",
            Self::Page => "html",
            Self::Markdown => "md",
            Self::Csv => "csv",
            Self::Lines => "jsonl",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Whole => "application/json",
            Self::Page => "text/html",
            Self::Markdown => "text/markdown",
            Self::Csv => "text/csv",
            Self::Lines => "application/jsonl",
        }
    }
}

/// All stored comparisons, pinned ones first, then the latest; `None` where the store cannot be read.
pub async fn heads(page: Page) -> Option<Vec<Head>> {
    let mut heads = match writer(page).await.store() {
        Some(store) => {
            let records = store.heads().await.ok()?;
            let mut heads = Vec::new();
            for (key, record) in records {
                match Head::from_json(record) {
                    Ok(head) => heads.push(head),
                    Err(_) => heads.extend(mended(page, &store, key.comparison()).await),
                }
            }
            heads
        }
        None => Vec::new(),
    };
    // What could not be stored is in memory.
    HELD.with_borrow(|all| {
        let known: Vec<Id> = heads.iter().map(|head| head.id).collect();
        let own = all.iter().filter(|(_, held)| held.is_written()).map(|(_, held)| &held.whole.comparison);
        heads.extend(own.filter(|of| !known.contains(&of.id)).map(Head::of));
    });
    heads.sort_by_key(|head| Reverse((head.is_pinned, head.changed_ms)));
    Some(heads)
}

/// What happens now is not stored.
pub fn is_in_memory() -> bool {
    store::writer().is_some_and(|writer| writer.is_lost())
}

/// Whether its title, its models or one of its prompts has all of these words, in any letters.
pub fn matches(head: &Head, words: &str) -> bool {
    let texts = || [&head.title].into_iter().chain(&head.prompts).chain(&head.models);
    words.split_whitespace().all(|word| {
        let word = word.to_lowercase();
        texts().any(|text| text.to_lowercase().contains(&word))
    })
}

pub fn is_shown(page: Page, id: Id) -> bool {
    look(page, |held| held.whole.comparison.id == id)
}

/// Shows it in the place of the one that is shown. Whether it could be.
pub async fn show(page: Page, id: Id) -> bool {
    if is_shown(page, id) {
        return true;
    }
    // What is under way is not stopped for one that cannot be read.
    if let Some(store) = writer(page).await.store()
        && own(id).is_none()
        && whole(&store, id).await.is_none()
    {
        page.trouble.set(Some(Word::Damaged));
        return false;
    }
    page.stop_all();
    // What is stored is found in the list again; panels that nobody has asked yet are only here.
    let is_only_here = with(page, |held| !held.is_stored) || is_in_memory();
    let unsent = look(page, |held| held.unsent());
    let before = leave(page);
    watching::leave(page);
    let is_shown = open(page, id, false).await;
    look(page, |held| held.attached.extend(unsent));
    page.attached.update(|count| *count += 1);
    if let Some(before) = before.filter(|_| is_shown && is_only_here) {
        page.can_undo(Undoable::Comparison(before));
    }
    is_shown
}

/// A damaged line of the list, made anew of what it tells of; what cannot be read is left as it is, and told.
async fn mended(page: Page, store: &Store, id: Id) -> Option<Head> {
    let Some(whole) = whole(store, id).await else {
        page.trouble.set(Some(Word::Damaged));
        return None;
    };
    let head = Head::of(&whole.comparison);
    put(Batch::of([(Key::Head(id), head.to_json())]));
    Some(head)
}

/// What this tab holds of it itself.
fn own(id: Id) -> Option<Whole> {
    HELD.with_borrow(|all| {
        let held = all.iter().find(|(_, held)| held.whole.comparison.id == id && held.is_written());
        held.map(|(_, held)| held.whole.clone())
    })
}

/// With what came of answers that were cut.
async fn whole(store: &Store, id: Id) -> Option<Whole> {
    let records = store.records(id).await.ok()?;
    recovered(records).map(|(held, _)| held.whole)
}

/// Changes what is known of it, wherever it is.
pub async fn change(page: Page, id: Id, act: impl FnOnce(&mut crate::grid::comparison::Comparison)) {
    if is_shown(page, id) {
        if watching::is_refused(page) {
            return;
        }
        look(page, |held| act(&mut held.whole.comparison));
        return changed(page, &[]);
    }
    let mut act = Some(act);
    // This tab may hold it for `Undo`, or while an answer still comes: then it has it to write.
    let is_held = HELD.with_borrow_mut(|all| {
        let (_, held) =
            all.iter_mut().find(|(_, held)| held.whole.comparison.id == id && held.is_written())?;
        act.take()?(&mut held.whole.comparison);
        // It was not gone on with: it stays where it is in the list.
        held.whole.comparison.revision += 1;
        put(Batch::of(held.records(&[])));
        Some(())
    });
    let Some(act) = act.filter(|_| is_held.is_none()) else { return };
    // Another tab that shows it would write over it.
    if !browser::lock(&lock_name(id)).await {
        return;
    }
    let writer = writer(page).await;
    if let Some(store) = writer.store()
        && let Some(mut whole) = whole(&store, id).await
    {
        act(&mut whole.comparison);
        whole.comparison.revision += 1;
        let of = &whole.comparison;
        let own = (Key::Comparison(id), comparison::to_json(of));
        let ticket = writer.put(Batch::of([(Key::Head(id), Head::of(of).to_json()), own]));
        writer.written(ticket).await;
    }
    browser::unlock(&lock_name(id));
}

/// Takes it away, to `Undo`. Not while another tab shows it: then `false`.
pub async fn take(page: Page, head: &Head) -> bool {
    if !browser::lock(&lock_name(head.id)).await {
        return false;
    }
    let writer = writer(page).await;
    let Some(store) = writer.store() else { return false };
    let Ok(records) = store.records(head.id).await else { return false };
    // What still comes of it is not written any more.
    HELD.with_borrow_mut(|all| {
        all.iter_mut()
            .filter(|(_, held)| held.whole.comparison.id == head.id)
            .for_each(|(_, held)| held.is_stored = false);
    });
    if is_shown(page, head.id) {
        super::begin_anew(page);
    }
    writer.remove(head.id).await;
    browser::unlock(&lock_name(head.id));
    page.can_undo(Undoable::Stored(head.title.clone(), Batch::of(records).strict()));
    true
}

/// Puts back what was taken away.
pub fn put_back(page: Page, batch: Batch) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        // This tab may still hold it, with what came after it was taken away.
        let id = batch.acts.iter().find_map(|act| match act {
            Act::Put(key, _) => Some(key.comparison()),
            _ => None,
        });
        let held = HELD.with_borrow_mut(|all| {
            let (_, held) = all.iter_mut().find(|(_, held)| Some(held.whole.comparison.id) == id)?;
            held.is_stored = true;
            Some(Batch::of(held.whole.records()).strict())
        });
        let writer = writer(page).await;
        let is_held = held.is_some();
        let ticket = writer.put(held.unwrap_or(batch));
        if let Some(id) = id.filter(|_| is_held) {
            // It was let go with what was taken away.
            browser::lock(&lock_name(id)).await;
        }
        writer.written(ticket).await;
    })
}

/// Resolves once everything that was done so far stands in the store, or nothing can.
pub async fn settled(page: Page) {
    writer(page).await.all_written().await;
}

/// A copy of it, beside it: its number.
pub async fn duplicate(page: Page, id: Id) -> Option<Id> {
    let writer = writer(page).await;
    let store = writer.store()?;
    let mut whole = whole(&store, id).await?;
    let copy = new_id();
    whole.comparison.id = copy;
    whole.comparison.is_pinned = false;
    whole.comparison.changed_ms = page.shell().clock.now().wall_ms;
    let ticket = writer.put(Batch::of(whole.records()).strict());
    writer.written(ticket).await;
    Some(copy)
}

/// The numbers of all that are stored.
pub async fn known(page: Page) -> BTreeSet<Id> {
    heads(page).await.unwrap_or_default().iter().map(|head| head.id).collect()
}

/// Adds what was imported, and comes back once it is stored. One that is here already stays; what comes gets a
/// number of its own then.
pub async fn add(page: Page, known: &mut BTreeSet<Id>, mut whole: Whole) {
    // The same may come twice.
    if !known.insert(whole.comparison.id) {
        whole.comparison.id = new_id();
        known.insert(whole.comparison.id);
    }
    let writer = writer(page).await;
    let ticket = writer.put(Batch::of(whole.records()).strict());
    drop(whole);
    writer.written(ticket).await;
}

pub(super) fn new_id() -> Id {
    Id(u128::from(browser::random_seed()) << 64 | u128::from(browser::random_seed()))
}

/// Offers these as a file. Whether all of them could be written.
pub async fn export(page: Page, ids: Vec<Id>, form: Form, name: &str) -> bool {
    let language = page.language.get_untracked();
    let writer = writer(page).await;
    writer.all_written().await;
    let mut parts = Vec::new();
    if form == Form::Csv {
        parts.push(table::csv_head());
    }
    let mut is_whole = true;
    for id in ids {
        let found = match (own(id), writer.store()) {
            (Some(own), _) => Some(own),
            (None, Some(store)) => whole(&store, id).await,
            (None, None) => None,
        };
        match found.and_then(|whole| written(&whole, form, language)) {
            Some(text) => parts.push(text),
            None => is_whole = false,
        }
    }
    browser::download(&[name, ".", form.extension()].concat(), form.media_type(), &parts);
    is_whole
}

fn written(whole: &Whole, form: Form, language: Language) -> Option<String> {
    let word = |word: Word| word.text(language);
    let words = markdown::Words {
        prompt: word(Word::Prompt),
        attached: word(Word::Attached),
        incomplete: word(Word::EndIncomplete),
        failed: word(Word::EndFailed),
        no_answer: word(Word::EndFailed),
        winner: word(Word::Best),
        note: word(Word::Note),
    };
    Some(match form {
        Form::Whole => json::write(whole).ok()?,
        Form::Page => html::write(
            whole,
            &html::Words {
                language: language.tag(),
                common: words,
                reasoning: word(Word::Reasoning),
                table: word(Word::Table),
                done: word(Word::Done),
                to_do: word(Word::ToDo),
            },
        ),
        Form::Markdown => markdown::write(whole, &words),
        Form::Csv => table::csv(whole),
        Form::Lines => table::json_lines(whole),
    })
}
