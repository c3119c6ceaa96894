//! Which programs are known, and what their arguments mean: data, one row a program. A row may name a subcommand; it holds
//! only where that is the very first argument. What is not here is opaque.
//!
//! A row is a promise about *arguments*: options that write, or that run something, must be in it. Where a program has grown
//! an option that its row does not name, the row is wrong, so rows list programs whose options are few or well known.

/// What a program does with its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Nothing beyond its output.
    Inert,
    /// Reads them.
    Reads,
    /// Reads them and all below.
    Searches,
    /// Makes them, or touches them.
    Creates,
    /// Changes them.
    Writes,
    /// Takes them away.
    Deletes,
    /// Reads all but the last, and writes that.
    Copies,
    /// Takes all but the last away, and writes that.
    Moves,
    /// Writes below its directory.
    Unpacks,
    /// `sed`: reads or changes them, by its options and script.
    Edits,
    /// `awk`: its first operand is a program.
    Filters,
    /// `dd`: `of=` and `if=`.
    Blocks,
    /// A database's own program; the first operand is the file.
    Database,
    /// Runs code: the project's, or its arguments. Opaque; the box bounds it.
    Runs,
    /// A shell: `-c` text, a script, or its input.
    Shell,
    /// Runs the command that its arguments are.
    Wraps,
    /// Runs the command that its arguments are, on names from its input.
    Feeds,
    /// `find`.
    Finds,
    /// `git`.
    Git,
    /// Speaks to the hosts among its operands.
    Fetches,
    /// Speaks to systems outside whose names are not among its arguments, and may change them.
    Remote,
    /// `aws`.
    Aws,
    /// Ends processes.
    Ends,
    /// Becomes somebody else, or gets at the machine under everything: opaque, and out of any box.
    Machine,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Program {
    /// `name`, or `name subcommand`.
    pub(super) name: &'static str,
    pub(super) class: Class,
    /// Options that take a value, as their own word or joined.
    pub(super) valued: &'static str,
    /// Options whose value is a file that is written. They take a value.
    pub(super) writes: &'static str,
    /// Options that make it run or load something, or do what no row says.
    pub(super) runs: &'static str,
    /// Leading operands that are no paths, and the options whose presence makes them paths.
    pub(super) skip: (usize, &'static str),
    /// Without operands it looks at the directory that it is in.
    pub(super) here: bool,
}

const fn row(name: &'static str, class: Class) -> Program {
    Program { name, class, valued: "", writes: "", runs: "", skip: (0, ""), here: false }
}

impl Program {
    const fn valued(self, valued: &'static str) -> Self {
        Self { valued, ..self }
    }

    const fn writes(self, writes: &'static str) -> Self {
        Self { writes, ..self }
    }

    const fn runs(self, runs: &'static str) -> Self {
        Self { runs, ..self }
    }

    const fn skip(self, operands: usize, unless: &'static str) -> Self {
        Self { skip: (operands, unless), ..self }
    }

    const fn here(self) -> Self {
        Self { here: true, ..self }
    }
}

use Class::{
    Aws, Blocks, Copies, Creates, Database, Deletes, Edits, Ends, Feeds, Fetches, Filters, Finds, Git, Inert, Machine, Moves, Reads, Remote,
    Runs, Searches, Shell, Unpacks, Wraps, Writes,
};

/// The row of a program, or of its subcommand.
pub(super) fn find(name: &str, first_argument: Option<&str>) -> Option<&'static Program> {
    let of_subcommand = first_argument.and_then(|sub| {
        PROGRAMS.iter().find(|p| p.name.split_once(' ').is_some_and(|(program, of)| program == name && of == sub))
    });
    of_subcommand.or_else(|| PROGRAMS.iter().find(|p| p.name == name))
}

const GREP: &str = "-e --regexp -f --file -A -B -C -m --max-count --include --exclude --exclude-dir --exclude-from -d -D --color --colour \
                    --context --label";

