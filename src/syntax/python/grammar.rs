//! The grammar's node kinds as an enum.
//!
//! tree-sitter names a kind by a number that changes with every release of the grammar. The table from those numbers to
//! [`Syntax`] is made once from the kinds' names, so that lowering compares small integers and never strings. This module
//! must not know the shapes that kinds are lowered to.

use std::sync::OnceLock;

/// A kind of node or token in the grammar of tree-sitter-python, as far as lowering tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Syntax {
    // ---- tokens, in front so that `is_token` is one comparison ------------------------------------------------------
    /// Any token that no handler asks for by name.
    Token,
    Async,
    Colon,
    Comma,
    Equals,
    From,
    Future,
    Import,
    Minus,
    Underscore,
    StringStart,
    StringEnd,
    // ---- trivia and trouble -----------------------------------------------------------------------------------------
    Comment,
    LineContinuation,
    Error,
    /// A named node that the parser made up to go on.
    Missing,
    /// A named node that the table does not list.
    Unknown,
    // ---- statements -------------------------------------------------------------------------------------------------
    AssertStatement,
    Assignment,
    AugmentedAssignment,
    BreakStatement,
    ClassDefinition,
    ContinueStatement,
    DecoratedDefinition,
    DeleteStatement,
    ExecStatement,
    ExpressionStatement,
    ForStatement,
    FunctionDefinition,
    FutureImportStatement,
    GlobalStatement,
    IfStatement,
    ImportFromStatement,
    ImportStatement,
    MatchStatement,
    NonlocalStatement,
    PassStatement,
    PrintStatement,
    RaiseStatement,
    ReturnStatement,
    TryStatement,
    TypeAliasStatement,
    WhileStatement,
    WithStatement,
    // ---- parts of statements ----------------------------------------------------------------------------------------
    AliasedImport,
    Block,
    CaseClause,
    Chevron,
    Decorator,
    DottedName,
    ElifClause,
    ElseClause,
    ExceptClause,
    FinallyClause,
    ImportPrefix,
    Module,
    RelativeImport,
    WildcardImport,
    WithClause,
    WithItem,
    // ---- parameters and types ---------------------------------------------------------------------------------------
    ConstrainedType,
    DefaultParameter,
    GenericType,
    KeywordSeparator,
    LambdaParameters,
    MemberType,
    Parameters,
    PositionalSeparator,
    SplatType,
    Type,
    TypedDefaultParameter,
    TypedParameter,
    TypeParameter,
    UnionType,
    // ---- expressions ------------------------------------------------------------------------------------------------
    ArgumentList,
    AsPattern,
    AsPatternTarget,
    Attribute,
    Await,
    BinaryOperator,
    BooleanOperator,
    Call,
    ComparisonOperator,
    ConcatenatedString,
    ConditionalExpression,
    Dictionary,
    DictionaryComprehension,
    DictionarySplat,
    DictionarySplatPattern,
    Ellipsis,
    ExpressionList,
    False,
    Float,
    ForInClause,
    GeneratorExpression,
    Identifier,
    IfClause,
    Integer,
    KeywordArgument,
    Lambda,
    List,
    ListComprehension,
    ListPattern,
    ListSplat,
    ListSplatPattern,
    NamedExpression,
    None,
    NotOperator,
    Pair,
    ParenthesizedExpression,
    PatternList,
    Set,
    SetComprehension,
    Slice,
    String,
    Subscript,
    True,
    Tuple,
    TuplePattern,
    UnaryOperator,
    Yield,
    // ---- inside strings ---------------------------------------------------------------------------------------------
    EscapeInterpolation,
    EscapeSequence,
    FormatExpression,
    FormatSpecifier,
    Interpolation,
    StringContent,
    TypeConversion,
    // ---- patterns of `match` ----------------------------------------------------------------------------------------
    CasePattern,
    ClassPattern,
    ComplexPattern,
    DictPattern,
    KeywordPattern,
    SplatPattern,
    UnionPattern,
}

impl Syntax {
    /// Whether this is punctuation or a keyword.
    pub(super) fn is_token(self) -> bool {
        self <= Self::StringEnd
    }

    /// Whether long chains of it nest to the left: `a.b().c`, `a + b + c`.
    pub(super) const fn is_left_recursive(self) -> bool {
        matches!(
            self,
            Self::Attribute
                | Self::Call
                | Self::Subscript
                | Self::BinaryOperator
                | Self::BooleanOperator
                | Self::UnionType
                | Self::MemberType
                | Self::Type
        )
    }
}

