//! The checks of nginx configurations that query files cannot express: what takes effect, over includes and inheritance.

mod add_header_redefinition;
mod config;
mod cors;
mod http_splitting;
mod input;
mod missing_headers;
mod open_redirect;
mod origin_regex;
mod ssrf_proxy;

pub(super) use add_header_redefinition::AUDIT as ADD_HEADER_REDEFINITION;
pub(super) use cors::{REFLECTION as CORS_REFLECTION, WILDCARD as CORS_WILDCARD};
pub(super) use http_splitting::AUDIT as HTTP_SPLITTING;
pub(super) use missing_headers::{HSTS as MISSING_HSTS, PAGE_HEADERS as MISSING_SECURITY_HEADERS};
pub(super) use open_redirect::AUDIT as OPEN_REDIRECT;
pub(super) use origin_regex::AUDIT as ORIGIN_REGEX;
pub(super) use ssrf_proxy::AUDIT as SSRF_PROXY;
