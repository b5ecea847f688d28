#include "runtime/trigger_body.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/utf8.h"

#define REQUEST_ID_MOST 255
#define BAD "invalid-recipients"

struct reader {
    struct trigger_body *body;
    const struct payload *doc;
    const struct trigger_body_limits *limits;
    uint32_t index; /* of the recipient that is read */
};

struct text {
    const char *bytes;
    size_t len;
};

const char *trigger_body_identity_problem(const char *namespace, size_t namespace_len, const char *user_id,
                                          size_t user_id_len)
{
    if (user_id_len > 512) return "userId: longer than 512 bytes";
    if (!utf8_is_valid(user_id, user_id_len)) return "userId: expected UTF-8";
    if (namespace_len > 64) return "namespace: longer than 64 bytes";
    return utf8_is_valid(namespace, namespace_len) ? NULL : "namespace: expected UTF-8";
}

/* A string's bytes: where it has no escapes, those of the document; else decoded, good until the buffer grows. */
static struct text text_of(const struct payload *doc, uint32_t node, struct buffer *decoded)
{
    const struct payload_node *found = &doc->nodes[node];
    size_t at = decoded->len;

    if (!found->has_escapes) return (struct text){doc->text + found->start, found->end - found->start};
    payload_add_text(doc, node, decoded);
    return (struct text){decoded->bytes + at, decoded->len - at};
}

/* As many bytes as text_of adds to the buffer, or more. */
static size_t text_size(const struct payload *doc, uint32_t node)
{
    return doc->nodes[node].has_escapes ? doc->nodes[node].end - doc->nodes[node].start : 0;
}

static void begin_fault(struct reader *reader, const char *code)
{
    struct trigger_body *body = reader->body;

    if (body->fault_count == body->fault_size) {
        body->fault_size = body->fault_size == 0 ? 8 : body->fault_size * 2;
        body->faults = memory_resize(body->faults, body->fault_size, sizeof(*body->faults));
    }
    body->faults[body->fault_count++] =
        (struct trigger_body_fault){.recipient = reader->index, .code = code, .at = body->texts.len};
}

static void end_fault(struct reader *reader)
{
    struct trigger_body_fault *fault = &reader->body->faults[reader->body->fault_count - 1];

    fault->len = reader->body->texts.len - fault->at;
}

static void add_expected(struct reader *reader, const char *where, const char *name, const char *expected,
                         uint32_t node)
{
    buffer_add_format(&reader->body->texts, "%s%s: expected %s, got %s", where, name, expected,
                      payload_kind_name(reader->doc, node));
}

/* Adds what is wrong with a string that has to be there; gives its node, or 0. */
static uint32_t text_member(struct reader *reader, uint32_t object, const char *name)
{
    uint32_t found = payload_find(reader->doc, object, name, strlen(name));
    struct buffer *texts = &reader->body->texts;

    if (found == 0) {
        buffer_add_format(texts, "%s: missing", name);
    } else if (reader->doc->nodes[found].kind != PAYLOAD_STRING) {
        add_expected(reader, "", name, "a string", found);
    } else if (reader->doc->nodes[found].start == reader->doc->nodes[found].end) {
        buffer_add_format(texts, "%s: must not be empty", name);
    } else {
        return found;
    }
    return 0;
}

/* Gives an object's node; 0 where there is none, or null. Another kind is a fault with the code. */
static uint32_t object_member(struct reader *reader, uint32_t object, const char *where, const char *name,
                              const char *code)
{
    uint32_t found = payload_find(reader->doc, object, name, strlen(name));
    uint8_t kind = found != 0 ? reader->doc->nodes[found].kind : PAYLOAD_NULL;

    if (kind == PAYLOAD_OBJECT) return found;
    if (kind == PAYLOAD_NULL) return 0;
    begin_fault(reader, code);
    add_expected(reader, where, name, "an object", found);
    end_fault(reader);
    return 0;
}

static void check_strings(struct reader *reader, uint32_t object, const char *where, const char *const names[])
{
    for (; *names != NULL; names++) {
        uint32_t found = payload_find(reader->doc, object, *names, strlen(*names));

        if (found == 0 || reader->doc->nodes[found].kind == PAYLOAD_STRING) continue;
        begin_fault(reader, BAD);
        buffer_add_format(&reader->body->texts, "%s%s: expected a string", where, *names);
        end_fault(reader);
    }
}

static uint32_t read_text(struct reader *reader, uint32_t node, const char *name)
{
    size_t before = reader->body->texts.len;
    uint32_t found = text_member(reader, node, name);
    struct trigger_body_fault *fault;

    if (found != 0) return found;
    begin_fault(reader, BAD);
    fault = &reader->body->faults[reader->body->fault_count - 1];
    fault->at = before;
    end_fault(reader);
    return 0;
}

