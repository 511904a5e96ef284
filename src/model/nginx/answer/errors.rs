//! Statuses on their way out: `error_page`, and `Location` made absolute.

use super::super::Directive;
use super::{Content, Exchange, Step, Unknown, target};

impl Exchange<'_, '_> {
    /// Sends a status, or goes where `error_page` says.
    pub(super) fn error_page(&mut self, status: u16) -> Result<Step, Unknown> {
        self.error_status = Some(status);
        let may = !self.has_error_page || self.level.is_on("recursive_error_pages");
        let page = self
            .level
            .effective("error_page")
            .filter(|_| may)
            .and_then(|pages| pages.directives.into_iter().find(|page| codes(*page).any(|code| code == status)));
        let Some(page) = page else { return Ok(Step::Done(status, Content::Own(None))) };
        self.has_error_page = true;
        let arguments = page.arguments();
        let kept = arguments.iter().rev().nth(1).and_then(|word| word.strip_prefix('='));
        match kept {
            Some("") => self.error_status = None,
            Some(code) => self.error_status = code.parse().ok(),
            None => {}
        }
        let target = self.text(arguments.last().unwrap_or(&""))?;
        if target.starts_with('/') {
            if self.method != "HEAD" {
                "GET".clone_into(&mut self.method);
            }
            let (uri, args) = target.split_once('?').map_or((target.as_str(), None), |(uri, args)| (uri, Some(args)));
            return Ok(self.redirect_to(uri, args));
        }
        if target.starts_with('@') {
            return Ok(self.name_to(&target));
        }
        self.location_header = Some(target);
        let status = self.error_status.filter(|code| matches!(code, 301..=303 | 307 | 308)).unwrap_or(302);
        self.error_status = Some(status);
        Ok(Step::Done(status, Content::Own(None)))
    }

    /// `Location: /path` is completed unless `absolute_redirect off`.
    pub(super) fn absolute(&self, location: String) -> String {
        if !location.starts_with('/') || self.level.value("absolute_redirect") == Some("off") {
            return location;
        }
        let named = self.level.is_on("server_name_in_redirect");
        let host = if named {
            self.server.block.child("server_name").and_then(|names| names.argument(0)).unwrap_or("").to_owned()
        } else {
            target::host(self.request.header("host").unwrap_or(""))
        };
        let (scheme, default) = if self.request.tls { ("https", 443) } else { ("http", 80) };
        let port = if self.request.port == default || self.level.value("port_in_redirect") == Some("off") {
            String::new()
        } else {
            format!(":{}", self.request.port)
        };
        format!("{scheme}://{host}{port}{location}")
    }
}

/// The statuses that an `error_page` is for.
fn codes(page: Directive<'_>) -> impl Iterator<Item = u16> {
    let words = page.arguments();
    let count = words.len().saturating_sub(1);
    words.into_iter().take(count).filter_map(|word| word.parse().ok())
}