static PROGRAMS: &[Program] = &[
    // Print, wait, compute.
    row("true", Inert),
    row("false", Inert),
    row(":", Inert),
    row("sleep", Inert),
    row("basename", Inert),
    row("dirname", Inert),
    row("seq", Inert),
    row("uname", Inert),
    row("whoami", Inert),
    row("id", Inert),
    row("groups", Inert),
    row("nproc", Inert),
    row("arch", Inert),
    row("tty", Inert),
    row("uptime", Inert),
    row("free", Inert),
    row("ps", Inert),
    row("pgrep", Inert),
    row("lsof", Inert),
    row("which", Inert),
    row("whereis", Inert),
    row("locale", Inert),
    row("printenv", Inert),
    row("expr", Inert),
    row("factor", Inert),
    row("tr", Inert),
    row("yes", Inert),
    row("clear", Inert),
    row("date", Inert).valued("-d --date -I --iso-8601 -f -r --reference").runs("-s --set"),
    row("mktemp", Inert).runs("-p --tmpdir -d --directory"),
    row("tput", Inert),
    row("getconf", Inert),
    // Read what they are given.
    row("cat", Reads),
    row("tac", Reads),
    row("rev", Reads),
    row("nl", Reads).valued("-b -f -h -i -l -n -s -v -w"),
    row("head", Reads).valued("-n -c --lines --bytes"),
    row("tail", Reads).valued("-n -c --lines --bytes --pid -s"),
    row("wc", Reads).runs("--files0-from"),
    row("cut", Reads).valued("-b -c -d -f --delimiter --fields --output-delimiter"),
    row("paste", Reads).valued("-d --delimiters"),
    row("join", Reads).valued("-1 -2 -a -e -j -o -t -v"),
    row("comm", Reads),
    row("cmp", Reads).valued("-i -n"),
    row("diff", Searches).valued("-U -C -I -x -X --label -W --exclude").runs("--to-file --from-file"),
    row("file", Reads).valued("-F -m -P").runs("-C --compile -f -m"),
    row("stat", Reads).valued("-c --format --printf"),
    row("od", Reads).valued("-A -j -N -t -w"),
    row("hexdump", Reads).valued("-e -f -n -s"),
    row("strings", Reads).valued("-n -t -e"),
    row("base64", Reads).valued("-w --wrap"),
    row("base32", Reads).valued("-w --wrap"),
    row("md5sum", Reads),
    row("sha1sum", Reads),
    row("sha256sum", Reads),
    row("sha512sum", Reads),
    row("cksum", Reads),
    row("fold", Reads).valued("-w"),
    row("fmt", Reads).valued("-w"),
    row("column", Reads).valued("-s -t -c -N -o"),
    row("expand", Reads).valued("-t"),
    row("readlink", Reads),
    row("realpath", Reads),
    row("jq", Reads).valued("--arg --argjson --indent -f --from-file --slurpfile --rawfile -L").skip(1, "-f --from-file"),
    row("zcat", Reads),
    row("sort", Reads).valued("-k -t -S --key --field-separator").writes("-o --output").runs("--compress-program -T --files0-from"),
    row("uniq", Copies).valued("-f -s -w"),
    row("ls", Reads).valued("-I -w -T --ignore --hide --color --time-style --sort --format").here(),
    row("dir", Reads).here(),
    row("tree", Searches).valued("-L -P -I --filelimit").writes("-o").here(),
    row("du", Searches).valued("-d --max-depth --exclude -t").runs("--files0-from").here(),
    row("df", Inert),
    row("grep", Searches).valued(GREP).skip(1, "-e -f --regexp --file"),
    row("egrep", Searches).valued(GREP).skip(1, "-e -f --regexp --file"),
    row("fgrep", Searches).valued(GREP).skip(1, "-e -f --regexp --file"),
    row("rg", Searches)
        .valued("-e -f -g -t -T -A -B -C -m -M -j -r --glob --type --max-count --context --replace --max-depth --sort --color --iglob")
        .runs("--pre --hostname-bin -z --search-zip")
        .skip(1, "-e -f --files --type-list")
        .here(),
    row("fd", Searches).valued("-e -t -d -E -g -S -j -c --extension --type --max-depth --exclude").runs("-x -X --exec --exec-batch").skip(1, "").here(),
    row("find", Finds),
    row("awk", Filters).valued("-F -v").runs("-f --file -i --include -l --load -E --exec -e --source -d -o -p"),
    row("gawk", Filters).valued("-F -v").runs("-f --file -i --include -l --load -E --exec -e --source -d -o -p"),
    row("mawk", Filters).valued("-F -v").runs("-f -W"),
    // Change what they are given.
    row("sed", Edits).valued("-e -f -l --expression --file").runs("-f --file"),
    row("touch", Creates).valued("-d -t -r --date --reference"),
    row("mkdir", Creates).valued("-m --mode"),
    row("mkfifo", Creates).valued("-m --mode"),
    row("mknod", Machine),
    row("tee", Writes),
    row("truncate", Writes).valued("-s -r --size --reference"),
    row("split", Runs),
    row("chmod", Writes).skip(1, "--reference").valued("--reference"),
    row("chown", Writes).skip(1, "--reference").valued("--reference --from"),
    row("chgrp", Writes).skip(1, "--reference").valued("--reference"),
    row("setfacl", Writes).valued("-m -x -M -X"),
    row("chattr", Writes).skip(1, ""),
    row("rm", Deletes),
    row("rmdir", Deletes),
    row("unlink", Deletes),
    row("shred", Deletes).valued("-n -s --iterations --size").runs("--random-source"),
    row("cp", Copies).valued("-S --suffix -t --target-directory"),
    row("install", Copies).valued("-m -o -g -S -t --mode --owner --group --target-directory").runs("-s --strip --strip-program"),
    row("ln", Copies).valued("-S --suffix -t --target-directory"),
    row("mv", Moves).valued("-S --suffix -t --target-directory"),
    row("rename", Runs),
    row("dd", Blocks),
    row("gzip", Writes).valued("-S"),
    row("gunzip", Writes).valued("-S"),
    row("bzip2", Writes),
    row("xz", Writes).valued("-T -S").runs("--files --files0"),
    row("zstd", Writes).writes("-o").valued("-T"),
    row("tar", Unpacks)
        .valued("-f --file -C --directory -T --files-from -X --exclude-from --exclude --strip-components --transform -b -g")
        .runs("--to-command --checkpoint-action -I --use-compress-program --info-script --new-volume-script -F --rsh-command --rmt-command"),
    row("unzip", Unpacks).valued("-d -x -P"),
    row("zip", Writes).valued("-x -i -b").runs("-T -TT --unzip-command"),
    row("patch", Unpacks).valued("-p -d -i -o -r -B -F -D -z").writes("-o -r"),
    row("sqlite3", Database).valued("-cmd -init -separator -nullvalue -newline").runs("-init -A"),
    row("duckdb", Database).valued("-c -init").runs("-init"),
    // Run code of the project, or of their arguments.
    row("make", Runs),
    row("cmake", Runs),
    row("ninja", Runs),
    row("cargo", Runs),
    row("cargo publish", Remote),
    row("cargo yank", Remote),
    row("cargo owner", Remote),
    row("rustc", Runs),
    row("go", Runs),
    row("gcc", Runs),
    row("g++", Runs),
    row("cc", Runs),
    row("clang", Runs),
    row("ld", Runs),
    row("npm", Runs),
    row("npm publish", Remote),
    row("npm unpublish", Remote),
    row("npm deprecate", Remote),
    row("npm dist-tag", Remote),
    row("npm access", Remote),
    row("npm owner", Remote),
    row("npx", Runs),
    row("pnpm", Runs),
    row("pnpm publish", Remote),
    row("yarn", Runs),
    row("yarn publish", Remote),
    row("bun", Runs),
    row("deno", Runs),
    row("node", Runs),
    row("tsc", Runs),
    row("eslint", Runs),
    row("prettier", Runs),
    row("jest", Runs),
    row("vitest", Runs),
    row("python", Runs),
    row("python3", Runs),
    row("pip", Runs),
    row("pip3", Runs),
    row("uv", Runs),
    row("uv publish", Remote),
    row("poetry", Runs),
    row("poetry publish", Remote),
    row("twine", Remote),
    row("pytest", Runs),
    row("tox", Runs),
    row("ruff", Runs),
    row("mypy", Runs),
    row("perl", Runs),
    row("ruby", Runs),
    row("gem", Runs),
    row("gem push", Remote),
    row("bundle", Runs),
    row("php", Runs),
    row("lua", Runs),
    row("java", Runs),
    row("javac", Runs),
    row("mvn", Runs),
    row("mvn deploy", Remote),
    row("gradle", Runs),
    row("dotnet", Runs),
    row("swift", Runs),
    row("vi", Runs),
    row("vim", Runs),
    row("ex", Runs),
    row("ed", Runs),
    row("emacs", Runs),
    row("man", Runs),
    row("less", Runs),
    row("more", Runs),
    row("gdb", Runs),
    row("expect", Runs),
    row("pre-commit", Runs),
    // Run a command that they are given.
    row("bash", Shell).valued("-o -O +o +O --rcfile --init-file").runs("--rcfile --init-file -i -l --login"),
    row("sh", Shell).valued("-o +o").runs("-i -l"),
    row("dash", Shell).valued("-o +o").runs("-i -l"),
    row("ash", Shell).valued("-o +o").runs("-i -l"),
    row("zsh", Shell).valued("-o +o").runs("-i -l"),
    row("ksh", Shell).valued("-o +o").runs("-i -l"),
    row("fish", Runs),
    row("csh", Runs),
    row("tcsh", Runs),
    row("busybox", Runs),
    row("env", Wraps).valued("-u --unset -C --chdir").runs("-S --split-string -C --chdir -P"),
    row("nohup", Wraps),
    row("setsid", Wraps),
    row("nice", Wraps).valued("-n --adjustment"),
    row("ionice", Wraps).valued("-c -n -p -P -u --class --classdata"),
    row("chrt", Wraps).valued("-T -P -D").skip(1, ""),
    row("taskset", Wraps).skip(1, ""),
    row("timeout", Wraps).valued("-k -s --kill-after --signal").skip(1, ""),
    row("time", Wraps).valued("-f -o --format").writes("-o --output"),
    row("stdbuf", Wraps).valued("-i -o -e --input --output --error"),
    row("unbuffer", Wraps),
    row("caffeinate", Wraps).valued("-t -w"),
    row("sudo", Wraps).valued("-u -g -h -p -C -D -R -T -U --user --group --host --prompt --chdir").runs("-e --edit -i --login -s --shell -D -R --chdir --chroot"),
    row("doas", Wraps).valued("-u -C").runs("-s -C"),
    row("strace", Wraps).valued("-e -o -s -p -a -E -I -O -S -u -P").writes("-o --output"),
    row("ltrace", Wraps).valued("-e -o -s -p -a -l -n -u").writes("-o --output"),
    row("flock", Wraps).valued("-w -E --timeout").runs("-c --command").skip(1, ""),
    row("watch", Runs),
    row("script", Runs),
    row("parallel", Runs),
    row("entr", Runs),
    row("xargs", Feeds)
        .valued("-n -P -L -s -d -E -a -I -i -l --max-args --max-procs --max-lines --max-chars --delimiter --arg-file --replace --eof")
        .runs("--process-slot-var"),
    row("git", Git),
    // Leave the machine for hosts that they name.
    row("curl", Fetches)
        .valued(
            "-H --header -d --data --data-raw --data-binary --data-urlencode --data-ascii --json -F --form --form-string -X --request -u --user -A \
             --user-agent -e --referer -b --cookie -m --max-time --connect-timeout --retry --retry-delay -w --write-out -T --upload-file -r \
             --range --cacert --capath -E --cert --key -x --proxy --resolve --connect-to --unix-socket --interface --url -C --limit-rate -z \
             --max-redirs --noproxy --proto --ciphers -Q --quote -t -y -Y -K --config -P --preproxy --socks5 --url-query --variable",
        )
        .writes("-o --output -c --cookie-jar -D --dump-header --trace --trace-ascii --stderr --output-dir --etag-save --libcurl --hsts --alt-svc")
        .runs("-K --config --engine"),
    row("wget", Fetches)
        .valued("-U --user-agent --header -t --tries -T --timeout --post-data --post-file --method --body-data --body-file -e --execute -i --input-file --user --password -w")
        .writes("-O --output-document -o --output-file -a --append-output -P --directory-prefix --save-cookies")
        .runs("-e --execute -i --input-file --use-askpass"),
    row("http", Fetches).runs("--download -d --session"),
    row("https", Fetches),
    row("xh", Fetches),
    row("ssh", Fetches).valued("-i -l -p -o -F -L -R -D -J -W -b -c -e -m -O -Q -S -w -B -E -I").runs("-o -F -J"),
    row("scp", Fetches).valued("-i -P -o -F -J -S -c -l -D -X").runs("-o -F -S -J"),
    row("sftp", Fetches).valued("-i -P -o -F -J -b -S").runs("-o -F -S -b"),
    row("rsync", Fetches).valued("-e --rsh --exclude --include --filter -f --rsync-path --password-file --port").runs("-e --rsh --rsync-path"),
    row("nc", Fetches).valued("-p -w -q -s -i -X -x").runs("-e -c"),
    row("ncat", Fetches).valued("-p -w -i -s").runs("-e -c --exec --sh-exec --lua-exec"),
    row("netcat", Fetches).valued("-p -w -q -s").runs("-e -c"),
    row("socat", Remote),
    row("telnet", Fetches),
    row("ftp", Fetches),
    row("ping", Fetches).valued("-c -i -W -w -s -I -t"),
    row("dig", Fetches),
    row("nslookup", Fetches),
    row("host", Fetches),
    row("whois", Fetches),
    row("nmap", Fetches),
    row("psql", Fetches).valued("-h --host -p --port -U --username -d --dbname -c --command -f --file -v -o -L"),
    row("pg_dump", Fetches).valued("-h --host -p --port -U --username -d --dbname -f --file -t -n -F"),
    row("pg_restore", Fetches).valued("-h --host -p --port -U --username -d --dbname -j -t -n -F"),
    row("createdb", Fetches).valued("-h --host -p --port -U --username"),
    row("dropdb", Fetches).valued("-h --host -p --port -U --username"),
    row("mysql", Fetches).valued("-h --host -P --port -u --user -D --database -e --execute"),
    row("mysqldump", Fetches).valued("-h --host -P --port -u --user"),
    row("redis-cli", Fetches).valued("-h -p -a -n -u"),
    row("mongosh", Fetches).valued("--host --port -u -p --eval"),
    row("mongo", Fetches).valued("--host --port -u -p --eval"),
    // Act on systems outside through credentials and settings of their own.
    row("aws", Aws),
    row("gcloud", Remote),
    row("gsutil", Remote),
    row("bq", Remote),
    row("az", Remote),
    row("kubectl", Remote),
    row("oc", Remote),
    row("helm", Remote),
    row("terraform", Remote),
    row("tofu", Remote),
    row("terragrunt", Remote),
    row("pulumi", Remote),
    row("cdk", Remote),
    row("sam", Remote),
    row("serverless", Remote),
    row("sls", Remote),
    row("ansible", Remote),
    row("ansible-playbook", Remote),
    row("docker", Remote),
    row("docker-compose", Remote),
    row("podman", Remote),
    row("gh", Remote),
    row("glab", Remote),
    row("heroku", Remote),
    row("flyctl", Remote),
    row("fly", Remote),
    row("railway", Remote),
    row("vercel", Remote),
    row("netlify", Remote),
    row("wrangler", Remote),
    row("supabase", Remote),
    row("firebase", Remote),
    row("doctl", Remote),
    row("prisma", Remote),
    row("npx prisma", Remote),
    row("npx supabase", Remote),
    row("npx cdk", Remote),
    row("npx vercel", Remote),
    row("npx wrangler", Remote),
    row("vault", Remote),
    row("mail", Remote),
    row("sendmail", Remote),
    // The machine itself.
    row("kill", Ends),
    row("pkill", Ends),
    row("killall", Ends),
    row("su", Machine),
    row("chroot", Machine),
    row("nsenter", Machine),
    row("unshare", Machine),
    row("mount", Machine),
    row("umount", Machine),
    row("systemctl", Machine),
    row("service", Machine),
    row("crontab", Machine),
    row("at", Machine),
    row("batch", Machine),
    row("shutdown", Machine),
    row("reboot", Machine),
    row("halt", Machine),
    row("poweroff", Machine),
    row("mkfs", Machine),
    row("fdisk", Machine),
    row("parted", Machine),
    row("insmod", Machine),
    row("modprobe", Machine),
    row("sysctl", Machine),
    row("iptables", Machine),
    row("useradd", Machine),
    row("usermod", Machine),
    row("userdel", Machine),
    row("passwd", Machine),
    row("apt", Machine),
    row("apt-get", Machine),
    row("dpkg", Machine),
    row("yum", Machine),
    row("dnf", Machine),
    row("apk", Machine),
    row("brew", Machine),
    row("snap", Machine),
];

#[cfg(test)]
mod tests;
