/* The SMTP dialogue against replies in a table: what it says, when, and what becomes of the message. */
#include <stdbool.h>

#include "runtime/buffer.h"
#include "runtime/memory.h"
#include "runtime/smtp_client.h"
#include "runtime/smtp_dialogue.h"
#include "runtime/smtp_message.h"
#include "runtime/smtp_route.h"
#include "spec/runtime/check.h"

#define PIPELINING "250-mx.example\r\n250 PIPELINING\r\n"
#define ENVELOPE "MAIL FROM:<shop@example.com>\r\nRCPT TO:<jane@example.com>\r\nDATA\r\n"

struct talk {
    struct smtp_route *route;
    struct smtp_dialogue *dialogue;
    struct smtp_message *message;
    struct buffer said;
};

static const char *const jane[] = {"jane@example.com"};
static const char *const both[] = {"jane@example.com", "joe@example.com"};

static struct smtp_request request_to(const char *const *to, size_t count)
{
    return (struct smtp_request){.url = "smtp://mx.example",
                                 .helo = "herald.example",
                                 .tls = SMTP_TLS_NONE,
                                 .from = "shop@example.com",
                                 .to = to,
                                 .to_count = count,
                                 .data = "Subject: x\r\n\r\n.\r\n",
                                 .data_len = 17,
                                 .timeout_ms = 1000};
}

/* What was said since the last call. */
static const char *said(struct talk *talk)
{
    const char *bytes;
    size_t len;

    buffer_clear(&talk->said);
    buffer_add_string(&talk->said, "");
    while ((bytes = smtp_dialogue_next(talk->dialogue, &len)) != NULL)
        buffer_add(&talk->said, bytes, len);
    return talk->said.bytes;
}

static enum smtp_event hear(struct talk *talk, const char *replies)
{
    const char *bytes = replies;
    size_t len = strlen(replies);
    enum smtp_event event = smtp_dialogue_receive(talk->dialogue, &bytes, &len);

    CHECK(len == 0 || event != SMTP_WAIT);
    return event;
}

static enum smtp_event take(struct talk *talk, const struct smtp_request *request)
{
    bool is_sound;

    if (talk->message != NULL) smtp_message_free(talk->message);
    talk->message = smtp_message_new(request, &is_sound);
    CHECK(is_sound);
    return smtp_dialogue_take(talk->dialogue, talk->message);
}

static struct talk begin(const struct smtp_request *request)
{
    struct talk talk = {0};
    const char *fault;

    talk.route = smtp_route_new(request, &fault);
    CHECK(talk.route != NULL);
    talk.dialogue = smtp_dialogue_new(talk.route);
    CHECK_INT(SMTP_WAIT, take(&talk, request));
    CHECK_STRING("", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "220 mx.example ready\r\n"));
    CHECK_STRING("EHLO herald.example\r\n", said(&talk));
    return talk;
}

static void end(struct talk *talk)
{
    smtp_dialogue_free(talk->dialogue);
    smtp_message_free(talk->message);
    smtp_route_free(talk->route);
    buffer_free(&talk->said);
}

static void check_result(const struct talk *talk, enum transfer_code code, int status)
{
    CHECK_INT(code, talk->message->result.code);
    CHECK_INT(status, talk->message->result.status);
}

static void test_in_groups(void)
{
    struct smtp_request request = request_to(jane, 1);
    struct talk talk = begin(&request);

    CHECK_INT(SMTP_WAIT, hear(&talk, PIPELINING));
    CHECK_STRING(ENVELOPE, said(&talk));
    CHECK(!smtp_dialogue_is_heard(talk.dialogue));
    CHECK_INT(SMTP_WAIT, hear(&talk, "250 ok\r\n250 ok\r\n354"));
    CHECK(smtp_dialogue_is_heard(talk.dialogue));
    CHECK_STRING("", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, " go on\r\n"));
    CHECK_STRING("Subject: x\r\n\r\n..\r\n.\r\n", said(&talk));
    CHECK_INT(SMTP_SETTLED, hear(&talk, "250-2.0.0 Ok\r\n250 queued\r\n"));
    check_result(&talk, TRANSFER_DONE, 250);
    CHECK_STRING("2.0.0 Ok queued", talk.message->result.body.bytes);
    CHECK_INT(SMTP_WAIT, take(&talk, &request));
    CHECK_STRING(ENVELOPE, said(&talk));
    end(&talk);
}

