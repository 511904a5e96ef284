//! All detectors together: one pass over the text for the formats, one over the trees for the assignments, and one
//! decision on who gets each value.

use super::detector::{Assignments, Detector};
use super::name::{SecretKind, SecretName, judge_name};
use super::place::{is_test_path, is_translation_path};
use super::sites::{self, Position, Site};
use super::spec::Values;
use super::value::{Judgement, Reason, is_type_word, judge_value};
use super::vocabulary::NAME_STEMS;
use super::words::{is_placeholder_phrase, words};
use crate::literals::Literals;
use crate::source::Span;
use crate::syntax::{Field, FileKind, Kind, Language, NodeId, Tree};
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, HashMap};

/// A secret that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretMatch {
    /// Index of the detector in the set.
    pub detector: usize,
    /// The literal, in the file.
    pub span: Span,
    /// What of it is to be masked, in the file.
    pub value: Span,
    /// Captures for the rule's message: `$NAME` and `$KIND`. Never the value.
    pub message_captures: Vec<(String, String)>,
    /// The literal's node and the index of its tree, where a tree covers it.
    pub anchor_node: Option<(usize, NodeId)>,
}

/// Detectors that scan together.
#[derive(Debug)]
pub struct SecretSet {
    detectors: Vec<Detector>,
    keywords: Literals,
    /// For each keyword the formats (detector, format) that it belongs to.
    owners: Vec<Vec<(usize, usize)>>,
    has_assignments: bool,
    has_extra_names: bool,
}

/// A match before the decision. Ordered by who wins: formats before assignments, the specific before the general.
#[derive(Debug)]
struct Claim {
    rank: (u8, bool, usize),
    found: SecretMatch,
}

impl SecretSet {
    /// Puts detectors together; [`SecretMatch::detector`] counts in this order.
    pub fn new(mut detectors: Vec<Detector>) -> Self {
        let mut regexes = HashMap::new();
        for format in detectors.iter_mut().flat_map(|detector| &mut detector.formats) {
            format.share_regex(&mut regexes);
        }
        let mut index: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, detector) in detectors.iter().enumerate() {
            for (format_at, format) in detector.formats.iter().enumerate() {
                for keyword in format.keywords() {
                    index.entry(keyword.to_ascii_lowercase()).or_default().push((at, format_at));
                }
            }
        }
        let (texts, owners): (Vec<String>, Vec<_>) = index.into_iter().unzip();
        let keywords = Literals::new(texts);
        let has_assignments = detectors.iter().any(|detector| detector.assignments.is_some());
        let has_extra_names = detectors
            .iter()
            .any(|one| one.assignments.as_ref().is_some_and(|assignments| !assignments.names.is_empty()));
        Self { detectors, keywords, owners, has_assignments, has_extra_names }
    }

    /// The detectors, in order.
    pub fn detectors(&self) -> &[Detector] {
        &self.detectors
    }

    /// Whether assignments can be in a text of this kind, so that trees are worth making.
    pub fn needs_trees(&self, kind: FileKind, text: &str) -> bool {
        self.has_assignments
            && (kind.language() != Language::Text || matches!(kind, FileKind::Markdown | FileKind::Notebook))
            && (self.has_extra_names || has_stem(text))
    }

    /// Every secret of a file, in order of the text. `path` is the path below the scanned root: folders above it must
    /// not decide what is a test. `trees` are those that the file's text was parsed into; formats need none.
    pub fn scan(&self, kind: FileKind, path: &str, text: &str, trees: &[Tree]) -> Vec<SecretMatch> {
        let reading: Vec<bool> = self.detectors.iter().map(|detector| detector.reads(kind, path)).collect();
        let in_test = is_test_path(path);
        let mut claims = self.format_claims(text, trees, &reading, in_test);
        if self.has_assignments && !is_translation_path(path) {
            for (at, tree) in trees.iter().enumerate() {
                self.assignment_claims(kind, at, tree, &reading, in_test, &mut claims);
            }
        }
        decide(claims)
    }

    fn format_claims(&self, text: &str, trees: &[Tree], reading: &[bool], in_test: bool) -> Vec<Claim> {
        let mut hits: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        self.keywords.each(text, |keyword, start| {
            for &owner in &self.owners[keyword] {
                let (detector, format) = (&self.detectors[owner.0], owner.1);
                let in_place = detector.place.includes(in_test) || detector.formats[format].can_be_proven();
                if reading[owner.0] && in_place {
                    hits.entry(owner).or_default().push(start);
                }
            }
            true
        });
        let mut claims = Vec::new();
        for ((at, format_at), mut starts) in hits {
            let detector = &self.detectors[at];
            let format = &detector.formats[format_at];
            // Overlapping matches are reported by their ends; keywords of several lengths come out of order.
            starts.sort_unstable();
            for hit in format.matches(text, &starts) {
                if !detector.place.includes(in_test && !hit.proven) {
                    continue;
                }
                let span = Span::from_range(hit.value);
                if format.is_loose() && is_documentation(trees, span) {
                    continue;
                }
                claims.push(Claim {
                    rank: (format.rank(), !detector.is_for_kind(), at),
                    found: SecretMatch {
                        detector: at,
                        span,
                        value: span,
                        message_captures: vec![
                            ("$KIND".to_owned(), format.name.clone()),
                            ("$NAME".to_owned(), format.name.clone()),
                        ],
                        anchor_node: node_at(trees, span),
                    },
                });
            }
        }
        claims
    }

    fn assignment_claims(
        &self,
        kind: FileKind,
        tree_at: usize,
        tree: &Tree,
        reading: &[bool],
        in_test: bool,
        claims: &mut Vec<Claim>,
    ) {
        let extra = |name: &str| {
            self.has_extra_names
                && self.detectors.iter().filter_map(|one| one.assignments.as_ref()).any(|one| one.knows_extra(name))
        };
        let interesting = |name: &str| has_stem(name) || extra(name);
        for site in sites::collect(tree, kind, &interesting) {
            let known = name_of(&site);
            let judged = known.as_ref().map(|name| judge_site(&site, name, kind));
            for (at, detector) in self.detectors.iter().enumerate() {
                let Some(assignments) = detector.assignments.as_ref().filter(|_| reading[at]) else { continue };
                let by_extra = assignments.knows_extra(&site.name);
                let (name, judgement) = match (&known, judged) {
                    (Some(name), Some(judgement)) => (name.clone(), judgement),
                    _ if by_extra => {
                        let name = extra_name(&site.name);
                        let judgement = judge_site(&site, &name, kind);
                        (name, judgement)
                    }
                    _ => continue,
                };
                let place_is_test = in_test || site.in_test || name.made_up;
                if !detector.place.includes(place_is_test) || !assignments.accepts(&site, name.kind, judgement) {
                    continue;
                }
                claims.push(Claim {
                    rank: (10, !detector.is_for_kind(), at),
                    found: SecretMatch {
                        detector: at,
                        span: tree.to_file(site.span),
                        value: tree.to_file(site.secret),
                        message_captures: vec![
                            ("$KIND".to_owned(), name.kind.words().to_owned()),
                            ("$NAME".to_owned(), site.name.clone()),
                        ],
                        anchor_node: Some((tree_at, site.node)),
                    },
                });
            }
        }
    }
}

