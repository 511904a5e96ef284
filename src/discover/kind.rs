//! What kind a file is, by its name first, then by what it holds.

use super::binary::is_binary_extension;
use super::content::{
    classify_content, head, looks_like_dotenv, looks_like_ini, looks_like_nginx, looks_like_unit, names_unit_section,
};
use super::name::FileName;
use crate::syntax::{FileKind, Language};
use std::path::Path;

/// Extensions of systemd units that nothing else uses.
const UNIT_EXTENSIONS: &[&str] = &["service", "socket", "timer", "mount", "automount", "swap"];

/// Extensions of systemd units, networks and podman's Quadlet files that other files have too.
const SHARED_UNIT_EXTENSIONS: &[&str] =
    &["target", "path", "slice", "scope", "container", "pod", "volume", "network", "kube", "netdev", "link", "build"];

/// Names without extension that hold INI.
const INI_NAMES: &[&str] = &[
    ".coveragerc",
    ".editorconfig",
    ".flake8",
    ".gitconfig",
    ".gitmodules",
    ".my.cnf",
    ".pylintrc",
    ".pypirc",
    "pip.conf",
];

/// Names without extension that hold shell.
const SHELL_NAMES: &[&str] = &[".bash_profile", ".bashrc", ".envrc", ".profile", ".zshrc"];

/// Extensions of files that lie beside nginx configuration and are none.
const OTHER_EXTENSIONS: &[&str] = &[
    "bat",
    "c",
    "cert",
    "cpp",
    "crt",
    "csr",
    "css",
    "csv",
    "dockerignore",
    "env",
    "gitignore",
    "go",
    "h",
    "htm",
    "html",
    "java",
    "js",
    "key",
    "log",
    "lua",
    "patch",
    "pem",
    "php",
    "pl",
    "ps1",
    "pub",
    "rb",
    "rst",
    "sql",
    "svg",
    "tf",
    "ts",
    "txt",
    "xml",
    "xsl",
];

/// The kind of a file whose text is `text` (the beginning is enough). `None` when its name says that it is no text.
pub fn classify(path: &Path, text: &str) -> Option<FileKind> {
    let name = FileName::new(path);
    if is_binary_extension(name.extension()) {
        return None;
    }
    let text = head(text);
    let kind = by_special_name(&name, text)
        .or_else(|| by_extension(&name, text))
        .or_else(|| by_content(&name, text))
        .unwrap_or(FileKind::Text);
    Some(kind)
}

/// Whether the name alone says that a file is Markdown.
pub(super) fn is_markdown(path: &Path) -> bool {
    matches!(FileName::new(path).extension(), "md" | "markdown" | "mdx")
}

fn by_special_name(name: &FileName, text: &str) -> Option<FileKind> {
    let (whole, base) = (name.name(), name.base());
    if is_dockerfile(name) {
        return Some(FileKind::Dockerfile);
    }
    if matches!(whole, ".dockerignore" | ".containerignore") || name.extension() == "dockerignore" {
        return Some(FileKind::DockerIgnore);
    }
    if is_dotenv(name, text) {
        return Some(FileKind::Dotenv);
    }
    if base == "procfile" || base.starts_with("procfile.") {
        return Some(FileKind::Procfile);
    }
    if base == "supervisord.conf" {
        return Some(FileKind::Supervisord);
    }
    if matches!(base, "nginx.conf") || name.extension() == "nginx" || name.extension() == "nginxconf" {
        return Some(FileKind::Nginx);
    }
    if base == "pipfile" || matches!(whole, "cargo.lock" | "poetry.lock" | "uv.lock" | "pdm.lock") {
        return Some(FileKind::Toml);
    }
    if INI_NAMES.contains(&base) {
        return Some(FileKind::Ini);
    }
    if SHELL_NAMES.contains(&base) {
        return Some(FileKind::Shell);
    }
    is_requirements(whole, name.folder()).then_some(FileKind::Requirements)
}

fn by_extension(name: &FileName, text: &str) -> Option<FileKind> {
    let kind = match name.extension() {
        "py" | "pyw" => FileKind::Python,
        "pyi" => FileKind::PythonStub,
        "ipynb" => FileKind::Notebook,
        "rs" => FileKind::Rust,
        "yml" | "yaml" => yaml(name, text),
        "toml" => FileKind::Toml,
        "json" | "jsonc" | "json5" | "jsonl" | "ndjson" | "webmanifest" | "code-workspace" => FileKind::Json,
        "ini" | "cfg" | "cnf" => ini(text),
        "sh" | "bash" | "zsh" | "ksh" => FileKind::Shell,
        "md" | "markdown" | "mdx" => FileKind::Markdown,
        extension if UNIT_EXTENSIONS.contains(&extension) => FileKind::SystemdUnit,
        extension if SHARED_UNIT_EXTENSIONS.contains(&extension) && looks_like_unit(text) => FileKind::SystemdUnit,
        "conf" => return Some(conf(name, text)),
        _ => return None,
    };
    Some(kind)
}

/// Files whose names say nothing: by the folder they lie in, the first line, the look of the text.
fn by_content(name: &FileName, text: &str) -> Option<FileKind> {
    if let Some(kind) = by_shebang(text) {
        return Some(kind);
    }
    let plain =
        matches!(name.extension(), "" | "vhost" | "inc" | "host" | "location" | "http" | "server" | "subdomain");
    // `sites-available/example.com` has an extension that says nothing.
    let names_a_site = is_nginx_folder(name) && !OTHER_EXTENSIONS.contains(&name.extension());
    if (plain || names_a_site) && looks_like_nginx(text, is_nginx_folder(name)) {
        return Some(FileKind::Nginx);
    }
    None
}

