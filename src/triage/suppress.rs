use super::Date;
use super::comment::{self, Comment, Scope};
use super::foreign::{self, ForeignComment};
use crate::config::{RuleSelector, SuppressionPolicy};
use crate::findings::{Finding, Notification, NotificationKind, RuleMeta};
use crate::scan::{Suppressed, SuppressionKind};
use crate::source::Source;
use crate::suggest;
use crate::syntax::FileKind;
use rustc_hash::FxHashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A finding with more lines than this is suppressed at its first line only: further down, a comment speaks about
/// something smaller.
const MAX_LINES: u32 = 20;

/// More words about the suppressions of one file help nobody.
const MAX_NOTIFICATIONS: usize = 100;

/// What is the same for all files of a scan.
#[derive(Debug, Clone, Copy)]
pub struct Triage<'a> {
    /// What the configuration says about suppressions.
    pub policy: &'a SuppressionPolicy,
    /// The day on which suppressions are judged.
    pub today: Date,
    /// Every rule that was loaded, enabled or not.
    pub known: &'a [Arc<RuleMeta>],
}

/// The findings of one file, sorted out.
#[derive(Debug, Default)]
pub struct FileTriage {
    /// What nobody suppressed.
    pub findings: Vec<Finding>,
    /// What somebody suppressed.
    pub suppressed: Vec<Suppressed>,
    /// Suppressions that suppress nothing, are malformed, lack a reason or have expired.
    pub notifications: Vec<Notification>,
}

impl Triage<'_> {
    /// Sorts out the findings of one file. `enabled` tells whether a rule reports in this file: a suppression of one that
    /// does not is no mistake.
    pub fn file(
        &self,
        source: &Source,
        kind: FileKind,
        findings: Vec<Finding>,
        enabled: &dyn Fn(&RuleMeta) -> bool,
    ) -> FileTriage {
        let (comments, malformed) = comment::comments(source, kind);
        let foreign = foreign::comments(source, self.policy);
        if comments.is_empty() && malformed.is_empty() && foreign.is_empty() {
            return FileTriage { findings, ..FileTriage::default() };
        }
        let mut triage = FileTriage::default();
        for problem in malformed {
            triage.notifications.push(notification(source, problem.offset, problem.message));
        }
        let mut usable = Vec::new();
        for comment in comments {
            match self.refusal(&comment) {
                Some(message) => triage.notifications.push(notification(source, comment.offset, message)),
                None => usable.push(comment),
            }
        }
        let mut index = Index::new(&usable, &foreign);
        for finding in findings {
            match index.reason(&finding) {
                Some(reason) => {
                    triage.suppressed.push(Suppressed { finding, reason, kind: SuppressionKind::InSource });
                }
                None => triage.findings.push(finding),
            }
        }
        for (comment, selector) in index.unused() {
            if triage.notifications.len() >= MAX_NOTIFICATIONS {
                break;
            }
            if let Some(message) = self.idle(comment, selector, enabled) {
                triage.notifications.push(notification(source, comment.offset, message));
            }
        }
        triage.notifications.truncate(MAX_NOTIFICATIONS);
        triage
    }

    /// Why a comment does not count at all.
    fn refusal(&self, comment: &Comment) -> Option<String> {
        let shown = shown(comment);
        match comment.until {
            Some(until) if until < self.today => {
                return Some(format!("{shown} ran out on {until}: mend what it hides, or decide again"));
            }
            _ => {}
        }
        (self.policy.require_reason && comment.reason.is_none())
            .then(|| format!("{shown} gives no reason, and the configuration asks for one: it suppresses nothing"))
    }

    /// What is wrong with a selector that suppressed nothing; `None` when nothing is.
    fn idle(&self, comment: &Comment, selector: &RuleSelector, enabled: &dyn Fn(&RuleMeta) -> bool) -> Option<String> {
        let mut named = self.known.iter().filter(|rule| selector.matches(rule)).peekable();
        if named.peek().is_none() {
            let words = self.known.iter().flat_map(|rule| [&*rule.id, rule.class.as_str()]);
            let hint = suggest::closest(selector.text(), words)
                .map_or_else(String::new, |known| format!(": did you mean `{known}`?"));
            return Some(format!("`{}` names no rule that is loaded{hint}", selector.text()));
        }
        named.any(|rule| enabled(rule)).then(|| match comment.scope {
            Scope::File => format!("`{}` suppresses nothing in this file: remove it", selector.text()),
            Scope::Line(line) => format!("`{}` suppresses nothing on line {line}: remove it", selector.text()),
        })
    }
}

