//! `cargo xtask sbom`: what is inside each thing that we publish, as CycloneDX 1.6 in JSON.
//!
//! Names and relations are cargo's own (`cargo tree`, which knows features for one program at a time; `cargo metadata` joins those of
//! the whole workspace), licences and addresses come from `cargo metadata`, checksums from the two lock files. The same lock files give the
//! same bytes: there is no serial number, and a time only when `SOURCE_DATE_EPOCH` names one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::machine::{cargo, output, root};

/// The programs that are published, each a package of the same name.
pub(crate) const PROGRAMS: [&str; 4] = ["bauta-issuer", "bauta-wallet", "bauta-verifier", "bauta-authority"];

/// What is compiled into the npm package.
const IN_BROWSERS: [&str; 2] = ["bauta-wallet", "bauta-verifier"];

/// For which machine programs are described. What Windows would need in addition is in nothing that we publish.
const HOST: &str = "x86_64-unknown-linux-gnu";

/// Writes one file for each program and one for the npm package into `target/sbom`.
pub(crate) fn run() -> Result<()> {
    let folder = root().join("target/sbom");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut counts = Vec::new();
    for (name, document) in all()? {
        let file = folder.join(format!("{name}.cdx.json"));
        std::fs::write(&file, format!("{document:#}\n")).with_context(|| format!("cannot write {}", file.display()))?;
        counts.push(format!("{name} {}", document["components"].as_array().map_or(0, Vec::len)));
    }
    println!("Bills of materials in target/sbom, with so many components: {}.", counts.join(", "));
    Ok(())
}

/// Every document, by the name of what it describes.
fn all() -> Result<Vec<(String, Value)>> {
    let crates = Crates::read()?;
    let mut documents = Vec::new();
    for program in PROGRAMS {
        let everything = Tree::of(program, Inside::Everything, &[])?;
        let at_run_time = Tree::of(program, Inside::RunTime, &[])?;
        documents.push((program.to_owned(), crates.document(program, &everything, &at_run_time)?));
    }
    documents.push(("bauta-npm".to_owned(), npm(&crates)?));
    Ok(documents)
}

/// A package by name and version: the lock file has no two alike.
type Package = (String, String);

/// What of a tree is asked for.
#[derive(Clone, Copy)]
enum Inside {
    /// Also what only builds it: build scripts and macros, with what they need.
    Everything,
    /// What is in the program when it runs.
    RunTime,
}

/// Who needs whom, from one package on.
struct Tree {
    top: Package,
    needs: BTreeMap<Package, BTreeSet<Package>>,
}

impl Tree {
    fn of(package: &str, inside: Inside, more: &[&str]) -> Result<Self> {
        let mut tree = cargo();
        tree.args(["tree", "--locked", "--quiet", "--package", package, "--prefix", "depth", "--format", " {p}"]);
        tree.args([
            "--edges",
            if matches!(inside, Inside::Everything) { "normal,build" } else { "normal,no-proc-macro" },
        ]);
        // Without further words, the program as `cargo build` makes it on the machine that is described.
        tree.args(if more.is_empty() { &["--target", HOST] } else { more });
        Self::read(&output(&mut tree)?).with_context(|| format!("cargo tree of {package} cannot be read"))
    }

    /// Lines like `2 bytes v1.10.1 (*)`: depth, name, version, and what does not matter here. A package that was there before comes without
    /// what it needs.
    fn read(lines: &str) -> Result<Self> {
        let mut way: Vec<Package> = Vec::new();
        let mut needs: BTreeMap<Package, BTreeSet<Package>> = BTreeMap::new();
        for line in lines.lines().filter(|line| !line.is_empty()) {
            let mut words = line.split_whitespace();
            let (Some(depth), Some(name), Some(version)) = (words.next(), words.next(), words.next()) else {
                bail!("not understood: {line}");
            };
            way.truncate(depth.parse().with_context(|| format!("not understood: {line}"))?);
            let package = (name.to_owned(), version.trim_start_matches('v').to_owned());
            if let Some(above) = way.last() {
                needs.entry(above.clone()).or_default().insert(package.clone());
            }
            needs.entry(package.clone()).or_default();
            way.push(package);
        }
        Ok(Self { top: way.first().context("it is empty")?.clone(), needs })
    }

    fn packages(&self) -> BTreeSet<&Package> {
        self.needs.keys().collect()
    }
}

/// What cargo knows of every package in the lock file.
struct Crates(BTreeMap<Package, Crate>);

struct Crate {
    /// SPDX, or nothing where a package names a file of its own.
    licence: Option<String>,
    /// Hex, of what the registry serves; our own packages have none.
    sha256: Option<String>,
    repository: Option<String>,
}

