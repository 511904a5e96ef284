//! `bartizan rules docs`.

use super::args::RulesDocsArgs;
use super::error::CliError;
use super::explain::load;
use super::terminal;
use crate::findings::RuleMeta;
use crate::report::rule_reference;
use std::process::ExitCode;

pub(super) fn run(args: &RulesDocsArgs) -> Result<ExitCode, CliError> {
    let loaded = load(&args.sources)?;
    let rules: Vec<&RuleMeta> = loaded.rules().map(|rule| &**rule).collect();
    let failed = |path: &std::path::Path| {
        let path = path.to_owned();
        move |error| CliError::File { path, error }
    };
    std::fs::create_dir_all(&args.folder).map_err(failed(&args.folder))?;
    let pages = rule_reference::pages(&rules);
    for (name, text) in &pages {
        let path = args.folder.join(name);
        std::fs::write(&path, text).map_err(failed(&path))?;
    }
    terminal::print(&format!("{} pages for {} rules in {}\n", pages.len(), rules.len(), args.folder.display()))?;
    Ok(ExitCode::SUCCESS)
}