static void add_fault(struct reader *reader, const char *code, const char *sentence)
{
    begin_fault(reader, code);
    buffer_add_string(&reader->body->texts, sentence);
    end_fault(reader);
}

static bool is_type(const struct payload *doc, uint32_t node)
{
    size_t len;
    const char *raw = payload_raw(doc, node, &len);

    return (len == 5 && memcmp(raw, "\"aep\"", len) == 0) || (len == 10 && memcmp(raw, "\"external\"", len) == 0);
}

static void read_identity(struct reader *reader, uint32_t node, struct trigger_body_recipient *recipient)
{
    struct buffer *decoded = &reader->body->decoded;
    const char *problem;
    size_t len;

    recipient->type = read_text(reader, node, "type");
    recipient->user_id = read_text(reader, node, "userId");
    recipient->namespace = read_text(reader, node, "namespace");
    if (recipient->user_id != 0 && recipient->namespace != 0) {
        struct text user_id, namespace;

        buffer_clear(decoded);
        buffer_reserve(decoded,
                       text_size(reader->doc, recipient->user_id) + text_size(reader->doc, recipient->namespace));
        user_id = text_of(reader->doc, recipient->user_id, decoded);
        namespace = text_of(reader->doc, recipient->namespace, decoded);
        problem = trigger_body_identity_problem(namespace.bytes, namespace.len, user_id.bytes, user_id.len);
        if (problem != NULL) add_fault(reader, BAD, problem);
    }
    if (recipient->type != 0 && !is_type(reader->doc, recipient->type)) {
        const char *raw = payload_raw(reader->doc, recipient->type, &len);

        begin_fault(reader, BAD);
        buffer_add_format(&reader->body->texts, "type: %.*s is neither \"aep\" nor \"external\"", (int)len, raw);
        end_fault(reader);
    }
}

static void read_context(struct reader *reader, uint32_t node, struct trigger_body_recipient *recipient)
{
    size_t faults_before = reader->body->fault_count, len;

    recipient->context = object_member(reader, node, "", "context", "context-invalid");
    recipient->has_bad_context = reader->body->fault_count > faults_before;
    if (recipient->context == 0) return;
    payload_raw(reader->doc, recipient->context, &len);
    if (len > reader->limits->context) {
        begin_fault(reader, "context-too-large");
        buffer_add_format(&reader->body->texts, "context: %zu bytes; the limit is %zu", len, reader->limits->context);
        end_fault(reader);
    }
    if (payload_find(reader->doc, recipient->context, "system", 6) != 0)
        add_fault(reader, "context-reserved", "context.system: this name is reserved; choose another");
}

static void read_channel_data(struct reader *reader, uint32_t node, struct trigger_body_recipient *recipient)
{
    static const char *const addresses[] = {"emailAddress", "mobilePhoneNumber", NULL};
    static const char *const push_addresses[] = {"appID", "platform", "token", NULL};
    uint32_t push;

    recipient->channel_data = object_member(reader, node, "", "channelData", BAD);
    if (recipient->channel_data == 0) return;
    check_strings(reader, recipient->channel_data, "channelData.", addresses);
    push = object_member(reader, recipient->channel_data, "channelData.", "pushInfo", BAD);
    if (push != 0) check_strings(reader, push, "channelData.pushInfo.", push_addresses);
}

static void read_recipient(struct reader *reader, uint32_t node, struct trigger_body_recipient *recipient)
{
    *recipient = (struct trigger_body_recipient){.is_object = reader->doc->nodes[node].kind == PAYLOAD_OBJECT};
    if (!recipient->is_object) {
        add_fault(reader, BAD, "expected an object");
        return;
    }
    read_identity(reader, node, recipient);
    read_context(reader, node, recipient);
    recipient->profile = object_member(reader, node, "", "profile", BAD);
    read_channel_data(reader, node, recipient);
}

struct named {
    struct text user_id;
    uint32_t index;
};

static int by_user_id(const void *a, const void *b)
{
    const struct named *one = a, *other = b;
    size_t least = one->user_id.len < other->user_id.len ? one->user_id.len : other->user_id.len;
    int order = memcmp(one->user_id.bytes, other->user_id.bytes, least);

    if (order != 0) return order;
    if (one->user_id.len != other->user_id.len) return one->user_id.len < other->user_id.len ? -1 : 1;
    return one->index < other->index ? -1 : 1;
}

static bool is_same(const struct named *one, const struct named *other)
{
    return one->user_id.len == other->user_id.len &&
           memcmp(one->user_id.bytes, other->user_id.bytes, one->user_id.len) == 0;
}

/* Everybody who has a userId, in its order and then in that of the call. The caller frees it. */
static struct named *sorted_names(struct reader *reader, size_t *out_count)
{
    struct trigger_body *body = reader->body;
    struct named *names = memory_zeroed(body->recipient_count, sizeof(*names));
    size_t count = 0, most = 0;

