/* Requests in one allocation each, and rows as an array of cells over one run of bytes. */
#include "runtime/store_request.h"

#include <string.h>

#include "runtime/memory.h"

struct store_value store_integer(int64_t integer)
{
    return (struct store_value){STORE_INTEGER, integer, {NULL, 0}};
}

struct store_value store_bytes(const char *bytes, size_t len)
{
    return (struct store_value){bytes != NULL ? STORE_TEXT : STORE_NULL, 0, {bytes, len}};
}

struct store_value store_string(const char *text)
{
    return store_bytes(text, text != NULL ? strlen(text) : 0);
}

struct store_text store_text_pack(char **room, struct store_text text)
{
    struct store_text copy = {*room, text.len};

    if (text.bytes == NULL) return (struct store_text){NULL, 0};
    if (text.len > 0) memcpy(*room, text.bytes, text.len);
    (*room)[text.len] = '\0';
    *room += text.len + 1;
    return copy;
}

struct store_change *store_change_new(enum store_operation operation, const struct store_value *values, size_t count)
{
    size_t size = sizeof(struct store_change) + count * sizeof(values[0]);
    struct store_change *change;
    char *room;

    for (size_t i = 0; i < count; i++) {
        if (values[i].kind == STORE_TEXT) size += values[i].text.len + 1;
    }
    change = memory_zeroed(1, size);
    change->request.operation = operation;
    change->request.item.weight = size > STORE_LEAST_WEIGHT ? size : STORE_LEAST_WEIGHT;
    change->value_count = count;
    room = (char *)&change->values[count];
    for (size_t i = 0; i < count; i++) {
        change->values[i] = values[i];
        if (values[i].kind == STORE_TEXT) change->values[i].text = store_text_pack(&room, values[i].text);
    }
    return change;
}

void store_request_free(struct store_request *request)
{
    if (request == NULL) return;
    if (request->operation < STORE_ACCEPT) store_rows_free(&((struct store_change *)request)->rows);
    memory_free(request);
}

void store_rows_clear(struct store_rows *rows)
{
    rows->column_count = rows->count = rows->cell_count = 0;
    buffer_clear(&rows->bytes);
}

void store_rows_free(struct store_rows *rows)
{
    memory_free(rows->cells);
    buffer_free(&rows->bytes);
    memset(rows, 0, sizeof(*rows));
}

void store_rows_add_column(struct store_rows *rows, const char *name)
{
    if (rows->column_count == STORE_MOST_COLUMNS) return;
    rows->names[rows->column_count++] = rows->bytes.len;
    buffer_add(&rows->bytes, name, strlen(name) + 1);
}

static void add_cell(struct store_rows *rows, struct store_value value)
{
    if (rows->cell_count == rows->cell_room) {
        rows->cell_room = rows->cell_room == 0 ? STORE_MOST_COLUMNS : rows->cell_room * 2;
        rows->cells = memory_resize(rows->cells, rows->cell_room, sizeof(*rows->cells));
    }
    rows->cells[rows->cell_count++] = value;
}

void store_rows_add_null(struct store_rows *rows)
{
    add_cell(rows, (struct store_value){STORE_NULL, 0, {NULL, 0}});
}

void store_rows_add_integer(struct store_rows *rows, int64_t integer)
{
    add_cell(rows, store_integer(integer));
}

void store_rows_add_text(struct store_rows *rows, const char *bytes, size_t len)
{
    add_cell(rows, (struct store_value){STORE_TEXT, (int64_t)rows->bytes.len, {NULL, len}});
    if (len > 0) buffer_add(&rows->bytes, bytes, len);
    buffer_add_char(&rows->bytes, '\0');
}

void store_rows_end_row(struct store_rows *rows)
{
    rows->count++;
}

const char *store_rows_name(const struct store_rows *rows, size_t column)
{
    return rows->bytes.bytes + rows->names[column];
}

struct store_value store_rows_value(const struct store_rows *rows, size_t row, size_t column)
{
    struct store_value value = rows->cells[row * rows->column_count + column];

    if (value.kind == STORE_TEXT) {
        value.text.bytes = rows->bytes.bytes + value.integer;
        value.integer = 0;
    }
    return value;
}

static struct store_value named_value(const struct store_rows *rows, size_t row, const char *name)
{
    for (size_t column = 0; row < rows->count && column < rows->column_count; column++) {
        if (strcmp(store_rows_name(rows, column), name) == 0) return store_rows_value(rows, row, column);
    }
    return (struct store_value){STORE_NULL, 0, {NULL, 0}};
}

int64_t store_rows_integer(const struct store_rows *rows, size_t row, const char *name, int64_t fallback)
{
    struct store_value value = named_value(rows, row, name);

    return value.kind == STORE_INTEGER ? value.integer : fallback;
}

struct store_text store_rows_text(const struct store_rows *rows, size_t row, const char *name)
{
    struct store_value value = named_value(rows, row, name);

    return value.kind == STORE_TEXT ? value.text : (struct store_text){NULL, 0};
}
