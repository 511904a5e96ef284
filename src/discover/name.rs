use std::path::Path;

/// Endings of templates and samples of a file: what stands before them says what the file is.
const WRAPPERS: &[&str] = &[
    "j2", "jinja", "jinja2", "template", "tmpl", "tpl", "example", "sample", "dist", "default", "erb", "in", "bak",
    "orig",
];

/// A file's name and the folders around it, as kinds are told from them: in lower case.
#[derive(Debug)]
pub(super) struct FileName {
    /// The whole name.
    name: String,
    /// The name without wrappers (`nginx.conf.template` is `nginx.conf`).
    base: String,
    /// The folders from the outermost to the one that holds the file.
    folders: Vec<String>,
}

impl FileName {
    pub(super) fn new(path: &Path) -> Self {
        let lower = |part: &std::ffi::OsStr| part.to_string_lossy().to_lowercase();
        let name = path.file_name().map(lower).unwrap_or_default();
        let mut base = name.as_str();
        while let Some((before, last)) = base.rsplit_once('.') {
            if before.is_empty() || !WRAPPERS.contains(&last) {
                break;
            }
            base = before;
        }
        let base = base.to_owned();
        let folders = path.parent().map(|parent| parent.iter().map(lower).collect()).unwrap_or_default();
        Self { name, base, folders }
    }

    /// The whole name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The name without the endings of templates and samples.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The base without its extension.
    pub(super) fn stem(&self) -> &str {
        self.base.rsplit_once('.').map_or(self.base.as_str(), |(stem, _)| stem)
    }

    /// The base's extension; empty when there is none. `.env` has none.
    pub(super) fn extension(&self) -> &str {
        match self.base.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension,
            _ => "",
        }
    }

    /// The name of the folder that holds the file.
    pub(super) fn folder(&self) -> &str {
        self.folders.last().map_or("", String::as_str)
    }

    /// The folders, outermost first.
    pub(super) fn folders(&self) -> &[String] {
        &self.folders
    }

    /// Whether the file lies directly in `outer/inner`.
    pub(super) fn is_in(&self, outer: &str, inner: &str) -> bool {
        matches!(self.folders.as_slice(), [.., before, last] if before == outer && last == inner)
    }
}
