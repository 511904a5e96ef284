//! When the tables of facts that age were last held against their sources.
//!
//! A test fails once a table is more than a year older than the newest release in CHANGELOG.md. It asks the release, not
//! the clock: an old checkout still builds, and whoever prepares a release is reminded.

/// Advisories on GitHub actions (GitHub Advisory Database): year and month.
pub(super) const ACTION_ADVISORIES: &str = "2026-01";

/// Advisories on Python packages (GitHub Advisory Database): year and month.
pub(super) const PACKAGE_ADVISORIES: &str = "2026-01";

#[cfg(test)]
mod tests {
    use super::*;

    /// Months since the year 0 of `2026-01` and `2026-01-31`.
    fn months(date: &str) -> Option<u32> {
        let (year, rest) = date.split_once('-')?;
        let (year, month): (u32, u32) = (year.parse().ok()?, rest.get(..2)?.parse().ok()?);
        (year >= 2020 && (1..=12).contains(&month)).then_some(year * 12 + month)
    }

    /// The date of the newest release, or of the newest table when there was no release yet.
    fn newest_release() -> Option<u32> {
        let changelog = include_str!("../../CHANGELOG.md");
        let headings = changelog.lines().filter_map(|line| line.strip_prefix("## "));
        headings.filter_map(|heading| heading.split_whitespace().find_map(months)).max()
    }

    #[test]
    fn no_table_is_a_year_older_than_the_release() {
        let mut tables = vec![
            ("advisories on actions".to_owned(), ACTION_ADVISORIES.to_owned()),
            ("advisories on packages".to_owned(), PACKAGE_ADVISORIES.to_owned()),
        ];
        // Tables that are rules say it in their message: `(as of 2026-01)`.
        for entry in walkdir::WalkDir::new("rules").sort_by_file_name().into_iter().flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let dates = text.split("(as of ").skip(1).filter_map(|rest| rest.split(')').next());
            let dates = dates.filter(|date| !date.starts_with('{'));
            tables.extend(dates.map(|date| (entry.path().display().to_string(), date.to_owned())));
        }
        assert!(tables.iter().any(|(name, _)| name.contains("eol-base-image")), "the table of base images has no date");
        for (name, date) in &tables {
            let of_table = months(date).unwrap_or_else(|| panic!("{name}: `{date}` is no date like 2026-01"));
            if let Some(release) = newest_release() {
                assert!(
                    of_table + 12 >= release,
                    "{name}: the table of {date} is more than a year older than the release; hold it against its source"
                );
            }
        }
    }

    #[test]
    fn dates_are_read_by_month() {
        assert_eq!(months("2026-01").unwrap() + 11, months("2026-12-31").unwrap());
        assert_eq!(months("soon"), None);
        assert_eq!(months("0.1.0"), None);
    }
}
