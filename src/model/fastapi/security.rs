//! The schemes of `fastapi.security`.

use super::code::Code;
use crate::model::Place;
use crate::model::modules::{Class, Modules};

/// Where a scheme reads the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SchemeKind {
    /// `OAuth2PasswordBearer`, `OAuth2AuthorizationCodeBearer`, `OAuth2`.
    OAuth2,
    /// `OpenIdConnect`.
    OpenIdConnect,
    Bearer,
    Basic,
    Digest,
    ApiKeyHeader,
    ApiKeyCookie,
    ApiKeyQuery,
}

/// A scheme: it reads credentials and looks no further than whether there are any.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scheme {
    /// Where it reads them.
    pub kind: SchemeKind,
    /// Whether it answers 401 or 403 by itself when there are none.
    pub auto_error: bool,
    /// Where it is made.
    pub place: Place,
}

/// By the class's last name.
const KINDS: &[(&str, SchemeKind)] = &[
    ("OAuth2PasswordBearer", SchemeKind::OAuth2),
    ("OAuth2AuthorizationCodeBearer", SchemeKind::OAuth2),
    ("OAuth2", SchemeKind::OAuth2),
    ("OpenIdConnect", SchemeKind::OpenIdConnect),
    ("HTTPBearer", SchemeKind::Bearer),
    ("HTTPBasic", SchemeKind::Basic),
    ("HTTPDigest", SchemeKind::Digest),
    ("APIKeyHeader", SchemeKind::ApiKeyHeader),
    ("APIKeyCookie", SchemeKind::ApiKeyCookie),
    ("APIKeyQuery", SchemeKind::ApiKeyQuery),
];

/// The kind of a scheme's class by its qualified name.
pub(super) fn scheme_kind(qualified: &str) -> Option<SchemeKind> {
    let last = qualified.rsplit('.').next().unwrap_or(qualified);
    let is_fastapis = qualified.starts_with("fastapi.") || !qualified.contains('.');
    KINDS.iter().find(|(name, _)| *name == last && is_fastapis).map(|&(_, kind)| kind)
}

/// The kind of scheme that a class is or inherits from.
pub(super) fn scheme_class(modules: Modules<'_>, class: &Class) -> Option<SchemeKind> {
    modules.ancestry(class).iter().find_map(|class| match class {
        Class::External(name) => scheme_kind(name),
        Class::Local(..) => None,
    })
}

/// Whether the call that makes a scheme leaves `auto_error` on.
pub(super) fn auto_error(modules: Modules<'_>, made: &Code) -> bool {
    let given = made.keyword(modules, "auto_error");
    given.is_none_or(|given| given.constant(modules) != Some(crate::flow::Constant::Bool(false)))
}
