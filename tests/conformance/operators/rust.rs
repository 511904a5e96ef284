// What the patterns of rust.yaml are tried on. It is parsed, never compiled.
use std::process::Command;
use std::collections::HashMap as Map;
mod m {}

fn plain() {
    Command::new("sh").arg("-c").arg(x).spawn().unwrap();
    let a = Command::new(y);
    let b = foo(1, 2);
    let c: u32 = foo(3);
    let mut d = foo(4);
    bar.baz(foo(5));
    if foo(6) { one(); }
    if let Some(v) = foo(7) { two(v); } else { three(); }
    match foo(8) { Ok(v) => v, Err(e) => e }
    for i in foo(9) { i; }
    while foo(10) { break; }
    loop { foo(11); }
    return foo(12);
}

pub fn two(a: u32, b: &str) -> Result<u32, Error> {
    unsafe { danger(a); }
    let x = unsafe { danger(b) };
    foo(a)?;
    foo(a).await?;
    Ok(a)
}

async fn three(x: String) {
    println!("{}", x);
    format!("a {}", x);
    let v = vec![1, 2, 3];
    a.b.c;
    a.b().c();
    a == b;
    !a;
    -1;
    &x;
    &mut x;
    *x;
    x as u32;
    x[0];
    x[0..1];
    (1, 2);
    [1, 2];
    a && b;
    a || b;
    a + b;
    a.b = 3;
    a = 4;
    a += 5;
    |y| foo(y);
    move |y| { foo(y); };
    Point { x: 1, y: 2 };
    "lit";
    b"lit";
    'c';
    r"raw";
    1_000;
    0x10;
    true;
}

struct Point { x: u32, y: u32 }
enum Kind { A, B(u32) }
impl Point { fn new() -> Self { Point { x: 0, y: 0 } } }
impl Trait for Point { fn go(&self) {} }
trait Trait { fn go(&self); }
const N: u32 = 3;
static S: &str = "s";
#[derive(Debug)]
struct Q(u32);
#[test]
fn tested() { assert_eq!(1, 1); }
unsafe fn raw(p: *const u8) { *p; }
