//! The options of application servers, judged alike wherever the command line stands: Dockerfiles, compose files,
//! manifests, units, Procfiles, scripts.
//!
//! What starts which server with which options is read by the facts of the deployment; here is only what an option is
//! worth. Configuration in Python (`gunicorn.conf.py`, `uvicorn.run(...)`) is for rules on code.

use super::docker_stages::Stages;
use super::{Audit, AuditContext, AuditMatch};
use crate::facts::deployment::{CommandLine, Server, ServerCommand, ServerOption, server_commands};
use crate::query::is_for_development;
use crate::query::values::{cipher, tls_version};
use crate::source::Span;
use crate::syntax::{FileKind, Kind, NodeId, Tree};

/// One variant for each thing that can be wrong with a command line.
pub const SERVER_COMMAND: Audit = Audit {
    name: "server-command",
    kinds: &[
        FileKind::Dockerfile,
        FileKind::Compose,
        FileKind::Kubernetes,
        FileKind::SystemdUnit,
        FileKind::Supervisord,
        FileKind::Procfile,
        FileKind::Shell,
    ],
    variants: &[
        "access-log",
        "bind",
        "cipher",
        "client-cert",
        "concurrency",
        "dev-server",
        "forwarded",
        "key-password",
        "log-secret",
        "parts",
        "reload",
        "smuggling",
        "timeout",
        "tls-version",
        "trace",
        "umask",
        "version-header",
    ],
    run,
};

/// What is wrong, and where.
struct Fault {
    variant: &'static str,
    span: Span,
    key: String,
    value: String,
}

/// What does no harm on the machine of a developer.
const FOR_PRODUCTION: [&str; 6] = ["reload", "dev-server", "forwarded", "trace", "access-log", "bind"];

fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    let commands = match context.kind {
        FileKind::Dockerfile => dockerfile_commands(tree),
        kind => server_commands(tree, kind, context.path),
    };
    let is_development = is_for_development(context.path);
    let mut matches = Vec::new();
    for command in &commands {
        for fault in faults(command) {
            if is_development && FOR_PRODUCTION.contains(&fault.variant) {
                continue;
            }
            let node = tree.covering(fault.span);
            matches.push(AuditMatch {
                node,
                span: fault.span,
                captures: vec![("key".to_owned(), fault.key), ("value".to_owned(), fault.value)],
                related: Vec::new(),
                anchor: format!("{}/{}", tree.anchor(node), command.server.name()),
                variant: Some(fault.variant),
            });
        }
    }
    matches
}

/// The servers of a Dockerfile but for stages for development: `CMD` holds the arguments of `ENTRYPOINT` where a stage has both.
fn dockerfile_commands(tree: &Tree) -> Vec<ServerCommand> {
    let mut found = Vec::new();
    let stages = Stages::new(tree);
    let kept: Vec<NodeId> =
        stages.last().map_or_else(Vec::new, |last| stages.chain(last).iter().map(|stage| stage.node).collect());
    for stage in stages.all.iter().map(|stage| stage.node) {
        // A stage for development is built by `--target` alone.
        if is_for_development(tree.label(stage)) && !kept.contains(&stage) {
            continue;
        }
        let line = |name: &str| {
            let mut instructions = tree.children(stage).filter(|&node| tree.kind(node) == Kind::Instruction);
            let last = instructions.by_ref().filter(|&node| tree.label(node) == name).last()?;
            CommandLine::of_instruction(tree, last)
        };
        let server = match (line("ENTRYPOINT"), line("CMD")) {
            (Some(entrypoint), command) => {
                let joined = entrypoint.with_arguments(command.as_ref());
                joined.server().or_else(|| command.and_then(|command| command.server()))
            }
            (None, command) => command.and_then(|command| command.server()),
        };
        found.extend(server);
    }
    found
}

