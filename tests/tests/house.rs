//! A hospital whose servers have certificates of its own authority: every program believes it when it is told to, and only then.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bauta_tests::city::{City, ROOT};
use bauta_tests::shell::{Ran, Running, Shell, free_address};
use ed25519_dalek::{Signer as _, SigningKey};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

/// Anna collects and renews at the lab's address with a certificate of the house, and a venue fetches its list there.
#[test]
fn wallet_and_verifier_believe_the_house_s_authority_when_they_are_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(folder.path()).unwrap();
    let house = House::founded(folder.path());
    let lab = house.door_to(city.address());
    let mut shell = city.shell().clone();
    shell.set("BAUTA_ISSUER_PUBLIC_URL", &lab);
    let _service = serve(&shell, "bauta-issuer serve", city.address());
    shell.set("BAUTA_WALLET", "anna.wallet");

    let init = format!("bauta-wallet init --root {ROOT} --trust {lab}/trust-list");
    let door = format!("bauta-verifier init --root {ROOT} --trust {lab}/trust-list");
    for line in [&init, &door] {
        refused(&shell, line, 4, "its certificate is not to be trusted (of your house's own authority: --ca-file)");
        refused(&shell, &format!("{line} --ca-file nowhere.pem"), 2, "cannot read nowhere.pem");
        refused(&shell, &format!("{line} --ca-file {ROOT}"), 2, "there is no certificate in it: name the PEM file");
        // Another house's is none of this one.
        refused(&shell, &format!("{line} --ca-file house/stranger.pem"), 4, "its certificate is not to be trusted");
        done(&shell, &format!("{line} --ca-file house/ca.pem"));
    }
    refused(&shell, "bauta-verifier update", 4, "--ca-file");
    done(&shell, "bauta-verifier update --ca-file house/ca.pem");

    let added =
        done(&shell, "bauta-issuer add --type health-record --reference A-1 tested=naat tested_on=today-1 --json");
    let ticket: Value = serde_json::from_str(&added.out).unwrap();
    let collect = format!("bauta-wallet collect {}", ticket["link"].as_str().unwrap());
    refused(&shell, &collect, 4, "--ca-file");
    shell.set("BAUTA_CA_FILE", "house/ca.pem");
    done(&shell, &collect);
    done(&shell, "bauta-wallet renew");
    done(&shell, "bauta-wallet trust update");
}

