//! What lies in the scanned folders, read or not: for audits that ask whether a file is there.
//!
//! It knows names only, no text and no kind. What git ignores is not in it, so that every checkout gets the same answer.

/// The names of all that was seen.
#[derive(Debug, Clone, Default)]
pub struct Present {
    /// Folders that were walked over as a whole, as the paths below begin.
    folders: Vec<String>,
    /// Shown paths, sorted; folders that were not entered end in `/`.
    paths: Vec<String>,
}

impl Present {
    /// Takes what discovery has found; the order does not matter.
    pub fn new(folders: Vec<String>, mut paths: Vec<String>) -> Self {
        paths.sort_unstable();
        paths.dedup();
        Self { folders, paths }
    }

    /// Whether everything in a folder was seen: what is not listed then is not there. `folder` has no `/` at its end.
    pub fn covers(&self, folder: &str) -> bool {
        self.folders.iter().any(|walked| is_below(folder, walked))
    }

    /// Whether a file is there.
    pub fn has(&self, path: &str) -> bool {
        self.paths.binary_search_by(|known| known.as_str().cmp(path)).is_ok()
    }

    /// What lies below a folder, by path relative to it, in order.
    pub fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let first = self.paths.partition_point(|path| *path < prefix);
        let length = prefix.len();
        self.paths[first..]
            .iter()
            .take_while(move |path| path.starts_with(&prefix))
            .map(move |path| &path[length..])
            .filter(|path| !path.is_empty())
    }
}

/// Whether a folder is another one or lies in it.
fn is_below(folder: &str, outer: &str) -> bool {
    if outer.is_empty() {
        return !folder.starts_with('/') && folder.split('/').next() != Some("..");
    }
    folder.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn present() -> Present {
        let paths = ["api/.env", "api/app/main.py", "api-old/x", "node_modules/", "a.txt"];
        Present::new(vec![String::new()], paths.map(str::to_owned).to_vec())
    }

    #[test]
    fn lists_what_lies_below_a_folder() {
        let present = present();
        assert_eq!(present.below("api").collect::<Vec<_>>(), [".env", "app/main.py"]);
        assert_eq!(present.below("").count(), 5);
        assert_eq!(present.below("nowhere").count(), 0);
        assert!(present.has("api/.env") && !present.has("api") && present.has("node_modules/"));
    }

    #[test]
    fn knows_which_folders_it_has_seen() {
        assert!(present().covers("api") && present().covers(""));
        assert!(!present().covers("../other") && !present().covers("/etc"));
        let part = Present::new(vec!["srv/api".to_owned()], Vec::new());
        assert!(part.covers("srv/api") && part.covers("srv/api/app"));
        assert!(!part.covers("srv/api-old") && !part.covers("srv") && !Present::default().covers(""));
    }
}
