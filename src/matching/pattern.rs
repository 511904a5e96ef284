//! Patterns from text: rewritten, parsed by the language's own front end, converted to pattern nodes.

use super::index::Symbol;
use super::pattern_tree::{Label, Operator, PatternNode};
use super::prefilter::required_symbols;
use super::rewrite::{DEEP, ELLIPSIS, MARK, META_ELLIPSIS, TYPED, Variant, metavariable_length, rewrite};
use crate::syntax::{self, Field, Kind, Language, NodeId, Tree};
use fancy_regex::Regex as FancyRegex;
use regex::Regex;
use std::sync::{Arc, OnceLock};

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatternError {
    /// What is wrong, with the parser's words.
    pub message: String,
    /// 1-based line in the pattern where the parser stopped, where it is known.
    pub line: Option<u32>,
}

impl PatternError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), line: None }
    }
}

/// A pattern ready to match trees of its language.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub(super) shape: Shape,
    /// Names that must stand in a tree for it to match.
    pub(super) symbols: Vec<Symbol>,
}

/// What a pattern's root is.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// One expression, statement, pair, directive, instruction.
    One(Box<PatternNode>),
    /// Statements or entries in a row.
    Sequence(Vec<PatternNode>),
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// When the text, its operators taken as identifiers, is no code of the language.
    pub fn parse(text: &str, language: Language) -> Result<Self, PatternError> {
        let text = dedent(text);
        if text.trim().is_empty() {
            return Err(PatternError::new("the pattern is empty"));
        }
        if language == Language::Json
            && let Some(pair) = json_pair(&text)
        {
            return pair;
        }
        let mut first_problem = None;
        for variant in [Variant::Statement, Variant::Field, Variant::Item] {
            let rewritten = rewrite(&text, language, variant);
            let parsed = syntax::parse(language, rewritten);
            match parsed.problems.first() {
                None => {
                    let shape = convert_root(&parsed.tree)?;
                    return Ok(Self { symbols: required_symbols(&shape), shape });
                }
                Some(problem) => {
                    let line = parsed
                        .tree
                        .text()
                        .get(..problem.span.start as usize)
                        .map(|before| u32::try_from(before.matches('\n').count()).unwrap_or(0) + 1);
                    first_problem.get_or_insert(PatternError {
                        message: format!("the pattern is no {} code: {}", language.name(), problem.message),
                        line,
                    });
                }
            }
            if language != Language::Rust {
                break;
            }
        }
        Err(first_problem.unwrap_or_else(|| PatternError::new("the pattern does not parse")))
    }

    /// Names of metavariables that the pattern binds, `$` included.
    pub fn metavariables(&self) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        match &self.shape {
            Shape::One(root) => collect_metavariables(root, &mut names),
            Shape::Sequence(nodes) => nodes.iter().for_each(|node| collect_metavariables(node, &mut names)),
        }
        names
    }
}

/// `"key": value` without the braces around it.
fn json_pair(text: &str) -> Option<Result<Pattern, PatternError>> {
    if !text.trim_start().starts_with(['"', '$']) {
        return None;
    }
    let parsed = syntax::parse(Language::Json, rewrite(&format!("{{{text}}}"), Language::Json, Variant::Statement));
    if !parsed.problems.is_empty() {
        return None;
    }
    let tree = &parsed.tree;
    let mapping = tree.children(tree.root()).next()?;
    let mut pairs = tree.children(mapping);
    let (Some(pair), None) = (pairs.next(), pairs.next()) else { return None };
    Some(convert(tree, pair).map(|mut node| {
        node.field = Field::None;
        let shape = Shape::One(Box::new(node));
        Pattern { symbols: required_symbols(&shape), shape }
    }))
}

fn collect_metavariables(node: &PatternNode, names: &mut Vec<Arc<str>>) {
    match &node.operator {
        Operator::Metavariable(name) | Operator::MetaEllipsis(name) | Operator::Typed(name, _) => {
            names.push(Arc::clone(name));
        }
        _ => {}
    }
    match &node.label {
        Label::Metavariable(name) => names.push(Arc::clone(name)),
        Label::Pieces(_, pieces) => names.extend(pieces.iter().cloned()),
        Label::Regex(regex) => names.extend(regex.capture_names().flatten().map(|name| format!("${name}").into())),
        _ => {}
    }
    node.children.iter().for_each(|child| collect_metavariables(child, names));
}

/// Removes the indentation that all lines share.
fn dedent(text: &str) -> String {
    let text = text.trim_end().trim_start_matches('\n');
    let indent = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    text.lines().map(|line| line.get(indent..).unwrap_or("")).collect::<Vec<_>>().join("\n")
}

