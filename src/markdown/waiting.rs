//! Settled blocks that refer to what is not defined yet.

use super::labels::Labels;

/// A block is shown anew so often while text comes; then once more at the end.
const MOST_REBUILDS: u8 = 8;

#[derive(Clone, Debug, Default)]
pub struct Waiting {
    pub groups: Vec<Group>,
    /// Groups of which a name was defined since they were built.
    ready: Vec<usize>,
}

/// A block, or several that make sense only together.
#[derive(Clone, Debug)]
pub struct Group {
    pub block: usize,
    pub count: usize,
    /// In the source.
    pub start: usize,
    pub end: usize,
    /// What is not defined yet.
    pub names: Vec<String>,
    /// Something was defined after it was shown.
    pub is_stale: bool,
    /// It was shown with a definition that may have come to nothing.
    pub is_uncertain: bool,
    rebuilds: u8,
    is_ready: bool,
}

impl Group {
    pub fn new(block: usize, start: usize) -> Self {
        let (count, end, names) = (1, start, Vec::new());
        Self {
            block,
            count,
            start,
            end,
            names,
            is_stale: false,
            is_uncertain: false,
            rebuilds: 0,
            is_ready: false,
        }
    }
}

impl Waiting {
    pub fn push(&mut self, mut group: Group, labels: &mut Labels) {
        if group.names.is_empty() && !group.is_stale {
            return;
        }
        let index = self.groups.len();
        for name in std::mem::take(&mut group.names) {
            labels.wait(name, index);
        }
        if group.is_stale {
            group.is_ready = true;
            self.ready.push(index);
        }
        self.groups.push(group);
    }

    pub fn wake(&mut self, who: Vec<usize>) {
        for index in who {
            if let Some(group) = self.groups.get_mut(index)
                && !group.is_ready
            {
                group.is_ready = true;
                self.ready.push(index);
            }
        }
    }

    /// Those that are to be built anew now.
    pub fn ready(&mut self, is_end: bool) -> Vec<usize> {
        if is_end {
            let uncertain =
                self.groups.iter().enumerate().filter(|(_, group)| group.is_uncertain && !group.is_ready);
            self.ready.extend(uncertain.map(|(index, _)| index));
        }
        let mut now = Vec::new();
        let mut later = Vec::new();
        for index in std::mem::take(&mut self.ready) {
            let Some(group) = self.groups.get_mut(index) else { continue };
            if is_end || group.rebuilds < MOST_REBUILDS {
                group.rebuilds += 1;
                group.is_ready = false;
                now.push(index);
            } else {
                later.push(index);
            }
        }
        self.ready = later;
        now
    }
}
