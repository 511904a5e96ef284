//! Predicates on values that a product defines: headers, ciphers, images, ports, mounts, users, modes.

use super::compile::Below as _;
use super::compile::SpecError;
use super::one_or_many::{OneOrMany, Scalar};
use super::place::{PlaceId, Walk};
use super::predicate::known;
use super::range::Range;
use super::truth::Truth;
use super::value_spec::{
    CipherSpec, CspSpec, FrameOptions, HstsSpec, ImageSpec, ModeSpec, MountSpec, PortSpec, UserSpec, ValueSpec,
};
use super::values::image::Part;
use super::values::{boolean, capability, cipher, csp, duration, hole, hsts, image, mode, mount, port};
use super::values::{referrer_policy, user, wildcard};
use crate::syntax::Kind;
use std::ops::RangeInclusive;

/// One compiled predicate.
#[derive(Debug, Clone)]
pub(super) enum ProductPredicate {
    Cipher(CipherSpec),
    Hsts(HstsSpec, Option<Range>),
    Csp(CspSpec),
    ReferrerPolicy(Vec<String>),
    FrameOptions(Vec<FrameOptions>),
    Image(ImageSpec),
    Port(PortSpec, Vec<RangeInclusive<u16>>, Vec<RangeInclusive<u16>>),
    Mount(MountSpec),
    Capability(Vec<String>),
    User(UserSpec),
    Mode(ModeSpec),
}

/// The product predicates of a specification.
pub(super) fn compile(spec: &ValueSpec) -> Result<Vec<ProductPredicate>, SpecError> {
    let mut parts = Vec::new();
    parts.extend(spec.cipher.clone().map(ProductPredicate::Cipher));
    if let Some(header) = &spec.hsts {
        let range = header.max_age.as_ref().map(|range| Range::texts(range, duration::parse, "duration"));
        let range = range.transpose().below("max-age").below("hsts")?;
        parts.push(ProductPredicate::Hsts(header.clone(), range));
    }
    parts.extend(spec.csp.clone().map(ProductPredicate::Csp));
    parts.extend(spec.referrer_policy.as_ref().map(|one| ProductPredicate::ReferrerPolicy(one.as_slice().to_vec())));
    parts.extend(spec.frame_options.as_ref().map(|one| ProductPredicate::FrameOptions(one.as_slice().to_vec())));
    parts.extend(spec.image.clone().map(ProductPredicate::Image));
    if let Some(mapping) = &spec.port {
        let container = port_ranges(mapping.container.as_ref()).below("container").below("port")?;
        let host = port_ranges(mapping.host.as_ref()).below("host").below("port")?;
        parts.push(ProductPredicate::Port(mapping.clone(), container, host));
    }
    parts.extend(spec.mount.clone().map(ProductPredicate::Mount));
    if let Some(names) = &spec.capability {
        let names: Option<Vec<_>> = names.as_slice().iter().map(|name| capability::parse(name)).collect();
        let names = names.ok_or_else(|| SpecError::new("not a name of a capability").below("capability"))?;
        parts.push(ProductPredicate::Capability(names));
    }
    parts.extend(spec.user.clone().map(ProductPredicate::User));
    parts.extend(spec.mode.clone().map(ProductPredicate::Mode));
    Ok(parts)
}

fn port_ranges(ports: Option<&OneOrMany<Scalar>>) -> Result<Vec<RangeInclusive<u16>>, SpecError> {
    let ports = ports.map_or(&[][..], OneOrMany::as_slice);
    ports
        .iter()
        .map(|text| port::range(&text.0).ok_or_else(|| SpecError::new(format!("`{}` is no port", text.0))))
        .collect()
}

/// What a rule asks for holds, or it does not ask.
fn asked(wanted: Option<bool>, actual: Option<bool>) -> Truth {
    wanted.map_or(Truth::True, |wanted| actual.map(|actual| actual == wanted).into())
}

impl ProductPredicate {
    pub fn test(&self, walk: &mut Walk<'_>, place: PlaceId) -> Truth {
        match self {
            Self::Port(spec, container, host) => port_mapping(walk, place, spec, container, host),
            Self::Mount(spec) => mount_of(walk, place, spec),
            _ => {
                let text = walk.text(place);
                self.text(&text)
            }
        }
    }

