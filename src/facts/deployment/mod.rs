//! What a file says about how the system runs: services, images, commands, ports, variables.

mod command;
mod command_line;
mod command_options;
mod python_server;
mod word;

pub use command::{Bind, Server, ServerCommand, ServerOption, server_of_words, servers_of_commands};
pub use command_line::{CommandLine, server_commands};
pub use word::{Word, commands_of_text, split};