impl Crates {
    fn read() -> Result<Self> {
        let metadata = output(cargo().args(["metadata", "--locked", "--quiet", "--format-version", "1"]))?;
        let metadata: Value = serde_json::from_str(&metadata)?;
        let lock = std::fs::read_to_string(root().join("Cargo.lock")).context("there is no Cargo.lock")?;
        let checksums = checksums(&lock);
        let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
        let known = packages.iter().map(|package| {
            let word = |name: &str| package[name].as_str().map(str::to_owned);
            let key = (word("name").unwrap_or_default(), word("version").unwrap_or_default());
            let licence = word("license").map(|licence| licence.replace('/', " OR ").replace("  ", " "));
            let sha256 = checksums.get(&key).cloned();
            (key, Crate { licence, sha256, repository: word("repository") })
        });
        Ok(Self(known.collect()))
    }

    fn document(&self, program: &str, everything: &Tree, at_run_time: &Tree) -> Result<Value> {
        let inside = at_run_time.packages();
        let mut components = Vec::new();
        for package in everything.packages() {
            if *package != everything.top {
                components.push(self.component(package, "library", inside.contains(package))?);
            }
        }
        let relations = everything.needs.iter().map(|(from, to)| (purl(from), to.iter().map(purl).collect())).collect();
        Ok(document(self.component(&everything.top, "application", true)?, components, &relations, program))
    }

    fn component(&self, package: &Package, kind: &str, at_run_time: bool) -> Result<Value> {
        let (name, version) = package;
        let known = self.0.get(package).with_context(|| format!("cargo metadata does not know {name} {version}"))?;
        let mut component = json!({
            "type": kind,
            "bom-ref": purl(package),
            "name": name,
            "version": version,
            // As the standard has it: what cannot be reached when the program runs.
            "scope": if at_run_time { "required" } else { "excluded" },
            "purl": purl(package),
        });
        if let Some(sha256) = &known.sha256 {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": sha256 }]);
        }
        component["licenses"] = match &known.licence {
            Some(licence) => json!([{ "expression": licence }]),
            None => json!([{ "license": { "name": "see the file in the package" } }]),
        };
        if let Some(repository) = known.repository.as_ref().filter(|address| address.starts_with("https://")) {
            component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
        }
        Ok(component)
    }
}

fn purl((name, version): &Package) -> String {
    // A version's plus sign is the one letter in it that an address cannot hold.
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

/// The `checksum` of each package in Cargo.lock, which is a list of tables with one pair a line.
fn checksums(lock: &str) -> BTreeMap<Package, String> {
    let value = |table: &str, name: &str| {
        let line = table.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let tables = lock.split("[[package]]").skip(1);
    tables
        .filter_map(|table| Some(((value(table, "name")?, value(table, "version")?), value(table, "checksum")?)))
        .collect()
}

/// The npm package has everything inside: what its source imports, and the crates behind its two WebAssembly files.
fn npm(crates: &Crates) -> Result<Value> {
    let lock: Value = read_json(&root().join("package-lock.json"))?;
    let own = lock["packages"]["web"].clone();
    let own_purl = format!("pkg:npm/bauta@{}", own["version"].as_str().unwrap_or_default());
    let mut components: BTreeMap<String, Value> = BTreeMap::new();
    let mut relations: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (wanted, sources) = (names(&own, &["dependencies", "devDependencies"]), sources(&root().join("web/src"))?);
    // What is needed for building is inside only if the source imports it; the rest is for tests.
    let imported =
        |name: &String| [format!("\"{name}\""), format!("\"{name}/")].iter().any(|word| sources.contains(word));
    let mut next: Vec<(String, String)> =
        wanted.into_iter().filter(imported).map(|name| (own_purl.clone(), name)).collect();
    while let Some((by, name)) = next.pop() {
        let package = &lock["packages"][format!("node_modules/{name}")];
        let Some(version) = package["version"].as_str() else { bail!("package-lock.json does not have {name}") };
        let purl = format!("pkg:npm/{}@{version}", name.replace('@', "%40"));
        relations.entry(by).or_default().insert(purl.clone());
        if components.contains_key(&purl) {
            continue;
        }
        let mut component = json!({
            "type": "library", "bom-ref": purl, "name": name, "version": version, "scope": "required", "purl": purl,
            "licenses": [{ "expression": package["license"].as_str().unwrap_or("NOASSERTION") }],
        });
        if let Some(sha512) = package["integrity"].as_str().and_then(|word| word.strip_prefix("sha512-")) {
            component["hashes"] = json!([{ "alg": "SHA-512", "content": hex(&BASE64_STANDARD.decode(sha512)?) }]);
        }
        components.insert(purl.clone(), component);
        relations.entry(purl.clone()).or_default();
        next.extend(names(package, &["dependencies"]).into_iter().map(|name| (purl.clone(), name)));
    }
    for program in IN_BROWSERS {
        let compiled = ["--target", "wasm32-unknown-unknown", "--no-default-features", "--features", "wasm"];
        let everything = Tree::of(program, Inside::Everything, &compiled)?;
        let at_run_time = Tree::of(program, Inside::RunTime, &compiled)?;
        let inside = at_run_time.packages();
        for (package, needs) in &everything.needs {
            let component = crates.component(package, "library", inside.contains(package))?;
            // One that runs in either is one that runs.
            let known = components.entry(purl(package)).or_insert_with(|| component.clone());
            if component["scope"] == "required" {
                *known = component;
            }
            relations.entry(purl(package)).or_default().extend(needs.iter().map(purl));
        }
        relations.entry(own_purl.clone()).or_default().insert(purl(&everything.top));
    }
    let component = json!({
        "type": "library", "bom-ref": own_purl, "name": "bauta", "version": own["version"], "purl": own_purl,
        "licenses": [{ "expression": own["license"] }],
    });
    Ok(document(component, components.into_values().collect(), &relations, "bauta"))
}

fn document(
    described: Value,
    components: Vec<Value>,
    relations: &BTreeMap<String, BTreeSet<String>>,
    name: &str,
) -> Value {
    let relations = relations.iter().map(|(from, to)| json!({ "ref": from, "dependsOn": to }));
    let tool = json!({ "type": "application", "name": "cargo xtask sbom", "description": format!("of {name}") });
    let mut metadata = json!({ "component": described, "tools": { "components": [tool] } });
    if let Some(time) = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| timestamp(seconds.parse().ok()?)) {
        metadata["timestamp"] = json!(time);
    }
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata,
        "components": components,
        "dependencies": relations.collect::<Vec<_>>(),
    })
}

