//! Judges functions: does one find out who is asking, does it refuse, does it check rights.
//!
//! It reads statements with what is known of names across files. What a function calls in the project is read too, a few
//! calls deep. Everything that is not understood counts as no protection.

use super::code::Code;
use super::protection::{Evidence, EvidenceKind, Protection};
use super::refusal::{Refusal, refusal_of};
use super::words::{
    is_about_account_state, is_about_authentication, is_about_rights, is_credential, is_credential_header, is_switch,
};
use crate::facts::python::{
    Call, Expr, ExprKind, Function, FunctionId, PythonFacts, ScopeId, Statement, StatementKind, visit_statements,
};
use crate::model::modules::{Definition, Modules};
use crate::model::{FileId, Place};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;

/// Calls of calls that are read.
const MAX_DEPTH: u32 = 4;
/// Functions read for one question.
const MAX_FUNCTIONS: u32 = 60;

/// What the statements of one function show by themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    pub(super) protection: Protection,
    /// A path on which the sender is unknown and nothing is refused: `if not token: return None`.
    pub(super) passes_unknown: bool,
}

/// Reads functions, each once.
#[derive(Debug)]
pub(super) struct Judge<'p> {
    modules: Modules<'p>,
    known: RefCell<FxHashMap<(FileId, FunctionId), Shown>>,
    open: RefCell<FxHashSet<(FileId, FunctionId)>>,
}

/// The walk through one function.
struct Walk<'j, 'p> {
    judge: &'j Judge<'p>,
    file: FileId,
    facts: &'p PythonFacts,
    scope: ScopeId,
    shown: Shown,
    /// Names that hold what a sender proves itself with, or who it is.
    credentials: FxHashSet<Box<str>>,
    conditions: Vec<&'p Expr>,
    /// Whether exceptions of what is called are caught and not raised again.
    swallows: bool,
    depth: u32,
    budget: u32,
}

impl<'p> Judge<'p> {
    pub(super) fn new(modules: Modules<'p>) -> Self {
        Self { modules, known: RefCell::default(), open: RefCell::default() }
    }

    /// What a function shows. `with_inner`: functions in it are read as if they were called, as those of a decorator are.
    pub(super) fn function(&self, file: FileId, id: FunctionId, with_inner: bool) -> Shown {
        self.at(file, id, with_inner, MAX_DEPTH, MAX_FUNCTIONS)
    }

    fn at(&self, file: FileId, id: FunctionId, with_inner: bool, depth: u32, budget: u32) -> Shown {
        let key = (file, id);
        if !with_inner && let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let Some(facts) = self.modules.facts(file) else { return Shown::default() };
        if depth == 0 || budget == 0 || !self.open.borrow_mut().insert(key) {
            return Shown::default();
        }
        let function = facts.function(id);
        let mut walk = Walk {
            judge: self,
            file,
            facts,
            scope: function.scope,
            shown: Shown::default(),
            credentials: FxHashSet::default(),
            conditions: Vec::new(),
            swallows: false,
            depth,
            budget,
        };
        walk.parameters(function);
        walk.body(&function.body, with_inner);
        walk.conclude();
        let shown = walk.shown;
        self.open.borrow_mut().remove(&key);
        // What was cut short may show more when it is asked for first.
        if !with_inner && depth == MAX_DEPTH {
            self.known.borrow_mut().insert(key, shown.clone());
        }
        shown
    }
}

