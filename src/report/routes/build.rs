//! From the model to what the table shows.

use super::view::{
    AppView, DependencyView, DocsView, FindingView, GuardView, InputView, LimitView, MountView, RouteView, RoutesView,
    VERSION,
};
use crate::findings::Finding;
use crate::model::fastapi::{
    Callable, DependencyUse, FastApi, Guard, GuardKind, HostId, Input, Level, LimitDefect, LimitKind, Route, RouteKind,
};
use crate::model::{Place, Project};
use crate::source::Span;
use rustc_hash::FxHashMap;

/// Dependencies of dependencies that are shown.
const MAX_DEPTH: usize = 12;

/// What the table of a project shows. `findings` are those of a scan of the same files.
pub fn view(project: &Project, findings: &[Finding], include_tests: bool) -> RoutesView {
    let model = project.fastapi();
    let build = Build { project, model, by_file: by_file(findings), names: names(project) };
    let mut apps: Vec<AppView> = model
        .apps()
        .filter(|(_, host, _)| include_tests || !host.is_test)
        .map(|(id, host, app)| {
            let (file, line) = build.position(host.place);
            AppView {
                name: build.host_name(id),
                file,
                line,
                docs: DocsView {
                    openapi: app.docs.openapi.as_deref().map(Into::into),
                    swagger: app.docs.swagger.as_deref().map(Into::into),
                    redoc: app.docs.redoc.as_deref().map(Into::into),
                    conditional: app.docs.is_conditional,
                },
                mounts: app
                    .mounts
                    .iter()
                    .map(|mount| MountView {
                        path: mount.path.to_string(),
                        target: mount.target.call().and_then(|call| call.name()).unwrap_or("unknown").to_owned(),
                    })
                    .collect(),
                middleware: app.middleware.iter().map(|middleware| middleware.name.to_string()).collect(),
            }
        })
        .collect();
    apps.sort_by(|a, b| (&a.name, &a.file, a.line).cmp(&(&b.name, &b.file, b.line)));
    let mut routes: Vec<RouteView> =
        model.routes.iter().filter(|route| include_tests || !route.is_test).map(|route| build.route(route)).collect();
    routes.sort_by(|a, b| {
        let key =
            |route: &RouteView| (route.app.is_none(), route.app.clone(), route.path.clone(), route.methods.clone());
        (key(a), &a.file, a.line).cmp(&(key(b), &b.file, b.line))
    });
    RoutesView { version: VERSION, apps, routes }
}

fn by_file(findings: &[Finding]) -> FxHashMap<&str, Vec<&Finding>> {
    let mut by_file: FxHashMap<&str, Vec<&Finding>> = FxHashMap::default();
    for finding in findings {
        by_file.entry(finding.source.path()).or_default().push(finding);
    }
    by_file
}

/// Module and variable of each application, as servers are told it. Where two would have the same, the folders in front
/// tell them apart.
fn names(project: &Project) -> FxHashMap<HostId, String> {
    let modules = project.modules();
    let mut names: FxHashMap<HostId, String> = FxHashMap::default();
    let mut count: FxHashMap<String, u32> = FxHashMap::default();
    for (id, host, _) in project.fastapi().apps() {
        let name = format!("{}:{}", modules.module_name(host.place.file), host.name);
        *count.entry(name.clone()).or_default() += 1;
        names.insert(id, name);
    }
    for (id, name) in &mut names {
        let host = project.fastapi().host(*id);
        let file = project.file(host.place.file);
        if name.starts_with(':') || count.get(name.as_str()).is_some_and(|count| *count > 1) {
            let place = file.place.strip_suffix(".py").unwrap_or(&file.place);
            let module = place.strip_suffix("/__init__").unwrap_or(place).trim_start_matches("./").replace('/', ".");
            *name = format!("{module}:{}", host.name);
        }
    }
    names
}

struct Build<'a> {
    names: FxHashMap<HostId, String>,
    project: &'a Project,
    model: &'a FastApi,
    by_file: FxHashMap<&'a str, Vec<&'a Finding>>,
}

