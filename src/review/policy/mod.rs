//! The policy: which files are EPs, which ladder they climb, and what each status requires.

mod file;
mod matrix;
mod paths;
mod review;
mod settings;

pub use file::{Problem, SETTINGS, Setting, load, schema};
pub(crate) use matrix::ADDED_QUESTION;
pub use matrix::SECTIONS;
pub use paths::{DEFAULT_PATHS, Globs};
pub use review::{problems, review};
pub use settings::{
    AddedQuestion, Approver, Comments, Incomplete, Keys, LevelSetting, Prr, Roles, StatusFrom,
    Waiver, section_key,
};

use crate::proposal::{Shape, TitlePattern, text, title};

use super::level::{Ladder, Levels};
use super::rule::{PRR_OPTIONS, PRR_QUESTION_ASKED, PRR_UNANSWERED, Rule};

/// Where a policy lies in its repository.
pub const POLICY_PATH: &str = ".github/ep-bot.yml";

/// What an organisation asks of its EPs.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How titles are written.
    pub title: TitlePattern,
    /// The statuses.
    pub ladder: Ladder,
    /// Where the questionnaire is.
    pub shape: Shape,
    /// Path of the repository's own template; `None`: looked for at [`Policy::template_paths`].
    pub template: Option<String>,
    /// Where an EP states its status.
    pub status_from: StatusFrom,
    /// Sections that rules of their own look at.
    pub roles: Roles,
    /// How the questionnaire is answered and approved.
    pub prr: Prr,
    /// Whether a ticked item of the checklist needs a text behind it.
    pub checklist_evidence: bool,
    /// Findings that are waived for a longer time.
    pub waivers: Vec<Waiver>,
    /// What is said beside the check.
    pub comments: Comments,
    /// How a check with errors concludes.
    pub incomplete: Incomplete,
    globs: Globs,
    sections: Vec<(Vec<String>, Levels)>,
    /// Sections that the policy file names itself, as they are written there: required even where the template
    /// says optional.
    named: Vec<String>,
    rules: Vec<(&'static Rule, LevelSetting)>,
    added_question: Levels,
    unnamed_section: Levels,
    names_status: Levels,
}

impl Default for Policy {
    fn default() -> Self {
        Self::on(Ladder::default())
    }
}

impl Policy {
    /// The default requirements on a ladder.
    pub fn on(ladder: Ladder) -> Self {
        let sections = SECTIONS
            .iter()
            .map(|(path, levels)| (section_key(path), levels.mapped(&ladder)))
            .collect();
        Self {
            title: TitlePattern::default(),
            shape: Shape::default(),
            template: None,
            status_from: StatusFrom::default(),
            roles: Roles::default(),
            prr: Prr::default(),
            checklist_evidence: false,
            waivers: Vec::new(),
            comments: Comments::default(),
            incomplete: Incomplete::default(),
            globs: Globs::default(),
            sections,
            named: Vec::new(),
            rules: Vec::new(),
            added_question: matrix::ADDED_QUESTION.mapped(&ladder),
            unnamed_section: matrix::UNNAMED_SECTION.mapped(&ladder),
            names_status: matrix::NAMES_STATUS.mapped(&ladder),
            ladder,
        }
    }

    /// The word before an EP's number.
    pub fn word(&self) -> &str {
        self.title.word()
    }

    /// Whether a path, relative to the repository's root, may be an EP.
    pub fn matches(&self, path: &str) -> bool {
        self.globs.matches(path)
    }

    /// The globs of EPs as they are written, and the folders that hold them.
    pub fn globs(&self) -> &Globs {
        &self.globs
    }

    /// Whether a path is that of a template, which is no EP.
    pub fn is_template(&self, path: &str) -> bool {
        self.template.as_deref() == Some(path) || title::is_template_path(path, self.word())
    }

