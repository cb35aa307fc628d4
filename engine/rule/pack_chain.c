/* SPDX-License-Identifier: Apache-2.0 */
/* pack_chain.c: the parent that a pack extends: found, loaded, held to its pin, and laid under.
 *
 * Why      a parent is taken by name from where packs lie, and believed by its hash: what lies
 *          there may have changed, what the child was written against has not. */
#include <stdio.h>
#include <string.h>

#include "engine/base/sys.h"
#include "engine/rule/pack_in.h"

#include "engine/base/ban.h"

#define PIN_DIGITS 12 /* 48 bits: told apart from every version that anybody will ever write */

int
level_rank(struct text level)
{
    static const char *const words[] = {"province", "city", "county"};

    for (int i = 0; i < (int)LEN(words); i++)
        if (text_is(level, words[i]))
            return i;
    return -1;
}

struct text
origin_print(const struct pack *pack, uint32_t layer, struct place place, struct arena *arena)
{
    const char *file = place.source == NULL ? "" : place.source->file;
    const char *slash = strrchr(file, '/');

    return arena_printf(arena, TEXT_FMT "/%s:%u", TEXT_ARG(pack->layers[layer].name),
                        slash == NULL ? file : slash + 1, place.line);
}

void
locals_check(struct loader *l, uint32_t own)
{
    for (uint32_t i = 0; i < SECTIONS; i++) {
        const struct section *section = section_at(l, i);

        for (uint32_t k = 0; k < section->count; k++) {
            const struct yaml_node *local =
                section->values[k]->type == YAML_MAP ? yaml_get(section->values[k], "local") : NULL;

            if (local != NULL && section->layers[k] == own &&
                (local->type != YAML_SCALAR || level_rank(local->text) < 1))
                say(l, local->place, "N103", text_of("local 应为 city 或 county"),
                    text_of("local should be city or county"));
        }
    }
}

struct pin { /* NAME@HASH */
    const struct yaml_node *node;
    struct text name, hash;
};

/* A name that may be a folder's: it must not lead out of where packs lie. */
static bool
is_folder_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == '/' || name.at[i] == '\\' || (unsigned char)name.at[i] <= ' ')
            return false;
    return name.len > 0 && name.at[0] != '.';
}

static bool
is_hash(struct text hash)
{
    for (size_t i = 0; i < hash.len; i++)
        if (!((hash.at[i] >= '0' && hash.at[i] <= '9') || (hash.at[i] >= 'a' && hash.at[i] <= 'f')))
            return false;
    return hash.len >= PIN_DIGITS && hash.len <= 2 * DIGEST_BYTES;
}

static void
say_pin(struct loader *l, const struct pin *pin, const char *code, struct text zh, struct text en)
{
    message_add(l->messages, MESSAGE_ERROR, code, pin->node->place,
                (uint32_t)text_chars(pin->node->text), zh, en);
}

static bool
pin_read(struct loader *l, struct pin *pin)
{
    struct text text = l->pack->head[HEAD_EXTENDS]->text;
    size_t at = text_find(text, TEXT("@"));

    pin->node = l->pack->head[HEAD_EXTENDS];
    pin->name = (struct text){text.at, at == SIZE_MAX ? text.len : at};
    pin->hash = at == SIZE_MAX ? TEXT("") : (struct text){text.at + at + 1, text.len - at - 1};
    if (is_folder_name(pin->name))
        return true;
    say_pin(l, pin, "N101", text_of("extends 应写成 规则包名@散列前 12 位"),
            text_of("extends should be PACK@HASH, with 12 digits of the hash"));
    return false;
}

/* Beside the child: the last part of its path exchanged, so that messages stay short. */
static struct text
beside(struct loader *l, struct text name)
{
    struct text dir = text_of(l->pack->dir), last;
    size_t slash;

    while (dir.len > 1 && dir.at[dir.len - 1] == '/')
        dir.len--;
    for (slash = dir.len; slash > 0 && dir.at[slash - 1] != '/'; slash--)
        ;
    last = (struct text){dir.at + slash, dir.len - slash};
    if (last.len == 0 || text_is(last, ".") || text_is(last, ".."))
        return arena_printf(l->arena, TEXT_FMT "/../" TEXT_FMT, TEXT_ARG(dir), TEXT_ARG(name));
    dir.len = slash;
    return arena_printf(l->arena, TEXT_FMT TEXT_FMT, TEXT_ARG(dir), TEXT_ARG(name));
}

/* Where a pack of this name lies: beside the child, else beside the vocabulary, where the packs lie
 * that came with the program. .at NULL: nowhere. */
