use super::*;
use crate::findings::NotificationKind;
use crate::syntax::{FileKind, Language};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn options(folder: &TempDir) -> WalkOptions {
    WalkOptions { current_dir: folder.path().to_owned(), ..WalkOptions::default() }
}

fn walk(folder: &TempDir, options: &WalkOptions) -> (Vec<String>, Discovered) {
    let found = discover(&[folder.path().to_owned()], options).expect("a walk");
    (found.files.iter().map(|file| file.shown_path.clone()).collect(), found)
}

fn kind(path: &str, text: &str) -> Option<FileKind> {
    classify(Path::new(path), text)
}

#[test]
fn kinds_by_name() {
    for (path, expected) in [
        ("a.py", FileKind::Python),
        ("a.pyi", FileKind::PythonStub),
        ("a.ipynb", FileKind::Notebook),
        ("src/a.rs", FileKind::Rust),
        ("nginx.conf", FileKind::Nginx),
        ("deploy/nginx.conf.template", FileKind::Nginx),
        ("x.nginx", FileKind::Nginx),
        ("Dockerfile", FileKind::Dockerfile),
        ("Containerfile", FileKind::Dockerfile),
        ("Dockerfile.dev", FileKind::Dockerfile),
        ("app.Dockerfile", FileKind::Dockerfile),
        ("web.dockerfile", FileKind::Dockerfile),
        ("Dockerfile.template", FileKind::Dockerfile),
        ("Dockerfile.dockerignore", FileKind::DockerIgnore),
        (".dockerignore", FileKind::DockerIgnore),
        ("docker-compose.yml", FileKind::Compose),
        ("compose.override.yaml", FileKind::Compose),
        ("docker-compose-prod.yml.j2", FileKind::Compose),
        ("composer.yaml", FileKind::Yaml),
        (".github/workflows/ci.yml", FileKind::GithubWorkflow),
        (".github/actions/x/action.yml", FileKind::GithubAction),
        (".github/dependabot.yml", FileKind::Dependabot),
        (".gitlab-ci.yml", FileKind::GitlabCi),
        ("chart/values.yaml", FileKind::HelmValues),
        ("values-prod.yaml", FileKind::HelmValues),
        ("app.service", FileKind::SystemdUnit),
        ("app@.service", FileKind::SystemdUnit),
        ("app.service.d/override.conf", FileKind::SystemdUnit),
        ("Procfile", FileKind::Procfile),
        ("Procfile.dev", FileKind::Procfile),
        (".env", FileKind::Dotenv),
        (".env.production", FileKind::Dotenv),
        ("prod.env", FileKind::Dotenv),
        ("prod.env.example", FileKind::Dotenv),
        (".env.patch", FileKind::Text),
        (".envrc", FileKind::Shell),
        ("pyproject.toml", FileKind::Toml),
        ("Cargo.lock", FileKind::Toml),
        ("setup.cfg", FileKind::Ini),
        ("alembic.ini", FileKind::Ini),
        ("supervisord.conf", FileKind::Supervisord),
        ("a.json", FileKind::Json),
        ("requirements.txt", FileKind::Requirements),
        ("requirements-dev.txt", FileKind::Requirements),
        ("dev-requirements.in", FileKind::Requirements),
        ("constraints.txt", FileKind::Requirements),
        ("requirements/prod.txt", FileKind::Requirements),
        ("run.sh", FileKind::Shell),
        ("README.md", FileKind::Markdown),
        ("main.tf", FileKind::Text),
        ("server.key", FileKind::Text),
        ("notes.txt", FileKind::Text),
    ] {
        assert_eq!(kind(path, ""), Some(expected), "{path}");
    }
    assert_eq!(kind("logo.png", ""), None);
}

