//! Which files of the project an `include` brings in.
//!
//! nginx resolves a relative path against the folder of its main configuration file. A repository seldom says where its
//! files end up, so paths are tried below the folders around the including file, and absolute paths below nginx's own
//! folders (`/etc/nginx`, ...) as if that folder stood in the repository. Where a deployment is known to mount or copy
//! files, [`IncludeMap`] says so. No path is ever read from the disk: only files of the scan are candidates.

use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Where files of the project stand when nginx runs: mounts of compose files, `COPY` of Dockerfiles.
#[derive(Debug, Clone, Default)]
pub struct IncludeMap {
    mounts: Vec<Mount>,
}

#[derive(Debug, Clone)]
struct Mount {
    /// Components of the path in the project, as reports show it.
    source: Vec<String>,
    /// Components of the absolute path that nginx sees.
    target: Vec<String>,
}

impl IncludeMap {
    /// Says that a file or folder of the project (`source`, as reports show paths) stands at an absolute path.
    pub fn add(&mut self, source: &str, target: &str) {
        self.mounts.push(Mount {
            source: components(source).map(str::to_owned).collect(),
            target: components(target).map(str::to_owned).collect(),
        });
    }
}

/// nginx's configuration folder in packages and images.
const PREFIXES: [&str; 7] = [
    "/etc/nginx/",
    "/usr/local/nginx/conf/",
    "/usr/local/openresty/nginx/conf/",
    "/usr/local/etc/nginx/",
    "/opt/nginx/conf/",
    "/opt/bitnami/nginx/conf/",
    "/usr/share/nginx/",
];

/// Files that nginx, its packages and certbot ship: nobody keeps them in a repository.
const STANDARD: [&str; 16] = [
    "mime.types",
    "fastcgi_params",
    "fastcgi.conf",
    "uwsgi_params",
    "scgi_params",
    "proxy_params",
    "koi-utf",
    "koi-win",
    "win-utf",
    "fastcgi-php.conf",
    "snakeoil.conf",
    "options-ssl-nginx.conf",
    "options-ssl.conf",
    "naxsi_core.rules",
    "naxsi.rules",
    "ssl-dhparams.pem",
];

/// Whether a path names a file that comes with nginx or its surroundings.
pub fn is_standard(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    STANDARD.contains(&name)
        || ["modules-enabled", "/modules/", "letsencrypt", "/usr/share/"].iter().any(|part| path.contains(part))
        || path.starts_with("modules/")
}

/// Folders above a file that are tried.
const MOST_FOLDERS: usize = 6;
/// Files that one include may bring.
const MOST_FILES: usize = 2_000;

/// The files of a project by folder.
#[derive(Debug, Default)]
pub(super) struct Folders {
    /// Folder, then name, then the number of the file.
    files: FxHashMap<String, BTreeMap<String, u32>>,
    below: FxHashMap<String, BTreeSet<String>>,
}

