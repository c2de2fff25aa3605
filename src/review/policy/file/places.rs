//! Where things are: EPs, the template, titles, the status, sections with rules of their own.

use crate::proposal::{TitlePattern, text};
use crate::review::policy::{Globs, Keys, Roles, StatusFrom};

use super::fields::{Field, Reader};
use super::levels::path_key;
use super::words::{nearest, quoted};
use super::yaml::Value;

/// How many globs there may be: each of them is tried at every path of a pull request.
const MAX_GLOBS: usize = 64;

/// `paths`.
pub(super) fn paths(reader: &mut Reader, field: Field<'_>) -> Option<Globs> {
    let before = reader.count();
    let entries = reader.some(field);
    if let Some(entry) = entries.get(MAX_GLOBS) {
        let message =
            format!("There are {} globs; at most {MAX_GLOBS} are possible.", entries.len());
        reader.say(entry.at, message, "Write fewer that match more, as `eps/**/*.md`.");
        return None;
    }
    let globs: Vec<String> = entries.into_iter().filter_map(|entry| glob(reader, entry)).collect();
    if reader.count() > before {
        return None;
    }
    match Globs::new(globs) {
        Ok(globs) => Some(globs),
        Err((_, error)) => {
            let message = format!("The globs cannot be used together: {}.", error.kind());
            reader.say(field.at, message, field.setting.for_example());
            None
        }
    }
}

fn glob(reader: &mut Reader, entry: Field<'_>) -> Option<String> {
    let written = reader.text(entry)?;
    let glob = written.trim_start_matches("./").trim_start_matches('/');
    let said = quoted(&written);
    let (message, help) = if glob.starts_with('!') {
        let help = "Write the globs so that they match EPs alone; index pages and the template are left alone anyhow.";
        (format!("{said} would leave out paths, and globs only add some."), help.to_owned())
    } else if let Err((_, error)) = Globs::new(vec![glob.to_owned()]) {
        let help = "Close each `[` and `{`, or leave them out: `eps/**/*.md`.";
        (format!("{said} is no glob: {}.", error.kind()), help.to_owned())
    } else if glob.contains('\\') || glob.split('/').any(|part| part == "..") {
        let help = "Write the path from the repository's root, with `/`: `eps/**/*.md`.";
        (format!("{said} matches no path of the repository."), help.to_owned())
    } else if !ends_in_markdown(glob) {
        let folder = glob.trim_end_matches('/').trim_end_matches("/**").trim_end_matches("/*");
        let help = if folder.contains(['*', '?', '[', '{', '.']) || folder.is_empty() {
            "End it in `.md`, as `eps/**/*.md`.".to_owned()
        } else {
            format!("Write {}.", quoted(&format!("{folder}/**/*.md")))
        };
        (format!("{said} does not end in `.md`: EPs are Markdown files."), help)
    } else {
        return Some(glob.to_owned());
    };
    reader.say(entry.at, message, help);
    None
}

/// Whether a glob matches Markdown files alone: `*.md`, `*.{md,markdown}`.
fn ends_in_markdown(glob: &str) -> bool {
    let glob = glob.to_ascii_lowercase();
    let Some((_, end)) = glob.rsplit_once('.') else { return false };
    let ends = end.trim_start_matches('{').trim_end_matches('}');
    ends.split(',').all(|end| matches!(end.trim_start_matches('.'), "md" | "markdown"))
}

/// `template`.
pub(super) fn template(reader: &mut Reader, field: Field<'_>) -> Option<String> {
    let written = reader.text(field)?;
    let path = written.trim_start_matches("./").trim_start_matches('/');
    let parts_fit = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !parts_fit || path.contains(['\\', '*']) {
        let message = format!("{} is no path of a file in the repository.", quoted(&written));
        reader.say(field.at, message, field.setting.for_example());
        return None;
    }
    Some(path.to_owned())
}

/// `title`.
pub(super) fn title(reader: &mut Reader, field: Field<'_>) -> Option<TitlePattern> {
    let written = reader.text(field)?;
    match TitlePattern::parse(&written) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let message = format!("{} is no pattern of a title: {error}.", quoted(&written));
            reader.say(field.at, message, field.setting.for_example());
            None
        }
    }
}

