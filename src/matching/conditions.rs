//! Conditions on what metavariables stand for: `metavariable-regex`, `-pattern`, `-comparison`, `-type`, `-value`.

use super::analysis::Analysis;
use super::comparison::Comparison;
use super::evaluate::{Context, matches};
use super::scope::{Scope, around};
use super::{Binding, Bindings, Formula, TextRegex, TreeIndex, bindings::Match};
use crate::flow::{Names, Text, Value, Values};
use crate::syntax::{self, Field, Kind, Language, NodeId};

/// A condition of a conjunction.
#[derive(Debug, Clone)]
pub enum Condition {
    /// `metavariable-regex`: the text, quotes of string literals included, matches from its beginning on.
    Regex {
        /// The metavariable, with `$`.
        metavariable: String,
        /// The expression.
        regex: TextRegex,
        /// Whether the value of a constant counts instead of its text.
        constant: bool,
    },
    /// `metavariable-pattern`: a formula holds somewhere in what the metavariable stands for.
    Pattern {
        /// The metavariable, with `$`.
        metavariable: String,
        /// The language of a string's content, when it is code of its own.
        language: Option<Language>,
        /// The formula.
        formula: Formula,
        /// Whether it must match all of it, not a part.
        whole: bool,
    },
    /// `metavariable-comparison`.
    Comparison {
        /// The metavariable that `base` and `strip` apply to.
        metavariable: Option<String>,
        /// The expression.
        comparison: Comparison,
        /// Base of the number in a string, when given.
        base: Option<u32>,
        /// Whether quotes are stripped before.
        strip: bool,
    },
    /// `metavariable-type`: the expression comes from one of the types.
    Type {
        /// The metavariable, with `$`.
        metavariable: String,
        /// Qualified names, or last names.
        types: Vec<String>,
    },
    /// `metavariable-analysis`: a named judgement on the text.
    Analysis {
        /// The metavariable, with `$`.
        metavariable: String,
        /// The judgement.
        analysis: Analysis,
    },
    /// `metavariable-value`: what is known of the expression's value.
    Value(Box<ValueCondition>),
}

/// `metavariable-value`: our own condition on values.
#[derive(Debug, Clone)]
pub struct ValueCondition {
    /// The metavariable, with `$`.
    pub metavariable: String,
    /// What the value is.
    pub is: Option<ValueIs>,
    /// On the constant, or on the text with `{}` for each hole.
    pub text: Option<TextRegex>,
    /// On the constant or text, negated.
    pub not_text: Option<TextRegex>,
    /// A text that it is, or that an item of the list is.
    pub has_item: Option<String>,
    /// Functions whose result leaves no hole open: qualified names, or last names.
    pub sanitizers: Vec<String>,
    /// Open parts of this source text count as closed.
    pub trusted_parts: Option<TextRegex>,
    /// Whether the condition as a whole is negated.
    pub not: bool,
}

/// Classes of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ValueIs {
    /// Known when the program is read: a constant or one of a closed set.
    Constant,
    /// Anything else.
    NotConstant,
    /// A text put together from constant pieces and at least one part that is neither constant nor a number nor guarded.
    Built,
    /// Nothing at all is known.
    Unknown,
    /// A text: constant or built.
    Text,
}

impl Condition {
    /// The metavariable, when the condition only tests what it stands for.
    pub(super) fn tested(&self) -> Option<&str> {
        match self {
            Self::Regex { metavariable, .. }
            | Self::Type { metavariable, .. }
            | Self::Analysis { metavariable, .. } => Some(metavariable),
            Self::Value(condition) => Some(&condition.metavariable),
            Self::Pattern { .. } | Self::Comparison { .. } => None,
        }
    }

    /// The metavariable, when the condition searches in what it stands for. More bindings never give more solutions.
    pub(super) fn searched(&self) -> Option<&str> {
        match self {
            Self::Pattern { metavariable, .. } => Some(metavariable),
            _ => None,
        }
    }

    /// Whether there are bindings with which the condition holds.
    pub(super) fn holds(&self, bindings: &Bindings, context: &Context<'_>) -> bool {
        !self.solutions(bindings, context).is_empty()
    }

