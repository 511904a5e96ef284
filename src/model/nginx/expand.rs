//! Putting files together: every include is replaced by what it brings, every fragment gets the level it can stand at.

use super::fragment::{Level, level_of};
use super::include::{Folders, IncludeMap, Resolved};
use super::{Directive, Entry, File, MissingInclude, NONE, Nginx, Root, Server};
use crate::model::Place;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::ops::Range;

/// Includes inside includes that are followed.
const MOST_LEVELS: usize = 16;
/// Directives that all configurations may have in all, each counted as often as it is included.
const MOST_ENTRIES: usize = 2_000_000;
/// Directives that the includes of one configuration may bring.
const MOST_BROUGHT: usize = 100_000;
/// Folders whose files the packages' main file includes side by side.
const JOINED: [&str; 4] = ["conf.d", "http.d", "sites-enabled", "templates"];
/// Folders whose files belong together, but not to others.
const OWN: [&str; 4] = ["sites-available", "vhosts", "vhosts.d", "servers"];

pub(super) fn expand(files: Vec<File>, map: &IncludeMap) -> Nginx {
    let paths = (0..).zip(&files).filter(|(_, file)| !file.is_part).map(|(number, file)| (number, file.path()));
    let folders = Folders::new(paths);
    let mut expansion = Expansion {
        folders: &folders,
        map,
        nginx: Nginx { files, ..Nginx::default() },
        resolved: FxHashMap::default(),
        stack: Vec::new(),
        visited: FxHashSet::default(),
        main: 0,
        brought: 0,
    };
    expansion.run();
    let mut nginx = expansion.nginx;
    index(&mut nginx);
    nginx.missing.sort();
    nginx.missing.dedup();
    nginx
}

/// Notes what is asked for often: siblings, directives by name, servers and upstreams of each configuration.
fn index(nginx: &mut Nginx) {
    // The last entry seen in each block that is open, by its parent.
    let mut last: FxHashMap<u32, u32> = FxHashMap::default();
    for at in 0..u32::try_from(nginx.entries.len()).unwrap_or(NONE) {
        let entry = nginx.entries[at as usize];
        if entry.parent != NONE {
            nginx.entries[at as usize].previous = last.insert(entry.parent, at).unwrap_or(NONE);
        }
        if entry.directive == NONE {
            last.clear();
            continue;
        }
        let facts = &nginx.files[entry.file as usize].facts;
        let name = facts.name(facts.directive(entry.directive));
        match nginx.by_name.get_mut(name) {
            Some(entries) => entries.push(at),
            None => {
                nginx.by_name.insert(name.to_owned(), vec![at]);
            }
        }
    }
    let mut roots = std::mem::take(&mut nginx.roots);
    for root in &mut roots {
        let top = Directive::new(nginx, root.entry);
        let end = nginx.entries[root.entry as usize].end;
        let within = |name: &str| {
            let entries = nginx.by_name.get(name).map_or(&[][..], Vec::as_slice);
            let first = entries.partition_point(|&at| at < root.entry);
            entries[first..].iter().copied().take_while(move |&at| at < end)
        };
        for at in within("upstream") {
            let upstream = Directive::new(nginx, at);
            if let Some(name) = upstream.argument(0).filter(|_| upstream.level() == Level::Upstream) {
                root.upstreams.entry(name.to_owned()).or_insert(at);
            }
        }
        root.servers.extend(within("server").filter(|&at| Directive::new(nginx, at).level() == Level::Server));
        for &at in &root.servers {
            for listen in (Server { block: top.with_id(Directive::new(nginx, at).id()) }).listens() {
                let known = root.addresses.entry(format!("{:?}", listen.address)).or_insert((at, 0));
                known.1 += 1;
                let is_first_explicit = listen.default_server
                    && !Server { block: Directive::new(nginx, known.0) }.is_explicit_default(&listen);
                if is_first_explicit {
                    known.0 = at;
                }
            }
        }
    }
    nginx.roots = roots;
}

