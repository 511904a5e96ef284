//! The table as one HTML page that needs nothing else: no script, no network.

use super::table::{self, HEADINGS, NOTHING};
use super::view::RoutesView;
use crate::source::printable::printable_line as printable;
use std::io::{self, Write};

const STYLE: &str = "body{font:14px/1.4 system-ui,sans-serif;margin:2rem;color:#1b1f24;background:#fff}\
table{border-collapse:collapse;width:100%;margin-bottom:2rem}\
th,td{border-bottom:1px solid #d0d7de;padding:.3rem .6rem;text-align:left;vertical-align:top}\
th{background:#f6f8fa}td{font-family:ui-monospace,monospace;font-size:12px;overflow-wrap:anywhere}\
.none{color:#b42318;font-weight:bold}.optional{color:#9a6700}.quiet{color:#6e7781}";

/// Writes the table as a page.
///
/// # Errors
/// What the stream says.
pub fn html(view: &RoutesView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(out, "<title>Routes</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>Routes</h1>")?;
    writeln!(out, "<p>{}</p>", escape(&table::summary(&view.routes)))?;
    let mut names: Vec<Option<&str>> = view.routes.iter().map(|route| route.app.as_deref()).collect();
    names.dedup();
    for name in names {
        let heading = name.unwrap_or("Routers that no application includes");
        writeln!(out, "<h2>{}</h2>\n<table>\n<thead><tr>", escape(heading))?;
        for heading in HEADINGS.iter().chain(&["Findings"]) {
            write!(out, "<th>{heading}</th>")?;
        }
        writeln!(out, "</tr></thead>\n<tbody>")?;
        for route in view.routes.iter().filter(|route| route.app.as_deref() == name) {
            write!(out, "<tr>")?;
            for cell in table::cells(route) {
                let class = match cell.as_str() {
                    NOTHING => " class=\"none\"",
                    "-" => " class=\"quiet\"",
                    cell if cell.starts_with("optional: ") => " class=\"optional\"",
                    _ => "",
                };
                write!(out, "<td{class}>{}</td>", escape(&cell))?;
            }
            let findings: Vec<String> = route.findings.iter().map(|finding| escape(&finding.rule)).collect();
            writeln!(out, "<td>{}</td></tr>", findings.join("<br>"))?;
        }
        writeln!(out, "</tbody>\n</table>")?;
    }
    writeln!(out, "</body>\n</html>")
}

fn escape(text: &str) -> String {
    let text = printable(text);
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
