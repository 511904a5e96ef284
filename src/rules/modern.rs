//! Semgrep's newer search syntax (`match:` with `all`, `any`, `not`, `inside`, `where`) in the words of the classic one.
//!
//! A translation of data to data: what comes out is read and checked as if it had been written that way.

use super::formula::Mistake;
use super::schema::TermsSpec;
use serde_json::{Map, Value, json};

/// How deep formulas may nest.
const MAX_DEPTH: usize = 50;

type Terms = Map<String, Value>;

/// The classic terms that a formula under `match` means.
pub(super) fn classic_terms(formula: &Value) -> Result<TermsSpec, Mistake> {
    let terms = positive(formula, 0).map_err(|mistake| mistake.under("match"))?;
    serde_json::from_value(Value::Object(terms)).map_err(|error| Mistake::new("match", error.to_string()))
}

/// A formula that finds something by itself.
fn positive(formula: &Value, depth: usize) -> Result<Terms, Mistake> {
    let terms = term(formula, depth)?;
    let is_positive = ["pattern", "patterns", "pattern-either", "pattern-regex", "pattern-inside"];
    if terms.keys().any(|key| is_positive.contains(&key.as_str())) {
        return Ok(terms);
    }
    Err(Mistake::new("match", "nothing to search for: a formula needs `pattern`, `regex`, `all`, `any` or a text"))
}

/// One formula, negative ones included.
fn term(formula: &Value, depth: usize) -> Result<Terms, Mistake> {
    if depth > MAX_DEPTH {
        return Err(Mistake::new("match", "the formula nests too deep"));
    }
    let fields = match formula {
        Value::String(pattern) => return Ok(one("pattern", json!(pattern))),
        Value::Object(fields) => fields,
        _ => return Err(Mistake::new("match", "a formula is a pattern or a mapping")),
    };
    let mut found: Option<Terms> = None;
    for (key, value) in fields.iter().filter(|(key, _)| *key != "where") {
        let terms = match key.as_str() {
            "pattern" => one("pattern", value.clone()),
            "regex" => one("pattern-regex", value.clone()),
            "all" => one("patterns", list(key, value, depth, term)?),
            "any" => one("pattern-either", list(key, value, depth, positive)?),
            "inside" => one("pattern-inside", nested(value, depth).map_err(|mistake| mistake.under(key))?),
            "not" => negated(value, depth).map_err(|mistake| mistake.under(key))?,
            "anywhere" => return Err(Mistake::unsupported(key, "`anywhere` is not supported")),
            _ => {
                let known = ["pattern", "regex", "all", "any", "not", "inside", "where"];
                let hint = crate::suggest::closest(key, known)
                    .map_or_else(String::new, |hint| format!("; did you mean `{hint}`?"));
                return Err(Mistake::new(key, format!("unknown key `{key}`{hint}")));
            }
        };
        if found.replace(terms).is_some() {
            return Err(Mistake::new(key, "a formula has one of `pattern`, `regex`, `all`, `any`, `not` and `inside`"));
        }
    }
    let Some(found) = found else { return Err(Mistake::new("match", "an empty formula")) };
    match fields.get("where") {
        None => Ok(found),
        Some(conditions) => {
            let mut items = vec![Value::Object(found)];
            match list("where", conditions, depth, condition)? {
                Value::Array(conditions) => items.extend(conditions),
                other => items.push(other),
            }
            Ok(one("patterns", Value::Array(items)))
        }
    }
}

/// What stands under `not`: a formula, or one with a name of its own in the classic syntax.
fn negated(formula: &Value, depth: usize) -> Result<Terms, Mistake> {
    if let Value::Object(fields) = formula
        && fields.len() == 1
    {
        if let Some(inside) = fields.get("inside") {
            return Ok(one("pattern-not-inside", nested(inside, depth).map_err(|mistake| mistake.under("inside"))?));
        }
        if let Some(regex) = fields.get("regex") {
            return Ok(one("pattern-not-regex", regex.clone()));
        }
    }
    Ok(one("pattern-not", nested(formula, depth)?))
}

/// A formula as the value of a key: a plain pattern stays a text.
fn nested(formula: &Value, depth: usize) -> Result<Value, Mistake> {
    match formula {
        Value::String(_) => Ok(formula.clone()),
        _ => positive(formula, depth + 1).map(Value::Object),
    }
}