    for (uint32_t i = 0; i < body->recipient_count; i++) {
        if (body->recipients[i].user_id != 0) most += text_size(reader->doc, body->recipients[i].user_id);
    }
    buffer_clear(&body->decoded);
    buffer_reserve(&body->decoded, most); /* so that it does not grow below */
    for (uint32_t i = 0; i < body->recipient_count; i++) {
        if (body->recipients[i].user_id == 0) continue;
        names[count].index = i;
        names[count++].user_id = text_of(reader->doc, body->recipients[i].user_id, &body->decoded);
    }
    qsort(names, count, sizeof(*names), by_user_id);
    *out_count = count;
    return names;
}

static void find_repeated(struct reader *reader)
{
    struct named *names;
    size_t count, first = 0;

    if (reader->body->recipient_count < 2) return;
    names = sorted_names(reader, &count);
    for (size_t i = 1; i < count; i++) {
        if (!is_same(&names[first], &names[i])) {
            first = i;
            continue;
        }
        reader->index = names[i].index;
        begin_fault(reader, BAD);
        buffer_add_format(&reader->body->texts, "userId: the same as recipients[%u]; name each recipient once",
                          (unsigned)names[first].index);
        end_fault(reader);
    }
    memory_free(names);
}

static int refuse(struct trigger_body *body, const char *code)
{
    body->failure_code = code;
    return STATUS_INVALID;
}

/* Between the sentences of one refusal. */
static void separate(struct buffer *texts)
{
    if (texts->len > 0) buffer_add_string(texts, "; ");
}

/* A member of the body itself: its sentence goes behind the others. */
static uint32_t head_member(struct reader *reader, const char *name)
{
    struct buffer *texts = &reader->body->texts;
    size_t before = texts->len, behind;
    uint32_t found;

    separate(texts);
    behind = texts->len;
    found = text_member(reader, 1, name);
    if (texts->len == behind) texts->len = before;
    return found;
}

static uint32_t read_head(struct reader *reader)
{
    struct trigger_body *body = reader->body;
    struct buffer *texts = &body->texts;
    uint32_t list;

    body->request_id = head_member(reader, "requestId");
    body->campaign_id = head_member(reader, "campaignId");
    buffer_clear(&body->decoded);
    if (body->request_id != 0 && text_of(reader->doc, body->request_id, &body->decoded).len > REQUEST_ID_MOST) {
        separate(texts);
        buffer_add_format(texts, "requestId: longer than %d bytes", REQUEST_ID_MOST);
        body->request_id = 0;
    }
    list = payload_find(reader->doc, 1, "recipients", 10);
    if (list != 0 && reader->doc->nodes[list].kind == PAYLOAD_ARRAY) return list;
    separate(texts);
    buffer_add_string(texts, list == 0 ? "recipients: missing" : "recipients: expected an array");
    return 0;
}

static void read_recipients(struct reader *reader, uint32_t list)
{
    struct trigger_body *body = reader->body;
    uint32_t count = reader->doc->nodes[list].count, node = list + 1;

    if (count > body->recipient_size) {
        body->recipients = memory_resize(body->recipients, count, sizeof(*body->recipients));
        body->recipient_size = count;
    }
    body->recipient_count = count;
    for (uint32_t i = 0; i < count; i++, node = reader->doc->nodes[node].next) {
        reader->index = i;
        read_recipient(reader, node, &body->recipients[i]);
    }
    find_repeated(reader);
}

int trigger_body_read(struct trigger_body *body, const struct payload *doc, const struct trigger_body_limits *limits)
{
    struct reader reader = {.body = body, .doc = doc, .limits = limits};
    uint32_t list, count;

    body->request_id = body->campaign_id = body->recipient_count = 0;
    body->fault_count = 0;
    body->failure_code = NULL;
    buffer_clear(&body->texts);
    if (doc->nodes[1].kind != PAYLOAD_OBJECT) {
        buffer_add_string(&body->texts, "the body must be a JSON object");
        return refuse(body, "invalid-request");
    }
    list = read_head(&reader);
    if (body->texts.len > 0) return refuse(body, "invalid-request");
    count = doc->nodes[list].count;
    if (count == 0) {
        buffer_add_string(&body->texts, "recipients: expected at least one");
        return refuse(body, BAD);
    }
    if (count > limits->recipients) {
        buffer_add_format(&body->texts, "recipients: %u given; at most %u go in one call", (unsigned)count,
                          (unsigned)limits->recipients);
        return refuse(body, BAD);
    }
    read_recipients(&reader, list);
    return STATUS_OK;
}

void trigger_body_free(struct trigger_body *body)
{
    memory_free(body->recipients);
    memory_free(body->faults);
    buffer_free(&body->texts);
    buffer_free(&body->decoded);
    *body = (struct trigger_body)TRIGGER_BODY_EMPTY;
}
