#!/usr/bin/env python3
"""Verifies an exported ledger, or the proof of one entry, with nothing but Python's standard library.

    verify.py EXPORT VKEY            a folder: checkpoint, tile/, blobs/
    verify.py PROOF ENTRY VKEY       a .tlog-proof file and the entry's bytes

Written from the published formats alone, and not from the program that wrote the files: RFC 6962 (tree), RFC 8032
(Ed25519), c2sp.org/signed-note, tlog-checkpoint, tlog-tiles, tlog-proof. Slow and plain on purpose.
Prints one line, `ok …` or `bad …`, and exits with 0 or 1.
"""

import base64
import hashlib
import os
import sys


class Bad(Exception):
    pass


# --- Ed25519, RFC 8032 §5.1, verification only -----------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        raise Bad("checkpoint")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Bad("checkpoint")
    return P - x if x & 1 != sign else x


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = recover_x(y, sign)
    return x, y, 1, x * y % P


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signed(public, message, signature):
    if len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % L
    left, right = multiply(s, BASE), add(decompress(r), multiply(h, decompress(public)))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- signed-note, tlog-checkpoint ------------------------------------------------------------------------------------


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the one spelling")
    return data


def open_checkpoint(note, vkey):
    """The size and the root that the key signed."""
    try:
        name, key_id, key = vkey.split("+", 2)
        key = unbase64(key)
        if key[0] != 1 or hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id:
            raise Bad("checkpoint")
        text, signatures = note.decode().rsplit("\n\n", 1)
        text += "\n"
        if not signatures.endswith("\n"):
            raise Bad("checkpoint")
        good = False
        for line in signatures[:-1].split("\n"):
            dash, signer, data = line.split(" ")
            data = unbase64(data)
            if dash == "\u2014" and signer == name and data[:4].hex() == key_id:
                good = good or signed(key[1:], text.encode(), data[4:])
        origin, size, root = text.split("\n")[:3]
        if not good or origin != name or str(int(size)) != size:
            raise Bad("checkpoint")
        return int(size), unbase64(root)
    except (ValueError, IndexError):
        raise Bad("checkpoint")


# --- the tree, RFC 6962 §2.1 -----------------------------------------------------------------------------------------


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_hash(leaves):
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_hash(leaves[:k]), tree_hash(leaves[k:]))


def root_of_proof(index, size, leaf, path):
    """RFC 9162 §2.1.3.2, which computes what RFC 6962 §2.1.1 defines."""
    node, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Bad("proof")
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise Bad("proof")
    return result


# --- tlog-tiles ------------------------------------------------------------------------------------------------------


def tiles(kind, count):
    """The paths of the tiles that hold `count` hashes or entries, with how many are in each."""
    for first in range(0, count, 256):
        width, n = min(256, count - first), first // 256
        path = "%03d" % (n % 1000)
        while n >= 1000:
            n //= 1000
            path = "x%03d/%s" % (n % 1000, path)
        yield "tile/%s/%s" % (kind, path if width == 256 else "%s.p/%d" % (path, width)), width


def read(folder, path):
    try:
        with open(os.path.join(folder, path), "rb") as file:
            return file.read()
    except OSError:
        raise Bad("file %s" % path)


def hashes_of_level(folder, level, count):
    found = []
    for path, width in tiles(str(level), count):
        data = read(folder, path)
        if len(data) != 32 * width:
            raise Bad("tile %s" % path)
        found += [data[at : at + 32] for at in range(0, len(data), 32)]
    return found


def entries_of(folder, size):
    """The entries; None from where on a bundle is not whole."""
    found = []
    for path, width in tiles("entries", size):
        data, at, entries = read(folder, path), 0, []
        for _ in range(width):
            length = int.from_bytes(data[at : at + 2], "big")
            whole = at + 2 + length <= len(data) and at + 2 <= len(data)
            entries.append(data[at + 2 : at + 2 + length] if whole else None)
            at += 2 + length
        if at != len(data) and None not in entries:
            entries[-1] = None
        found += entries
    return found


def verify_tiles(folder, size, root):
    kept = hashes_of_level(folder, 0, size)
    made = [None if entry is None else leaf_hash(entry) for entry in entries_of(folder, size)]
    if tree_hash(kept) == root:
        # The kept leaf hashes are the signed ones, so an entry that differs is the one that was changed.
        for index, (one, other) in enumerate(zip(made, kept)):
            if one != other:
                raise Bad("entry %d" % index)
    elif None in made or tree_hash(made) != root:
        raise Bad("root")
    level = 0
    while made:
        for position, (path, width) in enumerate(tiles(str(level), len(made))):
            if read(folder, path) != b"".join(made[256 * position : 256 * position + width]):
                raise Bad("tile %s" % path)
        full = len(made) // 256
        made = [tree_hash(made[256 * n : 256 * n + 256]) for n in range(full)]
        level += 1


def verify_blobs(folder):
    count = 0
    for where, _, names in sorted(os.walk(os.path.join(folder, "blobs"))):
        for name in sorted(names):
            with open(os.path.join(where, name), "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != name or os.path.basename(where) != name[:2]:
                    raise Bad("blob %s" % name)
            count += 1
    return count


def verify_export(folder, vkey):
    size, root = open_checkpoint(read(folder, "checkpoint"), vkey)
    verify_tiles(folder, size, root)
    return "%d %s %d" % (size, root.hex(), verify_blobs(folder))


# --- tlog-proof ------------------------------------------------------------------------------------------------------


def verify_proof(proof, entry, vkey):
    head, checkpoint = proof.split(b"\n\n", 1)
    lines = head.decode().split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("index "):
        raise Bad("proof")
    index = int(lines[1][len("index ") :])
    size, root = open_checkpoint(checkpoint, vkey)
    path = [unbase64(line) for line in lines[2:]]
    if index >= size or root_of_proof(index, size, leaf_hash(entry), path) != root:
        raise Bad("proof")
    return "%d of %d" % (index, size)


def main(arguments):
    try:
        if len(arguments) == 2:
            said = verify_export(*arguments)
        else:
            proof, entry, vkey = arguments
            said = verify_proof(read("", proof), read("", entry), vkey)
        print("ok", said)
        return 0
    except Bad as bad:
        print("bad", bad)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
