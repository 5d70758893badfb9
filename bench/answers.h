// What the mock provider answers, made once at start: per dialect a whole answer of about 1 KB, and a stream's first
// frame, text delta and last frames. The shapes are those of the providers' API references; every delta is " token".
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

enum { Chat, Messages, Responses, Dialects };

typedef struct { char *bytes; size_t length; } Blob;

static Blob whole[Dialects], first[Dialects], delta[Dialects], last[Dialects];

static Blob chunk(const char *text) {
    Blob made;
    made.length = (size_t)asprintf(&made.bytes, "%zx\r\n%s\r\n", strlen(text), text);
    return made;
}

static Blob join(const char *head, Blob body, const char *tail) {
    Blob made;
    made.length = (size_t)asprintf(&made.bytes, "%s%s%s", head, body.bytes, tail);
    return made;
}

static Blob answer(const char *json) {
    Blob made;
    made.length = (size_t)asprintf(&made.bytes, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_bench\r\nContent-Length: %zu\r\n\r\n%s", strlen(json), json);
    return made;
}

static void speak(int dialect, const char *before, const char *each, const char *after) {
    first[dialect] = join("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nx-request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(before), "");
    delta[dialect] = chunk(each);
    last[dialect] = join("", chunk(after), "0\r\n\r\n");
}

#define TEXT "The quick brown fox jumps over the lazy dog while the five boxing wizards look on. "
#define LONG TEXT TEXT TEXT TEXT TEXT TEXT TEXT
#define CHUNK "data: {\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,\"model\":\"bench-1\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{\"index\":0,\"delta\":"
#define RESPONSE "{\"id\":\"resp_67ccd2bed1ec8190b14f964abc054267\",\"object\":\"response\",\"created_at\":1741569952,\"status\":"
#define ITEM "\"id\":\"msg_67ccd2bf17f0819081ff3bb2cf6508e6\",\"type\":\"message\",\"role\":\"assistant\""
#define PLACE "\"item_id\":\"msg_67ccd2bf17f0819081ff3bb2cf6508e6\",\"output_index\":0,\"content_index\":0"

static void prepare(void) {
    whole[Chat] = answer("{\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion\",\"created\":1741569952,\"model\":\"bench-1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" LONG "\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":190,\"completion_tokens\":110,\"total_tokens\":300,\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0}},\"service_tier\":\"default\",\"system_fingerprint\":\"fp_44709d6fcb\"}");
    whole[Messages] = answer("{\"id\":\"msg_013Zva2CMHLNnXjNJJKqJ2EF\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench-1\",\"content\":[{\"type\":\"text\",\"text\":\"" LONG "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":190,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":110,\"service_tier\":\"standard\"}}");
    whole[Responses] = answer(RESPONSE "\"completed\",\"error\":null,\"incomplete_details\":null,\"model\":\"bench-1\",\"output\":[{" ITEM ",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\"" LONG "\",\"annotations\":[]}]}],\"parallel_tool_calls\":true,\"tool_choice\":\"auto\",\"tools\":[],\"usage\":{\"input_tokens\":190,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":110,\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":300}}");

    speak(Chat,
        CHUNK "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"finish_reason\":null}]}\n\n",
        CHUNK "{\"content\":\" token\"},\"finish_reason\":null}]}\n\n",
        CHUNK "{},\"finish_reason\":\"stop\"}]}\n\n"
        "data: {\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,\"model\":\"bench-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":190,\"completion_tokens\":110,\"total_tokens\":300}}\n\n"
        "data: [DONE]\n\n");
    speak(Messages,
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_013Zva2CMHLNnXjNJJKqJ2EF\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench-1\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":190,\"output_tokens\":1}}}\n\n"
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" token\"}}\n\n",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":110}}\n\n"
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    speak(Responses,
        "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":" RESPONSE "\"in_progress\",\"model\":\"bench-1\",\"output\":[]}}\n\n"
        "event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"sequence_number\":1,\"output_index\":0,\"item\":{" ITEM ",\"status\":\"in_progress\",\"content\":[]}}\n\n"
        "event: response.content_part.added\ndata: {\"type\":\"response.content_part.added\",\"sequence_number\":2," PLACE ",\"part\":{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[]}}\n\n",
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":3," PLACE ",\"delta\":\" token\"}\n\n",
        "event: response.output_text.done\ndata: {\"type\":\"response.output_text.done\",\"sequence_number\":4," PLACE ",\"text\":\" token token\"}\n\n"
        "event: response.content_part.done\ndata: {\"type\":\"response.content_part.done\",\"sequence_number\":5," PLACE ",\"part\":{\"type\":\"output_text\",\"text\":\" token token\",\"annotations\":[]}}\n\n"
        "event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",\"sequence_number\":6,\"output_index\":0,\"item\":{" ITEM ",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\" token token\",\"annotations\":[]}]}}\n\n"
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":7,\"response\":" RESPONSE "\"completed\",\"model\":\"bench-1\",\"output\":[{" ITEM ",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\" token token\",\"annotations\":[]}]}],\"usage\":{\"input_tokens\":190,\"output_tokens\":110,\"total_tokens\":300}}}\n\n");
}
