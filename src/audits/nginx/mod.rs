//! The checks of nginx configurations that query files cannot express: what takes effect, over includes and inheritance.

mod access;
mod add_header_redefinition;
mod config;
mod cors;
mod exposed;
mod guard;
mod http_splitting;
mod input;
mod limits;
mod missing_headers;
mod open_redirect;
mod origin_regex;
mod proxying;
mod regexes;
mod ssrf_proxy;
mod tls;

pub(super) use access::{ALLOW_WITHOUT_DENY, RETURN_BYPASSES_ACL, SATISFY_ANY, SHADOWED};
pub(super) use add_header_redefinition::AUDIT as ADD_HEADER_REDEFINITION;
pub(super) use cors::{REFLECTION as CORS_REFLECTION, WILDCARD as CORS_WILDCARD};
pub(super) use exposed::{AUTOINDEX, DAV, DOTFILES, INTERNAL, PRIVATE_FILES, STATUS_PAGE, VERSION_SHOWN};
pub(super) use http_splitting::AUDIT as HTTP_SPLITTING;
pub(super) use limits::BODY_SIZE;
pub(super) use missing_headers::{HSTS as MISSING_HSTS, PAGE_HEADERS as MISSING_SECURITY_HEADERS};
pub(super) use open_redirect::AUDIT as OPEN_REDIRECT;
pub(super) use origin_regex::AUDIT as ORIGIN_REGEX;
pub(super) use proxying::{CACHE, DATASTORE, FORWARDED, H2C, HEADERS_LOST, RESOLVER, UNVERIFIED};
pub(super) use regexes::{GROUPS, REDOS};
pub(super) use ssrf_proxy::AUDIT as SSRF_PROXY;
pub(super) use tls::{
    AUTH_BASIC_CLEARTEXT, CATCH_ALL, CLIENT_CERTIFICATE, HARDENING, INSECURE_REDIRECT, MISDIRECTED, PLAIN_HTTP,
};