impl Folders {
    pub fn new<'a>(paths: impl Iterator<Item = (u32, &'a str)>) -> Self {
        let mut folders = Self::default();
        for (number, path) in paths {
            let (mut folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            folders.files.entry(folder.to_owned()).or_default().insert(name.to_owned(), number);
            loop {
                let (above, name) = match folder.rsplit_once('/') {
                    Some(split) => split,
                    None if folder.is_empty() => break,
                    None => ("", folder),
                };
                if !folders.below.entry(above.to_owned()).or_default().insert(name.to_owned()) {
                    break;
                }
                folder = above;
            }
        }
        folders
    }

    /// Files below a folder that a relative pattern names, in order of their names.
    fn matching(&self, base: &str, pattern: &[&str]) -> Vec<u32> {
        let Some((last, middle)) = pattern.split_last() else { return Vec::new() };
        let mut folders = vec![base.to_owned()];
        for part in middle {
            let mut next = Vec::new();
            for folder in &folders {
                match *part {
                    "." => next.push(folder.clone()),
                    ".." => next.extend(parent(folder).map(str::to_owned)),
                    part if is_glob(part) => {
                        let below = self.below.get(folder).into_iter().flatten();
                        next.extend(below.filter(|name| glob_matches(part, name)).map(|name| join(folder, name)));
                    }
                    part => next.push(join(folder, part)),
                }
            }
            next.truncate(MOST_FILES);
            folders = next;
        }
        let mut found = Vec::new();
        for files in folders.iter().filter_map(|folder| self.files.get(folder)) {
            if is_glob(last) {
                found.extend(files.iter().filter(|(name, _)| glob_matches(last, plain_name(name))).map(|(_, &at)| at));
            } else {
                let template = || files.iter().find(|(name, _)| plain_name(name) == *last).map(|(_, at)| at);
                found.extend(files.get(*last).or_else(template));
            }
        }
        found.truncate(MOST_FILES);
        found
    }

    fn holds(&self, folder: &str) -> bool {
        self.files.contains_key(folder)
    }

    /// The files that an include brings; `including` is the path of the file it stands in, `main` that of the
    /// configuration's first file.
    pub fn resolve(&self, argument: &str, including: &str, main: &str, map: &IncludeMap) -> Resolved {
        if argument.contains('$') || argument.contains("{{") || argument.is_empty() {
            return Resolved::Unknown;
        }
        if argument.starts_with('/') {
            let mounted = self.mounted(argument, map);
            if !mounted.is_empty() {
                return Resolved::Files(mounted);
            }
        }
        let Some(relative) = below_prefix(argument) else { return self.elsewhere(argument, including) };
        let mut parts: Vec<&str> = components(relative).collect();
        let bases = bases(including, main);
        for base in &bases {
            let found = self.matching(base, &parts);
            if !found.is_empty() {
                return Resolved::Files(found);
            }
        }
        let place = parts.iter().position(|part| matches!(*part, "sites-enabled" | "conf.d" | "http.d"));
        if let Some(place) = place {
            for other in ["sites-available", "templates"] {
                parts[place] = other;
                for base in &bases {
                    let found = self.matching(base, &parts);
                    if !found.is_empty() {
                        return Resolved::Files(found);
                    }
                }
            }
            return Resolved::Unknown;
        }
        let Some((name, folders)) = parts.split_last() else { return Resolved::Unknown };
        if is_glob(relative) || is_standard(argument) {
            return Resolved::Unknown;
        }
        // A flat folder of the repository that a deployment spreads out.
        if let Some(beside) = self.matching(folder_of(including), &[name]).first() {
            return Resolved::Files(vec![*beside]);
        }
        // The folder that should hold it is there, with other files: somebody forgot this one.
        let is_expected = !folders.is_empty()
            && bases.iter().any(|base| {
                let folder = folders.iter().fold(base.clone(), |folder, part| join(&folder, part));
                self.holds(&folder)
            });
        if is_expected { Resolved::Missing } else { Resolved::Unknown }
    }

    fn mounted(&self, argument: &str, map: &IncludeMap) -> Vec<u32> {
        let wanted: Vec<&str> = components(argument).collect();
        let mut found = Vec::new();
        for mount in &map.mounts {
            let matches = |count: usize| {
                mount.target.iter().zip(&wanted).take(count).all(|(target, wanted)| glob_matches(wanted, target))
            };
            if mount.target.len() == wanted.len() && matches(wanted.len()) {
                let source: Vec<&str> = mount.source.iter().map(String::as_str).collect();
                found.extend(self.matching("", &source));
            } else if mount.target.len() < wanted.len() && matches(mount.target.len()) {
                found.extend(self.matching(&mount.source.join("/"), &wanted[mount.target.len()..]));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// A path outside nginx's folders: the longest end of it that stands below a folder around the including file.
    fn elsewhere(&self, argument: &str, including: &str) -> Resolved {
        let parts: Vec<&str> = components(argument).collect();
        for from in 0..parts.len().saturating_sub(1) {
            for base in bases(including, including) {
                let found = self.matching(&base, &parts[from..]);
                if !found.is_empty() {
                    return Resolved::Files(found);
                }
            }
        }
        Resolved::Unknown
    }
}

/// What an include amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resolved {
    /// Numbers of files, in the order in which nginx reads them.
    Files(Vec<u32>),
    /// It should be in the project and is not.
    Missing,
    /// Nothing can be said: it comes from somewhere else.
    Unknown,
}

/// Folders that a relative path may count from, the likeliest first.
fn bases(including: &str, main: &str) -> Vec<String> {
    let mut bases = vec![folder_of(main).to_owned()];
    let mut folder = folder_of(including);
    for _ in 0..MOST_FOLDERS {
        if bases[0] != folder {
            bases.push(folder.to_owned());
        }
        let Some(above) = parent(folder) else { break };
        folder = above;
    }
    bases
}

/// The part of a path below nginx's configuration folder; a relative path counts from there.
fn below_prefix(path: &str) -> Option<&str> {
    if !path.starts_with('/') {
        return Some(path);
    }
    PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix))
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn parent(folder: &str) -> Option<&str> {
    (!folder.is_empty()).then(|| folder_of(folder))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

/// A template's name without what says that it is one: the official image renders `x.conf.template` to `x.conf`.
fn plain_name(name: &str) -> &str {
    let endings = [".template", ".tmpl", ".tpl", ".j2", ".erb"];
    endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Whether a name matches a pattern of glob(3): `*`, `?` and `[...]`; a leading dot has to be written.
fn glob_matches(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
                continue;
            }
            Some('?') => Some(1),
            Some('[') => class_length(&pattern[at..], name[read]),
            Some(&wanted) => (wanted == name[read]).then_some(1),
            None => None,
        };
        match (step, star) {
            (Some(length), _) => {
                at += length;
                read += 1;
            }
            (None, Some((back, from))) => {
                star = Some((back, from + 1));
                (at, read) = (back + 1, from + 1);
            }
            (None, None) => return false,
        }
    }
    pattern[at..].iter().all(|&rest| rest == '*')
}