static void test_one_by_one(void)
{
    struct smtp_request request = request_to(jane, 1);
    struct talk talk = begin(&request);

    CHECK_INT(SMTP_WAIT, hear(&talk, "250 mx.example\r\n"));
    CHECK_STRING("MAIL FROM:<shop@example.com>\r\n", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "250 ok\r\n"));
    CHECK_STRING("RCPT TO:<jane@example.com>\r\n", said(&talk));
    CHECK_INT(SMTP_SETTLED, hear(&talk, "550 5.1.1 nobody\r\n"));
    check_result(&talk, TRANSFER_REJECTED, 550);
    CHECK_STRING("550 5.1.1 nobody", talk.message->result.message);
    CHECK_STRING("", said(&talk));
    CHECK_INT(SMTP_WAIT, take(&talk, &request));
    CHECK_STRING("RSET\r\n", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "250 ok\r\n"));
    CHECK_STRING("MAIL FROM:<shop@example.com>\r\n", said(&talk));
    CHECK_INT(SMTP_SETTLED, hear(&talk, "451 later\r\n"));
    CHECK_INT(SMTP_WAIT, take(&talk, &request));
    CHECK_STRING("MAIL FROM:<shop@example.com>\r\n", said(&talk));
    end(&talk);
}

/* RFC 2920 3.1: DATA may be answered by 354 in spite of it all. */
static void test_refused_in_a_group(void)
{
    struct smtp_request request = request_to(jane, 1);
    struct talk talk = begin(&request);

    (void)hear(&talk, PIPELINING);
    (void)said(&talk);
    CHECK_INT(SMTP_WAIT, hear(&talk, "250 ok\r\n550 nobody\r\n354 go on\r\n"));
    CHECK_STRING(".\r\n", said(&talk));
    CHECK_INT(SMTP_SETTLED, hear(&talk, "554 no recipients\r\n"));
    check_result(&talk, TRANSFER_REJECTED, 550);
    CHECK_INT(SMTP_WAIT, take(&talk, &request));
    CHECK_STRING("RSET\r\n" ENVELOPE, said(&talk));
    CHECK_INT(SMTP_SETTLED, hear(&talk, "250 ok\r\n250 ok\r\n450 later\r\n503 no recipients\r\n"));
    check_result(&talk, TRANSFER_REJECTED, 450);
    CHECK_INT(SMTP_WAIT, take(&talk, &request));
    CHECK_INT(SMTP_BROKEN, hear(&talk, "250 ok\r\n501 no\r\n250 ok\r\n354 go on\r\n")); /* a dot would send something */
    check_result(&talk, TRANSFER_REJECTED, 501);
    end(&talk);
}

static void test_several_recipients(void)
{
    struct smtp_request request = request_to(both, 2);
    struct talk talk = begin(&request);

    (void)hear(&talk, PIPELINING);
    CHECK_STRING("MAIL FROM:<shop@example.com>\r\nRCPT TO:<jane@example.com>\r\nRCPT TO:<joe@example.com>\r\n",
                 said(&talk));
    CHECK_INT(SMTP_SETTLED, hear(&talk, "250 ok\r\n250 ok\r\n550 nobody\r\n"));
    check_result(&talk, TRANSFER_REJECTED, 550);
    CHECK_INT(SMTP_WAIT, take(&talk, &request));
    CHECK(strncmp(said(&talk), "RSET\r\nMAIL", 10) == 0);
    CHECK_INT(SMTP_WAIT, hear(&talk, "250 ok\r\n250 ok\r\n250 ok\r\n251 ok\r\n"));
    CHECK_STRING("DATA\r\n", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "354 go on\r\n"));
    CHECK_STRING("Subject: x\r\n\r\n..\r\n.\r\n", said(&talk));
    CHECK_INT(SMTP_SETTLED, hear(&talk, "250 ok\r\n"));
    end(&talk);
}

