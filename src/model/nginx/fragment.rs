//! At which level of a configuration the directives of a file can stand, where no include says so.

use crate::facts::nginx::{NginxFacts, Written};

/// A level of nginx's configuration: what a block, or the whole of a file, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Outside all blocks of a main file.
    Main,
    /// `http { }`.
    Http,
    /// `server { }` of `http`.
    Server,
    /// `location { }`.
    Location,
    /// `if () { }` at any level.
    If,
    /// `limit_except { }`.
    LimitExcept,
    /// `stream { }`.
    Stream,
    /// `server { }` of `stream`.
    StreamServer,
    /// `upstream { }`.
    Upstream,
    /// A snippet that can stand at several levels and is included by no file of the project.
    Snippet,
    /// Any other block: `events`, `map`, `types`, `mail`, ...
    Other,
}

const MAIN: [&str; 16] = [
    "events",
    "http",
    "stream",
    "mail",
    "user",
    "worker_processes",
    "pid",
    "load_module",
    "worker_rlimit_nofile",
    "daemon",
    "master_process",
    "env",
    "pcre_jit",
    "working_directory",
    "worker_cpu_affinity",
    "timer_resolution",
];

const HTTP: [&str; 14] = [
    "server",
    "upstream",
    "map",
    "geo",
    "split_clients",
    "log_format",
    "limit_req_zone",
    "limit_conn_zone",
    "proxy_cache_path",
    "fastcgi_cache_path",
    "server_names_hash_bucket_size",
    "server_names_hash_max_size",
    "lua_shared_dict",
    "map_hash_bucket_size",
];

const SERVER: [&str; 3] = ["location", "listen", "server_name"];

/// Directives that only a server or location of `http` can hold.
const HTTP_SERVER: [&str; 11] = [
    "location",
    "root",
    "index",
    "return",
    "add_header",
    "proxy_set_header",
    "rewrite",
    "if",
    "try_files",
    "client_max_body_size",
    "server_tokens",
];

/// The level of a file's outermost directives.
pub(super) fn level_of(facts: &NginxFacts) -> Level {
    let end = u32::try_from(facts.len()).unwrap_or(u32::MAX);
    let mut level = Level::Snippet;
    for at in facts.among(0..end) {
        let directive = facts.directive(at);
        let name = facts.name(directive);
        // `server 10.0.0.1;` belongs in an upstream.
        let is_block_missing = matches!(name, "server" | "upstream" | "location") && directive.block.is_none();
        if MAIN.contains(&name) {
            return Level::Main;
        } else if HTTP.contains(&name) && !is_block_missing {
            if level != Level::Http {
                level = Level::Http;
            }
        } else if SERVER.contains(&name) && !is_block_missing && level == Level::Snippet {
            level = Level::Server;
        }
    }
    if level == Level::Http && is_stream(facts, end) {
        return Level::Stream;
    }
    level
}

/// Whether all servers of a fragment forward connections, not requests.
fn is_stream(facts: &NginxFacts, end: u32) -> bool {
    let mut servers = facts
        .among(0..end)
        .map(|at| (at, facts.directive(at)))
        .filter(|(_, directive)| facts.name(directive) == "server" && directive.block.is_some())
        .peekable();
    servers.peek().is_some() && servers.all(|(at, server)| is_stream_server(facts, at, server))
}

fn is_stream_server(facts: &NginxFacts, at: u32, server: &Written) -> bool {
    let mut forwards = false;
    for inside in facts.among(at + 1..server.end) {
        let directive = facts.directive(inside);
        match facts.name(directive) {
            "proxy_pass" => forwards = true,
            "server_name" => return false,
            name if HTTP_SERVER.contains(&name) => return false,
            _ => {}
        }
    }
    forwards
}
