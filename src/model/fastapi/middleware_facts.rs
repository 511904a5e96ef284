//! Reads what a middleware is and does.

use super::code::Code;
use super::headers::Headers;
use super::judge::Judge;
use super::middleware::{Middleware, MiddlewareKind};
use super::protection::{Evidence, EvidenceKind};
use super::refusal::{Refusal, refusal_of};
use super::words::words;
use crate::facts::python::{Expr, ExprKind, FunctionId, PythonFacts, ScopeId, Statement, StatementKind, visit_calls};
use crate::flow::Constant;
use crate::model::modules::{Class, Definition, Member, Modules};
use crate::model::{FileId, Place};

/// Middleware classes that are known, by their last name.
const KNOWN: &[(&str, MiddlewareKind)] = &[
    ("CORSMiddleware", MiddlewareKind::Cors),
    ("TrustedHostMiddleware", MiddlewareKind::TrustedHost),
    ("HTTPSRedirectMiddleware", MiddlewareKind::HttpsRedirect),
    ("SessionMiddleware", MiddlewareKind::Session),
    ("GZipMiddleware", MiddlewareKind::Compression),
    ("BrotliMiddleware", MiddlewareKind::Compression),
    ("ProxyHeadersMiddleware", MiddlewareKind::ProxyHeaders),
    ("AuthenticationMiddleware", MiddlewareKind::Authentication),
    ("SlowAPIMiddleware", MiddlewareKind::RateLimit),
    ("SlowAPIASGIMiddleware", MiddlewareKind::RateLimit),
    ("RateLimitMiddleware", MiddlewareKind::RateLimit),
    ("CSRFMiddleware", MiddlewareKind::Csrf),
    ("SecWeb", MiddlewareKind::SecurityHeaders),
    ("SecureHeadersMiddleware", MiddlewareKind::SecurityHeaders),
    ("SecurityHeadersMiddleware", MiddlewareKind::SecurityHeaders),
];

/// Headers that protect browsers.
const SECURITY_HEADERS: &[&str] = &[
    "strict-transport-security",
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cross-origin-embedder-policy",
];

/// The facts of one middleware, from its registration.
pub(super) fn middleware(
    modules: Modules<'_>,
    judge: &Judge<'_>,
    registered: &Code,
    class: Option<&Code>,
    function: Option<(FileId, FunctionId)>,
) -> Middleware {
    let named = class.and_then(|class| class.definition(modules)).as_ref().and_then(Class::of);
    let function = function.or_else(|| {
        let class = named.as_ref()?;
        ["dispatch", "__call__"].iter().find_map(|name| match modules.class_member(class, name) {
            Some(Member::Method(file, id)) => Some((file, id)),
            _ => None,
        })
    });
    let name: Box<str> = match (class, function) {
        (Some(class), _) => class.expr.last_name().unwrap_or_default().into(),
        (None, Some((file, id))) => modules.facts(file).map_or("", |facts| &*facts.function(id).name).into(),
        (None, None) => "".into(),
    };
    let mut found = Middleware {
        kind: MiddlewareKind::Other,
        name,
        place: class.map_or_else(|| registered.place(), Code::place),
        class: named,
        function,
        registered: registered.clone(),
        headers: Vec::new(),
        protection: super::Protection::default(),
        exempt: Vec::new(),
        only: Vec::new(),
    };
    if let Some((file, id)) = function
        && let Some(facts) = modules.facts(file)
    {
        let body = &facts.function(id).body;
        let scope = facts.function(id).scope;
        let mut headers = Headers::new(modules, file, facts, scope);
        headers.body(body, false);
        // `send_wrapper` of an ASGI middleware.
        for inner in facts.functions.iter().filter(|inner| inner.parent == scope) {
            headers.body(&inner.body, false);
        }
        found.headers = headers.found;
        let shown = judge.function(file, id, true);
        found.protection = shown.protection;
        let mut reading =
            Reading { modules, file, facts, scope, refuses: None, limits: None, exempt: Vec::new(), only: Vec::new() };
        reading.body(body);
        if let Some(refuses) = reading.refuses {
            let sentence = "answers 401 or 403";
            found.protection.refusal.get_or_insert(Evidence {
                place: refuses,
                kind: EvidenceKind::Refusal,
                sentence: sentence.into(),
            });
        }
        if let Some(place) = reading.limits {
            found.protection.rate_limit =
                Some(Evidence { place, kind: EvidenceKind::Refusal, sentence: "answers 429".into() });
        }
        found.exempt = reading.exempt;
        found.only = reading.only;
    }
    found.kind = kind(&found);
    found
}

