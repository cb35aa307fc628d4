/* SPDX-License-Identifier: Apache-2.0 */
/* lex.c: the text of an expression, token by token. CEL's lexical grammar; what is outside the
 * subset (doubles, unsigned, bytes, raw and triple-quoted strings) is named where it is met. */
#include <assert.h>
#include <string.h>

#include "engine/rule/tree.h"

#include "engine/base/ban.h"

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int
hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte `ahead` of the one at hand; '\0' behind the end. */
static char
peek(const struct compiler *c, uint32_t ahead)
{
    size_t at = (size_t)c->pos + ahead;

    return at < c->source->text.len ? c->source->text.at[at] : '\0';
}

struct place
place_at(const struct compiler *c, uint32_t byte)
{
    const struct text text = c->source->text;
    struct place place = c->source->place;
    uint32_t chars = 0;

    for (size_t pos = 0; pos < byte && pos < text.len; chars++) {
        if (text_next(text, &pos) == '\n') {
            place.line++;
            place.column = 1;
        } else {
            place.column++;
        }
    }
    if (c->source->marks != NULL && byte < text.len) {
        place.line = c->source->marks[chars].line;
        place.column = c->source->marks[chars].column;
    }
    return place;
}

static void
skip_blank(struct compiler *c)
{
    for (;;) {
        char at = peek(c, 0);
        if (at == ' ' || at == '\t' || at == '\n' || at == '\r' || at == '\f') {
            c->pos++;
        } else if (at == '/' && peek(c, 1) == '/') {
            while (c->pos < c->source->text.len && peek(c, 0) != '\n')
                c->pos++;
        } else {
            return;
        }
    }
}

static void
syntax(struct compiler *c, uint32_t from, uint32_t to, const char *zh, const char *en)
{
    fail_at(c, from, to, "T211", text_of(zh), text_of(en));
}

/* `digits` digits of base 16 or 8 behind the cursor. */
static bool
code_read(struct compiler *c, int digits, int base, uint32_t *out)
{
    uint32_t code = 0;

    for (int i = 0; i < digits; i++, c->pos++) {
        int digit = c->pos < c->source->text.len ? hex_digit(peek(c, 0)) : -1;
        if (digit < 0 || digit >= base)
            return false;
        code = code * (uint32_t)base + (uint32_t)digit;
    }
    *out = code;
    return true;
}