    /// The bindings with which the condition holds: none, the given ones, or more when it binds metavariables itself.
    pub(super) fn solutions(&self, bindings: &Bindings, context: &Context<'_>) -> Vec<Bindings> {
        let holds = match self {
            Self::Regex { metavariable, regex, constant } => bindings.get(metavariable).is_some_and(|binding| {
                if *constant
                    && let Some(node) = binding.node()
                    && let Some(text) = context.values.value(node).as_str()
                {
                    return regex.matches_at_start(text);
                }
                regex.matches_at_start(binding.text(context.tree))
            }),
            Self::Pattern { metavariable, language, formula, whole } => {
                let Some(binding) = bindings.get(metavariable) else { return Vec::new() };
                return match language {
                    Some(language) => {
                        if embedded_matches(binding, *language, formula, context) {
                            vec![bindings.clone()]
                        } else {
                            Vec::new()
                        }
                    }
                    None => inner_matches(binding, formula, *whole, context)
                        .into_iter()
                        .filter(|found| !whole || found.span == binding.span(context.tree))
                        .filter_map(|found| bindings.merge(&found.bindings, context.tree))
                        .collect(),
                };
            }
            Self::Comparison { metavariable, comparison, base, strip } => {
                comparison.holds(bindings, metavariable.as_deref(), *base, *strip, context)
            }
            Self::Type { metavariable, types } => bindings
                .get(metavariable)
                .and_then(Binding::node)
                .is_some_and(|node| context.names.comes_from(node, types)),
            Self::Analysis { metavariable, analysis } => bindings.get(metavariable).is_some_and(|binding| {
                let value = binding.node().map(|node| context.values.value(node));
                match value.as_ref().and_then(Value::as_str) {
                    Some(text) => analysis.holds(text),
                    None => analysis.holds(binding.text(context.tree)),
                }
            }),
            Self::Value(condition) => condition.holds(bindings, context) != condition.not,
        };
        if holds { vec![bindings.clone()] } else { Vec::new() }
    }
}

/// Matches inside what a binding stands for; a formula of one whole expression must match it or a part of it. With
/// `whole`, matches of less than all of it may be left out.
fn inner_matches(binding: &Binding, formula: &Formula, whole: bool, context: &Context<'_>) -> Vec<Match> {
    let tree = context.tree;
    match binding {
        Binding::Text(text, _) => text_matches(text, formula),
        Binding::Label(node) if tree.kind(*node) != Kind::Name && tree.label_span(*node).is_none() => {
            text_matches(tree.label(*node), formula)
        }
        Binding::Node(node) => {
            let scope = Scope::node(tree, *node);
            let itself = Match { span: scope.within, node: Some(*node), bindings: Bindings::default() };
            let nodes = if whole { around(&[itself], tree) } else { None };
            let mut found = matches(formula, context, &Scope { around: nodes.as_deref(), ..scope });
            found.extend(at_node(formula, *node, context));
            found
        }
        _ => matches(formula, context, &Scope::within(tree, binding.span(tree))),
    }
}

/// Matches of a literal with a name that is known to hold it: searches look at literals only.
fn at_node(formula: &Formula, node: NodeId, context: &Context<'_>) -> Vec<Match> {
    match formula {
        Formula::Pattern(pattern) if matches!(context.tree.kind(node), Kind::Name | Kind::Attribute | Kind::Call) => {
            context.find_at(pattern, node)
        }
        Formula::Or(options) => options.iter().flat_map(|option| at_node(option, node, context)).collect(),
        _ => Vec::new(),
    }
}

/// Regular expressions of a formula on a text that is no part of the tree.
fn text_matches(text: &str, formula: &Formula) -> Vec<Match> {
    with_tree(text, Language::Text, |context| matches(formula, context, &Scope::whole(context.tree)))
        .into_iter()
        .map(|found| Match { bindings: Bindings::default(), ..found })
        .collect()
}

fn embedded_matches(binding: &Binding, language: Language, formula: &Formula, context: &Context<'_>) -> bool {
    let text = match binding.node() {
        Some(node) if matches!(context.tree.kind(node), Kind::Str | Kind::Word | Kind::Raw | Kind::Heredoc) => {
            context.tree.label(node)
        }
        _ => binding.text(context.tree),
    };
    !with_tree(text, language, |context| matches(formula, context, &Scope::whole(context.tree))).is_empty()
}

