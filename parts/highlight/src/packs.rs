//! Takes the grammars out of the library's collection, one file for each language.
//!
//! Grammars of a collection point at each other by number, so a pack keeps the numbers: what the language
//! does not reach is there as contexts without rules, which compress to nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Deserialize, Serialize};
use syntect::parsing::{SyntaxSet, SyntaxSetBuilder};

use crate::languages::Language;

/// A collection, as syntect writes it (`bincode`; `SyntaxSet`, `SyntaxReference` and `LazyContexts` of its
/// `parsing::syntax_set`, 5.3).
#[derive(Serialize, Deserialize)]
struct Collection {
    grammars: Vec<Grammar>,
    path_grammars: Vec<(String, usize)>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Grammar {
    name: String,
    extensions: Vec<String>,
    scope: String,
    first_line: Option<String>,
    is_hidden: bool,
    variables: BTreeMap<String, String>,
    /// Compressed.
    contexts: Vec<u8>,
}

/// How the contexts of a grammar begin.
#[derive(Deserialize)]
struct Contexts {
    _ids: BTreeMap<String, (usize, usize)>,
    count: usize,
}

/// One without rules.
#[derive(Clone, Default, Serialize)]
struct Context {
    meta_scope: Vec<u8>,
    meta_content_scope: Vec<u8>,
    meta_include_prototype: bool,
    clear_scopes: Option<u8>,
    prototype: Option<u8>,
    uses_backrefs: bool,
    patterns: Vec<u8>,
}

/// Grammars that would bring half of the collection along, for code within code, and what they may bring.
const ALONE: [(&str, &[&str]); 2] = [("Markdown", &[]), ("LaTeX", &["TeX"])];

pub struct Packer {
    collection: Collection,
    /// Each grammar with as many contexts, all without rules.
    empty: Vec<Grammar>,
    /// Which grammars each one points at.
    reached: Vec<BTreeSet<usize>>,
}

impl Packer {
    /// # Errors
    /// When the library writes its collection in another form than it did.
    pub fn new() -> io::Result<Self> {
        let set: SyntaxSet = two_face::syntax::extra_newlines();
        let mut collection: Collection =
            bincode::deserialize(&inflated(&syntect::dumps::dump_binary(&set))?).map_err(io::Error::other)?;
        for grammar in &mut collection.grammars {
            mend(grammar)?;
        }
        let empty = collection.grammars.iter().map(emptied).collect::<io::Result<_>>()?;
        let reached = targets(&set.into_builder());
        Ok(Self { collection, empty, reached })
    }

    /// # Errors
    /// When the collection has no such grammar.
    pub fn pack(&self, language: &Language) -> io::Result<Vec<u8>> {
        let all = &self.collection.grammars;
        let root = all
            .iter()
            .position(|grammar| grammar.name == language.grammar)
            .ok_or_else(|| io::Error::other(format!("the collection has no {}", language.grammar)))?;
        let alone = ALONE.iter().find(|(grammar, _)| *grammar == language.grammar);
        let may_bring = |at: usize| match (alone, all.get(at)) {
            (Some((_, few)), Some(grammar)) => few.contains(&grammar.name.as_str()),
            _ => true,
        };
        let mut kept = BTreeSet::from([root]);
        let mut open = vec![root];
        while let Some(targets) = open.pop().and_then(|at| self.reached.get(at)) {
            open.extend(targets.iter().filter(|at| may_bring(**at) && kept.insert(**at)));
        }
        let grammars = all.iter().zip(&self.empty).enumerate();
        let grammars = grammars.map(|(at, (whole, empty))| if kept.contains(&at) { whole } else { empty });
        let pack = Collection { grammars: grammars.cloned().collect(), path_grammars: Vec::new() };
        deflated(&bincode::serialize(&pack).map_err(io::Error::other)?)
    }
}

/// Read off the description that a grammar gives of itself: what it points at is private otherwise.
fn targets(builder: &SyntaxSetBuilder) -> Vec<BTreeSet<usize>> {
    let of = |description: String| {
        let numbers = description.split("syntax_index: ").skip(1);
        numbers.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).collect()
    };
    builder.syntaxes().iter().map(|grammar| of(format!("{grammar:?}"))).collect()
}

fn emptied(grammar: &Grammar) -> io::Result<Grammar> {
    let contexts: Contexts = bincode::deserialize(&inflated(&grammar.contexts)?).map_err(io::Error::other)?;
    let empty: (BTreeMap<String, u8>, Vec<Context>) =
        (BTreeMap::new(), vec![Context::default(); contexts.count]);
    Ok(Grammar {
        name: String::new(),
        extensions: Vec::new(),
        scope: grammar.scope.clone(),
        first_line: None,
        is_hidden: true,
        variables: BTreeMap::new(),
        contexts: deflated(&bincode::serialize(&empty).map_err(io::Error::other)?)?,
    })
}

/// In JavaScript, `a /* b` at the end of a line is the end of a statement to this rule, and the beginning
/// of a comment to another; syntect goes back and forth between the two for ever.
fn mend(grammar: &mut Grammar) -> io::Result<()> {
    const UNENDED: &str = r"(?:/\*(?:(?:[^*]|\*(?!/))*))?(?m:$)";
    const MENDED: &str = r"(?#.........................)(?m:$)";
    const { assert!(UNENDED.len() == MENDED.len()) };
    if grammar.name == "JavaScript" {
        let mut contexts = inflated(&grammar.contexts)?;
        while let Some(at) = contexts.windows(UNENDED.len()).position(|it| it == UNENDED.as_bytes()) {
            contexts.splice(at..at + UNENDED.len(), MENDED.bytes());
        }
        grammar.contexts = deflated(&contexts)?;
    }
    Ok(())
}

fn inflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    ZlibDecoder::new(bytes).read_to_end(&mut all)?;
    Ok(all)
}

fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = ZlibEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}
