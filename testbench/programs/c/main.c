/* main.c - runs every part and exits with the number of failed checks. */
#include "runtime.h"

static int report(const char *name, int wrong)
{
    put_text(name);
    put_text(wrong == 0 ? ": ok\n" : ": failed checks: ");
    if (wrong != 0) {
        put_decimal(wrong);
        put_char('\n');
    }
    return wrong;
}

int main(void)
{
    int wrong = 0;
    wrong += report("sort", check_sort());
    wrong += report("crc-32", check_crc());
    wrong += report("matrix product", check_matrix());
    wrong += report("strings", check_strings());
    put_decimal(wrong);
    put_text(wrong == 0 ? " failed checks, all is well\n" : " failed checks\n");
    return wrong;
}
