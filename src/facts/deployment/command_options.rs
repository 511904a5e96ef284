//! The options of the servers: their long names, and which of them take a value.
//!
//! From the servers' own documentation: uvicorn «Settings», gunicorn «Settings», hypercorn «Configuring», granian
//! «Options», daphne `--help`, «FastAPI CLI», flask `run --help`, waitress «Arguments», uwsgi «Options».

use super::command::Server;

/// Short names, and long ones that mean the same as another.
const ALIASES: &[(Server, &str, &str)] = &[
    (Server::Gunicorn, "-b", "bind"),
    (Server::Gunicorn, "-w", "workers"),
    (Server::Gunicorn, "-k", "worker-class"),
    (Server::Gunicorn, "-c", "config"),
    (Server::Gunicorn, "-t", "timeout"),
    (Server::Gunicorn, "-u", "user"),
    (Server::Gunicorn, "-g", "group"),
    (Server::Gunicorn, "-m", "umask"),
    (Server::Gunicorn, "-e", "env"),
    (Server::Gunicorn, "-n", "name"),
    (Server::Gunicorn, "-p", "pid"),
    (Server::Gunicorn, "-D", "daemon"),
    (Server::Gunicorn, "-R", "enable-stdio-inheritance"),
    (Server::Gunicorn, "--error-logfile", "error-logfile"),
    (Server::Gunicorn, "--log-file", "error-logfile"),
    (Server::Hypercorn, "-b", "bind"),
    (Server::Hypercorn, "-w", "workers"),
    (Server::Hypercorn, "-k", "worker-class"),
    (Server::Hypercorn, "-c", "config"),
    (Server::Hypercorn, "-g", "group"),
    (Server::Hypercorn, "-u", "user"),
    (Server::Hypercorn, "-p", "pid"),
    (Server::Hypercorn, "-m", "umask"),
    (Server::Daphne, "-b", "host"),
    (Server::Daphne, "--bind", "host"),
    (Server::Daphne, "-p", "port"),
    (Server::Daphne, "-u", "uds"),
    (Server::Daphne, "-e", "endpoint"),
    (Server::Daphne, "-v", "verbosity"),
    (Server::Daphne, "-t", "http-timeout"),
    (Server::Flask, "-h", "host"),
    (Server::Flask, "-p", "port"),
    (Server::Flask, "-A", "app"),
    (Server::Granian, "--ssl-certificate", "ssl-certfile"),
    (Server::Hypercorn, "--certfile", "ssl-certfile"),
    (Server::Hypercorn, "--keyfile", "ssl-keyfile"),
    (Server::Gunicorn, "--certfile", "ssl-certfile"),
    (Server::Gunicorn, "--keyfile", "ssl-keyfile"),
];

/// Options that are switches; all others take a value.
const SWITCHES: &[&str] = &[
    "reload",
    "no-reload",
    "debug",
    "no-debug",
    "proxy-headers",
    "no-proxy-headers",
    "access-log",
    "no-access-log",
    "server-header",
    "no-server-header",
    "date-header",
    "no-date-header",
    "use-colors",
    "no-use-colors",
    "factory",
    "version",
    "help",
    "interface",
    "preload",
    "daemon",
    "check-config",
    "print-config",
    "spew",
    "capture-output",
    "reuse-port",
    "no-sendfile",
    "initgroups",
    "enable-stdio-inheritance",
    "disable-redirect-access-to-syslog",
    "log-syslog",
    "proxy-protocol",
    "suppress-ragged-eofs",
    "do-handshake-on-connect",
    "permit-obsolete-folding",
    "strip-header-spaces",
    "permit-unconventional-http-method",
    "permit-unconventional-http-version",
    "casefold-http-method",
    "tolerate-dangerous-framing",
    "ws-per-message-deflate-off",
    "debugger",
    "no-debugger",
    "with-threads",
    "without-threads",
    "ssl-client-verify",
    "no-ssl-client-verify",
    "expose-tracebacks",
    "clear-untrusted-proxy-headers",
    "no-clear-untrusted-proxy-headers",
    "master",
    "enable-threads",
    "respawn-failed-workers",
    "no-respawn-failed-workers",
    "no-ws",
    "process-name-off",
];

/// The long name of an option as it is written on a command line, without dashes.
pub(super) fn canonical(server: Server, written: &str) -> String {
    let alias = ALIASES.iter().find(|(of, alias, _)| *of == server && *alias == written);
    match alias {
        Some((_, _, name)) => (*name).to_owned(),
        None => written.trim_start_matches('-').replace('_', "-"),
    }
}

/// Whether an option takes no value. Some names are a switch of one server and take a value of another.
pub(super) fn is_switch(server: Server, name: &str) -> bool {
    match (server, name) {
        (Server::Granian, "interface") | (Server::Granian, "ws" | "access-log-fmt") => false,
        (Server::Daphne, "proxy-headers") | (Server::Granian, "ws-off" | "threading") => true,
        // gunicorn's switches of TLS take a value; `--ssl-client-verify` is granian's.
        (Server::Uvicorn, "interface") => false,
        _ => SWITCHES.contains(&name),
    }
}

/// The server's own address and port where the command names none; `None` for a server that must be told.
pub(super) fn default_bind(server: Server, is_development: bool) -> Option<(&'static str, &'static str)> {
    match server {
        Server::Uvicorn | Server::Gunicorn | Server::Hypercorn | Server::Granian | Server::Daphne => {
            Some(("127.0.0.1", "8000"))
        }
        Server::FastApi if is_development => Some(("127.0.0.1", "8000")),
        Server::FastApi => Some(("0.0.0.0", "8000")),
        Server::Flask => Some(("127.0.0.1", "5000")),
        Server::Waitress => Some(("0.0.0.0", "8080")),
        Server::Uwsgi => None,
    }
}
