//! `cargo xtask dudect`: whether secrets show in how long operations take, on both backends.

use anyhow::Result;

use crate::machine::{cargo, root, run};

/// What [`long`] takes for each operation unless told otherwise.
pub(crate) const SECONDS: u32 = 30;

/// Within a minute for everything, on a machine that does other things as well; the bar is higher for that.
pub(crate) fn short() -> Result<()> {
    both_backends("short")
}

/// So many seconds for each operation.
pub(crate) fn long(seconds: u32) -> Result<()> {
    both_backends(&seconds.to_string())
}

/// What measures is tested itself.
pub(crate) fn test() -> Result<()> {
    let mut command = cargo();
    command.args(["test", "--release", "--locked", "--manifest-path", "crypto/dudect/Cargo.toml", "--target-dir"]);
    run(command.arg(root().join("target/dudect")))
}

fn both_backends(effort: &str) -> Result<()> {
    for backend in [&[][..], &["--features", "portable"]] {
        let mut command = cargo();
        command.args(["run", "--quiet", "--release", "--locked", "--manifest-path", "crypto/dudect/Cargo.toml"]);
        command.args(backend).arg("--target-dir").arg(root().join("target/dudect"));
        run(command.args(["--", effort]))?;
    }
    Ok(())
}
