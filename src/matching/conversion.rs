//! Trees of pattern texts to pattern nodes: the identifiers that stand for operators become operators again.

use super::pattern::{PatternError, Shape};
use super::pattern_tree::{Label, Operator, PatternNode};
use super::rewrite::{DEEP, ELLIPSIS, MARK, META_ELLIPSIS, TYPED, Variant, metavariable_length, rewrite};
use crate::regexes::LazyRegex;
use crate::syntax::{self, Field, Kind, Language, NodeId, Tree};

/// `"key": value` without the braces around it.
pub(super) fn json_pair(text: &str) -> Option<Result<Shape, PatternError>> {
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
        Shape::One(Box::new(node))
    }))
}

/// The pattern that a parsed text is.
pub(super) fn convert_root(tree: &Tree) -> Result<Shape, PatternError> {
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
        return LazyRegex::new(regex).map(Label::Regex).map_err(PatternError::new);
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
    let regex = LazyRegex::new(&expression).map_err(PatternError::new)?;
    Ok(Label::Pieces(regex, names))
}