fn convert_root(tree: &Tree) -> Result<Shape, PatternError> {
    let mut roots: Vec<NodeId> = tree.children(tree.root()).collect();
    // A Dockerfile pattern without FROM has no stage; one with FROM is read inside its stage.
    if let [stage] = roots.as_slice()
        && tree.kind(*stage) == Kind::Stage
    {
        roots = tree.children(*stage).collect();
    }
    // An INI pattern without header, a dotenv pattern: the pairs. A YAML or TOML mapping of one pair is that pair.
    if let [mapping] = roots.as_slice()
        && tree.kind(*mapping) == Kind::Mapping
    {
        let pairs: Vec<NodeId> = tree.children(*mapping).collect();
        let is_plain = matches!(tree.language(), Language::Yaml | Language::Toml | Language::Json);
        if let ([pair], true) = (pairs.as_slice(), is_plain)
            && !tree.source(*mapping).starts_with('{')
        {
            roots = vec![*pair];
        }
    }
    // `- key: value`: the item, whatever stands beside it in the list.
    if let [sequence] = roots.as_slice()
        && tree.kind(*sequence) == Kind::Sequence
        && !tree.source(*sequence).starts_with('[')
        && let [item] = tree.children(*sequence).collect::<Vec<_>>().as_slice()
        && tree.kind(*item) == Kind::Mapping
    {
        roots = vec![*item];
    }
    let mut nodes = roots.into_iter().map(|root| convert(tree, root)).collect::<Result<Vec<_>, _>>()?;
    for node in &mut nodes {
        node.field = Field::None;
    }
    match nodes.len() {
        0 => Err(PatternError::new("the pattern is empty")),
        1 => {
            nodes.pop().map(|node| Shape::One(Box::new(node))).ok_or_else(|| PatternError::new("the pattern is empty"))
        }
        _ => Ok(Shape::Sequence(nodes)),
    }
}

/// The metavariable or operator that an identifier stands for.
fn operator_of(name: &str, field: Field) -> Option<PatternNode> {
    if name == ELLIPSIS {
        return Some(PatternNode::ellipsis(field));
    }
    if let Some(rest) = name.strip_prefix(META_ELLIPSIS) {
        let mut node = PatternNode::metavariable("", field);
        node.operator = Operator::MetaEllipsis(format!("$...{rest}").into());
        return Some(node);
    }
    name.strip_prefix(MARK).map(|rest| PatternNode::metavariable(&format!("${rest}"), field))
}

/// The operator that a word of a configuration language stands for.
fn word_operator(word: &str, field: Field) -> Option<PatternNode> {
    if word == "..." || word == ELLIPSIS {
        return Some(PatternNode::ellipsis(field));
    }
    if let Some(rest) = word.strip_prefix("$...") {
        let mut node = PatternNode::metavariable("", field);
        node.operator = Operator::MetaEllipsis(format!("$...{rest}").into());
        return (metavariable_length(rest) == Some(rest.len())).then_some(node);
    }
    let name = word.strip_prefix('$')?;
    (metavariable_length(name) == Some(name.len())).then(|| PatternNode::metavariable(word, field))
}

