use super::{Class, Definition, Member, Modules};
use crate::facts::FileFacts;
use crate::facts::python::ScopeId;
use crate::flow::Constant;
use crate::model::{FileId, Project};
use crate::source::Source;
use crate::syntax::{FileKind, Language, parse};
use std::sync::Arc;

/// A project of these files.
pub(crate) fn project(files: &[(&str, &str)]) -> Project {
    let facts = files.iter().map(|(path, text)| {
        let source = Arc::new(Source::new(*path, *text));
        let tree = parse(Language::Python, Arc::clone(source.text())).tree;
        FileFacts::collect(&source, &tree, FileKind::Python, path, None)
    });
    Project::link(facts.collect())
}

fn file(project: &Project, path: &str) -> FileId {
    project.files().find(|(_, file)| file.path() == path).unwrap().0
}

/// What a dotted name in a file means, as `path:name` or as the name of something outside.
fn meaning(project: &Project, path: &str, dotted: &str) -> String {
    let modules = project.modules();
    shown(&modules, modules.qualified(file(project, path), ScopeId::MODULE, dotted))
}

fn shown(modules: &Modules<'_>, definition: Option<Definition>) -> String {
    let path = |file| modules.project().file(file).path().to_owned();
    match definition {
        None => "unknown".to_owned(),
        Some(Definition::Module(file)) => path(file),
        Some(Definition::Package(folder)) => format!("{folder}/"),
        Some(Definition::Function(file, id)) => {
            format!("{}:{}()", path(file), modules.facts(file).unwrap().function(id).name)
        }
        Some(Definition::Class(file, id)) => {
            format!("{}:class {}", path(file), modules.facts(file).unwrap().class(id).name)
        }
        Some(Definition::Variable(file, id)) => {
            let target = &modules.assignment(file, id).unwrap().target;
            format!("{}:{}", path(file), target.dotted().unwrap())
        }
        Some(other) => format!("{other:?}"),
    }
}

#[test]
fn absolute_relative_and_aliased_imports() {
    let project = project(&[
        ("app/__init__.py", ""),
        (
            "app/main.py",
            "from app.routers import users, items as i\nfrom .db import engine as e\nimport app.db\nimport app.db as d\nfrom fastapi import FastAPI as F\n",
        ),
        ("app/routers/__init__.py", "from .items import router as items_router\n"),
        ("app/routers/users.py", "from ..db import engine\nrouter = 1\n"),
        ("app/routers/items.py", "router = APIRouter()\n"),
        ("app/db.py", "engine = create()\ndef session(): pass\n"),
    ]);
    let meaning = |name| meaning(&project, "app/main.py", name);
    assert_eq!(meaning("users.router"), "app/routers/users.py:router");
    assert_eq!(meaning("i.router"), "app/routers/items.py:router");
    assert_eq!(meaning("e"), "app/db.py:engine");
    assert_eq!(meaning("app.db.session"), "app/db.py:session()");
    assert_eq!(meaning("d.session"), "app/db.py:session()");
    assert_eq!(meaning("app.routers.items_router"), "app/routers/items.py:router");
    assert_eq!(meaning("F"), "External(\"fastapi.FastAPI\")");
    assert_eq!(meaning("users.engine"), "app/db.py:engine");
}

#[test]
fn namespace_packages_and_src_layouts() {
    let project = project(&[
        (
            "src/shop/api/users.py",
            "from shop.core import db\nfrom . import orders\nfrom .. import core\nimport shop.core.db\n",
        ),
        ("src/shop/api/orders.py", "router = R()\n"),
        ("src/shop/core/db.py", "engine = E()\n"),
        ("tests/test_users.py", "from shop.api.users import db\nimport shop.api.orders\n"),
    ]);
    assert_eq!(meaning(&project, "src/shop/api/users.py", "db.engine"), "src/shop/core/db.py:engine");
    assert_eq!(meaning(&project, "src/shop/api/users.py", "orders.router"), "src/shop/api/orders.py:router");
    assert_eq!(meaning(&project, "src/shop/api/users.py", "core.db.engine"), "src/shop/core/db.py:engine");
    assert_eq!(meaning(&project, "src/shop/api/users.py", "shop.core.db.engine"), "src/shop/core/db.py:engine");
    assert_eq!(meaning(&project, "tests/test_users.py", "db.engine"), "src/shop/core/db.py:engine");
    assert_eq!(meaning(&project, "tests/test_users.py", "shop.api.orders.router"), "src/shop/api/orders.py:router");
}

