//! Pattern text to text that the language's parser accepts: operators become identifiers.
//!
//! `$X` becomes `μX`, `...` becomes `μ0`, `<... p ...>` becomes `μ1(p)`, `($X: T)` becomes `μ2(μX, "T")` and `$...XS` becomes
//! `μ3XS`. μ (U+03BC) is a letter to Python and Rust and unlikely in code. Strings are left alone; the conversion looks
//! into them.

use super::rewrite_configuration::rewrite_configuration;
use crate::syntax::Language;

/// The letter that marks operators.
pub(super) const MARK: char = 'μ';
/// What `...` becomes.
pub(super) const ELLIPSIS: &str = "μ0";
/// The callee that `<... p ...>` becomes.
pub(super) const DEEP: &str = "μ1";
/// The callee that `($X: T)` becomes.
pub(super) const TYPED: &str = "μ2";
/// What `$...` becomes.
pub(super) const META_ELLIPSIS: &str = "μ3";

/// What `...` becomes where a statement, member or field stands: parsers differ in what they take there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    /// A statement of its own.
    Statement,
    /// A field of a literal.
    Field,
    /// An item of an `impl` or `mod`.
    Item,
}

/// Rewrites a pattern for the parser of a language.
pub(super) fn rewrite(pattern: &str, language: Language, variant: Variant) -> String {
    match language {
        Language::Python | Language::Rust => Rewriter::new(pattern, language, variant).run(),
        _ => rewrite_configuration(pattern, language),
    }
}

/// Whether `text` (behind a `$`) begins with a metavariable's name: upper-case letters, digits, underscores.
pub(super) fn metavariable_length(text: &str) -> Option<usize> {
    let length = text.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).unwrap_or(text.len());
    let first = text.chars().next()?;
    (length > 0 && (first.is_ascii_uppercase() || first == '_' || first.is_ascii_digit())).then_some(length)
}

struct Rewriter<'a> {
    text: &'a str,
    at: usize,
    out: String,
    language: Language,
    variant: Variant,
    /// Open brackets, with whether a `:` stood in them (a dict) and whether they hold parameters.
    brackets: Vec<Bracket>,
}

#[derive(Clone, Copy)]
struct Bracket {
    open: char,
    is_dict: bool,
    is_parameters: bool,
}