static hedui_status
parent_find(struct loader *l, struct text name, struct text *out, struct err *err)
{
    *out = beside(l, name);
    if (out->at == NULL)
        return arena_full(l->arena, err);
    if (sys_exists(out->at))
        return HEDUI_OK;
    *out =
        arena_printf(l->arena, TEXT_FMT TEXT_FMT, TEXT_ARG(l->pack->model->folder), TEXT_ARG(name));
    if (out->at == NULL)
        return arena_full(l->arena, err);
    if (!sys_exists(out->at))
        *out = (struct text){NULL, 0};
    return HEDUI_OK;
}

static void
messages_take(struct messages *into, const struct messages *from)
{
    for (uint32_t i = 0; i < from->count; i++) {
        const struct message *m = &from->items[i];

        if (m->level == MESSAGE_ERROR) /* the warnings return when the whole is compiled */
            message_add(into, m->level, m->code, m->place, m->span, m->zh, m->en);
    }
}

/* *out NULL: told. */
static hedui_status
parent_load(struct loader *l, const struct pin *pin, uint32_t depth, struct pack **out,
            struct err *err)
{
    struct messages *messages = arena_alloc(l->arena, 1, sizeof *messages);
    struct text dir;
    hedui_status rc;

    *out = NULL;
    if (messages == NULL)
        return arena_full(l->arena, err);
    messages_init(messages, l->arena);
    if (depth + 1 >= PACK_LAYERS_MAX) {
        say_pin(l, pin, "O503", text_of("一条链最多 4 个规则包"),
                text_of("a chain has at most four packs"));
        return HEDUI_OK;
    }
    TRY(parent_find(l, pin->name, &dir, err));
    if (dir.at == NULL) {
        say_pin(l, pin, "N101",
                arena_printf(l->arena,
                             "找不到上级规则包 “" TEXT_FMT
                             "”：它应与本包并排，或与 model.yaml 并排",
                             TEXT_ARG(pin->name)),
                arena_printf(l->arena,
                             "no parent pack \"" TEXT_FMT
                             "\": it should lie beside this one, or beside model.yaml",
                             TEXT_ARG(pin->name)));
        return HEDUI_OK;
    }
    rc = pack_load_at(out, dir.at, l->pack->model, depth + 1, messages, l->arena, err);
    messages_take(l->messages, messages);
    return rc == HEDUI_E_INPUT && messages->errors > 0 ? HEDUI_OK : rc;
}

static void
pin_check(struct loader *l, const struct pin *pin, const struct pack *parent)
{
    char hex[2 * DIGEST_BYTES + 1];

    digest_hex(&parent->hash, hex);
    if (!text_eq(parent->name, pin->name)) {
        say_pin(l, pin, "O501",
                arena_printf(l->arena, "%s 里的规则包叫 “" TEXT_FMT "”", parent->dir,
                             TEXT_ARG(parent->name)),
                arena_printf(l->arena, "the pack in %s is called \"" TEXT_FMT "\"", parent->dir,
                             TEXT_ARG(parent->name)));
        return;
    }
    if (is_hash(pin->hash) && strncmp(hex, pin->hash.at, pin->hash.len) == 0)
        return;
    say_pin(l, pin, "O501",
            arena_printf(l->arena,
                         "“" TEXT_FMT "” 现在的散列是 %.*s，与这里写的不同；"
                         "先看变化（hedui rules follow），再改这一行",
                         TEXT_ARG(pin->name), PIN_DIGITS, hex),
            arena_printf(l->arena,
                         "the hash of \"" TEXT_FMT
                         "\" is %.*s, not what stands here; see what changed "
                         "(hedui rules follow), then change this line",
                         TEXT_ARG(pin->name), PIN_DIGITS, hex));
}

static void
levels_check(struct loader *l, const struct pack *parent, bool is_other)
{
    static const uint32_t roots[] = {HEAD_AS_OF, HEAD_PROGRAMME};
    size_t root_count = is_other ? 1 : LEN(roots);

    if (level_rank(l->pack->level) < level_rank(parent->level))
        say(l, l->pack->head[HEAD_LEVEL]->place, "O503",
            arena_printf(l->arena, "本包的 level 不得高于上级规则包 “" TEXT_FMT "” 的 " TEXT_FMT,
                         TEXT_ARG(parent->name), TEXT_ARG(parent->level)),
            arena_printf(l->arena,
                         "the level may not stand above that of its parent \"" TEXT_FMT
                         "\", " TEXT_FMT,
                         TEXT_ARG(parent->name), TEXT_ARG(parent->level)));
    for (size_t i = 0; i < root_count; i++)
        if (l->pack->head[roots[i]] != NULL)
            say(l, l->pack->head[roots[i]]->place, "O502",
                arena_printf(l->arena, "“%s” 由上级规则包 “" TEXT_FMT "” 决定，请删去",
                             head_names[roots[i]], TEXT_ARG(parent->name)),
                arena_printf(l->arena, "\"%s\" is set by the parent \"" TEXT_FMT "\"; remove it",
                             head_names[roots[i]], TEXT_ARG(parent->name)));
}

