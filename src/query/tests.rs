//! Queries on real trees of every language.

use super::{ConfigMatch, ConfigSpec, FileContext};
use crate::syntax::{FileKind, Tree, parse};

fn tree(kind: FileKind, text: &str) -> Tree {
    parse(kind.language(), text).tree
}

fn run_on(kind: FileKind, path: &str, text: &str, spec: &str) -> (Tree, Vec<ConfigMatch>) {
    let spec: ConfigSpec = yaml_serde::from_str(spec).unwrap();
    let query = spec.compile().unwrap();
    let tree = tree(kind, text);
    let found = query.run(&tree, FileContext { path, kind });
    if let Some(literals) = query.literals()
        && !found.is_empty()
    {
        assert!(literals.iter().any(|literal| text.contains(literal.as_str())), "{literals:?} rule the text out");
    }
    (tree, found)
}

/// The texts that a query reports.
fn reported(kind: FileKind, text: &str, spec: &str) -> Vec<String> {
    let (tree, found) = run_on(kind, "file", text, spec);
    found.iter().map(|found| tree.text()[found.span.range()].to_owned()).collect()
}

const COMPOSE: &str = r#"
x-base: &base
  privileged: true
  labels: {tier: base}
services:
  web:
    <<: *base
    image: nginx:${TAG:-latest}
    ports: ["80:80", "127.0.0.1:5432:5432"]
    environment:
      DEBUG: "yes"
  db:
    image: postgres:17
    environment:
      - POSTGRES_PASSWORD=x
      - DEBUG=${DEBUG}
      - PLAIN
  off:
    <<: *base
    privileged: false
"#;

#[test]
fn follows_keys_merges_and_captures() {
    let (tree, found) = run_on(
        FileKind::Compose,
        "compose.yaml",
        COMPOSE,
        "{select: services.<service>.privileged, value: {boolean: true}}",
    );
    assert_eq!(found.len(), 1);
    assert_eq!(&tree.text()[found[0].span.range()], "true");
    assert_eq!(found[0].anchor, "services/web/privileged");
    assert!(found[0].captures.contains(&("service".into(), "web".into())));
    assert!(found[0].captures.contains(&("key".into(), "privileged".into())));
}

#[test]
fn reports_the_part_that_a_rule_asks_for() {
    let at = |report: &str| reported(FileKind::Compose, COMPOSE, &format!("{{select: services.db.image{report}}}"));
    assert_eq!(at(""), ["postgres:17"]);
    assert_eq!(at(", report: key"), ["image"]);
    assert_eq!(at(", report: node"), ["image: postgres:17"]);
    assert_eq!(at(", report-at: ^"), ["db"]);
}

#[test]
fn entries_of_every_form_are_one() {
    let spec =
        "{select: 'services.*.environment.env(DEBUG, PLAIN)', report: key, unknown: match, value: {known: true}}";
    assert_eq!(reported(FileKind::Compose, COMPOSE, spec), ["DEBUG"]);
    let unknown = "{select: 'services.*.environment.env(DEBUG, PLAIN)', report: key, value: {known: false}}";
    assert_eq!(reported(FileKind::Compose, COMPOSE, unknown), ["DEBUG", "PLAIN"]);
    let manifest = "env:\n- name: DEBUG\n  value: '1'\n- name: TOKEN\n  valueFrom: {secretKeyRef: {name: x}}\n";
    assert_eq!(reported(FileKind::Kubernetes, manifest, "{select: env.env(DEBUG), value: {boolean: true}}"), ["'1'"]);
    let unit = "[Service]\nEnvironment=\"DEBUG=1\" LEVEL=info\n";
    assert_eq!(reported(FileKind::SystemdUnit, unit, "{select: Service.Environment.env(LEVEL), report: key}").len(), 1);
}

