//! Servers: names, addresses, locations, and which one is the default.

use super::location::Matcher;
use super::{Directive, Level, Listen};

/// A `server` block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server<'m> {
    /// The block.
    pub block: Directive<'m>,
}

impl<'m> Server<'m> {
    /// The servers below a root.
    pub(super) fn of(root: Directive<'m>, level: Level) -> Box<dyn Iterator<Item = Self> + 'm> {
        if level == Level::Server {
            return Box::new(root.servers_of_root().map(|block| Self { block }));
        }
        let servers = root.below().filter(move |block| block.level() == level && block.has_block());
        Box::new(servers.map(|block| Self { block }))
    }

    /// All servers of the same configuration, in order.
    pub fn siblings(self) -> Box<dyn Iterator<Item = Self> + 'm> {
        Self::of(self.block.root(), self.block.level())
    }

    /// All names, in order.
    pub fn names(self) -> Vec<&'m str> {
        self.block.children_named("server_name").flat_map(Directive::arguments).collect()
    }

    /// The first name that is one.
    pub fn name(self) -> Option<&'m str> {
        self.names().into_iter().find(|name| !matches!(*name, "_" | ""))
    }

    /// Where it listens; port 80 when nothing says so. TLS and HTTP/2 of a directive of their own count.
    pub fn listens(self) -> Vec<Listen<'m>> {
        let ssl = self.block.is_on("ssl");
        let http2 = self.block.is_on("http2");
        let mut listens: Vec<_> = self.block.children_named("listen").filter_map(Listen::new).collect();
        if listens.is_empty() {
            listens.push(Listen::DEFAULT);
        }
        for listen in &mut listens {
            listen.ssl |= ssl;
            listen.http2 |= http2;
        }
        listens
    }

    /// Whether it speaks TLS somewhere.
    pub fn speaks_tls(self) -> bool {
        self.listens().iter().any(|listen| listen.ssl)
    }

    /// Whether it speaks plain HTTP on an address that others reach.
    pub fn speaks_plain_http(self) -> bool {
        self.listens().iter().any(|listen| !listen.ssl && !listen.address.is_local())
    }

    /// Whether only this machine reaches it.
    pub fn is_local(self) -> bool {
        self.listens().iter().all(|listen| listen.address.is_local())
    }

    /// Whether a request that names no known host ends here, on some address: it is the explicit default, or the first
    /// where there is none.
    pub fn is_default(self) -> bool {
        self.listens().iter().any(|listen| {
            listen.default_server || self.default_at(listen).is_some_and(|default| default.block == self.block)
        })
    }

    /// The server that answers for unknown names where this one listens.
    pub fn default_at(self, listen: &Listen<'_>) -> Option<Self> {
        self.block.default_at(listen.address).map(|(block, _)| Self { block })
    }

    /// How many servers of the configuration listen at an address.
    pub fn count_at(self, listen: &Listen<'_>) -> usize {
        self.block.default_at(listen.address).map_or(0, |(_, count)| count)
    }

    /// Whether it calls itself the default where another listens.
    pub(super) fn is_explicit_default(self, listen: &Listen<'_>) -> bool {
        self.listens().iter().any(|own| own.default_server && own.address == listen.address)
    }

    /// Its locations, outer ones before those nested in them.
    pub fn locations(self) -> impl Iterator<Item = Directive<'m>> + use<'m> {
        self.block.below().filter(|block| block.level() == Level::Location)
    }

    /// The blocks that can serve a request: all locations, and the server itself where no location is for everything.
    pub fn serving_blocks(self) -> Vec<Directive<'m>> {
        let mut blocks: Vec<_> = self.locations().collect();
        let has_catch_all = self
            .block
            .children_named("location")
            .any(|location| matches!(Matcher::of(location), Some(Matcher::Prefix("/") | Matcher::Preferred("/"))));
        if !has_catch_all {
            blocks.push(self.block);
        }
        blocks
    }
}
