/* The clock and the randomness of a program that is started with this as LD_PRELOAD.
 *
 * WORLD_CLOCK_OFF_BY: seconds that the time of day is off; what measures durations goes on as before.
 * WORLD_RANDOM_FILE: random bytes come from a fixed sequence. The file counts the processes, so that no two of a world draw
 * the same bytes, and the same story draws the same bytes every time. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;
static pthread_mutex_t drawing = PTHREAD_MUTEX_INITIALIZER;

int clock_gettime(clockid_t clock, struct timespec *time)
{
    const char *off = getenv("WORLD_CLOCK_OFF_BY");
    long result = syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && clock == CLOCK_REALTIME && off)
        time->tv_sec += atol(off);
    return (int)result;
}

static uint64_t number_of_this_process(const char *path)
{
    uint64_t number = 0;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        abort();
    flock(file, LOCK_EX);
    if (pread(file, &number, sizeof number, 0) < 0)
        abort();
    number += 1;
    if (pwrite(file, &number, sizeof number, 0) != sizeof number)
        abort();
    close(file);
    return number;
}

/* splitmix64 */
static uint64_t draw(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

ssize_t getrandom(void *buffer, size_t length, unsigned int flags)
{
    const char *path = getenv("WORLD_RANDOM_FILE");
    if (!path)
        return syscall(SYS_getrandom, buffer, length, flags);
    pthread_mutex_lock(&drawing);
    if (state == 0)
        state = number_of_this_process(path) << 32;
    for (size_t at = 0; at < length; at++)
        ((unsigned char *)buffer)[at] = (unsigned char)draw();
    pthread_mutex_unlock(&drawing);
    return (ssize_t)length;
}