#[test]
fn what_is_not_in_the_file_matches_neither_way() {
    let text = "a: ${X}\nb: ${X:-1}\nc: '{{ .Values.x }}'\nd: 1\n";
    let spec = |value: &str| format!("{{select: '*', report: key, value: {value}}}");
    assert_eq!(reported(FileKind::Compose, text, &spec("{equals: '1'}")), ["b", "d"]);
    assert_eq!(reported(FileKind::Compose, text, &spec("{not: {equals: '1'}}")), Vec::<String>::new());
    let matching = "{select: '*', report: key, value: {equals: '1'}, unknown: match}";
    assert_eq!(reported(FileKind::Compose, text, matching), ["a", "b", "c", "d"]);
}

#[test]
fn absence_is_unknown_where_keys_may_be_missing_from_the_file() {
    let text = "services:\n  plain: {image: a}\n  extended: {extends: {file: base.yaml, service: x}}\n  broken:\n    <<: *nowhere\n";
    let spec = "{select: services.*, where: {lacks: user}, report: key}";
    assert_eq!(reported(FileKind::Compose, text, spec), ["plain"]);
}

#[test]
fn indexes_alternatives_and_depth() {
    let text = "a:\n  - {n: 1}\n  - {n: 2}\n  - {n: 3, deep: {n: 4}}\nb: {n: 5}\n";
    let numbers = |select: &str| reported(FileKind::Yaml, text, &format!("{{select: '{select}'}}"));
    assert_eq!(numbers("a[last].n"), ["3"]);
    assert_eq!(numbers("a[0].n"), ["1"]);
    assert_eq!(numbers("a[-2].n"), ["2"]);
    assert_eq!(numbers("a[*].n"), ["1", "2", "3"]);
    assert_eq!(numbers("**.n"), ["1", "2", "3", "4", "5"]);
    assert_eq!(numbers("{a,b}.n"), ["5"]);
    assert_eq!(numbers("b.^.a[first].n"), ["1"]);
    assert_eq!(numbers("a[2].deep.$.b.n"), ["5"]);
}

#[test]
fn conditions_combine() {
    let text = "s:\n  one: {a: 1, l: [x, y]}\n  two: {a: 2, l: [x]}\n  three: {l: []}\n";
    let keys = |conditions: &str| {
        reported(FileKind::Yaml, text, &format!("{{select: s.*, report: key, where: {conditions}}}"))
    };
    assert_eq!(keys("{has: a}"), ["one", "two"]);
    assert_eq!(keys("{lacks: a}"), ["three"]);
    assert_eq!(keys("{has: a, value: {number: {above: 1}}}"), ["two"]);
    assert_eq!(keys("{has: 'l[*]', count: {at-least: 2}}"), ["one"]);
    assert_eq!(keys("{every: 'l[*]', value: {equals: x}}"), ["two"]);
    assert_eq!(keys("{any: [{has: a, value: {equals: 1}}, {lacks: a}]}"), ["one", "three"]);
    assert_eq!(keys("[{has: a}, {not: {has: a, value: {equals: 2}}}]"), ["one"]);
    assert_eq!(keys("{first: true}"), ["one", "two", "three"], "each is the first of its own name");
    let elements = "{select: 's.one.l[*]', where: {last: true}}";
    assert_eq!(reported(FileKind::Yaml, text, elements), ["y"]);
    assert_eq!(keys("{name: t*}"), ["two", "three"]);
    assert_eq!(keys("{has: a, where: {inside: one}}"), ["one"]);
}

#[test]
fn files_are_told_apart() {
    let spec = "{select: a, where: {file: {development: false}}}";
    let count = |path: &str| run_on(FileKind::Yaml, path, "a: 1", spec).1.len();
    assert_eq!(count("compose.yaml"), 1);
    for path in ["compose.dev.yaml", "docker-compose.override.yml", ".devcontainer/compose.yaml", "tests/compose.yaml"]
    {
        assert_eq!(count(path), 0, "{path}");
    }
    assert_eq!(count("latest/devices/compose.yaml"), 1);
}

