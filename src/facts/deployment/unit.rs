//! Processes of a machine: systemd units, supervisord programs, Procfile lines.

use super::command_line::CommandLine;
use super::variable::{Variable, VariableValue};
use super::word::{Word, split};
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};

/// A process that a machine keeps running.
#[derive(Debug, Clone, Default)]
pub struct Process {
    /// Name of the unit's file without its ending, of the program, of the Procfile's line.
    pub name: Word,
    /// What it runs.
    pub command: Option<CommandLine>,
    /// The command as written.
    pub command_word: Word,
    /// Variables that it is given.
    pub environment: Vec<Variable>,
    /// Files of variables: paths as written, without the leading `-`.
    pub environment_files: Vec<Word>,
    /// User.
    pub user: Option<Word>,
    /// Folder.
    pub folder: Option<Word>,
}

/// Reads the processes of a file.
pub(super) fn collect(tree: &Tree, kind: FileKind, place: &str) -> Vec<Process> {
    match kind {
        FileKind::SystemdUnit => unit(tree, place).into_iter().collect(),
        FileKind::Supervisord => programs(tree),
        _ => lines(tree),
    }
}

fn word(tree: &Tree, node: NodeId) -> Word {
    let mut word = Word::of(tree, node);
    word.span = tree.to_file(word.span);
    word
}

/// Keys and values of a section.
fn pairs(tree: &Tree, section: NodeId) -> impl Iterator<Item = (Word, Word)> + '_ {
    tree.children(section).filter(|&node| tree.kind(node) == Kind::Pair).filter_map(|pair| {
        Some((word(tree, tree.child(pair, Field::Key)?), word(tree, tree.child(pair, Field::Value)?)))
    })
}

fn unit(tree: &Tree, place: &str) -> Option<Process> {
    let sections = tree.children(NodeId::ROOT).filter(|&node| tree.kind(node) == Kind::Section);
    let section = sections.into_iter().find(|&section| tree.label(section) == "Service")?;
    let file = place.rsplit('/').next().unwrap_or(place);
    let mut process = Process::default();
    for (key, value) in pairs(tree, section) {
        match key.text.as_str() {
            // An empty one takes back what stood before.
            "ExecStart" if value.text.is_empty() => process.command = None,
            "ExecStart" if process.command.is_none() => {
                process.command = Some(CommandLine::of_unit_value(&value));
                process.command_word = value;
            }
            "Environment" => {
                process.environment.extend(split(&value).iter().map(Variable::of_assignment));
            }
            "EnvironmentFile" => {
                let start = value.text.len() - value.text.trim_start_matches('-').len();
                process.environment_files.push(value.part(start..value.text.len()));
            }
            "User" => process.user = Some(value),
            "WorkingDirectory" => process.folder = Some(value),
            _ => {}
        }
    }
    process.command.as_ref()?;
    process.name = Word::new(file.trim_end_matches(".service"), process.command_word.span);
    Some(process)
}

fn programs(tree: &Tree) -> Vec<Process> {
    let sections = tree.children(NodeId::ROOT).filter(|&node| tree.kind(node) == Kind::Section);
    let mut programs = Vec::new();
    for section in sections {
        let Some(name) = tree.label(section).strip_prefix("program:") else { continue };
        let mut process = Process::default();
        for (key, value) in pairs(tree, section) {
            match key.text.as_str() {
                "command" => {
                    process.command = Some(CommandLine::of_unit_value(&value));
                    process.command_word = value;
                }
                "environment" => process.environment.extend(environment_list(&value)),
                "user" => process.user = Some(value),
                "directory" => process.folder = Some(value),
                _ => {}
            }
        }
        process.name = Word::new(name, process.command_word.span);
        programs.push(process);
    }
    programs
}

/// `KEY="val",KEY2="val2"`.
fn environment_list(value: &Word) -> Vec<Variable> {
    split(value)
        .iter()
        .flat_map(|word| {
            let parts = word.text.split(',').filter(|part| part.contains('='));
            parts.map(|part| Variable::of_assignment(&Word::new(part, word.span))).collect::<Vec<_>>()
        })
        .collect()
}

fn lines(tree: &Tree) -> Vec<Process> {
    let pairs = tree.ids().filter(|&node| tree.kind(node) == Kind::Pair);
    pairs
        .filter_map(|pair| {
            let name = word(tree, tree.child(pair, Field::Key)?);
            let value = word(tree, tree.child(pair, Field::Value)?);
            Some(Process {
                name,
                command: Some(CommandLine::of_shell_text(&value)),
                command_word: value,
                ..Process::default()
            })
        })
        .collect()
}

/// The variables of a dotenv file.
pub(super) fn variables(tree: &Tree) -> Vec<Variable> {
    let pairs = tree.ids().filter(|&node| tree.kind(node) == Kind::Pair);
    pairs
        .filter_map(|pair| {
            let name = word(tree, tree.child(pair, Field::Key)?);
            let value = match tree.child(pair, Field::Value) {
                Some(value) => VariableValue::Written(word(tree, value)),
                None => VariableValue::Caller,
            };
            Some(Variable { name, value })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Language, parse};

    #[test]
    fn reads_units_and_programs() {
        let text = "[Unit]\nX=1\n[Service]\nUser=app\nEnvironment=A=1 \"B=x y\"\nEnvironmentFile=-/etc/app.env\nExecStart=/opt/bin/uvicorn a:b --port 9000\n";
        let tree = parse(Language::Ini, text).tree;
        let [process] = &collect(&tree, FileKind::SystemdUnit, "deploy/api.service")[..] else { panic!("one process") };
        assert_eq!(process.name.text, "api");
        let server = process.command.as_ref().unwrap().server().unwrap();
        assert_eq!(server.binds()[0].port_number(), Some(9000));
        assert_eq!(&text[server.program.span.range()], "/opt/bin/uvicorn");
        assert_eq!(process.environment_files[0].text, "/etc/app.env");
        assert_eq!(process.environment.len(), 2);
        let tree = parse(Language::Ini, "[program:web]\ncommand=gunicorn a:b\nenvironment=A=\"1\",B=\"2\"\n").tree;
        let programs = collect(&tree, FileKind::Supervisord, "supervisord.conf");
        assert_eq!((programs[0].name.text.as_str(), programs[0].environment.len()), ("web", 2));
    }
}
