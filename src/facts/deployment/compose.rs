//! A compose file: services with what they run, publish, mount and are told.
//!
//! One file as it is written: `extends`, `include` and override files are for the model to join. Follows the Compose
//! Specification (services, build, ports, networks), which all older versions are subsets of here.

use super::command_line::CommandLine;
use super::variable::{Variable, VariableValue};
use super::word::Word;
use super::yaml::Yaml;
use crate::source::Span;
use crate::syntax::Tree;

/// The services of one compose file.
#[derive(Debug, Clone, Default)]
pub struct ComposeFile {
    /// `name:` of the project.
    pub name: Option<Word>,
    /// In order.
    pub services: Vec<ComposeService>,
    /// Paths of included files, as written.
    pub includes: Vec<Word>,
    /// Networks that the file declares.
    pub networks: Vec<ComposeNetwork>,
}

/// A network.
#[derive(Debug, Clone)]
pub struct ComposeNetwork {
    /// Its name in the file.
    pub name: Word,
    /// Made by somebody else.
    pub is_external: bool,
    /// Without a way to the outside.
    pub is_internal: bool,
}

/// How an image is built.
#[derive(Debug, Clone, Default)]
pub struct Build {
    /// Where `build` stands.
    pub span: Span,
    /// Folder as written; `.` where nothing is said.
    pub context: Option<Word>,
    /// Path below the context as written.
    pub dockerfile: Option<Word>,
    /// Whether the Dockerfile stands in the compose file itself.
    pub is_inline: bool,
    /// The stage that is built.
    pub target: Option<Word>,
    /// `args`.
    pub args: Vec<Variable>,
}

/// A published port.
#[derive(Debug, Clone)]
pub struct Published {
    /// Where it stands, as written.
    pub word: Word,
    /// Address of the host; `None` means all.
    pub address: Option<String>,
    /// Port of the host as written; `None` where Docker chooses.
    pub host: Option<String>,
    /// Port of the container as written.
    pub container: String,
    /// `tcp` or `udp`.
    pub protocol: String,
}

/// A mount.
#[derive(Debug, Clone)]
pub struct Mount {
    /// Where it stands.
    pub span: Span,
    /// Path on the host or name of a volume as written; `None` for an anonymous volume.
    pub source: Option<String>,
    /// Path in the container.
    pub target: String,
    /// Mounted read-only.
    pub is_read_only: bool,
    /// Whether the source is a path of the host.
    pub is_bind: bool,
}

/// `extends`.
#[derive(Debug, Clone)]
pub struct Extends {
    /// Path as written; the same file where nothing is said.
    pub file: Option<Word>,
    /// The service.
    pub service: Word,
}

/// A service as one file has it.
#[derive(Debug, Clone, Default)]
pub struct ComposeService {
    /// Its key.
    pub name: Option<Word>,
    /// `image`.
    pub image: Option<Word>,
    /// `build`.
    pub build: Option<Build>,
    /// `command`, and where it stands.
    pub command: Option<(CommandLine, Span)>,
    /// `entrypoint`, and where it stands.
    pub entrypoint: Option<(CommandLine, Span)>,
    /// `environment`.
    pub environment: Vec<Variable>,
    /// Paths of `env_file` as written.
    pub env_files: Vec<Word>,
    /// `ports`.
    pub ports: Vec<Published>,
    /// `expose`.
    pub expose: Vec<Word>,
    /// Names of networks; `None` where nothing is said: then it is `default`.
    pub networks: Option<Vec<Word>>,
    /// Other names that the service has in its networks.
    pub aliases: Vec<String>,
    /// `network_mode`.
    pub network_mode: Option<Word>,
    /// `depends_on` and `links`.
    pub depends_on: Vec<String>,
    /// `volumes`.
    pub mounts: Vec<Mount>,
    /// `user`.
    pub user: Option<Word>,
    /// `profiles`.
    pub profiles: Vec<Word>,
    /// `extends`.
    pub extends: Option<Extends>,
    /// `deploy.replicas` or `scale`.
    pub replicas: Option<Word>,
    /// `labels`, those of `deploy` too.
    pub labels: Vec<Variable>,
    /// Names of `secrets` that are mounted.
    pub secrets: Vec<String>,
}

impl ComposeService {
    /// The service's name.
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or("", |name| &name.text)
    }
}

/// Reads a compose file.
pub(super) fn collect(tree: &Tree) -> ComposeFile {
    let mut file = ComposeFile::default();
    for document in Yaml::documents(tree) {
        file.name = file.name.or_else(|| document.word_of("name"));
        if let Some(services) = document.get("services") {
            file.services.extend(services.entries().into_iter().filter_map(|(name, value)| service(name, value)));
        }
        for include in document.get("include").map(Yaml::items).unwrap_or_default() {
            match include.get("path") {
                Some(path) => file.includes.extend(path.words()),
                None => file.includes.extend(include.word()),
            }
        }
        for (name, network) in document.get("networks").map(Yaml::entries).unwrap_or_default() {
            let is_true =
                |key: &str| network.string(key) == Some("true") || network.get(key).is_some_and(Yaml::is_mapping);
            file.networks.push(ComposeNetwork {
                name,
                is_external: is_true("external"),
                is_internal: is_true("internal"),
            });
        }
    }
    file
}

