"""Generate and generate_stream, which are plain HTTP and need no client. Usage: see wires.py; over HTTP alone."""
import json
import sys
import urllib.request

from checks import eventually
from wires import Wire


def post(wire, call, body):
    status, headers, answer = wire.http(
        f"/v2/models/words/{call}", json.dumps(body).encode(), **{"Content-Type": "application/json"}
    )
    return status, headers["Content-Type"], answer.decode()


def one(wire):
    status, _, answer = post(wire, "generate", {"id": "7", "TEXT": "hi", "REPEAT": 1})
    wanted = {"id": "7", "model_name": "words", "model_version": "1", "WORD": "hi"}
    wire.ok(status == 200 and json.loads(answer) == wanted, "one object")
    _, _, answer = post(wire, "generate", {"TEXT": "hi", "REPEAT": 1, "suffix": "!"})
    wire.ok(json.loads(answer)["WORD"] == "hi!", "a field that is no input is a parameter")
    _, _, answer = post(wire, "generate", {"TEXT": ["hi"], "REPEAT": [1], "parameters": {"suffix": "?"}})
    wire.ok(json.loads(answer)["WORD"] == "hi?", "and so is what is in parameters")
    for repeat in (0, 2):
        status, _, answer = post(wire, "generate", {"TEXT": "hi", "REPEAT": repeat})
        wire.ok(status == 400 and "exactly 1 response" in answer, f"{repeat} responses are refused: {answer}")


def events(text):
    parts = text.split("\n\n")
    return [json.loads(part.removeprefix("data: ")) for part in parts if part]


def stream(wire):
    status, kind, answer = post(wire, "generate_stream", {"TEXT": "hi", "REPEAT": 5})
    wire.ok(status == 200 and kind.startswith("text/event-stream"), "server-sent events")
    wire.ok([event["WORD"] for event in events(answer)] == ["hi"] * 5, "one for each response")
    status, _, answer = post(wire, "generate_stream", {"TEXT": "hi", "REPEAT": 1, "fail": True})
    wire.ok(status == 200 and "An Error Occurred" in events(answer)[-1]["error"], "a late failure is an event")
    status, _, answer = post(wire, "generate_stream", {"TEXT": "hi"})
    wire.ok(status == 400 and "expected 2 inputs" in json.loads(answer)["error"], "a refusal is plain JSON")


def leave(wire):
    """Responses that nobody reads are not made for ever."""
    body = json.dumps({"TEXT": "on and on", "REPEAT": -1}).encode()
    with urllib.request.urlopen(f"http://{wire.http_url}/v2/models/words/generate_stream", data=body, timeout=60) as answer:
        wire.ok(b"on and on" in answer.readline(), "a stream without an end begins")
        wire.ok(wire.metric("longshore_requests_in_flight", "words") == 1, "and is under way")
    eventually(lambda: wire.metric("longshore_requests_in_flight", "words") == 0, "http: and is over when its client leaves")


def main(*arguments):
    wire = Wire(*arguments)
    one(wire)
    stream(wire)
    leave(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
