//! Options by which programs of the table do more than their rows say, from their manuals (November 2026).

/// Long options that only change what is shown or which of the named files are looked at, whatever the program.
pub(super) const HARMLESS: &[&str] = &[
    "--", "--all", "--all-targets", "--almost-all", "--ascii", "--binary", "--brief", "--bytes", "--chars", "--check", "--classify", "--color",
    "--colors", "--colour", "--count", "--depth", "--dereference", "--diff", "--directory-only", "--dry-run", "--extended-regexp", "--files",
    "--files-with-matches", "--files-without-match", "--fixed-strings", "--force", "--format-version", "--full", "--group-directories-first",
    "--header", "--heading", "--help", "--hidden", "--human-readable", "--ignore-all-space", "--ignore-blank-lines", "--ignore-case", "--inodes",
    "--installed", "--interactive", "--invert-match", "--iso-8601", "--json", "--keep", "--line-number", "--lines", "--list", "--local", "--locked",
    "--long", "--max-depth", "--multiline", "--no-clobber", "--no-color", "--no-deps", "--no-filename", "--no-heading", "--no-ignore",
    "--no-line-number", "--no-messages", "--no-pager", "--null", "--null-data", "--number", "--numeric-sort", "--offline", "--oneline",
    "--only-matching", "--outdated", "--parents", "--perl-regexp", "--prod", "--quiet", "--recursive", "--regexp-extended", "--reverse", "--sexagesimal",
    "--short", "--show-all", "--si", "--silent", "--size", "--smart-case", "--sort", "--stat", "--summarize", "--total", "--tree", "--trim", "--unique",
    "--utc", "--universal", "--verbose", "--version", "--with-filename", "--word-regexp", "--words", "--zero", "--zero-terminated",
];

/// Programs that `find -exec` may run on what it finds without changing it.
pub(super) const READERS: &[&str] = &[
    "basename", "cat", "cksum", "cmp", "dirname", "du", "echo", "egrep", "fgrep", "file", "grep", "head", "ls", "md5sum", "printf", "readlink",
    "realpath", "sha1sum", "sha256sum", "sha512sum", "stat", "strings", "tail", "test", "true", "wc",
];