fn notification(source: &Source, offset: u32, message: String) -> Notification {
    let mut notification = Notification::file(NotificationKind::Suppression, &**source.path(), message);
    notification.position = Some(source.position(offset));
    notification
}

fn shown(comment: &Comment) -> String {
    let selectors: Vec<&str> = comment.selectors.iter().map(RuleSelector::text).collect();
    let verb = if comment.scope == Scope::File { "ignore-file" } else { "ignore" };
    format!("`bartizan: {verb}[{}]`", selectors.join(", "))
}

/// The suppressions of one file by the lines that they speak about, and which of them were needed.
struct Index<'a> {
    comments: &'a [Comment],
    by_line: FxHashMap<u32, Vec<usize>>,
    whole_file: Vec<usize>,
    /// Which comments for the whole file name a rule: the answer is the same for each of its findings.
    whole_file_by_rule: FxHashMap<Arc<str>, Vec<usize>>,
    foreign: FxHashMap<u32, Vec<&'a ForeignComment>>,
    /// By comment, then by selector.
    used: Vec<Vec<bool>>,
}

impl<'a> Index<'a> {
    fn new(comments: &'a [Comment], foreign: &'a [ForeignComment]) -> Self {
        let mut index = Self {
            comments,
            by_line: FxHashMap::default(),
            whole_file: Vec::new(),
            whole_file_by_rule: FxHashMap::default(),
            foreign: FxHashMap::default(),
            used: comments.iter().map(|comment| vec![false; comment.selectors.len()]).collect(),
        };
        for (at, comment) in comments.iter().enumerate() {
            match comment.scope {
                Scope::File => index.whole_file.push(at),
                Scope::Line(line) => index.by_line.entry(line).or_default().push(at),
            }
        }
        for comment in foreign {
            let line = if comment.next_line { comment.line + 1 } else { comment.line };
            index.foreign.entry(line).or_default().push(comment);
        }
        index
    }

    /// `Some` when the finding is suppressed, with the reason that is given for it. Every comment that speaks about the
    /// finding counts as used, not only the first one.
    #[expect(clippy::option_option, reason = "suppressed or not, and if so with a reason or not")]
    fn reason(&mut self, finding: &Finding) -> Option<Option<String>> {
        let lines = lines_of(finding);
        let mut deciding: Option<usize> = None;
        for line in lines.clone() {
            for &at in self.by_line.get(&line).map_or(&[][..], Vec::as_slice) {
                if mark(&self.comments[at], &mut self.used[at], &finding.rule) {
                    deciding.get_or_insert(at);
                }
            }
        }
        if !self.whole_file_by_rule.contains_key(&finding.rule.id) {
            let naming = self
                .whole_file
                .iter()
                .copied()
                .filter(|&at| mark(&self.comments[at], &mut self.used[at], &finding.rule))
                .collect();
            self.whole_file_by_rule.insert(Arc::clone(&finding.rule.id), naming);
        }
        let whole_file = self.whole_file_by_rule.get(&finding.rule.id).and_then(|naming| naming.first().copied());
        if let Some(at) = deciding.or(whole_file) {
            return Some(self.comments[at].reason.clone());
        }
        lines
            .filter_map(|line| self.foreign.get(&line))
            .flatten()
            .find(|comment| comment.names(&finding.rule))
            .map(|comment| Some(comment.text.clone()))
    }

    /// Selectors that suppressed nothing, in order of the text.
    fn unused(&self) -> impl Iterator<Item = (&'a Comment, &'a RuleSelector)> {
        self.comments.iter().zip(&self.used).flat_map(|(comment, used)| {
            comment.selectors.iter().zip(used).filter(|&(_, &used)| !used).map(move |(selector, _)| (comment, selector))
        })
    }
}

/// Notes which selectors of a comment name the rule; whether any does.
fn mark(comment: &Comment, used: &mut [bool], rule: &RuleMeta) -> bool {
    let mut any = false;
    for (selector, used) in comment.selectors.iter().zip(used) {
        if selector.matches(rule) {
            *used = true;
            any = true;
        }
    }
    any
}

/// The 1-based lines on which a comment speaks about a finding.
fn lines_of(finding: &Finding) -> RangeInclusive<u32> {
    let first = finding.source.line_of(finding.span.start);
    let last = finding.source.line_of(finding.span.end.saturating_sub(1).max(finding.span.start));
    first..=if last - first < MAX_LINES { last } else { first }
}
