//! What the person's own clients are set to: the accounts of `aws` profiles, the servers of `kubectl` contexts. For commands that
//! run on the person's machine. In the box the home is empty: there these settings mean nothing, and are no facts.
//!
//! Only reads, runs nothing, and looks at no file of credentials. Home and variables are handed down by the face.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use effects::Facts;

/// Larger settings are not read; then nothing is known.
const LARGEST: u64 = 1 << 20;

/// Adds what is known of the clients that a command mentions.
pub fn add_settings(command: &str, home: &Path, variables: &[(String, String)], facts: &mut Facts) {
    let variable = |name: &str| variables.iter().find(|(n, value)| n == name && !value.is_empty()).map(|(_, value)| value.as_str());
    if command.contains("aws") {
        let at = variable("AWS_CONFIG_FILE").map_or_else(|| home.join(".aws/config"), |path| at_home(path, home));
        facts.profiles = text_of(&at).map(|config| effects::aws::profiles(&config, variables)).unwrap_or_default();
    }
    if ["kube", "helm", "oc ", "k "].iter().any(|name| command.contains(name)) {
        let files: Vec<PathBuf> = match variable("KUBECONFIG") {
            Some(paths) => paths.split(':').filter(|path| !path.is_empty()).map(|path| at_home(path, home)).collect(),
            None => vec![home.join(".kube/config")],
        };
        // A file that is not there says nothing; one that cannot be read may say anything.
        let texts: Option<Vec<String>> = files.iter().filter(|path| path.exists()).map(|path| text_of(path)).collect();
        facts.clusters = texts.map(|texts| effects::manifest::clusters(&texts)).unwrap_or_default();
    }
}

fn at_home(path: &str, home: &Path) -> PathBuf {
    path.strip_prefix("~/").map_or_else(|| PathBuf::from(path), |rest| home.join(rest))
}

fn text_of(path: &Path) -> Option<String> {
    let file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|data| data.is_file() && data.len() <= LARGEST))?;
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests;