#[test]
fn kinds_by_content() {
    let server = "# site\nserver {\n  listen 80;\n}\n";
    for (path, text, expected) in [
        ("sites-available/example.com", server, FileKind::Nginx),
        ("sites-enabled/default", server, FileKind::Nginx),
        ("conf.d/headers.conf", "add_header X-A b;\n", FileKind::Nginx),
        ("deploy/site.conf", server, FileKind::Nginx),
        ("bind/named.conf", "options {\n  directory \"/x\";\n};\nzone \"a\" {\n type master;\n};\n", FileKind::Text),
        ("redis.conf", "bind 0.0.0.0\nrequirepass x\n", FileKind::Text),
        ("httpd/conf.d/x.conf", "<VirtualHost *:80>\nServerName x\n</VirtualHost>\n", FileKind::Text),
        ("fail2ban/jail.conf", "[DEFAULT]\nbantime = 1\n", FileKind::Ini),
        ("supervisor/app.conf", "[program:x]\ncommand=y\n", FileKind::Supervisord),
        ("app.target", "[Unit]\nDescription=x\n", FileKind::SystemdUnit),
        ("x.container", "[Container]\nImage=x\n", FileKind::SystemdUnit),
        ("x.network", "nothing of the kind\n", FileKind::Text),
        ("stack.yml", "services:\n  a:\n    image: b\n", FileKind::Compose),
        ("k.yaml", "# c\n---\na: 1\n---\nkind: Pod\napiVersion: v1\n", FileKind::Kubernetes),
        ("ci.yml", "on: push\njobs:\n  a: {}\n", FileKind::GithubWorkflow),
        ("my/action.yml", "name: x\nruns:\n  using: composite\n", FileKind::GithubAction),
        ("other.yml", "runs:\n  using: x\n", FileKind::Yaml),
        ("env.template", "# c\nA=1\n", FileKind::Dotenv),
        ("entrypoint", "#!/bin/sh -e\n", FileKind::Shell),
        ("manage", "#!/usr/bin/env -S python3.12 -u\n", FileKind::Python),
        ("tool", "#!/usr/bin/env node\n", FileKind::Text),
    ] {
        assert_eq!(kind(path, text), Some(expected), "{path}");
    }
    assert_eq!(classify_content(Language::Yaml, "services:\n  a:\n    build: .\n"), Some(FileKind::Compose));
    assert_eq!(classify_content(Language::Yaml, "a: 1\n"), None);
}

#[test]
fn the_walk_is_sorted_and_leaves_out_what_is_not_the_projects() {
    let folder = folder(&[
        ("src/b.py", ""),
        ("src/a.py", ""),
        (".env", "A=1"),
        (".github/workflows/ci.yml", ""),
        (".hidden/x.py", ""),
        (".gitignore", "ignored.py\n"),
        ("ignored.py", ""),
        ("node_modules/x/index.js", ""),
        ("venv/pyvenv.cfg", ""),
        ("venv/lib/x.py", ""),
        ("env/ok.py", ""),
        ("Cargo.toml", ""),
        ("target/debug/x.rs", ""),
        ("other/target/y.rs", ""),
        ("vendor/z.py", ""),
        ("static/app.min.js", ""),
        ("logo.png", ""),
        ("__pycache__/a.pyc", ""),
    ]);
    let (files, found) = walk(&folder, &options(&folder));
    assert_eq!(
        files,
        [".env", ".github/workflows/ci.yml", "Cargo.toml", "env/ok.py", "other/target/y.rs", "src/a.py", "src/b.py"]
    );
    for (reason, count) in [
        (SkipReason::Hidden, 2),
        (SkipReason::NodeModules, 1),
        (SkipReason::VirtualEnvironment, 1),
        (SkipReason::CargoTarget, 1),
        (SkipReason::Vendor, 1),
        (SkipReason::Generated, 1),
        (SkipReason::Binary, 1),
        (SkipReason::Cache, 1),
    ] {
        assert_eq!(found.skipped.get(reason), count, "{}", reason.name());
    }
    assert_eq!(
        found.unread,
        [
            ".gitignore",
            ".hidden/",
            "__pycache__/",
            "logo.png",
            "node_modules/",
            "static/app.min.js",
            "target/",
            "vendor/",
            "venv/"
        ],
        "what git ignores is not there"
    );
    assert_eq!(found.folders, [""]);
    assert_eq!(found.notifications, []);
    let all = WalkOptions { vendored: true, gitignore: false, ..options(&folder) };
    let (files, _) = walk(&folder, &all);
    assert!(files.contains(&"vendor/z.py".to_owned()) && files.contains(&"ignored.py".to_owned()));
}

