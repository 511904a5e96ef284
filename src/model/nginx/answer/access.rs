//! Who is let in: `allow` and `deny`, `auth_basic`, `auth_request`, `satisfy`; and whose address counts (`real_ip`).

use super::super::location_of;
use super::{Content, Exchange, Step, Unknown};
use std::net::IpAddr;

/// Whether a network of `allow`, `deny`, `geo` or `set_real_ip_from` holds an address; `None` for a name.
pub(super) fn network_holds(network: &str, address: IpAddr) -> Option<bool> {
    if network == "all" {
        return Some(true);
    }
    if network == "unix:" {
        return Some(false);
    }
    let (base, bits) = match network.split_once('/') {
        Some((base, bits)) => (base.parse::<IpAddr>().ok()?, Some(bits.parse::<u32>().ok()?)),
        None => (network.parse::<IpAddr>().ok()?, None),
    };
    let share = |left: u128, right: u128, width: u32| {
        let bits = bits.unwrap_or(width).min(width);
        bits == 0 || (left >> (width - bits)) == (right >> (width - bits))
    };
    Some(match (base, address) {
        (IpAddr::V4(left), IpAddr::V4(right)) => share(u128::from(left.to_bits()), u128::from(right.to_bits()), 32),
        (IpAddr::V6(left), IpAddr::V6(right)) => share(left.to_bits(), right.to_bits(), 128),
        _ => false,
    })
}

/// What one of the modules that guard a location says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It was not asked, or has nothing to say.
    Silent,
    In,
    /// Refused with a status.
    Out(u16),
}

impl Exchange<'_, '_> {
    /// The status of a refusal.
    pub(super) fn access(&mut self) -> Result<Option<u16>, Unknown> {
        let verdicts = [self.by_address()?, self.by_password()?, self.by_subrequest()?];
        let mut refusals = verdicts.iter().filter_map(|verdict| match verdict {
            Verdict::Out(status) => Some(*status),
            Verdict::In | Verdict::Silent => None,
        });
        if self.level.value("satisfy") != Some("any") {
            return Ok(refusals.next());
        }
        if verdicts.contains(&Verdict::In) {
            return Ok(None);
        }
        // Whoever could still log in is told so.
        let first = refusals.clone().next();
        Ok(refusals.find(|status| *status == 401).or(first))
    }

    fn by_address(&self) -> Result<Verdict, Unknown> {
        let Some(rules) = self.level.effective("allow") else { return Ok(Verdict::Silent) };
        for rule in rules.directives {
            let network = rule.argument(0).unwrap_or("");
            match network_holds(network, self.client) {
                Some(true) if rule.name() == "deny" => return Ok(Verdict::Out(403)),
                Some(true) => return Ok(Verdict::In),
                Some(false) => {}
                None => return Err(Unknown(format!("the network `{network}`"))),
            }
        }
        // No rule is about this client.
        Ok(Verdict::Silent)
    }

    fn by_password(&mut self) -> Result<Verdict, Unknown> {
        let Some(realm) = self.level.value("auth_basic") else { return Ok(Verdict::Silent) };
        if self.text(realm)? == "off" || self.level.value("auth_basic_user_file").is_none() {
            return Ok(Verdict::Silent);
        }
        match self.request.header("authorization") {
            None => Ok(Verdict::Out(401)),
            Some(_) => Err(Unknown("which passwords the file holds".to_owned())),
        }
    }

    fn by_subrequest(&mut self) -> Result<Verdict, Unknown> {
        let Some(uri) = self.level.value("auth_request").filter(|uri| *uri != "off") else {
            return Ok(Verdict::Silent);
        };
        let uri = self.text(uri)?;
        let mut inner = Exchange {
            request: self.request,
            world: self.world,
            server: self.server,
            level: location_of(self.server.block, &uri).unwrap_or(self.server.block),
            handler: self.server.block,
            uri,
            args: String::new(),
            method: self.method.clone(),
            known: self.known.clone(),
            captures: Vec::new(),
            client: self.client,
            is_internal: true,
            is_unparsed: false,
            is_location_valid: true,
            has_error_page: true,
            error_status: None,
            location_header: None,
            is_subrequest: true,
            changes_left: 3,
            computing: Vec::new(),
        };
        inner.handler = inner.level;
        let status = match inner.location_phases()? {
            Step::Finish(status) => status,
            Step::Done(_, Content::Backend(_)) => return Err(Unknown("what the backend says".to_owned())),
            Step::Done(status, _) => status,
            _ => return Err(Unknown("a subrequest that is redirected".to_owned())),
        };
        Ok(match status {
            200..=299 => Verdict::In,
            401 | 403 => Verdict::Out(status),
            _ => Verdict::Out(500),
        })
    }

    /// The client's address after `real_ip`.
    pub(super) fn real_client(&self) -> IpAddr {
        let level = self.server.block;
        let Some(trusted) = level.effective("set_real_ip_from") else { return self.request.client };
        let is_trusted = |address: IpAddr| {
            let mut networks = trusted.directives.iter().filter_map(|network| network.argument(0));
            networks.any(|network| network_holds(network, address) == Some(true))
        };
        let header = level.value("real_ip_header").unwrap_or("X-Real-IP");
        let Some(value) = self.request.header(header) else { return self.request.client };
        let mut client = self.request.client;
        // From the right; without recursion the last entry counts.
        for entry in value.rsplit(',').map(str::trim) {
            let Ok(address) = entry.parse::<IpAddr>() else { break };
            if !is_trusted(client) {
                break;
            }
            client = address;
            if !level.is_on("real_ip_recursive") {
                break;
            }
        }
        client
    }
}
