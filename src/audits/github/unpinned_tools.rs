//! Tools that a job with secrets installs in whatever version is newest.

use super::super::{Audit, AuditContext, AuditMatch};
use super::scripts::place_of;
use super::workflow::Workflow;
use crate::query::values::command_line;
use crate::syntax::{Field, FileKind, Kind, Language, parse};

/// A package without a version, installed or run in a job that has secrets or a token that writes.
pub const UNPINNED_TOOLS: Audit =
    Audit { name: "github-unpinned-tools", kinds: &[FileKind::GithubWorkflow], variants: &[], run };

/// Tools that only install others, and flags that say that a lock file or a local folder decides.
const INSTALLERS: [&str; 6] = ["pip", "setuptools", "wheel", "uv", "pipx", "corepack"];

fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    let mut matches = Vec::new();
    for job in &workflow.jobs {
        let writes = workflow.permissions(job).is_some() && workflow.may_write(job);
        if !workflow.uses_secrets(job) && !writes {
            continue;
        }
        for step in &job.steps {
            let Some(run) = step.run else { continue };
            let script = parse(Language::Shell, workflow.tree.label(run)).tree;
            for node in script.ids().filter(|&node| script.kind(node) == Kind::Command) {
                let labels: Vec<&str> =
                    script.children_by(node, Field::Argument).map(|word| script.label(word)).collect();
                let Some(at) = command_line::program(&labels) else { continue };
                let Some(package) = unpinned(&labels[at..]) else { continue };
                matches.push(AuditMatch {
                    node: run,
                    span: place_of(&workflow, run, script.source(node)),
                    captures: vec![("package".to_owned(), package.to_owned())],
                    related: Vec::new(),
                    anchor: workflow.anchor(job, Some(step)),
                    variant: None,
                });
            }
        }
    }
    matches
}

/// The first package that a command installs or runs in its newest version.
fn unpinned<'text>(words: &[&'text str]) -> Option<&'text str> {
    let program = words.first()?.rsplit('/').next()?;
    match (program, words.get(1).copied().unwrap_or("")) {
        ("pip" | "pip3", "install") => python_package(&words[2..]),
        ("python" | "python3", "-m") if words.get(2) == Some(&"pip") && words.get(3) == Some(&"install") => {
            python_package(&words[4..])
        }
        ("uv", "pip") if words.get(2) == Some(&"install") => python_package(&words[3..]),
        ("pipx", "run" | "install") => python_tool(&words[2..]),
        ("uv", "tool") => python_tool(words.get(3..)?),
        ("uvx", _) => python_tool(&words[1..]),
        ("npx" | "bunx", _) => node_package(&words[1..]),
        ("pnpm" | "yarn", "dlx") => node_package(&words[2..]),
        ("npm", "install" | "i") if words.iter().any(|word| matches!(*word, "-g" | "--global")) => {
            node_package(&words[2..])
        }
        ("cargo", "install") => {
            let settled = ["--locked", "--version", "--path", "--git"];
            if words.iter().any(|word| settled.iter().any(|flag| word.starts_with(flag))) {
                return None;
            }
            words[2..].iter().copied().find(|word| !word.starts_with('-')).filter(|package| !package.contains('@'))
        }
        _ => None,
    }
}

fn python_package<'text>(words: &[&'text str]) -> Option<&'text str> {
    const FROM_FILES: [&str; 7] = ["-r", "--requirement", "-c", "--constraint", "-e", "--editable", "--require-hashes"];
    if words.iter().any(|word| FROM_FILES.contains(word) || word.starts_with("--requirement=")) {
        return None;
    }
    words.iter().copied().filter(|word| !word.starts_with('-')).find(|word| {
        let plain = !word.contains(['=', '<', '>', '~', '/', '$', '@', '*']) && !word.starts_with('.');
        let name = word.split('[').next().unwrap_or("");
        plain && !name.is_empty() && !INSTALLERS.contains(&name) && name.rsplit('.').next() != Some("whl")
    })
}

/// The tool that is run: the words behind it are its own.
fn python_tool<'text>(words: &[&'text str]) -> Option<&'text str> {
    let at = words.iter().position(|word| !word.starts_with('-'))?;
    python_package(&words[..=at])
}

fn node_package<'text>(words: &[&'text str]) -> Option<&'text str> {
    const LOCAL: [&str; 4] = ["tsc", "eslint", "prettier", "jest"];
    if words.contains(&"--no-install") {
        return None;
    }
    let package = words.iter().copied().find(|word| !word.starts_with('-'))?;
    // `@scope/name@1.2.3`: the version stands behind the last `@`.
    let versioned = package.rfind('@').is_some_and(|at| at > 0);
    (!versioned && !package.contains(['$', '/']) && !LOCAL.contains(&package) || package.starts_with('@') && !versioned)
        .then_some(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_which_versions_are_settled() {
        let found = |line: &'static str| unpinned(&line.split(' ').collect::<Vec<_>>());
        for (line, package) in [
            ("pip install twine", "twine"),
            ("pip install --upgrade pip build", "build"),
            ("python -m pip install black[d]", "black[d]"),
            ("npx semantic-release", "semantic-release"),
            ("npx --yes @scope/tool", "@scope/tool"),
            ("cargo install cargo-audit", "cargo-audit"),
            ("uvx ruff check", "ruff"),
            ("npm install -g vercel", "vercel"),
        ] {
            assert_eq!(found(line), Some(package), "{line}");
        }
        for line in [
            "pip install twine==6.1.0",
            "pip install -r requirements.txt",
            "pip install .",
            "pip install --upgrade pip",
            "npx semantic-release@24.2.3",
            "npx @scope/tool@1.0.0",
            "cargo install --locked cargo-audit",
            "cargo install cargo-audit@0.21.0",
            "npm install",
            "npm ci",
            "uv sync --frozen",
            "uvx ruff@0.9.1 check",
            "pip install dist/shop-1.0.whl",
            "npx --no-install eslint .",
            "pip",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
    }
}
