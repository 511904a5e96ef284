//! The demo projects: what is planted in one is reported, and the other one is clean.

use bartizan::discover::{DEFAULT_LIMIT, ReadOutcome, WalkOptions, discover, read};
use bartizan::syntax::parse_file;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What it takes to see a defect; the words of the table.
const SINCE: [&str; 5] = ["pattern", "flow", "fastapi", "deployment", "later"];

/// One row of DEFECTS.md.
struct Defect {
    file: String,
    /// 1-based; `None` for a defect of the whole file.
    line: Option<u64>,
    /// Rule ids without variant, any of which will do.
    classes: Vec<String>,
    since: String,
}

impl fmt::Display for Defect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map_or_else(|| "-".to_owned(), |line| line.to_string());
        write!(formatter, "{}:{line} {}", self.file, self.classes.join(" or "))
    }
}

/// One result of a scan.
struct Reported {
    rule: String,
    file: String,
    first_line: u64,
    last_line: u64,
    message: String,
    /// Number of related places.
    related: usize,
    /// The files that the value passes on its way, in the order in which it first comes to them.
    way: Vec<String>,
}

fn project(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects").join(name)
}

/// The cells of a table row; `\|` is no border.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\u{0}");
    row.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
}

fn inventory() -> Vec<Defect> {
    let root = project("storefront");
    let table = std::fs::read_to_string(root.join("DEFECTS.md")).expect("DEFECTS.md is there");
    let rows = table.lines().filter(|line| line.starts_with('|')).map(cells);
    rows.filter(|cells| cells[0] != "file" && !cells[0].starts_with("---"))
        .map(|cells| {
            let [file, line, classes, since, why] = cells.try_into().expect("five cells in every row");
            assert!(!why.is_empty(), "{file}: says why");
            let text = std::fs::read_to_string(root.join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            Defect {
                line: (line != "-").then(|| only_line(&file, &text, line.trim_matches('`'))),
                classes: classes.split(", ").map(str::to_owned).collect(),
                file,
                since,
            }
        })
        .collect()
}

fn only_line(file: &str, text: &str, snippet: &str) -> u64 {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| line.contains(snippet)).map(|(number, _)| number);
    let first = lines.next().unwrap_or_else(|| panic!("{file}: no line has `{snippet}`"));
    assert_eq!(lines.next(), None, "{file}: another line has `{snippet}` too");
    first
}

fn scan(name: &str) -> Vec<Reported> {
    scan_with(name, "default")
}

fn scan_with(name: &str, profile: &str) -> Vec<Reported> {
    let output = Command::new(env!("CARGO_BIN_EXE_bartizan"))
        .args(["scan", ".", "--format", "sarif", "--exit-zero", "--profile", profile])
        .current_dir(project(name))
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let sarif: Value = serde_json::from_slice(&output.stdout).expect("SARIF on standard output");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    results
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            Reported {
                rule: result["ruleId"].as_str().unwrap_or_default().to_owned(),
                file: place["artifactLocation"]["uri"].as_str().unwrap_or_default().to_owned(),
                first_line: place["region"]["startLine"].as_u64().unwrap_or_default(),
                last_line: place["region"]["endLine"].as_u64().unwrap_or_default(),
                message: result["message"]["text"].as_str().unwrap_or_default().to_owned(),
                related: result["relatedLocations"].as_array().map_or(0, Vec::len),
                way: way(&result["codeFlows"][0]["threadFlows"][0]["locations"]),
            }
        })
        .collect()
}

/// The files of a code flow, each once.
fn way(locations: &Value) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    for step in locations.as_array().into_iter().flatten() {
        let uri = step["location"]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap_or_default();
        if !files.iter().any(|file| file == uri) {
            files.push(uri.to_owned());
        }
    }
    files
}

