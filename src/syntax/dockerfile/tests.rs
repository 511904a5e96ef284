use super::{parse, resolve_args};
use crate::syntax::{Field, Kind, NodeId, Parsed, Tree};

fn parsed(text: &str) -> Parsed {
    let parsed = parse(text.into());
    parsed.tree.check().unwrap();
    parsed
}

fn messages(text: &str) -> Vec<String> {
    parsed(text).problems.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn lowers_stages_and_instructions() {
    let text = r#"# syntax=docker/dockerfile:1
ARG BASE=python:3.12
from --platform=$BUILDPLATFORM ${BASE}-slim AS build
ENV A=1 B="x $A" C=it\'s\ me
ENV PATH /x/y  z
LABEL "k"="v w" d=$B
ARG TOKEN
WORKDIR /a b
COPY --from=build --chown=1:1 ["a b", "/c"]
COPY a b /c/
EXPOSE 80/tcp 443
HEALTHCHECK --interval=5s CMD curl -f http://localhost || exit 1
ONBUILD RUN ls
CMD ["python", "-m", "a\u0070p"]
ENTRYPOINT exec app $X

FROM scratch
HEALTHCHECK NONE
SHELL ["/bin/bash", "-c"]
VOLUME /data
"#;
    let parsed = parsed(text);
    assert_eq!(parsed.problems, []);
    insta::assert_snapshot!(parsed.tree.outline());
}

#[test]
fn keeps_places_over_continued_lines() {
    let text = "FROM a\r\nRUN --mount=type=cache,target=/root apt-get update && \\\r\n    # comment\r\n\r\n    apt-get install -y \"cu\\\r\nrl\" \\\r\n && rm -rf /x\r\nUSER app\r\n";
    let parsed = parsed(text);
    assert_eq!(parsed.problems, []);
    insta::assert_snapshot!(parsed.tree.dump());
    let tree = &parsed.tree;
    let of = |label: &str| tree.ids().find(|&id| tree.label(id) == label).map(|id| tree.source(id)).unwrap();
    assert_eq!(of("curl"), "\"cu\\\r\nrl\"");
    assert_eq!(of("rm"), "rm -rf /x");
    assert_eq!(tree.comments().len(), 1);
}

#[test]
fn reads_here_documents() {
    let text = "FROM a\nRUN <<EOT\nset -e\necho $A\nEOT\nRUN <<EOT\n#!/usr/bin/env python3\nprint('(')\nEOT\nRUN cat <<-E > /f && ls\n\tabc $B\n\tE\nRUN python3 <<'P' | sh\nif (\nP\nCOPY <<A <<\"B\" /files/\nhello ${X}\nA\nbye ${X}\nB\nRUN echo $((1<<2)) \"<<no\"\n";
    let parsed = parsed(text);
    assert_eq!(parsed.problems, []);
    insta::assert_snapshot!(parsed.tree.dump());
}

#[test]
fn leaves_other_shells_alone() {
    let text = "# escape=`\nFROM mcr.microsoft.com/windows/servercore AS base\nRUN if (Test-Path c:\\a) { `\n  rm x }\nFROM BASE\nSHELL [\"bash\", \"-c\"]\nRUN echo \"a b\" `\n  c\nFROM alpine\nSHELL [\"pwsh\", \"-c\"]\nRUN $a = (1)\n";
    let parsed = parsed(text);
    assert_eq!(parsed.problems, []);
    insta::assert_snapshot!(parsed.tree.outline());
}

#[test]
fn goes_on_behind_mistakes() {
    assert_eq!(messages("FROM a\nFOO bar\n"), ["unknown instruction"]);
    assert_eq!(messages("FROM a\nRUN\n"), ["RUN without arguments"]);
    assert_eq!(messages("FROM a\nENV A\n"), ["expected `=` and a value"]);
    assert_eq!(messages("FROM a\nSHELL bash\n"), ["expected a JSON array"]);
    assert_eq!(messages("FROM a\nRUN echo 'x\n"), ["single quote is not closed"]);
    let template = "FROM a\n{{ if x -}}\nRUN a && \\\n{{ if y -}}\n b\n{{ end }}\nCOPY a b\n";
    assert_eq!(messages(template), ["template placeholder: its value is not known"]);
    insta::assert_snapshot!(parsed(template).tree.outline());
}

/// The resolved value of each argument of the instruction that holds `text`.
fn resolved(tree: &Tree, text: &str) -> Vec<Option<String>> {
    let holds = |&id: &NodeId| tree.kind(id) == Kind::Instruction && tree.source(id).contains(text);
    let instruction = tree.ids().find(holds).unwrap();
    tree.children_by(instruction, Field::Argument).map(|word| resolve_args(tree, word)).collect()
}

#[test]
fn resolves_arguments() {
    let text = r#"ARG VERSION=3.12
ARG VARIANT=${NONE:-slim}
ARG EMPTY=
FROM python:${VERSION}-$VARIANT AS base
ENV ROOT=/srv NAME="it's $VERSION"
ARG VERSION
ENV BOTH=$ROOT/${VERSION:+v}$VERSION
ARG ROOT=/hidden
USER $ROOT/$BOTH
ARG LATER
FROM base
USER ${ROOT}x
STOPSIGNAL $VERSION
VOLUME '$ROOT' \$ROOT "${LATER:-d}" ${EMPTY:-e} ${ROOT%x} $BOTH
FROM ${EMPTY:-scratch}
WORKDIR $ROOT
"#;
    let tree = parsed(text).tree;
    let value = |text: &str| resolved(&tree, text);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(value("python:")[0], some("python:3.12-slim"));
    assert_eq!(value("USER $ROOT/$BOTH"), [some("/srv//srv/v3.12")]);
    assert_eq!(value("USER ${ROOT}x"), [some("/srvx")]);
    assert_eq!(value("STOPSIGNAL"), [None]);
    let volume = [some("$ROOT"), some("$ROOT"), some("d"), some("e"), None, some("/srv/v3.12")];
    assert_eq!(value("VOLUME"), volume);
    assert_eq!(value("FROM ${EMPTY"), [some("scratch")]);
    assert_eq!(value("WORKDIR"), [None]);
}

#[test]
fn bounds_values() {
    let doubling: Vec<_> = (1..60).map(|index| format!("ENV v{index}=$v{}$v{0}\n", index - 1)).collect();
    let text = format!("FROM a\nENV v0=xxxxxxxxxx\n{}USER $v59\nWORKDIR $v3\n", doubling.concat());
    let tree = parsed(&text).tree;
    assert_eq!(resolved(&tree, "USER"), [None]);
    assert_eq!(resolved(&tree, "WORKDIR").len(), 1);
    assert_eq!(resolved(&tree, "WORKDIR")[0].as_ref().unwrap().len(), 80);
}
