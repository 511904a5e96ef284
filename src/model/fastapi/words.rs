//! Names that tell what something is about.

pub use crate::naming::words;

fn has_word(name: &str, wanted: &[&str]) -> bool {
    words(name).iter().any(|word| wanted.contains(&word.as_str()))
}

/// Whether a value of this name is what a sender proves itself with.
pub fn is_credential(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&[
        "token",
        "tokens",
        "jwt",
        "bearer",
        "authorization",
        "auth",
        "credential",
        "credentials",
        "creds",
        "sessionid",
        "apikey",
        "secret",
        "signature",
        "sig",
        "hmac",
        "password",
        "passwd",
    ]) || (has(&["key"]) && has(&["api", "access", "auth", "private", "x", "client", "service", "admin", "internal"]))
        || (has(&["session"]) && has(&["id", "cookie", "key"]))
}

/// Whether a header or cookie of this name carries what a sender proves itself with.
pub fn is_credential_header(name: &str) -> bool {
    let is_policy = name.to_ascii_lowercase().starts_with("access-control-");
    !is_policy && (is_credential(name) || has_word(name, &["session", "sid"]))
}

/// Whether something of this name finds out who is asking.
pub fn is_about_authentication(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&[
        "auth",
        "authenticate",
        "authenticated",
        "authentication",
        "authenticator",
        "login",
        "logged",
        "jwt",
        "token",
        "bearer",
        "oauth",
        "oauth2",
        "apikey",
        "credentials",
        "signature",
        "principal",
        "identity",
        "protected",
        "signed",
    ]) || (has(&["api"]) && has(&["key"]))
        || (has(&["current", "require", "required", "authed", "verified"]) && has(&["user", "account", "member"]))
}

/// Whether something of this name is about what a sender may do.
pub fn is_about_rights(name: &str) -> bool {
    has_word(
        name,
        &[
            "admin",
            "admins",
            "administrator",
            "superuser",
            "superadmin",
            "staff",
            "role",
            "roles",
            "permission",
            "permissions",
            "perms",
            "scope",
            "scopes",
            "authorize",
            "authorise",
            "authorized",
            "authorised",
            "authorization",
            "owner",
            "ownership",
            "owns",
            "privilege",
            "privileges",
            "rbac",
            "acl",
            "policy",
            "enforce",
            "moderator",
            "manager",
            "editor",
            "tenant",
            "groups",
            "allowed",
            "owned",
        ],
    )
}

/// Whether an attribute of a user says whether the account may be used at all, which is no right of its own.
pub fn is_about_account_state(name: &str) -> bool {
    has_word(
        name,
        &[
            "active",
            "disabled",
            "enabled",
            "verified",
            "banned",
            "blocked",
            "locked",
            "suspended",
            "deleted",
            "confirmed",
        ],
    )
}

/// Whether a setting of this name switches checks off.
pub fn is_switch(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&["debug", "testing", "dev", "development", "bypass", "insecure"])
        || (has(&["auth", "authentication", "security", "login"])
            && has(&["enabled", "enable", "disabled", "disable", "skip", "required", "off", "on", "use", "no"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("get_currentUser2"), ["get", "current", "user2"]);
        assert_eq!(words("x-api-key"), ["x", "api", "key"]);
        assert_eq!(words("HTTPBearer"), ["http", "bearer"]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn names_tell_what_they_are_about() {
        assert!(is_credential("x_api_key") && is_credential("Authorization") && !is_credential("page"));
        assert!(is_about_authentication("get_current_user") && !is_about_authentication("get_user"));
        assert!(is_about_rights("require_admin") && !is_about_rights("current_user"));
        assert!(is_switch("auth_enabled") && !is_switch("page_size"));
    }
}
