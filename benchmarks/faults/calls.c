/* Calls that fail, for LD_PRELOAD: of those that FAILING_CALL names (pwrite, or sync), so many of a thousand as
 * FAILING_OF_1000 says end with the error FAILING_WITH and do nothing. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

static int number(const char *name)
{
    const char *told = getenv(name);
    return told ? atoi(told) : 0;
}

static int fails(const char *call)
{
    const char *named = getenv("FAILING_CALL");
    unsigned int dice = 0;
    if (!named || strcmp(named, call))
        return 0;
    getrandom(&dice, sizeof dice, 0); /* processes that are forked of one may not throw alike */
    if ((int)(dice % 1000) >= number("FAILING_OF_1000"))
        return 0;
    errno = number("FAILING_WITH");
    return 1;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t where)
{
    return fails("pwrite") ? -1 : syscall(SYS_pwrite64, file, bytes, count, where);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t where)
{
    return pwrite64(file, bytes, count, where);
}

int fsync(int file)
{
    return fails("sync") ? -1 : (int)syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    return fails("sync") ? -1 : (int)syscall(SYS_fdatasync, file);
}
