//! Does the nginx model say what nginx does?
//!
//! Each file or folder in tests/data/nginx_truth is a configuration (what stands in `http { }`) with requests in its
//! comments: `#> GET /path Name=value`. nginx is started with it on this machine, two backends beside it; what comes back
//! (status, headers, redirects, which backend with which path and headers) must be what the model says.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "this is a test")]

use bartizan::facts::FileFacts;
use bartizan::model::Project;
use bartizan::model::nginx::answer::{Answer, Backend, Content, OnDisk, Request, World, answer};
use bartizan::source::Source;
use bartizan::syntax::{FileKind, Language, parse};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Headers that nginx sends by itself.
const OWN_HEADERS: [&str; 10] = [
    "transfer-encoding",
    "server",
    "date",
    "content-type",
    "content-length",
    "connection",
    "last-modified",
    "etag",
    "accept-ranges",
    "www-authenticate",
];

struct Disk;

impl World for Disk {
    fn look(&self, path: &str) -> OnDisk {
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => OnDisk::Folder,
            Ok(_) => OnDisk::File,
            Err(_) => OnDisk::Absent,
        }
    }
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    body: String,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A server that says what it was asked.
fn backend() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(Some(PATIENCE));
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let uri = lines.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)).unwrap_or_default();
            let body = lines.map(|line| line + "\n").collect::<String>();
            let _ = write!(
                &stream,
                "HTTP/1.1 200 OK\r\nX-Backend-Port: {port}\r\nX-Backend-Uri: {uri}\r\nX-Powered-By: test\r\nContent-Length: \
                 {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    port
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Files to serve: each holds its own path.
fn web_root(folder: &Path) -> PathBuf {
    let root = folder.join("web");
    let names = [
        "index.html",
        "a.html",
        "50x.html",
        "dir/index.html",
        "dir/b.txt",
        "files/one.txt",
        "files/.env",
        "filesx/two.txt",
    ];
    for name in names {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, name).unwrap();
    }
    std::fs::create_dir_all(root.join("empty")).unwrap();
    root
}

