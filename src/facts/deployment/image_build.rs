//! Images that scripts and pipelines build: `docker build`, and the actions of workflows that do it.

use super::word::{Word, commands_of_text};
use super::yaml::Yaml;
use crate::syntax::{Field, Kind, Tree};

/// An image that is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageBuild {
    /// Its name with the tag, as written.
    pub tag: Word,
    /// The build context, as written.
    pub context: Option<Word>,
    /// The Dockerfile, as written.
    pub dockerfile: Option<Word>,
}

impl ImageBuild {
    /// `docker build -t NAME -f FILE CONTEXT`.
    pub fn of_words(words: &[Word]) -> Option<Self> {
        let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
        let builds = (1..4).any(|at| matches!(text(at), "build" | "bud"));
        if !matches!(text(0), "docker" | "podman" | "buildah") || !builds {
            return None;
        }
        let (mut tag, mut dockerfile, mut context) = (None, None, None);
        let mut at = 1;
        while at < words.len() {
            let joined = words[at].split_once('=').filter(|(flag, _)| flag.text.starts_with('-'));
            let (flag, value) = match joined {
                Some((flag, value)) => (flag.text, Some(value)),
                None => (text(at).to_owned(), None),
            };
            at += 1;
            let is_switch = || {
                matches!(
                    &*flag,
                    "--push"
                        | "--load"
                        | "--pull"
                        | "--no-cache"
                        | "--quiet"
                        | "--rm"
                        | "-q"
                        | "--squash"
                        | "--force-rm"
                )
            };
            match flag.as_str() {
                "build" | "buildx" | "bud" | "image" => {}
                _ if !flag.starts_with('-') || flag == "-" => context = Some(words[at - 1].clone()),
                _ if is_switch() => {}
                _ => {
                    let value = value.or_else(|| {
                        at += 1;
                        words.get(at - 1).cloned()
                    });
                    match flag.as_str() {
                        "-t" | "--tag" => tag = tag.or(value),
                        "-f" | "--file" => dockerfile = value,
                        _ => {}
                    }
                }
            }
        }
        Some(Self { tag: tag?, context, dockerfile })
    }
}

/// The images that a workflow builds.
pub(super) fn collect(tree: &Tree) -> Vec<ImageBuild> {
    let mut builds = Vec::new();
    for node in tree.ids().filter(|&node| tree.kind(node) == Kind::Pair) {
        let (Some(key), Some(value)) = (tree.child(node, Field::Key), tree.child(node, Field::Value)) else { continue };
        match tree.label(key) {
            "with" => {
                let Some(with) = Yaml::new(tree, value).filter(|with| with.get("tags").is_some()) else { continue };
                let Some(tags) = with.word_of("tags") else { continue };
                // One tag a line; all name the same image, or one that is pushed to two registries.
                for tag in tags.text.split(['\n', ',']).map(str::trim).filter(|tag| !tag.is_empty()) {
                    builds.push(ImageBuild {
                        tag: Word::new(tag, tags.span),
                        context: with.word_of("context"),
                        dockerfile: with.word_of("file"),
                    });
                }
            }
            "run" | "script" | "before_script" => {
                let texts = Yaml::new(tree, value).map(Yaml::words).unwrap_or_default();
                for text in texts.iter().filter(|text| text.text.contains("build")) {
                    builds.extend(commands_of_text(text).iter().filter_map(|words| ImageBuild::of_words(words)));
                }
            }
            _ => {}
        }
    }
    builds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Language, parse};

    #[test]
    fn finds_the_images_of_a_pipeline() {
        let text = "jobs:\n  a:\n    steps:\n      - run: docker buildx build --push -t r.example/a:1 -f a/Dockerfile .\n      \
                    - uses: docker/build-push-action@v6\n        with:\n          context: ./b\n          tags: |\n            r.example/b:1\n            r.example/b:2\n";
        let builds = collect(&parse(Language::Yaml, text).tree);
        let shown: Vec<_> = builds
            .iter()
            .map(|build| {
                let word = |word: &Option<Word>| word.as_ref().map_or("-", |word| &word.text).to_owned();
                format!("{} {} {}", build.tag.text, word(&build.context), word(&build.dockerfile))
            })
            .collect();
        assert_eq!(shown, ["r.example/a:1 . a/Dockerfile", "r.example/b:1 ./b -", "r.example/b:2 ./b -"]);
    }
}
