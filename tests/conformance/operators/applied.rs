// What the rules of applied-rust.yaml are tried on. It is parsed, never compiled.
use reqwest::Client;
use std::collections::HashMap;
use std::env;
use std::fs::File;
use std::process::Command;

const LIMIT: usize = 100;
static NAME: &str = "name";

#[derive(Debug, Clone)]
pub struct Settings {
    pub url: String,
    token: Option<String>,
}

impl Settings {
    pub fn new(url: &str) -> Self {
        Self { url: url.to_string(), token: None }
    }

    fn token(&self) -> String {
        self.token.clone().unwrap()
    }
}

#[get("/run")]
async fn run(query: Query, name: String) -> Result<String, Error> {
    let output = Command::new("sh").arg("-c").arg(name).output()?;
    Command::new("ls").arg("-l").spawn().unwrap();
    Command::new(query.program).spawn().expect("no program");
    let text = String::from_utf8(output.stdout).unwrap();
    Ok(text)
}

async fn fetch(url: String) -> Result<String, Error> {
    let client = Client::builder().danger_accept_invalid_certs(true).build()?;
    let other = Client::builder().timeout(five()).build()?;
    let answer = client.get(url).send().await?;
    let body = answer.text().await?;
    if body.len() > LIMIT {
        return Err(Error::TooLong);
    }
    Ok(body)
}

fn query(db: &Connection, name: &str) -> usize {
    let sql = "SELECT * FROM users WHERE name = ?";
    db.execute(sql, params(name));
    db.execute("DELETE FROM users", none());
    let built = build(name);
    db.execute(built, none());
    let mut count = 0;
    for row in db.query(sql) {
        count += 1;
        if row.bad() {
            continue;
        }
    }
    count
}

unsafe fn raw(pointer: *const u8) -> u8 {
    *pointer
}

fn memory(size: usize) {
    let a = unsafe { raw(start()) };
    let b: Vec<u8> = Vec::with_capacity(size);
    unsafe {
        touch(a);
        transmute(b)
    }
    let value = a as u32;
    let masked = value & 0xff;
    std::mem::forget(value);
    drop(masked);
}

fn files(path: &str) {
    let file = File::open(path).unwrap();
    let home = env::var("HOME").unwrap();
    let token = env::var("TOKEN").unwrap_or("secret".to_string());
    read(file, home);
    match token.as_str() {
        "secret" => panic(),
        other => keep(other),
    }
    while waiting() {
        sleep(10);
    }
    loop {
        if done() {
            break;
        }
    }
    let port = 8080;
    listen("0.0.0.0", port);
    listen("127.0.0.1", 80);
    let closure = |x| double(x);
    closure(2);
    if port == 8080 && size() > 3 {
        log(port);
    } else {
        log(0);
    }
}
