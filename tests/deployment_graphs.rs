//! The graphs of the deployment fixtures: services, ways and the joints that could not be made.

use std::path::Path;
use std::process::Command;

/// Compose with nginx, Ingresses, machines, several environments, joints that cannot be made.
const SYSTEMS: [&str; 14] = [
    "missing-security-headers/neither",
    "missing-security-headers/broken-links",
    "missing-security-headers/overlays",
    "no-tls-on-chain/ingress",
    "backend-bypasses-proxy/published",
    "backend-bypasses-proxy/node-port",
    "unauthenticated-datastore-reachable/open",
    "default-secret-deployed/unknown-variables",
    "secret-reused/two-environments",
    "debug-in-production/env-file",
    "debug-in-production/config-map",
    "debug-in-production/unit",
    "admin-path-exposed/consoles",
    "container-port-mismatch/other-port",
];

#[test]
fn the_graphs_are_those_that_were_read_over() {
    for system in SYSTEMS {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/deployment").join(format!("{system}.project"));
        let output = Command::new(env!("CARGO_BIN_EXE_bartizan"))
            .args(["map", "--format", "json"])
            .current_dir(&folder)
            .output()
            .expect("the binary runs");
        assert!(output.status.success(), "{system}: {}", String::from_utf8_lossy(&output.stderr));
        let map = String::from_utf8(output.stdout).expect("UTF-8");
        insta::assert_snapshot!(system.replace('/', "__"), map);
    }
}
