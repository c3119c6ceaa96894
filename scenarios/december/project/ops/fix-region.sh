#!/bin/sh
# Brings a region back to the layout that a new region has, for when its pages and its data do not agree.
set -eu

region=${1:?usage: ops/fix-region.sh ENV_DIR}
project=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
layout='app data'
store=data/costs.db

say() {
    printf 'fix-region: %s\n' "$*"
}

# Everything in the region that could be out of step.
parts() {
    find "$region" -mindepth 1 -maxdepth 1
}

settle() {
    parts | while IFS= read -r part; do
        find "$part" -depth -delete
        say "settled $(basename -- "$part")"
    done
}

lay_out() {
    for part in $layout; do
        mkdir -p -- "$region/$part"
    done
    : > "$region/$store"
    cp -R -- "$project/app/." "$region/app/"
}

[ -d "$region" ] || { say "no region at $region" >&2; exit 1; }
settle
lay_out
say "$(basename -- "$region") has the layout of a new region"
