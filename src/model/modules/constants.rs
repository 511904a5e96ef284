//! Constants across files: what a name, a sum of strings or a setting's default is known to be.

use super::{Definition, Modules};
use crate::facts::python::{Call, Expr, ExprKind, FunctionId, ScopeId, Statement, StatementKind, visit_statements};
use crate::flow::Constant;
use crate::model::FileId;

/// How far definitions of definitions are followed.
const MAX_DEPTH: u32 = 16;

impl Modules<'_> {
    /// The constant that an expression is, followed through names, imports, concatenation, f-strings, attributes of
    /// settings objects (their default) and `os.getenv(name, default)`. An environment may set a default otherwise.
    pub fn constant(&self, file: FileId, scope: ScopeId, expr: &Expr) -> Option<Constant> {
        self.constant_in(file, scope, expr, MAX_DEPTH)
    }

    /// The string that an expression is.
    pub fn string(&self, file: FileId, scope: ScopeId, expr: &Expr) -> Option<String> {
        match self.constant(file, scope, expr)? {
            Constant::Str(text) => Some(text),
            _ => None,
        }
    }

    fn constant_in(&self, file: FileId, scope: ScopeId, expr: &Expr, depth: u32) -> Option<Constant> {
        let depth = depth.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Constant(constant) => Some(constant.clone()),
            ExprKind::FString(parts) => {
                let mut text = String::new();
                for part in parts {
                    text.push_str(&self.constant_in(file, scope, part, depth)?.to_text());
                }
                Some(Constant::Str(text))
            }
            ExprKind::Binary(operator, both) if &**operator == "+" => {
                let (left, right) =
                    (self.constant_in(file, scope, &both.0, depth)?, self.constant_in(file, scope, &both.1, depth)?);
                match (left, right) {
                    (Constant::Str(left), Constant::Str(right)) => Some(Constant::Str(left + &right)),
                    (Constant::Number(left), Constant::Number(right)) => Some(Constant::Number(left + right)),
                    _ => None,
                }
            }
            ExprKind::Binary(operator, both) if &**operator == "*" => {
                let (left, right) =
                    (self.constant_in(file, scope, &both.0, depth)?, self.constant_in(file, scope, &both.1, depth)?);
                match (left, right) {
                    (Constant::Number(left), Constant::Number(right)) => Some(Constant::Number(left * right)),
                    _ => None,
                }
            }
            ExprKind::Or(both) => {
                self.constant_in(file, scope, &both.0, depth).or_else(|| self.constant_in(file, scope, &both.1, depth))
            }
            ExprKind::Call(call) => {
                let name = call.name()?;
                match name {
                    // Reads the environment, with a default.
                    "getenv" | "get" | "config" | "env" => {
                        let callee = self.external(file, scope, &call.callee)?;
                        let reads = matches!(
                            &*callee,
                            "os.getenv"
                                | "os.environ.get"
                                | "decouple.config"
                                | "starlette.config.Config"
                                | "environs.Env.str"
                        );
                        let default = call.argument(1, "default").filter(|_| reads)?;
                        self.constant_in(file, scope, default, depth)
                    }
                    // A field of a settings class.
                    "Field" | "PrivateAttr" => self.constant_in(file, scope, call.argument(0, "default")?, depth),
                    "str" | "int" | "float" | "bool" | "SecretStr" | "Path" | "cast" if call.arguments.len() == 1 => {
                        self.constant_in(file, scope, &call.arguments[0], depth)
                    }
                    "rstrip" | "strip" | "lstrip" | "lower" | "upper" | "get_secret_value" => {
                        let Constant::Str(text) = self.constant_in(file, scope, call.receiver()?, depth)? else {
                            return None;
                        };
                        let cut: Vec<char> =
                            call.arguments.first().and_then(Expr::as_str).unwrap_or(" \t\r\n").chars().collect();
                        Some(Constant::Str(match name {
                            "rstrip" => text.trim_end_matches(&*cut).to_owned(),
                            "lstrip" => text.trim_start_matches(&*cut).to_owned(),
                            "strip" => text.trim_matches(&*cut).to_owned(),
                            "lower" => text.to_lowercase(),
                            "upper" => text.to_uppercase(),
                            _ => text,
                        }))
                    }
                    // A function of the project that returns one thing.
                    _ => match self.resolve(file, scope, &call.callee)? {
                        Definition::Function(callee, id) => self.result(callee, id, call, (file, scope), depth),
                        _ => None,
                    },
                }
            }
            ExprKind::Subscript(object, index) => self.looked_up(file, scope, object, index.first()?, depth),
            ExprKind::Name(_) | ExprKind::Attribute(..) => {
                // `Role.ADMIN.value`.
                if let ExprKind::Attribute(object, name) = &expr.kind
                    && &**name == "value"
                    && let Some(Definition::Variable(file, id)) = self.resolve(file, scope, object)
                {
                    let assignment = self.assignment(file, id)?;
                    return self.constant_in(file, assignment.scope, assignment.value.as_ref()?, depth);
                }
                let Definition::Variable(file, id) = self.resolve(file, scope, expr)? else { return None };
                let assignment = self.assignment(file, id)?;
                if assignment.is_augmented {
                    return None;
                }
                self.constant_in(file, assignment.scope, assignment.value.as_ref()?, depth)
            }
            _ => None,
        }
    }
    /// What a function returns in the end, where that is a constant or one of its arguments.
    fn result(
        &self,
        file: FileId,
        id: FunctionId,
        call: &Call,
        from: (FileId, ScopeId),
        depth: u32,
    ) -> Option<Constant> {
        let function = self.facts(file)?.function(id);
        let StatementKind::Return(Some(value)) = &function.body.last()?.kind else { return None };
        let parameter = function.parameters.iter().position(|parameter| value.as_name() == Some(&parameter.name));
        match parameter {
            Some(place) => {
                let argument = call.argument(place, &function.parameters[place].name)?;
                self.constant_in(from.0, from.1, argument, depth)
            }
            None if returned(&function.body).len() == 1 => self.constant_in(file, function.scope, value, depth),
            None => None,
        }
    }

    /// `ROUTES[Action.CHAT]` of a dictionary that is written out.
    fn looked_up(&self, file: FileId, scope: ScopeId, object: &Expr, index: &Expr, depth: u32) -> Option<Constant> {
        let Some(Definition::Variable(holder, id)) = self.resolve(file, scope, object) else { return None };
        let assignment = self.assignment(holder, id)?;
        let ExprKind::Dict(pairs) = &assignment.value.as_ref()?.kind else { return None };
        let wanted = self.resolve(file, scope, index);
        let wanted_constant = self.constant_in(file, scope, index, depth);
        let value = pairs.iter().find_map(|(key, value)| {
            let key = key.as_ref()?;
            let is_same = match (&wanted, self.resolve(holder, assignment.scope, key)) {
                (Some(wanted), Some(key)) => *wanted == key,
                _ => {
                    let key = self.constant_in(holder, assignment.scope, key, depth);
                    key.is_some() && key == wanted_constant
                }
            };
            is_same.then_some(value)
        })?;
        self.constant_in(holder, assignment.scope, value, depth)
    }
}

/// What a function's statements return.
pub(crate) fn returned(body: &[Statement]) -> Vec<&Expr> {
    let mut values = Vec::new();
    visit_statements(body, &mut |statement| {
        if let StatementKind::Return(Some(value)) = &statement.kind {
            values.push(value);
        }
    });
    values
}