/// Whether a text holds a part of a secret's name, in any case.
fn has_stem(text: &str) -> bool {
    static STEMS: std::sync::LazyLock<Option<AhoCorasick>> =
        std::sync::LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(NAME_STEMS).ok());
    STEMS.as_ref().is_none_or(|stems| stems.is_match(text))
}

fn extra_name(name: &str) -> SecretName {
    SecretName { kind: SecretKind::Secret, words: words(name), made_up: false, qualified: true }
}

fn name_of(site: &Site) -> Option<SecretName> {
    if let Some(kind) = site.kind {
        return Some(SecretName { kind, words: words(&site.name), made_up: false, qualified: true });
    }
    judge_name(&site.name).or_else(|| {
        let secret_data = matches!(site.position, Position::SecretData | Position::EncodedData);
        (secret_data && !is_public_entry(&site.name)).then(|| extra_name(&site.name))
    })
}

/// Entries of a Secret that are written beside the secret ones.
fn is_public_entry(name: &str) -> bool {
    words(name).last().is_none_or(|last| {
        matches!(
            last.as_str(),
            "user"
                | "username"
                | "host"
                | "hostname"
                | "port"
                | "database"
                | "db"
                | "name"
                | "dbname"
                | "url"
                | "uri"
                | "endpoint"
                | "region"
                | "bucket"
                | "email"
                | "id"
                | "crt"
                | "ca"
                | "cert"
                | "type"
                | "namespace"
                | "enabled"
                | "key"
                | "yaml"
                | "yml"
                | "json"
                | "conf"
                | "config"
                | "env"
                | "expiration"
                | "groups"
                | "description"
        )
    })
}