/// Tokens that handlers ask for.
const TOKENS: &[(&str, Syntax)] = &[
    ("async", Syntax::Async),
    (":", Syntax::Colon),
    (",", Syntax::Comma),
    ("=", Syntax::Equals),
    ("from", Syntax::From),
    ("__future__", Syntax::Future),
    ("import", Syntax::Import),
    ("-", Syntax::Minus),
    ("_", Syntax::Underscore),
];

/// Named kinds of the grammar.
const NODES: &[(&str, Syntax)] = &[
    ("aliased_import", Syntax::AliasedImport),
    ("argument_list", Syntax::ArgumentList),
    ("as_pattern", Syntax::AsPattern),
    ("as_pattern_target", Syntax::AsPatternTarget),
    ("assert_statement", Syntax::AssertStatement),
    ("assignment", Syntax::Assignment),
    ("attribute", Syntax::Attribute),
    ("augmented_assignment", Syntax::AugmentedAssignment),
    ("await", Syntax::Await),
    ("binary_operator", Syntax::BinaryOperator),
    ("block", Syntax::Block),
    ("boolean_operator", Syntax::BooleanOperator),
    ("break_statement", Syntax::BreakStatement),
    ("call", Syntax::Call),
    ("case_clause", Syntax::CaseClause),
    ("case_pattern", Syntax::CasePattern),
    ("chevron", Syntax::Chevron),
    ("class_definition", Syntax::ClassDefinition),
    ("class_pattern", Syntax::ClassPattern),
    ("comment", Syntax::Comment),
    ("comparison_operator", Syntax::ComparisonOperator),
    ("complex_pattern", Syntax::ComplexPattern),
    ("concatenated_string", Syntax::ConcatenatedString),
    ("conditional_expression", Syntax::ConditionalExpression),
    ("constrained_type", Syntax::ConstrainedType),
    ("continue_statement", Syntax::ContinueStatement),
    ("decorated_definition", Syntax::DecoratedDefinition),
    ("decorator", Syntax::Decorator),
    ("default_parameter", Syntax::DefaultParameter),
    ("delete_statement", Syntax::DeleteStatement),
    ("dict_pattern", Syntax::DictPattern),
    ("dictionary", Syntax::Dictionary),
    ("dictionary_comprehension", Syntax::DictionaryComprehension),
    ("dictionary_splat", Syntax::DictionarySplat),
    ("dictionary_splat_pattern", Syntax::DictionarySplatPattern),
    ("dotted_name", Syntax::DottedName),
    ("elif_clause", Syntax::ElifClause),
    ("ellipsis", Syntax::Ellipsis),
    ("else_clause", Syntax::ElseClause),
    ("escape_interpolation", Syntax::EscapeInterpolation),
    ("escape_sequence", Syntax::EscapeSequence),
    ("except_clause", Syntax::ExceptClause),
    ("exec_statement", Syntax::ExecStatement),
    ("expression_list", Syntax::ExpressionList),
    ("expression_statement", Syntax::ExpressionStatement),
    ("false", Syntax::False),
    ("finally_clause", Syntax::FinallyClause),
    ("float", Syntax::Float),
    ("for_in_clause", Syntax::ForInClause),
    ("for_statement", Syntax::ForStatement),
    ("format_expression", Syntax::FormatExpression),
    ("format_specifier", Syntax::FormatSpecifier),
    ("function_definition", Syntax::FunctionDefinition),
    ("future_import_statement", Syntax::FutureImportStatement),
    ("generator_expression", Syntax::GeneratorExpression),
    ("generic_type", Syntax::GenericType),
    ("global_statement", Syntax::GlobalStatement),
    ("identifier", Syntax::Identifier),
    ("if_clause", Syntax::IfClause),
    ("if_statement", Syntax::IfStatement),
    ("import_from_statement", Syntax::ImportFromStatement),
    ("import_prefix", Syntax::ImportPrefix),
    ("import_statement", Syntax::ImportStatement),
    ("integer", Syntax::Integer),
    ("interpolation", Syntax::Interpolation),
    ("keyword_argument", Syntax::KeywordArgument),
    ("keyword_pattern", Syntax::KeywordPattern),
    ("keyword_separator", Syntax::KeywordSeparator),
    ("lambda", Syntax::Lambda),
    ("lambda_parameters", Syntax::LambdaParameters),
    ("line_continuation", Syntax::LineContinuation),
    ("list", Syntax::List),
    ("list_comprehension", Syntax::ListComprehension),
    ("list_pattern", Syntax::ListPattern),
    ("list_splat", Syntax::ListSplat),
    ("list_splat_pattern", Syntax::ListSplatPattern),
    ("match_statement", Syntax::MatchStatement),
    ("member_type", Syntax::MemberType),
    ("module", Syntax::Module),
    ("named_expression", Syntax::NamedExpression),
    ("none", Syntax::None),
    ("nonlocal_statement", Syntax::NonlocalStatement),
    ("not_operator", Syntax::NotOperator),
    ("pair", Syntax::Pair),
    ("parameters", Syntax::Parameters),
    ("parenthesized_expression", Syntax::ParenthesizedExpression),
    // `[(*a)]`: parentheses as any.
    ("parenthesized_list_splat", Syntax::ParenthesizedExpression),
    ("pass_statement", Syntax::PassStatement),
    ("pattern_list", Syntax::PatternList),
    ("positional_separator", Syntax::PositionalSeparator),
    ("print_statement", Syntax::PrintStatement),
    ("raise_statement", Syntax::RaiseStatement),
    ("relative_import", Syntax::RelativeImport),
    ("return_statement", Syntax::ReturnStatement),
    ("set", Syntax::Set),
    ("set_comprehension", Syntax::SetComprehension),
    ("slice", Syntax::Slice),
    ("splat_pattern", Syntax::SplatPattern),
    ("splat_type", Syntax::SplatType),
    ("string", Syntax::String),
    ("string_content", Syntax::StringContent),
    ("string_end", Syntax::StringEnd),
    ("string_start", Syntax::StringStart),
    ("subscript", Syntax::Subscript),
    ("true", Syntax::True),
    ("try_statement", Syntax::TryStatement),
    ("tuple", Syntax::Tuple),
    ("tuple_pattern", Syntax::TuplePattern),
    ("type", Syntax::Type),
    ("type_alias_statement", Syntax::TypeAliasStatement),
    ("type_conversion", Syntax::TypeConversion),
    ("type_parameter", Syntax::TypeParameter),
    ("typed_default_parameter", Syntax::TypedDefaultParameter),
    ("typed_parameter", Syntax::TypedParameter),
    ("unary_operator", Syntax::UnaryOperator),
    ("union_pattern", Syntax::UnionPattern),
    ("union_type", Syntax::UnionType),
    ("while_statement", Syntax::WhileStatement),
    ("wildcard_import", Syntax::WildcardImport),
    ("with_clause", Syntax::WithClause),
    ("with_item", Syntax::WithItem),
    ("with_statement", Syntax::WithStatement),
    ("yield", Syntax::Yield),
];