fn faults(command: &ServerCommand) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut add = |variant: &'static str, option: &ServerOption| {
        faults.push(Fault {
            variant,
            span: option.value_span(),
            key: format!("--{}", option.name),
            value: option.value.as_ref().map_or_else(String::new, |value| value.text.clone()),
        });
    };
    for option in &command.options {
        let value = option.value.as_ref().map_or("", |value| value.text.trim());
        if let Some(variant) = fault_of_option(command.server, &option.name, value, option.value.is_some()) {
            add(variant, option);
        }
    }
    for (variant, option) in faults_of_absence(command) {
        add(variant, option);
    }
    if command.is_development && command.server == Server::FastApi {
        let (span, key) = (command.program.span, "fastapi dev".to_owned());
        faults.push(Fault { variant: "dev-server", span, key, value: String::new() });
    }
    faults
}

/// So many bytes of one message or event are more than anybody needs.
const LARGE: u64 = 64 << 20;

/// What is wrong with one option by itself.
fn fault_of_option(server: Server, name: &str, value: &str, has_value: bool) -> Option<&'static str> {
    let number = || value.parse::<u64>().ok();
    let is_on = !has_value || matches!(value, "true" | "True" | "1" | "yes");
    let holds = match name {
        "reload" => is_on,
        "debug" => is_on && matches!(server, Server::Hypercorn | Server::Flask),
        "forwarded-allow-ips" | "proxy-allow-ips" | "proxy-allow-from" => {
            value.split(',').map(str::trim).any(|one| matches!(one, "*" | "0.0.0.0/0" | "::/0"))
        }
        "permit-unconventional-http-method"
        | "permit-unconventional-http-version"
        | "permit-obsolete-folding"
        | "strip-header-spaces"
        | "tolerate-dangerous-framing"
        | "casefold-http-method" => is_on,
        "header-map" => value == "dangerous",
        "limit-request-line" | "limit-request-field-size" => number() == Some(0),
        "h11-max-incomplete-event-size" | "ws-max-size" => number().is_some_and(|bytes| bytes > LARGE),
        "timeout" => server == Server::Gunicorn && number() == Some(0),
        "timeout-keep-alive" | "keep-alive" => number().is_some_and(|seconds| seconds > 300),
        "log-level" => {
            let level = value.to_ascii_lowercase();
            return match level.as_str() {
                "debug" | "trace" => Some("trace"),
                "critical" => Some("access-log"),
                _ => None,
            };
        }
        "no-access-log" => true,
        "access-logfile" => value == "/dev/null",
        "access-logformat" => names_credentials(value),
        "ssl-ciphers" | "ciphers" => {
            value.contains("@SECLEVEL=0")
                || cipher::enabled(value).iter().any(|suite| suite.weaknesses().next().is_some())
        }
        "ssl-version" => {
            // Numbers of `ssl.PROTOCOL_*`.
            matches!(value, "0" | "1" | "3" | "4")
                || tls_version::parse(value).is_some_and(|version| version < tls_version::TlsVersion::Tls12)
        }
        "umask" => {
            server == Server::Gunicorn
                && !value.is_empty()
                && value.trim_start_matches("0o").bytes().all(|digit| digit == b'0')
        }
        "ssl-keyfile-password" | "keyfile-password" => {
            !value.is_empty() && !value.starts_with(['$', '<', '%', '{']) && !value.starts_with("file:")
        }
        "host" | "bind" => is_every_address(value),
        _ => false,
    };
    if !holds {
        return None;
    }
    Some(match name {
        "reload" | "debug" => "reload",
        "forwarded-allow-ips" | "proxy-allow-ips" | "proxy-allow-from" => "forwarded",
        "limit-request-line" | "limit-request-field-size" | "h11-max-incomplete-event-size" | "ws-max-size" => "parts",
        "timeout" | "timeout-keep-alive" | "keep-alive" => "timeout",
        "no-access-log" | "access-logfile" => "access-log",
        "access-logformat" => "log-secret",
        "ssl-ciphers" | "ciphers" => "cipher",
        "ssl-version" => "tls-version",
        "umask" => "umask",
        "ssl-keyfile-password" | "keyfile-password" => "key-password",
        "host" | "bind" => "bind",
        _ => "smuggling",
    })
}