    /// Where the repository's own template is looked for: the first of these paths that exists is it.
    pub fn template_paths(&self) -> Vec<String> {
        match &self.template {
            Some(path) => vec![path.clone()],
            None => paths::template_paths(&self.globs, self.word()),
        }
    }

    /// The path of an EP's sidecar file; `None` where the policy asks for none.
    pub fn sidecar(&self, path: &str) -> Option<String> {
        let StatusFrom::Sidecar { file, .. } = &self.status_from else { return None };
        Some(match path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{file}"),
            None => file.clone(),
        })
    }

    /// Whether a path is that of a sidecar file.
    pub fn is_sidecar(&self, path: &str) -> bool {
        let StatusFrom::Sidecar { file, .. } = &self.status_from else { return false };
        path.rsplit('/').next() == Some(file)
    }

    /// The levels of a rule that is not about one section.
    pub fn rule(&self, rule: &Rule) -> Levels {
        let of_questions =
            [&PRR_UNANSWERED, &PRR_OPTIONS, &PRR_QUESTION_ASKED].iter().any(|of| of.is(rule));
        let levels =
            if of_questions { self.added_question } else { rule.levels.mapped(&self.ladder) };
        self.set(rule, levels)
    }

    /// The levels of a finding whose rule takes them from its section.
    pub fn set(&self, rule: &Rule, levels: Levels) -> Levels {
        let own = self.rules.iter().filter(|(named, _)| named.is(rule));
        own.fold(levels, |levels, (_, setting)| setting.apply(levels))
    }

    /// What the matrix requires of a section; `None` where it names none.
    pub fn section(&self, key: &[String]) -> Option<Levels> {
        self.sections.iter().find(|(path, _)| path == key).map(|(_, levels)| *levels)
    }

    /// Sections that the policy file names itself, as they are written there.
    pub fn named_sections(&self) -> &[String] {
        &self.named
    }

    /// Whether the policy file itself names a section, by its folded path.
    pub fn names_section(&self, key: &[String]) -> bool {
        self.named.iter().any(|path| section_key(path) == key)
    }

    /// What a template's section requires that the matrix does not name.
    pub fn unnamed_section(&self) -> Levels {
        self.unnamed_section
    }

    /// What a question requires that reviewers, templates and authors add.
    pub fn added_question(&self) -> Levels {
        self.added_question
    }

    /// What it weighs when no entry of the history names the present status.
    pub fn names_status(&self) -> Levels {
        self.names_status
    }

    /// What a question or a part of the questionnaire requires: its own levels where the policy asks it or names
    /// it, else those of the nearest part around it.
    pub fn question(&self, key: &[String]) -> Levels {
        if let Some(levels) = self.section(key) {
            return levels;
        }
        if let Some(question) = self.asked(key) {
            return question.levels.apply(self.added_question);
        }
        let prr = key.iter().position(|title| *title == self.shape.prr_section).unwrap_or(0);
        (1..=key.len())
            .rev()
            // The questionnaire may lie below another heading: the matrix names its parts without that one.
            .find_map(|n| self.section(&key[..n]).or_else(|| self.section(key.get(prr..n)?)))
            .unwrap_or(self.added_question)
    }

    /// The policy's own question at a path of the template, where it stands as [`Template::ask`] puts it.
    fn asked(&self, key: &[String]) -> Option<&AddedQuestion> {
        let [.., around, own] = key else { return None };
        self.prr.questions.iter().find(|question| {
            text::fold_heading(&question.text) == *own
                && (*around == self.shape.prr_section
                    || question.part.as_deref().map(text::fold_heading).as_ref() == Some(around))
        })
    }

    /// Calls the questionnaire by another title, folded: the rows of its parts go with it.
    fn move_questionnaire(&mut self, title: String) {
        for (key, _) in &mut self.sections {
            if let Some(first) = key.first_mut().filter(|first| **first == self.shape.prr_section) {
                first.clone_from(&title);
            }
        }
        self.shape.prr_section = title;
    }
}