fn convert(tree: &Tree, id: NodeId) -> Result<PatternNode, PatternError> {
    let kind = tree.kind(id);
    let field = tree.field(id);
    let label = tree.label(id);
    match kind {
        Kind::Error => return Err(PatternError::new(format!("cannot parse `{}`", tree.source(id)))),
        Kind::Name | Kind::TypeParameter => {
            if let Some(node) = operator_of(label, field) {
                return Ok(node);
            }
        }
        // A place where the front end hands on a whole name in a label: `μ0` as parameter, field, import or macro.
        Kind::Parameter | Kind::KeywordArgument | Kind::ImportItem | Kind::MacroCall | Kind::FieldDef
            if label == ELLIPSIS =>
        {
            return Ok(PatternNode::ellipsis(field));
        }
        Kind::Parameter if label.starts_with(META_ELLIPSIS) => {
            if let Some(node) = operator_of(label, field) {
                return Ok(node);
            }
        }
        Kind::Splat => {
            if let Some(value) = tree.child(id, Field::Value)
                && tree.kind(value) == Kind::Name
                && tree.label(value) == ELLIPSIS
            {
                return Ok(PatternNode::ellipsis(field));
            }
        }
        Kind::Pair => {
            if let Some(key) = tree.child(id, Field::Key)
                && matches!(tree.label(key), ELLIPSIS | "__ellipsis__")
            {
                return Ok(PatternNode::ellipsis(field));
            }
        }
        Kind::Call => {
            if let Some(node) = convert_call_operator(tree, id)? {
                return Ok(node);
            }
        }
        Kind::Attribute if label == ELLIPSIS => {
            let object = tree.child(id, Field::Object).ok_or_else(|| PatternError::new("a chain needs a start"))?;
            let mut node = PatternNode::ellipsis(field);
            node.operator = Operator::Chain;
            node.children.push(convert(tree, object)?);
            return Ok(node);
        }
        Kind::Str if label.starts_with(MARK) && matches!(tree.language(), Language::Json | Language::Dockerfile) => {
            if let Some(node) = operator_of(label, field) {
                return Ok(node);
            }
        }
        // `"$X"` in JSON is a string of that content.
        Kind::Str if label.starts_with('$') && !label.starts_with("$...") && tree.language() == Language::Json => {}
        Kind::Str | Kind::Word | Kind::Raw if is_configuration(tree.language()) => {
            if let Some(node) = word_operator(label, field) {
                return Ok(node);
            }
        }
        Kind::Directive | Kind::Instruction if label == "..." => return Ok(PatternNode::ellipsis(field)),
        Kind::Script => {
            // `RUN ...` and `RUN $CMD`: one word that is an operator stands for the whole script.
            let words: Vec<NodeId> = tree.subtree(id).filter(|&node| tree.kind(node) == Kind::Word).collect();
            if let [word] = words.as_slice()
                && let Some(node) = word_operator(tree.label(*word), field)
            {
                return Ok(node);
            }
        }
        _ => {}
    }
    let mut children = Vec::new();
    for child in tree.children(id) {
        // The variables inside a word are part of its label.
        if kind == Kind::Word {
            break;
        }
        children.push(convert(tree, child)?);
    }
    let mut node = PatternNode { operator: Operator::Code, kind, field, label: convert_label(kind, label)?, children };
    if kind == Kind::FString && node.children.iter().all(|part| part.kind == Kind::Str && part.exact().is_none()) {
        node.children = vec![PatternNode::ellipsis(Field::Part)];
    }
    if kind == Kind::FString {
        for part in &mut node.children {
            if part.is_code(Kind::Str) && matches!(part.label, Label::Any) {
                *part = PatternNode::ellipsis(Field::Part);
            }
        }
    }
    Ok(node)
}

/// `μ1(p)` and `μ2(μX, "T")`.
fn convert_call_operator(tree: &Tree, id: NodeId) -> Result<Option<PatternNode>, PatternError> {
    let Some(callee) = tree.child(id, Field::Callee) else { return Ok(None) };
    let arguments: Vec<NodeId> = tree.children_by(id, Field::Argument).collect();
    match (tree.label(callee), arguments.as_slice()) {
        (DEEP, [inner]) => {
            let mut node = PatternNode::ellipsis(tree.field(id));
            node.operator = Operator::Deep;
            node.children.push(convert(tree, *inner)?);
            Ok(Some(node))
        }
        (TYPED, [variable, types]) => {
            let name = tree.label(*variable).trim_start_matches(MARK);
            let types = tree.label(*types).split('|').map(|t| t.trim().replace("::", ".")).collect();
            let mut node = PatternNode::metavariable(name, tree.field(id));
            node.operator = Operator::Typed(format!("${name}").into(), types);
            Ok(Some(node))
        }
        _ => Ok(None),
    }
}

const fn is_configuration(language: Language) -> bool {
    !matches!(language, Language::Python | Language::Rust)
}

fn convert_label(kind: Kind, label: &str) -> Result<Label, PatternError> {
    if matches!(kind, Kind::Str | Kind::Bytes | Kind::Word | Kind::Raw | Kind::Heredoc) {
        return string_label(label);
    }
    if let Some(name) = label.strip_prefix(MARK) {
        return Ok(if name.is_empty() { Label::Any } else { Label::Metavariable(format!("${name}").into()) });
    }
    if matches!(kind, Kind::Directive | Kind::Instruction | Kind::Command | Kind::Section | Kind::Flag | Kind::Stage)
        && let Some(name) = label.strip_prefix('$')
        && metavariable_length(name) == Some(name.len())
    {
        return Ok(Label::Metavariable(label.into()));
    }
    // An import's label may hold a metavariable as a segment: only whole ones are supported.
    Ok(Label::Exact(label.into()))
}

