//! Does bartizan read nginx configuration as nginx does?
//!
//! Small tricky snippets have their expected reading beside them and always run. The ignored tests ask nginx itself
//! (Debian's is enough) about the snippets and about the corpus, and crossplane about the corpus; the script
//! tests/conformance/nginx.py installs crossplane and runs them.
//!
//! nginx does not print what it parsed, but `types { name extension ...; }` takes any directive and warns about every
//! extension it has seen before, with its name: a text that stands there twice makes nginx list all its words.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "this is a test")]

mod corpus;

use bartizan::syntax::{Field, Kind, Language, NodeId, Tree, parse};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[path = "nginx_conformance/snippets.rs"]
mod snippets;
use snippets::{FLAT, NESTED, REFUSED};

/// Files that are read differently, and why: the end of the path, and the reason.
const DIFFERENT: [(&str, &str); 4] = [
    (".tmpl", "a Go template is no nginx until it is rendered"),
    ("nginx.conf.j2", "a Jinja template is no nginx until it is rendered"),
    ("sites-default.conf.j2", "a Jinja template is no nginx until it is rendered"),
    ("ngx_installer.conf", "a shell script that sets variables; every parser stops somewhere else in it"),
];

/// Files in which crossplane errs: nginx reads them as bartizan does.
const CROSSPLANE_ERRS: [(&str, &str); 2] = [
    ("nginx-template.conf", "crossplane takes the blank behind `${name}` into the word"),
    (
        "ocsp_stapling.conf",
        "crossplane lists comments between arguments as directives, though it is told to drop comments",
    ),
];

/// One directive: name, arguments, and the directives in its block.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Directive {
    name: String,
    arguments: Vec<String>,
    block: Option<Vec<Directive>>,
}

/// What a word is compared by.
#[derive(Clone, Copy, PartialEq)]
enum Word {
    /// Its value, escapes resolved: as nginx has it.
    Value,
    /// Its text between the quotes, where only the quote's own escapes are resolved: as crossplane has it.
    Text,
}

fn directives(tree: &Tree, parent: NodeId, word: Word) -> Vec<Directive> {
    let children = tree.children(parent).filter(|&child| tree.kind(child) == Kind::Directive);
    children
        .map(|node| Directive {
            name: tree.label(node).to_owned(),
            arguments: tree.children_by(node, Field::Argument).map(|it| text_of(tree, it, word)).collect(),
            block: tree
                .child(node, Field::Body)
                .filter(|&body| tree.kind(body) == Kind::Block)
                .map(|body| directives(tree, body, word)),
        })
        .collect()
}

fn text_of(tree: &Tree, word: NodeId, how: Word) -> String {
    if how == Word::Value {
        return tree.label(word).to_owned();
    }
    let source = tree.source(word);
    match source.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        Some(quote) => source[1..source.len() - 1].replace(&format!("\\{quote}"), &quote.to_string()),
        None => source.to_owned(),
    }
}