/// nginx with a configuration; stopped when it is dropped.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(folder: &Path, port: u16) -> Result<Nginx, String> {
    let main = folder.join("nginx.conf");
    let log = folder.join("error.log");
    let child = Command::new("nginx")
        .args(["-e", log.to_str().unwrap(), "-p", folder.to_str().unwrap(), "-c", main.to_str().unwrap()])
        .args(["-g", "daemon off; master_process off; pid nginx.pid;"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut nginx = Nginx(child);
    let begin = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if nginx.0.try_wait().unwrap().is_some() || begin.elapsed() > PATIENCE {
            return Err(format!("nginx does not start: {}", std::fs::read_to_string(&log).unwrap_or_default()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(nginx)
}

/// `None` when the connection is closed without an answer.
fn ask(request: &Request<'_>) -> Option<Reply> {
    let mut stream = TcpStream::connect(("127.0.0.1", request.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "{} {} HTTP/1.1\r\n", request.method, request.target).unwrap();
    for (name, value) in request.headers {
        write!(stream, "{name}: {value}\r\n").unwrap();
    }
    write!(stream, "\r\n").unwrap();
    let mut bytes = Vec::new();
    // A closed connection may show as an error.
    let _ = stream.take(1 << 20).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(": ").or_else(|| Some((line.strip_suffix(':')?, ""))))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Some(Reply { status, headers, body: body.to_owned() })
}

/// What of the model's answer is not so.
fn differences(method: &str, said: &Answer, reply: Option<&Reply>) -> Vec<String> {
    let Some(reply) = reply else {
        return if said.content == Content::Closed {
            Vec::new()
        } else {
            vec!["nginx closes the connection".to_owned()]
        };
    };
    let mut different = Vec::new();
    let mut hold = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            different.push(format!("{what}: model {ours:?}, nginx {theirs:?}"));
        }
    };
    hold("status", said.status.unwrap_or(200).to_string(), reply.status.to_string());
    hold("location", format!("{:?}", said.location), format!("{:?}", reply.header("location").map(str::to_owned)));
    let added = reply.headers.iter().filter(|(name, _)| {
        !OWN_HEADERS.contains(&name.as_str())
            && name != "location"
            && !name.starts_with("x-backend")
            && name != "x-powered-by"
    });
    let mut theirs: Vec<_> = added.cloned().collect();
    let mut ours = said.headers.clone();
    theirs.sort();
    ours.sort();
    hold("headers", format!("{ours:?}"), format!("{theirs:?}"));
    let port = reply.header("x-backend-port").map(|port| format!("127.0.0.1:{port}"));
    match &said.content {
        Content::Backend(Backend { address, uri, headers }) => {
            hold("backend", format!("{:?}", Some(address)), format!("{port:?}"));
            hold("backend's path", uri.clone(), reply.header("x-backend-uri").unwrap_or("").to_owned());
            let sent: Vec<(String, String)> = reply
                .body
                .lines()
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            // The answer to HEAD has no body that tells.
            for (name, value) in headers.iter().filter(|_| method != "HEAD") {
                let theirs = sent.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value);
                hold(&format!("sent header {name}"), value.clone(), theirs.to_owned());
            }
        }
        content => {
            hold("backend", "None".to_owned(), format!("{port:?}"));
            match content {
                Content::File(path) => {
                    hold("file", std::fs::read_to_string(path).unwrap_or_default(), reply.body.clone());
                }
                Content::Own(Some(text)) => hold("text", text.clone(), reply.body.clone()),
                Content::Closed => hold("connection", "closed".to_owned(), "open".to_owned()),
                _ => {}
            }
        }
    }
    different
}

/// The files of a case: `http.conf` and what it includes.
fn files_of(case: &Path) -> BTreeMap<String, String> {
    if case.is_file() {
        return BTreeMap::from([("http.conf".to_owned(), std::fs::read_to_string(case).unwrap())]);
    }
    let entries = walkdir::WalkDir::new(case).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    entries
        .map(|entry| {
            let name = entry.path().strip_prefix(case).unwrap().to_str().unwrap().replace('\\', "/");
            (name, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// Runs one configuration; returns the number of requests and what differs.
fn run(case: &Path, backends: (u16, u16)) -> (usize, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let root = web_root(folder.path());
    let (port, second) = (free_port(), free_port());
    let mut files = files_of(case);
    let temporary =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path tmp_{name};"));
    files.insert(
        "nginx.conf".to_owned(),
        format!(
            "events {{ }}\nhttp {{ access_log off; default_type text/plain; {} include http.conf; }}\n",
            temporary.join(" ")
        ),
    );
    let mut facts = Vec::new();
    let mut requests = Vec::new();
    for (name, text) in &files {
        let text = text
            .replace("__PORT__", &port.to_string())
            .replace("__PORT2__", &second.to_string())
            .replace("__A__", &format!("127.0.0.1:{}", backends.0))
            .replace("__B__", &format!("127.0.0.1:{}", backends.1))
            .replace("__ROOT__", root.to_str().unwrap());
        requests.extend(text.lines().filter_map(|line| line.trim().strip_prefix("#> ")).map(str::to_owned));
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
        let source = Arc::new(Source::new(format!("nginx/{name}"), text.as_str()));
        let tree = parse(Language::Nginx, text.as_str()).tree;
        facts.push(FileFacts::collect(&source, &tree, FileKind::Nginx, name, None));
    }
    let project = Project::link(facts);
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let roots: Vec<_> = project.nginx().roots().collect();
    assert_eq!(roots.len(), 1, "{name}: one configuration");
    assert!(!requests.is_empty(), "{name}: asks nothing");
    let nginx = match start(folder.path(), port) {
        Ok(nginx) => nginx,
        Err(reason) => return (0, vec![format!("{name}: {reason}")]),
    };
    let mut different = Vec::new();
    for line in &requests {
        let words: Vec<&str> = line.split(' ').collect();
        let mut headers: Vec<(&str, String)> = words[2..]
            .iter()
            .filter_map(|word| word.split_once('='))
            .map(|(name, value)| (name, value.replace('~', " ")))
            .collect();
        let at = if headers.iter().any(|(name, _)| *name == "PORT2") { second } else { port };
        headers.retain(|(name, _)| *name != "PORT2");
        if headers.iter().all(|(name, _)| *name != "Host") {
            headers.push(("Host", "site.test".to_owned()));
        }
        if headers.iter().all(|(name, _)| *name != "Connection") {
            headers.push(("Connection", "close".to_owned()));
        }
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = Request {
            port: at,
            address: "127.0.0.1",
            method: words[0],
            target: words[1],
            headers: &headers,
            client: IpAddr::V4(Ipv4Addr::LOCALHOST),
            tls: false,
        };
        let reply = ask(&request);
        match answer(roots[0], &request, &Disk) {
            Some(Ok(said)) => {
                let found = differences(request.method, &said, reply.as_ref());
                different.extend(found.into_iter().map(|one| format!("{name}: {line}: {one}")));
            }
            other => different.push(format!("{name}: {line}: the model says {other:?}, nginx {reply:?}")),
        }
    }
    drop(nginx);
    (requests.len(), different)
}

#[test]
fn the_model_says_what_nginx_does() {
    if Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_err() {
        println!("skipped: nginx is not installed");
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/nginx_truth");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    cases.sort();
    assert!(cases.len() >= 30, "only {} configurations", cases.len());
    let backends = (backend(), backend());
    let (mut asked, mut different) = (0, Vec::new());
    for case in &cases {
        let (requests, found) = run(case, backends);
        asked += requests;
        different.extend(found);
    }
    println!("nginx: {} configurations, {asked} requests, {} differences", cases.len(), different.len());
    assert_eq!(different, [""; 0], "{}", different.join("\n"));
}