fn is_dockerfile(name: &FileName) -> bool {
    let base = name.base();
    let other = ["md", "txt", "sh", "py", "yml", "yaml", "json", "dockerignore", "html", "patch", "diff", "rs", "go"];
    ["dockerfile", "containerfile"].iter().any(|word| {
        base.strip_prefix(word).is_some_and(|rest| {
            rest.is_empty() || (rest.starts_with(['.', '-', '_']) && !other.contains(&name.extension()))
        }) || name.extension() == *word
    })
}

fn is_dotenv(name: &FileName, text: &str) -> bool {
    let whole = name.name();
    let code = ["patch", "diff", "py", "js", "ts", "sh", "md", "yml", "yaml", "json", "toml", "rs", "go"];
    let ends_in_code = whole.rsplit_once('.').is_some_and(|(_, last)| code.contains(&last));
    if whole == ".flaskenv" || (whole.starts_with(".env") && !whole.starts_with(".envrc") && !ends_in_code) {
        return true;
    }
    if name.extension() == "env" && !whole.starts_with(".envrc") {
        return true;
    }
    // `env.template`, `prod.env.example`, `env-sample`.
    let is_env = ["env", "dotenv"]
        .iter()
        .any(|word| whole.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_'])));
    is_env && !ends_in_code && looks_like_dotenv(text)
}

fn is_requirements(name: &str, folder: &str) -> bool {
    let Some((stem, "txt" | "in")) = name.rsplit_once('.') else { return false };
    stem.starts_with("requirements")
        || stem.ends_with("requirements")
        || stem.starts_with("constraints")
        || stem.ends_with("constraints")
        || folder == "requirements"
}

fn yaml(name: &FileName, text: &str) -> FileKind {
    let (base, stem) = (name.base(), name.stem());
    let is_word =
        |word: &str| stem.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
    if name.is_in(".github", "workflows") || name.is_in(".gitea", "workflows") || name.is_in(".forgejo", "workflows") {
        return FileKind::GithubWorkflow;
    }
    if stem == "dependabot" && name.folder() == ".github" {
        return FileKind::Dependabot;
    }
    if base == ".gitlab-ci.yml" || base.ends_with(".gitlab-ci.yml") || base.ends_with(".gitlab-ci.yaml") {
        return FileKind::GitlabCi;
    }
    if is_word("docker-compose") || is_word("compose") {
        return FileKind::Compose;
    }
    let by_content = classify_content(Language::Yaml, text);
    if stem == "action" && (by_content == Some(FileKind::GithubAction) || name.folders().iter().any(|f| f == ".github"))
    {
        return FileKind::GithubAction;
    }
    match by_content {
        // Only its place and name make an action; elsewhere `runs:` is some key.
        Some(FileKind::GithubAction) | None => {}
        Some(kind) => return kind,
    }
    if is_word("values") || stem.ends_with("-values") || stem.ends_with(".values") {
        return FileKind::HelmValues;
    }
    FileKind::Yaml
}

fn ini(text: &str) -> FileKind {
    if is_supervisord(text) { FileKind::Supervisord } else { FileKind::Ini }
}

fn is_supervisord(text: &str) -> bool {
    let mut sections = text.lines().map(str::trim_start).filter(|line| line.starts_with('['));
    sections.any(|line| {
        ["[supervisord", "[program:", "[fcgi-program:", "[supervisorctl", "[inet_http_server", "[eventlistener:"]
            .iter()
            .any(|section| line.starts_with(section))
    })
}

fn conf(name: &FileName, text: &str) -> FileKind {
    let folder = name.folder();
    let is_drop_in = folder.strip_suffix(".d").and_then(|unit| unit.rsplit_once('.')).is_some_and(|(_, extension)| {
        UNIT_EXTENSIONS.contains(&extension) || SHARED_UNIT_EXTENSIONS.contains(&extension)
    });
    if is_drop_in || names_unit_section(text) {
        return FileKind::SystemdUnit;
    }
    if is_supervisord(text) {
        return FileKind::Supervisord;
    }
    if looks_like_nginx(text, is_nginx_folder(name) || name.base().contains("nginx")) {
        return FileKind::Nginx;
    }
    if looks_like_ini(text) { FileKind::Ini } else { FileKind::Text }
}

/// Whether a file lies where nginx keeps its configuration.
fn is_nginx_folder(name: &FileName) -> bool {
    // Folders far above say nothing about the file.
    name.folders().iter().rev().take(6).any(|folder| {
        folder.contains("nginx")
            || folder.starts_with("sites-")
            || matches!(folder.as_str(), "conf.d" | "vhost.d" | "vhosts" | "proxy-confs" | "snippets" | "swag")
    })
}

fn by_shebang(text: &str) -> Option<FileKind> {
    let line = text.strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_ascii_whitespace();
    let first = words.next()?.rsplit('/').next()?;
    // `env -S python3`, `env FOO=1 bash`
    let program = if first == "env" {
        words.find(|word| !word.starts_with('-') && !word.contains('='))?.rsplit('/').next()?
    } else {
        first
    };
    match program.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.') {
        "python" | "pypy" => Some(FileKind::Python),
        "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash" => Some(FileKind::Shell),
        _ => None,
    }
}
