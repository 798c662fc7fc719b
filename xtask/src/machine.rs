//! What this machine has, and how to get what it lacks.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Runs a command in the workspace, shows it, and fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("\n$ {}", shown(command));
    let status =
        command.current_dir(root()).status().with_context(|| format!("could not start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a command in the workspace and gives back what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output =
        command.current_dir(root()).output().with_context(|| format!("could not start `{}`", shown(command)))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", shown(command), output.status, errors.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The cargo that called us, so that a pinned toolchain stays the one in use.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Set by the outer cargo for this very program. A child build must not inherit it: some dependencies are built again when it changes.
    for (name, _) in std::env::vars_os() {
        let of_this_program = name
            .to_str()
            .is_some_and(|name| ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|beginning| name.starts_with(beginning)));
        if of_this_program {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Whether `program` starts at all.
pub(crate) fn has(program: &str, version_flag: &str) -> bool {
    let status = Command::new(program)
        .arg(version_flag)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// Whether cargo knows the subcommand `name`.
pub(crate) fn has_cargo(name: &str) -> bool {
    let status = cargo().args([name, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Makes sure that Debian's `packages` are there: installs them as root on Debian or Ubuntu, names them elsewhere.
pub(crate) fn debian(packages: &[&str], why: &str) -> Result<()> {
    let line = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    if !has("apt-get", "--version") {
        bail!(
            "missing: {} ({why}). Install them with your system's package manager, then try again.",
            packages.join(", ")
        );
    }
    if !is_root {
        bail!("missing: {} ({why}). Run `sudo {line}`, then try again.", packages.join(", "));
    }
    println!("\nInstalling {} ({why})", packages.join(", "));
    let mut update = Command::new("apt-get");
    run(update.args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "-y", "-qq", "--no-install-recommends"]);
    run(install.args(packages).stdout(Stdio::null()))
}

/// A cargo subcommand of ours-to-install, kept in `target/tools` so that nothing outside the checkout changes.
pub(crate) fn cargo_tool(name: &str) -> Result<Command> {
    let short = name.strip_prefix("cargo-").unwrap_or(name);
    if has_cargo(short) {
        let mut command = cargo();
        command.arg(short);
        return Ok(command);
    }
    let tools = root().join("target/tools");
    let program = tools.join("bin").join(name);
    if !program.exists() {
        println!("\nInstalling {name} into target/tools (once)");
        let mut install = cargo();
        // A debug build: these tools wait for the compiler or the disk, and take half as long to build this way.
        install.args(["install", "--locked", "--debug", "--root"]).arg(&tools);
        install.arg("--target-dir").arg(tools.join("target"));
        run(install.arg(name))?;
    }
    let mut command = Command::new(program);
    command.arg(short);
    Ok(command)
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut words =
        vec![Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}
