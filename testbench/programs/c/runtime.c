/*
 * runtime.c - console, exit and the few library functions that the programs and the compiler want.
 *
 * Two ways out. By default the host watches `tohost` (HTIF): an odd value ends the program, a value with 1 in the top
 * and in the next byte prints one character, an even one is the address of a system call. With -DFINISHER the console
 * is the UART and the end is the test finisher, for machines where nobody watches.
 */
#include "runtime.h"

/* ---- host ------------------------------------------------------------------------------------------------------- */

__attribute__((section(".htif"), aligned(64))) volatile uint64_t tohost;
__attribute__((section(".htif"))) volatile uint64_t fromhost;

#ifdef FINISHER

#define UART ((volatile uint8_t *)0x10000000)
#define TEST_FINISHER ((volatile uint32_t *)0x100000)

void put_char(char c)
{
    while ((UART[5] & 0x20) == 0) /* until the transmitter is free */
        ;
    UART[0] = (uint8_t)c;
}

void put_text(const char *text)
{
    while (*text != 0)
        put_char(*text++);
}

_Noreturn void exit_with(int code)
{
    *TEST_FINISHER = code == 0 ? 0x5555u : (uint32_t)code << 16 | 0x3333u;
    for (;;)
        ;
}

#else

/* Device 1 (console), command 1 (put a character); it has no answer. */
void put_char(char c)
{
    tohost = (uint64_t)0x0101 << 48 | (uint8_t)c;
}

/* The write system call: eight words in memory, their address in tohost, an answer in fromhost. */
void put_text(const char *text)
{
    static volatile uint64_t call[8] __attribute__((aligned(64)));
    call[0] = 64; /* write */
    call[1] = 1;  /* standard output */
    call[2] = (uint64_t)text;
    call[3] = strlen(text);
    fromhost = 0;
    __asm__ volatile("fence" ::: "memory");
    tohost = (uint64_t)call;
    while (fromhost == 0)
        ;
    fromhost = 0;
}

_Noreturn void exit_with(int code)
{
    tohost = (uint64_t)(unsigned)code << 1 | 1;
    for (;;)
        ;
}

#endif

/* ---- numbers on the console --------------------------------------------------------------------------------------- */

void put_decimal(int64_t value)
{
    char digits[21];
    char *at = &digits[20];
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    *at = 0;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        put_char('-');
    put_text(at);
}

void put_hex(uint64_t value, int digits)
{
    while (digits-- > 0)
        put_char("0123456789abcdef"[value >> (4 * digits) & 15]);
}

int expect(const char *what, uint64_t got, uint64_t want)
{
    if (got == want)
        return 0;
    put_text("  wrong: ");
    put_text(what);
    put_text(": got ");
    put_hex(got, 16);
    put_text(", want ");
    put_hex(want, 16);
    put_char('\n');
    return 1;
}

uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(0x2545f4914f6cdd1d);
}

/* ---- memory and text ---------------------------------------------------------------------------------------------- */

void *memcpy(void *to, const void *from, size_t length)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    if ((((uintptr_t)t | (uintptr_t)f) & 7) == 0)
        for (; length >= 8; length -= 8, t += 8, f += 8)
            *(uint64_t *)t = *(const uint64_t *)f;
    while (length-- > 0)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int value, size_t length)
{
    uint8_t *t = to;
    while (length-- > 0)
        *t++ = (uint8_t)value;
    return to;
}

void *memmove(void *to, const void *from, size_t length)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    if (t <= f)
        return memcpy(to, from, length);
    while (length-- > 0)
        t[length] = f[length];
    return to;
}

int memcmp(const void *left, const void *right, size_t length)
{
    const uint8_t *l = left, *r = right;
    for (; length > 0; length--, l++, r++)
        if (*l != *r)
            return *l < *r ? -1 : 1;
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length] != 0)
        length++;
    return length;
}

int strcmp(const char *left, const char *right)
{
    while (*left != 0 && *left == *right)
        left++, right++;
    return (int)(uint8_t)*left - (int)(uint8_t)*right;
}