static void test_parameters(void)
{
    static const char *const umlaut[] = {"j\xc3\xa4ne@example.com"};
    struct smtp_request request = request_to(umlaut, 1);
    struct talk talk = begin(&request);

    CHECK_INT(SMTP_SETTLED, hear(&talk, "250-mx\r\n250-SIZE\r\n250 8BITMIME\r\n"));
    check_result(&talk, TRANSFER_REJECTED, 553);
    end(&talk);
    request.data = "\xc3\xa4\n.";
    request.data_len = 4;
    talk = begin(&request);
    CHECK_INT(SMTP_WAIT, hear(&talk, "250-mx\r\n250-8bitmime\r\n250-SMTPUTF8\r\n250 size 7\r\n"));
    CHECK_STRING("MAIL FROM:<shop@example.com> SIZE=7 BODY=8BITMIME SMTPUTF8\r\n", said(&talk));
    end(&talk);
}

static void test_size(void)
{
    struct smtp_request request = request_to(jane, 1);
    struct talk talk = begin(&request);

    CHECK_INT(SMTP_SETTLED, hear(&talk, "250-mx\r\n250 SIZE 16\r\n"));
    check_result(&talk, TRANSFER_REJECTED, 552);
    request.data = "";
    request.data_len = 0;
    CHECK_INT(SMTP_WAIT, take(&talk, &request));
    CHECK_STRING("MAIL FROM:<shop@example.com> SIZE=0\r\n", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "250 ok\r\n"));
    CHECK_INT(SMTP_WAIT, hear(&talk, "250 ok\r\n"));
    (void)said(&talk);
    CHECK_INT(SMTP_WAIT, hear(&talk, "354 ok\r\n"));
    CHECK_STRING(".\r\n", said(&talk));
    end(&talk);
}

static void test_starttls(void)
{
    struct smtp_request request = request_to(jane, 1);
    struct talk talk;

    request.tls = SMTP_TLS_REQUIRED;
    talk = begin(&request);
    CHECK_INT(SMTP_WAIT, hear(&talk, "250-mx\r\n250-AUTH PLAIN\r\n250-PIPELINING\r\n250 STARTTLS\r\n"));
    CHECK_STRING("STARTTLS\r\n", said(&talk));
    CHECK_INT(SMTP_SHAKE_HANDS, hear(&talk, "220 go on\r\n"));
    CHECK_INT(SMTP_WAIT, smtp_dialogue_secured(talk.dialogue));
    CHECK_STRING("EHLO herald.example\r\n", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "250 mx\r\n"));
    CHECK_STRING("MAIL FROM:<shop@example.com>\r\n", said(&talk)); /* what was offered before is forgotten */
    end(&talk);

    talk = begin(&request);
    (void)hear(&talk, "250-mx\r\n250 STARTTLS\r\n");
    CHECK_INT(SMTP_BROKEN, hear(&talk, "220 go on\r\n250 mx\r\n"));
    check_result(&talk, TRANSFER_PROTOCOL, 0);
    end(&talk);

    talk = begin(&request);
    CHECK_INT(SMTP_WAIT, hear(&talk, "502 what?\r\n"));
    CHECK_STRING("HELO herald.example\r\n", said(&talk));
    CHECK_INT(SMTP_BROKEN, hear(&talk, "250 mx\r\n"));
    check_result(&talk, TRANSFER_TLS, 0);
    end(&talk);

    request.tls = SMTP_TLS_OPPORTUNISTIC;
    talk = begin(&request);
    (void)hear(&talk, "250-mx\r\n250 STARTTLS\r\n");
    CHECK_INT(SMTP_BROKEN, hear(&talk, "454 not now\r\n"));
    check_result(&talk, TRANSFER_TLS, 0);
    end(&talk);
}

