use super::{Callable, FastApi, Input, Route};
use crate::model::modules::tests::project;

fn route<'m>(model: &'m FastApi, method: &str, path: &str) -> &'m Route {
    let mut found = model
        .routes
        .iter()
        .filter(|route| &*route.path == path && (route.methods.iter().any(|it| &**it == method) || method == "WS"));
    found.next().unwrap_or_else(|| {
        let all: Vec<_> = model.routes.iter().map(|route| format!("{:?} {}", route.methods, route.path)).collect();
        panic!("no {method} {path} among {all:#?}")
    })
}

fn kinds(route: &Route) -> Vec<(&str, Input)> {
    route.parameters.iter().map(|parameter| (&*parameter.name, parameter.input)).collect()
}

const DEPENDENCIES: &str = "
from typing import Annotated, Optional
import jwt
from fastapi import Depends, Header, HTTPException, Security, status
from fastapi.security import OAuth2PasswordBearer, HTTPBearer
oauth2 = OAuth2PasswordBearer(tokenUrl='/token')
maybe = OAuth2PasswordBearer(tokenUrl='/token', auto_error=False)

async def current_user(token: Annotated[str, Depends(oauth2)]):
    try:
        claims = jwt.decode(token, KEY, algorithms=['HS256'])
    except jwt.PyJWTError as error:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED) from error
    return load(claims)

async def optional_user(token: Optional[str] = Depends(maybe)):
    if not token:
        return None
    return jwt.decode(token, KEY, algorithms=['HS256'])

CurrentUser = Annotated[User, Depends(current_user)]

def require_role(role: str):
    def check(user: CurrentUser):
        if user.role != role:
            raise HTTPException(status_code=403)
        return user
    return check

class Checker:
    def __init__(self, name): self.name = name
    def __call__(self, x_api_key: str = Header()):
        if x_api_key != self.name:
            raise HTTPException(401)

def get_db():
    yield 1

def paging(page: int = 1, size: int = 20): return page, size
";

