//! `.dockerignore`: which files of a build context reach the builder.
//!
//! Docker's rules: patterns count from the context's root whether they begin with a slash or not, `**` stands for any number
//! of folders, a later line wins, `!` takes files back (Dockerfile reference, «.dockerignore file»).

use crate::source::Span;

/// So many patterns are looked at.
const MAX_PATTERNS: usize = 2000;

/// The patterns of a file.
#[derive(Debug, Clone, Default)]
pub struct DockerIgnore {
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone)]
struct Pattern {
    components: Vec<String>,
    takes_back: bool,
}

impl DockerIgnore {
    /// Reads a file.
    pub fn new(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let patterns = lines
            .take(MAX_PATTERNS)
            .map(|line| {
                let (line, takes_back) = match line.strip_prefix('!') {
                    Some(rest) => (rest.trim(), true),
                    None => (line, false),
                };
                let components =
                    line.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect();
                Pattern { components, takes_back }
            })
            .collect();
        Self { patterns }
    }

    /// Whether a path below the context's root is left out. A folder that is left out takes all below it along.
    pub fn excludes(&self, path: &str) -> bool {
        let components: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let mut excluded = false;
        for pattern in &self.patterns {
            if pattern.takes_back == excluded
                && (1..=components.len()).any(|end| matches(&pattern.components, &components[..end]))
            {
                excluded = !pattern.takes_back;
            }
        }
        excluded
    }

    /// Where the first line stands.
    pub const fn start() -> Span {
        Span::at(0)
    }
}

/// Whether all components of a path match all of a pattern.
fn matches(pattern: &[String], path: &[&str]) -> bool {
    // Reachable positions in the pattern after each component: no backtracking.
    let mut reachable = vec![false; pattern.len() + 1];
    reachable[0] = true;
    close(pattern, &mut reachable);
    for component in path {
        let mut next = vec![false; pattern.len() + 1];
        for (at, part) in pattern.iter().enumerate().filter(|(at, _)| reachable[*at]) {
            if part == "**" {
                next[at] = true;
            } else if component_matches(part.as_bytes(), component.as_bytes()) {
                next[at + 1] = true;
            }
        }
        close(pattern, &mut next);
        reachable = next;
    }
    reachable[pattern.len()]
}

/// `**` may stand for no folder at all.
fn close(pattern: &[String], reachable: &mut [bool]) {
    for at in 0..pattern.len() {
        if reachable[at] && pattern[at] == "**" {
            reachable[at + 1] = true;
        }
    }
}

/// `*` and `?` in one component.
fn component_matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&one) if one == b'?' || one == text[read] => {
                at += 1;
                read += 1;
            }
            _ => match star {
                Some((back, from)) => {
                    star = Some((back, from + 1));
                    (at, read) = (back + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&rest| rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_lines_win_and_folders_take_their_files_along() {
        let ignore = DockerIgnore::new("# all\n*\n!app\n!requirements.txt\napp/secrets\n**/*.pem\n");
        for (path, excluded) in [
            (".env", true),
            ("app/main.py", false),
            ("app/secrets/key", true),
            ("app/keys/x.pem", true),
            ("requirements.txt", false),
            ("deploy/x", true),
        ] {
            assert_eq!(ignore.excludes(path), excluded, "{path}");
        }
        let ignore = DockerIgnore::new("/.env*\n!.env.example\nnode_modules\n");
        assert!(ignore.excludes(".env") && ignore.excludes(".env.local") && !ignore.excludes(".env.example"));
        // Docker's patterns count from the root.
        assert!(!ignore.excludes("web/node_modules/x") && !ignore.excludes("app/.env"));
        assert!(DockerIgnore::new("**/.env").excludes(".env"));
        assert!(!DockerIgnore::new("").excludes(".env"));
    }
}
