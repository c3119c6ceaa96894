"""Checks against the vendors' own packages.

  conformance.py fit FILE               every [kind, request] in FILE fits the vendors' types, with no field too many
  conformance.py misfit FILE            none of them does; this checks the check
  conformance.py client KIND HOW URL    the vendors' client understands the first turn of the scripted server

Exits 0 and says so, or 1 with what is wrong.
"""
import importlib
import json
import sys
from collections.abc import Iterator, Mapping

import pydantic
from typing_extensions import is_typeddict


def forbid_surplus(packages):
    """Makes every TypedDict of these packages refuse fields that it does not name, and values of another type."""
    for package in packages:
        importlib.import_module(package)
    for name, module in list(sys.modules.items()):
        if not name.startswith(packages):
            continue
        for value in list(vars(module).values()):
            if is_typeddict(value) and not hasattr(value, "__pydantic_config__"):
                value.__pydantic_config__ = pydantic.ConfigDict(extra="forbid", strict=True)


def exhaust(value):
    """Iterables are checked only as they are walked."""
    if isinstance(value, Mapping):
        for item in value.values():
            exhaust(item)
    elif isinstance(value, (list, tuple)) or (isinstance(value, Iterator) and not isinstance(value, (str, bytes))):
        for item in value:
            exhaust(item)
    elif hasattr(value, "__iter__") and not isinstance(value, (str, bytes)):
        for item in value:
            exhaust(item)


def adapters():
    forbid_surplus(("anthropic.types", "openai.types", "openai.types.chat", "openai.types.responses"))
    from anthropic.types.message_create_params import MessageCreateParamsStreaming
    from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
    from openai.types.responses.response_create_params import ResponseCreateParamsStreaming

    return {
        "anthropic": pydantic.TypeAdapter(MessageCreateParamsStreaming),
        "responses": pydantic.TypeAdapter(ResponseCreateParamsStreaming),
        "chat": pydantic.TypeAdapter(CompletionCreateParamsStreaming),
    }


# What is sent on purpose although the vendor's type does not name it: thinking text goes back to servers that are not
# OpenAI's under the name that they gave it.
BEYOND = {"chat": ("reasoning_content",)}


def misfit(adapter, kind, body):
    """Why a request does not fit; nothing if it does."""
    for message in body.get("messages", []):
        for field in BEYOND.get(kind, ()):
            message.pop(field, None)
    try:
        exhaust(adapter.validate_python(body))
    except pydantic.ValidationError as error:
        return str(error)
    return None


def check_requests(path, are_to_fit):
    with open(path, encoding="utf-8") as file:
        requests = json.load(file)
    known = adapters()
    for number, (kind, body) in enumerate(requests):
        why = misfit(known[kind], kind, body)
        if are_to_fit and why:
            print(f"{kind} request {number} does not fit: {why}")
            return 1
        if not are_to_fit and not why:
            print(f"{kind} request {number} fits and should not")
            return 1
    if not requests:
        print("there is no request to check")
        return 1
    print("all fit" if are_to_fit else "none fits")
    return 0


SAID = 'Both "at" once é𝄞.\n'
ARGUMENTS = [{"path": "a"}, {"path": "b", "deep": {"list": [1, "x", None, True]}}]


def ask_anthropic(url, stream):
    import anthropic

    client = anthropic.Anthropic(base_url=url, api_key="x", max_retries=0)
    asked = dict(model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}])
    if stream:
        with client.messages.stream(**asked) as events:
            for _ in events:
                pass
            message = events.get_final_message()
    else:
        message = client.messages.create(**asked)
    said = "".join(block.text for block in message.content if block.type == "text")
    calls = [(block.id, block.name, block.input) for block in message.content if block.type == "tool_use"]
    thought = [block.signature for block in message.content if block.type == "thinking"]
    assert thought == ["sig+/0=="], thought
    assert message.stop_reason == "tool_use", message.stop_reason
    usage = message.usage
    counts = (usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens, usage.output_tokens)
    assert counts == (100, 700, 200, 50), counts
    return said, calls


def ask_responses(url, stream):
    import openai

    client = openai.OpenAI(base_url=url + "/v1", api_key="x", max_retries=0)
    if stream:
        with client.responses.stream(model="m", input="x") as events:
            for _ in events:
                pass
            response = events.get_final_response()
    else:
        response = client.responses.create(model="m", input="x")
    calls = [(item.call_id, item.name, json.loads(item.arguments)) for item in response.output if item.type == "function_call"]
    sealed = [item.encrypted_content for item in response.output if item.type == "reasoning"]
    assert sealed == ["sealed+/0=="], sealed
    assert response.status == "completed", response.status
    usage = response.usage
    counts = (usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens)
    assert counts == (1000, 700, 50), counts
    return response.output_text, calls


def ask_chat(url, stream):
    import openai

    client = openai.OpenAI(base_url=url + "/v1", api_key="x", max_retries=0)
    asked = dict(model="m", messages=[{"role": "user", "content": "x"}])
    if stream:
        with client.chat.completions.stream(stream_options={"include_usage": True}, **asked) as events:
            for _ in events:
                pass
            completion = events.get_final_completion()
    else:
        completion = client.chat.completions.create(**asked)
    choice = completion.choices[0]
    calls = [(call.id, call.function.name, json.loads(call.function.arguments)) for call in choice.message.tool_calls]
    assert choice.finish_reason == "tool_calls", choice.finish_reason
    usage = completion.usage
    counts = (usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens, usage.completion_tokens)
    assert counts == (1000, 700, 50), counts
    return choice.message.content, calls


def check_client(kind, how, url):
    ask = {"anthropic": ask_anthropic, "responses": ask_responses, "chat": ask_chat}[kind]
    said, calls = ask(url, how == "stream")
    assert said == SAID, said
    assert [name for _, name, _ in calls] == ["read", "read"], calls
    assert [arguments for _, _, arguments in calls] == ARGUMENTS, calls
    assert len({identity for identity, _, _ in calls}) == 2, calls
    print("understood")
    return 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] in ("fit", "misfit"):
        return check_requests(arguments[1], arguments[0] == "fit")
    if len(arguments) == 4 and arguments[0] == "client":
        return check_client(*arguments[1:])
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
