//! Values of configuration files as what they are: sizes, durations, TLS versions, cipher lists, images, ports, ...
//!
//! Each file is a plain parser from text to a type, for queries and audits alike. Parsers know no tree, no rule and no
//! file; they accept any text without panicking, and answer `None` where a text is not such a value. Texts may hold
//! [`hole`]s: parts that are filled in only when the system runs.

pub mod boolean;
pub mod capability;
pub mod cipher;
pub mod command_line;
pub mod csp;
pub mod duration;
pub mod hole;
pub mod hsts;
pub mod image;
pub mod mode;
pub mod mount;
pub mod number;
pub mod port;
pub mod referrer_policy;
pub mod size;
pub mod tls_version;
pub mod user;
pub mod wildcard;
pub mod words;