/// `%({authorization}i)s` and its like in a format of access logs.
fn names_credentials(format: &str) -> bool {
    const HEADERS: [&str; 5] = ["authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token"];
    let lower = format.to_ascii_lowercase();
    HEADERS
        .iter()
        .any(|header| lower.contains(&format!("%({{{header}}}i)s")) || lower.contains(&format!("%({{{header}}}o)s")))
}

fn is_every_address(value: &str) -> bool {
    let host = match value.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => value,
    };
    matches!(host, "0.0.0.0" | "[::]" | "::") || (host.is_empty() && value.starts_with(':'))
}

/// What is wrong because another option is missing: the variant, and the option that makes it matter.
fn faults_of_absence(command: &ServerCommand) -> Vec<(&'static str, &ServerOption)> {
    let mut faults = Vec::new();
    let authorities = command.option("ssl-ca-certs").or_else(|| command.option("ca-certs"));
    let asks = ["ssl-cert-reqs", "cert-reqs", "verify-mode"]
        .iter()
        .any(|name| command.value(name).is_some_and(|value| !matches!(value.text.as_str(), "0" | "CERT_NONE")));
    if let Some(option) = authorities.filter(|_| !asks) {
        faults.push(("client-cert", option));
    }
    let host = command.option("host").filter(|option| {
        command.server == Server::Uvicorn && option.value.as_ref().is_some_and(|value| is_every_address(&value.text))
    });
    if let Some(option) = host {
        let says_header = command.options.iter().any(|option| {
            option.name == "header"
                && option.value.as_ref().is_some_and(|value| value.text.to_ascii_lowercase().starts_with("server:"))
        });
        if command.switch("server-header").is_none_or(|(is_on, _)| is_on) && !says_header {
            faults.push(("version-header", option));
        }
        if command.option("limit-concurrency").is_none() && command.option("backlog").is_none() {
            faults.push(("concurrency", option));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::parse_file;
    use std::sync::Arc;

    fn variants(kind: FileKind, path: &str, text: &str) -> Vec<(&'static str, u32)> {
        let source = Source::new(path, text);
        let parsed = parse_file(kind, &Arc::from(text));
        let context = AuditContext { tree: &parsed[0].tree, source: &source, kind, path };
        run(&context).iter().map(|one| (one.variant.unwrap(), source.line_of(one.span.start))).collect()
    }

    #[test]
    fn arguments_are_joined_with_what_they_are_for() {
        let text = "FROM python:3.13\nENTRYPOINT [\"uvicorn\"]\nCMD [\"app:app\", \"--reload\"]\n";
        assert_eq!(variants(FileKind::Dockerfile, "Dockerfile", text), [("reload", 3)]);
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    command: [gunicorn]\n    args:\n    - app:app\n    - --forwarded-allow-ips=*\n";
        assert_eq!(variants(FileKind::Kubernetes, "pod.yaml", text), [("forwarded", 9)]);
        let text = "FROM a AS app\nCMD [\"uvicorn\", \"a:b\"]\nFROM app AS dev\nCMD [\"fastapi\", \"dev\"]\n";
        assert_eq!(
            variants(FileKind::Dockerfile, "Dockerfile", text),
            [],
            "the stage for development is built on demand"
        );
        let text = "FROM a\nENTRYPOINT [\"celery\"]\nCMD [\"-A\", \"app\", \"--reload\"]\n";
        assert_eq!(variants(FileKind::Dockerfile, "Dockerfile", text), []);
    }

    #[test]
    fn development_files_may_reload() {
        let text = "web: uvicorn app:app --reload --ssl-version 3\n";
        assert_eq!(variants(FileKind::Procfile, "Procfile.dev", text), [("tls-version", 1)]);
        assert_eq!(variants(FileKind::Procfile, "Procfile", text), [("reload", 1), ("tls-version", 1)]);
    }

    #[test]
    fn shells_and_launchers_are_seen_through() {
        let text = "#!/bin/sh\nexec poetry run uvicorn app:app --log-level trace\nsh -c 'gunicorn -t 0 app:app'\n";
        assert_eq!(variants(FileKind::Shell, "start.sh", text), [("trace", 2), ("timeout", 3)]);
    }
}
