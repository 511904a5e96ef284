//! JSON Web Tokens (RFC 7519): header and payload are JSON, the third part is there.

use super::{Candidate, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Tokens that ended before this day (2025-01-01, seconds since 1970) are history. A fixed day, so that one text always
/// gets one answer.
const LONG_AGO: i64 = 1_735_689_600;
/// Tokens that live no longer than this (a day, in seconds) have ended when somebody reads the code.
const SHORT_LIFE: i64 = 86_400;

pub(super) fn validate(candidate: &Candidate<'_>) -> Verdict {
    let mut parts = candidate.secret().split('.');
    let (Some(header), Some(payload), Some(signature)) = (parts.next(), parts.next(), parts.next()) else {
        return Verdict::Reject;
    };
    let (Some(header), Some(payload)) = (decode(header), decode(payload)) else { return Verdict::Reject };
    if header.get("alg").and_then(Value::as_str).is_none_or(|algorithm| algorithm.eq_ignore_ascii_case("none"))
        || signature.len() < 16
        || is_sample(&payload)
    {
        return Verdict::Reject;
    }
    let time = |claim: &str| payload.get(claim).and_then(Value::as_i64);
    let expired = time("exp").is_some_and(|end| end < LONG_AGO);
    let short = time("exp").zip(time("iat")).is_some_and(|(end, begin)| end.saturating_sub(begin) <= SHORT_LIFE);
    let anonymous = payload.get("role").and_then(Value::as_str) == Some("anon");
    if expired || short || anonymous { Verdict::Weak } else { Verdict::Strong }
}

fn decode(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    value.is_object().then_some(value)
}

/// The subjects of the tokens that introductions show.
fn is_sample(payload: &Value) -> bool {
    let text = |claim: &str| payload.get(claim).and_then(Value::as_str).unwrap_or("");
    text("name") == "John Doe"
        || text("sub") == "1234567890"
        || payload.get("some").and_then(Value::as_str) == Some("payload")
        || payload.get("foo").and_then(Value::as_str) == Some("bar")
        || payload.get("k").and_then(Value::as_str) == Some("value")
        || payload.get("hello").and_then(Value::as_str) == Some("world")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str, signature: &str) -> String {
        format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    }

    fn verdict(text: &str) -> Verdict {
        validate(&Candidate { text, whole: 0..text.len(), value: 0..text.len() })
    }

    #[test]
    fn grades_tokens() {
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        let signature = "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";
        for (payload, expected) in [
            (r#"{"sub":"service-billing"}"#, Verdict::Strong),
            (r#"{"sub":"a","exp":4102444800}"#, Verdict::Strong),
            (r#"{"sub":"a","exp":1500000000}"#, Verdict::Weak),
            (r#"{"sub":"a","iat":4102444000,"exp":4102444800}"#, Verdict::Weak),
            (r#"{"role":"anon","iss":"supabase"}"#, Verdict::Weak),
            (r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#, Verdict::Reject),
            (r#"["no object"]"#, Verdict::Reject),
            ("{broken", Verdict::Reject),
        ] {
            assert_eq!(verdict(&token(header, payload, signature)), expected, "{payload}");
        }
        assert_eq!(verdict(&token(r#"{"alg":"none"}"#, "{}", signature)), Verdict::Reject);
        assert_eq!(verdict(&token(header, r#"{"sub":"a"}"#, "short")), Verdict::Reject);
        assert_eq!(verdict("eyJhbGciOiJIUzI1NiJ9"), Verdict::Reject);
    }
}