impl<'a> Rewriter<'a> {
    fn new(text: &'a str, language: Language, variant: Variant) -> Self {
        Self { text, at: 0, out: String::with_capacity(text.len() + 16), language, variant, brackets: Vec::new() }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn run(mut self) -> String {
        while let Some(c) = self.rest().chars().next() {
            let rest = self.rest();
            if let Some(length) = self.string_length() {
                self.copy_string(length);
            } else if rest.starts_with("<...") {
                self.emit(4, &format!("{DEEP}("));
            } else if rest.starts_with("...>") {
                self.emit(4, ")");
            } else if rest.starts_with("$...") {
                self.emit(4, META_ELLIPSIS);
            } else if rest.starts_with("...") {
                self.ellipsis();
            } else if c == '(' && self.typed() {
                // Consumed.
            } else if c == '$' && metavariable_length(&rest[1..]).is_some() {
                self.emit(1, "μ");
            } else if c == '#' && self.language == Language::Python
                || rest.starts_with("//") && self.language == Language::Rust
            {
                let end = rest.find('\n').unwrap_or(rest.len());
                self.at += end;
            } else {
                self.bracket(c);
                self.emit(c.len_utf8(), &rest[..c.len_utf8()]);
            }
        }
        self.out
    }

    fn emit(&mut self, consumed: usize, text: &str) {
        self.at += consumed;
        self.out.push_str(text);
    }

    fn bracket(&mut self, c: char) {
        match c {
            '(' | '[' | '{' => {
                let is_dict = c == '{' && self.holds_colon();
                let is_parameters = c == '(' && self.language == Language::Rust && self.follows_fn();
                self.brackets.push(Bracket { open: c, is_dict, is_parameters });
            }
            ')' | ']' | '}' => {
                self.brackets.pop();
            }
            _ => {}
        }
    }

    /// Whether the bracket that opens here holds a `:` or nothing but an ellipsis at its own level.
    fn holds_colon(&self) -> bool {
        let mut depth = 0;
        for c in self.rest().chars() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                ':' if depth == 1 => return true,
                _ => {}
            }
        }
        self.rest().get(1..).is_some_and(|inner| {
            inner.trim_start().strip_prefix("...").is_some_and(|rest| rest.trim_start().starts_with('}'))
        })
    }

    fn follows_fn(&self) -> bool {
        let before = self.out.trim_end();
        let name_start = before
            .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '<' | '>' | ',' | MARK)))
            .map_or(0, |at| at + 1);
        before[..name_start].trim_end().ends_with("fn")
    }

    fn ellipsis(&mut self) {
        let inside = self.brackets.last().copied();
        let before = self.out.trim_end().chars().last();
        let text = match (self.language, inside) {
            (Language::Python, Some(Bracket { open: '{', is_dict: true, .. })) if matches!(before, Some('{' | ',')) => {
                "**μ0"
            }
            (Language::Rust, Some(Bracket { is_parameters: true, .. })) => "μ0: μ0",
            (Language::Rust, None | Some(Bracket { open: '{', .. }))
                if matches!(before, None | Some('{' | '}' | ';' | ',')) =>
            {
                let followed_by_comma = self.rest()[3..].trim_start().starts_with(',');
                match self.variant {
                    _ if followed_by_comma || before == Some(',') => "μ0: μ0",
                    Variant::Statement => "μ0;",
                    Variant::Field => "μ0: μ0",
                    Variant::Item => "μ0! {}",
                }
            }
            _ => ELLIPSIS,
        };
        self.emit(3, text);
    }

    /// `($X: T)`: consumed and rewritten when it stands here.
    fn typed(&mut self) -> bool {
        let rest = self.rest();
        let Some(inner) = rest.strip_prefix("($") else { return false };
        let Some(length) = metavariable_length(inner) else { return false };
        let (name, behind) = inner.split_at(length);
        let Some(annotation) = behind.trim_start().strip_prefix(':') else { return false };
        if annotation.starts_with(':') || (self.language == Language::Rust && self.follows_fn()) {
            return false;
        }
        // A Python lambda, slice or definition has no `(` directly in front of the name; parameters do, behind `def`.
        if self.out.trim_end().rsplit(char::is_whitespace).nth(1) == Some("def") {
            return false;
        }
        let mut depth = 1;
        let Some(end) = annotation.find(|c| {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                _ => {}
            }
            depth == 0
        }) else {
            return false;
        };
        let types = annotation[..end].trim().replace('"', "");
        let consumed = rest.len() - annotation.len() + end + 1;
        let text = format!("{TYPED}(μ{name}, \"{types}\")");
        self.emit(consumed, &text);
        true
    }

    /// Length of a string literal that begins here, prefix included.
    fn string_length(&self) -> Option<usize> {
        let rest = self.rest();
        let prefix = rest.find(['"', '\''])?;
        let word = &rest[..prefix];
        let at_word_start = self.out.chars().last().is_none_or(|c| !(c.is_alphanumeric() || c == '_')) || prefix == 0;
        let is_prefix = match self.language {
            Language::Python => prefix <= 2 && word.chars().all(|c| "rRbBuUfFtT".contains(c)),
            _ => matches!(word, "" | "b" | "c" | "r" | "br" | "r#" | "r##" | "br#"),
        };
        if !is_prefix || !at_word_start {
            return None;
        }
        let body = &rest[prefix..];
        if self.language == Language::Rust {
            if body.starts_with('\'') {
                // A character or a lifetime; lifetimes have no closing quote close by.
                let mut chars = body.char_indices().skip(1);
                let (_, first) = chars.next()?;
                let end = if first == '\\' { chars.nth(1) } else { chars.next() };
                return end.filter(|&(_, c)| c == '\'').map(|(at, _)| prefix + at + 1);
            }
            if word.contains('r') {
                let close = format!("\"{}", "#".repeat(word.matches('#').count()));
                return body[1..].find(&close).map(|at| prefix + 1 + at + close.len());
            }
        }
        let quote = body.chars().next()?;
        let triple: String = std::iter::repeat_n(quote, 3).collect();
        let close =
            if self.language == Language::Python && body.starts_with(&triple) { triple } else { quote.to_string() };
        let mut at = close.len();
        while at < body.len() {
            if body[at..].starts_with('\\') {
                at += 1 + body[at + 1..].chars().next().map_or(0, char::len_utf8);
            } else if body[at..].starts_with(&close) {
                return Some(prefix + at + close.len());
            } else {
                at += body[at..].chars().next().map_or(1, char::len_utf8);
            }
        }
        None
    }

    /// Copies a string; in an f-string `{$X}` is rewritten.
    fn copy_string(&mut self, length: usize) {
        let text = &self.rest()[..length];
        let prefix = text.find(['"', '\'']).unwrap_or(0);
        let is_f_string = self.language == Language::Python && text[..prefix].contains(['f', 'F']);
        let copied = if is_f_string {
            text.replace("{$...", "{μ3").replace("{...}", "{μ0}").replace("{$", "{μ")
        } else {
            text.to_owned()
        };
        self.emit(length, &copied);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(pattern: &str) -> String {
        rewrite(pattern, Language::Python, Variant::Statement)
    }

    #[test]
    fn rewrites_python_operators() {
        assert_eq!(python("foo(..., $X, key=$...REST)"), "foo(μ0, μX, key=μ3REST)");
        assert_eq!(python("<... $X.f() ...>"), "μ1( μX.f() )");
        assert_eq!(python("($DB: sqlite3.Cursor).execute(...)"), "μ2(μDB, \"sqlite3.Cursor\").execute(μ0)");
        assert_eq!(python("{..., \"a\": $V, ...}"), "{**μ0, \"a\": μV, **μ0}");
        assert_eq!(python("def $F($X: int, ...):\n  ..."), "def μF(μX: int, μ0):\n  μ0");
        assert_eq!(python("f\"...{$X}...\" + \"...$Y\""), "f\"...{μX}...\" + \"...$Y\"");
        assert_eq!(python("$X. ... .f()"), "μX. μ0 .f()");
    }

    #[test]
    fn rewrites_rust_operators() {
        let rust = |pattern: &str| rewrite(pattern, Language::Rust, Variant::Statement);
        assert_eq!(rust("fn $F(...) { ... }"), "fn μF(μ0: μ0) { μ0; }");
        assert_eq!(rust("Foo { a: $X, ... }"), "Foo { a: μX, μ0: μ0 }");
        assert_eq!(rust("Command::new(\"sh\").arg($X)"), "Command::new(\"sh\").arg(μX)");
        assert_eq!(rust("&'a str; 'x'"), "&'a str; 'x'");
    }

    #[test]
    fn rewrites_configuration_operators() {
        assert_eq!(rewrite("a:\n  ...\n  b: $X", Language::Yaml, Variant::Statement), "a:\n  μ0: μ0\n  b: $X");
        assert_eq!(
            rewrite("server { ... listen $P; ... }", Language::Nginx, Variant::Statement),
            "server { ...; listen $P; ...; }"
        );
        assert_eq!(rewrite("{\"a\": $X, ...}", Language::Json, Variant::Statement), "{\"a\": \"μX\", \"μ0\": \"...\"}");
    }
}