#[test]
fn the_nearest_root_wins_and_known_packages_stay_outside() {
    let project = project(&[
        ("a/app/main.py", "from app.db import x\nimport models\n"),
        ("a/app/db.py", "x = A()\n"),
        ("b/app/main.py", "from app.db import x\nimport logging\n"),
        ("b/app/db.py", "x = B()\n"),
        ("b/app/logging.py", "y = 1\n"),
        ("a/app/models.py", "from models import z\n"),
        ("c/fastapi/__init__.py", ""),
        ("b/app/fastapi.py", "from fastapi import FastAPI\n"),
    ]);
    assert_eq!(meaning(&project, "a/app/main.py", "x"), "a/app/db.py:x");
    assert_eq!(meaning(&project, "b/app/main.py", "x"), "b/app/db.py:x");
    assert_eq!(meaning(&project, "a/app/main.py", "models"), "a/app/models.py");
    assert_eq!(meaning(&project, "b/app/fastapi.py", "FastAPI"), "External(\"fastapi.FastAPI\")");
    assert_eq!(meaning(&project, "a/app/models.py", "z"), "External(\"models.z\")");
}

#[test]
fn star_imports_respect_all_and_cycles_end() {
    let project = project(&[
        ("p/__init__.py", "from .a import *\nfrom .b import *\n"),
        ("p/a.py", "from .b import *\n__all__ = ['f']\ndef f(): pass\ndef g(): pass\n"),
        ("p/b.py", "from .a import *\nfrom p import *\n_hidden = H()\nshown = S()\nx = y\ny = x\n"),
        ("main.py", "from p import *\nfrom math import *\n"),
    ]);
    assert_eq!(meaning(&project, "main.py", "f"), "p/a.py:f()");
    assert_eq!(meaning(&project, "main.py", "shown"), "p/b.py:shown");
    assert_eq!(meaning(&project, "main.py", "g"), "External(\"math.g\")");
    assert_eq!(meaning(&project, "main.py", "_hidden"), "External(\"math._hidden\")");
    assert!(meaning(&project, "p/b.py", "x").starts_with("p/b.py:"));
}

#[test]
fn classes_inherit_across_files() {
    let project = project(&[
        (
            "base.py",
            "from pydantic import BaseModel\nclass Base(BaseModel):\n    a: int = 1\n    def m(self):\n        self.late = 2\n",
        ),
        (
            "main.py",
            "import base\nclass Child(base.Base):\n    b: str\nclass C: pass\nchild = Child()\ndef make() -> 'Child': ...\nc = make()\n",
        ),
    ]);
    let modules = project.modules();
    let main = file(&project, "main.py");
    let child = modules.qualified(main, ScopeId::MODULE, "Child").unwrap();
    let child = Class::of(&child).unwrap();
    assert!(modules.inherits(&child, &["pydantic.BaseModel"]));
    assert!(matches!(modules.class_member(&child, "m"), Some(Member::Method(..))));
    assert!(matches!(modules.class_member(&child, "late"), Some(Member::Attribute(..))));
    assert_eq!(meaning(&project, "main.py", "child.m"), "base.py:m()");
    assert_eq!(meaning(&project, "main.py", "c.a"), "base.py:a");
    assert_eq!(meaning(&project, "main.py", "c.dict"), "External(\"pydantic.BaseModel.dict\")");
}

#[test]
fn constants_are_followed_across_files() {
    let project = project(&[
        (
            "settings.py",
            "import os\nclass Settings(BaseSettings):\n    prefix: str = '/api'\n    port: int = Field(8000)\nsettings = Settings()\nVERSION = 'v1'\nURL = os.getenv('URL', 'http://x')\n",
        ),
        (
            "main.py",
            "from settings import settings, VERSION, URL\nx = f'{settings.prefix}/{VERSION}' + '/y'\nz = settings.port\nw = URL\n",
        ),
    ]);
    let modules = project.modules();
    let main = file(&project, "main.py");
    let constant = |index: usize| {
        modules.constant(main, ScopeId::MODULE, modules.facts(main).unwrap().assignments[index].value.as_ref().unwrap())
    };
    assert_eq!(constant(0), Some(Constant::Str("/api/v1/y".into())));
    assert_eq!(constant(1), Some(Constant::Number(8000.0)));
    assert_eq!(constant(2), Some(Constant::Str("http://x".into())));
}
