//! Downloads that a shell script runs without a check: `curl ... | sh`, `bash <(curl ...)`, fetched files that are run.

use super::docker_stages::Stages;
use super::{AuditContext, AuditMatch};
use crate::query::values::command_line;
use crate::syntax::{Field, Kind, NodeId, Tree};
use rustc_hash::FxHashMap;

const DOWNLOADERS: [&str; 5] = ["curl", "wget", "fetch", "aria2c", "http"];
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "zsh", "ksh"];
const INTERPRETERS: [&str; 8] = ["python", "python2", "python3", "perl", "ruby", "node", "php", "deno"];

/// Downloads that are run in a Dockerfile, stage by stage: a file may be fetched in one `RUN` and run in the next.
pub fn dockerfile(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    let stages = Stages::new(tree);
    let mut matches = Vec::new();
    for stage in &stages.all {
        let mut seen = Seen::default();
        for run in stages.instructions(stage, "RUN") {
            let found = seen.read(tree, run);
            matches.extend(found.into_iter().map(|node| describe(tree, node, stages.anchor(stage, "RUN"))));
        }
    }
    matches
}

/// Downloads that are run in a shell script.
pub fn script(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    unchecked(tree).into_iter().map(|node| describe(tree, node, "script".to_owned())).collect()
}

/// The commands of a script that download what it then runs unchecked.
pub fn unchecked(script: &Tree) -> Vec<NodeId> {
    Seen::default().read(script, script.root())
}

/// A match for a download.
pub fn describe(tree: &Tree, command: NodeId, anchor: String) -> AuditMatch {
    let url = words(tree, command).into_iter().map(|word| tree.label(word)).find(|word| word.contains("://"));
    AuditMatch {
        node: command,
        span: tree.span(command),
        captures: vec![("url".to_owned(), url.unwrap_or("a download").to_owned())],
        related: Vec::new(),
        anchor,
        variant: None,
    }
}

fn words(tree: &Tree, command: NodeId) -> Vec<NodeId> {
    tree.children_by(command, Field::Argument).collect()
}

/// The program of a command and the words behind it.
fn program(tree: &Tree, command: NodeId) -> Option<(String, Vec<NodeId>)> {
    let words = words(tree, command);
    let labels: Vec<_> = words.iter().map(|&word| tree.label(word)).collect();
    let at = command_line::program(&labels)?;
    let name = labels[at].rsplit('/').next().unwrap_or("").to_owned();
    Some((name, words[at + 1..].to_vec()))
}

fn is_downloader(name: &str) -> bool {
    DOWNLOADERS.contains(&name)
}

/// What runs the text it is given: shells, and interpreters with or without a version (`python3.12`).
fn runs_text(name: &str) -> bool {
    SHELLS.contains(&name)
        || INTERPRETERS.contains(&name)
        || name.strip_prefix("python").is_some_and(|version| version.starts_with(|digit: char| digit.is_ascii_digit()))
}

/// What the commands so far have fetched.
#[derive(Debug, Default)]
struct Seen {
    /// Name of a fetched file, without its folder, and the command that fetched it.
    fetched: FxHashMap<String, NodeId>,
}

