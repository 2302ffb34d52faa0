//! A transport that makes up answers, for use without a key and for trying out what goes wrong. It
//! writes the bytes that a provider would write, so everything behind it is the same.
//!
//! - [`simulation`]: how a model behaves, and the model ids that say so
//! - `prose`: what the models say
//! - [`script`]: one answer, token by token
//! - `asked`: what a request asks for
//! - `dialects`: an answer as each provider writes it
//! - `body`: the events of an answer as they fall due

mod asked;
mod body;
mod dialects;
mod prose;
pub mod script;
pub mod simulation;

use std::{cell::RefCell, collections::HashSet, rc::Rc};

use futures::{StreamExt, future::LocalBoxFuture, stream};

use super::transport::{Clock, Reply, Transport};
use crate::model::{
    error::ApiError,
    http::{Headers, HttpRequest, Method},
    provider::Dialect,
};
use asked::Asked;
use body::Body;
use dialects::{Refused, Writer};
use script::Script;
pub use simulation::{Fault, Language, Refusal, Simulation, Voice};

/// A provider of one simulated model.
pub struct Simulated {
    dialect: Dialect,
    simulation: Simulation,
    clock: Rc<dyn Clock>,
    /// Requests that have been refused once: the next one alike is answered.
    refused: RefCell<HashSet<String>>,
}

/// The models that are listed: ids and names.
pub const MODELS: &[(&str, &str)] = &[
    ("sim-quick", "Quick"),
    ("sim-steady", "Steady"),
    ("sim-thinker", "Thinker"),
    ("sim-quick-ko", "Quick, 한국어"),
    ("sim-steady-ko", "Steady, 한국어"),
    ("sim-thinker-ko", "Thinker, 한국어"),
    ("sim-quick-ja", "Quick, 日本語"),
    ("sim-steady-ja", "Steady, 日本語"),
    ("sim-thinker-ja", "Thinker, 日本語"),
    ("sim-steady-mix", "Steady, three languages"),
    ("sim-quick-fail429", "Quick, busy at first"),
    ("sim-steady-reset", "Steady, with a broken connection"),
    ("sim-thinker-fail401", "Thinker, without a valid key"),
];

/// What some networks send in place of an answer until one has logged in.
const PAGE: &str = "<!doctype html>\n<html><head><title>Log in to this network</title></head>\n\
                    <body><h1>Welcome</h1><p>Please log in to go on.</p></body></html>\n";

impl Simulated {
    pub fn new(dialect: Dialect, simulation: Simulation, clock: Rc<dyn Clock>) -> Self {
        Self { dialect, simulation, clock, refused: RefCell::default() }
    }

    fn reply(&self, request: &HttpRequest) -> Reply {
        if request.method == Method::Get {
            return listed(self.dialect);
        }
        let asked = asked::read(request);
        let no_answer = self.simulation.fault.and_then(|fault| no_answer(self, fault, request, &asked.model));
        no_answer.unwrap_or_else(|| self.answer(&asked))
    }

    fn is_refused(&self, refusal: Refusal, request: &HttpRequest) -> bool {
        let mut refused = self.refused.borrow_mut();
        let body = request.body.as_deref().unwrap_or_default();
        refusal != Refusal::RateLimited || (!refused.remove(body) && refused.insert(body.to_owned()))
    }

    fn refuse(&self, refusal: Refusal, model: &str) -> Reply {
        let Refused { status, retry_after, body } = dialects::refuse(self.dialect, refusal, model);
        let mut reply = whole(status, "application/json", body);
        if let Some(seconds) = retry_after {
            reply.headers =
                [("content-type", "application/json"), ("retry-after", seconds)].into_iter().collect();
        }
        reply
    }

    fn answer(&self, Asked { model, prompt, tokens }: &Asked) -> Reply {
        let now = self.clock.now();
        let number = script::mix(self.simulation.seed ^ now.wall_ms);
        let created_s = now.wall_ms / 1000;
        let writer = Writer::new(self.dialect, model, number, created_s, *tokens);
        let script = Script::new(&self.simulation, prompt);
        let body = Body::new(Rc::clone(&self.clock), self.simulation.clone(), writer, script, now.ms);
        Reply { status: 200, headers: headers(dialects::content_type(self.dialect)), body: body.stream() }
    }
}

fn listed(dialect: Dialect) -> Reply {
    whole(200, "application/json", dialects::list(dialect, MODELS))
}

/// What comes in place of an answer, if anything does.
fn no_answer(of: &Simulated, fault: Fault, request: &HttpRequest, model: &str) -> Option<Reply> {
    match fault {
        Fault::Refused(refusal) if of.is_refused(refusal, request) => Some(of.refuse(refusal, model)),
        Fault::Empty => Some(whole(200, dialects::content_type(of.dialect), String::new())),
        Fault::Html => Some(whole(200, "text/html", PAGE.to_owned())),
        _ => None,
    }
}

impl Transport for Simulated {
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'static, Result<Reply, ApiError>> {
        let reply = self.reply(&request);
        let clock = Rc::clone(&self.clock);
        // Headers come some time before the first token.
        let headers_ms = clock.now().ms.saturating_add(self.simulation.first_token_ms / 3);
        Box::pin(async move {
            clock.sleep_until(headers_ms).await;
            Ok(reply)
        })
    }
}

fn whole(status: u16, content_type: &str, body: String) -> Reply {
    let piece = (!body.is_empty()).then(|| body.into_bytes());
    Reply { status, headers: headers(content_type), body: Box::pin(stream::iter(piece).map(Ok)) }
}

fn headers(content_type: &str) -> Headers {
    [("content-type", content_type)].into_iter().collect()
}