fn with_tree<T>(text: &str, language: Language, run: impl FnOnce(&Context<'_>) -> T) -> T {
    let parsed = syntax::parse(language, text);
    let names = Names::new(&parsed.tree);
    let values = Values::new(&names);
    let index = TreeIndex::new(&parsed.tree, &names);
    run(&Context::new(&parsed.tree, &names, &values, &index))
}

impl ValueCondition {
    fn holds(&self, bindings: &Bindings, context: &Context<'_>) -> bool {
        let Some(binding) = bindings.get(&self.metavariable) else { return false };
        let Some(node) = binding.node() else {
            // A resolved name or a piece of a string is what it is.
            let text = binding.text(context.tree);
            return matches!(self.is, None | Some(ValueIs::Constant | ValueIs::Text)) && self.text_holds(text);
        };
        let value = if matches!(binding, Binding::Label(_)) {
            Value::string(binding.text(context.tree))
        } else {
            context.values.value(node)
        };
        let is = match self.is {
            None => true,
            Some(ValueIs::Constant) => value.is_constant(),
            Some(ValueIs::NotConstant) => !value.is_constant(),
            Some(ValueIs::Built) => {
                matches!(&value, Value::Text(text) if text.has_literal() && self.has_open_hole(text, node, context))
            }
            Some(ValueIs::Unknown) => matches!(value, Value::Unknown { .. }),
            Some(ValueIs::Text) => matches!(value, Value::Text(_)) || value.as_str().is_some(),
        };
        let has_item = self.has_item.as_ref().is_none_or(|wanted| value.has_text(&|text| text == wanted));
        is && has_item
            && (self.text.is_none() && self.not_text.is_none() || self.text_holds(&value.into_text(node).skeleton()))
    }

    fn text_holds(&self, text: &str) -> bool {
        self.text.as_ref().is_none_or(|regex| regex.is_match(text))
            && self.not_text.as_ref().is_none_or(|regex| !regex.is_match(text))
    }
}

impl ValueCondition {
    /// Whether a text has a hole that anything can stand in.
    fn has_open_hole(&self, text: &Text, user: NodeId, context: &Context<'_>) -> bool {
        text.holes().any(|hole| {
            !hole.numeric
                && !context.values.is_named_constant(hole.node)
                && !context.values.is_guarded(hole.node, user)
                && !self.is_sanitized(hole.node, context)
                && !self.is_trusted(hole.node, context)
        })
    }

    fn is_trusted(&self, node: NodeId, context: &Context<'_>) -> bool {
        let Some(trusted) = &self.trusted_parts else { return false };
        let is_trusted = |node: NodeId| trusted.matches_at_start(context.tree.source(node));
        is_trusted(node) || {
            let sources = context.values.sources(node);
            !sources.is_empty() && sources.into_iter().all(is_trusted)
        }
    }

    fn is_sanitized(&self, node: NodeId, context: &Context<'_>) -> bool {
        !self.sanitizers.is_empty()
            && context.values.sources(node).iter().all(|&source| {
                let source = unwrapped(context, source);
                context.tree.kind(source) == Kind::Call && context.names.comes_from(source, &self.sanitizers)
            })
    }
}

/// What is behind `?`, `.await` and the conversions that Rust needs: `try_quote(x)?.into_owned()`.
fn unwrapped(context: &Context<'_>, node: NodeId) -> NodeId {
    const CONVERSIONS: &[&str] =
        &["unwrap", "expect", "into_owned", "to_string", "to_owned", "unwrap_or_default", "as_ref", "into", "to_str"];
    let tree = context.tree;
    let mut at = node;
    if tree.language() != Language::Rust {
        return at;
    }
    loop {
        let inner = match tree.kind(at) {
            Kind::Question | Kind::Await => tree.child(at, Field::Value),
            Kind::Call => tree
                .child(at, Field::Callee)
                .filter(|&callee| tree.kind(callee) == Kind::Attribute && CONVERSIONS.contains(&tree.label(callee)))
                .and_then(|callee| tree.child(callee, Field::Object))
                .filter(|&object| matches!(tree.kind(object), Kind::Call | Kind::Question | Kind::Await)),
            _ => None,
        };
        let Some(inner) = inner else { return at };
        at = inner;
    }
}
