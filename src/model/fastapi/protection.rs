//! What a dependency, a handler, a decorator or a middleware does about who is asking, with the places that show it.

use super::dependency::DependencyId;
use crate::model::Place;

/// What a judgement rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Where it shows.
    pub place: Place,
    /// What kind of thing shows there.
    pub kind: EvidenceKind,
    /// One sentence without a final stop: "decodes a token".
    pub sentence: Box<str>,
}

/// What kind of thing a judgement rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// A scheme of `fastapi.security` is reached.
    Scheme,
    /// A token is decoded or verified.
    Token,
    /// A session is read.
    Session,
    /// A header is read.
    Header,
    /// A cookie is read.
    Cookie,
    /// A secret or signature is compared.
    Comparison,
    /// A password is verified.
    Password,
    /// An exception is raised or a connection closed.
    Refusal,
    /// Something known of a package outside of the project.
    Package,
    /// A condition on roles, scopes or ownership.
    Condition,
    /// Nothing but its name.
    Name,
}

/// What something does about who is asking.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Protection {
    /// How it finds out who is asking: a scheme, a token, a session, a header or key.
    pub authentication: Option<Evidence>,
    /// How it refuses a request whose sender it does not know. Without it, a sender is optional.
    pub refusal: Option<Evidence>,
    /// What shows that credentials are checked, not only asked for. A scheme alone asks for them only.
    pub verification: Option<Evidence>,
    /// What shows that the sender's rights (role, scope, ownership) are checked, not only who it is.
    pub authorisation: Option<Evidence>,
    /// A setting or mode that lets every request pass.
    pub bypass: Option<Evidence>,
    /// What limits how often it may be called.
    pub rate_limit: Option<Evidence>,
}

impl Protection {
    /// Whether requests of unknown senders are refused.
    pub const fn authenticates(&self) -> bool {
        self.authentication.is_some() && self.refusal.is_some()
    }

    /// Whether senders are recognised but unknown ones pass.
    pub const fn is_optional(&self) -> bool {
        self.authentication.is_some() && self.refusal.is_none()
    }

    /// Takes over what another one adds: each judgement from the first that has it.
    pub(super) fn absorb(&mut self, other: &Self) {
        for (own, other) in [
            (&mut self.authentication, &other.authentication),
            (&mut self.refusal, &other.refusal),
            (&mut self.verification, &other.verification),
            (&mut self.authorisation, &other.authorisation),
            (&mut self.bypass, &other.bypass),
            (&mut self.rate_limit, &other.rate_limit),
        ] {
            if own.is_none() {
                own.clone_from(other);
            }
        }
    }
}

/// What stands between a request and a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// What it is.
    pub by: GuardKind,
    /// Its name as written.
    pub name: Box<str>,
    /// Where it is put in front of the route: `Depends(...)`, the decorator, the middleware's registration.
    pub place: Place,
    /// What shows that it guards.
    pub evidence: Evidence,
}

/// What kind of thing a guard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardKind {
    Dependency(DependencyId),
    /// A decorator below the route's own.
    Decorator,
    /// The handler's own statements.
    Handler,
    /// A middleware of the application.
    Middleware,
}