/// `name [argument] [argument];` and `name [argument]{ ... }`, for comparing by eye.
fn outline(directives: &[Directive]) -> String {
    let one = |it: &Directive| {
        let arguments = it.arguments.iter().fold(String::new(), |before, argument| before + " [" + argument + "]");
        let end = it.block.as_ref().map_or_else(|| ";".to_owned(), |block| format!(" {{{}}}", outline(block)));
        format!("{}{arguments}{end}", it.name)
    };
    directives.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn snippets_are_read_as_written_down() {
    for (text, expected) in FLAT.iter().chain(&NESTED) {
        let parsed = parse(Language::Nginx, *text);
        parsed.tree.check().unwrap();
        assert_eq!(parsed.problems, [], "{text}");
        assert_eq!(outline(&directives(&parsed.tree, NodeId::ROOT, Word::Value)), *expected, "{text}");
    }
    for (text, expected) in REFUSED {
        let parsed = parse(Language::Nginx, text);
        parsed.tree.check().unwrap();
        assert_ne!(parsed.problems, [], "{text}");
        assert_eq!(outline(&directives(&parsed.tree, NodeId::ROOT, Word::Value)), expected, "{text}");
    }
}

// ---- nginx ----------------------------------------------------------------------------------------------------------

/// Messages of nginx that are about the form of a configuration, whatever it means.
const SYNTAX_MESSAGES: [&str; 4] =
    [": unexpected ", "too long parameter", "is not terminated by \";\"", "has no opening \"{\""];

struct Nginx {
    folder: tempfile::TempDir,
}

impl Nginx {
    fn find() -> Option<Self> {
        if Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_err() {
            println!("skipped: nginx is not installed");
            return None;
        }
        Some(Self { folder: tempfile::tempdir().unwrap() })
    }

    /// What `nginx -t` says about a configuration.
    fn test(&self, configuration: &str) -> String {
        let path = self.folder.path().join("nginx.conf");
        std::fs::write(&path, configuration).unwrap();
        let globals = format!("pid {};", self.folder.path().join("nginx.pid").display());
        let output = Command::new("nginx")
            .args(["-t", "-e", "stderr", "-g", &globals, "-p"])
            .arg(self.folder.path())
            .arg("-c")
            .arg(&path)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// The message about the form of a text that stands where only directives without blocks may.
    fn syntax_error(&self, text: &str) -> Option<String> {
        let said = self.test(&format!("events {{}} http {{ types {{ {text}\n }} }}"));
        let is_syntax = |line: &&str| SYNTAX_MESSAGES.iter().any(|message| line.contains(message));
        said.lines().find(is_syntax).map(str::to_owned)
    }

    /// Name and lower-case value of each argument of the directives in a text without blocks, as nginx reads them.
    fn words(&self, text: &str) -> Result<Vec<(String, String)>, String> {
        let said = self.test(&format!("events {{}} http {{ types {{ {text}\n{text}\n }} }}"));
        if let Some(line) = said.lines().find(|line| SYNTAX_MESSAGES.iter().any(|message| line.contains(message))) {
            return Err(line.to_owned());
        }
        let mut words = Vec::new();
        for warning in said.split("duplicate extension \"").skip(1) {
            let Some((argument, rest)) = warning.split_once("\", content type: \"") else { return Err(said) };
            let Some((name, _)) = rest.split_once("\", previous content type: \"") else { return Err(said) };
            words.push((name.to_owned(), argument.to_owned()));
        }
        Ok(words)
    }
}

/// Name and lower-case value of each argument, blocks opened up.
fn flat_words(directives: &[Directive]) -> Vec<(String, String)> {
    let mut words = Vec::new();
    for directive in directives {
        // nginx lowers ASCII only.
        let arguments = directive.arguments.iter().map(|it| (directive.name.clone(), it.to_ascii_lowercase()));
        words.extend(arguments);
        words.extend(flat_words(directive.block.as_deref().unwrap_or_default()));
    }
    words
}

/// A text whose blocks are opened up: `{` becomes `;` and `}` a blank. `include` gets another name.
fn flattened(tree: &Tree) -> String {
    let mut bytes = tree.text().as_bytes().to_vec();
    for block in tree.ids().filter(|&id| tree.kind(id) == Kind::Block) {
        let range = tree.span(block).range();
        bytes[range.start] = b';';
        bytes[range.end - 1] = b' ';
    }
    for include in tree.ids().filter(|&id| tree.kind(id) == Kind::Directive && tree.label(id) == "include") {
        bytes[tree.span(include).range().start] = b'I';
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
#[ignore = "needs nginx; tests/conformance/nginx.py runs it"]
fn nginx_reads_snippets_alike() {
    let Some(nginx) = Nginx::find() else { return };
    for (text, _) in FLAT {
        let tree = parse(Language::Nginx, text).tree;
        let ours = flat_words(&directives(&tree, NodeId::ROOT, Word::Value));
        let theirs = nginx.words(text).unwrap_or_else(|said| panic!("nginx refuses {text}: {said}"));
        // The first copy of the text warns only about words that it repeats itself.
        assert!(theirs.ends_with(&ours), "{text}\nnginx: {theirs:?}\nbartizan: {ours:?}");
    }
    for (text, _) in NESTED {
        let said = nginx.test(text);
        assert!(said.contains("syntax is ok"), "nginx refuses {text}: {said}");
    }
    for (text, _) in REFUSED {
        let said = nginx.test(text);
        let flat = nginx.syntax_error(text);
        let refused = SYNTAX_MESSAGES.iter().any(|message| said.contains(message)) || flat.is_some();
        assert!(refused, "nginx takes {text}: {said}");
    }
    println!("{} snippets are read alike by nginx", FLAT.len() + NESTED.len() + REFUSED.len());
}

#[test]
#[ignore = "needs nginx; tests/conformance/nginx.py runs it"]
fn nginx_reads_the_corpus_alike() {
    let (Some(nginx), Some(corpus)) = (Nginx::find(), corpus::folder()) else { return };
    let mut different = Vec::new();
    let (mut files, mut words) = (0, 0);
    for path in corpus::files(&corpus.join("nginx")) {
        if is_explained(&path, &DIFFERENT) {
            continue;
        }
        files += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.trim_start_matches('\u{feff}');
        let parsed = parse(Language::Nginx, text);
        let ours = flat_words(&directives(&parsed.tree, NodeId::ROOT, Word::Value));
        words += ours.len();
        let theirs = nginx.words(&flattened(&parsed.tree));
        let ours: Vec<_> = ours
            .into_iter()
            .map(|(name, argument)| (if name == "include" { "Include".to_owned() } else { name }, argument))
            .collect();
        match theirs {
            Ok(theirs) if theirs.ends_with(&ours) && parsed.problems.is_empty() => {}
            Ok(theirs) => {
                let tail = &theirs[theirs.len().saturating_sub(ours.len())..];
                let first = tail.iter().zip(&ours).find(|(theirs, ours)| theirs != ours);
                different.push(format!("{}: {first:?} {:?}", path.display(), parsed.problems.first()));
            }
            Err(said) => different.push(format!("{}: {said}", path.display())),
        }
        // Where nginx can say something about the form of the file as it stands, it says what we say.
        if let Some(said) = whole_file_error(&nginx, text)
            && parsed.problems.is_empty()
        {
            different.push(format!("{}: nginx refuses what bartizan takes: {said}", path.display()));
        }
    }
    println!("nginx: {files} files, {words} arguments, {} files differ", different.len());
    assert_eq!(different, [""; 0]);
}

/// What nginx has against the form of a file, put where it could belong.
fn whole_file_error(nginx: &Nginx, text: &str) -> Option<String> {
    let contexts = [
        ("", ""),
        ("events {} http { ", "\n}"),
        ("events {} http { server { ", "\n} }"),
        ("events {} http { server { location / { ", "\n} } }"),
    ];
    contexts.iter().find_map(|(before, after)| {
        let said = nginx.test(&format!("{before}{text}{after}"));
        said.lines().find(|line| line.contains("[emerg]") && line.contains(SYNTAX_MESSAGES[0])).map(str::to_owned)
    })
}

fn is_explained(path: &Path, reasons: &[(&str, &str)]) -> bool {
    reasons.iter().any(|(end, _)| path.to_string_lossy().ends_with(end))
}

// ---- crossplane -----------------------------------------------------------------------------------------------------

fn crossplane_directives(config: &serde_json::Value) -> Vec<Directive> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let all = config.as_array().into_iter().flatten();
    all.map(|it| Directive {
        name: text(&it["directive"]),
        arguments: it["args"].as_array().into_iter().flatten().map(text).collect(),
        block: it.get("block").map(crossplane_directives),
    })
    .collect()
}

/// crossplane drops the parentheses of `if`, and the words that are nothing else.
fn without_parentheses(directives: &mut [Directive]) {
    for directive in directives {
        let arguments = &mut directive.arguments;
        if directive.name == "if"
            && arguments.first().is_some_and(|it| it.starts_with('('))
            && arguments.last().is_some_and(|it| it.ends_with(')'))
        {
            arguments[0] = arguments[0][1..].trim_start().to_owned();
            let last = arguments.last_mut().unwrap();
            *last = last[..last.len() - 1].trim_end().to_owned();
            let first_is_empty = arguments.first().is_some_and(String::is_empty);
            let last_is_empty = arguments.last().is_some_and(String::is_empty);
            let end = arguments.len() - usize::from(last_is_empty);
            *arguments = arguments[usize::from(first_is_empty)..end.max(usize::from(first_is_empty))].to_vec();
        }
        without_parentheses(directive.block.as_deref_mut().unwrap_or_default());
    }
}

#[test]
#[ignore = "needs crossplane; tests/conformance/nginx.py installs it and runs this"]
fn crossplane_reads_the_corpus_alike() {
    let (Some(command), Some(corpus)) = (std::env::var("BARTIZAN_CROSSPLANE").ok(), corpus::folder()) else {
        println!("skipped: BARTIZAN_CROSSPLANE does not say how to run crossplane");
        return;
    };
    let mut words = command.split(' ');
    let mut child =
        Command::new(words.next().unwrap()).args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut paths: Vec<PathBuf> = corpus::files(&corpus.join("nginx"));
    paths.retain(|path| !is_explained(path, &DIFFERENT));
    let (mut different, mut errs, mut count) = (Vec::new(), 0, 0);
    for path in &paths {
        writeln!(input, "{}", path.display()).unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&line).unwrap();
        let parsed = parse(Language::Nginx, std::fs::read_to_string(path).unwrap());
        let theirs = crossplane_directives(&answer["parsed"]);
        let mut ours = directives(&parsed.tree, NodeId::ROOT, Word::Text);
        without_parentheses(&mut ours);
        count += parsed.tree.ids().filter(|&id| parsed.tree.kind(id) == Kind::Directive).count();
        let refused = answer["errors"].as_array().is_some_and(|errors| !errors.is_empty());
        let is_same = refused != parsed.problems.is_empty() && ours == theirs;
        if is_explained(path, &CROSSPLANE_ERRS) {
            // The day crossplane is mended, its entry has to go.
            assert!(!is_same, "{} is read alike now", path.display());
            errs += 1;
        } else if !is_same {
            let (ours, theirs) = (outline(&ours), outline(&theirs));
            let same = ours.bytes().zip(theirs.bytes()).take_while(|(a, b)| a == b).count();
            let tail = |text: &str| text.chars().skip(same.saturating_sub(20)).take(80).collect::<String>();
            different.push(format!(
                "{}\n  {}\n  {}\n  {}",
                path.display(),
                tail(&ours),
                tail(&theirs),
                answer["errors"]
            ));
        }
    }
    drop(input);
    child.wait().unwrap();
    println!(
        "crossplane: {} files, {count} directives, {} files differ, it errs in {errs} more",
        paths.len(),
        different.len()
    );
    assert_eq!(different, [""; 0]);
}
