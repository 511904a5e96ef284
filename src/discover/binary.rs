/// Extensions of files that are no text: images, sound, fonts, archives, compiled code, databases, documents.
#[rustfmt::skip]
const BINARY_EXTENSIONS: &[&str] = &[
    "7z", "a", "aac", "aif", "apk", "avi", "avif", "bin", "blend", "bmp", "br", "bz2", "class", "dat", "db", "deb",
    "dll", "dmg", "doc", "docx", "dylib", "ear", "egg", "eot", "epub", "exe", "flac", "flv", "gif", "gz", "h5",
    "heic", "icns", "ico", "iso", "jar", "jks", "joblib", "jpeg", "jpg", "keystore", "lz4", "lzma", "m4a", "mkv",
    "mo", "mov", "mp3", "mp4", "mpeg", "mpg", "msi", "node", "npy", "npz", "o", "odp", "ods", "odt", "ogg", "onnx",
    "opus", "otf", "parquet", "pb", "pdb", "pdf", "pickle", "pkl", "png", "ppt", "pptx", "psd", "pt", "pth", "pyc",
    "pyd", "pyo", "rar", "rlib", "rmeta", "rpm", "safetensors", "so", "sqlite", "sqlite3", "swf", "tar", "tflite",
    "tgz", "tif", "tiff", "ttf", "wasm", "wav", "webm", "webp", "whl", "wmv", "woff", "woff2", "xls", "xlsx", "xz",
    "zip", "zst",
];

/// First bytes of formats that can look like text for a while.
const MAGIC: &[&[u8]] = &[
    b"%PDF-",
    b"\x7fELF",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf\x27\x1c",
    b"\x28\xb5\x2f\xfd",
    b"wOFF",
    b"wOF2",
    b"SQLite format 3",
    b"\xca\xfe\xba\xbe",
    b"\x00asm",
];

/// Whether the extension (lower case) says that the file is no text.
pub(super) fn is_binary_extension(extension: &str) -> bool {
    BINARY_EXTENSIONS.binary_search(&extension).is_ok()
}

/// Whether the first bytes say that the file is no text.
pub(super) fn has_binary_magic(bytes: &[u8]) -> bool {
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_sorted_for_the_search() {
        assert!(BINARY_EXTENSIONS.is_sorted());
        assert!(is_binary_extension("png"));
        assert!(!is_binary_extension("py"));
    }
}
