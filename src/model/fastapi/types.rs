//! What an annotation says of a value: the types that FastAPI tells apart, and what flows need to know of them.

use super::code::Code;
use crate::facts::python::{ClassId, Expr, ExprKind, ScopeId};
use crate::flow::Constant;
use crate::model::FileId;
use crate::model::modules::{Class, Definition, Modules};

/// How far types in types are followed.
const MAX_DEPTH: u32 = 12;

/// The type of a parameter or a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// Whether `None` is allowed too.
    pub is_optional: bool,
    /// Constraints that the type itself carries: `constr(max_length=5)`, `Annotated[str, Field(..)]`.
    pub constraints: Vec<Constraint>,
}

/// What FastAPI and pydantic make of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// No annotation, `Any`, `object`.
    Any,
    /// `str` and everything that stays free text: `EmailStr`, `HttpUrl`, `SecretStr`, `Path`.
    Text,
    Bytes,
    Number,
    Boolean,
    Uuid,
    /// Dates, times and durations.
    Time,
    /// IP addresses and networks.
    Address,
    Enumeration(FileId, ClassId),
    /// The constants that are allowed.
    Literal(Vec<Constant>),
    /// A pydantic or SQLModel class of the project.
    Model(FileId, ClassId),
    /// A dataclass, typed dictionary or named tuple of the project.
    Structure(FileId, ClassId),
    Sequence(Box<Type>),
    Mapping(Box<Type>),
    Union(Vec<Type>),
    /// `UploadFile`.
    Upload,
    None,
    /// Objects that FastAPI itself hands in.
    Framework(Framework),
    /// Any other class of the project.
    Local(FileId, ClassId),
    /// A class that the project does not define, under its qualified name.
    External(Box<str>),
    Unknown,
}

/// Objects that FastAPI hands in for an annotation alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Framework {
    /// `Request` and `HTTPConnection`.
    Request,
    WebSocket,
    Response,
    BackgroundTasks,
    SecurityScopes,
}

/// One limit on a value: `max_length` and `5`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// The name of the argument.
    pub name: Box<str>,
    /// Its value: a constant as Python prints it, anything else as it is written.
    pub value: Box<str>,
}

/// Arguments of `Query`, `Field`, `constr` and their like that limit a value.
pub(super) const CONSTRAINTS: &[&str] = &[
    "min_length",
    "max_length",
    "pattern",
    "regex",
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "max_digits",
    "decimal_places",
    "min_items",
    "max_items",
    "strict",
    "allow_inf_nan",
    "to_lower",
    "to_upper",
    "strip_whitespace",
];

const MODELS: &[&str] = &[
    "pydantic.BaseModel",
    "pydantic.main.BaseModel",
    "pydantic.RootModel",
    "pydantic.generics.GenericModel",
    "pydantic.v1.BaseModel",
    "sqlmodel.SQLModel",
    "sqlmodel.main.SQLModel",
    "pydantic_settings.BaseSettings",
    "pydantic.BaseSettings",
    "beanie.Document",
    "odmantic.Model",
    "fastapi_users.schemas.BaseUser",
    "fastapi_users.schemas.BaseUserCreate",
    "fastapi_users.schemas.BaseUserUpdate",
    "msgspec.Struct",
    "fastapi_camelcase.CamelModel",
    "humps.CamelModel",
    "ormar.Model",
];

impl Type {
    /// A type without constraints that may not be `None`.
    pub fn of(kind: TypeKind) -> Self {
        Self { kind, is_optional: false, constraints: Vec::new() }
    }

    /// Whether the framework lets nothing through that could carry an injection: numbers, identifiers, dates, closed sets.
    pub fn is_inert(&self) -> bool {
        match &self.kind {
            TypeKind::Number
            | TypeKind::Boolean
            | TypeKind::Uuid
            | TypeKind::Time
            | TypeKind::Address
            | TypeKind::Enumeration(..)
            | TypeKind::Literal(_)
            | TypeKind::None => true,
            TypeKind::Sequence(item) => item.is_inert(),
            TypeKind::Union(options) => options.iter().all(Self::is_inert),
            _ => false,
        }
    }

