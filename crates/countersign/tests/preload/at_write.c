/* at_write MODE N FOLDER PROGRAM ARGUMENT...
 *
 * Runs a program under ptrace and watches what its own threads (never its children) do to files below FOLDER.
 *
 *   count   does nothing; writes the number of durable steps to the file that AT_WRITE_COUNT names
 *   writes  the same for writing calls
 *   memory  the same for the most memory that it, or one of its children, ever had, in KiB
 *   before  kills it with SIGKILL instead of the N-th durable step
 *   after   kills it with SIGKILL when the N-th durable step is done
 *   full    from the N-th writing call on, every writing call fails with ENOSPC: a disk that is full from then on
 *   fixed   every writing call, and every opening for writing, fails with EROFS: a disk that cannot be written
 *
 * Durable steps are fsync, fdatasync, and the renames. Writing calls are write, pwrite64, writev, pwritev, ftruncate,
 * fallocate, mkdir(at) and creating opens. Both are counted from 1. The exit status is the program's, 128 and the signal
 * if one ended it. It sees system calls, not library calls, so it does not matter who makes them.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h> /* before the kernel's header, whose macros would replace its names */
#include <linux/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum mode { COUNT, WRITES, MEMORY, BEFORE, AFTER, FULL, FIXED };
static const char *const MODES[] = { "count", "writes", "memory", "before", "after", "full", "fixed" };

static enum mode mode;
static long wanted, seen;
static const char *folder;
static pid_t program;

/* Threads in whose present call something is to happen at its end. */
#define THREADS 1024
static struct { pid_t id; int fail, die; } threads[THREADS];

static int slot(pid_t id)
{
    for (int i = 0; i < THREADS; i++) {
        if (threads[i].id == id || threads[i].id == 0) {
            threads[i].id = id;
            return i;
        }
    }
    abort();
}

static int is_below(pid_t id, int fd)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", id, fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static int makes_below(pid_t id, unsigned long address)
{
    char path[PATH_MAX];
    struct iovec here = { path, sizeof path - 1 }, there = { (void *)address, sizeof path - 1 };
    ssize_t length = process_vm_readv(id, &here, 1, &there, 1, 0);
    if (length < 0) { /* the text ends near the end of a page */
        there.iov_len = here.iov_len = 4096 - (address & 4095);
        length = process_vm_readv(id, &here, 1, &there, 1, 0);
    }
    if (length < 0)
        return 0;
    path[length] = 0;
    if (path[0] != '/')
        return 1;
    /* A full disk still opens what is there already. */
    return strncmp(path, folder, strlen(folder)) == 0 && (mode == FIXED || access(path, F_OK) != 0);
}

static int is_durable_step(long call)
{
    switch (call) {
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_renameat:
    case SYS_renameat2:
#ifdef SYS_rename
    case SYS_rename:
#endif
        return 1;
    }
    return 0;
}

static int is_writing(pid_t id, const struct ptrace_syscall_info *info)
{
    const __u64 *args = (const __u64 *)info->entry.args;
    __u64 opening = mode == FIXED ? O_CREAT | O_WRONLY | O_RDWR : O_CREAT;
    switch (info->entry.nr) {
    case SYS_write:
    case SYS_pwrite64:
    case SYS_writev:
    case SYS_pwritev:
    case SYS_ftruncate:
    case SYS_fallocate:
        return is_below(id, (int)args[0]);
    case SYS_openat:
        return (args[2] & opening) && makes_below(id, args[1]);
    case SYS_mkdirat:
        return makes_below(id, args[1]);
#ifdef SYS_open
    case SYS_open:
        return (args[1] & opening) && makes_below(id, args[0]);
    case SYS_mkdir:
        return makes_below(id, args[0]);
#endif
    }
    return 0;
}

/* Replaces the call that is about to be made by none. */
static void skip_call(pid_t id)
{
#if defined(__x86_64__)
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, id, 0, &registers);
    registers.orig_rax = (unsigned long)-1;
    ptrace(PTRACE_SETREGS, id, 0, &registers);
#elif defined(__aarch64__)
    int none = -1;
    struct iovec vector = { &none, sizeof none };
    ptrace(PTRACE_SETREGSET, id, NT_ARM_SYSTEM_CALL, &vector);
#else
#error "say here how a call is skipped"
#endif
}

static void set_result(pid_t id, long result)
{
#if defined(__x86_64__)
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, id, 0, &registers);
    registers.rax = (unsigned long)result;
    ptrace(PTRACE_SETREGS, id, 0, &registers);
#elif defined(__aarch64__)
    struct user_regs_struct registers;
    struct iovec vector = { &registers, sizeof registers };
    ptrace(PTRACE_GETREGSET, id, NT_PRSTATUS, &vector);
    registers.regs[0] = (unsigned long)result;
    ptrace(PTRACE_SETREGSET, id, NT_PRSTATUS, &vector);
#endif
}

static void on_entry(pid_t id, const struct ptrace_syscall_info *info)
{
    int of_writes = mode == FULL || mode == FIXED || mode == WRITES;
    int counts = of_writes ? is_writing(id, info) : is_durable_step((long)info->entry.nr);
    if (!counts)
        return;
    seen++;
    if (mode == FIXED || (mode == FULL && seen >= wanted)) {
        skip_call(id);
        threads[slot(id)].fail = 1;
    } else if (mode == BEFORE && seen == wanted) {
        kill(program, SIGKILL);
    } else if (mode == AFTER && seen == wanted) {
        threads[slot(id)].die = 1;
    }
}

static void on_exit_of_call(pid_t id)
{
    int i = slot(id);
    if (threads[i].fail)
        set_result(id, mode == FIXED ? -EROFS : -ENOSPC);
    if (threads[i].die)
        kill(program, SIGKILL);
    threads[i].fail = threads[i].die = 0;
}

static int follow(void)
{
    int status, ended = 1;
    struct rusage used;
    for (;;) {
        pid_t id = wait4(-1, &status, __WALL, &used);
        if (id < 0)
            return ended;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (id == program && mode == MEMORY)
                seen = used.ru_maxrss;
            if (id == program)
                ended = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int signal = WSTOPSIG(status), pass = 0;
        if (signal == (SIGTRAP | 0x80)) {
            struct ptrace_syscall_info info;
            if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof info, &info) > 0) {
                if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
                    on_entry(id, &info);
                else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
                    on_exit_of_call(id);
            }
        } else if (signal != SIGTRAP && signal != SIGSTOP) {
            pass = signal;
        }
        ptrace(mode == MEMORY ? PTRACE_CONT : PTRACE_SYSCALL, id, 0, pass);
    }
}

int main(int count, char **words)
{
    if (count < 5)
        return 64;
    while (strcmp(words[1], MODES[mode]) != 0)
        if (++mode > FIXED)
            return 64;
    wanted = atol(words[2]);
    folder = words[3];
    program = fork();
    if (program == 0) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
            _exit(65);
        raise(SIGSTOP);
        execv(words[4], words + 4);
        _exit(66);
    }
    int status;
    waitpid(program, &status, 0);
    if (!WIFSTOPPED(status))
        return 65;
    ptrace(PTRACE_SETOPTIONS, program, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    ptrace(PTRACE_SYSCALL, program, 0, 0);
    int ended = follow();
    if (mode <= MEMORY) {
        const char *name = getenv("AT_WRITE_COUNT");
        FILE *file = name ? fopen(name, "w") : NULL;
        if (!file || fprintf(file, "%ld\n", seen) < 0 || fclose(file) != 0)
            return 67;
    }
    return ended;
}
