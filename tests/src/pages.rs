//! Serves the built web pages on loopback the way `web/nginx.conf` tells hosts to: the headers are read from that very file.

use std::collections::BTreeMap;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};

/// What hosts are told to send.
const HOSTS_ARE_TOLD: &str = include_str!("../../web/nginx.conf");
/// What stands there for the origins of labs and of the trust list.
const EXAMPLE_LAB: &str = "https://lab.example";
/// What stands there for "a file whose name changes with its content".
const KEPT_FOR_EVER: &str = "/assets/";

/// A file that is served, with the value of its Content-Type.
#[derive(Clone, Debug)]
struct Page {
    media_type: &'static str,
    bytes: web::Bytes,
}

/// Pages of one origin.
#[derive(Clone, Debug, Default)]
pub struct Site {
    pages: BTreeMap<String, Page>,
    /// By the beginning of the path: the headers of what lies there.
    headers: BTreeMap<String, Vec<(HeaderName, HeaderValue)>>,
}

/// Who may show a page inside another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frames {
    /// Nobody, as hosts are told.
    Nobody,
    /// Pages of the same origin: only for the first look, where wallet and verifier stand side by side.
    SameOrigin,
}

/// Why pages cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// They have not been built.
    #[error("there is no page in {0}: run `cargo xtask web` first")]
    NotBuilt(PathBuf),
    /// web/nginx.conf has a line that is no header.
    #[error("web/nginx.conf has a header that cannot be sent: {0}")]
    Header(String),
    /// The machine says no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Site {
    /// A page that `cargo xtask web` built, below `path` (which ends with a slash), with its settings, and with the right to ask `lab`.
    ///
    /// # Errors
    /// [`PagesError`].
    pub fn with_built(
        mut self,
        path: &str,
        built: &Path,
        settings: &serde_json::Value,
        lab: &str,
        frames: Frames,
    ) -> Result<Self, PagesError> {
        if !built.join("index.html").is_file() {
            return Err(PagesError::NotBuilt(built.to_owned()));
        }
        self.add_folder(path, built)?;
        self.pages.insert(format!("{path}bauta.json"), Page::new("bauta.json", settings.to_string().into_bytes()));
        let told = told_headers()?.into_iter().map(|(name, value)| {
            let value = value.replace(EXAMPLE_LAB, lab);
            let value = match frames {
                Frames::Nobody => value,
                Frames::SameOrigin => value.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
            };
            header(&name, &value)
        });
        self.headers.insert(path.to_owned(), told.collect::<Result<_, _>>()?);
        Ok(self)
    }

    /// Files as they are, at the root, with a policy of their own.
    ///
    /// # Errors
    /// [`PagesError`].
    pub fn with_plain(mut self, folder: &Path, policy: &str) -> Result<Self, PagesError> {
        self.add_folder("/", folder)?;
        let headers = [("content-security-policy", policy), ("x-content-type-options", "nosniff")];
        let headers = headers.map(|(name, value)| header(name, value));
        self.headers.insert("/".to_owned(), headers.into_iter().collect::<Result<_, _>>()?);
        Ok(self)
    }

    /// Serves these pages, and `more`, until the future is dropped.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn serve(
        self,
        listener: TcpListener,
        more: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
    ) -> io::Result<Server> {
        let site = Data::from(Arc::new(self));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::clone(&site))
                .configure(|routes| more(routes))
                .default_service(web::to(page))
                .wrap(from_fn(as_told))
        });
        Ok(server.workers(1).disable_signals().listen(listener)?.run())
    }

    fn add_folder(&mut self, path: &str, folder: &Path) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
            let name = name.to_string_lossy();
            if entry.is_dir() {
                self.add_folder(&format!("{path}{name}/"), &entry)?;
                continue;
            }
            let page = Page::new(&name, std::fs::read(&entry)?);
            if name == "index.html" {
                self.pages.insert(path.to_owned(), page.clone());
            }
            self.pages.insert(format!("{path}{name}"), page);
        }
        Ok(())
    }

    /// The headers of the longest beginning that fits.
    fn headers_of(&self, path: &str) -> &[(HeaderName, HeaderValue)] {
        let fitting = self.headers.iter().filter(|(beginning, _)| path.starts_with(beginning.as_str()));
        fitting.max_by_key(|(beginning, _)| beginning.len()).map_or(&[], |(_, headers)| headers)
    }
}

impl Page {
    fn new(name: &str, bytes: Vec<u8>) -> Self {
        Self { media_type: media_type(name), bytes: bytes.into() }
    }
}

/// A browser compiles WebAssembly while it comes in only if it is called so, and runs no script that is called otherwise.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

/// Each `add_header NAME "VALUE" always;` of web/nginx.conf.
fn told_headers() -> Result<Vec<(String, String)>, PagesError> {
    let lines = HOSTS_ARE_TOLD.lines().filter_map(|line| line.trim().strip_prefix("add_header ").map(str::trim));
    lines
        .filter(|line| !line.contains('$'))
        .map(|line| {
            let (name, value) = line.split_once(' ').ok_or_else(|| PagesError::Header(line.to_owned()))?;
            let value = value.trim().strip_suffix(" always;").and_then(|value| {
                let value = value.trim();
                value.strip_prefix('"')?.strip_suffix('"')
            });
            let value = value.ok_or_else(|| PagesError::Header(line.to_owned()))?;
            Ok((name.to_ascii_lowercase(), value.to_owned()))
        })
        .collect()
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), PagesError> {
    let name_of = HeaderName::try_from(name).map_err(|_| PagesError::Header(name.to_owned()))?;
    let value = HeaderValue::from_str(value).map_err(|_| PagesError::Header(value.to_owned()))?;
    Ok((name_of, value))
}

async fn page(request: HttpRequest, site: Data<Site>) -> HttpResponse {
    let readable = [Method::GET, Method::HEAD].contains(request.method());
    match site.pages.get(request.path()).filter(|_| readable) {
        Some(page) => HttpResponse::Ok().content_type(page.media_type).body(page.bytes.clone()),
        None => HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is no such page."),
    }
}

/// Middleware: the headers of a path, on every answer.
async fn as_told(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let path = request.path().to_owned();
    let site = request.app_data::<Data<Site>>().cloned();
    let mut response = next.call(request).await?;
    let kept = if path.contains(KEPT_FOR_EVER) { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    for (name, value) in site.iter().flat_map(|site| site.headers_of(&path)) {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    Ok(response)
}