/// `roles`.
pub(super) fn roles(reader: &mut Reader, field: Field<'_>) -> Roles {
    let fields = reader.group(field);
    let mut roles = Roles::default();
    for field in fields.all() {
        let Some(key) = reader.text(*field).and_then(|path| path_key(reader, field.at, &path))
        else {
            continue;
        };
        match field.setting.name() {
            "tickets" => roles.tickets = key,
            "history" => roles.history = key,
            _ => roles.diagram = key,
        }
    }
    roles
}

/// `status_from`.
pub(super) fn status_from(reader: &mut Reader, field: Field<'_>) -> Option<StatusFrom> {
    if !field.is_map() {
        return by_word(reader, field);
    }
    let fields = reader.group(field);
    if let [_, second, ..] = fields.all() {
        let message = "An EP states its status in one place, and here stand several.";
        reader.say(second.key, message, "Keep one of `section`, `front_matter` and `sidecar`.");
    }
    let Some(one) = fields.all().first().copied() else {
        if let Value::Map(entries) = &field.node.value
            && entries.is_empty()
        {
            reader.wrong(field);
        }
        return None;
    };
    match one.setting.name() {
        "section" => {
            let title = reader.text(one)?;
            let folded = text::fold_heading(last(&title));
            if folded.is_empty() {
                reader.wrong(one);
                return None;
            }
            Some(StatusFrom::Section(folded))
        }
        "front_matter" => {
            let group = reader.group(one);
            let keys = keys(reader, group.get("status"), group.get("stage"));
            Some(StatusFrom::FrontMatter(keys))
        }
        _ => sidecar(reader, one),
    }
}

/// A place without settings of its own.
fn by_word(reader: &mut Reader, field: Field<'_>) -> Option<StatusFrom> {
    match field.as_text().unwrap_or_default() {
        "section" => Some(StatusFrom::default()),
        "front matter" | "front_matter" | "front-matter" => {
            Some(StatusFrom::FrontMatter(Keys::default()))
        }
        "sidecar" => {
            let message = "`status_from` is `sidecar`, and does not name the file.";
            reader.say(field.at, message, "Write `status_from: {sidecar: ep.yaml}`.");
            None
        }
        name if is_yaml(name) => {
            file(reader, field).map(|file| StatusFrom::Sidecar { file, keys: Keys::default() })
        }
        word => {
            match nearest(word, ["section", "front matter"]) {
                Some(near) => {
                    let message =
                        format!("`status_from` is {}; did you mean `{near}`?", quoted(word));
                    reader.say(field.at, message, field.setting.for_example());
                }
                None => reader.wrong(field),
            }
            None
        }
    }
}

fn sidecar(reader: &mut Reader, field: Field<'_>) -> Option<StatusFrom> {
    if !field.is_map() {
        return file(reader, field).map(|file| StatusFrom::Sidecar { file, keys: Keys::default() });
    }
    let fields = reader.group(field);
    let keys = keys(reader, fields.get("status"), fields.get("stage"));
    let Some(named) = fields.get("file") else {
        let message = "The sidecar has no `file`.";
        reader.say(field.at, message, "Write `sidecar: {file: ep.yaml}`.");
        return None;
    };
    file(reader, named).map(|file| StatusFrom::Sidecar { file, keys })
}

fn is_yaml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".yaml", ".yml"].iter().any(|end| name.ends_with(end))
}

/// A file name without a folder.
fn file(reader: &mut Reader, field: Field<'_>) -> Option<String> {
    let name = reader.text(field)?;
    if name.contains(['/', '\\', '*']) || !is_yaml(&name) {
        let message = format!("{} is no name of a YAML file beside an EP.", quoted(&name));
        reader.say(
            field.at,
            message,
            "Write the name alone, as `ep.yaml`: the file lies in the EP's own folder.",
        );
        return None;
    }
    Some(name)
}

fn keys(reader: &mut Reader, status: Option<Field<'_>>, stage: Option<Field<'_>>) -> Keys {
    let status = status.and_then(|field| reader.text(field));
    let stage = stage.and_then(|field| reader.text(field));
    Keys { status: status.unwrap_or(Keys::default().status), stage }
}

/// The title of a section that may be written as a path.
pub(super) fn last(path: &str) -> &str {
    path.rsplit(" > ").next().unwrap_or(path).trim()
}
