//! Variables that decide what programs do: which program runs, what it loads first, which settings, servers and credentials it
//! takes. Whoever sets one changes commands that look harmless.

use action::{Certainty, Effect, Resource, Verb};

use super::Reader;
use super::expand::Text;
use crate::environment::{Spot, host_of_url, of_host};
use crate::place::Place;

const NAMES: &[&str] = &[
    // Shells.
    "PATH", "CDPATH", "ENV", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PROMPT_COMMAND", "PS0", "PS1", "PS4", "ZDOTDIR", "GLOBIGNORE", "POSIXLY_CORRECT",
    "FPATH", "NULLCMD", "READNULLCMD", "INPUTRC", "TMPPREFIX",
    // Programs that other programs start.
    "EDITOR", "VISUAL", "PAGER", "MANPAGER", "BROWSER", "SHELL", "FCEDIT", "SUDO_EDITOR", "SUDO_ASKPASS", "SYSTEMD_EDITOR", "SYSTEMD_PAGER",
    "LESSOPEN", "LESSCLOSE", "PSQL_PAGER", "PSQL_EDITOR", "FZF_DEFAULT_COMMAND", "FZF_DEFAULT_OPTS",
    "MAKESHELL", "CVS_RSH", "RSYNC_RSH", "RSYNC_CONNECT_PROG", "TAR_OPTIONS", "GZIP", "BZIP2", "XZ_OPT", "UNZIP", "ZIPOPT", "GREP_OPTIONS",
    "TERMINFO", "TERMCAP", "TAPE", "RSH", "PARALLEL", "SIMPLE_BACKUP_SUFFIX", "VERSION_CONTROL",
    // Where programs find their settings and keep things.
    "HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_DIRS", "TMPDIR", "CURL_HOME", "WGETRC", "NETRC", "RIPGREP_CONFIG_PATH", "ACKRC", "PSQLRC",
    "HGRCPATH", "OPENSSL_CONF", "OPENSSL_ENGINES", "OPENSSL_MODULES", "GCONV_PATH", "LOCPATH", "NLSPATH",
    "HOSTALIASES", "RES_OPTIONS", "LOCALDOMAIN", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    // Languages.
    "NODE_OPTIONS", "NODE_PATH", "NODE_EXTRA_CA_CERTS", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONWARNINGS",
    "PYTHONBREAKPOINT", "PYTHONUSERBASE", "PYTHONPYCACHEPREFIX", "PERL5LIB", "PERLLIB", "PERL5OPT", "PERL5DB", "RUBYOPT", "RUBYLIB", "GEM_HOME",
    "GEM_PATH", "GEMRC", "PYTHONPLATLIBDIR", "PYTHONEXECUTABLE", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_HOME", "CLASSPATH", "MAVEN_OPTS", "GRADLE_OPTS",
    "DOTNET_STARTUP_HOOKS", "PHPRC", "PHP_INI_SCAN_DIR", "LUA_INIT", "LUA_PATH", "LUA_CPATH", "TCLLIBPATH", "R_PROFILE_USER", "R_ENVIRON_USER",
    "VIMINIT", "EXINIT", "VIM", "VIMRUNTIME", "EMACSLOADPATH",
    // Builds.
    "MAKEFLAGS", "MAKEFILES", "GNUMAKEFLAGS", "RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTDOC", "RUSTFLAGS", "GOFLAGS", "GOPROXY",
    "GOENV", "GOROOT", "GOTOOLCHAIN", "CC", "CXX", "LD", "AR", "PKG_CONFIG", "PKG_CONFIG_PATH",
    // Systems outside.
    "KUBECONFIG", "DATABASE_URL", "DB_URL", "DIRECT_URL", "SHADOW_DATABASE_URL", "POSTGRES_URL", "MONGO_URL", "MONGODB_URI", "REDIS_URL",
    "CONTAINER_HOST", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
];
const FAMILIES: &[&str] = &[
    "LD_", "DYLD_", "GIT_", "BASH_FUNC", "SSH_", "AWS_", "DOCKER_", "COMPOSE_", "TF_", "TG_", "TERRAGRUNT_", "PULUMI_", "CDK_", "HELM_", "KUBE_",
    "GOOGLE_", "CLOUDSDK_", "GCLOUD_", "AZURE_", "ARM_", "PG", "MYSQL_", "SUPABASE_", "PRISMA_", "FLYWAY_", "NPM_CONFIG_", "npm_config_", "PIP_",
    "UV_", "CARGO_", "RUSTUP_", "RUBYGEMS_", "BUNDLE_", "YARN_", "COREPACK_", "KUBECTL_", "KUSTOMIZE_", "BAT_", "CORECLR_", "COR_", "MALLOC_", "GLIBC_", "ANSIBLE_", "NIX_",
    "VAULT_", "CONSUL_", "NOMAD_", "ETCDCTL_", "RCLONE_", "BORG_", "RESTIC_", "MC_HOST_", "GH_", "GITHUB_", "GITLAB_", "GLAB_", "FLY_", "HEROKU_", "VERCEL_", "NETLIFY_",
    "CLOUDFLARE_", "WRANGLER_", "DIGITALOCEAN_", "HCLOUD_", "LINODE_", "INFLUX_", "SNOWFLAKE_", "SNOWSQL_", "DBT_", "FIREBASE_", "BOTO_", "ARGOCD_", "BUILDX_",
    "BUILDKIT_", "REDISCLI_", "SQLCMD", "CLICKHOUSE_", "RABBITMQ_", "SOPS_", "FLUX_", "OP_CONNECT_", "CONTAINERS_",
];
/// Of those families, names that decide nothing of the kind.
const HARMLESS: &[&str] = &[
    "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE",
    "GIT_TERMINAL_PROMPT", "CARGO_TERM_COLOR", "CARGO_INCREMENTAL", "CARGO_NET_OFFLINE", "CARGO_BUILD_JOBS", "TF_IN_AUTOMATION", "TF_INPUT",
    "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_INPUT", "UV_OFFLINE", "GH_PROMPT_DISABLED", "GH_NO_UPDATE_NOTIFIER", "GH_SPINNER_DISABLED",
    // Which account and region: whoever reads `aws` reads them, and no other program's place is known without them.
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
];
/// Variables of everybody's that open no door.
const PLAIN: &[&str] = &[
    "HOME", "PATH", "PWD", "OLDPWD", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TERM", "COLORTERM", "EDITOR", "VISUAL", "PAGER", "TZ", "HOSTNAME", "HOSTTYPE",
    "OSTYPE", "MACHTYPE", "TMPDIR", "DISPLAY", "WAYLAND_DISPLAY", "SHLVL", "COLUMNS", "LINES", "NODE_ENV", "RAILS_ENV", "RUST_LOG", "RUST_BACKTRACE", "VIRTUAL_ENV",
    "CONDA_DEFAULT_ENV", "GOPATH", "GOROOT", "GOBIN", "JAVA_HOME", "CARGO_HOME", "RUSTUP_HOME", "NVM_DIR", "PYENV_ROOT", "MANPATH", "EUID", "UID", "PPID", "RANDOM",
    "SECONDS", "BASH_VERSION", "ZSH_VERSION", "IFS", "CI", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AWS_PROFILE", "KUBECONFIG",
];