/// An item of `where`.
fn condition(item: &Value, depth: usize) -> Result<Terms, Mistake> {
    let Value::Object(fields) = item else {
        return Err(Mistake::new("where", "a condition is a mapping with `metavariable`, `comparison` or `focus`"));
    };
    if let Some(focus) = fields.get("focus") {
        return Ok(one("focus-metavariable", focus.clone()));
    }
    // `metavariable: $X` and options beside it stay, the key that says what is asked decides what they become.
    let renamed = |name: &str, keys: &[&str]| {
        let kept = fields.iter().filter(|(key, _)| *key == "metavariable" || keys.contains(&key.as_str()));
        one(name, Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect()))
    };
    if fields.contains_key("comparison") {
        return Ok(renamed("metavariable-comparison", &["comparison", "base", "strip"]));
    }
    if !fields.contains_key("metavariable") {
        return Err(Mistake::new("where", "a condition names a `metavariable`, a `comparison` or a `focus`"));
    }
    if fields.contains_key("analyzer") {
        return Ok(renamed("metavariable-analysis", &["analyzer"]));
    }
    if fields.contains_key("type") || fields.contains_key("types") {
        return Ok(renamed("metavariable-type", &["type", "types"]));
    }
    if fields.contains_key("regex") {
        return Ok(renamed("metavariable-regex", &["regex", "constant-propagation"]));
    }
    let inner: Terms = fields
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "metavariable" | "language"))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut terms = positive(&Value::Object(inner), depth + 1)?;
    for key in ["metavariable", "language"] {
        if let Some(value) = fields.get(key) {
            terms.insert(key.to_owned(), value.clone());
        }
    }
    Ok(one("metavariable-pattern", Value::Object(terms)))
}

fn list(
    key: &str,
    value: &Value,
    depth: usize,
    item: fn(&Value, usize) -> Result<Terms, Mistake>,
) -> Result<Value, Mistake> {
    let Value::Array(items) = value else { return Err(Mistake::new(key, format!("`{key}` is a list"))) };
    items
        .iter()
        .enumerate()
        .map(|(index, formula)| {
            item(formula, depth + 1).map(Value::Object).map_err(|mistake| mistake.under(index.to_string()).under(key))
        })
        .collect::<Result<Vec<_>, _>>()
        .map(Value::Array)
}

fn one(key: &str, value: Value) -> Terms {
    Terms::from_iter([(key.to_owned(), value)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(formula: &Value) -> Value {
        Value::Object(positive(formula, 0).unwrap_or_else(|mistake| panic!("{mistake:?}")))
    }

    #[test]
    fn formulas_become_patterns() {
        assert_eq!(translated(&json!("f($X)")), json!({"pattern": "f($X)"}));
        assert_eq!(
            translated(&json!({"any": ["f()", {"regex": "g+"}]})),
            json!({"pattern-either": [{"pattern": "f()"}, {"pattern-regex": "g+"}]})
        );
        assert_eq!(
            translated(
                &json!({"all": ["f()", {"inside": "class $C: ..."}, {"not": "f(1)"}, {"not": {"inside": "g(...)"}},
                {"not": {"regex": "x"}}]})
            ),
            json!({"patterns": [{"pattern": "f()"}, {"pattern-inside": "class $C: ..."}, {"pattern-not": "f(1)"},
                {"pattern-not-inside": "g(...)"}, {"pattern-not-regex": "x"}]})
        );
    }

    #[test]
    fn conditions_become_terms_beside_the_formula() {
        assert_eq!(
            translated(&json!({"pattern": "f($X)", "where": [
                {"metavariable": "$X", "regex": "a"}, {"comparison": "$X > 1"}, {"focus": "$X"},
                {"metavariable": "$X", "analyzer": "entropy"}, {"metavariable": "$X", "type": "int"},
                {"metavariable": "$X", "any": ["g()", "h()"], "language": "python"}]})),
            json!({"patterns": [{"pattern": "f($X)"},
                {"metavariable-regex": {"metavariable": "$X", "regex": "a"}},
                {"metavariable-comparison": {"comparison": "$X > 1"}},
                {"focus-metavariable": "$X"},
                {"metavariable-analysis": {"metavariable": "$X", "analyzer": "entropy"}},
                {"metavariable-type": {"metavariable": "$X", "type": "int"}},
                {"metavariable-pattern": {"metavariable": "$X", "language": "python",
                    "pattern-either": [{"pattern": "g()"}, {"pattern": "h()"}]}}]})
        );
    }

    #[test]
    fn mistakes_name_their_place() {
        let mistake = classic_terms(&json!({"all": ["f()", {"al": []}]})).unwrap_err();
        assert_eq!(mistake.keys, ["match", "all", "1", "al"]);
        assert!(mistake.message.contains("did you mean `all`"), "{}", mistake.message);
        assert!(classic_terms(&json!({"not": "f()"})).is_err());
        assert!(classic_terms(&json!({"pattern": "f()", "any": []})).is_err());
    }
}
