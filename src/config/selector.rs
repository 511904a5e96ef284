use crate::findings::RuleMeta;
use globset::{GlobBuilder, GlobMatcher};

/// Names rules: one by its id, a class of checks, a pack, or several by a glob.
///
/// `python/weak-hash` is a rule, `weak-hash` the class in every pack, `python` and `python/*` a pack, `*/sql-*` and
/// `sql-*` globs over ids and classes, `*` every rule.
#[derive(Debug, Clone)]
pub struct RuleSelector {
    text: String,
    glob: Option<GlobMatcher>,
}

impl RuleSelector {
    /// Reads a selector; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text.contains(char::is_whitespace) {
            return Err(format!("`{text}` is no rule id, class, pack or glob"));
        }
        let glob = if text.contains(['*', '?', '[', '{']) {
            let glob = GlobBuilder::new(text).literal_separator(true).build();
            Some(glob.map_err(|error| format!("`{text}` is no glob: {}", error.kind()))?.compile_matcher())
        } else {
            None
        };
        Ok(Self { text: text.to_owned(), glob })
    }

    /// The selector as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it names this rule.
    pub fn matches(&self, rule: &RuleMeta) -> bool {
        match &self.glob {
            None => *self.text == *rule.id || self.text == rule.class || self.text == rule.pack(),
            Some(_) if self.text == "*" => true,
            Some(glob) if self.text.contains('/') => glob.is_match(&*rule.id),
            Some(glob) => glob.is_match(&rule.class) || glob.is_match(&*rule.id),
        }
    }

    /// Whether it is this rule's whole id.
    pub fn is_id_of(&self, rule: &RuleMeta) -> bool {
        self.glob.is_none() && *self.text == *rule.id
    }

    /// How narrow the selector is for a rule that it names: of two, the narrower one decides.
    pub(super) fn specificity(&self, rule: &RuleMeta) -> u8 {
        match &self.glob {
            None if self.is_id_of(rule) => 4,
            None if self.text == rule.class => 3,
            None => 1,
            Some(_) if self.text == "*" => 0,
            Some(_) if self.text == format!("{}/*", rule.pack()) => 1,
            Some(_) => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Confidence, Profile, Severity};

    fn rule(id: &str, class: &str) -> RuleMeta {
        RuleMeta {
            id: id.into(),
            class: class.into(),
            title: String::new(),
            severity: Severity::High,
            confidence: Confidence::High,
            profile: Profile::Default,
            cwe: Vec::new(),
            help: String::new(),
            references: Vec::new(),
            languages: Vec::new(),
            tags: Vec::new(),
        }
    }

    fn selects(selector: &str, rule: &RuleMeta) -> bool {
        RuleSelector::parse(selector).unwrap().matches(rule)
    }

    #[test]
    fn selects_by_id_class_pack_and_glob() {
        let sql = rule("python/sql-injection-format", "sql-injection");
        for selector in ["python/sql-injection-format", "sql-injection", "python", "python/*", "*/sql-*", "sql-*", "*"]
        {
            assert!(selects(selector, &sql), "{selector}");
        }
        for selector in ["python/sql-injection", "rust", "rust/*", "sql", "shell-*"] {
            assert!(!selects(selector, &sql), "{selector}");
        }
        assert!(selects("python.lang.security.exec", &rule("python.lang.security.exec", "exec")));
    }

    #[test]
    fn refuses_what_cannot_name_a_rule() {
        assert!(RuleSelector::parse("").is_err());
        assert!(RuleSelector::parse("a b").is_err());
        assert!(RuleSelector::parse("python/[").is_err());
    }
}