    /// Whether FastAPI takes a parameter of it from the body where nothing else is said.
    pub(super) fn is_complex(&self) -> bool {
        match &self.kind {
            TypeKind::Model(..)
            | TypeKind::Structure(..)
            | TypeKind::Sequence(_)
            | TypeKind::Mapping(_)
            | TypeKind::Upload => true,
            TypeKind::Union(options) => options.iter().any(Self::is_complex),
            TypeKind::External(name) => {
                let last = name.rsplit('.').next().unwrap_or(name);
                (name.contains('.') || !is_python_builtin(name)) && last.starts_with(|c: char| c.is_ascii_uppercase())
            }
            _ => false,
        }
    }

    /// Whether it is an upload, or a list of uploads.
    pub(super) fn is_upload(&self) -> bool {
        match &self.kind {
            TypeKind::Upload => true,
            TypeKind::Sequence(item) => item.is_upload(),
            TypeKind::Union(options) => options.iter().any(Self::is_upload),
            _ => false,
        }
    }

    /// The class of the project that it is or holds.
    pub fn class(&self) -> Option<(FileId, ClassId)> {
        match &self.kind {
            TypeKind::Model(file, id)
            | TypeKind::Structure(file, id)
            | TypeKind::Enumeration(file, id)
            | TypeKind::Local(file, id) => Some((*file, *id)),
            TypeKind::Sequence(item) | TypeKind::Mapping(item) => item.class(),
            TypeKind::Union(options) => options.iter().find_map(Self::class),
            _ => None,
        }
    }
}

/// Reads annotations.
#[derive(Debug, Clone, Copy)]
pub struct Types<'p>(pub Modules<'p>);

