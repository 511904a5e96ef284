//! The kinds of nodes and the roles (fields) that children play: one vocabulary for every language.
//!
//! Each variant says which children it has, in order, as `[Field] Kind`. `?` means optional, `*` any number. A front end
//! may only build these shapes; patterns and audits rely on them.

/// What a node is, whatever its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    // ---- roots and blocks -------------------------------------------------------------------------------------------
    /// Root of a code file: `[Statement] *`. Expressions that stand as statements are direct children, without wrapper.
    /// Rust's inner attributes come first: `[Decorator] *`.
    Module,
    /// Root of a configuration text: `[Item] *` (one per YAML document, else one Mapping/Sequence or many Directives).
    Document,
    /// Statements of a body: `[Statement] *`.
    Block,
    /// Source that could not be parsed; label = nothing. May hold children that did parse.
    Error,
    /// A construct that no other kind describes; label = its grammar name. `[Item] *`.
    Other,

    // ---- expressions ------------------------------------------------------------------------------------------------
    /// Identifier; label = the identifier. Rust: one path segment; `self`, `crate`, `super` too.
    Name,
    /// `object.name`, Rust also `path::name` and tuple fields `x.0`; label = the last name. `[Object] expr`.
    Attribute,
    /// `object[index, ...]`; Rust generics on a path or type too (`Query<Params>`). `[Object] expr, [Index] *`.
    Subscript,
    /// `lower:upper:step` or Rust `a..b`: `[Lower]?, [Upper]?, [Step]?`; label = operator text (`:`, `..`, `..=`).
    Slice,
    /// `callee(arguments)`; Rust method calls are a Call whose callee is an Attribute. `[Callee] expr, [Argument] *`.
    Call,
    /// Rust macro call; label = the macro's last name without `!`. `[Callee] Name|Attribute, [Argument] *` where the tokens
    /// parse as expressions (types too; `x; n` is a List with label `;`, JSON and `key => value` a Dict); statements are
    /// one Block, arms of `select!` are If with `LetCondition`; tokens that are none of these are one `[Argument] Raw`.
    MacroCall,
    /// `name=value` in a call or a base list, field of a Rust struct literal; label = the name. `[Value] expr`.
    KeywordArgument,
    /// `*x`, `**x`, Rust `..base`; label = `*`, `**` or `..`. `[Value] expr?`.
    Splat,
    /// String whose content is constant; label = the content with escapes and implicit concatenation resolved.
    Str,
    /// Byte string; label = the content, bytes above 127 as `\xNN`.
    Bytes,
    /// Python f-string (also an implicit concatenation that contains one); label = `t` for a template string, which is
    /// no string yet. `[Part] (Str | Bytes | Interpolation) *`.
    FString,
    /// `{value!conversion:format}` in an FString; label = conversion (`r`, `s`, `a` or empty).
    /// `[Value] expr, [Format] FString|Str?`.
    Interpolation,
    /// Number; label = its source text.
    Number,
    /// Label = `true` or `false`.
    Bool,
    /// `None`, `null`, `~`; an empty YAML value too.
    Null,
    /// Python's `...` in source code (not the pattern operator).
    EllipsisLiteral,
    /// `left op right`; label = the operator. `[Left], [Right]`.
    Binary,
    /// Comparison; label = the operator (`==`, `in`, `not in`, `is`, `is not`, ...), chained ones joined by a space.
    /// `[Left], [Right], [Right] *`.
    Compare,
    /// `and`/`or`, `&&`/`||`; label = `and` or `or`. `[Left], [Right]`.
    Boolean,
    /// Label = `not`, `-`, `+`, `~`, `&`, `&mut`, `*`, `!` is normalised to `not`. `[Operand]`. `&T` and `*T` types too.
    Unary,
    /// `a if c else b`: `[Consequence], [Condition], [Alternative]` in source order; Rust uses If.
    Conditional,
    /// Lambda or closure: `[Parameter] *, [Body] expr|Block`.
    Lambda,
    /// `[Value]`.
    Await,
    /// `[Value]?`; label = `from` for `yield from`.
    Yield,
    /// Rust `expr?`: `[Value]`.
    Question,
    /// Python `(name := value)`: `[Target], [Value]`.
    NamedExpression,
    /// `[Item] *`; Rust `[a, b]`, `vec![..]` stays a MacroCall. Array repeat `[x; n]` has label `;`.
    List,
    /// `[Item] *`; parentheses alone make no Tuple.
    Tuple,
    /// `[Item] *`.
    Set,
    /// `[Item] (Pair | Splat) *`.
    Dict,
    /// `[Key], [Value]?`. In Dict, Mapping, dotenv, INI.
    Pair,
    /// Label = `list`, `set`, `dict` or `generator`. `[Item] expr|Pair, [Clause] (ComprehensionFor | ComprehensionIf) *`.
    Comprehension,
    /// `[Target], [Iterable]`; label = `async` or empty.
    ComprehensionFor,
    /// `[Condition]`.
    ComprehensionIf,
    /// Rust `value as Type`: `[Value], [Type]`.
    Cast,
    /// Rust `Path { field: value }`: `[Callee] path, [Argument] (KeywordArgument | Splat) *`.
    StructLiteral,
    /// Rust `let pattern = value` as a condition: `[Target], [Value]`.
    LetCondition,
    /// Rust `async {}`, `unsafe {}`, `const {}` block; label = the word. `[Body] Block`.
    KeywordBlock,

    // ---- statements -------------------------------------------------------------------------------------------------
    /// Assignment; label = empty (Python), `let`, `const`, `static`. `[Target] *, [Type]?, [Value]?`. Rust `x = v` has an
    /// empty label; `let .. else` adds `[Alternative] Block`; declarations begin with `[Decorator] *, [Modifier] *`.
    Assign,
    /// Label = the operator with `=` (`+=`). `[Target], [Value]`.
    AugmentedAssign,
    /// Label = the name. `[Decorator] *, [Modifier] *, [TypeParameter] *, [Parameter] *, [Returns]?, [Body] Block?`.
    FunctionDef,
    /// Label = the name; `*args`/`**kwargs` carry a Modifier `*`/`**`; lone `*` and `/` are Parameters of that label.
    /// `[Decorator] *, [Modifier] *, [Target] pattern? (Rust, when not a plain name), [Type]?, [Default]?`.
    Parameter,
    /// A word before a declaration: `async`, `pub`, `unsafe`, `const`, `mut`, `*`, `**`; label = the word.
    Modifier,
    /// Python class; label = the name. `[Decorator] *, [TypeParameter] *, [Base] *, [Body] Block`.
    ClassDef,
    /// Rust struct or union; label = the name. `[Decorator] *, [Modifier] *, [TypeParameter] *, [Member] FieldDef *`.
    StructDef,
    /// Label = the name (tuple fields: `0`, `1`). `[Decorator] *, [Modifier] *, [Type]`.
    FieldDef,
    /// Rust enum; label = the name. `[Decorator] *, [Modifier] *, [TypeParameter] *, [Member] Variant *`.
    EnumDef,
    /// Label = the name. `[Decorator] *, [Member] FieldDef *, [Value]?`.
    Variant,
    /// Rust impl; label = last name of the type. `[Decorator] *, [Modifier] *, [TypeParameter] *, [Trait]?, [Type],
    /// [Body] Block`.
    ImplDef,
    /// Rust trait; label = the name. `[Decorator] *, [Modifier] *, [TypeParameter] *, [Base] *, [Body] Block`.
    TraitDef,
    /// Rust `mod name { }`; label = the name. `[Decorator] *, [Modifier] *, [Body] Block?`.
    ModuleDef,
    /// Type alias; label = the name. Rust: `[Decorator] *, [Modifier] *`, then `[TypeParameter] *, [Type]`.
    TypeAlias,
    /// Python decorator or Rust attribute (`#[cfg(test)]`; inner ones too): `[Value] expr`. The value of an attribute with
    /// arguments is a Call, of a name-value attribute an Assign; arguments that do not parse are Raw.
    Decorator,
    /// Generic parameter, lifetimes left out; label = the name. `[Type] bound *`. One more for each `where` predicate.
    TypeParameter,
    /// `[Condition], [Consequence] Block, [Alternative] Block|If ?`.
    If,
    /// `[Condition], [Body] Block, [Alternative] Block?`.
    While,
    /// Label = `async` or empty. `[Target], [Iterable], [Body] Block, [Alternative] Block?`.
    For,
    /// Rust `loop`: `[Body] Block`.
    Loop,
    /// `[Body] Block, [Handler] ExceptHandler *, [Alternative] Block?, [Finally] Block?`.
    Try,
    /// `[Type]?, [Target]?, [Body] Block`; label = `*` for `except*`.
    ExceptHandler,
    /// Label = `async` or empty. `[Item] WithItem *, [Body] Block`.
    With,
    /// `[Value], [Target]?`.
    WithItem,
    /// `[Subject], [Case] MatchArm *`.
    Match,
    /// `[Pattern], [Guard]?, [Body] Block|expr`.
    MatchArm,
    /// `_` and `..` in patterns.
    Wildcard,
    /// `a | b` in patterns: `[Item] *`.
    OrPattern,
    /// `pattern as name`, `name @ pattern`; label = the name. `[Pattern]`.
    Capture,
    /// `[Value]?`.
    Return,
    /// `[Value]?, [Cause]?`.
    Raise,
    /// `[Condition], [Message]?`.
    Assert,
    /// `[Target] *`.
    Delete,
    /// `[Target] Name *`; label = `global` or `nonlocal`.
    ScopeDeclaration,
    /// No children.
    Pass,
    /// `[Value]?`; label = loop label or empty.
    Break,
    /// No children.
    Continue,
    /// `import a.b as c`: `[Item] ImportItem *`. Rust `use` lists flattened, labels dotted: `std.process.Command`;
    /// `[Decorator] *, [Modifier] *` first.
    Import,
    /// `from module import x`; label = the module with its leading dots. `[Item] ImportItem *`.
    ImportFrom,
    /// Label = the dotted name, `*` (or `a.b.*`) for a wildcard. `[Alias] Name?`.
    ImportItem,

    // ---- configuration ----------------------------------------------------------------------------------------------
    /// YAML, JSON, TOML: `[Item] (Pair | Error) *`.
    Mapping,
    /// `[Item] *`.
    Sequence,
    /// YAML alias; label = the anchor's name. The target is [`super::Tree::alias_target`]; nothing is copied.
    Alias,
    /// nginx directive; label = its name. `[Argument] Word *, [Body] Block|Raw ?`.
    Directive,
    /// nginx argument, shell word, Dockerfile argument, dotenv value: label = the text with quotes and escapes resolved,
    /// variables left as written. `[Part] (Variable | Substitution) *`.
    Word,
    /// `$name`, `${name:-default}`; label = the name. `[Default] Word?` (`:-`, `-`, `:=`, `=`), `[Value] Word?` (operand of
    /// any other operator: `${name:+word}`, `${name%suffix}`).
    Variable,
    /// `$(...)` or backquotes: `[Body] Script`.
    Substitution,
    /// Text that is not looked into (Lua in nginx, tokens of a macro); label = the text.
    Raw,
    /// INI section, TOML never; label = its name. `[Item] Pair *`.
    Section,
    /// Dockerfile stage, from one FROM to the next; label = its `AS` name or empty. `[Item] Instruction *`.
    Stage,
    /// Dockerfile instruction; label = upper-case name. `[Flag] Flag *`, then by instruction: `[Argument] (Word | Pair |
    /// Sequence of Str) *`, `[Body] Script` (shell form), `[Heredoc] Heredoc *`; `ONBUILD`/`HEALTHCHECK CMD` hold
    /// `[Body] Instruction`.
    Instruction,
    /// `--name=value` of a Dockerfile instruction; label = the name. `[Value] Word?`.
    Flag,
    /// Label = the content. `[Body] Script?` where a shell runs it, else `[Part] (Variable | Substitution) *` where a shell
    /// expands it.
    Heredoc,
    /// Shell text: `[Item] (Command | Pipeline | ShellGroup | Error) *`. Root of a shell file too.
    Script,
    /// Simple command; label = the command's name as written. `[Assignment] Pair *, [Argument] Word *, [Redirect] *`.
    /// The first Argument is the command's name itself. The value of a Pair is a Word, or a List of an array's Words.
    /// `[[ ]]` and `(( ))` are Commands of that name.
    Command,
    /// `a | b`: `[Item] (Command | ShellGroup) *`.
    Pipeline,
    /// Subshell, braces, `if`, `for`, `while`, `case`, function; label = the word (`(`, `{`, `function`, ...).
    /// `[Item] (Word | Command | Pipeline | ShellGroup) *, [Redirect] *`: words are those of the construct itself (a function's
    /// name, what `for` and `case` look at), the rest are its commands.
    ShellGroup,
    /// Label = the operator (`>`, `>>`, `<`, `2>`, `<<<`). `[Value] Word?, [Heredoc] Heredoc?`.
    Redirect,
    /// Line of a requirements file; label = the normalised package name (PEP 503), or the option's name with dashes.
    /// `[Argument] Word *`: version specifiers, option values, URL, marker as written.
    Requirement,

    // ---- pattern operators (only in trees made from rule patterns) --------------------------------------------------
    /// `...`.
    PatternEllipsis,
    /// `$X`; label = `$X`. In places where a name is a label, the label itself is `$X`.
    MetaVariable,
    /// `$...XS`; label = `$...XS`.
    MetaEllipsis,
    /// `<... p ...>`: `[Value] p`.
    DeepEllipsis,
    /// `($X: Type)`; label = `$X`. `[Type]`.
    TypedMetaVariable,
}

/// The role of a node in its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Field {
    /// The root, or a child whose place says everything.
    #[default]
    None,
    Statement,
    Item,
    Object,
    Index,
    Lower,
    Upper,
    Step,
    Callee,
    Argument,
    Value,
    Part,
    Format,
    Left,
    Right,
    Operand,
    Condition,
    Consequence,
    Alternative,
    Parameter,
    Body,
    Target,
    Type,
    Key,
    Clause,
    Iterable,
    Decorator,
    Modifier,
    TypeParameter,
    Returns,
    Default,
    Base,
    Member,
    Trait,
    Handler,
    Finally,
    Subject,
    Case,
    Pattern,
    Guard,
    Cause,
    Message,
    Alias,
    Flag,
    Heredoc,
    Assignment,
    Redirect,
}
