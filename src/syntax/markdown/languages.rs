//! What the info strings of fences mean.

use crate::syntax::Language;

/// Words for languages, in lower case.
const WORDS: &[(&str, Language)] = &[
    ("python", Language::Python),
    ("py", Language::Python),
    ("py3", Language::Python),
    ("python3", Language::Python),
    ("pycon", Language::Python),
    ("ipython", Language::Python),
    ("ipython3", Language::Python),
    ("pyi", Language::Python),
    ("rust", Language::Rust),
    ("rs", Language::Rust),
    ("nginx", Language::Nginx),
    ("nginxconf", Language::Nginx),
    ("yaml", Language::Yaml),
    ("yml", Language::Yaml),
    ("json", Language::Json),
    ("jsonc", Language::Json),
    ("json5", Language::Json),
    ("toml", Language::Toml),
    ("dockerfile", Language::Dockerfile),
    ("docker", Language::Dockerfile),
    ("containerfile", Language::Dockerfile),
    ("bash", Language::Shell),
    ("sh", Language::Shell),
    ("shell", Language::Shell),
    ("zsh", Language::Shell),
    ("console", Language::Shell),
    ("shell-session", Language::Shell),
    ("shellsession", Language::Shell),
    ("sh-session", Language::Shell),
    ("terminal", Language::Shell),
    ("env", Language::Dotenv),
    ("dotenv", Language::Dotenv),
    (".env", Language::Dotenv),
    ("ini", Language::Ini),
    ("cfg", Language::Ini),
    ("systemd", Language::Ini),
    ("service", Language::Ini),
    ("requirements", Language::Requirements),
    ("requirements.txt", Language::Requirements),
];

/// Words that say nothing about the language: the content may still be nginx, whose shape is plain.
const UNSPECIFIC: &[&str] = &["", "conf", "config", "text", "txt", "plaintext", "plain"];

/// Directives that open a block in nginx and have few namesakes.
const NGINX_BLOCKS: &[&str] = &["server", "location", "upstream", "http", "events", "stream"];

/// The language word of an info string in lower case: `python` of `Python title="x"`, `{.python .numberLines}`,
/// `{code-block} python`, `rust,no_run`, `python{1,3}`, `yaml:compose.yml`.
pub(super) fn word(info: &str) -> String {
    let info = info.trim();
    let info = match info.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        // A MyST directive: the language is its argument.
        Some(("code-block" | "code" | "code-cell" | "sourcecode", argument)) => argument.trim(),
        Some((attributes, _)) => attributes.trim(),
        None => info,
    };
    let end = info.find(|c: char| c.is_whitespace() || ",{}:;(".contains(c)).unwrap_or(info.len());
    let word = info[..end].to_lowercase();
    match word.strip_prefix('.') {
        Some(class) if class != "env" => class.to_owned(),
        _ => word,
    }
}

/// The language of a fence with this word and content.
pub(super) fn language(word: &str, content: &str) -> Option<Language> {
    if let Some(&(_, language)) = WORDS.iter().find(|&&(listed, _)| listed == word) {
        return Some(language);
    }
    (UNSPECIFIC.contains(&word) && looks_like_nginx(content)).then_some(Language::Nginx)
}

/// Whether a text has a block that only nginx has, and directives that end as nginx's do.
fn looks_like_nginx(content: &str) -> bool {
    let lines = || content.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let opens_block = |line: &str| {
        let first = line.split_whitespace().next().unwrap_or("");
        line.ends_with('{') && NGINX_BLOCKS.contains(&first.trim_end_matches('{'))
    };
    let is_directive = |line: &str| {
        line.ends_with(';')
            && line.starts_with(|c: char| c.is_ascii_lowercase())
            && line.contains(' ')
            && !line.contains('=')
    };
    let ends_well = |line: &str| line.ends_with([';', '{', '}']) || line.contains("; #");
    lines().any(opens_block)
        && lines().any(is_directive)
        && lines().filter(|line| !ends_well(line)).count() * 4 < lines().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_names_the_language() {
        for (info, expected) in [
            ("python", "python"),
            (" Python title=\"a.py\" hl_lines=\"1\"", "python"),
            ("{.python .numberLines}", "python"),
            ("{python}", "python"),
            ("{code-block} yaml", "yaml"),
            ("rust,no_run", "rust"),
            ("python{1,3}", "python"),
            ("yaml:compose.yml", "yaml"),
            (".env", ".env"),
            ("", ""),
        ] {
            assert_eq!(word(info), expected, "{info}");
        }
    }

    #[test]
    fn unnamed_text_is_nginx_when_it_looks_like_it() {
        let nginx = "server {\n    listen 80; # http\n    location / {\n        proxy_pass http://app;\n    }\n}\n";
        assert_eq!(language("conf", nginx), Some(Language::Nginx));
        assert_eq!(language("", nginx), Some(Language::Nginx));
        for other in [
            "[section]\nkey = value\n",
            "server {\n  let x = 1;\n",
            "app/\n  main.py\n",
            "",
            "const server = http.createServer();",
        ] {
            assert_eq!(language("conf", other), None, "{other}");
        }
        assert_eq!(language("mermaid", nginx), None);
    }
}
