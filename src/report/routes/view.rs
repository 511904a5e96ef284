//! What the table shows, as plain data: the JSON format.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the JSON format.
pub const VERSION: u32 = 1;

/// All routes of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutesView {
    /// The version of this format.
    pub version: u32,
    /// In order of their names.
    pub apps: Vec<AppView>,
    /// In order of application, path and method.
    pub routes: Vec<RouteView>,
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppView {
    /// Module and variable: `app.main:app`.
    pub name: String,
    /// Path as reports show it.
    pub file: String,
    /// 1-based.
    pub line: u32,
    /// Where it shows its documentation.
    pub docs: DocsView,
    /// What is mounted that is no application of the project.
    pub mounts: Vec<MountView>,
    /// Names of its middleware, in the order of registration.
    pub middleware: Vec<String>,
}

/// Where an application shows its documentation; `null` where it does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocsView {
    /// The schema.
    pub openapi: Option<String>,
    /// Swagger UI.
    pub swagger: Option<String>,
    /// ReDoc.
    pub redoc: Option<String>,
    /// Whether a condition or the environment decides.
    pub conditional: bool,
}

/// Something mounted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountView {
    /// The path.
    pub path: String,
    /// What is called to make it: `StaticFiles`.
    pub target: String,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteView {
    /// The outermost application; `null` for a router that nothing includes.
    pub app: Option<String>,
    /// In order; empty for a WebSocket.
    pub methods: Vec<String>,
    /// The full path.
    pub path: String,
    /// `api`, `websocket` or `plain`.
    pub kind: String,
    /// The handler's name.
    pub handler: String,
    /// The handler's file, or that of the registration where the handler is not known.
    pub file: String,
    /// 1-based.
    pub line: u32,
    /// What refuses unknown senders.
    pub authentication: Option<GuardView>,
    /// What recognises senders but lets unknown ones pass.
    pub optional_authentication: Option<GuardView>,
    /// What checks rights.
    pub authorisation: Option<GuardView>,
    /// What limits how often.
    pub rate_limit: Option<LimitView>,
    /// All that the client sends, to the handler and to dependencies.
    pub inputs: Vec<InputView>,
    /// The handler's own parameters: name and kind.
    pub parameters: Vec<(String, String)>,
    /// What it depends on, as a tree.
    pub dependencies: Vec<DependencyView>,
    /// The response model or annotation as written.
    pub response_model: Option<String>,
    /// The status on success, where it is said.
    pub status: Option<u16>,
    /// Whether the schema shows it.
    pub in_schema: bool,
    /// In order.
    pub tags: Vec<String>,
    /// What a scan finds in the handler and its decorators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingView>,
    /// Whether it is test code.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test: bool,
}

/// What stands in front of a handler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardView {
    /// `dependency`, `decorator`, `handler` or `middleware`.
    pub by: String,
    /// Its name as written.
    pub name: String,
    /// What shows that it guards.
    pub evidence: String,
    /// Where that shows: the path as reports show it.
    pub file: String,
    /// 1-based.
    pub line: u32,
}

/// A rate limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitView {
    /// `slowapi`, `decorator`, `dependency`, `middleware` or `handler`.
    pub by: String,
    /// As it is written.
    pub limit: String,
    /// Why it has no effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<String>,
}

/// Something that the client sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputView {
    /// Its name in the request.
    pub name: String,
    /// `path`, `query`, `header`, `cookie`, `body`, `form` or `file`.
    #[serde(rename = "in")]
    pub input: String,
    /// The annotation as written; empty without one.
    #[serde(rename = "type")]
    pub annotation: String,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Limits by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub constraints: BTreeMap<String, String>,
}

/// A dependency with what it depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DependencyView {
    /// As written.
    pub name: String,
    /// The name of what is called; empty where it is not known.
    pub calls: String,
    /// `app`, `include`, `router`, `route` or `parameter`.
    pub at: String,
    /// What it depends on in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<DependencyView>,
}

/// A finding on a route.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FindingView {
    /// The rule's id.
    pub rule: String,
    /// The severity's name.
    pub severity: String,
    /// 1-based.
    pub line: u32,
    /// The message.
    pub message: String,
}
