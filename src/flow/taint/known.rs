//! What well-known functions and methods make of their arguments. One table; whatever stands in none of it passes on what
//! it is given, unless its callee is found in the project.

use super::weakness::{Protection, Weakness};

/// What a function makes of its arguments.
#[derive(Debug, Clone, Copy)]
pub(super) enum Effect {
    /// Nothing that could carry anything: a length, a truth value.
    Nothing,
    /// Something made of all arguments that has lost what this protects against.
    Made(Protection),
    /// The same, and the argument itself has passed the check when the call comes back.
    Validated(Protection),
    /// The first argument, with its parts.
    First,
    /// The argument at this place, with its parts.
    Nth(usize),
    /// One element of the first argument.
    Element,
    /// Pairs of an index and an element.
    Enumerated,
    /// Tuples of elements.
    Zipped,
    /// A path without `..` and links.
    Resolved,
    /// The parts of a URL.
    UrlParts,
    /// A compiled regular expression.
    Pattern,
    /// A callable with arguments that are given already.
    Partial,
    /// The program ends.
    Leaves,
}

const NUMBER: Effect = Effect::Made(Protection::SYNTAX);
const WORD: Effect = Effect::Made(Protection::SYNTAX.and(Weakness::Secret));

/// What a Python function does, by its qualified name.
pub(super) fn python_function(name: &str) -> Option<Effect> {
    let path = Protection::NONE.and(Weakness::Path);
    let html = Protection::NONE.and(Weakness::Html).and(Weakness::Xml);
    let percent = Protection::NONE
        .and(Weakness::Html)
        .and(Weakness::Header)
        .and(Weakness::Log)
        .and(Weakness::Shell)
        .and(Weakness::Xml)
        .and(Weakness::Mail);
    Some(match name {
        "len"
        | "bool"
        | "isinstance"
        | "issubclass"
        | "hasattr"
        | "callable"
        | "any"
        | "all"
        | "id"
        | "hash"
        | "type"
        | "range"
        | "print"
        | "time.time"
        | "time.monotonic"
        | "time.sleep"
        | "time.perf_counter"
        | "datetime.datetime.now"
        | "datetime.datetime.utcnow"
        | "datetime.date.today"
        | "uuid.uuid1"
        | "uuid.uuid4"
        | "os.path.exists"
        | "os.path.isfile"
        | "os.path.isdir"
        | "os.path.getsize"
        | "os.path.getmtime"
        | "os.path.islink"
        | "os.getpid"
        | "asyncio.sleep"
        | "hmac.compare_digest"
        | "secrets.compare_digest"
        | "os.path.isabs"
        | "super"
        | "object" => Effect::Nothing,
        "int"
        | "float"
        | "complex"
        | "decimal.Decimal"
        | "fractions.Fraction"
        | "uuid.UUID"
        | "ipaddress.ip_address"
        | "ipaddress.ip_network"
        | "ipaddress.IPv4Address"
        | "ipaddress.IPv6Address"
        | "datetime.datetime.fromisoformat"
        | "datetime.date.fromisoformat"
        | "datetime.datetime.strptime" => Effect::Validated(Protection::SYNTAX),
        "abs"
        | "round"
        | "ord"
        | "divmod"
        | "math.floor"
        | "math.ceil"
        | "datetime.timedelta"
        | "datetime.datetime.fromtimestamp"
        | "datetime.datetime"
        | "datetime.date" => NUMBER,
        "chr"
        | "str"
        | "bytes"
        | "repr"
        | "ascii"
        | "format"
        | "bytearray"
        | "os.path.join"
        | "os.fspath"
        | "json.dumps"
        | "textwrap.dedent"
        | "textwrap.indent"
        | "inspect.cleandoc"
        | "copy.copy"
        | "copy.deepcopy"
        | "string.Template"
        | "base64.b64decode"
        | "base64.urlsafe_b64decode"
        | "urllib.parse.unquote"
        | "urllib.parse.unquote_plus"
        | "html.unescape"
        | "os.path.expanduser"
        | "os.path.expandvars"
        | "pathlib.Path"
        | "pathlib.PurePath"
        | "pathlib.PurePosixPath"
        | "pathlib.PosixPath"
        | "json.loads"
        | "urllib.parse.urljoin"
        | "os.fsdecode"
        | "os.fsencode"
        | "io.StringIO"
        | "io.BytesIO"
        | "codecs.decode"
        | "binascii.unhexlify"
        | "bytes.fromhex"
        | "urllib.parse.parse_qs"
        | "urllib.parse.parse_qsl"
        | "urllib.parse.unquote_to_bytes"
        | "os.path.dirname"
        | "os.path.split"
        | "os.path.splitext"
        | "os.path.relpath"
        | "memoryview"
        | "re.split"
        | "re.findall"
        | "re.sub"
        | "unicodedata.normalize"
        | "gettext.gettext" => Effect::Made(Protection::NONE),
        "hex"
        | "bin"
        | "oct"
        | "binascii.hexlify"
        | "hashlib.md5"
        | "hashlib.sha1"
        | "hashlib.sha256"
        | "hashlib.sha512"
        | "hashlib.blake2b"
        | "hashlib.sha224"
        | "hashlib.sha384"
        | "zlib.crc32"
        | "hashlib.new"
        | "hashlib.sha3_256"
        | "hmac.new"
        | "hashlib.pbkdf2_hmac"
        | "hashlib.scrypt"
        | "binascii.crc32" => WORD,
        "base64.b64encode" | "base64.urlsafe_b64encode" | "base64.b32encode" | "base64.b16encode" => {
            Effect::Made(Protection::SYNTAX)
        }
        "list"
        | "tuple"
        | "set"
        | "frozenset"
        | "sorted"
        | "reversed"
        | "iter"
        | "dict"
        | "aiter"
        | "itertools.chain"
        | "collections.deque"
        | "collections.OrderedDict"
        | "filter_none"
        | "itertools.islice"
        | "collections.UserDict"
        | "types.MappingProxyType"
        | "contextlib.closing"
        | "contextlib.nullcontext"
        | "asyncio.wait_for"
        | "asyncio.shield"
        | "asyncio.create_task"
        | "asyncio.ensure_future"
        | "weakref.ref"
        | "typing.NewType" => Effect::First,
        "typing.cast" | "t.cast" => Effect::Nth(1),
        "next" | "anext" | "min" | "max" | "random.choice" => Effect::Element,
        "enumerate" => Effect::Enumerated,
        "zip" | "itertools.zip_longest" | "itertools.product" => Effect::Zipped,
        "os.path.realpath" | "os.path.abspath" | "os.path.normpath" => Effect::Resolved,
        "os.path.basename"
        | "werkzeug.utils.secure_filename"
        | "ntpath.basename"
        | "posixpath.basename"
        | "werkzeug.security.safe_join"
        | "werkzeug.utils.safe_join"
        | "flask.safe_join" => Effect::Made(path),
        "shlex.quote" | "pipes.quote" | "shlex.join" => Effect::Made(Protection::NONE.and(Weakness::Shell)),
        "html.escape"
        | "markupsafe.escape"
        | "cgi.escape"
        | "xml.sax.saxutils.escape"
        | "flask.escape"
        | "django.utils.html.escape"
        | "xml.sax.saxutils.quoteattr"
        | "bleach.clean"
        | "nh3.clean"
        | "jinja2.escape"
        | "starlette.templating.escape"
        | "django.utils.html.conditional_escape"
        | "django.utils.html.strip_tags" => Effect::Made(html),
        "urllib.parse.quote"
        | "urllib.parse.quote_plus"
        | "urllib.parse.urlencode"
        | "django.utils.http.urlquote"
        | "urllib.parse.quote_from_bytes" => Effect::Made(percent),
        "re.escape" => Effect::Made(Protection::NONE.and(Weakness::Regex)),
        "ldap.filter.escape_filter_chars" | "ldap3.utils.conv.escape_filter_chars" | "ldap.dn.escape_dn_chars" => {
            Effect::Made(Protection::NONE.and(Weakness::Ldap))
        }
        "urllib.parse.urlparse" | "urllib.parse.urlsplit" | "yarl.URL" | "httpx.URL" => Effect::UrlParts,
        "re.compile" | "regex.compile" => Effect::Pattern,
        "functools.partial" | "functools.partialmethod" => Effect::Partial,
        "sys.exit"
        | "os._exit"
        | "exit"
        | "quit"
        | "flask.abort"
        | "os.abort"
        | "pytest.fail"
        | "pytest.skip"
        | "aiohttp.web.abort"
        | "quart.abort"
        | "bottle.abort"
        | "django.shortcuts.abort"
        | "werkzeug.exceptions.abort" => Effect::Leaves,
        _ => return None,
    })
}