impl Seen {
    /// Reads the commands below a node in order; gives the downloads that are run unchecked.
    fn read(&mut self, tree: &Tree, node: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        for node in tree.subtree(node) {
            match tree.kind(node) {
                Kind::Pipeline => found.extend(piped(tree, node)),
                Kind::Command => self.command(tree, node, &mut found),
                _ => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn command(&mut self, tree: &Tree, command: NodeId, found: &mut Vec<NodeId>) {
        let Some((name, arguments)) = program(tree, command) else { return };
        let labels: Vec<&str> = arguments.iter().map(|&argument| tree.label(argument)).collect();
        if is_check(&name, &labels) {
            // What was checked may be run; which file was meant is not told apart.
            self.fetched.clear();
            return;
        }
        if is_downloader(&name) {
            if let Some(file) = target(tree, command, &name, &labels) {
                self.fetched.insert(file, command);
            }
            return;
        }
        if runs_text(&name) || matches!(name.as_str(), "eval" | "source" | ".") {
            found.extend(code_word(tree, &name, &arguments).and_then(|word| download_within(tree, word)));
            let file = arguments.iter().map(|&word| tree.label(word)).find(|word| !word.starts_with('-'));
            found.extend(file.and_then(|file| self.fetched.get(base_name(file)).copied()));
        }
        // `./install.sh`, `/tmp/install.sh`: a plain name would be looked up on the path.
        let written = words(tree, command).first().map_or("", |&word| tree.label(word));
        if written.contains('/') {
            found.extend(self.fetched.get(base_name(written)).copied());
        }
    }
}

/// `curl ... | sh`: the download, when a later part of the pipeline runs text and none in between checks it.
fn piped(tree: &Tree, pipeline: NodeId) -> Option<NodeId> {
    let mut download = None;
    for part in tree.children(pipeline) {
        // A group may download or run inside: `(curl x; cat y) | sh`.
        let commands: Vec<_> = tree.subtree(part).filter(|&node| tree.kind(node) == Kind::Command).collect();
        for command in commands {
            let Some((name, arguments)) = program(tree, command) else { continue };
            let labels: Vec<&str> = arguments.iter().map(|&argument| tree.label(argument)).collect();
            if is_downloader(&name) {
                download = Some(command);
            } else if is_check(&name, &labels) {
                return None;
            } else if download.is_some() && runs_text(&name) && reads_standard_input(&name, &labels) {
                return download;
            }
        }
    }
    None
}

/// Whether an interpreter without a script of its own runs what it reads: `sh`, `bash -s -- x`, `python -`, not
/// `python -c code` or `python -m json.tool`.
fn reads_standard_input(name: &str, labels: &[&str]) -> bool {
    let is_shell = SHELLS.contains(&name);
    for label in labels {
        match *label {
            "-" | "-s" | "/dev/stdin" | "--" => return true,
            "-c" | "-m" | "-e" | "-n" | "-r" | "-p" if !is_shell || *label == "-c" => return false,
            label if is_shell && label.starts_with('-') && !label.starts_with("--") && label.contains('s') => {
                return true;
            }
            label if label.starts_with('-') => {}
            _ => return false,
        }
    }
    true
}

/// The word that holds code: behind `-c`, a process substitution, or the argument of `eval` and `source`.
fn code_word(tree: &Tree, name: &str, arguments: &[NodeId]) -> Option<NodeId> {
    if matches!(name, "eval" | "source" | ".") {
        return arguments.first().copied();
    }
    let flag = arguments.iter().position(|&word| {
        let label = tree.label(word);
        label.starts_with('-') && !label.starts_with("--") && label.ends_with(['c', 'e'])
    });
    match flag {
        Some(at) => arguments.get(at + 1).copied(),
        None => arguments.iter().copied().find(|&word| tree.label(word).starts_with("<(")),
    }
}

/// A download whose output is a word's text.
fn download_within(tree: &Tree, word: NodeId) -> Option<NodeId> {
    let is_download = |&node: &NodeId| {
        tree.kind(node) == Kind::Command && program(tree, node).is_some_and(|(name, _)| is_downloader(&name))
    };
    // The substitution must be the code itself: `sh -c "build $(curl version)"` runs other code.
    let label = tree.label(word);
    let is_code = label.starts_with("$(") || label.starts_with("<(") || label.starts_with('`');
    is_code.then(|| tree.subtree(word).find(is_download)).flatten()
}

/// The name of the file that a download writes, without its folder.
fn target(tree: &Tree, command: NodeId, name: &str, labels: &[&str]) -> Option<String> {
    let redirect = tree.children_by(command, Field::Redirect).find(|&redirect| tree.label(redirect).contains('>'));
    if let Some(value) = redirect.and_then(|redirect| tree.child(redirect, Field::Value)) {
        return Some(base_name(tree.label(value)).to_owned());
    }
    let url_name = || {
        let url = labels.iter().find(|label| label.contains("://"))?;
        Some(base_name(url.split(['?', '#']).next().unwrap_or(url)).to_owned())
    };
    for (index, label) in labels.iter().enumerate() {
        let long = label.strip_prefix("--output=").or_else(|| label.strip_prefix("--output-document="));
        if let Some(file) = long {
            return Some(base_name(file).to_owned());
        }
        let is_short = label.starts_with('-') && !label.starts_with("--");
        let names_file = matches!(*label, "--output" | "--output-document")
            || (is_short && label.ends_with(if name == "wget" { 'O' } else { 'o' }));
        if names_file {
            return labels.get(index + 1).map(|file| base_name(file).to_owned());
        }
        if name == "curl" && (*label == "--remote-name" || (is_short && label.contains('O'))) {
            return url_name();
        }
    }
    if name == "wget" { url_name() } else { None }
}

/// Whether a command checks a download: by checksum or by signature.
fn is_check(name: &str, labels: &[&str]) -> bool {
    let has = |flags: &[&str]| labels.iter().any(|label| flags.contains(label));
    match name {
        "sha256sum" | "sha512sum" | "sha384sum" | "sha1sum" | "shasum" | "b2sum" | "md5sum" => {
            has(&["-c", "--check"])
                || labels.iter().any(|label| label.starts_with('-') && !label.starts_with("--") && label.contains('c'))
        }
        "gpg" | "gpg2" => has(&["--verify"]),
        "gpgv" | "slsa-verifier" => true,
        "cosign" | "minisign" | "openssl" | "gh" => {
            labels.iter().any(|label| label.contains("verify") || *label == "-V")
        }
        _ => false,
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Language, parse};

    fn found(script: &str) -> Vec<String> {
        let tree = parse(Language::Shell, script).tree;
        let found = Seen::default().read(&tree, tree.root());
        found.into_iter().map(|node| tree.source(node).to_owned()).collect()
    }

    #[test]
    fn finds_downloads_that_are_run() {
        for script in [
            "curl -sSf https://x.test/i | sh",
            "curl https://x.test/i | sudo -E bash -",
            "wget -qO- https://x.test/i | tee log | bash -s -- -y",
            "curl https://x.test/i | python3 -",
            "bash <(curl -s https://x.test/i)",
            "sh -c \"$(curl -fsSL https://x.test/i)\"",
            "eval \"$(curl https://x.test/i)\"",
            "curl -o /tmp/i.sh https://x.test/i && sh /tmp/i.sh",
            "curl -fsSLO https://x.test/i.sh; chmod +x i.sh; ./i.sh",
            "wget https://x.test/i.sh && bash i.sh",
            "curl https://x.test/i > i.py && python3.12 i.py",
        ] {
            assert_eq!(found(script).len(), 1, "{script}");
        }
    }

    #[test]
    fn leaves_checked_and_harmless_ones_alone() {
        for script in [
            "curl -o i.sh https://x.test/i && echo 'abc  i.sh' | sha256sum -c - && sh i.sh",
            "curl -O https://x.test/i.sh && gpg --verify i.sh.asc i.sh && bash i.sh",
            "curl https://x.test/i | tar xz",
            "curl https://x.test/key | gpg --dearmor -o /etc/key",
            "curl https://x.test/data | python3 -c 'import sys'",
            "curl https://x.test/data | python -m json.tool",
            "curl -o data.json https://x.test/data && python load.py",
            "sh build.sh $(curl https://x.test/version)",
            "curl https://x.test/health || exit 1",
            "echo 'curl https://x.test | sh'",
        ] {
            assert_eq!(found(script), Vec::<String>::new(), "{script}");
        }
    }
}