    fn text(&self, text: &str) -> Truth {
        match self {
            Self::Image(spec) => image_reference(text, spec),
            Self::User(spec) => asked(spec.root, user::is_root(text)),
            _ if hole::has(text) => Truth::Unknown,
            Self::Cipher(spec) => cipher_list(text, spec),
            Self::Hsts(spec, max_age) => hsts_header(text, spec, *max_age),
            Self::Csp(spec) => csp_header(text, spec),
            Self::ReferrerPolicy(wanted) => {
                let effective = referrer_policy::effective(text);
                effective.is_some_and(|policy| wanted.iter().any(|one| one.eq_ignore_ascii_case(policy))).into()
            }
            Self::FrameOptions(wanted) => wanted.contains(&frame_options(text)).into(),
            Self::Capability(names) => {
                capability::parse(text).is_some_and(|capability| names.contains(&capability)).into()
            }
            Self::Mode(spec) => mode::parse(text).map_or(Truth::False, |mode| {
                asked(spec.world_writable, Some(mode.world_writable))
                    .and(|| asked(spec.sticky, Some(mode.sticky)))
                    .and(|| asked(spec.set_id, Some(mode.set_user_id || mode.set_group_id)))
            }),
            Self::Port(..) | Self::Mount(_) => Truth::False,
        }
    }
}

fn cipher_list(text: &str, spec: &CipherSpec) -> Truth {
    // nginx variables and OpenSSL's own profiles say nothing that the table knows.
    let enabled = cipher::enabled(text);
    if enabled.is_empty() {
        return if text.contains('$') { Truth::Unknown } else { Truth::False };
    }
    asked(spec.weak, Some(enabled.iter().any(|suite| suite.weaknesses().next().is_some())))
        .and(|| asked(spec.forward_secrecy, Some(enabled.iter().all(|suite| suite.has_forward_secrecy()))))
        .and(|| asked(spec.authenticated_encryption, Some(enabled.iter().any(|suite| suite.is_aead()))))
}

fn hsts_header(text: &str, spec: &HstsSpec, max_age: Option<Range>) -> Truth {
    if text.contains('$') {
        return Truth::Unknown;
    }
    let header = hsts::parse(text);
    let valid = asked(spec.valid, Some(header.is_some()));
    let Some(header) = header else {
        let asks_more = max_age.is_some() || spec.include_subdomains.is_some() || spec.preload.is_some();
        return valid.and(|| (!asks_more).into());
    };
    #[expect(clippy::cast_precision_loss, reason = "a comparison of seconds needs no more than 53 bits")]
    let seconds = header.max_age as f64;
    valid
        .and(|| max_age.is_none_or(|range| range.contains(seconds)).into())
        .and(|| asked(spec.include_subdomains, Some(header.include_subdomains)))
        .and(|| asked(spec.preload, Some(header.preload)))
}

fn csp_header(text: &str, spec: &CspSpec) -> Truth {
    // A variable that holds the whole policy; nonces may be variables (`'nonce-$request_id'`).
    if text.trim().starts_with('$') {
        return Truth::Unknown;
    }
    let directive = spec.directive.as_deref().unwrap_or("script-src");
    let allows = |wanted: &OneOrMany<String>| {
        csp::allows(text, directive, |source| {
            wanted.as_slice().iter().any(
                |one| {
                    if one == "*" { source == "*" } else { wildcard::matches(one, source, true) }
                },
            )
        })
    };
    let policies = csp::parse(text);
    let ungoverned = |names: &OneOrMany<String>| {
        let mut names = names.as_slice().iter();
        names.all(|name| policies.iter().all(|policy| policy.governing(name).is_none()))
    };
    let has_directive = |names: &OneOrMany<String>| {
        let mut names = names.as_slice().iter();
        names.any(|name| policies.iter().any(|policy| policy.written(name).is_some()))
    };
    (spec.allows.as_ref().is_none_or(allows)
        && spec.ungoverned.as_ref().is_none_or(ungoverned)
        && spec.has_directive.as_ref().is_none_or(has_directive))
    .into()
}

fn frame_options(text: &str) -> FrameOptions {
    let mut words = text.split_whitespace();
    match (words.next().map(str::to_ascii_lowercase).as_deref(), words.next()) {
        (Some("deny"), None) => FrameOptions::Deny,
        (Some("sameorigin"), None) => FrameOptions::Sameorigin,
        (Some("allow-from"), _) => FrameOptions::AllowFrom,
        _ => FrameOptions::Invalid,
    }
}