fn kind(found: &Middleware) -> MiddlewareKind {
    let outside = match &found.class {
        Some(Class::External(name)) => name.rsplit('.').next().unwrap_or(name).to_owned(),
        _ => String::new(),
    };
    if let Some(&(_, kind)) = KNOWN.iter().find(|(name, _)| *name == outside) {
        return kind;
    }
    let words = words(if outside.is_empty() { &found.name } else { &outside });
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let sets_security = found.headers.iter().any(|header| SECURITY_HEADERS.contains(&&*header.name));
    if sets_security {
        MiddlewareKind::SecurityHeaders
    } else if found.headers.iter().any(|header| header.name.starts_with("access-control-")) || has(&["cors"]) {
        MiddlewareKind::Cors
    } else if found.protection.rate_limit.is_some() || super::limits::is_about_rate(&found.name) {
        MiddlewareKind::RateLimit
    } else if found.protection.authenticates() {
        MiddlewareKind::Authentication
    } else if has(&["csrf"]) {
        MiddlewareKind::Csrf
    } else if found.function.is_none() && has(&["secure", "security", "helmet", "csp", "hsts"]) {
        MiddlewareKind::SecurityHeaders
    } else if found.function.is_none() && has(&["auth", "authentication", "jwt", "keycloak"]) {
        MiddlewareKind::Authentication
    } else {
        MiddlewareKind::Other
    }
}

/// What a middleware's own statements answer, and for which paths.
struct Reading<'r, 'p> {
    modules: Modules<'p>,
    file: FileId,
    facts: &'r PythonFacts,
    scope: ScopeId,
    refuses: Option<Place>,
    limits: Option<Place>,
    exempt: Vec<Box<str>>,
    only: Vec<Box<str>>,
}

impl Reading<'_, '_> {
    fn body(&mut self, body: &[Statement]) {
        for statement in body {
            match &statement.kind {
                StatementKind::Return(Some(value)) | StatementKind::Raise(Some(value)) => self.answer(value),
                StatementKind::Expression(value) => self.answer(value),
                StatementKind::If(condition, then, otherwise) => {
                    let paths = self.paths(condition);
                    let before = self.refuses;
                    self.body(then);
                    if !paths.is_empty() {
                        if self.refuses != before {
                            self.only.extend(paths);
                        } else if goes_on(self.facts, then) {
                            self.exempt.extend(paths);
                        }
                    }
                    self.body(otherwise);
                }
                _ => {
                    for inner in statement.bodies() {
                        self.body(inner);
                    }
                }
            }
        }
    }

    fn answer(&mut self, value: &Expr) {
        let Some(call) = value.as_awaited_call() else { return };
        let code = Code { file: self.file, scope: self.scope, expr: value.clone() };
        let status = code.keyword(self.modules, "status_code").or_else(|| code.argument(0, "status_code"));
        let status = status.and_then(|status| super::refusal::status_of(self.modules, &status));
        let is_answer = call
            .name()
            .is_some_and(|name| name.ends_with("Response") || name.ends_with("Exception") || name == "response");
        if status == Some(429) && is_answer {
            self.limits = Some(code.place());
        } else if matches!(status, Some(401 | 403)) && is_answer
            || matches!(refusal_of(self.modules, &code), Some(Refusal::Unauthorised | Refusal::Forbidden))
                && call.name().is_some_and(|name| !name.ends_with("Response"))
        {
            self.refuses = Some(code.place());
        }
    }

    /// Paths written out in a condition on the request's path.
    fn paths(&self, condition: &Expr) -> Vec<Box<str>> {
        let asks = condition.any(&|expr| {
            matches!(&expr.kind, ExprKind::Attribute(_, name) if &**name == "path")
                || matches!(expr.as_name(), Some("path" | "url_path"))
        });
        if !asks {
            return Vec::new();
        }
        let mut paths: Vec<Box<str>> = Vec::new();
        let mut add = |text: &str| {
            if text.starts_with('/') && !paths.iter().any(|path| &**path == text) {
                paths.push(text.into());
            }
        };
        condition.walk(&mut |expr| match &expr.kind {
            ExprKind::Constant(Constant::Str(text)) => add(text),
            ExprKind::Name(_) | ExprKind::Attribute(..) => {
                let code = Code { file: self.file, scope: self.scope, expr: expr.clone() };
                if matches!(code.definition(self.modules), Some(Definition::Variable(..))) {
                    for item in code.items(self.modules) {
                        if let Some(text) = item.string(self.modules) {
                            add(&text);
                        }
                    }
                }
            }
            _ => {}
        });
        paths
    }
}

/// Whether a branch hands the request on: `return await call_next(request)`.
fn goes_on(facts: &PythonFacts, body: &[Statement]) -> bool {
    let mut goes_on = false;
    visit_calls(facts, body, &mut |call, _| {
        goes_on = goes_on || matches!(call.name(), Some("call_next" | "app"));
    });
    goes_on
}
