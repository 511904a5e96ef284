//! An expression with where it stands, so that names in it can be followed.

use crate::facts::python::{Call, Expr, ExprKind, ScopeId};
use crate::flow::Constant;
use crate::model::modules::{Definition, Modules, returned};
use crate::model::{FileId, Place};

/// Names followed to their values.
const MAX_STEPS: usize = 8;

/// An expression in a scope of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// The file.
    pub file: FileId,
    /// The scope that its names are looked up in.
    pub scope: ScopeId,
    /// The expression.
    pub expr: Expr,
}

impl Code {
    /// Where it stands.
    pub const fn place(&self) -> Place {
        Place { file: self.file, span: self.expr.span }
    }

    /// The same place, another expression: a part of this one.
    #[must_use]
    pub fn part(&self, expr: &Expr) -> Self {
        Self { file: self.file, scope: self.scope, expr: expr.clone() }
    }

    /// The call that it is.
    pub fn call(&self) -> Option<&Call> {
        self.expr.as_awaited_call()
    }

    /// An argument of the call that it is, by place or by name.
    pub fn argument(&self, place: usize, name: &str) -> Option<Self> {
        self.call()?.argument(place, name).map(|argument| self.part(argument))
    }

    /// An argument of the call that it is, by name only. Also out of a literal `**{...}` or a dictionary that a name holds.
    pub fn keyword(&self, modules: Modules<'_>, name: &str) -> Option<Self> {
        let call = self.call()?;
        if let Some(value) = call.keyword(name) {
            return Some(self.part(value));
        }
        call.splats().find_map(|splat| {
            let given = self.part(splat).value(modules)?;
            match &given.expr.kind {
                ExprKind::Dict(pairs) => pairs
                    .iter()
                    .find(|(key, _)| key.as_ref().and_then(Expr::as_str) == Some(name))
                    .map(|(_, value)| given.part(value)),
                ExprKind::Call(call) if call.name() == Some("dict") => {
                    call.keyword(name).map(|value| given.part(value))
                }
                _ => None,
            }
        })
    }

    /// What it names.
    pub fn definition(&self, modules: Modules<'_>) -> Option<Definition> {
        modules.resolve(self.file, self.scope, &self.expr)
    }

    /// The constant that it is.
    pub fn constant(&self, modules: Modules<'_>) -> Option<Constant> {
        modules.constant(self.file, self.scope, &self.expr)
    }

    /// The string that it is.
    pub fn string(&self, modules: Modules<'_>) -> Option<String> {
        modules.string(self.file, self.scope, &self.expr)
    }

    /// The expression that a name stands for: what the variable was assigned, or itself where it is no name.
    pub fn value(self, modules: Modules<'_>) -> Option<Self> {
        let mut at = self;
        for _ in 0..MAX_STEPS {
            if !matches!(at.expr.kind, ExprKind::Name(_) | ExprKind::Attribute(..)) {
                return Some(at);
            }
            let Some(Definition::Variable(file, id)) = at.definition(modules) else { return Some(at) };
            let assignment = modules.assignment(file, id)?;
            let value = assignment.value.as_ref()?;
            at = Self { file, scope: assignment.scope, expr: value.clone() };
        }
        Some(at)
    }

    /// The items of the list that it is or names, `+` and `*other` followed. What is no list has none.
    pub fn items(&self, modules: Modules<'_>) -> Vec<Self> {
        let mut found = Vec::new();
        self.add_items(modules, &mut found, MAX_STEPS);
        found
    }

