//! Whose certificates are believed.
//!
//! The machine's own store, since that is where a company puts its certificate; the roots of Mozilla that are compiled in
//! where a machine has no store at all, as in a bare container. Never both, and never none.

use std::path::Path;

use ureq::tls::RootCerts;

/// Where Linux distributions and BSDs keep their bundle.
const BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The roots to believe, given the environment.
pub(crate) fn roots(variables: &[(String, String)]) -> RootCerts {
    let named = |(name, value): &(String, String)| matches!(name.as_str(), "SSL_CERT_FILE" | "SSL_CERT_DIR") && !value.is_empty();
    let has_store = cfg!(any(target_os = "macos", windows)) || BUNDLES.iter().any(|file| Path::new(file).exists());
    if has_store || variables.iter().any(named) { RootCerts::PlatformVerifier } else { RootCerts::WebPki }
}
