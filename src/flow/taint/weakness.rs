//! What a value may not do where a rule watches it: the classes that guards and sanitizers protect.
//!
//! A sanitizer clears the classes that it really protects against and no other: a base name is no shell injection's end.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The class of weakness that a taint rule watches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Weakness {
    /// SQL text (CWE-89).
    Sql,
    /// A shell's command line (CWE-78).
    Shell,
    /// The program that is started, or all of its arguments (CWE-78).
    Command,
    /// An argument of a program that is started without a shell (CWE-88).
    Argument,
    /// Program code (CWE-94).
    Code,
    /// The name of a module, a function or an attribute (CWE-470).
    Name,
    /// A path in the file system (CWE-22).
    Path,
    /// HTML (CWE-79).
    Html,
    /// A template's text (CWE-1336).
    Template,
    /// The address of a request that the server makes (CWE-918).
    Url,
    /// The address that a client is sent to (CWE-601).
    Redirect,
    /// An LDAP filter or name (CWE-90).
    Ldap,
    /// An XPath expression (CWE-643).
    Xpath,
    /// A query of a document database (CWE-943).
    Nosql,
    /// A regular expression (CWE-1333).
    Regex,
    /// A line of a log (CWE-117).
    Log,
    /// A header of a response (CWE-113).
    Header,
    /// A mail's header (CWE-93).
    Mail,
    /// A cell of a spreadsheet (CWE-1236).
    Csv,
    /// An XML document (CWE-91, CWE-611).
    Xml,
    /// Bytes that become objects (CWE-502).
    Deserialization,
    /// A format string (CWE-134).
    Format,
    /// What the program trusts, such as a session (CWE-501).
    Trust,
    /// A secret that gets out (CWE-200, CWE-532): a number is as secret as a text.
    Secret,
    /// How something works inside, such as the text of an exception (CWE-209).
    Internals,
    /// A value that is easy to guess (CWE-330).
    Randomness,
    /// A digest that is easy to forge (CWE-327).
    Digest,
    /// A comparison whose time tells the value (CWE-208).
    Timing,
    /// A size or a count that an outsider chooses (CWE-400, CWE-789).
    Size,
    /// None of these: only what the rule itself names protects.
    Other,
}

impl Weakness {
    /// Every class with the name that rules use.
    pub const ALL: [(&'static str, Self); 30] = [
        ("sql", Self::Sql),
        ("shell", Self::Shell),
        ("command", Self::Command),
        ("argument", Self::Argument),
        ("code", Self::Code),
        ("name", Self::Name),
        ("path", Self::Path),
        ("html", Self::Html),
        ("template", Self::Template),
        ("url", Self::Url),
        ("redirect", Self::Redirect),
        ("ldap", Self::Ldap),
        ("xpath", Self::Xpath),
        ("nosql", Self::Nosql),
        ("regex", Self::Regex),
        ("log", Self::Log),
        ("header", Self::Header),
        ("mail", Self::Mail),
        ("csv", Self::Csv),
        ("xml", Self::Xml),
        ("deserialization", Self::Deserialization),
        ("format", Self::Format),
        ("trust", Self::Trust),
        ("secret", Self::Secret),
        ("internals", Self::Internals),
        ("randomness", Self::Randomness),
        ("digest", Self::Digest),
        ("timing", Self::Timing),
        ("size", Self::Size),
        ("other", Self::Other),
    ];

    /// The class of a name that rules use.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, weakness)| weakness)
    }
}

/// A set of weaknesses that something protects against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Protection(u32);

impl Protection {
    /// Protects against nothing.
    pub const NONE: Self = Self(0);

    /// What a text loses that has no room for syntax: a number, a word of letters and digits, one of a closed set.
    pub const SYNTAX: Self = Self::NONE
        .and(Weakness::Sql)
        .and(Weakness::Shell)
        .and(Weakness::Command)
        .and(Weakness::Argument)
        .and(Weakness::Code)
        .and(Weakness::Name)
        .and(Weakness::Path)
        .and(Weakness::Html)
        .and(Weakness::Template)
        .and(Weakness::Url)
        .and(Weakness::Redirect)
        .and(Weakness::Ldap)
        .and(Weakness::Xpath)
        .and(Weakness::Nosql)
        .and(Weakness::Regex)
        .and(Weakness::Log)
        .and(Weakness::Header)
        .and(Weakness::Mail)
        .and(Weakness::Csv)
        .and(Weakness::Xml)
        .and(Weakness::Deserialization)
        .and(Weakness::Format);

    /// What a value loses that is one of a closed set which the program itself lists.
    pub const CLOSED_SET: Self = Self::SYNTAX.and(Weakness::Trust).and(Weakness::Size);

    /// Everything but what only the rule itself can name.
    pub const ALL: Self = Self((1 << Weakness::Other as u32) - 1);

    /// This and one more.
    #[must_use]
    pub const fn and(self, weakness: Weakness) -> Self {
        Self(self.0 | 1 << weakness as u32)
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it protects against a weakness.
    pub const fn covers(self, weakness: Weakness) -> bool {
        self.0 & (1 << weakness as u32) != 0
    }

    /// The set as bits, one for each weakness.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether it protects against nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Weakness> for Protection {
    fn from_iter<T: IntoIterator<Item = Weakness>>(weaknesses: T) -> Self {
        weaknesses.into_iter().fold(Self::NONE, Self::and)
    }
}
