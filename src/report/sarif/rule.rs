//! Rules as SARIF reporting descriptors, and the CWE taxonomy that they refer to.

use super::{cwe::cwe_name, text};
use crate::findings::{Confidence, Profile, RuleMeta, Severity};
use serde_json::Value;
use serde_sarif::sarif::{
    MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor, ReportingDescriptorReference,
    ReportingDescriptorRelationship, ToolComponent, ToolComponentReference,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// GitLab drops rules with more, GitHub takes twenty.
const TAGS: usize = 10;
/// Name of the taxonomy, in references too.
const CWE: &str = "CWE";

/// SARIF's three levels.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// GitHub's score of a rule; none for inventory, which would show as a vulnerability otherwise.
const fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("3.0"),
        Severity::Info => None,
    }
}

/// GitHub's word for how rarely the rule is wrong. What a reviewer is asked to act on by default has to be the surest.
const fn precision(rule: &RuleMeta) -> &'static str {
    match (rule.confidence, rule.profile) {
        (Confidence::High, Profile::Default) => "very-high",
        (Confidence::High, _) => "high",
        (Confidence::Medium, _) => "medium",
        (Confidence::Low, _) => "low",
    }
}

/// The descriptors of rules that are in id order, with unique names.
pub(super) fn descriptors(rules: &[&Arc<RuleMeta>]) -> Vec<ReportingDescriptor> {
    let taxa = cwe_numbers(rules);
    let mut names = HashSet::new();
    rules.iter().map(|rule| descriptor(rule, unique_name(&rule.id, &mut names), &taxa)).collect()
}

fn descriptor(rule: &RuleMeta, name: String, taxa: &BTreeSet<u32>) -> ReportingDescriptor {
    let title = text::with_final_stop(&text::cut(&rule.title, text::DESCRIPTION_CHARACTERS - 1));
    let full = text::first_paragraph(&rule.help).map_or_else(|| title.clone(), |it| text::with_final_stop(&it));
    let help = if rule.help.trim().is_empty() { &title } else { &rule.help };
    let mut descriptor = ReportingDescriptor::builder()
        .id(rule.id.to_string())
        .name(name)
        .short_description(plain(&title))
        .full_description(plain(&text::cut(&full, text::DESCRIPTION_CHARACTERS)))
        .help(MultiformatMessageString::builder().text(help.clone()).markdown(help.clone()).build())
        .default_configuration(ReportingConfiguration::builder().level(Value::from(level(rule.severity))).build())
        .properties(properties(rule))
        .build();
    descriptor.help_uri = help_uri(rule);
    if !rule.cwe.is_empty() {
        descriptor.relationships = Some(rule.cwe.iter().map(|&number| relationship(number, taxa)).collect());
    }
    descriptor
}

fn properties(rule: &RuleMeta) -> PropertyBag {
    let mut properties = BTreeMap::from([("precision".to_owned(), Value::from(precision(rule)))]);
    if let Some(score) = security_severity(rule.severity) {
        properties.insert("security-severity".to_owned(), Value::from(score));
    }
    PropertyBag::builder().tags(tags(rule)).additional_properties(properties).build()
}

/// At most [`TAGS`], the ones that dashboards file by first.
fn tags(rule: &RuleMeta) -> Vec<String> {
    let mut tags = vec!["security".to_owned()];
    for number in &rule.cwe {
        tags.push(format!("external/cwe/cwe-{number:03}"));
        tags.push(format!("CWE-{number}"));
    }
    let own = std::iter::once(rule.pack()).chain(rule.tags.iter().map(String::as_str));
    for tag in own.filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(text::cut(tag, text::NAME_CHARACTERS));
        }
    }
    // A CWE's two tags stay together.
    let from_cwe = 1 + 2 * rule.cwe.len();
    tags.truncate(if from_cwe > TAGS { TAGS - 1 } else { TAGS });
    tags
}

/// The first reference that is a link, else the page of the first CWE.
fn help_uri(rule: &RuleMeta) -> Option<String> {
    let is_link = |it: &&String| {
        (it.starts_with("https://") || it.starts_with("http://"))
            && it.chars().all(|c| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c))
    };
    rule.references.iter().find(is_link).cloned().or_else(|| rule.cwe.first().map(|&number| cwe_page(number)))
}

