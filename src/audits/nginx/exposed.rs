//! Pages and methods that are for few and open to all: folder listings, status pages, WebDAV, hidden files, private files
//! below a served folder, locations meant for `X-Accel-Redirect`.

use super::config::{Config, each, report};
use super::guard::{is_guarded, serves_files};
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::findings::{Edit, Fix};
use crate::model::Project;
use crate::model::nginx::{Directive, Level, Matcher, Server, location_of};
use crate::syntax::FileKind;
use std::collections::BTreeSet;

pub(in crate::audits) const AUTOINDEX: ProjectAudit = ProjectAudit {
    name: "nginx-autoindex-exposed",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, autoindex),
};

pub(in crate::audits) const STATUS_PAGE: ProjectAudit = ProjectAudit {
    name: "nginx-status-page-exposed",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, status_page),
};

pub(in crate::audits) const DAV: ProjectAudit = ProjectAudit {
    name: "nginx-dav-methods-open",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, dav_methods),
};

pub(in crate::audits) const DOTFILES: ProjectAudit =
    ProjectAudit { name: "nginx-dotfile-exposure", kinds: &[FileKind::Nginx], variants: &["unproven"], run: dotfiles };

pub(in crate::audits) const PRIVATE_FILES: ProjectAudit = ProjectAudit {
    name: "nginx-private-file-under-root",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: private_files,
};

pub(in crate::audits) const INTERNAL: ProjectAudit = ProjectAudit {
    name: "nginx-internal-missing",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, internal_missing),
};

pub(in crate::audits) const VERSION_SHOWN: ProjectAudit = ProjectAudit {
    name: "nginx-server-tokens-default",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, version_shown),
};

/// Whole configurations that never switch `server_tokens` off.
fn version_shown(config: &Config<'_>) -> Vec<ProjectMatch> {
    let http = config.named(&["http"]).filter(|http| http.level() == Level::Http && http.is_wholly_known());
    http.filter(|http| !http.below().any(|one| one.is(&["server_tokens", "more_clear_headers"])))
        .map(|http| report(http, http.name_place(), &[]))
        .collect()
}

/// The blocks that a directive of some level holds for.
fn blocks_below(level: Directive<'_>) -> Vec<Directive<'_>> {
    let servers: Vec<_> = if level.level() == Level::Server {
        vec![level]
    } else {
        level.below().filter(|block| block.level() == Level::Server && block.has_block()).collect()
    };
    if servers.is_empty() {
        let locations = level.below().filter(|block| block.level() == Level::Location);
        return std::iter::once(level).chain(locations).collect();
    }
    servers.into_iter().flat_map(|block| Server { block }.serving_blocks()).collect()
}

fn autoindex(config: &Config<'_>) -> Vec<ProjectMatch> {
    let switches = config.named(&["autoindex", "fancyindex"]).filter(|switch| switch.argument(0) == Some("on"));
    switches
        .filter_map(|switch| {
            let level = switch.parent()?;
            let is_open = blocks_below(level).into_iter().any(|block| {
                let holds = block.effective(switch.name()).is_some_and(|held| held.directives.contains(&switch));
                holds && !is_guarded(block) && block.child("return").is_none() && block.proxy_target().is_none()
            });
            is_open.then(|| {
                let place = switch.argument_place(0);
                let mut found = report(switch, place, &[("key", switch.name())]);
                found.fix = Some(Fix {
                    description: "Turn the listing off".to_owned(),
                    edits: vec![Edit { span: place.span, replacement: "off".to_owned() }],
                    safe: true,
                });
                found
            })
        })
        .collect()
}

fn status_page(config: &Config<'_>) -> Vec<ProjectMatch> {
    const PAGES: &[&str] =
        &["stub_status", "vhost_traffic_status_display", "nchan_stub_status", "check_status", "status", "api"];
    config
        .named(PAGES)
        .filter(|page| {
            let level = page.parent();
            let is_content = level.is_some_and(|level| matches!(level.level(), Level::Location | Level::If));
            // `status` and `api` are words of other modules too.
            let is_page =
                !page.is(&["status", "api"]) || page.argument_count() == 0 || page.argument(0) == Some("write=on");
            is_content && is_page && !page.has_block()
        })
        .filter(|page| page.parent().is_some_and(|level| !is_guarded(level) && level.child("js_content").is_none()))
        .map(|page| report(page, page.name_place(), &[("key", page.name())]))
        .collect()
}

fn dav_methods(config: &Config<'_>) -> Vec<ProjectMatch> {
    let methods = config.named(&["dav_methods"]).filter(|methods| {
        methods.arguments().iter().any(|method| matches!(*method, "PUT" | "DELETE" | "MOVE" | "COPY" | "MKCOL"))
    });
    methods
        .filter(|methods| {
            methods.parent().is_some_and(|level| {
                let limited = level
                    .children_named("limit_except")
                    .any(|limit| limit.child("deny").is_some() || limit.child("auth_basic").is_some());
                !limited && !is_guarded(level)
            })
        })
        .map(|methods| report(methods, methods.argument_place(0), &[("value", &methods.arguments().join(" "))]))
        .collect()
}

/// Folders that hold what was built, not what it was built from.
const BUILT: [&str; 16] = [
    "dist",
    "build",
    "static",
    "html",
    "public",
    "www",
    "htdocs",
    "out",
    "_site",
    "media",
    "assets",
    "web",
    "letsencrypt",
    "certbot",
    "acme",
    "errors",
];

fn dotfiles(project: &Project) -> Vec<ProjectMatch> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for server in project.nginx().servers() {
        if guarded_against_dotfiles(server) {
            continue;
        }
        for block in server.serving_blocks() {
            let Some(root) = block.effective("root").and_then(|root| root.directives.first().copied()) else {
                continue;
            };
            let Some(path) = root.argument(0) else { continue };
            if !serves_files(block) || is_guarded(block) || path.contains(['$', '{']) || !takes_dotfiles(server, block)
            {
                continue;
            }
            let hidden = hidden_in(project, root, path);
            let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
            if hidden.is_none() && (BUILT.contains(&last) || path.contains("/.well-known")) {
                continue;
            }
            if seen.insert(root.argument_place(0)) {
                let file = hidden.clone().unwrap_or_else(|| ".git".to_owned());
                let mut found = report(root, root.argument_place(0), &[("root", path), ("file", &file)]);
                found.variant = hidden.is_none().then_some("unproven");
                all.push(found);
            }
        }
    }
    all
}

