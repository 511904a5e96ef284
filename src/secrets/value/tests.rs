//! Tables of values and what they are.

use super::*;
use crate::secrets::name::judge_name;

fn judge(name: &str, value: &str) -> Judgement {
    judge_value(&judge_name(name).unwrap_or_else(|| panic!("{name} is no secret's name")), value)
}

#[test]
fn believable_values() {
    let mut wrong = Vec::new();
    for (name, value) in [
        ("password", "hunter2!"),
        ("password", "hunter2"),
        ("password", "S3cretPass"),
        ("password", "admin123"),
        ("password", "secret123"),
        ("db_password", "Tr0ub4dor&3"),
        ("passwd", "p4ssw0rd!"),
        ("password", "pa$$word!x"),
        ("password", "83920174"),
        ("password", "Gull-over-Pier-82"),
        ("password", "lantern-quay-4471"),
        ("password", "xkqzvbnmwp"),
        ("smtp_pass", "mT7-wq2-Zk"),
        ("api_key", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
        ("api_key", "kX9fLq2vR7mZtB4wYc1N"),
        ("api_key", "AbK-29fj-Xq81-PPz0"),
        ("SECRET_KEY", "q8Zt2!vLw0@xRm5#"),
        ("SECRET_KEY", "5b1c9e0f7a3d4e6f8091a2b3c4d5e6f7"),
        ("SECRET_KEY", "n@2s0^w8d1x$f_3q%z&l9k(v7m+r4t=y6"),
        ("jwt_secret", "wint3r-F4lcon-lamp9x"),
        ("client_secret", "d3b07384d113edec49eaa6238ad5ff00"),
        ("access_token", "2YotnFZFEjr1zCsicMWpAA"),
        ("auth_token", "f3a91c77b2"),
        ("api_key", "6f9619ff-8b86-d011-b42d-00cf4fc964ff"),
        ("webhook_secret", "QmFzZTY0IGlzIG5vdCBlbmNyeXB0aW9uIQ=="),
        ("token", "bXlzdXBlcnRva2VuMTIzNDU2Nzg5MA"),
    ] {
        if judge(name, value) != Judgement::Believable {
            wrong.push((name, value, judge(name, value)));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn defaults() {
    let mut wrong = Vec::new();
    for (name, value) in [
        ("SECRET_KEY", "change-me"),
        ("SECRET_KEY", "changeme"),
        ("SECRET_KEY", "your-secret-key-keep-it-secret"),
        ("SECRET_KEY", "your-256-bit-secret"),
        ("SECRET_KEY", "secret"),
        ("SECRET_KEY", "dev"),
        ("SECRET_KEY", "super-secret-key"),
        ("SECRET_KEY", "supersecretkey"),
        ("SECRET_KEY", "my-secret-key-123"),
        ("SECRET_KEY", "django-insecure-8#k2v!x9q0"),
        ("jwt_secret", "CHANGE_ME_IN_PRODUCTION"),
        ("password", "changeme"),
        ("password", "postgres"),
        ("password", "123456"),
        ("password", "admin"),
        ("password", "example"),
        ("api_key", "your_api_key_here"),
        ("api_key", "sk-example-0a1b2c"),
        ("api_key", "1234567890abcdef"),
    ] {
        if judge(name, value) != Judgement::Default {
            wrong.push((name, value, judge(name, value)));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn silent_values() {
    use Reason::{Expression, Length, Location, Masked, Name, Prose, Protected, Template};
    let mut wrong = Vec::new();
    for (name, value, reason) in [
        ("password", "", Length),
        ("password", "x", Length),
        ("password", "${DB_PASSWORD}", Template),
        ("password", "${DB_PASSWORD:-x}", Template),
        ("password", "{{ db_password }}", Template),
        ("password", "$DB_PASSWORD", Template),
        ("password", "$(cat /run/secrets/db)", Template),
        ("password", "<your-password>", Template),
        ("password", "%s", Length),
        ("password", "{password}", Template),
        ("password", "pw-{name}-1", Template),
        ("password", "env:DB_PASSWORD", Template),
        ("password", "op://vault/item/password", Template),
        ("password", "arn:aws:secretsmanager:eu-west-1:1:secret:x", Template),
        ("password", "********", Masked),
        ("password", "xxxxxxxx", Masked),
        ("token", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...", Masked),
        ("api_key", "sk-XXXXXXXXXXXXXXXX", Masked),
        ("password", "The password must have 8 characters", Prose),
        ("password", "Contraseña", Prose),
        ("password", "$2b$12$KIXQ4yqL9cB1u8hQn0mXeO", Protected),
        ("password", "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$x", Protected),
        ("password", "pbkdf2_sha256$260000$abc$def=", Protected),
        ("secret", "ENC[AES256_GCM,data:xyz]", Protected),
        ("password", "/run/secrets/db_password", Location),
        ("private_key", "certs/server.pem", Location),
        ("token", "https://auth.example.com/token", Location),
        ("password", "user@example.com", Location),
        ("pwd", "1.2.840.113549.1.9.7", Location),
        ("credentials", "acme256/home#assets/deploy-keys", Location),
        ("password", "getpass()", Expression),
        ("token", "\\w+", Expression),
        ("password", "#id_password", Expression),
        ("password", "--password", Expression),
        ("token", "?token=", Expression),
        ("password", "Password:", Expression),
        ("password", "password", Name),
        ("PASSWORD", "user_password", Name),
        ("access_token", "access_token", Name),
        ("access_token", "accessToken", Name),
        ("ACCESS_TOKEN", "oauth.access_token", Name),
        ("password", "auth.login.password", Name),
        ("api_key", "X-API-Key", Name),
        ("token", "Bearer", Name),
        ("token", "string", Name),
        ("password", "sha256", Name),
        ("secret", "my-app-tls-cert", Name),
        ("auth_token", "oauth2", Name),
        ("token", "NUMBER", Name),
    ] {
        if judge(name, value) != Judgement::Silent(reason) {
            wrong.push((name, value, judge(name, value)));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn long_values_are_judged_in_linear_time() {
    let long = "aB3/".repeat(250_000);
    let start = std::time::Instant::now();
    assert_eq!(judge("password", &long), Judgement::Silent(Reason::Length));
    assert!(start.elapsed().as_millis() < 100);
}
