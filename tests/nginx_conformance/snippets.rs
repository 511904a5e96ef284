//! Tricky texts and how they are read: `name [argument];` and `name [argument] {...}`.

/// Texts without blocks that nginx takes.
pub const FLAT: [(&str, &str); 57] = [
    // Words end at blanks, `;` and `{`, at nothing else.
    ("a b;", "a [b];"),
    ("a\tb\r\nc;", "a [b] [c];"),
    ("a b;c d;", "a [b]; c [d];"),
    ("a b ;", "a [b];"),
    ("a b}c;", "a [b}c];"),
    ("a b};", "a [b}];"),
    ("a (b) c);", "a [(b)] [c)];"),
    ("a [::]:80;", "a [[::]:80];"),
    ("a =b=c;", "a [=b=c];"),
    ("a /b?c&d|e<f>g;", "a [/b?c&d|e<f>g];"),
    ("a b,c:d@e!f~g^h*i+j-k.l%m;", "a [b,c:d@e!f~g^h*i+j-k.l%m];"),
    ("a \u{e4}\u{1f600};", "a [\u{e4}\u{1f600}];"),
    // Quotes mean something only at the start of a word.
    ("a \"b c\";", "a [b c];"),
    ("a 'b c';", "a [b c];"),
    ("a \"\" '';", "a [] [];"),
    ("a b\"c d;", "a [b\"c] [d];"),
    ("a b'c;", "a [b'c];"),
    ("a \"b'c\" 'd\"e';", "a [b'c] [d\"e];"),
    ("a \"b;c{d}e#f\";", "a [b;c{d}e#f];"),
    ("a \"b\nc\";", "a [b\nc];"),
    ("a 'b\n  c' d;", "a [b\n  c] [d];"),
    ("a \"b\");", "a [b] [)];"),
    ("a \"b\")c;", "a [b] [)c];"),
    ("a 'b')'c;", "a [b] [)'c];"),
    ("\"a b\" c;", "a b [c];"),
    ("'a' \"b\" 'c';", "a [b] [c];"),
    ("a \"b\"\n;", "a [b];"),
    // Escapes: `\"`, `\'`, `\\`, `\t`, `\r` and `\n` are resolved, the backslash of all others stays.
    (r#"a "b\"c";"#, r#"a [b"c];"#),
    (r"a 'b\'c';", r"a [b'c];"),
    (r#"a 'b\"c';"#, r#"a [b"c];"#),
    (r"a b\\c;", r"a [b\c];"),
    (r"a b\tc;", "a [b\tc];"),
    (r#"a "b\nc\rd";"#, "a [b\nc\rd];"),
    (r"a b\;c;", r"a [b\;c];"),
    (r"a b\ c;", r"a [b\ c];"),
    (r"a b\{c;", r"a [b\{c];"),
    (r"a \.b\$ ^\w+\d$;", r"a [\.b\$] [^\w+\d$];"),
    (r"a \#b;", r"a [\#b];"),
    (r#"a \"b c;"#, r#"a ["b] [c];"#),
    (r#"a "b\\";"#, r"a [b\];"),
    (r#"a "\\\"";"#, r#"a [\"];"#),
    ("a b\\\nc;", "a [b\\\nc];"),
    (r"a \xb;", r"a [\xb];"),
    // `${` keeps a word together, other braces do not.
    ("a ${b};", "a [${b}];"),
    ("a b${c}d;", "a [b${c}d];"),
    ("a $b$c;", "a [$b$c];"),
    ("a \"${b}c\";", "a [${b}c];"),
    ("a ${{b;", "a [${{b];"),
    ("a b$;", "a [b$];"),
    ("a $ b;", "a [$] [b];"),
    // `#` starts a comment only where a word could start.
    ("a b#c;", "a [b#c];"),
    ("a # b;\n c;", "a [c];"),
    ("# a;\na b; # c\n", "a [b];"),
    ("a \"b\" # c\n;", "a [b];"),
    ("a #\n#;\nb;", "a [b];"),
    ("a '#b' #c'\n;", "a [#b];"),
    ("a b;#", "a [b];"),
];

/// Whole configurations that nginx takes.
pub const NESTED: [(&str, &str); 13] = [
    ("events{}", "events {}"),
    ("events {}http{}", "events {} http {}"),
    ("'events' {} \"http\" {}", "events {} http {}"),
    (
        "events {} http { map $uri $x { default 0; '~^/a{2}$' 1; \"~^/b{2,3}$\" ''; } }",
        "events {} http {map [$uri] [$x] {default [0]; ~^/a{2}$ [1]; ~^/b{2,3}$ [];}}",
    ),
    (
        "events {} http { server { location ~ \"^/a{2}$\"{ return 204; } } }",
        "events {} http {server {location [~] [^/a{2}$] {return [204];}}}",
    ),
    (
        "events {} http { server { if ($uri = \"a\") { return 204; } } }",
        "events {} http {server {if [($uri] [=] [a] [)] {return [204];}}}",
    ),
    (
        "events {} http { server { if ($uri ~ \"^/a{1}\"){return 204;} } }",
        "events {} http {server {if [($uri] [~] [^/a{1}] [)] {return [204];}}}",
    ),
    (
        "events {} http { server { if ( $uri ) { return 204; } } }",
        "events {} http {server {if [(] [$uri] [)] {return [204];}}}",
    ),
    (
        "events {} http { geo $x { default 0; 10.0.0.0/8 1; } }",
        "events {} http {geo [$x] {default [0]; 10.0.0.0/8 [1];}}",
    ),
    (
        "events {} http { types { text/a a aa; \"text/b\" b; } }",
        "events {} http {types {text/a [a] [aa]; text/b [b];}}",
    ),
    (
        "events {} http { server { location / { limit_except GET { deny all; } } } }",
        "events {} http {server {location [/] {limit_except [GET] {deny [all];}}}}",
    ),
    (
        "events {} http { server { location = /a{return 200 ok;}location /b{return 200 \"a;}b\";} } }",
        "events {} http {server {location [=] [/a] {return [200] [ok];} location [/b] {return [200] [a;}b];}}}",
    ),
    ("events # a {\n{ # }\n} # b", "events {}"),
];

/// Texts that nginx refuses for their form, and what is read of them all the same.
pub const REFUSED: [(&str, &str); 16] = [
    ("a }b;", "a; b;"),
    ("a b", "a [b];"),
    ("a b }", "a [b];"),
    ("; a b;", "a [b];"),
    ("a b;; c d;", "a [b]; c [d];"),
    ("a \"b\"c;", "a [b] [c];"),
    ("a \"b\"\"c\";", "a [b] [c];"),
    ("a 'b'\"c\" d;", "a [b] [c] [d];"),
    ("a \"b\"#c\n;", "a [b];"),
    ("a \"b;\nc d;", "a [b]; c [d];"),
    ("a \"b;\nc \"d\";", "a [b]; c [d];"),
    ("a 'b\\';", "a [b'];"),
    ("events { a", "events {a;}"),
    ("events {", "events {}"),
    ("events {} }", "events {}"),
    ("{ a b; }", ""),
];
