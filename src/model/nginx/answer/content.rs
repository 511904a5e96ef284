//! Content from disk: `try_files`, `root` and `alias`, `index`, folders.

use super::super::{Effective, Level, Matcher};
use super::{Content, Exchange, OnDisk, Step, Unknown};

impl<'m> Exchange<'m, '_> {
    pub(super) fn try_files(&mut self) -> Result<Step, Unknown> {
        let Some(files) = self.level.effective("try_files") else { return Ok(Step::Next) };
        let Some(words) = files.directives.first().map(|files| files.arguments()) else { return Ok(Step::Next) };
        let Some((last, tried)) = words.split_last() else { return Ok(Step::Next) };
        for word in tried {
            let name = self.text(word)?;
            let base = self.root_on_disk()?;
            // Below an alias the names begin with the location's own path.
            let rest = match self.alias_prefix() {
                Some(prefix) => name.strip_prefix(&prefix).unwrap_or(&name),
                None => &name,
            };
            let path = format!("{base}{rest}");
            // The slash that is written makes it a folder, not one that a variable brings.
            let wanted = if word.ends_with('/') { OnDisk::Folder } else { OnDisk::File };
            if self.world.look(path.trim_end_matches('/')) == wanted {
                let stripped = if wanted == OnDisk::Folder { name.strip_suffix('/') } else { None };
                stripped.unwrap_or(&name).clone_into(&mut self.uri);
                return Ok(Step::Next);
            }
        }
        if let Some(code) = last.strip_prefix('=') {
            return Ok(Step::Finish(code.parse().unwrap_or(500)));
        }
        if last.starts_with('@') {
            return Ok(self.name_to(last));
        }
        let target = self.text(last)?;
        let (uri, args) = target.split_once('?').map_or((target.as_str(), None), |(uri, args)| (uri, Some(args)));
        Ok(self.redirect_to(uri, args))
    }

    pub(super) fn content(&mut self) -> Result<Step, Unknown> {
        if let Some(step) = self.backend()? {
            return Ok(step);
        }
        if self.handler.effective("stub_status").is_some() {
            return Ok(Step::Done(200, Content::Own(None)));
        }
        if self.handler.effective("empty_gif").is_some() {
            return Ok(Step::Done(200, Content::Own(None)));
        }
        if self.uri.ends_with('/') {
            return self.index();
        }
        let path = self.path_on_disk()?;
        Ok(match self.world.look(&path) {
            OnDisk::File if matches!(self.method.as_str(), "GET" | "HEAD") => Step::Done(200, Content::File(path)),
            OnDisk::File => Step::Finish(405),
            OnDisk::Absent => Step::Finish(404),
            OnDisk::Folder => {
                let question = if self.args.is_empty() { "" } else { "?" };
                self.location_header = Some(format!("{}/{question}{}", self.uri, self.args));
                Step::Finish(301)
            }
        })
    }

    fn index(&mut self) -> Result<Step, Unknown> {
        let folder = self.path_on_disk()?;
        let names: Vec<&str> = match self.level.effective("index") {
            Some(index) => index.directives.iter().flat_map(|index| index.arguments()).collect(),
            None => vec!["index.html"],
        };
        let is_there = self.world.look(folder.trim_end_matches('/')) == OnDisk::Folder;
        for name in names {
            let name = self.text(name)?;
            if name.starts_with('/') {
                return Ok(self.redirect_to(&name, None));
            }
            if self.world.look(&format!("{folder}{name}")) == OnDisk::File {
                let (uri, args) = (format!("{}{name}", self.uri), self.args.clone());
                return Ok(self.redirect_to(&uri, Some(&args)));
            }
            if !is_there {
                return Ok(Step::Finish(404));
            }
        }
        if self.level.is_on("autoindex") {
            return Ok(Step::Done(200, Content::Own(None)));
        }
        Ok(Step::Finish(403))
    }

    fn root(&self) -> Option<Effective<'m>> {
        self.level.effective("root")
    }

    /// The location's path that `alias` replaces; `None` where `root` holds.
    fn alias_prefix(&self) -> Option<String> {
        let root = self.root()?;
        let alias = root.directives.first().filter(|one| one.name() == "alias")?;
        let location = alias.ancestors().find(|level| level.level() == Level::Location)?;
        match Matcher::of(location)? {
            Matcher::Prefix(path) | Matcher::Preferred(path) | Matcher::Exact(path) => Some(path.to_owned()),
            Matcher::Regex { .. } | Matcher::Named(_) => None,
        }
    }

    /// `$document_root`.
    pub(super) fn root_on_disk(&mut self) -> Result<String, Unknown> {
        match self.root().and_then(|root| root.directives.first()?.argument(0)) {
            Some(path) => self.text(path),
            None => Err(Unknown("the folder that nginx was built with".to_owned())),
        }
    }

    /// `$request_filename`.
    pub(super) fn path_on_disk(&mut self) -> Result<String, Unknown> {
        let root = self.root_on_disk()?;
        let is_alias = self.root().is_some_and(|root| root.directives.first().is_some_and(|one| one.name() == "alias"));
        if !is_alias {
            return Ok(format!("{}{}", root.strip_suffix('/').unwrap_or(&root), self.uri));
        }
        Ok(match self.alias_prefix() {
            Some(prefix) => format!("{root}{}", self.uri.strip_prefix(&prefix).unwrap_or("")),
            // Behind a regular expression an alias is the whole path.
            None => root,
        })
    }
}
