//! An office that runs elsewhere, with a database of its own: what the lab withdraws reaches it as a signed list.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use bauta_tests::shell::{Running, free_address};

use crate::field::{Field, Timers, until};

/// It asks every 15 seconds.
const A_MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a9_an_office_that_runs_elsewhere_makes_no_passes_of_what_is_withdrawn_within_a_minute() {
    let timers = Timers::of_this_run();
    let mut field = Field::published(timers);
    field.serves_with(&["health-record"]);
    let office = Office::founded(&field);
    let mut service = office.serve(&field);

    for who in ["eve", "honest"] {
        field.citizen(who);
        let link = field.result(who, "");
        field.done(&format!("bauta-wallet collect --wallet {who}.wallet '{link}'"));
        field.done(&office.renewal(who));
    }
    field.done("bauta-issuer withdraw --reference eve");
    let withdrawn = Instant::now();
    if timers == Timers::Quick {
        service.stop().unwrap();
        service = office.serve(&field);
    }
    let refused = until(|| {
        let ran = field.run(&office.renewal("eve"));
        let refused = ran.code == Some(1) && ran.said().contains("withdrawn");
        assert!(refused || ran.code == Some(0), "{}", ran.said());
        refused.then(Instant::now)
    });
    let took = refused.duration_since(withdrawn);
    println!("an office that runs elsewhere refuses the withdrawn: {:.1} s after the lab withdrew", took.as_secs_f32());
    assert!(took <= A_MINUTE, "{took:?}");
    field.done(&office.renewal("honest"));
    service.stop().unwrap();
}

struct Office {
    url: String,
    address: std::net::SocketAddr,
}

impl Office {
    fn founded(field: &Field) -> Self {
        let address = free_address().unwrap();
        let folder = field.city.shell().folder().join("office");
        fs::create_dir_all(&folder).unwrap();
        field.done("bauta-issuer keygen --server-secret --out office/server.secret --passphrase-file lab/passphrase");
        let key = field.done("bauta-issuer api-key new --name office --for office").out;
        private(&folder.join("api-key"), key.trim());
        let known_by = field.done("bauta-issuer withdrawals-key").out;
        let settings = format!(
            r#"roles = ["passes"]
lab = "city-lab"
public_url = "http://{address}"
listen = "{address}"
database = "office.db"
server_secret = "server.secret"
passphrase_file = "../lab/passphrase"
keys = ["../lab/entry-pass.key", "../lab/health-pass.key"]
trust_list = "../authority/public/trust-list.cbor"
root_key = "../authority/public/root.pub"

[[withdrawn_from]]
url = "http://{}"
api_key_file = "api-key"
public_key = "{}"
"#,
            field.city.address(),
            known_by.trim()
        );
        fs::write(folder.join("bauta-issuer.toml"), settings).unwrap();
        Self { url: format!("http://{address}"), address }
    }

    fn serve(&self, field: &Field) -> Running {
        let line = "bauta-issuer --config office/bauta-issuer.toml serve";
        let mut service = field.city.shell().start(line, Path::new("office.log")).unwrap();
        service.wait_for(self.address).unwrap();
        service
    }

    fn renewal(&self, who: &str) -> String {
        format!("bauta-wallet renew --wallet {who}.wallet --office {}", self.url)
    }
}

fn private(file: &Path, text: &str) {
    let mut file = fs::File::options().create_new(true).write(true).mode(0o600).open(file).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
