//! The table on a terminal: one block for each application, one line for each route.

use super::table::{self, NOTHING};
use super::view::{AppView, RouteView, RoutesView};
use crate::report::paint::Paint;
use crate::source::printable::printable_line as printable;
use std::io::{self, Write};

/// Longer cells are not waited for when columns are lined up.
const WIDEST: [usize; 4] = [12, 48, 32, 28];

/// Writes the table for people.
///
/// # Errors
/// What the stream says.
pub fn text(view: &RoutesView, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if view.routes.is_empty() && view.apps.is_empty() {
        return writeln!(out, "No route was found: no FastAPI or Starlette application, and no router.");
    }
    for app in &view.apps {
        let routes: Vec<&RouteView> =
            view.routes.iter().filter(|route| route.app.as_ref() == Some(&app.name)).collect();
        if routes.is_empty() && app.mounts.is_empty() {
            continue;
        }
        heading(app, paint, out)?;
        rows(&routes, paint, out)?;
        writeln!(out)?;
    }
    let unnamed =
        |route: &&RouteView| route.app.as_ref().is_none_or(|name| !view.apps.iter().any(|app| app.name == *name));
    let rest: Vec<&RouteView> = view.routes.iter().filter(unnamed).collect();
    if !rest.is_empty() {
        writeln!(out, "{}", paint.bold("Routers that no application includes"))?;
        rows(&rest, paint, out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", table::summary(&view.routes))
}

fn heading(app: &AppView, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let place = format!("{}:{}", app.file, app.line);
    writeln!(out, "{}  {}", paint.bold(printable(&app.name)), paint.dim(printable(&place)))?;
    let docs: Vec<&str> =
        [&app.docs.openapi, &app.docs.swagger, &app.docs.redoc].into_iter().flatten().map(String::as_str).collect();
    let docs = match (docs.is_empty(), app.docs.conditional) {
        (true, _) => "off".to_owned(),
        (false, true) => format!("{} (a setting decides)", docs.join(" ")),
        (false, false) => docs.join(" "),
    };
    writeln!(out, "  documentation: {}", printable(&docs))?;
    if !app.middleware.is_empty() {
        writeln!(out, "  middleware: {}", printable(&app.middleware.join(", ")))?;
    }
    for mount in &app.mounts {
        writeln!(out, "  mounted: {} {}", printable(&mount.path), printable(&mount.target))?;
    }
    Ok(())
}

fn rows(routes: &[&RouteView], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<[String; 7]> =
        routes.iter().map(|route| table::cells(route).map(|cell| printable(&cell).into_owned())).collect();
    let mut widths = [0; 4];
    for row in &cells {
        for (index, width) in widths.iter_mut().enumerate() {
            *width = (*width).max(row[index].chars().count()).min(WIDEST[index]);
        }
    }
    for (row, route) in cells.iter().zip(routes) {
        let [method, path, authentication, authorisation, limit, inputs, handler] = row;
        let pad = |cell: &str, index: usize| format!("{cell:width$}", width = widths[index]);
        write!(out, "  {}  {}  ", paint.bold(pad(method, 0)), pad(path, 1))?;
        let shown = pad(authentication, 2);
        if authentication == NOTHING {
            write!(out, "{}", paint.bad(shown))?;
        } else if route.authentication.is_none() {
            write!(out, "{}", paint.warning(shown))?;
        } else {
            write!(out, "{}", paint.good(shown))?;
        }
        writeln!(out, "  {}", pad(authorisation, 3).trim_end())?;
        let mut details = vec![handler.clone()];
        if inputs != "-" {
            details.push(inputs.clone());
        }
        if limit != "-" {
            details.push(format!("limit {limit}"));
        }
        writeln!(out, "      {}", paint.dim(details.join("  |  ")))?;
        for finding in &route.findings {
            let line = format!("{} {} (line {})", finding.severity, finding.rule, finding.line);
            writeln!(out, "      {}", paint.warning(printable(&line)))?;
        }
    }
    Ok(())
}
