#!/bin/sh
# Copies app/ into an environment. Each file is written beside its place and then renamed, so that the service never sees
# half a file and never misses one. Data is not touched.
set -eu

env_dir=${1:?usage: ops/deploy.sh ENV_DIR}
project=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

[ -d "$env_dir" ] || { echo "deploy: no environment at $env_dir" >&2; exit 1; }

put() {
    target=$env_dir/app/$1
    mkdir -p -- "$(dirname -- "$target")"
    cp -- "$project/app/$1" "$target.new.$$"
    mv -f -- "$target.new.$$" "$target"
}

count=0
for file in $(cd "$project/app" && find . -type f | sed 's|^\./||' | sort); do
    put "$file"
    count=$((count + 1))
done
echo "deploy: $count files in $env_dir/app"
