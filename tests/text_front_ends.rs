//! nginx, shell and Dockerfile front ends on arbitrary texts and on the corpus of real files.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "this is a test")]

mod corpus;

use bartizan::syntax::{Language, Parsed, parse};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const LANGUAGES: [Language; 3] = [Language::Nginx, Language::Shell, Language::Dockerfile];

/// Texts that use everything, to be cut and mixed.
const NGINX: &str = r#"server { listen 80; # c
location ~ ^/(a|b){2}\.php$ { return 301 "https://$host${uri}\t'$1"; }
if ($a = 'b') { rewrite ^(.*)$ /$1 last; } x_by_lua_block { a = "}" --[[ } ]] }
map $x $y { ~^a b; default ""; } {{ if x }} listen {{ port }}; {% end %} ${A}
<%= y %> "a\"b" 'c' ; }"#;
const SHELL: &str = r#"A=1 x=(a "b c") curl "https://${H:-e}/$(id -u)" | sudo sh -s 2>&1 > f <<E && a || b &
body $x `y`
E
if [ -f x ]; then a; elif [[ $a =~ ^(b)$ ]]; then :; else c; fi; for i in $(ls); do x; done
f() { a; } ; case $1 in a|b) x ;; *) y ;; esac; (( i++ )) # c
echo $(( 1 + $x )) $'a\n' <(z) ${x%%.*} \
 'q' "#;
const DOCKERFILE: &str = r#"# escape=\
ARG B=a
FROM --platform=x ${B:-c} AS s
ENV A=1 B="x $A" C=\ d
RUN --mount=type=x a && \
  # c
  b "q \
 r" | c
RUN <<E
x
E
COPY <<-"F" ["a", "b"] /c
	F
CMD ["a", "\u0041"]
HEALTHCHECK --x=1 CMD a || b
ONBUILD RUN a
{{ if }} FOO bar
"#;

fn check(language: Language, text: &str) -> Parsed {
    let parsed = parse(language, text);
    if let Err(broken) = parsed.tree.check() {
        panic!("{language:?} {text:?}: {broken}");
    }
    for span in parsed.problems.iter().map(|problem| problem.span).chain(parsed.tree.comments().iter().copied()) {
        assert!(text.get(span.range()).is_some(), "{language:?} {text:?}: {span:?}");
    }
    assert!(parsed.tree.comments().is_sorted());
    parsed
}

/// Pieces of a text that means something, cut at any character and put together in any order.
fn mutated() -> impl Strategy<Value = String> {
    let source = prop::sample::select(vec![NGINX, SHELL, DOCKERFILE]);
    let piece = (source, any::<prop::sample::Index>(), 0_usize..40).prop_map(|(text, start, length)| {
        let chars: Vec<char> = text.chars().collect();
        let start = start.index(chars.len());
        chars[start..(start + length).min(chars.len())].iter().collect::<String>()
    });
    prop::collection::vec(prop_oneof![8 => piece, 1 => any::<String>()], 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_gives_a_sound_tree(text in any::<String>()) {
        for language in LANGUAGES {
            check(language, &text);
        }
    }

    #[test]
    fn mutated_text_gives_a_sound_tree(text in mutated()) {
        for language in LANGUAGES {
            let parsed = check(language, &text);
            if language == Language::Dockerfile {
                for word in parsed.tree.ids().filter(|&id| parsed.tree.kind(id) == bartizan::syntax::Kind::Word).take(20) {
                    let _ = bartizan::syntax::dockerfile::resolve_args(&parsed.tree, word);
                }
            }
        }
    }
}

/// Texts that make a careless parser slow: a megabyte, or less of it where the tests are not optimised.
#[test]
fn time_grows_with_length() {
    let pieces = [
        "{",
        "}",
        "a {",
        "\"",
        "'",
        "\"a\nb ",
        "'a\"",
        "{{ ",
        "{{ }} ",
        "a{{",
        "{{ \" }} ",
        "<% ",
        "$",
        "${",
        "${{",
        "${a",
        "\\",
        "x_by_lua_block {",
        "x_by_lua_block { [[ ",
        "#\n",
        "a \\\n",
        "RUN a \\\n",
        "RUN <<E\n",
        "ENV a=$a$a\n",
        "$(",
        "`",
        "\"$(",
        "<<E ",
        "cat <<E\n",
        "((",
        "$((",
        "[[ ",
        "if ",
        "fi ",
        "a | ",
        "a && ",
        "case a in ",
        "a=(",
        "${a:-",
        "\"`",
        "'\"`$(",
        "@(",
        "a() ",
        "\\`",
        "FROM a AS b\n",
        "\u{e4} ",
        "\r",
        "\t\"{{",
        "1<<E ",
    ];
    let (length, limit) = if cfg!(debug_assertions) { (100_000, 2000) } else { (1_000_000, 1000) };
    let limit = Duration::from_millis(limit);
    let mut slow = Vec::new();
    for piece in pieces {
        let text = piece.repeat(length / piece.len());
        for language in LANGUAGES {
            let start = Instant::now();
            check(language, &text);
            let elapsed = start.elapsed();
            if elapsed > limit {
                slow.push(format!("{language:?} took {elapsed:?} for {piece:?}"));
            }
        }
    }
    assert_eq!(slow, [""; 0]);
}

/// Parses files and gives the problems, `path:line: message` each.
fn complaints(language: Language, files: &[PathBuf]) -> Vec<String> {
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 100 });
    let mut complaints = Vec::new();
    for path in files {
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let start = Instant::now();
        let parsed = check(language, &text);
        let elapsed = start.elapsed();
        assert!(elapsed < limit, "{} took {elapsed:?}", path.display());
        for problem in &parsed.problems {
            let line = text[..problem.span.range().start].matches('\n').count() + 1;
            complaints.push(format!("{}:{line}: {}", path.display(), problem.message));
        }
    }
    println!("{language:?}: {} files, {} problems", files.len(), complaints.len());
    for complaint in &complaints {
        println!("{complaint}");
    }
    complaints
}

/// Files that are not what their place says, or not yet: what of a path, and why.
const EXPLAINED: [(&str, &str); 3] = [
    ("ngx_installer.conf", "a shell script"),
    (".tmpl", "a template that opens alternative blocks"),
    ("j2", "a template"),
];

#[test]
fn corpus_parses_without_problems() {
    let Some(corpus) = corpus::folder() else { return };
    let of = |folder: &str, keep: fn(&Path) -> bool| -> Vec<PathBuf> {
        corpus::files(&corpus.join(folder)).into_iter().filter(|path| keep(path)).collect()
    };
    let is_dockerfile = |path: &Path| !matches!(path.extension().and_then(|it| it.to_str()), Some("js" | "map"));
    let mut complaints = complaints(Language::Nginx, &of("nginx", |_| true));
    complaints.extend(self::complaints(Language::Dockerfile, &of("docker", is_dockerfile)));
    complaints.retain(|complaint| {
        let path = complaint.split(':').next().unwrap_or("");
        let is_template = path.ends_with(".template") && path.contains("/Dockerfile");
        !is_template && !EXPLAINED.iter().any(|(end, _)| path.ends_with(end))
    });
    assert_eq!(complaints, [""; 0]);
}
