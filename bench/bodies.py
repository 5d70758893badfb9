"""The requests that are sent: the same conversation in each dialect, at 1 KB, and at 10 KB and 200 KB as coding agents send
them (tools with schemas, and a history of tool calls with file contents)."""
import json

SENTENCE = "Please compare the two designs below and say which of them you would keep, and why. "
SYSTEM = "You are a careful reviewer."
LINE = 'if (items.TryGetValue("name", out var found) && found.Count > 0)\n{\n\treturn new Result(found[0], "as \\"it\\" was");\n}\n'
PROVIDERS = {"chat": "cerebras", "messages": "anthropic", "responses": "own"}
PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses", "messages": "/anthropic/v1/messages"}


def tools(count):
    return [{
        "name": f"edit_file_{i}",
        "description": "Replaces a passage of a file by another one. " + SENTENCE * 8,
        "schema": {
            "type": "object",
            "properties": {
                "path": {"type": "string", "description": "The file, from the root of the project."},
                "old": {"type": "string", "description": "The passage as it stands there. " + SENTENCE},
                "new": {"type": "string", "description": "What stands there afterwards."},
                "mode": {"type": "string", "enum": ["first", "all", "none"]},
                "lines": {"type": "array", "items": {"type": "integer", "minimum": 1}},
            },
            "required": ["path", "old", "new"],
            "additionalProperties": False,
        },
    } for i in range(count)]


def conversation(size):
    """(tools, turns): a turn is a question, or a call with its result."""
    if size <= 1024:
        return [], [("ask", SENTENCE * 9)]
    made = tools(3 if size < 50_000 else 24)
    turns, length, i = [("ask", SENTENCE)], len(json.dumps(made)) + 200, 0
    while length < size - 800:
        text = LINE * (4 if size < 50_000 else 16)
        turns.append(("call", f"call_{i:04d}", f"edit_file_{i % len(made)}", {"path": f"src/Part{i}.cs", "old": text[:120], "new": "x"}, text))
        length += len(json.dumps(text)) + 500
        i += 1
    return made, turns + [("ask", "Go on.")]


def chat(model, size, stream):
    made, turns = conversation(size)
    messages = [{"role": "system", "content": SYSTEM}]
    for turn in turns:
        if turn[0] == "ask":
            messages.append({"role": "user", "content": turn[1]})
            continue
        _, call, name, arguments, result = turn
        messages.append({"role": "assistant", "content": None, "tool_calls": [
            {"id": call, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}]})
        messages.append({"role": "tool", "tool_call_id": call, "content": result})
    body = {"model": model, "stream": stream, "messages": messages, "temperature": 0.7, "max_tokens": 1024}
    if made:
        body["tools"] = [{"type": "function", "function": {"name": t["name"], "description": t["description"], "parameters": t["schema"]}} for t in made]
    return body


def messages(model, size, stream):
    made, turns = conversation(size)
    said = []
    for turn in turns:
        if turn[0] == "ask":
            said.append({"role": "user", "content": turn[1]})
            continue
        _, call, name, arguments, result = turn
        said.append({"role": "assistant", "content": [{"type": "tool_use", "id": call, "name": name, "input": arguments}]})
        said.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": call, "content": result}]})
    body = {"model": model, "stream": stream, "system": SYSTEM, "messages": said, "temperature": 0.7, "max_tokens": 1024}
    if made:
        body["tools"] = [{"name": t["name"], "description": t["description"], "input_schema": t["schema"]} for t in made]
    return body


def responses(model, size, stream):
    made, turns = conversation(size)
    items = []
    for turn in turns:
        if turn[0] == "ask":
            items.append({"role": "user", "content": turn[1]})
            continue
        _, call, name, arguments, result = turn
        items.append({"type": "function_call", "call_id": call, "name": name, "arguments": json.dumps(arguments)})
        items.append({"type": "function_call_output", "call_id": call, "output": result})
    body = {"model": model, "stream": stream, "instructions": SYSTEM, "input": items, "temperature": 0.7, "max_output_tokens": 1024}
    if made:
        body["tools"] = [{"type": "function", "name": t["name"], "description": t["description"], "parameters": t["schema"]} for t in made]
    return body


def converse(size):
    made, turns = conversation(size)
    said = []
    for turn in turns:
        if turn[0] == "ask":
            said.append({"role": "user", "content": [{"text": turn[1]}]})
            continue
        _, call, name, arguments, result = turn
        said.append({"role": "assistant", "content": [{"toolUse": {"toolUseId": call, "name": name, "input": arguments}}]})
        said.append({"role": "user", "content": [{"toolResult": {"toolUseId": call, "content": [{"text": result}]}}]})
    body = {"system": [{"text": SYSTEM}], "messages": said, "inferenceConfig": {"temperature": 0.7, "maxTokens": 1024}}
    if made:
        body["toolConfig"] = {"tools": [{"toolSpec": {"name": t["name"], "description": t["description"], "inputSchema": {"json": t["schema"]}}} for t in made]}
    return body


def http(path, body, headers=()):
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode() if not isinstance(body, bytes) else body
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Authorization: Bearer sk-bench", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(text)}", "", ""]).encode() + text


def request(inbound, upstream, size=1024, model="bench-1000", stream=False):
    """To the gateway: what a client of the inbound dialect sends for a provider that speaks the upstream dialect."""
    target = f"{PROVIDERS[upstream]}/{model}"
    if inbound == "converse":
        return http(f"/bedrock/model/{target.replace('/', '%2F')}/converse{'-stream' if stream else ''}", converse(size))
    return http(PATHS[inbound], globals()[inbound](target, size, stream))


def plain(size=1024, model="bench-1000", stream=False, prefix="", headers=()):
    """Chat Completions for what stands in front of one provider only, or for the provider itself."""
    return http(prefix + PATHS["chat"], chat(model, size, stream), headers)
