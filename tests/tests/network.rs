//! Showing and checking ask nothing of any network.
//!
//! An empty network would only show that the programs do without an answer. Here the kernel ends a program at its first `socket`
//! call (seccomp, which needs no privilege), so a program that comes to its end has not even tried. A command that does need
//! the network dies of it, which shows that the trap works.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeMap;

use bauta_tests::city::City;
use bauta_tests::shell::{Ran, Shell};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

#[test]
fn p4_wallet_and_verifier_ask_for_no_socket_while_showing_and_checking() {
    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(folder.path()).unwrap();
    let service = city.serve().unwrap();
    city.anna_has_passes().unwrap();
    city.door_is_set_up().unwrap();

    for line in [
        "bauta-wallet show entry --wallet anna.wallet",
        "bauta-wallet show entry --wallet anna.wallet --png anna.png",
        "bauta-wallet show entry --wallet anna.wallet --svg anna.svg",
        "bauta-wallet list --wallet anna.wallet",
        "bauta-wallet policies --wallet anna.wallet",
        "bauta-verifier check --policy entry --picture anna.png",
        "bauta-verifier policies",
    ] {
        let ran = without_sockets(city.shell(), line);
        assert_eq!(ran.code, Some(0), "`{line}` said: {}", ran.said());
    }
    let text = without_sockets(city.shell(), "bauta-wallet show entry --wallet anna.wallet --text").out;
    let code = text.lines().find(|line| line.starts_with("BTA1:")).unwrap().to_owned();
    let checked = without_sockets(city.shell(), &format!("bauta-verifier check --policy entry '{code}'"));
    assert_eq!(checked.code, Some(0), "{}", checked.said());

    // The trap works: these have to ask somebody.
    for line in ["bauta-wallet trust update --wallet anna.wallet", "bauta-verifier update"] {
        assert_eq!(without_sockets(city.shell(), line).code, None, "`{line}` came to its end");
        assert_eq!(city.shell().run(line).unwrap().code, Some(0), "`{line}` fails even with a network");
    }
    drop(service);
}

/// Runs a line to its end, or to its first socket.
fn without_sockets(shell: &Shell, line: &str) -> Ran {
    // A filter holds for the thread that sets it and for everything that this thread starts.
    std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            apply_filter(&no_sockets()).unwrap();
            shell.run(line).unwrap()
        });
        run.join().unwrap()
    })
}

fn no_sockets() -> BpfProgram {
    let rules = BTreeMap::from([(libc::SYS_socket, vec![]), (libc::SYS_connect, vec![])]);
    let here = std::env::consts::ARCH.try_into().unwrap();
    SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::KillProcess, here).unwrap().try_into().unwrap()
}
