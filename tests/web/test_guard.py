"""What the outside may not do: each is refused in words, none with a fault, over the app and over a socket."""

import json
import threading
import time

import httpx
import pytest

from resynapse.engine import progress
from resynapse.web import guard, slots, strict

from .conftest import API, SMALL, heard, is_refusal, until

READ = f"{API}/plans/read"
PLAN = {"plan": "0.5 mg/kg over 40 min"}
POST = b"POST /api/v1/plans/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


def status(raw):
    return int(raw.split(b" ", 2)[1])


# hosts, sites, kinds


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8642", "localhost", "LOCALHOST:80", "[::1]", "[::1]:8642"])
def test_its_own_names(client, host):
    assert client.get(f"{API}/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8642", "127.0.0.2", "0.0.0.0", "[::2]", "",
     "::1:1", "127.0.0.1@evil.example", "localhost:", "localhost:8642:1", "<script>alert(1)</script>",
     "[::1].evil.example"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
def test_another_name_is_not_this_server(client, host, method):
    answer = client.request(method, f"{API}/plans/read", headers={"host": host}, json=PLAN)
    assert answer.status_code == 421
    if method != "HEAD":
        assert is_refusal(answer)["passes"] == ["127.0.0.1"]


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://localhost",
        "file://",
        "http://127.0.0.1.evil",
        "\xff",
    ],
)
def test_another_site_does_not_write(client, origin):
    answer = client.post(READ, json=PLAN, headers={"origin": origin.encode("latin-1")})
    assert answer.status_code == 403
    is_refusal(answer)


def test_the_own_pages_write(client):
    for headers in ({"origin": "http://127.0.0.1"}, {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"},
                    {"sec-fetch-site": "none"}):  # fmt: skip
        assert client.post(READ, json=PLAN, headers=headers).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_another_site_by_the_browsers_own_word(client, site):
    headers = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
    for method, path in (("POST", READ), ("DELETE", f"{API}/runs/{'a' * 22}"), ("GET", f"{API}/home")):
        answer = client.request(method, path, headers=headers, **({"json": PLAN} if method == "POST" else {}))
        assert answer.status_code == 403, method
        is_refusal(answer)
    assert client.get("/explore", headers={"sec-fetch-site": site, "sec-fetch-mode": "navigate"}).status_code == 200
    assert client.post(READ, json=PLAN, headers={**headers, "sec-fetch-mode": "navigate"}).status_code == 403


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/jsonp",
     "text/plain, application/json", "application/json; charset=utf-16", "application/json; charset=latin-1"],
)  # fmt: skip
def test_only_json(client, kind):
    answer = client.post(READ, content=json.dumps(PLAN), headers={"content-type": kind})
    assert answer.status_code == 415
    assert is_refusal(answer)["passes"] == ["application/json"]


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_by_its_names(client, kind):
    assert client.post(READ, content=json.dumps(PLAN), headers={"content-type": kind}).status_code == 200


def test_a_header_said_twice(client):
    answer = client.post(READ, content=b"{}", headers=[("content-type", "application/json"), ("content-type", "x")])
    assert answer.status_code == 400
    is_refusal(answer)


# bodies

NOT_JSON = {
    "empty": b"", "blank": b" \n", "word": b"nonsense", "half": b'{"plan": "x"', "two": b"{}{}", "nan": b'{"day": NaN}',
    "infinity": b'{"day": Infinity}', "minus": b'{"day": -Infinity}', "1e999": b'{"day": 1e999}', "-1e999": b"[-1e999]",
    "twice": b'{"plan": "a", "plan": "b"}', "twice inside": b'{"a": {"b": 1, "b": 1}}',
    "surrogate": b'{"plan": "\\ud800"}', "surrogate name": b'{"\\udfff": 1}', "surrogate deep": b'[[["\\ud83d"]]]',
    "latin-1": '{"plan": "µg"}'.encode("latin-1"), "utf-16": '{"plan": "x"}'.encode("utf-16"),
    "bom": b"\xef\xbb\xbf{}", "nul byte": b'{"plan": "\x00"}', "control byte": b'{"plan": "\x1f"}',
    "comment": b"{} // x", "single": b"{'plan': 1}",
    "deep list": b"[" * 20_000 + b"]" * 20_000, "deep": b"[" * 40 + b"]" * 40, "open": b"[" * 60_000,
    "deep table": b'{"a":' * 9_000 + b"1" + b"}" * 9_000, "huge": b'{"seed": ' + b"9" * 5000 + b"}",
    "huge 2": b'{"seed": -' + b"9" * 400 + b"}", "gzip": b"\x1f\x8b\x08\x00\x00\x00",
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_JSON)
@pytest.mark.parametrize("path", ["plans/read", "explore", "runs"])
def test_not_json(client, path, name):
    answer = client.post(f"{API}/{path}", content=NOT_JSON[name], headers={"content-type": "application/json"})
    assert answer.status_code == 400
    is_refusal(answer)


