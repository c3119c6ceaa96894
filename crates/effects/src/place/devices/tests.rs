use super::{holds_disk, holds_environ};

#[test]
fn disks_and_what_is_made_of_them_are_told_from_other_devices() {
    for path in [
        "/dev/sda", "/dev/sdb1", "/dev/sdaa12", "/dev/nvme0n1", "/dev/nvme0n1p2", "/dev/vda", "/dev/xvda1", "/dev/mapper/vg-root", "/dev/md0", "/dev/md/raid",
        "/dev/disk/by-id/x", "/dev/mmcblk0p1", "/dev/dm-3", "/dev/vg0/root", "/dev/loop0", "/dev/block/8:0", "/dev/disk2s1", "/dev/rdisk2", "/dev",
    ] {
        assert!(holds_disk(path, path), "{path}");
    }
    assert!(holds_disk("/dev", "/dev/sd*"), "a pattern of names");
    for path in [
        "/dev/null", "/dev/tty1", "/dev/stdout", "/dev/pts/0", "/dev/shm/x", "/dev/mapper/control", "/dev/input/event0", "/dev/kvm", "/devices/sda", "/home/dev/sda", "/dev/stderr",
        "/dev/random", "/dev/sdr-radio", "/dev/md", "/dev/sd",
    ] {
        assert_eq!(holds_disk(path, path), path == "/dev/md", "{path}");
    }
    assert!(!holds_disk("/dev", "/dev/shm/*"));
}

#[test]
fn the_environment_of_a_process_is_known_by_its_path_and_by_a_pattern() {
    assert!(holds_environ("/proc/1/environ", "") && holds_environ("/proc", "/proc/*/environ") && holds_environ("/proc/self/task/2/environ", ""));
    assert!(!holds_environ("/proc/1/status", "/proc/1/status") && !holds_environ("/home/ana/environ", "environ") && !holds_environ("/proc", "/proc/*/stat"));
}