#[test]
fn routes_take_paths_and_dependencies_from_all_above() {
    let project = project(&[
        ("app/__init__.py", ""),
        ("app/deps.py", DEPENDENCIES),
        ("app/main.py", "
from fastapi import FastAPI, Depends
from app.routers import items
from .routers.admin import make_router
from app.deps import current_user

def create_app(settings=None) -> FastAPI:
    app = FastAPI(dependencies=[Depends(get_db)])
    app.include_router(items.router, prefix='/api')
    app.include_router(make_router(), prefix='/admin', dependencies=[Depends(current_user)])
    return app

app = create_app()
"),
        ("app/routers/__init__.py", ""),
        ("app/routers/items.py", "
from fastapi import APIRouter, Body, Query, UploadFile, Request
from pydantic import BaseModel
from app.deps import *
router = APIRouter(prefix='/items')
class Item(BaseModel):
    name: str
@router.get('/{item_id}')
def read(item_id: int, q: str | None = None, tags: list[str] = Query([]), request: Request = None, db=Depends(get_db)): ...
@router.post('')
def create(item: Item, files: list[UploadFile], flags: list[int], user: CurrentUser, token: str = Header()): ...
@router.websocket('/ws')
def ws(): ...
@router.api_route('/multi', methods=['PUT', 'PATCH'])
def multi(p=Depends(paging), u=Depends(optional_user), k=Depends(Checker('x'))): ...
"),
        ("app/routers/admin.py", "
from fastapi import APIRouter, Depends
from app.deps import require_role
def make_router():
    router = APIRouter()
    @router.delete('/users/{id}', dependencies=[Depends(require_role('admin'))])
    def remove(id: str): ...
    return router
"),
    ]);
    let model = project.fastapi();
    let read = route(model, "GET", "/api/items/{item_id}");
    assert_eq!(
        kinds(read),
        [
            ("item_id", Input::Path),
            ("q", Input::Query),
            ("tags", Input::Query),
            ("request", Input::Framework(super::Framework::Request)),
            ("db", Input::Dependency)
        ]
    );
    assert!(read.authentication.is_none() && read.parameters[0].ty.is_inert() && !read.parameters[1].ty.is_inert());
    let create = route(model, "POST", "/api/items");
    assert_eq!(
        kinds(create),
        [
            ("item", Input::Body),
            ("files", Input::File),
            ("flags", Input::Body),
            ("user", Input::Dependency),
            ("token", Input::Header)
        ]
    );
    let guard = create.authentication.as_ref().unwrap();
    assert_eq!(&*guard.name, "current_user");
    assert!(create.authorisation.is_none());
    route(model, "WS", "/api/items/ws");
    let multi = route(model, "PATCH", "/api/items/multi");
    assert_eq!(multi.methods.len(), 2);
    let inputs: Vec<_> = multi.inputs.iter().map(|input| (&*input.alias, input.input)).collect();
    assert_eq!(inputs, [("page", Input::Query), ("size", Input::Query), ("x-api-key", Input::Header)]);
    assert_eq!(&*multi.optional_authentication.as_ref().unwrap().name, "optional_user");
    assert_eq!(&*multi.authentication.as_ref().unwrap().name, "Checker('x')");
    let remove = route(model, "DELETE", "/admin/users/{id}");
    assert_eq!(remove.dependencies.len(), 3);
    assert_eq!(&*remove.authentication.as_ref().unwrap().name, "current_user");
    assert_eq!(&*remove.authorisation.as_ref().unwrap().name, "require_role('admin')");
    let file = remove.function().unwrap().0;
    assert_eq!(project.file(file).path(), "app/routers/admin.py");
    assert!(model.parameter(file, remove.function().unwrap().1, "id").is_some());
}

#[test]
fn a_factory_that_is_not_called_protects_nothing() {
    let project = project(&[
        ("deps.py", DEPENDENCIES),
        (
            "main.py",
            "
from fastapi import FastAPI, Depends
from deps import require_role, current_user
app = FastAPI(docs_url=None)
@app.get('/a', dependencies=[Depends(require_role)])
def a(): ...
@app.get('/b')
def b(user=current_user): ...
",
        ),
    ]);
    let model = project.fastapi();
    assert!(route(model, "GET", "/a").authentication.is_none());
    assert!(route(model, "GET", "/a").inputs.iter().any(|input| &*input.name == "role"));
    assert!(route(model, "GET", "/b").authentication.is_none());
    let (_, _, app) = model.apps().next().unwrap();
    assert!(app.docs.swagger.is_none() && app.docs.openapi.is_some());
}

#[test]
fn mounted_applications_keep_their_own_dependencies() {
    let project = project(&[(
        "main.py",
        "
from fastapi import FastAPI, Depends, APIRouter
from starlette.routing import Route, Mount
from starlette.applications import Starlette
def guard(): ...
async def page(request): ...
sub = FastAPI(dependencies=[Depends(guard)])
app = FastAPI()
@sub.get('/x')
def x(): ...
app.mount('/v2', sub)
app.mount('/static', StaticFiles(directory='static'))
site = Starlette(routes=[Route('/p', page, methods=['POST']), Mount('/m', routes=[Route('/q', endpoint=page)])])
class V:
    def __init__(self): self.router = APIRouter(); self.router.add_api_route('/v', self.view, methods=['GET'])
    def view(self, q: str): ...
app.include_router(V().router)
",
    )]);
    let model = project.fastapi();
    let x = route(model, "GET", "/v2/x");
    assert_eq!(x.dependencies.len(), 1);
    assert_ne!(x.app, x.root);
    assert_eq!(model.apps().find(|(_, host, _)| &*host.name == "app").unwrap().2.mounts.len(), 1);
    route(model, "POST", "/p");
    route(model, "GET", "/m/q");
    let view = route(model, "GET", "/v");
    assert_eq!(kinds(view), [("q", Input::Query)]);
    assert!(matches!(view.handler, Callable::Function(..)));
}

#[test]
fn routers_that_include_each_other_end() {
    let project = project(&[(
        "main.py",
        "
from fastapi import APIRouter
a = APIRouter(); b = APIRouter()
a.include_router(b); b.include_router(a); a.include_router(a)
@a.get('/x')
def x(): ...
",
    )]);
    assert!(project.fastapi().routes.len() < 10);
}
