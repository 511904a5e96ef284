//! What a text looks like. Nothing is parsed here: these are the marks by which a reader would know it at a glance.

use crate::syntax::{FileKind, Language};

/// How much of a text is looked at.
const HEAD: usize = 64 * 1024;

/// nginx directives that are common at the top of a file or a block, and are no words of other formats.
#[rustfmt::skip]
const NGINX_DIRECTIVES: &[&str] = &[
    "absolute_redirect", "access_log", "add_header", "alias", "allow", "auth_basic", "auth_request", "break",
    "charset", "client_body_buffer_size", "client_header_timeout", "client_max_body_size", "daemon", "default_type",
    "deny", "error_log", "error_page", "events", "expires", "fastcgi_param", "fastcgi_pass", "geo", "grpc_pass",
    "gzip", "gzip_types", "gzip_vary", "http", "http2", "if", "include", "index", "internal", "keepalive",
    "keepalive_timeout", "large_client_header_buffers", "least_conn", "limit_conn", "limit_conn_zone", "limit_req",
    "limit_req_zone", "listen", "load_module", "location", "log_format", "lua_package_path", "mail", "map",
    "modsecurity", "open_file_cache", "perl_modules", "pid", "proxy_buffering", "proxy_cache", "proxy_cache_path",
    "proxy_hide_header", "proxy_http_version", "proxy_pass", "proxy_pass_header", "proxy_read_timeout",
    "proxy_redirect", "proxy_set_header", "proxy_ssl_verify", "real_ip_header", "resolver", "return", "rewrite",
    "root", "satisfy", "sendfile", "server", "server_name", "server_tokens", "set", "set_real_ip_from",
    "split_clients", "ssl", "ssl_certificate", "ssl_certificate_key", "ssl_ciphers", "ssl_dhparam",
    "ssl_prefer_server_ciphers", "ssl_protocols", "ssl_session_cache", "ssl_session_tickets", "ssl_session_timeout",
    "ssl_stapling", "stream", "sub_filter", "tcp_nodelay", "tcp_nopush", "try_files", "types", "types_hash_max_size",
    "underscores_in_headers", "upstream", "user", "uwsgi_param", "uwsgi_pass", "worker_connections",
    "worker_processes", "worker_rlimit_nofile", "zone",
];

/// Sections by which a systemd unit is known.
const UNIT_SECTIONS: &[&str] = &[
    "[Unit]",
    "[Service]",
    "[Install]",
    "[Socket]",
    "[Timer]",
    "[Mount]",
    "[Automount]",
    "[Swap]",
    "[Path]",
    "[Slice]",
];

/// Sections of Quadlet and network files.
const MORE_UNIT_SECTIONS: &[&str] = &[
    "[Container]",
    "[Pod]",
    "[Volume]",
    "[Network]",
    "[Kube]",
    "[Build]",
    "[Image]",
    "[Match]",
    "[Link]",
    "[NetDev]",
    "[Scope]",
];

