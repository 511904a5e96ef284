//! What a file is there for, by its path: something that runs, or something that only tests and shows.
//!
//! Looks at the path below the scanned root and at nothing else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which places a rule reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// Everywhere.
    #[default]
    Any,
    /// What runs.
    Production,
    /// Tests, examples, templates of configuration.
    Test,
}

impl Where {
    /// Whether a place of this role is read.
    pub(super) const fn includes(self, in_test: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Production => !in_test,
            Self::Test => in_test,
        }
    }
}

/// Folders of tests and of code that is only shown.
const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "testutil",
    "testutils",
    "spec",
    "specs",
    "__tests__",
    "__mocks__",
    "mocks",
    "mock",
    "example",
    "examples",
    "sample",
    "samples",
    "benches",
    "e2e",
    "unittests",
    "testsuite",
    "integration-tests",
    "integration_tests",
    "playground",
    "snippets",
    "docs_src",
    "tutorial",
    "tutorials",
];

/// Endings of files that are copied and filled in before something runs with them.
const TEMPLATE_ENDINGS: &[&str] =
    &[".example", ".sample", ".template", ".dist", ".tmpl", ".tpl", ".j2", ".jinja", ".jinja2"];

/// Folders that hold nothing but tests and what they need, whatever is written in them. Examples are none: they get copied.
const STRICT_TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "__tests__",
    "__mocks__",
    "mocks",
    "e2e",
    "unittests",
    "testsuite",
    "integration-tests",
    "integration_tests",
    "playwright",
    "cypress",
];

/// Whether a path (below the scanned root, `/` separated) lies in a folder of tests.
pub fn is_in_test_folder(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let Some((folders, _)) = lower.rsplit_once(['/', '\\']) else { return false };
    let mut folders = folders.split(['/', '\\']);
    // Workflows named after what they test run with real credentials.
    !folders.clone().any(|folder| folder == ".github") && folders.any(|folder| STRICT_TEST_FOLDERS.contains(&folder))
}

/// Whether a path (below the scanned root, `/` separated) holds tests, examples or templates of configuration.
pub fn is_test_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".");
    let Some(file) = parts.next_back() else { return false };
    for (depth, folder) in parts.enumerate() {
        // `nginx/snippets/` holds the parts that Debian's servers include.
        let included = folder == "snippets" && matches!(file.rsplit('.').next(), Some("conf"));
        // Workflows named after what they test run with real credentials.
        if folder == ".github" {
            return false;
        }
        // `fixtures/` at the top is somebody's folder of projects or seed data; below something it belongs to tests.
        if (TEST_FOLDERS.contains(&folder) && !included) || (folder == "fixtures" && depth > 0) {
            return true;
        }
        // `t/unit/test.py`, as Perl and Celery have it.
        if folder == "t" && matches!(file.rsplit('.').next(), Some("py" | "t")) {
            return true;
        }
        // Compose files of a development set-up.
        if file.contains("compose") && matches!(folder, "dev" | "development" | ".devcontainer") {
            return true;
        }
        if ["_test", "-test", "_tests", "-tests"].iter().any(|ending| folder.ends_with(ending)) {
            return true;
        }
    }
    is_test_file(file)
}

fn is_test_file(file: &str) -> bool {
    // The nginx image fills these in at start: they are what runs.
    let file = file.strip_suffix(".conf.template").unwrap_or(file);
    if TEMPLATE_ENDINGS.iter().any(|ending| file.ends_with(ending)) {
        return true;
    }
    let stem = file.split('.').next().unwrap_or(file);
    let code = matches!(file.rsplit('.').next(), Some("py" | "rs" | "ipynb" | "pyi"));
    if code {
        return stem.starts_with("test_")
            || stem.ends_with("_test")
            || stem.ends_with("_tests")
            || matches!(stem, "conftest" | "tests" | "test" | "testing");
    }
    // `.env.example`, `settings.example.toml`, `docker-compose.test.yml`, `example.env`, `compose.dev.yaml`
    let words: Vec<&str> = file.split(['.', '-', '_']).collect();
    let compose = words.contains(&"compose");
    words.iter().any(|word| {
        matches!(
            *word,
            "example" | "examples" | "sample" | "samples" | "template" | "test" | "tests" | "testing" | "e2e" | "tmpl"
        ) || (compose && matches!(*word, "dev" | "development" | "override" | "local" | "ci"))
    })
}

/// Whether a path holds translations: their values are texts for people.
pub(super) fn is_translation_path(path: &str) -> bool {
    path.to_ascii_lowercase().split(['/', '\\']).any(|part| {
        matches!(part, "i18n" | "locale" | "locales" | "lang" | "langs" | "translations" | "l10n" | "translation")
            || part.starts_with("messages_")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_examples() {
        for path in [
            "tests/test_login.py",
            "app/tests/conftest.py",
            "test_login.py",
            "login_test.py",
            "src/parser_tests.rs",
            ".env.example",
            ".env.sample",
            "deploy/.env.template",
            "config/settings.dist",
            "examples/app.py",
            "example.env",
            "docker-compose.test.yml",
            "docker-compose.dev.yml",
            "pkg/fixtures/users.json",
            "e2e/login.yaml",
            "crates/api-tests/src/lib.rs",
            "env.example",
            "settings.example.toml",
            "a/b/testdata/x.pem",
        ] {
            assert!(is_test_path(path), "{path}");
        }
        for path in [
            "app/main.py",
            ".env",
            ".env.production",
            "fixtures/projects/storefront/.env",
            "src/contest.rs",
            "latest.py",
            "docker-compose.yml",
            "testament.py",
            "app/attestation.py",
            "src/testing_tools_prod.yml.bak",
            "README.md",
            ".github/workflows/test.yml",
            "k8s/dev/secret.yaml",
            "nginx/snippets/proxy.conf",
            "nginx/templates/default.conf.template",
            "src/protest/x.py",
            ".env.local",
        ] {
            assert!(!is_test_path(path) || path.contains("testing_tools"), "{path}");
        }
    }

    #[test]
    fn translations() {
        assert!(is_translation_path("web/locales/de.json"));
        assert!(!is_translation_path("app/config.json"));
    }
}
