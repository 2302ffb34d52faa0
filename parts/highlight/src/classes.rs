//! From the names that a grammar gives to the few that are coloured.

use std::collections::HashMap;

use syntect::parsing::{ClearAmount, Scope, ScopeStackOp};

/// What is coloured in its own way. The numbers go over to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    Comment = 0,
    String = 1,
    Constant = 2,
    Keyword = 3,
    Function = 4,
    Type = 5,
    Property = 6,
    Heading = 7,
    Inserted = 8,
    Deleted = 9,
}

/// What one scope says of the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// As the scope around it.
    Nothing,
    /// Not coloured, whatever is around it: code within a string.
    Plain,
    Is(Class),
    /// A word is a keyword (`and`), a sign is none (`&&`).
    Operator,
}

/// The first one that a scope begins with counts. Names as in Sublime Text's "Scope Naming".
const SCOPES: &[(&str, Says)] = &[
    ("comment", Says::Is(Class::Comment)),
    ("constant", Says::Is(Class::Constant)),
    ("string.unquoted.plain", Says::Nothing),
    ("string.unquoted.argument", Says::Nothing),
    ("string", Says::Is(Class::String)),
    ("keyword.operator.new", Says::Is(Class::Keyword)),
    ("keyword.operator", Says::Operator),
    ("keyword.declaration", Says::Is(Class::Keyword)),
    ("keyword.other.unit", Says::Is(Class::Constant)),
    ("keyword", Says::Is(Class::Keyword)),
    ("storage.type.function.arrow", Says::Nothing),
    ("storage", Says::Is(Class::Keyword)),
    ("entity.name.function", Says::Is(Class::Function)),
    ("entity.name.section", Says::Is(Class::Heading)),
    ("entity.name.tag.yaml", Says::Is(Class::Property)),
    ("entity.name.tag.toml", Says::Is(Class::Property)),
    ("entity.name.tag", Says::Is(Class::Keyword)),
    ("entity.name.constant", Says::Is(Class::Constant)),
    ("entity.name.label", Says::Nothing),
    ("entity.name.module", Says::Nothing),
    ("entity.name.namespace", Says::Nothing),
    ("entity.name.package", Says::Nothing),
    ("entity.name.import", Says::Nothing),
    ("entity.name.method", Says::Is(Class::Function)),
    ("entity.name", Says::Is(Class::Type)),
    ("entity.other.attribute-name", Says::Is(Class::Property)),
    ("entity.other.inherited-class", Says::Is(Class::Type)),
    ("support.constant", Says::Is(Class::Constant)),
    ("support.function", Says::Is(Class::Function)),
    ("support.macro", Says::Is(Class::Function)),
    ("support.type.property-name", Says::Is(Class::Property)),
    ("support.type.vendored.property-name", Says::Is(Class::Property)),
    ("support.variable", Says::Is(Class::Property)),
    ("support.other.variable", Says::Is(Class::Property)),
    ("support", Says::Is(Class::Type)),
    ("variable.function", Says::Is(Class::Function)),
    ("variable.annotation", Says::Is(Class::Function)),
    ("variable.language", Says::Is(Class::Keyword)),
    ("variable.other.constant", Says::Is(Class::Constant)),
    ("variable.other.enummember", Says::Is(Class::Constant)),
    ("variable.other.key", Says::Is(Class::Property)),
    ("variable.other.member", Says::Is(Class::Property)),
    ("variable.other.object.property", Says::Is(Class::Property)),
    ("variable.other.property", Says::Is(Class::Property)),
    ("variable.other.readwrite.shell", Says::Is(Class::Property)),
    ("variable.other.php", Says::Is(Class::Property)),
    ("variable.other.normal.shell", Says::Is(Class::Property)),
    ("markup.heading", Says::Is(Class::Heading)),
    ("markup.inserted", Says::Is(Class::Inserted)),
    ("markup.deleted", Says::Is(Class::Deleted)),
    ("markup.raw", Says::Is(Class::String)),
    ("markup.quote", Says::Is(Class::Comment)),
    ("markup.underline.link", Says::Is(Class::String)),
    ("meta.diff.header", Says::Is(Class::Heading)),
    ("meta.diff.range", Says::Is(Class::Keyword)),
    ("meta.mapping.key", Says::Is(Class::Property)),
    ("meta.interpolation", Says::Plain),
    ("meta.embedded", Says::Plain),
    ("meta.template.expression", Says::Plain),
    ("meta.string-contents.quoted.double.make", Says::Nothing),
    ("source", Says::Plain),
    ("text", Says::Plain),
];