/// Whether a request for a hidden file ends in this block.
fn takes_dotfiles(server: Server<'_>, block: Directive<'_>) -> bool {
    let prefix = match Matcher::of(block) {
        Some(Matcher::Prefix(path) | Matcher::Preferred(path)) => path.trim_end_matches('/'),
        Some(_) => return false,
        None => "",
    };
    location_of(server.block, &format!("{prefix}/.git/config")).unwrap_or(server.block) == block
}

fn guarded_against_dotfiles(server: Server<'_>) -> bool {
    !server.block.is_wholly_known()
        || server.locations().any(|location| match Matcher::of(location) {
            Some(Matcher::Regex { .. }) => {
                location.takes("/.git/config") && (is_guarded(location) || location.child("return").is_some())
            }
            _ => false,
        })
}

/// A hidden file or folder of the project in the folder that the repository has for a root.
fn hidden_in(project: &Project, root: Directive<'_>, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let present = project.present();
    // Folders around the configuration, the whole scan last.
    let folders = std::iter::successors(root.path().rsplit_once('/').map(|(folder, _)| folder), |folder| {
        folder.rsplit_once('/').map(|(above, _)| above)
    });
    for folder in folders.take(8).chain([""]) {
        // Two names in a row are no accident: `/srv/shop/backend` is the repository's `shop/backend`.
        for from in 0..parts.len().saturating_sub(1) {
            let end = parts[from..].join("/");
            let served = if folder.is_empty() { end } else { format!("{folder}/{end}") };
            let hidden = present.below(&served).find_map(|name| {
                let first = name.split('/').next().unwrap_or("");
                let is_example = ["example", "sample", "template", "dist"].iter().any(|word| first.contains(word));
                (first == ".git" || first.starts_with(".env") && !is_example).then(|| first.to_owned())
            });
            if hidden.is_some() {
                return hidden;
            }
        }
    }
    None
}

fn private_files(project: &Project) -> Vec<ProjectMatch> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for server in project.nginx().servers() {
        let blocks = server.serving_blocks();
        let privates = server.block.levels().flat_map(Directive::children).chain(server.block.below()).filter(|one| {
            one.is(&["auth_basic_user_file", "ssl_certificate_key", "ssl_password_file", "ssl_session_ticket_key"])
        });
        for private in privates {
            let Some(path) = private.argument(0).filter(|path| path.starts_with('/') && !path.contains('$')) else {
                continue;
            };
            let served =
                blocks.iter().filter(|block| serves_files(**block) && !is_guarded(**block)).find_map(|block| {
                    let root = *block.effective("root")?.directives.first()?;
                    let folder = root.argument(0)?.trim_end_matches('/');
                    if root.name() == "alias" || folder.is_empty() || folder.contains('$') {
                        return None;
                    }
                    let request = path.strip_prefix(folder).filter(|rest| rest.starts_with('/'))?;
                    let taker = location_of(server.block, request).unwrap_or(server.block);
                    (taker == *block).then_some((root, request))
                });
            if let Some((root, request)) = served
                && seen.insert(private.argument_place(0))
            {
                let captures = [("directive", private.name()), ("path", path), ("request", request)];
                let mut found = report(private, private.argument_place(0), &captures);
                found.related.push((root.argument_place(0), "The served folder".to_owned()));
                all.push(found);
            }
        }
    }
    all
}

/// Names of locations that nginx should serve on the app's word only.
const INTERNAL_NAMES: [&str; 8] =
    ["internal", "protected", "accel", "x-accel", "xaccel", "sendfile", "protected_files", "internal_files"];

fn internal_missing(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["location"])
        .filter_map(|location| {
            let (Matcher::Prefix(path) | Matcher::Preferred(path)) = Matcher::of(location)? else { return None };
            let names = path.split('/').map(|name| name.replace('_', "-").to_ascii_lowercase());
            let is_named = names.into_iter().any(|name| {
                INTERNAL_NAMES.iter().any(|known| known.replace('_', "-") == name || name == format!("{known}-files"))
            });
            let has_folder = location.child("alias").is_some() || location.child("root").is_some();
            let is_open = is_named && has_folder && serves_files(location) && !is_guarded(location);
            is_open.then(|| {
                let position = location.argument_count().saturating_sub(1);
                let mut found = report(location, location.argument_place(position), &[("path", path)]);
                found.fix = insert_first(location, "internal;");
                found
            })
        })
        .collect()
}

/// An edit that puts a directive at the beginning of a block, indented as the first one there.
fn insert_first(block: Directive<'_>, directive: &str) -> Option<Fix> {
    let first = block.children().find(|child| child.included_by() == block.included_by())?;
    let span = crate::source::Span::at(first.place().span.start);
    let replacement = format!("{directive} ");
    let description = format!("Put `{directive}` into the block");
    Some(Fix { description, edits: vec![Edit { span, replacement }], safe: false })
}
