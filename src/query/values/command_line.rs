//! Command lines: which program really runs behind `sudo`, `env`, `exec` and their like.

/// Commands that run the command behind them, and their flags that take a value.
const WRAPPERS: [(&str, &[&str]); 14] = [
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "--user", "--group"]),
    ("doas", &["-u", "-C"]),
    ("env", &["-u", "-C", "--unset", "--chdir"]),
    ("exec", &["-a"]),
    ("command", &[]),
    ("nohup", &[]),
    ("time", &["-f", "-o"]),
    ("nice", &["-n"]),
    ("ionice", &["-c", "-n"]),
    ("timeout", &["-s", "-k", "--signal", "--kill-after"]),
    ("eatmydata", &[]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("xargs", &["-n", "-P", "-I", "-L", "-d", "-a", "-s"]),
    ("busybox", &[]),
];

/// Index of the word that names the program which does the work: 0, or behind wrappers, their flags and assignments.
/// `None` where nothing follows the wrapper.
pub fn program(words: &[&str]) -> Option<usize> {
    let mut at = 0;
    loop {
        let name = words.get(at)?.rsplit('/').next().unwrap_or("");
        let Some((_, flags_with_value)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) else {
            return Some(at);
        };
        at += 1;
        while let Some(word) = words.get(at) {
            if word.starts_with('-') {
                at += if flags_with_value.contains(word) { 2 } else { 1 };
            } else if name == "env" && word.contains('=') {
                at += 1;
            } else {
                break;
            }
        }
        // `timeout 30 curl`: the duration.
        if name == "timeout" {
            at += 1;
        }
    }
}

/// The program's name without its folder.
pub fn program_name<'text>(words: &[&'text str]) -> Option<&'text str> {
    words[program(words)?].rsplit('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn looks_behind_wrappers() {
        for (line, name) in [
            ("curl -k x", "curl"),
            ("/usr/bin/curl x", "curl"),
            ("sudo -E bash -", "bash"),
            ("sudo -u app env A=1 B=2 nice -n 5 python x", "python"),
            ("timeout -s KILL 30 wget x", "wget"),
            ("exec gosu app x", "gosu"),
        ] {
            let words: Vec<_> = line.split(' ').collect();
            assert_eq!(program_name(&words), Some(name), "{line}");
        }
        assert_eq!(program(&["sudo", "-i"]), None);
        assert_eq!(program(&[]), None);
    }

    proptest! {
        #[test]
        fn never_panics(line in "[a-z=/ -]{0,40}|(sudo|env|timeout|-u| ){0,12}") {
            let _ = program_name(&line.split(' ').collect::<Vec<_>>());
        }
    }
}
