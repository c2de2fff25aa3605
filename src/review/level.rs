//! The status ladder, and how a rule weighs at each of its statuses.

use super::finding::Severity;

/// How a rule weighs at one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// Not run.
    #[default]
    Off,
    /// Said, weighs nothing.
    Note,
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
            Self::Note => Some(Severity::Note),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }

    /// The word in tables: `error`, `warning`, `note` or `–`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "–",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How many statuses a ladder may have.
pub const MAX_STATUSES: usize = 16;

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

    /// The same levels with another one at a status; beyond [`MAX_STATUSES`] nothing changes.
    #[must_use]
    pub fn with(mut self, status: usize, level: Level) -> Self {
        if let Some(at) = self.0.get_mut(status) {
            *at = level;
        }
        self
    }

    /// Levels of the default ladder as those of another one: each status takes the levels of the one that it is
    /// like.
    #[must_use]
    pub fn mapped(&self, ladder: &Ladder) -> Self {
        let mut levels = Self::default();
        for (at, status) in ladder.statuses.iter().take(MAX_STATUSES).enumerate() {
            levels.0[at] = self.at(status.like);
        }
        levels
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

/// One status of a ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its name as it is written in an EP.
    pub name: String,
    /// Where it stands.
    pub kind: Kind,
    /// Index of the status of the default ladder whose requirements it takes where the policy names none.
    pub like: usize,
}

/// The statuses of the default ladder, in order, with their kind.
pub const DEFAULT_STATUSES: &[(&str, Kind)] = &[
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

/// The statuses of an organisation, in order; at most [`MAX_STATUSES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// The steps and what lies off the way, in order.
    pub statuses: Vec<Status>,
}

impl Default for Ladder {
    fn default() -> Self {
        let status = |(like, (name, kind)): (usize, &(&str, Kind))| Status {
            name: (*name).to_owned(),
            kind: *kind,
            like,
        };
        Self { statuses: DEFAULT_STATUSES.iter().enumerate().map(status).collect() }
    }
}

impl Ladder {
    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.statuses.iter().map(|status| status.name.as_str())
    }

    /// Index of a status by name, case folded.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.statuses.iter().position(|status| status.name.eq_ignore_ascii_case(name))
    }

    /// A status's name.
    pub fn name(&self, index: usize) -> &str {
        self.statuses.get(index).map_or("", |status| &status.name)
    }

    /// What kind of status it is.
    pub fn kind(&self, index: usize) -> Option<Kind> {
        self.statuses.get(index).map(|status| status.kind)
    }

    /// The steps, in order.
    pub fn steps(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.statuses.len()).filter(|&i| self.statuses[i].kind == Kind::Step)
    }

    /// The step after a step; `None` at the end, and off the ladder.
    pub fn next(&self, index: usize) -> Option<usize> {
        if self.kind(index) != Some(Kind::Step) {
            return None;
        }
        self.steps().find(|&i| i > index)
    }

    /// The first step at which something blocks; `None` where it blocks at none.
    pub fn required_from(&self, levels: &Levels) -> Option<&str> {
        self.steps().find(|&i| levels.at(i) == Level::Error).map(|i| self.name(i))
    }
}
