//! Puts the model together: hosts, what is registered on them, and the routes that can be reached.

use super::FastApi;
use super::callables::Callables;
use super::code::Code;
use super::dependency::{Callable, DependencyId, DependencyUse};
use super::expand::Expansion;
use super::host::{AppFacts, Docs, ExceptionHandler, Host, HostId, Mount};
use super::hosts::Hosts;
use super::judge::Judge;
use super::middleware_facts::middleware;
use super::protection::{Evidence, EvidenceKind, Protection};
use super::registration::{Action, Registration, Registrations};
use super::{security, settings, words};
use crate::facts::python::{self, ExprKind};
use crate::flow::Constant;
use crate::model::modules::{Class, Member, Modules};
use crate::model::{FileId, Place, Project};
use rustc_hash::{FxHashMap, FxHashSet};

/// Makes the model of a project.
pub(super) fn link(project: &Project) -> FastApi {
    let modules = project.modules();
    let found = Hosts::new(modules);
    let mut callables = Callables::new(modules);
    let registrations = Registrations::collect(&found, &callables);
    let mut hosts: Vec<Host> = Vec::with_capacity(found.found.len());
    let names = names(modules);
    for host in &found.found {
        let made = &host.made;
        let is_app = host.kind.is_app();
        let name = names.get(&(made.file, made.expr.span)).cloned().or_else(|| host.parameter.clone());
        let name = name.unwrap_or_else(|| made.call().and_then(python::Call::name).unwrap_or_default().into());
        let prefix = made.keyword(modules, "prefix").map_or_else(String::new, |prefix| prefix.path(modules).0);
        let dependencies =
            made.keyword(modules, "dependencies").map_or_else(Vec::new, |list| callables.depends_all(&list));
        hosts.push(Host {
            kind: host.kind,
            name,
            place: Place { file: made.file, span: host.span },
            made: made.clone(),
            class: host.class.clone(),
            prefix: if is_app { "".into() } else { prefix.into() },
            dependencies,
            tags: strings(modules, made, "tags"),
            include_in_schema: !made.keyword(modules, "include_in_schema").is_some_and(|it| it.is_false(modules)),
            is_test: project.file(made.file).is_test,
            is_handed_in: host.parameter.is_some(),
            app: is_app.then(|| AppFacts {
                docs: docs(modules, made),
                debug: made.keyword(modules, "debug"),
                lifespan: made.keyword(modules, "lifespan").into_iter().collect(),
                ..AppFacts::default()
            }),
        });
    }
    let judge = Judge::new(modules);
    for registration in &registrations {
        register(modules, &judge, &mut hosts[registration.host as usize], registration);
    }
    assigned(modules, &found, &mut hosts);
    let mut model = FastApi { hosts, ..FastApi::default() };
    // Dependencies are judged after all of them are known: routes bring more.
    Expansion {
        modules,
        callables: &mut callables,
        registrations: &registrations,
        model: &mut model,
        reached: FxHashSet::default(),
    }
    .routes();
    let mut dependencies = std::mem::take(&mut callables.dependencies);
    let mut judged = Judged { judge: &judge, modules, known: FxHashMap::default(), open: FxHashSet::default() };
    for index in 0..dependencies.len() {
        let id = DependencyId(u32::try_from(index).unwrap_or(u32::MAX));
        let protection = judged.dependency(&dependencies, id);
        dependencies[index].protection = protection;
    }
    model.dependencies = dependencies;
    super::guards::guard(modules, &judge, &mut model);
    model.settings = settings::settings(modules);
    model.environment = settings::environment(modules);
    model.index();
    model
}

/// What the value of an assignment is first bound to, by where the value stands.
fn names(modules: Modules<'_>) -> FxHashMap<(FileId, crate::source::Span), Box<str>> {
    let mut names = FxHashMap::default();
    for (file, facts) in modules.python_files() {
        for assignment in &facts.assignments {
            if let (Some(value), Some(name)) = (&assignment.value, assignment.target.last_name())
                && matches!(value.kind, ExprKind::Call(_))
            {
                names.entry((file, value.span)).or_insert_with(|| name.into());
            }
        }
    }
    names
}

pub(super) fn strings(modules: Modules<'_>, code: &Code, keyword: &str) -> Vec<Box<str>> {
    let Some(list) = code.keyword(modules, keyword) else { return Vec::new() };
    list.items(modules).iter().map(|item| item.path(modules).0.into()).collect()
}

/// Where an application shows its documentation, from its arguments.
fn docs(modules: Modules<'_>, made: &Code) -> Docs {
    let mut docs = Docs::default();
    let mut is_conditional = false;
    let mut read = |name: &str, slot: &mut Option<Box<str>>| {
        let Some(given) = made.keyword(modules, name) else { return };
        match given.constant(modules) {
            Some(Constant::None) => *slot = None,
            Some(Constant::Str(path)) => *slot = (!path.is_empty()).then(|| path.into()),
            _ => is_conditional = true,
        }
    };
    read("openapi_url", &mut docs.openapi);
    read("docs_url", &mut docs.swagger);
    read("redoc_url", &mut docs.redoc);
    docs.is_conditional = is_conditional;
    if docs.openapi.is_none() {
        docs.swagger = None;
        docs.redoc = None;
    }
    docs
}

