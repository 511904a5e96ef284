//! What the prepared copy hides: template lines and bad blocks come back as values and error nodes.

use super::super::{Field, Kind};
use super::lower::{Lowering, Role};
use super::prepared::{Mask, MaskKind};
use super::templates::is_control;
use crate::source::Span;

impl Lowering<'_> {
    /// Whether any byte of a span was overwritten.
    pub(super) fn is_masked(&self, span: Span) -> bool {
        let first = self.masks.partition_point(|mask| mask.span.start < span.start);
        let before = first.checked_sub(1).is_some_and(|before| self.masks[before].span.end > span.start);
        before || self.masks.get(first).is_some_and(|mask| mask.span.start < span.end)
    }

    /// Puts a template line or a bad block that stands where a value should be into the tree as that value.
    pub(super) fn masked_value(&mut self, at: usize) -> bool {
        let first = self.masks.partition_point(|mask| (mask.span.start as usize) < at);
        let masks = self.masks;
        let Some(mask) = masks.get(first) else { return false };
        let blank = self.copy.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let key_column = match self.top().role {
            Role::Value(pair) => self.column(self.builder.span(pair).start as usize),
            _ => 0,
        };
        let belongs =
            |mask: &Mask| (mask.span.start as usize) < at + blank && self.column(mask.span.start as usize) > key_column;
        if !belongs(mask) {
            return false;
        }
        let value = masks[first..].iter().take_while(|mask| belongs(mask)).take(64).find(|mask| match mask.kind {
            MaskKind::TemplateLine => !is_control(&self.text[mask.span.range()]),
            MaskKind::Bad(_) => true,
            MaskKind::Piece => false,
        });
        let Some(mask) = value else { return false };
        if let MaskKind::Bad(message) = &mask.kind {
            let place = masks.iter().skip(self.next_bad).position(|other| std::ptr::eq(other, mask));
            let Some(place) = place else { return false };
            self.next_bad += place + 1;
            let node = self.builder.leaf(Kind::Error, Field::Value, mask.span);
            self.problem(mask.span, message.clone());
            self.placed(node, mask.span);
        } else {
            let node = self.builder.labelled_leaf(Kind::Str, Field::Value, mask.span, mask.span);
            self.placed(node, mask.span);
        }
        self.gaps.consume(mask.span.end as usize);
        true
    }

    /// Puts the bad blocks in front of `before` into the innermost collection that can hold them. A collection that is
    /// about to close takes only those that are not further out than itself.
    pub(super) fn bad_blocks(&mut self, before: usize, closing: bool) {
        let masks = self.masks;
        while let Some(mask) = masks.get(self.next_bad) {
            let MaskKind::Bad(message) = &mask.kind else {
                self.next_bad += 1;
                continue;
            };
            let column = self.column(mask.span.start as usize);
            let frame = self.top();
            let may_hold = !matches!(frame.role, Role::Value(_)) && !frame.flow;
            if mask.span.end as usize > before || !may_hold || (closing && column < frame.column) {
                return;
            }
            frame.hull = frame.hull.cover(mask.span);
            self.next_bad += 1;
            self.builder.leaf(Kind::Error, Field::Item, mask.span);
            self.problem(mask.span, message.clone());
        }
    }
}
