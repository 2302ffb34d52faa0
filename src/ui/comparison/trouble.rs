//! A store that fails: said once, and what was kept in memory meanwhile is put when it goes again.

use super::HELD;
use crate::{
    browser::store::{self, Trouble},
    grid::{
        comparison::Id,
        record::{Batch, segment::Piece},
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
    let Some(writer) = store::writer() else { return };
    let panels = page.panels.get_untracked().into_iter();
    let is_coming = |panel: &Panel| panel.reply.kind_untracked().is_some_and(|kind| !kind.is_over());
    let coming = panels.filter(is_coming).filter_map(|panel| {
        let (of, reply) = super::place(page, panel.id)?;
        Some((of, (reply, pieces(&panel))))
    });
    let coming: Vec<(Id, Piece)> = coming.collect();
    HELD.with_borrow(|all| {
        for (_, held) in all.iter().filter(|(_, held)| held.is_written()) {
            let id = held.whole.comparison.id;
            let own = coming.iter().filter(|(of, _)| *of == id).map(|(_, piece)| piece.clone());
            let own: Vec<Piece> = own.collect();
            writer.begin_anew(id, &own, Batch::of(held.whole.records()).strict());
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