/// What a string's content asks for.
fn string_label(content: &str) -> Result<Label, PatternError> {
    if content == "..." {
        return Ok(Label::Any);
    }
    if let Some(regex) = content.strip_prefix("=~/").and_then(|rest| rest.strip_suffix('/')) {
        return Regex::new(regex).map(Label::Regex).map_err(|error| PatternError::new(error.to_string()));
    }
    if let Some(name) = content.strip_prefix('$')
        && metavariable_length(name) == Some(name.len())
    {
        return Ok(Label::Metavariable(content.into()));
    }
    let mut names = Vec::new();
    let mut expression = String::from("(?s)^");
    let mut rest = content;
    while let Some(at) = rest.find('$') {
        let Some(length) = metavariable_length(&rest[at + 1..]) else {
            expression.push_str(&regex::escape(&rest[..=at]));
            rest = &rest[at + 1..];
            continue;
        };
        expression.push_str(&regex::escape(&rest[..at]));
        names.push(format!("${}", &rest[at + 1..at + 1 + length]).into());
        rest = &rest[at + 1 + length..];
        // The last metavariable takes all that is left, the others as little as possible.
        expression.push_str(if rest.is_empty() { "(.*)" } else { "(.*?)" });
    }
    if names.is_empty() {
        return Ok(Label::Exact(content.into()));
    }
    expression.push_str(&regex::escape(rest));
    expression.push('$');
    let regex = Regex::new(&expression).map_err(|error| PatternError::new(error.to_string()))?;
    Ok(Label::Pieces(regex, names))
}

/// A regular expression over text, in the syntax that Semgrep documents (PCRE).
///
/// Expressions without look-around and back-references run on the linear engine; the others on a backtracking engine
/// with a bound on its steps.
#[derive(Debug, Clone)]
pub struct TextRegex {
    engine: Engine,
    /// The linear engine's expression bound to the beginning, made when it is first asked for.
    anchored: OnceLock<Option<Regex>>,
    source: String,
}

#[derive(Debug, Clone)]
enum Engine {
    Linear(Regex),
    Backtracking(Box<FancyRegex>),
}

impl TextRegex {
    /// Compiles an expression; `^` and `$` match at lines as in Semgrep.
    ///
    /// # Errors
    /// When neither engine accepts it.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        let multi_line = format!("(?m){source}");
        let engine = match regex::RegexBuilder::new(&multi_line).size_limit(32 << 20).build() {
            Ok(regex) => Engine::Linear(regex),
            Err(_) => Engine::Backtracking(Box::new(
                fancy_regex::RegexBuilder::new(&multi_line)
                    .backtrack_limit(200_000)
                    .build()
                    .map_err(|error| PatternError::new(format!("regular expression: {error}")))?,
            )),
        };
        Ok(Self { engine, anchored: OnceLock::new(), source: source.to_owned() })
    }

    /// The expression as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it matches somewhere. A search that hits the bound counts as no match.
    pub fn is_match(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
        }
    }

    /// Whether it matches at the very beginning, as Python's `re.match` does.
    pub fn matches_at_start(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(_) => self.anchored(text),
            Engine::Backtracking(regex) => regex.find(text).is_ok_and(|found| found.is_some_and(|f| f.start() == 0)),
        }
    }

    /// An expression of its own: compiling one costs more than all its searches, and a search without the anchor reads
    /// the whole text.
    fn anchored(&self, text: &str) -> bool {
        self.anchored
            .get_or_init(|| {
                let anchored = format!("(?m)\\A(?:{})", self.source);
                regex::RegexBuilder::new(&anchored).size_limit(32 << 20).build().ok()
            })
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }

    /// All matches: the whole span and the groups (named ones by name, others by number), byte ranges in `text`.
    pub fn find_all(&self, text: &str) -> Vec<Vec<(String, std::ops::Range<usize>)>> {
        let mut found = Vec::new();
        match &self.engine {
            Engine::Linear(regex) => {
                for captures in regex.captures_iter(text) {
                    let names = regex.capture_names().enumerate();
                    found.push(
                        names
                            .filter_map(|(index, name)| {
                                let group = captures.get(index)?;
                                Some((name.map_or_else(|| index.to_string(), str::to_owned), group.range()))
                            })
                            .collect(),
                    );
                }
            }
            Engine::Backtracking(regex) => {
                for captures in regex.captures_iter(text).map_while(Result::ok) {
                    let names = regex.capture_names().enumerate();
                    found.push(
                        names
                            .filter_map(|(index, name)| {
                                let group = captures.get(index)?;
                                Some((
                                    name.map_or_else(|| index.to_string(), str::to_owned),
                                    group.start()..group.end(),
                                ))
                            })
                            .collect(),
                    );
                }
            }
        }
        found
    }
}
