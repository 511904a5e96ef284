//! What can be said on the command line. The comments here are the help texts.

use super::values::{ColorChoice, FormatTarget};
use crate::config::{ByteSize, FailOn, RuleSelector};
use crate::findings::{Confidence, Profile, Severity};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use std::path::PathBuf;

/// Static security auditor for Python/FastAPI and Rust, the nginx in front of them and the files that deploy them
#[derive(Debug, Parser)]
#[command(
    name = "bartizan",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "`bartizan PATH...` is short for `bartizan scan PATH...`.\n\n\
                  Exit codes: 0 nothing at or above the threshold, 1 findings, 2 wrong usage or configuration, \
                  3 something could not be analysed under --strict."
)]
pub(super) struct Cli {
    /// When to use colours; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Scan files and folders (the default command)
    Scan(Box<ScanArgs>),
    /// Show the help text of a rule
    Explain(ExplainArgs),
    /// Show the deployments as they were understood: services, proxies, applications
    Map(MapArgs),
    /// Show the routes of FastAPI applications: authentication, rate limits, inputs
    Routes(RoutesArgs),
    /// List, check and test rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Print the JSON schema of a file format
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(super) struct ScanArgs {
    /// Files and folders to scan; `-` is standard input [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Report format: text, json, sarif or github; `FORMAT=FILE` writes to a file. Can be repeated [default: text]
    #[arg(short, long = "format", value_name = "FORMAT[=FILE]", help_heading = "Output")]
    pub formats: Vec<FormatTarget>,
    /// Write the report to a file instead of standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// List findings only: no summary, no progress bar
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    /// Write the summary only
    #[arg(long, conflicts_with = "quiet", help_heading = "Output")]
    pub summary: bool,
    /// Report suppressed findings too, marked as such
    #[arg(long, help_heading = "Output")]
    pub show_suppressed: bool,
    /// Tells several SARIF uploads of one repository apart
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub category: Option<String>,

    /// Exit with 1 when there is a finding of at least this severity [default: low]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Exit code")]
    pub fail_on: Option<FailOn>,
    /// Exit with 0 even when there are findings
    #[arg(long, help_heading = "Exit code")]
    pub exit_zero: bool,
    /// Exit with 3 when something could not be analysed
    #[arg(long, help_heading = "Exit code")]
    pub strict: bool,

    /// Which rules report [default: default]
    #[arg(short, long, value_enum, help_heading = "Rules")]
    pub profile: Option<Profile>,
    /// Add rules from a file or folder. Can be repeated
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath, help_heading = "Rules")]
    pub rules: Vec<PathBuf>,
    /// Leave out the rules that come with bartizan
    #[arg(long, help_heading = "Rules")]
    pub no_builtin: bool,
    /// Run only these rules, of every profile: ids, check classes, packs or globs. Can be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = RuleSelector::parse, help_heading = "Rules")]
    pub select: Vec<RuleSelector>,
    /// Leave out these rules: ids, check classes, packs or globs. Can be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = RuleSelector::parse, help_heading = "Rules")]
    pub ignore: Vec<RuleSelector>,
    /// Report findings of at least this severity
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Rules")]
    pub min_severity: Option<Severity>,
    /// Report findings of rules that are at least this sure
    #[arg(long, value_enum, value_name = "CONFIDENCE", help_heading = "Rules")]
    pub min_confidence: Option<Confidence>,

    /// Scan only files that match a glob (`*.py`, `src/**`). Can be repeated
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    pub include: Vec<String>,
    /// Leave out files and folders that match a glob (`tests`, `src/generated/**`). Can be repeated
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    pub exclude: Vec<String>,
    /// Leave out excluded files even when they are named on the command line, as a commit hook does
    #[arg(long, help_heading = "Files")]
    pub force_exclude: bool,
    /// Scan files too that git ignores, and vendored and generated ones
    #[arg(long, help_heading = "Files")]
    pub no_ignore: bool,
    /// Scan fenced code in Markdown files too
    #[arg(long, help_heading = "Files")]
    pub docs: bool,
    /// Let rules that leave test code alone read it too
    #[arg(long, help_heading = "Files")]
    pub include_tests: bool,
    /// Name files larger than this, but do not read them [default: 2MiB]
    #[arg(long, value_name = "SIZE", help_heading = "Files")]
    pub max_file_size: Option<ByteSize>,
    /// The name that standard input has: decides its language and its place in reports
    #[arg(long, value_name = "NAME", help_heading = "Files")]
    pub stdin_filename: Option<PathBuf>,

    /// Use this configuration file instead of looking for bartizan.toml or pyproject.toml
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "no_config", help_heading = "Run")]
    pub config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, help_heading = "Run")]
    pub no_config: bool,
    /// Number of threads [default: number of cores]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Run")]
    pub threads: Option<u16>,
}

