#!/bin/sh
# Builds the fuzz targets with stable Rust and runs each for some seconds: fuzz/run.sh SECONDS FOLDER [TARGET...]
# FOLDER gets the build (fuzz), what is worth trying again (fuzz-corpus) and what broke something (fuzz-found).
set -eu
seconds=$1 folder=$2
shift 2
cd "$(dirname "$0")"
host=$(rustc --print host-tuple)
targets=${*:-$(ls seeds)}

# What cargo-fuzz gives to rustc, without a sanitizer: those need nightly, and our readers have no unsafe code. With --target the
# flags do not reach build scripts, which have no fuzzer to be linked with.
unset CARGO_ENCODED_RUSTFLAGS
export RUSTFLAGS="--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
${CARGO:-cargo} build --quiet --target-dir "$folder/fuzz" --target "$host"

# A reader must do with the stack of a thread.
ulimit -s 2048
fuzz='
  target=$1 seconds=$2 folder=$3 program=$4
  log=$folder/fuzz-found/$target.log
  mkdir -p "$folder/fuzz-corpus/$target" "$folder/fuzz-found"
  if "$program/$target" -seed=1 -max_total_time="$seconds" -max_len=4096 -timeout=25 -print_final_stats=1 -dict="words/$target.dict" \
    -artifact_prefix="$folder/fuzz-found/$target-" "$folder/fuzz-corpus/$target" "seeds/$target" 2> "$log"
  then
    # As many of the newest are kept as a short run can try again.
    ls -t "$folder/fuzz-corpus/$target" | tail -n +1001 | (cd "$folder/fuzz-corpus/$target" && xargs -r rm --)
    sed -n "s/^stat::number_of_executed_units: */fuzz $target: inputs tried: /p" "$log"
  else tail -n 60 "$log"; echo "fuzz $target: broken; see \"Fuzzing\" in CONTRIBUTING.md"; exit 1
  fi'
printf '%s\n' $targets | xargs -P "$(nproc)" -I{} sh -c "$fuzz" fuzz {} "$seconds" "$folder" "$folder/fuzz/$host/debug"