/// The place of a literal can say more than its text: where a value must be one, words count too.
fn judge_site(site: &Site, name: &SecretName, kind: FileKind) -> Judgement {
    let judgement = judge_value(name, &site.value);
    let Judgement::Silent(reason) = judgement else { return judgement };
    if !matches!(reason, Reason::Name | Reason::Weak) {
        return judgement;
    }
    // Pipelines start their databases with words that open nothing else.
    let pipeline = matches!(kind, FileKind::GithubWorkflow | FileKind::GithubAction | FileKind::GitlabCi);
    let chosen = matches!(name.kind, SecretKind::Password | SecretKind::SigningKey) && !is_type_word(&site.value);
    match site.position {
        // `jwt.encode(payload, "harbour")`: whatever it looks like, it is the key.
        Position::SigningCall if is_placeholder_phrase(&site.value) => Judgement::Default,
        Position::SigningCall => Judgement::Believable,
        // In an environment a value that repeats its name still opens the door: `POSTGRES_PASSWORD=password`.
        Position::Environment | Position::Fallback | Position::SecretData | Position::EncodedData
            if is_placeholder_phrase(&site.value) =>
        {
            Judgement::Default
        }
        // `getenv("JWT_SECRET", "harbour-lane")`
        Position::Fallback if chosen => Judgement::Default,
        // `POSTGRES_PASSWORD=nextcloud`
        Position::Environment if name.kind == SecretKind::Password && chosen && !pipeline => Judgement::Believable,
        // `JWT_SECRET = "harbour-lane-signing"` in code: names of things have no hyphens there.
        Position::Assignment | Position::Keyword | Position::Parameter
            if name.kind == SecretKind::SigningKey && name.words.len() > 1 && is_hyphenated(&site.value) =>
        {
            Judgement::Default
        }
        _ => judgement,
    }
}

/// Three words or more, joined by hyphens and nothing else.
fn is_hyphenated(value: &str) -> bool {
    value.split('-').count() >= 3
        && value.split('-').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

impl Assignments {
    fn knows_extra(&self, name: &str) -> bool {
        self.names.iter().any(|regex| regex.is_match(name))
    }

    fn accepts(&self, site: &Site, kind: SecretKind, judgement: Judgement) -> bool {
        let position = if self.positions.is_empty() {
            !matches!(site.position, Position::Fallback | Position::EncodedData)
        } else {
            self.positions.contains(&site.position)
        };
        let value = match self.values {
            Values::Believable => judgement == Judgement::Believable,
            Values::Default => judgement == Judgement::Default && site.position != Position::Comparison,
            Values::Any => matches!(judgement, Judgement::Believable | Judgement::Default),
        };
        position
            && value
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
            && !self.not_names.iter().any(|regex| regex.is_match(&site.name))
            && !self.allow.iter().any(|regex| regex.is_match(&site.value))
    }
}

impl SecretKind {
    /// For messages.
    const fn words(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SigningKey => "signing key",
            Self::Key => "key",
            Self::Token => "token",
            Self::Secret => "secret",
        }
    }
}

/// One value, one match: the best claim on it wins, then what overlaps it is dropped.
fn decide(mut claims: Vec<Claim>) -> Vec<SecretMatch> {
    claims.sort_by(|left, right| {
        left.rank.cmp(&right.rank).then_with(|| {
            (left.found.value.start, std::cmp::Reverse(left.found.value.end))
                .cmp(&(right.found.value.start, std::cmp::Reverse(right.found.value.end)))
        })
    });
    let mut taken: BTreeMap<u32, SecretMatch> = BTreeMap::new();
    for Claim { found, .. } in claims {
        let before = taken.range(..found.value.end.max(found.value.start + 1)).next_back();
        if before.is_some_and(|(_, earlier)| earlier.value.end > found.value.start) {
            continue;
        }
        taken.insert(found.value.start, found);
    }
    taken.into_values().collect()
}

/// Whether a span of the file lies in a comment, or in a string that stands as a statement of its own.
fn is_documentation(trees: &[Tree], span: Span) -> bool {
    trees.iter().filter(|tree| covers_itself(tree, span)).any(|tree| {
        let comments = tree.comments();
        let after = comments.partition_point(|comment| comment.start <= span.start);
        let in_comment = after.checked_sub(1).is_some_and(|last| comments[last].contains(span));
        in_comment || {
            let node = covering(tree, span);
            tree.kind(node) == Kind::Str && tree.field(node) == Field::Statement
        }
    })
}

/// The smallest node that covers a span. Nodes in pre-order begin in order of the text, so that the search is logarithmic
/// in the size of the tree: a file may hold thousands of matches.
fn covering(tree: &Tree, span: Span) -> NodeId {
    let (mut low, mut high) = (0, u32::try_from(tree.len()).unwrap_or(u32::MAX));
    while low + 1 < high {
        let middle = low.midpoint(high);
        if tree.span(NodeId(middle)).start <= span.start { low = middle } else { high = middle }
    }
    let mut node = NodeId(low);
    while !tree.span(node).contains(span) {
        let Some(parent) = tree.parent(node) else { return node };
        node = parent;
    }
    node
}

/// Whether a tree's text is the file's own at a span.
fn covers_itself(tree: &Tree, span: Span) -> bool {
    tree.to_file(Span::at(span.start)).start == span.start && tree.span(tree.root()).contains(span)
}

/// The smallest node of a tree that covers a span of the file. Trees whose text is the file's own are asked.
fn node_at(trees: &[Tree], span: Span) -> Option<(usize, NodeId)> {
    trees.iter().enumerate().find_map(|(at, tree)| covers_itself(tree, span).then(|| (at, covering(tree, span))))
}