impl Types<'_> {
    /// The type that an annotation says.
    pub fn read(self, file: FileId, scope: ScopeId, annotation: &Expr) -> Type {
        self.at(file, scope, annotation, MAX_DEPTH)
    }

    fn at(self, file: FileId, scope: ScopeId, annotation: &Expr, depth: u32) -> Type {
        let Some(depth) = depth.checked_sub(1) else { return Type::of(TypeKind::Unknown) };
        match &annotation.kind {
            ExprKind::Constant(Constant::None) => Type::of(TypeKind::None),
            ExprKind::Binary(operator, both) if &**operator == "|" => {
                union([&both.0, &both.1].into_iter().map(|part| self.at(file, scope, part, depth)).collect())
            }
            ExprKind::Subscript(object, index) => self.generic(file, scope, object, index, depth),
            ExprKind::Name(_) | ExprKind::Attribute(..) => self.named(file, scope, annotation, depth),
            ExprKind::Call(call) => {
                let kind = match call.name() {
                    Some("constr") => TypeKind::Text,
                    Some("conbytes") => TypeKind::Bytes,
                    Some("conint" | "confloat" | "condecimal") => TypeKind::Number,
                    Some("condate") => TypeKind::Time,
                    Some("conlist" | "conset" | "confrozenset") => {
                        let item = call
                            .arguments
                            .first()
                            .map_or(Type::of(TypeKind::Any), |item| self.at(file, scope, item, depth));
                        TypeKind::Sequence(Box::new(item))
                    }
                    _ => TypeKind::Unknown,
                };
                Type { kind, is_optional: false, constraints: self.constraints(file, scope, annotation) }
            }
            _ => Type::of(TypeKind::Unknown),
        }
    }

    fn generic(self, file: FileId, scope: ScopeId, object: &Expr, index: &[Expr], depth: u32) -> Type {
        let first = || index.first().map_or(Type::of(TypeKind::Any), |item| self.at(file, scope, item, depth));
        match object.last_name().unwrap_or_default() {
            "Optional" => union(vec![first(), Type::of(TypeKind::None)]),
            "Union" => union(index.iter().map(|item| self.at(file, scope, item, depth)).collect()),
            "Annotated" => {
                let mut inner = first();
                for extra in index.iter().skip(1) {
                    inner.constraints.extend(self.constraints(file, scope, extra));
                }
                inner
            }
            "Literal" => Type::of(TypeKind::Literal(
                index.iter().filter_map(|item| self.0.constant(file, scope, item)).collect(),
            )),
            "List" | "list" | "Sequence" | "Set" | "set" | "FrozenSet" | "frozenset" | "Tuple" | "tuple" | "Deque"
            | "deque" | "MutableSequence" | "AbstractSet" | "MutableSet" => {
                // Items of tuples differ: one that can carry text makes the whole one that can.
                let items: Vec<Type> = index
                    .iter()
                    .filter(|item| !matches!(item.kind, ExprKind::Ellipsis))
                    .map(|item| self.at(file, scope, item, depth))
                    .collect();
                let item = if items.len() == 1 { items.into_iter().next() } else { Some(union(items)) };
                Type::of(TypeKind::Sequence(Box::new(item.unwrap_or(Type::of(TypeKind::Any)))))
            }
            "Iterable" | "Collection" | "Iterator" => Type::of(TypeKind::External("typing.Iterable".into())),
            "Dict" | "dict" | "Mapping" | "MutableMapping" | "DefaultDict" | "OrderedDict" => {
                let value = index.get(1).map_or(Type::of(TypeKind::Any), |item| self.at(file, scope, item, depth));
                Type::of(TypeKind::Mapping(Box::new(value)))
            }
            "Final" | "ClassVar" | "Required" | "NotRequired" | "Mapped" | "Awaitable" => first(),
            "Type" | "type" | "Callable" => Type::of(TypeKind::Unknown),
            _ => self.named(file, scope, object, depth),
        }
    }

    fn named(self, file: FileId, scope: ScopeId, name: &Expr, depth: u32) -> Type {
        match self.0.resolve(file, scope, name) {
            Some(Definition::External(name)) => Type::of(external(&name)),
            Some(Definition::Class(file, id)) => Type::of(self.class_kind(file, id)),
            Some(Definition::Variable(file, id)) => {
                let Some(assignment) = self.0.assignment(file, id) else { return Type::of(TypeKind::Unknown) };
                let Some(value) = &assignment.value else { return Type::of(TypeKind::Unknown) };
                match &value.kind {
                    // `UserId = NewType("UserId", int)`, `T = TypeVar("T", bound=Base)`.
                    ExprKind::Call(call) => match call.name() {
                        Some("NewType") => match call.arguments.get(1) {
                            Some(inner) => self.at(file, assignment.scope, inner, depth),
                            None => Type::of(TypeKind::Unknown),
                        },
                        Some("TypeVar") => match call.keyword("bound") {
                            Some(bound) => self.at(file, assignment.scope, bound, depth),
                            None => Type::of(TypeKind::Any),
                        },
                        _ => self.at(file, assignment.scope, value, depth),
                    },
                    _ => self.at(file, assignment.scope, value, depth),
                }
            }
            _ => Type::of(TypeKind::Unknown),
        }
    }

    /// What a class of the project is to FastAPI.
    pub(super) fn class_kind(self, file: FileId, id: ClassId) -> TypeKind {
        let class = Class::Local(file, id);
        let ancestry = self.0.ancestry(&class);
        let mut outside: Option<TypeKind> = None;
        for above in &ancestry {
            match above {
                Class::External(name) => {
                    let last = name.rsplit('.').next().unwrap_or(name);
                    if MODELS.contains(&&**name) {
                        return TypeKind::Model(file, id);
                    }
                    match last {
                        "Enum" | "IntEnum" | "StrEnum" | "Flag" | "IntFlag" => return TypeKind::Enumeration(file, id),
                        "TypedDict" | "NamedTuple" | "dict" | "Mapping" => return TypeKind::Structure(file, id),
                        "ABC" | "Generic" | "Protocol" | "object" => {}
                        _ => {
                            let kind = external(name);
                            if outside.is_none() {
                                outside = Some(kind);
                            }
                        }
                    }
                }
                Class::Local(file, other) => {
                    let is_dataclass = self.0.class(*file, *other).is_some_and(|class| {
                        class.decorators.iter().any(|decorator| {
                            let named = decorator.as_call().map_or(decorator, |call| &call.callee);
                            matches!(named.last_name(), Some("dataclass" | "define" | "attrs"))
                        })
                    });
                    if is_dataclass {
                        return TypeKind::Structure(file.to_owned(), id);
                    }
                }
            }
        }
        match outside {
            None => TypeKind::Local(file, id),
            // A model whose base comes from a package: most likely one of pydantic's after all.
            Some(TypeKind::External(name)) => {
                let last = name.rsplit('.').next().unwrap_or(&name);
                let is_model =
                    ["Model", "Schema", "Base", "DTO", "Create", "Update", "Read"].iter().any(|it| last.ends_with(it));
                if is_model { TypeKind::Model(file, id) } else { TypeKind::Local(file, id) }
            }
            Some(TypeKind::Sequence(_)) => TypeKind::Local(file, id),
            Some(kind) => kind,
        }
    }

    /// Constraints in a call such as `Query(max_length=5)`, or in what a name of one stands for.
    pub(super) fn constraints(self, file: FileId, scope: ScopeId, expr: &Expr) -> Vec<Constraint> {
        let Some(Code { file, scope, expr }) = Code { file, scope, expr: expr.clone() }.value(self.0) else {
            return Vec::new();
        };
        let Some(call) = expr.as_call() else { return Vec::new() };
        // `annotated_types.MaxLen(5)`, `Gt(0)`.
        let by_place = match call.name() {
            Some("MaxLen") => Some("max_length"),
            Some("MinLen") => Some("min_length"),
            Some("Gt") => Some("gt"),
            Some("Ge") => Some("ge"),
            Some("Lt") => Some("lt"),
            Some("Le") => Some("le"),
            _ => None,
        };
        let named = call.keywords.iter().filter(|keyword| CONSTRAINTS.contains(&&*keyword.name));
        let mut found: Vec<Constraint> = named
            .map(|keyword| Constraint { name: keyword.name.clone(), value: self.shown(file, scope, &keyword.value) })
            .collect();
        if let (Some(name), Some(value)) = (by_place, call.arguments.first()) {
            found.push(Constraint { name: name.into(), value: self.shown(file, scope, value) });
        }
        found
    }

    /// A value as text: a constant as it prints, else as it is written.
    fn shown(self, file: FileId, scope: ScopeId, value: &Expr) -> Box<str> {
        match self.0.constant(file, scope, value) {
            Some(constant) => constant.to_text().into(),
            None => self.0.project().file(file).source.slice(value.span).into(),
        }
    }
}

