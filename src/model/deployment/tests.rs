//! Small systems and the graphs that they make.

use super::*;
use crate::facts::FileFacts;
use crate::source::Source;
use crate::syntax::parse_file;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

pub(super) fn project(files: &[(&str, &str)]) -> Project {
    let mut facts = Vec::new();
    for (path, text) in files {
        let kind = crate::discover::classify(Path::new(path), text).expect("a text file");
        let source = Arc::new(Source::new(*path, *text));
        for parsed in parse_file(kind, source.text()) {
            facts.push(FileFacts::collect(&source, &parsed.tree, kind, path, None));
        }
    }
    Project::link(facts)
}

/// The graph in one line a thing.
fn outline(files: &[(&str, &str)]) -> String {
    let project = project(files);
    let mut out = String::new();
    for deployment in project.deployments().iter() {
        let kind = if deployment.is_production { "production" } else { "development" };
        writeln!(out, "{} {} {kind}", deployment.platform.name(), deployment.name).unwrap();
        for service in &deployment.services {
            write!(out, "  {} {} {:?}", service.name, service.role.name(), service.ports()).unwrap();
            if let Some(application) = &service.application {
                write!(out, " {}:{}", project.file(application.file).path(), application.object).unwrap();
            }
            for port in &service.published {
                write!(out, " {}={:?}", port.by, port.outside).unwrap();
            }
            out.push('\n');
        }
        for way in &deployment.ways {
            let written = project.file(way.place.file).source.slice(way.place.span);
            writeln!(out, "  {written} -> {}:{:?}", deployment.services[way.target].name, way.port).unwrap();
        }
        for broken in &deployment.broken {
            writeln!(out, "  ! {}: {}", broken.wanted, broken.reason).unwrap();
        }
    }
    out
}

const MAIN: &str = "from fastapi import FastAPI\napp = FastAPI()\n";

#[test]
fn compose_nginx_and_app() {
    let shown = outline(&[
        (
            "docker-compose.yml",
            "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['443:443']\n    volumes: ['./nginx/nginx.conf:/etc/nginx/nginx.conf:ro']\n  \
             app:\n    build: .\n    ports: ['127.0.0.1:8000:8000']\n  db:\n    image: postgres:16\n",
        ),
        (
            "Dockerfile",
            "FROM python:3.12\nWORKDIR /srv\nCOPY . .\nCMD [\"uvicorn\", \"app.main:app\", \"--host\", \"0.0.0.0\"]\n",
        ),
        ("app/main.py", MAIN),
        (
            "nginx/nginx.conf",
            "events {}\nhttp {\n  upstream app { server app:8000; }\n  server {\n    listen 443 ssl;\n    location / { proxy_pass http://app; }\n    \
             location /other { proxy_pass http://nobody:1; }\n  }\n}\n",
        ),
    ]);
    assert_eq!(
        shown.lines().collect::<Vec<_>>(),
        [
            "compose docker-compose.yml production",
            "  proxy nginx [] ports=Some(443)",
            "  app application [8000] app/main.py:app ports=Some(8000)",
            "  db PostgreSQL [5432]",
            "  http://app -> app:Some(8000)",
            "  ! the service at `nobody`: no service of this deployment has that name",
        ]
    );
}

#[test]
fn override_files_make_deployments_of_their_own() {
    let shown = outline(&[
        (
            "compose.yaml",
            "services:\n  app:\n    build: {context: ., target: run}\n    command: uvicorn web:app\n  db: {image: 'postgres:16'}\n",
        ),
        ("compose.override.yaml", "services:\n  app:\n    command: uvicorn web:app --reload --port 9000\n"),
        (
            "compose.prod.yaml",
            "services:\n  app:\n    command: uvicorn web:app --port 8080 --host 0.0.0.0\n    ports: ['80:8080']\n",
        ),
        ("compose.e2e.yaml", "services:\n  tests: {image: 'x:1'}\n"),
        ("Dockerfile", "FROM python AS base\nFROM base AS run\nEXPOSE 1\nCMD gunicorn web:app\n"),
        ("web.py", MAIN),
    ]);
    assert_eq!(
        shown.lines().collect::<Vec<_>>(),
        [
            "compose compose.e2e.yaml development",
            "  tests service []",
            "compose compose.yaml + compose.override.yaml development",
            "  app application [9000] web.py:app",
            "  db PostgreSQL [5432]",
            "compose compose.yaml + compose.prod.yaml production",
            "  app application [8080] web.py:app ports=Some(80)",
            "  db PostgreSQL [5432]",
        ]
    );
}

#[test]
fn ingress_service_and_pod() {
    let shown = outline(&[
        (
            "k8s/prod/app.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n  template:\n    metadata: {labels: {app: web}}\n    \
             spec:\n      containers:\n      - name: web\n        image: registry.example/shop:1\n        ports: [{containerPort: 8000, name: http}]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: http, nodePort: 30080}]}\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec:\n  rules:\n  - http:\n      paths:\n      - {path: /, backend: {service: {name: web, port: {number: 80}}}}\n      \
             - {path: /x, backend: {service: {name: gone, port: {number: 80}}}}\n",
        ),
        ("build.sh", "#!/bin/sh\ndocker build -t registry.example/shop:$TAG -f docker/Dockerfile .\n"),
        ("docker/Dockerfile", "FROM python\nCOPY . /srv\nENTRYPOINT [\"/srv/start.sh\"]\n"),
        ("start.sh", "#!/bin/sh\nexec uvicorn shop.web:app --host 0.0.0.0 --port 8000\n"),
        ("src/shop/web.py", MAIN),
    ]);
    assert_eq!(
        shown.lines().collect::<Vec<_>>(),
        [
            "kubernetes k8s/prod production",
            "  web application [8000] src/shop/web.py:app NodePort=Some(30080)",
            "  web -> web:Some(8000)",
            "  ! the Service `gone`: no scanned manifest of the same namespace has it",
        ]
    );
}

#[test]
fn units_behind_nginx_on_the_machine() {
    let shown = outline(&[
        ("deploy/shop.service", "[Service]\nExecStart=/opt/shop/venv/bin/gunicorn -c gunicorn.conf.py shop.web:app\n"),
        ("deploy/jobs.service", "[Service]\nExecStart=/opt/shop/venv/bin/uvicorn jobs:app --uds /run/jobs.sock\n"),
        ("gunicorn.conf.py", "bind = '127.0.0.1:9000'\nworkers = 4\n"),
        ("shop/web.py", MAIN),
        (
            "nginx/sites-available/shop",
            "server {\n  listen 80;\n  location / { proxy_pass http://127.0.0.1:9000; }\n  location /jobs { proxy_pass http://unix:/run/jobs.sock; }\n  \
             location /old { proxy_pass http://localhost:7000; }\n}\n",
        ),
    ]);
    assert_eq!(
        shown.lines().collect::<Vec<_>>(),
        [
            "machine deploy production",
            "  jobs application []",
            "  shop application [9000] shop/web.py:app",
            "  http://127.0.0.1:9000 -> shop:Some(9000)",
            "  http://unix:/run/jobs.sock -> jobs:None",
            "  ! what listens on port 7000: no scanned unit, program or container does",
            "  ! the application `jobs:app`: no scanned file is its module",
        ]
    );
}
