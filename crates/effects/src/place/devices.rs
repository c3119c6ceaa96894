//! Devices that hold what others stored there: whatever is written over one is gone for good, whatever reads one reads all of it.

/// Names in `/dev` that disks, their parts and what is made of them begin with. More than one letter or number may follow.
const DISKS: [&str; 24] = [
    "sd", "hd", "vd", "xvd", "nvme", "mmcblk", "md", "dm-", "loop", "nbd", "zd", "pmem", "dasd", "rbd", "bcache", "drbd", "sr", "st", "nst", "mtd", "disk", "rdisk",
    "ram", "zram",
];
/// Folders in `/dev` with nothing of the kind in them. Whatever else is a folder there is taken for a group of volumes.
const NO_DISKS: [&str; 14] =
    ["pts", "shm", "fd", "input", "snd", "dri", "net", "bus", "mqueue", "hugepages", "char", "cpu", "vfio", "usb"];

/// Whether a normal absolute path, or some of what a pattern below it stands for, is a disk.
pub(super) fn holds_disk(path: &str, shown: &str) -> bool {
    let Some(inside) = crate::path::below(path, "/dev") else { return false };
    let mut parts = inside.split('/').filter(|part| !part.is_empty());
    match (parts.next(), parts.next()) {
        // All of `/dev`, or a pattern of names in it.
        (None, _) => path == "/dev" && !["/dev/fd", "/dev/pts", "/dev/shm"].iter().any(|other| shown.starts_with(other)),
        (Some("mapper"), Some("control")) => false,
        (Some("disk" | "mapper" | "md" | "zvol" | "block"), _) => true,
        (Some(folder), Some(_)) => !NO_DISKS.contains(&folder),
        (Some(name), None) => DISKS.iter().any(|start| name.strip_prefix(start).is_some_and(|rest| is_numbered(start, rest))),
    }
}

/// `sda1`, `nvme0n1p2`, `md127`; not `stdout` or `sdr-radio`.
fn is_numbered(start: &str, rest: &str) -> bool {
    let lettered = ["sd", "hd", "vd", "xvd", "dasd"].contains(&start);
    let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
    let after = rest.get(letters..).unwrap_or_default();
    match lettered {
        true => (1..=3).contains(&letters) && after.bytes().all(|b| b.is_ascii_digit()),
        false => rest.bytes().next().is_some_and(|b| b.is_ascii_digit()) && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
    }
}

/// Whether it is the environment of a process, or a pattern that such files match: `/proc/1/environ`.
pub(super) fn holds_environ(path: &str, shown: &str) -> bool {
    let is_environ = |text: &str| text.starts_with("/proc/") && text.split('/').any(|part| part == "environ");
    is_environ(path) || is_environ(shown)
}

#[cfg(test)]
mod tests;
