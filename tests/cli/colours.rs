use crate::project::{Outcome, Project, word_rules};

fn coloured(arguments: &[&str], variables: &[(&str, &str)]) -> bool {
    let project = Project::new(&[("a.py", "FORBIDDEN\n")]);
    let mut command = project.command(arguments);
    command.arg("--no-builtin").arg("--rules").arg(word_rules());
    command.envs(variables.iter().copied());
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    outcome.out.contains('\u{1b}')
}

#[test]
fn only_on_a_terminal_unless_asked_for() {
    assert!(!coloured(&[], &[]));
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&["scan", "--color=always"], &[]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
}