const NGINX: &str = r#"
http {
    ssl_protocols TLSv1 TLSv1.2;
    add_header X-Frame-Options DENY;
    add_header Strict-Transport-Security "max-age=100";
    server {
        listen 443 ssl;
        ssl_protocols TLSv1.3;
        location /inherits { proxy_pass http://app; }
        location /replaces {
            add_header X-Other 1;
        }
    }
    server {
        listen 80;
    }
}
"#;

#[test]
fn nginx_inherits_and_replaces() {
    let servers = "{select: http.server, value: {any: [{written: ''}]}, report: key, where: {has: effective(ssl_protocols), value: {tls-version: {below: '1.2'}}}}";
    let (tree, found) = run_on(FileKind::Nginx, "nginx.conf", NGINX, servers);
    assert_eq!(found.len(), 1);
    assert!(tree.text()[found[0].span.start as usize..].contains("listen 80") && found[0].anchor == "http/server");
    let lost = "{select: http.server.location, where: {lacks: header(x-frame-options)}}";
    let (_, found) = run_on(FileKind::Nginx, "nginx.conf", NGINX, lost);
    assert_eq!(found.iter().map(|found| found.anchor.as_str()).collect::<Vec<_>>(), ["http/server/location /replaces"]);
    let weak =
        "{select: 'http.server.location.header(Strict-Transport-Security)', value: {hsts: {max-age: {below: 180d}}}}";
    assert_eq!(reported(FileKind::Nginx, NGINX, weak), ["\"max-age=100\""]);
}

#[test]
fn nginx_arguments_count_from_one() {
    assert_eq!(reported(FileKind::Nginx, NGINX, "{select: '**.listen.@1', value: {equals: 443}}"), ["443"]);
    assert_eq!(reported(FileKind::Nginx, NGINX, "{select: '**.listen.@last', value: {equals: ssl}}"), ["ssl"]);
    assert_eq!(reported(FileKind::Nginx, "location /x { deny all; }", "{select: location.deny}"), ["deny"]);
    let words = "{select: '**.listen', value: {words: {any: ssl}}, report: value}";
    assert_eq!(reported(FileKind::Nginx, NGINX, words), ["443 ssl"]);
}

#[test]
fn an_include_may_hold_what_seems_absent() {
    let spec = "{select: server, where: {lacks: header(X-Frame-Options)}}";
    assert_eq!(reported(FileKind::Nginx, "server { include snippets/headers.conf; }", spec), Vec::<String>::new());
    assert_eq!(reported(FileKind::Nginx, "server { include mime.types; }", spec), ["server"]);
}

const DOCKERFILE: &str = "ARG VERSION=3.12\nFROM python:${VERSION} AS build\nRUN curl -fsSLk https://x.test/i | sh\nFROM build\nARG VERSION\nENV A=1 B=$VERSION\nUSER app\nCMD [\"uvicorn\", \"--reload\"]\nUSER root\n";

#[test]
fn dockerfiles_have_stages_instructions_and_commands() {
    let docker = |spec: &str| reported(FileKind::Dockerfile, DOCKERFILE, spec);
    assert_eq!(docker("{select: 'stage[last].USER[last]', value: {user: {root: true}}, report: value}"), ["root"]);
    assert_eq!(docker("{select: stage.FROM.@1, value: {image: {tag: '3.12'}}}"), ["python:${VERSION}"]);
    assert_eq!(docker("{select: 'stage[last].ENV.env(B)', value: {equals: '3.12'}}"), ["$VERSION"]);
    assert_eq!(docker("{select: 'stage.RUN.command(curl).flag(-k, --insecure)', report: key}"), ["-fsSLk"]);
    assert_eq!(docker("{select: stage.CMD.flag(--reload), report: key}"), ["\"--reload\""]);
    assert_eq!(docker("{select: 'stage[last]', where: {lacks: HEALTHCHECK}}"), ["FROM build"]);
}

#[test]
fn pods_are_found_in_every_workload() {
    let text = "kind: CronJob\nmetadata: {name: job}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          initContainers: [{name: init, securityContext: {privileged: true}}]\n          containers:\n            - name: main\n---\nkind: List\nitems:\n  - kind: Pod\n    spec: {containers: [{name: a, securityContext: {privileged: true}}]}\n";
    let spec = "{select: pod().containers(), where: {has: securityContext.privileged, value: {boolean: true}}}";
    assert_eq!(reported(FileKind::Kubernetes, text, spec), ["init", "a"]);
    let (_, found) = run_on(FileKind::Kubernetes, "x.yaml", text, spec);
    assert_eq!(found[0].anchor, "CronJob/job/spec/jobTemplate/spec/template/spec/initContainers/init");
}

#[test]
fn other_formats_are_the_same_to_a_query() {
    assert_eq!(reported(FileKind::Json, r#"{"a": {"b": [1, {"c": true}]}}"#, "{select: 'a.b[*].c'}"), ["true"]);
    assert_eq!(
        reported(FileKind::Toml, "[a.b]\nc = \"10m\"\n", "{select: a.b.c, value: {size: {above: 1m}}}"),
        ["\"10m\""]
    );
    assert_eq!(reported(FileKind::Dotenv, "DEBUG=true\nX=1\n", "{select: DEBUG, value: {boolean: true}}"), ["true"]);
    let unit = "[Service]\nExecStart=/usr/bin/a\nExecStart=/usr/bin/b --flag\nUser=root\n";
    assert_eq!(reported(FileKind::SystemdUnit, unit, "{select: Service.ExecStart}").len(), 2);
    assert_eq!(reported(FileKind::SystemdUnit, unit, "{select: Service.User, value: {user: {root: true}}}"), ["root"]);
    assert_eq!(
        reported(FileKind::Requirements, "Flask==1.0\nrequests\n", "{select: flask, value: {written: '=='}}").len(),
        1
    );
    assert_eq!(reported(FileKind::Shell, "a; sudo chmod 777 /x", "{select: 'command(sudo).@1'}"), ["chmod"]);
}

#[test]
fn mistakes_say_where_they_are() {
    let error = |spec: &str| {
        let spec: ConfigSpec = yaml_serde::from_str(spec).unwrap();
        let error = spec.compile().unwrap_err();
        (error.key_path.join("."), error.message)
    };
    let (at, message) = error("{select: 'a..b'}");
    assert_eq!(at, "select");
    assert!(message.contains("column 3"), "{message}");
    assert_eq!(error("{select: a, where: [{has: b}, {lacks: 'x['}]}").0, "where.1.lacks");
    assert_eq!(error("{select: a, value: {any: [{regex: '('}, {equals: 1}]}}").0, "value.any.0.regex");
    assert_eq!(error("{select: a, value: {size: {above: big}}}").0, "value.size.above");
    assert_eq!(error("{select: a, where: {}}").0, "where");
    assert_eq!(error("{select: a, where: {has: b, lacks: c}}").0, "where.lacks");
    assert!(yaml_serde::from_str::<ConfigSpec>("{select: a, wher: {}}").is_err());
}

#[test]
fn alias_bombs_and_cycles_end() {
    let mut bomb = String::from("a0: &a0 {x: 1}\n");
    for level in 1..30 {
        use std::fmt::Write as _;
        let below = level - 1;
        writeln!(bomb, "a{level}: &a{level} {{l: *a{below}, m: *a{below}, n: *a{below}}}").unwrap();
    }
    let started = std::time::Instant::now();
    let _ = reported(FileKind::Yaml, &bomb, "{select: '**.x', where: {has: '$.**.y'}}");
    let _ = reported(FileKind::Yaml, "a: &a\n  b: *a\n  <<: *a\n", "{select: '**.c'}");
    assert!(started.elapsed().as_secs() < 10, "work is not bounded");
}

#[test]
fn a_number_of_places_may_be_none() {
    let spec = "{select: Service.ExecStart, report: key, where: {has: ['^.User', '^.Group'], count: {below: 2}}}";
    assert_eq!(reported(FileKind::SystemdUnit, "[Service]\nExecStart=/bin/a\n", spec), ["ExecStart"]);
    assert_eq!(reported(FileKind::SystemdUnit, "[Service]\nExecStart=/bin/a\nUser=a\nGroup=a\n", spec).len(), 0);
}