fn unique_name(id: &str, taken: &mut HashSet<String>) -> String {
    let name = text::pascal_case(id);
    // SARIF wants the name to differ from the id, and room for a number.
    let name = if name.is_empty() || name == id { format!("Rule{name}") } else { name };
    let name: String = name.chars().take(text::NAME_CHARACTERS - 8).collect();
    let mut candidate = name.clone();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}{number}");
        number += 1;
    }
    candidate
}

fn relationship(number: u32, taxa: &BTreeSet<u32>) -> ReportingDescriptorRelationship {
    let index = i64::try_from(taxa.range(..number).count()).unwrap_or_default();
    let target = ReportingDescriptorReference::builder()
        .id(format!("CWE-{number}"))
        .index(index)
        .tool_component(taxonomy_reference())
        .build();
    ReportingDescriptorRelationship::builder().target(target).kinds(vec!["superset".to_owned()]).build()
}

/// What the driver and the rules call the taxonomy.
pub(super) fn taxonomy_reference() -> ToolComponentReference {
    ToolComponentReference::builder().name(CWE.to_owned()).index(0).build()
}

/// The part of CWE that the rules refer to.
pub(super) fn taxonomy(rules: &[&Arc<RuleMeta>]) -> ToolComponent {
    let taxa = cwe_numbers(rules).into_iter().map(|number| {
        let mut taxon = ReportingDescriptor::builder().id(format!("CWE-{number}")).help_uri(cwe_page(number)).build();
        taxon.short_description = cwe_name(number).map(|name| plain(&text::with_final_stop(name)));
        taxon
    });
    ToolComponent::builder()
        .name(CWE)
        .organization("MITRE")
        .short_description(plain("The MITRE Common Weakness Enumeration."))
        .information_uri("https://cwe.mitre.org/")
        .is_comprehensive(false)
        .taxa(taxa.collect::<Vec<_>>())
        .build()
}

fn cwe_numbers(rules: &[&Arc<RuleMeta>]) -> BTreeSet<u32> {
    rules.iter().flat_map(|rule| rule.cwe.iter().copied()).collect()
}

fn cwe_page(number: u32) -> String {
    format!("https://cwe.mitre.org/data/definitions/{number}.html")
}

/// A plain text message string.
pub(super) fn plain(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text.to_owned()).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sarif::testing::rule;

    #[test]
    fn at_most_ten_tags_and_cwe_tags_in_pairs() {
        let mut many = rule("python/sql-injection");
        many.tags = (0..20).map(|number| format!("tag-{number}")).collect();
        assert_eq!(tags(&many).len(), 10);
        assert_eq!(tags(&many)[..4], ["security", "external/cwe/cwe-089", "CWE-89", "python"]);
        many.cwe = vec![1, 2, 3, 4, 5, 6];
        assert_eq!(tags(&many).last().map(String::as_str), Some("CWE-4"));
    }

    #[test]
    fn names_are_unique_and_differ_from_ids() {
        let mut taken = HashSet::new();
        assert_eq!(unique_name("a/b-c", &mut taken), "ABC");
        assert_eq!(unique_name("a/b/c", &mut taken), "ABC2");
        assert_eq!(unique_name("Eval", &mut taken), "RuleEval");
        assert_eq!(unique_name("--", &mut taken), "Rule");
        assert!(unique_name(&"long-".repeat(200), &mut taken).len() <= 255);
    }

    #[test]
    fn info_rules_have_no_score() {
        let mut info = rule("python/risky-import");
        info.severity = Severity::Info;
        assert!(!properties(&info).additional_properties.contains_key("security-severity"));
    }

    #[test]
    fn help_links_fall_back_to_the_weakness() {
        let mut linked = rule("a/b");
        assert_eq!(help_uri(&linked).as_deref(), Some("https://cwe.mitre.org/data/definitions/89.html"));
        linked.references = vec!["RFC 9110".into(), "https://example.org/a b".into(), "https://example.org/c".into()];
        assert_eq!(help_uri(&linked).as_deref(), Some("https://example.org/c"));
    }
}
