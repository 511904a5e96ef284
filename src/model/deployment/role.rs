//! What a service is for, as its image says.

use crate::query::values::image::{self, ImageReference};

/// What a service is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// nginx or a server built on it.
    Nginx,
    /// Another reverse proxy (Traefik, Caddy, HAProxy, Envoy, Apache).
    Proxy,
    /// A store of data.
    Datastore(Datastore),
    /// A web interface for operators (pgAdmin, Flower, Grafana).
    Console,
    /// A Python application server.
    Application,
    /// Something else.
    Other,
}

impl Role {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Proxy => "proxy",
            Self::Datastore(store) => store.name,
            Self::Console => "console",
            Self::Application => "application",
            Self::Other => "service",
        }
    }

    /// Whether it is a reverse proxy.
    pub const fn is_proxy(self) -> bool {
        matches!(self, Self::Nginx | Self::Proxy)
    }
}

/// A product that stores data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Datastore {
    /// Its name as people write it.
    pub name: &'static str,
    /// Ports that it listens on.
    pub ports: &'static [u16],
    /// How it gets a password.
    pub password: Password,
}

/// How a datastore gets a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Password {
    /// It refuses to start without one of these variables (or a file of it), unless one of the second ones says otherwise.
    Required(&'static [&'static str]),
    /// None, unless a variable of these or a flag of its command says one.
    Optional(&'static [&'static str], &'static [&'static str]),
    /// It knows no password.
    Never,
}

const fn store(name: &'static str, ports: &'static [u16], password: Password) -> Datastore {
    Datastore { name, ports, password }
}

const REDIS: Password = Password::Optional(
    &["REDIS_PASSWORD", "REDIS_PASSWORD_FILE", "VALKEY_PASSWORD", "REDIS_ARGS", "VALKEY_EXTRA_FLAGS"],
    &["--requirepass", "requirepass", "--aclfile", ".conf"],
);

/// Last names of images, and what they are. From the images' documentation on Docker Hub.
const DATASTORES: &[(&str, Datastore)] = &[
    ("postgres", store("PostgreSQL", &[5432], Password::Required(&["POSTGRES_HOST_AUTH_METHOD"]))),
    ("postgresql", store("PostgreSQL", &[5432], Password::Required(&["ALLOW_EMPTY_PASSWORD"]))),
    ("postgis", store("PostgreSQL", &[5432], Password::Required(&["POSTGRES_HOST_AUTH_METHOD"]))),
    ("timescaledb", store("PostgreSQL", &[5432], Password::Required(&["POSTGRES_HOST_AUTH_METHOD"]))),
    ("timescaledb-ha", store("PostgreSQL", &[5432], Password::Required(&["POSTGRES_HOST_AUTH_METHOD"]))),
    ("pgvector", store("PostgreSQL", &[5432], Password::Required(&["POSTGRES_HOST_AUTH_METHOD"]))),
    ("mysql", store("MySQL", &[3306], Password::Required(&["MYSQL_ALLOW_EMPTY_PASSWORD"]))),
    (
        "mariadb",
        store(
            "MariaDB",
            &[3306],
            Password::Required(&["MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD"]),
        ),
    ),
    ("redis", store("Redis", &[6379], REDIS)),
    ("redis-stack", store("Redis", &[6379], REDIS)),
    ("redis-stack-server", store("Redis", &[6379], REDIS)),
    ("valkey", store("Valkey", &[6379], REDIS)),
    ("keydb", store("KeyDB", &[6379], REDIS)),
    ("dragonfly", store("Dragonfly", &[6379], Password::Optional(&["DFLY_requirepass"], &["--requirepass"]))),
    (
        "mongo",
        store(
            "MongoDB",
            &[27017],
            Password::Optional(
                &["MONGO_INITDB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD_FILE"],
                &["--auth", "--keyFile", "--config", "-f"],
            ),
        ),
    ),
    (
        "mongodb",
        store(
            "MongoDB",
            &[27017],
            Password::Optional(&["MONGODB_ROOT_PASSWORD", "MONGODB_ROOT_PASSWORD_FILE"], &["--auth"]),
        ),
    ),
    ("memcached", store("Memcached", &[11211], Password::Never)),
    (
        "elasticsearch",
        store("Elasticsearch", &[9200], Password::Optional(&["ELASTIC_PASSWORD", "ELASTIC_PASSWORD_FILE"], &[])),
    ),
    ("opensearch", store("OpenSearch", &[9200], Password::Optional(&["OPENSEARCH_INITIAL_ADMIN_PASSWORD"], &[]))),
    ("rabbitmq", store("RabbitMQ", &[5672, 15672], Password::Required(&[]))),
    (
        "clickhouse-server",
        store(
            "ClickHouse",
            &[8123, 9000],
            Password::Optional(&["CLICKHOUSE_PASSWORD", "CLICKHOUSE_PASSWORD_FILE"], &[]),
        ),
    ),
    ("influxdb", store("InfluxDB", &[8086], Password::Required(&[]))),
    ("couchdb", store("CouchDB", &[5984], Password::Required(&[]))),
    ("cassandra", store("Cassandra", &[9042], Password::Never)),
    ("etcd", store("etcd", &[2379], Password::Optional(&["ETCD_ROOT_PASSWORD"], &["--client-cert-auth"]))),
    ("minio", store("MinIO", &[9000], Password::Required(&[]))),
    ("neo4j", store("Neo4j", &[7687, 7474], Password::Required(&[]))),
    ("qdrant", store("Qdrant", &[6333, 6334], Password::Optional(&["QDRANT__SERVICE__API_KEY"], &[]))),
    (
        "weaviate",
        store(
            "Weaviate",
            &[8080],
            Password::Optional(&["AUTHENTICATION_APIKEY_ENABLED", "AUTHENTICATION_OIDC_ENABLED"], &[]),
        ),
    ),
    ("zookeeper", store("ZooKeeper", &[2181], Password::Never)),
];

const NGINX: &[&str] = &["nginx", "nginx-unprivileged", "openresty", "angie", "freenginx", "nginx-alpine-slim"];

const PROXIES: &[&str] = &[
    "traefik",
    "caddy",
    "haproxy",
    "envoy",
    "httpd",
    "apache",
    "nginx-proxy",
    "nginx-proxy-manager",
    "swag",
    "kong",
    "apisix",
];

const CONSOLES: &[&str] = &[
    "pgadmin4",
    "adminer",
    "phpmyadmin",
    "flower",
    "mongo-express",
    "redis-commander",
    "redisinsight",
    "grafana",
    "prometheus",
    "kibana",
    "portainer",
    "portainer-ce",
    "dozzle",
    "cadvisor",
    "alertmanager",
    "mailhog",
    "mailpit",
    "rq-dashboard",
];

/// What an image is for, by the last component of its name.
pub(super) fn of_image(text: &str) -> Role {
    let Some(reference) = image::parse(text) else { return Role::Other };
    of_reference(&reference)
}

fn of_reference(reference: &ImageReference) -> Role {
    let Some(name) = reference.name() else { return Role::Other };
    if NGINX.contains(&name) {
        Role::Nginx
    } else if PROXIES.contains(&name) {
        Role::Proxy
    } else if CONSOLES.contains(&name) {
        Role::Console
    } else if let Some((_, store)) = DATASTORES.iter().find(|(known, _)| *known == name) {
        Role::Datastore(*store)
    } else {
        Role::Other
    }
}