fn union(options: Vec<Type>) -> Type {
    let mut flat: Vec<Type> = Vec::new();
    let (mut is_optional, mut constraints) = (false, Vec::new());
    for option in options {
        is_optional |= option.is_optional;
        match option.kind {
            TypeKind::None => is_optional = true,
            TypeKind::Union(inner) => {
                constraints.extend(option.constraints);
                flat.extend(inner);
            }
            _ => flat.push(option),
        }
    }
    match flat.len() {
        0 => Type::of(TypeKind::None),
        1 => {
            let mut only = flat.remove(0);
            only.is_optional |= is_optional;
            only.constraints.extend(constraints);
            only
        }
        _ => Type { kind: TypeKind::Union(flat), is_optional, constraints },
    }
}

/// What a name means that the project does not define.
fn external(name: &str) -> TypeKind {
    let last = name.rsplit('.').next().unwrap_or(name);
    match last {
        "str" | "EmailStr" | "NameEmail" | "SecretStr" | "AnyUrl" | "AnyHttpUrl" | "HttpUrl" | "FileUrl"
        | "PostgresDsn" | "RedisDsn" | "StrictStr" | "FilePath" | "DirectoryPath" | "NewPath" | "PurePath"
        | "AnyStr" | "constr" | "StringConstraints" | "LiteralString" | "ImportString" => TypeKind::Text,
        "Path" if name == "pathlib.Path" => TypeKind::Text,
        "Pattern" => TypeKind::Text,
        "bytes" | "StrictBytes" | "SecretBytes" | "bytearray" => TypeKind::Bytes,
        "int" | "float" | "Decimal" | "complex" | "PositiveInt" | "NegativeInt" | "NonNegativeInt"
        | "NonPositiveInt" | "PositiveFloat" | "NegativeFloat" | "NonNegativeFloat" | "NonPositiveFloat"
        | "StrictInt" | "StrictFloat" | "FiniteFloat" | "ByteSize" | "Fraction" | "conint" | "confloat"
        | "HTTPStatus" => TypeKind::Number,
        "bool" | "StrictBool" => TypeKind::Boolean,
        "UUID" | "UUID1" | "UUID3" | "UUID4" | "UUID5" | "UUID7" | "ObjectId" | "PydanticObjectId" | "ULID" => {
            TypeKind::Uuid
        }
        "datetime" | "date" | "time" | "timedelta" | "FutureDate" | "PastDate" | "AwareDatetime" | "NaiveDatetime"
        | "FutureDatetime" | "PastDatetime" => TypeKind::Time,
        "IPv4Address" | "IPv6Address" | "IPvAnyAddress" | "IPvAnyNetwork" | "IPv4Network" | "IPv6Network"
        | "IPvAnyInterface" => TypeKind::Address,
        "Any" | "object" | "Json" | "JsonValue" => TypeKind::Any,
        "None" | "NoneType" => TypeKind::None,
        "list" | "List" | "set" | "Set" | "tuple" | "Tuple" | "frozenset" | "FrozenSet" | "Sequence" | "deque"
        | "Deque" => TypeKind::Sequence(Box::new(Type::of(TypeKind::Any))),
        "dict" | "Dict" | "Mapping" | "MutableMapping" | "OrderedDict" | "defaultdict" => {
            TypeKind::Mapping(Box::new(Type::of(TypeKind::Any)))
        }
        "UploadFile" => TypeKind::Upload,
        "Request" | "HTTPConnection" if is_framework(name) => TypeKind::Framework(Framework::Request),
        "WebSocket" if is_framework(name) => TypeKind::Framework(Framework::WebSocket),
        "Response" | "JSONResponse" | "HTMLResponse" | "PlainTextResponse" | "RedirectResponse"
        | "StreamingResponse" | "FileResponse" | "ORJSONResponse" | "UJSONResponse"
            if is_framework(name) =>
        {
            TypeKind::Framework(Framework::Response)
        }
        "BackgroundTasks" if is_framework(name) => TypeKind::Framework(Framework::BackgroundTasks),
        "SecurityScopes" if is_framework(name) => TypeKind::Framework(Framework::SecurityScopes),
        _ => TypeKind::External(name.into()),
    }
}

/// Classes in capitals that Python binds by itself.
fn is_python_builtin(name: &str) -> bool {
    name.ends_with("Error") || name.ends_with("Exception") || name == "NotImplemented"
}

/// Whether a qualified name is FastAPI's or Starlette's; one that nothing in the file binds counts, too: guides leave
/// imports out.
fn is_framework(name: &str) -> bool {
    name.starts_with("fastapi.") || name.starts_with("starlette.") || !name.contains('.')
}
