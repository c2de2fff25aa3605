//! The status ladder, and how a rule weighs at each of its statuses.

use super::finding::Severity;

/// How a rule weighs at one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// Not run.
    #[default]
    Off,
    /// Shown, does not block.
    Warning,
    /// Blocks the merge.
    Error,
}

impl Level {
    /// The severity of a finding at this level; `None` where the rule is not run.
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }

    /// The word in tables: `error`, `warning` or `–`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "–",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How many statuses a ladder may have.
pub(super) const MAX_STATUSES: usize = 16;

/// A level for each status of a ladder, by the status's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Levels([Level; MAX_STATUSES]);

impl Levels {
    /// The same level at every status.
    pub const fn all(level: Level) -> Self {
        Self([level; MAX_STATUSES])
    }

    /// A row of the requirement matrix: `E`, `W` and `-` in the ladder's order; white space is left out.
    /// What the row does not name is off.
    pub const fn row(row: &str) -> Self {
        let bytes = row.as_bytes();
        let mut levels = [Level::Off; MAX_STATUSES];
        let mut at = 0;
        let mut status = 0;
        while at < bytes.len() && status < MAX_STATUSES {
            let level = match bytes[at] {
                b'E' => Some(Level::Error),
                b'W' => Some(Level::Warning),
                b'-' => Some(Level::Off),
                _ => None,
            };
            if let Some(level) = level {
                levels[status] = level;
                status += 1;
            }
            at += 1;
        }
        Self(levels)
    }

    /// The level at a status.
    pub fn at(&self, status: usize) -> Level {
        self.0.get(status).copied().unwrap_or_default()
    }

    /// The stricter of two levels at each status.
    #[must_use]
    pub fn max(mut self, other: Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = (*mine).max(theirs);
        }
        self
    }

    /// The same levels, none above a warning.
    #[must_use]
    pub fn capped_at_warning(mut self) -> Self {
        for level in &mut self.0 {
            *level = (*level).min(Level::Warning);
        }
        self
    }

    /// Whether the rule is run at any status.
    pub fn is_off(&self) -> bool {
        self.0.iter().all(|level| *level == Level::Off)
    }
}

/// Where a status stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A step of the way from idea to production.
    Step,
    /// Off the way for now.
    Parked,
    /// The end: nothing leads out of it.
    Terminal,
}

/// The statuses of an organisation, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// Names as they are written in an EP, with their kind.
    pub statuses: Vec<(String, Kind)>,
}

impl Default for Ladder {
    fn default() -> Self {
        let statuses = [
            ("provisional", Kind::Step),
            ("implementable", Kind::Step),
            ("implemented", Kind::Step),
            ("staged", Kind::Step),
            ("completed", Kind::Step),
            ("deferred", Kind::Parked),
            ("rejected", Kind::Terminal),
            ("withdrawn", Kind::Terminal),
            ("replaced", Kind::Terminal),
        ];
        Self {
            statuses: statuses.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect(),
        }
    }
}

impl Ladder {
    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.statuses.iter().map(|(name, _)| name.as_str())
    }

    /// Index of a status by name, case folded.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.statuses.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// A status's name.
    pub fn name(&self, index: usize) -> &str {
        self.statuses.get(index).map_or("", |(name, _)| name)
    }

    /// The step after a step; `None` at the end, and off the ladder.
    pub fn next(&self, index: usize) -> Option<usize> {
        if !matches!(self.statuses.get(index), Some((_, Kind::Step))) {
            return None;
        }
        (index + 1..self.statuses.len()).find(|&i| self.statuses[i].1 == Kind::Step)
    }

    /// The first step at which something blocks; `None` where it blocks at none.
    pub fn required_from(&self, levels: &Levels) -> Option<&str> {
        (0..self.statuses.len())
            .find(|&i| self.statuses[i].1 == Kind::Step && levels.at(i) == Level::Error)
            .map(|i| self.name(i))
    }
}
