//! "Did you mean": the known word that a mistyped one is closest to.
//!
//! It knows words only; what they name is the caller's business.

/// The candidate closest to `wanted`, when it is close enough to be a slip of the hand.
pub fn closest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A long input is no slip, and the distance costs time in the product of both lengths.
    if wanted.len() > 100 {
        return None;
    }
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let distance = strsim::damerau_levenshtein(&wanted.to_lowercase(), &candidate.to_lowercase());
            let allowed = (wanted.chars().count().max(candidate.chars().count()) / 3).max(1);
            (distance <= allowed).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_slips_and_leaves_the_rest() {
        let known = ["exclude", "include", "fail-on"];
        assert_eq!(closest("exlude", known), Some("exclude"));
        assert_eq!(closest("fail_on", known), Some("fail-on"));
        assert_eq!(closest("severity", known), None);
    }
}
