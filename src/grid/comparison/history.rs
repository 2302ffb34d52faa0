//! What one column has said and heard.
//!
//! A column's past holds the rounds of the path in which it took part: each prompt, and the chosen version of
//! its own reply. Nothing of another column ever enters it, except what it took over when it joined, and
//! answers that a person quotes to all, which are words of the person's prompt.
//!
//! What is sent is made so that no provider refuses it:
//! - A prompt whose answer failed, or is left out, stays: user turns that so become neighbours are sent as one
//!   (Perplexity, and the chat templates of several open models, accept no two in a row).
//! - Calls of tools are left out: this page runs no tools, and OpenAI, Anthropic and Google refuse a call
//!   without its result. An answer that is nothing else counts as none.
//! - What only the provider understands goes back to the same model at the same address only, in its place
//!   among the words, and only of a finished answer without calls: OpenAI refuses a thought without what
//!   followed it ("Reasoning models"), Google a signed call without its response ("Thought signatures"),
//!   Anthropic half a sequence of thoughts ("Extended thinking").
//! - A model that reads no pictures, as its provider's list says, is sent the prompt without them: a request with
//!   one is refused. Of a model that no list describes nothing is known, and it is sent all.

use super::{Comparison, FileId, ReplyId, RoundId, id::ColumnId, reply::End, round};
use crate::{
    grid::settings::{BadSettings, PanelSettings},
    model::{
        answer::Answer,
        chat::{ChatRequest, Image, Message, ModelTraits, Part, Role},
    },
};

/// A prompt, and the reply that a column gave to it, if it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub round: RoundId,
    pub reply: Option<ReplyId>,
}

/// Where texts are looked up: some may still lie in the store.
pub trait Bodies {
    /// Calls `read` with the answer, if it is at hand.
    fn answer(&self, id: ReplyId, read: &mut dyn FnMut(&Answer));

    /// Calls `read` with the content of a file, if it is at hand: see
    /// [`FileKind`](super::round::FileKind).
    fn file(&self, id: FileId, read: &mut dyn FnMut(&str));
}

/// What messages are made of.
#[derive(Clone, Copy)]
struct Source<'a> {
    bodies: &'a dyn Bodies,
    /// The model reads no pictures: none is sent to it.
    is_blind: bool,
}

/// Why no request can be written.
#[derive(Clone, Debug, PartialEq)]
pub enum BadRequest {
    /// There is no such column or round, or the column takes no part in it.
    NotAsked,
    /// The prompt is pictures only, and the model reads none.
    Nothing,
    /// Texts that are part of it are not at hand. Nothing is sent with a hole in it.
    Answer(ReplyId),
    File(FileId),
    Settings(BadSettings),
}

impl Comparison {
    /// The column's past up to and with that round, the oldest turn first.
    pub fn turns(&self, column: ColumnId, to: Option<RoundId>) -> Vec<Turn> {
        let inherited = self.column(column).map(|column| &*column.inherited).unwrap_or_default();
        let turn = |round: &RoundId| {
            let own = self.own_turn(column, *round);
            // They stand in the order of their rounds.
            let known = || inherited.binary_search_by_key(round, |turn| turn.round).ok();
            own.or_else(|| inherited.get(known()?).copied())
        };
        let kept = |turn: &Turn| self.is_kept(column, turn.round);
        self.path(to).iter().filter_map(turn).filter(kept).collect()
    }

    /// The column's past before that round.
    pub fn past(&self, column: ColumnId, round: RoundId) -> Vec<Turn> {
        self.turns(column, self.round(round).and_then(|round| round.parent))
    }

    fn is_kept(&self, column: ColumnId, round: RoundId) -> bool {
        let cell = self.round(round).and_then(|round| round.cell(column));
        cell.is_none_or(|cell| cell.kept != round::Kept::Nothing)
    }

    fn own_turn(&self, column: ColumnId, round: RoundId) -> Option<Turn> {
        let cell = self.round(round)?.cell(column)?;
        let version = u32::try_from(cell.chosen).ok().filter(|_| cell.kept == round::Kept::All);
        let reply = version.map(|version| ReplyId { round, column, version });
        Some(Turn { round, reply: reply.filter(|reply| self.reply(*reply).is_some()) })
    }

    /// The reply of a turn, if there is something to go on from: words, and no more to come.
    pub fn answered(&self, turn: Turn) -> Option<ReplyId> {
        let id = turn.reply?;
        let is_over = |reply: &super::Reply| reply.end != End::Open;
        let has_words = self.versions(id).into_iter().any(|id| self.reply(id).is_some_and(|it| it.has_words));
        (self.reply(id).is_some_and(is_over) && has_words).then_some(id)
    }