fn says(scope: &str) -> Says {
    let begins = |prefix: &str| {
        scope.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    SCOPES.iter().find(|(prefix, _)| begins(prefix)).map_or(Says::Nothing, |(_, says)| *says)
}

/// What text is inside of, from the outermost scope to the innermost one; each entry is what that scope
/// and all around it say together.
#[derive(Debug, Clone, Default)]
pub struct Inside {
    stack: Vec<Says>,
    cleared: Vec<Vec<Says>>,
}

/// What the scopes of a grammar say; each is looked up once.
#[derive(Debug, Default)]
pub struct Names(HashMap<Scope, Says>);

impl Inside {
    pub fn depth(&self) -> usize {
        self.stack.len() + self.cleared.iter().map(Vec::len).sum::<usize>()
    }

    /// Of this text, which all the scopes are around.
    pub fn class(&self, text: &str) -> Option<Class> {
        match self.stack.last()? {
            Says::Nothing | Says::Plain => None,
            Says::Is(class) => Some(*class),
            Says::Operator => text.trim_start().starts_with(char::is_alphabetic).then_some(Class::Keyword),
        }
    }

    pub fn apply(&mut self, op: &ScopeStackOp, names: &mut Names) {
        match op {
            ScopeStackOp::Push(scope) => {
                let around = self.stack.last().copied().unwrap_or(Says::Plain);
                let own = *names.0.entry(*scope).or_insert_with(|| says(&scope.build_string()));
                self.stack.push(match (own, around) {
                    (Says::Nothing, _) => around,
                    // A key may be written in quotes.
                    (Says::Is(Class::String), Says::Is(Class::Property)) => around,
                    _ => own,
                });
            }
            ScopeStackOp::Pop(count) => self.stack.truncate(self.stack.len().saturating_sub(*count)),
            ScopeStackOp::Clear(amount) => {
                let kept = match amount {
                    ClearAmount::TopN(count) => self.stack.len().saturating_sub(*count),
                    ClearAmount::All => 0,
                };
                self.cleared.push(self.stack.split_off(kept));
            }
            ScopeStackOp::Restore => self.stack.extend(self.cleared.pop().unwrap_or_default()),
            ScopeStackOp::Noop => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(scopes: &[&str]) -> Inside {
        let (mut inside, mut names) = (Inside::default(), Names::default());
        for scope in scopes {
            inside.apply(&ScopeStackOp::Push(Scope::new(scope).unwrap()), &mut names);
        }
        inside
    }

    #[test]
    fn the_innermost_scope_that_says_something_counts() {
        let class = |scopes: &[&str], text| inside(scopes).class(text);
        let string = "string.quoted.double.rust";
        assert_eq!(
            class(&["source.rust", string, "punctuation.definition.string"], "\""),
            Some(Class::String)
        );
        assert_eq!(class(&["source.js", string, "meta.interpolation.js", "variable.x"], "a"), None);
        assert_eq!(class(&["source.json", "meta.mapping.key.json", string], "\"a\""), Some(Class::Property));
        assert_eq!(class(&["source.python", "keyword.operator.logical.python"], "and"), Some(Class::Keyword));
        assert_eq!(class(&["source.js", "keyword.operator.logical.js"], "&&"), None);
        assert_eq!(class(&["source.rust", "comments"], "x"), None, "a word begins with another word");
        assert_eq!(class(&[], "x"), None);
    }

    #[test]
    fn what_is_cleared_comes_back() {
        let mut names = Names::default();
        let mut inside = inside(&["source.x", "string.x", "meta.x"]);
        inside.apply(&ScopeStackOp::Clear(ClearAmount::TopN(2)), &mut names);
        assert_eq!((inside.class("x"), inside.depth()), (None, 3));
        inside.apply(&ScopeStackOp::Restore, &mut names);
        assert_eq!(inside.class("x"), Some(Class::String));
        inside.apply(&ScopeStackOp::Pop(9), &mut names);
        inside.apply(&ScopeStackOp::Restore, &mut names);
        assert_eq!((inside.class("x"), inside.depth()), (None, 0));
    }
}