struct Expansion<'a> {
    folders: &'a Folders,
    map: &'a IncludeMap,
    nginx: Nginx,
    /// What the includes of a file bring, by file, directive and main file.
    resolved: FxHashMap<(u32, u32, u32), Resolved>,
    /// Files that are being read.
    stack: Vec<u32>,
    visited: FxHashSet<u32>,
    /// The first file of the configuration.
    main: u32,
    /// Directives that includes of this configuration have brought.
    brought: usize,
}

impl Expansion<'_> {
    fn run(&mut self) {
        let count = u32::try_from(self.nginx.files.len()).unwrap_or(u32::MAX);
        let levels: Vec<Level> = self.nginx.files.iter().map(|file| level_of(&file.facts)).collect();
        let included = self.included(count);
        // Each configuration: its level and its files.
        let mut configurations: Vec<(Level, Vec<u32>)> = Vec::new();
        let mut joined: BTreeMap<(String, bool), Vec<u32>> = BTreeMap::new();
        for number in 0..count {
            let (file, level) = (&self.nginx.files[number as usize], levels[number as usize]);
            if included.contains(&number) {
                continue;
            }
            match folder_key(file.path()) {
                Some(key) if !file.is_part && matches!(level, Level::Http | Level::Stream) => {
                    joined.entry((key, level == Level::Stream)).or_default().push(number);
                }
                _ => configurations.push((level, vec![number])),
            }
        }
        configurations.extend(
            joined
                .into_iter()
                .map(|((_, is_stream), files)| (if is_stream { Level::Stream } else { Level::Http }, files)),
        );
        configurations.sort_by(|a, b| a.1.cmp(&b.1));
        for (level, files) in configurations {
            self.root(level, &files);
        }
        // Files that include each other in a circle.
        for number in 0..count {
            if !self.visited.contains(&number) {
                self.root(levels[number as usize], &[number]);
            }
        }
    }

    /// Files that some other file includes.
    fn included(&mut self, count: u32) -> FxHashSet<u32> {
        let mut included = FxHashSet::default();
        for number in 0..count {
            let facts = std::sync::Arc::clone(&self.nginx.files[number as usize].facts);
            for at in 0..u32::try_from(facts.len()).unwrap_or(u32::MAX) {
                if facts.name(facts.directive(at)) == "include" {
                    self.main = number;
                    if let Resolved::Files(files) = self.resolve(number, at) {
                        included.extend(files.into_iter().filter(|&file| file != number));
                    }
                }
            }
        }
        included
    }

    fn root(&mut self, level: Level, files: &[u32]) {
        let Some(&first) = files.first() else { return };
        let entry = self.next();
        let group = match (self.nginx.files[first as usize].is_part, self.nginx.roots.last()) {
            (true, Some(last)) => {
                let before = self.nginx.entries[last.entry as usize].file;
                let same = self.nginx.files[before as usize].path() == self.nginx.files[first as usize].path();
                if same { last.group } else { last.group + 1 }
            }
            (false, Some(last)) => last.group + 1,
            (_, None) => 0,
        };
        self.nginx.entries.push(Entry {
            file: first,
            directive: NONE,
            parent: NONE,
            previous: NONE,
            end: entry + 1,
            via: NONE,
            level,
            has_unread_parts: false,
            is_resolved: false,
        });
        (self.main, self.brought) = (first, 0);
        for &file in files {
            self.file(file, entry, NONE);
        }
        let end = self.next();
        self.nginx.entries[entry as usize].end = end;
        let root = Root {
            entry,
            group,
            servers: Vec::new(),
            upstreams: FxHashMap::default(),
            addresses: FxHashMap::default(),
        };
        self.nginx.roots.push(root);
    }

    fn next(&self) -> u32 {
        u32::try_from(self.nginx.entries.len()).unwrap_or(NONE)
    }

    /// Puts all directives of a file below an entry.
    fn file(&mut self, number: u32, parent: u32, via: u32) {
        self.visited.insert(number);
        self.stack.push(number);
        let facts = &self.nginx.files[number as usize].facts;
        let end = u32::try_from(facts.len()).unwrap_or(u32::MAX);
        self.nginx.entries[parent as usize].has_unread_parts |= facts.has_unread_parts;
        self.range(number, 0..end, parent, via);
        self.stack.pop();
    }

    fn range(&mut self, number: u32, range: Range<u32>, parent: u32, via: u32) {
        let facts = std::sync::Arc::clone(&self.nginx.files[number as usize].facts);
        // Blocks that are open: where they end in the file, and their entries.
        let mut open: Vec<(u32, u32)> = Vec::new();
        for at in range {
            while let Some(&(_, entry)) = open.last().filter(|(end, _)| *end <= at) {
                self.nginx.entries[entry as usize].end = self.next();
                open.pop();
            }
            if self.nginx.entries.len() >= MOST_ENTRIES || (via != NONE && self.brought >= MOST_BROUGHT) {
                self.nginx.limit_reached = true;
                break;
            }
            self.brought += usize::from(via != NONE);
            let above = open.last().map_or(parent, |(_, entry)| *entry);
            let directive = facts.directive(at);
            let name = facts.name(directive);
            let entry = self.next();
            let level = match directive.block {
                Some(_) => level_below(self.nginx.entries[above as usize].level, name),
                None => Level::Other,
            };
            let includes = if name == "include" { self.includes(number, at) } else { None };
            self.nginx.entries.push(Entry {
                file: number,
                directive: at,
                parent: above,
                previous: NONE,
                end: entry + 1,
                via,
                level,
                has_unread_parts: directive.has_unread_parts,
                is_resolved: includes.is_some(),
            });
            if directive.block.is_some() {
                open.push((directive.end, entry));
            }
            for file in includes.unwrap_or_default() {
                if self.stack.len() < MOST_LEVELS && !self.stack.contains(&file) {
                    self.file(file, above, entry);
                }
            }
        }
        let end = self.next();
        for (_, entry) in open {
            self.nginx.entries[entry as usize].end = end;
        }
    }

    /// The files that an include brings; `None` when the project does not show them.
    fn includes(&mut self, number: u32, at: u32) -> Option<Vec<u32>> {
        match self.resolve(number, at) {
            Resolved::Files(files) => Some(files),
            Resolved::Unknown => None,
            Resolved::Missing => {
                let file = &self.nginx.files[number as usize];
                let directive = file.facts.directive(at);
                let span = file.facts.argument_span(directive, 0).unwrap_or(directive.span);
                let path = file.facts.argument(directive, 0).unwrap_or("").to_owned();
                self.nginx.missing.push(MissingInclude { place: Place { file: file.id, span }, path });
                None
            }
        }
    }

    fn resolve(&mut self, number: u32, at: u32) -> Resolved {
        let file = &self.nginx.files[number as usize];
        if file.is_part {
            return Resolved::Unknown;
        }
        if let Some(known) = self.resolved.get(&(number, at, self.main)) {
            return known.clone();
        }
        let path = file.facts.argument(file.facts.directive(at), 0).unwrap_or("");
        let main = self.nginx.files[self.main as usize].path();
        let resolved = self.folders.resolve(path, file.path(), main, self.map);
        self.resolved.insert((number, at, self.main), resolved.clone());
        resolved
    }
}

/// The level of a block of some name.
fn level_below(above: Level, name: &str) -> Level {
    match name {
        "http" => Level::Http,
        "stream" => Level::Stream,
        "server" if matches!(above, Level::Stream) => Level::StreamServer,
        "server" if matches!(above, Level::Http | Level::Main | Level::Snippet) => Level::Server,
        "location" => Level::Location,
        "if" => Level::If,
        "limit_except" => Level::LimitExcept,
        "upstream" => Level::Upstream,
        _ => Level::Other,
    }
}

/// What the files of a folder share when a main file includes them side by side.
fn folder_key(path: &str) -> Option<String> {
    let (folder, _) = path.rsplit_once('/')?;
    let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
    if JOINED.contains(&name) {
        Some(format!("{above}/*"))
    } else if OWN.contains(&name) {
        Some(folder.to_owned())
    } else {
        None
    }
}
