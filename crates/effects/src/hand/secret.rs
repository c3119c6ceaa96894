//! What opens other doors when it is read: keys, credentials, other projects' secrets, memory and disks of the machine.

use crate::facts::Facts;
use crate::path::below;
use crate::place::Touch;

pub(super) fn of(touch: Touch, path: &str, facts: &Facts) -> Option<&'static str> {
    if below(path, &facts.tree).is_some() {
        return None; // the project's own
    }
    if touch.recursive && !is_public(path, facts) {
        return Some("keys or other projects' secrets may be below it");
    }
    let lower = path.to_lowercase();
    let parts: Vec<&str> = lower.split('/').filter(|part| !part.is_empty()).collect();
    if is_of_system(&parts) {
        return Some("keys, or the memory or disks of the machine");
    }
    let name = parts.last().copied().unwrap_or_default();
    let named = |what: &&str| parts.windows(what.split('/').count()).any(|some| some.join("/") == **what);
    if KEPT.iter().any(named) {
        return Some("keys or credentials");
    }
    if in_hidden_part_of_home(path, facts) {
        return Some("the person's own settings, which may hold keys");
    }
    let harmless = [".example", ".sample", ".template", ".pub", ".md"].iter().any(|end| name.ends_with(end));
    let keyed = [".pem", ".key", ".p12", ".pfx", ".jks", ".kdbx", ".keystore", ".ppk", ".tfstate", ".ovpn"].iter().any(|end| name.ends_with(end));
    let started = [".env", "id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", ".htpasswd", "krb5cc_"].iter().any(|start| name.starts_with(start));
    let worded = ["credential", "secret", "password", "token"].iter().any(|word| name.contains(word));
    let whole = ["terraform.tfvars", "wp-config.php"].contains(&name) || name.starts_with("service-account") && name.ends_with(".json");
    ((keyed || started || worded || whole) && !harmless).then_some("keys or credentials of another project or of the person")
}

/// Folders and files that hold keys, by their last components.
const KEPT: [&str; 37] = [
    ".ssh", ".aws", ".gnupg", ".netrc", "_netrc", ".npmrc", ".pypirc", ".yarnrc.yml", ".kube", ".azure", ".docker", ".config/gcloud", ".config/gh", ".config/glab-cli",
    ".config/hub", ".config/op", ".config/rclone", ".config/sops", ".config/age", ".config/doctl", ".config/flyctl", ".config/heroku", ".git-credentials",
    ".config/git/credentials", ".pgpass", ".my.cnf", ".password-store", ".terraform.d", ".terraformrc", ".vault-token", ".cargo/credentials", ".cargo/credentials.toml",
    ".local/share/keyrings", ".mozilla", ".config/google-chrome", ".config/chromium", ".git/config",
];

/// The machine's own keys, its memory, its disks. Components in small letters.
fn is_of_system(parts: &[&str]) -> bool {
    let under = |folder: &[&str]| parts.starts_with(folder);
    match parts {
        ["proc", "kcore" | "kmem", ..] => true,
        ["proc", rest @ ..] => ["environ", "mem", "maps", "fd", "root", "cwd"].iter().any(|part| rest.contains(part)),
        // Terminals and sinks are no disks, and what else is there is not told apart.
        ["dev", "fd" | "null" | "zero" | "full" | "random" | "urandom" | "tty" | "stdin" | "stdout" | "stderr", ..] => false,
        ["dev", _, ..] => true,
        ["run", "secrets", ..] | ["var", "run", "secrets", ..] => true,
        ["etc", name, ..] if ["shadow", "gshadow"].iter().any(|start| name.starts_with(start)) => true,
        ["etc", "wireguard" | "openvpn" | "kubernetes" | "rancher" | "krb5.keytab", ..] => true,
        ["etc", "ssh", rest @ ..] => rest.iter().any(|name| name.ends_with("_key")),
        _ => under(&["etc", "ssl", "private"]) || under(&["etc", "networkmanager", "system-connections"]),
    }
}

/// Whatever is hidden in a home is the person's, except for what package managers put there and plain start-up files.
fn in_hidden_part_of_home(path: &str, facts: &Facts) -> bool {
    const PUBLIC: [&str; 16] = [
        ".cargo/registry", ".cargo/git", ".cargo/bin", ".rustup", ".nvm", ".pyenv", ".rbenv", ".local/bin", ".local/lib", ".bashrc", ".bash_profile", ".profile",
        ".zshrc", ".zprofile", ".cache", "snap/bin",
    ];
    const BROWSERS: [&str; 9] =
        ["mozilla", "google-chrome", "google-chrome-beta", "chromium", "bravesoftware", "microsoft-edge", "opera", "vivaldi", "thunderbird"];
    let Some(inside) = below(path, &facts.home) else { return false };
    let first = inside.split('/').next().unwrap_or_default();
    let hidden = first.starts_with('.') || ["library", "snap"].contains(&first.to_lowercase().as_str());
    let cached = below(inside, ".cache").and_then(|rest| rest.split('/').next()).map(str::to_lowercase);
    let browser = cached.is_some_and(|name| BROWSERS.contains(&name.as_str()));
    hidden && (browser || !PUBLIC.iter().any(|public| below(inside, public).is_some()))
}

/// Places that may be searched whole: what the system and package managers put there is in no way the person's.
fn is_public(path: &str, facts: &Facts) -> bool {
    let in_home = ["/.cargo/registry", "/.rustup/toolchains", "/go/pkg/mod", "/.nvm/versions", "/.pyenv/versions"];
    ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt"].iter().any(|public| below(path, public).is_some())
        || (!facts.home.is_empty() && in_home.iter().any(|public| below(path, &format!("{}{public}", facts.home)).is_some()))
}