/* Behind the backslash. */
static bool
escape_read(struct compiler *c, char *out, size_t *len)
{
    static const char from[] = "abfnrtv\\?\"'`", to[] = "\a\b\f\n\r\t\v\\?\"'`";
    char kind = peek(c, 0);
    const char *found = kind == '\0' ? NULL : strchr(from, kind);
    uint32_t code = 0;
    bool is_read;

    if (found != NULL) {
        out[(*len)++] = to[found - from];
        c->pos++;
        return true;
    }
    if (kind >= '0' && kind <= '3') {
        is_read = code_read(c, 3, 8, &code);
    } else if (kind == 'x' || kind == 'X' || kind == 'u' || kind == 'U') {
        c->pos++;
        is_read = code_read(c, kind == 'u' ? 4 : kind == 'U' ? 8 : 2, 16, &code);
    } else {
        return false;
    }
    if (!is_read || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return false;
    *len += text_put(code, out + *len);
    return true;
}

/* At the opening quote. An escape never decodes to more bytes than it is written with. */
static void
string_read(struct compiler *c)
{
    uint32_t from = c->pos;
    char quote = peek(c, 0);
    char *out;
    size_t len = 0;

    if (peek(c, 1) == quote && peek(c, 2) == quote) {
        fail_unsupported(c, from, from + 3, "triple-quoted string");
        return;
    }
    out = arena_alloc(c->arena, c->source->text.len - from + 4, 1);
    if (out == NULL) {
        c->is_failed = true;
        return;
    }
    for (c->pos++; peek(c, 0) != quote;) {
        uint32_t at = c->pos;
        if (at >= c->source->text.len || peek(c, 0) == '\n' || peek(c, 0) == '\r') {
            syntax(c, from, at, "字符串没有结束引号", "a string without its closing quote");
            return;
        }
        if (peek(c, 0) != '\\') {
            out[len++] = peek(c, 0);
            c->pos++;
            continue;
        }
        c->pos++;
        if (!escape_read(c, out, &len)) {
            syntax(c, at, c->pos + 1, "无效的转义", "not an escape of the language");
            return;
        }
    }
    c->pos++;
    c->token.kind = TOKEN_STRING;
    c->token.text = (struct text){out, len};
}

static void
number_read(struct compiler *c)
{
    uint32_t from = c->pos;
    unsigned base = 10;
    uint64_t number = 0;

    if (peek(c, 0) == '0' && peek(c, 1) == 'x' && hex_digit(peek(c, 2)) >= 0) {
        base = 16;
        c->pos += 2;
    }
    for (; base == 16 ? hex_digit(peek(c, 0)) >= 0 : is_digit(peek(c, 0)); c->pos++) {
        unsigned digit = (unsigned)hex_digit(peek(c, 0));
        if (__builtin_mul_overflow(number, (uint64_t)base, &number) ||
            __builtin_add_overflow(number, (uint64_t)digit, &number))
            c->token.is_too_large = true;
    }
    c->token.kind = TOKEN_INT;
    c->token.number = number;
    if (peek(c, 0) == 'u' || peek(c, 0) == 'U') {
        fail_unsupported(c, from, c->pos + 1, "uint");
    } else if (base == 10 && ((peek(c, 0) == '.' && is_digit(peek(c, 1))) ||
                              ((peek(c, 0) == 'e' || peek(c, 0) == 'E') &&
                               (is_digit(peek(c, 1)) || peek(c, 1) == '-' || peek(c, 1) == '+')))) {
        fail_unsupported(c, from, c->pos + 1, "double");
    } else if (is_letter(peek(c, 0))) {
        syntax(c, from, c->pos + 1, "数字后面紧跟字母", "a letter right behind a number");
    }
}

/* Names that CEL keeps for itself. */
static const char *const reserved[] = {
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",    "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while",
};

static void
word_read(struct compiler *c)
{
    uint32_t from = c->pos;
    struct text word;
    char quote;

    while (is_letter(peek(c, 0)) || is_digit(peek(c, 0)))
        c->pos++;
    word = (struct text){c->source->text.at + from, c->pos - from};
    quote = peek(c, 0);
    if ((quote == '"' || quote == '\'') && word.len <= 2) {
        bool is_raw = false, is_bytes = false, is_other = false;
        for (size_t i = 0; i < word.len; i++) {
            is_raw |= word.at[i] == 'r' || word.at[i] == 'R';
            is_bytes |= word.at[i] == 'b' || word.at[i] == 'B';
            is_other |= strchr("rRbB", word.at[i]) == NULL;
        }
        if (!is_other) {
            fail_unsupported(c, from, c->pos + 1, is_bytes ? "bytes" : "raw string");
            assert(is_raw || is_bytes);
            return;
        }
    }
    c->token.kind = text_is(word, "true")    ? TOKEN_TRUE
                    : text_is(word, "false") ? TOKEN_FALSE
                    : text_is(word, "null")  ? TOKEN_NULL
                    : text_is(word, "in")    ? TOKEN_IN
                                             : TOKEN_NAME;
    c->token.text = word;
    for (size_t i = 0; i < LEN(reserved); i++)
        if (text_is(word, reserved[i]))
            c->token.kind = TOKEN_RESERVED;
}

/* Not ASCII: a full-width sign (T214), or a word in Chinese, which is no name but may be a label.
 */
static bool
wide_read(struct compiler *c)
{
    uint32_t from = c->pos;
    size_t pos = from;
    uint32_t at = text_next(c->source->text, &pos);

    if (wide_is_sign(at)) {
        fail_wide(c, from, (uint32_t)pos);
        return true;
    }
    if (!wide_is_letter(at))
        return false;
    while (pos < c->source->text.len) {
        size_t next = pos;
        at = text_next(c->source->text, &next);
        if (!wide_is_letter(at) && !(at < 0x80 && (is_letter((char)at) || is_digit((char)at))))
            break;
        pos = next;
    }
    c->pos = (uint32_t)pos;
    c->token.kind = TOKEN_NAME;
    c->token.text = (struct text){c->source->text.at + from, pos - from};
    return true;
}

static void
sign_read(struct compiler *c)
{
    static const char doubles[][3] = {"||", "&&", "==", "!=", "<=", ">="};
    static const char singles[] = "?:!<>+-*/%()[]{}.,";
    char at = peek(c, 0);
    uint32_t from = c->pos;

    c->token.kind = TOKEN_SIGN;
    for (size_t i = 0; i < LEN(doubles); i++) {
        if (at == doubles[i][0] && peek(c, 1) == doubles[i][1]) {
            memcpy(c->token.sign, doubles[i], 3);
            c->pos += 2;
            return;
        }
    }
    if (at == '\0' || strchr(singles, at) == NULL) {
        size_t next = from;
        text_next(c->source->text, &next);
        syntax(c, from, (uint32_t)next,
               at == '='                ? "比较请写 “==”"
               : at == '&' || at == '|' ? "逻辑运算请写 “&&” 或 “||”"
                                        : "这里不能有这个字符",
               at == '='                ? "write == to compare"
               : at == '&' || at == '|' ? "write && or ||"
                                        : "this character has no place here");
        return;
    }
    c->token.sign[0] = at;
    c->token.sign[1] = '\0';
    c->pos++;
}

void
token_next(struct compiler *c)
{
    char at;

    if (c->is_failed)
        return;
    skip_blank(c);
    c->token = (struct token){.kind = TOKEN_END, .from = c->pos, .to = c->pos};
    if (c->pos >= c->source->text.len)
        return;
    at = peek(c, 0);
    if (is_letter(at))
        word_read(c);
    else if (is_digit(at) || (at == '.' && is_digit(peek(c, 1))))
        number_read(c);
    else if (at == '"' || at == '\'')
        string_read(c);
    else if ((unsigned char)at < 0x80 || !wide_read(c))
        sign_read(c);
    c->token.to = c->pos;
}