impl<'p> Walk<'_, 'p> {
    fn place(&self, expr: &Expr) -> Place {
        Place { file: self.file, span: expr.span }
    }

    fn code(&self, expr: &Expr) -> Code {
        Code { file: self.file, scope: self.scope, expr: expr.clone() }
    }

    fn authentication(&mut self, expr: &Expr, kind: EvidenceKind, sentence: &str) {
        let place = self.place(expr);
        let slot = &mut self.shown.protection.authentication;
        // A token or a comparison says more than a header that is read.
        let is_weaker = slot.as_ref().is_none_or(|own| {
            matches!(own.kind, EvidenceKind::Header | EvidenceKind::Cookie | EvidenceKind::Name)
                && !matches!(kind, EvidenceKind::Header | EvidenceKind::Cookie | EvidenceKind::Name)
        });
        if is_weaker {
            *slot = Some(Evidence { place, kind, sentence: sentence.into() });
        }
    }

    fn verification(&mut self, expr: &Expr, kind: EvidenceKind, sentence: &str) {
        let place = self.place(expr);
        self.shown.protection.verification.get_or_insert(Evidence { place, kind, sentence: sentence.into() });
    }

    /// Parameters that FastAPI fills from headers and cookies, and those that hold what a dependency found out.
    fn parameters(&mut self, function: &'p Function) {
        for parameter in &function.parameters {
            let parts = parameter.default.iter().chain(&parameter.annotation);
            let mut marker = None;
            for part in parts {
                part.walk(&mut |expr| {
                    if let Some(call) = expr.as_call()
                        && let Some(name @ ("Header" | "Cookie" | "Depends" | "Security")) = call.name()
                    {
                        marker.get_or_insert((name, expr));
                    }
                });
            }
            match marker {
                Some((name @ ("Header" | "Cookie"), expr)) if is_credential_header(&parameter.name) => {
                    self.credentials.insert(parameter.name.clone());
                    let (kind, what) = if name == "Header" {
                        (EvidenceKind::Header, "reads a header that carries credentials")
                    } else {
                        (EvidenceKind::Cookie, "reads a cookie that carries credentials")
                    };
                    self.authentication(expr, kind, what);
                }
                // What a dependency found out: by the name of the dependency or of the parameter.
                Some(("Depends" | "Security", expr)) => {
                    let target = expr
                        .as_call()
                        .and_then(|call| call.arguments.first())
                        .and_then(|target| target.as_call().map_or(target, |call| &call.callee).last_name());
                    let by_target = target.is_some_and(|name| {
                        is_credential(name)
                            || is_about_authentication(name)
                            || is_about_rights(name)
                            || name.contains("security")
                            || name.contains("scheme")
                    });
                    if by_target
                        || is_credential(&parameter.name)
                        || is_about_authentication(&parameter.name)
                        || is_sender(&parameter.name)
                    {
                        self.credentials.insert(parameter.name.clone());
                    }
                }
                Some(_) => {}
                None if is_credential(&parameter.name) || parameter.annotation.as_ref().is_some_and(is_alias) => {
                    self.credentials.insert(parameter.name.clone());
                }
                None => {}
            }
        }
    }

    fn body(&mut self, body: &'p [Statement], with_inner: bool) {
        for statement in body {
            self.statement(statement, with_inner);
        }
    }

    fn statement(&mut self, statement: &'p Statement, with_inner: bool) {
        for expr in statement.exprs(self.facts) {
            expr.walk(&mut |expr| self.expr(expr));
        }
        match &statement.kind {
            StatementKind::Assign(id) => {
                let assignment = self.facts.assignment(*id);
                // `user = await load(token)`: the name holds who is asking from here on.
                if let (Some(name), Some(value)) = (assignment.target.as_name(), &assignment.value)
                    && self.mentions_credentials(value)
                {
                    self.credentials.insert(name.into());
                }
            }
            StatementKind::Raise(raised) => {
                if let Some(raised) = raised {
                    self.raised(raised);
                }
            }
            StatementKind::If(condition, then, otherwise) => {
                self.branch(condition, then);
                self.conditions.push(condition);
                self.body(then, with_inner);
                self.conditions.pop();
                self.conditions.push(condition);
                self.body(otherwise, with_inner);
                self.conditions.pop();
            }
            StatementKind::Try { body, handlers, otherwise, finally } => {
                let outer = self.swallows;
                let refuses = |body: &[Statement]| ends_in_refusal(body);
                self.swallows =
                    outer || (!handlers.is_empty() && !handlers.iter().all(|handler| refuses(&handler.body)));
                self.body(body, with_inner);
                self.swallows = outer;
                for handler in handlers {
                    self.body(&handler.body, with_inner);
                }
                self.body(otherwise, with_inner);
                self.body(finally, with_inner);
            }
            StatementKind::Assert(condition) if is_about_sender(condition, &self.credentials) => {
                let place = self.place(condition);
                let evidence =
                    Evidence { place, kind: EvidenceKind::Refusal, sentence: "asserts who is asking".into() };
                self.shown.protection.refusal.get_or_insert(evidence);
            }
            StatementKind::Function(id) if with_inner => {
                let function = self.facts.function(*id);
                self.parameters(function);
                let outer = std::mem::replace(&mut self.scope, function.scope);
                self.body(&function.body, with_inner);
                self.scope = outer;
            }
            _ => {
                for inner in statement.bodies() {
                    self.body(inner, with_inner);
                }
            }
        }
    }

    /// `if not token: return None`, `if not settings.auth_enabled: return user`.
    fn branch(&mut self, condition: &'p Expr, then: &'p [Statement]) {
        let Some(StatementKind::Return(value)) = then.last().map(|last| &last.kind) else { return };
        if then.iter().any(|statement| matches!(statement.kind, StatementKind::Raise(_))) {
            return;
        }
        let mut switch = None;
        condition.walk(&mut |expr| {
            if let Some(name) = expr.last_name()
                && is_switch(name)
                && switch.is_none()
            {
                switch = Some(expr);
            }
        });
        if let Some(switch) = switch {
            let place = self.place(switch);
            let sentence = "lets every request pass under this condition";
            let evidence = Evidence { place, kind: EvidenceKind::Condition, sentence: sentence.into() };
            self.shown.protection.bypass.get_or_insert(evidence);
            return;
        }
        let gives_nothing = value.as_ref().is_none_or(|value| {
            value.is_none()
                || value.as_bool() == Some(false)
                || value.as_call().is_some_and(|call| {
                    call.name().is_some_and(|name| name.contains("nonymous") || name.contains("Guest"))
                })
        });
        if gives_nothing && tests_for_nothing(condition, &self.credentials) {
            self.shown.passes_unknown = true;
        }
    }

    fn mentions_credentials(&self, expr: &Expr) -> bool {
        expr.any(&|expr| match &expr.kind {
            ExprKind::Name(name) => self.credentials.contains(name),
            ExprKind::Attribute(_, name) => matches!(&**name, "session" | "cookies") || is_credential(name),
            ExprKind::Call(call) => call.name() == Some("get") && reads_credential_header(call),
            ExprKind::Subscript(object, index) => {
                is_request_headers(object) && index.first().and_then(Expr::as_str).is_some_and(is_credential_header)
            }
            _ => false,
        })
    }

    fn expr(&mut self, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::Call(call) => self.call(expr, call),
            ExprKind::Attribute(object, name) => match (&**name, object.last_name()) {
                ("session", Some("request" | "req" | "websocket" | "ws" | "conn" | "connection")) => {
                    self.authentication(expr, EvidenceKind::Session, "reads the session");
                    self.verification(expr, EvidenceKind::Session, "reads the session, which is signed");
                }
                ("user", Some("request" | "req" | "websocket" | "state")) => {
                    self.authentication(expr, EvidenceKind::Session, "reads the user that a middleware found");
                }
                ("cookies", Some("request" | "req" | "websocket" | "ws")) => {
                    self.authentication(expr, EvidenceKind::Cookie, "reads the cookies");
                }
                _ => {}
            },
            ExprKind::Subscript(object, index) => {
                let key = index.first().and_then(Expr::as_str);
                if is_request_headers(object) && key.is_some_and(is_credential_header) {
                    self.authentication(expr, EvidenceKind::Header, "reads a header that carries credentials");
                }
            }
            ExprKind::Compare(operator, operands) if matches!(&**operator, "==" | "!=" | "in" | "not in") => {
                let by_name = |operand: &Expr| match &operand.kind {
                    ExprKind::Name(name) => self.credentials.contains(name) || is_credential(name),
                    ExprKind::Attribute(_, name) => is_credential(name),
                    _ => false,
                };
                let is_plain = operands.iter().any(|operand| operand.as_str().is_some_and(|text| text.len() < 12));
                if !is_plain && operands.iter().any(by_name) {
                    self.verification(expr, EvidenceKind::Comparison, "compares what the sender gave");
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, expr: &'p Expr, call: &'p Call) {
        let Some(name) = call.name() else { return };
        let gives_credentials = call.arguments.iter().any(|argument| self.mentions_credentials(argument))
            || call.keywords.iter().any(|keyword| self.mentions_credentials(&keyword.value));
        if reads_credential_header(call) {
            self.authentication(expr, EvidenceKind::Header, "reads a header that carries credentials");
        }
        let definition = self.judge.modules.resolve(self.file, self.scope, &call.callee);
        let outside = definition.as_ref().and_then(Definition::external).unwrap_or_default();
        let known = known_call(name, outside, call);
        if let Some((kind, sentence)) = known {
            self.authentication(expr, kind, sentence);
            self.verification(expr, kind, sentence);
            if kind == EvidenceKind::Token && !self.swallows {
                let place = self.place(expr);
                let refusal = Evidence {
                    place,
                    kind: EvidenceKind::Refusal,
                    sentence: "raises when the token is not valid".into(),
                };
                self.shown.protection.refusal.get_or_insert(refusal);
            }
            return;
        }
        match definition {
            Some(Definition::Function(file, id)) if self.depth > 1 && self.budget > 0 => {
                self.budget -= 1;
                let inner = self.judge.at(file, id, false, self.depth - 1, self.budget);
                let own = &mut self.shown.protection;
                if inner.protection.authentication.is_some()
                    && own
                        .authentication
                        .as_ref()
                        .is_none_or(|own| own.kind == EvidenceKind::Header && inner.protection.verification.is_some())
                {
                    own.authentication.clone_from(&inner.protection.authentication);
                }
                if own.verification.is_none() {
                    own.verification.clone_from(&inner.protection.verification);
                }
                let is_certain = !inner.passes_unknown && !self.swallows;
                if own.refusal.is_none() && is_certain {
                    own.refusal.clone_from(&inner.protection.refusal);
                }
                if own.authorisation.is_none() && !self.swallows {
                    own.authorisation.clone_from(&inner.protection.authorisation);
                }
                if gives_credentials {
                    self.verification(expr, EvidenceKind::Token, "hands what the sender gave to a check");
                }
            }
            Some(Definition::External(_)) | None => {
                if is_about_authentication(name) && (gives_credentials || call.arguments.iter().any(is_request)) {
                    self.authentication(expr, EvidenceKind::Name, "calls what by its name finds out who is asking");
                }
                if gives_credentials {
                    self.verification(expr, EvidenceKind::Name, "looks up what the sender gave");
                }
                // `websocket.close(code=1008)`.
                if name == "close" && call.argument(0, "code").is_some() {
                    let place = self.place(expr);
                    let refusal =
                        Evidence { place, kind: EvidenceKind::Refusal, sentence: "closes the connection".into() };
                    self.shown.protection.refusal.get_or_insert(refusal);
                }
            }
            _ => {}
        }
    }

    fn raised(&mut self, raised: &'p Expr) {
        let Some(refusal) = refusal_of(self.judge.modules, &self.code(raised)) else { return };
        let place = self.place(raised);
        let condition = self.conditions.last().copied();
        let about_rights =
            condition.is_some_and(|condition| condition.any(&|expr| expr.last_name().is_some_and(is_about_rights)));
        let about_state = condition
            .is_some_and(|condition| condition.any(&|expr| expr.last_name().is_some_and(is_about_account_state)));
        let about_sender = condition.is_some_and(|condition| is_about_sender(condition, &self.credentials));
        let is_right = about_rights && refusal != Refusal::Other
            || refusal == Refusal::Forbidden
                && about_sender
                && !about_state
                && !self.conditions.iter().any(|it| tests_for_nothing(it, &self.credentials));
        if is_right && condition.is_some() {
            let evidence =
                Evidence { place, kind: EvidenceKind::Condition, sentence: "refuses senders without the right".into() };
            self.shown.protection.authorisation.get_or_insert(evidence);
        }
        let refuses = match refusal {
            Refusal::Unauthorised | Refusal::Forbidden => true,
            // A 404 or a 400 refuses a sender only where the condition is about the sender.
            Refusal::Other => about_sender,
        };
        if refuses {
            let evidence = Evidence { place, kind: EvidenceKind::Refusal, sentence: "refuses the request".into() };
            self.shown.protection.refusal.get_or_insert(evidence);
        }
    }

    /// A comparison with a secret recognises the sender where there was nothing better.
    fn conclude(&mut self) {
        let protection = &mut self.shown.protection;
        if protection.authentication.is_none()
            && let Some(verification) = &protection.verification
            && matches!(verification.kind, EvidenceKind::Comparison | EvidenceKind::Token | EvidenceKind::Password)
            && protection.refusal.is_some()
        {
            protection.authentication = Some(verification.clone());
        }
    }
}

/// Whether every way through a handler's or branch's statements ends in an exception.
fn ends_in_refusal(body: &[Statement]) -> bool {
    let mut raises = false;
    visit_statements(body, &mut |statement| raises = raises || matches!(statement.kind, StatementKind::Raise(_)));
    raises
}

/// `request.headers`: not those of a response, and not those of a request that is sent.
fn is_request_headers(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Attribute(object, name) => {
            &**name == "headers"
                && matches!(
                    object.last_name(),
                    Some("request" | "req" | "websocket" | "ws" | "conn" | "connection" | "self")
                )
        }
        _ => false,
    }
}