/// All that an issuer asks others for: a provider's keys, the lab's own system for messages, and withdrawals of another service.
#[test]
fn an_issuer_believes_the_house_s_authority_when_its_settings_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(folder.path()).unwrap();
    let house = House::founded(folder.path());
    let provider = Provider::new();
    let keys = house.door(provider.answer());
    let system = house.door(Arc::new(|_: &[u8]| b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n".to_vec()));
    let lab = folder.path().join("lab");
    private(&lab.join("hook.secret"), "0123456789abcdef0123456789abcdef");
    let settings = fs::read_to_string(lab.join("bauta-issuer.toml")).unwrap();
    let more = format!(
        "[[bearer]]\nissuer = \"https://id.hospital.example\"\naudience = \"bauta\"\njwks_url = \"{keys}/keys\"\n\
         [hand_over]\nwebhook = \"{system}/sms\"\nsecret_file = \"hook.secret\"\n"
    );
    fs::write(lab.join("bauta-issuer.toml"), format!("{settings}{more}")).unwrap();

    let mut shell = city.shell().clone();
    let service = serve(&shell, "bauta-issuer serve", city.address());
    let key = done(&shell, "bauta-issuer api-key new --name lims").out.trim().to_owned();
    done(&shell, "bauta-issuer account add --name nurse --role operator");
    done(&shell, "bauta-issuer account link --name nurse --issuer https://id.hospital.example --subject nurse-7");
    let handed_over = |reference: &str| {
        let result = json!({
            "type": "health-record", "reference": reference, "facts": { "age_band": "21-64" }, "hand_over_to": "patient",
        });
        let answer = agent().post(format!("http://{}/v1/results", city.address()));
        let mut answer = answer.header("Authorization", format!("Bearer {key}")).send_json(result).unwrap();
        answer.body_mut().read_json::<Value>().unwrap()["handed_over"].as_bool().unwrap()
    };
    let come = || {
        let counts = agent().get(format!("http://{}/v1/counts", city.address()));
        counts
            .header("Authorization", format!("Bearer {}", provider.token("nurse-7")))
            .call()
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!((come(), handed_over("A-1")), (401, false), "nobody said that the house is to be believed");
    drop(service);

    shell.set("BAUTA_ISSUER_CA_FILE", "../house/ca.pem");
    let _service = serve(&shell, "bauta-issuer serve", city.address());
    assert_eq!((come(), handed_over("A-2")), (200, true));
    assert!(done(&shell, "bauta-issuer doctor").out.contains("ca_file: 1 certificates of the house's own authorities"));

    an_office_that_runs_apart_hears_of_withdrawals(&city, &house, &shell, &settings);

    fs::write(lab.join("words.pem"), "words").unwrap();
    shell.set("BAUTA_ISSUER_CA_FILE", "words.pem");
    for command in ["bauta-issuer serve", "bauta-issuer doctor"] {
        refused(&shell, command, 1, "there is no certificate in it: name the PEM file of your own authority");
    }
}

fn an_office_that_runs_apart_hears_of_withdrawals(city: &City, house: &House, shell: &Shell, settings: &str) {
    let (address, records) = (free_address().unwrap(), house.door_to(city.address()));
    let lab = shell.folder().join("lab");
    let key = done(shell, "bauta-issuer api-key new --name office --for office").out;
    private(&lab.join("office.api-key"), key.trim());
    let office = settings
        .replace(&city.address().to_string(), &address.to_string())
        .replace("\"bauta.db\"", "\"office.db\"")
        .replace("lab = ", "roles = [\"passes\"]\nlab = ");
    let tells = done(shell, "bauta-issuer withdrawals-key").out;
    let hears = format!(
        "[[withdrawn_from]]\nurl = \"{records}\"\napi_key_file = \"office.api-key\"\npublic_key = \"{}\"\n",
        tells.trim()
    );
    fs::write(lab.join("office.toml"), format!("{office}{hears}")).unwrap();
    let heard = |shell: &Shell, log: &str| {
        let mut office = shell.start("bauta-issuer serve --config lab/office.toml", Path::new(log)).unwrap();
        office.wait_for(address).unwrap();
        let begun = std::time::Instant::now();
        let said = || fs::read_to_string(shell.folder().join(log)).unwrap();
        while begun.elapsed().as_secs() < 3 && !said().contains("withdrawals not heard") {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        !said().contains("withdrawals not heard")
    };
    assert!(heard(shell, "office.log"), "{}", fs::read_to_string(shell.folder().join("office.log")).unwrap());
    let mut without = shell.clone();
    without.set("BAUTA_ISSUER_CA_FILE", "../house/stranger.pem");
    assert!(!heard(&without, "without.log"));
}

fn serve(shell: &Shell, line: &str, address: SocketAddr) -> Running {
    let mut service = shell.start(line, Path::new("lab/serve.log")).unwrap();
    service.wait_for(address).unwrap();
    service
}

fn done(shell: &Shell, line: &str) -> Ran {
    let ran = shell.run(line).unwrap();
    assert_eq!(ran.code, Some(0), "`{line}` said: {}", ran.said());
    ran
}

fn refused(shell: &Shell, line: &str, code: i32, because: &str) {
    let ran = shell.run(line).unwrap();
    assert_eq!(ran.code, Some(code), "`{line}` said: {}", ran.said());
    assert!(ran.said().contains(because), "`{line}` said: {}", ran.said());
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn private(path: &Path, text: &str) {
    bauta_spec::sealed::file::write_new(path, text.as_bytes()).unwrap();
}

/// An OpenID provider of the hospital.
struct Provider(SigningKey);

impl Provider {
    fn new() -> Self {
        Self(SigningKey::from_bytes(&[7; 32]))
    }

    fn answer(&self) -> Arc<Answer> {
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.0.verifying_key().as_bytes());
        let keys =
            json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "one", "use": "sig" }] }).to_string();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{keys}", keys.len());
        Arc::new(move |_: &[u8]| answer.clone().into_bytes())
    }

    fn token(&self, subject: &str) -> String {
        let expires = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 600;
        let claims = json!({ "iss": "https://id.hospital.example", "aud": "bauta", "sub": subject, "exp": expires });
        let [head, claims] = [json!({ "alg": "EdDSA", "kid": "one" }), claims]
            .map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{head}.{claims}");
        let signature = self.0.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Answers one request.
type Answer = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

/// A house with an authority of its own.
struct House {
    config: Arc<ServerConfig>,
}

impl House {
    /// Makes the authority, and a certificate for `localhost`; and beside it a strange authority. In the folder `house`.
    fn founded(folder: &Path) -> Self {
        let house = folder.join("house");
        fs::create_dir(&house).unwrap();
        fs::write(house.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
        let openssl = |line: &str| {
            let output = Command::new("openssl").args(line.split(' ')).current_dir(&house).output();
            let output = output.expect("openssl is installed");
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        };
        const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        for name in ["ca", "stranger"] {
            openssl(&format!("req -x509 {KEY} -days 2 -subj /CN={name} -keyout {name}.key -out {name}.pem"));
        }
        openssl(&format!("req {KEY} -subj /CN=server -keyout server.key -out server.csr"));
        openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem",
        );

        let read = |name: &str| fs::read(house.join(name)).unwrap();
        let chain = CertificateDer::pem_slice_iter(&read("server.pem")).collect::<Result<_, _>>().unwrap();
        let key = PrivateKeyDer::from_pem_slice(&read("server.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self { config: Arc::new(config) }
    }

    /// The address of a web server of the house that hands everything on to one that speaks plainly.
    fn door_to(&self, service: SocketAddr) -> String {
        self.door(Arc::new(move |request: &[u8]| {
            let Ok(mut stream) = TcpStream::connect(service) else { return Vec::new() };
            let head = request.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
            stream.write_all(&[&request[..head], b"Connection: close\r\n", &request[head..]].concat()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            answer
        }))
    }

    /// The address of a web server of the house, which answers one request on each connection.
    fn door(&self, answer: Arc<Answer>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::clone(&self.config);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, answer) = (Arc::clone(&config), Arc::clone(&answer));
                std::thread::spawn(move || answered(stream, config, &*answer));
            }
        });
        format!("https://localhost:{port}")
    }
}

/// `None` when whoever came does not believe us, or hung up.
fn answered(stream: TcpStream, config: Arc<ServerConfig>, answer: &Answer) -> Option<()> {
    let mut stream = BufReader::new(StreamOwned::new(ServerConnection::new(config).ok()?, stream));
    let (mut request, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(line.as_bytes());
        if line == "\r\n" {
            break;
        }
        if let Some(number) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    request.extend(body);
    let mut stream = stream.into_inner();
    stream.write_all(&answer(&request)).ok()?;
    stream.conn.send_close_notify();
    stream.flush().ok()
}
