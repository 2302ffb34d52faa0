//! Formulas, from LaTeX to MathML, as bytes.
//!
//! - [`lists`]: what a formula may become
//! - [`source`]: what models write and the converter does not know, in words that it knows; the bounds
//! - [`tree`]: the converter's text becomes a tree of listed elements and attributes, or nothing
//!
//! A formula cannot define macros: the few there are stand in [`source`], and none names another one or uses
//! an argument twice, so what comes out is never much longer than what goes in.
//!
//! A request is `1` for a formula that stands alone, `0` for one in a line, then LaTeX. An answer is `0` and
//! a [tree], or `1` and what is wrong with the formula.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod lists;
pub mod source;
pub mod tree;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

tutti_door::door!(answer);

/// A request that is none is answered with nothing.
pub fn answer(request: &[u8]) -> Vec<u8> {
    let Some((is_block, latex)) = request.split_first() else { return Vec::new() };
    let Ok(latex) = std::str::from_utf8(latex) else { return Vec::new() };
    match convert(latex, *is_block == 1) {
        Ok(tree) => [&[0], &*tree].concat(),
        Err(wrong) => [&[1], wrong.as_bytes()].concat(),
    }
}

/// The bytes of a tree.
///
/// # Errors
/// What is wrong with the formula, in English.
pub fn convert(latex: &str, is_block: bool) -> Result<Vec<u8>, String> {
    tree::encode(&mathml(latex, is_block)?).ok_or_else(|| "This formula cannot be shown.".to_owned())
}

/// # Errors
/// What is wrong with the formula, in English.
pub fn mathml(latex: &str, is_block: bool) -> Result<String, String> {
    let latex = source::prepared(latex)?;
    let macros = source::MACROS.iter().map(|(name, body)| ((*name).to_owned(), (*body).to_owned())).collect();
    let config = MathCoreConfig { macros, allow_unreliable_rendering: true, ..MathCoreConfig::default() };
    let converter = LatexToMathML::new(config).map_err(|(wrong, ..)| wrong.to_string())?;
    let display = if is_block { MathDisplay::Block } else { MathDisplay::Inline };
    match converter.convert_with_local_state(&latex, display) {
        Ok(converted) => Ok(converted.mathml),
        Err(wrong) => Err(wrong.to_string()),
    }
}