impl Reported {
    fn is(&self, defect: &Defect) -> bool {
        let of_class = defect.classes.iter().any(|class| {
            self.rule.strip_prefix(class.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
        let there = defect.line.is_none_or(|line| (self.first_line..=self.last_line).contains(&line));
        of_class && there && self.file == defect.file
    }
}

#[test]
fn the_inventory_is_about_the_project() {
    let inventory = inventory();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for defect in &inventory {
        assert!(SINCE.contains(&defect.since.as_str()), "{defect}: since {}", defect.since);
        for class in &defect.classes {
            let well_formed = class.split_once('/').is_some_and(|(pack, name)| {
                [pack, name].iter().all(|it| !it.is_empty() && it.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
            });
            assert!(well_formed, "{defect}: {class} is no rule id");
        }
        *counts.entry(&defect.since).or_default() += 1;
    }
    let of_pack = |pack: &str| inventory.iter().filter(|it| it.classes[0].starts_with(pack)).count();
    assert!(counts["flow"] >= 10, "{counts:?}");
    assert!(of_pack("fastapi/") >= 20 && of_pack("deployment/") >= 10, "{counts:?}");
}

#[test]
fn both_projects_parse_as_a_whole() {
    let mut problems = Vec::new();
    for name in ["storefront", "storefront-hardened"] {
        let found = discover(&[project(name)], &WalkOptions::default()).expect("the project can be read");
        assert!(found.files.len() > 60, "{name}: {} files", found.files.len());
        for candidate in &found.files {
            let ReadOutcome::Text(source, kind, note) = read(candidate, DEFAULT_LIMIT) else {
                panic!("{} is not read", candidate.shown_path)
            };
            assert_eq!(note, None);
            for parsed in parse_file(kind, source.text()) {
                problems.extend(parsed.problems.iter().map(|it| format!("{}: {}", source.path(), it.message)));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_a_single_file_shows_is_reported() {
    let reported = scan("storefront");
    let missed: Vec<String> = inventory()
        .iter()
        .filter(|defect| defect.since == "pattern" && !reported.iter().any(|it| it.is(defect)))
        .map(ToString::to_string)
        .collect();
    assert!(missed.is_empty(), "{} of the planted defects are not reported:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn values_are_followed_from_the_request_to_the_place_where_they_do_harm() {
    let reported = scan("storefront");
    let missed: Vec<String> = inventory()
        .iter()
        .filter(|defect| defect.since == "flow" && !defect.file.ends_with("rs"))
        .filter(|defect| !reported.iter().any(|it| it.is(defect)))
        .map(ToString::to_string)
        .collect();
    assert!(missed.is_empty(), "{} of the planted flows are not reported:\n{}", missed.len(), missed.join("\n"));
    // Router, service, repository: the way is told file by file, and ends where the finding is.
    let far: Vec<&Reported> = reported.iter().filter(|it| it.way.len() >= 3).collect();
    assert!(far.len() >= 8, "{:?}", far.iter().map(|it| (&it.rule, &it.way)).collect::<Vec<_>>());
    for finding in far {
        assert!(finding.way[0].contains("/routers/"), "{}: begins in {}", finding.rule, finding.way[0]);
        assert_eq!(finding.way.last(), Some(&finding.file), "{}", finding.rule);
    }
}

#[test]
fn what_the_model_of_the_application_shows_is_reported() {
    let reported = scan_with("storefront", "strict");
    let missed: Vec<String> = inventory()
        .iter()
        .filter(|defect| defect.since == "fastapi" && !reported.iter().any(|it| it.is(defect)))
        .map(ToString::to_string)
        .collect();
    assert!(missed.is_empty(), "{} of the planted defects are not reported:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn what_only_the_layers_show_together_is_reported() {
    let reported = scan("storefront");
    let missed: Vec<String> = inventory()
        .iter()
        .filter(|defect| defect.classes.iter().any(|class| class.starts_with("deployment/")))
        .filter(|defect| !reported.iter().any(|it| it.is(defect)))
        .map(ToString::to_string)
        .collect();
    assert!(missed.is_empty(), "{} of the planted defects are not reported:\n{}", missed.len(), missed.join("\n"));
    let of_layers: Vec<&Reported> = reported.iter().filter(|it| it.rule.starts_with("deployment/")).collect();
    let classes: BTreeSet<&str> = of_layers.iter().map(|it| it.rule.as_str()).collect();
    assert!(classes.len() >= 15, "{classes:?}");
    // Every one shows the chain that it rests on; what ends in an image is a matter of one file and a folder.
    for finding in of_layers.iter().filter(|it| it.rule != "deployment/env-copied-into-image") {
        assert!(finding.related > 0, "{}:{} {} names no other place", finding.file, finding.first_line, finding.rule);
    }
}

#[test]
fn the_hardened_project_is_clean() {
    let reported: Vec<String> = scan("storefront-hardened")
        .iter()
        .map(|it| format!("{}:{} {} {}", it.file, it.first_line, it.rule, it.message))
        .collect();
    assert!(reported.is_empty(), "{}", reported.join("\n"));
}