#[test]
fn globs_include_and_exclude() {
    let folder = folder(&[("a/x.py", ""), ("a/y.rs", ""), ("b/x.py", ""), ("b/c/z.py", "")]);
    let with = |include: &[&str], exclude: &[&str]| {
        let own = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect();
        walk(&folder, &WalkOptions { include: own(include), exclude: own(exclude), ..options(&folder) }).0
    };
    assert_eq!(with(&["*.py"], &[]), ["a/x.py", "b/c/z.py", "b/x.py"]);
    assert_eq!(with(&[], &["b"]), ["a/x.py", "a/y.rs"]);
    assert_eq!(with(&[], &["./b/c/"]), ["a/x.py", "a/y.rs", "b/x.py"]);
    assert_eq!(with(&["a/**"], &["*.rs"]), ["a/x.py"]);
    assert_eq!(with(&[], &["b/*/z.py"]), ["a/x.py", "a/y.rs", "b/x.py"]);
    let bad = WalkOptions { exclude: vec!["{".to_owned()], ..options(&folder) };
    assert!(matches!(discover(&[folder.path().to_owned()], &bad), Err(DiscoverError::Glob(_))));
}

#[test]
fn named_files_are_always_candidates() {
    let folder =
        folder(&[(".gitignore", "x.py\n"), ("x.py", ""), (".hidden.py", ""), ("vendor/v.py", ""), ("n.md", "")]);
    let roots: Vec<PathBuf> =
        ["x.py", ".hidden.py", "vendor/v.py", "n.md"].iter().map(|name| folder.path().join(name)).collect();
    let found = discover(&roots, &options(&folder)).unwrap();
    let names: Vec<&str> = found.files.iter().map(|file| file.shown_path.as_str()).collect();
    assert_eq!(names, [".hidden.py", "n.md", "vendor/v.py", "x.py"]);
    assert!(found.files.iter().all(|file| file.explicit));
    let twice =
        [folder.path().join("vendor"), folder.path().join("vendor/v.py"), folder.path().join("vendor/../vendor")];
    let found = discover(&twice, &options(&folder)).unwrap();
    assert_eq!(found.files.len(), 1);
    assert!(found.files[0].explicit);
    let missing = discover(&[folder.path().join("none")], &options(&folder));
    assert!(matches!(missing, Err(DiscoverError::NotFound { .. })));
}

#[test]
fn markdown_is_scanned_when_asked_for() {
    let project = folder(&[("README.md", ""), ("a.py", "")]);
    let (files, found) = walk(&project, &options(&project));
    assert_eq!(files, ["a.py"]);
    assert_eq!(found.skipped.get(SkipReason::Docs), 1);
    let (files, _) = walk(&project, &WalkOptions { docs: true, ..options(&project) });
    assert_eq!(files, ["README.md", "a.py"]);
    let guides = folder(&[("001.md", ""), ("002.md", ""), ("expected.tsv", ""), ("more/003.md", "")]);
    assert_eq!(walk(&guides, &options(&guides)).0.len(), 4);
    let mixed = folder(&[("001.md", ""), ("src/a.rs", "")]);
    assert_eq!(walk(&mixed, &options(&mixed)).0, ["src/a.rs"]);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_named_when_that_loses_something() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("secret.py", "")]);
    let folder = folder(&[("sub/a.py", "")]);
    let at = |name: &str| folder.path().join(name);
    symlink(outside.path(), at("away")).unwrap();
    symlink(outside.path().join("secret.py"), at("away.py")).unwrap();
    symlink(folder.path(), at("sub/loop")).unwrap();
    symlink("self", at("self")).unwrap();
    symlink("sub/a.py", at("inside.py")).unwrap();
    let (files, found) = walk(&folder, &options(&folder));
    assert_eq!(files, ["sub/a.py"]);
    let named: Vec<&str> = found.notifications.iter().map(|word| word.path.as_str()).collect();
    assert_eq!(named, ["away", "away.py", "self", "sub/loop"]);
    assert!(found.notifications.iter().all(|word| word.kind == NotificationKind::SymlinkSkipped));
    // Named on the command line, a link is what it leads to.
    let found = discover(&[at("away.py"), at("away")], &options(&folder)).unwrap();
    assert_eq!(found.files.len(), 2);
}

fn candidate(folder: &TempDir, name: &str, bytes: &[u8]) -> Candidate {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    Candidate { root: path.clone(), path, shown_path: name.to_owned(), explicit: false }
}

fn read_bytes(name: &str, bytes: &[u8]) -> ReadOutcome {
    let folder = tempfile::tempdir().unwrap();
    read(&candidate(&folder, name, bytes), DEFAULT_LIMIT)
}

fn text(outcome: ReadOutcome) -> (String, Option<NotificationKind>) {
    match outcome {
        ReadOutcome::Text(source, _, word) => (source.text().to_string(), word.map(|word| word.kind)),
        other => panic!("{other:?}"),
    }
}

