"""The room of evidence: every page answers, every number has its grade and source, nothing styles or runs inside."""

import re
from html.parser import HTMLParser

import pytest

from resynapse.evidence import load, trials
from resynapse.evidence.ledger import TABLES
from resynapse.mechanism import CHAIN
from resynapse.services import claims as claims_
from resynapse.services import evidence
from resynapse.views import evidence_words

from .conftest import API, is_refusal

NUMBERS = list(load())
PAGES = ["/evidence", "/evidence?q=kamp", "/evidence/numbers/P50", "/evidence/papers", "/evidence/claims?now=1",
         "/evidence/chain"]  # fmt: skip


class Seen(HTMLParser):
    """Tags with their attributes, ids, headings."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [v for k, v in attrs if k == "id"]


@pytest.fixture(scope="module", autouse=True)
def few():
    """The answers from few draws: what they say is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence, "_ANSWERED", [claims_.answer(draws=10, people=10)])
        yield


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.text


@pytest.mark.parametrize("path", [*PAGES, "/evidence/numbers/none_such"])
def test_no_style_no_script_inside_one_heading_no_id_twice(client, path):
    seen = Seen(page(client, path, 404 if "none_such" in path else 200))
    for tag, attrs in seen.tags:
        assert tag != "style"
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        assert tag != "script" or attrs.get("src", "").startswith("/static/")
    assert [t for t, _ in seen.tags].count("h1") == 1
    assert len(seen.ids) == len(set(seen.ids))
    anchors = [a["href"][1:] for t, a in seen.tags if t == "a" and a.get("href", "").startswith("#")]
    assert set(anchors) <= set(seen.ids)


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_has_a_page_with_its_grade_and_source(client, name):
    text = page(client, f"/evidence/numbers/{name}")
    n = load()[name]
    assert evidence_words.GRADES[n.grade] in text
    assert f"<code>{name}</code>" in text
    for key in n.source:
        assert f'href="/evidence/papers#{key}"' in text
    for i in n.inputs:
        assert f'href="/evidence/{"papers#" if i in load().sources else "numbers/"}{i}"' in text
    assert "Made of" in text if n.inputs else True
    assert "Why this value" in text if n.reason else True
    assert "Used in" in text


def test_a_number_says_who_reads_it(client):
    text = page(client, "/evidence/numbers/tauF")
    assert 'href="/evidence/chain#node-F"' in text
    assert "mechanism/routes.py" in page(client, "/evidence/numbers/IN_d2")
    assert "No equation reads it" in page(client, "/evidence/numbers/res_NK")


def test_the_list_has_all_and_hides_what_is_not_found(client):
    text = page(client, "/evidence")
    assert all(f'href="/evidence/numbers/{name}"' in text for name in NUMBERS)
    assert all(evidence_words.group(table) in text for table in TABLES)
    assert f"{len(NUMBERS)} numbers" in text
    assert 'placeholder="Find a number, drug or paper"' in text
    some = page(client, "/evidence?q=kamp")
    shown = re.findall(r'<li data-words="[^"]*"><a href="/evidence/numbers/([^"]+)"', some)
    assert shown == [n["name"] for n in evidence.numbers("kamp")]
    none = page(client, "/evidence?q=zzzz")
    assert '<p id="nothing" class="empty"><b>No number holds these words.' in none
    assert client.get("/evidence", params={"q": "x" * 101}).status_code == 422


def test_unknown_is_404_with_near_names_and_markup_is_text(client):
    text = page(client, "/evidence/numbers/tauf", 404)
    assert "There is no such number." in text
    assert 'href="/evidence/numbers/tauF"' in text
    for odd in (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "a'b&c",
        "..%2f..%2fetc",
        "%00",
        "x" * 60,
    ):
        for answer in (client.get(f"/evidence/numbers/{odd}"), client.get("/evidence", params={"q": odd})):
            assert "<script>alert" not in answer.text
            assert "<img" not in answer.text
            assert answer.status_code in (200, 404)


