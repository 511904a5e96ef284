//! Access paths: which part of a value is tainted. The empty path means all of it.

use crate::facts::flow::Piece;
use rustc_hash::FxHashMap;

/// Pieces that a path keeps; what lies deeper counts as a whole.
const MAX_LENGTH: u8 = 4;

/// A path: index into [`Paths`].
pub(super) type Path = u32;
/// All of a value.
pub(super) const WHOLE: Path = 0;

/// All paths that were met.
#[derive(Debug)]
pub(super) struct Paths {
    /// First piece, rest, length.
    paths: Vec<(Piece, Path, u8)>,
    known: FxHashMap<(Piece, Path), Path>,
}

impl Paths {
    pub fn new() -> Self {
        Self { paths: vec![(Piece::Element, WHOLE, 0)], known: FxHashMap::default() }
    }

    fn length(&self, path: Path) -> u8 {
        self.paths[path as usize].2
    }

    /// The first piece and the rest.
    pub fn split(&self, path: Path) -> Option<(Piece, Path)> {
        (path != WHOLE).then(|| (self.paths[path as usize].0, self.paths[path as usize].1))
    }

    /// The path of a value that became a piece of another.
    pub fn store(&mut self, piece: Piece, path: Path) -> Path {
        let path = if self.length(path) >= MAX_LENGTH { self.shortened(path) } else { path };
        if let Some(&known) = self.known.get(&(piece, path)) {
            return known;
        }
        let length = self.length(path) + 1;
        let new = Path::try_from(self.paths.len()).unwrap_or(WHOLE);
        self.paths.push((piece, path, length));
        self.known.insert((piece, path), new);
        new
    }

    /// A path without its last piece.
    fn shortened(&mut self, path: Path) -> Path {
        match self.split(path) {
            None | Some((_, WHOLE)) => WHOLE,
            Some((piece, rest)) => {
                let rest = self.shortened(rest);
                self.store(piece, rest)
            }
        }
    }

    /// What is tainted of a piece that is read; `None` when nothing is.
    pub fn load(&self, piece: Piece, path: Path) -> Option<Path> {
        let Some((first, rest)) = self.split(path) else { return Some(WHOLE) };
        let is_it = match (first, piece) {
            (Piece::Attribute(left), Piece::Attribute(right)) => left == right,
            (Piece::Attribute(_), _) | (_, Piece::Attribute(_)) => false,
            (Piece::Element, _) | (_, Piece::Element) => true,
            (left, right) => left == right,
        };
        is_it.then_some(rest)
    }

    /// What is tainted of a value of which a piece was replaced.
    pub fn without(&self, piece: Piece, path: Path) -> Option<Path> {
        match self.split(path) {
            Some((first, _)) if first == piece => None,
            _ => Some(path),
        }
    }

    /// What is tainted of something made of a value: containers pass on what is in them, objects keep it to themselves.
    pub fn made_of(&self, path: Path) -> Option<Path> {
        let mut at = path;
        while let Some((first, rest)) = self.split(at) {
            if matches!(first, Piece::Attribute(_)) {
                return None;
            }
            at = rest;
        }
        Some(WHOLE)
    }
}
