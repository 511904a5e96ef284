//! The graph as the checks look at it: deployments that are run, applications with their code, ways with their blocks.

use crate::audits::{DISPROVED, ProjectMatch, Withdrawal};
use crate::facts::deployment::Ingress;
use crate::model::deployment::{
    Application, Code, Deployment, Entrance, IngressRef, Platform, Service, SetHeader, Site, Way,
};
use crate::model::nginx::{Directive, Server};
use crate::model::{Place, Project};
use crate::query::values::hole::readable;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// An application's code, read once.
#[derive(Debug)]
pub(super) struct Program<'p> {
    pub code: Code<'p>,
    pub sites: Vec<Site<'p>>,
    pub headers: Vec<SetHeader>,
}

impl<'p> Program<'p> {
    fn new(project: &'p Project, application: &Application) -> Self {
        let code = Code::of(project, application);
        let sites = code.sites();
        let headers = code.set_headers(&sites);
        Self { code, sites, headers }
    }

    /// Where the code says one of some texts.
    pub fn mentions(&self, texts: &[&str]) -> Option<Place> {
        self.code.mentions(&self.sites, texts)
    }

    /// Whether it serves pages for people, not only data.
    pub fn serves_pages(&self) -> bool {
        let makes = |name: &str| self.code.calls(&self.sites, name).next().is_some();
        ["Jinja2Templates", "HTMLResponse", "TemplateResponse", "StaticFiles"].into_iter().any(makes)
            || self.sites.iter().any(|site| site.expr.last_name() == Some("HTMLResponse"))
    }

    /// Whether it takes bodies of any size: uploads or bodies that it reads itself.
    pub fn takes_bodies(&self) -> Option<Place> {
        self.sites
            .iter()
            .find(|site| {
                site.expr.last_name() == Some("UploadFile")
                    || site.expr.as_call().is_some_and(|call| {
                        matches!(call.name(), Some("post" | "put" | "patch"))
                            && call.receiver().is_some()
                            && call.argument(0, "path").is_some_and(|path| {
                                path.as_str().is_some_and(|path| path.is_empty() || path.starts_with('/'))
                            })
                    })
            })
            .map(Site::place)
    }
}

/// A service that runs an application.
#[derive(Debug)]
pub(super) struct App<'p> {
    pub deployment: &'p Deployment,
    pub index: usize,
    pub service: &'p Service,
    pub application: &'p Application,
    pub program: Rc<Program<'p>>,
}

/// A way to an application through nginx.
#[derive(Debug, Clone, Copy)]
pub(super) struct NginxWay<'p> {
    pub way: &'p Way,
    pub block: Directive<'p>,
    pub server: Server<'p>,
    /// The service that runs nginx.
    pub proxy: Option<&'p Service>,
}

/// The graph as the checks look at it.
#[derive(Debug)]
pub(super) struct View<'p> {
    pub project: &'p Project,
    /// Deployments for production.
    pub deployments: Vec<&'p Deployment>,
    /// Their applications.
    pub apps: Vec<App<'p>>,
}

impl<'p> View<'p> {
    pub fn new(project: &'p Project) -> Self {
        let mut programs: BTreeMap<(crate::model::FileId, String), Rc<Program<'p>>> = BTreeMap::new();
        let deployments: Vec<&Deployment> = project.deployments().production().collect();
        let mut apps = Vec::new();
        for deployment in &deployments {
            for (index, service) in deployment.services.iter().enumerate() {
                let Some(application) = &service.application else { continue };
                let program = programs
                    .entry((application.file, application.object.clone()))
                    .or_insert_with(|| Rc::new(Program::new(project, application)));
                apps.push(App { deployment, index, service, application, program: Rc::clone(program) });
            }
        }
        Self { project, deployments, apps }
    }

    /// A way's block and server, if it leads through nginx.
    pub fn nginx_way(&self, deployment: &'p Deployment, way: &'p Way) -> Option<NginxWay<'p>> {
        let Entrance::Nginx { block, proxy } = way.entrance else { return None };
        let block = self.project.nginx().directive(block);
        let server = Server { block: block.server()? };
        Some(NginxWay { way, block, server, proxy: proxy.map(|proxy| &deployment.services[proxy]) })
    }

    /// The ways to a service through nginx servers that others than the machine itself reach.
    pub fn public_ways(&self, deployment: &'p Deployment, service: usize) -> Vec<NginxWay<'p>> {
        deployment
            .ways_to(service)
            .filter_map(|way| self.nginx_way(deployment, way))
            .filter(|way| !way.server.is_local() && !is_internal(way.block))
            .collect()
    }

    /// Rules of Ingresses that lead to a service.
    pub fn ingress_rules(&self, deployment: &'p Deployment, service: usize) -> Vec<(&'p Way, IngressRef, &'p Ingress)> {
        deployment
            .ways_to(service)
            .filter_map(|way| match way.entrance {
                Entrance::Ingress(reference) => Some((way, reference, reference.get(self.project)?.1)),
                Entrance::Nginx { .. } => None,
            })
            .collect()
    }
}

