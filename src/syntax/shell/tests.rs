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

/// Labels of the arguments of the first command.
fn words(text: &str) -> Vec<String> {
    let tree = parsed(text).tree;
    let command = tree.ids().find(|&id| tree.kind(id) == Kind::Command).unwrap();
    tree.children(command).filter(|&id| tree.kind(id) == Kind::Word).map(|id| tree.label(id).to_owned()).collect()
}

#[test]
fn resolves_quotes() {
    assert_eq!(words(r#"a 'b c'"d $e"f\ g"#), ["a", "b cd $ef g"]);
    assert_eq!(words(r#"a "\$x \" \\ \n" '\' \;"#), ["a", r#"$x " \ \n"#, "\\", ";"]);
    assert_eq!(words(r"a $'x\ty\'\x41' $'\u00e4'"), ["a", "x\ty'A", "ä"]);
    assert_eq!(words("a b\\\nc \\\n  d # e"), ["a", "bc", "d"]);
    assert_eq!(words("a '' b#c"), ["a", "", "b#c"]);
    assert_eq!(words("ls @(a|b).txt !(c d)"), ["ls", "@(a|b).txt", "!(c d)"]);
}

#[test]
fn lowers_commands() {
    let text = r#"#!/bin/sh
A=1 B="x $y" curl -fsSL "https://${HOST:-example.org}/a$(id -u)" | sudo bash -s -- --x 2>&1 >/dev/null
export KEY=abc && echo ${x:+$(cmd)} ${x%%.*} ${#x} ${{ github.event.title }} >> "$OUT" &
arr=(a "b c" $d) n[1]+=2
diff <(ls a) `date +\`x\``
(( i++ )); echo $(( $i + (2) ))
"#;
    let parsed = parsed(text);
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.tree.comments().len(), 1);
    insta::assert_snapshot!(parsed.tree.dump());
}

#[test]
fn lowers_compound_commands() {
    let text = r#"
if [ -f x ]; then echo a; elif [[ $a =~ ^(a|b)$ && -f y ]]; then :; else foo; fi # end
for i in a b $(ls); do rm -rf "$i"; done
for ((i=0; i<$n; i++)) { x; }
while read -r line; do x; done < in
f() { a; }
function g { b; }
case $1 in a|b) x ;; (*) y;; esac
(cd x && ls) >o
"#;
    let parsed = parsed(text);
    assert_eq!(parsed.problems, []);
    insta::assert_snapshot!(parsed.tree.outline());
}

#[test]
fn reads_here_documents() {
    let text = "cat <<A - <<-'B' | tee x\nhello $name $(id)\nA\n\ttwo $x\n\tB\nsudo bash -eo pipefail <<E\nrm -rf /\nE\necho $(cat <<F\nin\nF\n) end\n";
    let parsed = parsed(text);
    assert_eq!(parsed.problems, []);
    insta::assert_snapshot!(parsed.tree.dump());
}

#[test]
fn goes_on_behind_mistakes() {
    assert_eq!(messages("echo 'a\necho b"), ["single quote is not closed"]);
    assert_eq!(messages("echo \"a\necho b"), ["double quote is not closed"]);
    assert_eq!(messages("fi; echo"), ["unexpected `fi`"]);
    assert_eq!(messages("echo )"), ["unexpected `)`"]);
    assert_eq!(messages("if a; then b"), ["compound command is not closed, expected `fi`"]);
    assert_eq!(messages("echo $(a"), ["command substitution is not closed, expected `)`"]);
    assert_eq!(messages("echo ${a"), ["`${` is not closed"]);
    assert_eq!(messages("cat <<E\nx"), ["here-document is not ended by `E`"]);
    let tree = parsed("echo \"a\nrm -rf /\n").tree;
    assert!(tree.ids().any(|id| tree.kind(id) == Kind::Command && tree.label(id) == "rm"));
}

#[test]
fn bounds_depth() {
    for piece in ["(", "{ ", "$(", "\"$(", "${a:-", "if ", "`", "a() {", "((", "[[ ", "case a in b) ", "a=("] {
        let parsed = parsed(&piece.repeat(100_000));
        let tree = &parsed.tree;
        assert!(tree.ids().all(|id| tree.subtree_end(id) > id.0));
        let deepest = tree.ids().max_by_key(|&id| tree.ancestors(id).take(MAX_DEPTH + 1).count()).unwrap();
        assert!(tree.ancestors(deepest).count() < MAX_DEPTH, "{piece}");
    }
}