fn is_sender(name: &str) -> bool {
    matches!(name, "user" | "current_user" | "account" | "member" | "payload" | "claims" | "principal" | "identity")
}

/// `CurrentUser`: an annotation by a name that is about who is asking.
fn is_alias(annotation: &Expr) -> bool {
    annotation
        .last_name()
        .is_some_and(|name| is_about_authentication(name) && !matches!(name, "AsyncSession" | "Session" | "SessionDep"))
}

fn is_request(expr: &Expr) -> bool {
    matches!(expr.as_name(), Some("request" | "req" | "websocket" | "ws"))
}

fn is_about_sender(condition: &Expr, credentials: &FxHashSet<Box<str>>) -> bool {
    condition.any(&|expr| match &expr.kind {
        ExprKind::Name(name) => {
            credentials.contains(name)
                || is_credential(name)
                || matches!(&**name, "user" | "current_user" | "payload" | "claims" | "username")
        }
        ExprKind::Attribute(_, name) => matches!(&**name, "session" | "cookies") || is_credential(name),
        ExprKind::Call(call) => {
            reads_credential_header(call)
                || call.name().is_some_and(|name| {
                    matches!(name, "compare_digest" | "verify" | "checkpw") || is_about_authentication(name)
                })
        }
        _ => false,
    })
}