fn skipped(outcome: &ReadOutcome) -> NotificationKind {
    match outcome {
        ReadOutcome::Skipped(word) => word.kind,
        other => panic!("{other:?}"),
    }
}

#[test]
fn encodings_are_recognised() {
    let utf16 = |text: &str, mark: bool, big: bool| {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
    };
    let content = "key = \"é\"\n";
    assert_eq!(text(read_bytes("a.toml", content.as_bytes())), (content.to_owned(), None));
    assert_eq!(text(read_bytes("a.toml", format!("\u{FEFF}{content}").as_bytes())), (content.to_owned(), None));
    for (mark, big) in [(true, true), (true, false), (false, true), (false, false)] {
        assert_eq!(text(read_bytes("a.toml", &utf16(content, mark, big))), (content.to_owned(), None), "{mark} {big}");
    }
    let (lossy, word) = text(read_bytes("a.py", b"x = 'caf\xe9'\ny = 1\n"));
    assert_eq!((lossy.as_str(), word), ("x = 'caf\u{FFFD}'\ny = 1\n", Some(NotificationKind::Encoding)));
    let ReadOutcome::Text(_, _, Some(word)) = read_bytes("a.py", b"ok\nx = '\xe9'\n") else { panic!("no word") };
    assert_eq!(word.position.map(|position| (position.line, position.column)), Some((2, 6)));
}

#[test]
fn what_is_no_text_is_told_apart() {
    assert_eq!(skipped(&read_bytes("a.py", b"x = 1\0\0\0")), NotificationKind::Binary);
    assert!(matches!(read_bytes("data", b"\x7fELF\x02\x01"), ReadOutcome::NotText));
    assert!(matches!(read_bytes("data", &[0x80, 0xff, 0xfe, 1, 2, 0x90, 0xa0, 0xff]), ReadOutcome::NotText));
    assert!(matches!(read_bytes("logo.png", b"text"), ReadOutcome::NotText));
    let minified = format!("var a={};", "[1,2,3],".repeat(500));
    assert!(matches!(
        read_bytes("dist/app.js".rsplit('/').next().unwrap(), minified.as_bytes()),
        ReadOutcome::Generated
    ));
    assert_eq!(text(read_bytes("a.py", b"")).0, "");
}

#[test]
fn the_limit_holds() {
    let folder = tempfile::tempdir().unwrap();
    let large = candidate(&folder, "large.py", &b"x = 1\n".repeat(100));
    assert_eq!(skipped(&read(&large, 599)), NotificationKind::TooLarge);
    assert!(matches!(read(&large, 600), ReadOutcome::Text(..)));
    let blob = candidate(&folder, "blob", &[0; 1000]);
    assert!(matches!(read(&blob, 10), ReadOutcome::NotText));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let gone = candidate(&folder, "gone.py", b"");
    fs::remove_file(&gone.path).unwrap();
    assert_eq!(skipped(&read(&gone, DEFAULT_LIMIT)), NotificationKind::Unreadable);
    let directory = Candidate { path: folder.path().to_owned(), ..gone };
    assert_eq!(skipped(&read(&directory, DEFAULT_LIMIT)), NotificationKind::Unreadable);
    let locked = candidate(&folder, "locked.py", b"x");
    fs::set_permissions(&locked.path, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads everything.
    if fs::File::open(&locked.path).is_err() {
        assert_eq!(skipped(&read(&locked, DEFAULT_LIMIT)), NotificationKind::Unreadable);
        fs::create_dir(folder.path().join("closed")).unwrap();
        fs::set_permissions(folder.path().join("closed"), fs::Permissions::from_mode(0o000)).unwrap();
        let (_, found) = walk(&folder, &options(&folder));
        assert_eq!(found.notifications.len(), 1);
        fs::set_permissions(folder.path().join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    }
}

proptest! {
    #[test]
    fn any_bytes_have_an_outcome(bytes in prop::collection::vec(any::<u8>(), 0..600), name in "[a-zA-Z._-]{1,20}") {
        if let ReadOutcome::Text(source, _, _) = decode(Path::new(&name), &name, bytes) {
            prop_assert!(source.line_of(0) == 1);
        }
    }

    #[test]
    fn any_text_has_a_kind(text in any::<String>(), name in "(nginx/|sites-x/)?[a-z.]{1,12}(conf|yml|env|txt)?") {
        classify(Path::new(&name), &text);
    }
}