/// The part of a text that is looked at.
pub(super) fn head(text: &str) -> &str {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The kind of a text of a known language that has no file name, such as a fence in a guide. `None` when nothing more
/// can be said than its language.
pub fn classify_content(language: Language, text: &str) -> Option<FileKind> {
    let text = head(text);
    match language {
        Language::Yaml => yaml_kind(text),
        Language::Ini if names_unit_section(text) => Some(FileKind::SystemdUnit),
        _ => None,
    }
}

/// The top-level keys of each YAML document, by their lines.
fn yaml_kind(text: &str) -> Option<FileKind> {
    let documents = text.split("\n---");
    documents.map(document_kind).find(Option::is_some).flatten()
}

fn document_kind(text: &str) -> Option<FileKind> {
    let mut keys: Vec<&str> = Vec::new();
    for line in text.lines() {
        let key = line.split(':').next().unwrap_or("").trim_end().trim_matches(['"', '\'']);
        if line.starts_with(|first: char| first.is_alphanumeric() || "\"'".contains(first)) && line.contains(':') {
            keys.push(key);
        }
    }
    let has = |key: &str| keys.contains(&key);
    let nested = |words: &[&str]| {
        let mut lines = text.lines().filter(|line| line.starts_with([' ', '\t'])).map(str::trim_start);
        lines.any(|line| {
            let line = line.trim_start_matches("- ");
            words.iter().any(|word| line.strip_prefix(word).is_some_and(|rest| rest.starts_with(':')))
        })
    };
    if has("apiVersion") && has("kind") {
        return Some(FileKind::Kubernetes);
    }
    if has("jobs") && (has("on") || has("true")) {
        return Some(FileKind::GithubWorkflow);
    }
    if has("updates") && nested(&["package-ecosystem"]) {
        return Some(FileKind::Dependabot);
    }
    if has("runs") && nested(&["using"]) {
        return Some(FileKind::GithubAction);
    }
    if has("services") && !has("apiVersion") && nested(&["image", "build"]) {
        return Some(FileKind::Compose);
    }
    None
}

/// The lines of a text that are neither blank nor comments.
fn content_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Blocks that begin nginx configuration.
const NGINX_BLOCKS: &[&str] = &["server", "location", "upstream", "http", "events", "map", "stream", "types", "geo"];

/// Whether a text is nginx configuration. In a folder of nginx's one directive is enough; elsewhere it takes a block,
/// or two directives of which one is nobody else's word.
pub(super) fn looks_like_nginx(text: &str, in_folder: bool) -> bool {
    let (mut directives, mut own_words, mut has_block) = (0, 0, false);
    for line in content_lines(text).take(400) {
        if line.starts_with('<') && !line.contains('{') {
            // Apache, or markup.
            return false;
        }
        let code = line.split(" #").next().unwrap_or(line).trim_end();
        let word = code.split([' ', '\t', '{', ';']).next().unwrap_or("");
        if !NGINX_DIRECTIVES.contains(&word) && !is_nginx_family(word) || !code.ends_with([';', '}', '{']) {
            continue;
        }
        directives += 1;
        own_words += usize::from(word.contains('_') || matches!(word, "listen" | "location" | "upstream" | "sendfile"));
        has_block |= NGINX_BLOCKS.contains(&word) && code.contains('{');
    }
    if in_folder { directives > 0 } else { own_words > 0 && (directives > 1 || has_block) }
}

/// Whether a directive belongs to one of nginx's module families.
fn is_nginx_family(word: &str) -> bool {
    let families = [
        "proxy_",
        "ssl_",
        "fastcgi_",
        "uwsgi_",
        "client_",
        "gzip_",
        "limit_",
        "add_",
        "grpc_",
        "scgi_",
        "lua_",
        "brotli",
        "real_ip",
        "auth_",
        "worker_",
        "keepalive_",
    ];
    word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && families.iter().any(|family| word.starts_with(family))
}

/// Whether the first section of a text is one of systemd's own.
pub(super) fn names_unit_section(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    first.is_some_and(|line| UNIT_SECTIONS.contains(&line))
}

/// Whether the first section of a text is one of systemd's, podman's Quadlet or systemd-networkd's.
pub(super) fn looks_like_unit(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    first.is_some_and(|line| UNIT_SECTIONS.contains(&line) || MORE_UNIT_SECTIONS.contains(&line))
}

/// Whether a text begins with a section and has keys.
pub(super) fn looks_like_ini(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    let is_section = |line: &str| line.starts_with('[') && line.ends_with(']');
    lines.next().is_some_and(is_section) && lines.any(|line| line.contains(['=', ':']))
}

/// Whether a text's first line of content is an assignment to a name.
pub(super) fn looks_like_dotenv(text: &str) -> bool {
    let Some(first) = content_lines(text).next() else { return false };
    let first = first.strip_prefix("export ").unwrap_or(first);
    first.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim_end();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
    })
}