fn service(name: Word, value: Yaml<'_>) -> Option<ComposeService> {
    if !value.is_mapping() {
        return None;
    }
    let deploy = value.get("deploy");
    let mut service = ComposeService {
        name: Some(name),
        image: value.word_of("image"),
        build: value.entry("build").map(|(key, build)| self::build(&key, build)),
        command: value.get("command").and_then(command),
        entrypoint: value.get("entrypoint").and_then(command),
        environment: value.get("environment").map(variables).unwrap_or_default(),
        env_files: value.get("env_file").map(env_files).unwrap_or_default(),
        ports: value.get("ports").map(|ports| ports.items().into_iter().filter_map(port).collect()).unwrap_or_default(),
        expose: value.get("expose").map(Yaml::words).unwrap_or_default(),
        network_mode: value.word_of("network_mode"),
        mounts: value.get("volumes").map(|all| all.items().into_iter().filter_map(mount).collect()).unwrap_or_default(),
        user: value.word_of("user"),
        profiles: value.get("profiles").map(Yaml::words).unwrap_or_default(),
        replicas: deploy.and_then(|deploy| deploy.word_of("replicas")).or_else(|| value.word_of("scale")),
        ..ComposeService::default()
    };
    service.labels = value.get("labels").map(variables).unwrap_or_default();
    service.labels.extend(deploy.and_then(|deploy| deploy.get("labels")).map(variables).unwrap_or_default());
    service.extends = value.get("extends").and_then(|extends| match extends.word() {
        Some(service) => Some(Extends { file: None, service }),
        None => Some(Extends { file: extends.word_of("file"), service: extends.word_of("service")? }),
    });
    if let Some(networks) = value.get("networks") {
        if networks.is_mapping() {
            let entries = networks.entries();
            for (_, network) in &entries {
                let aliases = network.get("aliases").map(Yaml::words).unwrap_or_default();
                service.aliases.extend(aliases.into_iter().map(|alias| alias.text));
            }
            service.networks = Some(entries.into_iter().map(|(name, _)| name).collect());
        } else {
            service.networks = Some(networks.words());
        }
    }
    for key in ["container_name", "hostname"] {
        service.aliases.extend(value.string(key).map(str::to_owned));
    }
    for key in ["depends_on", "links"] {
        let Some(names) = value.get(key) else { continue };
        if names.is_mapping() {
            service.depends_on.extend(names.entries().into_iter().map(|(name, _)| name.text));
        }
        // `links: [db:database]`
        service
            .depends_on
            .extend(names.words().into_iter().map(|name| name.text.split(':').next().unwrap_or("").to_owned()));
    }
    for secret in value.get("secrets").map(Yaml::items).unwrap_or_default() {
        service.secrets.extend(secret.text().or_else(|| secret.string("source")).map(str::to_owned));
    }
    Some(service)
}

fn build(key: &Word, value: Yaml<'_>) -> Build {
    match value.word() {
        Some(context) => Build { span: context.span, context: Some(context), ..Build::default() },
        None => Build {
            span: key.span,
            context: value.word_of("context"),
            dockerfile: value.word_of("dockerfile"),
            is_inline: value.get("dockerfile_inline").is_some(),
            target: value.word_of("target"),
            args: value.get("args").map(variables).unwrap_or_default(),
        },
    }
}

pub(super) fn command(value: Yaml<'_>) -> Option<(CommandLine, Span)> {
    let mut line = CommandLine::of_value(value.tree, value.node())?;
    line.map_spans(&|span| value.tree.to_file(span));
    Some((line, value.span()))
}

/// A mapping of names to values, or a list of `NAME=value`.
fn variables(value: Yaml<'_>) -> Vec<Variable> {
    if value.is_mapping() {
        let entries = value.entries().into_iter();
        return entries
            .map(|(name, value)| Variable {
                name,
                value: value.word().map_or(VariableValue::Caller, VariableValue::Written),
            })
            .collect();
    }
    value.words().iter().map(Variable::of_assignment).collect()
}

fn env_files(value: Yaml<'_>) -> Vec<Word> {
    if !value.is_sequence() {
        return value.word().or_else(|| value.word_of("path")).into_iter().collect();
    }
    value.items().into_iter().filter_map(|item| item.word().or_else(|| item.word_of("path"))).collect()
}

fn port(value: Yaml<'_>) -> Option<Published> {
    if value.is_mapping() {
        let word = value.word_of("published").or_else(|| value.word_of("target"))?;
        return Some(Published {
            word,
            address: value.string("host_ip").map(str::to_owned),
            host: value.string("published").map(str::to_owned),
            container: value.string("target")?.to_owned(),
            protocol: value.string("protocol").unwrap_or("tcp").to_owned(),
        });
    }
    let word = value.word()?;
    let (address, host, container, protocol) = short_port(&word.text);
    Some(Published { word, address, host, container, protocol })
}