def test_papers_say_what_was_read(client):
    text = page(client, "/evidence/papers")
    seen = Seen(text)
    assert set(load().sources) <= set(seen.ids)
    for source in load().sources.values():
        if source.doi:
            assert f'href="https://doi.org/{source.doi}"' in text
    assert all(a["href"].startswith(("https://", "/", "#")) for t, a in seen.tags if t == "a")


def test_claims_wait_and_then_stand(client, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(evidence, "_ANSWERED", [])
        text = page(client, "/evidence/claims")
        assert "<b>Working.</b>" in text
        assert "?now=1" in text  # without a script
    for text in (page(client, "/evidence/claims"), page(client, "/evidence/claims/answers")):
        assert text.count('<section class="claim"') == len(claims_.CLAIMS)
        for claim in evidence.answers():
            assert f"“{claim.text}”" in text
            assert claim.answer[1:] in text
        assert set(re.findall(r'/evidence/papers#([^"]+)"', text)) <= set(load().sources)


def test_the_chain_holds_every_link_and_what_it_reads(client):
    text = page(client, "/evidence/chain")
    seen = Seen(text)
    boxes = {a["data-link"] for _, a in seen.tags if "data-link" in a}
    assert boxes == {link.name for link in CHAIN.links}
    maker = {node.name: link.name for link in CHAIN.links for node in link.nodes}
    reads = {(maker[r], link.name) for link in CHAIN.links for n in link.nodes for r in (*n.reads, *n.numbers)
             if r in maker and maker[r] != link.name}  # fmt: skip
    assert {(a["data-from"], a["data-to"]) for _, a in seen.tags if "data-from" in a} == reads
    assert {f"node-{node.name}" for node in CHAIN} <= set(seen.ids)
    for link in CHAIN.links:
        assert link.sure in text
        assert link.species in text


# the API


def test_numbers_by_the_api(client):
    every = client.get(f"{API}/evidence/numbers").json()
    assert [n["name"] for n in every] == NUMBERS
    some = client.get(f"{API}/evidence/numbers", params={"q": "kamp volume"}).json()
    assert 0 < len(some) < len(every)
    is_refusal(client.get(f"{API}/evidence/numbers", params={"q": "x" * 101}))


@pytest.mark.parametrize("name", NUMBERS)
def test_one_number_by_the_api(client, name):
    told = client.get(f"{API}/evidence/numbers/{name}").json()
    n = load()[name]
    assert (told["value"], told["grade"], told["sources"]) == (n.value, n.grade, list(n.source))
    assert told["grade_said"]
    assert told["line"]
    assert told["value_said"]
    if told["spread"]:
        assert told["spread"]["at"] == sorted(told["spread"]["at"])


def test_an_unknown_number_is_a_refusal(client):
    answer = client.get(f"{API}/evidence/numbers/tauf")
    assert answer.status_code == 404
    assert "tauF" in is_refusal(answer)["passes"]
    for odd in ("%3Cb%3E", "a" * 41, "a-b", "%00"):
        assert client.get(f"{API}/evidence/numbers/{odd}").status_code == 422
        is_refusal(client.get(f"{API}/evidence/numbers/{odd}"))


def test_sources_and_chain_by_the_api(client):
    told = {s["key"]: s for s in client.get(f"{API}/evidence/sources").json()}
    assert set(told) == set(load().sources)
    assert sum(s["figures"] for s in told.values()) == sum(len(f.source) for f in trials().values())
    links = client.get(f"{API}/chain").json()
    assert [link["name"] for link in links] == [link.name for link in CHAIN.links]
    assert links[-1]["nodes"][-1]["equation"].startswith("def p_sedated(")


def test_claims_by_the_api_are_those_of_the_command(client):
    told = client.get(f"{API}/claims")
    assert told.json() == claims_.claims_json(evidence.answers())


def test_the_popover_asks_what_the_api_gives(client):
    script = client.get("/static/popover.mjs").text
    told = client.get(f"{API}/evidence/numbers/P50").json()
    asked = set(re.findall(r"\bn\.(\w+)", script))
    assert asked <= set(told)
    assert "export async function openNumber(button, name)" in script
