#!/bin/sh
# Builds, checks and packs a small service: what an agent may be asked to run.
set -eu
NAME=costs
OUT=build/$NAME
mkdir -p "$OUT" logs
if test -f src/part0.c; then
    cc -O2 -c src/part0.c -o "$OUT/part0.o" 2>> logs/part0.log
fi
if test -f src/part1.c; then
    cc -O2 -c src/part1.c -o "$OUT/part1.o" 2>> logs/part1.log
fi
if test -f src/part2.c; then
    cc -O2 -c src/part2.c -o "$OUT/part2.o" 2>> logs/part2.log
fi
if test -f src/part3.c; then
    cc -O2 -c src/part3.c -o "$OUT/part3.o" 2>> logs/part3.log
fi
if test -f src/part4.c; then
    cc -O2 -c src/part4.c -o "$OUT/part4.o" 2>> logs/part4.log
fi
if test -f src/part5.c; then
    cc -O2 -c src/part5.c -o "$OUT/part5.o" 2>> logs/part5.log
fi
if test -f src/part6.c; then
    cc -O2 -c src/part6.c -o "$OUT/part6.o" 2>> logs/part6.log
fi
if test -f src/part7.c; then
    cc -O2 -c src/part7.c -o "$OUT/part7.o" 2>> logs/part7.log
fi
if test -f src/part8.c; then
    cc -O2 -c src/part8.c -o "$OUT/part8.o" 2>> logs/part8.log
fi
if test -f src/part9.c; then
    cc -O2 -c src/part9.c -o "$OUT/part9.o" 2>> logs/part9.log
fi
if test -f src/part10.c; then
    cc -O2 -c src/part10.c -o "$OUT/part10.o" 2>> logs/part10.log
fi
if test -f src/part11.c; then
    cc -O2 -c src/part11.c -o "$OUT/part11.o" 2>> logs/part11.log
fi
if test -f src/part12.c; then
    cc -O2 -c src/part12.c -o "$OUT/part12.o" 2>> logs/part12.log
fi
if test -f src/part13.c; then
    cc -O2 -c src/part13.c -o "$OUT/part13.o" 2>> logs/part13.log
fi
if test -f src/part14.c; then
    cc -O2 -c src/part14.c -o "$OUT/part14.o" 2>> logs/part14.log
fi
if test -f src/part15.c; then
    cc -O2 -c src/part15.c -o "$OUT/part15.o" 2>> logs/part15.log
fi
if test -f src/part16.c; then
    cc -O2 -c src/part16.c -o "$OUT/part16.o" 2>> logs/part16.log
fi
if test -f src/part17.c; then
    cc -O2 -c src/part17.c -o "$OUT/part17.o" 2>> logs/part17.log
fi
tar -czf "$OUT.tar.gz" -C build "$NAME"
rm -f logs/*.log