/// `[address:][host:]container[/protocol]`; colons in brackets and in `${VAR:-default}` separate nothing.
fn short_port(text: &str) -> (Option<String>, Option<String>, String, String) {
    let (text, protocol) = match text.rsplit_once('/') {
        Some((text, protocol)) if !protocol.contains('}') => (text, protocol),
        _ => (text, "tcp"),
    };
    let mut parts = vec![String::new()];
    let mut depth = 0_i32;
    for character in text.chars() {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        if character == ':' && depth <= 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(character);
        }
    }
    let container = parts.pop().unwrap_or_default();
    let host = parts.pop().filter(|host| !host.is_empty());
    let address = (!parts.is_empty()).then(|| parts.join(":"));
    // `127.0.0.1::80` has an address and no port of the host.
    (address, host, container, protocol.to_ascii_lowercase())
}

fn mount(value: Yaml<'_>) -> Option<Mount> {
    if value.is_mapping() {
        let source = value.string("source").or_else(|| value.string("src")).map(str::to_owned);
        let target = value.string("target").or_else(|| value.string("dst")).or_else(|| value.string("destination"))?;
        return Some(Mount {
            span: value.span(),
            is_bind: value.string("type") == Some("bind"),
            source,
            target: target.to_owned(),
            is_read_only: matches!(value.string("read_only").or_else(|| value.string("readonly")), Some("true")),
        });
    }
    let word = value.word()?;
    // `${DATA:-./data}:/data`: the default decides.
    let expanded =
        crate::query::values::hole::expand(&word.text, crate::query::values::hole::Notation::Shell, &|_| None);
    let mount = crate::query::values::mount::parse(&expanded)?;
    Some(Mount {
        span: word.span,
        source: mount.source,
        target: mount.target,
        is_read_only: mount.read_only,
        is_bind: mount.is_bind,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Language, parse};

    fn read(text: &str) -> ComposeFile {
        collect(&parse(Language::Yaml, text).tree)
    }

    #[test]
    fn reads_services_in_every_spelling() {
        let file = read(
            "name: shop\nx-env: &env\n  A: '1'\n  B:\nx-base: &base\n  image: x:1\n  networks: [back]\n\
             services:\n  a:\n    <<: *base\n    environment: {<<: *env, C: 3}\n    ports: ['127.0.0.1:${P:-80}:8000/tcp', 9000]\n    \
             env_file:\n      - path: .env\n  b:\n    build: {context: ./b, args: [T=1, U]}\n    \
             command: uvicorn a:b --port 1\n    ports:\n      - {target: 80, published: '8080', host_ip: 10.0.0.1}\n    \
             volumes: ['./c:/etc/c:ro', {type: bind, source: ./d, target: /d}, data:/v]\n    depends_on: {a: {condition: x}}\n    \
             networks: {back: {aliases: [web]}}\n    extends: {file: base.yml, service: z}\nnetworks: {back: {internal: true}}\n",
        );
        let [a, b] = &file.services[..] else { panic!("two services") };
        assert_eq!(a.image.as_ref().unwrap().text, "x:1");
        let names: Vec<_> = a.environment.iter().map(|variable| variable.name.text.as_str()).collect();
        assert_eq!(names, ["C", "A", "B"]);
        assert_eq!(a.environment[2].value, VariableValue::Caller);
        assert_eq!(a.ports[0].address.as_deref(), Some("127.0.0.1"));
        assert_eq!((a.ports[0].host.as_deref(), a.ports[0].container.as_str()), (Some("${P:-80}"), "8000"));
        assert_eq!((a.ports[1].host.as_deref(), a.ports[1].container.as_str()), (None, "9000"));
        assert_eq!(a.env_files[0].text, ".env");
        assert_eq!(a.networks.as_ref().unwrap()[0].text, "back");
        let build = b.build.as_ref().unwrap();
        assert_eq!(build.context.as_ref().unwrap().text, "./b");
        assert_eq!(build.args[1].value, VariableValue::Caller);
        assert_eq!(b.command.as_ref().unwrap().0.server().unwrap().app.unwrap().text, "a:b");
        assert_eq!(b.ports[0].address.as_deref(), Some("10.0.0.1"));
        assert!(b.mounts[0].is_read_only && b.mounts[0].is_bind && b.mounts[1].is_bind && !b.mounts[2].is_bind);
        assert_eq!((b.depends_on.as_slice(), b.aliases.as_slice()), (&["a".to_owned()][..], &["web".to_owned()][..]));
        assert_eq!(b.extends.as_ref().unwrap().service.text, "z");
        assert!(file.networks[0].is_internal);
    }

    #[test]
    fn odd_files_cost_nothing_but_themselves() {
        for text in [
            "",
            "services:",
            "services: [a]",
            "services: {a: }",
            "services: &s {a: *s}",
            "x: &x {<<: *x}\nservices: {a: *x}",
        ] {
            let _ = read(text);
        }
    }
}