/// What a registration says of an application itself.
fn register(modules: Modules<'_>, judge: &Judge<'_>, host: &mut Host, registration: &Registration) {
    let Some(app) = &mut host.app else { return };
    let place = registration.place;
    match &registration.action {
        Action::Middleware(class) => {
            app.middleware.push(middleware(modules, judge, &registration.call, Some(class), None));
        }
        Action::MiddlewareFunction(file, id) => {
            app.middleware.push(middleware(modules, judge, &registration.call, None, Some((*file, *id))));
        }
        Action::ExceptionHandler(handled, by) => {
            app.exception_handlers.push(ExceptionHandler { handles: handled.clone(), handler: by.clone(), place });
        }
        Action::Mount(path, target) => {
            app.mounts.push(Mount { path: path.as_str().into(), target: target.clone(), place });
        }
        Action::Event(code) => app.lifespan.push(code.clone()),
        Action::Route(_) | Action::Include(_) | Action::MountHosts(..) => {}
    }
}

/// `app.state.x = ...` and `app.dependency_overrides[x] = y`.
fn assigned(modules: Modules<'_>, found: &Hosts<'_>, hosts: &mut [Host]) {
    for (file, facts) in modules.python_files() {
        for assignment in &facts.assignments {
            let Some(value) = &assignment.value else { continue };
            let value = Code { file, scope: assignment.scope, expr: value.clone() };
            match &assignment.target.kind {
                ExprKind::Attribute(object, name) if object.last_name() == Some("state") => {
                    let ExprKind::Attribute(app, _) = &object.kind else { continue };
                    for host in found.of(file, assignment.scope, app) {
                        if let Some(app) = &mut hosts[host as usize].app {
                            app.state.push((name.clone(), value.clone()));
                        }
                    }
                }
                ExprKind::Subscript(object, index) if object.last_name() == Some("dependency_overrides") => {
                    let (ExprKind::Attribute(app, _), Some(original)) = (&object.kind, index.first()) else { continue };
                    for host in found.of(file, assignment.scope, app) {
                        if let Some(app) = &mut hosts[host as usize].app {
                            app.overrides.push((value.part(original), value.clone()));
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Judges dependencies with all below them, each once.
struct Judged<'j, 'p> {
    judge: &'j Judge<'p>,
    modules: Modules<'p>,
    known: FxHashMap<DependencyId, Protection>,
    open: FxHashSet<DependencyId>,
}

impl Judged<'_, '_> {
    fn dependency(&mut self, all: &[super::Dependency], id: DependencyId) -> Protection {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        if !self.open.insert(id) || self.open.len() > 64 {
            return Protection::default();
        }
        let dependency = &all[id.0 as usize];
        let mut protection = Protection::default();
        let mut below = Protection::default();
        for parameter in &dependency.parameters {
            if let Some(DependencyUse { dependency, scopes, place }) = &parameter.dependency {
                let inner = self.dependency(all, *dependency);
                below.absorb(&inner);
                if !scopes.is_empty() && below.authorisation.is_none() {
                    below.authorisation = Some(scope_evidence(*place));
                }
            }
        }
        let mut passes_unknown = false;
        match &dependency.callable {
            Callable::Function(file, function) => {
                let shown = self.judge.function(*file, *function, false);
                passes_unknown = shown.passes_unknown;
                protection = shown.protection;
            }
            Callable::Class(file, class) | Callable::Instance(file, class) => {
                let name = if matches!(dependency.callable, Callable::Class(..)) { "__init__" } else { "__call__" };
                let class = Class::Local(*file, *class);
                if let Some(Member::Method(file, function)) = self.modules.class_member(&class, name) {
                    let shown = self.judge.function(file, function, false);
                    passes_unknown = shown.passes_unknown;
                    protection = shown.protection;
                }
                // `super().__call__(request)` of a scheme.
                if security::scheme_class(self.modules, &class).is_some() {
                    let place = dependency.declared.place();
                    let sentence = "extends a scheme of fastapi.security";
                    protection.authentication.get_or_insert(Evidence {
                        place,
                        kind: EvidenceKind::Scheme,
                        sentence: sentence.into(),
                    });
                    let auto_error =
                        dependency.made_by.as_ref().is_none_or(|made| security::auto_error(self.modules, made));
                    if auto_error {
                        let sentence = "refuses requests without credentials";
                        protection.refusal.get_or_insert(Evidence {
                            place,
                            kind: EvidenceKind::Scheme,
                            sentence: sentence.into(),
                        });
                    }
                }
            }
            Callable::Scheme(scheme) => {
                let sentence = "asks for credentials by a scheme of fastapi.security";
                let evidence = Evidence { place: scheme.place, kind: EvidenceKind::Scheme, sentence: sentence.into() };
                protection.authentication = Some(evidence);
                if scheme.auto_error {
                    let sentence = "refuses requests without credentials";
                    protection.refusal =
                        Some(Evidence { place: scheme.place, kind: EvidenceKind::Scheme, sentence: sentence.into() });
                }
            }
            Callable::External(name) => protection = package(self.modules, name, dependency),
            Callable::Unknown => {}
        }
        // One that lets unknown senders pass refuses them no more, unless what it depends on has done so before.
        if passes_unknown {
            protection.refusal = None;
        }
        let own_limit = protection.rate_limit.take();
        below.rate_limit = None;
        let refusal = protection.refusal.take();
        let mut all_in_all = protection;
        if below.refusal.is_some() {
            all_in_all.refusal.clone_from(&below.refusal);
        } else {
            all_in_all.refusal = refusal;
        }
        // The scheme below asks; what stands here checks.
        if below.authentication.is_some()
            && all_in_all.authentication.as_ref().is_none_or(|own| own.kind == EvidenceKind::Name)
        {
            all_in_all.authentication.clone_from(&below.authentication);
        }
        all_in_all.absorb(&Protection { refusal: None, ..below });
        all_in_all.rate_limit = own_limit.or_else(|| rate_limit(dependency));
        self.open.remove(&id);
        self.known.insert(id, all_in_all.clone());
        all_in_all
    }
}

pub(super) fn scope_evidence(place: Place) -> Evidence {
    Evidence { place, kind: EvidenceKind::Condition, sentence: "asks for scopes".into() }
}

/// `Depends(RateLimiter(times=5, seconds=60))`.
fn rate_limit(dependency: &super::Dependency) -> Option<Evidence> {
    let name = match &dependency.callable {
        Callable::External(name) => name.rsplit('.').next().unwrap_or(name),
        _ => dependency.declared.call().map_or(&dependency.declared.expr, |call| &call.callee).last_name()?,
    };
    super::limits::is_about_rate(name).then(|| Evidence {
        place: dependency.declared.place(),
        kind: EvidenceKind::Name,
        sentence: "limits how often".into(),
    })
}

/// What is known of packages that authenticate, by qualified names; of others only what their names say.
fn package(modules: Modules<'_>, name: &str, dependency: &super::Dependency) -> Protection {
    let place = dependency.declared.place();
    let last = name.rsplit('.').next().unwrap_or(name);
    let evidence = |kind, sentence: &str| Some(Evidence { place, kind, sentence: sentence.into() });
    let given = |keyword: &str| {
        let made = dependency.made_by.as_ref()?;
        made.keyword(modules, keyword)?.constant(modules)
    };
    let first = name.split('.').next().unwrap_or_default();
    let is_known = matches!(
        first,
        "fastapi_users"
            | "fastapi_login"
            | "fastapi_jwt_auth"
            | "fastapi_azure_auth"
            | "fastapi_keycloak"
            | "fastapi_auth0"
            | "fastapi_cloudauth"
            | "propelauth_fastapi"
            | "authx"
            | "fastapi_clerk_auth"
            | "supertokens_python"
            | "fastapi_jwt"
            | "fastapi_plugin"
            | "auth0_fastapi"
            | "another_fastapi_jwt_auth"
            | "fastapi_jwks"
            | "descope"
            | "fastapi_another_jwt_auth"
    );
    let about = words::is_about_authentication(last)
        || words::is_about_authentication(&dependency.name)
        || words::is_about_rights(last);
    if matches!(first, "fastapi" | "starlette")
        || !is_known && !about
        || super::limits::is_about_rate(last)
        || last == "authenticator"
    {
        return Protection::default();
    }
    // The class of `fastapi_jwt_auth` checks only where a handler asks it to.
    if last == "AuthJWT" {
        return Protection {
            authentication: evidence(EvidenceKind::Package, "a package reads a token"),
            ..Protection::default()
        };
    }
    let kind = if is_known { EvidenceKind::Package } else { EvidenceKind::Name };
    let sentence = if is_known { "a package recognises the sender" } else { "by its name it recognises the sender" };
    let is_optional = given("optional") == Some(Constant::Bool(true))
        || given("auto_error") == Some(Constant::Bool(false))
        || given("session_required") == Some(Constant::Bool(false))
        || words::words(last).iter().any(|word| matches!(word.as_str(), "optional" | "maybe"));
    let rights = given("superuser") == Some(Constant::Bool(true)) || words::is_about_rights(last);
    Protection {
        authentication: evidence(kind, sentence),
        refusal: if is_optional { None } else { evidence(kind, "a package refuses unknown senders") },
        verification: evidence(kind, sentence),
        authorisation: if rights { evidence(kind, "by its name it checks the sender's rights") } else { None },
        bypass: None,
        rate_limit: None,
    }
}

/// Hosts with their ids.
pub(super) fn numbered(hosts: &[Host]) -> impl Iterator<Item = (HostId, &Host)> {
    (0..).map(HostId).zip(hosts)
}
