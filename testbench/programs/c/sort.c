/* sort.c - the same numbers through a heap sort in place and a bottom-up merge sort; both must agree and be in order. */
#include "runtime.h"

#define COUNT 500

/* Known answers, computed apart from this program (with big integers in a few lines of Python). */
#define SMALLEST INT64_C(-1151288365621341919)
#define MEDIAN INT64_C(93433998838145013)
#define LARGEST INT64_C(1147522155430139371)

static void sift_down(int64_t *heap, size_t root, size_t count)
{
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count)
            return;
        if (child + 1 < count && heap[child + 1] > heap[child])
            child++;
        if (heap[root] >= heap[child])
            return;
        int64_t t = heap[root];
        heap[root] = heap[child];
        heap[child] = t;
        root = child;
    }
}

static void heap_sort(int64_t *array, size_t count)
{
    for (size_t root = count / 2; root-- > 0;)
        sift_down(array, root, count);
    for (size_t last = count; last-- > 1;) {
        int64_t t = array[0];
        array[0] = array[last];
        array[last] = t;
        sift_down(array, 0, last);
    }
}

static void merge(const int64_t *from, size_t left, size_t middle, size_t right, int64_t *to)
{
    size_t l = left, r = middle;
    for (size_t i = left; i < right; i++)
        to[i] = l < middle && (r >= right || from[l] <= from[r]) ? from[l++] : from[r++];
}

static void merge_sort(int64_t *array, int64_t *spare, size_t count)
{
    int64_t *from = array, *to = spare;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t left = 0; left < count; left += 2 * width) {
            size_t middle = left + width < count ? left + width : count;
            size_t right = left + 2 * width < count ? left + 2 * width : count;
            merge(from, left, middle, right, to);
        }
        int64_t *t = from;
        from = to;
        to = t;
    }
    if (from != array)
        memcpy(array, from, count * sizeof *array);
}

int check_sort(void)
{
    static int64_t by_heap[COUNT], by_merge[COUNT], spare[COUNT];
    uint64_t seed = 42;
    uint64_t sum = 0;
    int wrong = 0;
    for (size_t i = 0; i < COUNT; i++) {
        by_heap[i] = (int64_t)next_random(&seed) >> 3; /* both signs */
        by_merge[i] = by_heap[i];
    }
    by_heap[7] = by_merge[7] = by_heap[300]; /* and one pair of equals */
    for (size_t i = 0; i < COUNT; i++)
        sum += (uint64_t)by_heap[i];

    heap_sort(by_heap, COUNT);
    merge_sort(by_merge, spare, COUNT);

    uint64_t disorder = 0, differences = 0, sum_after = 0;
    for (size_t i = 0; i < COUNT; i++) {
        disorder += i > 0 && by_heap[i - 1] > by_heap[i];
        differences += by_heap[i] != by_merge[i];
        sum_after += (uint64_t)by_heap[i];
    }
    wrong += expect("heap sort: pairs out of order", disorder, 0);
    wrong += expect("merge sort: elements that differ from heap sort", differences, 0);
    wrong += expect("sum after sorting", sum_after, sum);
    wrong += expect("smallest", (uint64_t)by_heap[0], (uint64_t)SMALLEST);
    wrong += expect("median", (uint64_t)by_heap[COUNT / 2], (uint64_t)MEDIAN);
    wrong += expect("largest", (uint64_t)by_heap[COUNT - 1], (uint64_t)LARGEST);
    return wrong;
}