#[derive(Debug, Args)]
pub(super) struct MapArgs {
    /// Files and folders to read [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// How to show it
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub format: MapFormat,
    /// Leave out files and folders that match a glob. Can be repeated
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MapFormat {
    /// Lines for people
    Text,
    /// JSON for programs
    Json,
    /// A Mermaid flow chart
    Mermaid,
    /// A Graphviz graph
    Dot,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(super) struct RoutesArgs {
    /// Files and folders to read [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// How to show them
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub format: RoutesFormat,
    /// Only routes that nothing authenticates
    #[arg(long)]
    pub unauthenticated: bool,
    /// Only routes with a method. Can be repeated
    #[arg(long, value_name = "METHOD", value_delimiter = ',')]
    pub method: Vec<String>,
    /// Only routes whose path has this in it, or matches it as a glob. Can be repeated
    #[arg(long, value_name = "PATH")]
    pub path: Vec<String>,
    /// Scan the files too, and show findings at the routes whose handlers they are in
    #[arg(long)]
    pub findings: bool,
    /// Compare with a table written before by `--format json`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub diff: Option<PathBuf>,
    /// With --diff, exit with 1 when a route lost a protection
    #[arg(long, requires = "diff")]
    pub fail_on_weakened: bool,
    /// With --diff, exit with 1 when a route was added that nothing authenticates
    #[arg(long, requires = "diff")]
    pub fail_on_new_open: bool,
    /// Show routes of test code too
    #[arg(long)]
    pub include_tests: bool,
    /// Leave out files and folders that match a glob. Can be repeated
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoutesFormat {
    /// Lines for people
    Text,
    /// JSON for programs, in a stable order
    Json,
    /// A table for pull requests
    Markdown,
    /// A page
    Html,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule's id, as reports show it
    pub rule: String,
    #[command(flatten)]
    pub sources: RuleSourceArgs,
}

/// Where rules come from.
#[derive(Debug, Args)]
pub(super) struct RuleSourceArgs {
    /// Add rules from a file or folder. Can be repeated
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub rules: Vec<PathBuf>,
    /// Leave out the rules that come with bartizan
    #[arg(long)]
    pub no_builtin: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List rules
    List(RulesListArgs),
    /// Check rule files, and point at every mistake in them
    Validate(RulesValidateArgs),
    /// Run rules on annotated files and compare
    Test(RulesTestArgs),
    /// Write the rule reference as Markdown, one page for each pack
    Docs(RulesDocsArgs),
}

#[derive(Debug, Args)]
pub(super) struct RulesDocsArgs {
    /// The folder that the pages are written to
    #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
    #[command(flatten)]
    pub sources: RuleSourceArgs,
}

#[derive(Debug, Args)]
pub(super) struct RulesListArgs {
    /// Only these rules: ids, check classes, packs or globs
    #[arg(value_name = "RULE", value_parser = RuleSelector::parse)]
    pub selectors: Vec<RuleSelector>,
    /// How the list is written
    #[arg(short, long, value_enum, default_value = "text")]
    pub format: ListFormat,
    #[command(flatten)]
    pub sources: RuleSourceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct RulesValidateArgs {
    /// Rule files and folders; none means the rules that come with bartizan
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct RulesTestArgs {
    /// Annotated file or folder [default: fixtures]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub path: Option<PathBuf>,
    /// Fail when a rule has no `ruleid` or no `ok` line; always done when no path is given
    #[arg(long)]
    pub coverage: bool,
    /// Say which files passed, too
    #[arg(short, long)]
    pub verbose: bool,
    #[command(flatten)]
    pub sources: RuleSourceArgs,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Which format
    #[arg(value_enum)]
    pub format: SchemaFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaFormat {
    /// Rule files
    Rules,
    /// bartizan.toml
    Config,
    /// The report of `--format json`
    Json,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}
