/* Attempts at the ways out of a box that need more than a shell. Prints "<name>: done" or "<name>: <errno name>". */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *name;

static int said(long result) {
    if (result >= 0)
        printf("%s: done\n", name);
    else
        printf("%s: %s\n", name, strerrorname_np(errno));
    return result >= 0 ? 0 : 1;
}

static long call(long number, long a, long b, long c, long d, long e) { return syscall(number, a, b, c, d, e, 0); }

struct row { const char *name; long number, a, b, c, d, e; };

/* One system call each. Where an argument must point somewhere it points at this. */
static char space[4096];
#define S ((long)space)

static const struct row rows[] = {
    {"mount", SYS_mount, (long)"none", (long)"/tmp", (long)"tmpfs", 0, 0},
    {"umount", SYS_umount2, (long)"/proc", MNT_DETACH, 0, 0, 0},
    {"remount", SYS_mount, (long)"none", (long)"/usr", 0, MS_REMOUNT | MS_BIND, 0},
    {"pivot_root", SYS_pivot_root, (long)"/tmp", (long)"/tmp", 0, 0, 0},
    {"open_tree", 428, AT_FDCWD, (long)"/usr", 1, 0, 0},
    {"move_mount", 429, AT_FDCWD, (long)"/usr", AT_FDCWD, (long)"/tmp", 0},
    {"fsopen", 430, (long)"tmpfs", 0, 0, 0, 0},
    {"mount_setattr", 442, AT_FDCWD, (long)"/usr", 0, S, 32},
    {"chroot", SYS_chroot, (long)"/tmp", 0, 0, 0, 0},
    {"unshare_user", SYS_unshare, CLONE_NEWUSER, 0, 0, 0, 0},
    {"unshare_mount", SYS_unshare, CLONE_NEWNS, 0, 0, 0, 0},
    {"clone_user", SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0},
    {"clone3", SYS_clone3, S, 88, 0, 0, 0},
    {"ptrace_parent", SYS_ptrace, PTRACE_ATTACH, 1, 0, 0, 0},
    {"process_vm_readv", SYS_process_vm_readv, 1, S, 1, S, 1},
    {"process_vm_writev", SYS_process_vm_writev, 1, S, 1, S, 1},
    {"pidfd_getfd", 438, 0, 0, 0, 0, 0},
    {"kcmp", SYS_kcmp, 1, 1, 0, 0, 0},
    {"bpf", SYS_bpf, 0, S, 72, 0, 0},
    {"perf_event_open", SYS_perf_event_open, S, 0, -1, -1, 0},
    {"userfaultfd", SYS_userfaultfd, 1, 0, 0, 0, 0},
    {"io_uring_setup", 425, 8, S, 0, 0, 0},
    {"keyctl", SYS_keyctl, 0, -3, 0, 0, 0},
    {"add_key", SYS_add_key, (long)"user", (long)"x", S, 1, -3},
    {"request_key", SYS_request_key, (long)"user", (long)"x", 0, 0, 0},
    {"name_to_handle_at", SYS_name_to_handle_at, AT_FDCWD, (long)"/usr", S, S, 0},
    {"open_by_handle_at", SYS_open_by_handle_at, AT_FDCWD, S, 0, 0, 0},
    {"init_module", SYS_init_module, S, 16, S, 0, 0},
    {"kexec_load", SYS_kexec_load, 0, 0, 0, 0, 0},
    {"reboot", SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0, 0},
    {"swapon", SYS_swapon, (long)"/tmp/x", 0, 0, 0, 0},
    {"acct", SYS_acct, 0, 0, 0, 0, 0},
    {"quotactl", SYS_quotactl, 0, 0, 0, 0, 0},
    {"syslog", SYS_syslog, 10, 0, 0, 0, 0},
    {"sethostname", SYS_sethostname, (long)"x", 1, 0, 0, 0},
    {"settimeofday", SYS_settimeofday, S, 0, 0, 0, 0},
    {"memfd_secret", 447, 0, 0, 0, 0, 0},
    {"personality", SYS_personality, 0x0040000, 0, 0, 0, 0},
    {"ioprio_set", SYS_ioprio_set, 1, 0, (1 << 13), 0, 0},
    {"netlink", SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, 0, 0},
    {"packet", SYS_socket, AF_PACKET, SOCK_RAW, 0, 0, 0},
    {"raw", SYS_socket, AF_INET, SOCK_RAW, 1, 0, 0},
    {"vsock", SYS_socket, 40, SOCK_STREAM, 0, 0, 0},
    {"tiocsti", SYS_ioctl, 0, TIOCSTI, S, 0, 0},
    {"tiocsti_high_bits", SYS_ioctl, 0, (long)(0xffffffff00000000UL | TIOCSTI), S, 0, 0},
    {"tioclinux", SYS_ioctl, 0, 0x541C, S, 0, 0},
#ifdef __x86_64__
    {"x32_ptrace", 0x40000000 | 521, PTRACE_ATTACH, 1, 0, 0, 0},
    {"x32_mount", 0x40000000 | 165, (long)"none", (long)"/tmp", (long)"tmpfs", 0, 0},
    {"iopl", SYS_iopl, 3, 0, 0, 0, 0},
#endif
};

