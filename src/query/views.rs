//! Views: structure of a product that plain keys do not show, each a step of a path.

use super::follow::Found;
use super::path::NamePattern;
use super::place::{Cut, PlaceId, Walk, base_name};
use super::values::{command_line, hole, words};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

/// Keys of a pod specification that hold containers.
const CONTAINER_KEYS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

impl Walk<'_> {
    /// `env(NAME)`: entries of a mapping, of a `KEY=value` list, of a list of `name` and `value`, of a text of such words.
    pub(super) fn environment(&mut self, names: &[NamePattern], place: PlaceId, next: &mut Found) {
        let is_wanted = |name: &str| names.iter().any(|pattern| pattern.matches(name));
        let value = self.place(place).value;
        match self.tree.kind(value) {
            Kind::Sequence => {
                let mut elements = Found::default();
                self.children(place, &mut elements, |_| true);
                next.uncertain |= elements.uncertain;
                for element in elements.places {
                    let node = self.place(element).value;
                    if self.tree.kind(node) == Kind::Mapping {
                        self.named_element(element, &is_wanted, next);
                    } else {
                        let text = self.tree.label(node).to_owned();
                        let label = self.tree.label_span(node);
                        self.assignment(element, &text, label, &is_wanted, next);
                    }
                }
            }
            Kind::Str | Kind::Word => {
                let label = self.tree.label_span(value);
                let text = self.written(place);
                for (word, range) in words::shell(&text) {
                    let span = Span::from_range(range);
                    let span = label.map(|label| Span::new(label.start + span.start, label.start + span.end));
                    self.assignment(place, &word, span, &is_wanted, next);
                }
            }
            _ => self.children(place, next, |name| name.is_some_and(is_wanted)),
        }
    }

    /// An element `{name: X, value: y}`; one with `valueFrom` has a value that is not in the file.
    fn named_element(&mut self, element: PlaceId, is_wanted: &dyn Fn(&str) -> bool, next: &mut Found) {
        let pairs = self.entries(element).nodes;
        let find = |walk: &Self, key: &str| pairs.iter().copied().find(|&pair| walk.entry_name(pair) == Some(key));
        let Some(name_pair) = find(self, "name") else { return };
        let name_node = self.value_of(name_pair);
        let name = self.tree.label(name_node).to_owned();
        if !is_wanted(&name) {
            return;
        }
        let key_span = self.tree.span(name_node);
        let (text, value_span) = match (find(self, "value"), find(self, "valueFrom")) {
            (Some(pair), _) => {
                let node = self.value_of(pair);
                (self.tree.label(node).to_owned(), self.tree.span(node))
            }
            (None, Some(pair)) => (format!("{0}{name}{0}", hole::HOLE), self.tree.span(pair)),
            (None, None) => (String::new(), key_span),
        };
        let entry = self.place(element).entry;
        let cut = Cut { name, text, key_span, value_span };
        next.places.extend(self.add_with(entry, entry, Some(element), Some(cut)));
    }

    /// A word `KEY=value`; a bare `KEY` takes its value from outside. `label` is where the word stands, when it stands
    /// there as it is.
    fn assignment(
        &mut self,
        place: PlaceId,
        word: &str,
        label: Option<Span>,
        is_wanted: &dyn Fn(&str) -> bool,
        next: &mut Found,
    ) {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (word.trim(), None),
        };
        if !is_wanted(name) {
            return;
        }
        let whole = self.tree.span(self.place(place).value);
        let label = label.filter(|span| self.tree.text().get(span.range()) == Some(word));
        let name_length = u32::try_from(word.split('=').next().unwrap_or("").len()).unwrap_or(0);
        let (key_span, value_span) = match label {
            Some(label) if value.is_some() => (
                Span::new(label.start, label.start + name_length),
                Span::new((label.start + name_length + 1).min(label.end), label.end),
            ),
            _ => (whole, whole),
        };
        let text = value.map_or_else(|| format!("{0}{name}{0}", hole::HOLE), str::to_owned);
        let node = self.place(place).value;
        let cut = Cut { name: name.to_owned(), text, key_span, value_span };
        next.places.extend(self.add_with(node, node, Some(place), Some(cut)));
    }

    /// `command(NAME)`: shell commands anywhere below, in substitutions and groups, behind `sudo` and `env`, and in the
    /// exec form of an instruction.
    pub(super) fn commands(&mut self, names: &[NamePattern], place: PlaceId, next: &mut Found) {
        let tree = self.tree;
        let value = self.place(place).value;
        self.spend(tree.subtree(value).count());
        let is_exec_form = |node: NodeId| {
            tree.kind(node) == Kind::Sequence
                && tree.field(node) == Field::Argument
                && tree.parent(node).is_some_and(|above| {
                    matches!(tree.label(above), "RUN" | "CMD" | "ENTRYPOINT") && tree.kind(above) == Kind::Instruction
                })
        };
        for node in tree.subtree(value) {
            if tree.kind(node) != Kind::Command && !is_exec_form(node) {
                continue;
            }
            let arguments = self.argument_nodes(node);
            let words: Vec<_> = arguments.iter().map(|&argument| tree.label(argument)).collect();
            // `sudo curl` is a command of both names.
            let first = words.first().map(|&word| base_name(word));
            let found = first.into_iter().chain(command_line::program_name(&words));
            if found.into_iter().any(|name| names.iter().any(|pattern| pattern.matches(name))) {
                next.places.extend(self.add(node, Some(place)));
            }
        }
    }

    /// `flag(-k, --insecure)`: flags of a command line. The value is what stands behind `=` or in the next word, unless
    /// that is a flag itself. `-k` is found in a cluster (`-fsSLk`) too.
    pub(super) fn flags(&mut self, names: &[NamePattern], place: PlaceId, next: &mut Found) {
        let node = self.place(place).value;
        if self.tree.kind(node) == Kind::Instruction {
            self.instruction_flags(names, place, next);
        }
        let words = self.command_words(place);
        self.spend(words.len());
        for (index, word) in words.iter().enumerate() {
            if word.text == "--" {
                break;
            }
            let (flag, attached) = match word.text.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (word.text.as_str(), None),
            };
            if !flag.starts_with('-') || !names.iter().any(|name| is_flag(&name.text, name, flag)) {
                continue;
            }
            let following = || words.get(index + 1).filter(|next| !next.text.starts_with('-') || next.text == "-");
            let value_span = following().map_or(word.span, |next| next.span);
            let text = attached.or_else(|| following().map(|next| next.text.clone())).unwrap_or_default();
            let cut = Cut { name: flag.to_owned(), text, key_span: word.span, value_span };
            next.places.extend(self.add_with(
                word.node.unwrap_or(node),
                word.node.unwrap_or(node),
                Some(place),
                Some(cut),
            ));
        }
    }

    /// `--chmod=755` before an instruction's arguments.
    fn instruction_flags(&mut self, names: &[NamePattern], place: PlaceId, next: &mut Found) {
        let tree = self.tree;
        let instruction = self.place(place).value;
        for flag in tree.children_by(instruction, Field::Flag).collect::<Vec<_>>() {
            let name = format!("--{}", tree.label(flag));
            if !names.iter().any(|pattern| pattern.matches(&name)) {
                continue;
            }
            let (text, value_span) = tree.child(flag, Field::Value).map_or_else(
                || (String::new(), tree.span(flag)),
                |value| (tree.label(value).to_owned(), tree.span(value)),
            );
            let cut = Cut { name, text, key_span: tree.span(flag), value_span };
            next.places.extend(self.add_with(flag, flag, Some(place), Some(cut)));
        }
    }

    /// `pod()`: every mapping with a list of containers, whatever the workload around it is called.
    pub(super) fn pods(&mut self, place: PlaceId, next: &mut Found) {
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            let entries = self.entries(place);
            let value = self.place(place).value;
            let is_pod = self.tree.kind(value) == Kind::Mapping
                && entries.nodes.iter().any(|&entry| {
                    let list = self.value_of(entry);
                    self.entry_name(entry) == Some("containers")
                        && self.tree.kind(list) == Kind::Sequence
                        && self
                            .tree
                            .children(list)
                            .any(|element| self.tree.kind(self.value_of(element)) == Kind::Mapping)
                });
            if is_pod {
                next.places.push(place);
                continue;
            }
            let below: Vec<_> = entries.nodes.into_iter().filter_map(|entry| self.add(entry, Some(place))).collect();
            open.extend(below.into_iter().rev());
        }
    }

    /// `containers()`: all containers of a pod specification.
    pub(super) fn containers(&mut self, place: PlaceId, next: &mut Found) {
        let mut lists = Found::default();
        self.children(place, &mut lists, |name| name.is_some_and(|name| CONTAINER_KEYS.contains(&name)));
        next.uncertain |= lists.uncertain;
        for list in lists.places {
            self.children(list, next, |name| name.is_none());
        }
    }

    /// `effective(NAME)`: what nginx uses at this level. The nearest level that has the directive at all replaces every
    /// outer one (nginx documentation, `add_header`: «inherited if and only if there are no such directives defined on
    /// the current level»); with `add_header_inherit merge` outer headers stay.
    pub(super) fn effective(&mut self, names: &[NamePattern], place: PlaceId, next: &mut Found) {
        for name in names {
            let mut level = Some(self.level(self.place(place).value));
            let mut uncertain = false;
            while let Some(node) = level {
                let here = self.directives(node);
                self.spend(here.len() + 1);
                let mut found_here = false;
                for &directive in &here {
                    if name.matches(self.tree.label(directive)) {
                        found_here = true;
                        next.places.extend(self.add_with(directive, directive, Some(place), None));
                    }
                }
                let merges = found_here && name.matches("add_header") && self.inherits_headers(node);
                if found_here && !merges {
                    uncertain = false;
                    break;
                }
                uncertain |= here.iter().any(|&directive| self.is_opaque_include(directive));
                level = self.outer_level(node);
            }
            next.uncertain |= uncertain;
        }
    }

    /// `header(NAME)`: the effective response header of that name; the place's value is the header's.
    pub(super) fn header(&mut self, names: &[NamePattern], place: PlaceId, next: &mut Found) {
        let is_wanted = |name: &str| names.iter().any(|pattern| pattern.text.eq_ignore_ascii_case(name));
        let mut directives = Found::default();
        self.effective(&[NamePattern::new("add_header")], place, &mut directives);
        next.uncertain |= directives.uncertain;
        for directive in directives.places {
            let node = self.place(directive).value;
            let arguments = self.argument_nodes(node);
            if let [name, value, ..] = arguments[..]
                && is_wanted(self.tree.label(name))
            {
                next.places.extend(self.add_with(node, value, Some(directive), None));
            }
        }
        self.more_set_headers(place, &is_wanted, next);
    }

    /// `more_set_headers "Name: value"` of the headers-more module: outer ones stay.
    fn more_set_headers(&mut self, place: PlaceId, is_wanted: &dyn Fn(&str) -> bool, next: &mut Found) {
        let mut level = Some(self.level(self.place(place).value));
        while let Some(node) = level {
            for directive in self.directives(node) {
                if self.tree.label(directive) != "more_set_headers" {
                    continue;
                }
                for argument in self.argument_nodes(directive) {
                    let Some((name, value)) = self.tree.label(argument).split_once(':') else { continue };
                    if is_wanted(name.trim()) {
                        let span = self.tree.span(argument);
                        let (name, text) = (name.trim().to_owned(), value.trim().to_owned());
                        let cut = Cut { name, text, key_span: span, value_span: span };
                        next.places.extend(self.add_with(directive, argument, Some(place), Some(cut)));
                    }
                }
            }
            level = self.outer_level(node);
        }
    }

    /// The innermost node with directives in it: the node itself if it has a block, else what encloses it.
    fn level(&self, node: NodeId) -> NodeId {
        let has_block = |&node: &NodeId| match self.tree.kind(node) {
            Kind::Document => true,
            Kind::Directive => self.tree.child(node, Field::Body).is_some(),
            _ => false,
        };
        std::iter::once(node).chain(self.tree.ancestors(node)).find(has_block).unwrap_or(node)
    }

    fn outer_level(&self, node: NodeId) -> Option<NodeId> {
        self.tree.ancestors(node).find(|&above| matches!(self.tree.kind(above), Kind::Directive | Kind::Document))
    }

    fn directives(&self, level: NodeId) -> Vec<NodeId> {
        let block = self.tree.child(level, Field::Body).unwrap_or(level);
        self.tree.children(block).filter(|&child| self.tree.kind(child) == Kind::Directive).collect()
    }

    fn inherits_headers(&self, level: NodeId) -> bool {
        let is_merge = |&directive: &NodeId| {
            self.tree.label(directive) == "add_header_inherit"
                && self.argument_nodes(directive).first().is_some_and(|&mode| self.tree.label(mode) == "merge")
        };
        let levels = std::iter::successors(Some(level), |&node| self.outer_level(node));
        levels.map(|level| self.directives(level)).any(|directives| directives.iter().any(is_merge))
    }

    /// An `include` that may bring any directive; the files that nginx ships with bring only parameters and types.
    fn is_opaque_include(&self, directive: NodeId) -> bool {
        const HARMLESS: [&str; 6] =
            ["mime.types", "fastcgi_params", "fastcgi.conf", "uwsgi_params", "scgi_params", "modules-enabled"];
        self.tree.label(directive) == "include"
            && self
                .argument_nodes(directive)
                .first()
                .is_none_or(|&argument| !HARMLESS.iter().any(|harmless| self.tree.label(argument).contains(harmless)))
    }
}

/// Whether a flag of a command line is the one that a rule names.
fn is_flag(name: &str, pattern: &NamePattern, flag: &str) -> bool {
    if pattern.matches(flag) {
        return true;
    }
    let (Some(letter), Some(cluster)) = (name.strip_prefix('-'), flag.strip_prefix('-')) else { return false };
    // `-fsSLk`: short flags in one word. Long words behind one dash (`-storepass`) are names of their own.
    letter.len() == 1
        && letter != "-"
        && cluster.len() <= 6
        && cluster.bytes().all(|byte| byte.is_ascii_alphabetic())
        && cluster.contains(letter)
}
