/* runtime.h - what these programs have instead of a C library. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stddef.h>
#include <stdint.h>

/* Memory and text, as in ISO C. GCC calls the first two by itself. */
void *memcpy(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
void *memmove(void *to, const void *from, size_t length);
int memcmp(const void *left, const void *right, size_t length);
size_t strlen(const char *text);
int strcmp(const char *left, const char *right);

/* Console. */
void put_char(char c);
void put_text(const char *text);
void put_decimal(int64_t value);
void put_hex(uint64_t value, int digits);

/* Ends the program; 0 is success. */
_Noreturn void exit_with(int code);

/* The self-checking programs: each returns the number of failed checks. */
int check_sort(void);
int check_crc(void);
int check_matrix(void);
int check_strings(void);

/* One check: reports and counts a failure. */
int expect(const char *what, uint64_t got, uint64_t want);

/* The pseudo-random numbers all parts share (xorshift64*), from a fixed seed. */
uint64_t next_random(uint64_t *state);

#endif
