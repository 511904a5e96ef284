//! A folder to scan, and bartizan in it.

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin_cmd;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A repository in a temporary folder.
pub struct Project {
    folder: TempDir,
}

/// The rules that report words.
pub fn word_rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rules")
}

/// bartizan with nothing of this environment that could change what it prints.
pub fn bartizan() -> Command {
    let mut command = cargo_bin_cmd!("bartizan");
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM"] {
        command.env_remove(variable);
    }
    command
}

impl Project {
    /// A repository with these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(project.path().join(".git")).unwrap();
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// bartizan in the project's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bartizan();
        command.current_dir(self.path()).args(arguments);
        command
    }

    /// A scan with the word rules only.
    pub fn scan(&self, arguments: &[&str]) -> Outcome {
        let mut command = self.command(arguments);
        command.arg("--no-builtin").arg("--rules").arg(word_rules());
        Outcome::of(&mut command)
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Outcome {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().expect("bartizan is not killed by a signal"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The findings of a JSON report as `path:line rule`.
    pub fn findings(&self) -> Vec<String> {
        let report: serde_json::Value =
            serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        let findings = report["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|found| {
                let (path, rule) = (found["path"].as_str().unwrap(), found["rule"].as_str().unwrap());
                format!("{path}:{} {rule}", found["start"]["line"])
            })
            .collect()
    }
}