fn image_reference(text: &str, spec: &ImageSpec) -> Truth {
    let Some(reference) = image::parse(text) else { return Truth::False };
    let part = |part: &Part, test: &dyn Fn(Option<&str>) -> bool| match part {
        Part::Unknown => Truth::Unknown,
        Part::Missing => test(None).into(),
        Part::Known(text) => test(Some(text)).into(),
    };
    let one_of = |wanted: &str, text: Option<&str>| match text {
        None => wanted == "missing",
        Some(text) => wildcard::matches(wanted, text, false),
    };
    let tag = spec.tag.as_ref().map_or(Truth::True, |tags| {
        part(&reference.tag, &|tag| tags.as_slice().iter().any(|wanted| one_of(&wanted.0, tag)))
    });
    let digest =
        || spec.digest.map_or(Truth::True, |wanted| part(&reference.digest, &|digest| digest.is_some() == wanted));
    let registry = || {
        spec.registry.as_ref().map_or(Truth::True, |names| {
            part(&reference.registry, &|registry| names.as_slice().iter().any(|wanted| one_of(wanted, registry)))
        })
    };
    let name = || {
        spec.name.as_ref().map_or(Truth::True, |names| {
            part(&reference.repository, &|repository| {
                let repository = repository.unwrap_or("");
                names.as_slice().iter().any(|wanted| {
                    let text = if wanted.contains('/') { repository } else { reference.name().unwrap_or("") };
                    wildcard::matches(wanted, text, false)
                })
            })
        })
    };
    tag.and(digest).and(registry).and(name)
}

/// The text of a key of a long form.
fn key_text(walk: &mut Walk<'_>, place: PlaceId, key: &str) -> Option<String> {
    let entry = walk.entries(place).nodes.into_iter().find(|&entry| walk.entry_name(entry) == Some(key))?;
    let child = walk.add(entry, Some(place))?;
    Some(walk.text(child))
}

fn is_mapping(walk: &Walk<'_>, place: PlaceId) -> bool {
    let place = walk.place(place);
    place.cut.is_none() && walk.tree.kind(place.value) == Kind::Mapping
}

fn port_mapping(
    walk: &mut Walk<'_>,
    place: PlaceId,
    spec: &PortSpec,
    container: &[RangeInclusive<u16>],
    host: &[RangeInclusive<u16>],
) -> Truth {
    let mapping = if is_mapping(walk, place) {
        let target = key_text(walk, place, "target").unwrap_or_default();
        let published = key_text(walk, place, "published");
        let address = key_text(walk, place, "host_ip").unwrap_or_default();
        port::PortMapping {
            on_all_addresses: port::listens_on_all(&address),
            host: published.as_deref().and_then(port::range),
            container: port::range(&target),
            protocol: key_text(walk, place, "protocol").unwrap_or_else(|| "tcp".to_owned()).to_ascii_lowercase(),
        }
    } else {
        let text = walk.text(place);
        let Some(mapping) = port::parse(&text) else {
            return if hole::has(&text) { Truth::Unknown } else { Truth::False };
        };
        mapping
    };
    let overlaps = |wanted: &[RangeInclusive<u16>], actual: &Option<RangeInclusive<u16>>| {
        if wanted.is_empty() {
            return Truth::True;
        }
        let meets = |actual: &RangeInclusive<u16>| {
            wanted.iter().any(|range| range.start() <= actual.end() && actual.start() <= range.end())
        };
        actual.as_ref().map(meets).into()
    };
    asked(spec.published_on_all, mapping.on_all_addresses)
        .and(|| overlaps(container, &mapping.container))
        .and(|| overlaps(host, &mapping.host))
        .and(|| {
            spec.protocol.as_ref().map_or(Truth::True, |names| {
                known(&mapping.protocol, |protocol| names.as_slice().iter().any(|name| name == protocol))
            })
        })
}

fn mount_of(walk: &mut Walk<'_>, place: PlaceId, spec: &MountSpec) -> Truth {
    let mount = if is_mapping(walk, place) {
        let source = key_text(walk, place, "source").or_else(|| key_text(walk, place, "src"));
        let target = key_text(walk, place, "target").or_else(|| key_text(walk, place, "dst")).unwrap_or_default();
        let kind = key_text(walk, place, "type");
        mount::Mount {
            is_bind: kind.map_or_else(
                || source.as_deref().is_some_and(mount::is_host_path),
                |kind| kind == "bind" || kind == "npipe",
            ),
            source: source.as_deref().map(mount::clean),
            target: mount::clean(&target),
            read_only: key_text(walk, place, "read_only").and_then(|text| boolean::parse(&text)).unwrap_or(false),
        }
    } else {
        let text = walk.text(place);
        let Some(mount) = mount::parse(&text) else { return Truth::False };
        mount
    };
    let one_of = |wanted: &Option<OneOrMany<String>>, actual: Option<&str>| {
        wanted.as_ref().map_or(Truth::True, |wanted| {
            actual.map_or(Truth::False, |actual| {
                known(actual, |text| wanted.as_slice().iter().any(|one| wildcard::matches(one, text, false)))
            })
        })
    };
    let is_unknown = mount.source.as_deref().is_some_and(|source| source.starts_with(hole::HOLE));
    one_of(&spec.source, mount.source.as_deref())
        .and(|| one_of(&spec.target, Some(&mount.target)))
        .and(|| asked(spec.read_only, Some(mount.read_only)))
        .and(|| asked(spec.bind, (!is_unknown).then_some(mount.is_bind)))
}
