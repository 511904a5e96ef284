//! Mounts of compose files, short syntax: `[source:]target[:options]`.

use super::hole;

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Path on the host or name of a volume; `None` for an anonymous volume.
    pub source: Option<String>,
    /// Path in the container.
    pub target: String,
    /// Mounted read-only.
    pub read_only: bool,
    /// The source is a path of the host.
    pub is_bind: bool,
}

/// Two paths of the longest that Linux takes, and room for variables.
const LONGEST: usize = 16_384;

/// Reads the short syntax.
pub fn parse(text: &str) -> Option<Mount> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    // `C:\data:/data`: the colon behind a drive letter separates nothing.
    let drive = text.len() > 2
        && text.as_bytes()[0].is_ascii_alphabetic()
        && text.as_bytes()[1] == b':'
        && matches!(text.as_bytes()[2], b'\\' | b'/');
    let skip = if drive { 2 } else { 0 };
    let Some(colon) = text[skip..].find(':').map(|at| at + skip) else {
        return Some(Mount { source: None, target: clean(text), read_only: false, is_bind: false });
    };
    let source = clean(&text[..colon]);
    let (target, options) = text[colon + 1..].split_once(':').unwrap_or((&text[colon + 1..], ""));
    Some(Mount {
        is_bind: drive || is_host_path(&source),
        source: Some(source),
        target: clean(target),
        read_only: options.split(',').any(|option| matches!(option.trim(), "ro" | "readonly")),
    })
}

/// Whether the source of a mount is a path of the host, not the name of a volume.
pub fn is_host_path(source: &str) -> bool {
    source.starts_with(['/', '.', '~', '\\'])
}

/// A path without double and trailing slashes and `.` components; `$HOME` is `~`.
pub fn clean(path: &str) -> String {
    let path = path.trim();
    let home: String;
    let path = match path.strip_prefix(hole::HOLE).and_then(|rest| rest.split_once(hole::HOLE)) {
        Some(("HOME", rest)) => {
            home = format!("~{rest}");
            &home
        }
        _ => path,
    };
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push('/');
    }
    for (index, component) in path.split('/').enumerate() {
        if component.is_empty() || (component == "." && index > 0) {
            continue;
        }
        if !out.is_empty() && !out.ends_with('/') {
            out.push('/');
        }
        out.push_str(component);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::values::hole::{Notation, expand};
    use proptest::prelude::*;

    fn read(text: &str) -> Mount {
        parse(&expand(text, Notation::Shell, &|_| None)).unwrap()
    }

    #[test]
    fn reads_the_short_syntax() {
        let socket = read("/var/run/docker.sock:/var/run/docker.sock:ro");
        assert_eq!(socket.source.as_deref(), Some("/var/run/docker.sock"));
        assert!(socket.read_only && socket.is_bind);
        assert!(!read("data:/var/lib/data").is_bind);
        assert_eq!(read("/data").source, None);
        assert_eq!(read("./app/:/app").source.as_deref(), Some("./app"));
        assert_eq!(read("//etc/./:/x").source.as_deref(), Some("/etc"));
        assert_eq!(read("/:/host:ro,rslave").source.as_deref(), Some("/"));
        assert_eq!(read("$HOME/.ssh:/root/.ssh").source.as_deref(), Some("~/.ssh"));
        assert_eq!(read("C:\\data:/data").target, "/data");
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
