//! A store that fails: said once, and what was kept in memory meanwhile is put when it goes again.

use super::{HELD, keeping::put};
use crate::{
    browser::store::{self, Trouble},
    grid::{
        comparison::ReplyId,
        record::{Act, Batch},
    },
    model::event::{Delta, StreamEvent},
    ui::{page::Page, panel::state::Panel, words::Word},
};

/// Something has failed, or goes again.
pub(super) fn told(page: Page, trouble: Option<Trouble>) {
    page.trouble.set(trouble.map(|trouble| match trouble {
        Trouble::Full => Word::StoreFull,
        Trouble::Unavailable => Word::KeptInMemory,
        Trouble::Blocked => Word::StoreBlocked,
        Trouble::Replaced => Word::RestReplaced,
    }));
    if trouble.is_none() {
        put_all(page);
    }
}

/// All that this tab writes, whole.
fn put_all(page: Page) {
    let coming: Vec<_> = page
        .panels
        .get_untracked()
        .iter()
        .filter(|panel| panel.reply.kind_untracked().is_some_and(|kind| !kind.is_over()))
        .filter_map(|panel| Some((super::place(page, panel.id)?, pieces(panel))))
        .collect();
    HELD.with_borrow(|all| {
        for (_, held) in all.iter().filter(|(_, held)| held.is_written()) {
            let id = held.whole.comparison.id;
            let batch = Batch::of(held.whole.records()).strict();
            let coming = coming.iter().filter(|((of, _), _)| *of == id);
            let replies: Vec<ReplyId> = coming.clone().map(|((_, reply), _)| *reply).collect();
            // Segments are counted from the first again.
            put(Batch { is_strict: true, acts: vec![Act::Clear(id)] });
            if replies.is_empty() {
                put(batch);
            } else if let Some(writer) = store::writer() {
                writer.begin(id, &replies, batch);
                coming.for_each(|((_, reply), events)| writer.push(id, *reply, events));
            }
        }
    });
}

/// What has come of an answer.
fn pieces(panel: &Panel) -> Vec<StreamEvent> {
    let answer = panel.reply.answer();
    let thoughts = (0..).zip(answer.reasoning).map(|(part, text)| Delta::Reasoning { part, text });
    let texts = [Delta::Text(answer.text), Delta::Refusal(answer.refusal)];
    thoughts.chain(texts).map(StreamEvent::Delta).collect()
}