    /// The versions whose texts make up a reply, the oldest first: more than one where it continues others.
    pub fn versions(&self, id: ReplyId) -> Vec<ReplyId> {
        let mut versions = vec![id];
        let mut next = self.reply(id).and_then(|reply| reply.continues);
        while let Some(earlier) = next {
            let id = ReplyId { version: earlier, ..id };
            versions.push(id);
            // Only an earlier one can be continued, so this ends.
            next = self.reply(id).and_then(|reply| reply.continues).filter(|next| *next < earlier);
        }
        versions.reverse();
        versions
    }

    /// What the column's model is asked in that round: its system prompt, those turns of its past (see
    /// [`Comparison::past`]), the prompt; and at last, where it goes on in the middle of an answer, the text
    /// of that version so far. Only some hosts take that: see
    /// [`Quirks::prefill`](crate::model::provider::Quirks::prefill).
    ///
    /// # Errors
    /// See [`BadRequest`].
    pub fn request(
        &self,
        column: ColumnId,
        round: RoundId,
        turns: &[Turn],
        continues: Option<u32>,
        bodies: &dyn Bodies,
        traits: Option<ModelTraits>,
    ) -> Result<ChatRequest, BadRequest> {
        let asked = self.column(column).ok_or(BadRequest::NotAsked)?;
        self.round(round).and_then(|round| round.cell(column)).ok_or(BadRequest::NotAsked)?;
        let continues = continues.map(|version| ReplyId { round, column, version });
        let is_blind = traits.as_ref().is_some_and(|traits| traits.images == Some(false));
        let source = Source { bodies, is_blind };
        if is_blind && self.asked(round, source)?.is_empty() {
            return Err(BadRequest::Nothing);
        }
        let messages = self.messages(&asked.settings, turns, round, continues, source)?;
        let mut request = asked.settings.request("", traits).map_err(BadRequest::Settings)?;
        request.messages = messages;
        Ok(request)
    }

    /// What was sent for a reply: from the settings and the turns that were noted then.
    ///
    /// # Errors
    /// See [`BadRequest`].
    pub fn request_of(&self, id: ReplyId, bodies: &dyn Bodies) -> Result<ChatRequest, BadRequest> {
        let reply = self.reply(id).ok_or(BadRequest::NotAsked)?;
        let settings = self.setup(reply).ok_or(BadRequest::NotAsked)?;
        let continues = reply.continues.map(|version| ReplyId { version, ..id });
        let source = Source { bodies, is_blind: reply.is_blind };
        let messages = self.messages(settings, &reply.sent, id.round, continues, source)?;
        let mut request = settings.request("", None).map_err(BadRequest::Settings)?;
        request.messages = messages;
        Ok(request)
    }

    fn messages(
        &self,
        settings: &PanelSettings,
        turns: &[Turn],
        round: RoundId,
        continues: Option<ReplyId>,
        source: Source<'_>,
    ) -> Result<Vec<Message>, BadRequest> {
        let (mut messages, bodies) = (Vec::new(), source.bodies);
        for turn in turns {
            say(&mut messages, Role::User, self.asked(turn.round, source)?);
            if let Some(id) = self.answered(*turn) {
                say(&mut messages, Role::Assistant, self.said(id, settings, bodies)?);
            }
        }
        say(&mut messages, Role::User, self.asked(round, source)?);
        if let Some(id) = continues {
            say(&mut messages, Role::Assistant, vec![Part::Text(self.text_of(id, bodies)?)]);
        }
        Ok(messages)
    }

    /// A prompt: first what it brings along, as every provider's guide advises, then what is asked of it.
    fn asked(&self, round: RoundId, source: Source<'_>) -> Result<Vec<Part>, BadRequest> {
        let prompt = &self.round(round).ok_or(BadRequest::NotAsked)?.prompt;
        let mut parts = Vec::new();
        for attachment in &prompt.attachments {
            parts.push(match attachment {
                round::Attachment::Answer { by, text, .. } => Part::Text(fenced(by, text)),
                round::Attachment::File(id) if source.is_blind && self.is_picture(*id) => continue,
                round::Attachment::File(id) => {
                    self.file_part(*id, source.bodies).ok_or(BadRequest::File(*id))?
                }
            });
        }
        if !prompt.text.is_empty() {
            parts.push(Part::Text(prompt.text.clone()));
        }
        Ok(parts)
    }

