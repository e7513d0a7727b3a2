/* matrix.c - integer matrix products: against powers with a known closed form, and (AB)C against A(BC). */
#include "runtime.h"

#define SIZE 12

/* Known answer, computed apart from this program. */
#define TRACE INT64_C(11010107723)

typedef int64_t matrix[SIZE][SIZE];

static void product(matrix to, matrix left, matrix right)
{
    for (int row = 0; row < SIZE; row++)
        for (int column = 0; column < SIZE; column++) {
            int64_t sum = 0;
            for (int i = 0; i < SIZE; i++)
                sum += left[row][i] * right[i][column];
            to[row][column] = sum;
        }
}

static void fill(matrix m, uint64_t *seed)
{
    for (int row = 0; row < SIZE; row++)
        for (int column = 0; column < SIZE; column++)
            m[row][column] = (int64_t)(next_random(seed) % 2001) - 1000;
}

/* The n-th Fibonacci number as the corner of [[1 1] [1 0]]^n, by repeated squaring of the embedded matrix. */
static int64_t fibonacci(unsigned n)
{
    static matrix power, result, next;
    memset(power, 0, sizeof power);
    memset(result, 0, sizeof result);
    for (int i = 0; i < SIZE; i++)
        result[i][i] = power[i][i] = 1;
    power[0][1] = power[1][0] = 1;
    power[1][1] = 0;
    for (; n != 0; n >>= 1) {
        if (n & 1) {
            product(next, result, power);
            memcpy(result, next, sizeof next);
        }
        product(next, power, power);
        memcpy(power, next, sizeof next);
    }
    return result[0][1];
}

int check_matrix(void)
{
    static matrix a, b, c, ab, bc, left, right;
    uint64_t seed = 7;
    int wrong = 0;
    fill(a, &seed);
    fill(b, &seed);
    fill(c, &seed);
    product(ab, a, b);
    product(left, ab, c);
    product(bc, b, c);
    product(right, a, bc);
    wrong += expect("(AB)C = A(BC)", (uint64_t)memcmp(left, right, sizeof left), 0);
    wrong += expect("Fibonacci 10", (uint64_t)fibonacci(10), 55);
    wrong += expect("Fibonacci 50", (uint64_t)fibonacci(50), UINT64_C(12586269025));
    wrong += expect("Fibonacci 90", (uint64_t)fibonacci(90), UINT64_C(2880067194370816120));

    /* Remainders of signed division, which the compiler leaves to DIV and REM. */
    int64_t trace = 0;
    for (int i = 0; i < SIZE; i++)
        trace += left[i][i];
    wrong += expect("trace by quotient and remainder", (uint64_t)(trace / 997 * 997 + trace % 997), (uint64_t)trace);
    wrong += expect("trace", (uint64_t)trace, (uint64_t)TRACE);
    return wrong;
}
