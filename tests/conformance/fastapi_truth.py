#!/usr/bin/env python3
"""Holds `bartizan routes` against the running framework.

    tests/conformance/fastapi_truth.py --bartizan PATH [--python PYTHON] FOLDER=MODULE:VARIABLE ...

Each application is FOLDER=MODULE:VARIABLE, or FOLDER=MODULE:FACTORY(). It is imported by a process of its own with FastAPI
installed, and the framework is asked for its routes: methods, full paths, handlers, parameters by kind and the tree of
dependencies. `bartizan routes --format json` of the folder is held against that.

A difference is allowed only where fastapi_differences.txt says why. Exit code 1: something differs that is not explained,
or fewer routes than --share percent are equal before any explanation.
"""

import argparse
import contextlib
import importlib
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENTATION = {"openapi", "swagger_ui_html", "swagger_ui_redirect", "redoc_html"}


# ---- asking the framework -------------------------------------------------------------------------------------------


def name_of(call):
    """What bartizan calls the same thing: the name of the function or of the object's class."""
    while hasattr(call, "func") and hasattr(call, "keywords"):  # functools.partial
        call = call.func
    call = inspect.unwrap(call) if hasattr(call, "__wrapped__") and hasattr(call, "cache_info") else call  # lru_cache
    if inspect.isfunction(call) or inspect.ismethod(call) or inspect.isclass(call) or inspect.isbuiltin(call):
        return "" if call.__name__ == "<lambda>" else call.__name__
    return type(call).__name__


def kinds_of(dependant):
    from fastapi import params

    found = []
    for kind in ("path", "query", "header", "cookie"):
        found += [(field.name, kind) for field in getattr(dependant, f"{kind}_params")]
    for field in dependant.body_params:
        info = field.field_info
        kind = "file" if isinstance(info, params.File) else "form" if isinstance(info, params.Form) else "body"
        found.append((field.name, kind))
    return found


def tree_of(dependant):
    return [
        {"calls": name_of(inner.call), "dependencies": tree_of(inner)}
        for inner in dependant.dependencies
    ]


def all_inputs(dependant, seen):
    found = set()
    for name, kind in kinds_of(dependant):
        found.add((name, kind))
    for inner in dependant.dependencies:
        key = (id(inner.call), tuple(inner.own_oauth_scopes or ()) if hasattr(inner, "own_oauth_scopes") else ())
        if key not in seen:
            seen.add(key)
            found |= all_inputs(inner, seen)
    return found


def routes_of(app, prefix=""):
    from starlette.routing import Mount, Route, WebSocketRoute

    routes = app.routes
    try:
        from fastapi.routing import iter_route_contexts

        routes = list(iter_route_contexts(routes))
    except ImportError:
        pass
    for context in routes:
        route = getattr(context, "original_route", context)
        path = context.path or ""
        if isinstance(route, Mount):
            if hasattr(route.app, "routes"):
                yield from routes_of(route.app, prefix + path)
            continue
        dependant = getattr(context, "dependant", None)
        if isinstance(route, WebSocketRoute):
            methods = []
        elif isinstance(route, Route) or dependant is not None:
            if dependant is None and route.name in DOCUMENTATION:
                continue
            methods = sorted(context.methods or [])
            # Starlette answers HEAD wherever it answers GET; nobody writes it.
            if dependant is None and "GET" in methods and "HEAD" in methods:
                methods.remove("HEAD")
        else:
            continue
        found = {"methods": methods, "path": prefix + path, "handler": name_of(context.endpoint)}
        if dependant is not None:
            found["parameters"] = kinds_of(dependant)
            found["inputs"] = sorted(all_inputs(dependant, set()))
            found["dependencies"] = tree_of(dependant)
        yield found


def truth(folder, targets):
    """Runs in a process of its own: imports applications of a folder and prints what the framework says of each."""
    sys.path.insert(0, folder)
    os.chdir(folder)
    told = {}
    for target in targets:
        module, _, variable = target.partition(":")
        try:
            with contextlib.redirect_stdout(sys.stderr):
                app = getattr(importlib.import_module(module), variable.removesuffix("()"))
                if variable.endswith("()"):
                    app = app()
                told[target] = list(routes_of(app))
        except BaseException as error:  # an application may even exit
            told[target] = f"{type(error).__name__}: {error}"
    print("\n" + json.dumps(told))


# ---- comparing ------------------------------------------------------------------------------------------------------


def names(tree):
    return [{"calls": node["calls"], "dependencies": names(node.get("dependencies", []))} for node in tree]


