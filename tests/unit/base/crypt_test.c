/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/crypt.h"

#include "engine/base/hash.h"
#include "tests/t.h"

TEST(digests_are_sha256)
{
    static const struct {
        const char *belief, *text, *hex; /* FIPS 180-4 examples */
    } rows[] = {
        {"empty",      "",                                                         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc",        "abc",                                                      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"                                                                          },
    };
    struct digester *digester;
    struct err err;

    T_OK(digester_open(&digester, &err), &err);
    for (size_t i = 0; i < LEN(rows); i++) {
        size_t len = strlen(rows[i].text);
        struct digest digest = digest_of(rows[i].text, len);
        char hex[2 * DIGEST_BYTES + 1];
        T_ROW(rows[i].belief);
        digest_hex(&digest, hex);
        T_STR(hex, rows[i].hex);
        digester_add(digester, rows[i].text, len / 2); /* in parts, on a used digester */
        digester_add(digester, rows[i].text + len / 2, len - len / 2);
        digest = digester_finish(digester);
        digest_hex(&digest, hex);
        T_STR(hex, rows[i].hex);
    }
    digester_close(digester);
}

TEST(pairs_are_what_each_is_alone)
{
    static uint8_t first[4096], second[4096];
    uint64_t seed = 7;

    for (size_t i = 0; i < sizeof first; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        first[i] = (uint8_t)(seed >> 56);
        second[i] = (uint8_t)(seed >> 48);
    }
    for (size_t len = 0; len <= 300; len++) /* every way to end */
        for (size_t from = 0; from < 2; from++) {
            struct digest pair[2], one = digest_of(first + from, len), two = digest_of(second, len);
            digest_pair(pair, first + from, second, len);
            T_EQ(memcmp(&pair[0], &one, sizeof one), 0);
            T_EQ(memcmp(&pair[1], &two, sizeof two), 0);
        }
    struct digest pair[2], one = digest_of(first, 4096), two = digest_of(second, 4096);
    digest_pair(pair, first, second, 4096);
    T_EQ(memcmp(&pair[0], &one, sizeof one), 0);
    T_EQ(memcmp(&pair[1], &two, sizeof two), 0);
}

TEST(blocks_are_aes256)
{
    /* FIPS 197, C.3 */
    static const uint8_t want[16] = {0x8e, 0xa2, 0xb7, 0xca, 0x51, 0x67, 0x45, 0xbf,
                                     0xea, 0xfc, 0x49, 0x90, 0x4b, 0x49, 0x60, 0x89};
    uint8_t key[32], blocks[3][16];
    struct cipher *cipher;
    struct err err;

    for (uint8_t i = 0; i < 32; i++)
        key[i] = i;
    for (uint8_t i = 0; i < 48; i++)
        blocks[i / 16][i % 16] = (uint8_t)(0x11 * (i % 16));
    T_OK(cipher_open(&cipher, key, &err), &err);
    cipher_blocks(cipher, blocks[0], blocks[0], 3);
    for (size_t i = 0; i < 3; i++)
        T_EQ(memcmp(blocks[i], want, 16), 0);
    cipher_close(cipher);
}

/* CBC-MAC as its definition reads, a block at a time. */
static void
mac_plainly(struct cipher *cipher, struct text text, uint8_t out[16])
{
    memset(out, 0, 16);
    for (int i = 0; i < 8; i++)
        out[15 - i] = (uint8_t)(text.len >> (8 * i));
    cipher_blocks(cipher, out, out, 1);
    for (size_t from = 0; from < text.len; from += 16) {
        for (size_t i = 0; i < 16 && from + i < text.len; i++)
            out[i] ^= (uint8_t)text.at[from + i];
        cipher_blocks(cipher, out, out, 1);
    }
}

TEST(macs_in_step_equal_macs_one_by_one)
{
    enum { COUNT = 600 };
    static char bytes[4096];
    struct text texts[COUNT];
    uint8_t together[COUNT][16], alone[16], plain[16];
    uint8_t key[32] = {7};
    struct cipher *cipher;
    struct err err;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 31 + i / 256);
    for (size_t i = 0; i < COUNT; i++)
        texts[i] = (struct text){bytes + i, i % 5 == 0 ? i * 3 : i % 40};
    T_OK(cipher_open(&cipher, key, &err), &err);
    cipher_macs(cipher, texts, COUNT, together[0]);
    for (size_t i = 0; i < COUNT; i++) {
        cipher_mac(cipher, texts[i].at, texts[i].len, alone);
        mac_plainly(cipher, texts[i], plain);
        T_EQ(memcmp(together[i], alone, 16), 0);
        T_EQ(memcmp(together[i], plain, 16), 0);
    }
    T_ROW("padding is not content: the length is in the MAC");
    cipher_mac(cipher, "a", 1, alone);
    cipher_mac(cipher, "a\0", 2, plain);
    T_TRUE(memcmp(alone, plain, 16) != 0);
    cipher_close(cipher);
}

TEST(dict_numbers_by_arrival)
{
    struct dict dict;
    char word[16];

    dict_init(&dict, 0, false);
    T_EQ(dict_find(&dict, TEXT("a")), DICT_FULL);
    for (uint32_t i = 0; i < 10000; i++) {
        int len = snprintf(word, sizeof word, "w%u", i);
        struct text text = {word, (size_t)len};
        T_EQ(dict_add(&dict, text), i);
        T_EQ(dict_add(&dict, text), i);
    }
    T_EQ(dict.count, 10000);
    T_EQ(dict_find(&dict, TEXT("w4711")), 4711);
    T_TEXT(dict.items[4711], TEXT("w4711"));
    T_EQ(dict_find(&dict, TEXT("w10000")), DICT_FULL);
    T_EQ(dict_add(&dict, TEXT("")), 10000);
    dict_release(&dict);
}

TEST(dict_stops_at_its_cap)
{
    struct dict dict;
    char word[16];
    uint32_t added = 0;

    dict_init(&dict, 65536, false);
    for (;; added++) {
        int len = snprintf(word, sizeof word, "word %u", added);
        if (dict_add(&dict, (struct text){word, (size_t)len}) == DICT_FULL)
            break;
        T_TRUE(added < 65536);
    }
    T_TRUE(added > 500);
    T_TRUE(dict_bytes(&dict) <= 65536);
    T_ROW("what is in it is still found");
    T_EQ(dict_find(&dict, TEXT("word 3")), 3);
    dict_release(&dict);
}

T_MAIN(T(digests_are_sha256), T(pairs_are_what_each_is_alone), T(blocks_are_aes256),
       T(macs_in_step_equal_macs_one_by_one), T(dict_numbers_by_arrival), T(dict_stops_at_its_cap))