    fn is_picture(&self, id: FileId) -> bool {
        self.files().get(id.0 as usize).is_some_and(|info| info.kind == round::FileKind::Image)
    }

    /// Whether the prompt of that round, or of those turns, brings a picture along.
    pub fn has_pictures(&self, turns: &[Turn], round: Option<RoundId>) -> bool {
        let is_picture = |it: &round::Attachment| match it {
            round::Attachment::File(id) => self.is_picture(*id),
            round::Attachment::Answer { .. } => false,
        };
        let rounds = turns.iter().map(|turn| turn.round).chain(round).filter_map(|id| self.round(id));
        rounds.flat_map(|round| &round.prompt.attachments).any(is_picture)
    }

    fn file_part(&self, id: FileId, bodies: &dyn Bodies) -> Option<Part> {
        let info = self.files().get(id.0 as usize)?;
        let mut part = None;
        bodies.file(id, &mut |content| {
            part = Some(match info.kind {
                round::FileKind::Text => Part::Text(fenced(&info.name, content)),
                round::FileKind::Image => {
                    Part::Image(Image { media_type: info.media_type.clone(), data: content.to_owned() })
                }
            });
        });
        part
    }

    /// A reply as an assistant's turn in a request with those settings.
    fn said(
        &self,
        id: ReplyId,
        settings: &PanelSettings,
        bodies: &dyn Bodies,
    ) -> Result<Vec<Part>, BadRequest> {
        let reply = self.reply(id).ok_or(BadRequest::Answer(id))?;
        let is_same = self.setup(reply).is_some_and(|setup| is_same_source(setup, settings));
        if !is_same || reply.end != End::Finished || reply.continues.is_some() {
            return Ok(vec![Part::Text(self.text_of(id, bodies)?)]);
        }
        let mut parts = None;
        bodies.answer(id, &mut |answer| parts = Some(parts_of(answer)));
        parts.ok_or(BadRequest::Answer(id))
    }

    /// The words of a reply, with those that it continues.
    fn text_of(&self, id: ReplyId, bodies: &dyn Bodies) -> Result<String, BadRequest> {
        let mut text = String::new();
        for id in self.versions(id) {
            let mut is_there = false;
            bodies.answer(id, &mut |answer| {
                is_there = true;
                text.push_str(&answer.text);
                text.push_str(&answer.refusal);
            });
            if !is_there {
                return Err(BadRequest::Answer(id));
            }
        }
        Ok(text)
    }
}

/// Adds to what that side says, or lets it speak. Nobody answers before anything was asked.
fn say(messages: &mut Vec<Message>, role: Role, parts: Vec<Part>) {
    match messages.last_mut() {
        Some(last) if last.role == role => last.parts.extend(parts),
        None if role == Role::Assistant => {}
        _ if parts.is_empty() => {}
        _ => messages.push(Message { role, parts }),
    }
}

/// The same model at the same address, asked in the same format, with the same JSON of the person's own: a
/// search that Anthropic ran is refused in a request that does not offer it.
fn is_same_source(one: &PanelSettings, other: &PanelSettings) -> bool {
    one.dialect == other.dialect
        && one.provider == other.provider
        && one.model.trim() == other.model.trim()
        && one.base_url.trim() == other.base_url.trim()
        && one.extra.trim() == other.extra.trim()
}

/// A finished answer: its thoughts, and its words with what only the provider understands among them.
fn parts_of(answer: &Answer) -> Vec<Part> {
    let has_calls = !answer.tool_calls.is_empty();
    let thoughts = answer.reasoning.iter().filter(|text| !text.is_empty() && !has_calls);
    let mut parts: Vec<Part> = thoughts.cloned().map(Part::Reasoning).collect();
    let mut from = 0;
    for placed in answer.opaque.iter().filter(|_| !has_calls) {
        if let Some(text) = answer.text.get(from..placed.after).filter(|text| !text.is_empty()) {
            parts.push(Part::Text(text.to_owned()));
            from = placed.after;
        }
        parts.push(Part::Opaque(placed.item.clone()));
    }
    let rest = answer.text.get(from..).unwrap_or_default();
    let rest = [rest, &answer.refusal].into_iter().filter(|text| !text.is_empty());
    parts.extend(rest.map(|text| Part::Text(text.to_owned())));
    parts
}

/// A text under a name, between fences that do not occur in it.
fn fenced(name: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{name}\n{fence}\n{text}{end}{fence}")
}