/// Whether a variable decides what programs do.
fn decides(name: &str) -> bool {
    NAMES.contains(&name) || (FAMILIES.iter().any(|family| name.starts_with(family)) && !HARMLESS.contains(&name))
}

/// Whether what a variable holds may be shown to anybody.
fn is_plain(name: &str) -> bool {
    PLAIN.contains(&name) || name.starts_with("LC_")
}

impl Reader<'_> {
    /// A program or builtin that shows all variables of the environment, tokens among them. In the box it is the box's own, which has none.
    pub(super) fn shows_environment(&mut self, program: &str) {
        match self.ground.place {
            Place::Boxed => self.find(self.ground.runs(program, Certainty::Exact)),
            Place::Host => self.shows_secret("environment variables"),
        }
    }

    /// Something that opens a door is printed.
    pub(super) fn shows_secret(&mut self, name: &str) {
        match self.ground.place {
            Place::Boxed => self.find(self.ground.runs(name, Certainty::Exact)),
            Place::Host => self.find(secret(name)),
        }
    }

    /// Variables that are named are shown; without a name, all.
    pub(super) fn shows_variables(&mut self, program: &str, names: &[Text]) {
        if names.is_empty() {
            return self.shows_environment(program);
        }
        if self.ground.place == Place::Boxed || names.iter().all(|name| name.exact().is_some_and(is_plain)) {
            return self.find(self.ground.runs(program, Certainty::Exact));
        }
        for name in names.iter().filter(|name| !name.exact().is_some_and(is_plain)) {
            self.find(secret(&format!("environment variable {}", crate::path::shown(&name.text))));
        }
    }

    /// Setting this variable changes what programs do that come later.
    pub(crate) fn poison(&mut self, name: &str) {
        if decides(name) {
            self.find(self.ground.opaque("variable", name, "it decides what programs do"));
        }
    }

    /// The same where the value is known as well: an environment that it names is touched by what comes later.
    pub(super) fn poison_with(&mut self, name: &str, value: Option<&str>) {
        // No pager, as people ask for it, and the home that is the person's anyway.
        let quiet = name.ends_with("PAGER") && matches!(value, Some("" | "cat"));
        if quiet || (name == "HOME" && value == Some(self.ground.facts.home.as_str())) {
            return;
        }
        self.poison(name);
        if let Some(value) = value.filter(|_| decides(name)) {
            self.mentions_in(value);
            if let Some((host, port)) = host_of_url(value).filter(|(host, port)| of_host(self.ground.facts, host, *port).is_some()) {
                self.contact(&host, port, Verb::Opaque);
            }
        }
    }
}

fn secret(name: &str) -> Effect {
    let spot = Spot::host();
    let effect = Effect::in_workspace(Verb::Read, Resource::new("secret", name)).at(spot.environment, spot.tier);
    Effect { data_bearing: true, ..effect }
}

#[cfg(test)]
mod tests;
