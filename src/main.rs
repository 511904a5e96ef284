//! The `bartizan` command.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Parsers allocate: measured 15-30 % faster than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    bartizan::cli::run(std::env::args_os())
}
