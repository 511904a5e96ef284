use saphyr_parser::Marker;

/// Characters per checkpoint.
const STEP: usize = 64;

/// Turns the parser's marks, which count characters, into byte offsets without walking the text for each.
#[derive(Debug)]
pub(super) struct Marks<'text> {
    text: &'text str,
    /// Byte offset of every [`STEP`]th character; empty for ASCII, where both counts agree.
    checkpoints: Vec<u32>,
}

impl<'text> Marks<'text> {
    #[expect(clippy::cast_possible_truncation, reason = "the reader refuses files of 4 GiB and more")]
    pub(super) fn new(text: &'text str) -> Self {
        let checkpoints = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STEP).map(|(offset, _)| offset as u32).collect()
        };
        Self { text, checkpoints }
    }

    /// The byte offset of a mark; the end of the text for one behind it.
    pub(super) fn byte(&self, mark: &Marker) -> usize {
        let index = mark.index();
        if self.checkpoints.is_empty() {
            return index.min(self.text.len());
        }
        let Some(&checkpoint) = self.checkpoints.get(index / STEP) else { return self.text.len() };
        let rest = &self.text[checkpoint as usize..];
        rest.char_indices().nth(index % STEP).map_or(self.text.len(), |(offset, _)| checkpoint as usize + offset)
    }
}
