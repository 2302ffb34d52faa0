//! How the page looks and behaves: closed sets, each with the words that storage and forms use.

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.name() == name)
            }
        }
    };
}

choice! {
    /// How the panels stand.
    View {
        /// Side by side.
        #[default]
        Columns = "columns",
        /// One at a time, the others behind tabs.
        Tabs = "tabs",
        /// One alone.
        Focus = "focus",
    }
}

choice! {
    /// What sends the prompt. While an input method composes, nothing does.
    SendKey {
        /// Enter; with Shift it breaks the line.
        #[default]
        Enter = "enter",
        /// Enter with Ctrl or Cmd; alone it breaks the line.
        ModEnter = "mod-enter",
    }
}

impl SendKey {
    /// Whether Enter sends the prompt, with these keys held. While an input method composes, Enter
    /// chooses a candidate (UI Events, "Input events during composition").
    pub fn sends(self, shift: bool, ctrl_or_cmd: bool, composes: bool) -> bool {
        !composes
            && match self {
                Self::Enter => !shift,
                Self::ModEnter => ctrl_or_cmd,
            }
    }
}

choice! {
    Theme {
        /// As the system has it.
        #[default]
        System = "system",
        Light = "light",
        Dark = "dark",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        assert!(View::ALL.iter().all(|view| View::from_name(view.name()) == Some(*view)));
        assert!(SendKey::ALL.iter().all(|key| SendKey::from_name(key.name()) == Some(*key)));
        assert!(Theme::ALL.iter().all(|theme| Theme::from_name(theme.name()) == Some(*theme)));
        assert_eq!((View::ALL.len(), SendKey::ALL.len(), Theme::ALL.len()), (3, 2, 3));
        assert_eq!(Theme::from_name("Dark"), None);
    }

    #[test]
    fn enter_sends_but_never_while_an_input_method_composes() {
        let all = [false, true];
        for shift in all {
            for held in all {
                assert_eq!(SendKey::Enter.sends(shift, held, false), !shift);
                assert_eq!(SendKey::ModEnter.sends(shift, held, false), held);
                assert!(!SendKey::Enter.sends(shift, held, true));
                assert!(!SendKey::ModEnter.sends(shift, held, true));
            }
        }
    }
}