impl<'p> App<'p> {
    /// Ways to it through public nginx servers.
    pub fn ways(&self, view: &View<'p>) -> Vec<NginxWay<'p>> {
        view.public_ways(self.deployment, self.index)
    }

    /// Whether requests from outside reach it, by any way that is known.
    pub fn is_public(&self, view: &View<'p>) -> bool {
        !self.ways(view).is_empty()
            || !view.ingress_rules(self.deployment, self.index).is_empty()
            || self.service.open_port().is_some()
    }

    /// Where rules of the application alone point at when they speak of it as a whole.
    pub fn host_place(&self, view: &View<'p>) -> Option<Place> {
        let file = self.application.file;
        let host = view
            .project
            .fastapi()
            .apps()
            .find(|(_, host, _)| host.place.file == file && *host.name == *self.application.object);
        host.map(|(_, host, _)| host.place)
    }

    /// Where its server is told what to serve.
    pub fn command_place(&self) -> Place {
        self.application.named
    }
}

/// Whether a location answers only requests that nginx itself makes.
pub(super) fn is_internal(block: Directive<'_>) -> bool {
    block.levels().any(|level| level.child("internal").is_some())
}

/// Whether a location asks for a password, another service, a client certificate or an address.
pub(super) fn is_guarded(block: Directive<'_>) -> bool {
    let is_set = |name: &str| block.value(name).is_some_and(|value| value != "off");
    let denies =
        block.effective("deny").is_some_and(|effective| effective.directives.iter().any(|one| one.name() == "deny"));
    is_set("auth_basic")
        || is_set("auth_request")
        || is_set("auth_jwt")
        || is_set("ssl_verify_client")
        || denies
        || is_internal(block)
}

/// The value that a location hands over in a request header; the outer option: whether it sets the header at all.
pub(super) fn request_header<'p>(block: Directive<'p>, name: &str) -> Option<(Directive<'p>, &'p str)> {
    let set = block.effective("proxy_set_header")?;
    let line = set
        .directives
        .into_iter()
        .rev()
        .find(|line| line.argument(0).is_some_and(|it| it.eq_ignore_ascii_case(name)))?;
    Some((line, line.argument(1).unwrap_or("")))
}

/// Whether all levels around a block can be read as a whole.
pub(super) fn is_known(block: Directive<'_>) -> bool {
    block.levels().all(Directive::is_wholly_known)
}

/// The names of a server as people say them.
pub(super) fn server_name(server: Server<'_>) -> String {
    server.name().map_or_else(|| "the default server".to_owned(), str::to_owned)
}

/// Matches without repetitions: a place is reported once for each class, whatever number of deployments have it.
#[derive(Debug, Default)]
pub(super) struct Reports {
    pub found: Vec<ProjectMatch>,
    seen: BTreeSet<(&'static str, Place)>,
}

impl Reports {
    /// Adds a match; `None` when the place was reported already.
    pub fn add(
        &mut self,
        class: &'static str,
        place: Place,
        deployment: &Deployment,
        service: &str,
    ) -> Option<&mut ProjectMatch> {
        if !self.seen.insert((class, place)) {
            return None;
        }
        let mut found = ProjectMatch::new(place, service.to_owned());
        found.variant = Some(class);
        let platform = match deployment.platform {
            Platform::Machine => "the machine of ",
            _ => "",
        };
        found.captures.push(("deployment".to_owned(), format!("{platform}{}", deployment.name)));
        found.captures.push(("service".to_owned(), readable(service)));
        self.found.push(found);
        self.found.last_mut()
    }

    /// Takes back what a file alone seemed to show.
    pub fn disprove(&mut self, rule: &'static str, place: Place) {
        let mut found = ProjectMatch::new(place, "");
        found.variant = Some(DISPROVED);
        found.withdraws.push(Withdrawal { rule, place });
        self.found.push(found);
    }
}

/// Building a match step by step.
pub(super) trait Building {
    /// Fills `{name}` of the message.
    fn with(&mut self, name: &str, value: impl Into<String>) -> &mut Self;
    /// Another place of the chain.
    fn via(&mut self, place: Place, message: impl Into<String>) -> &mut Self;
    /// Another place, if there is one.
    fn via_some(&mut self, place: Option<Place>, message: &str) -> &mut Self;
    /// A finding of one file alone that this one says better.
    fn instead_of(&mut self, rule: &'static str, place: Place) -> &mut Self;
}

impl Building for ProjectMatch {
    fn with(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.captures.push((name.to_owned(), value.into()));
        self
    }

    fn via(&mut self, place: Place, message: impl Into<String>) -> &mut Self {
        self.related.push((place, message.into()));
        self
    }

    fn via_some(&mut self, place: Option<Place>, message: &str) -> &mut Self {
        if let Some(place) = place {
            self.related.push((place, message.to_owned()));
        }
        self
    }

    fn instead_of(&mut self, rule: &'static str, place: Place) -> &mut Self {
        self.withdraws.push(Withdrawal { rule, place });
        self
    }
}

/// The beginning of a place, for findings that point at the first line of something long.
pub(super) fn start_of(place: Place, length: u32) -> Place {
    Place { file: place.file, span: Span::new(place.span.start, (place.span.start + length).min(place.span.end)) }
}
