/* crc.c - CRC-32 (IEEE 802.3, reflected polynomial 0xedb88320) by table and bit by bit, against published check values. */
#include "runtime.h"

static uint32_t table[256];

static uint32_t step(uint32_t crc)
{
    return crc & 1 ? crc >> 1 ^ UINT32_C(0xedb88320) : crc >> 1;
}

static void fill_table(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = step(crc);
        table[byte] = crc;
    }
}

static uint32_t crc_by_table(const void *data, size_t length)
{
    const uint8_t *at = data;
    uint32_t crc = UINT32_C(0xffffffff);
    while (length-- > 0)
        crc = crc >> 8 ^ table[(crc ^ *at++) & 255];
    return ~crc;
}

static uint32_t crc_by_bit(const void *data, size_t length)
{
    const uint8_t *at = data;
    uint32_t crc = UINT32_C(0xffffffff);
    while (length-- > 0) {
        crc ^= *at++;
        for (int bit = 0; bit < 8; bit++)
            crc = step(crc);
    }
    return ~crc;
}

int check_crc(void)
{
    static uint8_t ramp[1024];
    static const char fox[] = "The quick brown fox jumps over the lazy dog";
    int wrong = 0;
    fill_table();
    for (size_t i = 0; i < sizeof ramp; i++)
        ramp[i] = (uint8_t)i;

    /* Known answers: the check value of the CRC catalogues, the fox, the empty string, four times the bytes 0..255. */
    wrong += expect("crc of nothing", crc_by_table("", 0), 0);
    wrong += expect("crc of 123456789", crc_by_table("123456789", 9), 0xcbf43926);
    wrong += expect("crc of the fox", crc_by_table(fox, strlen(fox)), 0x414fa339);
    wrong += expect("crc of 1024 bytes", crc_by_table(ramp, sizeof ramp), 0xb70b4c26);
    wrong += expect("crc bit by bit", crc_by_bit(ramp, sizeof ramp), 0xb70b4c26);
    return wrong;
}
