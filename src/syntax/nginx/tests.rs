use super::parse;
use crate::syntax::{Kind, MAX_DEPTH, Parsed};

fn parsed(text: &str) -> Parsed {
    let parsed = parse(text.into());
    parsed.tree.check().unwrap();
    parsed
}

fn messages(text: &str) -> Vec<String> {
    parsed(text).problems.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn lowers_a_server() {
    let text = r#"
upstream app { server unix:/run/app.sock; } # the app
server {
    listen 80;
    location ~ \.php$ { fastcgi_pass "unix:${sock}"; }
    if ($http_origin ~* "^https://(\w+)\.example\.org$") { add_header X "a\tb $1" always; }
    location / { proxy_set_header Host $host:$server_port; return 301 https://$host$1x; }
}
"#;
    let parsed = parsed(text);
    assert_eq!(parsed.problems, []);
    insta::assert_snapshot!(parsed.tree.dump());
    let comments: Vec<_> = parsed.tree.comments().iter().map(|span| &text[span.range()]).collect();
    assert_eq!(comments, ["# the app"]);
}

#[test]
fn skips_lua() {
    let text = r#"
content_by_lua_block {
    local a = "}" -- }
    local b = [==[ } ]] ]==] --[[ }
    }]]
    if a then ngx.say({1, '\'}'}) end
}
set_by_lua_block $x { return 1 }
listen 80;
"#;
    let parsed = parsed(text);
    assert_eq!(parsed.problems, []);
    insta::assert_snapshot!(parsed.tree.outline());
}

#[test]
fn steps_over_templates() {
    let text = r#"
{% if tls %}
listen {{ port }} ssl{{ if .http2 }} http2{{ end }};
{%- endif %}
${EXTRA_DIRECTIVES}
server_name {{ join " " .Names }} www.<%= domain %>;
{{ range .Locations }}location {{ .Path }} { proxy_pass http://{{ .Upstream }}/$uri; }{{ end }}
add_header X "{{ index .Values "x" }}";
{# a comment #}
"#;
    let parsed = parsed(text);
    let problems: Vec<_> = parsed.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(problems, ["template placeholder: its value is not known"]);
    insta::assert_snapshot!(parsed.tree.outline());
}

#[test]
fn goes_on_behind_mistakes() {
    let text = r#"
add_header A "never closed;
add_header B "closed";
; listen 80 }
server { listen 81;
"#;
    let parsed = parsed(text);
    insta::assert_snapshot!(format!("{}{:#?}", parsed.tree.outline(), parsed.problems));
}

#[test]
fn reports_what_nginx_refuses() {
    let unexpected_brace = "unexpected `}`, expected `;` before it";
    assert_eq!(messages("server { listen 80 }"), [unexpected_brace]);
    assert_eq!(messages("listen 80; }"), ["unexpected `}`: no block is open"]);
    assert_eq!(messages("listen \"80\"x;"), ["unexpected character after a closing quote"]);
    assert_eq!(messages("server {"), ["block is not closed, expected `}` before the end of the file"]);
    assert_eq!(messages("listen 80"), ["unexpected end of the file, expected `;` or `{` after this directive"]);
    assert_eq!(messages("{ }"), ["unexpected `{`, expected a directive"]);
    assert_eq!(messages("a_by_lua_block { '"), ["Lua block is not closed, expected `}`"]);
}

#[test]
fn bounds_depth() {
    for text in ["a {".repeat(100_000), "a {".repeat(100_000) + &"}".repeat(100_000), "{".repeat(100_000)] {
        let parsed = parsed(&text);
        let tree = &parsed.tree;
        assert!(tree.ids().last().is_some_and(|id| tree.ancestors(id).count() < MAX_DEPTH));
        assert!(tree.ids().any(|id| tree.kind(id) == Kind::Error));
        assert!(!parsed.problems.is_empty());
    }
    let closed = parsed(&("a {".repeat(500) + &"}".repeat(500) + "listen 80;"));
    assert_eq!(closed.tree.label(closed.tree.ids().nth_back(1).unwrap()), "listen");
}
