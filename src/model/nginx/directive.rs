//! A directive where it takes effect: what it says, what encloses it, where it is written.

use super::{Address, Entry, File, Level, NONE, Nginx};
use crate::facts::nginx::Written;
use crate::model::Place;
use crate::source::{Source, Span};

/// Which directive of a model. One that is included twice has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectiveId(u32);

/// A directive, or the outermost level of a configuration.
#[derive(Clone, Copy)]
pub struct Directive<'m> {
    nginx: &'m Nginx,
    at: u32,
}

impl PartialEq for Directive<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Directive<'_> {}

impl std::fmt::Debug for Directive<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.shown())
    }
}

impl<'m> Directive<'m> {
    pub(super) fn new(nginx: &'m Nginx, at: u32) -> Self {
        Self { nginx, at }
    }

    pub(super) fn of(nginx: &'m Nginx, id: DirectiveId) -> Self {
        Self { nginx, at: id.0 }
    }

    fn entry(self) -> &'m Entry {
        &self.nginx.entries[self.at as usize]
    }

    fn file(self) -> &'m File {
        &self.nginx.files[self.entry().file as usize]
    }

    fn written(self) -> Option<&'m Written> {
        let directive = self.entry().directive;
        (directive != NONE).then(|| self.file().facts.directive(directive))
    }

    /// The model it belongs to.
    pub fn nginx(self) -> &'m Nginx {
        self.nginx
    }

    /// Its id.
    pub fn id(self) -> DirectiveId {
        DirectiveId(self.at)
    }

    /// The directive of an id of the same model.
    #[must_use]
    pub fn with_id(self, id: DirectiveId) -> Self {
        Self { nginx: self.nginx, at: id.0 }
    }

    /// Whether it is no directive but the outermost level of a configuration.
    pub fn is_root(self) -> bool {
        self.entry().directive == NONE
    }

    /// The name; empty for a root.
    pub fn name(self) -> &'m str {
        self.written().map_or("", |written| self.file().facts.name(written))
    }

    /// Whether it has one of some names.
    pub fn is(self, names: &[&str]) -> bool {
        names.contains(&self.name())
    }

    /// What level its block is, or what level of a configuration the root is.
    pub fn level(self) -> Level {
        self.entry().level
    }

    /// Whether it has a block.
    pub fn has_block(self) -> bool {
        self.written().is_none_or(|written| written.block.is_some())
    }

    /// Number of arguments.
    pub fn argument_count(self) -> usize {
        self.written().map_or(0, |written| self.file().facts.argument_count(written))
    }

    /// The argument at a 0-based position, quotes and escapes resolved.
    pub fn argument(self, index: usize) -> Option<&'m str> {
        self.file().facts.argument(self.written()?, index)
    }

    /// Texts of the arguments.
    pub fn arguments(self) -> Vec<&'m str> {
        (0..self.argument_count()).filter_map(|index| self.argument(index)).collect()
    }

    /// The directives of its block, those of included files in their place.
    pub fn children(self) -> impl Iterator<Item = Self> + use<'m> {
        let Entry { end, .. } = *self.entry();
        let nginx = self.nginx;
        let mut next = self.at + 1;
        std::iter::from_fn(move || {
            let at = (next < end).then_some(next)?;
            next = nginx.entries[at as usize].end;
            Some(Self { nginx, at })
        })
    }

    /// The directives of its block that have a name.
    pub fn children_named<'n>(self, name: &'n str) -> impl Iterator<Item = Self> + use<'m, 'n> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The first directive of its block of a name.
    pub fn child(self, name: &str) -> Option<Self> {
        self.children_named(name).next()
    }

    /// All directives below it, at any depth.
    pub fn below(self) -> impl Iterator<Item = Self> + use<'m> {
        let nginx = self.nginx;
        (self.at + 1..self.entry().end).map(move |at| Self { nginx, at })
    }

    /// What stands before it in the same block, nearest first.
    pub fn before(self) -> impl Iterator<Item = Self> + use<'m> {
        let previous = |at: u32| Some(self.nginx.entries[at as usize].previous).filter(|&at| at != NONE);
        let nginx = self.nginx;
        std::iter::successors(previous(self.at), move |&at| {
            Some(nginx.entries[at as usize].previous).filter(|&at| at != NONE)
        })
        .map(move |at| Self { nginx, at })
    }

    /// The servers of `http` of its configuration.
    pub(super) fn servers_of_root(self) -> impl Iterator<Item = Self> + use<'m> {
        let nginx = self.nginx;
        let servers = nginx.root_of(self.at).map_or(&[][..], |root| root.servers.as_slice());
        servers.iter().map(move |&at| Self { nginx, at })
    }

    /// The default server at an address of its configuration, and how many listen there.
    pub(super) fn default_at(self, address: Address<'_>) -> Option<(Self, usize)> {
        let &(at, count) = self.nginx.root_of(self.at)?.addresses.get(&format!("{address:?}"))?;
        Some((Self { nginx: self.nginx, at }, count))
    }

    /// The upstream block of a name in its configuration.
    pub(super) fn upstream_block(self, name: &str) -> Option<Self> {
        let &at = self.nginx.root_of(self.at)?.upstreams.get(name)?;
        Some(Self { nginx: self.nginx, at })
    }

    /// All directives of a name below it, in order.
    pub fn below_named(self, name: &str) -> impl Iterator<Item = Self> + use<'m> {
        let nginx = self.nginx;
        let entries = nginx.by_name.get(name).map_or(&[][..], Vec::as_slice);
        let (first, end) = (entries.partition_point(|&at| at <= self.at), self.entry().end);
        entries[first..].iter().take_while(move |&&at| at < end).map(move |&at| Self { nginx, at })
    }

    /// What it stands in: a block, or the root.
    pub fn parent(self) -> Option<Self> {
        let parent = self.entry().parent;
        (parent != NONE).then_some(Self { nginx: self.nginx, at: parent })
    }

    /// What encloses it, innermost first, the root last.
    pub fn ancestors(self) -> impl Iterator<Item = Self> + use<'m> {
        std::iter::successors(self.parent(), |above| above.parent())
    }

    /// The block itself, then what encloses it.
    pub fn levels(self) -> impl Iterator<Item = Self> + use<'m> {
        std::iter::once(self).chain(self.ancestors())
    }

    /// The outermost level of its configuration.
    #[must_use]
    pub fn root(self) -> Self {
        self.ancestors().last().unwrap_or(self)
    }

    /// The `server` block that it is or stands in.
    pub fn server(self) -> Option<Self> {
        self.levels().find(|level| matches!(level.level(), Level::Server | Level::StreamServer) && level.has_block())
    }

    /// The location that it is or stands in, the innermost.
    pub fn location(self) -> Option<Self> {
        self.levels().find(|level| level.level() == Level::Location)
    }

    /// The include that brought it here, when it stands in another file than what encloses it.
    pub fn included_by(self) -> Option<Self> {
        let via = self.entry().via;
        (via != NONE).then_some(Self { nginx: self.nginx, at: via })
    }

    /// Whether it is an include whose files the project shows.
    pub fn is_resolved_include(self) -> bool {
        self.entry().is_resolved
    }

    /// Whether all that stands directly in its block is known: it could be read, and so could what it includes.
    pub fn is_wholly_known(self) -> bool {
        !self.has_unread_parts() && !self.has_opaque_include()
    }

    /// Whether something directly in its block could not be read: a tag of a template language, a mistake.
    pub fn has_unread_parts(self) -> bool {
        self.entry().has_unread_parts
    }

    /// Whether an include directly in its block may bring directives that nobody knows.
    pub fn has_opaque_include(self) -> bool {
        self.children_named("include").any(|include| {
            let path = include.argument(0).unwrap_or("");
            !include.is_resolved_include() && !super::is_standard(path)
        })
    }

    /// Where it is written, its block included. A root: the beginning of its first file.
    pub fn place(self) -> Place {
        self.at_span(self.written().map_or(Span::at(0), |written| written.span))
    }

    /// Where its name stands.
    pub fn name_place(self) -> Place {
        self.at_span(self.written().map_or(Span::at(0), |written| self.file().facts.name_span(written)))
    }

    /// Where an argument stands, its name when it has no such argument.
    pub fn argument_place(self, index: usize) -> Place {
        let span = self.written().and_then(|written| self.file().facts.argument_span(written, index));
        span.map_or_else(|| self.name_place(), |span| self.at_span(span))
    }

    /// Where its block stands, with the braces.
    pub fn block_place(self) -> Option<Place> {
        self.written().and_then(|written| written.block).map(|span| self.at_span(span))
    }

    fn at_span(self, span: Span) -> Place {
        Place { file: self.file().id, span }
    }

    /// Path of the file that it is written in, as reports show it.
    pub fn path(self) -> &'m str {
        self.file().path()
    }

    /// The file's text.
    pub fn source(self) -> &'m Source {
        &self.file().source
    }

    /// Names of what encloses it and its own, outermost first, joined by `/`.
    pub fn anchor(self) -> String {
        let mut names: Vec<String> = self.levels().filter(|level| !level.is_root()).map(Self::shown).collect();
        names.reverse();
        names.join("/")
    }

    fn shown(self) -> String {
        let mut shown = self.name().to_owned();
        if self.has_block() {
            for argument in self.arguments() {
                shown.push(' ');
                shown.extend(argument.chars().take(40));
            }
        }
        shown
    }
}