/// Length of a class `[...]` that a character is in.
fn class_length(pattern: &[char], character: char) -> Option<usize> {
    let end = pattern.iter().skip(2).position(|&one| one == ']')? + 2;
    let negated = matches!(pattern[1], '!' | '^');
    let content = &pattern[1 + usize::from(negated)..end];
    let mut holds = content.contains(&character);
    for window in content.windows(3) {
        holds |= window[1] == '-' && (window[0]..=window[2]).contains(&character);
    }
    (holds != negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(files: &[&str], argument: &str, including: &str) -> Result<Vec<String>, Resolved> {
        let folders = Folders::new((0..).zip(files.iter().copied()));
        match folders.resolve(argument, including, including, &IncludeMap::default()) {
            Resolved::Files(found) => Ok(found.into_iter().map(|at| files[at as usize].to_owned()).collect()),
            other => Err(other),
        }
    }

    #[test]
    fn globs() {
        for (pattern, name, expected) in [
            ("*.conf", "a.conf", true),
            ("*.conf", ".a.conf", false),
            ("*", "a", true),
            ("a*b*c", "axxbyybc", true),
            ("a*b*c", "axxbyyb", false),
            ("[a-c]?.conf", "b1.conf", true),
            ("[!a-c]*", "bx", false),
            ("x", "x", true),
        ] {
            assert_eq!(glob_matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn includes_are_found_where_a_repository_keeps_them() {
        let files = [
            "nginx/nginx.conf",
            "nginx/conf.d/a.conf",
            "nginx/conf.d/b.conf",
            "nginx/snippets/tls.conf",
            "nginx/sites-available/shop",
            "nginx/templates/t.conf.template",
            "flat/site.conf",
            "flat/tls.conf",
        ];
        let found = |argument, including| resolve(&files, argument, including).unwrap();
        assert_eq!(found("conf.d/*.conf", files[0]), [files[1], files[2]]);
        assert_eq!(found("/etc/nginx/conf.d/*.conf", files[0]), [files[1], files[2]]);
        assert_eq!(found("snippets/tls.conf", files[1]), [files[3]]);
        assert_eq!(found("/etc/nginx/snippets/tls.conf", files[4]), [files[3]]);
        assert_eq!(found("/etc/nginx/sites-enabled/*", files[0]), [files[4]]);
        assert_eq!(found("/etc/nginx/snippets/tls.conf", files[6]), [files[7]]);
        assert_eq!(found("../snippets/tls.conf", files[1]), [files[3]]);
        assert_eq!(found("/srv/repo/nginx/snippets/tls.conf", files[1]), [files[3]]);
        assert_eq!(resolve(&files, "snippets/other.conf", files[0]), Err(Resolved::Missing));
        assert_eq!(resolve(&files, "mime.types", files[0]), Err(Resolved::Unknown));
        assert_eq!(resolve(&files, "/etc/letsencrypt/options-ssl-nginx.conf", files[0]), Err(Resolved::Unknown));
        assert_eq!(resolve(&files, "vhosts/*.conf", files[0]), Err(Resolved::Unknown));
        assert_eq!(resolve(&files, "conf.d/${ENV}.conf", files[0]), Err(Resolved::Unknown));
    }

    #[test]
    fn mounts_say_where_files_stand() {
        let files = ["deploy/app.conf", "deploy/extra/one.conf", "other/nginx.conf"];
        let folders = Folders::new((0..).zip(files));
        let mut map = IncludeMap::default();
        map.add("deploy/app.conf", "/etc/nginx/conf.d/default.conf");
        map.add("deploy/extra", "/etc/nginx/extra");
        let resolve = |argument| folders.resolve(argument, files[2], files[2], &map);
        assert_eq!(resolve("/etc/nginx/conf.d/*.conf"), Resolved::Files(vec![0]));
        assert_eq!(resolve("/etc/nginx/extra/*.conf"), Resolved::Files(vec![1]));
    }
}