def problems_of(real, found):
    """What differs between a route of the framework and the same of bartizan, a sentence each."""
    problems = []
    if real["methods"] != found["methods"]:
        problems.append(f"methods {found['methods']}, really {real['methods']}")
    if real["handler"] != found["handler"] and real["handler"] != "":
        problems.append(f"handler {found['handler']}, really {real['handler']}")
    if "parameters" in real:
        ours = sorted(tuple(it) for it in found["parameters"] if it[1] not in ("framework", "dependency"))
        theirs = sorted(tuple(it) for it in real["parameters"])
        if ours != theirs:
            problems.append(f"parameters {ours}, really {theirs}")
        ours = sorted((it["name"].replace("-", "_"), it["in"]) for it in found["inputs"])
        theirs = sorted({(name.replace("-", "_"), kind) for name, kind in real["inputs"]})
        if len(ours) != len(theirs) or [kind for _, kind in sorted(ours, key=lambda it: it[1])] != [
            kind for _, kind in sorted(theirs, key=lambda it: it[1])
        ]:
            problems.append(f"inputs {ours}, really {theirs}")
        ours, theirs = names(found["dependencies"]), names(real["dependencies"])
        if ours != theirs:
            problems.append(f"dependencies {json.dumps(ours)}, really {json.dumps(theirs)}")
    return problems


def compare(label, real, found):
    """Pairs the routes by path, method and order; returns how many there are, how many equal, and the differences."""
    differences = []
    equal = 0
    left = list(found)

    def take(route, with_handler):
        for index, candidate in enumerate(left):
            if (
                candidate["path"] == route["path"]
                and candidate["methods"] == route["methods"]
                and (not with_handler or candidate["handler"] == route["handler"])
            ):
                return left.pop(index)
        return None

    for route in real:
        title = f"{label} {','.join(route['methods']) or 'WS'} {route['path']}"
        candidate = take(route, True) or take(route, False)
        if candidate is None:
            differences.append((title, "is not found"))
            continue
        problems = problems_of(route, candidate)
        if problems:
            differences.append((title, "; ".join(problems)))
        else:
            equal += 1
    for route in left:
        title = f"{label} {','.join(route['methods']) or 'WS'} {route['path']}"
        differences.append((title, "does not exist"))
    return len(real), equal, differences


def static(bartizan, folder, target, memo={}):
    """What bartizan says of an application: the routes of the one that its module's file makes."""
    if folder not in memo:
        run = subprocess.run(
            [bartizan, "routes", "--format", "json", "--include-tests", "."], cwd=folder, capture_output=True, text=True, check=True
        )
        memo[folder] = json.loads(run.stdout)
    view = memo[folder]
    module, _, variable = target.partition(":")
    path = module.replace(".", "/")
    files = {f"{path}.py", f"{path}/__init__.py"}
    in_module = {app["name"] for app in view["apps"] if app["file"].removeprefix("./") in files}
    named = {name for name in in_module if name.endswith(f":{variable}")}
    # What a factory calls its application is not known from outside, and it may stand in another module: the one with the
    # most routes is meant.
    names = named or in_module or {app["name"] for app in view["apps"]}
    of_app = [[route for route in view["routes"] if route["app"] == name] for name in sorted(names)]
    return max(of_app, key=len, default=[])


def read_table(path):
    """Lines of `left => right`, `#` begins a comment."""
    table = {}
    if path.exists():
        for line in path.read_text().splitlines():
            line = line.split("#")[0].strip()
            if line:
                left, _, right = line.partition("=>")
                table[left.strip()] = right.strip()
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bartizan", required=True)
    parser.add_argument("--python", default=sys.executable, help="an interpreter with FastAPI")
    parser.add_argument("--differences", default=HERE / "fastapi_differences.txt", type=Path)
    parser.add_argument("applications", nargs="+", help="FOLDER=MODULE:VARIABLE")
    parser.add_argument("--share", default=98.0, type=float, help="percent of the routes that must be equal")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    arguments.bartizan = str(Path(arguments.bartizan).resolve())
    explained = read_table(arguments.differences)
    routes = equal = 0
    unexplained = 0
    folders = {}
    for application in arguments.applications:
        folder, _, target = application.partition("=")
        folders.setdefault(str(Path(folder).resolve()), []).append(target)
    told = {}
    for folder, targets in folders.items():
        run = subprocess.run(
            [arguments.python, str(Path(__file__).resolve()), "--truth", folder, *targets], capture_output=True, text=True
        )
        if run.returncode != 0:
            sys.exit(f"{folder}: {run.stderr}")
        told.update({(folder, target): real for target, real in json.loads(run.stdout.splitlines()[-1]).items()})
    for (folder, target), real in told.items():
        label = f"{Path(folder).name}/{target}"
        if isinstance(real, str):
            print(f"{label}: cannot be imported: {real}")
            continue
        count, same_count, differences = compare(label, real, static(arguments.bartizan, folder, target))
        routes += count
        equal += same_count
        if arguments.verbose or differences:
            print(f"{label}: {same_count} of {count} routes equal")
        for title, what in differences:
            why = next((why for known, why in explained.items() if title.startswith(known)), None)
            if why is None:
                unexplained += 1
                print(f"  {title}: {what}")
            elif arguments.verbose:
                print(f"  {title}: {what}\n    explained: {why}")
    share = 100 * equal / routes if routes else 0
    print(f"{equal} of {routes} routes equal ({share:.1f} %), {unexplained} differences without an explanation")
    sys.exit(1 if unexplained or share < arguments.share else 0)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--truth":
        truth(sys.argv[2], sys.argv[3:])
    else:
        main()
