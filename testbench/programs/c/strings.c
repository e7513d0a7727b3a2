/* strings.c - string routines: reverse, search, word count, number to text and back. */
#include "runtime.h"

static void reverse(char *text)
{
    size_t left = 0, right = strlen(text);
    while (left + 1 < right) {
        char t = text[left];
        text[left++] = text[--right];
        text[right] = t;
    }
}

/* Position of the needle, or -1: Knuth, Morris and Pratt, with the failure table on the stack. */
static int find(const char *haystack, const char *needle)
{
    int failure[32];
    int matched = 0;
    failure[0] = 0;
    for (int i = 1; needle[i] != 0; i++) {
        while (matched > 0 && needle[matched] != needle[i])
            matched = failure[matched - 1];
        if (needle[matched] == needle[i])
            matched++;
        failure[i] = matched;
    }
    matched = 0;
    for (int i = 0; haystack[i] != 0; i++) {
        while (matched > 0 && needle[matched] != haystack[i])
            matched = failure[matched - 1];
        if (needle[matched] == haystack[i])
            matched++;
        if (needle[matched] == 0)
            return i - matched + 1;
    }
    return -1;
}

static int count_words(const char *text)
{
    int words = 0, inside = 0;
    for (; *text != 0; text++) {
        int letter = *text != ' ' && *text != '\n';
        words += letter && !inside;
        inside = letter;
    }
    return words;
}

static int64_t parse(const char *text)
{
    int negative = *text == '-';
    int64_t value = 0;
    for (text += negative; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (*text - '0');
    return negative ? -value : value;
}

int check_strings(void)
{
    static char buffer[64];
    static const char panama[] = "a man a plan a canal panama";
    int wrong = 0;
    memcpy(buffer, "desserts", 9);
    reverse(buffer);
    wrong += expect("reverse", (uint64_t)strcmp(buffer, "stressed"), 0);
    wrong += expect("strlen", strlen(panama), 27);
    wrong += expect("find at 15", (uint64_t)find(panama, "canal"), 15);
    wrong += expect("find after a false start", (uint64_t)find("abababac", "ababac"), 2);
    wrong += expect("find nothing", (uint64_t)(int64_t)find(panama, "suez"), UINT64_MAX);
    wrong += expect("words", (uint64_t)count_words(panama), 7);
    wrong += expect("parse", (uint64_t)parse("-9007199254740993"), (uint64_t)INT64_C(-9007199254740993));
    memmove(buffer + 2, buffer, 9); /* overlapping, upwards */
    wrong += expect("memmove", (uint64_t)memcmp(buffer, "ststressed", 11), 0);
    wrong += expect("strcmp orders", (uint64_t)(strcmp("guest", "host") < 0), 1);
    return wrong;
}
