//! `bartizan map`: what the deployment checks rest on.

use crate::project::Project;
use serde_json::Value;

fn shop() -> Project {
    let project = Project::new(&[]);
    project.write(
        "compose.yaml",
        "services:\n  proxy:\n    image: nginx:1.27\n    ports: ['443:443']\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro']\n  \
         app:\n    build: .\n    environment: {SECRET_KEY: do-not-show-me}\n",
    );
    project.write(
        "Dockerfile",
        "FROM python:3.12\nCOPY . /srv\nCMD [\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\"]\n",
    );
    project.write("main.py", "from fastapi import FastAPI\napp = FastAPI()\n");
    project.write(
        "nginx.conf",
        "events {}\nhttp {\n  server {\n    listen 443 ssl;\n    server_name shop.example;\n    location / { proxy_pass http://app:8000; }\n    \
         location /gone/ { proxy_pass http://gone:1; }\n  }\n}\n",
    );
    project
}

fn map(project: &Project, arguments: &[&str]) -> String {
    let output = project.command(&[&["map"], arguments].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn text_shows_services_ways_and_joints_that_could_not_be_made() {
    let shown = map(&shop(), &[]);
    for line in [
        "compose: compose.yaml",
        "app [application]  compose.yaml:6",
        "runs uvicorn with main.py:app  Dockerfile:3",
        "listens on 8000",
        "published: 443 -> 443 on all addresses (ports)",
        "reached from proxy for shop.example / on port 8000  nginx.conf:6",
        "the service at `gone`: no service of this deployment has that name  nginx.conf:7",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

#[test]
fn json_is_for_programs_and_shows_no_values_of_variables() {
    let shown = map(&shop(), &["--format", "json"]);
    assert!(!shown.contains("do-not-show-me"));
    let value: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(value["version"], 1);
    let deployment = &value["deployments"][0];
    assert_eq!(deployment["platform"], "compose");
    assert_eq!(deployment["services"][1]["application"], "main.py:app");
    assert_eq!(deployment["services"][1]["variables"][0], "SECRET_KEY");
    assert_eq!(deployment["ways"][0]["hosts"][0], "shop.example");
    assert_eq!(deployment["broken"].as_array().unwrap().len(), 1);
}

#[test]
fn graphs_are_for_mermaid_and_graphviz() {
    let project = shop();
    let mermaid = map(&project, &["--format", "mermaid"]);
    assert!(mermaid.starts_with("flowchart LR\n") && mermaid.contains("d0s0 -->|\"/\"| d0s1"), "{mermaid}");
    let dot = map(&project, &["--format", "dot"]);
    assert!(dot.starts_with("digraph") && dot.contains("d0internet -> d0s0 [label=\"443\"];"), "{dot}");
}

#[test]
fn nothing_to_show_is_said() {
    let project = Project::new(&[]);
    project.write("main.py", "x = 1\n");
    assert!(map(&project, &[]).starts_with("No deployment was found"));
}

#[test]
fn a_folder_that_is_not_there_is_a_mistake() {
    let output = Project::new(&[]).command(&["map", "nowhere"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