static void
say_taken(struct loader *l, const struct yaml_node *key, const struct pack *parent, uint32_t layer,
          const struct yaml_node *first)
{
    struct text origin = origin_print(parent, layer, first->place, l->arena);

    message_add(l->messages, MESSAGE_ERROR, "N102", key->place, (uint32_t)text_chars(key->text),
                arena_printf(l->arena,
                             "名称 “" TEXT_FMT "” 已在 " TEXT_FMT
                             " 定义；要改它，请用 set、replace 或 disable",
                             TEXT_ARG(key->text), TEXT_ARG(origin)),
                arena_printf(l->arena,
                             "the name \"" TEXT_FMT "\" is taken (" TEXT_FMT
                             "); to change it, use set, replace or disable",
                             TEXT_ARG(key->text), TEXT_ARG(origin)));
}

/* The parent's entries and this pack's own, by name. */
static void
section_join(struct loader *l, struct section *own, const struct pack *parent,
             const struct section *under)
{
    struct section out = {.layers = arena_alloc(l->arena, under->count + own->count, 1)};
    uint32_t a = 0, b = 0;

    if (out.layers == NULL) {
        l->is_full = true;
        return;
    }
    while (a < under->count || b < own->count) {
        int order = a == under->count ? 1
                    : b == own->count ? -1
                                      : text_cmp(under->keys[a]->text, own->keys[b]->text);

        if (order == 0)
            say_taken(l, own->keys[b++], parent, under->layers[a], under->keys[a]);
        if (order <= 0) {
            out.layers[out.count] = under->layers[a];
            section_put(l, &out, out.count, under->keys[a], under->values[a]);
            a++;
        } else {
            out.layers[out.count] = (uint8_t)parent->layer_count;
            section_put(l, &out, out.count, own->keys[b], own->values[b]);
            b++;
        }
        if (l->is_full)
            return;
    }
    *own = out;
}

hedui_status
chain_parent(struct loader *l, struct pack **parent, struct err *err)
{
    struct pin pin;

    *parent = NULL;
    return pin_read(l, &pin) ? parent_load(l, &pin, 0, parent, err) : HEDUI_OK;
}

/* A child of another programme takes figures, sources and words, and none of the rules: what speaks
 * against one kind of aid says nothing about another. */
static bool
is_of_others(uint32_t section, bool is_other)
{
    return is_other && (section == SECTION_RULES || section == SECTION_REASONS);
}

/* Loads the parent as any pack is loaded, so a chain is as deep as its packs: at most four. */
hedui_status
chain_join(struct loader *l, uint32_t depth, struct err *err)
{
    struct pack *pack = l->pack, *parent;
    const struct yaml_node *programme = pack->head[HEAD_PROGRAMME];
    const struct section none = {0};
    uint32_t errors = l->messages->errors;
    struct pin pin;
    bool is_other;

    if (!pin_read(l, &pin))
        return HEDUI_OK;
    TRY(parent_load(l, &pin, depth, &parent, err));
    if (parent == NULL)
        return HEDUI_OK;
    pin_check(l, &pin, parent);
    is_other = programme != NULL && !text_eq(programme->text, parent->programme);
    levels_check(l, parent, is_other);
    pack->layer_count = parent->layer_count + 1;
    pack->layers = arena_alloc(l->arena, pack->layer_count, sizeof *pack->layers);
    if (pack->layers == NULL)
        return arena_full(l->arena, err);
    memcpy(pack->layers, parent->layers, parent->layer_count * sizeof *pack->layers);
    pack->layers[parent->layer_count].name = pack->name; /* messages quote it */
    if (!is_other)
        pack->head[HEAD_PROGRAMME] = parent->head[HEAD_PROGRAMME];
    pack->head[HEAD_AS_OF] = parent->head[HEAD_AS_OF];
    for (uint32_t i = 0; i < SECTIONS && !l->is_full; i++)
        section_join(l, section_at(l, i), parent,
                     is_of_others(i, is_other) ? &none : &parent->sections[i]);
    if (l->messages->errors == errors && !l->is_full)
        layers_apply(l, parent->layer_count);
    return l->is_full ? arena_full(l->arena, err) : HEDUI_OK;
}
