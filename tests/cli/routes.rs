//! `bartizan routes`.

use crate::project::Project;

const MAIN: &str = "
from fastapi import Depends, FastAPI
from api.users import router
app = FastAPI()
app.include_router(router, prefix='/api')
";
const USERS: &str = "
from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer
bearer = HTTPBearer()
router = APIRouter(prefix='/users', dependencies=[Depends(bearer)])
@router.get('/{user_id}')
def show(user_id: int): ...
@router.post('')
def create(name: str): eval(name)
";

fn shop() -> Project {
    Project::new(&[("main.py", MAIN), ("api/__init__.py", ""), ("api/users.py", USERS)])
}

fn stdout(project: &Project, arguments: &[&str]) -> String {
    let output = project.command(arguments).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

#[test]
fn routes_are_found_over_files() {
    let text = stdout(&shop(), &["routes"]);
    assert!(text.contains("main:app"), "{text}");
    assert!(text.contains("/api/users/{user_id}") && text.contains("bearer"), "{text}");
    assert!(text.contains("2 routes, all with authentication"), "{text}");
    let none = stdout(&shop(), &["routes", "--unauthenticated", "--format", "json"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&none).unwrap()["routes"].as_array().unwrap().len(), 0);
    let posts = stdout(&shop(), &["routes", "--method", "post", "--format", "markdown"]);
    assert!(posts.contains("`POST`") && !posts.contains("`GET`"), "{posts}");
    let page = stdout(&shop(), &["routes", "--format", "html", "--path", "/api/*"]);
    assert!(page.starts_with("<!doctype html>") && page.contains("/api/users/{user_id}"), "{page}");
}

#[test]
fn the_json_is_the_same_in_every_run_and_findings_stand_at_their_routes() {
    let project = shop();
    let first = stdout(&project, &["routes", "--format", "json", "--findings"]);
    assert_eq!(first, stdout(&project, &["routes", "--format", "json", "--findings"]));
    let view: serde_json::Value = serde_json::from_str(&first).unwrap();
    let create = view["routes"].as_array().unwrap().iter().find(|route| route["handler"] == "create").unwrap();
    assert!(!create["findings"].as_array().unwrap().is_empty(), "{create}");
}

#[test]
fn a_build_fails_when_a_route_lost_its_protection() {
    let project = shop();
    project.write("old.json", stdout(&project, &["routes", "--format", "json"]));
    let compare = ["routes", "--diff", "old.json", "--fail-on-weakened"];
    project.command(&compare).assert().success();
    project.write("api/users.py", USERS.replace(", dependencies=[Depends(bearer)]", ""));
    let output = project.command(&compare).assert().code(1);
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(text.contains("weakened main:app GET /api/users/{user_id}: lost authentication by `bearer`"), "{text}");
    project.command(&["routes", "--diff", "old.json"]).assert().success();
    project.write("old.json", "{}");
    project.command(&compare).assert().code(2);
    project.command(&["routes", "--fail-on-weakened"]).assert().code(2);
}

#[test]
fn a_folder_without_applications_has_no_routes() {
    let project = Project::new(&[("a.py", "x = 1\n")]);
    assert!(stdout(&project, &["routes"]).contains("No route was found"));
    project.command(&["routes", "nowhere"]).assert().code(2);
}
