//! The model on small projects.

use super::*;
use crate::facts::FileFacts;
use crate::source::Source;
use crate::syntax::{FileKind, Language, parse};

pub fn project(files: &[(&str, &str)]) -> Project {
    let facts = files.iter().map(|(path, text)| {
        let source = Arc::new(Source::new(*path, *text));
        FileFacts::collect(&source, &parse(Language::Nginx, *text).tree, FileKind::Nginx, path, None)
    });
    Project::link(facts.collect())
}

fn headers(level: Directive<'_>) -> Vec<String> {
    level.response_headers(Some(200)).into_iter().map(|header| header.name).collect()
}

#[test]
fn includes_stand_where_they_are_included() {
    let project = project(&[
        ("nginx/nginx.conf", "events {} http { add_header A 1; include conf.d/*.conf; }"),
        ("nginx/conf.d/a.conf", "server { include snippets/h.conf; location / { return 204; } }"),
        ("nginx/conf.d/b.conf", "server { listen 81; include snippets/h.conf; include snippets/gone.conf; }"),
        ("nginx/snippets/h.conf", "add_header B 2;"),
    ]);
    let nginx = project.nginx();
    assert_eq!(
        nginx.roots().map(|root| (root.level(), root.path())).collect::<Vec<_>>(),
        [(Level::Main, "nginx/nginx.conf")]
    );
    let servers: Vec<_> = nginx.servers().collect();
    assert_eq!(servers.len(), 2);
    for server in &servers {
        assert_eq!(headers(server.block), ["b"]);
        let header = server.block.effective("add_header").unwrap().directives[0];
        assert_eq!(header.path(), "nginx/snippets/h.conf");
        assert_eq!(header.included_by().unwrap().path(), server.block.path());
    }
    assert!(servers[0].block.is_wholly_known() && !servers[1].block.is_wholly_known());
    let missing: Vec<_> = nginx.missing_includes().iter().map(|missing| missing.path.as_str()).collect();
    assert_eq!(missing, ["snippets/gone.conf"]);
}

#[test]
fn circles_and_fragments() {
    let project = project(&[
        ("a.conf", "include b.conf; location / { }"),
        ("b.conf", "include a.conf; root /b;"),
        ("sites-enabled/x", "map $uri $y { default 1; }"),
        ("sites-enabled/y", "server { }"),
        ("stream.conf", "server { listen 5432; proxy_pass db:5432; }"),
    ]);
    let nginx = project.nginx();
    let roots: Vec<_> = nginx.roots().map(|root| (root.level(), root.path())).collect();
    assert_eq!(roots, [(Level::Http, "sites-enabled/x"), (Level::Stream, "stream.conf"), (Level::Server, "a.conf")]);
    assert_eq!(nginx.servers().count(), 1);
    let target = nginx.stream_servers().next().unwrap().block.proxy_target().unwrap();
    assert_eq!((target.protocol, target.authority.host, target.authority.port), (Protocol::Stream, "db", Some(5432)));
}

#[test]
fn inheritance() {
    let text = "http { add_header A 1; proxy_set_header X 1; allow 10.0.0.0/8; deny all; server { add_header_inherit merge; \
        location /a { add_header B 2; deny all; proxy_pass http://up/v1/; if ($x) { set $y 1; } location /a/b { } } \
        location /off { add_header_inherit off; } } upstream up { server app:8000; server 10.0.0.2; } }";
    let project = project(&[("nginx.conf", text)]);
    let nginx = project.nginx();
    let server = nginx.servers().next().unwrap();
    let locations: Vec<_> = server.locations().collect();
    assert_eq!(headers(locations[0]), ["b", "a"]);
    assert_eq!(headers(locations[1]), ["b", "a"]);
    assert_eq!(headers(locations[2]), [""; 0]);
    assert_eq!(locations[0].effective("allow").unwrap().directives.len(), 1);
    assert_eq!(locations[2].effective("allow").unwrap().directives.len(), 2);
    let target = locations[0].proxy_target().unwrap();
    assert_eq!((target.path, target.protocol), (Some("/v1/"), Protocol::Http));
    let ports: Vec<_> = target.upstream.unwrap().servers().map(|(_, to)| (to.host, to.port)).collect();
    assert_eq!(ports, [("app", Some(8000)), ("10.0.0.2", Some(80))]);
    assert!(locations[0].child("if").unwrap().proxy_target().is_some());
    assert!(locations[1].proxy_target().is_none());
    assert!(locations[0].knows("add_header"));
}

#[test]
fn locations_are_chosen_as_nginx_does() {
    let text = "server { location / { } location = /x { } location ^~ /static { } location ~ \\.php$ { } \
        location /in { location ~ \\.gif$ { } location /in/deep { } } location ~* \\.gif$ { } }";
    let project = project(&[("site.conf", text)]);
    let server = project.nginx().servers().next().unwrap();
    for (path, expected) in [
        ("/", "/"),
        ("/x", "= /x"),
        ("/x/y", "/"),
        ("/static/a.php", "^~ /static"),
        ("/a.php", "~ \\.php$"),
        ("/in/a.gif", "~ \\.gif$"),
        ("/in/a.php", "~ \\.php$"),
        ("/in/deep/a", "/in/deep"),
        ("/A.GIF", "~* \\.gif$"),
    ] {
        let found = location_of(server.block, path).map(|location| location.arguments().join(" "));
        assert_eq!(found.as_deref(), Some(expected), "{path}");
    }
}

#[test]
fn defaults() {
    let text = "server { server_name a; } server { listen 80 default_server; server_name b; } \
        server { listen 443 ssl; server_name c; } server { listen 443 ssl; server_name d; }";
    let project = project(&[("site.conf", text)]);
    let default: Vec<_> =
        project.nginx().servers().filter(|server| server.is_default()).filter_map(Server::name).collect();
    assert_eq!(default, ["b", "c"]);
}