static int table(void) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        name = rows[i].name;
        errno = 0;
        long result = call(rows[i].number, rows[i].a, rows[i].b, rows[i].c, rows[i].d, rows[i].e);
        if (result == 0 && strcmp(name, "clone_user") == 0 && getppid() == 1)
            _exit(0);
        said(result);
        fflush(stdout);
    }
    return 0;
}

static int setns_to(const char *path) {
    int fd = open(path, O_RDONLY);
    return said(fd < 0 ? -1 : setns(fd, 0));
}

static int abstract(const char *text) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    strncpy(at.sun_path + 1, text, sizeof at.sun_path - 2);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return said(connect(fd, (void *)&at, sizeof(sa_family_t) + 1 + strlen(text)));
}

static int path_socket(const char *path) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    strncpy(at.sun_path, path, sizeof at.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return said(connect(fd, (void *)&at, sizeof at));
}

/* Runs a shell from memory: allowed, and as bounded as any other. */
static int memfd_exec(const char *script) {
    int from = open("/bin/sh", O_RDONLY), to = memfd_create("x", 0);
    char bytes[65536];
    for (ssize_t got; (got = read(from, bytes, sizeof bytes)) > 0;)
        if (write(to, bytes, got) != got)
            return said(-1);
    char *arguments[] = {"sh", "-c", (char *)script, NULL}, *environment[] = {NULL};
    fexecve(to, arguments, environment);
    return said(-1);
}

/* Forks until it cannot; every child waits. */
static int fork_bomb(void) {
    int children = 0;
    for (pid_t pid; children < 100000; children++) {
        if ((pid = fork()) == 0)
            for (;;)
                pause();
        if (pid < 0)
            break;
    }
    printf("fork_bomb: %s after %d\n", strerrorname_np(errno), children);
    return 0;
}

static int open_many(void) {
    int count = 0;
    while (count < 10000000 && open("/dev/null", O_RDONLY) >= 0)
        count++;
    printf("open_many: %s after %d\n", strerrorname_np(errno), count);
    return 0;
}

/* Swaps a link between a folder of the tree and one outside, until it is killed. */
static int swap_links(const char *link, const char *inside, const char *outside) {
    for (;;) {
        unlink(link);
        if (symlink(outside, link) < 0 && errno != EEXIST)
            return said(-1);
        unlink(link);
        if (symlink(inside, link) < 0 && errno != EEXIST)
            return said(-1);
        static int told;
        if (told++ == 100) {
            puts("swapping");
            fflush(stdout);
        }
    }
}

static int device(const char *path) {
    name = "mknod_block";
    said(mknod(path, S_IFBLK | 0600, makedev(254, 0)));
    name = "mknod_mem";
    said(mknod(path, S_IFCHR | 0600, makedev(1, 1)));
    name = "mknod_whiteout";
    return said(mknod("whiteout", S_IFCHR | 0600, makedev(0, 0)));
}

static int priority(void) {
    name = "nice_up";
    said(setpriority(PRIO_PROCESS, 0, -5));
    struct sched_param realtime = {.sched_priority = 1};
    name = "realtime";
    said(sched_setscheduler(0, SCHED_FIFO, &realtime));
    struct rlimit more = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    name = "raise_limit";
    return said(setrlimit(RLIMIT_NOFILE, &more));
}

static int capabilities(void) {
    name = "keep_capability";
    said(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21 /* CAP_SYS_ADMIN */, 0, 0));
    printf("no_new_privs: %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    printf("seccomp: %d\n", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
    return 0;
}

int main(int count, char **argument) {
    if (count < 2)
        return 2;
    name = argument[1];
    if (!strcmp(name, "table")) return table();
    if (!strcmp(name, "rename")) return said(rename(argument[2], argument[3]));
    if (!strcmp(name, "setns")) return setns_to(argument[2]);
    if (!strcmp(name, "abstract")) return abstract(argument[2]);
    if (!strcmp(name, "path_socket")) return path_socket(argument[2]);
    if (!strcmp(name, "memfd_exec")) return memfd_exec(argument[2]);
    if (!strcmp(name, "fork_bomb")) return fork_bomb();
    if (!strcmp(name, "open_many")) return open_many();
    if (!strcmp(name, "swap_links")) return swap_links(argument[2], argument[3], argument[4]);
    if (!strcmp(name, "device")) return device(argument[2]);
    if (!strcmp(name, "priority")) return priority();
    if (!strcmp(name, "capabilities")) return capabilities();
    return 2;
}