static void test_login(void)
{
    struct smtp_request request = request_to(jane, 1);
    struct talk talk;

    request.user = "jane";
    request.password = "pass word";
    talk = begin(&request);
    CHECK_INT(SMTP_WAIT, hear(&talk, "250-mx\r\n250 AUTH LOGIN XPLAIN PLAIN\r\n"));
    CHECK_STRING("AUTH PLAIN AGphbmUAcGFzcyB3b3Jk\r\n", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "334 \r\n"));
    CHECK_STRING("AGphbmUAcGFzcyB3b3Jk\r\n", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "235 welcome\r\n"));
    CHECK_STRING("MAIL FROM:<shop@example.com>\r\n", said(&talk));
    end(&talk);

    talk = begin(&request);
    CHECK_INT(SMTP_WAIT, hear(&talk, "250-mx\r\n250 AUTH=LOGIN XPLAIN\r\n"));
    CHECK_STRING("AUTH LOGIN\r\n", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "334 VXNlcm5hbWU6\r\n"));
    CHECK_STRING("amFuZQ==\r\n", said(&talk));
    CHECK_INT(SMTP_WAIT, hear(&talk, "334 UGFzc3dvcmQ6\r\n"));
    CHECK_STRING("cGFzcyB3b3Jk\r\n", said(&talk));
    CHECK_INT(SMTP_BROKEN, hear(&talk, "535 5.7.8 cGFzcyB3b3Jk is wrong\r\n"));
    check_result(&talk, TRANSFER_AUTH, 535);
    CHECK(strstr(talk.message->result.message, "cGFzcyB3b3Jk") == NULL);
    end(&talk);

    talk = begin(&request);
    CHECK_INT(SMTP_BROKEN, hear(&talk, "250-mx\r\n250 AUTH XOAUTH2\r\n"));
    check_result(&talk, TRANSFER_AUTH, 0);
    end(&talk);
}

static void test_broken(void)
{
    static const char *const nonsense[] = {
        "HTTP/1.1 400 Bad Request\r\n", "250-a\r\n251 b\r\n", "25\r\n", "250_ok\r\n", "354 go on\r\n", "\r\n"};
    struct smtp_request request = request_to(jane, 1);
    struct buffer reply = BUFFER_EMPTY;
    struct talk talk;

    for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
        talk = begin(&request);
        (void)hear(&talk, "250 mx\r\n");
        CHECK_INT(SMTP_BROKEN, hear(&talk, nonsense[i]));
        check_result(&talk, TRANSFER_PROTOCOL, 0);
        end(&talk);
    }
    for (int lines = 100; lines <= 101; lines++) {
        talk = begin(&request);
        buffer_clear(&reply);
        for (int i = 1; i < lines; i++)
            buffer_add_string(&reply, "250-a line\r\n");
        buffer_add_string(&reply, "250 the last\r\n");
        CHECK_INT(lines > 100 ? SMTP_BROKEN : SMTP_WAIT, hear(&talk, reply.bytes));
        end(&talk);
    }
    for (int len = 4000; len <= 4100; len += 100) {
        talk = begin(&request);
        buffer_clear(&reply);
        buffer_add_string(&reply, "250 ");
        for (int i = 4; i < len; i++)
            buffer_add_char(&reply, 'x');
        CHECK_INT(len > 4096 ? SMTP_BROKEN : SMTP_WAIT, hear(&talk, reply.bytes));
        end(&talk);
    }
    buffer_free(&reply);
}

static void test_closing(void)
{
    struct smtp_request request = request_to(jane, 1);
    struct talk talk = begin(&request);

    (void)hear(&talk, PIPELINING);
    CHECK_INT(SMTP_BROKEN, hear(&talk, "421 4.3.2 closing\r\n"));
    check_result(&talk, TRANSFER_REJECTED, 421);
    CHECK(!smtp_dialogue_is_heard(talk.dialogue));
    end(&talk);

    talk = begin(&request);
    (void)hear(&talk, PIPELINING);
    (void)hear(&talk, "250 ok\r\n550 nobody\r\n");
    smtp_dialogue_fail(talk.dialogue, TRANSFER_CONNECT, "lost");
    check_result(&talk, TRANSFER_REJECTED, 550);
    end(&talk);

    talk = begin(&request);
    (void)hear(&talk, PIPELINING);
    (void)hear(&talk, "250 ok\r\n250 ok\r\n354 go on\r\n");
    CHECK_INT(SMTP_SETTLED, hear(&talk, "554 5.7.1 no\r\n250 what?\r\n"));
    CHECK_INT(SMTP_BROKEN, hear(&talk, "250 what?\r\n"));
    end(&talk);
}

int main(void)
{
    test_in_groups();
    test_one_by_one();
    test_refused_in_a_group();
    test_several_recipients();
    test_parameters();
    test_size();
    test_starttls();
    test_login();
    test_broken();
    test_closing();
    puts("smtp_dialogue: ok");
    return 0;
}
