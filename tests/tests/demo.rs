//! The demo plays to its end: every step has the result that it announces.

use std::process::Command;

#[test]
fn the_demo_goes_as_announced_and_leaves_nothing_running() {
    let folder = tempfile::tempdir().expect("a folder");
    let played = Command::new(env!("CARGO_BIN_EXE_bauta-demo"))
        .arg(folder.path().join("demo"))
        .output()
        .expect("the demo starts");
    let told = String::from_utf8_lossy(&played.stdout);
    assert!(played.status.success(), "{told}\n{}", String::from_utf8_lossy(&played.stderr));
    assert!(told.contains("Everything went as announced"));

    // The service said where it listens; nobody does any more.
    let settings =
        std::fs::read_to_string(folder.path().join("demo/lab/bauta-issuer.toml")).expect("the lab's settings");
    let listen = settings.lines().find_map(|line| line.strip_prefix("listen = ")).expect("an address");
    assert!(std::net::TcpStream::connect(listen.trim_matches('"')).is_err(), "the lab's service is still running");
}
