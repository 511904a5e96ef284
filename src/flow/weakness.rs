//! What a value can do harm to. A guard or a sanitizer clears a value for the weaknesses that it protects against, and for
//! no other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the sinks of a taint rule are weak against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weakness {
    /// The text of an SQL query.
    Sql,
    /// The text of a shell command.
    Shell,
    /// The program that is run, or its whole argument list.
    Command,
    /// One argument of a program: a leading `-` makes it an option.
    Argument,
    /// Source code, or an expression that is evaluated.
    Code,
    /// The name of a module, an attribute or a function.
    Name,
    /// The path of a file.
    Path,
    /// The address that a request is sent to.
    Url,
    /// The address that a browser is sent to.
    Redirect,
    /// Text of an HTML page.
    Html,
    /// The text of a template.
    Template,
    /// A format string.
    Format,
    /// An LDAP filter or name.
    Ldap,
    /// An XPath expression or a style sheet.
    Xpath,
    /// A query of a database without SQL.
    Nosql,
    /// A regular expression.
    Regex,
    /// A line of a log.
    Log,
    /// A header of an HTTP message.
    Header,
    /// A header of a mail.
    Mail,
    /// A cell of a spreadsheet.
    Csv,
    /// An XML document.
    Xml,
    /// Serialised objects.
    Deserialization,
    /// An amount of work or memory.
    Amount,
    /// State that the program trusts.
    Trust,
    /// A secret that leaves the program.
    Disclosure,
    /// A value that must not be guessed.
    Random,
}

impl Weakness {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::Sql,
        Self::Shell,
        Self::Command,
        Self::Argument,
        Self::Code,
        Self::Name,
        Self::Path,
        Self::Url,
        Self::Redirect,
        Self::Html,
        Self::Template,
        Self::Format,
        Self::Ldap,
        Self::Xpath,
        Self::Nosql,
        Self::Regex,
        Self::Log,
        Self::Header,
        Self::Mail,
        Self::Csv,
        Self::Xml,
        Self::Deserialization,
        Self::Amount,
        Self::Trust,
        Self::Disclosure,
        Self::Random,
    ];
}