impl Build<'_> {
    fn position(&self, place: Place) -> (String, u32) {
        let file = self.project.file(place.file);
        (file.path().to_owned(), file.source.line_of(place.span.start))
    }

    fn host_name(&self, id: HostId) -> String {
        self.names.get(&id).cloned().unwrap_or_default()
    }

    fn route(&self, route: &Route) -> RouteView {
        let modules = self.project.modules();
        let function = route.function().and_then(|(file, id)| Some((file, modules.facts(file)?.function(id))));
        let place = function.map_or(route.place, |(file, function)| Place { file, span: function.name_span });
        let (file, line) = self.position(place);
        let span = function.map_or(route.place.span, |(_, function)| function.span);
        RouteView {
            app: route.root.map(|root| self.host_name(root)),
            methods: route.methods.iter().map(ToString::to_string).collect(),
            path: route.path.to_string(),
            kind: match route.kind {
                RouteKind::Api => "api",
                RouteKind::WebSocket => "websocket",
                RouteKind::Plain => "plain",
            }
            .to_owned(),
            handler: route.name.to_string(),
            line,
            authentication: route.authentication.as_ref().map(|guard| self.guard(guard)),
            optional_authentication: route.optional_authentication.as_ref().map(|guard| self.guard(guard)),
            authorisation: route.authorisation.as_ref().map(|guard| self.guard(guard)),
            rate_limit: route.rate_limit.as_ref().map(|limit| LimitView {
                by: match limit.kind {
                    LimitKind::Slowapi => "slowapi",
                    LimitKind::Decorator => "decorator",
                    LimitKind::Dependency => "dependency",
                    LimitKind::Middleware => "middleware",
                    LimitKind::Handler => "handler",
                }
                .to_owned(),
                limit: limit.text.to_string(),
                defect: limit.defect.map(|defect| {
                    match defect {
                        LimitDefect::AboveRoute => "stands above the route's decorator",
                        LimitDefect::NoRequest => "the handler has no parameter `request`",
                    }
                    .to_owned()
                }),
            }),
            inputs: route
                .inputs
                .iter()
                .map(|input| InputView {
                    name: input.alias.to_string(),
                    input: input.input.name().to_owned(),
                    annotation: one_line(&input.annotation),
                    required: input.is_required,
                    constraints: input
                        .constraints
                        .iter()
                        .map(|it| (it.name.to_string(), it.value.to_string()))
                        .collect(),
                })
                .collect(),
            parameters: route
                .parameters
                .iter()
                .map(|parameter| (parameter.name.to_string(), parameter.input.name().to_owned()))
                .filter(|(_, kind)| kind != Input::Dependency.name())
                .collect(),
            dependencies: route
                .dependencies
                .iter()
                .map(|(level, used)| self.dependency(*level, used, MAX_DEPTH))
                .collect(),
            response_model: route.response_model.as_ref().map(|model| one_line(model.text(modules))),
            status: route.status,
            in_schema: route.include_in_schema,
            tags: route.tags.iter().map(ToString::to_string).collect(),
            findings: self.findings(&file, span),
            test: route.is_test,
            file,
        }
    }

    fn guard(&self, guard: &Guard) -> GuardView {
        let by = match guard.by {
            GuardKind::Dependency(_) => "dependency",
            GuardKind::Decorator => "decorator",
            GuardKind::Handler => "handler",
            GuardKind::Middleware => "middleware",
        };
        let (file, line) = self.position(guard.evidence.place);
        let (name, evidence) = (guard.name.to_string(), guard.evidence.sentence.to_string());
        GuardView { by: by.to_owned(), name, evidence, file, line }
    }

    fn dependency(&self, level: Level, used: &DependencyUse, depth: usize) -> DependencyView {
        let dependency = self.model.dependency(used.dependency);
        let modules = self.project.modules();
        let calls = match &dependency.callable {
            Callable::Function(file, id) => {
                modules.facts(*file).map_or("", |facts| &*facts.function(*id).name).to_owned()
            }
            Callable::Class(file, id) | Callable::Instance(file, id) => {
                modules.facts(*file).map_or("", |facts| &*facts.class(*id).name).to_owned()
            }
            Callable::Scheme(_) => {
                let made = dependency.made_by.as_ref().and_then(|made| made.call());
                made.and_then(|call| call.name()).unwrap_or_default().to_owned()
            }
            Callable::External(name) => name.rsplit('.').next().unwrap_or(name).to_owned(),
            Callable::Unknown => String::new(),
        };
        let inner = dependency.parameters.iter().filter_map(|parameter| parameter.dependency.as_ref());
        DependencyView {
            name: dependency.name.to_string(),
            calls,
            at: match level {
                Level::App => "app",
                Level::Include => "include",
                Level::Router => "router",
                Level::Route => "route",
                Level::Parameter => "parameter",
            }
            .to_owned(),
            dependencies: if depth == 0 {
                Vec::new()
            } else {
                inner.map(|used| self.dependency(Level::Parameter, used, depth - 1)).collect()
            },
        }
    }

    fn findings(&self, file: &str, span: Span) -> Vec<FindingView> {
        let all = self.by_file.get(file).into_iter().flatten();
        let mut found: Vec<FindingView> = all
            .filter(|finding| span.contains(finding.span))
            .map(|finding| FindingView {
                rule: finding.rule.id.to_string(),
                severity: finding.rule.severity.name().to_owned(),
                line: finding.source.line_of(finding.span.start),
                message: finding.message.clone(),
            })
            .collect();
        found.sort_by(|a, b| (a.line, &a.rule, &a.message).cmp(&(b.line, &b.rule, &b.message)));
        found
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