WRONG = [
    [], [1], "text", 1, None, True, {"plan": 1}, {"plan": None}, {"plan": ["x"]}, {"plan": {"a": 1}}, {},
    {**PLAN, "x": 1}, {**PLAN, "<script>alert(1)</script>": 1}, {**PLAN, "\u0000": 1}, {**PLAN, "\n\x1b[31m": 1},
    {**PLAN, "__proto__": {}}, {**PLAN, "𝕏" * 500: 1}, {"plan": "x" * 4001},
]  # fmt: skip


@pytest.mark.parametrize("body", WRONG, ids=[str(k) for k in range(len(WRONG))])
def test_json_of_another_shape(client, body):
    answer = client.post(READ, content=json.dumps(body), headers={"content-type": "application/json"})
    assert answer.status_code == 422
    told = is_refusal(answer)
    assert "\x1b" not in answer.text
    assert len(told["refused"]) < 400


TEXTS = [
    "", " ", "\x00", "\x07", "\x1b[31mred", "a\nb", "\r\n", "\t", "\u202e", "\u2028", "\ufeff", "\ufffe", "😀 mg",
    "𝟎.5 mg/kg", "０.5 mg/kg over 40 min", "0.5 mg/kg over 40 min\x00", "<script>alert(1)</script>",
    "'; DROP TABLE runs;--", "../../etc/passwd", "/etc/passwd", "{{7*7}}",
    "${7*7}", "%s%n", "9" * 4000, "0.5 " * 900, "(" * 4000, "é" * 4000,
    "1e999 mg, iv", "NaN mg/kg, iv", "-1 mg, iv", "5 mg, iv, every 1 min, 10000 times" + ", then 5 mg, iv" * 200,
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=[ascii(t)[:30] for t in TEXTS])
def test_text_that_is_no_plan_person_or_name(client, text):
    for path, body in (
        ("plans/read", {"plan": text}), ("plans/read", {**PLAN, "person": text}),
        ("plans/read", {**PLAN, "first": text}),
        ("simulate", {**SMALL, "plan": text}), ("simulate", {**SMALL, "against": text or "?"}),
        ("simulate", {**SMALL, "until": text[:60]}), ("simulate", {**SMALL, "setting": text[:60]}),
        ("simulate", {**SMALL, "compare": text[:60]}), ("report", {**SMALL, "date": text[:60] or "?"}),
        ("files", {**SMALL, "plan": text}),
    ):  # fmt: skip
        answer = client.post(f"{API}/{path}", json=body)
        if answer.status_code == 200:  # nothing said, or blanks: the usual person
            assert not text.strip()
            continue
        assert answer.status_code == 422, (path, body)
        is_refusal(answer)
        assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("name", ["/etc/hostname.toml", "examples/person.toml", "x.JSON", "..\\a.Toml"])
@pytest.mark.parametrize("field", ["plan", "against", "person", "first"])
def test_no_file_of_this_machine_is_read(client, name, field):
    path = "plans/read" if field == "first" else "simulate"
    answer = client.post(f"{API}/{path}", json={**PLAN, field: name})
    assert answer.status_code == 422
    assert "file" in is_refusal(answer)["refused"]


FIELDS = [("simulate", "seed"), ("simulate", "draws"), ("explore", "day"), ("lottery", "trials"), ("lottery", "n")]
NUMBERS = [-1, 0.5, 2**53, 10**200, 1e300, "1", True, None, [1]]


@pytest.mark.parametrize("value", NUMBERS, ids=[str(n)[:10] for n in NUMBERS])
def test_numbers_out_of_bounds(client, value):
    for path, field in (
        ("simulate", "seed"),
        ("simulate", "draws"),
        ("explore", "day"),
        ("lottery", "trials"),
        ("lottery", "n"),
    ):
        answer = client.post(f"{API}/{path}", json={field: value})
        assert answer.status_code == 422, (path, field)
        assert is_refusal(answer)["place"]["field"].startswith(field)