    fn add_items(&self, modules: Modules<'_>, found: &mut Vec<Self>, depth: usize) {
        let Some(list) = self.clone().value(modules).filter(|_| depth > 0) else { return };
        match &list.expr.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                for item in items {
                    match &item.kind {
                        ExprKind::Splat(inner) => list.part(inner).add_items(modules, found, depth - 1),
                        _ => found.push(list.part(item)),
                    }
                }
            }
            ExprKind::Binary(operator, both) if &**operator == "+" => {
                list.part(&both.0).add_items(modules, found, depth - 1);
                list.part(&both.1).add_items(modules, found, depth - 1);
            }
            ExprKind::Or(both) => list.part(&both.0).add_items(modules, found, depth - 1),
            ExprKind::Conditional(parts) => {
                list.part(&parts.1).add_items(modules, found, depth - 1);
                list.part(&parts.2).add_items(modules, found, depth - 1);
            }
            ExprKind::Call(call) if matches!(call.name(), Some("list" | "tuple" | "set" | "sorted" | "reversed")) => {
                if let Some(inner) = call.arguments.first() {
                    list.part(inner).add_items(modules, found, depth - 1);
                }
            }
            // `for prefix, router in ROUTERS.items()`.
            ExprKind::Call(call) if call.name() == Some("items") && call.arguments.is_empty() => {
                let dict = call.receiver().and_then(|dict| list.part(dict).value(modules));
                let Some(Self { file, scope, expr: Expr { kind: ExprKind::Dict(pairs), .. } }) = dict else { return };
                for (key, value) in pairs {
                    let Some(key) = key else { continue };
                    let span = key.span.cover(value.span);
                    found.push(Self { file, scope, expr: Expr { span, kind: ExprKind::Tuple(vec![key, value]) } });
                }
            }
            ExprKind::Call(call) => {
                if let Some(Definition::Function(file, id)) = modules.resolve(list.file, list.scope, &call.callee)
                    && let Some(facts) = modules.facts(file)
                {
                    let function = facts.function(id);
                    for value in returned(&function.body) {
                        Self { file, scope: function.scope, expr: value.clone() }.add_items(modules, found, depth - 1);
                    }
                }
            }
            _ => {}
        }
    }

    /// The source text.
    pub fn text<'p>(&self, modules: Modules<'p>) -> &'p str {
        modules.project().file(self.file).source.slice(self.expr.span)
    }
}

impl Code {
    /// The path that it is. What is not known stands in it as `<written like this>`; whether that is so comes with it.
    pub fn path(&self, modules: Modules<'_>) -> (String, bool) {
        let mut text = String::new();
        let is_known = self.add_path(modules, &mut text, MAX_STEPS);
        (text, is_known)
    }

    fn add_path(&self, modules: Modules<'_>, out: &mut String, depth: usize) -> bool {
        if let Some(constant) = self.constant(modules) {
            if constant != Constant::None {
                out.push_str(&constant.to_text());
            }
            return true;
        }
        match &self.expr.kind {
            ExprKind::FString(parts) if depth > 0 => {
                let mut is_known = true;
                for part in parts {
                    is_known &= self.part(part).add_path(modules, out, depth - 1);
                }
                is_known
            }
            ExprKind::Binary(operator, both) if &**operator == "+" && depth > 0 => {
                let left = self.part(&both.0).add_path(modules, out, depth - 1);
                self.part(&both.1).add_path(modules, out, depth - 1) && left
            }
            ExprKind::Name(_) | ExprKind::Attribute(..) if depth > 0 => {
                // A parameter's default, or what a variable is made of.
                if let Some(Definition::Parameter(file, id, place)) = self.definition(modules)
                    && let Some(function) = modules.facts(file).map(|facts| facts.function(id))
                    && let Some(default) = function.parameters.get(place as usize).and_then(|it| it.default.as_ref())
                {
                    return Self { file, scope: function.parent, expr: default.clone() }.add_path(
                        modules,
                        out,
                        depth - 1,
                    );
                }
                match self.clone().value(modules) {
                    Some(value) if value != *self => value.add_path(modules, out, depth - 1),
                    _ => self.add_unknown(modules, out),
                }
            }
            _ => self.add_unknown(modules, out),
        }
    }

    fn add_unknown(&self, modules: Modules<'_>, out: &mut String) -> bool {
        out.push('<');
        out.extend(self.text(modules).split_whitespace());
        out.push('>');
        false
    }

    /// Whether it is constantly false.
    pub fn is_false(&self, modules: Modules<'_>) -> bool {
        self.constant(modules) == Some(Constant::Bool(false))
    }
}