/// `not token`, `token is None`, `not request.session.get("user")`.
fn tests_for_nothing(condition: &Expr, credentials: &FxHashSet<Box<str>>) -> bool {
    match &condition.kind {
        ExprKind::Not(inner) => is_about_sender(inner, credentials),
        ExprKind::Compare(operator, operands) => {
            matches!(&**operator, "is" | "==")
                && operands.iter().any(Expr::is_none)
                && is_about_sender(condition, credentials)
        }
        ExprKind::Or(both) => tests_for_nothing(&both.0, credentials) || tests_for_nothing(&both.1, credentials),
        _ => false,
    }
}

/// `request.headers.get("Authorization")`.
fn reads_credential_header(call: &Call) -> bool {
    call.name() == Some("get")
        && call.receiver().is_some_and(is_request_headers)
        && call.arguments.first().and_then(Expr::as_str).is_some_and(is_credential_header)
}

/// Calls that check credentials, by what they are known to be.
fn known_call(name: &str, outside: &str, call: &Call) -> Option<(EvidenceKind, &'static str)> {
    let receiver = call.receiver().and_then(Expr::last_name).unwrap_or_default();
    match name {
        "compare_digest" | "verify_signature" | "validate_signature" | "construct_event" => {
            Some((EvidenceKind::Comparison, "compares a secret or a signature"))
        }
        "decode"
            if outside.starts_with("jwt.")
                || outside.starts_with("jose.")
                || outside.starts_with("authlib.")
                || receiver.contains("jwt") =>
        {
            Some((EvidenceKind::Token, "decodes a token"))
        }
        "verify_id_token"
        | "verify_token"
        | "verify_jwt"
        | "decode_token"
        | "decode_jwt"
        | "verify_access_token"
        | "introspect_token"
        | "decode_access_token"
        | "parse_id_token"
        | "verify_oauth2_token"
        | "verify_session_cookie"
            if !outside.is_empty() =>
        {
            Some((EvidenceKind::Token, "verifies a token"))
        }
        "loads"
            if outside.starts_with("itsdangerous.")
                || receiver.contains("serializer")
                || receiver.contains("signer") =>
        {
            Some((EvidenceKind::Token, "verifies a signed value"))
        }
        "unsign" => Some((EvidenceKind::Token, "verifies a signed value")),
        "verify_password" | "checkpw" | "verify_and_update" => Some((EvidenceKind::Password, "verifies a password")),
        "verify"
            if outside.starts_with("passlib.")
                || outside.starts_with("argon2.")
                || outside.starts_with("pwdlib.")
                || receiver.contains("pwd")
                || receiver.contains("hasher") =>
        {
            Some((EvidenceKind::Password, "verifies a password"))
        }
        _ => None,
    }
}