/// Programs (`a,b`, `a SUBCOMMAND`) and their options: a letter, a name, a name that ends in `-` for all that begin so; `always` for
/// what runs code of the project in any case.
pub(super) const RISKS: &[(&str, &str)] = &[
    // What they ask, and of whom, is steered by settings, code or plug-ins that lie in the project.
    ("airflow,alembic,ansible-lint,checkov,drizzle-kit,flyway,infracost,knex,kubectl kustomize,kustomize build,liquibase", "always"),
    ("ansible-playbook,packer validate,packer inspect,terraform validate,tofu validate", "always"),
    ("apk", "-X -p --repository --repositories-file --root"),
    ("apt-cache", "-o -c --option --config-file"),
    ("ar,nm,objdump,ranlib,size,strip", "--plugin"),
    ("awk,gawk,mawk,nawk", "--debug --dump-variables --pretty-print --profile --load --include --exec --file"),
    ("az interactive", "always"),
    ("cargo", "--config -C -Z --manifest-path"),
    ("cargo owner", "-a -r --add --remove --token --registry --index"),
    ("cloc", "--vcs --counted --config --extract-with --diff --git --by-file-by-lang- --sql --script-lang --unicode- --read-lang-def --write-lang-def --found --ignored --categorized --list-file --exclude-list-file --force-lang-def --autoconf --stat- --strip-comments --strip-code --original-dir --sdir"),
    ("coredumpctl,hostnamectl,loginctl,systemd-analyze,timedatectl", "-H -M --host --machine"),
    ("cp,mv,ln,install", "-S --suffix"),
    ("curl", "-K --config --proto-default --unix-socket --abstract-unix-socket --socks4 --socks4a --socks5 --socks5- --preproxy --proxy1.0 --doh-url --dns- --engine --variable --expand- --netrc-file --krb --delegation --ftp-port --mail- --upload-flags --quote --telnet-option --tftp- --ipfs-gateway --haproxy- --ech"),
    ("dnf,microdnf,yum", "-c --config --setopt --repofrompath --installroot --enableplugin --noplugins --disableplugin"),
    // They ask whichever registry the name of an image begins with.
    ("docker buildx imagetools,docker manifest,docker search,podman manifest,podman search,skopeo", "always"),
    ("gem list", "-r -b -s --remote --both --source"),
    ("gem sources", "-a -r -c -u --add --remove --clear-all --update"),
    ("gh", "-q --jq -t --template"),
    ("go list", "-m"),
    ("gpg", "--options --agent-program --homedir --dirmngr-program --load-extension --exec-path --photo-viewer --show-photos --pinentry- --keyserver-options --auto-key-locate --auto-key-retrieve --gpgconf-"),
    ("gsutil,pacman,zypper", "-o --config --hookdir --root --sysroot --dbpath --gpgdir"),
    ("gzip,gunzip,bzip2,bunzip2,xz,unxz,lzma,unlzma,zstd,unzstd,pigz,unpigz,lzip,lzop", "-S --suffix"),
    ("helm lint,helm template", "--set-file"),
    ("kafka-acls,kafka-configs,kafka-consumer-groups,kafka-topics", "--command-config"),
    ("kafkacat,kcat", "-X -F"),
    ("kubectl", "-k --kustomize --cache-dir"),
    ("kubectl cluster-info", "--output-directory"),
    ("mktemp", "-p --tmpdir"),
    ("nomad job,nomad plan,nomad validate", "always"),
    ("npm bugs,npm docs,npm repo", "always"),
    ("npm,pnpm,yarn", "--browser --viewer --git --script-shell --node-options --shell --editor --userconfig --globalconfig --init-module --onload-script --cache --prefix --logs-dir"),
    ("openssl", "--writerand --engine --provider --provider-path --config --rand"),
    ("pip", "--python --log --cache-dir --config-settings --proxy --cert --client-cert --require-virtualenv --keyring-provider"),
    ("pipenv,pnpm,poetry check,poetry env,poetry run,poetry show,poetry version,sqitch,supabase db,terracognita,terraform-docs,tfupdate,trivy", "always"),
    ("prisma db,prisma migrate,pulumi config,pulumi logs,pulumi org,pulumi stack,sam,terrascan,tflint,tfsec", "always"),
    ("pulumi about,pulumi history,pulumi plugin,pulumi policy,pulumi whoami", "always"),
    ("rpm", "--load --rcfile --specfile --macros --pipe --eval --define --predefine --root --dbpath --undefine --noplugins"),
    ("rsync", "-T --suffix --backup-dir --partial-dir --temp-dir"),
    ("ruff", "--config --output-file --cache-dir --add-noqa --ecosystem-ci"),
    ("sudo,doas", "always"),
    ("tar,bsdtar", "--one-top-level --transform --xform --index-file --add-file --listed-incremental --absolute-names --files-from --to-command --checkpoint-action --use-compress-program --info-script --new-volume-script --rsh-command --rmt-command --recursive-unlink --unlink-first --volno-file --keep-directory-symlink --no-overwrite-dir"),
    ("terraform graph,terraform modules,terraform output,terraform providers,terraform show,terraform state,terraform workspace", "always"),
    ("terraform plan,tofu plan", "--generate-config-out"),
    ("tofu graph,tofu modules,tofu output,tofu providers,tofu show,tofu state,tofu workspace", "always"),
    ("uv", "-p --python --config-file --cache-dir"),
    ("uv pip,uv python,uv run,uv tree,uv version", "always"),
    ("vagrant global-status,vagrant version", "always"),
    ("wget", "--use-server-timestamps- --execute --config --input-file --use-askpass --base --warc- --hsts-file --content-disposition --trust-server-names"),
    ("xmllint", "--shell --xinclude --noent --catalogs --loaddtd --dtdattr --path --load-trace --nocatalogs --pattern --c14n- --xinclude- --dtdvalid --schema"),
];

/// Programs that fetch packages.
pub(super) const CLIENTS: &[&str] = &["brew", "cargo", "composer", "conda", "gem", "go", "npm", "pip", "pipx", "pnpm", "poetry", "uv", "yarn"];

/// Variables of which no program makes more than words, dates and colours; `LC_` stands for all that begin so. With any other a program whose
/// row does not know it may run, read or reach something else.
pub(super) const HARMLESS_VARIABLES: &[&str] = &[
    "CI", "CLICOLOR", "COLUMNS", "FORCE_COLOR", "GIT_AUTHOR_", "GIT_COMMITTER_", "HOME", "IFS", "LANG", "LANGUAGE", "LC_", "LINES", "LOGNAME", "NODE_ENV", "NO_COLOR", "OLDPWD", "PORT", "PWD",
    "PYTHONUNBUFFERED", "RUST_BACKTRACE", "RUST_LOG", "TERM", "TZ", "USER",
];

/// Questions of package clients: the program, its subcommands, the host that is asked, and the options that name another.
pub(super) const QUERIES: &[(&str, &str, &str, &str)] = &[
    ("cargo", "info,owner,search", "crates.io", "--registry --index"),
    ("conda", "search", "repo.anaconda.com", "-c --channel"),
    ("gem", "fetch,info,outdated,query,search,specification", "rubygems.org", "-s --source"),
    ("npm", "access,audit,bugs,diff,dist-tag,docs,doctor,fund,info,outdated,owner,ping,profile,repo,search,show,team,token,v,view,whoami", "registry.npmjs.org", "--registry"),
    ("pip", "index,search", "pypi.org", "--index-url -i --extra-index-url --find-links -f"),
    ("pnpm", "audit,info,outdated,search,show,view", "registry.npmjs.org", "--registry"),
    ("yarn", "audit,info,npm,outdated", "registry.yarnpkg.com", "--registry"),
];
