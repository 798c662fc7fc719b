//! What hosts are told to send is what the test server sends: the browser tests then show that the pages work under it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::net::TcpListener;
use std::path::Path;

use bauta_tests::pages::{Frames, Site};

const LAB: &str = "http://127.0.0.1:8080";

/// A page that was built: its first file, a hashed one, and WebAssembly.
fn built(folder: &Path) {
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    for (name, text) in
        [("index.html", "<!doctype html>"), ("assets/page-1a2b.js", "1"), ("assets/core-3c4d.wasm", "\0asm")]
    {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// Serves it, plainly and below `/framed/`, and says where.
fn serve() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    built(folder.path());
    let settings = serde_json::json!({ "root": "00" });
    let site = Site::default().with_built("/", folder.path(), &settings, LAB, Frames::Nobody).unwrap();
    let site = site.with_built("/framed/", folder.path(), &settings, LAB, Frames::SameOrigin).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move { site.serve(listener, |_| ()).unwrap().await }).unwrap();
    });
    (folder, format!("http://{address}"))
}

fn get(url: &str) -> ureq::http::Response<ureq::Body> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    agent.get(url).call().unwrap()
}

fn header<'a>(answer: &'a ureq::http::Response<ureq::Body>, name: &str) -> &'a str {
    answer.headers().get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
}

#[test]
fn every_answer_has_the_headers_that_hosts_are_told_to_send() {
    let (_folder, address) = serve();
    let told = include_str!("../../web/nginx.conf");
    let lines: Vec<&str> = told.lines().filter_map(|line| line.trim().strip_prefix("add_header ")).collect();
    assert_eq!(lines.len(), 8, "each of them is looked at below, and Cache-Control for itself");
    for path in ["/", "/index.html", "/assets/page-1a2b.js", "/bauta.json", "/nowhere", "/../Cargo.toml"] {
        let answer = get(&format!("{address}{path}"));
        for line in lines.iter().filter(|line| !line.contains('$')) {
            let (name, value) = line.split_once(' ').unwrap();
            let value = value.trim_end_matches(" always;").trim_matches('"').replace("https://lab.example", LAB);
            assert_eq!(header(&answer, name), value, "{path}");
        }
    }
    assert_eq!(get(&format!("{address}/nowhere")).status().as_u16(), 404);
    assert_eq!(header(&get(&format!("{address}/assets/core-3c4d.wasm")), "content-type"), "application/wasm");
}

#[test]
fn only_files_whose_names_change_with_their_content_are_kept() {
    let (_folder, address) = serve();
    let cache = |path: &str| header(&get(&format!("{address}{path}")), "cache-control").to_owned();
    assert_eq!(cache("/assets/page-1a2b.js"), "public, max-age=31536000, immutable");
    assert_eq!(["/", "/bauta.json"].map(cache), ["no-cache", "no-cache"]);
}

#[test]
fn what_hosts_are_told_allows_nothing_unsafe_and_no_frame() {
    let (_folder, address) = serve();
    let policy = |path: &str| header(&get(&format!("{address}{path}")), "content-security-policy").to_owned();
    let told = policy("/");
    assert!(told.starts_with("default-src 'none'; ") && told.contains("frame-ancestors 'none'"));
    assert!(told.contains("require-trusted-types-for 'script'"));
    assert!(!told.replace("'wasm-unsafe-eval'", "").contains("unsafe"), "{told}");
    assert!(!told.contains('*') && !told.contains("data:"), "{told}");
    // The first look is the one exception, and no host is told of it.
    assert_eq!(policy("/framed/"), told.replace("frame-ancestors 'none'", "frame-ancestors 'self'"));
}

/// A second copy of the headers, in a page for hosts, would go its own way some day.
#[test]
fn no_page_for_hosts_tells_other_headers() {
    let told = include_str!("../../web/nginx.conf");
    for page in [include_str!("../../wallet/README.md"), include_str!("../../verifier/README.md")] {
        for line in page.lines().filter(|line| line.contains("add_header") || line.contains("default-src")) {
            assert!(told.contains(line.trim()), "{line}");
        }
    }
}