/// In RFC 3339.
fn timestamp(seconds: i64) -> Option<String> {
    let time = time::OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    time.format(&time::format_description::well_known::Rfc3339).ok()
}

fn names(package: &Value, members: &[&str]) -> Vec<String> {
    members.iter().filter_map(|member| package[member].as_object()).flat_map(|map| map.keys().cloned()).collect()
}

/// Everything that is written in a folder.
fn sources(folder: &Path) -> Result<String> {
    let mut text = String::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "ts") {
                text.push_str(&std::fs::read_to_string(&path)?);
            }
        }
    }
    Ok(text)
}

fn read_json(file: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    fn purls(document: &Value) -> BTreeSet<String> {
        let components = document["components"].as_array().unwrap();
        components.iter().map(|component| component["purl"].as_str().unwrap().to_owned()).collect()
    }

    /// Walks what `cargo metadata` has resolved, along the kinds of edges that `follow` takes, from one of our packages on.
    fn reached(metadata: &Value, from: &str, follow: impl Fn(Option<&str>) -> bool) -> BTreeSet<String> {
        let packages = metadata["packages"].as_array().unwrap();
        let id = &packages.iter().find(|package| package["name"] == from).unwrap()["id"];
        let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
        let mut found = BTreeSet::new();
        let mut next = vec![id.as_str().unwrap()];
        while let Some(id) = next.pop() {
            if !found.insert(id.to_owned()) {
                continue;
            }
            let node = nodes.iter().find(|node| node["id"] == id).unwrap();
            for edge in node["deps"].as_array().unwrap() {
                if edge["dep_kinds"].as_array().unwrap().iter().any(|kind| follow(kind["kind"].as_str())) {
                    next.push(edge["pkg"].as_str().unwrap());
                }
            }
        }
        let by_id = |id: &String| packages.iter().find(|package| package["id"] == id.as_str()).unwrap();
        found.iter().map(|id| purl_of(by_id(id))).collect()
    }

    fn metadata() -> Value {
        let mut metadata = cargo();
        metadata.args(["metadata", "--locked", "--quiet", "--format-version", "1", "--filter-platform", HOST]);
        serde_json::from_str(&output(&mut metadata).unwrap()).unwrap()
    }

    #[test]
    fn every_package_of_a_program_is_in_its_bill_and_nothing_that_only_tests_it() {
        let metadata = metadata();
        for program in PROGRAMS {
            let (_, document) = ALL.iter().find(|(name, _)| name == program).unwrap();
            let mut listed = purls(document);
            listed.insert(document["metadata"]["component"]["purl"].as_str().unwrap().to_owned());
            // The second opinion joins the features of all our packages, so it may reach more, and never less.
            let without_tests = reached(&metadata, program, |kind| kind != Some("dev"));
            assert!(listed.is_subset(&without_tests), "{:?}", listed.difference(&without_tests).collect::<Vec<_>>());
            let direct = reached_directly(&metadata, program);
            assert!(direct.is_subset(&listed), "{program}: {:?}", direct.difference(&listed).collect::<Vec<_>>());
            // Whatever is listed has all that it needs listed, too.
            for relation in document["dependencies"].as_array().unwrap() {
                for needed in relation["dependsOn"].as_array().unwrap() {
                    assert!(listed.contains(needed.as_str().unwrap()), "{needed}");
                }
            }
        }
    }

    /// What a program's own manifest names for building it: the least that must be in the bill.
    fn reached_directly(metadata: &Value, program: &str) -> BTreeSet<String> {
        let packages = metadata["packages"].as_array().unwrap();
        let package = packages.iter().find(|package| package["name"] == program).unwrap();
        let wanted = package["dependencies"].as_array().unwrap().iter();
        let wanted = wanted.filter(|wanted| wanted["kind"] != "dev" && wanted["optional"] == false);
        let names: BTreeSet<&str> = wanted.map(|wanted| wanted["name"].as_str().unwrap()).collect();
        let node = metadata["resolve"]["nodes"].as_array().unwrap().iter().find(|node| node["id"] == package["id"]);
        let edges = node.unwrap()["deps"].as_array().unwrap().iter();
        let built = edges.filter(|edge| edge["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"] != "dev"));
        let reached = built.map(|edge| packages.iter().find(|package| package["id"] == edge["pkg"]).unwrap());
        reached.filter(|package| names.contains(package["name"].as_str().unwrap())).map(purl_of).collect()
    }

    fn purl_of(package: &Value) -> String {
        purl(&(package["name"].as_str().unwrap().to_owned(), package["version"].as_str().unwrap().to_owned()))
    }

    /// Made once for all tests: cargo has to be asked ten times.
    static ALL: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| all().unwrap());

    #[test]
    fn test_tools_are_in_no_bill_and_every_foreign_package_has_checksum_and_licence() {
        for (name, document) in ALL.iter() {
            let listed = purls(document);
            assert!(listed.len() > 20, "{name}");
            for tool in ["proptest", "trycmd", "criterion", "tempfile", "zkryptium"] {
                assert!(!listed.iter().any(|purl| purl.starts_with(&format!("pkg:cargo/{tool}@"))), "{tool} in {name}");
            }
            for tool in ["fake-indexeddb", "vitest", "playwright-core"] {
                assert!(!listed.iter().any(|purl| purl.starts_with(&format!("pkg:npm/{tool}@"))), "{tool} in {name}");
            }
            for component in document["components"].as_array().unwrap() {
                let foreign = !component["name"].as_str().unwrap().starts_with("bauta-");
                assert!(!foreign || component["hashes"][0]["content"].is_string(), "{component}");
                assert!(component["licenses"][0].is_object(), "{component}");
            }
        }
    }

    #[test]
    fn the_npm_package_has_what_its_notices_say() {
        let (_, document) = ALL.last().unwrap();
        let listed = purls(document);
        for inside in ["lit", "lit-html", "idb", "zxing-wasm"] {
            assert!(listed.iter().any(|purl| purl.starts_with(&format!("pkg:npm/{inside}@"))), "{inside}");
        }
        for inside in ["bauta-wallet", "bauta-verifier", "bls12_381", "wasm-bindgen"] {
            assert!(listed.iter().any(|purl| purl.starts_with(&format!("pkg:cargo/{inside}@"))), "{inside}");
        }
        assert!(!listed.iter().any(|purl| purl.starts_with("pkg:cargo/blst@")), "browsers run no assembly");
    }

    #[test]
    fn the_same_lock_files_give_the_same_bytes() {
        assert_eq!(format!("{:?}", all().unwrap()), format!("{:?}", *ALL));
    }

    #[test]
    fn a_tree_is_read_by_depth() {
        let tree =
            Tree::read("0 a v1.0.0 (/somewhere)\n1 b v2.0.0\n2 c v3.0.0+x (proc-macro)\n1 c v3.0.0+x (*)\n").unwrap();
        let a = ("a".to_owned(), "1.0.0".to_owned());
        assert_eq!((tree.needs.len(), tree.needs[&a].len(), &tree.top), (3, 2, &a));
        assert_eq!(purl(&("c".into(), "3.0.0+x".into())), "pkg:cargo/c@3.0.0%2Bx");
        assert!(Tree::read("").is_err() && Tree::read("x a v1").is_err());
    }
}