def test_a_large_body(client):
    for content in (b'"' + b"x" * guard.MOST_BYTES + b'"', (b"x" * 1000 for _ in range(100))):
        answer = client.post(READ, content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 413
        is_refusal(answer)


def test_strict_reading_takes_what_is_json():
    for text in (
        "{}",
        "[]",
        '{"a": [1, -2.5e3, true, null, "\\ud83d\\ude00"]}',
        "[" * 30 + "]" * 30,
        '"' + "é" * 9 + '"',
    ):
        strict.check(text.encode())


# addresses and methods


def test_methods_say_what_is_known(client):
    for method, path, allowed in (
        ("GET", "/simulate", "POST"), ("PUT", "/health", "GET"), ("OPTIONS", "/simulate", "POST"),
        ("HEAD", "/health", "GET"), ("PATCH", f"/runs/{'a' * 22}", "DELETE, GET"), ("PUT", "/presets/six", "GET, POST"),
        ("TRACE", "/people", "GET"), ("QUERY", "/simulate", "POST"),
    ):  # fmt: skip
        answer = client.request(method, API + path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed), (method, path)
        assert "access-control-allow-origin" not in answer.headers
    assert client.head("/static/mark.svg").status_code in (200, 404)


PATHS = [
    "/nowhere", "/api/v1/nowhere", "/api/v1", "/api/", "/static/nowhere", "/static/../app.py", "/static/..%2fapp.py",
    "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/..%5capp.py", "/static/%00",
    "/static/a%00b", "/static/" + "a" * 3000, "/static/" + "a/" * 1000, "/%ff%fe", "/static/%ff", "/api/v1/runs/%00",
    "/api/v1/runs/" + "a" * 22, "/api/v1/runs/..%2f..", "/api/v1/runs/x", "/api/v1/picture/strips", "/api/v1/schemas/x",
    "/%3Cscript%3Ealert(1)%3C/script%3E", "/explore/", "/API/V1/health", "/static", "/static/", "/.git/config",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=[p[:30] for p in PATHS])
def test_paths_that_lead_nowhere(client, path):
    answer = client.get(path)
    assert answer.status_code in (404, 405, 422)
    assert "<script>alert" not in answer.text
    assert "import" not in answer.text[:200]
    assert answer.headers["x-content-type-options"] == "nosniff"
    if path.startswith("/api/"):
        is_refusal(answer)


def test_a_long_address(client):
    assert client.get("/explore?a=" + "x" * 15_000).status_code == 200
    for path in ("/explore?a=" + "x" * 16_000, f"{API}/" + "x" * 17_000):
        answer = client.get(path)
        assert answer.status_code == 414
        is_refusal(answer)


def test_every_answer_has_the_headers(client):
    paths = ["/", "/explore", "/nowhere", f"{API}/health", f"{API}/nowhere", f"{API}/openapi.json", "/tokens.css"]
    answers = [client.get(p) for p in paths] + [
        client.get("/", headers={"host": "evil"}),
        client.post(READ, content=b""),
    ]
    for answer in answers:
        for name, value in guard.HEADERS:
            assert answer.headers.get_list(name.decode()) == [value.decode()], answer.url
        assert "server" not in answer.headers
    assert client.get(f"{API}/health").headers["cache-control"] == "no-store"
    for path in ("/docs", "/redoc", f"{API}/docs"):
        assert client.get(path).status_code == 404


def test_a_fault_of_ours_is_said_as_one(client, monkeypatch):
    monkeypatch.setattr("resynapse.services.runs.answer", lambda *_: 1 / 0)
    answer = client.post(f"{API}/simulate", json=SMALL)
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text
    is_refusal(answer)
    assert answer.headers["content-security-policy"] == guard.POLICY
    assert client.app.state.slots.free == slots.AT_ONCE


# over a socket


def test_rebinding_over_a_socket(live):
    raw = live.said(b"GET /api/v1/health HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert status(raw) == 421
    assert status(live.said(b"GET /api/v1/health HTTP/1.0\r\n\r\n")) == 421
    assert status(live.said(b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\n\r\n")) == 400
    assert status(live.said(b"GET http://evil.example/api/v1/health HTTP/1.1\r\nHost: evil.example\r\n\r\n")) == 421


def test_bodies_over_a_socket(live):
    body = json.dumps(PLAN).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (body[:5], body[5:])) + b"0\r\n\r\n"
    assert status(live.said(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)) == 200
    long = b"%x\r\n%s\r\n" % (70_000, b" " * 70_000)
    assert status(live.said(POST + b"Transfer-Encoding: chunked\r\n\r\n" + long + b"0\r\n\r\n")) == 413
    assert status(live.said(POST + b"Content-Length: 70000\r\n\r\n" + b" " * 70_000)) == 413
    assert status(live.said(POST + b"Content-Length: 99999999999999999999\r\n\r\n")) in (400, 413)
    assert status(live.said(POST + b"Content-Length: -1\r\n\r\n")) == 400
    assert status(live.said(POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ")) == 400
    assert status(live.said(POST + b"Transfer-Encoding: gzip\r\n\r\n")) in (400, 501)
    assert status(live.said(b"nonsense\r\n\r\n")) == 400
    assert status(live.said(b"GET /" + b"x" * 60_000)) == 400
    assert status(live.said(b"GET /explore?" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")) == 414


def test_a_refused_body_is_heard_by_a_common_client(live):
    with live.client() as client:
        answer = client.post(READ, content=b" " * 900_000, headers={"content-type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.usefixtures("quick")
def test_a_body_that_drips(live):
    begun = time.monotonic()
    with live.line() as line:
        line.sendall(POST + b"Content-Length: 100\r\n\r\n{")
        assert status(heard(line)) == 408
    assert time.monotonic() - begun < 5
    with live.line() as line:  # and in chunks, a byte at a time
        line.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        threading.Thread(target=drip, args=(line, b"1\r\n \r\n"), daemon=True).start()
        assert status(heard(line)) == 408
    with live.client() as client:
        assert client.get(f"{API}/health").status_code == 200


def drip(line, what):
    try:
        for _ in range(200):
            line.sendall(what)
            time.sleep(0.02)
    except OSError:
        pass


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("first", [b"", b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "])
def test_a_head_that_does_not_come(live, first):
    begun = time.monotonic()
    with live.line() as line:
        line.sendall(first)
        if first:
            threading.Thread(target=drip, args=(line, b"a"), daemon=True).start()
        assert heard(line) == b""
    assert time.monotonic() - begun < 5
    assert not live.server.server_state.connections


@pytest.mark.usefixtures("quick")
def test_a_second_head_on_the_same_line(live):
    ask = b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with live.line() as line:
        for _ in range(3):
            line.sendall(ask)
            assert status(heard(line)) == 200
        line.sendall(ask[:30])
        assert heard(line) == b""
    assert status(live.said(ask + ask)) == 200  # one behind the other


def test_the_caller_leaves_with_half_a_body(live):
    with live.line() as line:
        line.sendall(POST + b"Content-Length: 100\r\n\r\n{")
    until(lambda: not live.server.server_state.connections)
    with live.client() as client:
        assert client.get(f"{API}/health").status_code == 200


# two at once


class Work:
    """Stands for a computation: counts how many run, tells blocks, ends when it may."""

    def __init__(self):
        self.running = self.most = self.finished = 0
        self.may_end = threading.Event()
        self.lock = threading.Lock()

    def __call__(self, *_):
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            while not self.may_end.wait(0.01):
                progress.tell(1, 2)
            self.finished += 1
            raise_no_more = {"schema": 1}
            return type("Answer", (), {"summary": raise_no_more})
        finally:
            with self.lock:
                self.running -= 1


@pytest.fixture
def work(monkeypatch):
    one = Work()
    monkeypatch.setattr("resynapse.services.runs.answer", one)
    monkeypatch.setattr("resynapse.web.api_data.to_json", lambda s: s)
    yield one
    one.may_end.set()


def test_fifty_at_once_are_two_at_once(live, work):
    found = []

    def ask():
        with live.client() as client:
            found.append(client.post(f"{API}/simulate", json=SMALL).status_code)

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for t in threads:
        t.start()
    until(lambda: work.running == 2 and len(live.app.state.slots._line) == 48)
    with live.client() as client:  # what computes nothing does not wait
        begun = time.monotonic()
        assert client.get(f"{API}/health").status_code == 200
        assert client.post(READ, json=PLAN).status_code == 200
        assert time.monotonic() - begun < 3
    work.may_end.set()
    for t in threads:
        t.join(30)
    assert found == [200] * 50
    assert work.most == 2
    assert live.app.state.slots.free == 2


def test_who_waits_too_long_is_told_when_to_come_back(live, work):
    live.app.state.slots.wait_s = 0.3
    gone = [threading.Thread(target=lambda: httpx.post(live.address + f"{API}/simulate", json=SMALL, timeout=60))
            for _ in range(2)]  # fmt: skip
    for t in gone:
        t.start()
    until(lambda: work.running == 2)
    with live.client() as client:
        answer = client.post(f"{API}/simulate", json=SMALL)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 0
    is_refusal(answer)
    work.may_end.set()
    for t in gone:
        t.join(30)
    until(lambda: live.app.state.slots.free == 2)


def test_who_leaves_frees_the_slot(live, work):
    body = json.dumps(SMALL).encode()
    raw = POST.replace(b"plans/read", b"simulate") + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with live.line() as one, live.line() as two, live.line() as three:
        for line in (one, two, three):
            line.sendall(raw)
        until(lambda: work.running == 2 and len(live.app.state.slots._line) == 1)
    until(lambda: work.running == 0 and live.app.state.slots.free == 2)
    assert work.finished == 0
