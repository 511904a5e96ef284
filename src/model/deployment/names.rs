//! Services by the names that others call them.

use super::Service;

/// The service of a host name: its own name, an alias, `name.namespace.svc.cluster.local` is for Kubernetes.
pub(super) fn find(services: &[Service], host: &str) -> Option<usize> {
    services
        .iter()
        .position(|service| service.name == host)
        .or_else(|| services.iter().position(|service| service.aliases.iter().any(|alias| alias == host)))
}

/// Whether a host is the machine itself.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost"
        || host == "::1"
        || host.starts_with("127.")
        || host == "host.docker.internal"
        || host == "172.17.0.1"
}