/// Methods that make a text of a text and of their arguments.
pub(super) const TEXT_METHODS: &[&str] = &[
    "strip",
    "lstrip",
    "rstrip",
    "lower",
    "upper",
    "title",
    "capitalize",
    "casefold",
    "swapcase",
    "encode",
    "decode",
    "expandtabs",
    "removeprefix",
    "removesuffix",
    "replace",
    "ljust",
    "rjust",
    "center",
    "zfill",
    "translate",
    "format",
    "format_map",
    "join",
    "split",
    "rsplit",
    "splitlines",
    "partition",
    "rpartition",
    "as_posix",
    "with_suffix",
    "geturl",
    "joinpath",
    "with_name",
    "getvalue",
    "tobytes",
    "substitute",
    "safe_substitute",
    "expanduser",
    "group",
    "groups",
    "groupdict",
    "unescape",
];

/// Methods whose result can carry nothing.
pub(super) const BARREN_METHODS: &[&str] = &[
    "startswith",
    "endswith",
    "isdigit",
    "isdecimal",
    "isnumeric",
    "isalnum",
    "isalpha",
    "isidentifier",
    "islower",
    "isupper",
    "isspace",
    "istitle",
    "count",
    "find",
    "rfind",
    "index",
    "rindex",
    "is_file",
    "exists",
    "is_dir",
    "is_absolute",
    "is_relative_to",
    "timestamp",
    "total_seconds",
    "bit_length",
    "fileno",
    "tell",
    "issubset",
    "issuperset",
    "isdisjoint",
    "isascii",
    "is_private",
    "is_loopback",
    "sort",
    "reverse",
    "clear",
    "__len__",
    "is_valid",
    "isprintable",
];

/// Methods whose result is made of hexadecimal digits, digits or separators.
pub(super) const WORD_METHODS: &[&str] = &["hexdigest", "digest", "isoformat", "hex", "strftime", "toordinal"];

/// Methods that give all that is in an object.
pub(super) const DUMP_METHODS: &[&str] =
    &["model_dump", "model_dump_json", "dict", "json", "asdict", "to_dict", "serialize"];

/// Names of the tables above that classes of a project like to have too.
pub(super) const AMBIGUOUS_METHODS: &[&str] = &[
    "find",
    "index",
    "count",
    "exists",
    "is_valid",
    "clear",
    "sort",
    "reverse",
    "format",
    "replace",
    "join",
    "split",
    "group",
    "groups",
    "title",
    "translate",
    "substitute",
    "resolve",
    "absolute",
    "add",
    "insert",
    "update",
    "get",
    "pop",
    "items",
    "values",
    "keys",
    "copy",
    "setdefault",
    "extend",
    "append",
    "write",
    "json",
    "dict",
    "serialize",
    "to_dict",
    "hex",
    "digest",
    "center",
    "partition",
    "getvalue",
    "is_private",
    "tell",
    "unescape",
    "asdict",
    "relative_to",
];