/// The grammar as a language for a parser.
pub(super) fn language() -> tree_sitter::Language {
    tree_sitter_python::LANGUAGE.into()
}

/// The table from the grammar's kind numbers to [`Syntax`].
#[derive(Debug)]
pub(super) struct Kinds {
    by_id: Vec<Syntax>,
}

impl Kinds {
    /// The one table, made at first use.
    pub(super) fn shared() -> &'static Self {
        static KINDS: OnceLock<Kinds> = OnceLock::new();
        KINDS.get_or_init(|| Self::of(&language()))
    }

    #[expect(clippy::cast_possible_truncation, reason = "kind numbers are 16 bits wide")]
    fn of(language: &tree_sitter::Language) -> Self {
        let by_id = (0..language.node_kind_count() as u16)
            .map(|id| {
                let name = language.node_kind_for_id(id).unwrap_or("");
                let named = language.node_kind_is_named(id);
                let (table, otherwise) = if named { (NODES, Syntax::Unknown) } else { (TOKENS, Syntax::Token) };
                table.iter().find(|&&(listed, _)| listed == name).map_or(otherwise, |&(_, syntax)| syntax)
            })
            .collect();
        Self { by_id }
    }

    /// What a node is. The number of an error node lies outside every grammar's range.
    pub(super) fn of_id(&self, id: u16) -> Syntax {
        self.by_id.get(usize::from(id)).copied().unwrap_or(Syntax::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_every_visible_kind_of_the_grammar() {
        let language = language();
        for id in 0..u16::try_from(language.node_kind_count()).unwrap() {
            if language.node_kind_is_visible(id) && language.node_kind_is_named(id) {
                let name = language.node_kind_for_id(id).unwrap();
                assert!(NODES.iter().any(|&(listed, _)| listed == name), "{name} is not in the table");
            }
        }
        for (name, _) in NODES {
            assert_ne!(language.id_for_node_kind(name, true), 0, "{name} is not in the grammar");
        }
        for (name, _) in TOKENS {
            assert_ne!(language.id_for_node_kind(name, false), 0, "{name} is not in the grammar");
        }
    }

    #[test]
    fn error_nodes_are_told_from_all_others() {
        assert_eq!(Kinds::shared().of_id(u16::MAX), Syntax::Error);
    }
}
